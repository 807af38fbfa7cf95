"""The event log of a run as a table: what happened to which lot and tool, when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from twin.arrays import fields as f
from twin.arrays.memory import Layout
from twin.arrays.names import Names

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def log_frame(
    parts: Sequence[tuple[int, NDArray[np.int64]]], names: Names, layout: Layout | None
) -> pd.DataFrame:
    """Drained rows as a table, by replication and time.

    parts:   (replication, rows) as drained                       rows: (row, LOG_FIELDS)
    layout:  of the worlds they come from, which turns places into indices
    columns  replication (from 1), tick, what (see `twin.arrays.fields.WHAT`), product, lot (its number in its
             product from 1; lots that were there at the start are numbered from 1 with a minus), step (of `leave` and
             `blocked`: the one the lot goes to), tool
    """
    import pandas as pd

    columns = ("replication", "tick", "what", "product", "lot", "step", "tool")
    if not parts or layout is None:
        return pd.DataFrame({name: [] for name in columns})
    replication = np.concatenate([np.full(len(rows), number + 1) for number, rows in parts])
    rows = np.concatenate([rows for _, rows in parts])
    events = rows[:, f.LOG_WHAT] != f.W_QUALITY
    replication, rows = replication[events], rows[events]
    serial = rows[:, f.LOG_SERIAL]
    steps = np.array([step for _, step in names.steps] + [""], dtype=object)
    tools = np.array([names.tool(i) for i in range(names.tool_group.size)] + [""], dtype=object)
    products = np.array([*names.products, ""], dtype=object)
    frame = pd.DataFrame(
        {
            "replication": replication,
            "tick": rows[:, f.LOG_TICK],
            "what": pd.Categorical.from_codes(rows[:, f.LOG_WHAT], categories=pd.Index(f.WHAT)),
            "product": products[_index(rows[:, f.LOG_PRODUCT], layout.product, f.PRODUCT_FIELDS)],
            "lot": np.where(serial >= f.WIP_SERIAL, f.WIP_SERIAL - 1 - serial, serial + 1),
            "step": steps[_index(rows[:, f.LOG_STEP], layout.first_step, f.STEP_CONSTANTS)],
            "tool": tools[_index(rows[:, f.LOG_TOOL], layout.tool, f.TOOL_FIELDS)],
        }
    )
    return frame.sort_values(["replication", "tick"], kind="stable", ignore_index=True)


def _index(place: NDArray[np.int64], base: int, fields: int) -> NDArray[np.int64]:
    """Indices of records from their places; -1 for none."""
    return np.where(place < 0, -1, (place - base) // fields)
