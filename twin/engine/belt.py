"""A conveyor's belt: its clock, its exit, and what a stop does to the lots on it.

Lots pass it first in, first out. The belt has a clock of its own, which stands while the belt stands, so that a stop
costs nothing but two numbers. On that clock a lot is ready at the exit its travel after it entered, and leaves no
earlier than a gap (the time of a pitch) after the lot before it:

    leave(n) >= max(enter(n) + travel, leave(n - 1) + gap),    enter(n) >= enter(n - 1) + gap

which is exactly what lots do that move at the belt's speed and come no nearer to each other than a pitch: when the
first one leaves, all those that had closed up behind it move up by a pitch at once. The entrance takes a lot where
fewer are on the belt than it holds. Where the first lot is blocked, an accumulating belt goes on, and stands once the
last lot has closed up; one that does not accumulate stops, its clock too, until the lot has left.

T_BELT: the kind of conveyor; T_EXIT: the lot nearest to its exit; T_STANDS: the tick since which it stands, NEVER while
it moves; T_STOOD: ticks that it stood before that; T_ENTER_FROM, T_LEAVE_FROM: from when on its own clock the next lot
may enter and leave; T_SHUT: 1 if it can take no lot before one leaves that is blocked. Of a lot on it LOT_LEFT is when
on that clock it is ready at the exit, LOT_PREV the lot behind it.
"""

from twin.arrays.fields import (
    CK_CONST,
    CK_LEFT,
    CLOCK_FIELDS,
    EMPTY,
    EV_LOT,
    EV_TOOL,
    FAIL_OPERATING,
    G_BELT,
    G_GAP,
    K_KIND,
    LOT_END,
    LOT_INSIDE,
    LOT_LEFT,
    LOT_PREV,
    LOT_STATE,
    NEVER,
    NONE,
    Q_CARRIED,
    Q_CONST,
    Q_STUCK,
    RUNNING,
    STOPS,
    T_BEGAN,
    T_BELT,
    T_CLOCK,
    T_CLOCKS,
    T_CUT,
    T_DO,
    T_DOWN,
    T_END,
    T_ENTER_FROM,
    T_EXIT,
    T_GROUP,
    T_LEAVE_FROM,
    T_LEFT,
    T_LOT,
    T_LOTS,
    T_OPERATING,
    T_SHUT,
    T_STANDS,
    T_STOOD,
    T_STUCK,
    UP,
)
from twin.engine.heap import due_at, due_by
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.tools import end_stretch, make_busy, show_state


@njit_apart
def belt_clock(S: Memory, now: Int, tool: Int) -> Int:
    """Ticks that a belt has moved."""
    return (now if S[tool + T_STANDS] == NEVER else S[tool + T_STANDS]) - S[tool + T_STOOD]


