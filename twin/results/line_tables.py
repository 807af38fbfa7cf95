"""What a run's results say of assembly and of indexed sections: products that leave, stores of parts, takt."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.line.joins import parts
from twin.results.figure import Figure, figure
from twin.results.measures import LOADED, QUEUE_AREA, WAIT, ratio
from twin.results.settings import DAY_S

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import Line


class LineTables:
    """The part of `Results` about assembly and takt."""

    line: Line
    names: Names
    totals: Totals

    @cached_property
    def final(self) -> list[int]:
        """Products that leave the line as they are, as indices: all but the parts that are joined with others."""
        known = parts(self.line)
        return [k for k, name in enumerate(self.names.products) if name not in known]

    @cached_property
    def net_figures(self) -> dict[str, dict[str, Figure | None]]:
        """Lots out by hour of the calendar, by open hour and by shift, of products whose line has a calendar."""
        from twin.results import net

        return net.figures(self.line, self.names, self.totals, self.final)

    @cached_property
    def net(self) -> pd.DataFrame:
        """One row a product: lots out per_hour, per_open_hour, per_shift, columns (figure, mean | low | high).

        Empty for a line without calendars; `all products` where they share one. See `twin.results.net.figures`.
        """
        from twin.results import frames

        return frames.figures(self.net_figures, "product")

    @cached_property
    def sequence_rules(self) -> pd.DataFrame:
        """One row a sequence rule of the mix: windows that ended, how many broke it, their share, with intervals."""
        from twin.results import mix

        return mix.frame(self.line, self.totals)

    @cached_property
    def store_figures(self) -> dict[str, dict[str, Figure | None]]:
        """Of each store: parts that wait in it [lot], how long each waited [d], parts taken from it [lot/d]."""
        found = {}
        day = self.totals.tick_s / DAY_S
        for k, (name, group) in enumerate(self.line.toolgroups.items()):
            if group.is_store:
                columns = self.totals.group[:, k]
                found[name] = {
                    "waiting": figure(ratio(columns[:, QUEUE_AREA], self.totals.span_ticks), "lot"),
                    "wait": figure(ratio(columns[:, WAIT], columns[:, LOADED]) * day, "d"),
                    "taken": figure(ratio(columns[:, LOADED], self.totals.span_ticks) / day, "lot/d"),
                }
        return found

    @cached_property
    def section_figures(self) -> dict[str, dict[str, Figure | None]]:
        """Takt adherence of each indexed section and what held it up (`twin.results.sections.figures`)."""
        from twin.results import sections

        return sections.figures(self.line, self.totals)

    @cached_property
    def sections(self) -> pd.DataFrame:
        """One row an indexed section and cause of late cycles, columns (figure, mean | low | high)."""
        from twin.results import frames

        return frames.figures(self.section_figures, "section")

    @cached_property
    def stores(self) -> pd.DataFrame:
        """One row a store: parts that wait, how long, parts taken a day, columns (figure, mean | low | high)."""
        from twin.results import frames

        return frames.figures(self.store_figures, "store")
