"""Lots waiting in front of a toolgroup, kept sorted by the first rank of its rule; the choice among them."""

from twin.arrays.fields import (
    C_GROUP,
    C_TOOL,
    COUNT_BATCHES,
    COUNT_WORK,
    G_BATCHES,
    G_SETUP,
    G_SETUPS,
    G_SORT,
    GROUP_FIELDS,
    H_STEP,
    LOT_DUE,
    LOT_NEXT,
    LOT_PRIORITY,
    LOT_QUEUED,
    LOT_RELEASED,
    LOT_SINCE,
    LOT_STATE,
    LOT_STEP,
    LOT_UNITS,
    NEVER,
    NONE,
    Q_AREA,
    Q_CAMPAIGN,
    Q_CONST,
    Q_HEAD,
    Q_LOTS,
    Q_TAIL,
    Q_WORK,
    RANK_ATCS,
    RANK_CR,
    RANK_EDD,
    RANK_FIFO,
    RANK_LEAST_SETUP,
    RANK_LEAST_SLACK,
    RANK_LIFO,
    RANK_LINE_BALANCE,
    RANK_NONE,
    RANK_ODD,
    RANK_OWN,
    RANK_PRIORITY,
    RANK_QUEUE_LIMIT,
    RANK_SETUP_CAMPAIGN,
    RANK_SPT,
    S_FAMILY,
    S_REMAINING,
    S_REMAINING_UNIT,
    S_SETUP,
    S_STATE,
    ST_WAITING,
    STEP_CONSTANTS,
    T_SETUP,
)
from twin.engine.chain import take_out_of
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.line_up import insert_sorted
from twin.engine.own import own_value
from twin.engine.ranks import atcs_value, first_deadline, next_work, queued_work, step_due, step_time

CR_BITS = 10
"""Critical ratio is compared in steps of 2^-10."""


@njit
def setup_ticks(L: Memory, S: Memory, g: Int, tool: Int, want: Int) -> Int:
    """Time to set a tool up for a step [tick]; 0 where the step needs none or the tool is set."""
    have = S[tool + T_SETUP]
    if want == 0 or want == have:
        return 0
    return L[L[S[g + Q_CONST] + G_SETUP] + have * (L[S[g + Q_CONST] + G_SETUPS] + 1) + want]


@njit
def work_left(L: Memory, S: Memory, lot: Int) -> Int:
    """Mean process time still ahead of a lot, its present step included [tick]."""
    step = S[lot + LOT_STEP]
    return L[step + S_REMAINING] + L[step + S_REMAINING_UNIT] * S[lot + LOT_UNITS]


@njit
def rank_value(L: Memory, S: Memory, now: Int, g: Int, lot: Int, tool: Int, rank: Int) -> Int:
    """What a rank compares, smaller first; `tool` may be NONE where the rank does not look at it."""
    if rank == RANK_PRIORITY:
        return -S[lot + LOT_PRIORITY]
    if rank == RANK_FIFO:
        return S[lot + LOT_SINCE]
    if rank == RANK_LIFO:
        return -S[lot + LOT_SINCE]
    if rank == RANK_EDD:
        return S[lot + LOT_DUE]
    step = S[lot + LOT_STEP]
    if rank == RANK_CR:
        if S[lot + LOT_DUE] == NEVER:
            return NEVER
        return ((S[lot + LOT_DUE] - now) << CR_BITS) // max(work_left(L, S, lot), 1)
    if rank == RANK_LEAST_SETUP:
        return setup_ticks(L, S, g, tool, L[step + S_SETUP])
    if rank == RANK_SPT:
        return step_time(L, S, lot)
    if rank >= RANK_OWN:
        setup = 0 if tool == NONE else setup_ticks(L, S, g, tool, L[step + S_SETUP])
        return own_value(L, S, now, g, lot, tool, setup, rank - RANK_OWN)
    if rank >= RANK_ODD:
        return weighed_value(L, S, now, g, lot, tool, rank)
    return work_left(L, S, lot)


