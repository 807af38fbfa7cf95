"""Electrocoat: a film that grows by charge and resists the current that makes it.

    dh/dt = Cc V / (Rb + rho h)
    h(t)  = h0 + 2 Cc V t / (R0 + sqrt(R0^2 + 2 rho Cc V t)),   R0 = Rb + rho h0
    t(h)  = (Rb (h - h0) + rho (h^2 - h0^2) / 2) / (Cc V)

h film [m], Cc coulombic yield [m3/C], Rb resistance of bath and part by area [ohm m2], rho resistivity of the wet
film [ohm m]: linear at first, then parabolic, the form of Deal and Grove. Numbers of a usual cathodic bath: 250 V,
120 s, 15 to 20 um.

Holds for constant voltage after the film has set on and below the voltage of rupture (some 350 to 400 V), on the
outside of the body. Left out: throwing power into boxes, gas, temperature of the bath, redissolution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from twin.process.arrays import namespace
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within

MOST_VOLTS = 500.0


def film_build(
    time: Any, voltage: Any, bath_resistance: Any, coulombic_yield: Any, resistivity: Any, start: Any = 0.0
) -> Any:
    """Film after a time at constant voltage.

    time [s], voltage [V], bath_resistance [ohm m2], coulombic_yield [m3/C], resistivity of the film [ohm m],
    start: film at the beginning [m]                                       (n,) each, broadcast
    returns [m] (n,); raises ValueError for a voltage outside 0 to 500 V or another argument below 0
    """
    _check(voltage, bath_resistance, coulombic_yield, resistivity)
    within("time", time, 0.0, unit="s")
    within("start", start, 0.0, unit="m")
    xp = namespace(time, voltage, bath_resistance, coulombic_yield, resistivity, start)
    now = bath_resistance + resistivity * start
    drive = 2.0 * coulombic_yield * voltage * time
    # written so that a film without resistance grows linearly instead of dividing 0 by 0
    return start + drive / (now + xp.sqrt(now * now + resistivity * drive))


def time_to_film(
    film: Any, voltage: Any, bath_resistance: Any, coulombic_yield: Any, resistivity: Any, start: Any = 0.0
) -> Any:
    """Time in the bath for a film: the inverse of `film_build`, its arguments and limits; film [m] (n,) -> [s] (n,)."""
    _check(voltage, bath_resistance, coulombic_yield, resistivity)
    within("voltage", voltage, 1e-3, unit="V")
    within("film - start", film - start, 0.0, unit="m")
    grown = film - start
    return grown * (bath_resistance + resistivity * (film + start) / 2.0) / (coulombic_yield * voltage)


def _check(voltage: Any, bath_resistance: Any, coulombic_yield: Any, resistivity: Any) -> None:
    within("voltage", voltage, 0.0, MOST_VOLTS, "V")
    within("bath_resistance", bath_resistance, 1e-9, unit="ohm m2")
    within("coulombic_yield", coulombic_yield, 1e-15, unit="m3/C")
    within("resistivity", resistivity, 0.0, unit="ohm m")


@dataclass(frozen=True, kw_only=True)
class Ecoat(ProcessLaw):
    """Film of a body after its time in the bath."""

    MAKES: ClassVar[str] = "um"

    time: float = parameter("s", "Time in the bath at full voltage.", default=120.0, positive=True, high=3600.0)
    voltage: float = parameter("V", "Voltage of the recipe.", default=250.0, low=50.0, high=350.0)
    bath_ohm_m2: float = parameter("", "Resistance of bath and part, in ohm m2.", default=0.5, positive=True, high=1e3)
    coulombic_yield: float = parameter(
        "", "Film that a coulomb deposits, in um m2 (1e-6 m3/C).", default=0.02, positive=True, high=10.0
    )
    film_ohm_m: float = parameter("", "Resistivity of the wet film, in ohm m.", default=5e6, high=1e12)

    def inputs(self) -> tuple[Input, ...]:
        """The voltage, and the coulombic yield of the bath over that of the recipe."""
        return (
            Input.around("voltage", "V", self.voltage, 0.6, 1.4),
            Input("bath", "", 1.0, 0.5, 1.5, relative=True),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Film [um]   voltage [V] (n,), bath [-] (n,) -> (n,)."""
        voltage, bath = inputs
        coulombic_yield = 1e-6 * self.coulombic_yield * bath
        film: Floats = 1e6 * film_build(self.time, voltage, self.bath_ohm_m2, coulombic_yield, self.film_ohm_m)
        return film
