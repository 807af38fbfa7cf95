"""Failures and maintenance: each tool's own clocks, and going down and up.

A failure clock counts up time only: `operating` ones while the tool processes, `calendar` ones also while it is
set up, idle or blocked, and those that run through maintenance then too: such a failure strikes when it ends. A
calendar clock has one event pending at most; if the tool was down in between, the event comes up early and is put
back.
"""

from twin.arrays.calendar_fields import SHUT, STOPS_PM
from twin.arrays.fields import (
    AWAY,
    C_CLOCK,
    C_NOW,
    C_STEP,
    CK_BEGAN,
    CK_CONST,
    CK_COUNT,
    CK_DUE,
    CK_EVENT,
    CK_EVERY,
    CK_HELD,
    CK_KEY,
    CK_LEFT,
    CK_PENDING,
    CK_PLANNED,
    CK_SPENT,
    CK_TOOL,
    CLOCK_FIELDS,
    CLOSED,
    CW_BUSY,
    CW_MEMBERS,
    DO_TOOL,
    DOWN,
    EMPTY,
    EV_CLOCK,
    EV_UP,
    FAIL_CALENDAR,
    FAIL_OPERATING,
    FAILED,
    FINISHED,
    G_CREW,
    G_GATES,
    HOW_OVERLAP,
    HOW_PREEMPT,
    K_CHAMBER,
    K_EVERY,
    K_FIRST,
    K_HOW,
    K_KEY,
    K_KIND,
    MAINTAINED,
    NEVER,
    NO_BELT,
    NONE,
    OFF,
    PM,
    PM_ALARM,
    PM_CALENDAR,
    PM_UNITS,
    Q_AWAY,
    Q_CONST,
    T_ASKED,
    T_BACK,
    T_BELT,
    T_BY,
    T_CLOCK,
    T_CLOCKS,
    T_CLOSED,
    T_CREW,
    T_DO,
    T_DOWN,
    T_DUE_PM,
    T_END,
    T_GROUP,
    T_HELD,
    T_LOTS,
    T_OFF,
    T_PM_UNITS,
    T_STRUCK,
    T_TASK,
    T_UNTIL,
    TASK_PM,
    UP,
    W_DOWN,
    W_OFF,
    W_ON,
    W_PM,
    W_PM_END,
    W_UP,
)
from twin.engine.belt import restart_belt, stop_belt
from twin.engine.chamber_clocks import chamber_clock, chamber_event
from twin.engine.condition import clean
from twin.engine.crew import begin_repair, call_for_repair, crew_for, let_go, repair_ticks, take_up
from twin.engine.heap import due_at, has_come
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.logbook import log_tool
from twin.engine.moves import look_for_deadlock
from twin.engine.planned import due_maintenance, next_failure, plan_next_pm
from twin.engine.rng import sub_key
from twin.engine.standing import hold_clocks, hold_repair, reopen, resume_clocks, stand_still, stops_at
from twin.engine.todo import call_gated, do_next
from twin.engine.tools import (
    begin_stretch,
    end_stretch,
    hold_lots,
    make_busy,
    resume_lots,
    set_state,
    show_state,
    takes_while_down,
)


@njit_apart
def start_clocks(L: Memory, S: Memory, key: Int) -> None:
    """Set every failure and PM clock of a world going at time 0."""
    for clock in range(S[C_CLOCK], S[C_STEP], CLOCK_FIELDS):
        const = S[clock + CK_CONST]
        S[clock + CK_KEY] = sub_key(key, L[const + K_KEY])
        S[clock + CK_EVENT] = NEVER
        S[clock + CK_LEFT] = S[clock + CK_HELD] = NEVER
        S[clock + CK_EVERY] = L[const + K_EVERY]
        kind = L[const + K_KIND]
        if kind == FAIL_OPERATING:
            S[clock + CK_LEFT] = next_failure(L, S, clock)
        elif kind == FAIL_CALENDAR:
            due_at(S, clock, CK_DUE, EV_CLOCK, next_failure(L, S, clock))
        elif L[const + K_CHAMBER] != 0:
            chamber_clock(L, S, 0, clock)
        elif kind == PM_UNITS:
            S[clock + CK_LEFT] = L[const + K_FIRST]
        elif kind == PM_CALENDAR:
            S[clock + CK_PLANNED] = L[const + K_FIRST]
            due_at(S, clock, CK_DUE, EV_CLOCK, L[const + K_FIRST])


