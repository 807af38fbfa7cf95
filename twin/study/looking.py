"""A look at the worlds while they are stepped: lots in the line and out of it, what each area has done so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from twin.arrays import fields as f
from twin.arrays.worlds import lots_by_passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.study.batch import Batch


class Look(NamedTuple):
    """What was seen.

    wip, outs:    lots in the line, lots that left it since the start          (world,)
    moves, ticks: of each area, lot-steps done since the start and time that lots spent at its steps [lot tick];
                  no areas where they are not looked at                        (world, area)
    """

    wip: NDArray[np.int64]
    outs: NDArray[np.int64]
    moves: NDArray[np.int64]
    ticks: NDArray[np.int64]


def look_at(batch: Batch, area_of: NDArray[np.int64] | None) -> Look:
    """Look at every world of a batch.

    area_of: which area each passage belongs to, None to leave them out   (passage,)
    """
    worlds = batch.worlds
    products = worlds.product
    wip, outs = (products[:, :, field].sum(axis=1) for field in (f.PR_WIP, f.PR_OUT))
    if area_of is None:
        nothing = np.zeros((len(worlds), 0), dtype=np.int64)
        return Look(wip, outs, nothing, nothing)
    now = worlds.core[:, f.C_NOW][:, None]
    moves = worlds.passage[:, :, f.PA_MOVES]
    ticks = worlds.passage[:, :, f.PA_AREA] + lots_by_passage(batch.compiled.arrays, worlds) * now
    # a product with 0 and 1 in floats is exact: the sums stay far below 2^53
    belongs = (area_of[:, None] == np.arange(area_of.max() + 1)).astype(np.float64)
    return Look(wip, outs, (moves @ belongs).astype(np.int64), (ticks @ belongs).astype(np.int64))
