"""A tool's state, its idle list, and the stretch of work it is on."""

from twin.arrays.fields import (
    AWAITING,
    BLOCKED,
    CK_CONST,
    CK_LEFT,
    CLOCK_FIELDS,
    DO_CHAMBERS,
    DOWN,
    EMPTY,
    EV_LOT,
    EV_TOOL,
    FAIL_OPERATING,
    FAILED,
    FINISHED,
    G_PRESENT,
    G_START,
    K_KIND,
    LOT_END,
    LOT_INSIDE,
    LOT_LEFT,
    LOT_MATE,
    LOT_PREV,
    LOT_STATE,
    MAINTAINED,
    NEVER,
    NO_BELT,
    NO_OPERATOR,
    NONE,
    OFF,
    PM,
    PRODUCTIVE,
    Q_CONST,
    Q_IDLE,
    Q_IDLE_HEAD,
    Q_IDLE_TAIL,
    Q_STUCK,
    RUNNING,
    SETTING_UP,
    SETUP,
    START_SLOT,
    STARVED,
    T_BEGAN,
    T_BELT,
    T_CHAMBERS,
    T_CLAIM,
    T_CLOCK,
    T_CLOCKS,
    T_CUT,
    T_DO,
    T_DOWN,
    T_END,
    T_GROUP,
    T_HALTED,
    T_IDLE,
    T_LEFT,
    T_LOT,
    T_LOTS,
    T_NEXT,
    T_OPERATING,
    T_READY,
    T_READY_LEFT,
    T_SECTION,
    T_SINCE,
    T_SPECIAL,
    T_SPEED,
    T_STANDBY,
    T_STATE,
    T_STUCK,
    T_TICKS,
    UP,
)
from twin.engine.chain import insert_after, take_out_of
from twin.engine.chambers import end_chambers
from twin.engine.heap import due_at
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.logbook import log_state
from twin.engine.standby import note_standby
from twin.engine.todo import do_next


@njit
def set_state(S: Memory, now: Int, tool: Int, state: Int) -> None:
    """Book the time since the last change and go over to another state."""
    old = S[tool + T_STATE]
    if old != state:
        S[tool + T_TICKS + old] += now - S[tool + T_SINCE]
        S[tool + T_SINCE] = now
        S[tool + T_STATE] = state
        if S[tool + T_SPECIAL] != 0:
            note_state(S, now, tool, old, state)


@njit_apart
def note_state(S: Memory, now: Int, tool: Int, old: Int, state: Int) -> None:
    """What few tools do as they go over to another state: standby, a row of the log."""
    if S[tool + T_STANDBY] != 0:
        note_standby(S, now, tool, old, state)
    log_state(S, now, tool, state)


@njit
def show_state(S: Memory, now: Int, tool: Int) -> None:
    """Derive a tool's state from what it does; a cascading tool is productive while a lot is inside."""
    if S[tool + T_DOWN] != UP:
        state = DOWN if S[tool + T_DOWN] == FAILED else PM if S[tool + T_DOWN] == MAINTAINED else OFF
    elif S[tool + T_HALTED] == 1:
        state = DOWN
    elif S[tool + T_DO] == RUNNING:
        state = PRODUCTIVE
    elif S[tool + T_DO] == SETTING_UP:
        state = SETUP
    elif S[tool + T_STUCK] > 0:
        state = BLOCKED
    elif S[tool + T_DO] == EMPTY and S[tool + T_LOTS] == 0:
        state = STARVED if S[tool + T_SPECIAL] == 0 or S[tool + T_CLAIM] == NONE else BLOCKED
    elif S[tool + T_DO] == AWAITING:
        state = NO_OPERATOR
    elif S[tool + T_DO] == FINISHED and S[tool + T_SECTION] != 0:
        state = BLOCKED  # its section has not moved yet
    else:
        state = PRODUCTIVE
    set_state(S, now, tool, state)


@njit
def make_idle(L: Memory, S: Memory, tool: Int) -> None:
    """Put a tool at the end of its toolgroup's idle list: the longest idle is called first."""
    if S[tool + T_IDLE] == 1:
        return
    group = S[tool + T_GROUP]
    S[tool + T_IDLE] = 1
    insert_after(S, group + Q_IDLE_HEAD, T_NEXT, tool, S[group + Q_IDLE_TAIL])
    S[group + Q_IDLE] += 1


@njit
def make_busy(L: Memory, S: Memory, tool: Int) -> None:
    """Take a tool off its toolgroup's idle list."""
    if S[tool + T_IDLE] == 0:
        return
    group = S[tool + T_GROUP]
    S[tool + T_IDLE] = 0
    take_out_of(S, group + Q_IDLE_HEAD, T_NEXT, tool)
    S[group + Q_IDLE] -= 1


