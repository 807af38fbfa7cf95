"""From random bits to ticks: one lookup and one integer interpolation, equal on every device."""

import numpy as np

from twin.arrays.fields import (
    L_COUNT,
    L_KIND,
    L_OFFSET,
    L_POST,
    L_REPEAT,
    L_ROUND,
    L_SCALE,
    L_SCALE_LOW,
    L_TABLE,
    LAW_CONSTANT,
    LAW_GEOMETRIC,
    LAW_TABLE,
    LAW_TRACE,
    LOW_BITS,
)
from twin.arrays.quantiles import LEADING_ZEROS, OCTAVES, SUB_BITS
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.rng import draw

MASK_63 = np.uint64(0x7FFFFFFFFFFFFFFF)
TOP_BYTE, HALF_BIT, ONE_BYTE, ONE = np.uint64(55), np.uint64(63), np.uint64(8), np.uint64(1)
SUB_SHIFT = np.uint64(62 - SUB_BITS)
SUB_MASK = np.uint64((1 << SUB_BITS) - 1)
PART_SHIFT = np.uint64(62 - SUB_BITS - 31)
PART_MASK = np.uint64((1 << 31) - 1)
SUBS = 1 << SUB_BITS
TWO_BITS = np.uint64(2)
LOW_31 = (1 << 31) - 1
HALF = OCTAVES * SUBS + 1


@njit
def quantile(table: Memory, start: Int, bits: np.uint64) -> Int:
    """The value of a unit quantile table at a random place (see `twin.arrays.quantiles`).

    table: all unit tables, end to end (entry,) int32; start: where this one begins; bits: 64 random bits
    returns the interpolated entry, in the table's own fixed point (int64)
    """
    tail = bits & MASK_63
    half = start + np.int64(bits >> HALF_BIT) * HALF
    octave = np.int64(0)
    while tail >> TOP_BYTE == 0 and octave < OCTAVES:  # 1 in 256: the leading one lies in a later byte
        tail = (tail << ONE_BYTE) | ONE
        octave += 8
    zeros = np.int64(LEADING_ZEROS[np.int64(tail >> TOP_BYTE)])
    octave += zeros
    if octave >= OCTAVES:
        return np.int64(table[half + HALF - 1])
    tail = tail << np.uint64(zeros)
    sub = np.int64((tail >> SUB_SHIFT) & SUB_MASK)
    part = np.int64((tail >> PART_SHIFT) & PART_MASK)
    at = half + octave * SUBS + (SUBS - 1 - sub)
    far = np.int64(table[at])
    near = np.int64(table[at + 1])
    return near + (((far - near) * part) >> 31)


@njit_apart
def slots(L: Memory, start: Int, entries: Int, bits: np.uint64) -> Int:
    """A geometric number of slots, at least one (see `twin.arrays.geometric`): the inverse of its distribution.

    The largest k whose q^k is above the draw is found digit by digit, from the highest on; one slot more is the time.

    L: the chances q^(2^i) [2^-62] lie at start .. start + entries - 1; bits: 64 random bits
    """
    at = np.int64(bits >> TWO_BITS)
    chance: Int = 1 << 62
    k: Int = 0
    for digit in range(entries - 1, -1, -1):
        power = L[start + digit]
        ah, al = chance >> 31, chance & LOW_31
        bh, bl = power >> 31, power & LOW_31
        longer = ah * bh + ((ah * bl + al * bh + ((al * bl) >> 31)) >> 31)
        if at < longer:
            chance = longer
            k += 1 << digit
    return k + 1


@njit
def law_ticks(L: Memory, law: Int, key: Int, count: Int, serial: Int) -> Int:
    """Ticks drawn from a law: the count-th draw of the stream `key`; a trace is read by the lot's serial number."""
    kind = L[law + L_KIND]
    offset = L[law + L_OFFSET]
    if kind == LAW_CONSTANT:
        return offset
    if kind == LAW_TABLE:
        value = quantile(L, L[law + L_TABLE], draw(key, count))
        scaled = value * L[law + L_SCALE] + ((value * L[law + L_SCALE_LOW]) >> LOW_BITS)
        return offset + ((scaled + L[law + L_ROUND]) >> L[law + L_POST])
    entries = L[law + L_COUNT]
    start = L[law + L_TABLE]
    if kind == LAW_GEOMETRIC:
        return offset * slots(L, start, entries, draw(key, count))
    if kind == LAW_TRACE:
        row = serial
        if L[law + L_REPEAT] == 1:
            row = serial % entries
        elif row >= entries:
            row = entries - 1
        return L[start + row]
    at = ((draw(key, count) >> np.uint64(32)) * np.uint64(entries)) >> np.uint64(32)
    return L[start + np.int64(at)]
