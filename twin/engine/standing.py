"""Standing still: what runs at a tool that is not up, and all of it at one whose calendar is closed."""

from twin.arrays.calendar_fields import (
    CALENDAR_CONSTANTS,
    CALENDAR_FIELDS,
    CL_STOPS,
    SHUT,
    STOPS_PM,
    STOPS_PROCESSING,
    STOPS_REPAIR,
)
from twin.arrays.fields import (
    CK_BEGAN,
    CK_CONST,
    CK_DUE,
    CK_HELD,
    CK_LEFT,
    CK_PENDING,
    CK_SPENT,
    CLOCK_FIELDS,
    CLOSED,
    EMPTY,
    EV_CLOCK,
    FAIL_CALENDAR,
    FAILED,
    FINISHED,
    G_CALENDAR,
    H_CALENDAR,
    H_CALENDAR_ROW,
    HOW_THROUGH_PM,
    IN_REPAIR,
    K_CHAMBER,
    K_HOW,
    K_KIND,
    MAINTAINED,
    NEVER,
    NO_BELT,
    NONE,
    OFF,
    Q_CONST,
    T_BACK,
    T_BELT,
    T_BY,
    T_CLOCK,
    T_CLOCKS,
    T_CLOSED,
    T_CREW,
    T_DO,
    T_DOWN,
    T_END,
    T_GROUP,
    T_HALTED,
    T_HELD,
    T_LOTS,
    T_REST,
    T_STUCK,
    T_UNTIL,
    UP,
    W_OFF,
    W_ON,
    W_UP,
)
from twin.engine.belt import stop_belt
from twin.engine.claims import drop_claim
from twin.engine.crew import let_go
from twin.engine.heap import due_at
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.logbook import log_tool
from twin.engine.tools import end_stretch, hold_lots, make_busy, set_state


