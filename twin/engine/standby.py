"""Tools that go to standby once they have been idle for long enough: how long, and how often they wake."""

from twin.arrays.fields import (
    BLOCKED,
    NO_OPERATOR,
    STARVED,
    T_QUIET,
    T_SLEPT,
    T_STANDBY,
    T_WOKEN,
)
from twin.engine.jit import Int, Memory, njit, njit_apart


@njit
def is_idle(state: Int) -> bool:
    """Whether a tool in this state waits: for a lot, for a place, for an operator."""
    return state in (STARVED, BLOCKED, NO_OPERATOR)


@njit_apart
def note_standby(S: Memory, now: Int, tool: Int, old: Int, state: Int) -> None:
    """A tool with standby goes from one state to another: an idle stretch begins, goes on, or ends.

    Only what of a stretch lies beyond T_STANDBY is standby; nothing is due at the moment it begins.
    """
    if is_idle(state):
        if not is_idle(old):
            S[tool + T_QUIET] = now
    elif is_idle(old):
        slept = now - S[tool + T_QUIET] - S[tool + T_STANDBY]
        if slept > 0:
            S[tool + T_SLEPT] += slept
            S[tool + T_WOKEN] += 1
