"""Rates of thermally activated steps.

    k(T) = k0 exp(-E / (k_B T))

k_B = 8.617333262e-5 eV/K (CODATA 2018), 0 C = 273.15 K. Holds where one step sets the rate.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from twin.process.arrays import namespace
from twin.process.limits import within

BOLTZMANN_EV = 8.617333262e-5
"""Boltzmann's constant [eV/K]."""
ZERO_CELSIUS = 273.15
"""0 C [K]."""


class Arrhenius(NamedTuple):
    """One activated rate: `prefactor` in the rate's unit, `energy_ev` [eV]."""

    prefactor: float
    energy_ev: float

    def at(self, temperature_k: Any) -> Any:
        """The rate at a temperature [K] (any shape), in the unit of the prefactor, same shape."""
        return self.prefactor * namespace(temperature_k).exp(-self.energy_ev / (BOLTZMANN_EV * temperature_k))


def kelvin(temperature_c: Any, low: float, high: float) -> Any:
    """A temperature in K   temperature_c [C] (any shape) -> [K], same shape.

    low, high: where the law that asks holds [C]; raises ValueError outside
    """
    within("temperature_c", temperature_c, low, high, "C")
    return temperature_c + ZERO_CELSIUS


def rate_ratio(energy_ev: Any, from_c: Any, to_c: Any) -> Any:
    """Rate at one temperature over that at another, exp(E/k_B (1/T1 - 1/T2)) [-].

    energy_ev: activation energy [eV], 0 to 10; from_c, to_c: temperatures T1 and T2 [C]   (any shapes that broadcast)
    raises ValueError below -200 C or above 3000 C, and for energies out of range
    """
    within("energy_ev", energy_ev, 0.0, 10.0, "eV")
    start, end = kelvin(from_c, -200.0, 3000.0), kelvin(to_c, -200.0, 3000.0)
    xp = namespace(energy_ev, start, end)
    return xp.exp(energy_ev / BOLTZMANN_EV * (1.0 / start - 1.0 / end))
