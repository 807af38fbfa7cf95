"""Rapid thermal processing: a wafer that lamps heat and that radiates from both faces.

    rho cp h dT/dt = q - 2 eps sigma (T^4 - Ts^4)
    T(t) = (T0^-3 + 6 eps sigma t / (rho cp h))^(-1/3)                         cooling, q = 0, Ts = 0
    q    = 2 eps sigma (T^4 - Ts^4)                                            held

q is the power that the wafer takes up, both faces together. With constant q the temperature goes to Te,
Te^4 = Ts^4 + q / (2 eps sigma), along a closed t(T); a recipe of several powers is a chain of such steps.
sigma = 5.670374419e-8 W/m2K4 (CODATA 2018). For the profile across the wafer see `twin.process.rtp_radial`.

Defaults eps 0.68, rho 2330 kg/m3, cp 900 J/kg K are silicon's near 900 C. Holds where silicon is opaque, above some
650 C, and lumped through its thickness, Biot's number far below 0.1; constant properties. Left out: lamp zones,
chamber walls that heat up, films that change the emissivity (they are the input `emissivity`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from twin.process.arrays import namespace
from twin.process.arrhenius import ZERO_CELSIUS
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within

STEFAN_BOLTZMANN = 5.670374419e-8
"""[W/m2K4]"""
HOTTEST_K = 1687.0
"""Where silicon melts [K]."""
COLD = 3e-3
"""Share of the start below which the end is cold: cooling then goes as if towards 0 K."""
NEWTON_STEPS = 40
"""Enough for the coldest end: each step gains a factor of e^(1/3) of the way, and then doubles the digits."""


class Wafer(NamedTuple):
    """What a wafer is to heat: density [kg/m3], specific heat [J/kg K], thickness [um], emissivity [-] (any shapes)."""

    density: Any = 2330.0
    specific_heat: Any = 900.0
    thickness_um: Any = 775.0
    emissivity: Any = 0.68

    def check(self) -> None:
        """Raise ValueError for what no wafer is."""
        within("density", self.density, 1.0, 3e4, "kg/m3")
        within("specific_heat", self.specific_heat, 1.0, 1e4, "J/kg/K")
        within("thickness_um", self.thickness_um, 1.0, 1e5, "um")
        within("emissivity", self.emissivity, 1e-3, 1.0)

    @property
    def heat(self) -> Any:
        """Heat capacity of a face's area [J/m2 K]."""
        return self.density * self.specific_heat * self.thickness_um * 1e-6

    @property
    def loss(self) -> Any:
        """What both faces radiate, per T^4 [W/m2 K4]."""
        return 2.0 * STEFAN_BOLTZMANN * self.emissivity


def radiative_cooling(seconds: Any, start_k: Any, wafer: Wafer, surround_k: Any = 0.0) -> Any:
    """Temperature of a wafer whose lamps are off [K].

    seconds: since then [s]; start_k: [K]; surround_k: of the walls [K], not above start_k   (shapes that broadcast)
    raises ValueError out of range
    """
    within("start_k", start_k, 1.0, HOTTEST_K, "K")
    within("start_k - surround_k", start_k - surround_k, 0.0, HOTTEST_K, "K")
    return heated(seconds, start_k, 0.0, wafer, surround_k)


def steady_power(temperature_c: Any, emissivity: Any = 0.68, surround_c: Any = 25.0) -> Any:
    """Power that holds a wafer at a temperature, both faces together [W/cm2].

    temperature_c, surround_c: of the wafer and the walls [C]; emissivity: [-]   (any shapes that broadcast)
    """
    within("temperature_c", temperature_c, -ZERO_CELSIUS, HOTTEST_K - ZERO_CELSIUS, "C")
    within("surround_c", surround_c, -ZERO_CELSIUS, HOTTEST_K - ZERO_CELSIUS, "C")
    within("emissivity", emissivity, 1e-3, 1.0)
    hot, cold = temperature_c + ZERO_CELSIUS, surround_c + ZERO_CELSIUS
    return 2.0 * STEFAN_BOLTZMANN * emissivity * (hot**4 - cold**4) / 1e4


