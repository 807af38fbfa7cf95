"""What waits in stores: whether a step finds its parts there, and calling the toolgroups that take them."""

from twin.arrays.fields import (
    C_GROUP,
    C_PRODUCT,
    E_PART,
    E_PARTS,
    E_TAKER,
    E_TAKERS,
    GROUP_FIELDS,
    LOT_NEXT,
    LOT_PRODUCT,
    LOT_QUEUED,
    LOT_SINCE,
    LOT_STATE,
    LOT_STEP,
    LOT_TOOL,
    NEVER,
    NONE,
    PART_FIELDS,
    PRODUCT_FIELDS,
    PT_COUNT,
    PT_PRODUCT,
    PT_STORE,
    Q_BLOCK_HEAD,
    Q_HEAD,
    Q_IDLE,
    S_EXTRA,
)
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.todo import call_group


@njit_apart
def is_part(S: Memory, lot: Int, product: Int) -> bool:
    """Whether a lot that waits is of a product and done: not one with which a tool waits for a place to begin."""
    is_claimed = S[lot + LOT_STATE] == LOT_QUEUED and S[lot + LOT_TOOL] != NONE
    return bool(S[lot + LOT_PRODUCT] == product and not is_claimed)


@njit_apart
def first_part(S: Memory, head: Int, product: Int) -> Int:
    """The first lot of a product in a chain of lots, NONE without one."""
    lot = head
    while lot != NONE and not is_part(S, lot, product):
        lot = S[lot + LOT_NEXT]
    return lot


@njit_apart
def parts_ready(S: Memory, g: Int, product: Int, most: Int) -> Int:
    """Lots of a product in a store, and finished ones that wait for a place in it: at most `most` are counted."""
    ready = 0
    for head in (S[g + Q_HEAD], S[g + Q_BLOCK_HEAD]):
        lot = head
        while lot != NONE and ready < most:
            ready += is_part(S, lot, product)
            lot = S[lot + LOT_NEXT]
    return ready


@njit_apart
def parts_there(L: Memory, S: Memory, extra: Int) -> bool:
    """Whether all parts that a step joins are there."""
    first = L[extra + E_PART]
    for at in range(first, first + L[extra + E_PARTS] * PART_FIELDS, PART_FIELDS):
        g = S[C_GROUP] + L[at + PT_STORE] * GROUP_FIELDS
        product = S[C_PRODUCT] + L[at + PT_PRODUCT] * PRODUCT_FIELDS
        if parts_ready(S, g, product, L[at + PT_COUNT]) < L[at + PT_COUNT]:
            return False
    return True


@njit_apart
def call_takers(L: Memory, S: Memory, extra: Int) -> None:
    """A part is there: have the idle tools called that may join it, first where a lot has waited longest.

    extra: the row of extras of the part's step at its store
    """
    first = L[extra + E_TAKER]
    takers = L[extra + E_TAKERS]
    best = NONE
    longest: Int = NEVER
    for at in range(first, first + takers):
        g = S[C_GROUP] + L[at] * GROUP_FIELDS
        since = waits_since(L, S, g)
        if since < longest:
            best, longest = g, since
    if best != NONE:
        call_group(S, best)
    for at in range(first, first + takers):
        g = S[C_GROUP] + L[at] * GROUP_FIELDS
        if g != best:
            call_group(S, g)


@njit_apart
def waits_since(L: Memory, S: Memory, g: Int) -> Int:
    """Since when the longest waiting lot of a queue waits for a step that joins parts; NEVER without an idle tool."""
    since: Int = NEVER
    lot = S[g + Q_HEAD] if S[g + Q_IDLE] > 0 else NONE
    while lot != NONE:
        extra = L[S[lot + LOT_STEP] + S_EXTRA]
        if extra != NONE and L[extra + E_PARTS] > 0:
            since = min(since, S[lot + LOT_SINCE])
        lot = S[lot + LOT_NEXT]
    return since
