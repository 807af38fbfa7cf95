"""The move of an indexed section."""

from twin.arrays.fields import (
    NONE,
    SX_LAST,
    T_BEHIND,
    T_LOTS,
)
from twin.engine.indexed import count_cycle, may_move
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.work import finish_all


@njit_apart
def move_section(L: Memory, S: Memory, now: Int, section: Int) -> None:
    """Move all lots of a section on, the last one first, if it may; with no place behind it they wait for that."""
    if not may_move(S, now, section):
        return
    last = S[section + SX_LAST]
    if S[last + T_LOTS] > 0:
        finish_all(L, S, now, last)
        if S[last + T_LOTS] > 0:
            return
    tool = S[last + T_BEHIND]
    while tool != NONE:
        if S[tool + T_LOTS] > 0:
            finish_all(L, S, now, tool)
        tool = S[tool + T_BEHIND]
    count_cycle(S, now, section)
