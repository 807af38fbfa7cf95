"""Process window: how linewidth moves with dose and focus, and how far both may move before it leaves its limits.

    CD(e, z) = sum_ij c_ij e^i (z / reach)^j,  i, j = 0, 1, 2;  e = dose / nominal - 1      Bossung curves, 9 terms
    exposure latitude at z = dose range in which CD stays within target (1 +- tolerance), over the nominal dose
    depth of focus         = longest range of foci that share such a dose range of at least a wanted latitude

The nine terms are fitted by least squares to linewidths of the full imaging model and stand in for it; the fit tells
its largest error, which must be small beside the tolerance: it grows with the fourth power of the focus. At one focus
the polynomial is a quadratic in dose, so limits of dose are roots, not searches.
Mack, C. A. (2007), Fundamental Principles of Optical Lithography, chapter 8; Bossung, J. W. (1977), Proc. SPIE 100,
80-84.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from twin.process.arrays import namespace
from twin.process.limits import within

TERMS = 3
FOCI = 801
"""Foci at which limits of dose are compared over a depth of focus."""


class Bossung(NamedTuple):
    """Nine-term polynomial of linewidth in dose and focus.

    coefficients: c_ij [nm], by power of relative dose and of focus over its reach   (3, 3)
    dose:         nominal; dose_low, dose_high: range of the fit, in its unit
    focus_low, focus_high: range of the fit [nm]; focus is measured in the larger of the two
    worst:        largest error of the fit over its own linewidths [nm]
    """

    coefficients: Any
    dose: float
    dose_low: float
    dose_high: float
    focus_low: float
    focus_high: float
    worst: float

    @property
    def reach(self) -> float:
        """The focus that the polynomial takes as 1 [nm]."""
        return max(abs(self.focus_low), abs(self.focus_high))


def fit_bossung(dose: Any, focus: Any, width: Any, nominal: float) -> Bossung:
    """Fit of linewidths over dose and focus.

    dose:    in any unit (point,); focus [nm] (point,); width [nm] (point,), no nan; NumPy or CuPy
    nominal: dose, in the same unit
    raises   ValueError for fewer than three doses or foci
    """
    xp = namespace(dose, focus, width)
    within("nominal dose", nominal, 1e-12)
    for name, at in (("doses", dose), ("foci", focus)):
        if len(xp.unique(at)) < TERMS:
            raise ValueError(f"nine terms need at least {TERMS} {name}, not {len(xp.unique(at))}; ask the law at more")
    within("width", width, 0.0, unit="nm")
    low, high = float(focus.min()), float(focus.max())
    empty = Bossung(None, nominal, float(dose.min()), float(dose.max()), low, high, 0.0)
    terms = _terms(empty, dose, focus)
    found = xp.linalg.lstsq(terms, width, rcond=None)[0]
    worst = float(xp.abs(terms @ found - width).max())
    return empty._replace(coefficients=found.reshape(TERMS, TERMS), worst=worst)


def width_at(fit: Bossung, dose: Any, focus: Any) -> Any:
    """Linewidth by the fit [nm] (n,) at doses and foci [nm] (n,); held to the range of the fit by `within`."""
    within("dose", dose, fit.dose_low * (1 - 1e-12), fit.dose_high * (1 + 1e-12))
    within("focus", focus, fit.focus_low - 1e-9, fit.focus_high + 1e-9, "nm")
    return _terms(fit, dose, focus) @ fit.coefficients.ravel()


def dose_limits(fit: Bossung, focus: Any, target: float, tolerance: float = 0.1) -> tuple[Any, Any]:
    """Lowest and highest dose that keep the linewidth within target (1 +- tolerance), at each focus.

    focus [nm] (n,); target [nm]; tolerance [-]
    returns the doses (n,) each, in the fit's unit and held to its range; the highest is below the lowest where no
            dose of the range will do
    """
    xp = namespace(focus, fit.coefficients)
    within("tolerance", tolerance, 1e-6, 0.99)
    within("target", target, 1e-6, unit="nm")
    least, most = fit.dose_low / fit.dose - 1, fit.dose_high / fit.dose - 1
    powers = (xp.atleast_1d(focus)[:, None] / fit.reach) ** xp.arange(TERMS)
    constant, slope, curve = (powers @ row for row in fit.coefficients)
    bounds = [_relative_dose(constant - target * (1 + side * tolerance), slope, curve, least, most) for side in (-1, 1)]
    first, last = xp.minimum(*bounds), xp.maximum(*bounds)
    out = (first >= most) | (last <= least)
    return fit.dose * (1 + xp.where(out, most, first)), fit.dose * (1 + xp.where(out, least, last))


def exposure_latitude(fit: Bossung, focus: Any, target: float, tolerance: float = 0.1) -> Any:
    """Range of dose within limits of linewidth, over the nominal dose, at each focus [-] (n,); 0 where there is none.

    Doses beyond the fit's own range are not counted. Arguments as of `dose_limits`
    """
    low, high = dose_limits(fit, focus, target, tolerance)
    return namespace(low).maximum(high - low, 0.0) / fit.dose


def depth_of_focus(fit: Bossung, target: float, tolerance: float = 0.1, latitude: float = 0.05) -> float:
    """Longest range of foci over which one range of doses, so wide, keeps the linewidth within its limits [nm].

    target [nm]; tolerance, latitude [-]
    returns 0 where no focus has the latitude; at most the range of the fit
    """
    within("latitude", latitude, 0.0, 1.0)
    xp = namespace(fit.coefficients)
    focus = xp.linspace(fit.focus_low, fit.focus_high, FOCI)
    low, high = dose_limits(fit, focus, target, tolerance)
    # row i: the range of doses that foci i, i + 1, ... share
    later = xp.arange(FOCI)[None, :] >= xp.arange(FOCI)[:, None]
    shared_low = _running(xp, xp.where(later, low[None, :], -xp.inf))
    shared_high = -_running(xp, xp.where(later, -high[None, :], -xp.inf))
    wide = later & (shared_high - shared_low >= latitude * fit.dose)
    return float(xp.where(wide, focus[None, :] - focus[:, None], 0.0).max())


def _running(xp: Any, rows: Any) -> Any:
    """Largest so far along each row, by doubling: CuPy has no maximum.accumulate."""
    shift = 1
    while shift < rows.shape[1]:
        rows = xp.concatenate([rows[:, :shift], xp.maximum(rows[:, shift:], rows[:, :-shift])], axis=1)
        shift *= 2
    return rows


def _terms(fit: Bossung, dose: Any, focus: Any) -> Any:
    """The nine terms   (point, 9)."""
    xp = namespace(dose, focus)
    powers = xp.arange(TERMS)
    e, z = xp.atleast_1d(dose) / fit.dose - 1, xp.atleast_1d(focus) / fit.reach
    return ((e[:, None] ** powers)[:, :, None] * (z[:, None] ** powers)[:, None, :]).reshape(len(e), -1)


def _relative_dose(constant: Any, slope: Any, curve: Any, least: float, most: float) -> Any:
    """Root of constant + slope e + curve e^2 on the branch through small e, held to least to most   (n,)."""
    xp = namespace(constant)
    inner = slope**2 - 4 * curve * constant
    sign = xp.where(slope < 0, -1.0, 1.0)
    below = slope + sign * xp.sqrt(xp.maximum(inner, 0.0))
    root = -2 * constant / xp.where(below == 0, xp.inf, below)
    # no root: the linewidth turns back before the limit, or does not move, so it is met only beyond the range
    beyond = xp.where(constant * sign > 0, least, most)
    return xp.clip(xp.where((inner < 0) | (below == 0), beyond, root), least, most)
