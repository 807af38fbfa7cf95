"""Gated queue-time windows: lots are inside from the loading at the step that opens one to the start at its end."""

from twin.arrays.fields import (
    E_STATE,
    E_STEP,
    E_UNTIL,
    EX_HELD,
    EX_HELD_TICKS,
    EX_INSIDE,
    EX_QUEUED,
    H_EXTRA,
    LOT_STEP,
    LX_HELD,
    LX_WINDOW,
    NONE,
    S_GROUP,
)
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.todo import call_group


@njit_apart
def arrive_inside(L: Memory, S: Memory, lot: Int) -> None:
    """A lot joins a queue: if its gated window ends here, it now waits at the end."""
    window = S[lot + L[H_EXTRA] + LX_WINDOW]
    if window != NONE and L[window + E_UNTIL] == S[lot + LOT_STEP]:
        S[L[window + E_STATE] + EX_QUEUED] += 1


@njit_apart
def pass_gate(L: Memory, S: Memory, now: Int, lot: Int, extra: Int) -> None:
    """A lot is loaded: the window that ends here is left, the one that opens here entered, its hold is over."""
    column = lot + L[H_EXTRA]
    window = S[column + LX_WINDOW]
    if window != NONE and L[window + E_UNTIL] == S[lot + LOT_STEP]:
        S[L[window + E_STATE] + EX_QUEUED] -= 1
        S[L[window + E_STATE] + EX_INSIDE] -= 1
        S[column + LX_WINDOW] = NONE
    if L[extra + E_UNTIL] == NONE:
        return
    state = L[extra + E_STATE]
    S[column + LX_WINDOW] = extra
    S[state + EX_INSIDE] += 1
    if S[column + LX_HELD] != NONE:
        S[state + EX_HELD] += now > S[column + LX_HELD]
        S[state + EX_HELD_TICKS] += now - S[column + LX_HELD]
        S[column + LX_HELD] = NONE


@njit_apart
def leave_window(L: Memory, S: Memory, lot: Int) -> None:
    """A lot that was on its way goes elsewhere: past the end of its window, back in front of it, out of the line."""
    window = S[lot + L[H_EXTRA] + LX_WINDOW]
    step = S[lot + LOT_STEP]
    if window == NONE or (L[window + E_STEP] < step <= L[window + E_UNTIL]):
        return
    S[L[window + E_STATE] + EX_INSIDE] -= 1
    S[lot + L[H_EXTRA] + LX_WINDOW] = NONE
    call_group(S, L[L[window + E_STEP] + S_GROUP])