@njit_apart
def clock_event(L: Memory, S: Memory, now: Int, clock: Int) -> None:
    """A calendar clock's event came up."""
    if not has_come(S, now, clock, CK_DUE, EV_CLOCK):
        return
    tool = S[clock + CK_TOOL]
    S[clock + CK_DUE] = NEVER
    if L[S[clock + CK_CONST] + K_CHAMBER] != 0:
        chamber_event(L, S, now, clock)
    elif L[S[clock + CK_CONST] + K_KIND] == FAIL_CALENDAR:
        if S[tool + T_DOWN] == MAINTAINED:
            fail_in_pm(L, S, now, tool, clock)
        else:
            go_down(L, S, now, tool, clock, FAILED)
    elif S[tool + T_DOWN] == AWAY:  # maintained while it is away
        clean(L, S, now, tool)
        S[clock + CK_PLANNED] += L[S[clock + CK_CONST] + K_EVERY]
        due_at(S, clock, CK_DUE, EV_CLOCK, S[clock + CK_PLANNED])
    else:
        S[clock + CK_PENDING] = 1
        S[tool + T_DUE_PM] += 1
        make_busy(L, S, tool)
        if S[tool + T_DOWN] == UP:
            if L[S[clock + CK_CONST] + K_HOW] & HOW_PREEMPT != 0:
                begin_pm(L, S, now, tool, HOW_PREEMPT)
            elif S[tool + T_DO] == EMPTY:
                do_next(S, DO_TOOL, tool)
        elif S[tool + T_DOWN] == CLOSED:
            maintain_closed(L, S, now, tool)


@njit_apart
def fail_in_pm(L: Memory, S: Memory, now: Int, tool: Int, clock: Int) -> None:
    """A failure falls due during maintenance: it waits for the end, or is repaired meanwhile."""
    if L[S[clock + CK_CONST] + K_HOW] & HOW_OVERLAP == 0:
        S[clock + CK_PENDING] = 1
        S[tool + T_STRUCK] += 1
        return
    S[clock + CK_COUNT] += 1
    takes = repair_ticks(L, S, clock)
    S[tool + T_UNTIL] = max(S[tool + T_UNTIL], now + takes)
    S[clock + CK_SPENT] += takes
    S[clock + CK_LEFT] = next_failure(L, S, clock)


