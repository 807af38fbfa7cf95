"""Rows drained from a world's log that tell of lots: as columns, places turned into indices."""

from __future__ import annotations

import numpy as np

from twin.arrays import fields as f
from twin.arrays.compiled import Ints, LineArrays
from twin.arrays.memory import Layout, quality_places

VISIT_COLUMNS = 8


def rows_of_lots(layout: Layout, replication: int, rows: Ints) -> Ints:
    """Completed lots in the columns of `Totals.lots`."""
    product = (rows[:, f.LOG_PRODUCT] - layout.product) // f.PRODUCT_FIELDS
    columns = (np.full(len(rows), replication), product, rows[:, f.LOG_SERIAL], rows[:, f.LOG_TOOL],
               rows[:, f.LOG_TICK], rows[:, f.LOG_STEP])  # fmt: skip
    return np.stack(columns, axis=1)


def rows_of_visits(layout: Layout, replication: int, rows: Ints) -> Ints:
    """Loads at steps with a process law in the columns of `Totals.visits`."""
    product = (rows[:, f.LOG_PRODUCT] - layout.product) // f.PRODUCT_FIELDS
    tool = (rows[:, f.LOG_TOOL] - layout.tool) // f.TOOL_FIELDS
    passes = rows[:, f.LOG_STEP] & ((1 << f.VISIT_BITS) - 1)
    columns = (np.full(len(rows), replication), rows[:, f.LOG_TICK], product, rows[:, f.LOG_SERIAL],
               rows[:, f.LOG_STEP] >> f.VISIT_BITS, tool, passes, rows[:, f.LOG_WHAT] >> f.WHAT_BITS)  # fmt: skip
    return np.stack(columns, axis=1)


def tracked_values(line: LineArrays, layout: Layout, rows: Ints, at: Ints) -> Ints:
    """What is tracked of the lots whose rows are `at`: it follows each of them   (lot, column)."""
    each = 1 + layout.value_rows
    if len(rows) == each * len(at):  # nothing but completed lots, as wherever no event log is kept
        whole = rows.reshape(len(at), each, f.LOG_FIELDS)[:, 1:]
    else:
        whole = rows[at[:, None] + np.arange(1, each)]
    found = whole[:, :, f.LOG_PRODUCT :].reshape(len(at), layout.value_rows * f.VALUES_A_ROW)[:, : layout.values]
    makes = quality_places(line)[1] - line.make.size
    for channel in np.unique(line.make[:, f.MK_CHANNEL]):
        tool, make = found[:, channel + f.CH_TOOL], found[:, channel + f.CH_MAKE]
        found[:, channel + f.CH_TOOL] = np.where(tool < 0, tool, (tool - layout.tool) // f.TOOL_FIELDS)
        found[:, channel + f.CH_MAKE] = np.where(make < 0, make, (make - makes) // f.MAKE_CONSTANTS)
    values: Ints = found
    return values
