"""Stores as a table of a report: how many parts wait to be joined, for how long, and how many are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.results.cells import column, rate_unit, time_unit
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    from twin.results.results import Results


def sheet(results: Results, sign: str = "±") -> Sheet:
    """One row a store."""
    found = results.store_figures
    rows = list(found.values())
    time = time_unit([row["wait"] for row in rows])
    rate = rate_unit([row["taken"] for row in rows], time)
    between = f" {sign} "
    places = [results.line.toolgroups[name].buffer for name in found]
    columns = [
        ["-" if count is None else f"{count:,}" for count in places],
        column([row["waiting"] for row in rows], 1.0, plus_minus=between),
        column([row["wait"] for row in rows], time.factor, plus_minus=between),
        column([row["taken"] for row in rows], rate.factor, plus_minus=between),
    ]
    header = ("store", "places", "parts waiting", "wait", "taken")
    units = ("", "", "lots", time.name, rate.name)
    return Sheet("Stores: parts that wait to be joined", header, units, table_rows(list(found), columns))
