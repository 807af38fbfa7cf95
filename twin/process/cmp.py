"""Chemical-mechanical polishing: Preston's law, pattern density, and the pad that wears.

    removed  = Kp P v t                                         Preston
    up       = (K/rho) t           until t1 = rho z1 / K,  then  z1 + K (t - t1)        Stine: raised areas
    down     = 0                   until t1,               then  K (t - t1)             and recessed ones
    step     = z1 - up + down      0 after t1
    rho_eff  = layout * filter     mean of the layout's density over what the pad bends over
    K(n)     = K (floor + (1 - floor) exp(-n / life))           after n wafers on a pad

K is the blanket rate, z1 the step's height, rho the effective density. Filters: a Gaussian, its length the full width
at half maximum; or the deflection of an elastic half space under a pressed disc, its length the disc's diameter,
w(r) ~ E(r^2/a^2) inside, E the complete elliptic integral, cut off at the disc's edge since its tail 1/r has no sum.
Preston, F. W. (1927), Journal of the Society of Glass Technology 11, 214-256. Stine, B. E. et al. (1998), IEEE
Transactions on Semiconductor Manufacturing 11, 129-140. Ouma, D. O. et al. (2002), same Transactions 15, 232-244.

Holds for Kp of some 1e-13 1/Pa, P 14 to 35 kPa, v 0.5 to 1.5 m/s, one material, a single step height, and layouts that
repeat (the filter wraps round); planarisation lengths are 3 to 8 mm. Left out: dishing, erosion, the wafer's edge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from twin.process.arrays import namespace
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within
from twin.process.words import word

FILTERS = {"gaussian": False, "elliptic": True}


def preston_removed(preston_m2_n: Any, pressure_pa: Any, speed_m_s: Any, seconds: Any) -> Any:
    """Film removed from a blanket wafer [nm].

    preston_m2_n: Kp [m2/N]; pressure_pa: [Pa]; speed_m_s: of the pad against the wafer [m/s]; seconds: [s]
    (any shapes that broadcast); raises ValueError for negative ones.  Preston (1927)
    """
    within("preston_m2_n", preston_m2_n, 0.0, 1e-9, "m2/N")
    within("pressure_pa", pressure_pa, 0.0, 1e6, "Pa")
    within("speed_m_s", speed_m_s, 0.0, 100.0, "m/s")
    within("seconds", seconds, 0.0, 1e6, "s")
    return 1e9 * preston_m2_n * pressure_pa * speed_m_s * seconds


def up_removed(seconds: Any, rate_nm_min: Any, density: Any, step_nm: Any) -> Any:
    """Film removed from raised areas [nm].

    seconds: [s]; rate_nm_min: blanket rate K [nm/min]; density: effective, of the raised areas [-], 0.01 to 1;
    step_nm: height at the start [nm]   (any shapes that broadcast); raises ValueError out of range.  Stine (1998)
    """
    blanket = _blanket(seconds, rate_nm_min, density, step_nm)
    # two straight lines that meet at t1: the smaller is the one that holds
    return namespace(blanket, density, step_nm).minimum(blanket / density, blanket + (1.0 - density) * step_nm)


def down_removed(seconds: Any, rate_nm_min: Any, density: Any, step_nm: Any) -> Any:
    """Film removed from recessed areas [nm]; arguments as for `up_removed`."""
    blanket = _blanket(seconds, rate_nm_min, density, step_nm)
    return namespace(blanket, density, step_nm).maximum(blanket - density * step_nm, 0.0)


def step_left(seconds: Any, rate_nm_min: Any, density: Any, step_nm: Any) -> Any:
    """Height of the step that is left [nm]; arguments as for `up_removed`."""
    blanket = _blanket(seconds, rate_nm_min, density, step_nm)
    return namespace(blanket, density, step_nm).maximum(step_nm - blanket / density, 0.0)


def _blanket(seconds: Any, rate_nm_min: Any, density: Any, step_nm: Any) -> Any:
    within("seconds", seconds, 0.0, 1e6, "s")
    within("rate_nm_min", rate_nm_min, 0.0, 1e6, "nm/min")
    within("density", density, 0.01, 1.0)
    within("step_nm", step_nm, 0.0, 1e6, "nm")
    return rate_nm_min * seconds / 60.0


def worn_rate(rate: Any, wafers: Any, life_wafers: Any, floor: Any = 0.0) -> Any:
    """Blanket rate of a pad that has polished, in the unit of `rate`.

    rate: of the fresh pad; wafers: since then; life_wafers: over which the part above the floor falls to 1/e;
    floor: share of the rate that conditioning keeps [-], 0 to 1   (any shapes that broadcast)
    """
    within("wafers", wafers, 0.0)
    within("life_wafers", life_wafers, 1e-3)
    within("floor", floor, 0.0, 1.0)
    return rate * (floor + (1.0 - floor) * namespace(wafers, life_wafers).exp(-wafers / life_wafers))


def effective_density(layout: Any, pixel_mm: float, length_mm: float, kind: str = "elliptic") -> Any:
    """Density that the pad feels [-]: the layout's own, averaged over the planarisation length.

    layout: density of the raised areas [-], repeated beyond its edges   (..., y, x) -> same shape
    pixel_mm: side of a pixel [mm]; length_mm: planarisation length [mm]; kind: `gaussian` or `elliptic`
    raises  ValueError for an unknown filter and densities that are no shares.  Stine (1998), Ouma (2002)
    """
    elliptic = word("kind", kind, FILTERS)
    within("layout", layout, 0.0, 1.0)
    within("pixel_mm", pixel_mm, 1e-6, 1e3, "mm")
    within("length_mm", length_mm, pixel_mm, 100.0, "mm")
    shape = layout.shape[-2:]
    # distances to a pixel's copies: on a repeated layout those within three lengths count
    spans = [n * (2 * math.ceil(3.0 * length_mm / (n * pixel_mm)) + 1) for n in shape]
    y, x = ((np.arange(span) - span // 2) * pixel_mm for span in spans)
    weights = _weights(np.hypot(y[:, None], x[None, :]), length_mm, elliptic=elliptic)
    folded = np.zeros(shape)
    np.add.at(folded, np.ix_((np.arange(spans[0]) - spans[0] // 2) % shape[0],
                             (np.arange(spans[1]) - spans[1] // 2) % shape[1]), weights)  # fmt: skip
    xp = namespace(layout)
    passed = xp.asarray(np.fft.rfft2(folded / folded.sum()))
    found = xp.fft.irfft2(xp.fft.rfft2(layout) * passed, s=shape)
    return xp.clip(found, 0.0, 1.0)  # the transform leaves shares of -1e-16


def _weights(distance_mm: Floats, length_mm: float, *, elliptic: bool) -> Floats:
    """The filter at distances, on no scale   (y, x) -> (y, x)."""
    if not elliptic:
        return np.asarray(np.exp(-4.0 * math.log(2.0) * (distance_mm / length_mm) ** 2))
    from scipy.special import ellipe

    scaled = distance_mm / (0.5 * length_mm)
    return np.asarray(np.where(scaled <= 1.0, ellipe(np.minimum(scaled, 1.0) ** 2), 0.0))


@dataclass(frozen=True, kw_only=True)
class Cmp(ProcessLaw):
    """Film removed from raised areas by time and blanket rate."""

    MAKES: ClassVar[str] = "nm"

    time: float = parameter("s", "Polishing time of the recipe.", default=60.0, low=0.1, high=1e5)
    rate: float = parameter("nm/min", "Blanket rate of pad and slurry.", default=200.0, positive=True, high=1e5)
    density: float = parameter("share", "Effective density of the raised areas; 1: no pattern.", default=1.0, low=0.01)
    step: float = parameter("nm", "Height of the step before polishing.", default=0.0, high=1e5)

    def inputs(self) -> tuple[Input, ...]:
        """Time, and the blanket rate within 40 per cent: pads and slurries vary."""
        return (
            Input.around("time", "s", self.time, 0.5, 1.5),
            Input.around("rate", "nm/min", self.rate, 0.6, 1.4, relative=True),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Film removed   time [s] (n,), blanket rate [nm/min] (n,) -> [nm] (n,)."""
        seconds, rate = inputs
        return np.asarray(up_removed(seconds, rate, self.density, self.step))