@njit_apart
def stay_down(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """Maintenance is over, a repair that began during it is not."""
    S[tool + T_DOWN] = FAILED
    S[tool + T_BY] = NONE
    set_state(S, now, tool, DOWN)
    hold_clocks(L, S, now, tool)
    log_tool(S, now, W_DOWN, tool)
    due_at(S, tool, T_BACK, EV_UP, S[tool + T_UNTIL])
    hold_repair(L, S, now, tool)
    do_next(S, DO_TOOL, tool)  # alone it takes its next lot as in any other repair


@njit_apart
def go_down(L: Memory, S: Memory, now: Int, tool: Int, clock: Int, why: Int) -> None:
    """The tool fails or its maintenance begins: its work stands still, its other failure clocks too."""
    if S[tool + T_END] != NEVER:
        end_stretch(L, S, now, tool)
    if S[tool + T_BELT] == NO_BELT:
        hold_lots(S, now, tool)
    else:
        stop_belt(L, S, now, tool)
    S[tool + T_DOWN] = why
    S[tool + T_BY] = clock
    set_state(S, now, tool, DOWN if why == FAILED else PM)
    hold_clocks(L, S, now, tool)
    S[clock + CK_COUNT] += 1
    S[clock + CK_BEGAN] = now
    if why == MAINTAINED or not takes_while_down(L, S, tool):
        make_busy(L, S, tool)
    log_tool(S, now, W_DOWN if why == FAILED else W_PM, tool)
    has_asked = S[tool + T_ASKED] != NEVER
    if S[tool + T_CREW] != NONE and (why == FAILED or S[tool + T_DO] != EMPTY or has_asked):
        let_go(L, S, now, tool)
    if L[S[S[tool + T_GROUP] + Q_CONST] + G_CREW] == NONE:
        begin_repair(L, S, now, tool)
    else:
        call_for_repair(L, S, now, tool)
    if S[tool + T_CLOSED] == SHUT:
        hold_repair(L, S, now, tool)


@njit_apart
def come_up(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """Repair or maintenance is done: clocks and work go on."""
    if not has_come(S, now, tool, T_BACK, EV_UP):
        return
    S[tool + T_BACK] = NEVER
    clock = S[tool + T_BY]
    why = S[tool + T_DOWN]
    S[tool + T_DOWN] = UP
    log_tool(S, now, W_UP if why == FAILED else W_PM_END, tool)
    if S[tool + T_CREW] != NONE:
        let_go(L, S, now, tool)
    if clock != NONE:
        S[clock + CK_SPENT] += now - S[clock + CK_BEGAN]
    if clock == NONE:
        pass  # a repair that began during maintenance, or before time 0
    elif why == FAILED:
        if L[S[clock + CK_CONST] + K_KIND] == FAIL_OPERATING:
            S[clock + CK_LEFT] = next_failure(L, S, clock)
        elif L[S[clock + CK_CONST] + K_KIND] == FAIL_CALENDAR:
            S[clock + CK_LEFT] = NEVER
            due_at(S, clock, CK_DUE, EV_CLOCK, now + next_failure(L, S, clock))
    else:
        clean(L, S, now, tool)
        plan_next_pm(L, S, now, clock)
        if S[tool + T_UNTIL] > now:
            stay_down(L, S, now, tool)
            return
    if S[tool + T_CLOSED] == SHUT and rest(L, S, now, tool):
        return
    up_again(L, S, now, tool)


@njit_apart
def up_again(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A tool that has just come up takes on where it was."""
    resume_clocks(L, S, now, tool)
    if S[tool + T_STRUCK] > 0 or S[tool + T_DUE_PM] > 0:
        down_again(L, S, now, tool)
        if S[tool + T_DOWN] != UP:
            return
    go_on(L, S, now, tool)
    do_next(S, DO_TOOL, tool)
    if L[S[S[tool + T_GROUP] + Q_CONST] + G_GATES] > 0:
        call_gated(L, S, S[tool + T_GROUP])


@njit_apart
def go_on(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """What stood still while a tool was down goes on."""
    if S[tool + T_BELT] != NO_BELT:
        restart_belt(L, S, now, tool)
        return
    if S[tool + T_DO] == EMPTY or S[tool + T_DO] == FINISHED:
        S[tool + T_END] = NEVER
    elif S[tool + T_TASK] != NONE:
        take_up(L, S, now, tool)
    else:
        begin_stretch(L, S, now, tool)
    resume_lots(S, now, tool)
    show_state(S, now, tool)


@njit_apart
def down_again(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """What fell due while the tool was down begins at once: a failure, or maintenance that waits for no lot."""
    first = S[tool + T_CLOCK]
    if S[tool + T_STRUCK] == 0:
        begin_pm(L, S, now, tool, HOW_PREEMPT)
        return
    for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
        if S[clock + CK_PENDING] == 1 and L[S[clock + CK_CONST] + K_KIND] == FAIL_CALENDAR:
            S[clock + CK_PENDING] = 0
            S[tool + T_STRUCK] -= 1
            go_down(L, S, now, tool, clock, FAILED)
            return


@njit_apart
def call_maintenance(L: Memory, S: Memory, tool: Int) -> None:
    """A control chart is in alarm: the tool is maintained before its next lot, once, whoever else calls."""
    first = S[tool + T_CLOCK]
    for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
        why = S[tool + T_HELD] if S[tool + T_DOWN] == CLOSED else S[tool + T_DOWN]
        under_way = why == MAINTAINED and S[tool + T_BY] == clock
        if L[S[clock + CK_CONST] + K_KIND] == PM_ALARM and S[clock + CK_PENDING] == 0 and not under_way:
            S[clock + CK_PENDING] = 1
            S[tool + T_DUE_PM] += 1
            make_busy(L, S, tool)
            if S[tool + T_DOWN] == CLOSED:
                maintain_closed(L, S, S[C_NOW], tool)
            elif S[tool + T_DO] == EMPTY:
                do_next(S, DO_TOOL, tool)
            return


@njit_apart
def begin_pm(L: Memory, S: Memory, now: Int, tool: Int, how: Int) -> None:
    """Start the first maintenance that is due and, unless that is 0, of this kind; a run under way stands still."""
    clock = due_maintenance(L, S, tool, how)
    if clock != NONE:
        S[clock + CK_PENDING] = 0
        S[tool + T_DUE_PM] -= 1
        go_down(L, S, now, tool, clock, MAINTAINED)


@njit_apart
def rest(L: Memory, S: Memory, now: Int, tool: Int) -> bool:
    """A tool whose calendar is closed stands still, or is maintained meanwhile; False if it has work to finish."""
    if not stand_still(L, S, now, tool):
        return False
    maintain_closed(L, S, now, tool)
    return True


@njit_apart
def maintain_closed(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """Begin the maintenance of a tool that stands still, if one is due, goes on in closed time and a crew is free.

    With a run under way only what would have interrupted it.
    """
    if S[tool + T_HELD] != UP or S[tool + T_OFF] == 1 or stops_at(L, S, tool) & STOPS_PM != 0:
        return
    crew = crew_for(L, S, tool, TASK_PM)
    if crew != NONE and S[crew + CW_BUSY] >= S[crew + CW_MEMBERS]:
        return
    is_free = S[tool + T_BELT] != NO_BELT or (S[tool + T_DO] == EMPTY and S[tool + T_LOTS] == 0)
    how = 0 if is_free else HOW_PREEMPT
    if due_maintenance(L, S, tool, how) != NONE:
        reopen(S, now, tool)
        begin_pm(L, S, now, tool, how)


@njit_apart
def go_away(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """An empty tool is taken out of the line for a time."""
    S[tool + T_DOWN] = AWAY
    S[S[tool + T_GROUP] + Q_AWAY] += 1
    make_busy(L, S, tool)
    set_state(S, now, tool, OFF)
    hold_clocks(L, S, now, tool)
    if S[tool + T_CREW] != NONE:
        let_go(L, S, now, tool)
    log_tool(S, now, W_OFF, tool)
    look_for_deadlock(L, S, S[tool + T_GROUP])


@njit_apart
def come_back(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A tool that was away, or still had a lot to finish before it went, takes lots again."""
    S[tool + T_OFF] = 0
    S[tool + T_DUE_PM] -= 1
    if S[tool + T_DOWN] == AWAY:
        S[tool + T_DOWN] = UP
        S[S[tool + T_GROUP] + Q_AWAY] -= 1
        log_tool(S, now, W_ON, tool)
        resume_clocks(L, S, now, tool)
        show_state(S, now, tool)
        if S[tool + T_CLOSED] == SHUT and rest(L, S, now, tool):
            return
        if L[S[S[tool + T_GROUP] + Q_CONST] + G_GATES] > 0:
            call_gated(L, S, S[tool + T_GROUP])


@njit_apart
def count_units(L: Memory, S: Memory, tool: Int, units: Int) -> None:
    """Units done since the last PM of each kind; a PM whose number is reached is due."""
    if S[tool + T_PM_UNITS] == 0:
        return
    first = S[tool + T_CLOCK]
    for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
        if L[S[clock + CK_CONST] + K_KIND] == PM_UNITS:
            S[clock + CK_LEFT] -= units
            if S[clock + CK_LEFT] <= 0 and S[clock + CK_PENDING] == 0:
                S[clock + CK_PENDING] = 1
                S[tool + T_DUE_PM] += 1
