"""Where a lot will go after the step it is at, known before the step is done."""

import numpy as np

from twin.arrays.fields import (
    A_BELOW,
    A_COLUMN,
    A_MOST,
    A_TO,
    ARC_FIELDS,
    DRAW_ARC,
    DRAW_SAMPLE,
    DRAWS,
    LOT_KEY,
    LOT_SERIAL,
    LOT_STEP,
    LOT_VISIT,
    NONE,
    S_ARC,
    S_ARCS,
    S_GROUP,
    S_NEXT,
    S_SAMPLE,
    SCRAP,
)
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.lots import ALWAYS, chance
from twin.engine.rng import draw

S32 = np.uint64(32)


@njit_apart
def group_after(L: Memory, S: Memory, lot: Int) -> Int:
    """The toolgroup that a lot will go to after its step, as `step_after` will find: NONE if it will leave the line.

    What chance decides there is drawn by the lot's visit, and so can be known before; a verdict on the lot cannot, nor
    can a choice between ways.
    """
    step = arc_ahead(L, S, lot)
    visit = S[lot + LOT_VISIT]
    while step >= 0:
        visit += 1
        share = L[step + S_SAMPLE]
        if share == ALWAYS or (share < 0 and S[lot + LOT_SERIAL] % -share == 0):
            break
        if share > 0 and np.int64(draw(S[lot + LOT_KEY], visit * DRAWS + DRAW_SAMPLE) >> S32) < share:
            break
        step = L[step + S_NEXT]
    return L[step + S_GROUP] if step >= 0 else NONE


@njit_apart
def arc_ahead(L: Memory, S: Memory, lot: Int) -> Int:
    """Where chance will send a lot after its step: a step, END or SCRAP. Nothing is counted."""
    here = S[lot + LOT_STEP]
    if L[here + S_ARCS] > 0:
        bits = chance(S, lot, DRAW_ARC)
        first = L[here + S_ARC]
        for arc in range(first, first + L[here + S_ARCS] * ARC_FIELDS, ARC_FIELDS):
            if bits < L[arc + A_BELOW]:
                spent = L[arc + A_MOST] > 0 and S[lot + L[arc + A_COLUMN]] >= L[arc + A_MOST]
                return SCRAP if spent else L[arc + A_TO]
    return L[here + S_NEXT]
