"""What is still to do at this tick: a ring of (what, index), worked off before the clock moves.

A move frees a tool, which takes a lot, which frees a place, which lets a blocked lot move: the chain runs
through this ring instead of through recursion, which a GPU does not have.
"""

from twin.arrays.fields import (
    C_GROUP,
    C_STATUS,
    C_TODO,
    C_TODO_HEAD,
    C_TODO_N,
    C_TODO_ROWS,
    DO_CALL,
    G_GATE,
    G_GATES,
    GROUP_FIELDS,
    INDEX_BITS,
    POOL_FULL,
    Q_CALL,
    Q_CONST,
)
from twin.engine.jit import Int, Memory, njit, njit_apart


@njit
def do_next(S: Memory, what: Int, index: Int) -> None:
    """Add to the work of this tick."""
    todo = S[C_TODO]
    n = S[C_TODO_N]
    if n >= S[C_TODO_ROWS]:
        S[C_STATUS] = POOL_FULL
        return
    S[todo + ((S[C_TODO_HEAD] + n) & (S[C_TODO_ROWS] - 1))] = (what << INDEX_BITS) | index
    S[C_TODO_N] = n + 1


@njit
def put_back(S: Memory, what: Int, index: Int) -> None:
    """Give back the entry just taken: it stays the first, so that a pause changes nothing."""
    head = (S[C_TODO_HEAD] - 1) & (S[C_TODO_ROWS] - 1)
    S[S[C_TODO] + head] = (what << INDEX_BITS) | index
    S[C_TODO_HEAD] = head
    S[C_TODO_N] += 1


@njit_apart
def call_group(S: Memory, g: Int) -> None:
    """Something that a toolgroup's lots waited for has come: have its idle tools called at this tick, once."""
    if S[g + Q_CALL] == 0:
        S[g + Q_CALL] = 1
        do_next(S, DO_CALL, g)


@njit_apart
def call_gated(L: Memory, S: Memory, g: Int) -> None:
    """Fewer lots wait at a toolgroup, or more of its tools are up: gates of windows that end there may open."""
    first = L[S[g + Q_CONST] + G_GATE]
    for at in range(first, first + L[S[g + Q_CONST] + G_GATES]):
        call_group(S, S[C_GROUP] + L[at] * GROUP_FIELDS)


@njit
def take_next(S: Memory) -> Int:
    """The oldest entry; the caller has seen that there is one. An emptied ring starts at its front again."""
    todo = S[C_TODO]
    head = S[C_TODO_HEAD]
    n = S[C_TODO_N] - 1
    S[C_TODO_N] = n
    S[C_TODO_HEAD] = 0 if n == 0 else (head + 1) & (S[C_TODO_ROWS] - 1)
    return S[todo + head]
