"""The profile of a run: moves, WIP and turns along the routes, by mask layer and by area; lateness; setups, batches.

A move is a lot done with a step. WIP at a step counts lots from setting out for it (being released to it, or being
done with the step before) to being done with it: transport, waiting, setup and process, and the wait for a place.
Turns are moves a day for each lot of WIP.

Cycle time of a layer, by Little's law: mean WIP at the layer's steps ÷ lots of the product that leave the line a day.
So the layers of a product add up to its days of WIP, WIP ÷ throughput. It is the time that a lot which goes through
the whole route spends in the layer, all visits together; rework counts where it happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.arrays.histogram import edges
from twin.results import measures as m
from twin.results.areas import area_of_passages, areas_of
from twin.results.figure import Figure, Floats, figure
from twin.results.measures import ratio
from twin.results.quantile import quantile
from twin.results.settings import DAY_S, ResultsError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from twin.line import Product
    from twin.results.results import Results

NO_LAYER = ""
"""Steps that name no layer, in a line where others do."""
LATE_SHARES = {"late_p5": 0.05, "late_p50": 0.5, "late_p95": 0.95}
PRODUCT_UNITS = {
    "throughput": "lot/d", "cycle_time": "d", "x_factor": "-", "wip": "lot", "days_of_wip": "d", "moves": "lot-step/d",
    "turns": "1/d", "layers": "-", "days_per_layer": "d", "on_time": "share", "lateness": "d",
    **dict.fromkeys(LATE_SHARES, "d"),
}  # fmt: skip
PLACE_UNITS = {"wip": "lot", "moves": "lot-step/d", "turns": "1/d"}
LAYER_UNITS = {**PLACE_UNITS, "cycle_time": "d"}
STEP_UNITS = {**PLACE_UNITS, "time": "d"}
TOOLGROUP_UNITS = {
    "setup_share": "share", "lots_per_setup": "lot", "batch_units": "unit", "batch_efficiency": "share"
}  # fmt: skip

Figures = dict[str, Figure | None]


class Profile:
    """What `Results.profile` holds. Every figure is a mean over the replications with its 95 % interval.

    results: the run

    raises ResultsError where the run was saved by a twin that did not keep what happens at each step
    """

    def __init__(self, results: Results) -> None:
        if not results.names.steps_of:
            raise ResultsError(
                f"{results.settings.model}: this run was saved by an earlier twin, which did not keep what happens at "
                "each step; run it again"
            )
        self.results = results
        names, line = results.names, results.line
        steps = [(k, step) for k, of in enumerate(names.steps_of) for step in of]
        self._product = np.array([k for k, _ in steps], dtype=np.int64)
        of_line = [step for route in line.routes.values() for step in route]
        self._steps = [of_line[step] for _, step in steps]
        self._days = results.totals.span_ticks * results.totals.tick_s / DAY_S

    # --- by what ---------------------------------------------------------------------------------------

    @cached_property
    def layer_names(self) -> dict[str, tuple[str, ...]]:
        """The layers of each product in the order of its route, `""` for steps without one; none if it names none."""
        found = {}
        for k, product in enumerate(self.results.names.products):
            layers = dict.fromkeys(self._layer(i) for i in np.flatnonzero(self._product == k).tolist())
            found[product] = tuple(layers) if set(layers) != {NO_LAYER} else ()
        return found

    def _layer(self, passage: int) -> str:
        return self._steps[passage].layer or NO_LAYER

    @cached_property
    def product_figures(self) -> dict[str, Figures]:
        """Each product: the figures of `PRODUCT_UNITS`.

        days_of_wip: WIP ÷ throughput; days_per_layer: cycle time ÷ mask layers; on_time: share of the completed lots
        that have a due date; lateness: completion less due date, negative is early, its mean and, where every lot of
        the product has the same flow allowance, what 5, 50 and 95 % of the lots stay below.
        """
        results, totals = self.results, self.results.totals
        known = results.product_values
        place = self._places(self._product, len(results.names.products))
        day = totals.tick_s / DAY_S
        dated = totals.product[:, :, m.DATED]
        undated = totals.product[:, :, m.COMPLETED] - dated  # the engine counts them as on time
        values = {
            **{key: known[key] for key in ("throughput", "cycle_time", "x_factor")},
            **place,
            "days_of_wip": ratio(known["wip"], known["throughput"]),
            "on_time": ratio(totals.product[:, :, m.ON_TIME] - undated, dated),
            "lateness": ratio(totals.product[:, :, m.LATE], dated) * day,
        }
        found: dict[str, Figures] = {}
        for k, (name, product) in enumerate(results.line.products.items()):
            row: Figures = dict.fromkeys(PRODUCT_UNITS)
            row |= {key: figure(of[:, k], PRODUCT_UNITS[key]) for key, of in values.items()}
            layers = sum(layer != NO_LAYER for layer in self.layer_names[name])
            if layers:
                row["layers"] = Figure(float(layers), None, None, "-")
                row["days_per_layer"] = figure(values["cycle_time"][:, k] / layers, "d")
            row |= {key: figure(of, "d") for key, of in self._lateness(k, product).items()}
            found[name] = row
        return found

    def _lateness(self, k: int, product: Product) -> dict[str, Floats]:
        """Percentiles of a product's lateness [d], from those of its cycle time   (world,) each."""
        totals = self.results.totals
        raw_s = float(self.results.names.raw_ticks[k]) * totals.tick_s
        law = None if product.due is None else product.due.law(raw_s)
        usual = law.mean if law is not None and law.kind == "constant" else None
        starts = product.release.schedule
        allowances = {usual if start.due is None else start.due for start in starts} or {usual}
        changed = any(".due" in change.path for change in self.results.line.transients)
        if len(allowances) > 1 or None in allowances or changed:
            return {}
        due_d = float(next(iter(allowances)) or 0.0) / DAY_S
        cycle = ratio(totals.product[:, k, m.CYCLE], totals.product[:, k, m.COMPLETED])
        bounds, day = edges(), totals.tick_s / DAY_S
        return {
            key: quantile(totals.cycle_hist[:, k], bounds, share, cycle) * day - due_d
            for key, share in LATE_SHARES.items()
        }

    @cached_property
    def layer_figures(self) -> dict[tuple[str, str], Figures]:
        """Each product and layer, in the order of the route: WIP, moves, turns, cycle time; no rows without layers."""
        keys = [(product, layer) for product, layers in self.layer_names.items() for layer in layers]
        place = {key: k for k, key in enumerate(keys)}
        products = self.results.names.products
        of = [place.get((products[k], self._layer(i)), -1) for i, k in enumerate(self._product)]
        values = self._places(np.array(of, dtype=np.int64), len(keys))
        product = [products.index(name) for name, _ in keys]
        throughput = self.results.product_values["throughput"][:, product]
        return self._told(keys, values | {"cycle_time": ratio(values["wip"], throughput)}, LAYER_UNITS)

    @cached_property
    def area_figures(self) -> dict[str, Figures]:
        """Each area, or toolgroup without one, in the order of the toolgroups: WIP, moves, turns."""
        areas = areas_of(self.results.line)
        of = area_of_passages(self.results.line, self.results.names)
        return self._told(areas, self._places(of, len(areas)), PLACE_UNITS)

    @cached_property
    def step_figures(self) -> dict[tuple[str, str], Figures]:
        """Each product and step in the order of its route: WIP, moves, turns, `time`: mean time at it [d]."""
        products = self.results.names.products
        keys = [(products[k], step.step) for k, step in zip(self._product, self._steps, strict=True)]
        values = self._places(np.arange(len(keys)), len(keys))
        return self._told(keys, values | {"time": ratio(values["wip"], values["moves"])}, STEP_UNITS)

    @cached_property
    def toolgroup_figures(self) -> dict[str, Figures]:
        """Toolgroups that were set up or ran batches.

        setup_share: of the time spent on setups and processing; lots_per_setup: lots loaded ÷ setups made;
        batch_units: mean units of a batch; batch_efficiency: units ÷ the most that their steps allow
        """
        totals, names = self.results.totals, self.results.names
        group = totals.group
        ticks = np.zeros((group.shape[0], group.shape[1], 2))
        for k, tools in enumerate(names.tools_of):
            ticks[:, k] = totals.tool_ticks[:, tools.start : tools.stop, [m.PRODUCTIVE, m.SETUP]].sum(axis=1)
        setups, batches = group[:, :, m.SETUPS], group[:, :, m.BATCHES]
        set_up = setups.sum(axis=0) > 0
        values = {
            "setup_share": np.where(set_up, ratio(ticks[:, :, 1], ticks.sum(axis=2)), np.nan),
            "lots_per_setup": ratio(group[:, :, m.LOADED], setups),
            "batch_units": ratio(group[:, :, m.BATCHED], batches),
            "batch_efficiency": ratio(group[:, :, m.BATCHED], group[:, :, m.ROOM]),
        }
        told = self._told(names.toolgroups, values, TOOLGROUP_UNITS)
        return {name: row for name, row in told.items() if any(row.values())}

    # --- how -------------------------------------------------------------------------------------------

    def _places(self, of: NDArray[np.int64], count: int) -> m.Measures:
        """WIP, moves and turns of places   (world, place) each.

        of: which place each passage belongs to, -1: none   (passage,)
        """
        totals = self.results.totals
        sums = np.zeros((2, totals.passage.shape[0], count), dtype=np.int64)
        for k, place in enumerate(of):
            if place >= 0:
                sums[:, :, place] += totals.passage[:, k].T
        moves = ratio(sums[m.MOVES], np.full(sums.shape[1:], self._days))
        wip = ratio(sums[m.STEP_AREA], totals.span_ticks)
        return {"wip": wip, "moves": moves, "turns": ratio(moves, wip)}

    @staticmethod
    def _told(keys: Sequence[Any], values: m.Measures, units: Mapping[str, str]) -> dict[Any, Figures]:
        return {
            key: {name: figure(values[name][:, k], unit) for name, unit in units.items()} for k, key in enumerate(keys)
        }

    # --- tables ----------------------------------------------------------------------------------------

    @property
    def products(self) -> pd.DataFrame:
        """One row a product, columns (figure, mean | low | high)."""
        return _frame(self.product_figures, ["product"])

    @property
    def layers(self) -> pd.DataFrame:
        """One row a product and layer, in the order of the route."""
        return _frame(self.layer_figures, ["product", "layer"])

    @property
    def areas(self) -> pd.DataFrame:
        """One row an area."""
        return _frame(self.area_figures, ["area"])

    @property
    def steps(self) -> pd.DataFrame:
        """One row a product and step: the WIP profile along the route; also its toolgroup, area and layer."""
        table = _frame(self.step_figures, ["product", "step"])
        groups = self.results.line.toolgroups
        table["toolgroup", ""] = [step.toolgroup for step in self._steps]
        table["area", ""] = [groups[step.toolgroup].area or step.toolgroup for step in self._steps]
        table["layer", ""] = [step.layer or NO_LAYER for step in self._steps]
        return table

    @property
    def toolgroups(self) -> pd.DataFrame:
        """One row a toolgroup that was set up or ran batches."""
        return _frame(self.toolgroup_figures, ["toolgroup"])


def _frame(of: Mapping[Any, Figures], index: list[str]) -> pd.DataFrame:
    """Figures as a table; columns (figure, mean | low | high), a cycle time's p95 as one of its own."""
    import pandas as pd

    from twin.results import frames

    table = frames.figures({str(i): row for i, row in enumerate(of.values())}, index[0])
    if len(index) == 1:
        return table.set_axis(pd.Index(list(of), name=index[0]))
    return table.set_axis(pd.MultiIndex.from_arrays([[key[k] for key in of] for k in range(len(index))], names=index))
