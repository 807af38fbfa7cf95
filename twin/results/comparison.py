"""A base and its scenarios on the same random numbers: paired differences, and where the bottleneck went."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.line.mix import kind_of
from twin.results import energy
from twin.results.figure import Figure, Floats
from twin.results.measures import COMPLETED, ON_TIME, OUT, RELEASED, ratio, tardiness
from twin.results.notes import FEW_LOTS, GROWING
from twin.results.paired import Difference, Source, paired
from twin.results.recovery import Recovery, recovery_of
from twin.results.settings import DAY_S, ResultsError

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.results import Results

BASE = "base"
OF_LINE = ("throughput", "cycle_time", "cycle_time_p95", "wip", "on_time")
NOT_COMPARED = ("out", "completed", "tardy")  # throughput says it, and the share of lots on time
PUSHED = ("every", "schedule")  # kinds of release that set the throughput

Differences = dict[str, Difference]


@dataclass(frozen=True)
class Bottleneck:
    """Where the bottleneck was, and where it is.

    base, scenario: toolgroups, None where no tool time was measured
    utilisation:    of each of the two toolgroups, in base and scenario; None where it is not there
    """

    base: str | None
    scenario: str | None
    utilisation: Mapping[str, tuple[Figure | None, Figure | None]]

    @property
    def sentence(self) -> str:
        """Both in words, with what they work."""
        told = [f"{name} {_percent(before)} -> {_percent(after)}" for name, (before, after) in self.utilisation.items()]
        busy = f"; utilisation {', '.join(told)}" if told else ""
        if self.base == self.scenario:
            return f"Bottleneck: {self.base or 'none'} in both{busy}."
        return f"Bottleneck: {self.base or 'none'} -> {self.scenario or 'none'}{busy}."

    def to_json(self) -> dict[str, Any]:
        """Plain values: shares 0-1."""
        of = {
            name: {BASE: before and before.to_json(), "scenario": after and after.to_json()}
            for name, (before, after) in self.utilisation.items()
        }
        return {BASE: self.base, "scenario": self.scenario, "utilisation": of, "sentence": self.sentence}


def _percent(share: Figure | None) -> str:
    return "not there" if share is None else f"{100 * share.mean:.1f} %"


class Comparison:
    """A base and its scenarios, each pair of replications with the same luck.

    base:      results of the line as it is
    scenarios: results of each scenario, by its name
    changes:   what each scenario changed, as texts; none for a line that was given whole

    raises ResultsError for runs that were not asked for alike
    """

    def __init__(
        self, base: Results, scenarios: Mapping[str, Results], changes: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        for name, results in scenarios.items():
            for key in ("horizon_s", "warmup_s", "replications", "seed"):
                asked, other = getattr(base.settings, key), getattr(results.settings, key)
                if asked != other:
                    unlike = f"its {key} is {other}, and the base's {asked}; run both alike"
                    raise ResultsError(f"scenario {name!r}: {unlike}")
        self.base = base
        self.scenarios = dict(scenarios)
        self.changes = {name: tuple((changes or {}).get(name, ())) for name in scenarios}

    @cached_property
    def of_line(self) -> dict[str, Differences]:
        """Differences of each scenario, all products together, by figure."""
        values = {name: _line_values(results) for name, results in self._all.items()}
        units = _units(self.base)
        return {
            name: _differences(values[BASE], values[name], units, _output_set_by(self.base, results))
            for name, results in self.scenarios.items()
        }

    @cached_property
    def of_products(self) -> dict[str, dict[str, Differences]]:
        """Differences of each scenario and product that both lines make, by figure."""
        values = {name: _product_values(results) for name, results in self._all.items()}
        units = _units(self.base)
        return {
            name: {
                product: _differences(base, values[name][product], units, _output_set_by(self.base, results, product))
                for product, base in values[BASE].items()
                if product in values[name]
            }
            for name, results in self.scenarios.items()
        }

    @property
    def _all(self) -> dict[str, Results]:
        return {BASE: self.base, **self.scenarios}

    @property
    def main(self) -> str:
        """The figure that tells most: cycle time where the releases set the throughput, else throughput."""
        line = self.base.line
        kinds = {kind_of(line, product) for product in line.products.values()}
        pushed = kinds <= set(PUSHED) and all("cycle_time" in found for found in self.of_line.values())
        return "cycle_time" if pushed else "throughput"

    @cached_property
    def bottlenecks(self) -> dict[str, Bottleneck]:
        """Where the bottleneck went in each scenario."""
        return {name: _bottleneck(self.base, results) for name, results in self.scenarios.items()}

    @cached_property
    def recoveries(self) -> dict[str, Recovery | None]:
        """When WIP and output of each scenario were back to the base's; None without changes for a time of its own."""
        return {name: _recovery(self.base, results) for name, results in self.scenarios.items()}

    @cached_property
    def differences(self) -> pd.DataFrame:
        """One row a scenario and figure: base, scenario, difference, percent, unpaired half-width, verdict."""
        from twin.results import comparison_frames

        return comparison_frames.differences(self.of_line)

    @cached_property
    def product_differences(self) -> pd.DataFrame:
        """One row a scenario, product and figure, columns as of `differences`."""
        from twin.results import comparison_frames

        return comparison_frames.product_differences(self.of_products)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What to know before believing the figures: each run's own notes, told once."""
        said: dict[str, list[str]] = {}
        for name, results in self._all.items():
            for note in results.notes:
                said.setdefault(note, []).append(name)
        every = len(self._all)
        return tuple(note if len(names) == every else f"{', '.join(names)}: {note}" for note, names in said.items())

    def to_json(self) -> dict[str, Any]:
        """The comparison as plain values: rates in lot/d, times in d, shares 0-1; None where there is no data."""
        asked = self.base.settings
        return {
            "model": asked.model,
            "horizon_days": asked.horizon_s / DAY_S,
            "warmup_days": asked.warmup_s / DAY_S,
            "replications": asked.replications,
            "seed": asked.seed,
            "device": asked.device,
            "main_figure": self.main,
            "scenarios": {name: self._scenario_json(name) for name in self.scenarios},
            "notes": list(self.notes),
            "wall_s": max(results.timing.wall_s for results in self._all.values()),
            "compile_s": max(results.timing.compile_s for results in self._all.values()),
        }

    def _scenario_json(self, name: str) -> dict[str, Any]:
        back = self.recoveries[name]
        return {
            "changes": list(self.changes[name]),
            "figures": {key: found.to_json() for key, found in self.of_line[name].items()},
            "products": {
                product: {key: found.to_json() for key, found in of.items()}
                for product, of in self.of_products[name].items()
            },
            "bottleneck": self.bottlenecks[name].to_json(),
            "wip_over_time": None if back is None else back.to_json(),
        }

    def report(self, *, ascii_only: bool = False) -> str:
        """The text a comparison prints: what changed, what it did, where the bottleneck went; 100 columns."""
        from twin.results import comparison_report

        return comparison_report.text(self, ascii_only=ascii_only)

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write every run to a folder of its own in `folder`, all or nothing; an earlier comparison is replaced."""
        from twin.results import comparison_record

        comparison_record.save(self, folder)

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Comparison:
        """Read a folder that `save` wrote."""
        from twin.results import comparison_record

        return comparison_record.load(folder)

    def __str__(self) -> str:
        return self.report()

    def __repr__(self) -> str:
        return f"<Comparison of {self.base.settings.model} with {', '.join(map(repr, self.scenarios))}>"

    def _repr_html_(self) -> str:
        from twin.results import comparison_report

        return comparison_report.html(self)


def _units(results: Results) -> dict[str, str]:
    """Unit of every figure that is compared."""
    found = {"throughput": "lot/d", "cycle_time": "d", "cycle_time_p95": "d", "wip": "lot", "on_time": "share",
             "tardiness": "d", "weighted_tardiness": "d", "energy_per_job": "kWh"}  # fmt: skip
    for row in results.product_figures.values():
        found |= {key: figure.unit for key, figure in row.items() if figure is not None}
    return found


def _differences(
    base: Mapping[str, Floats], scenario: Mapping[str, Floats], units: Mapping[str, str], output_set_by: Source
) -> Differences:
    """Every figure that both know, in the base's order."""
    pairs = {
        key: paired(key, units.get(key, ""), base[key], scenario[key], output_set_by)
        for key in base
        if key in scenario
    }
    return {key: found for key, found in pairs.items() if found is not None}


