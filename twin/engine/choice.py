"""Which waiting lot a tool takes, and which idle tool a lot."""

from twin.arrays.fields import (
    C_NOW,
    DRAW_TOOL,
    E_SEQUENCE,
    E_TAKES,
    G_EARLY,
    G_FIRST,
    G_MIN_RUN,
    G_RANK,
    G_RANKS,
    G_RESERVE,
    G_WAKE,
    G_WEIGH,
    H_EXTRA,
    LOT_NEXT,
    LOT_PRIORITY,
    LOT_SORT,
    LOT_STEP,
    LOT_UNITS,
    LX_HELD,
    NEVER,
    NONE,
    Q_CAMPAIGN,
    Q_CONST,
    Q_HEAD,
    Q_IDLE,
    Q_IDLE_HEAD,
    Q_MEAN_SETUP,
    Q_MEAN_TIME,
    Q_RESERVED,
    RANK_LEAST_SETUP,
    RANK_NONE,
    S_BATCH_MAX,
    S_BATCH_MIN,
    S_EVERY,
    S_EXTRA,
    S_FAMILY,
    S_INSIDE,
    S_SETUP,
    S_USE,
    ST_WAITING,
    T_GROUP,
    T_IDLE,
    T_LOTS,
    T_MIN_RUN,
    T_NEXT,
    T_SETUP,
    WAKE_FIRST,
    WAKE_LEAST_SETUP,
    WAKE_RANDOM,
    WEIGH_ATCS,
    WEIGH_CAMPAIGN,
)
from twin.engine.batches import batch_ready
from twin.engine.carriers import lacks_carrier
from twin.engine.extras import extra_allows, is_shut
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.lots import chance
from twin.engine.queue import rank_value, setup_ticks
from twin.engine.ranks import step_time
from twin.engine.turns import is_turn


@njit_apart
def waits_for_setup(L: Memory, S: Memory, g: Int, setup: Int) -> bool:
    """Whether a lot waits that needs this setup."""
    lot = S[g + Q_HEAD]
    while lot != NONE:
        if L[S[lot + LOT_STEP] + S_SETUP] == setup:
            return True
        lot = S[lot + LOT_NEXT]
    return False


@njit
def may_run(L: Memory, S: Memory, tool: Int, step: Int) -> bool:
    """Whether this tool may run this step now: its minimum run, room inside, an empty tool for a run of its own."""
    if S[tool + T_MIN_RUN] > 0 and L[step + S_SETUP] != 0 and L[step + S_SETUP] != S[tool + T_SETUP]:
        g = S[tool + T_GROUP]
        if L[S[g + Q_CONST] + G_EARLY] == 0 or waits_for_setup(L, S, g, S[tool + T_SETUP]):
            return False
    return S[tool + T_LOTS] == 0 or (L[step + S_EVERY] != NONE and S[tool + T_LOTS] < L[step + S_INSIDE])


@njit
def is_free_for(L: Memory, S: Memory, lot: Int, tool: Int) -> bool:
    """Whether a lot is dedicated to this tool or to none."""
    slot = L[S[lot + LOT_STEP] + S_USE]
    return slot == NONE or S[lot + slot] == NONE or S[lot + slot] == tool


@njit_apart
def units_for(L: Memory, S: Memory, g: Int, step: Int, tool: Int) -> Int:
    """Units that wait for a batch with this step and may run on this tool."""
    units = 0
    lot = S[g + Q_HEAD]
    while lot != NONE:
        if L[S[lot + LOT_STEP] + S_FAMILY] == L[step + S_FAMILY] and is_free_for(L, S, lot, tool):
            units += S[lot + LOT_UNITS]
        lot = S[lot + LOT_NEXT]
    return units


