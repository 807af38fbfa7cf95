"""What do tighter rules on a control chart find sooner, and what do their false alarms cost?

python examples/tighter_spc.py

A deposition that does not drift; but once in 2,000 wafers or so something breaks without anybody noticing, and the
film is 1.5 standard deviations off until a maintenance. Every wafer is measured, and the chart calls for one: by a
point beyond 3 sigma alone, or by all four rules of Western Electric.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import twin
from twin.process.charts import rules_run_length, shewhart_run_length
from twin.results.figure import Figure, figure
from twin.results.measures import ratio
from twin.scene.chart import plain_axes
from twin.scene.page import ACCENT, GREY, INK, Page

MODEL = "learn/drift"
SHIFT = 1.5  # standard deviations
SHIFTS = {"temperature_c": {"shift": {"every": 2000, "by": 0.602}}}  # C, 1.5 nm of a film that scatters by 1 nm
RULES = {"3 sigma alone": "beyond_3s", "Western Electric": "western_electric"}


def four_rules(limit: float, shift: float = 0.0) -> float:
    """Mean samples until one of the four rules gives an alarm."""
    return rules_run_length((1, 2, 3, 4), shift)


THEORY = {"3 sigma alone": shewhart_run_length, "Western Electric": four_rules}
"""Mean samples until an alarm, by the shift in standard deviations: from a Markov chain (Champ and Woodall 1987)."""


def plan(rules: str) -> dict[str, Any]:
    """What the line of `learn/drift` becomes."""
    chart = {"rules": [rules], "sigma": "1 nm", "stop": True}
    return {
        "toolgroups.cvd.condition": SHIFTS,
        "toolgroups.cvd.pm": [{"every": "alarm", "takes": "4 h"}],
        "routes.main.look.measure": {"characteristic": "film", "chart": chart},
    }


def main(horizon: str = "365 d", replications: int = 16, image: str = "tighter_spc.png") -> twin.Comparison:
    names = list(RULES)
    base = twin.read(MODEL, set=plan(RULES[names[0]]))
    tighter = {names[1]: twin.read(MODEL, set=plan(RULES[names[1]]))}
    compared = twin.compare(base, tighter, horizon=horizon, replications=replications)
    for name, results in zip(names, (compared.base, *compared.scenarios.values()), strict=True):
        found = told(results)
        print(f"{name:17} {found['false']} false alarms for 100 wafers measured, ", end="")
        print(f"{found['bad']} wafers run shifted until it stops; {found['good']} good wafers a day")
        print(f"{'':17} theory: {100 / THEORY[name](3.0):.2f}, and {THEORY[name](3.0, SHIFT):.1f} until the alarm")
    gain = compared.of_line[names[1]]["throughput"].difference
    print(f"{names[1]} instead: {gain.mean:+.1f} ± {gain.half or 0:.1f} wafers a day")
    draw(compared, image)
    return compared


def draw(compared: twin.Comparison, image: str) -> None:
    """What a shift costs until it is found, and what finding costs, with their intervals."""
    page = Page(1200, 720)
    page.text("Tighter rules find a shift sooner, and stop for nothing more often", 60, 60, 28, bold=True)
    titles = {"bad": "wafers run shifted", "false": "false alarms, of 100 wafers", "good": "good wafers a day"}
    for k, (key, title) in enumerate(titles.items()):
        axes = page.axes(90 + 380 * k, 150, 300, 470)
        plain_axes(axes)
        page.text(title, 90 + 380 * k, 130, 18, GREY)
        for at, results in enumerate((compared.base, *compared.scenarios.values())):
            of = told(results)[key]
            axes.errorbar(at, of.mean, yerr=of.half or 0, color=(INK, ACCENT)[at], marker="o", capsize=6)
        axes.set_xlim(-0.5, 1.5)
        axes.set_ylim(0, 1.1 * axes.get_ylim()[1])
        axes.set_xticks(range(2), list(RULES))
    page.write(Path(image))


def told(results: twin.Results) -> dict[str, Figure]:
    """False alarms for 100 wafers, wafers run under a shift, good wafers a day."""
    looked, shifts = results.totals.measures[:, 0], results.totals.shifts[:, 0]
    values = results.product_values
    sample = {
        "false": 100 * ratio(looked[:, 3], looked[:, 0]),
        "bad": ratio(shifts[:, 1], shifts[:, 0]),
        "good": values["throughput"][:, 0] * values["yield"][:, 0],
    }
    figures = {name: figure(each, "-") for name, each in sample.items()}
    return {name: found for name, found in figures.items() if found is not None}


def check(compared: twin.Comparison) -> None:
    """All four rules find a shift sooner, for more false alarms and less output; as often as theory says."""
    alone, tight = told(compared.base), told(compared.scenarios["Western Electric"])
    assert (tight["bad"].high or 0) < (alone["bad"].low or 0)
    for name, found in zip(RULES, (alone, tight), strict=True):
        expected = 100 / THEORY[name](3.0)
        assert abs(found["false"].mean - expected) < 0.1 * expected
    assert compared.of_line["Western Electric"]["throughput"].difference.mean < 0


if __name__ == "__main__":
    check(main())
