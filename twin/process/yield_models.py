"""Yield of a die from its killer defects, by the distribution that the defects are taken to follow.

    Poisson:           Y = exp(-A D)                       defects independent of each other
    negative binomial: Y = (1 + A D / alpha)^-alpha        D gamma-distributed from wafer to wafer, shape alpha

A die area [cm2], D expected killer defects [1/cm2], alpha the clustering: small is clustered, 0.3 to 5 are met,
infinity is Poisson. Stapper, C. H. (1973), "Defect density distribution for LSI yield calculations", IEEE
Transactions on Electron Devices 20, 655-657. Names differ between books: what is meant is the formula.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.process.law import Floats


def poisson_yield(density: Any, area: float) -> Floats:
    """Share of good dies, defects independent of each other.

    density: expected killer defects [1/cm2], scalar or any shape; area: of a die [cm2]
    """
    return np.exp(-np.asarray(density, dtype=np.float64) * area)


def negative_binomial_yield(density: Any, area: float, clustering: float) -> Floats:
    """Share of good dies, defects clustered (Stapper 1973).

    density: expected killer defects [1/cm2], scalar or any shape; area: of a die [cm2]; clustering: alpha [-]
    """
    faults = np.asarray(density, dtype=np.float64) * area
    return np.exp(-clustering * np.log1p(faults / clustering))
