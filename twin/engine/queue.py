"""Lots waiting in front of a toolgroup, kept sorted by the first rank of its rule; the choice among them."""

from twin.arrays.fields import (
    C_NOW,
    G_BATCHES,
    G_FIRST,
    G_MIN_RUN,
    G_RANK,
    G_SETUP,
    G_SETUPS,
    G_SORT,
    H_EXTRA,
    LOT_DUE,
    LOT_NEXT,
    LOT_PREV,
    LOT_PRIORITY,
    LOT_QUEUED,
    LOT_SINCE,
    LOT_SORT,
    LOT_STATE,
    LOT_STEP,
    LOT_UNITS,
    LX_HELD,
    NEVER,
    NONE,
    PER_UNIT,
    Q_AREA,
    Q_CONST,
    Q_HEAD,
    Q_IDLE_HEAD,
    Q_LOTS,
    Q_TAIL,
    RANK_CR,
    RANK_EDD,
    RANK_FIFO,
    RANK_LEAST_SETUP,
    RANK_LIFO,
    RANK_NONE,
    RANK_OWN,
    RANK_PRIORITY,
    RANK_SPT,
    RANKS,
    S_BATCH_MAX,
    S_BATCH_MIN,
    S_EVERY,
    S_EXTRA,
    S_INSIDE,
    S_MEAN,
    S_PER,
    S_REMAINING,
    S_REMAINING_UNIT,
    S_SETUP,
    S_STATE,
    S_USE,
    ST_WAITING,
    T_LOTS,
    T_MIN_RUN,
    T_NEXT,
    T_SETUP,
)
from twin.engine.batches import batch_ready
from twin.engine.chain import insert_after, take_out_of
from twin.engine.extras import extra_allows, is_shut
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.own import own_value

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


@njit_apart
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
        return L[step + S_MEAN] * (S[lot + LOT_UNITS] if L[step + S_PER] == PER_UNIT else 1)
    if rank >= RANK_OWN:
        setup = 0 if tool == NONE else setup_ticks(L, S, g, tool, L[step + S_SETUP])
        return own_value(L, S, now, g, lot, tool, setup, rank - RANK_OWN)
    return work_left(L, S, lot)


@njit
def insert_sorted(S: Memory, g: Int, lot: Int, value: Int) -> None:
    """Put a lot into a queue behind those whose value is no larger."""
    S[lot + LOT_SORT] = value
    before = S[g + Q_TAIL]
    if before != NONE and value < S[S[g + Q_HEAD] + LOT_SORT]:
        before = NONE  # in front of all: last in, first out would walk the whole queue each time
    while before != NONE and S[before + LOT_SORT] > value:
        before = S[before + LOT_PREV]
    insert_after(S, g + Q_HEAD, LOT_NEXT, lot, before)


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


@njit
def enqueue(L: Memory, S: Memory, now: Int, g: Int, lot: Int) -> None:
    """Put a lot into the queue of its toolgroup, behind those that the first rank of the rule puts no later."""
    sort = L[S[g + Q_CONST] + G_SORT]
    S[lot + LOT_STATE] = LOT_QUEUED
    insert_sorted(S, g, lot, 0 if sort == RANK_NONE else rank_value(L, S, now, g, lot, NONE, sort))
    S[g + Q_LOTS] += 1
    S[g + Q_AREA] -= now
    if L[S[g + Q_CONST] + G_BATCHES] == 1:
        S[L[S[lot + LOT_STEP] + S_STATE] + ST_WAITING] += S[lot + LOT_UNITS]


@njit
def remove(L: Memory, S: Memory, now: Int, g: Int, lot: Int) -> None:
    """Take a lot out of the queue of its toolgroup."""
    take_out_of(S, g + Q_HEAD, LOT_NEXT, lot)
    S[g + Q_LOTS] -= 1
    S[g + Q_AREA] += now
    if L[S[g + Q_CONST] + G_BATCHES] == 1:
        S[L[S[lot + LOT_STEP] + S_STATE] + ST_WAITING] -= S[lot + LOT_UNITS]


@njit
def may_run(L: Memory, S: Memory, tool: Int, step: Int) -> bool:
    """Whether this tool may run this step now: its minimum run, room inside, an empty tool for a run of its own."""
    if S[tool + T_MIN_RUN] > 0 and L[step + S_SETUP] != 0 and L[step + S_SETUP] != S[tool + T_SETUP]:
        return False
    return S[tool + T_LOTS] == 0 or (L[step + S_EVERY] != NONE and S[tool + T_LOTS] < L[step + S_INSIDE])


@njit
def is_free_for(L: Memory, S: Memory, lot: Int, tool: Int) -> bool:
    """Whether a lot is dedicated to this tool or to none."""
    slot = L[S[lot + LOT_STEP] + S_USE]
    return slot == NONE or S[lot + slot] == NONE or S[lot + slot] == tool


