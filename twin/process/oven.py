"""Heating in an oven: sheet as a lump, thick parts as a plate, zones in a row.

    sheet  tau = rho cp d / (sides h),   T = Tair + (T0 - Tair) exp(-t / tau)
    plate  theta = (T - Tair) / (T0 - Tair) = sum_n C_n exp(-z_n^2 Fo) cos(z_n x/L)
           z tan z = Bi,   C_n = 4 sin z_n / (2 z_n + sin 2 z_n),   Bi = h L / k,   Fo = alpha t / L^2
    zones  each begins with the temperature at which the one before ended

L is half the thickness of a plate heated on both sides, its whole thickness if the other side is insulated; x = 0 is
the middle or the insulated side. One h holds for convection and radiation together. The series is exact
(Carslaw & Jaeger, Conduction of Heat in Solids, section 3.11); finite differences agreed to 1e-6.

Hold: the lump for Bi = h d / (sides k) below 0.1, as body sheet has it (0.8 mm of steel at 30 W/m2K: 3e-4, tau 50 s);
the plate for castings, from Fo = 1e-4 on: before that only a skin is warm, and the series needs too many terms.
Left out: latent heat of drying, shadows of the body, a metal whose properties change with temperature.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from twin.process.arrays import namespace
from twin.process.law import Floats
from twin.process.limits import within

LEAST_FOURIER = 1e-4
_TERMS = 192  # the last falls to exp(-(191 pi)^2 1e-4) = 2e-16 at the least Fourier number
_LUMP = 0.1


def biot_number(coefficient: Any, length: Any, conductivity: Any) -> Any:
    """Resistance inside over that of the surface [-]   (n,).

    coefficient: of heat transfer [W/m2K]; length: half the thickness [m]; conductivity [W/mK]
    """
    return coefficient * length / conductivity


def fourier_number(time: Any, length: Any, conductivity: Any, density: Any, heat_capacity: Any) -> Any:
    """Time over that in which heat crosses the half thickness [-]   (n,).

    time [s]; length: half the thickness [m]; conductivity [W/mK]; density [kg/m3]; heat_capacity [J/kgK]
    """
    return conductivity * time / (density * heat_capacity * length * length)


def plate_roots(biot: Any, count: int = _TERMS) -> Floats:
    """The first roots of z tan z = Bi.

    biot:    [-], 1e-6 to 1e4                                              (...)
    count:   how many
    returns  [rad], root n between n pi and (n + 1/2) pi                   (..., count)
    raises   ValueError for a Biot number outside
    """
    from scipy.optimize import newton

    within("biot", biot, 1e-6, 1e4)
    bi = np.asarray(biot, dtype=np.float64)[..., None]
    n_pi = np.pi * np.arange(count)
    # z - n pi - arctan(Bi/z) rises and is concave: Newton from its left end climbs to the root and cannot overshoot
    start = np.broadcast_to(n_pi, (*bi.shape[:-1], count)).copy()
    bi = np.broadcast_to(bi, start.shape)
    roots: Floats = newton(
        lambda z: z - n_pi - np.arctan2(bi, z),
        start,
        fprime=lambda z: 1.0 + bi / (z * z + bi * bi),
        tol=1e-11,  # of z up to 600 rad, where a rounding is 1e-13; the last step squares it
        maxiter=100,
    )
    return roots


def plate_theta(biot: Any, fourier: Any, place: Any) -> Any:
    """What is left of the difference to the air, (T - Tair) / (T0 - Tair), in a plate heated on both sides.

    biot:    h L / k with L half the thickness [-]                         (n,)
    fourier: alpha t / L^2 [-], `LEAST_FOURIER` or more                    (n,)
    place:   x / L, 0 in the middle, 1 at the surface [-]                  (n,)
    returns  [-] (n,), the arguments broadcast against each other
    raises   ValueError outside these ranges
    Carslaw, H. S. & Jaeger, J. C. (1959), Conduction of Heat in Solids, 2nd ed., section 3.11.
    """
    within("fourier", fourier, LEAST_FOURIER)
    within("place", place, -1.0, 1.0)
    xp = namespace(biot, fourier, place)
    # SciPy finds the roots on the host, wherever the rest is computed
    z = xp.asarray(plate_roots(biot.get() if hasattr(biot, "get") else biot))
    weight = 4.0 * xp.sin(z) / (2.0 * z + xp.sin(2.0 * z))
    fo, x = xp.asarray(fourier)[..., None], xp.asarray(place)[..., None]
    return (weight * xp.exp(-z * z * fo) * xp.cos(z * x)).sum(axis=-1)


def lumped_time_constant(
    density: Any, heat_capacity: Any, thickness: Any, coefficient: Any, sides: int = 2, conductivity: float = 50.0
) -> Any:
    """Time in which sheet comes to within 1/e of the air's temperature.

    density [kg/m3], heat_capacity [J/kgK], thickness [m], coefficient of heat transfer [W/m2K]   (n,)
    sides:        that the air reaches, 1 or 2
    conductivity: of the sheet [W/mK]; only says whether it is thin enough
    returns       [s] (n,); raises ValueError if Bi is above 0.1: take `plate_theta` for that part
    """
    within("sides", sides, 1, 2)
    within("Biot number of the sheet (for thicker parts take plate_theta)",
           biot_number(coefficient, thickness / sides, conductivity), 0.0, _LUMP)  # fmt: skip
    return density * heat_capacity * thickness / (sides * coefficient)


def lumped_temperature(start: Any, air: Any, time: Any, tau: Any) -> Any:
    """Temperature of a lump in air of one temperature, in the unit of `start` and `air`   (n,).

    start, air: of the lump at first and of the air [C] or [K]; time [s]; tau: `lumped_time_constant` [s]
    """
    within("time", time, 0.0, unit="s")
    within("tau", tau, 1e-9, unit="s")
    return air + (start - air) * namespace(time, tau, start, air).exp(-time / tau)


def zoned_temperature(start: Any, tau: Any, zones: Sequence[tuple[Any, Any]]) -> Any:
    """Temperature of a lump at the end of oven zones in a row, in the unit of `start`   (n,).

    start: [C] or [K] (n,); tau [s] (n,); zones: (temperature of the air [as start], time in the zone [s]) of each,
    numbers or (n,)
    raises ValueError for no zone
    """
    if not zones:
        raise ValueError("zones is empty; give the air's temperature and the time of at least one")
    temperature = start
    for air, time in zones:
        temperature = lumped_temperature(temperature, air, time, tau)
    return temperature
