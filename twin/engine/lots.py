"""A lot's life outside tools: release, the way along its route, the end."""

import numpy as np

from twin.arrays.fields import (
    A_BELOW,
    A_MOST,
    A_TO,
    ARC_FIELDS,
    C_FREE,
    C_LOT_FIELDS,
    C_LOTS,
    CH_MAKE,
    CH_TOOL,
    DRAW_ARC,
    DRAW_DUE,
    DRAW_SAMPLE,
    DRAW_WEIGHT,
    DRAWS,
    DUE_DRAWN,
    END,
    G_MOVES,
    G_PLACE,
    H_DEPARTS,
    H_MAKE,
    H_MAKES,
    H_QUALITY,
    H_TRACKED,
    H_TRACKED_END,
    H_TRANSPORT,
    LOT_COUNTS,
    LOT_DUE,
    LOT_END,
    LOT_EVENT,
    LOT_FIXED,
    LOT_FREE,
    LOT_KEY,
    LOT_LEFT,
    LOT_MATE,
    LOT_NEXT,
    LOT_OUTSIDE,
    LOT_PRIORITY,
    LOT_PRODUCT,
    LOT_RELEASED,
    LOT_REWORKED,
    LOT_SERIAL,
    LOT_SINCE,
    LOT_STATE,
    LOT_STEP,
    LOT_TOOL,
    LOT_UNITS,
    LOT_VISIT,
    LOT_WEIGHT,
    MAKE_CONSTANTS,
    ME_TO,
    MK_CHANNEL,
    NEVER,
    NONE,
    P_DUE_LAW,
    P_STEP,
    P_WEIGHT,
    P_WEIGHTS,
    PASSED_LIMITS,
    PR_AREA,
    PR_COMPLETED,
    PR_CONST,
    PR_CYCLE,
    PR_DATED,
    PR_FIRST,
    PR_HIST,
    PR_KEY,
    PR_LATE,
    PR_ON_TIME,
    PR_OUT,
    PR_RELEASED,
    PR_REWORKED,
    PR_SCRAPPED,
    PR_SERIAL,
    PR_TARDINESS,
    PR_WEIGHTED,
    PR_WIP,
    Q_CONST,
    S_ARC,
    S_ARCS,
    S_EXTRA,
    S_NEXT,
    S_PROCESS,
    S_SAMPLE,
    SCRAP,
    TO_REWORK,
    TO_SCRAP,
    W_OUT,
    W_SCRAP,
    Y_MEASURES,
    Y_TO,
)
from twin.arrays.histogram import BIN_BITS
from twin.arrays.vehicle_fields import BY_WAY
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.logbook import log_lot, log_quality, log_values
from twin.engine.rng import draw, sub_key
from twin.engine.sample import law_ticks
from twin.engine.ways import chosen_way, limited_way

S32 = np.uint64(32)
ALWAYS = 1 << 32


@njit_apart
def new_lot(L: Memory, S: Memory, now: Int, product: Int, units: Int, priority: Int, due: Int) -> Int:
    """Take a lot from the pool and put it before its first step; the caller has seen that one is free.

    due: time after which it should have left [tick], NEVER for none, DUE_DRAWN for the product's law
    """
    lot = S[C_FREE]
    S[C_FREE] = S[lot + LOT_NEXT]
    S[C_LOTS] += 1
    for k in range(LOT_FIXED, S[C_LOT_FIELDS]):
        S[lot + k] = NONE
    if L[H_QUALITY] != NONE:
        S[lot + L[H_QUALITY]] = S[lot + L[H_QUALITY] + 1] = 0
    if L[H_TRACKED] != NONE:
        begin_tracking(L, S, lot, NONE)
    S[lot + LOT_STATE] = LOT_OUTSIDE
    S[lot + LOT_PRODUCT] = product
    S[lot + LOT_SERIAL] = S[product + PR_SERIAL]
    S[lot + LOT_KEY] = sub_key(S[product + PR_KEY], S[product + PR_SERIAL])
    S[lot + LOT_UNITS] = units
    S[lot + LOT_STEP] = L[S[product + PR_CONST] + P_STEP]
    S[lot + LOT_TOOL] = S[lot + LOT_NEXT] = S[lot + LOT_MATE] = NONE
    S[lot + LOT_RELEASED] = S[lot + LOT_SINCE] = now
    if due == DUE_DRAWN:
        due = law_ticks(L, L[S[product + PR_CONST] + P_DUE_LAW], S[lot + LOT_KEY], DRAW_DUE, S[lot + LOT_SERIAL])
    S[lot + LOT_DUE] = NEVER if due == NEVER else now + due
    S[lot + LOT_WEIGHT] = weight_of(L, S, lot)
    S[lot + LOT_PRIORITY] = priority
    S[lot + LOT_VISIT] = 0
    S[lot + LOT_END] = S[lot + LOT_EVENT] = S[lot + LOT_LEFT] = NEVER
    S[lot + LOT_COUNTS] = 1
    S[lot + LOT_REWORKED] = 0
    S[product + PR_SERIAL] += 1
    S[product + PR_RELEASED] += 1
    S[product + PR_WIP] += 1
    S[product + PR_AREA] -= now
    return lot


