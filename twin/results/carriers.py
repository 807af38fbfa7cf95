"""How carriers were used: held by lots, on their empty way back, idle, and how often none was free."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.line.carriers import stretches
from twin.results.cells import column, time_unit
from twin.results.figure import Figure, figure
from twin.results.measures import Measures, ratio
from twin.results.settings import DAY_S
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import Line

Figures = Mapping[str, Mapping[str, Figure | None]]
USED, BACK, THERE, OUT, TAKEN, WAIT, WAITED = range(7)  # columns of the totals
UNITS = {
    "count": "-", "in_use": "-", "returning": "-", "idle": "-", "taken": "1/d", "ran_out": "share", "wait": "d",
    "waited": "share",
}  # fmt: skip
SELDOM = 0.05  # share of time without a free carrier below which nothing is said of it
BUSY = 0.95  # utilisation from which more carriers cannot do much


def measures(totals: Totals) -> Measures:
    """Measures of each kind of carriers   (world, kind) each.

    count, in_use, returning, idle: mean numbers there are, that lots hold, on the way back, neither (below 0 only while
        carriers that a change has taken out of the line are still on lots); taken [1/d]; ran_out: share of time during
        which none was free; wait: mean time that a lot which takes one has waited for it, and for nothing else, in the
        queue [d]; waited: share of those lots that waited at all
    """
    columns, day = totals.carriers, totals.tick_s / DAY_S
    of_time = {
        name: ratio(columns[:, :, place], totals.span_ticks)
        for name, place in (("count", THERE), ("in_use", USED), ("returning", BACK), ("ran_out", OUT))
    }
    return {
        **of_time,
        "idle": of_time["count"] - of_time["in_use"] - of_time["returning"],
        "taken": ratio(columns[:, :, TAKEN], totals.span_ticks) / day,
        "wait": ratio(columns[:, :, WAIT], columns[:, :, TAKEN]) * day,
        "waited": ratio(columns[:, :, WAITED], columns[:, :, TAKEN]),
    }


class CarrierTables:
    """The part of `Results` about carriers."""

    line: Line
    names: Names
    totals: Totals

    @cached_property
    def carrier_figures(self) -> dict[str, dict[str, Figure | None]]:
        """Figures of each kind of carriers, see `twin.results.carriers.measures`."""
        values = measures(self.totals)
        return {
            name: {key: figure(values[key][:, k], unit) for key, unit in UNITS.items()}
            for k, name in enumerate(self.names.carriers)
        }

    @cached_property
    def carriers(self) -> pd.DataFrame:
        """One row a kind of carriers, columns (figure, mean | low | high): how many are in use, on the way, idle ..."""
        from twin.results import frames

        return frames.figures(self.carrier_figures, "carrier")


def sheet(figures: Figures, sign: str = "±") -> Sheet:
    """How many carriers there are, where they are, how often none is free, and how long lots wait for one."""
    chosen = list(figures.values())
    between = f" {sign} "
    time = time_unit([row["wait"] for row in chosen])
    columns = [
        column([row[key] for row in chosen], factor, digits, most, between)
        for key, factor, digits, most in (
            ("in_use", 1.0, 3, 2), ("returning", 1.0, 3, 2), ("idle", 1.0, 3, 2), ("ran_out", 100.0, 3, 1),
            ("taken", 1.0, 4, 1), ("waited", 100.0, 3, 1), ("wait", time.factor, 3, 3),
        )
    ]  # fmt: skip
    counts = ["-" if (count := row["count"]) is None else f"{count.mean:.4g}" for row in chosen]
    return Sheet(
        "Carriers",
        ("carrier", "count", "in use", "way back", "idle", "none free", "taken", "lots wait", "mean wait"),
        ("", "", "", "", "", "% of time", "1/d", "%", time.name),
        table_rows(list(figures), [counts, *columns]),
    )


def notes(line: Line, figures: Figures, toolgroups: Figures) -> tuple[str, ...]:
    """Carriers that run out while the toolgroups on their way have time to spare, and about how many more it takes.

    Kept busy all the time, the busiest of them would do 1 / utilisation times as much; with the same time for a round
    that takes as many times the carriers (Little's law).
    """
    told = []
    for name, row in figures.items():
        out, count = row["ran_out"], row["count"]
        on_the_way = {
            step.toolgroup
            for route, steps in line.routes.items()
            for stretch in stretches(line, route)
            if stretch.carrier == name
            for step in steps[stretch.takes : stretch.gives + 1]
        }
        works = {group: toolgroups[group]["utilisation"] for group in toolgroups if group in on_the_way}
        busy = {group: worked.mean for group, worked in works.items() if worked is not None}
        if out is None or count is None or not busy or out.mean < SELDOM:
            continue
        busiest = max(busy, key=lambda group: busy[group])
        if not 0 < busy[busiest] < BUSY:
            continue
        more = math.ceil(count.mean * (1 / busy[busiest] - 1) - 1e-6)
        told.append(
            f"Carriers {name} ran out: none was free for {100 * out.mean:.0f} % of the time, and the busiest toolgroup "
            f"on their way, {busiest}, worked {100 * busy[busiest]:.0f} %. If nothing else holds it back, about {more} "
            f"more would keep it at work; try carriers.{name}.count={round(count.mean) + more}."
        )
    return tuple(told)