def _output_set_by(base: Results, scenario: Results, product: str | None = None) -> Source:
    """What sets how many lots of a product, or of all together, come out of these two lines."""
    keeps_up = True
    for results in (base, scenario):
        names = list(results.line.products)
        chosen = results.final if product is None else [names.index(product)]
        products = [results.line.products[names[k]] for k in chosen]
        if any(kind_of(results.line, of) not in PUSHED or of.release.full == "lose" for of in products):
            return "line"
        lots = results.totals.product[:, list(chosen)].sum(axis=1).mean(axis=0)
        keeps_up &= lots[RELEASED] - lots[OUT] < max(FEW_LOTS, GROWING * lots[RELEASED])
    return "releases" if keeps_up else "both"


def _product_values(results: Results) -> dict[str, dict[str, Floats]]:
    """Values of the figures of each product that it has figures of, by figure   (world,) each."""
    values = results.product_values
    found: dict[str, dict[str, Floats]] = {}
    for k, (name, row) in enumerate(results.product_figures.items()):
        keys = [key for key, figure in row.items() if figure is not None and key in values and key not in NOT_COMPARED]
        if not _weighs(results, name):
            keys = [key for key in keys if key != "weighted_tardiness"]
        found[name] = {}
        for key in keys:
            found[name][key] = values[key][:, k]
            if key == "cycle_time":
                found[name]["cycle_time_p95"] = values["p95"][:, k]
    return found


