"""A lot's place in a queue that is kept sorted."""

from twin.arrays.fields import (
    LOT_NEXT,
    LOT_PREV,
    LOT_SORT,
    NONE,
    Q_HEAD,
    Q_TAIL,
)
from twin.engine.chain import insert_after
from twin.engine.jit import Int, Memory, njit


@njit
def insert_sorted(S: Memory, g: Int, lot: Int, value: Int) -> None:
    """Put a lot into a queue behind those whose value is no larger."""
    S[lot + LOT_SORT] = value
    before = S[g + Q_TAIL]
    if before != NONE and value < S[S[g + Q_HEAD] + LOT_SORT]:
        before = NONE  # in front of all: last in, first out would walk the whole queue each time
    while before != NONE and S[before + LOT_SORT] > value:
        before = S[before + LOT_PREV]
    insert_after(S, g + Q_HEAD, LOT_NEXT, lot, before)
