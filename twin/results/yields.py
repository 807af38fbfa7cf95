"""Yield: what share of the units that came out is expected to be good, and quality at the first pass.

A lot's expected killer defects D [1/cm2] are the sum of what its tools and its waits put on each of its wafers. The
expected yield of a unit is its product's yield model at D (`twin.process.yield_models`) times the share of its dies
that damage spares and that are inside the limits of all its characteristics (`twin.results.judged`); of a product
without dies, the probability that the unit is inside them. A product's yield is the mean over its units. That is the
mean over every wafer that could be drawn from these histories; `twin.results.wafers` draws one.
Lots that were scrapped on the way never came out, and count in no yield.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.results.figure import Figure, Floats, figure
from twin.results.judged import Judged
from twin.results.measures import ratio
from twin.results.units import OUT, PRODUCT, REPLICATION, SERIAL, UNITS

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import Line

PASSED, VISITS, REJECTED, ADDED, WAITED, CLIPPED = range(6)  # columns of the steps with a process law

Figures = dict[str, dict[str, Figure | None]]


def by_product(judged: Judged) -> dict[str, Floats]:
    """What becomes of a unit, by replication, NaN without a lot   (world, product) each.

    yield:   expected, NaN for products without one
    clean:   the part of it that killer defects leave, NaN for products without dies
    alive:   the part of it that damage leaves, NaN for products without damage
    inside:  the part of it that is inside the limits of what damage leaves, NaN for products without limits
    defects: expected killer defects [1/cm2], NaN for products without dies
    """
    line, lots = judged.line, judged.totals.lots
    units = lots[:, UNITS].astype(np.float64)
    shape = (judged.worlds, len(line.products))
    found = {key: np.full(shape, np.nan) for key in ("yield", "clean", "alive", "inside", "defects")}
    alive, good = ((of * judged.weight).sum(axis=1) for of in (judged.units.alive, judged.units.good))
    for k, (name, product) in enumerate(line.products.items()):
        own = lots[:, PRODUCT] == k
        every = judged.by_world(units, own)
        if judged.known[k]:
            found["yield"][:, k] = ratio(judged.by_world(judged.yield_of_lots * units, own), every)
        if product.die is not None:
            found["clean"][:, k] = ratio(judged.by_world(judged.clean * units, own), every)
            found["defects"][:, k] = ratio(judged.by_world(judged.density * units, own), every)
        if judged.damaged[name]:
            found["alive"][:, k] = ratio(judged.by_world(alive, own), every)
        if judged.limited[name]:
            found["inside"][:, k] = ratio(judged.by_world(good, own), judged.by_world(alive, own))
    return found


def figures(judged: Judged) -> Figures:
    """Figures of each product with dies or with limits: yield; of dies defects [1/cm2] and good dies of a unit.

    clean, alive, inside: the parts of the yield that defects, damage and limits leave, None where there are none.
    """
    values = by_product(judged)
    found: Figures = {}
    for k, (name, product) in enumerate(judged.line.products.items()):
        if product.die is None and not judged.known[k]:
            continue
        share, dies = values["yield"][:, k], np.nan if product.die is None else product.die.places.x.size
        found[name] = {
            "yield": figure(share, "share"),
            "defects": figure(values["defects"][:, k], "/cm2"),
            "good_dies": figure(share * dies, "die"),
            "clean": figure(values["clean"][:, k], "share"),
            "alive": figure(values["alive"][:, k], "share"),
            "inside": figure(values["inside"][:, k], "share"),
        }
    return found


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


def frame(of: Mapping[Any, Mapping[str, Any]], index: tuple[str, ...], columns: tuple[str, ...]) -> pd.DataFrame:
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


def lots(judged: Judged) -> pd.DataFrame:
    """One row a completed lot of a line with process laws, by replication and time out.

    lot (its name, which `wafer` takes), replication from 1, product, units, out [d], defects [1/cm2], yield
    """
    import pandas as pd

    rows = judged.totals.lots
    table = pd.DataFrame(
        {
            **_of_lots(judged),
            "units": rows[:, UNITS],
            "out": rows[:, OUT] * judged.totals.tick_s / 86_400.0,
            "defects": judged.density,
            "yield": judged.yield_of_lots,
        }
    )
    return table.sort_values(["replication", "out"], kind="stable", ignore_index=True)


def units(judged: Judged) -> pd.DataFrame:
    """One row a unit of those lots, by replication, time out and number.

    lot, replication from 1, product, unit from 1, out [d], defects [1/cm2], the mean of every characteristic over the
    unit in its unit and the tool that made it last (`NAME_tool`), yield. A characteristic whose name is already a
    column's has `_value` behind it.
    """
    import pandas as pd

    rows, names = judged.totals.lots, judged.names
    lot = np.repeat(np.arange(len(rows)), rows[:, UNITS])
    number = np.arange(len(lot)) - np.repeat(np.cumsum(rows[:, UNITS]) - rows[:, UNITS], rows[:, UNITS])
    entry = lot, np.minimum(number, judged.weight.shape[1] - 1)
    table: dict[str, Any] = {key: column[lot] for key, column in _of_lots(judged).items()}
    table |= {"unit": number + 1, "out": (rows[:, OUT] * judged.totals.tick_s / 86_400.0)[lot]}
    table |= {"defects": judged.density[lot], "yield": judged.yield_[entry]}
    called = np.array([*(names.tool(k) for k in range(names.tool_group.size)), ""], dtype=object)
    for name, values in judged.units.values.items():
        key = name if name not in table else f"{name}_value"
        table[key] = values[entry]
        table[f"{key}_tool"] = called[judged.units.makers[name][0]][lot]
    table["yield"] = table.pop("yield")
    return pd.DataFrame(table).sort_values(["replication", "out"], kind="stable", ignore_index=True)


def _of_lots(judged: Judged) -> dict[str, Any]:
    """Name, replication and product of each lot   (lot,) each."""
    rows = judged.totals.lots
    products = np.array(judged.names.products, dtype=object)[rows[:, PRODUCT]]
    called = [lot_name(product, serial) for product, serial in zip(products, rows[:, SERIAL], strict=True)]
    return {
        "lot": np.array(called, dtype=object), "replication": rows[:, REPLICATION] + 1, "product": products
    }  # fmt: skip


def lot_name(product: str, serial: int) -> str:
    """What a lot is called: its product and its number there from 1, as the event log counts."""
    return f"{product}-{int(serial) + 1}"
