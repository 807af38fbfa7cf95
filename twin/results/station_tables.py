"""What a run's results say of a line: jobs an hour, its stations, OEE, energy, the bottleneck by several methods."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.results import along, energy, measures, methods, oee
from twin.results.figure import Figure

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import Line

Figures = dict[str, dict[str, Figure | None]]


class StationTables:
    """The part of `Results` about a line and its stations. Tables have columns (figure, mean | low | high)."""

    line: Line
    names: Names
    totals: Totals

    @cached_property
    def energy_figures(self) -> Figures:
        """Figures of each toolgroup that says its power, then of all together: see `twin.results.energy.figures`."""
        return energy.figures(self.line, self.names, self.totals)

    @cached_property
    def oee_figures(self) -> Figures:
        """OEE of each toolgroup but pure delays, and its factors: see `twin.results.oee`."""
        return oee.figures(self.line, self.names, self.totals)

    @cached_property
    def station_figures(self) -> Figures:
        """Figures of each station in the order of the line: see `twin.results.along.values`."""
        return along.figures(self.line, self.names, self.totals)

    @cached_property
    def job_figures(self) -> Figures:
        """Jobs an hour and first time through of each product and of all: see `twin.results.along.job_figures`."""
        return along.job_figures(self.line, self.names, self.totals)

    @cached_property
    def bottleneck_figures(self) -> Figures:
        """The bottleneck by several methods, station by station: see `twin.results.methods.figures`."""
        return methods.figures(self.line, self.names.toolgroups, measures.of_toolgroups(self.totals, self.names))

    @cached_property
    def arrows(self) -> tuple[methods.Arrow, ...]:
        """Blocked-starved arrows between neighbours: see `twin.results.methods.arrows`."""
        return methods.arrows(self.line, self.names.toolgroups, measures.of_toolgroups(self.totals, self.names))

    @cached_property
    def energy(self) -> pd.DataFrame:
        """One row a toolgroup that says its power, the last all together: kWh a day by state, kWh for each job ..."""
        return _table(self.energy_figures, "toolgroup")

    @cached_property
    def oee(self) -> pd.DataFrame:
        """One row a toolgroup: availability, performance, quality and OEE by ISO 22400, OEE by SEMI E79."""
        return _table(self.oee_figures, "toolgroup")

    @cached_property
    def along_the_line(self) -> pd.DataFrame:
        """One row a station in the order of the line: states, jobs an hour, queue, buffer empty, full, MTBF ..."""
        return _table(self.station_figures, "station")

    @cached_property
    def jobs(self) -> pd.DataFrame:
        """One row a product, the last all together: jobs an hour, first time through, gaps within the takt."""
        return _table(self.job_figures, "product")

    @cached_property
    def bottlenecks(self) -> pd.DataFrame:
        """One row a station in the order of the line: arrows and their severity, active share, utilisation."""
        return _table(self.bottleneck_figures, "station")

    def _line_json(self) -> dict[str, Any]:
        found = {"jobs": self.job_figures, "oee": self.oee_figures}
        if any(group.buffer is not None for group in self.line.toolgroups.values()):
            found |= {"along_the_line": self.station_figures, "bottlenecks": self.bottleneck_figures}
        if self.energy_figures:
            found["energy"] = self.energy_figures
        return {name: _plain(figures) for name, figures in found.items()}


def _table(figures: Figures, index: str) -> pd.DataFrame:
    from twin.results import frames

    return frames.figures(figures, index)


def _plain(figures: Figures) -> dict[str, dict[str, Any]]:
    return {
        name: {key: None if found is None else found.to_json() for key, found in row.items()}
        for name, row in figures.items()
    }
