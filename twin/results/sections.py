"""Takt adherence of indexed sections: how often they moved too late, by how much, and what held them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.results.cells import column, time_unit
from twin.results.figure import Figure, figure
from twin.results.measures import ratio
from twin.results.settings import DAY_S
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    from twin.arrays.totals import Counts, Totals
    from twin.line import Line
    from twin.results.results import Results

CYCLES, OVER, LOST, LATE, LATE_LOST, EXIT, EXIT_LOST = range(7)
NO_LOT, NO_PLACE = "no lot came", "no place behind"
Row = dict[str, Figure | None]


def figures(line: Line, totals: Totals) -> dict[str, Row]:
    """A row a section, below it one for each station, for want of lots, and for want of a place behind the section.

    cycle: mean time from move to move [d], of a section alone; late: share of its cycles that were later than the takt,
    or were held up by that; lost: time beyond the takt, as a share of the whole. A cycle may be late by a station and
    by the exit.
    """
    found: dict[str, Row] = {}
    first = 0
    for k, (name, section) in enumerate(line.indexed.items()):
        columns = totals.sections[:, k]
        cycles = columns[:, CYCLES]
        span = np.full(cycles.shape, totals.span_ticks)
        cycle = figure(ratio(span, cycles) * totals.tick_s / DAY_S, "d")
        found[name] = _row(columns[:, OVER], columns[:, LOST], cycles, totals) | {"cycle": cycle}
        if section.takt is not None:
            held = [
                (station, *totals.stations[:, first + i].T) for i, station in enumerate(section.stations)
            ] + [(NO_LOT, columns[:, LATE], columns[:, LATE_LOST]), (NO_PLACE, columns[:, EXIT], columns[:, EXIT_LOST])]
            for cause, late, lost in held:
                found[f"{name}: {cause}"] = _row(late, lost, cycles, totals)
        first += len(section.stations)
    return found


def _row(late: Counts, lost: Counts, cycles: Counts, totals: Totals) -> Row:
    return {
        "cycle": None,
        "late": figure(ratio(late, cycles), "share"),
        "lost": figure(ratio(lost, totals.span_ticks), "share"),
    }


def sheet(results: Results, sign: str = "±") -> Sheet:
    """One row a section, and one for each cause that held it up."""
    found = {
        name: row for name, row in results.section_figures.items()
        if row["cycle"] is not None or (row["late"] is not None and row["late"].mean > 0)
    }  # fmt: skip
    rows = list(found.values())
    time = time_unit([row["cycle"] for row in rows])
    between = f" {sign} "
    columns = [
        column([row["cycle"] for row in rows], time.factor, plus_minus=between),
        column([row["late"] for row in rows], 100.0, 3, 2, between),
        column([row["lost"] for row in rows], 100.0, 3, 2, between),
    ]
    header = ("section: held up by", "from move to move", "later than takt", "lost")
    units = ("", time.name, "% of cycles", "% of time")
    return Sheet("Indexed sections", header, units, table_rows(list(found), columns))
