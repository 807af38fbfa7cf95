"""When a tool's clocks are due next, and which maintenance is due."""

from twin.arrays.fields import (
    CK_CONST,
    CK_COUNT,
    CK_DUE,
    CK_KEY,
    CK_LEFT,
    CK_PENDING,
    CK_PLANNED,
    CK_TOOL,
    CLOCK_FIELDS,
    EV_CLOCK,
    HOW_FROM_END,
    K_EVERY,
    K_HOW,
    K_KIND,
    K_LAW,
    NONE,
    PM_CALENDAR,
    PM_UNITS,
    T_CLOCK,
    T_CLOCKS,
    T_DUE_PM,
)
from twin.engine.heap import due_at
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.sample import law_ticks


@njit_apart
def next_failure(L: Memory, S: Memory, clock: Int) -> Int:
    """Up time to the next failure [tick]; even counts are up times, odd ones repairs."""
    return law_ticks(L, L[S[clock + CK_CONST] + K_LAW], S[clock + CK_KEY], 2 * S[clock + CK_COUNT], S[clock + CK_COUNT])


@njit_apart
def plan_next_pm(L: Memory, S: Memory, now: Int, clock: Int) -> None:
    """The next PM, one interval after this one was due, or after its end."""
    from_end = L[S[clock + CK_CONST] + K_HOW] & HOW_FROM_END != 0
    if L[S[clock + CK_CONST] + K_KIND] == PM_UNITS:
        passed = 0 if from_end else S[clock + CK_LEFT]  # units beyond the number at which this one was due
        S[clock + CK_LEFT] = passed + L[S[clock + CK_CONST] + K_EVERY]
        if S[clock + CK_LEFT] <= 0:  # as many again passed before it could begin
            S[clock + CK_PENDING] = 1
            S[S[clock + CK_TOOL] + T_DUE_PM] += 1
    elif L[S[clock + CK_CONST] + K_KIND] == PM_CALENDAR:
        if from_end:
            S[clock + CK_PLANNED] = now
        S[clock + CK_PLANNED] += L[S[clock + CK_CONST] + K_EVERY]
        if S[clock + CK_PLANNED] <= now:  # overdue: before any further lot
            S[clock + CK_PENDING] = 1
            S[S[clock + CK_TOOL] + T_DUE_PM] += 1
            return
        due_at(S, clock, CK_DUE, EV_CLOCK, S[clock + CK_PLANNED])


@njit_apart
def due_maintenance(L: Memory, S: Memory, tool: Int, how: Int) -> Int:
    """The clock of the first maintenance that is due and, unless that is 0, of this kind; NONE without one."""
    first = S[tool + T_CLOCK]
    for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
        const = S[clock + CK_CONST]
        is_kind = how == 0 or L[const + K_HOW] & how != 0
        if S[clock + CK_PENDING] == 1 and L[const + K_KIND] >= PM_CALENDAR and is_kind:
            return clock
    return NONE
