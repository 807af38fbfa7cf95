"""What a process law does to a lot when it is loaded: defects it picks up, whether it comes out of its limits, what
it makes of the units."""

from twin.arrays.fields import (
    DRAW_REJECT,
    H_QUALITY,
    LOT_SINCE,
    LOT_STEP,
    LOT_UNITS,
    NONE,
    S_PROCESS,
    T_PASSES,
    X_ADDED,
    X_PASSED,
    X_REJECTED,
    X_VISITS,
    X_WAITED,
    Y_ADDS,
    Y_MAKES,
    Y_REJECTS,
    Y_STATE,
    Y_WAITS,
)
from twin.arrays.responses import PASSES_MOST
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.logbook import log_visit
from twin.engine.lots import chance
from twin.engine.make import make_lot
from twin.engine.response import response


@njit_apart
def run_process(L: Memory, S: Memory, now: Int, tool: Int, lot: Int) -> None:
    """A lot is loaded at a step with a law: its units are taken to run in the middle of those the tool runs now."""
    law = L[S[lot + LOT_STEP] + S_PROCESS]
    units = S[lot + LOT_UNITS]
    passes = min(S[tool + T_PASSES] + ((units - 1) >> 1), PASSES_MOST)
    added = response(L, L[law + Y_ADDS], passes)
    waited = response(L, L[law + Y_WAITS], now - S[lot + LOT_SINCE])
    rejected = L[law + Y_REJECTS] != NONE and chance(S, lot, DRAW_REJECT) < response(L, L[law + Y_REJECTS], passes)
    S[lot + L[H_QUALITY]] += added + waited
    S[lot + L[H_QUALITY] + 1] = 1 if rejected else 0
    totals = L[law + Y_STATE]
    log_visit(L, S, now, tool, lot, law)
    if L[law + Y_MAKES] != NONE:
        make_lot(L, S, now, tool, lot, L[law + Y_MAKES], totals)
    S[totals + X_PASSED] += units
    S[totals + X_VISITS] += 1
    S[totals + X_REJECTED] += 1 if rejected else 0
    S[totals + X_ADDED] += added * units
    S[totals + X_WAITED] += waited * units
