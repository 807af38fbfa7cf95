"""Lots that leave within the takt after the one before them."""

from twin.arrays.fields import (
    C_GAPS,
    C_OUT_AT,
    C_WITHIN,
    H_TAKT,
)
from twin.engine.jit import Int, Memory, njit_apart


@njit_apart
def note_takt(L: Memory, S: Memory, now: Int) -> None:
    """A lot leaves a line that has a takt."""
    if S[C_OUT_AT] != 0:  # the tick after it, so that 0 is none
        S[C_GAPS] += 1
        S[C_WITHIN] += now + 1 - S[C_OUT_AT] <= L[H_TAKT]
    S[C_OUT_AT] = now + 1
