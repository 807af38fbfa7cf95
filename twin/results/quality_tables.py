"""What a run's results say of quality: tables of yield, loss, characteristics, metrology, lots, units and wafers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.results import characteristics, losses, metrology, yields
from twin.results.judged import Judged

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import Line


class QualityTables:
    """The part of `Results` about quality."""

    line: Line
    names: Names
    totals: Totals

    @cached_property
    def judged(self) -> Judged:
        """The units of the lots that came out, judged by the limits of their characteristics."""
        return Judged(self.line, self.names, self.totals)

    @cached_property
    def yields(self) -> pd.DataFrame:
        """One row a product with a yield or dies: expected yield of a unit, defects [1/cm2], good dies ...

        Columns (figure, mean | low | high); see `twin.results.yields.figures`.
        """
        from twin.results import frames

        return frames.figures(yields.figures(self.judged), "product")

    @cached_property
    def loss(self) -> pd.DataFrame:
        """One row a toolgroup and cause (tool, waiting, a characteristic), largest first: what it costs in yield.

        `lost` divides 1 - yield: all causes add up to it; see `twin.results.losses`. `share`: of all that is lost;
        `defects` [1/cm2], NaN for characteristics.
        """
        return yields.frame(losses.by_toolgroup(self.judged), ("toolgroup", "cause"), ("defects", "share", "lost"))

    @cached_property
    def loss_by_tool(self) -> pd.DataFrame:
        """One row a route, step, tool and cause, largest first: the same, by the step and the tool where it is lost.

        `units`: share of the units that the tool ran there; `per_unit`: yield lost on each of them. Defects are told
        apart by tool where the run kept its visits; else `tool` is the toolgroup's name.
        """
        columns = ("share", "lost", "units", "per_unit")
        return yields.frame(losses.by_tool(self.judged), ("route", "step", "tool", "cause"), columns)

    @cached_property
    def characteristics(self) -> pd.DataFrame:
        """One row a product and characteristic that its route makes: mean, sd, within, cpk, share outside the limits.

        See `twin.results.characteristics.figures`.
        """
        found = characteristics.figures(self.judged)
        return yields.frame(found, ("product", "characteristic"), characteristics.COLUMNS)

    @cached_property
    def metrology(self) -> pd.DataFrame:
        """One row a step that measures: lots, outside, alarms per 100 lots, false ones, rework, scrap, holds.

        And the alarms of each rule that ever gave one; see `twin.results.metrology.figures`.
        """
        found = metrology.figures(self.line, self.names, self.totals)
        return yields.frame(found, ("route", "step"), metrology.columns(found))

    @cached_property
    def shifts(self) -> pd.DataFrame:
        """One row a toolgroup and input that can shift: shifts, and units run under one before it was found."""
        found = metrology.shifts(self.line, self.names, self.totals)
        return yields.frame(found, ("toolgroup", "input"), ("shifts", "units"))

    @cached_property
    def first_pass(self) -> pd.DataFrame:
        """One row a step whose law rejects lots, worst first: lots passed, rejected, share good the first time."""
        found = yields.first_pass(self.line, self.names, self.totals)
        columns = ("toolgroup", "law", "passed", "rejected", "first_pass")
        return yields.frame(found, ("route", "step"), columns)

    @cached_property
    def lots(self) -> pd.DataFrame:
        """One row a lot that came out of a line with process laws: lot (its name), defects [1/cm2], yield ..."""
        return yields.lots(self.judged)

    def units_table(self) -> pd.DataFrame:
        """One row a unit of those lots: the value of every characteristic and the tool that made it, yield ...

        See `twin.results.yields.units`.
        """
        return yields.units(self.judged)

    def _quality_json(self) -> dict[str, Any]:
        """Characteristics, metrology and shifts as plain values, each only where the line has any."""
        parts = {
            "characteristics": characteristics.to_json(self.judged),
            "metrology": metrology.to_json(self.line, self.names, self.totals),
            "shifts": metrology.shifts_json(self.line, self.names, self.totals),
        }
        return {key: rows for key, rows in parts.items() if rows}
