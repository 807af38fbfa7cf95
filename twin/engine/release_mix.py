"""A mix whose lots come at a takt, or as others leave: the release of the next one in its order."""

from twin.arrays.fields import (
    EV_RELEASE,
    H_MIX,
    LOT_STEP,
    NONE,
    P_DUE,
    P_PRIORITY,
    P_UNITS,
    PR_CONST,
    RELEASE_DRAWS,
    RELEASE_EVERY,
    RELEASE_SATURATED,
    RELEASE_WIP,
    W_RELEASE,
)
from twin.arrays.mix_fields import MX_KIND, MX_LAW, MX_LIMIT, MX_START
from twin.engine.heap import push
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.logbook import log_lot
from twin.engine.lots import new_lot, sampled_step
from twin.engine.mix import count_rules, is_leader, lacks_lots, mix_key, mix_position, next_of_mix
from twin.engine.moves import enter
from twin.engine.open_time import next_release
from twin.engine.sample import law_ticks


@njit_apart
def release_of_mix(L: Memory, S: Memory, now: Int, leader: Int) -> None:
    """The next lot of the mix is released, and the release after it planned; the caller has seen that a lot is free."""
    mix = L[H_MIX]
    position = mix_position(L, S)
    product = next_of_mix(L, S, position)
    if product == NONE or (L[mix + MX_KIND] == RELEASE_WIP and not lacks_lots(L, S)):
        return
    if L[mix + MX_KIND] == RELEASE_EVERY and position + 1 < L[mix + MX_LIMIT]:
        interval = law_ticks(L, L[mix + MX_LAW], mix_key(L, S), RELEASE_DRAWS + position, position)
        push(S, next_release(L, S, leader, now, interval), EV_RELEASE, leader)
    const = S[product + PR_CONST]
    lot = new_lot(L, S, now, product, L[const + P_UNITS], L[const + P_PRIORITY], L[const + P_DUE])
    count_rules(L, S, product)
    if L[mix + MX_KIND] == RELEASE_WIP and lacks_lots(L, S):
        push(S, now, EV_RELEASE, leader)
    log_lot(S, now, W_RELEASE, lot)
    sampled_step(L, S, lot, S[lot + LOT_STEP])
    enter(L, S, now, lot)


@njit_apart
def first_of_mix(L: Memory, S: Memory, product: Int) -> None:
    """Plan the first release of a mix; where a lot is always ready, tools that look at time 0 find it by themselves."""
    mix = L[H_MIX]
    if is_leader(L, product) and (L[mix + MX_KIND] != RELEASE_SATURATED or L[mix + MX_START] > 0):
        push(S, next_release(L, S, product, L[mix + MX_START], 0), EV_RELEASE, product)
