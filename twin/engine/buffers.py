"""How long finite buffers are empty, and how long they are full."""

from twin.arrays.fields import (
    C_GROUP,
    C_TOOL,
    G_BUFFER,
    GROUP_FIELDS,
    Q_BOOKED,
    Q_CONST,
    Q_EMPTY,
    Q_FULL,
    Q_PLACES,
)
from twin.engine.jit import Int, Memory, njit, njit_apart


@njit
def change_places(L: Memory, S: Memory, now: Int, g: Int, change: Int) -> None:
    """A place in front of a toolgroup is taken (+1) or free again (-1).

    Times in which a buffer is empty or full are sums of ticks, less the one at which it became so.
    """
    taken = S[g + Q_PLACES]
    S[g + Q_PLACES] = taken + change
    buffer = S[g + Q_BOOKED]
    if buffer > 0:
        if change > 0:
            if taken == 0:
                S[g + Q_EMPTY] += now
            if taken + 1 == buffer:
                S[g + Q_FULL] -= now
        else:
            if taken == 1:
                S[g + Q_EMPTY] -= now
            if taken == buffer:
                S[g + Q_FULL] += now


@njit_apart
def fill_again(L: Memory, S: Memory, now: Int) -> None:
    """The line begins or changes: buffers have so many places from now on."""
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        book(S, g, now)
        S[g + Q_BOOKED] = max(0, L[S[g + Q_CONST] + G_BUFFER])
        book(S, g, -now)


@njit_apart
def book(S: Memory, g: Int, ticks: Int) -> None:
    """Add to the time in which a finite buffer is as it is now: empty, full, or neither."""
    if S[g + Q_BOOKED] > 0:
        if S[g + Q_PLACES] == 0:
            S[g + Q_EMPTY] += ticks
        if S[g + Q_PLACES] >= S[g + Q_BOOKED]:
            S[g + Q_FULL] += ticks
