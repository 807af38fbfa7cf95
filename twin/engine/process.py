"""What a process law does to a lot when it is loaded: defects it picks up, whether it comes out of its limits.

Laws reach the engine as response tables in fixed point, so that both devices decide alike: a table holds the law's
value at 0, 1, ..., 2^RESPONSE_BITS - 1 and then at 2^RESPONSE_BITS points an octave, straight lines between them.
"""

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
    Y_REJECTS,
    Y_STATE,
    Y_WAITS,
)
from twin.arrays.responses import PASSES_MOST, RESPONSE_BITS
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.lots import chance

FINE = 20
"""Bits of the place between two points that count: the product with a step of the table fits an int64."""


@njit_apart
def response(L: Memory, table: Int, x: Int) -> Int:
    """A law's value [2^-32 of its unit] at x, a count or a time [tick]; 0 where the law has no such effect."""
    if table == NONE:
        return 0
    octave = 0
    while x >> (octave + RESPONSE_BITS + 1) > 0:
        octave += 1
    low = x >> octave
    at = table + (octave << RESPONSE_BITS) + low
    part = x - (low << octave)
    fine = min(octave, FINE)
    return L[at] + (((L[at + 1] - L[at]) * (part >> (octave - fine))) >> fine)


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
    S[totals + X_PASSED] += units
    S[totals + X_VISITS] += 1
    S[totals + X_REJECTED] += 1 if rejected else 0
    S[totals + X_ADDED] += added * units
    S[totals + X_WAITED] += waited * units
