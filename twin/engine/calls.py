"""Calling idle tools for lots that wait: after a loading, when an auxiliary comes free, when a gate opens."""

from twin.arrays.fields import (
    DO_TOOL,
    G_SATURATED,
    LOT_NEXT,
    NONE,
    Q_CALL,
    Q_CONST,
    Q_HEAD,
    Q_IDLE,
    Q_IDLE_HEAD,
    Q_LOTS,
)
from twin.engine.choice import idle_tool_for
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.todo import do_next, put_back
from twin.engine.tools import make_busy


@njit_apart
def call_idle(L: Memory, S: Memory, g: Int) -> None:
    """Call an idle tool for a lot that still waits: the tool called for it may have taken another."""
    tool = tool_to_call(L, S, g)
    if tool != NONE:
        make_busy(L, S, tool)
        do_next(S, DO_TOOL, tool)


@njit_apart
def tool_to_call(L: Memory, S: Memory, g: Int) -> Int:
    """The idle tool for the first lot of a queue that there is one for, NONE without one."""
    lot = S[g + Q_HEAD]
    while lot != NONE:
        tool = idle_tool_for(L, S, g, lot)
        if tool != NONE:
            return tool
        lot = S[lot + LOT_NEXT]
    return NONE


@njit_apart
def call_first(L: Memory, S: Memory, g: Int) -> None:
    """What lots of a toolgroup waited for has come: a tool that may now take one does so before any other looks.

    Where lots are always ready none waits in the queue, and every idle tool looks.
    """
    S[g + Q_CALL] = 0
    if L[S[g + Q_CONST] + G_SATURATED] == 1:
        while S[g + Q_IDLE_HEAD] != NONE:
            tool = S[g + Q_IDLE_HEAD]
            make_busy(L, S, tool)
            put_back(S, DO_TOOL, tool)
    elif S[g + Q_IDLE] > 0 and S[g + Q_LOTS] > 0:
        tool = tool_to_call(L, S, g)
        if tool != NONE:
            make_busy(L, S, tool)
            put_back(S, DO_TOOL, tool)
