"""What a tool takes next, and how long it is on it."""

from twin.arrays.calendar_fields import OPEN
from twin.arrays.fields import (
    C_MOVED,
    C_STATUS,
    DO_SPACE,
    DO_TOOL,
    DRAW_TIME,
    DRAWS,
    E_PARTS,
    E_TAKES,
    EMPTY,
    ENTERING,
    EV_LOT,
    FAILED,
    G_ATTENDED,
    G_BUFFER,
    G_CLEARS,
    G_CREW,
    G_GATES,
    G_LOAD,
    G_SATURATED,
    G_SETUPS,
    G_START,
    G_UNLOAD,
    LOT_END,
    LOT_INSIDE,
    LOT_KEY,
    LOT_LEFT,
    LOT_MATE,
    LOT_SERIAL,
    LOT_SINCE,
    LOT_STATE,
    LOT_STEP,
    LOT_TOOL,
    LOT_UNITS,
    LOT_VISIT,
    LOTS_FULL,
    NEVER,
    NO_BELT,
    NONE,
    PER_MASK,
    PER_RECIPE,
    PER_UNIT,
    Q_BATCHED,
    Q_BATCHES,
    Q_BLOCK_HEAD,
    Q_CONST,
    Q_IDLE,
    Q_LOADED,
    Q_LOTS,
    Q_ROOM,
    Q_SETUPS,
    Q_STARTS,
    Q_WAIT,
    Q_WAITED,
    RUNNING,
    S_AHEAD,
    S_BATCH_MAX,
    S_EVERY,
    S_EVERY_MORE,
    S_EVERY_PER,
    S_EXTRA,
    S_INSIDE,
    S_KEEP,
    S_LAW,
    S_PER,
    S_PROCESS,
    S_SETUP,
    SETTING_UP,
    T_BELT,
    T_CHAMBERS,
    T_CLAIM,
    T_CLOSED,
    T_CREW,
    T_DO,
    T_DOWN,
    T_DUE_PM,
    T_GROUP,
    T_LEFT,
    T_LOT,
    T_LOTS,
    T_MIN_RUN,
    T_OFF,
    T_PASSES,
    T_PLACE,
    T_READY,
    T_READY_LEFT,
    T_RUN,
    T_SETUP,
    T_SPECIAL,
    T_STAY,
    T_STUCK,
    T_UNITS,
    UP,
    W_LOAD,
    W_QUEUE,
    W_SETUP,
)
from twin.engine.auxiliaries import take_auxiliaries
from twin.engine.before import may_begin
from twin.engine.buffers import change_places
from twin.engine.calls import call_idle
from twin.engine.carriers import take_carriers
from twin.engine.chambers import start_chambers
from twin.engine.choice import choose, start_min_run
from twin.engine.claims import give_place_back, has_turn
from twin.engine.clocks import begin_pm, count_units, go_away, rest
from twin.engine.conveyor import enter_belt, entrance_open
from twin.engine.crew import begin_attended, call_for_maintenance, let_go, works_on
from twin.engine.gates import pass_gate
from twin.engine.heap import due_at
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.late import arrive_at_step, send_late
from twin.engine.logbook import log_lot
from twin.engine.make import recipe_ticks
from twin.engine.parts import take_parts
from twin.engine.process import run_process
from twin.engine.queue import remove, setup_ticks
from twin.engine.sample import law_ticks
from twin.engine.saturated import FETCHED, NOTHING_READY, POOL_EMPTY, fetch_saturated
from twin.engine.todo import call_gated, do_next, put_back
from twin.engine.tools import begin_stretch, make_busy, make_idle, show_state, takes_while_down
from twin.engine.turns import take_turn


