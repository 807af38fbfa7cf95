"""Tools as they are at the start: down for a while, set up for something."""

from twin.arrays.fields import (
    DOWN,
    EV_UP,
    FAILED,
    H_STATED,
    H_STATES,
    N_DOWN,
    N_SETUP,
    N_TOOL,
    T_BACK,
    T_DOWN,
    T_SETUP,
    TOOL_STATE_FIELDS,
    W_DOWN,
)
from twin.engine.heap import due_at
from twin.engine.jit import Memory, njit_apart
from twin.engine.logbook import log_tool
from twin.engine.standing import hold_clocks
from twin.engine.tools import set_state


@njit_apart
def place_tools(L: Memory, S: Memory) -> None:
    """Set tools up and take them down at time 0, as the document says.

    A tool that is down is being repaired: its failure clocks stand still until it is up, and none of them is told as
    the cause (T_BY is NONE).
    """
    for i in range(L[H_STATED]):
        at = L[H_STATES] + i * TOOL_STATE_FIELDS
        tool = L[at + N_TOOL]
        S[tool + T_SETUP] = L[at + N_SETUP]
        if L[at + N_DOWN] > 0:
            S[tool + T_DOWN] = FAILED
            set_state(S, 0, tool, DOWN)
            hold_clocks(L, S, 0, tool)
            log_tool(S, 0, W_DOWN, tool)
            due_at(S, tool, T_BACK, EV_UP, L[at + N_DOWN])
