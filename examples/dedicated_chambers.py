"""What does it cost in output, and gain in overlay, to print the layers of a lot on one scanner?

python examples/dedicated_chambers.py

Every scanner has a grid of its own, some nanometres off. Contacts printed on another scanner than the trenches below
them are off by both; printed on the same one they are off by nothing but what wandered since. But a lot that may go to
one scanner only waits while the others stand idle.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import twin
from twin.results.figure import Figure, figure
from twin.results.units import PRODUCT, REPLICATION, channels
from twin.scene.chart import plain_axes
from twin.scene.page import ACCENT, GREY, INK, Page

MODEL = "fab/gate_module"
CONTACTS = "contacts as trenches"
ALL = "gates too"
STEPS: dict[str, dict[str, Any]] = {
    CONTACTS: {"routes.gate.sti_expose.dedicate": "contact_expose"},
    ALL: {"routes.gate.sti_expose.dedicate": "gate_expose", "routes.gate.gate_expose.dedicate": "contact_expose"},
}


def main(horizon: str = "90 d", replications: int = 16, image: str = "dedicated_chambers.png") -> twin.Comparison:
    compared = twin.compare(MODEL, STEPS, horizon=horizon, replications=replications)
    for name, results in runs(compared).items():
        print(f"{name:22} contacts of A are {overlay(results)} off, from wafer to wafer; {results.throughput}")
    for name in STEPS:
        lost = fewer(compared, name)
        print(f"{name + ':':22} {lost.mean:+.2f} ± {lost.half or 0:.2f} lots a day against any scanner")
    draw(runs(compared), image)
    return compared


def runs(compared: twin.Comparison) -> dict[str, twin.Results]:
    """The base and what-ifs by name."""
    return {"any scanner": compared.base} | dict(compared.scenarios)


def overlay(results: twin.Results) -> Figure:
    """Standard deviation of the overlay of product A from wafer to wafer [nm]."""
    values = next(found for found in channels(results.names, results.totals) if found.name == "overlay").values
    lots = results.totals.lots
    own = [
        (lots[:, PRODUCT] == 0) & (lots[:, REPLICATION] == number) for number in range(results.settings.replications)
    ]
    found = figure(np.array([values[rows, :, 0].std(ddof=1) for rows in own]), "nm")
    assert found is not None
    return found


def fewer(compared: twin.Comparison, name: str) -> Figure:
    """Lots a day more than with any scanner: runs share their luck, so compare them in pairs."""
    one, other = (results.line_values["throughput"] for results in (compared.scenarios[name], compared.base))
    found = figure(one - other, "lot/d")
    assert found is not None
    return found


def draw(found: dict[str, twin.Results], image: str) -> None:
    """Overlay against output, with their intervals."""
    page = Page(1200, 720)
    page.text("One scanner for the layers of a lot: better overlay, fewer lots", 60, 60, 30, bold=True)
    page.text("overlay from wafer to wafer [nm, 1 sd] against lots a day; 95 % intervals", 60, 94, 18, GREY)
    axes = page.axes(90, 120, 1060, 520)
    plain_axes(axes)
    for name, results in found.items():
        off, out = overlay(results), results.throughput
        assert out is not None
        colour = ACCENT if name in STEPS else INK
        axes.errorbar(out.mean, off.mean, yerr=off.half or 0, xerr=out.half or 0, color=colour, marker="o", capsize=4)
        axes.annotate(name, (out.mean, off.mean), (8, 10), textcoords="offset points", color=colour)
    axes.set_ylim(bottom=0)
    page.text("lots a day", 90, 700, 16, GREY)
    page.write(Path(image))


def check(compared: twin.Comparison) -> None:
    """On one scanner overlay is better beyond doubt; the more layers are bound to it, the less comes out."""
    found = runs(compared)
    for name in STEPS:
        assert (overlay(found[name]).high or 0) < (overlay(found["any scanner"]).low or 0)
    lost = [fewer(compared, name).mean for name in (CONTACTS, ALL)]
    assert lost[1] < lost[0] and lost[1] < 0


if __name__ == "__main__":
    check(main())
