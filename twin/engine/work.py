"""What an event does: runs end, lots arrive, releases fall due."""

from twin.arrays.calendar_fields import SHUT
from twin.arrays.fields import (
    CK_CONST,
    CK_DUE,
    DO_LOT,
    DO_SPACE,
    DO_TOOL,
    DRAW_TIME,
    DRAWS,
    E_SPLITS,
    E_STEP,
    E_TAKERS,
    E_WAIT,
    EMPTY,
    ENTERING,
    EV_CLOCK,
    EV_LOT,
    EV_RELEASE,
    EV_STEP,
    EV_TOOL,
    EX_CONST,
    EX_DUE,
    FAILED,
    FINISHED,
    G_LOAD,
    G_TOOLS,
    G_UNLOAD,
    H_CARRIER,
    H_CARRIERS,
    H_DEPARTS,
    H_FLEET,
    H_MEASURE,
    H_MIX,
    H_TRACKED,
    K_CHAMBER,
    LOT_END,
    LOT_EXPECTED,
    LOT_INSIDE,
    LOT_KEY,
    LOT_MATE,
    LOT_MOVING,
    LOT_NEXT,
    LOT_SERIAL,
    LOT_SINCE,
    LOT_STATE,
    LOT_STEP,
    LOT_TOOL,
    LOT_UNITS,
    LOT_VISIT,
    LQ_HOLD,
    NEVER,
    NO_BELT,
    NONE,
    P_DUE,
    P_KIND,
    P_LAW,
    P_LIMIT,
    P_LOSES,
    P_PRIORITY,
    P_ROW,
    P_ROWS,
    P_UNITS,
    P_WIP,
    PER_MASK,
    PER_UNIT,
    PR_CONST,
    PR_KEY,
    PR_LAST,
    PR_LAW,
    PR_SERIAL,
    PR_WIP,
    Q_BLOCK_HEAD,
    Q_CONST,
    Q_HEAD,
    Q_LOADED,
    Q_RESERVED,
    Q_STARTS,
    R_DUE,
    R_PRIORITY,
    R_TIME,
    R_UNITS,
    RELEASE_DRAWS,
    RELEASE_EVERY,
    RELEASE_MIX,
    RELEASE_SATURATED,
    RELEASE_SCHEDULE,
    RELEASE_SPLIT,
    RELEASE_WIP,
    S_AFTER,
    S_EXTRA,
    S_GROUP,
    S_LAW,
    S_PER,
    S_PROCESS,
    S_WINDOW,
    S_WINDOWS,
    SCHEDULE_FIELDS,
    SETTING_UP,
    T_BELT,
    T_CHAMBERS,
    T_CLOSED,
    T_CUT,
    T_DO,
    T_END,
    T_LOT,
    T_LOTS,
    T_SECTION,
    T_SPECIAL,
    T_STAY,
    T_TASK,
    T_UNITS,
    UNLIMITED,
    W_FINISH,
    W_LIMIT,
    W_QUEUE,
    W_RELEASE,
    W_SLOT,
    WINDOW_FIELDS,
    Y_MEASURES,
)
from twin.arrays.mix_fields import MX_KIND
from twin.arrays.vehicle_fields import BY_WAY
from twin.engine.auxiliaries import give_back
from twin.engine.batches import look_again
from twin.engine.belt import roll
from twin.engine.buffers import change_places
from twin.engine.carriers import carrier_event
from twin.engine.chambers import use_chambers
from twin.engine.choice import idle_tool_for
from twin.engine.clocks import count_units, go_down, rest
from twin.engine.crew import part_over, set_free
from twin.engine.gates import arrive_inside
from twin.engine.heap import due_at, has_come, push
from twin.engine.indexed import station_done
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.late import arrive_at_step
from twin.engine.load import start_run
from twin.engine.logbook import log_lot
from twin.engine.loss import finds_no_place, lose_lot
from twin.engine.lots import new_lot, sampled_step
from twin.engine.measure import measure_lot, result_event
from twin.engine.moves import depart, enter, is_held, move_on
from twin.engine.open_time import next_release
from twin.engine.passage import done_with_step
from twin.engine.queue import enqueue
from twin.engine.release_mix import release_of_mix
from twin.engine.sample import law_ticks
from twin.engine.saturated import start_saturated
from twin.engine.split import next_split, split_off
from twin.engine.stores import call_takers
from twin.engine.todo import call_group, do_next
from twin.engine.tools import end_stretch, make_busy, show_state
from twin.engine.vehicles import rides_on


