"""Gauges: what a measurement's own scatter does to the verdict on a product.

    measured = true + bias + gauge:   sigma_measured^2 = sigma_true^2 + sigma_gauge^2
    P(measured beyond limits)         from that normal
    P(good and rejected)              = integral over the limits of phi(true) P(measured outside | true)
    P(bad and accepted)               = integral outside them of phi(true) P(measured inside | true)
    P/T                               = multiple sigma_gauge / (upper - lower)

Holds for normal products and gauges, independent of each other. P/T below 0.1 is called good, above 0.3 unfit.
Guard bands move the limits that `measured` is held to, not those of the product: give them as `accept`.
AIAG (2010), Measurement Systems Analysis, 4th edition.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from twin.process.law import Floats
from twin.process.limits import within
from twin.process.special import special
from twin.process.yield_models import parametric_yield

NODES = 40
FAR = 12.0
"""Standard deviations beyond which a normal is nothing."""


class Verdicts(NamedTuple):
    """Shares of all products [-]; they sum to 1."""

    good_accepted: float
    good_rejected: float
    bad_accepted: float
    bad_rejected: float


def measured_beyond(
    mean: Any, true_sigma: Any, gauge_sigma: Any, lower: Any = -math.inf, upper: Any = math.inf, bias: Any = 0.0
) -> Any:
    """Share of products whose measurement is outside limits [-].

    mean, true_sigma: of the product; gauge_sigma, bias: of the gauge; lower, upper: limits; all in one unit, scalars
    or arrays that broadcast
    raises ValueError for negative sigmas, and where lower is not below upper
    """
    within("true_sigma", true_sigma, 0.0)
    within("gauge_sigma", gauge_sigma, 0.0)
    if bool(np.any(lower >= upper)):
        raise ValueError(f"lower limit {lower} is not below the upper {upper}; exchange them")
    spread = (true_sigma**2 + gauge_sigma**2) ** 0.5
    within("sigma of what is measured", spread, 1e-300)
    ndtr = special(mean, spread, lower, upper, bias).ndtr
    # each tail by itself: 1 less the share inside would lose what is rare
    return ndtr((lower - mean - bias) / spread) + ndtr((mean + bias - upper) / spread)


def verdicts(
    mean: float,
    true_sigma: float,
    gauge_sigma: float,
    limits: tuple[float, float],
    accept: tuple[float, float] | None = None,
    bias: float = 0.0,
) -> Verdicts:
    """How often a gauge's verdict is right and wrong, by quadrature to 1e-12.

    mean, true_sigma: of the product; gauge_sigma, bias: of the gauge; limits: of the product; accept: what the
    measurement must be within, the limits unless written; all in one unit
    raises ValueError for sigmas that are not above 0 and limits out of order
    """
    within("true_sigma", true_sigma, 1e-300)
    within("gauge_sigma", gauge_sigma, 1e-9 * true_sigma)
    taken = limits if accept is None else accept
    for low, high in (limits, taken):
        if low >= high:
            raise ValueError(f"lower limit {low:.6g} is not below the upper {high:.6g}; exchange them")
    scale = true_sigma
    edges = [(limit - mean) / scale for limit in limits]
    seen = [(limit - bias - mean) / scale for limit in taken]
    noise = gauge_sigma / scale
    true, weight = _nodes([*edges, *(at + k * noise for at in seen for k in (-8, -2, 2, 8))])
    ndtr = special().ndtr
    density = weight * np.exp(-(true**2) / 2) / math.sqrt(2 * math.pi)
    inside = (true > edges[0]) & (true < edges[1])
    below, above = ndtr((seen[0] - true) / noise), ndtr((true - seen[1]) / noise)
    kept = parametric_yield(true, noise, *seen)
    shares = (inside * kept, inside * (below + above), ~inside * kept, ~inside * (below + above))
    return Verdicts(*(float(density @ share) for share in shares))


def precision_to_tolerance(gauge_sigma: Any, lower: Any, upper: Any, multiple: float = 6.0) -> Any:
    """Share of the tolerance that the gauge's scatter takes [-]: multiple sigma over upper - lower.

    gauge_sigma, lower, upper: in one unit, scalars or arrays that broadcast; multiple: 6, or 5.15 for 99 %
    """
    within("gauge_sigma", gauge_sigma, 0.0)
    within("tolerance, upper less lower,", upper - lower, 1e-300)
    within("multiple", multiple, 1.0, 12.0)
    return multiple * gauge_sigma / (upper - lower)


def _nodes(cuts: list[float]) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes over +-12 standard deviations, cut where the integrand bends   (node,) each."""
    ends = np.unique(np.clip([*cuts, *np.arange(-FAR, FAR + 1, 2.0)], -FAR, FAR))
    t, w = np.polynomial.legendre.leggauss(NODES)
    half, middle = np.diff(ends)[:, None] / 2, ((ends[1:] + ends[:-1]) / 2)[:, None]
    return (middle + half * t).ravel(), (half * w).ravel()
