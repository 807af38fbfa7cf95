"""The table of normal draws: quantiles on an even grid of probabilities, the tails by octaves.

    grid    z(i / 2^GRID_BITS), i = 0 ... 2^GRID_BITS; its first and last TAIL_PIECES pieces are never used
    tail    z from p0 = TAIL_PIECES / 2^GRID_BITS down, 2^TAIL_SUB_BITS pieces an octave

Straight lines between knots lose a little of the variance, so all entries are stretched by what makes it 1.
"""

from functools import lru_cache

import numpy as np

from twin.arrays.fields import NORMAL_BITS
from twin.arrays.responses import Floats, Ints

GRID_BITS = 12
TAIL_PIECES = 16
"""Of 4,096 on either side: beyond them a grid of that width would be off by more than 2e-4 standard deviations."""
TAIL_OCTAVES = 24
TAIL_SUB_BITS = 4


def grid_quantiles() -> Floats:
    """z at every place of the grid; the ends, never used, as their neighbours   (2^GRID_BITS + 1,)."""
    from scipy.special import ndtri

    size = 1 << GRID_BITS
    place = np.clip(np.arange(size + 1), TAIL_PIECES, size - TAIL_PIECES)
    z: Floats = ndtri(place / size)
    return z


def tail_probabilities() -> Floats:
    """Probabilities of the tail's knots, from p0 down   (TAIL_OCTAVES << TAIL_SUB_BITS + 1,)."""
    first = TAIL_PIECES / (1 << GRID_BITS)
    pieces = 1 << TAIL_SUB_BITS
    octave, piece = np.arange(TAIL_OCTAVES)[:, None], np.arange(pieces)[None, :]
    inner = np.ldexp(1.0 + (pieces - piece) / pieces, -(octave + 1)).ravel()
    knots: Floats = first * np.append(inner, 2.0**-TAIL_OCTAVES)
    return knots


def second_moment(grid: Floats, tail: Floats) -> float:
    """E[z^2] of what is drawn: over a straight piece from a to b it is (a^2 + a b + b^2) / 3."""

    def pieces(a: Floats, b: Floats, width: Floats | float) -> float:
        return float((width * (a * a + a * b + b * b) / 3).sum())

    inner = grid[TAIL_PIECES : grid.size - TAIL_PIECES]
    p = tail_probabilities()
    outer = pieces(tail[:-1], tail[1:], p[:-1] - p[1:]) + float(p[-1] * tail[-1] ** 2)
    return pieces(inner[:-1], inner[1:], 2.0**-GRID_BITS) + 2 * outer


@lru_cache(maxsize=1)
def normal_table() -> Ints:
    """Grid, then the upper tail [2^-NORMAL_BITS standard deviations]."""
    from scipy.special import ndtri

    grid, tail = grid_quantiles(), -ndtri(tail_probabilities())
    both = np.concatenate([grid, tail]) / np.sqrt(second_moment(grid, tail))
    entries: Ints = np.rint(both * (1 << NORMAL_BITS)).astype(np.int64)
    return entries
