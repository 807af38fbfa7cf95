"""Diffusion of dopants in silicon: diffusivity, thermal budget, predeposition and drive-in.

    D(T)    = D_x + D_m (n/ni) + D_mm (n/ni)^2 + D_p (p/ni)           each term activated
    ni(T)   = 3.9e16 T^1.5 exp(-0.605 eV / k_B T)                     [1/cm3]
    budget  = sum of D_i t_i
    C(x, t) = Cs erfc(x / 2 sqrt(D t)),   Q = 2 Cs sqrt(D t / pi)     predeposition, constant surface concentration
    C(x, t) = Q / sqrt(pi D t) exp(-x^2 / 4 D t)                      drive-in of a dose Q, nothing lost at the surface
    x_j     = sqrt(4 D t ln(Q / (C_B sqrt(pi D t))))                  where the drive-in falls to the background C_B

Terms [cm2/s, eV]: B 0.037/3.46, p 0.76/3.46; P 3.85/3.66, n 4.44/4.00, n2 44.2/4.37; As 0.0666/3.44, n 12.8/4.05;
Sb 0.214/3.65, n 15/4.08: the defaults of SUPREM-IV.GS (modelrc). In undoped silicon n = p = ni: the terms add up.
Holds from 700 to 1350 C in equilibrium with point defects (taken down to 500 C for the cool steps of a budget, which
add next to nothing); not for the first minute after an implant (transient enhanced diffusion), not under an oxide that
grows. The closed profiles take one D: surfaces below ni, about 1e19 /cm3 at 1000 C.
Fick's solutions as in Crank, J. (1975), The Mathematics of Diffusion, 2nd edition, Oxford.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from twin.process.arrays import namespace
from twin.process.arrhenius import Arrhenius, kelvin
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within
from twin.process.special import special
from twin.process.words import word

COLDEST_C, HOTTEST_C = 500.0, 1350.0
"""Where the terms are taken [C]; silicon melts at 1414 C."""
UM_PER_CM = 1e4
_NONE = Arrhenius(0.0, 0.0)


class Terms(NamedTuple):
    """Diffusivity of a dopant by the charge of the point defects that carry it [cm2/s, eV].

    neutral; with one electron, with two, with one hole
    """

    neutral: Arrhenius
    electron: Arrhenius = _NONE
    electrons: Arrhenius = _NONE
    hole: Arrhenius = _NONE


DOPANTS: dict[str, Terms] = {
    "B": Terms(Arrhenius(0.037, 3.46), hole=Arrhenius(0.76, 3.46)),
    "P": Terms(Arrhenius(3.85, 3.66), Arrhenius(4.44, 4.00), Arrhenius(44.2, 4.37)),
    "As": Terms(Arrhenius(0.0666, 3.44), Arrhenius(12.8, 4.05)),
    "Sb": Terms(Arrhenius(0.214, 3.65), Arrhenius(15.0, 4.08)),
}
ELEMENTS = {5: "B", 15: "P", 33: "As", 51: "Sb"}
"""Dopants by atomic number, as documents write them: their parameters are numbers."""


def intrinsic_carriers(temperature_c: Any) -> Any:
    """Electrons of undoped silicon [1/cm3]   temperature_c: 0 to 1350 [C] (any shape) -> same shape."""
    hot = kelvin(temperature_c, 0.0, HOTTEST_C)
    return 3.9e16 * hot**1.5 * Arrhenius(1.0, 0.605).at(hot)


def diffusivity(temperature_c: Any, dopant: str, net_donors_cm3: Any = 0.0) -> Any:
    """Diffusivity of a dopant [cm2/s].

    temperature_c:  500 to 1350 [C]; net_donors_cm3: active donors less acceptors [1/cm3], 0 for undoped, negative in
                    p-type silicon   (shapes that broadcast); dopant: `B`, `P`, `As` or `Sb`
    raises          ValueError for an unknown dopant and beyond 1e21 /cm3
    """
    terms = word("dopant", dopant, DOPANTS)
    hot = kelvin(temperature_c, COLDEST_C, HOTTEST_C)
    within("net_donors_cm3", net_donors_cm3, -1e21, 1e21, "/cm3")
    ni = intrinsic_carriers(temperature_c)
    half = net_donors_cm3 / (2.0 * ni)
    # n p = ni^2 and n - p = doping; asinh keeps the minority carriers that sqrt(half^2 + 1) - half would round away
    level = namespace(temperature_c, net_donors_cm3).arcsinh(half)
    n, p = namespace(level).exp(level), namespace(level).exp(-level)
    one, two = terms.electron.at(hot) * n, terms.electrons.at(hot) * n**2
    return terms.neutral.at(hot) + one + two + terms.hole.at(hot) * p


def thermal_budget(temperature_c: Any, seconds: Any, dopant: str) -> Any:
    """Sum of D t over steps, in undoped silicon [cm2].

    temperature_c: [C] (..., step); seconds: [s] (..., step); dopant: as for `diffusivity`;  returns (...)
    """
    within("seconds", seconds, 0.0, 1e8, "s")
    return (diffusivity(temperature_c, dopant) * seconds).sum(axis=-1)


def predeposition_dose(surface_cm3: Any, diffusivity_cm2_s: Any, seconds: Any) -> Any:
    """Dose taken in under a constant surface concentration [1/cm2].

    surface_cm3: [1/cm3]; diffusivity_cm2_s: [cm2/s]; seconds: [s]   (any shapes that broadcast)
    """
    budget = _budget(diffusivity_cm2_s, seconds)
    within("surface_cm3", surface_cm3, 0.0, 5e22, "/cm3")
    return 2.0 * surface_cm3 * (budget / math.pi) ** 0.5


def predeposition_profile(depth_um: Any, surface_cm3: Any, diffusivity_cm2_s: Any, seconds: Any) -> Any:
    """Concentration below a constant surface concentration [1/cm3].

    depth_um: [um], 0 at the surface; the rest as for `predeposition_dose`   (any shapes that broadcast)
    """
    budget = _budget(diffusivity_cm2_s, seconds, positive=True)
    within("depth_um", depth_um, 0.0, 1e4, "um")
    within("surface_cm3", surface_cm3, 0.0, 5e22, "/cm3")
    scaled = depth_um / UM_PER_CM / (2.0 * budget**0.5)
    return surface_cm3 * special(scaled).erfc(scaled)


def drive_in_profile(depth_um: Any, dose_cm2: Any, diffusivity_cm2_s: Any, seconds: Any) -> Any:
    """Concentration of a dose that began in a thin layer at the surface [1/cm3].

    depth_um: [um]; dose_cm2: [1/cm2]; diffusivity_cm2_s: [cm2/s]; seconds: [s]   (any shapes that broadcast)
    """
    budget = _budget(diffusivity_cm2_s, seconds, positive=True)
    within("depth_um", depth_um, 0.0, 1e4, "um")
    within("dose_cm2", dose_cm2, 0.0, 1e18, "/cm2")
    xp = namespace(depth_um, dose_cm2, budget)
    return dose_cm2 / (math.pi * budget) ** 0.5 * xp.exp(-((depth_um / UM_PER_CM) ** 2) / (4.0 * budget))


def drive_in_junction(dose_cm2: Any, diffusivity_cm2_s: Any, seconds: Any, background_cm3: Any) -> Any:
    """Depth at which a drive-in falls to the background doping [um].

    dose_cm2: [1/cm2]; diffusivity_cm2_s: [cm2/s]; seconds: [s]; background_cm3: [1/cm3]   (shapes that broadcast)
    raises ValueError where even the surface is below the background: there is no junction
    """
    budget = _budget(diffusivity_cm2_s, seconds, positive=True)
    within("dose_cm2", dose_cm2, 1.0, 1e18, "/cm2")
    within("background_cm3", background_cm3, 1.0, 5e22, "/cm3")
    xp = namespace(dose_cm2, budget, background_cm3)
    surface = dose_cm2 / (math.pi * budget) ** 0.5
    if bool((xp.asarray(surface / background_cm3) < 1.0).any()):
        raise ValueError(
            "the surface concentration falls below background_cm3, so that there is no junction; "
            "raise the dose, or lower the time, the temperature or the background"
        )
    return UM_PER_CM * xp.sqrt(4.0 * budget * xp.log(surface / background_cm3))


def _budget(diffusivity_cm2_s: Any, seconds: Any, *, positive: bool = False) -> Any:
    """D t [cm2], checked."""
    smallest = 1e-30 if positive else 0.0
    within("diffusivity_cm2_s", diffusivity_cm2_s, smallest, 1e-3, "cm2/s")
    within("seconds", seconds, 1e-9 if positive else 0.0, 1e9, "s")
    return diffusivity_cm2_s * seconds


def dopant_of(element: float) -> str:
    """The dopant of an atomic number; raises ValueError for one without numbers here."""
    if element not in ELEMENTS:
        known = " or ".join(f"{number} ({name})" for number, name in ELEMENTS.items())
        raise ValueError(f"element {element:g} is no dopant known here; write the atomic number {known}")
    return ELEMENTS[int(element)]


@dataclass(frozen=True, kw_only=True)
class Diffusion(ProcessLaw):
    """Junction depth of a drive-in by time and temperature."""

    MAKES: ClassVar[str] = "um"

    time: float = parameter("s", "Time of the recipe at temperature.", default=7200.0, low=1.0, high=3.6e6)
    temperature_c: float = parameter(
        "", "Temperature of the recipe in C.", default=1100.0, low=COLDEST_C, high=HOTTEST_C
    )
    element: float = parameter("", "Atomic number of the dopant: 5, 15, 33 or 51.", default=5.0, whole=True)
    dose: float = parameter("/cm2", "Dose near the surface before the step.", default=1e15, low=1e8, high=1e18)
    background: float = parameter("/cm3", "Opposite doping of the silicon.", default=1e16, low=1e10, high=5e22)

    def __post_init__(self) -> None:
        """Refuse elements without numbers, and a dose that makes no junction at the hot and long end."""
        super().__post_init__()
        dopant_of(self.element)
        time, temperature_c = self.inputs()
        self.value(np.array([time.high]), np.array([temperature_c.high]))

    def inputs(self) -> tuple[Input, ...]:
        """Time, and the temperature within 25 C."""
        return (
            Input.around("time", "s", self.time, 0.5, 1.5),
            Input.near("temperature_c", "", self.temperature_c, 25.0, COLDEST_C, HOTTEST_C),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Junction depth   time [s] (n,), temperature [C] (n,) -> [um] (n,)."""
        seconds, temperature_c = inputs
        moved = diffusivity(temperature_c, dopant_of(self.element))
        return np.asarray(drive_in_junction(self.dose, moved, seconds, self.background))