@njit_apart
def roll(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A belt that is up goes on from what it holds now: its state, and when that is next to be looked at.

    That is when the entrance is free for the next lot, when the last lot has closed up behind a blocked one, or when
    an operating failure is due; its clock counts while a lot is on the belt and one at least moves.
    """
    if S[tool + T_END] != NEVER:
        end_stretch(L, S, now, tool)
    if S[tool + T_DOWN] != UP:
        return
    clock = belt_clock(S, now, tool)
    length: Int = NEVER
    if S[tool + T_ENTER_FROM] > clock:
        length = S[tool + T_ENTER_FROM] - clock
    S[tool + T_DO] = RUNNING
    if S[tool + T_LOTS] == 0 or (S[tool + T_STUCK] > 0 and S[tool + T_BELT] == STOPS):
        S[tool + T_DO] = EMPTY
    elif S[tool + T_STUCK] > 0:
        gap = L[S[S[tool + T_GROUP] + Q_CONST] + G_GAP]
        closed_up = S[S[tool + T_LOT] + LOT_LEFT] - (S[tool + T_LOTS] - 1) * gap
        if closed_up > clock:
            length = min(length, closed_up - clock)
        elif S[tool + T_ENTER_FROM] <= clock:
            S[tool + T_DO] = EMPTY
    if S[tool + T_DO] == RUNNING:
        begin_rolling(L, S, now, tool, length)
    show_state(S, now, tool)


@njit_apart
def begin_rolling(L: Memory, S: Memory, now: Int, tool: Int, length: Int) -> None:
    """Move for so many ticks, NEVER for no end in sight, or until an operating failure is due before that."""
    S[tool + T_BEGAN] = now
    S[tool + T_CUT] = NONE
    if S[tool + T_OPERATING] == 1:
        first = S[tool + T_CLOCK]
        for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
            if L[S[clock + CK_CONST] + K_KIND] == FAIL_OPERATING and S[clock + CK_LEFT] < length:
                length = S[clock + CK_LEFT]
                S[tool + T_CUT] = clock
    S[tool + T_LEFT] = length
    if length < NEVER:
        due_by(S, tool, T_END, EV_TOOL, now + length)


@njit_apart
def call_first_lot(S: Memory, tool: Int) -> None:
    """The lot nearest to the exit of a belt that moves comes there when it is ready, a gap after the one before."""
    lot = S[tool + T_EXIT]
    if lot == NONE or S[tool + T_STANDS] != NEVER or S[lot + LOT_STATE] != LOT_INSIDE:
        return
    due_at(S, lot, LOT_END, EV_LOT, max(S[lot + LOT_LEFT], S[tool + T_LEAVE_FROM]) + S[tool + T_STOOD])


@njit_apart
def count_shut(L: Memory, S: Memory, tool: Int) -> None:
    """Whether a belt can take no lot before a blocked one leaves: then it counts as stuck in its toolgroup."""
    g = S[tool + T_GROUP]
    is_full = S[tool + T_BELT] == STOPS or S[tool + T_LOTS] >= L[S[g + Q_CONST] + G_BELT]
    shut = 1 if S[tool + T_STUCK] > 0 and is_full else 0
    S[g + Q_STUCK] += shut - S[tool + T_SHUT]
    S[tool + T_SHUT] = shut


@njit_apart
def jam(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """The lot at the exit cannot leave."""
    if S[tool + T_BELT] == STOPS and S[tool + T_STANDS] == NEVER:
        S[tool + T_STANDS] = now
    count_shut(L, S, tool)
    roll(L, S, now, tool)


@njit_apart
def clear_exit(L: Memory, S: Memory, now: Int, tool: Int, lot: Int) -> None:
    """The first lot has left: the one behind it is the first now; a belt that stood because of it goes on."""
    g = S[tool + T_GROUP]
    S[g + Q_CARRIED] += now
    S[tool + T_EXIT] = S[lot + LOT_PREV]
    S[lot + LOT_LEFT] = NEVER  # on other tools it is work that was interrupted
    S[tool + T_LEAVE_FROM] = belt_clock(S, now, tool) + L[S[g + Q_CONST] + G_GAP]
    count_shut(L, S, tool)
    if S[tool + T_DOWN] == UP:
        move_again(S, now, tool)
    roll(L, S, now, tool)


@njit_apart
def move_again(S: Memory, now: Int, tool: Int) -> None:
    """A belt that nothing stops any more moves, and with it its clock."""
    if S[tool + T_STANDS] != NEVER:
        S[tool + T_STOOD] += now - S[tool + T_STANDS]
        S[tool + T_STANDS] = NEVER
    call_first_lot(S, tool)


@njit_apart
def stop_belt(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A belt goes down: it stands with all its lots, and takes none."""
    if S[tool + T_STANDS] == NEVER:
        S[tool + T_STANDS] = now
    lot = S[tool + T_EXIT]
    if lot != NONE:
        S[lot + LOT_END] = NEVER
    make_busy(L, S, tool)


@njit_apart
def restart_belt(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A belt is up again; one that stops for a blocked lot stands on while there is one."""
    if S[tool + T_STUCK] == 0 or S[tool + T_BELT] != STOPS:
        move_again(S, now, tool)
    roll(L, S, now, tool)
