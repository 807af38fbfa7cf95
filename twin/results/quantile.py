"""Quantiles of times that were counted in bins."""

import numpy as np
from numpy.typing import NDArray

from twin.results.figure import Floats


def quantile(counts: NDArray[np.int64], edges: NDArray[np.int64], share: float, mean: Floats) -> Floats:
    """The time that `share` of the counted lots stay below, spread evenly inside its bin [tick]   (world,).

    counts: lots in each bin                                    (world, bin)
    edges:  bounds of the bins [tick]                           (bin + 1,)
    mean:   mean time of the same lots [tick]                   (world,)
    Where one bin holds every lot their mean says more about their place in it than an even spread would: a
    line without variance then has its p95 at its mean. NaN where no lot was counted.
    """
    below = counts.cumsum(axis=1)
    total = below[:, -1]
    wanted = share * total
    found = np.argmax(below >= wanted[:, None], axis=1)
    world = np.arange(counts.shape[0])
    inside = counts[world, found]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = (wanted - (below[world, found] - inside)) / inside
    value = edges[found] + part * (edges[found + 1] - edges[found])
    value = np.where(inside == total, mean, value)
    return np.where(total > 0, value, np.nan)
