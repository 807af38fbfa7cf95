"""Chemical vapour deposition: rate by temperature, and coverage of a step.

    R(T)        = R_ref exp(E/k_B (1/T_ref - 1/T))                            reaction-limited
    C(x)/C(0)   = cosh(phi (1 - x)) / cosh(phi),   bottom/top 1 / cosh(phi)   in a trench closed at x = 1
    phi         = (depth / radius) sqrt(3 s / 4)                              round hole, diffusion by the walls

phi is Thiele's modulus: reaction at the walls against diffusion into the feature; the last line takes Knudsen's
D = (2/3) radius v and a wall that takes the share s of the v/4 molecules that hit it. Thiele, E. W. (1939), Industrial
and Engineering Chemistry 31, 916-920. LPCVD polysilicon has E of some 1.7 eV: 5 C at 620 C are 13 %.

Holds where the reaction sets the rate, for polysilicon from 550 to 650 C, sticking of first order, and a feature that
the film has not yet narrowed. Left out: depletion along the furnace, nucleation, plasma.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from twin.process.arrays import namespace
from twin.process.arrhenius import rate_ratio
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within


def deposition_rate(reference_rate: Any, reference_c: Any, temperature_c: Any, energy_ev: Any) -> Any:
    """Deposition rate at a temperature, in the unit of `reference_rate`.

    reference_rate: rate at reference_c [C]; temperature_c: [C]; energy_ev: [eV]   (any shapes that broadcast)
    raises          ValueError for what `twin.process.arrhenius.rate_ratio` refuses
    """
    within("reference_rate", reference_rate, 0.0)
    return reference_rate * rate_ratio(energy_ev, reference_c, temperature_c)


def thiele_modulus(length_over_radius: Any, sticking: Any) -> Any:
    """Thiele's modulus of a round hole [-].

    length_over_radius: depth over radius [-]; sticking: share of the molecules that stay where they hit [-], 0 to 1
    (any shapes that broadcast)
    """
    within("length_over_radius", length_over_radius, 0.0, 1e4)
    within("sticking", sticking, 0.0, 1.0)
    return length_over_radius * (0.75 * sticking) ** 0.5


def step_coverage(thiele: Any, place: Any = 1.0, ends: int = 1) -> Any:
    """Film at a place in a feature over that at its mouth [-].

    thiele: modulus [-], 0 to 300; place: 0 at the mouth, 1 at the bottom [-]   (any shapes that broadcast)
    ends:   1 closed at the bottom; 2 open at both ends, 0 and 1 the two mouths, the modulus with the whole length
    raises  ValueError out of range
    """
    within("thiele", thiele, 0.0, 300.0)
    within("place", place, 0.0, 1.0)
    if ends not in (1, 2):
        raise ValueError(f"a feature has 1 or 2 open ends, not {ends!r}")
    xp = namespace(thiele, place)
    if ends == 1:
        return xp.cosh(thiele * (1.0 - place)) / xp.cosh(thiele)
    return xp.cosh(thiele * (0.5 - place)) / xp.cosh(0.5 * thiele)


@dataclass(frozen=True, kw_only=True)
class Deposition(ProcessLaw):
    """Film by time and temperature."""

    MAKES: ClassVar[str] = "nm"

    time: float = parameter("s", "Deposition time of the recipe.", default=1200.0, low=0.1, high=1e6)
    temperature_c: float = parameter("", "Temperature of the recipe in C.", default=620.0, low=50.0, high=1300.0)
    rate: float = parameter("nm/min", "Rate at that temperature.", default=10.0, positive=True, high=1e6)
    energy_ev: float = parameter("", "Activation energy in eV.", default=1.7, high=5.0)
    coverage: float = parameter("share", "Film where it counts over that on flat surfaces.", default=1.0)

    def inputs(self) -> tuple[Input, ...]:
        """Time, and the temperature within 15 C."""
        return (
            Input.around("time", "s", self.time, 0.5, 1.5),
            Input("temperature_c", "", self.temperature_c, self.temperature_c - 15.0, self.temperature_c + 15.0),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Film   time [s] (n,), temperature [C] (n,) -> [nm] (n,)."""
        seconds, temperature_c = inputs
        rate = deposition_rate(self.rate, self.temperature_c, temperature_c, self.energy_ev)
        return np.asarray(self.coverage * rate * seconds / 60.0)
