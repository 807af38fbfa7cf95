"""Blocking before service: tools that wait with a lot for a place in front of its next toolgroup.

The lot stays in the queue's count and keeps its place there, but is taken out of the queue's chain: it waits in the
chain of the toolgroup that it goes to, among the lots blocked after service, first come, first served.
"""

from twin.arrays.fields import (
    C_NOW,
    DO_SPACE,
    DO_TOOL,
    LOT_NEXT,
    LOT_SORT,
    LOT_TOOL,
    NONE,
    Q_BLOCK_HEAD,
    Q_BLOCK_TAIL,
    Q_CLAIMED,
    T_CLAIM,
    T_GROUP,
    T_LOTS,
    T_PLACE,
    T_WANTS,
)
from twin.engine.buffers import change_places
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.line_up import insert_sorted
from twin.engine.todo import call_group, do_next


@njit_apart
def hand_place(L: Memory, S: Memory, g: Int, lot: Int) -> None:
    """A lot with which a tool waits has its turn: a place in front of its next toolgroup is kept for it."""
    tool = S[lot + LOT_TOOL]
    change_places(L, S, S[C_NOW], g, 1)
    S[tool + T_PLACE] = g
    do_next(S, DO_TOOL, tool)


@njit_apart
def give_place_back(L: Memory, S: Memory, tool: Int) -> None:
    """A tool does without the place that was kept for its lot: whoever waits for one may have it."""
    g = S[tool + T_PLACE]
    S[tool + T_PLACE] = NONE
    change_places(L, S, S[C_NOW], g, -1)
    if S[g + Q_BLOCK_HEAD] != NONE:
        do_next(S, DO_SPACE, g)


@njit_apart
def uses_place(L: Memory, S: Memory, tool: Int, g: Int) -> bool:
    """A lot leaves its tool for a toolgroup: whether the place that was kept for it is there. It is given back."""
    there = S[tool + T_PLACE] == g
    give_place_back(L, S, tool)
    return bool(there)


@njit_apart
def has_turn(S: Memory, tool: Int) -> bool:
    """Whether a tool that waits with a lot has its place; the lot is then in the queue again, to be chosen from all."""
    if S[tool + T_PLACE] == NONE:
        return False
    return_claim(S, tool)
    return True


@njit_apart
def return_claim(S: Memory, tool: Int) -> None:
    """The lot with which a tool waits takes its turn in the queue again."""
    g, lot = S[tool + T_GROUP], S[tool + T_CLAIM]
    S[tool + T_CLAIM] = S[lot + LOT_TOOL] = NONE
    S[g + Q_CLAIMED] -= 1
    insert_sorted(S, g, lot, S[lot + LOT_SORT])


@njit_apart
def drop_claim(L: Memory, S: Memory, tool: Int) -> None:
    """A tool that has not begun its run is not up any more: its lot waits as others do, its place is anybody's."""
    if S[tool + T_CLAIM] != NONE:
        if S[tool + T_PLACE] == NONE:
            leave_line(S, S[tool + T_WANTS], S[tool + T_CLAIM])
        return_claim(S, tool)
        call_group(S, S[tool + T_GROUP])
        do_next(S, DO_TOOL, tool)  # alone it takes lots while it is repaired
    if S[tool + T_PLACE] != NONE and S[tool + T_LOTS] == 0:
        give_place_back(L, S, tool)


@njit_apart
def leave_line(S: Memory, g: Int, lot: Int) -> None:
    """A lot no longer waits for a place in front of a toolgroup."""
    before = NONE
    at = S[g + Q_BLOCK_HEAD]
    while at != lot:
        before = at
        at = S[at + LOT_NEXT]
    after = S[lot + LOT_NEXT]
    if before == NONE:
        S[g + Q_BLOCK_HEAD] = after
    else:
        S[before + LOT_NEXT] = after
    if after == NONE:
        S[g + Q_BLOCK_TAIL] = before
