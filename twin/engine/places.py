"""Places in front of a toolgroup."""

from twin.arrays.fields import (
    G_BUFFER,
    G_TOOLS,
    Q_CLAIMED,
    Q_CONST,
    Q_IDLE,
    Q_PLACES,
    UNLIMITED,
)
from twin.engine.jit import Int, Memory, njit


@njit
def has_place(L: Memory, S: Memory, g: Int) -> bool:
    """Whether one more lot may set out for a toolgroup: a place in its buffer, or with none, an idle tool."""
    buffer = L[S[g + Q_CONST] + G_BUFFER]
    if buffer == UNLIMITED:
        return True
    if buffer == 0:
        if L[S[g + Q_CONST] + G_TOOLS] == UNLIMITED:
            return True
        return S[g + Q_PLACES] < S[g + Q_IDLE] + S[g + Q_CLAIMED]
    return S[g + Q_PLACES] < buffer
