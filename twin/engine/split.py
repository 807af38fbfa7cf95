"""Disassembly: lots that are taken out of another."""

from twin.arrays.fields import (
    C_PRODUCT,
    E_SPLIT,
    E_SPLITS,
    EV_RELEASE,
    PR_SPLIT,
    PRODUCT_FIELDS,
)
from twin.engine.heap import push
from twin.engine.jit import Int, Memory, njit_apart


@njit_apart
def split_off(L: Memory, S: Memory, now: Int, extra: Int) -> None:
    """A step that takes lots apart is over: what comes out begins its route at this tick, each lot by an event."""
    first = L[extra + E_SPLIT]
    for at in range(first, first + 2 * L[extra + E_SPLITS], 2):
        product = S[C_PRODUCT] + L[at] * PRODUCT_FIELDS
        if S[product + PR_SPLIT] == 0:
            push(S, now, EV_RELEASE, product)
        S[product + PR_SPLIT] += L[at + 1]


@njit_apart
def next_split(S: Memory, now: Int, product: Int) -> None:
    """One of the lots taken out of others begins its route: plan the next of them."""
    S[product + PR_SPLIT] -= 1
    if S[product + PR_SPLIT] > 0:
        push(S, now, EV_RELEASE, product)