@njit_apart
def units_for(L: Memory, S: Memory, g: Int, step: Int, tool: Int) -> Int:
    """Units that wait at a step and may run on this tool."""
    units = 0
    lot = S[g + Q_HEAD]
    while lot != NONE:
        if S[lot + LOT_STEP] == step and is_free_for(L, S, lot, tool):
            units += S[lot + LOT_UNITS]
        lot = S[lot + LOT_NEXT]
    return units


@njit
def may_take(L: Memory, S: Memory, g: Int, lot: Int, tool: Int) -> bool:
    """Whether this tool may take this lot now: dedication, minimum run, the step's extras, a batch to start."""
    step = S[lot + LOT_STEP]
    if not is_free_for(L, S, lot, tool) or not may_run(L, S, tool, step):
        return False
    if L[step + S_EXTRA] != NONE:
        return extra_takes(L, S, g, lot, tool)
    if L[step + S_BATCH_MAX] > 0 and L[step + S_USE] != NONE:
        return units_for(L, S, g, step, tool) >= L[step + S_BATCH_MIN]
    return L[step + S_BATCH_MAX] == 0 or S[L[step + S_STATE] + ST_WAITING] >= L[step + S_BATCH_MIN]


@njit_apart
def extra_takes(L: Memory, S: Memory, g: Int, lot: Int, tool: Int) -> bool:
    """As `may_take`, for a lot at a step with a word more that the tool is otherwise free for.

    A gate that alone keeps the tool from the lot holds it from now on.
    """
    step = S[lot + LOT_STEP]
    extra = L[step + S_EXTRA]
    if not extra_allows(L, S, tool, extra):
        return False
    if is_shut(L, S, extra):
        held = lot + L[H_EXTRA] + LX_HELD
        if S[held] == NONE:
            S[held] = S[C_NOW]
        return False
    if L[step + S_BATCH_MAX] == 0:
        return True
    units = S[L[step + S_STATE] + ST_WAITING] if L[step + S_USE] == NONE else units_for(L, S, g, step, tool)
    return batch_ready(L, S, g, step, extra, units)


@njit
def idle_tool_for(L: Memory, S: Memory, g: Int, lot: Int) -> Int:
    """The idle tool to call for a lot: of those that may take it the fastest to set up, the longest idle."""
    step = S[lot + LOT_STEP]
    few = L[step + S_BATCH_MAX] > 0 and S[L[step + S_STATE] + ST_WAITING] < L[step + S_BATCH_MIN]
    if few and L[step + S_EXTRA] == NONE:
        return NONE
    best = NONE
    least: Int = NEVER
    tool = S[g + Q_IDLE_HEAD]
    while tool != NONE and least > 0:
        if may_take(L, S, g, lot, tool):
            ticks = setup_ticks(L, S, g, tool, L[step + S_SETUP])
            if ticks < least:
                best, least = tool, ticks
        tool = S[tool + T_NEXT]
    return best


@njit
def comes_before(L: Memory, S: Memory, now: Int, g: Int, lot: Int, best: Int, tool: Int) -> bool:
    """Whether the ranks after the first put `lot` strictly before `best`."""
    for k in range(RANKS):
        rank = L[S[g + Q_CONST] + G_RANK + k]
        if rank == RANK_NONE:
            return False
        a = rank_value(L, S, now, g, lot, tool, rank)
        b = rank_value(L, S, now, g, best, tool, rank)
        if a != b:
            return bool(a < b)
    return False


@njit
def choose(L: Memory, S: Memory, now: Int, g: Int, tool: Int, only_step: Int, room: Int) -> Int:
    """The lot this tool takes next, NONE if it may take none.

    only_step: further lots of a batch must be at this step (NONE: any) and of at most `room` units
    """
    lot = S[g + Q_HEAD]
    best = NONE
    first_wins = L[S[g + Q_CONST] + G_FIRST] == 1
    unset = L[S[g + Q_CONST] + G_RANK] == RANK_LEAST_SETUP and L[S[g + Q_CONST] + G_RANK + 1] == RANK_NONE
    while lot != NONE:
        if best != NONE and S[lot + LOT_SORT] != S[best + LOT_SORT]:
            break
        fits = S[lot + LOT_STEP] == only_step and S[lot + LOT_UNITS] <= room and is_free_for(L, S, lot, tool)
        if fits or (only_step == NONE and may_take(L, S, g, lot, tool)):
            if best == NONE or comes_before(L, S, now, g, lot, best, tool):
                best = lot
            if first_wins:
                break
            if unset and setup_ticks(L, S, g, tool, L[S[best + LOT_STEP] + S_SETUP]) == 0:
                break  # nobody behind it can be set up faster
        lot = S[lot + LOT_NEXT]
    return best


@njit
def start_min_run(L: Memory, S: Memory, g: Int, tool: Int, state: Int) -> None:
    """A tool was set up anew: it must now run this many lots before it is set up otherwise."""
    S[tool + T_SETUP] = state
    S[tool + T_MIN_RUN] = L[L[S[g + Q_CONST] + G_MIN_RUN] + state]
