"""Laws of times fitted by maximum likelihood, the best by Akaike's criterion, held to what was measured.

Akaike (1974), IEEE Transactions on Automatic Control 19(6), 716-723: AIC = 2 k - 2 log L, k parameters; either end of a
uniform law counts twice, for the likelihood grows twice as much as by a parameter that is no end. The distance (KS) is
that of Kolmogorov and Smirnov, the largest difference between the law and the measured share of times up to any time;
1.36 / sqrt(n) is what a sample of n reaches by chance in one case of twenty (Massey 1951, Journal of the American
Statistical Association 46, 68-78).
Parameters fitted to the same sample bring the law nearer to it, so that the limit is on the generous side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .laws import mean as law_mean

Floats = NDArray[np.float64]

FEWEST = 12  # values that a law is fitted to
DISTANCE = 0.05  # between law and log that is always near enough
AS_GOOD = 2.0  # more than the smallest AIC: an exponential law is then taken
CHANCE = 1.36  # over sqrt(n): distance that a sample has by chance, 5 %
MEAN_OFF = 0.05  # of the mean that a law may miss it by
SLICES = 500  # rows of the table of an empirical law
_MOST = 20_000  # values that the likelihood is summed over where it takes a search
_BELOW_ZERO = 1e-3  # share of a normal law below 0


@dataclass(frozen=True)
class Fitted:
    """A law for some times.

    kind, params: as `Law` has them, times [s]; kind `empirical` where no law fits
    count:        times that it was fitted to
    distance:     of Kolmogorov and Smirnov, 0 for an empirical law
    mean:         of the times [s]
    aic:          of the law less that of an exponential one; None where there was nothing to compare
    nearest:      the law that fits best where none fits, and its distance
    values:       of an empirical law: means of equal slices of the sorted times [s]
    """

    kind: str
    params: tuple[float, ...]
    count: int
    distance: float
    mean: float
    aic: float | None = None
    nearest: tuple[str, float] | None = None
    values: tuple[float, ...] = ()

    @property
    def law_mean(self) -> float:
        """Mean of the law [s]."""
        return math.fsum(self.values) / len(self.values) if self.values else law_mean(self.kind, self.params)

    def told(self) -> str:
        """The law and how near it is."""
        if self.kind == "empirical":
            near = "" if self.nearest is None else f", {self.nearest[0]} is {self.nearest[1]:.3f} off"
            return f"empirical (n {self.count:,}{near})"
        if self.kind == "constant":
            return f"constant (n {self.count:,})"
        return f"{self.kind} (n {self.count:,}, KS {self.distance:.3f})"


def fit(times: Floats, step: float = 0.0) -> Fitted:
    """The best law for some times [s], by AIC among those that come near enough.

    step: the clock of the log [s]; times below half of it, 0 among them, count as half of it

    A law fits if its distance is at most 0.05, or what chance allows, and its mean within 5 % or one standard error of
    the measured one. Of those that fit the one with the smallest AIC is taken, an exponential one also where its AIC is
    no more than 2 above that. Where none fits, and below 12 times, the law is empirical: the times themselves.
    """
    ordered = np.sort(np.asarray(times, dtype=float))
    count, mean = int(ordered.size), float(ordered.mean())
    if ordered[0] == ordered[-1]:
        return Fitted("constant", (mean,), count, 0.0, mean)
    if count < FEWEST:
        return Fitted("empirical", (), count, 0.0, mean, values=slices(ordered))
    clipped = np.maximum(ordered, max(step / 2, 1e-3))
    found = sorted((aic, kind, params, distance) for kind, params, aic, distance in _candidates(clipped))
    base = next(aic for aic, kind, _, _ in found if kind == "exponential")
    near = max(DISTANCE, CHANCE / math.sqrt(count))
    slack = max(MEAN_OFF * mean, float(ordered.std(ddof=1)) / math.sqrt(count))
    fitting = [one for one in found if one[3] <= near and abs(law_mean(one[1], one[2]) - mean) <= slack]
    if fitting:
        # of two laws as good as each other, the one of a single parameter
        plain = [one for one in fitting if one[1] == "exponential" and one[0] <= fitting[0][0] + AS_GOOD]
        aic, kind, params, distance = (plain or fitting)[0]
        return Fitted(kind, params, count, distance, mean, aic - base)
    _, kind, _, distance = min(found, key=lambda one: one[3])
    return Fitted("empirical", (), count, 0.0, mean, nearest=(kind, distance), values=slices(ordered))


def slices(ordered: Floats) -> tuple[float, ...]:
    """Means of `SLICES` equal slices of sorted values: as many rows for every law, and the mean is kept exactly."""
    count = ordered.size
    whole = np.concatenate([[0.0], np.cumsum(ordered)])
    cuts = np.linspace(0, count, SLICES + 1)
    sums = np.interp(cuts, np.arange(count + 1), whole)
    return tuple(float(value) for value in np.diff(sums) * (SLICES / count))


def _candidates(ordered: Floats) -> Iterator[tuple[str, tuple[float, ...], float, float]]:
    """Laws with parameters, AIC and distance."""
    from scipy import stats

    few = ordered if ordered.size <= _MOST else ordered[:: -(-ordered.size // _MOST)]
    logs = np.log(ordered)
    mu, sigma = float(logs.mean()), float(logs.std())
    mean, sd = float(ordered.mean()), float(ordered.std())
    yield _told("exponential", (mean,), stats.expon(scale=mean), ordered, 1)
    if sigma < 2.5:  # beyond, a few endless times make the mean
        at = math.exp(mu + sigma**2 / 2)
        params = (at, at * math.sqrt(math.expm1(sigma**2)))
        yield _told("lognormal", params, stats.lognorm(sigma, scale=math.exp(mu)), ordered, 2)
    shape, _, scale = stats.gamma.fit(few, floc=0)
    yield _told("gamma", (shape * scale, math.sqrt(shape) * scale), stats.gamma(shape, scale=scale), ordered, 2)
    shape, _, scale = stats.weibull_min.fit(few, floc=0)
    if 0.05 <= shape <= 1000:
        yield _told("weibull", (scale, shape), stats.weibull_min(shape, scale=scale), ordered, 2)
    if stats.norm.cdf(0, mean, sd) < _BELOW_ZERO:
        yield _told("normal", (mean, sd), stats.norm(mean, sd), ordered, 2)
    low, high = float(ordered[0]), float(ordered[-1])
    yield _told("uniform", (low, high), stats.uniform(low, high - low), ordered, 4)
    low, mode, high = _triangle(few)
    law = stats.triang((mode - low) / (high - low), low, high - low)
    yield _told("triangular", (low, mode, high), law, ordered, 3)


def _told(
    kind: str, params: tuple[float, ...], law: Any, ordered: Floats, parameters: int
) -> tuple[str, tuple[float, ...], float, float]:
    """A law with its AIC and its distance."""
    likelihood = float(law.logpdf(ordered).sum())
    aic = 2 * parameters - 2 * likelihood if math.isfinite(likelihood) else math.inf
    return kind, tuple(map(float, params)), aic, _distance(law.cdf, ordered)


def _distance(cdf: Callable[[Floats], Floats], ordered: Floats) -> float:
    """Kolmogorov-Smirnov distance; equal times are one step of the measured share.

    cdf: of the law; ordered: sorted times   (time,)
    """
    ends = np.append(np.flatnonzero(np.diff(ordered)), ordered.size - 1)
    after = (ends + 1) / ordered.size
    before = np.concatenate([[0.0], after[:-1]])
    at = cdf(ordered[ends])
    return float(max(np.abs(after - at).max(), np.abs(at - before).max()))


def _triangle(ordered: Floats) -> tuple[float, float, float]:
    """Low, mode and high of greatest likelihood, by a simplex search from the extremes and the mean."""
    from scipy import optimize

    first, last = float(ordered[0]), float(ordered[-1])
    reach = last - first

    def of(point: Floats) -> tuple[float, float, float]:
        # the extremes lie outside the values, low not below 0; the mode anywhere between
        low = max(0.0, first - reach * math.exp(min(point[0], 3.0)))
        high = last + reach * math.exp(min(point[1], 3.0))
        return low, low + (high - low) / (1 + math.exp(-point[2])), high

    def unlikely(point: Floats) -> float:
        low, mode, high = of(point)
        rising = ordered < mode
        up, down = ordered[rising] - low, high - ordered[~rising]
        if (up <= 0).any() or (down <= 0).any():
            return math.inf
        inner = np.log(up / (mode - low)).sum() if up.size else 0.0
        outer = np.log(down / (high - mode)).sum() if down.size else 0.0
        return -float(inner + outer + ordered.size * math.log(2 / (high - low)))

    guess = 3 * float(ordered.mean()) - first - last
    at = min(0.95, max(0.05, (guess - first) / reach))
    start = np.array([-3.0, -3.0, math.log(at / (1 - at))])
    found = optimize.minimize(unlikely, start, method="Nelder-Mead", options={"maxiter": 400, "xatol": 1e-4})
    return of(found.x)