@njit
def begin_stretch(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """Work (or set up) from now on for T_LEFT ticks, or until an operating failure is due before that."""
    S[tool + T_BEGAN] = now
    S[tool + T_CUT] = NONE
    if S[tool + T_CHAMBERS] != 0:
        do_next(S, DO_CHAMBERS, tool)  # `begin_chambers`, before time goes on
        return
    length = S[tool + T_LEFT]
    if S[tool + T_DO] == RUNNING and S[tool + T_OPERATING] == 1:
        first = S[tool + T_CLOCK]
        for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
            if L[S[clock + CK_CONST] + K_KIND] == FAIL_OPERATING and S[clock + CK_LEFT] < length:
                length = S[clock + CK_LEFT]
                S[tool + T_CUT] = clock
    due_at(S, tool, T_END, EV_TOOL, now + length)


@njit
def end_stretch(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """Stop working, for good or until the tool is up again; operating clocks run on by the time worked."""
    worked = now - S[tool + T_BEGAN]
    S[tool + T_LEFT] -= worked * S[tool + T_SPEED]
    S[tool + T_END] = NEVER
    if S[tool + T_DO] == RUNNING and S[tool + T_OPERATING] == 1:
        first = S[tool + T_CLOCK]
        for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
            if L[S[clock + CK_CONST] + K_KIND] == FAIL_OPERATING:
                S[clock + CK_LEFT] -= worked
    if S[tool + T_CHAMBERS] != 0 and S[tool + T_DO] == RUNNING:
        end_chambers(L, S, tool, worked)


@njit
def hold_lots(S: Memory, now: Int, tool: Int) -> None:
    """A cascading tool went down: what is inside stands still."""
    if S[tool + T_READY] > now and S[tool + T_READY_LEFT] == 0:
        S[tool + T_READY_LEFT] = S[tool + T_READY] - now
    lot = S[tool + T_LOT]
    while lot != NONE:
        if S[lot + LOT_STATE] == LOT_INSIDE and S[lot + LOT_END] != NEVER:
            S[lot + LOT_LEFT] = S[lot + LOT_END] - now
            S[lot + LOT_END] = NEVER
        lot = S[lot + LOT_MATE]


@njit
def resume_lots(S: Memory, now: Int, tool: Int) -> None:
    """A cascading tool is up again: what is inside goes on."""
    if S[tool + T_READY_LEFT] > 0:
        S[tool + T_READY] = now + S[tool + T_READY_LEFT]
        S[tool + T_READY_LEFT] = 0
    lot = S[tool + T_LOT]
    while lot != NONE:
        if S[lot + LOT_STATE] == LOT_INSIDE and S[lot + LOT_LEFT] != NEVER:
            due_at(S, lot, LOT_END, EV_LOT, now + S[lot + LOT_LEFT])
            S[lot + LOT_LEFT] = NEVER
        lot = S[lot + LOT_MATE]


@njit
def takes_while_down(L: Memory, S: Memory, tool: Int) -> bool:
    """Whether a tool takes its next lot while it is repaired: one alone does, unless its runs are decided by slots."""
    const = S[S[tool + T_GROUP] + Q_CONST]
    return bool(L[const + G_PRESENT] == 1 and L[const + G_START] & START_SLOT == 0)


@njit
def count_stuck(L: Memory, S: Memory, tool: Int, change: Int) -> None:
    """A lot on the tool became blocked (+1) or moved on (-1); the toolgroup counts tools that hold nothing else."""
    group = S[tool + T_GROUP]
    is_tool = S[tool + T_SPECIAL] == 0 or S[tool + T_BELT] == NO_BELT  # of a conveyor the belt counts: `count_shut`
    all_before = is_tool and S[tool + T_STUCK] > 0 and S[tool + T_STUCK] == S[tool + T_LOTS]
    S[tool + T_STUCK] += change
    if change < 0:
        S[tool + T_LOTS] += change
    all_after = is_tool and S[tool + T_STUCK] > 0 and S[tool + T_STUCK] == S[tool + T_LOTS]
    if all_after and not all_before:
        S[group + Q_STUCK] += 1
    elif all_before and not all_after:
        S[group + Q_STUCK] -= 1


@njit
def leave_tool(L: Memory, S: Memory, tool: Int, lot: Int, was_blocked: bool) -> None:
    """Take a lot off a tool's list."""
    if S[tool + T_LOT] == lot:
        S[tool + T_LOT] = S[lot + LOT_MATE]
    elif S[tool + T_SPECIAL] != 0 and S[tool + T_BELT] != NO_BELT:
        S[S[lot + LOT_PREV] + LOT_MATE] = NONE  # the first one leaves
    else:
        at = S[tool + T_LOT]
        while S[at + LOT_MATE] != lot:
            at = S[at + LOT_MATE]
        S[at + LOT_MATE] = S[lot + LOT_MATE]
    if was_blocked:
        count_stuck(L, S, tool, -1)
    else:
        S[tool + T_LOTS] -= 1
        if S[tool + T_STUCK] > 0 and S[tool + T_STUCK] == S[tool + T_LOTS]:
            S[S[tool + T_GROUP] + Q_STUCK] += 1
    if S[tool + T_LOTS] == 0 and S[tool + T_DO] == FINISHED:
        S[tool + T_DO] = EMPTY
