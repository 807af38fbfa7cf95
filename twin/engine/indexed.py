"""Indexed sections: every station is done, the takt has passed, the exit has room: then all lots move at one tick.

A lot that is done stays on its station until the section moves, the station blocked. The last station's lot leaves
first, as from any tool: if it finds no place the others wait for it. Then the others leave, from the end to the front,
each to the station just vacated, all at one tick; the first station takes the next lot, now or when one comes.
"""

from twin.arrays.fields import (
    DO_INDEX,
    EV_INDEX,
    FINISHED,
    LOT_SINCE,
    NEVER,
    NONE,
    Q_PLACES,
    SX_CYCLES,
    SX_DONE,
    SX_DUE,
    SX_EXIT,
    SX_EXIT_LOST,
    SX_LAST,
    SX_LATE,
    SX_LATE_LOST,
    SX_LOST,
    SX_NONE_CAME,
    SX_OVER,
    SX_SINCE,
    SX_TAKT,
    SX_WHO,
    T_BEHIND,
    T_DO,
    T_GROUP,
    T_LOST,
    T_LOT,
    T_LOTS,
    T_OVER,
    T_SECTION,
    T_STUCK,
)
from twin.engine.heap import due_at, has_come
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.todo import do_next
from twin.engine.tools import show_state


@njit_apart
def station_done(S: Memory, now: Int, tool: Int) -> None:
    """A station is done with its lot: perhaps it was the last one that the section waited for."""
    section = S[tool + T_SECTION]
    S[section + SX_DONE] = now
    S[section + SX_WHO] = tool
    S[section + SX_NONE_CAME] = S[tool + T_BEHIND] == NONE and S[S[tool + T_LOT] + LOT_SINCE] > S[section + SX_SINCE]
    show_state(S, now, tool)
    do_next(S, DO_INDEX, section)


@njit_apart
def index_event(S: Memory, now: Int, section: Int) -> None:
    """The takt has passed."""
    if has_come(S, now, section, SX_DUE, EV_INDEX):
        S[section + SX_DUE] = NEVER
        do_next(S, DO_INDEX, section)


@njit_apart
def may_move(S: Memory, now: Int, section: Int) -> bool:
    """Whether a section has lots, all of them done, and its takt has passed; if not that, it is looked at then."""
    lots: Int = 0
    tool = S[section + SX_LAST]
    while tool != NONE:
        if S[tool + T_LOTS] == 0:
            if S[tool + T_BEHIND] != NONE and S[S[tool + T_GROUP] + Q_PLACES] > 0:
                return False  # one is on its way
        elif S[tool + T_DO] != FINISHED or S[tool + T_STUCK] > 0:
            return False
        lots += S[tool + T_LOTS]
        tool = S[tool + T_BEHIND]
    if lots == 0:
        return False
    if now < S[section + SX_SINCE] + S[section + SX_TAKT]:
        due_at(S, section, SX_DUE, EV_INDEX, S[section + SX_SINCE] + S[section + SX_TAKT])
        return False
    return True


@njit_apart
def count_cycle(S: Memory, now: Int, section: Int) -> None:
    """A section moves: what is later than its takt is the fault of the station done last, or of the exit.

    Of the first station it is not where its lot came after the others had moved.
    """
    due = S[section + SX_SINCE] + S[section + SX_TAKT]
    late = max(0, S[section + SX_DONE] - due)
    waited = now - max(S[section + SX_DONE], due)
    S[section + SX_CYCLES] += 1
    if S[section + SX_TAKT] > 0:
        S[section + SX_OVER] += now > due
        S[section + SX_LOST] += max(0, now - due)
        if late > 0 and S[section + SX_NONE_CAME] == 1:
            S[section + SX_LATE] += 1
            S[section + SX_LATE_LOST] += late
        elif late > 0:
            S[S[section + SX_WHO] + T_OVER] += 1
            S[S[section + SX_WHO] + T_LOST] += late
        if waited > 0:
            S[section + SX_EXIT] += 1
            S[section + SX_EXIT_LOST] += waited
    S[section + SX_SINCE] = now