def _line_values(results: Results) -> dict[str, Floats]:
    """Values of the figures of all products together; of one product alone all it has   (world,) each."""
    figures = results.product_figures
    values = results.line_values
    found = {key: values["p95" if key == "cycle_time_p95" else key] for key in OF_LINE[:4]}
    drawn = energy.values(results.line, results.names, results.totals)
    if drawn:
        found["energy_per_job"] = drawn[energy.ALL]["per_job"]
    if len(figures) == 1:
        return found | next(iter(_product_values(results).values()))
    due = np.array([row["on_time"] is not None for row in figures.values()])
    if due.any():
        counts = results.totals.product[:, due].sum(axis=1)
        found["on_time"] = ratio(counts[:, ON_TIME], counts[:, COMPLETED])
        late = tardiness(counts, results.totals.tick_s / DAY_S)
        found["tardiness"] = late["tardiness"]
        if any(_weighs(results, name) for name in figures):
            found["weighted_tardiness"] = late["weighted_tardiness"]
    return found


def _weighs(results: Results, product: str) -> bool:
    """Whether lots of a product weigh other than 1."""
    return results.line.products[product].weight != (1, 1)


def _bottleneck(base: Results, scenario: Results) -> Bottleneck:
    names = dict.fromkeys(name for name in (base.bottleneck, scenario.bottleneck) if name is not None)

    def used(results: Results, name: str) -> Figure | None:
        return results.toolgroup_figures.get(name, {}).get("utilisation")

    return Bottleneck(
        base.bottleneck, scenario.bottleneck, {name: (used(base, name), used(scenario, name)) for name in names}
    )


def _recovery(base: Results, scenario: Results) -> Recovery | None:
    """The answer of the changes for a time that only one of the two lines has."""
    ours, theirs = scenario.line.transients, base.line.transients
    own = [t for t in ours if t not in theirs] + [t for t in theirs if t not in ours]
    if not own or scenario.wip_trace is None or base.wip_trace is None:
        return None
    here, there = scenario.wip_trace, base.wip_trace
    return recovery_of(
        here.times_s, here.wip, there.wip, own, warmup_s=base.settings.warmup_s,
        outs=None if here.outs is None or there.outs is None else (here.outs, there.outs),
        out=lots_out(scenario) - lots_out(base),
    )  # fmt: skip


def lots_out(results: Results) -> Floats:
    """Lots of all products but parts that left in the measured time   (world,)."""
    lots: Floats = results.product_values["out"][:, results.final].sum(axis=1)
    return lots