@njit_apart
def begin_tracking(L: Memory, S: Memory, lot: Int, made: Int) -> None:
    """Nothing has been made of a lot yet: every characteristic is 0, and no tool made it.

    made: NONE, or UNKNOWN for a lot that was in the line at the start
    """
    first, end = L[H_TRACKED], L[H_TRACKED_END]
    for k in range(first, end):
        S[lot + k] = 0
    for make in range(L[H_MAKE], L[H_MAKES], MAKE_CONSTANTS):
        S[lot + L[make + MK_CHANNEL] + CH_TOOL] = NONE
        S[lot + L[make + MK_CHANNEL] + CH_MAKE] = made


@njit_apart
def weight_of(L: Memory, S: Memory, lot: Int) -> Int:
    """How much a lot weighs: its product's weight, or one of its whole numbers, each as likely."""
    const = S[S[lot + LOT_PRODUCT] + PR_CONST]
    if L[const + P_WEIGHTS] == 1:
        return L[const + P_WEIGHT]
    bits = np.int64(draw(S[lot + LOT_KEY], DRAW_WEIGHT) >> S32)
    return L[const + P_WEIGHT] + ((bits * L[const + P_WEIGHTS]) >> 32)


@njit
def chance(S: Memory, lot: Int, purpose: Int) -> Int:
    """32 random bits of this visit, for one purpose (int64)."""
    return np.int64(draw(S[lot + LOT_KEY], S[lot + LOT_VISIT] * DRAWS + purpose) >> S32)


@njit
def sampled_step(L: Memory, S: Memory, lot: Int, step: Int) -> Int:
    """The next step from `step` on that this lot does, sampled ones skipped by chance or in turn; END if none is left.

    A share below 0 is every so many lots of the product.
    """
    while step != END:
        S[lot + LOT_VISIT] += 1
        share = L[step + S_SAMPLE]
        if share == ALWAYS or (share < 0 and S[lot + LOT_SERIAL] % -share == 0):
            break
        if share > 0 and chance(S, lot, DRAW_SAMPLE) < share:
            break
        step = L[step + S_NEXT]
    S[lot + LOT_STEP] = step
    return step


@njit_apart
def judged_to(L: Memory, S: Memory, lot: Int, law: Int) -> Int:
    """Where a lot goes that its step found out of limits: a step, SCRAP, or NONE if it goes on as any other."""
    verdict = S[lot + L[H_QUALITY] + 1]
    if verdict == TO_SCRAP:
        return SCRAP
    if verdict == TO_REWORK:
        return L[L[law + Y_MEASURES] + ME_TO]
    return L[law + Y_TO]


