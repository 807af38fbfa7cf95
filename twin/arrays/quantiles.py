"""Any law of time as an integer quantile table, refined by octaves toward both tails.

A unit table holds the quantiles of a law whose size is 1 (mean, width or scale), in fixed point; a law of the
line is a unit table times an integer scale, so that all exponential times of a line share one table and a sweep
over a mean costs a number, not a table. Half the table is the lower tail, half the upper; octave o of a half
covers tail probabilities from 2^-(o+1) down to 2^-(o+2), in SUBS straight pieces, so the table reaches
2^-33 from either end. A law's size is stretched by what makes the mean of the straight
pieces its own.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.line import Law

OCTAVES = 32
SUB_BITS = 5
SUBS = 1 << SUB_BITS
ENTRY_BITS = 30
LEADING_ZEROS = np.array([8 - int(b).bit_length() for b in range(256)], dtype=np.int64)

Floats = NDArray[np.float64]
TailQuantiles = Callable[[Floats], Floats]


class UnitTable(NamedTuple):
    """A law of size 1.

    entries:  quantiles, lower half then upper half, median first    (2 * (OCTAVES * SUBS + 1),) int32
    fraction: bits after the point in an entry
    stretch:  what the size of a law is multiplied by, so that the mean of the straight pieces is the law's own
    """

    entries: NDArray[np.int32]
    fraction: int
    stretch: float


def tail_edges() -> Floats:
    """Tail probabilities of the table's knots, from 1/2 down to 2^-33   (OCTAVES * SUBS + 1,)."""
    octave = np.arange(OCTAVES)[:, None]
    piece = np.arange(SUBS)[None, :]
    inner = np.ldexp(1.0 + (SUBS - piece) / SUBS, -(octave + 2)).ravel()
    return np.append(inner, 2.0 ** -(OCTAVES + 1))


def table_mean(lower: Floats, upper: Floats) -> float:
    """Mean of a variable drawn from two halves of knots by straight interpolation (exact, trapezoids)."""
    p = tail_edges()
    width = p[:-1] - p[1:]
    inner = sum(float((width * (half[:-1] + half[1:]) / 2).sum()) for half in (lower, upper))
    return inner + float(p[-1]) * float(lower[-1] + upper[-1])


def unit_table(lower_tail: TailQuantiles, upper_tail: TailQuantiles, mean: float) -> UnitTable:
    """Tabulate a law given its quantiles from either end and its exact mean, all in units of its size."""
    p = tail_edges()
    lower, upper = lower_tail(p), upper_tail(p)
    largest = max(float(upper.max()), 1e-300)
    fraction = min(ENTRY_BITS, ENTRY_BITS - int(np.ceil(np.log2(largest))))
    entries = np.rint(np.ldexp(np.stack([lower, upper]), fraction)).astype(np.int32)
    drawn = table_mean(*np.ldexp(entries.astype(np.float64), -fraction))
    return UnitTable(entries.ravel(), fraction, mean / drawn if mean > 0 and drawn > 0 else 1.0)


def _exponential() -> UnitTable:
    return unit_table(lambda p: -np.log1p(-p), lambda p: -np.log(p), 1.0)


def _uniform() -> UnitTable:
    return unit_table(lambda p: p, lambda p: 1.0 - p, 0.5)


def _gamma(k: float) -> UnitTable:
    from scipy.special import gammainccinv, gammaincinv

    return unit_table(lambda p: gammaincinv(k, p) / k, lambda p: gammainccinv(k, p) / k, 1.0)


def _weibull(shape: float) -> UnitTable:
    from scipy.special import gamma

    power = 1.0 / shape
    return unit_table(lambda p: (-np.log1p(-p)) ** power, lambda p: (-np.log(p)) ** power, float(gamma(1 + power)))


def _lognormal(cv: float) -> UnitTable:
    from scipy.special import ndtri

    sigma = float(np.sqrt(np.log1p(cv * cv)))

    def quantile(z: Floats) -> Floats:
        return np.exp(sigma * z - sigma * sigma / 2)

    return unit_table(lambda p: quantile(ndtri(p)), lambda p: quantile(-ndtri(p)), 1.0)


class SizedLaw(NamedTuple):
    """A law as a shared unit table, its size and where it starts, all times in seconds.

    family: what the unit table depends on, the key under which laws share it
    """

    family: tuple[str, float]
    offset_s: float
    size_s: float


FAR_FROM_ZERO = 7.0
"""Standard deviations from which on cutting a normal law at 0 changes nothing that the table could show."""


def _normal(mean_over_sd: float, mean: float) -> UnitTable:
    from scipy.special import ndtri

    def cut(z: Floats) -> Floats:
        return np.maximum(0.0, mean_over_sd + z)

    return unit_table(lambda p: cut(ndtri(p)), lambda p: cut(-ndtri(p)), mean)


def _size_normal(mean: float, sd: float) -> SizedLaw:
    """A normal law whose mean is far from zero starts FAR_FROM_ZERO below it, so that a small sd keeps its bits."""
    if sd and mean >= FAR_FROM_ZERO * sd:
        return SizedLaw(("normal", FAR_FROM_ZERO), mean - FAR_FROM_ZERO * sd, sd)
    return SizedLaw(("normal", mean / sd if sd else 0.0), 0.0, sd)


def _triangular(peak: float) -> UnitTable:
    def quantile(below: Floats) -> Floats:
        rising = np.sqrt(below * peak)
        falling = 1.0 - np.sqrt((1.0 - below) * (1.0 - peak))
        return np.where(below < peak, rising, falling)

    return unit_table(quantile, lambda p: quantile(1.0 - p), (1.0 + peak) / 3.0)


def size_law(law: Law) -> SizedLaw | None:
    """Split a law into unit table, size and offset; None for a law without spread."""
    a = law.params[0]
    b = law.params[1] if len(law.params) > 1 else 0.0
    sized = {
        "exponential": lambda: SizedLaw(("exponential", 0.0), 0.0, a),
        "uniform": lambda: SizedLaw(("uniform", 0.0), a, b - a),
        "gamma": lambda: SizedLaw(("gamma", (a / b) ** 2 if b else 0.0), 0.0, a if b else 0.0),
        "erlang": lambda: SizedLaw(("gamma", b), 0.0, a),
        "weibull": lambda: SizedLaw(("weibull", b), 0.0, a),
        "lognormal": lambda: SizedLaw(("lognormal", b / a if a else 0.0), 0.0, a if b else 0.0),
        "normal": lambda: _size_normal(a, b),
        "triangular": lambda: SizedLaw(
            ("triangular", (b - a) / (law.params[2] - a) if law.params[2] > a else 0.0), a, law.params[2] - a
        ),
    }[law.kind]()
    return sized if sized.size_s > 0 else None


def make_unit_table(family: tuple[str, float], mean: float) -> UnitTable:
    """The unit table of a family; mean: that of a normal law cut at 0, in units of its sd."""
    kind, shape = family
    if kind == "exponential":
        return _exponential()
    if kind == "uniform":
        return _uniform()
    if kind == "gamma":
        return _gamma(shape)
    if kind == "weibull":
        return _weibull(shape)
    if kind == "lognormal":
        return _lognormal(shape)
    if kind == "normal":
        return _normal(shape, mean)
    return _triangular(shape)
