"""The entrance of a conveyor: when it takes a lot, and what a lot that enters sets going."""

from twin.arrays.fields import (
    DO_TOOL,
    G_BELT,
    G_GAP,
    LOT_LEFT,
    LOT_MATE,
    LOT_PREV,
    NONE,
    Q_CARRIED,
    Q_CONST,
    STOPS,
    T_BELT,
    T_DOWN,
    T_DUE_PM,
    T_ENTER_FROM,
    T_EXIT,
    T_GROUP,
    T_LOT,
    T_LOTS,
    T_RUN,
    T_SHUT,
    T_STUCK,
    T_UNITS,
    UP,
)
from twin.engine.belt import belt_clock, call_first_lot, count_shut, roll
from twin.engine.clocks import begin_pm, count_units
from twin.engine.jit import Flag, Int, Memory, njit_apart
from twin.engine.moves import look_for_deadlock
from twin.engine.todo import do_next


@njit_apart
def entrance_open(L: Memory, S: Memory, now: Int, tool: Int) -> Flag:
    """Whether a belt takes a lot now; maintenance that is due begins instead, whatever is on the belt."""
    if S[tool + T_DOWN] != UP:
        return False
    if S[tool + T_DUE_PM] > 0:
        begin_pm(L, S, now, tool, 0)
        return False
    if S[tool + T_LOTS] >= L[S[S[tool + T_GROUP] + Q_CONST] + G_BELT]:
        return False
    if S[tool + T_STUCK] > 0 and S[tool + T_BELT] == STOPS:
        return False
    return belt_clock(S, now, tool) >= S[tool + T_ENTER_FROM]


@njit_apart
def enter_belt(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """The lot just taken is on the belt: it is ready at the exit after its travel, the next may enter after a gap."""
    g = S[tool + T_GROUP]
    lot = S[tool + T_LOT]
    clock = belt_clock(S, now, tool)
    S[g + Q_CARRIED] -= now
    S[lot + LOT_LEFT] = clock + S[tool + T_RUN]
    S[lot + LOT_PREV] = NONE
    S[tool + T_ENTER_FROM] = clock + L[S[g + Q_CONST] + G_GAP]
    if S[lot + LOT_MATE] == NONE:
        S[tool + T_EXIT] = lot
        call_first_lot(S, tool)
    else:
        S[S[lot + LOT_MATE] + LOT_PREV] = lot
    count_units(L, S, tool, S[tool + T_UNITS])
    count_shut(L, S, tool)
    roll(L, S, now, tool)
    if S[tool + T_SHUT] == 1:
        look_for_deadlock(L, S, g)
    if S[tool + T_DUE_PM] > 0:
        do_next(S, DO_TOOL, tool)
