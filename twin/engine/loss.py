"""Lots that come to a line that has no place for them, and do not wait: they are lost (`release: {full: lose}`)."""

from twin.arrays.fields import (
    END,
    LOT_PRODUCT,
    LOT_STEP,
    NONE,
    PR_AREA,
    PR_LOST,
    PR_RELEASED,
    PR_WIP,
    Q_BLOCK_HEAD,
    S_GROUP,
)
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.lots import free_lot
from twin.engine.places import has_place


@njit_apart
def finds_no_place(L: Memory, S: Memory, lot: Int) -> bool:
    """Whether there is no place in front of the toolgroup that a lot comes to first, or others wait for one."""
    step = S[lot + LOT_STEP]
    if step == END:
        return False
    g = L[step + S_GROUP]
    return S[g + Q_BLOCK_HEAD] != NONE or not has_place(L, S, g)


@njit_apart
def lose_lot(S: Memory, now: Int, lot: Int) -> None:
    """A lot turns round at the entrance: it was never in the line, but its number is gone."""
    product = S[lot + LOT_PRODUCT]
    S[product + PR_LOST] += 1
    S[product + PR_RELEASED] -= 1
    S[product + PR_WIP] -= 1
    S[product + PR_AREA] += now
    free_lot(S, lot)
