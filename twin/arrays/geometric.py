"""Geometric laws: the chances from which the engine finds a whole number of slots, exactly, in integers.

A time of K slots, at least one, lasts longer than k slots with the chance P(K > k) = q^k, q = 1 - 1/mean. The law has
no memory, so that any k is reached by its binary digits: q^k is the product of q^(2^i) over the digits i that are 1,
and a table of log2(k) chances serves a mean of any length, tail and all.
"""

import math

import numpy as np
from numpy.typing import NDArray

CHANCE_BITS = 62
"""Chances are whole numbers of 2^-62, which is also how fine a draw is."""


def powers(mean_slots: float) -> NDArray[np.int64]:
    """q^(2^i) [2^-62] for i = 0, 1, ... until a draw cannot be as small   (entry,).

    mean_slots: mean number of slots, above 1
    """
    log_q = math.log1p(-1.0 / mean_slots)
    found = [1.0]
    while found[-1] * 2.0**CHANCE_BITS >= 1.0:
        found.append(math.exp(log_q * 2.0 ** (len(found) - 1)))
    return np.array([math.floor(math.ldexp(chance, CHANCE_BITS)) for chance in found[1:-1]], dtype=np.int64)
