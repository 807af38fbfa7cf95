"""What is in the line at the start, as rows: lots, and the states of tools."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.arrays import fields as f
from twin.arrays.products import Ticks
from twin.arrays.responses import Ints
from twin.arrays.shared import Shared
from twin.line import Line


def lots_at_start(line: Line, step_index: Mapping[tuple[str, str], int], ticks: Ticks) -> Ints:
    """Lots in the line at the start   (lot, WIP_FIELDS).

    step_index: number of each step by (route, step);  ticks: whole ticks of a time [s], NEVER for none
    """
    product_index = {name: i for i, name in enumerate(line.products)}
    rows = [
        (
            product_index[lot.product],
            lot.units,
            step_index[line.products[lot.product].route, lot.step],
            lot.priority,
            ticks(lot.due),
        )
        for lot in line.wip
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, f.WIP_FIELDS)


def tools_at_start(line: Line, shared: Shared, setups: Mapping[str, Mapping[str, int]], ticks: Ticks) -> Ints:
    """Tools as they are at the start; numbered within their toolgroup from 1 in the document, from 0 here.

    setups: of each toolgroup, the number of each of its setups
    returns (tool, TOOL_STATE_FIELDS)
    """
    groups = list(line.toolgroups)
    first = np.cumsum([0, *(shared.most[name] for name in groups)])
    rows = []
    for state in line.tool_states:
        group, number = state.place(shared.usual)
        setup = setups[group][state.setup] if state.setup else 0
        rows.append((int(first[groups.index(group)]) + number - 1, ticks(state.down), setup))
    return np.array(rows, dtype=np.int64).reshape(-1, f.TOOL_STATE_FIELDS)