@njit
def tool_event(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A stretch of work is over: a setup, a run, or the part of a run before an operating failure."""
    if not has_come(S, now, tool, T_END, EV_TOOL):
        return
    end_stretch(L, S, now, tool)
    if S[tool + T_CUT] != NONE and L[S[S[tool + T_CUT] + CK_CONST] + K_CHAMBER] != 0:
        due_at(S, S[tool + T_CUT], CK_DUE, EV_CLOCK, now)  # a chamber alone fails, at this tick
    elif S[tool + T_CUT] != NONE:
        go_down(L, S, now, tool, S[tool + T_CUT], FAILED)
    elif S[tool + T_TASK] != NONE and part_over(L, S, now, tool):
        return
    elif S[tool + T_DO] == SETTING_UP or S[tool + T_DO] == ENTERING:
        start_run(L, S, now, tool)
    elif S[tool + T_SPECIAL] != 0 and S[tool + T_BELT] != NO_BELT:
        roll(L, S, now, tool)
        do_next(S, DO_TOOL, tool)
    elif S[tool + T_STAY] != NONE:
        S[tool + T_DO] = EMPTY  # the entrance of a cascading tool is free
        count_units(L, S, tool, S[tool + T_UNITS])
        show_state(S, now, tool)
        do_next(S, DO_TOOL, tool)
    else:
        S[tool + T_DO] = FINISHED
        if S[tool + T_CHAMBERS] != 0:
            use_chambers(S, tool, S[tool + T_CHAMBERS])
        count_units(L, S, tool, S[tool + T_UNITS])
        if S[tool + T_SPECIAL] == 0 or S[tool + T_SECTION] == 0:
            finish_all(L, S, now, tool)
        else:
            station_done(S, now, tool)


@njit
def finish_all(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """The run is done: every lot on the tool moves on or is blocked, in the order they were put on."""
    lot = reverse_mates(S, tool)
    while lot != NONE:
        after = S[lot + LOT_MATE]
        finish(L, S, now, lot)
        lot = after
    if S[tool + T_LOTS] > 0:
        show_state(S, now, tool)


@njit
def reverse_mates(S: Memory, tool: Int) -> Int:
    """Turn a tool's list of lots round, so that the lot put on first comes first."""
    done = NONE
    lot = S[tool + T_LOT]
    while lot != NONE:
        after = S[lot + LOT_MATE]
        S[lot + LOT_MATE] = done
        done = lot
        lot = after
    S[tool + T_LOT] = done
    return done


@njit
def finish(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot is done with its step: count it, open its queue-time windows, move it on."""
    step = S[lot + LOT_STEP]
    g = L[step + S_GROUP]
    done_with_step(L, S, now, lot)
    log_lot(S, now, W_FINISH, lot)
    first = L[step + S_WINDOW]
    for window in range(first, first + L[step + S_WINDOWS] * WINDOW_FIELDS, WINDOW_FIELDS):
        column = L[window + W_SLOT]
        S[lot + column] = window
        S[lot + column + 1] = now + L[window + W_LIMIT]
    if L[step + S_AFTER] == 1:
        finish_more(L, S, now, lot, step)
    tool = S[lot + LOT_TOOL]
    move_on(L, S, now, lot, g)
    if tool != NONE and S[tool + T_SPECIAL] != 0 and S[tool + T_CLOSED] == SHUT:
        rest(L, S, now, tool)


@njit_apart
def finish_more(L: Memory, S: Memory, now: Int, lot: Int, step: Int) -> None:
    """What few steps do at their end: auxiliaries are given back, lots taken apart, a characteristic is measured."""
    if L[step + S_EXTRA] != NONE:
        give_back(L, S, now, lot, L[step + S_EXTRA])
        if L[L[step + S_EXTRA] + E_SPLITS] > 0:
            split_off(L, S, now, L[step + S_EXTRA])
    if L[step + S_PROCESS] != NONE and L[L[step + S_PROCESS] + Y_MEASURES] != NONE:
        measure_lot(L, S, now, lot, L[L[step + S_PROCESS] + Y_MEASURES])


@njit
def lot_event(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A transport or a hold ends, or a lot comes out of a cascading tool or a pure delay."""
    if not has_come(S, now, lot, LOT_END, EV_LOT):
        return
    S[lot + LOT_END] = NEVER
    if S[lot + LOT_STATE] == LOT_MOVING and is_held(L, S, lot):
        S[lot + L[H_TRACKED] + LQ_HOLD] = 0
        depart(L, S, now, lot)
    elif L[H_DEPARTS] == BY_WAY and L[H_FLEET] != NONE and rides_on(L, S, now, lot):
        return
    elif S[lot + LOT_STATE] == LOT_MOVING:
        do_next(S, DO_LOT, lot)
        if L[H_CARRIER] != NONE:
            set_free(L, S, now, L[H_CARRIER])
    elif S[lot + LOT_STATE] == LOT_EXPECTED:
        g = L[S[lot + LOT_STEP] + S_GROUP]
        S[g + Q_RESERVED] -= 1
        do_next(S, DO_LOT, lot)
        call_group(S, g)  # lots held back for it, if it cannot start
        if L[H_CARRIER] != NONE:
            set_free(L, S, now, L[H_CARRIER])
    else:
        finish(L, S, now, lot)


@njit
def arrive(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot reaches a toolgroup: it joins the queue, and an idle tool that may take it is called."""
    g = L[S[lot + LOT_STEP] + S_GROUP]
    if L[S[g + Q_CONST] + G_TOOLS] == UNLIMITED:
        begin_delay(L, S, now, g, lot)
        return
    S[lot + LOT_SINCE] = now
    enqueue(L, S, now, g, lot)
    if L[S[lot + LOT_STEP] + S_EXTRA] != NONE:
        arrive_extra(L, S, now, lot)
    log_lot(S, now, W_QUEUE, lot)
    tool = idle_tool_for(L, S, g, lot)
    if tool != NONE:
        make_busy(L, S, tool)
        do_next(S, DO_TOOL, tool)


@njit_apart
def arrive_extra(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot joins a queue of a step with a word more: the end of a gated window, a batch that waits for so long."""
    extra = L[S[lot + LOT_STEP] + S_EXTRA]
    arrive_inside(L, S, lot)
    if L[extra + E_TAKERS] > 0:
        call_takers(L, S, extra)
    if L[extra + E_WAIT] != NEVER:
        look_again(L, S, extra, now + L[extra + E_WAIT])


@njit_apart
def step_event(L: Memory, S: Memory, now: Int, state: Int) -> None:
    """A batch step is to be looked at again: a lot has waited long enough, or one that was due has not come.

    Or a metrology step: its results are known. Or a carrier: it is back.
    """
    if state >= L[H_MEASURE]:
        result_event(L, S, now, state)
        return
    if state >= L[H_CARRIERS]:
        carrier_event(L, S, now, state)
        return
    if not has_come(S, now, state, EX_DUE, EV_STEP):
        return
    S[state + EX_DUE] = NEVER
    extra = S[state + EX_CONST]
    step = L[extra + E_STEP]
    g = L[step + S_GROUP]
    lot = S[g + Q_HEAD]
    while lot != NONE:
        if S[lot + LOT_STEP] == step and L[extra + E_WAIT] != NEVER and S[lot + LOT_SINCE] + L[extra + E_WAIT] > now:
            look_again(L, S, extra, S[lot + LOT_SINCE] + L[extra + E_WAIT])
        lot = S[lot + LOT_NEXT]
    call_group(S, g)


@njit_apart
def begin_delay(L: Memory, S: Memory, now: Int, g: Int, lot: Int) -> None:
    """A pure delay: as many lots at once as come."""
    step = S[lot + LOT_STEP]
    arrive_at_step(L, S, now, lot)
    change_places(L, S, now, g, -1)
    if S[g + Q_BLOCK_HEAD] != NONE:
        do_next(S, DO_SPACE, g)
    S[g + Q_LOADED] += 1
    S[g + Q_STARTS] += 1
    time = law_ticks(L, L[step + S_LAW], S[lot + LOT_KEY], S[lot + LOT_VISIT] * DRAWS + DRAW_TIME, S[lot + LOT_SERIAL])
    if L[step + S_PER] & PER_MASK == PER_UNIT:
        time *= S[lot + LOT_UNITS]
    S[lot + LOT_STATE] = LOT_INSIDE
    due_at(S, lot, LOT_END, EV_LOT, now + L[S[g + Q_CONST] + G_LOAD] + time + L[S[g + Q_CONST] + G_UNLOAD])


@njit
def interval_after(L: Memory, S: Memory, product: Int, serial: Int) -> Int:
    """Time from the release of a product's lot to that of the next [tick]."""
    law = L[S[product + PR_CONST] + P_LAW]
    return law_ticks(L, law, S[product + PR_KEY], RELEASE_DRAWS + serial, serial)


@njit_apart
def release_event(L: Memory, S: Memory, now: Int, product: Int) -> None:
    """A lot is released, and the next release of its product planned; the caller has seen that a lot is free."""
    const = S[product + PR_CONST]
    serial = S[product + PR_SERIAL]
    kind = L[const + P_KIND]
    if kind == RELEASE_SATURATED or (kind == RELEASE_MIX and L[L[H_MIX] + MX_KIND] == RELEASE_SATURATED):
        start_saturated(L, S, product)
        return
    if kind == RELEASE_MIX:
        release_of_mix(L, S, now, product)
        return
    if serial >= L[const + P_LIMIT]:
        return
    if L[const + P_KIND] == RELEASE_WIP and S[product + PR_WIP] >= L[const + P_WIP]:
        return  # lots that were in the line at the start still hold the places
    if kind == RELEASE_SPLIT:
        next_split(S, now, product)
    units, priority, due = L[const + P_UNITS], L[const + P_PRIORITY], L[const + P_DUE]
    if L[const + P_KIND] == RELEASE_SCHEDULE:
        row = L[const + P_ROW] + serial * SCHEDULE_FIELDS
        units, priority, due = L[row + R_UNITS], L[row + R_PRIORITY], L[row + R_DUE]
        if serial + 1 < L[const + P_ROWS]:
            push(S, L[row + SCHEDULE_FIELDS + R_TIME], EV_RELEASE, product)
    elif L[const + P_KIND] == RELEASE_EVERY and serial + 1 < L[const + P_LIMIT]:
        S[product + PR_LAST], S[product + PR_LAW] = now, L[const + P_LAW]
        push(S, next_release(L, S, product, now, interval_after(L, S, product, serial)), EV_RELEASE, product)
    lot = new_lot(L, S, now, product, units, priority, due)
    if L[const + P_KIND] == RELEASE_WIP and S[product + PR_WIP] < L[const + P_WIP]:
        push(S, now, EV_RELEASE, product)
    sampled_step(L, S, lot, S[lot + LOT_STEP])
    if L[const + P_LOSES] == 1 and finds_no_place(L, S, lot):
        lose_lot(S, now, lot)
        return
    log_lot(S, now, W_RELEASE, lot)
    enter(L, S, now, lot)
