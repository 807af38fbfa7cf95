"""Calling idle tools for lots that wait: after a loading, when an auxiliary comes free, when a gate opens."""

from twin.arrays.fields import (
    C_GROUP,
    DO_TOOL,
    G_GATE,
    G_GATES,
    G_SATURATED,
    GROUP_FIELDS,
    LOT_NEXT,
    NONE,
    Q_CONST,
    Q_HEAD,
    Q_IDLE,
    Q_IDLE_HEAD,
    Q_LOTS,
)
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.queue import idle_tool_for
from twin.engine.todo import do_next
from twin.engine.tools import make_busy


@njit_apart
def call_idle(L: Memory, S: Memory, g: Int) -> None:
    """Call an idle tool for a lot that still waits: the tool called for it may have taken another."""
    lot = S[g + Q_HEAD]
    while lot != NONE:
        tool = idle_tool_for(L, S, g, lot)
        if tool != NONE:
            make_busy(L, S, tool)
            do_next(S, DO_TOOL, tool)
            return
        lot = S[lot + LOT_NEXT]


@njit_apart
def call_group(L: Memory, S: Memory, g: Int) -> None:
    """Something that a toolgroup's lots waited for has come: call a tool that may now take one.

    Where lots are always ready none waits in the queue, and every idle tool is called.
    """
    if L[S[g + Q_CONST] + G_SATURATED] == 1:
        while S[g + Q_IDLE_HEAD] != NONE:
            tool = S[g + Q_IDLE_HEAD]
            make_busy(L, S, tool)
            do_next(S, DO_TOOL, tool)
    elif S[g + Q_IDLE] > 0 and S[g + Q_LOTS] > 0:
        call_idle(L, S, g)


@njit_apart
def call_gated(L: Memory, S: Memory, g: Int) -> None:
    """Fewer lots wait at a toolgroup, or more of its tools are up: gates of windows that end there may open."""
    first = L[S[g + Q_CONST] + G_GATE]
    for at in range(first, first + L[S[g + Q_CONST] + G_GATES]):
        call_group(L, S, S[C_GROUP] + L[at] * GROUP_FIELDS)
