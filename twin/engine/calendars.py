"""Calendars: tools and crews stop as theirs closes and go on as it opens, one event for all of them.

One tick before a closing, when everything else of that tick has been done, tools are told to take nothing more and
members of a crew to begin nothing more. So what ends as the shift ends has ended, and nothing begins with it. At the
closing tools stand still, unless they are to finish what is on them, and those that are repaired or maintained where
closed time stops that.
"""

from twin.arrays.calendar_fields import CA_EDGE, CA_STATE, CALENDAR_FIELDS, CLOSING, EV_CALENDAR, OPEN, SHUT
from twin.arrays.fields import (
    C_GROUP,
    C_TOOL,
    CK_BEGAN,
    CLOSED,
    DO_TOOL,
    DOWN,
    FAILED,
    G_CALENDAR,
    G_CREW,
    G_GATES,
    G_TOOL,
    G_TOOLS,
    GROUP_FIELDS,
    H_CALENDAR,
    H_CALENDARS,
    H_CREWS,
    H_DUTY,
    NEVER,
    NONE,
    PM,
    Q_CONST,
    T_BY,
    T_CLOSED,
    T_DOWN,
    T_DUE_PM,
    T_GROUP,
    T_HALTED,
    T_UNTIL,
    TOOL_FIELDS,
    UP,
    W_DOWN,
)
from twin.engine.clocks import rest, up_again
from twin.engine.crew import begin_repair, call_for_repair, come_back_to_work, go_home
from twin.engine.heap import push
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.logbook import log_tool
from twin.engine.open_time import edge_tick
from twin.engine.standing import calendar_row, hold_repair, reopen, resume_others
from twin.engine.todo import call_gated, do_next
from twin.engine.tools import make_busy, set_state


@njit_apart
def start_calendars(L: Memory, S: Memory) -> None:
    """How every calendar stands at time 0; what is closed then stands still from the start."""
    for k in range(L[H_CALENDARS]):
        calendar = L[H_CALENDAR] + k * CALENDAR_FIELDS
        if edge_tick(L, calendar_row(L, calendar), 0) == 0:
            S[calendar + CA_STATE] = OPEN
            S[calendar + CA_EDGE] = 1
        else:
            close_soon(L, S, -1, calendar)
            close_now(L, S, 0, calendar)
        plan_edge(L, S, calendar)


@njit_apart
def plan_edge(L: Memory, S: Memory, calendar: Int) -> None:
    """Have the event of a calendar's next opening, of its next closing or of the tick before that."""
    tick = edge_tick(L, calendar_row(L, calendar), S[calendar + CA_EDGE])
    if tick != NEVER:
        push(S, tick - 1 if S[calendar + CA_STATE] == OPEN else tick, EV_CALENDAR, calendar)


@njit_apart
def calendar_event(L: Memory, S: Memory, now: Int, calendar: Int) -> None:
    """A calendar opens, is about to close, or closes."""
    if S[calendar + CA_STATE] == OPEN:
        close_soon(L, S, now, calendar)
    elif S[calendar + CA_STATE] == CLOSING:
        S[calendar + CA_EDGE] += 1
        close_now(L, S, now, calendar)
    else:
        S[calendar + CA_EDGE] += 1
        open_now(L, S, now, calendar)
    plan_edge(L, S, calendar)


@njit_apart
def close_soon(L: Memory, S: Memory, now: Int, calendar: Int) -> None:
    """A calendar closes at the next tick: its tools take nothing more, its crews begin nothing more."""
    S[calendar + CA_STATE] = CLOSING
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        const = S[g + Q_CONST]
        if L[const + G_CALENDAR] == calendar:
            first = L[const + G_TOOL]
            for tool in range(first, first + L[const + G_TOOLS] * TOOL_FIELDS, TOOL_FIELDS):
                S[tool + T_CLOSED] = CLOSING
                S[tool + T_DUE_PM] += 1  # as if for maintenance, so that it takes no lot
                make_busy(L, S, tool)
    for k in range(L[H_CREWS]):
        if L[L[H_DUTY] + k] == calendar:
            go_home(L, S, now + 1, k)


@njit_apart
def close_now(L: Memory, S: Memory, now: Int, calendar: Int) -> None:
    """A calendar is closed: its tools stand still, or finish what they are at."""
    S[calendar + CA_STATE] = SHUT
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        const = S[g + Q_CONST]
        if L[const + G_CALENDAR] == calendar:
            first = L[const + G_TOOL]
            for tool in range(first, first + L[const + G_TOOLS] * TOOL_FIELDS, TOOL_FIELDS):
                S[tool + T_CLOSED] = SHUT
                rest(L, S, now, tool)
                hold_repair(L, S, now, tool)


@njit_apart
def open_now(L: Memory, S: Memory, now: Int, calendar: Int) -> None:
    """A calendar opens: members of its crews are back, its tools go on."""
    S[calendar + CA_STATE] = OPEN
    for k in range(L[H_CREWS]):
        if L[L[H_DUTY] + k] == calendar:
            come_back_to_work(L, S, now, k)
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        const = S[g + Q_CONST]
        if L[const + G_CALENDAR] == calendar:
            first = L[const + G_TOOL]
            for tool in range(first, first + L[const + G_TOOLS] * TOOL_FIELDS, TOOL_FIELDS):
                open_tool(L, S, now, tool)
            if L[const + G_GATES] > 0:
                call_gated(L, S, g)


@njit_apart
def open_tool(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A tool's calendar opens: what stood still goes on."""
    S[tool + T_CLOSED] = OPEN
    S[tool + T_DUE_PM] -= 1
    resume_others(S, now, tool)
    do_next(S, DO_TOOL, tool)
    if S[tool + T_DOWN] != CLOSED:
        return
    reopen(S, now, tool)
    if S[tool + T_DOWN] == UP:
        up_again(L, S, now, tool)
        if S[tool + T_HALTED] == 1 and S[tool + T_DOWN] == UP:
            log_tool(S, now, W_DOWN, tool)
        return
    set_state(S, now, tool, DOWN if S[tool + T_DOWN] == FAILED else PM)
    if S[tool + T_UNTIL] < 0:
        S[tool + T_UNTIL] = now - S[tool + T_UNTIL]
    if S[tool + T_BY] != NONE:
        S[S[tool + T_BY] + CK_BEGAN] = now
    if S[tool + T_BY] == NONE or L[S[S[tool + T_GROUP] + Q_CONST] + G_CREW] == NONE:
        begin_repair(L, S, now, tool)
    else:
        call_for_repair(L, S, now, tool)
