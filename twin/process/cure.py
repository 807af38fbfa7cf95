"""Cure of paint, adhesive and moulding compound: one Arrhenius reaction, and the bake window it leaves.

    t_eq  = t exp(-(Ea/R) (1/T - 1/Tref))            time at Tref that cures as much
    k     = A exp(-Ea / RT),   alpha = 1 - exp(-k t)  first order
    ln t  = const + Ea/(R T)                          points of equal cure: a line through them gives Ea

R = 8.314462618 J/molK. E-coat cured as well by 165 C/12 min, 170 C/10 min and 175 C/8 min (BYK) has an apparent Ea of
66 kJ/mol; typical commercial windows are 177 to 204 C for 10 to 20 min. The temperature is that of the metal.

Equivalence is trusted within 20 K of the reference and refused beyond 60 K, where another reaction may rule;
`equivalent_heating` lets the cold part of a heating curve in, for it adds next to nothing. Left out: diffusion
control at high conversion, autocatalysis, loss of solvent.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.process.arrays import namespace
from twin.process.arrhenius import ZERO_CELSIUS
from twin.process.limits import within

GAS_CONSTANT = 8.314462618e-3
"""[kJ/molK]"""
REACH = 60.0
"""How far from the reference temperature equivalence is computed [K]."""
_PLACES = 40  # Gauss-Legendre places along a heating curve; 20 agree to 1e-9


def equivalent_time(time: Any, temperature_c: Any, reference_c: float, activation: float) -> Any:
    """Time at the reference temperature that cures as much, in the unit of `time`.

    time:          at the temperature, any unit                            (n,)
    temperature_c: of the metal [C], within `REACH` of the reference       (n,)
    reference_c:   [C]; activation: energy [kJ/mol], 10 to 300
    returns        in the unit of time (n,); raises ValueError outside these ranges
    """
    within("time", time, 0.0)
    within("temperature_c - reference_c", temperature_c - reference_c, -REACH, REACH, "K")
    within("activation", activation, 10.0, 300.0, "kJ/mol")
    inverse = 1.0 / (temperature_c + ZERO_CELSIUS) - 1.0 / (reference_c + ZERO_CELSIUS)
    return time * namespace(time, temperature_c).exp(-activation / GAS_CONSTANT * inverse)


def equivalent_heating(time: Any, start_c: float, air_c: Any, tau: float, reference_c: float, activation: float) -> Any:
    """Equivalent time of metal that heats as a lump, T = air + (start - air) exp(-t/tau), in the unit of time.

    time: in the oven (n,); tau: time constant of the lump, in one unit; start_c, air_c (n,), reference_c [C];
    activation [kJ/mol]
    returns  integral of exp(-(Ea/R)(1/T - 1/Tref)) over the time (n,)
    raises   ValueError for air further than `REACH` from the reference or colder than the part

    With u = 1 - exp(-t/tau) the difference to a part as hot as the air becomes a smooth integral over u.
    """
    within("air_c - start_c", air_c - start_c, 0.0, unit="K")
    steady = equivalent_time(time, air_c, reference_c, activation)
    xp = namespace(time, air_c)
    place, weight = (xp.asarray(part) for part in np.polynomial.legendre.leggauss(_PLACES))
    end = -xp.expm1(-xp.asarray(time) / tau)[..., None]
    left = 1.0 - end * (1.0 + place) / 2.0  # of the difference to the air
    air = xp.asarray(air_c)[..., None] + ZERO_CELSIUS
    gap = air - (start_c + ZERO_CELSIUS)
    lag = activation / GAS_CONSTANT * gap / (air * (air - gap * left))  # Ea/R (1/T - 1/Tair) = lag * left
    missing = (weight * xp.expm1(-lag * left) / left).sum(axis=-1) * end[..., 0] / 2.0
    return steady + tau * missing * equivalent_time(1.0, xp.asarray(air_c), reference_c, activation)


def apparent_activation(temperature_c: Any, time: Any) -> float:
    """Activation energy of points that cure equally, by least squares of ln t over 1/T.

    temperature_c: [C]; time: to the same cure, any unit                   (points,), two or more
    returns        [kJ/mol]; raises ValueError for fewer points, equal temperatures or times that are not above 0
    """
    xp = namespace(temperature_c, time)
    kelvin, lasts = xp.asarray(temperature_c, dtype=float) + ZERO_CELSIUS, xp.asarray(time, dtype=float)
    within("temperature_c", kelvin - ZERO_CELSIUS, -ZERO_CELSIUS + 1.0, unit="C")
    within("time", lasts, 1e-12)
    if kelvin.size < 2 or float(xp.ptp(kelvin)) == 0.0:
        raise ValueError(f"temperature_c has {kelvin.size} points at one temperature; give two temperatures or more")
    inverse, log = 1.0 / kelvin, xp.log(lasts)
    inverse = inverse - inverse.mean()
    return float(GAS_CONSTANT * (inverse * log).sum() / (inverse * inverse).sum())


def rate(temperature_c: Any, frequency: Any, activation: Any) -> Any:
    """Rate of an Arrhenius reaction.

    temperature_c [C] (n,); frequency [1/s]; activation [kJ/mol]; returns [1/s] (n,)
    raises ValueError at or below absolute zero
    """
    within("temperature_c", temperature_c, -ZERO_CELSIUS + 1.0, unit="C")
    return frequency * namespace(temperature_c).exp(-activation / (GAS_CONSTANT * (temperature_c + ZERO_CELSIUS)))


def first_order_conversion(time: Any, temperature_c: Any, frequency: Any, activation: Any) -> Any:
    """Share of a first-order reaction that is done at constant temperature [-]   (n,).

    time [s] (n,); temperature_c [C] (n,); frequency [1/s]; activation [kJ/mol]
    """
    within("time", time, 0.0, unit="s")
    return -namespace(time, temperature_c).expm1(-time * rate(temperature_c, frequency, activation))


def bake_window(
    temperature_c: Any, least: float, most: float, reference_c: float, activation: float
) -> tuple[Any, Any]:
    """Shortest and longest bake at a metal temperature.

    temperature_c: of the metal [C] (n,); least, most: equivalent times at the reference, under- and overbake, one unit
    returns        shortest and longest time, in that unit (n,) each
    raises         ValueError for a window that ends before it begins
    """
    within("most - least", most - least, 0.0)
    speed = equivalent_time(1.0, temperature_c, reference_c, activation)
    return least / speed, most / speed
