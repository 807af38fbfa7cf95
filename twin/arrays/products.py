"""Products as rows: how their lots are released, with which flow allowance and weight."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from twin.arrays import fields as f
from twin.arrays.keys import stream_key
from twin.arrays.laws import LawTable
from twin.arrays.responses import Ints
from twin.arrays.routing import expected_raw_s
from twin.line import Line, Product
from twin.line.mix import number_released

RELEASES = {
    "every": f.RELEASE_EVERY, "saturated": f.RELEASE_SATURATED, "wip": f.RELEASE_WIP, "schedule": f.RELEASE_SCHEDULE,
    "mix": f.RELEASE_MIX, "split": f.RELEASE_SPLIT,
}  # fmt: skip
Starts = list[tuple[int, int, int, int]]
Ticks = Callable[[float | None], int]


def product_rows(
    line: Line, laws: LawTable, ticks: Ticks, first_step: Mapping[str, int], calendars: Mapping[str, int]
) -> tuple[Ints, Starts]:
    """Rows of the products (product, PRODUCT_CONSTANTS), and the planned releases that they point to.

    ticks: whole ticks of a time [s], NEVER for none;  first_step: number of each route's first step
    calendars: number of each calendar
    """
    rows = np.zeros((len(line.products), f.PRODUCT_CONSTANTS), dtype=np.int64)
    starts: Starts = []
    for row, (name, product) in zip(rows, line.products.items(), strict=True):
        release = product.release
        row[f.P_STEP], row[f.P_UNITS] = first_step[product.route], product.lot_size
        row[f.P_KIND], row[f.P_LAW] = RELEASES[release.kind], f.NONE
        if release.every is not None:
            row[f.P_LAW] = laws.add(release.every)
        row[f.P_START] = ticks(release.start)
        counted = line.mix.calendar if release.kind == "mix" and line.mix is not None else release.calendar
        row[f.P_CALENDAR] = f.NONE if counted is None else calendars[counted]
        row[f.P_DUE], row[f.P_DUE_LAW] = _due(line, product, laws, ticks)
        row[f.P_PRIORITY] = product.priority
        lightest, heaviest = product.weight
        row[f.P_WEIGHT], row[f.P_WEIGHTS] = lightest, heaviest - lightest + 1
        row[f.P_WIP] = release.wip or 0
        row[f.P_ROW], row[f.P_ROWS] = len(starts), len(release.schedule)
        for start in release.schedule:
            units = product.lot_size if start.units is None else start.units
            priority = product.priority if start.priority is None else start.priority
            due = int(row[f.P_DUE]) if start.due is None else ticks(start.due)
            starts.append((ticks(start.time), units, priority, due))
        row[f.P_KEY] = stream_key("product", name)
        row[f.P_LIMIT] = _trace_limit(line, product)
        if release.kind == "mix" and line.mix is not None:
            named = number_released(line, name)
            row[f.P_LIMIT] = row[f.P_LIMIT] if named is None else min(row[f.P_LIMIT], named)
            row[f.P_WIP] = line.mix.wip or 0
        row[f.P_STEPS] = len(line.routes[product.route])
        row[f.P_LOSES] = release.full == "lose"
    return rows, starts


def _due(line: Line, product: Product, laws: LawTable, ticks: Ticks) -> tuple[int, int]:
    """A product's flow allowance [tick] and its law, NONE where every lot has the same."""
    if product.due is None:
        return f.NEVER, f.NONE
    law = product.due.law(expected_raw_s(line, product))
    if law.kind == "constant":
        return ticks(law.mean), f.NONE
    return f.DUE_DRAWN, laws.add(law)


def _trace_limit(line: Line, product: Product) -> int:
    """Lots until the shortest trace that stops is used up."""
    laws = [step.time for step in line.routes[product.route]]
    if product.release.every is not None:
        laws.append(product.release.every)
    return min((len(law.values) for law in laws if law.kind == "trace" and law.end == "stop"), default=f.NEVER)
