"""Bins of a product's dies: what share each has, from wafers drawn of the lots that came out.

Where a replication has more wafers than are to be drawn, some are taken, spread over its lots and over the places in a
lot by multiples of the golden ratio, which no number of units divides: which ones follows from their number alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.results.drawing import Drawing
from twin.results.figure import Figure, figure
from twin.results.units import PRODUCT, REPLICATION, UNITS

if TYPE_CHECKING:
    from twin.results.results import Results

GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
MOST_WAFERS = 2000
"""Wafers of a product that are drawn, in all replications together."""


def figures(results: Results, wafers: int = MOST_WAFERS) -> dict[tuple[str, str], dict[str, Figure | None]]:
    """Share of the dies, and dies of a wafer, by (product, bin), fails included, for products with dies.

    wafers: of a product, drawn at most
    """
    found: dict[tuple[str, str], dict[str, Figure | None]] = {}
    for name, product in results.line.products.items():
        if product.die is None:
            continue
        drawing, dies = Drawing(results, name, product.die), product.die.places.x.size
        shares = np.full((results.settings.replications, len(drawing.kinds)), np.nan)
        for world in range(len(shares)):
            chosen = _chosen(results, name, world, max(1, wafers // len(shares)))
            counts = [
                np.bincount(wafer.kind, minlength=len(drawing.kinds))
                for index, unit in chosen
                for wafer in drawing.wafers(index, range(unit, unit + 1))
            ]
            if counts:
                shares[world] = np.mean(counts, axis=0) / dies
        for k, kind in enumerate(drawing.kinds):
            row = {"share": figure(shares[:, k], "share"), "dies": figure(shares[:, k] * dies, "die")}
            found[name, kind] = row
    return found


def _chosen(results: Results, product: str, world: int, most: int) -> list[tuple[int, int]]:
    """Wafers of one replication to draw: lot among those that came out, and unit from 0."""
    lots = results.totals.lots
    own = np.flatnonzero((lots[:, PRODUCT] == results.names.products.index(product)) & (lots[:, REPLICATION] == world))
    ends = np.cumsum(lots[own, UNITS])
    count = int(ends[-1]) if own.size else 0
    places: NDArray[np.int64] = np.arange(count)
    if count > most:
        places = np.unique((np.arange(1, most + 1) * GOLDEN % 1.0 * count).astype(np.int64))
    lot = np.searchsorted(ends, places, side="right")
    unit = places - ends[lot] + lots[own[lot], UNITS]
    return list(zip(own[lot].tolist(), unit.tolist(), strict=True))
