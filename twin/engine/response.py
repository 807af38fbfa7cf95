"""Response tables: a smooth function of a count or a time, in fixed point, so that both devices decide alike.

A table holds the values at 0, 1, ..., 2^RESPONSE_BITS - 1 and then at 2^RESPONSE_BITS points an octave, straight lines
between them (`twin.arrays.responses`).
"""

from twin.arrays.fields import (
    FINE,
    NONE,
)
from twin.arrays.responses import RESPONSE_BITS
from twin.engine.jit import Int, Memory, njit_apart


@njit_apart
def response(L: Memory, table: Int, x: Int) -> Int:
    """A table's value at x, a count or a time [tick]; 0 where there is no table.

    FINE bits of the place between two points count: the product with a step of the table fits an int64.
    """
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
