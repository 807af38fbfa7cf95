"""How long finite buffers are empty, and how long they are full."""

from twin.arrays.fields import (
    BUFFER_BETWEEN,
    BUFFER_EMPTY,
    BUFFER_FULL,
    C_GROUP,
    C_TOOL,
    G_BUFFER,
    GROUP_FIELDS,
    Q_CONST,
    Q_EMPTY,
    Q_FILL,
    Q_FULL,
    Q_PLACES,
    Q_SINCE,
)
from twin.engine.jit import Int, Memory, njit, njit_apart


@njit
def change_places(L: Memory, S: Memory, now: Int, g: Int, change: Int) -> None:
    """A place in front of a toolgroup is taken (+1) or free again (-1)."""
    S[g + Q_PLACES] += change
    if L[S[g + Q_CONST] + G_BUFFER] > 0:
        fill = fill_of(L, S, g)
        if fill != S[g + Q_FILL]:
            turn_fill(S, now, g, fill)


@njit
def fill_of(L: Memory, S: Memory, g: Int) -> Int:
    """How a toolgroup's buffer stands; one without places of its own, or with no end of them, is neither."""
    buffer = L[S[g + Q_CONST] + G_BUFFER]
    if buffer <= 0:
        return BUFFER_BETWEEN
    places = S[g + Q_PLACES]
    return BUFFER_EMPTY if places == 0 else BUFFER_FULL if places >= buffer else BUFFER_BETWEEN


@njit_apart
def turn_fill(S: Memory, now: Int, g: Int, fill: Int) -> None:
    """Book the time since the last change."""
    if S[g + Q_FILL] == BUFFER_EMPTY:
        S[g + Q_EMPTY] += now - S[g + Q_SINCE]
    elif S[g + Q_FILL] == BUFFER_FULL:
        S[g + Q_FULL] += now - S[g + Q_SINCE]
    S[g + Q_FILL] = fill
    S[g + Q_SINCE] = now


@njit_apart
def fill_again(L: Memory, S: Memory, now: Int) -> None:
    """The line changes: buffers may have more places or fewer."""
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        turn_fill(S, now, g, fill_of(L, S, g))
