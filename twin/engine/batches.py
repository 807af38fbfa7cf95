"""When a batch that is not full may start: its minimum, the longest wait of a lot, lots that are due soon."""

from twin.arrays.fields import (
    C_HEAP,
    C_LOT,
    C_LOT_FIELDS,
    C_NOW,
    E_AHEAD,
    E_STATE,
    E_WAIT,
    END,
    EV_STEP,
    EX_DUE,
    H_FLEET,
    LOT_END,
    LOT_EXPECTED,
    LOT_FROM,
    LOT_INSIDE,
    LOT_MOVING,
    LOT_NEXT,
    LOT_SINCE,
    LOT_STATE,
    LOT_STEP,
    LOT_TOOL,
    LOT_UNITS,
    LOT_VISIT,
    ME_HOLD,
    ME_OUTSIDE,
    NEVER,
    NONE,
    OUT_COUNT,
    Q_HEAD,
    RUNNING,
    S_ARCS,
    S_BATCH_MAX,
    S_BATCH_MIN,
    S_EVERY,
    S_FAMILY,
    S_GROUP,
    S_NEXT,
    S_PROCESS,
    S_SAMPLE,
    T_CUT,
    T_DO,
    T_DOWN,
    T_END,
    UP,
    Y_MEASURES,
    Y_TO,
)
from twin.engine.heap import due_by
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.lots import ALWAYS, is_carried
from twin.engine.vehicles import move_ticks


@njit_apart
def batch_ready(L: Memory, S: Memory, g: Int, step: Int, extra: Int, units: Int) -> bool:
    """Whether a batch of a step may start now, on a tool that may run it.

    units: that wait for the step

    One of its lots has waited long enough; or the minimum waits, and the batch is full or no lot that still fits is
    due within the time that the tool looks ahead. A tool that waits looks again when that lot comes, or was to come.
    """
    now = S[C_NOW]
    wait = L[extra + E_WAIT]
    if wait != NEVER and oldest(S, g, step) + wait <= now:
        return True
    if units < L[step + S_BATCH_MIN]:
        return False
    if L[extra + E_AHEAD] == 0 or units >= L[step + S_BATCH_MAX]:
        return True
    due = next_due(L, S, now, step, L[step + S_BATCH_MAX] - units)
    if due > now + L[extra + E_AHEAD]:
        return True
    look_again(L, S, extra, max(due, now + 1))
    return False


@njit_apart
def oldest(S: Memory, g: Int, step: Int) -> Int:
    """Since when a lot has waited for a step in a queue; NEVER if none waits."""
    since: Int = NEVER
    lot = S[g + Q_HEAD]
    while lot != NONE:
        if S[lot + LOT_STEP] == step:
            since = min(since, S[lot + LOT_SINCE])
        lot = S[lot + LOT_NEXT]
    return since


@njit_apart
def look_again(L: Memory, S: Memory, extra: Int, tick: Int) -> None:
    """Have a batch step looked at again at `tick`, unless that is to happen earlier anyway."""
    state = L[extra + E_STATE]
    if S[state + EX_DUE] > tick:
        due_by(S, state, EX_DUE, EV_STEP, tick)


@njit_apart
def next_due(L: Memory, S: Memory, now: Int, step: Int, room: Int) -> Int:
    """When the next lot of at most `room` units comes to a step, as far as that is known; NEVER if none is due."""
    due: Int = NEVER
    for lot in range(S[C_LOT], S[C_HEAP], S[C_LOT_FIELDS]):
        state = S[lot + LOT_STATE]
        moves = state == LOT_MOVING or state == LOT_EXPECTED  # written out: no tuples on a GPU
        if S[lot + LOT_UNITS] <= room and (moves or state == LOT_INSIDE):
            due = min(due, comes_at(L, S, now, lot, step))
    return due


@njit
def decides(L: Memory, law: Int) -> bool:
    """Whether a step's law or measurement has a say in where a lot goes next, or when."""
    if law == NONE:
        return False
    me = L[law + Y_MEASURES]
    return L[law + Y_TO] != NONE or (me != NONE and (L[me + ME_OUTSIDE] != OUT_COUNT or L[me + ME_HOLD] > 0))


@njit_apart
def comes_at(L: Memory, S: Memory, now: Int, lot: Int, step: Int) -> Int:
    """When a lot comes to a step, or one of its family: it is on its way, or in process just before with a known end.

    NEVER where chance (rework, branches, sampling, a law) still has a say, or where a tool is down or about to fail.
    """
    here = S[lot + LOT_STEP]
    if S[lot + LOT_STATE] != LOT_INSIDE:
        if L[here + S_FAMILY] != L[step + S_FAMILY]:
            return NEVER
        if L[H_FLEET] != NONE and is_carried(L, S, S[lot + LOT_FROM], L[here + S_GROUP]):
            return NEVER
        if S[lot + LOT_END] != NEVER:
            return S[lot + LOT_END]
        # nobody knows how long a lot waits for a vehicle
        return NEVER if is_carried(L, S, S[lot + LOT_FROM], L[here + S_GROUP]) else now
    after = L[here + S_NEXT]
    if after == END or L[after + S_FAMILY] != L[step + S_FAMILY]:
        return NEVER
    if L[here + S_ARCS] > 0 or L[after + S_SAMPLE] != ALWAYS or decides(L, L[here + S_PROCESS]):
        return NEVER
    tool = S[lot + LOT_TOOL]
    ends = S[lot + LOT_END]  # of a pure delay, and of a cascading tool
    if tool != NONE and L[here + S_EVERY] == NONE:
        known = S[tool + T_DO] == RUNNING and S[tool + T_DOWN] == UP and S[tool + T_CUT] == NONE
        ends = S[tool + T_END] if known else NEVER
    if ends != NEVER and is_carried(L, S, L[here + S_GROUP], L[after + S_GROUP]):
        if L[H_FLEET] != NONE:
            return NEVER
        ends += move_ticks(L, S, lot, S[lot + LOT_VISIT] + 1, L[here + S_GROUP], L[after + S_GROUP])
    return ends
