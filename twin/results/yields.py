"""Yield: expected good dies of the lots that came out, where the rest is lost, and quality at the first pass.

A lot's expected killer defects D [1/cm2] are the sum of what its tools and its waits put on each of its
wafers. Its expected yield is its product's yield model at D (`twin.process.yield_models`); a product's yield
is the mean over its lots, weighted by their units. That is the mean over every wafer that could be drawn
from these histories; `twin.results.wafers` draws one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.arrays.names import Names
from twin.arrays.totals import Counts, Totals
from twin.results.figure import Figure, Floats, figure
from twin.results.measures import ratio

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import Line

REPLICATION, PRODUCT, SERIAL, UNITS, OUT, DEFECTS = range(6)  # columns of the lots
PASSED, VISITS, REJECTED, ADDED, WAITED = range(5)  # columns of the steps with a process law
CAUSES = {"tool": ADDED, "waiting": WAITED}
PER_CM2 = 2.0**-32  # a count of defect density [1/cm2]

Figures = dict[str, dict[str, Figure | None]]


def by_product(line: Line, totals: Totals) -> dict[str, Floats]:
    """Yield and expected defects [1/cm2] of each replication, NaN without a die or a lot   (world, product) each."""
    lots = totals.lots
    shape = (totals.events.size, len(line.products))
    units, good, defects = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for k, product in enumerate(line.products.values()):
        if product.die is None:
            continue
        own = lots[lots[:, PRODUCT] == k]
        world, weight = own[:, REPLICATION], own[:, UNITS].astype(np.float64)
        density = own[:, DEFECTS] * PER_CM2
        for sums, what in ((units, 1.0), (good, product.die.yield_of(density)), (defects, density)):
            np.add.at(sums[:, k], world, weight * what)
    return {"yield": ratio(good, units), "defects": ratio(defects, units)}


def figures(line: Line, totals: Totals) -> Figures:
    """Yield, expected defects [1/cm2] and good dies of a unit, of each product with a die."""
    values = by_product(line, totals)
    found: Figures = {}
    for k, (name, product) in enumerate(line.products.items()):
        if product.die is not None:
            share = values["yield"][:, k]
            found[name] = {
                "yield": figure(share, "share"),
                "defects": figure(values["defects"][:, k], "/cm2"),
                "good_dies": figure(share * product.die.places.x.size, "die"),
            }
    return found


def loss(line: Line, names: Names, totals: Totals) -> dict[tuple[str, str], dict[str, Figure | None]]:
    """What each toolgroup, and the waiting in front of it, costs: largest first, by (toolgroup, tool | waiting).

    defects: its expected killer defects on a unit that came out [1/cm2]
    share:   those of all defects
    lost:    that share of the dies lost, 1 - yield: yield points, in proportion to the defects. Yield is no sum
             of causes; taking one cause away gains a little more than its points.
    Over all products with a die; routes that no such product follows are left out.
    """
    routes = {product.route for product in line.products.values() if product.die is not None}
    group_of = {(route, step.step): step.toolgroup for route, steps in line.routes.items() for step in steps}
    worlds = totals.events.size
    added: dict[tuple[str, str], Floats] = {}
    for j, index in enumerate(names.processes):
        route, step = names.steps[index]
        if route in routes:
            for cause, column in CAUSES.items():
                key = group_of[route, step], cause
                added[key] = added.get(key, np.zeros(worlds)) + totals.process[:, j, column]
    every = sum(added.values(), np.zeros(worlds))
    rate, good = _over_products(line, totals)
    found = {}
    for key, own in added.items():
        if own.any():
            share = ratio(own, every)
            found[key] = {
                "defects": figure(share * rate, "/cm2"),
                "share": figure(share, "share"),
                "lost": figure(share * (1.0 - good), "share"),
            }
    return dict(sorted(found.items(), key=lambda item: -_mean(item[1]["share"])))


def _over_products(line: Line, totals: Totals) -> tuple[Floats, Floats]:
    """Expected defects [1/cm2] and yield of all products with a die, by units   (world,) each."""
    values = by_product(line, totals)
    lots, shape = totals.lots, values["yield"].shape
    units = np.zeros(shape)
    np.add.at(units, (lots[:, REPLICATION], lots[:, PRODUCT]), lots[:, UNITS])
    units = np.where(np.isfinite(values["yield"]), units, 0.0)
    defects, good = (np.nansum(units * values[key], axis=1) for key in ("defects", "yield"))
    return ratio(defects, units.sum(axis=1)), ratio(good, units.sum(axis=1))


def first_pass(line: Line, names: Names, totals: Totals) -> dict[tuple[str, str], dict[str, Any]]:
    """Steps whose law rejects lots, worst first, by (route, step).

    toolgroup, law, passed: visits [lot] and rejected [lot] of all replications, first_pass: share of the visits
    that leave the step within its limits.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for j, index in enumerate(names.processes):
        route, name = names.steps[index]
        step = next(step for step in line.routes[route] if step.step == name)
        if step.process is None or "rejects" not in step.process.effects:
            continue
        columns = totals.process[:, j]
        visits = columns[:, VISITS]
        found[route, name] = {
            "toolgroup": step.toolgroup,
            "law": step.process.law,
            "passed": int(visits.sum()),
            "rejected": int(columns[:, REJECTED].sum()),
            "first_pass": figure(1.0 - ratio(columns[:, REJECTED], visits), "share"),
        }
    return dict(sorted(found.items(), key=lambda item: _mean(item[1]["first_pass"], 2.0)))


