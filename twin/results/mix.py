"""How often the order in which products came broke its sequence rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twin.line.mix import broken
from twin.results.cells import column
from twin.results.figure import Figure, figure
from twin.results.measures import ratio

if TYPE_CHECKING:
    import pandas as pd

    from twin.arrays.totals import Totals
    from twin.line import Line

WINDOWS, BROKEN = range(2)  # columns of the sequence rules
MOST_PLACES = 6
Figures = list[dict[str, Figure | None]]


def figures(line: Line, totals: Totals) -> Figures:
    """Of each rule: windows that ended in the measured time, how many of them broke it, their share."""
    found: Figures = []
    for k in range(len(line.rules)):
        windows, breaks = totals.rules[:, k, WINDOWS], totals.rules[:, k, BROKEN]
        found.append({
            "windows": figure(windows.astype(float), "-"), "broken": figure(breaks.astype(float), "-"),
            "share": figure(ratio(breaks, windows), "share"),
        })  # fmt: skip
    return found


def frame(line: Line, totals: Totals) -> pd.DataFrame:
    """One row a rule, in words; columns (figure, mean | low | high)."""
    from twin.results import frames

    named = {str(rule): row for rule, row in zip(line.rules, figures(line, totals), strict=True)}
    return frames.figures(named, "rule")


def to_json(line: Line, totals: Totals) -> list[dict[str, Any]]:
    """One object a rule."""
    return [
        {"of": list(rule.of), "at_most": rule.at_most, "in": rule.in_}
        | {key: None if value is None else value.to_json() for key, value in row.items()}
        for rule, row in zip(line.rules, figures(line, totals), strict=True)
    ]


def sentences(line: Line, totals: Totals) -> list[str]:
    """A sentence a rule, of runs in which any window ended."""
    told = []
    for rule, row in zip(line.rules, figures(line, totals), strict=True):
        share = row["share"]
        if share is not None:
            how = f"broken in {column([share], 100.0)[0]} % of the windows" if share.mean > 0 else "never broken"
            told.append(f"Sequence rule, {rule}: {how}.")
    return told


def found_in_order(line: Line) -> list[str]:
    """Where an order that is known beforehand breaks a rule, in words."""
    told = []
    mix = line.mix
    for rule in line.rules if mix is not None and mix.cycle else ():
        assert mix is not None
        places = broken(rule, mix.cycle, repeats=not mix.orders)
        if places:
            more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
            at = ", ".join(f"{first}-{first + rule.in_ - 1}" for first in places[:MOST_PLACES])
            told.append(f"sequence rule, {rule}: broken at positions {at}{more}")
    return told
