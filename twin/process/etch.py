"""Etching: loading, etch lag in deep holes, selectivity.

    R(A)    = R0 / (1 + k A)                                    loading: open area shares the etchant
    R(z)    = R0 K / (K + S - K S),  K = K(z / radius)          Coburn and Winters: neutrals lost at the bottom only
    z(t)    from  R0 t = integral of (1 - S + S / K) dz         depth that a hole reaches
    rate of the film over that of the mask                      selectivity

K is Clausing's transmission (`twin.process.molecular_flow`), S the chance that a neutral reacts where it hits the
bottom. Mogab, C. J. (1977), Journal of the Electrochemical Society 124, 1262-1268 (loading). Coburn, J. W., and
Winters, H. F. (1989), Applied Physics Letters 55, 2730-2732 (etch lag).

Holds for etching that neutrals limit, S 0.01 to 0.5, depth up to 20 widths; ions, charging and reactions on the walls
are left out, so ion-driven etching falls off less.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from twin.process.arrays import namespace
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within
from twin.process.molecular_flow import DEEPEST, clausing_transmission

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline


def loaded_rate(empty_rate: Any, loading: Any, open_area: Any) -> Any:
    """Etch rate under load, in the unit of `empty_rate`.

    empty_rate: rate with nothing to etch; loading: k [1/area]; open_area: film open to the etch, in the same area
    unit, or as a share with k a plain number   (any shapes that broadcast);  raises ValueError for negative ones
    """
    within("empty_rate", empty_rate, 0.0)
    within("loading", loading, 0.0)
    within("open_area", open_area, 0.0)
    return empty_rate / (1.0 + loading * open_area)


def etch_lag(length_over_radius: Any, sticking: Any, shape: str = "cylinder") -> Any:
    """Etch rate at the bottom of a hole over that of open area [-].

    length_over_radius: depth over radius, or over half the width of a `slit` [-], 0 to 100; sticking: S [-], 0 to 1
    (any shapes that broadcast); raises ValueError out of range.  Coburn and Winters (1989)
    """
    within("sticking", sticking, 0.0, 1.0)
    through = clausing_transmission(length_over_radius, shape)
    return through / (through + sticking - through * sticking)


def etched_depth(open_um: Any, radius_um: float, sticking: float, shape: str = "cylinder") -> Any:
    """Depth of a hole when the open area has etched so far [um].

    open_um: R0 t [um] (any shape); radius_um: radius of the hole or half the width of a slit [um]; sticking: S [-]
    raises   ValueError where the hole would be deeper than 100 radii
    """
    within("open_um", open_um, 0.0, unit="um")
    within("radius_um", radius_um, 1e-4, 1e6, "um")
    within("sticking", sticking, 0.0, 1.0)
    ratios, delay = _open_over_hole(shape)
    effort = (1.0 - sticking) * ratios + sticking * delay
    within("open_um / radius_um", open_um / radius_um, 0.0, float(effort[-1]))
    xp = namespace(open_um)
    return radius_um * xp.interp(open_um / radius_um, xp.asarray(effort), xp.asarray(ratios))


@lru_cache(maxsize=4)
def _open_over_hole(shape: str) -> tuple[Floats, Floats]:
    """Depths of a hole [radii] and the integral of 1/K to them, for straight lines between   (4001,) each."""
    spline = _resistance(shape).antiderivative()
    ratios = DEEPEST * np.linspace(0.0, 1.0, 4001) ** 2
    return ratios, np.asarray(spline(ratios))


@lru_cache(maxsize=4)
def _resistance(shape: str) -> CubicSpline:
    """1/K by depth over radius: nearly a straight line, so 33 places carry it to 2e-5."""
    from scipy.interpolate import CubicSpline

    ratios = DEEPEST * np.linspace(0.0, 1.0, 33) ** 2
    return CubicSpline(ratios, 1.0 / np.asarray(clausing_transmission(ratios, shape)))


def selectivity(film_rate: Any, mask_rate: Any) -> Any:
    """Etch rate of the film over that of the mask or stop [-]   both in one unit (any shapes that broadcast)."""
    within("film_rate", film_rate, 0.0)
    within("mask_rate", mask_rate, 1e-12)
    return film_rate / mask_rate


def mask_loss(depth: Any, film_to_mask: Any, over_etch: Any = 0.0) -> Any:
    """Mask used up, in the unit of the depth.

    depth: of the film; film_to_mask: selectivity [-]; over_etch: share of the time beyond the film's end [-]
    (any shapes that broadcast)
    """
    within("film_to_mask", film_to_mask, 1e-6)
    within("over_etch", over_etch, 0.0, 100.0)
    return depth * (1.0 + over_etch) / film_to_mask


@dataclass(frozen=True, kw_only=True)
class Etch(ProcessLaw):
    """Etched depth by time and rate, with loading, and lag where a hole's radius is given."""

    MAKES: ClassVar[str] = "nm"

    time: float = parameter("s", "Etch time of the recipe.", default=60.0, low=0.1, high=1e6)
    rate: float = parameter("nm/min", "Rate without load.", default=200.0, positive=True, high=1e6)
    loading: float = parameter("", "What a wafer all open slows the rate by: k of 1 / (1 + k).", default=0.0, high=1e3)
    open_area: float = parameter("share", "Share of the wafer that is open to the etch.", default=0.0)
    radius: float = parameter("nm", "Radius of the hole; 0: open area, no lag.", default=0.0, high=1e9)
    sticking: float = parameter("", "Chance that a neutral reacts at the bottom.", default=0.1, high=1.0)

    def __post_init__(self) -> None:
        """Refuse holes deeper than the lag is known for."""
        super().__post_init__()
        time, rate = self.inputs()
        self.value(np.array([time.high]), np.array([rate.high]))

    def inputs(self) -> tuple[Input, ...]:
        """Time, and the rate within 30 per cent."""
        return (
            Input.around("time", "s", self.time, 0.5, 1.5),
            Input.around("rate", "nm/min", self.rate, 0.7, 1.3, relative=True),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Depth   time [s] (n,), rate without load [nm/min] (n,) -> [nm] (n,)."""
        seconds, rate = inputs
        depth = loaded_rate(rate, self.loading, self.open_area) * seconds / 60.0
        if self.radius == 0.0:
            return np.asarray(depth)
        return np.asarray(1e3 * etched_depth(depth / 1e3, self.radius / 1e3, self.sticking))
