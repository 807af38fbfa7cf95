"""Maintenance every so many wafers, or when a control chart asks for it: what makes the most good wafers?

python examples/pm_by_wafers_or_drift.py

The tool of `learn/drift` creeps with every wafer and wanders besides; a PM takes 4 h and sets it right. By number, it
comes whether it is needed or not. By a chart, it comes when the film has moved, and by chance as well.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import twin
from twin.results.figure import Figure, figure
from twin.scene.chart import plain_axes
from twin.scene.page import ACCENT, GREY, INK, Page

MODEL = "learn/drift"
WAFERS = (100, 200, 400, 800, 1600, 3200)  # from one PM to the next
CHARTS: dict[str, list[str]] = {
    "chart, 3 sigma": ["beyond_3s"],
    "chart, eight on one side": ["beyond_3s", "eight_on_one_side"],
}
TAKES = "4 h"


def main(
    horizon: str = "120 d", replications: int = 16, image: str = "pm_by_wafers_or_drift.png"
) -> dict[str, twin.Results]:
    """Runs by policy."""
    plans: dict[str, dict[str, Any]] = {
        f"every {n} wafers": {"toolgroups.cvd.pm": [{"every": f"{n} units", "takes": TAKES}]} for n in WAFERS
    }
    for name, rules in CHARTS.items():
        chart = {"rules": rules, "sigma": "1.1 nm", "stop": True}  # as wafers scatter right after a PM
        plans[name] = {
            "toolgroups.cvd.pm": [{"every": "alarm", "takes": TAKES}],
            "routes.main.look.measure": {"characteristic": "film", "chart": chart},
        }
    found = {}
    for name, plan in plans.items():
        line = twin.read(MODEL, set=plan)
        found[name] = twin.simulate(line, horizon=horizon, replications=replications)
        share, away = told(found[name].product_values["yield"][:, 0]), found[name].toolgroup_figures["cvd"]["pm"]
        assert away is not None
        print(f"{name:26} {told(good(found[name]))} good wafers a day, yield {100 * share.mean:.2f} %", end=", ")
        print(f"in maintenance {100 * away.mean:.1f} % of the time")
    print(f"the most good wafers: {best(found)}")
    draw(found, image)
    return found


def good(results: twin.Results) -> NDArray[np.float64]:
    """Good wafers a day   (replication,)."""
    values = results.product_values
    found: NDArray[np.float64] = values["throughput"][:, 0] * values["yield"][:, 0]
    return found


def told(values: NDArray[np.float64]) -> Figure:
    found = figure(values, "-")
    assert found is not None
    return found


def best(found: dict[str, twin.Results], of: str = "") -> str:
    """The policy that makes the most good wafers, of those whose names begin so."""
    return max((name for name in found if name.startswith(of)), key=lambda name: good(found[name]).mean())


def draw(found: dict[str, twin.Results], image: str) -> None:
    """Good wafers a day by policy, with their intervals."""
    page = Page(1200, 720)
    page.text("Maintenance by number, or when a chart asks for it", 60, 60, 30, bold=True)
    page.text("good wafers a day; 95 % intervals", 60, 94, 18, GREY)
    axes = page.axes(90, 120, 1060, 500)
    plain_axes(axes)
    for k, (name, results) in enumerate(found.items()):
        of = told(good(results))
        axes.errorbar(k, of.mean, yerr=of.half or 0, color=ACCENT if name in CHARTS else INK, marker="o", capsize=5)
    axes.set_xticks(range(len(found)), [name.replace(", ", ",\n").replace("every ", "every\n") for name in found])
    page.write(Path(image))


def check(found: dict[str, twin.Results]) -> None:
    """Neither the most nor the fewest maintenances are best; yield falls the later they come."""
    shares = [found[f"every {n} wafers"].product_values["yield"].mean() for n in WAFERS]
    assert all(later < sooner for sooner, later in pairwise(shares))
    assert best(found, "every") not in (f"every {WAFERS[0]} wafers", f"every {WAFERS[-1]} wafers")


if __name__ == "__main__":
    check(main())
