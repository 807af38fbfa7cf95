"""Clustered defects: counts on a die, and places on a wafer.

    gamma-mixed Poisson   variance of a die's count = m + m^2 / alpha          (negative binomial)
    Thomas process        parents, kappa per area, have each Poisson(mu) defects, normal around them with sigma
        P(no killer in a die) = exp(-kappa integral (1 - exp(-mu kill p(c))) dc)
        g(r) = 1 + exp(-r^2 / (4 sigma^2)) / (4 pi kappa sigma^2)              pair correlation, 1 without clusters

p(c) is the share of a cluster with its parent at c that falls on the die. Both are laws of an infinite plane; the
sampler lets parents lie 6 sigma outside the window. It draws from uniforms that the caller addresses, so a wafer's
defects do not change with what else was drawn. Density is kappa mu; killers are a share of defects, each on its own.
Holds for clusters of 1 to 20 mm; rings at the edge of a wafer are a signature of their own.
Thomas, M. (1949), Biometrika 36, 18-25; Neyman, J., and Scott, E. L. (1958), Journal of the Royal Statistical Society
B 20, 1-43; Stapper, C. H. (1985), IBM Journal of Research and Development 29, 87-97.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.process.arrays import namespace
from twin.process.law import Floats
from twin.process.limits import within
from twin.process.special import special

Uniforms = Callable[[int, NDArray[np.int64]], Floats]
"""Uniform numbers in [0, 1) by address: a stream, 0 to 5, and places in it (n,) -> (n,)."""
MOST_IN_CLUSTER = 1 << 20
"""Places that each parent has in the streams of its defects."""
MARGIN, PANELS = 6.0, 64
COUNT, PARENT_X, PARENT_Y, OFFSPRING, DEFECT_X, DEFECT_Y = range(6)


class Thomas(NamedTuple):
    """A cluster process: parents [1/mm2], mean defects of a cluster [-], its standard deviation [mm]."""

    kappa: float
    mu: float
    sigma: float

    def check(self) -> Thomas:
        """The process, or a ValueError for one that cannot be."""
        within("kappa", self.kappa, 1e-12, 1e3, "/mm2")
        within("mu", self.mu, 0.0, 1e4, "defects a cluster")
        within("sigma", self.sigma, 1e-3, 1e3, "mm")
        return self


def clustered_variance(mean: Any, clustering: Any) -> Any:
    """Variance of a die's defect count, mixed by a gamma density: mean [-], clustering alpha [-], any shapes."""
    within("mean", mean, 0.0)
    within("clustering", clustering, 1e-9)
    return mean + mean**2 / clustering


def clustered_counts(mean: Any, clustering: float, uniforms: Any) -> Any:
    """Defect counts of dies, negative binomial, by inversion.

    mean: defects a die [-]; uniforms: in [0, 1); shapes that broadcast, NumPy or CuPy
    raises ValueError outside 0 to 1,000 defects, and for clustering not above 0
    """
    within("mean", mean, 0.0, 1e3)
    within("clustering", clustering, 1e-3, 1e9)
    within("uniforms", uniforms, 0.0, 1.0)
    xp = namespace(mean, uniforms)
    functions = special(mean, uniforms)
    success = clustering / (clustering + xp.asarray(mean, dtype=xp.float64))
    u, success = xp.broadcast_arrays(xp.asarray(uniforms, dtype=xp.float64), success)
    u = xp.clip(u, 1e-300, 1 - 1e-15)

    def enough(count: Any) -> Any:
        return functions.betainc(clustering, count + 1.0, success) >= u

    low, high = xp.full(u.shape, -1.0), xp.ones(u.shape)  # never enough, and soon enough
    while not bool((reached := enough(high)).all()):
        low, high = xp.where(reached, low, high), xp.where(reached, high, 2 * high)
    while bool((high - low > 1).any()):
        middle = xp.floor((low + high) / 2)
        reached = enough(middle)
        low, high = xp.where(reached, low, middle), xp.where(reached, middle, high)
    return xp.maximum(high, 0.0)  # with no defects expected, even -1 is enough


