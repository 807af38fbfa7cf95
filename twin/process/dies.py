"""Dies on a wafer: which places of a centred grid lie whole inside the usable radius.

A die counts if its four corners are inside the usable radius, so if its farthest corner is. Along each axis
the grid has either a die or a street at the wafer's centre; the arrangement with the most dies is taken, as
a stepper's layout is, and of equal ones the one with a die in the middle.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.process.law import Floats

Centre = Literal["die", "street"]


class Dies(NamedTuple):
    """The whole dies of a wafer, row by row from the bottom, left to right.

    column, row: place in the grid, from 0 at the left and at the bottom   (die,)
    x, y:        middle of each die from the wafer's centre [mm]           (die,)
    """

    column: NDArray[np.int64]
    row: NDArray[np.int64]
    x: Floats
    y: Floats


def die_grid(width: float, height: float, radius: float, centre: tuple[Centre, Centre]) -> Dies:
    """The whole dies of one arrangement.

    width, height: of a die, its share of the streets in it [mm]; radius: usable, of the wafer less its edge [mm]
    centre:        what the wafer's centre lies on, along x and along y
    """
    x, y = _middles(width, radius, centre[0]), _middles(height, radius, centre[1])
    far = np.hypot(np.abs(x)[None, :] + width / 2, np.abs(y)[:, None] + height / 2)
    row, column = np.nonzero(far <= radius * (1 + 1e-12))
    if row.size == 0:
        return Dies(column, row, x[column], y[row])
    return Dies(column - column.min(), row - row.min(), x[column], y[row])


@lru_cache(maxsize=64)
def best_grid(width: float, height: float, radius: float) -> Dies:
    """The arrangement with the most whole dies; lengths as for `die_grid`. Its arrays are shared, and read-only."""
    ways: tuple[Centre, Centre] = ("die", "street")
    best = max((die_grid(width, height, radius, centre) for centre in product(ways, ways)), key=lambda d: d.x.size)
    for values in best:
        values.setflags(write=False)
    return best


def _middles(side: float, radius: float, centre: Centre) -> Floats:
    """Middles of the places along one axis [mm]."""
    offset = 0.0 if centre == "die" else 0.5
    reach = int(radius / side) + 1
    return (np.arange(-reach, reach + 1, dtype=np.float64) + offset) * side