def _mean(found: Figure | None, otherwise: float = 0.0) -> float:
    return otherwise if found is None else found.mean


def frame(
    of: Mapping[tuple[str, str], Mapping[str, Any]], index: tuple[str, str], columns: tuple[str, ...]
) -> pd.DataFrame:
    """One row a key, figures as columns (figure, mean | low | high), whatever else as (name, "")."""
    import pandas as pd

    table: dict[tuple[str, str], list[Any]] = {}
    for name in columns:
        cells = [row[name] for row in of.values()]
        if any(isinstance(cell, Figure) or cell is None for cell in cells):
            for end in ("mean", "low", "high"):
                table[name, end] = [np.nan if (value := getattr(cell, end, None)) is None else value for cell in cells]
        else:
            table[name, ""] = cells
    rows = pd.MultiIndex.from_tuples(list(of), names=list(index)) if of else None
    return pd.DataFrame(table, index=rows, columns=pd.MultiIndex.from_tuples(list(table), names=["figure", "value"]))


def lots(names: Names, totals: Totals, line: Line) -> pd.DataFrame:
    """One row a completed lot of a line whose laws add defects, by replication and time out.

    lot (its name, which `wafer` takes), replication from 1, product, units, out [d], defects [1/cm2], yield
    """
    import pandas as pd

    rows: Counts = totals.lots
    density = rows[:, DEFECTS] * PER_CM2
    expected = np.full(len(rows), np.nan)
    for k, product in enumerate(line.products.values()):
        if product.die is not None:
            own = rows[:, PRODUCT] == k
            expected[own] = product.die.yield_of(density[own])
    products = np.array(names.products, dtype=object)[rows[:, PRODUCT]]
    table = pd.DataFrame(
        {
            "lot": [lot_name(product, serial) for product, serial in zip(products, rows[:, SERIAL], strict=True)],
            "replication": rows[:, REPLICATION] + 1,
            "product": products,
            "units": rows[:, UNITS],
            "out": rows[:, OUT] * totals.tick_s / 86_400.0,
            "defects": density,
            "yield": expected,
        }
    )
    return table.sort_values(["replication", "out"], kind="stable", ignore_index=True)


def lot_name(product: str, serial: int) -> str:
    """What a lot is called: its product and its number there from 1, as the event log counts."""
    return f"{product}-{int(serial) + 1}"
