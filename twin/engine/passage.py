"""Passages: how long each product's lots are at each step of their route, and how many they are."""

from twin.arrays.fields import (
    LOT_PRODUCT,
    LOT_STEP,
    PA_AREA,
    PA_MOVES,
    PR_PASSAGE,
    S_ORDER,
)
from twin.engine.jit import Int, Memory, njit


@njit
def come_to_step(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot is from now on at its step: it sets out for it, or waits for a place in front of it."""
    S[S[S[lot + LOT_PRODUCT] + PR_PASSAGE] + L[S[lot + LOT_STEP] + S_ORDER] + PA_AREA] -= now


@njit
def done_with_step(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot is done with its step: a move."""
    at = S[S[lot + LOT_PRODUCT] + PR_PASSAGE] + L[S[lot + LOT_STEP] + S_ORDER]
    S[at + PA_MOVES] += 1
    S[at + PA_AREA] += now


@njit
def leave_step(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot is taken away from its step without having done it."""
    S[S[S[lot + LOT_PRODUCT] + PR_PASSAGE] + L[S[lot + LOT_STEP] + S_ORDER] + PA_AREA] += now
