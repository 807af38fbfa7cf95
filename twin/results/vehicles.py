"""What vehicles did: on their way with a lot or without, at stations, idle, and how long lots waited for one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.results.cells import column, time_unit
from twin.results.figure import Figure, figure
from twin.results.measures import Measures, ratio
from twin.results.settings import DAY_S
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import Line

Figures = Mapping[str, Mapping[str, Figure | None]]
LOADED, EMPTY, HANDLING, TRIPS, PICKED, WAIT = range(6)  # columns of the totals
UNITS = {
    "count": "-", "loaded": "share", "empty": "share", "handling": "share", "idle": "share", "trips": "1/d",
    "wait": "d", "distance": "m/d",
}  # fmt: skip


def measures(line: Line, names: Names, totals: Totals) -> Measures:
    """Measures of the vehicles that carry the lots   (world, 0 or 1) each.

    count: how many there are; loaded, empty, handling, idle: shares of their time on the way with a lot, on the way to
        one, taking one up or setting one down, and standing with nothing to do; trips done [1/d]; wait: mean time from
        a lot's asking until a vehicle is there [d]; distance: that all of them drive, time on the way times speed [m/d]
    """
    columns, day = totals.fleets, totals.tick_s / DAY_S
    fleets = [line.vehicles[name] for name in names.fleets]
    there = totals.span_ticks * (fleets[0].count if fleets else 1)
    share = {
        name: ratio(columns[:, :, place], there)
        for name, place in (("loaded", LOADED), ("empty", EMPTY), ("handling", HANDLING))
    }
    busy = columns[:, :, LOADED] + columns[:, :, EMPTY] + columns[:, :, HANDLING]
    driven = columns[:, :, LOADED] + columns[:, :, EMPTY]
    return {
        "count": ratio(0 * busy + there, totals.span_ticks),
        **share,
        "idle": ratio(there - busy, there),
        "trips": ratio(columns[:, :, TRIPS], totals.span_ticks) / day,
        "wait": ratio(columns[:, :, WAIT], columns[:, :, PICKED]) * day,
        "distance": ratio(driven, totals.span_ticks) * (fleets[0].speed if fleets else 0.0) * DAY_S,
    }


class VehicleTables:
    """The part of `Results` about vehicles."""

    line: Line
    names: Names
    totals: Totals

    @cached_property
    def vehicle_figures(self) -> dict[str, dict[str, Figure | None]]:
        """Figures of the vehicles, see `twin.results.vehicles.measures`."""
        values = measures(self.line, self.names, self.totals)
        return {
            name: {key: figure(values[key][:, k], unit) for key, unit in UNITS.items()}
            for k, name in enumerate(self.names.fleets)
        }

    @cached_property
    def vehicles(self) -> pd.DataFrame:
        """One row a fleet, columns (figure, mean | low | high): shares of time loaded, empty, idle, trips, wait ..."""
        from twin.results import frames

        return frames.figures(self.vehicle_figures, "vehicles")


def sheet(figures: Figures, sign: str = "±") -> Sheet:
    """How the vehicles spent their time, how many trips they made, and how long lots waited for one."""
    chosen = list(figures.values())
    between = f" {sign} "
    time = time_unit([row["wait"] for row in chosen])
    columns = [
        column([row[key] for row in chosen], factor, digits, most, between)
        for key, factor, digits, most in (
            ("loaded", 100.0, 3, 1), ("empty", 100.0, 3, 1), ("handling", 100.0, 3, 1), ("idle", 100.0, 3, 1),
            ("trips", 1.0, 4, 1), ("wait", time.factor, 3, 3),
        )
    ]  # fmt: skip
    counts = ["-" if (count := row["count"]) is None else f"{count.mean:.4g}" for row in chosen]
    return Sheet(
        "Vehicles",
        ("vehicles", "count", "loaded", "empty", "handling", "idle", "trips", "mean wait"),
        ("", "", "%", "%", "%", "%", "1/d", time.name),
        table_rows(list(figures), [counts, *columns]),
    )


def notes(figures: Figures, toolgroups: Figures) -> tuple[str, ...]:
    """Vehicles that are under way more of their time than any toolgroup works: they may be what holds the line back."""
    works = [worked.mean for row in toolgroups.values() if (worked := row["utilisation"]) is not None]
    told = []
    for name, row in figures.items():
        idle = row["idle"]
        if idle is not None and works and 1 - idle.mean > max(works):
            told.append(
                f"Vehicles {name} are under way or handling {100 * (1 - idle.mean):.1f} % of their time, more than any "
                "toolgroup works: they may be what holds the line back."
            )
    return tuple(told)
