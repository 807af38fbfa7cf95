"""Thermal oxidation of silicon: Deal and Grove's linear-parabolic law and Massoud's term for thin dry oxide.

    dx/dt = B / (A + 2 x)                           (Deal-Grove)
    x     = (-A + sqrt(A^2 + 4 B (t + tau))) / 2,   tau = (x0^2 + A x0) / B
    dx/dt = B / (A + 2 x) + C exp(-x / L)           (Massoud, dry only)

B [um2/h] is the parabolic, B/A [um/h] the linear rate constant, both activated. A sequence of steps is chained by
tau(x0): each step begins with what the last one left. Where B/(A + 2x) is a constant k, Massoud's law is exact:
x = k t + L ln(exp(x0/L) + (C/k) (1 - exp(-k t/L))).
Deal, B. E., and Grove, A. S. (1965), Journal of Applied Physics 36, 3770-3778. Massoud, H. Z., Plummer, J. D., and
Irene, E. A. (1985), Journal of the Electrochemical Society 132, 2685-2700. Constants: `twin.process.oxide_constants`.

Holds from 700 to 1300 C at 1 atm on lightly doped silicon; Deal-Grove without the thin term from 30 nm to 2 um, or
with a plant's own A, B and tau. Left out: pressure, chlorine, doping, stress, and the ramps of the furnace.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from twin.process.arrays import namespace
from twin.process.arrhenius import kelvin
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within
from twin.process.oxide_constants import COLDEST_C, HOTTEST_C, THIN, oxidation_rates
from twin.process.words import word

LONGEST_H, THICKEST_NM = 1.0e4, 1.0e5
RK_STEPS = 128
"""Steps of Massoud's law, short ones first: within 3e-7 of the thickness up to 1,000 h at 1300 C."""


class Step(NamedTuple):
    """One oxidation of a sequence: temperature [C], time [h], `dry` or `wet`."""

    temperature_c: float
    hours: float
    ambient: str


def deal_grove(hours: Any, a_um: Any, b_um2_h: Any, initial_um: Any = 0.0, shift_h: Any = 0.0) -> Any:
    """Oxide by Deal and Grove's closed form, from plain constants [um].

    hours: time [h]; a_um, b_um2_h: A [um] and B [um2/h]; initial_um: x0 [um]; shift_h: the tau of a table that counts
    the fast first growth as time [h], added to what x0 stands for   (any shapes that broadcast)
    raises ValueError for negative arguments and B = 0.  Deal and Grove (1965)
    """
    within("hours", hours, 0.0, LONGEST_H, "h")
    within("a_um", a_um, 0.0, 1e3, "um")
    within("b_um2_h", b_um2_h, 1e-12, 1e3, "um2/h")
    within("initial_um", initial_um, 0.0, THICKEST_NM / 1e3, "um")
    within("shift_h", shift_h, 0.0, LONGEST_H, "h")
    grown = b_um2_h * (hours + shift_h) + initial_um * (initial_um + a_um)
    # the root without the difference of two near numbers that thin oxide has in -A + sqrt(A^2 + ...)
    xp = namespace(hours, a_um, b_um2_h, initial_um, shift_h)
    divisor = a_um + xp.sqrt(a_um * a_um + 4.0 * grown)
    return 2.0 * grown / xp.where(divisor > 0, divisor, 1.0)


def oxide_thickness(
    hours: Any,
    temperature_c: Any,
    ambient: str,
    orientation: str = "100",
    initial_nm: Any = 0.0,
    table: str = "arrhenius",
) -> Any:
    """Oxide after one step by Deal and Grove [nm].

    hours: [h]; temperature_c: [C]; initial_nm: oxide before [nm]   (any shapes that broadcast); words as in
    `oxidation_rates`, which raises for what it does not know
    """
    b, b_over_a = oxidation_rates(temperature_c, ambient, orientation, table)
    return 1e3 * deal_grove(hours, b / b_over_a, b, initial_nm / 1e3)


def oxidation_hours(
    thickness_nm: Any,
    temperature_c: Any,
    ambient: str,
    orientation: str = "100",
    initial_nm: Any = 0.0,
    table: str = "arrhenius",
) -> Any:
    """Time in which one step comes to a thickness [h]: the inverse of `oxide_thickness`.

    thickness_nm, initial_nm: oxide after and before [nm]; temperature_c: [C]   (any shapes that broadcast)
    raises ValueError if there is more oxide before than after
    """
    within("thickness_nm", thickness_nm, 0.0, THICKEST_NM, "nm")
    within("initial_nm", initial_nm, 0.0, THICKEST_NM, "nm")
    within("thickness_nm - initial_nm", thickness_nm - initial_nm, 0.0, THICKEST_NM, "nm")
    b, b_over_a = oxidation_rates(temperature_c, ambient, orientation, table)
    x, x0 = thickness_nm / 1e3, initial_nm / 1e3
    return (x - x0) * ((x + x0) / b + 1.0 / b_over_a)


