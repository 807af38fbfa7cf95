"""Failures of the chambers of cluster tools: each chamber has a clock of its own for each kind of failure.

An operating clock counts the time that its chamber works, a calendar one all the time in which the chamber is up, also
while its tool is idle, down or maintained. Repairs of several chambers go on side by side, whatever the tool does.
"""

from twin.arrays.fields import (
    CHAMBER_CALENDAR,
    CK_BEGAN,
    CK_CONST,
    CK_COUNT,
    CK_DUE,
    CK_KEY,
    CK_LEFT,
    CK_PENDING,
    CK_SPENT,
    CK_TOOL,
    CLOCK_FIELDS,
    DO_TOOL,
    DOWN,
    EV_CLOCK,
    IN_REPAIR,
    K_CHAMBER,
    K_KIND,
    K_LAW,
    K_TAKES,
    NEVER,
    RUNNING,
    SETTING_UP,
    T_BROKEN,
    T_CLOCK,
    T_CLOCKS,
    T_DO,
    T_DOWN,
    T_END,
    T_STATE,
    T_USED,
    UP,
    W_DOWN,
    W_UP,
)
from twin.engine.chambers import use_chambers
from twin.engine.heap import due_at
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.logbook import log_tool
from twin.engine.sample import law_ticks
from twin.engine.todo import do_next
from twin.engine.tools import begin_stretch, end_stretch, show_state


@njit_apart
def clock_draw(L: Memory, S: Memory, clock: Int, law: Int, count: Int) -> Int:
    """A time of a chamber's clock [tick]; even counts are up times, odd ones repairs."""
    return law_ticks(L, law, S[clock + CK_KEY], count, S[clock + CK_COUNT])


@njit_apart
def plan(S: Memory, clock: Int, tick: Int) -> None:
    """Have a clock's event at a tick."""
    due_at(S, clock, CK_DUE, EV_CLOCK, tick)


@njit_apart
def chamber_clock(L: Memory, S: Memory, now: Int, clock: Int) -> None:
    """Set a chamber's clock going: the time up to its next failure."""
    const = S[clock + CK_CONST]
    time = clock_draw(L, S, clock, L[const + K_LAW], 2 * S[clock + CK_COUNT])
    S[clock + CK_LEFT] = time
    if L[const + K_KIND] == CHAMBER_CALENDAR:
        S[clock + CK_LEFT] = NEVER
        plan(S, clock, now + time)


@njit_apart
def chamber_event(L: Memory, S: Memory, now: Int, clock: Int) -> None:
    """A chamber's event has come: a failure, or the end of its repair. Work goes on with the chambers that are up."""
    tool = S[clock + CK_TOOL]
    chamber = L[S[clock + CK_CONST] + K_CHAMBER]
    if S[tool + T_END] != NEVER:
        end_stretch(L, S, now, tool)
    if S[clock + CK_PENDING] == IN_REPAIR:
        S[clock + CK_PENDING] = 0
        S[clock + CK_SPENT] += now - S[clock + CK_BEGAN]
        S[tool + T_BROKEN] &= ~chamber
        chamber_clock(L, S, now, clock)
        hold_or_resume(L, S, now, clock, False)
    else:
        S[tool + T_BROKEN] |= chamber
        hold_or_resume(L, S, now, clock, True)
        takes = clock_draw(L, S, clock, L[S[clock + CK_CONST] + K_TAKES], 2 * S[clock + CK_COUNT] + 1)
        S[clock + CK_COUNT] += 1
        S[clock + CK_BEGAN] = now
        S[clock + CK_LEFT] = NEVER
        S[clock + CK_PENDING] = IN_REPAIR
        plan(S, clock, now + takes)
    use_chambers(S, tool, S[tool + T_USED])
    if S[tool + T_DOWN] == UP:
        go_on(L, S, now, tool)


@njit_apart
def go_on(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """Chambers of a tool that is up have changed: work goes on at their pace, an idle tool looks for some."""
    was = S[tool + T_STATE]
    if S[tool + T_DO] == RUNNING or S[tool + T_DO] == SETTING_UP:
        begin_stretch(L, S, now, tool)
    show_state(S, now, tool)
    if was != DOWN and S[tool + T_STATE] == DOWN:
        log_tool(S, now, W_DOWN, tool)
    elif was == DOWN and S[tool + T_STATE] != DOWN:
        log_tool(S, now, W_UP, tool)
    do_next(S, DO_TOOL, tool)


@njit_apart
def hold_or_resume(L: Memory, S: Memory, now: Int, of: Int, hold: bool) -> None:
    """A chamber goes down or is up again: its other calendar clocks stand still, or run on.

    of: the clock that took it down
    """
    tool, chamber = S[of + CK_TOOL], L[S[of + CK_CONST] + K_CHAMBER]
    first = S[tool + T_CLOCK]
    for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
        const = S[clock + CK_CONST]
        if clock == of or L[const + K_KIND] != CHAMBER_CALENDAR or L[const + K_CHAMBER] != chamber:
            continue
        if hold:
            S[clock + CK_LEFT] = S[clock + CK_DUE] - now
            S[clock + CK_DUE] = NEVER
        else:
            plan(S, clock, now + S[clock + CK_LEFT])
            S[clock + CK_LEFT] = NEVER
