"""Cluster tools: the units of a run are spread over the chambers that are up, so that it goes on at their share.

A step's time is that with all the chambers it may use. Work left is counted in chamber ticks (time x chambers), so
that with k of them up a stretch takes work / k, rounded up to a tick, and what a change of k leaves is exact. Load and
unload belong to the run; a setup takes its time whatever is up. With none up the run stands still and the tool is
down; so is an empty tool whose chambers are all down.
"""

from twin.arrays.fields import (
    CHAMBER_OPERATING,
    CK_CONST,
    CK_LEFT,
    CLOCK_FIELDS,
    E_CHAMBERS,
    EV_TOOL,
    FAIL_OPERATING,
    K_CHAMBER,
    K_KIND,
    LOT_STEP,
    NEVER,
    RUNNING,
    S_EXTRA,
    SETTING_UP,
    T_BROKEN,
    T_CLOCK,
    T_CLOCKS,
    T_CUT,
    T_DO,
    T_DOWN,
    T_END,
    T_HALTED,
    T_LEFT,
    T_LOT,
    T_SPEED,
    T_USED,
    UP,
)
from twin.engine.heap import due_by
from twin.engine.jit import Int, Memory, njit_apart


@njit_apart
def count_bits(bits: Int) -> Int:
    """How many bits are set."""
    count: Int = 0
    while bits != 0:
        count += bits & 1
        bits >>= 1
    return count


@njit_apart
def use_chambers(S: Memory, tool: Int, chambers: Int) -> None:
    """From now on a cluster tool may use these chambers: it is halted if none of them is up; a setup needs none."""
    S[tool + T_USED] = chambers
    S[tool + T_HALTED] = S[tool + T_DO] != SETTING_UP and chambers & ~S[tool + T_BROKEN] == 0


@njit_apart
def start_chambers(L: Memory, S: Memory, tool: Int) -> None:
    """A run begins: it may use the chambers of its step, and its work is counted in chamber ticks."""
    chambers = L[L[S[S[tool + T_LOT] + LOT_STEP] + S_EXTRA] + E_CHAMBERS]
    use_chambers(S, tool, chambers)
    S[tool + T_LEFT] *= count_bits(chambers)


@njit_apart
def begin_chambers(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """Begin a stretch of a cluster tool that is up: to the end of its work, or to a failure of it or of a chamber."""
    if S[tool + T_DOWN] != UP or (S[tool + T_DO] != RUNNING and S[tool + T_DO] != SETTING_UP):
        return
    length = S[tool + T_LEFT]
    S[tool + T_SPEED] = 1
    if S[tool + T_DO] == RUNNING:
        up = S[tool + T_USED] & ~S[tool + T_BROKEN]
        S[tool + T_SPEED] = count_bits(up)
        if up == 0:
            S[tool + T_END] = NEVER
            return
        length = -(-length // S[tool + T_SPEED])
        first = S[tool + T_CLOCK]
        for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
            const = S[clock + CK_CONST]
            works = L[const + K_KIND] == CHAMBER_OPERATING and L[const + K_CHAMBER] & up != 0
            if (works or L[const + K_KIND] == FAIL_OPERATING) and S[clock + CK_LEFT] < length:
                length = S[clock + CK_LEFT]
                S[tool + T_CUT] = clock
    due_by(S, tool, T_END, EV_TOOL, now + length)


@njit_apart
def end_chambers(L: Memory, S: Memory, tool: Int, worked: Int) -> None:
    """A stretch of a run ends: the operating clocks of the chambers that worked run on."""
    up = S[tool + T_USED] & ~S[tool + T_BROKEN]
    first = S[tool + T_CLOCK]
    for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
        const = S[clock + CK_CONST]
        if L[const + K_KIND] == CHAMBER_OPERATING and L[const + K_CHAMBER] & up != 0:
            S[clock + CK_LEFT] -= worked
