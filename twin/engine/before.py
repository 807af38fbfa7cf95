"""What the start of a run hangs on: a place in front of the next toolgroup, a slot in which the tool is up."""

import numpy as np

from twin.arrays.fields import (
    C_NOW,
    CK_CONST,
    CK_KEY,
    CK_TRIES,
    CLOCK_FIELDS,
    FAIL_SLOT,
    FAILED,
    G_BUFFER,
    G_START,
    K_KIND,
    K_UP,
    LOT_NEXT,
    LOT_TOOL,
    NONE,
    Q_BLOCK_HEAD,
    Q_CLAIMED,
    Q_CONST,
    Q_HEAD,
    Q_PLACES,
    START_PLACE,
    START_SLOT,
    T_CLAIM,
    T_CLOCK,
    T_CLOCKS,
    T_PLACE,
    T_WANTS,
)
from twin.engine.buffers import change_places
from twin.engine.chain import take_out_of
from twin.engine.claims import give_place_back
from twin.engine.clocks import go_down
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.moves import look_for_deadlock, wait_for_place
from twin.engine.onward import group_after
from twin.engine.places import has_place
from twin.engine.rng import draw
from twin.engine.tools import make_busy

S32 = np.uint64(32)


@njit_apart
def may_begin(L: Memory, S: Memory, now: Int, g: Int, tool: Int, lot: Int) -> bool:
    """Whether a tool begins the run of the lot that it has chosen; else it waits for a place or is down for a slot."""
    start = L[S[g + Q_CONST] + G_START]
    make_busy(L, S, tool)
    if start & START_PLACE != 0 and not keep_place(L, S, g, tool, lot):
        claim(L, S, g, tool, lot)
        return False
    return start & START_SLOT == 0 or not loses_slot(L, S, now, tool)


@njit_apart
def keep_place(L: Memory, S: Memory, g: Int, tool: Int, lot: Int) -> bool:
    """Keep a place in front of the toolgroup that a lot goes to after this step; whether there is one, or none needed.

    A lot that comes back to its own toolgroup leaves a place of its buffer and so has it.
    """
    to = group_after(L, S, lot)
    S[tool + T_WANTS] = to
    if S[tool + T_PLACE] != NONE:
        if S[tool + T_PLACE] == to:
            return True
        give_place_back(L, S, tool)
    if to == NONE:
        return True
    S[g + Q_PLACES] -= 1  # its own, which it leaves
    comes_back = to == g and L[S[g + Q_CONST] + G_BUFFER] != 0
    found = has_place(L, S, to) and (S[to + Q_BLOCK_HEAD] == NONE or comes_back)
    S[g + Q_PLACES] += 1
    if found:
        change_places(L, S, S[C_NOW], to, 1)
        S[tool + T_PLACE] = to
    return bool(found)


@njit_apart
def claim(L: Memory, S: Memory, g: Int, tool: Int, lot: Int) -> None:
    """A tool waits with a lot for a place in front of the toolgroup that it wants."""
    take_out_of(S, g + Q_HEAD, LOT_NEXT, lot)
    S[lot + LOT_TOOL] = tool
    S[tool + T_CLAIM] = lot
    S[g + Q_CLAIMED] += 1
    wait_for_place(S, S[tool + T_WANTS], lot)
    look_for_deadlock(L, S, g)


@njit_apart
def loses_slot(L: Memory, S: Memory, now: Int, tool: Int) -> bool:
    """Whether one of a tool's clocks of slots says that it is down for a slot; it then is."""
    first = S[tool + T_CLOCK]
    for clock in range(first, first + S[tool + T_CLOCKS] * CLOCK_FIELDS, CLOCK_FIELDS):
        const = S[clock + CK_CONST]
        if L[const + K_KIND] == FAIL_SLOT:
            tries = S[clock + CK_TRIES]
            S[clock + CK_TRIES] = tries + 1
            if np.int64(draw(S[clock + CK_KEY], tries) >> S32) >= L[const + K_UP]:
                go_down(L, S, now, tool, clock, FAILED)
                return True
    return False
