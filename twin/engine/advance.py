"""One world stepped forward: the only way time passes."""

from twin.arrays.calendar_fields import EV_CALENDAR
from twin.arrays.fields import (
    C_CLOCK,
    C_FREE,
    C_GROUP,
    C_HOLE,
    C_KEY,
    C_LOG_N,
    C_LOG_STOP,
    C_LOG_WHAT,
    C_NOW,
    C_PHASE,
    C_PRODUCT,
    C_REPLICATION,
    C_SAME,
    C_SEED,
    C_STARTED,
    C_STATUS,
    C_TODO_N,
    C_TOOL,
    C_WHO,
    DEADLOCK,
    DO_CALL,
    DO_CHAMBERS,
    DO_INDEX,
    DO_LOT,
    DO_TOOL,
    EMPTY,
    EV_CLOCK,
    EV_INDEX,
    EV_LOT,
    EV_RELEASE,
    EV_STEP,
    EV_TOOL,
    G_START,
    GROUP_FIELDS,
    H_CALENDARS,
    H_CARRIED,
    H_FREEZES,
    H_PHASE,
    H_TRACKED,
    H_WIP,
    H_WIPS,
    I_DUE,
    I_PRIORITY,
    I_PRODUCT,
    I_STEP,
    I_UNITS,
    INDEX_BITS,
    INDEX_MASK,
    KIND_MASK,
    LOG_FULL,
    LOT_COUNTS,
    LOT_KEY,
    LOT_SERIAL,
    LOT_STEP,
    LOT_VISIT,
    LOT_WEIGHT,
    LOTS_FULL,
    NEVER,
    NO_BELT,
    NO_PROGRESS,
    NONE,
    P_KEY,
    P_KIND,
    P_LIMIT,
    P_ROW,
    P_ROWS,
    P_START,
    PR_CONST,
    PR_KEY,
    PR_RELEASED,
    PR_SERIAL,
    PRODUCT_FIELDS,
    Q_BLOCK_HEAD,
    Q_BLOCK_TAIL,
    Q_CONST,
    Q_HEAD,
    Q_IDLE_HEAD,
    Q_IDLE_TAIL,
    Q_TAIL,
    R_TIME,
    RELEASE_EVERY,
    RELEASE_MIX,
    RELEASE_SATURATED,
    RELEASE_SCHEDULE,
    RELEASE_WIP,
    RUNNING_WORLD,
    S_GROUP,
    STARVED,
    T_BACK,
    T_BACK_EVENT,
    T_BELT,
    T_BY,
    T_CLAIM,
    T_CREW,
    T_CUT,
    T_DO,
    T_END,
    T_EVENT,
    T_GROUP,
    T_LOT,
    T_PLACE,
    T_SECTION,
    T_SPECIAL,
    T_STANDBY,
    T_STATE,
    T_STAY,
    T_TASK,
    T_WANTS,
    TICK_SHIFT,
    TOOL_FIELDS,
    UNKNOWN,
    W_STATE,
    WIP_FIELDS,
    WIP_SERIAL,
)
from twin.engine.buffers import change_places, fill_again
from twin.engine.calendars import calendar_event, start_calendars
from twin.engine.calls import call_first
from twin.engine.carriers import on_at_start, start_carriers
from twin.engine.chambers import begin_chambers
from twin.engine.clocks import clock_event, come_up, start_clocks
from twin.engine.condition import start_conditions
from twin.engine.crew import start_crews
from twin.engine.frozen import is_frozen
from twin.engine.heap import next_event, push
from twin.engine.indexed import index_event
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.load import seek_work
from twin.engine.lots import begin_tracking, new_lot, weight_of
from twin.engine.moves import admit
from twin.engine.open_time import next_release
from twin.engine.passage import come_to_step
from twin.engine.phase import begin_phase, call_tools
from twin.engine.release_mix import first_of_mix
from twin.engine.rng import sub_key
from twin.engine.section import move_section
from twin.engine.todo import do_next, take_next
from twin.engine.tool_states import place_tools
from twin.engine.work import arrive, lot_event, release_event, step_event, tool_event