@njit_apart
def weighed_value(L: Memory, S: Memory, now: Int, g: Int, lot: Int, tool: Int, rank: Int) -> Int:
    """What the ranks compare that weigh due dates, setups and what lies ahead, smaller first."""
    step = S[lot + LOT_STEP]
    if rank == RANK_ODD:
        return step_due(L, S, lot)
    if rank == RANK_LEAST_SLACK:
        return NEVER if S[lot + LOT_DUE] == NEVER else S[lot + LOT_DUE] - work_left(L, S, lot)
    if rank == RANK_ATCS:
        return atcs_value(L, S, now, g, lot, setup_ticks(L, S, g, tool, L[step + S_SETUP]))
    if rank == RANK_SETUP_CAMPAIGN:
        return 0 if L[step + S_SETUP] == 0 or L[step + S_SETUP] == S[g + Q_CAMPAIGN] else 1
    if rank == RANK_LINE_BALANCE:
        return next_work(L, S, lot)
    if rank == RANK_QUEUE_LIMIT:
        return first_deadline(L, S, lot)
    return S[lot + LOT_RELEASED]


@njit_apart
def sort_again(L: Memory, S: Memory, now: Int, g: Int) -> None:
    """Put a queue into the order of a rule that has changed: by arrival, then by the rule's first rank."""
    sort = L[S[g + Q_CONST] + G_SORT]
    for rank in (RANK_FIFO, sort):
        lot = S[g + Q_HEAD]
        S[g + Q_HEAD] = S[g + Q_TAIL] = NONE
        while lot != NONE:
            after = S[lot + LOT_NEXT]
            insert_sorted(S, g, lot, 0 if rank == RANK_NONE else rank_value(L, S, now, g, lot, NONE, rank))
            lot = after


@njit_apart
def count_waiting(L: Memory, S: Memory, g: Int, lot: Int, sign: Int) -> None:
    """A lot comes to a queue (sign 1) or leaves it (-1): the units of its batch family, the work of its toolgroup."""
    counts = L[S[g + Q_CONST] + G_BATCHES]
    if counts & COUNT_BATCHES:
        S[L[S[lot + LOT_STEP] + S_FAMILY] + ST_WAITING] += sign * S[lot + LOT_UNITS]
    if counts & COUNT_WORK:
        S[g + Q_WORK] += sign * queued_work(L, S, lot)


@njit_apart
def count_again(L: Memory, S: Memory) -> None:
    """Count what waits anew, since times, batches and rules may have changed."""
    for step in range(L[H_STEP], S[S[C_GROUP] + Q_CONST], STEP_CONSTANTS):
        S[L[step + S_STATE] + ST_WAITING] = 0
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        S[g + Q_WORK] = 0
        lot = S[g + Q_HEAD]
        while lot != NONE:
            count_waiting(L, S, g, lot, 1)
            lot = S[lot + LOT_NEXT]


@njit
def enqueue(L: Memory, S: Memory, now: Int, g: Int, lot: Int) -> None:
    """Put a lot into the queue of its toolgroup, behind those that the first rank of the rule puts no later."""
    sort = L[S[g + Q_CONST] + G_SORT]
    S[lot + LOT_STATE] = LOT_QUEUED
    insert_sorted(S, g, lot, 0 if sort == RANK_NONE else rank_value(L, S, now, g, lot, NONE, sort))
    S[g + Q_LOTS] += 1
    S[g + Q_AREA] -= now
    if L[S[g + Q_CONST] + G_BATCHES] != 0:
        count_waiting(L, S, g, lot, 1)


@njit
def remove(L: Memory, S: Memory, now: Int, g: Int, lot: Int) -> None:
    """Take a lot out of the queue of its toolgroup."""
    take_out_of(S, g + Q_HEAD, LOT_NEXT, lot)
    S[g + Q_LOTS] -= 1
    S[g + Q_AREA] += now
    if L[S[g + Q_CONST] + G_BATCHES] != 0:
        count_waiting(L, S, g, lot, -1)
