"""Normal draws by quantile: one lookup and one integer interpolation, equal on both devices.

Each takes half of the 64 random bits of an address, so that two neighbours cost one call of the generator. Its first
bits are a place on an even grid of probabilities; the outermost pieces, one draw in 128, go by octaves of the tail
(`twin.arrays.normals`) with bits of their own.
"""

import numpy as np

from twin.arrays.fields import (
    H_NORMAL,
    NORMAL_BITS,
)
from twin.arrays.normals import GRID_BITS, TAIL_OCTAVES, TAIL_PIECES, TAIL_SUB_BITS
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.rng import draw

HALF, GRID, LOW = np.uint64(32), 1 << GRID_BITS, (1 << (32 - GRID_BITS)) - 1
TAILS = 1 << 62
"""Counts from here on are the tails' own draws."""


@njit
def normal(L: Memory, key: Int, count: Int, sd: Int) -> Int:
    """A normal draw of mean 0 and this standard deviation, in its unit.

    key: stream; count: 0, 1, 2, ...: counts 2 k and 2 k + 1 are the halves of the stream's k-th draw
    """
    bits = draw(key, count >> 1)
    half = np.int64(bits >> HALF) if count & 1 == 0 else np.int64(bits & np.uint64(0xFFFFFFFF))
    piece = half >> (32 - GRID_BITS)
    if piece < TAIL_PIECES or piece >= GRID - TAIL_PIECES:
        return (tail(L, key, count, piece) * sd) >> NORMAL_BITS
    at = L[H_NORMAL] + piece
    value = L[at] + (((L[at + 1] - L[at]) * (half & LOW)) >> (32 - GRID_BITS))
    return (value * sd) >> NORMAL_BITS


@njit_apart
def tail(L: Memory, key: Int, count: Int, piece: Int) -> Int:
    """A draw of the outermost pieces on one side: by octaves of what is left of the probability."""
    bits = np.int64(draw(key, TAILS + count) >> np.uint64(1))  # 63 of them
    octave: Int = 0
    while octave < TAIL_OCTAVES and (bits >> 62) & 1 == 0:
        bits = (bits << 1) & 0x7FFFFFFFFFFFFFFF
        octave += 1
    at = L[H_NORMAL] + GRID + 1 + (octave << TAIL_SUB_BITS)
    if octave == TAIL_OCTAVES:
        value = L[at]
    else:
        sub = (bits >> (62 - TAIL_SUB_BITS)) & ((1 << TAIL_SUB_BITS) - 1)
        part = (bits >> (62 - TAIL_SUB_BITS - 24)) & 0xFFFFFF
        place = at + (1 << TAIL_SUB_BITS) - 1 - sub
        value = L[place] + (((L[place + 1] - L[place]) * (0xFFFFFF - part)) >> 24)
    return -value if piece < TAIL_PIECES else value
