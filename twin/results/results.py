"""Results: what a run measured, as figures with intervals, tables, a report and files."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.results import bottleneck, carriers, conveyors, extras, measures, mix, notes, vehicles, yields
from twin.results.areas import AreaTrace
from twin.results.carriers import CarrierTables
from twin.results.figure import Figure, figure
from twin.results.line_tables import LineTables
from twin.results.quality_tables import QualityTables
from twin.results.recovery import Recovery, recovery_of
from twin.results.settings import DAY_S, Settings, Timing
from twin.results.station_tables import StationTables
from twin.results.vehicles import VehicleTables
from twin.results.wip_trace import WipTrace

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import Line
    from twin.results.profile import Profile
    from twin.results.wafer import Wafer

Figures = dict[str, dict[str, Figure | None]]
PRODUCT_UNITS = {
    "out": "lot", "completed": "lot", "throughput": "lot/d", "cycle_time": "d",
    "x_factor": "-", "on_time": "share", "wip": "lot", "yield": "share",
    "tardy": "share", "tardiness": "d", "weighted_tardiness": "d",
}  # fmt: skip
LATENESS = ("on_time", "tardy", "tardiness", "weighted_tardiness")  # figures of lots with due dates
TOOLGROUP_UNITS = {**dict.fromkeys((*measures.STATES, "utilisation"), "share"), "queue": "lot", "wait": "d"}
CREW_UNITS = {"members": "-", "utilisation": "share", "tasks": "1/d", "wait": "d", "waited": "share"}
TOOLGROUP_KEYS = (*measures.STATES, "utilisation", "queue")  # of the JSON object


class Results(QualityTables, LineTables, StationTables, CarrierTables, VehicleTables):
    """What a run measured after its warm-up.

    A figure is a mean over the replications with its 95 % interval (Student's t), None without data.
    line:     the line that was run
    names:    its names, in the order of the totals
    totals:   the exact sums every figure comes from
    settings: how the run was asked for
    timing:   what it took
    """

    def __init__(
        self, *, line: Line, names: Names, totals: Totals, settings: Settings, timing: Timing,
        notes: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.line = line
        self.names = names
        self.totals = totals
        self.settings = settings
        self.timing = timing
        self.run_notes = tuple(notes)
        self.log: pd.DataFrame | None = None  # every event, where the run was asked to keep them
        self.wip_trace: WipTrace | None = None  # WIP over time, where the run was asked for it
        self.area_trace: AreaTrace | None = None  # moves and WIP of each area over time, likewise

    @cached_property
    def product_values(self) -> measures.Measures:
        """What the figures of the products are made of   (world, product) each."""
        values = measures.of_products(self.totals, self.names.raw_ticks)
        return values | {"yield": yields.by_product(self.judged)["yield"]}

    @cached_property
    def product_figures(self) -> Figures:
        """Figures of each product: out, completed, throughput, cycle_time, x_factor, on_time, wip, yield, tardy ...

        Where a breach of a queue-time limit can scrap lots, also `scrapped` (see `replications` for the others); where
        lots that find no place are lost, their share `lost`.
        """
        units = PRODUCT_UNITS | ({"scrapped": "lot"} if extras.may_scrap(self.line) else {})
        losing = [of.release.full == "lose" for of in self.line.products.values()]
        units |= {"lost": "share"} if any(losing) else {}
        values = self.product_values
        found: Figures = {}
        for k, name in enumerate(self.names.products):
            p95 = figure(values["p95"][:, k], "d")
            row = {
                key: figure(values[key][:, k], unit, p95 if key == "cycle_time" else None)
                for key, unit in units.items()
            }
            if not self.is_due(name):
                row |= dict.fromkeys(LATENESS)
            if any(losing) and not losing[k]:
                row["lost"] = None
            found[name] = row
        return found

    @cached_property
    def due_figures(self) -> dict[str, Figure | None]:
        """Share of tardy lots and mean tardiness [d] of all products with due dates together."""
        due = [self.is_due(name) for name in self.names.products]
        counts = self.totals.product[:, due].sum(axis=1)
        values = measures.tardiness(counts, self.totals.tick_s / DAY_S)
        return {key: figure(found, PRODUCT_UNITS[key]) for key, found in values.items()}

    def is_due(self, product: str) -> bool:
        """Whether lots of this product have a due date to be on time for."""
        of = self.line.products[product]
        return of.due is not None or any(start.due is not None for start in of.release.schedule)

    @cached_property
    def _toolgroup_values(self) -> measures.Measures:
        values = measures.of_toolgroups(self.totals, self.names)
        return conveyors.with_entrances(self.line, self.names, self.totals, values)

    @cached_property
    def toolgroup_figures(self) -> Figures:
        """Figures of each toolgroup but pure delays: shares of calendar tool time, utilisation, queue."""
        values = self._toolgroup_values
        return {
            name: {key: figure(values[key][:, k], unit) for key, unit in TOOLGROUP_UNITS.items()}
            for k, name in enumerate(self.names.toolgroups)
            if len(self.names.tools_of[k])
        }

    @cached_property
    def conveyor_figures(self) -> Figures:
        """Figures of each conveyor: lots on it, places filled, use of its entrance, moving and blocked."""
        return conveyors.figures(self.line, self.names, self.totals, self._toolgroup_values)

    @cached_property
    def crew_figures(self) -> Figures:
        """Figures of each crew: members, utilisation, tasks a day, wait for a member, share of tasks that waited."""
        values = measures.of_crews(self.totals)
        return {
            name: {key: figure(values[key][:, k], unit) for key, unit in CREW_UNITS.items()}
            for k, name in enumerate(self.names.crews)
        }

    @cached_property
    def line_values(self) -> measures.Measures:
        """What the figures of all products but parts together are made of   (world,) each."""
        return measures.of_line(self.totals, self.final)

    @property
    def throughput(self) -> Figure | None:
        """Lots that leave the line, all products [lot/d]; parts that are joined with others are not counted."""
        return figure(self.line_values["throughput"], "lot/d")

    @property
    def cycle_time(self) -> Figure | None:
        """Release to completion of lots released after time 0, all products; `p95` is a figure too [d]."""
        return figure(self.line_values["cycle_time"], "d", figure(self.line_values["p95"], "d"))

    @property
    def wip(self) -> Figure | None:
        """Mean lots in the line, all products [lot]."""
        return figure(self.line_values["wip"], "lot")

    @property
    def events(self) -> int:
        """Completed lot-steps of all replications, the warm-up's too."""
        return int(self.totals.events.sum())

    @cached_property
    def _verdict(self) -> bottleneck.Verdict:
        return bottleneck.find(self.line, self.names.toolgroups, self._toolgroup_values)

    @property
    def bottleneck(self) -> str | None:
        """The toolgroup that holds the line back; None if no tool time was measured."""
        return self._verdict.toolgroup

    @property
    def bottleneck_sentence(self) -> str:
        """The bottleneck, how much it works, and by which method it was found."""
        return self._verdict.sentence

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What to know before believing the figures, the run's own notes first."""
        of_crews = notes.of_crews(self.crew_figures, self.toolgroup_figures) if self.names.crews else ()
        of_laws = notes.of_surrogates(self.line, self.names, self.totals)
        of_carriers = carriers.notes(self.line, self.carrier_figures, self.toolgroup_figures)
        of_fleets = vehicles.notes(self.vehicle_figures, self.toolgroup_figures)
        of_line = notes.of(self.line, self.totals, self.product_figures)
        return self.run_notes + of_line + of_laws + of_crews + of_carriers + of_fleets

    @cached_property
    def products(self) -> pd.DataFrame:
        """One row a product, columns (figure, mean | low | high)."""
        from twin.results import frames

        return frames.figures(self.product_figures, "product")

    @cached_property
    def toolgroups(self) -> pd.DataFrame:
        """One row a toolgroup, columns (figure, mean | low | high)."""
        from twin.results import frames

        return frames.figures(self.toolgroup_figures, "toolgroup")

    @cached_property
    def crews(self) -> pd.DataFrame:
        """One row a crew, columns (figure, mean | low | high)."""
        from twin.results import frames

        return frames.figures(self.crew_figures, "crew")

    @cached_property
    def conveyors(self) -> pd.DataFrame:
        """One row a conveyor, columns (figure, mean | low | high)."""
        from twin.results import frames

        return frames.figures(self.conveyor_figures, "conveyor")

    @cached_property
    def tools(self) -> pd.DataFrame:
        """One row a tool: toolgroup, number from 1, mean shares of calendar time, utilisation."""
        from twin.results import frames

        values = conveyors.of_tools(self.line, self.names, measures.of_tools(self.totals), self._toolgroup_values)
        return frames.tools(self.names, values)

    @cached_property
    def auxiliaries(self) -> pd.DataFrame:
        """One row an auxiliary: share of them in use, times taken a day, columns (figure, mean | low | high)."""
        from twin.results import frames

        return frames.figures(extras.auxiliaries(self.line, self.names, self.totals), "auxiliary")

    @cached_property
    def queue_limits(self) -> pd.DataFrame:
        """One row a step that opens a queue-time window: windows closed, of those breached.

        Where a line has gates or breaches that cost something also `held` and `held_time` [d], `scrapped` and
        `sent_back`: see `twin.results.extras.of_windows`.
        """
        from twin.results import frames

        return frames.windows(self.names, self.totals)

    def wafer(self, name: str, *, replication: int = 1) -> Wafer:
        """One wafer by its name, such as `Pa-12.3`: its dies and their defects, the same whenever it is asked for."""
        from twin.results import wafers

        return wafers.wafer(self, name, replication)

    def wafers(self, lot: str, *, replication: int = 1) -> tuple[Wafer, ...]:
        """Every wafer of a lot by its name, such as `Pa-12`; `lots` lists the names."""
        from twin.results import wafers

        return wafers.wafers(self, lot, replication)

    @cached_property
    def bins(self) -> pd.DataFrame:
        """One row a product with dies and bin, fails too: share of the dies and dies of a wafer, from drawn wafers."""
        from twin.results import bins, yields

        return yields.frame(bins.figures(self), ("product", "bin"), ("share", "dies"))

    @property
    def wip_over_time(self) -> pd.DataFrame | None:
        """One row a sample, by day: mean, low, high, p5, p95 of the lots in the line; None without samples."""
        return None if self.wip_trace is None else self.wip_trace.frame()

    @property
    def areas_over_time(self) -> pd.DataFrame | None:
        """One row an area and time between two samples: moves, WIP, turns (`AreaTrace.frame`); None without samples."""
        return None if self.area_trace is None else self.area_trace.frame()

    @cached_property
    def profile(self) -> Profile:
        """Moves, WIP and turns by step, layer, area and product; lateness; how well setups and batches are used.

        raises ResultsError where the run was saved by a twin that did not keep them
        """
        from twin.results.profile import Profile

        return Profile(self)

    @property
    def recovery(self) -> Recovery | None:
        """When the line was back to normal after the line's changes for a time; None where that was not looked at."""
        trace = self.wip_trace
        if trace is None or trace.normal is None or not self.line.transients:
            return None
        outs = None if trace.outs is None or trace.normal_outs is None else (trace.outs, trace.normal_outs)
        return recovery_of(
            trace.times_s, trace.wip, trace.normal, self.line.transients,
            warmup_s=self.settings.warmup_s, outs=outs, out=trace.out,
        )  # fmt: skip

    @cached_property
    def stops(self) -> pd.DataFrame:
        """What kept tools away: one row a failure or maintenance of a toolgroup, columns (figure, mean | low | high).

        `times` a tool and day, `share` of the tools' calendar time, `of_loss`: of all that kept the toolgroup away.
        """
        from twin.results import stops

        return stops.frame(self.totals, self.names)

    @cached_property
    def replications(self) -> pd.DataFrame:
        """One row a replication and product: the exact counts behind the figures."""
        from twin.results import frames

        return frames.replications(self.names, self.totals)

    def to_json(self) -> dict[str, Any]:
        """The run as plain values: rates in lot/d, times in d, shares 0-1; None where there is no data.

        `wip_over_time` only of a run with changes for a time; `crews`, `conveyors`, `carriers`, `vehicles`,
        `characteristics`, `metrology`, `shifts` and `energy` only of a line that has any; `along_the_line` and
        `bottlenecks` only of one with finite buffers.
        """
        changes = self.recovery
        return {
            "model": self.settings.model,
            "horizon_days": self.settings.horizon_s / DAY_S,
            "warmup_days": self.settings.warmup_s / DAY_S,
            "replications": self.settings.replications,
            "seed": self.settings.seed,
            "device": self.settings.device,
            "throughput": _plain(self.throughput),
            "cycle_time": _plain(self.cycle_time),
            "products": {
                name: {key: _plain(figure) for key, figure in row.items()}
                for name, row in self.product_figures.items()
            },
            "toolgroups": {
                name: {key: _plain(row[key]) for key in TOOLGROUP_KEYS}
                for name, row in self.toolgroup_figures.items()
            },
            **({"stores": _plain_rows(self.store_figures)} if self.store_figures else {}),
            **({"crews": _plain_rows(self.crew_figures)} if self.names.crews else {}),
            **({"sections": _plain_rows(self.section_figures)} if self.line.indexed else {}),
            **({"net": _plain_rows(self.net_figures)} if self.net_figures else {}),
            **({"conveyors": _plain_rows(self.conveyor_figures)} if self.conveyor_figures else {}),
            **({"carriers": _plain_rows(self.carrier_figures)} if self.names.carriers else {}),
            **({"vehicles": _plain_rows(self.vehicle_figures)} if self.names.fleets else {}),
            "bottleneck": self.bottleneck,
            **({"auxiliaries": self._auxiliaries_json()} if self.line.auxiliaries else {}),
            **({"sequence_rules": mix.to_json(self.line, self.totals)} if self.line.rules else {}),
            **self._line_json(),
            **self._quality_json(),
            **({} if changes is None else {"wip_over_time": changes.to_json()}),
            "events": self.events,
            "wall_s": self.timing.wall_s,
            "compile_s": self.timing.compile_s,
        }

    def _auxiliaries_json(self) -> dict[str, Any]:
        found = extras.auxiliaries(self.line, self.names, self.totals)
        return {name: {key: _plain(figure) for key, figure in row.items()} for name, row in found.items()}

    def report(self, *, ascii_only: bool = False) -> str:
        """The text a run prints: products, the most loaded toolgroups, the bottleneck, notes; 100 columns."""
        from twin.results import report

        return report.text(self, ascii_only=ascii_only)

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write parquet tables and the run record, all or nothing; an earlier run there is replaced."""
        from twin.results import record

        record.save(self, folder)

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Results:
        """Read a folder that `save` wrote."""
        from twin.results import record

        return record.load(folder)

    def __str__(self) -> str:
        return self.report()

    def __repr__(self) -> str:
        asked = self.settings
        return (
            f"<Results of {asked.model}: {asked.horizon_s / DAY_S:.6g} d, {asked.replications} replications>"
        )

    def _repr_html_(self) -> str:
        from twin.results import html

        return html.html(self)


def _plain_rows(figures: Figures) -> dict[str, dict[str, Any]]:
    return {name: {key: _plain(found) for key, found in row.items()} for name, row in figures.items()}


def _plain(figure: Figure | None) -> dict[str, Any] | None:
    return None if figure is None else figure.to_json()