@njit
def seek_work(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A tool that may be free looks for work: maintenance that is due, a lot, or it stands idle."""
    g = S[tool + T_GROUP]
    special = S[tool + T_SPECIAL] != 0
    if special and S[tool + T_BELT] != NO_BELT:
        if not entrance_open(L, S, now, tool):
            return
    elif S[tool + T_DO] != EMPTY or S[tool + T_STUCK] > 0:
        return
    if S[tool + T_DOWN] != UP and (S[tool + T_DOWN] != FAILED or not takes_while_down(L, S, tool)):
        return
    if S[tool + T_DUE_PM] > 0 and not (L[S[g + Q_CONST] + G_CREW] != NONE and works_on(L, S, tool)):
        if S[tool + T_LOTS] == 0 and S[tool + T_DOWN] == UP:
            if S[tool + T_OFF] == 1:
                go_away(L, S, now, tool)
            elif S[tool + T_CLOSED] != OPEN:
                shut_down(L, S, now, tool)
            else:
                begin_pm(L, S, now, tool, 0)
        else:
            show_state(S, now, tool)
        return
    if special and S[tool + T_CLAIM] != NONE and not has_turn(S, tool):
        show_state(S, now, tool)
        return
    is_belt = special and S[tool + T_BELT] != NO_BELT
    if S[tool + T_LOTS] == 0 or is_belt or S[tool + T_LOTS] < inside_limit(L, S, tool):
        # with no places in front of it an idle tool is the place: lots that wait for one come first
        awaited = S[g + Q_BLOCK_HEAD] != NONE and L[S[g + Q_CONST] + G_BUFFER] == 0
        ready = L[S[g + Q_CONST] + G_SATURATED] == 1 and not awaited
        lot: Int = NONE
        looks = True
        fetched: Int = NOTHING_READY
        while looks:
            lot = choose(L, S, now, g, tool, NONE, 0) if S[g + Q_LOTS] > 0 else NONE
            looks = False
            if lot == NONE and ready:
                fetched = fetch_saturated(L, S, now, g, tool)
                if fetched == POOL_EMPTY:
                    S[C_STATUS] = LOTS_FULL
                    put_back(S, DO_TOOL, tool)
                    return
                ready = False
                looks = fetched == FETCHED
        if lot != NONE and L[S[lot + LOT_STEP] + S_EXTRA] != NONE and send_late(L, S, now, g, lot):
            do_next(S, DO_TOOL, tool)  # it looks again
            return
        if special and lot != NONE and L[S[g + Q_CONST] + G_START] != 0 and not may_begin(L, S, now, g, tool, lot):
            if fetched == FETCHED:
                log_lot(S, now, W_QUEUE, lot)
            stand_by(L, S, now, g, tool)
            return
        if lot != NONE:
            make_busy(L, S, tool)
            if S[tool + T_DUE_PM] > 0 and S[tool + T_CREW] != NONE:
                let_go(L, S, now, tool)
            load(L, S, now, g, tool, lot)
            return
        find_nothing(L, S, now, g, tool)
    show_state(S, now, tool)


@njit_apart
def shut_down(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """An empty tool whose calendar is closed, or about to close, rests, or waits for the closing."""
    if not rest(L, S, now, tool):
        show_state(S, now, tool)


@njit_apart
def stand_by(L: Memory, S: Memory, now: Int, g: Int, tool: Int) -> None:
    """A tool may not begin with the lot that it has chosen: another may look at those that wait."""
    if S[g + Q_LOTS] > 0 and S[g + Q_IDLE] > 0:
        call_idle(L, S, g)
    show_state(S, now, tool)


@njit
def find_nothing(L: Memory, S: Memory, now: Int, g: Int, tool: Int) -> None:
    """A tool that may take no lot stands idle; a place that came for one that it may not take now is given back."""
    if S[tool + T_SPECIAL] != 0 and S[tool + T_PLACE] != NONE and S[tool + T_LOTS] == 0:
        give_place_back(L, S, tool)
    make_idle(L, S, tool)
    if S[tool + T_DUE_PM] > 0:
        call_for_maintenance(L, S, now, tool)
    if S[g + Q_BLOCK_HEAD] != NONE:
        do_next(S, DO_SPACE, g)


@njit
def inside_limit(L: Memory, S: Memory, tool: Int) -> Int:
    """Lots a cascading tool may hold: the least that the step of any lot inside allows."""
    least = NEVER
    lot = S[tool + T_LOT]
    while lot != NONE:
        least = min(least, L[S[lot + LOT_STEP] + S_INSIDE])
        lot = S[lot + LOT_MATE]
    return least


@njit
def process_ticks(L: Memory, S: Memory, tool: Int, lot: Int) -> Int:
    """How long the step of a lot takes this time, loading and unloading aside [tick]."""
    step = S[lot + LOT_STEP]
    draw_at = S[lot + LOT_VISIT] * DRAWS + DRAW_TIME
    time = law_ticks(L, L[step + S_LAW], S[lot + LOT_KEY], draw_at, S[lot + LOT_SERIAL])
    per = L[step + S_PER]
    if per >= PER_RECIPE:
        time += recipe_ticks(L, S, tool, L[step + S_PROCESS])
    if per & PER_MASK == PER_UNIT:
        time *= S[lot + LOT_UNITS]
    return time


@njit
def load(L: Memory, S: Memory, now: Int, g: Int, tool: Int, lot: Int) -> None:
    """Load a lot, or the batch it leads, and start the setup or the run."""
    step = S[lot + LOT_STEP]
    units = S[lot + LOT_UNITS]
    setup = setup_ticks(L, S, g, tool, L[step + S_SETUP])
    time = process_ticks(L, S, tool, lot)
    put_on(L, S, now, g, tool, lot)
    if L[step + S_EXTRA] != NONE:
        take_extras(L, S, now, lot, L[step + S_EXTRA])
    lots = 1
    while L[step + S_BATCH_MAX] > units:
        lot = choose(L, S, now, g, tool, step, L[step + S_BATCH_MAX] - units)
        if lot == NONE:
            break
        units += S[lot + LOT_UNITS]
        lots += 1
        put_on(L, S, now, g, tool, lot)
    S[g + Q_STARTS] += 1
    if L[step + S_BATCH_MAX] > 0:
        S[g + Q_BATCHES] += 1
        S[g + Q_BATCHED] += units
        S[g + Q_ROOM] += L[step + S_BATCH_MAX]
    S[C_MOVED] = now
    if L[S[g + Q_CONST] + G_SETUPS] > 0 and L[step + S_SETUP] != 0:
        if L[step + S_SETUP] != S[tool + T_SETUP]:
            start_min_run(L, S, g, tool, L[step + S_SETUP])
        S[tool + T_MIN_RUN] = max(0, S[tool + T_MIN_RUN] - lots)
    elif L[S[g + Q_CONST] + G_CLEARS] == 1:
        S[tool + T_SETUP] = 0
    stay = L[S[g + Q_CONST] + G_LOAD] + time + L[S[g + Q_CONST] + G_UNLOAD]
    S[tool + T_UNITS] = units
    S[tool + T_RUN] = stay
    S[tool + T_STAY] = NONE
    if L[step + S_EVERY] != NONE:
        S[tool + T_STAY] = stay
        every = L[step + S_EVERY] * (units if L[step + S_EVERY_PER] == PER_UNIT else 1)
        S[tool + T_RUN] = every + L[step + S_EVERY_MORE]
    if setup > 0:
        S[g + Q_SETUPS] += 1
        log_lot(S, now, W_SETUP, S[tool + T_LOT])
    if L[S[g + Q_CONST] + G_ATTENDED] == 1:
        begin_attended(L, S, now, tool, setup, time)
    elif S[tool + T_SPECIAL] != 0 and S[tool + T_BELT] != NO_BELT:
        S[tool + T_RUN] = stay
        enter_belt(L, S, now, tool)
    elif setup > 0:
        S[tool + T_DO] = SETTING_UP
        S[tool + T_LEFT] = setup
        if S[tool + T_DOWN] == UP:
            begin_stretch(L, S, now, tool)
        show_state(S, now, tool)
    else:
        start_run(L, S, now, tool)
    if S[g + Q_LOTS] > 0 and S[g + Q_IDLE] > 0:
        call_idle(L, S, g)
    if L[S[g + Q_CONST] + G_GATES] > 0:
        call_gated(L, S, g)
    if S[g + Q_BLOCK_HEAD] != NONE:
        do_next(S, DO_SPACE, g)


@njit_apart
def take_extras(L: Memory, S: Memory, now: Int, lot: Int, extra: Int) -> None:
    """What a lot that is loaded takes beside its tool: auxiliaries, carriers, and the parts that it is joined with."""
    take_auxiliaries(L, S, now, lot, extra)
    if L[extra + E_TAKES] != 0:
        take_carriers(L, S, now, lot, extra)
    if L[extra + E_PARTS] > 0:
        take_parts(L, S, now, S[lot + LOT_TOOL], extra)


@njit
def start_run(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """The tool is set: its run begins, and with it the stay of a lot in a cascading tool."""
    if S[tool + T_READY] > now or S[tool + T_READY_LEFT] > 0:
        wait_to_enter(L, S, now, tool)
        return
    S[tool + T_DO] = RUNNING
    S[tool + T_LEFT] = S[tool + T_RUN]
    entered = S[tool + T_LOT]
    if S[tool + T_CHAMBERS] != 0:
        start_chambers(L, S, tool)
    ahead = L[S[entered + LOT_STEP] + S_AHEAD] == 1
    if S[tool + T_DOWN] == UP:
        if not ahead:
            begin_stretch(L, S, now, tool)
        if S[tool + T_STAY] != NONE:
            due_at(S, entered, LOT_END, EV_LOT, now + S[tool + T_STAY])
    elif S[tool + T_STAY] != NONE:
        S[entered + LOT_LEFT] = S[tool + T_STAY]
    if ahead:
        open_ahead(L, S, now, tool)
    show_state(S, now, tool)


@njit_apart
def wait_to_enter(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """The next lot is loaded and the tool set up for it, but the one before still holds the entrance."""
    S[tool + T_DO] = ENTERING
    S[tool + T_LEFT] = S[tool + T_READY_LEFT] if S[tool + T_READY_LEFT] > 0 else S[tool + T_READY] - now
    if S[tool + T_DOWN] == UP:
        begin_stretch(L, S, now, tool)
    show_state(S, now, tool)


@njit_apart
def open_ahead(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A run has begun in a tool that loads ahead: it may take its next lot, which enters once the entrance is free."""
    S[tool + T_READY] = now + S[tool + T_LEFT]
    S[tool + T_DO] = EMPTY
    if S[tool + T_DOWN] != UP:
        S[tool + T_READY_LEFT] = S[tool + T_LEFT]
    count_units(L, S, tool, S[tool + T_UNITS])
    do_next(S, DO_TOOL, tool)


@njit
def put_on(L: Memory, S: Memory, now: Int, g: Int, tool: Int, lot: Int) -> None:
    """Take a lot from the queue onto a tool: its wait ends, its place is free again."""
    remove(L, S, now, g, lot)
    wait = now - S[lot + LOT_SINCE]
    change_places(L, S, now, g, -1)
    S[g + Q_LOADED] += 1
    S[g + Q_WAIT] += wait
    S[g + Q_WAITED] += wait > 0
    if L[S[lot + LOT_STEP] + S_PROCESS] != NONE:
        run_process(L, S, now, tool, lot)
    S[tool + T_PASSES] += S[lot + LOT_UNITS]
    S[lot + LOT_STATE] = LOT_INSIDE
    S[lot + LOT_TOOL] = tool
    S[lot + LOT_MATE] = S[tool + T_LOT]
    S[tool + T_LOT] = lot
    S[tool + T_LOTS] += 1
    arrive_at_step(L, S, now, lot)
    if L[S[lot + LOT_STEP] + S_EXTRA] != NONE:
        pass_gate(L, S, now, lot, L[S[lot + LOT_STEP] + S_EXTRA])
        take_turn(L, S, tool, L[S[lot + LOT_STEP] + S_EXTRA])
    keep = L[S[lot + LOT_STEP] + S_KEEP]
    if keep != NONE:
        S[lot + keep] = tool
    log_lot(S, now, W_LOAD, lot)
