"""Zernike polynomials over a wafer, sites of measurement, and how even a film is.

    Z_j(rho, theta) = sqrt(n + 1) R_n^m(rho) x {1 for m = 0, sqrt(2) cos(m theta) for even j, sqrt(2) sin for odd j}
    R_n^m(rho)      = rho^m P_k^(0,m)(2 rho^2 - 1),   k = (n - m) / 2         P: Jacobi's polynomials

in Noll's order j = 1, 2, ...: piston, tilt x, tilt y, defocus, astigmatism ... Each has mean square 1 over the unit
disc and is orthogonal to the others, so the sum of squared coefficients beyond the first is the variance over the
wafer. P is built by its three-term recurrence, which is stable for any n; the sums of factorials are not beyond n = 40.
Radial profiles sum_k c_k rho^k have closed moments: the mean of rho^k over the disc is 2 / (k + 2).
Noll, R. J. (1976), Journal of the Optical Society of America 66, 207-211. Layouts of sites are common practice.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from twin.process.arrays import namespace
from twin.process.law import Floats
from twin.process.limits import within

RINGS: dict[int, tuple[tuple[int, float, float], ...]] = {
    5: ((1, 0.0, 0.0), (4, 1.0, 0.0)),
    9: ((1, 0.0, 0.0), (4, 0.5, 0.5), (4, 1.0, 0.0)),
    13: ((1, 0.0, 0.0), (4, 0.5, 0.0), (8, 1.0, 0.0)),
    49: ((1, 0.0, 0.0), (8, 1 / 3, 0.0), (16, 2 / 3, 0.0), (24, 1.0, 0.0)),
}
"""Layouts: sites on a ring, its radius over the outermost, turn in shares of the pitch between sites."""


class Evenness(NamedTuple):
    """How even a profile is: mean, standard deviation over mean, half the range over mean; weighted by area."""

    mean: float
    sigma: float
    half_range: float


def noll(j: int) -> tuple[int, int]:
    """Radial order n and azimuthal order m of a number: m above 0 for cosines, below 0 for sines.

    raises ValueError for numbers below 1
    """
    within("j", j, 1)
    n = (math.isqrt(8 * j - 7) - 1) // 2
    place = j - n * (n + 1) // 2 - 1
    m = 2 * ((place + 1) // 2) if n % 2 == 0 else 2 * (place // 2) + 1
    return n, (m if j % 2 == 0 else -m)


def zernike(j: int, rho: Any, theta: Any) -> Any:
    """One polynomial at places of the unit disc.

    j:      Noll's number, from 1
    rho:    distance from the middle over the radius, 0 to 1; theta [rad]; of one shape, NumPy or CuPy
    raises  ValueError outside the disc
    """
    within("rho", rho, 0.0, 1.0 + 1e-9)
    xp = namespace(rho, theta)
    n, m = noll(j)
    order = abs(m)
    radial = math.sqrt(n + 1) * _radial(n, order, xp.asarray(rho, dtype=xp.float64))
    if m == 0:
        return radial + 0.0 * xp.asarray(theta, dtype=xp.float64)  # of the shape of both
    wave = xp.cos if m > 0 else xp.sin
    return math.sqrt(2.0) * radial * wave(order * xp.asarray(theta, dtype=xp.float64))


def zernikes(count: int, rho: Any, theta: Any) -> Any:
    """Polynomials 1 to count at places (site,)   -> (site, count)."""
    within("count", count, 1)
    return namespace(rho, theta).stack([zernike(j, rho, theta) for j in range(1, count + 1)], axis=-1)


def fit_zernikes(count: int, rho: Any, theta: Any, values: Any) -> Any:
    """Coefficients of the polynomials that fit values at sites best, by least squares.

    rho, theta [rad]: (site,); values (..., site), any number of wafers
    returns (..., count), in the unit of the values
    raises  ValueError where the sites cannot tell the polynomials apart
    """
    xp = namespace(rho, theta, values)
    flat = xp.asarray(values, dtype=xp.float64).reshape(-1, len(rho))
    found, _, rank, _ = xp.linalg.lstsq(zernikes(count, rho, theta), flat.T, rcond=1e-10)
    if int(rank) < count:
        raise ValueError(f"{len(rho)} sites tell only {int(rank)} of {count} polynomials apart; fit fewer")
    return found.T.reshape(*values.shape[:-1], count)


def sites(count: int, radius: float) -> tuple[Floats, Floats]:
    """A standard layout of 5, 9, 13 or 49 sites, the middle first: x, y [mm] (site,).

    radius: of the outermost ring [mm]: 147 on a 300 mm wafer with 3 mm of edge
    raises  ValueError for other counts
    """
    if count not in RINGS:
        raise ValueError(f"no layout of {count} sites; choose one of {', '.join(map(str, RINGS))}")
    within("radius", radius, 0.0, 1000.0, "mm")
    rings = RINGS[count]
    share = np.concatenate([np.full(number, part) for number, part, _ in rings])
    turn = np.concatenate([(np.arange(number) + shift) * 2 * math.pi / number for number, _, shift in rings])
    return radius * share * np.cos(turn), radius * share * np.sin(turn)


def radial_evenness(coefficients: Any) -> Evenness:
    """Evenness of a profile c_0 + c_1 rho + c_2 rho^2 + ... over a disc, exactly.

    coefficients: c_k, in any unit   (term,)
    returns       mean in that unit, the others over the mean [-]
    raises        ValueError where the mean is 0
    """
    c = np.trim_zeros(np.atleast_1d(np.asarray(coefficients, dtype=np.float64)), "b")
    k = np.arange(c.size)
    mean = float(c @ (2 / (k + 2)))
    if mean == 0:
        raise ValueError("the profile's mean is 0, so nothing can be told relative to it; write one with a mean")
    around = c - mean * (k == 0)
    variance = around @ (2 / (k[:, None] + k + 2)) @ around
    turns = np.polynomial.Polynomial(c).deriv().roots() if c.size > 1 else np.array([])
    inside = turns.real[(np.abs(turns.imag) < 1e-9) & (turns.real > 0) & (turns.real < 1)]
    heights = np.polynomial.Polynomial(c)(np.concatenate([[0.0, 1.0], inside]))
    return Evenness(mean, float(np.sqrt(max(variance, 0.0)) / abs(mean)), float(np.ptp(heights) / 2 / abs(mean)))


def _radial(n: int, m: int, rho: Any) -> Any:
    """R_n^m: rho^m times Jacobi's P_k^(0,m)(2 rho^2 - 1), by recurrence (any shape)."""
    x = 2.0 * rho * rho - 1.0
    before, now = 0.0 * x, 1.0 + 0.0 * x
    for k in range(1, (n - m) // 2 + 1):
        s = 2 * k + m
        if k == 1:
            before, now = now, ((m + 2) * x - m) / 2
            continue
        up = (s - 1) * (s * (s - 2) * x - m * m) * now - 2 * (k - 1) * (k + m - 1) * s * before
        before, now = now, up / (2 * k * (k + m) * (s - 2))
    return rho**m * now
