"""Yield of a die from its killer defects, by the distribution that the defects are taken to follow.

    Poisson:           Y = exp(-A D)                       defects independent of each other
    negative binomial: Y = (1 + A D / alpha)^-alpha        D gamma-distributed from wafer to wafer, shape alpha
    Murphy:            Y = ((1 - exp(-A D)) / (A D))^2     D triangular from 0 to 2 D
    Murphy, uniform:   Y = (1 - exp(-2 A D)) / (2 A D)     D uniform from 0 to 2 D
    Seeds:             Y = 1 / (1 + A D)                   D exponential: the negative binomial of alpha 1
    Seeds, root:       Y = exp(-sqrt(A D))
    Bose-Einstein:     Y = (1 + A D)^-n                    n critical layers, D of each

A die area [cm2], D expected killer defects [1/cm2], alpha the clustering: small is clustered, 0.3 to 5 are met,
infinity is Poisson. Names differ between books: what is meant is the formula.
Beside the defects, `parametric_yield` is the share of a normal quantity within its limits; of stacked dies,
`stack_d2w` is the yield where each die is tested before it is bonded, `stack_w2w` where wafers are bonded blind.
Stapper, C. H. (1973), "Defect density distribution for LSI yield calculations", IEEE Transactions on Electron Devices
20, 655-657; Murphy, B. T. (1964), Proc. IEEE 52, 1537-1545; Seeds, R. B. (1967), IEEE International Convention
Record, 60-61.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.process.arrays import namespace
from twin.process.law import Floats
from twin.process.limits import within
from twin.process.special import special


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


def murphy_yield(density: Any, area: float) -> Any:
    """Share of good dies, density triangular from 0 to twice its mean (Murphy 1964).

    density: expected killer defects [1/cm2], scalar or any shape; area: of a die [cm2]
    raises ValueError for negative arguments
    """
    faults = _faults(density, area)
    return _mean_survival(faults) ** 2


def murphy_uniform_yield(density: Any, area: float) -> Any:
    """Share of good dies, density uniform from 0 to twice its mean (Murphy 1964); as `murphy_yield`."""
    return _mean_survival(2.0 * _faults(density, area))


def seeds_yield(density: Any, area: float) -> Any:
    """Share of good dies, density exponential: 1 / (1 + A D) (Seeds 1967); as `murphy_yield`."""
    return 1.0 / (1.0 + _faults(density, area))


def seeds_root_yield(density: Any, area: float) -> Any:
    """Share of good dies by the other formula of that name, exp(-sqrt(A D)); as `murphy_yield`."""
    faults = _faults(density, area)
    return namespace(faults).exp(-(faults**0.5))


def bose_einstein_yield(density: Any, area: float, layers: float) -> Any:
    """Share of good dies, (1 + A D)^-n.

    density: expected killer defects of one critical layer [1/cm2], scalar or any shape; area: of a die [cm2]
    layers:  critical layers, above 0
    raises   ValueError for negative arguments
    """
    within("layers", layers, 0.0)
    faults = _faults(density, area)
    xp = namespace(faults)
    return xp.exp(-layers * xp.log1p(faults))


def parametric_yield(mean: Any, sigma: Any, lower: Any = -np.inf, upper: Any = np.inf) -> Any:
    """Share of a normal quantity within its limits: Phi((upper - mean) / sigma) - Phi((lower - mean) / sigma).

    mean, sigma, lower, upper: in one unit, scalars or arrays that broadcast; infinite: no such limit
    raises ValueError unless sigma is above 0 and lower is below upper
    """
    within("sigma", sigma, 1e-300)
    xp = namespace(mean, sigma, lower, upper)
    if bool(xp.any(xp.asarray(lower) >= xp.asarray(upper))):
        raise ValueError(f"lower limit {lower} is not below the upper {upper}; exchange them")
    a, b = (xp.asarray(limit - mean) / sigma for limit in (lower, upper))
    # from the nearer tail, where the difference of two numbers near 1 would be lost
    flip = a > 0
    ndtr = special(a, b).ndtr
    return ndtr(xp.where(flip, -a, b)) - ndtr(xp.where(flip, -b, a))


def stack_d2w(known_good: Any, bond: Any, via: Any, layers: int, base: Any = 1.0, final: Any = 1.0) -> Any:
    """Share of good stacks of tested dies on a base die, bonded one by one: base (known_good bond via)^layers final.

    known_good: probability that a die that passed its test is good; bond, via: of a bond and its vias, per layer
    base:       of the base die; final: of the assembly; scalars or arrays that broadcast, 0 to 1
    """
    for name, share in (("known_good", known_good), ("bond", bond), ("via", via), ("base", base), ("final", final)):
        within(name, share, 0.0, 1.0)
    within("layers", layers, 0)
    return base * (known_good * bond * via) ** layers * final


def stack_w2w(die: Any, bond: Any, wafers: int, bonds: int | None = None) -> Any:
    """Share of good stacks of wafers bonded blind: die^wafers bond^bonds.

    die: yield of a die, bond: of a bond, 0 to 1; bonds: between the wafers, wafers - 1 unless written
    """
    within("die", die, 0.0, 1.0)
    within("bond", bond, 0.0, 1.0)
    within("wafers", wafers, 1)
    count = wafers - 1 if bonds is None else bonds
    within("bonds", count, 0)
    return die**wafers * bond**count


def _faults(density: Any, area: float) -> Any:
    """Mean faults of a die   (any shape)."""
    within("density", density, 0.0, unit="/cm2")
    within("area", area, 0.0, unit="cm2")
    xp = namespace(density)
    return xp.asarray(density, dtype=xp.float64) * area


def _mean_survival(faults: Any) -> Any:
    """(1 - exp(-x)) / x, 1 at 0   (any shape)."""
    xp = namespace(faults)
    none = faults == 0
    return xp.where(none, 1.0, -xp.expm1(-faults) / xp.where(none, 1.0, faults))