@njit_apart
def hold_clocks(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A tool is not up: its calendar failure clocks stand still, but for those that run through maintenance.

    A lot with which it waits for a place waits for any tool again.
    """
    drop_claim(L, S, tool)
    first = S[tool + T_CLOCK]
    runs_on = HOW_THROUGH_PM if S[tool + T_DOWN] == MAINTAINED else 0
    for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
        const = S[clock + CK_CONST]
        if L[const + K_KIND] == FAIL_CALENDAR and S[clock + CK_DUE] != NEVER and L[const + K_HOW] & runs_on == 0:
            S[clock + CK_LEFT] = S[clock + CK_DUE] - now
            S[clock + CK_DUE] = NEVER


@njit_apart
def resume_clocks(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A tool is up again: its calendar failure clocks run on."""
    first = S[tool + T_CLOCK]
    for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
        if L[S[clock + CK_CONST] + K_KIND] == FAIL_CALENDAR and S[clock + CK_LEFT] != NEVER:
            due_at(S, clock, CK_DUE, EV_CLOCK, now + S[clock + CK_LEFT])
            S[clock + CK_LEFT] = NEVER


@njit_apart
def stops_at(L: Memory, S: Memory, tool: Int) -> Int:
    """What closed time stops at a tool, as bits; the tool has a calendar."""
    calendar = L[S[S[tool + T_GROUP] + Q_CONST] + G_CALENDAR]
    return L[calendar_row(L, calendar) + CL_STOPS]


@njit_apart
def calendar_row(L: Memory, calendar: Int) -> Int:
    """Where the line tells of a world's calendar."""
    number = (calendar - L[H_CALENDAR]) // CALENDAR_FIELDS
    return L[H_CALENDAR_ROW] + number * CALENDAR_CONSTANTS


@njit_apart
def is_through(S: Memory, tool: Int) -> bool:
    """Whether a tool that is up has nothing more to do to what is on it."""
    idle = S[tool + T_DO] == EMPTY or S[tool + T_DO] == FINISHED
    return bool(idle and S[tool + T_LOTS] == S[tool + T_STUCK])


@njit_apart
def stand_still(L: Memory, S: Memory, now: Int, tool: Int) -> bool:
    """The calendar of a tool that is up is closed: it stands still, unless it is to finish what is on it."""
    if S[tool + T_CLOSED] != SHUT or S[tool + T_DOWN] != UP:
        return False
    is_belt = S[tool + T_BELT] != NO_BELT
    if stops_at(L, S, tool) & STOPS_PROCESSING == 0 and not is_through(S, tool) and not is_belt:
        return False
    if S[tool + T_END] != NEVER:
        end_stretch(L, S, now, tool)
    if is_belt:
        stop_belt(L, S, now, tool)
    else:
        hold_lots(S, now, tool)
    close(L, S, now, tool)
    return True


@njit_apart
def hold_repair(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """The calendar of a tool that is not up is closed: its repair or maintenance stands still, unless that goes on."""
    why = S[tool + T_DOWN]
    if S[tool + T_CLOSED] != SHUT or (why != FAILED and why != MAINTAINED):
        return
    if stops_at(L, S, tool) & (STOPS_REPAIR if why == FAILED else STOPS_PM) == 0:
        return
    if S[tool + T_BACK] != NEVER:
        S[tool + T_REST] = S[tool + T_BACK] - now
        S[tool + T_BACK] = NEVER
    if S[tool + T_UNTIL] > now:
        S[tool + T_UNTIL] = now - S[tool + T_UNTIL]  # below 0: what is left of a repair beside the maintenance
    if S[tool + T_BY] != NONE:
        S[S[tool + T_BY] + CK_SPENT] += now - S[S[tool + T_BY] + CK_BEGAN]
    close(L, S, now, tool)


@njit_apart
def close(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A tool stands still from now on, whatever it did; its clocks too, and its member of a crew goes."""
    S[tool + T_HELD] = S[tool + T_DOWN]
    S[tool + T_DOWN] = CLOSED
    drop_claim(L, S, tool)
    make_busy(L, S, tool)
    if S[tool + T_CREW] != NONE:
        let_go(L, S, now, tool)
    if S[tool + T_HALTED] == 1 and S[tool + T_HELD] == UP:
        log_tool(S, now, W_UP, tool)  # a cluster tool without a chamber that works
    set_state(S, now, tool, OFF)
    if S[tool + T_HELD] == UP:
        hold_clocks(L, S, now, tool)
    hold_others(L, S, now, tool)
    log_tool(S, now, W_OFF, tool)


@njit_apart
def hold_others(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """Clocks that run whether a tool is up or not stand still with it.

    Those of failures that run through maintenance; and where closed time stops repairs, of a cluster tool's chambers
    those of calendar failures and of repairs.
    """
    stops = stops_at(L, S, tool) & STOPS_REPAIR != 0
    first = S[tool + T_CLOCK]
    for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
        const = S[clock + CK_CONST]
        of_chamber = L[const + K_CHAMBER] != 0
        fails = L[const + K_KIND] == FAIL_CALENDAR and S[tool + T_HELD] == MAINTAINED
        if S[clock + CK_DUE] != NEVER and (fails or (of_chamber and stops)):
            S[clock + CK_HELD] = S[clock + CK_DUE] - now
            S[clock + CK_DUE] = NEVER
            if of_chamber and S[clock + CK_PENDING] == IN_REPAIR:
                S[clock + CK_SPENT] += now - S[clock + CK_BEGAN]


@njit_apart
def resume_others(S: Memory, now: Int, tool: Int) -> None:
    """A tool's calendar opens: clocks that run whether it is up or not run on."""
    first = S[tool + T_CLOCK]
    for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
        if S[clock + CK_HELD] != NEVER:
            due_at(S, clock, CK_DUE, EV_CLOCK, now + S[clock + CK_HELD])
            S[clock + CK_HELD] = NEVER
            if S[clock + CK_PENDING] == IN_REPAIR:
                S[clock + CK_BEGAN] = now


@njit_apart
def reopen(S: Memory, now: Int, tool: Int) -> None:
    """A tool that stood still is what it was again; the caller sees to its work or repair."""
    S[tool + T_DOWN] = S[tool + T_HELD]
    log_tool(S, now, W_ON, tool)