def oxide_sequence(
    steps: Iterable[Step], orientation: str = "100", initial_nm: Any = 0.0, table: str = "arrhenius"
) -> Any:
    """Oxide after steps that follow each other [nm]; `initial_nm` [nm] (any shape) is what the first finds."""
    for temperature_c, hours, ambient in steps:
        initial_nm = oxide_thickness(hours, temperature_c, ambient, orientation, initial_nm, table)
    return initial_nm


def massoud_linear(hours: Any, k_um_h: Any, c_um_h: Any, length_nm: Any, initial_nm: Any = 0.0) -> Any:
    """Thin oxide where the Deal-Grove rate is a constant k [nm], exact.

    hours: [h]; k_um_h: k [um/h], above 0; c_um_h: C [um/h]; length_nm: L [nm]; initial_nm: x0 [nm]
    (any shapes that broadcast); raises ValueError out of range.  Massoud, Plummer and Irene (1985)
    """
    within("hours", hours, 0.0, LONGEST_H, "h")
    within("k_um_h", k_um_h, 1e-9, 1e3, "um/h")
    within("c_um_h", c_um_h, 0.0, 1e4, "um/h")
    within("length_nm", length_nm, 0.1, 1e3, "nm")
    within("initial_nm / length_nm", initial_nm / length_nm, 0.0, 700.0)
    xp = namespace(hours, k_um_h, c_um_h, length_nm, initial_nm)
    linear = 1e3 * k_um_h * hours
    return linear + length_nm * xp.log(
        xp.exp(initial_nm / length_nm) - c_um_h / k_um_h * xp.expm1(-linear / length_nm)
    )


def massoud(
    hours: Any, temperature_c: Any, orientation: str = "100", initial_nm: Any = 0.0, table: str = "arrhenius"
) -> Any:
    """Dry oxide with Massoud's thin term [nm], by Runge and Kutta's fourth order with steps that begin short.

    hours: [h]; temperature_c: [C]; initial_nm: oxide before [nm]   (any shapes that broadcast)
    The rate is highest at the start, and t ~ k^3 spends the steps there.  Massoud, Plummer and Irene (1985)
    """
    within("hours", hours, 0.0, LONGEST_H, "h")
    within("initial_nm", initial_nm, 0.0, THICKEST_NM, "nm")
    b, b_over_a = oxidation_rates(temperature_c, "dry", orientation, table)
    a = b / b_over_a
    term, length = word("orientation", orientation, THIN)
    c = term.at(kelvin(temperature_c, COLDEST_C, HOTTEST_C))
    xp = namespace(hours, temperature_c, initial_nm)

    def rate(x: Any) -> Any:
        return b / (a + 2.0 * x) + c * xp.exp(-x / length)

    x = initial_nm / 1e3 + 0.0 * (hours + a)  # in the shape of all three
    for k in range(RK_STEPS):
        dt = hours * (((k + 1) ** 3 - k**3) / RK_STEPS**3)
        k1 = rate(x)
        k2 = rate(x + dt / 2 * k1)
        k3 = rate(x + dt / 2 * k2)
        x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + rate(x + dt * k3))
    return 1e3 * x


@dataclass(frozen=True, kw_only=True)
class Oxidation(ProcessLaw):
    """Thermal oxide by time and temperature."""

    MAKES: ClassVar[str] = "nm"

    time: float = parameter("s", "Oxidation time of the recipe.", default=3600.0, low=1.0, high=3.6e6)
    temperature_c: float = parameter(
        "", "Temperature of the recipe in C.", default=1000.0, low=COLDEST_C, high=HOTTEST_C
    )
    wet: float = parameter("", "1 for wet, 0 for dry oxidation.", default=0.0, high=1.0, whole=True)
    thin: float = parameter("", "1 for Massoud's thin dry oxide, 0 for Deal-Grove.", default=0.0, high=1.0, whole=True)
    orientation: float = parameter("", "Surface of the silicon: 100, 110 or 111.", default=100.0, whole=True)
    initial: float = parameter("nm", "Oxide before the step.", default=0.0, high=5000.0)

    def __post_init__(self) -> None:
        """Refuse surfaces without constants, and thin oxide in steam."""
        super().__post_init__()
        word("orientation", f"{self.orientation:.0f}", THIN)
        if self.thin and self.wet:
            raise ValueError("thin 1 is for dry oxide only; write wet: 0 or thin: 0")

    def inputs(self) -> tuple[Input, ...]:
        """Time, and the temperature within 25 C."""
        return (
            Input.around("time", "s", self.time, 0.5, 1.5),
            Input.near("temperature_c", "", self.temperature_c, 25.0, COLDEST_C, HOTTEST_C),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Oxide after the step   time [s] (n,), temperature [C] (n,) -> [nm] (n,)."""
        seconds, temperature_c = inputs
        surface = f"{self.orientation:.0f}"
        if self.thin:
            return np.asarray(massoud(seconds / 3600.0, temperature_c, surface, self.initial))
        ambient = "wet" if self.wet else "dry"
        return np.asarray(oxide_thickness(seconds / 3600.0, temperature_c, ambient, surface, self.initial))
