"""Response tables: a process law as integers, so that both devices decide alike.

A table holds the law's value at 0, 1, ..., 2^RESPONSE_BITS - 1 and then at 2^RESPONSE_BITS points an octave; the
engine draws straight lines between them (`twin.engine.process.response`).
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

RESPONSE_BITS = 7
PASSES_MOST = 1 << 22
"""Units since the last maintenance beyond which a law stays what it is."""
LONGEST_WAIT = 1 << 37
"""Waits a table reaches to [tick]: as far as the clock does."""
UNIT = float(1 << 32)
"""Densities are kept in 2^-32/cm2, probabilities in 2^-32."""
TOLERANCE = 0.005
"""Largest error of a table, as a share of the law's largest value."""


def points(last: int) -> Ints:
    """Where a table that reaches to `last` (a power of two) has its points, two beyond   (point,)."""
    size = 1 << RESPONSE_BITS
    octaves = last.bit_length() - 1 - RESPONSE_BITS
    rows = [np.arange(size), *((size + np.arange(size)) << octave for octave in range(octaves))]
    return np.concatenate([*rows, [last, last + (last >> RESPONSE_BITS)]]).astype(np.int64)


def table(
    law: Callable[[Floats], Floats], last: int, unit: float = UNIT, reach: float = math.inf
) -> tuple[Ints, float]:
    """A law in fixed point, and the largest error of the straight lines, as a share of its largest value.

    law: values at places (point,) -> (point,);  last: the largest place, a power of two
    reach: the place beyond which the law stays what it is: the corner there is not its own
    """
    at = points(last)
    values = np.asarray(law(at.astype(np.float64)), dtype=np.float64)
    middles = (at[:-1] + at[1:]) / 2
    between = np.asarray(law(middles), dtype=np.float64)
    error = np.abs((values[:-1] + values[1:]) / 2 - between)[(at[1:] - at[:-1] > 1) & (at[1:] <= reach)]
    largest = float(values.max())
    share = float(error.max()) / largest if error.size and largest > 0 else 0.0
    return np.rint(values * unit).astype(np.int64), share
