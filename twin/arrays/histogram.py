"""Cycle times counted in bins that grow with the time: 64 to an octave, so a quantile is good to about 1 %.

A quantile is interpolated inside its bin; what remains of the width of 1/64 octave is far below the spread
between replications.
"""

import numpy as np
from numpy.typing import NDArray

from twin.arrays.fields import MAX_TICK

BIN_BITS = 6
BINS = ((MAX_TICK.bit_length() - 1 - BIN_BITS) + 2) << BIN_BITS


def edges() -> NDArray[np.int64]:
    """Lower edges of the bins and the upper edge of the last [tick]   (BINS + 1,)."""
    per_octave = 1 << BIN_BITS
    index = np.arange(BINS + 1, dtype=np.int64)
    octave = index >> BIN_BITS
    within = index & (per_octave - 1)
    return np.where(octave == 0, index, (per_octave + within) << np.maximum(octave - 1, 0))