SAME_TICK = 1 << 22
"""Events at one tick after which a world is said to make no progress."""


@njit
def advance(L: Memory, S: Memory, until: Int) -> None:
    """Work off every event before tick `until`; stops early with a status if the world cannot go on.

    L, S: memory of the line and of one world, laid out in `twin.arrays.memory`
    """
    if S[C_STARTED] == 0:
        start(L, S)
    if S[C_PHASE] != L[H_PHASE]:
        begin_phase(L, S, S[C_NOW])
    while S[C_STATUS] == RUNNING_WORLD:
        work_off(L, S, S[C_NOW])
        if S[C_STATUS] != RUNNING_WORLD:
            break
        if S[C_LOG_N] > S[C_LOG_STOP]:
            S[C_STATUS] = LOG_FULL
            break
        key = next_event(S)
        now = key >> TICK_SHIFT
        if L[H_FREEZES] == 1 and is_frozen(L, S, key):
            S[C_STATUS], S[C_WHO] = DEADLOCK, NONE
            break
        if now >= until:
            S[C_NOW] = until
            S[C_SAME] = 0
            break
        kind = (key >> INDEX_BITS) & KIND_MASK
        if kind == EV_RELEASE and S[C_FREE] == NONE:
            S[C_STATUS] = LOTS_FULL
            break
        if now == S[C_NOW]:
            S[C_SAME] += 1
            if S[C_SAME] > SAME_TICK:
                S[C_STATUS] = NO_PROGRESS
                break
        else:
            S[C_SAME] = 0
            S[C_NOW] = now
        S[C_HOLE] = 1
        one_event(L, S, now, kind, key & INDEX_MASK)


@njit
def one_event(L: Memory, S: Memory, now: Int, kind: Int, index: Int) -> None:
    """Hand an event to whom it concerns."""
    if kind == EV_TOOL:
        tool_event(L, S, now, index)
    elif kind == EV_LOT:
        lot_event(L, S, now, index)
    elif kind == EV_RELEASE:
        release_event(L, S, now, index)
    elif kind == EV_CLOCK:
        clock_event(L, S, now, index)
    elif kind == EV_STEP:
        step_event(L, S, now, index)
    elif kind == EV_CALENDAR:
        calendar_event(L, S, now, index)
    elif kind == EV_INDEX:
        index_event(S, now, index)
    else:
        come_up(L, S, now, index)


@njit
def work_off(L: Memory, S: Memory, now: Int) -> None:
    """Do what is left to do at this tick: lots arrive, tools take work, blocked lots move."""
    while S[C_TODO_N] > 0 and S[C_STATUS] == RUNNING_WORLD:
        entry = take_next(S)
        what = entry >> INDEX_BITS
        index = entry & INDEX_MASK
        if what == DO_TOOL:
            seek_work(L, S, now, index)
        elif what == DO_LOT:
            arrive(L, S, now, index)
        elif what == DO_CALL:
            call_first(L, S, index)
        elif what == DO_CHAMBERS:
            begin_chambers(L, S, now, index)
        elif what == DO_INDEX:
            move_section(L, S, now, index)
        else:
            admit(L, S, now, index)