@njit
def may_take(L: Memory, S: Memory, g: Int, lot: Int, tool: Int) -> bool:
    """Whether this tool may take this lot now: dedication, minimum run, the step's extras, a batch to start."""
    step = S[lot + LOT_STEP]
    # the tool itself counts among the idle ones unless it is about to be
    if S[g + Q_RESERVED] > 0 and is_held_back(L, S, g, lot, S[g + Q_IDLE] + 1 - S[tool + T_IDLE]):
        return False
    if not is_free_for(L, S, lot, tool) or not may_run(L, S, tool, step):
        return False
    if L[step + S_EXTRA] != NONE:
        return extra_takes(L, S, g, lot, tool)
    if L[step + S_BATCH_MAX] > 0 and L[step + S_USE] != NONE:
        return units_for(L, S, g, step, tool) >= L[step + S_BATCH_MIN]
    return L[step + S_BATCH_MAX] == 0 or S[L[step + S_FAMILY] + ST_WAITING] >= L[step + S_BATCH_MIN]


@njit
def is_held_back(L: Memory, S: Memory, g: Int, lot: Int, idle: Int) -> bool:
    """Whether a lot has to leave so many idle tools to lots on their way that have a tool reserved."""
    return S[g + Q_RESERVED] >= idle and S[lot + LOT_PRIORITY] < L[S[g + Q_CONST] + G_RESERVE]


@njit_apart
def extra_takes(L: Memory, S: Memory, g: Int, lot: Int, tool: Int) -> bool:
    """As `may_take`, for a lot at a step with a word more that the tool is otherwise free for.

    A gate that alone keeps the tool from the lot holds it from now on.
    """
    step = S[lot + LOT_STEP]
    extra = L[step + S_EXTRA]
    if L[extra + E_SEQUENCE] == 1 and not is_turn(L, S, lot, tool):
        return False
    if not extra_allows(L, S, tool, extra):
        return False
    if L[extra + E_TAKES] != 0 and lacks_carrier(L, S, lot, extra):
        return False
    if is_shut(L, S, extra):
        held = lot + L[H_EXTRA] + LX_HELD
        if S[held] == NONE:
            S[held] = S[C_NOW]
        return False
    if L[step + S_BATCH_MAX] == 0:
        return True
    units = S[L[step + S_FAMILY] + ST_WAITING] if L[step + S_USE] == NONE else units_for(L, S, g, step, tool)
    return batch_ready(L, S, g, step, extra, units)


@njit
def idle_tool_for(L: Memory, S: Memory, g: Int, lot: Int) -> Int:
    """The idle tool to call for a lot, of those that may take it.

    The fastest to set up or, where the document says so, the first by another order whatever its setup; of several
    alike an empty one before one that has a lot inside, then the longest idle.
    """
    step = S[lot + LOT_STEP]
    if S[g + Q_RESERVED] > 0 and is_held_back(L, S, g, lot, S[g + Q_IDLE]):
        return NONE
    few = L[step + S_BATCH_MAX] > 0 and S[L[step + S_FAMILY] + ST_WAITING] < L[step + S_BATCH_MIN]
    if few and L[step + S_EXTRA] == NONE:
        return NONE
    best = NONE
    least: Int = NEVER
    wake = L[S[g + Q_CONST] + G_WAKE]
    if wake == WAKE_RANDOM:
        return any_idle_tool_for(L, S, g, lot)
    tool = S[g + Q_IDLE_HEAD]
    while tool != NONE and least > 0:
        if may_take(L, S, g, lot, tool):
            if wake == WAKE_LEAST_SETUP:
                cost = setup_ticks(L, S, g, tool, L[step + S_SETUP])
            else:
                cost = tool if wake == WAKE_FIRST else 0
            cost = 2 * cost + (S[tool + T_LOTS] > 0)
            if cost < least:
                best, least = tool, cost
        tool = S[tool + T_NEXT]
    return best


@njit_apart
def any_idle_tool_for(L: Memory, S: Memory, g: Int, lot: Int) -> Int:
    """An idle tool that may take a lot, from one picked at random on; NONE if none may."""
    idle = S[g + Q_IDLE]
    tool = S[g + Q_IDLE_HEAD]
    for _ in range((chance(S, lot, DRAW_TOOL) * idle) >> 32):
        tool = S[tool + T_NEXT]
    for _ in range(idle):
        if may_take(L, S, g, lot, tool):
            return tool
        tool = S[tool + T_NEXT]
        if tool == NONE:
            tool = S[g + Q_IDLE_HEAD]
    return NONE


