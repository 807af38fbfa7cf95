"""Ion implantation into silicon: Gaussian and Pearson IV profiles, annealing, masks, and ranges.

    C(x)  = Q / (sqrt(2 pi) s) exp(-(x - Rp)^2 / 2 s^2),   s^2 = dRp^2 + 2 D t         after a budget D t
    T(d)  = erfc((d - Rp) / (sqrt(2) dRp)) / 2                                          through a mask of thickness d
    p(x)  = k [1 + ((x - l)/a)^2]^-m exp(-v atan((x - l)/a))                            Pearson IV, from four moments

The factor 2 in both exponents keeps the dose: without it 29 % is lost. A reflecting surface adds the image of the
profile at -Rp, which holds the whole dose in x > 0; an infinite body has none.
Pearson IV: r = 6 (b - g^2 - 1)/(2 b - 3 g^2 - 6), m = (r + 2)/2, w = sqrt(16 (r - 1) - g^2 (r - 2)^2),
v = -r (r - 2) g / w, a = dRp w / 4, l = Rp - (r - 2) g dRp / 4, k = 2^(2m-2) |Gamma(m + i v/2)|^2 / (pi a Gamma(2m-1));
g skewness, b kurtosis (3 for a Gaussian). Johnson, N. L., Kotz, S., and Balakrishnan, N. (1994), Continuous Univariate
Distributions 1, Wiley, chapter 12; Hofker, W. K. (1975), Philips Research Reports Supplement 8.

Ranges Rp and dRp [um] of B, P, As and Sb from 10 to 500 keV: Gibbons, J. F., Johnson, W. S., and Mylroie, S. W. (1975),
Projected Range Statistics, 2nd edition, Dowden, Hutchinson and Ross, as SUPREM tabulates them (sup4gs.imp); between the
energies straight lines of the logarithms. Holds for amorphous targets and off-axis implants: no channelling, no
damage, no sputtering; a mask stops as the numbers given for it say, or as silicon.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from twin.process.arrays import namespace
from twin.process.diffusion import UM_PER_CM, dopant_of
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within
from twin.process.special import special
from twin.process.words import word

ENERGIES_KEV = (10.0, 20.0, 30.0, 50.0, 70.0, 80.0, 100.0, 150.0, 200.0, 300.0, 500.0)
RANGES_UM: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "B": (
        (0.0351, 0.0685, 0.1011, 0.1629, 0.2202, 0.2473, 0.2990, 0.4158, 0.5194, 0.6998, 0.9956),
        (0.0182, 0.0296, 0.0384, 0.0515, 0.0610, 0.0649, 0.0714, 0.0830, 0.0909, 0.1013, 0.1127),
    ),
    "P": (
        (0.0160, 0.0283, 0.0407, 0.0663, 0.0928, 0.1064, 0.1339, 0.2044, 0.2758, 0.4176, 0.6884),
        (0.0080, 0.0135, 0.0186, 0.0284, 0.0376, 0.0421, 0.0506, 0.0701, 0.0873, 0.1161, 0.1584),
    ),
    "As": (
        (0.0121, 0.0191, 0.0254, 0.0371, 0.0484, 0.0539, 0.0650, 0.0928, 0.1210, 0.1787, 0.2981),
        (0.0045, 0.0070, 0.0093, 0.0134, 0.0173, 0.0192, 0.0228, 0.0317, 0.0403, 0.0567, 0.0866),
    ),
    "Sb": (
        (0.0121, 0.0184, 0.0237, 0.0331, 0.0417, 0.0458, 0.0539, 0.0731, 0.0919, 0.1290, 0.2039),
        (0.0037, 0.0056, 0.0071, 0.0100, 0.0125, 0.0137, 0.0161, 0.0217, 0.0271, 0.0374, 0.0571),
    ),
}
"""Rp and dRp by dopant, at `ENERGIES_KEV`."""
BOUNDARIES = {"infinite": 0.0, "reflecting": 1.0}
"""Share of the image that a surface adds."""


def projected_range(energy_kev: Any, dopant: str) -> tuple[Any, Any]:
    """Mean depth Rp and its standard deviation dRp of an implant into silicon [um], each (any shape).

    energy_kev: 10 to 500 [keV] (any shape); dopant: `B`, `P`, `As` or `Sb`
    raises ValueError for an unknown dopant and energies beyond the table.  Gibbons, Johnson and Mylroie (1975)
    """
    depths, widths = word("dopant", dopant, RANGES_UM)
    within("energy_kev", energy_kev, ENERGIES_KEV[0], ENERGIES_KEV[-1], "keV")
    xp = namespace(energy_kev)
    energy = xp.log(xp.asarray(energy_kev, dtype=xp.float64))
    known = xp.log(xp.asarray(ENERGIES_KEV))
    return tuple(xp.exp(xp.interp(energy, known, xp.log(xp.asarray(column)))) for column in (depths, widths))


def annealed_sigma(drp_um: Any, budget_cm2: Any = 0.0) -> Any:
    """Standard deviation after a thermal budget [um]   drp_um: [um]; budget_cm2: D t [cm2]   (any shapes)."""
    within("drp_um", drp_um, 1e-5, 1e3, "um")
    within("budget_cm2", budget_cm2, 0.0, 1e-4, "cm2")
    return (drp_um**2 + 2.0 * UM_PER_CM**2 * budget_cm2) ** 0.5


def gaussian_profile(
    depth_um: Any, dose_cm2: Any, rp_um: Any, drp_um: Any, budget_cm2: Any = 0.0, boundary: str = "infinite"
) -> Any:
    """Concentration of an implant, annealed or not [1/cm3].

    depth_um: [um]; dose_cm2: [1/cm2]; rp_um, drp_um: range and its deviation [um]; budget_cm2: D t of the anneal [cm2]
    (any shapes that broadcast); boundary: `infinite`, or `reflecting` for a surface that lets nothing out
    raises ValueError for an unknown boundary and arguments out of range
    """
    image = word("boundary", boundary, BOUNDARIES)
    within("dose_cm2", dose_cm2, 0.0, 1e19, "/cm2")
    within("rp_um", rp_um, 0.0, 1e3, "um")
    sigma = annealed_sigma(drp_um, budget_cm2)
    xp = namespace(depth_um, dose_cm2, rp_um, sigma)
    shape = xp.exp(-((depth_um - rp_um) ** 2) / (2.0 * sigma**2))
    if image:
        shape = shape + image * xp.exp(-((depth_um + rp_um) ** 2) / (2.0 * sigma**2))
    return dose_cm2 * UM_PER_CM / (math.sqrt(2.0 * math.pi) * sigma) * shape


def gaussian_peak(
    dose_cm2: Any, rp_um: Any, drp_um: Any, budget_cm2: Any = 0.0, boundary: str = "infinite"
) -> Any:
    """The highest concentration of `gaussian_profile` [1/cm3], arguments as there."""
    depth = rp_um
    if word("boundary", boundary, BOUNDARIES):
        # x = Rp tanh(Rp x / s^2); from x = Rp Newton only steps down, to 0 where the image has moved the peak there
        xp = namespace(dose_cm2, rp_um, drp_um, budget_cm2)
        a = rp_um / annealed_sigma(drp_um, budget_cm2) ** 2
        for _ in range(60):
            bent = xp.tanh(a * depth)
            slope = 1.0 - rp_um * a * (1.0 - bent**2)
            depth = depth - xp.where(slope > 0, (depth - rp_um * bent) / xp.where(slope > 0, slope, 1.0), depth)
    return gaussian_profile(depth, dose_cm2, rp_um, drp_um, budget_cm2, boundary)


def mask_transmission(mask_um: Any, rp_um: Any, drp_um: Any) -> Any:
    """Share of the dose that passes a mask [-]   mask_um, rp_um, drp_um: thickness, range and deviation in it [um]."""
    within("mask_um", mask_um, 0.0, 1e4, "um")
    within("rp_um", rp_um, 0.0, 1e3, "um")
    within("drp_um", drp_um, 1e-5, 1e3, "um")
    scaled = (mask_um - rp_um) / (math.sqrt(2.0) * drp_um)
    return 0.5 * special(scaled).erfc(scaled)


def junction_depth(dose_cm2: Any, rp_um: Any, drp_um: Any, background_cm3: Any, budget_cm2: Any = 0.0) -> Any:
    """The deeper place where a Gaussian implant falls to the background doping [um].

    background_cm3: [1/cm3]; the rest as for `gaussian_profile` with `infinite`   (any shapes that broadcast)
    raises ValueError where the peak is below the background
    """
    within("background_cm3", background_cm3, 1.0, 5e22, "/cm3")
    over = gaussian_peak(dose_cm2, rp_um, drp_um, budget_cm2) / background_cm3
    xp = namespace(over)
    if bool((xp.asarray(over) < 1.0).any()):
        raise ValueError("the peak is below background_cm3, so that there is no junction; raise the dose")
    return rp_um + annealed_sigma(drp_um, budget_cm2) * xp.sqrt(2.0 * xp.log(over))


def pearson4(depth_um: Any, rp_um: float, drp_um: float, skewness: float, kurtosis: float) -> Any:
    """Pearson's type IV, the share of the dose by depth [1/um]; times dose x 1e4 um/cm it is a concentration.

    depth_um: [um] (any shape); rp_um, drp_um: mean and standard deviation [um]; skewness and kurtosis [-]
    raises ValueError where the four moments make no curve of type IV, and tells the kurtosis that would
    """
    within("drp_um", drp_um, 1e-5, 1e3, "um")
    squared = skewness**2
    within("skewness^2", squared, 0.0, 31.9)
    # the border to type V, where 16 (r - 1) = g^2 (r - 2)^2: Johnson, Kotz and Balakrishnan (1994), section 12.4.1
    least = (39.0 * squared + 48.0 + 6.0 * (squared + 4.0) ** 1.5) / (32.0 - squared)
    if kurtosis <= least:
        raise ValueError(
            f"kurtosis {kurtosis:.6g} makes no Pearson IV at a skewness of {skewness:.6g}; it must be above {least:.6g}"
        )
    from scipy.special import gammaln, loggamma

    r = 6.0 * (kurtosis - squared - 1.0) / (2.0 * kurtosis - 3.0 * squared - 6.0)
    m = 1.0 + r / 2.0
    w = math.sqrt(16.0 * (r - 1.0) - squared * (r - 2.0) ** 2)
    v, a = -r * (r - 2.0) * skewness / w, drp_um * w / 4.0
    place = (depth_um - (rp_um - (r - 2.0) * skewness * drp_um / 4.0)) / a
    scale = (2 * m - 2) * math.log(2.0) + 2.0 * loggamma(m + 0.5j * v).real - gammaln(2 * m - 1) - math.log(math.pi * a)
    xp = namespace(depth_um)
    return xp.exp(float(scale) - m * xp.log1p(place**2) - v * xp.arctan(place))


@dataclass(frozen=True, kw_only=True)
class Implant(ProcessLaw):
    """Junction depth of an implant by its energy and dose, after the anneal."""

    MAKES: ClassVar[str] = "nm"

    energy_kev: float = parameter("", "Energy of the recipe in keV.", default=50.0, low=12.0, high=450.0)
    dose: float = parameter("/cm2", "Dose of the recipe.", default=1e14, low=1e8, high=1e18)
    element: float = parameter("", "Atomic number of the dopant: 5, 15, 33 or 51.", default=5.0, whole=True)
    background: float = parameter("/cm3", "Opposite doping of the silicon.", default=1e16, low=1e10, high=5e22)
    budget: float = parameter("um2", "Diffusivity times time of the anneal.", default=0.0, high=1e3)

    def __post_init__(self) -> None:
        """Refuse elements without ranges, and a dose too small for a junction anywhere within reach."""
        super().__post_init__()
        dopant_of(self.element)
        energy, dose = self.inputs()
        self.value(np.array([energy.low, energy.high]), np.array([dose.low, dose.low]))

    def inputs(self) -> tuple[Input, ...]:
        """Energy and dose, each within 10 per cent."""
        low, high = max(ENERGIES_KEV[0], 0.9 * self.energy_kev), min(ENERGIES_KEV[-1], 1.1 * self.energy_kev)
        return (
            Input("energy_kev", "", self.energy_kev, low, high),
            Input.around("dose", "/cm2", self.dose, 0.9, 1.1, relative=True),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Junction depth   energy [keV] (n,), dose [1/cm2] (n,) -> [nm] (n,)."""
        energy_kev, dose = inputs
        rp, drp = projected_range(energy_kev, dopant_of(self.element))
        return np.asarray(1e3 * junction_depth(dose, rp, drp, self.background, self.budget / UM_PER_CM**2))