@njit_apart
def start(L: Memory, S: Memory) -> None:
    """Time 0: keys, empty lists, clocks, the lots already there, the first releases, every tool looking for work."""
    S[C_STARTED] = 1
    S[C_KEY] = sub_key(sub_key(0, S[C_SEED]), S[C_REPLICATION])
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        for column in (Q_HEAD, Q_TAIL, Q_IDLE_HEAD, Q_IDLE_TAIL, Q_BLOCK_HEAD, Q_BLOCK_TAIL):
            S[g + column] = NONE
    for tool in range(S[C_TOOL], S[C_PRODUCT], TOOL_FIELDS):
        S[tool + T_STATE], S[tool + T_DO] = STARVED, EMPTY
        S[tool + T_END] = S[tool + T_EVENT] = S[tool + T_BACK] = S[tool + T_BACK_EVENT] = NEVER
        S[tool + T_LOT] = S[tool + T_CUT] = S[tool + T_BY] = S[tool + T_STAY] = NONE
        S[tool + T_CREW] = S[tool + T_TASK] = NONE
        S[tool + T_CLAIM] = S[tool + T_PLACE] = S[tool + T_WANTS] = NONE
        S[tool + T_SPECIAL] = is_special(L, S, tool)
    start_crews(L, S)
    start_carriers(L, S)
    start_clocks(L, S, S[C_KEY])
    start_conditions(L, S)
    call_tools(L, S)
    fill_again(L, S, 0)
    for product in range(S[C_PRODUCT], S[C_CLOCK], PRODUCT_FIELDS):
        S[product + PR_KEY] = sub_key(S[C_KEY], L[S[product + PR_CONST] + P_KEY])
    place_tools(L, S)
    place_wip(L, S)
    for product in range(S[C_PRODUCT], S[C_CLOCK], PRODUCT_FIELDS):
        first_releases(L, S, product)
    start_calendars(L, S)
    for tool in range(S[C_TOOL], S[C_PRODUCT], TOOL_FIELDS):
        do_next(S, DO_TOOL, tool)


@njit_apart
def is_special(L: Memory, S: Memory, tool: Int) -> bool:
    """Whether a tool is a conveyor or in a section, reserves places, tries in slots, has standby, may close, or tells
    the log of its states."""
    moves = S[tool + T_BELT] != NO_BELT or S[tool + T_SECTION] != 0
    starts = L[S[S[tool + T_GROUP] + Q_CONST] + G_START] != 0
    told = S[tool + T_STANDBY] != 0 or (S[C_LOG_WHAT] >> W_STATE) & 1 == 1
    return bool(moves or starts or told or L[H_CALENDARS] > 0)


@njit_apart
def place_wip(L: Memory, S: Memory) -> None:
    """Lots in the line at the start queue at their step; they are numbered apart and never count as completed."""
    for i in range(L[H_WIPS]):
        at = L[H_WIP] + i * WIP_FIELDS
        product = L[at + I_PRODUCT]
        lot = new_lot(L, S, 0, product, L[at + I_UNITS], L[at + I_PRIORITY], L[at + I_DUE])
        S[lot + LOT_COUNTS] = 0
        S[lot + LOT_SERIAL] = WIP_SERIAL + i
        S[lot + LOT_KEY] = sub_key(S[product + PR_KEY], WIP_SERIAL + i)
        S[lot + LOT_WEIGHT] = weight_of(L, S, lot)
        if L[H_TRACKED] != NONE:
            begin_tracking(L, S, lot, UNKNOWN)
        S[product + PR_SERIAL] -= 1
        S[product + PR_RELEASED] -= 1
        S[lot + LOT_STEP] = L[at + I_STEP]
        S[lot + LOT_VISIT] = 1
        if L[H_CARRIED] != NONE:
            on_at_start(L, S, lot)
        come_to_step(L, S, 0, lot)
        change_places(L, S, 0, L[S[lot + LOT_STEP] + S_GROUP], 1)
        do_next(S, DO_LOT, lot)


@njit_apart
def first_releases(L: Memory, S: Memory, product: Int) -> None:
    """Plan a product's first release, or all lots of a constant WIP."""
    const = S[product + PR_CONST]
    kind = L[const + P_KIND]
    if L[const + P_LIMIT] <= 0:
        return
    if kind == RELEASE_EVERY:
        push(S, next_release(L, S, product, L[const + P_START], 0), EV_RELEASE, product)
    elif kind == RELEASE_SCHEDULE:
        if L[const + P_ROWS] > 0:
            push(S, L[L[const + P_ROW] + R_TIME], EV_RELEASE, product)
    elif kind == RELEASE_SATURATED and L[const + P_START] > 0:
        push(S, L[const + P_START], EV_RELEASE, product)
    elif kind == RELEASE_MIX:
        first_of_mix(L, S, product)
    elif kind == RELEASE_WIP:
        push(S, L[const + P_START], EV_RELEASE, product)  # each release plans the next until there are enough