@njit
def comes_before(L: Memory, S: Memory, now: Int, g: Int, lot: Int, best: Int, tool: Int) -> bool:
    """Whether the ranks after the first put `lot` strictly before `best`."""
    for k in range(L[S[g + Q_CONST] + G_RANKS]):
        rank = L[S[g + Q_CONST] + G_RANK + k]
        a = rank_value(L, S, now, g, lot, tool, rank)
        b = rank_value(L, S, now, g, best, tool, rank)
        if a != b:
            return bool(a < b)
    return False


@njit_apart
def weigh(L: Memory, S: Memory, g: Int, tool: Int) -> None:
    """Find out once for a choice what its ranks compare lots with: means over the queue, the setup of the campaign."""
    if L[S[g + Q_CONST] + G_WEIGH] & WEIGH_ATCS:
        lots = 0
        time: Int = 0
        setup: Int = 0
        lot = S[g + Q_HEAD]
        while lot != NONE:
            lots += 1
            time += step_time(L, S, lot)
            setup += setup_ticks(L, S, g, tool, L[S[lot + LOT_STEP] + S_SETUP])
            lot = S[lot + LOT_NEXT]
        S[g + Q_MEAN_TIME] = max(1, time // max(lots, 1))
        S[g + Q_MEAN_SETUP] = 0 if setup == 0 else max(1, setup // lots)
    if L[S[g + Q_CONST] + G_WEIGH] & WEIGH_CAMPAIGN:
        S[g + Q_CAMPAIGN] = campaign(L, S, g, tool)


@njit_apart
def campaign(L: Memory, S: Memory, g: Int, tool: Int) -> Int:
    """The setup a tool goes on with: its own while lots wait that need it or none, else the one most units wait for.

    Of several the one whose first lot comes first in the queue.
    """
    best, most = S[tool + T_SETUP], 0
    lot = S[g + Q_HEAD]
    while lot != NONE:
        setup = L[S[lot + LOT_STEP] + S_SETUP]
        if may_take(L, S, g, lot, tool):
            if setup == 0 or setup == S[tool + T_SETUP]:
                return S[tool + T_SETUP]
            units = 0
            other = lot  # those before it were counted with their first
            while other != NONE:
                if L[S[other + LOT_STEP] + S_SETUP] == setup and is_free_for(L, S, other, tool):
                    units += S[other + LOT_UNITS]
                other = S[other + LOT_NEXT]
            if units > most:
                best, most = setup, units
        lot = S[lot + LOT_NEXT]
    return best


@njit_apart
def choose(L: Memory, S: Memory, now: Int, g: Int, tool: Int, only_step: Int, room: Int) -> Int:
    """The lot this tool takes next, NONE if it may take none.

    only_step: further lots of a batch must be at this step (NONE: any) or one of its batch family, and of at most
               `room` units
    """
    if only_step == NONE and L[S[g + Q_CONST] + G_WEIGH] != 0:
        weigh(L, S, g, tool)
    family = NONE if only_step == NONE else L[only_step + S_FAMILY]
    lot = S[g + Q_HEAD]
    best = NONE
    first_wins = L[S[g + Q_CONST] + G_FIRST] == 1
    unset = L[S[g + Q_CONST] + G_RANK] == RANK_LEAST_SETUP and L[S[g + Q_CONST] + G_RANK + 1] == RANK_NONE
    while lot != NONE:
        if best != NONE and S[lot + LOT_SORT] != S[best + LOT_SORT]:
            break
        fits = L[S[lot + LOT_STEP] + S_FAMILY] == family and S[lot + LOT_UNITS] <= room and is_free_for(L, S, lot, tool)
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
