"""Draws after a run: uniform numbers at addresses, and what is made of them by inverse distributions."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from twin.results.figure import Floats

MOST_DEFECTS = 1e6
"""A die with more expected defects is drawn as if it had this many: the count says nothing more."""


def uniforms(address: tuple[int, ...], count: int) -> Floats:
    """Numbers between 0 and 1, neither included, at an address: parts of a key in 63 bits each   (count,)."""
    from twin.engine import rng

    draw = rng.draw.py_func  # type: ignore[attr-defined]  # the engine's own, not compiled: it takes arrays
    with np.errstate(over="ignore"):
        bits = draw(_key(address), np.arange(count))
    found: Floats = ((bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return found


@lru_cache(maxsize=1 << 12)
def _key(address: tuple[int, ...]) -> NDArray[np.uint64]:
    """The key of an address, as `rng.sub_key` makes it of each part; the wafers of a lot share all but the last."""
    from twin.engine import rng

    if not address:
        return np.zeros(1, dtype=np.uint64)
    draw = rng.draw.py_func  # type: ignore[attr-defined]
    above = _key(address[:-1])
    with np.errstate(over="ignore"):
        found: NDArray[np.uint64] = draw(draw(above, np.uint64(address[-1])) & rng.KEY_MASK, 0) & rng.KEY_MASK
    return found


def cluster(share: float, clustering: float | None) -> float:
    """A wafer's factor on its defects: a gamma variable of mean 1 at a uniform number; 1 without clustering."""
    if clustering is None:
        return 1.0
    from scipy.special import gammaincinv

    return float(gammaincinv(clustering, share)) / clustering


def poisson(shares: Floats, mean: float) -> NDArray[np.int64]:
    """Poisson counts of one mean at uniform numbers, by the inverse of the distribution   (n,)."""
    if mean <= 0.0:
        return np.zeros(shares.size, dtype=np.int64)
    from scipy.special import pdtr

    mean = min(mean, MOST_DEFECTS)
    most = int(mean + 12.0 * np.sqrt(mean) + 40.0)  # beyond it lies less than 2^-53
    return np.searchsorted(pdtr(np.arange(most), mean), shares).astype(np.int64)


def poisson_each(shares: Floats, means: Floats) -> NDArray[np.int64]:
    """Poisson counts, each of a mean of its own, at uniform numbers   (n,)."""
    from scipy.special import pdtr

    found = np.zeros(shares.size, dtype=np.int64)
    some = np.flatnonzero(shares > np.exp(-means))  # the others have none, and most are such
    wanted, of = shares[some], np.minimum(means[some], MOST_DEFECTS)
    below, enough = np.zeros(some.size), np.ceil(of + 12.0 * np.sqrt(of) + 40.0)
    while np.any(enough - below > 1):
        middle = np.floor((below + enough) / 2)
        reached = pdtr(middle, of) >= wanted
        below, enough = np.where(reached, below, middle), np.where(reached, middle, enough)
    found[some] = enough
    return found


def normals(shares: Floats) -> Floats:
    """Normal numbers of variance 1 at uniform numbers   (n,)."""
    from scipy.special import ndtri

    found: Floats = ndtri(shares)
    return found