@njit
def step_after(L: Memory, S: Memory, lot: Int) -> Int:
    """Where a lot goes after the step it has done.

    Out of the limits of a process law: where that sends it; measured out of them: rework, or SCRAP. Else an arc by
    chance (rework, branch), else the next step.
    """
    here = S[lot + LOT_STEP]
    to = L[here + S_NEXT]
    law = L[here + S_PROCESS]
    judged = law != NONE and S[lot + L[H_QUALITY] + 1] != PASSED_LIMITS
    sent = judged_to(L, S, lot, law) if judged else NONE
    if sent == SCRAP:
        S[lot + LOT_STEP] = END
        return SCRAP
    if sent != NONE:
        to = sent
    elif L[here + S_ARCS] > 0:
        bits = chance(S, lot, DRAW_ARC)
        first = L[here + S_ARC]
        end = first + L[here + S_ARCS] * ARC_FIELDS
        for arc in range(first, end, ARC_FIELDS):
            if bits < L[arc + A_BELOW]:
                to = L[arc + A_TO]
                if L[arc + A_MOST] > 0:
                    to = limited_way(L, S, lot, arc)
                elif L[here + S_EXTRA] != NONE:
                    to = chosen_way(L, S, L[here + S_EXTRA], arc, end)
                break
        if to == SCRAP:
            S[lot + LOT_STEP] = END
            return SCRAP
    if to <= here and to != END:
        S[S[lot + LOT_PRODUCT] + PR_REWORKED] += 1
        S[lot + LOT_REWORKED] = 1
    return sampled_step(L, S, lot, to)


@njit
def is_carried(L: Memory, S: Memory, from_group: Int, g: Int) -> bool:
    """Whether a lot takes time between two toolgroups: one comes from outside for nothing, some are exempt, some lie at
    one node."""
    if L[H_TRANSPORT] == NONE or from_group == NONE:
        return False
    here, there = S[from_group + Q_CONST], S[g + Q_CONST]
    if L[H_DEPARTS] == BY_WAY and L[here + G_PLACE] == L[there + G_PLACE]:
        return False
    return L[here + G_MOVES] == 1 and L[there + G_MOVES] == 1


@njit
def cycle_bin(ticks: Int) -> Int:
    """The histogram bin of a time (see `twin.arrays.histogram`)."""
    octave = 0
    while ticks >= (2 << BIN_BITS):
        ticks >>= 1
        octave += 1
    if ticks >= (1 << BIN_BITS):
        return ((octave + 1) << BIN_BITS) + (ticks - (1 << BIN_BITS))
    return ticks


@njit
def lot_out(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot leaves the line; its record goes back to the pool."""
    product = S[lot + LOT_PRODUCT]
    log_lot(S, now, W_OUT, lot)
    S[product + PR_OUT] += 1
    S[product + PR_FIRST] += S[lot + LOT_REWORKED] == 0
    S[product + PR_WIP] -= 1
    S[product + PR_AREA] += now
    if S[lot + LOT_COUNTS] == 1:
        cycle = now - S[lot + LOT_RELEASED]
        S[product + PR_COMPLETED] += 1
        S[product + PR_CYCLE] += cycle
        if now <= S[lot + LOT_DUE]:
            S[product + PR_ON_TIME] += 1
        else:
            late = now - S[lot + LOT_DUE]
            S[product + PR_TARDINESS] += late
            S[product + PR_WEIGHTED] += S[lot + LOT_WEIGHT] * late
        if S[lot + LOT_DUE] != NEVER:
            S[product + PR_DATED] += 1
            S[product + PR_LATE] += now - S[lot + LOT_DUE]
        S[S[product + PR_HIST] + cycle_bin(cycle)] += 1
        if L[H_QUALITY] != NONE:
            log_quality(L, S, now, lot)
            if L[H_TRACKED] != NONE:
                log_values(L, S, lot)
    free_lot(S, lot)


@njit_apart
def scrap_lot(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot leaves the line as scrap: it is neither out nor completed."""
    product = S[lot + LOT_PRODUCT]
    log_lot(S, now, W_SCRAP, lot)
    S[product + PR_SCRAPPED] += 1
    S[product + PR_WIP] -= 1
    S[product + PR_AREA] += now
    free_lot(S, lot)


@njit
def free_lot(S: Memory, lot: Int) -> None:
    """A lot's record goes back to the pool."""
    S[lot + LOT_STATE] = LOT_FREE
    S[lot + LOT_NEXT] = S[C_FREE]
    S[C_FREE] = lot
    S[C_LOTS] -= 1