def thomas_void(process: Thomas, width: float, height: float, kill: float = 1.0) -> float:
    """Probability that no killer falls on a die of a Thomas process: its yield, by quadrature to 1e-9.

    width, height: of the die [mm]; kill: share of defects that kill [-]
    raises ValueError for a process or a die that cannot be
    """
    kappa, mu, sigma = process.check()
    within("width", width, 1e-6, 1e4, "mm")
    within("height", height, 1e-6, 1e4, "mm")
    within("kill", kill, 0.0, 1.0)
    ndtr = special().ndtr
    share, weight = [], []
    for side in (width, height):  # a cluster's normal is a product, so its share of the die is one
        place, part = _half_line(side / 2, sigma)
        share.append(ndtr((place + side / 2) / sigma) - ndtr((place - side / 2) / sigma))
        weight.append(part)
    hit = -np.expm1(-mu * kill * np.outer(*share))
    return float(np.exp(-kappa * 4.0 * (weight[0] @ hit @ weight[1])))


def pair_correlation(process: Thomas, distance: Any) -> Any:
    """How much likelier two defects lie at a distance than without clusters [-]: distance [mm], any shape."""
    kappa, _, sigma = process.check()
    within("distance", distance, 0.0, unit="mm")
    xp = namespace(distance)
    return 1.0 + xp.exp(-(distance**2) / (4 * sigma**2)) / (4 * math.pi * kappa * sigma**2)


def thomas_defects(process: Thomas, width: float, height: float, uniforms: Uniforms) -> tuple[Floats, Floats]:
    """Defects of a Thomas process in a window around 0: x, y [mm] (defect,) each.

    width, height: of the window [mm]
    uniforms:      draws by address; the k-th defect of parent i is at i 2^20 + k of its streams
    raises         ValueError for a process that cannot be, or of more than a million parents or defects a cluster
    """
    kappa, mu, sigma = process.check()
    spread = [side + 2 * MARGIN * sigma for side in (width, height)]
    expected = kappa * spread[0] * spread[1]
    within("parents in the window", expected, 0.0, 1e6)
    parents = np.arange(int(_poisson(uniforms(COUNT, np.zeros(1, dtype=np.int64)), expected)[0]))
    middle_x, middle_y = (
        (uniforms(stream, parents) - 0.5) * side for stream, side in zip((PARENT_X, PARENT_Y), spread, strict=True)
    )
    counts = _poisson(uniforms(OFFSPRING, parents), mu).astype(np.int64)
    parent = np.repeat(parents, counts)
    place = parent * MOST_IN_CLUSTER + np.arange(parent.size) - np.repeat(np.cumsum(counts) - counts, counts)
    ndtri = special().ndtri
    x, y = (
        middle[parent] + sigma * ndtri(np.maximum(uniforms(stream, place), 1e-300))
        for middle, stream in ((middle_x, DEFECT_X), (middle_y, DEFECT_Y))
    )
    inside = (np.abs(x) <= width / 2) & (np.abs(y) <= height / 2)
    return x[inside], y[inside]


def _half_line(edge: float, sigma: float) -> tuple[Floats, Floats]:
    """Nodes and weights from 0 to where no cluster reaches a die's half: fine around its edge   (node,)."""
    t, w = np.polynomial.legendre.leggauss(PANELS)
    ends = np.unique(np.maximum(edge + sigma * np.array([-np.inf, -10.0, -3.0, 3.0, 12.0]), 0.0))
    half, middle = np.diff(ends)[:, None] / 2, ((ends[1:] + ends[:-1]) / 2)[:, None]
    return (middle + half * t).ravel(), (half * w).ravel()


def _poisson(uniforms: Floats, mean: float) -> Floats:
    """Poisson counts by inversion   (n,)."""
    functions = special()
    above = np.ceil(functions.pdtrik(uniforms, mean))
    below = np.maximum(above - 1, 0.0)
    counts: Floats = np.where(functions.pdtr(below, mean) >= uniforms, below, above)
    return np.nan_to_num(counts)
