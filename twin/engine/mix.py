"""Products that share the entrance of a line: which lot comes next, and whether the order keeps its rules.

Nothing of it has a state of its own but the rules: the position in the order is how many lots of the mix have come.
"""

import numpy as np

from twin.arrays.fields import (
    C_CLOCK,
    C_KEY,
    C_PRODUCT,
    H_MIX,
    NONE,
    P_KIND,
    P_LIMIT,
    PR_CONST,
    PR_SERIAL,
    PR_WIP,
    PRODUCT_FIELDS,
    RELEASE_MIX,
    RELEASE_SATURATED,
    RELEASE_WIP,
)
from twin.arrays.mix_fields import (
    EN_BELOW,
    EN_PRODUCT,
    ENTRY_FIELDS,
    MX_DRAWN,
    MX_ENTRIES,
    MX_ENTRY,
    MX_KEY,
    MX_KIND,
    MX_LEADER,
    MX_LIMIT,
    MX_RULE,
    MX_RULES,
    MX_START,
    MX_WIP,
    RS_BROKEN,
    RS_HISTORY,
    RS_SEEN,
    RS_WINDOWS,
    RU_COUNTS,
    RU_LENGTH,
    RU_MOST,
    RU_STATE,
)
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.rng import draw, sub_key

S32 = np.uint64(32)


@njit_apart
def mix_position(L: Memory, S: Memory) -> Int:
    """How many lots of the mix have come, so that the next one is this far in the order, from 0."""
    came = 0
    for product in range(S[C_PRODUCT], S[C_CLOCK], PRODUCT_FIELDS):
        if L[S[product + PR_CONST] + P_KIND] == RELEASE_MIX:
            came += S[product + PR_SERIAL]
    return came


@njit_apart
def mix_key(L: Memory, S: Memory) -> Int:
    """The stream of the mix's draws."""
    return sub_key(S[C_KEY], L[L[H_MIX] + MX_KEY])


@njit_apart
def next_of_mix(L: Memory, S: Memory, position: Int) -> Int:
    """The product whose lot comes at a position of the order, NONE after the last one."""
    mix = L[H_MIX]
    if position >= L[mix + MX_LIMIT]:
        return NONE
    entry = L[mix + MX_ENTRY]
    if L[mix + MX_DRAWN] == 1:
        bits = np.int64(draw(mix_key(L, S), position) >> S32)
        while bits >= L[entry + EN_BELOW]:
            entry += ENTRY_FIELDS
    else:
        entry += (position % L[mix + MX_ENTRIES]) * ENTRY_FIELDS
    product = L[entry + EN_PRODUCT]
    return NONE if S[product + PR_SERIAL] >= L[S[product + PR_CONST] + P_LIMIT] else product


@njit_apart
def lacks_lots(L: Memory, S: Memory) -> bool:
    """Whether fewer lots of a mix are in the line than it is to keep there."""
    there = 0
    for product in range(S[C_PRODUCT], S[C_CLOCK], PRODUCT_FIELDS):
        if L[S[product + PR_CONST] + P_KIND] == RELEASE_MIX:
            there += S[product + PR_WIP]
    return there < L[L[H_MIX] + MX_WIP]


@njit_apart
def pulls(L: Memory, S: Memory) -> bool:
    """Whether the mix is to bring a lot because one has left."""
    return bool(L[L[H_MIX] + MX_KIND] == RELEASE_WIP) and lacks_lots(L, S)


@njit_apart
def ready_of_mix(L: Memory, S: Memory, now: Int) -> Int:
    """The product of the lot that is ready, of a mix whose next lot always is; NONE of any other."""
    mix = L[H_MIX]
    if mix == NONE or L[mix + MX_KIND] != RELEASE_SATURATED or now < L[mix + MX_START]:
        return NONE
    return next_of_mix(L, S, mix_position(L, S))


@njit_apart
def count_rules(L: Memory, S: Memory, product: Int) -> None:
    """A lot of the mix comes: each rule looks at the window that ends with it."""
    mix = L[H_MIX]
    products = (S[C_CLOCK] - S[C_PRODUCT]) // PRODUCT_FIELDS
    number = (product - S[C_PRODUCT]) // PRODUCT_FIELDS
    rule = L[mix + MX_RULE]
    for _ in range(L[mix + MX_RULES]):
        state, length = L[rule + RU_STATE], L[rule + RU_LENGTH]
        history = ((S[state + RS_HISTORY] << 1) | L[rule + RU_COUNTS + number]) & ((1 << length) - 1)
        S[state + RS_HISTORY] = history
        S[state + RS_SEEN] += 1
        if S[state + RS_SEEN] >= length:
            S[state + RS_WINDOWS] += 1
            count = 0
            while history != 0:
                count += history & 1
                history >>= 1
            S[state + RS_BROKEN] += count > L[rule + RU_MOST]
        rule += RU_COUNTS + products


@njit_apart
def is_leader(L: Memory, product: Int) -> bool:
    """Whether the events of the mix are told as this product's."""
    return bool(L[L[H_MIX] + MX_LEADER] == product)