def heated(seconds: Any, start_k: Any, power_w_cm2: Any, wafer: Wafer, surround_k: Any = 298.15) -> Any:
    """Temperature after a time at constant power [K], from the closed t(T) by Newton's steps.

    seconds: [s]; start_k, surround_k: of the wafer at the start and of the walls [K]; power_w_cm2: taken up by both
    faces together [W/cm2]   (any shapes that broadcast, those of the wafer too); raises ValueError out of range
    """
    wafer.check()
    within("seconds", seconds, 0.0, 1e7, "s")
    within("start_k", start_k, 1.0, HOTTEST_K, "K")
    within("surround_k", surround_k, 0.0, HOTTEST_K, "K")
    within("power_w_cm2", power_w_cm2, 0.0, 1e4, "W/cm2")
    xp = namespace(seconds, start_k, power_w_cm2, surround_k, *wafer)
    end = xp.sqrt(xp.sqrt(surround_k**4 + power_w_cm2 * 1e4 / wafer.loss))
    return start_k * _scaled_temperature(end / start_k, wafer.loss * seconds / wafer.heat * start_k**3)


def _scaled_temperature(end: Any, s: Any) -> Any:
    """u at s of du/ds = end^4 - u^4 from u = 1   (any shapes that broadcast).

    With y the logarithm of the gap |u - end|, s = (ln((u + end)/(1 + end)) - y + 2 atan(..)) / 4 end^3 is bent to one
    side only, so that Newton's steps in y cannot run away; none of its terms is a difference of near numbers.
    """
    xp = namespace(end, s)
    cold = xp.asarray(end) < COLD
    v = xp.where(cold, 1.0, end)
    y = 0.0 * (v + s)
    for _ in range(NEWTON_STEPS):
        rise = (1.0 - v) * xp.expm1(y)  # u - 1
        u = 1.0 + rise
        now = (xp.log1p(rise / (1.0 + v)) - y + 2.0 * xp.arctan(rise * v / (v**2 + u))) / (4.0 * v**3)
        y = xp.minimum(y + (now - s) * (u + v) * (u**2 + v**2), 0.0)
    return xp.where(cold, (1.0 + 3.0 * s) ** (-1.0 / 3.0), 1.0 + (1.0 - v) * xp.expm1(y))


def heat_sequence(steps: Iterable[tuple[float, Any]], start_k: Any, wafer: Wafer, surround_k: Any = 298.15) -> Any:
    """Temperature after steps of constant power [K], each a time [s] and a power [W/cm2]; the rest as for `heated`."""
    for seconds, power_w_cm2 in steps:
        start_k = heated(seconds, start_k, power_w_cm2, wafer, surround_k)
    return start_k


@dataclass(frozen=True, kw_only=True)
class Rtp(ProcessLaw):
    """Temperature that a wafer comes to by the power that it takes up and by its emissivity."""

    MAKES: ClassVar[str] = "K"

    time: float = parameter("s", "Time at that power.", default=20.0, low=0.01, high=1e5)
    power: float = parameter("W/cm2", "Power taken up, both faces together.", default=23.6, positive=True, high=100.0)
    emissivity: float = parameter("", "Emissivity of the faces.", default=0.68, low=0.05, high=0.9)
    thickness: float = parameter("um", "Thickness of the wafer.", default=775.0, low=20.0, high=2000.0)
    start: float = parameter("K", "Temperature at the start.", default=900.0, low=250.0, high=1600.0)
    surround: float = parameter("K", "Temperature of the walls.", default=298.15, high=1000.0)

    def __post_init__(self) -> None:
        """Refuse a recipe that melts the wafer within reach."""
        super().__post_init__()
        power, emissivity = self.inputs()
        hottest = float(self.value(np.array([power.high]), np.array([emissivity.low]))[0])
        if hottest > HOTTEST_K:
            raise ValueError(
                f"power {power.high:.6g} W/cm2 brings the wafer to {hottest:.6g} K, and silicon melts at "
                f"{HOTTEST_K:g} K; write less power or a shorter time"
            )

    def inputs(self) -> tuple[Input, ...]:
        """Power within 10 per cent, emissivity within 10 per cent: films on the back change it."""
        return (
            Input.around("power", "W/cm2", self.power, 0.9, 1.1, relative=True),
            Input.around("emissivity", "", self.emissivity, 0.9, 1.1, relative=True),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Temperature at the end   power [W/cm2] (n,), emissivity [-] (n,) -> [K] (n,)."""
        power, emissivity = inputs
        wafer = Wafer(thickness_um=self.thickness, emissivity=emissivity)
        return np.asarray(heated(self.time, self.start, power, wafer, self.surround))
