"""Why a station of an indexed section stands: a station that is not done, the place behind the section, or the takt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.arrays import fields as f
from twin.study.causes import Found, Node

if TYPE_CHECKING:
    from twin.study.causes import Causes


def waits_for_section(causes: Causes, node: Node) -> Found | None:
    """The link of a station that is done and waits for the others; None for any other tool."""
    sight = causes.sight
    tools = sight.tools
    row = tools[node.number]
    if row[f.T_SECTION] == 0 or row[f.T_DO] != f.FINISHED or row[f.T_STUCK] > 0:
        return None
    mine = np.flatnonzero(tools[:, f.T_SECTION] == row[f.T_SECTION])
    late = [int(k) for k in mine if tools[k, f.T_LOTS] > 0 and (tools[k, f.T_DO] != f.FINISHED or tools[k, f.T_STUCK])]
    if late:
        names = " and ".join(sight.names.tool(k) for k in late)
        verb = "is" if len(late) == 1 else "are"
        reason = f"it is done, and its section moves once {names} {verb}"
        return causes.tool_link(node, reason, "place"), [Node("tool", k) for k in late]
    due = int(sight.memory[row[f.T_SECTION] + f.SX_SINCE] + sight.memory[row[f.T_SECTION] + f.SX_TAKT])
    return causes.tool_link(node, f"it is done, and its section moves at the takt, {causes.clock(due)}", "takt"), []
