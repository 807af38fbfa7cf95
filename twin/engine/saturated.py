"""Saturated products: a lot is always ready, and enters the line when a tool can load it."""

from twin.arrays.fields import (
    C_CLOCK,
    C_FREE,
    C_PRODUCT,
    DO_TOOL,
    E_TAKES,
    G_TOOL,
    G_TOOLS,
    H_MIX,
    LOT_NEXT,
    NONE,
    P_DUE,
    P_KIND,
    P_LIMIT,
    P_PRIORITY,
    P_START,
    P_STEP,
    P_UNITS,
    PR_CONST,
    PR_SERIAL,
    PRODUCT_FIELDS,
    Q_CONST,
    Q_IDLE,
    RELEASE_SATURATED,
    S_BATCH_MAX,
    S_BATCH_MIN,
    S_EXTRA,
    S_FAMILY,
    S_GROUP,
    ST_WAITING,
    TOOL_FIELDS,
    W_RELEASE,
)
from twin.engine.buffers import change_places
from twin.engine.carriers import lacks_one
from twin.engine.choice import may_run
from twin.engine.extras import extra_allows, is_shut
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.logbook import log_lot
from twin.engine.lots import new_lot, sampled_step
from twin.engine.mix import count_rules, ready_of_mix
from twin.engine.passage import come_to_step
from twin.engine.queue import enqueue
from twin.engine.todo import call_group, do_next

NOTHING_READY, FETCHED, POOL_EMPTY = 0, 1, 2


@njit_apart
def lots_ready(L: Memory, S: Memory, product: Int) -> Int:
    """Lots of a saturated product that one loading takes: one, or as many as fill a batch; 0 if too few are left."""
    const = S[product + PR_CONST]
    step = L[const + P_STEP]
    left = L[const + P_LIMIT] - S[product + PR_SERIAL]
    if L[step + S_BATCH_MAX] == 0:
        return min(left, 1)
    waiting = S[L[step + S_FAMILY] + ST_WAITING]
    units = L[const + P_UNITS]
    lots = min(left, (L[step + S_BATCH_MAX] - waiting) // units)
    return lots if waiting + lots * units >= L[step + S_BATCH_MIN] else 0


@njit_apart
def has_free(S: Memory, lots: Int) -> bool:
    """Whether the pool holds so many free lots."""
    lot = S[C_FREE]
    while lots > 0 and lot != NONE:
        lot = S[lot + LOT_NEXT]
        lots -= 1
    return lots == 0


@njit_apart
def fetch_saturated(L: Memory, S: Memory, now: Int, g: Int, tool: Int) -> Int:
    """Bring what this tool can load at once to the queue of its toolgroup.

    Of several saturated products that it may run, the one with the fewest lots so far comes next.
    """
    best = NONE
    mixed = NONE if L[H_MIX] == NONE else ready_of_mix(L, S, now)
    for product in range(S[C_PRODUCT], S[C_CLOCK], PRODUCT_FIELDS):
        const = S[product + PR_CONST]
        step = L[const + P_STEP]
        ready = L[const + P_KIND] == RELEASE_SATURATED and now >= L[const + P_START]
        if not (ready or product == mixed) or L[step + S_GROUP] != g:
            continue
        extra = L[step + S_EXTRA]
        if extra != NONE and (not extra_allows(L, S, tool, extra) or is_shut(L, S, extra)):
            continue
        if extra != NONE and lacks_one(L, S, L[extra + E_TAKES]) != NONE:
            continue
        if not may_run(L, S, tool, step) or lots_ready(L, S, product) == 0:
            continue
        if best == NONE or S[product + PR_SERIAL] < S[best + PR_SERIAL]:
            best = product
    if best == NONE:
        return NOTHING_READY
    lots = lots_ready(L, S, best)
    if not has_free(S, lots):
        return POOL_EMPTY
    const = S[best + PR_CONST]
    for _ in range(lots):
        lot = new_lot(L, S, now, best, L[const + P_UNITS], L[const + P_PRIORITY], L[const + P_DUE])
        log_lot(S, now, W_RELEASE, lot)
        sampled_step(L, S, lot, L[const + P_STEP])
        come_to_step(L, S, now, lot)
        change_places(L, S, now, g, 1)
        enqueue(L, S, now, g, lot)
    if best == mixed:
        count_rules(L, S, best)
        if S[g + Q_IDLE] > 0:
            call_group(S, g)  # the lot after it may be for a tool that this one was not for
    return FETCHED


@njit_apart
def start_saturated(L: Memory, S: Memory, product: Int) -> None:
    """From now on lots of this product are ready: the tools of its first toolgroup look for work."""
    g = L[L[S[product + PR_CONST] + P_STEP] + S_GROUP]
    first = L[S[g + Q_CONST] + G_TOOL]
    for tool in range(first, first + L[S[g + Q_CONST] + G_TOOLS] * TOOL_FIELDS, TOOL_FIELDS):
        do_next(S, DO_TOOL, tool)
