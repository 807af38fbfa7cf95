"""Random numbers with addresses: (seed, replication, stream, count), the same on every device.

SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", OOPSLA; passes
BigCrush): a stream is a 64-bit key, its n-th draw the finaliser of key + n * gamma. Keys are themselves
draws of the level above, so that nothing but the address decides a number. Everything stays in uint64:
plain Python, compiled code and the GPU would otherwise part ways (see the traps in the design notes).
"""

import numpy as np

from twin.engine.jit import Int, njit

GAMMA = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
S30, S27, S31 = np.uint64(30), np.uint64(27), np.uint64(31)
KEY_MASK = np.uint64(0x7FFFFFFFFFFFFFFF)
U1 = np.uint64(1)
"""Keys are kept in int64 columns and so have 63 bits."""


@njit
def draw(key: Int, count: Int) -> np.uint64:
    """The count-th 64 random bits of a stream.

    key: stream, 0 <= key < 2^63 (int64); count: 0, 1, 2, ... (int64); returns uint64
    """
    z = np.uint64(key) + (np.uint64(count) + U1) * GAMMA
    z = (z ^ (z >> S30)) * MIX_1
    z = (z ^ (z >> S27)) * MIX_2
    return z ^ (z >> S31)


@njit
def sub_key(key: Int, part: Int) -> Int:
    """The key of one stream below another, both in 63 bits (int64)."""
    return np.int64(draw(np.int64(draw(key, part) & KEY_MASK), 0) & KEY_MASK)
