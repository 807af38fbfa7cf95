"""Queue-time windows that end: counted, and where a breach costs something, the lot does not start."""

from twin.arrays.fields import (
    DO_SPACE,
    E_LATE,
    E_STATE,
    E_UNTIL,
    END,
    EX_QUEUED,
    EX_RETURNED,
    EX_SCRAPPED,
    H_CARRIED,
    H_EXTRA,
    LOT_FIXED,
    LOT_FROM,
    LOT_NEXT,
    LOT_PRODUCT,
    LOT_REWORKED,
    LOT_STATE,
    LOT_STEP,
    LOT_STUCK,
    LOT_VISIT,
    LX_HELD,
    LX_WINDOW,
    NONE,
    PR_REWORKED,
    Q_BLOCK_HEAD,
    Q_HEAD,
    S_BATCH_MAX,
    S_CHECKS,
    S_EXTRA,
    S_GROUP,
    S_STATE,
    SCRAP,
    ST_BREACHES,
    ST_WINDOWS,
    W_BREACH,
    W_FROM,
    W_UNTIL,
)
from twin.engine.buffers import change_places
from twin.engine.carriers import give_carriers
from twin.engine.gates import leave_window
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.moves import throw_away, wait_for_place
from twin.engine.passage import come_to_step, leave_step
from twin.engine.queue import remove
from twin.engine.todo import do_next


@njit
def arrive_at_step(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A step starts: queue-time windows that end with it are closed, breaches counted at the step that opened them."""
    checks = L[S[lot + LOT_STEP] + S_CHECKS]
    column = LOT_FIXED
    while checks != 0:
        if checks & 1 == 1 and S[lot + column] != NONE:
            opened = S[lot + column]
            if L[opened + W_UNTIL] == S[lot + LOT_STEP]:
                from_step = L[L[opened + W_FROM] + S_STATE]
                S[from_step + ST_WINDOWS] += 1
                S[from_step + ST_BREACHES] += now > S[lot + column + 1]
                S[lot + column] = NONE
        checks >>= 1
        column += 2


@njit_apart
def send_late(L: Memory, S: Memory, now: Int, g: Int, lot: Int) -> bool:
    """A tool has chosen a lot: if it would start too late and that costs it something, send it away.

    Of a batch, every lot that waits for the step and is too late. Returns whether one was sent.
    """
    step = S[lot + LOT_STEP]
    if L[L[step + S_EXTRA] + E_LATE] == 0:
        return False
    if L[step + S_BATCH_MAX] == 0:
        return send_one(L, S, now, g, lot)
    sent = False
    lot = S[g + Q_HEAD]
    while lot != NONE:
        after = S[lot + LOT_NEXT]
        if S[lot + LOT_STEP] == step and send_one(L, S, now, g, lot):
            sent = True
        lot = after
    return sent


@njit_apart
def breached(L: Memory, S: Memory, now: Int, lot: Int) -> Int:
    """The window that ends at a lot's step, is over and sends lots elsewhere; NONE without one."""
    checks = L[S[lot + LOT_STEP] + S_CHECKS]
    column = LOT_FIXED
    while checks != 0:
        window = S[lot + column]
        over = checks & 1 == 1 and window != NONE and now > S[lot + column + 1]
        if over and L[window + W_UNTIL] == S[lot + LOT_STEP] and L[window + W_BREACH] != NONE:
            return window
        checks >>= 1
        column += 2
    return NONE


@njit_apart
def send_one(L: Memory, S: Memory, now: Int, g: Int, lot: Int) -> bool:
    """Send a lot of a queue where its breached window says: out of the line, or back to a step."""
    window = breached(L, S, now, lot)
    if window == NONE:
        return False
    remove(L, S, now, g, lot)
    change_places(L, S, now, g, -1)
    if S[g + Q_BLOCK_HEAD] != NONE:
        do_next(S, DO_SPACE, g)
    arrive_at_step(L, S, now, lot)
    S[lot + L[H_EXTRA] + LX_HELD] = NONE
    state = L[L[L[window + W_FROM] + S_EXTRA] + E_STATE]
    gated = S[lot + L[H_EXTRA] + LX_WINDOW]
    if gated != NONE and L[gated + E_UNTIL] == S[lot + LOT_STEP]:
        S[L[gated + E_STATE] + EX_QUEUED] -= 1
    to = L[window + W_BREACH]
    leave_step(L, S, now, lot)
    if to == SCRAP:
        S[state + EX_SCRAPPED] += 1
        S[lot + LOT_STEP] = END
        go_elsewhere(L, S, now, lot)
        throw_away(L, S, now, lot)
        return True
    S[state + EX_RETURNED] += 1
    S[S[lot + LOT_PRODUCT] + PR_REWORKED] += 1
    S[lot + LOT_REWORKED] = 1
    S[lot + LOT_STEP] = to  # a lot that is sent to a step does it, sampled or not
    come_to_step(L, S, now, lot)
    S[lot + LOT_VISIT] += 1
    go_elsewhere(L, S, now, lot)
    S[lot + LOT_STATE] = LOT_STUCK
    S[lot + LOT_FROM] = g
    wait_for_place(S, L[to + S_GROUP], lot)
    do_next(S, DO_SPACE, L[to + S_GROUP])
    return True


@njit_apart
def go_elsewhere(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A late lot has been sent out of the line, or to a step: its gated window and its carriers may end there."""
    leave_window(L, S, lot)
    if L[H_CARRIED] != NONE:
        give_carriers(L, S, now, lot)
