"""Pending events: a binary heap of integers, tick | kind | index, so that the order is one comparison.

The first event scheduled while another is worked off takes the vacated root (a hold costs one sift, not two).
Events are never removed: whoever is interrupted keeps the tick of its entry, and an entry that comes up
early is put back at the new time. So at most one entry a lot, two a tool, one a clock and a few a product
(a release, and one for each lot that has just left a constant WIP) are pending, ever.
"""

import numpy as np

from twin.arrays.fields import (
    C_HEAP,
    C_HEAP_N,
    C_HEAP_ROWS,
    C_HOLE,
    C_STATUS,
    INDEX_BITS,
    MAX_TICK,
    NEVER,
    POOL_FULL,
    TICK_SHIFT,
)
from twin.engine.jit import Int, Memory, njit, njit_apart

KIND_SHIFT = INDEX_BITS


@njit
def event(tick: Int, kind: Int, index: Int) -> Int:
    """One integer that sorts by tick, then kind, then index; what lies beyond every horizon comes last."""
    return (min(tick, MAX_TICK) << TICK_SHIFT) | (kind << KIND_SHIFT) | index


@njit
def sift_down(S: Memory, heap: Int, n: Int, at: Int, key: Int) -> None:
    """Put `key` into the vacant entry `at`, or below it, of a heap of n entries that begins at `heap`."""
    child = 2 * at + 1
    while child < n:
        smaller = S[heap + child]
        right = child + 1
        if right < n and S[heap + right] < smaller:
            child = right
            smaller = S[heap + right]
        if smaller >= key:
            break
        S[heap + at] = smaller
        at = child
        child = 2 * at + 1
    S[heap + at] = key


@njit
def push(S: Memory, tick: Int, kind: Int, index: Int) -> None:
    """Schedule an event."""
    heap = S[C_HEAP]
    key = event(tick, kind, index)
    if S[C_HOLE] == 1:
        S[C_HOLE] = 0
        sift_down(S, heap, S[C_HEAP_N], 0, key)
        return
    at = S[C_HEAP_N]
    if at >= S[C_HEAP_ROWS]:
        S[C_STATUS] = POOL_FULL
        return
    S[C_HEAP_N] = at + 1
    while at > 0:
        parent = (at - 1) >> 1
        if S[heap + parent] <= key:
            break
        S[heap + at] = S[heap + parent]
        at = parent
    S[heap + at] = key


@njit
def next_event(S: Memory) -> Int:
    """The earliest event, left where it is; one that never comes if there is none."""
    heap = S[C_HEAP]
    if S[C_HOLE] == 1:
        S[C_HOLE] = 0
        n = S[C_HEAP_N] - 1
        S[C_HEAP_N] = n
        if n > 0:
            sift_down(S, heap, n, 0, S[heap + n])
    if S[C_HEAP_N] == 0:
        return np.int64(NEVER)
    return S[heap]


@njit_apart
def order_again(S: Memory) -> None:
    """Make a heap of pending events whose ticks were changed in place."""
    heap, n = S[C_HEAP], S[C_HEAP_N]
    for at in range((n >> 1) - 1, -1, -1):
        sift_down(S, heap, n, at, S[heap + at])


@njit
def due_at(S: Memory, record: Int, due: Int, kind: Int, tick: Int) -> None:
    """Have an event for a record at `tick`, unless one comes up earlier and will be put back.

    due: column of the tick it is due at; the next one holds the tick of its pending event, NEVER without one
    """
    S[record + due] = tick
    if S[record + due + 1] == NEVER:
        S[record + due + 1] = tick
        push(S, tick, kind, record)


@njit_apart
def due_by(S: Memory, record: Int, due: Int, kind: Int, tick: Int) -> None:
    """As `due_at`, where the tick may also be earlier than that of the pending event: that is drawn forward."""
    if S[record + due + 1] == NEVER or S[record + due + 1] <= tick:
        due_at(S, record, due, kind, tick)
        return
    heap = S[C_HEAP]
    pending = event(S[record + due + 1], kind, record)
    S[record + due] = S[record + due + 1] = tick
    at = S[C_HOLE]  # the vacated root waits for the first event scheduled, and is none itself
    while S[heap + at] != pending:
        at += 1
    key = event(tick, kind, record)
    while at > 0:
        parent = (at - 1) >> 1
        if S[heap + parent] <= key or (parent == 0 and S[C_HOLE] == 1):
            break
        S[heap + at] = S[heap + parent]
        at = parent
    S[heap + at] = key


@njit
def has_come(S: Memory, now: Int, record: Int, due: Int, kind: Int) -> bool:
    """A record's event came up: whether it is really due, or was put off in the meantime."""
    S[record + due + 1] = NEVER
    if S[record + due] == NEVER:
        return False
    if S[record + due] > now:
        due_at(S, record, due, kind, S[record + due])
        return False
    return True
