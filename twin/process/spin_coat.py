"""Spin coating: the thinning of a film that does not dry, and the thickness at which a resist dries.

    h = h0 / sqrt(1 + 4 w^2 h0^2 t / (3 nu))             Emslie, Bonner and Peck: flow only
    h ~ (nu e)^(1/3) w^(-2/3),  e ~ w^n                  Meyerhofer: flow until evaporation takes over

h0 the film at the start, w the angular speed, nu the kinematic viscosity, e the evaporation rate. With e ~ sqrt(w)
(n = 1/2, air drawn over the wafer) h ~ w^(-1/2), as resist makers' spin curves have it. Emslie, A. G., Bonner, F. T.,
and Peck, L. G. (1958), Journal of Applied Physics 29, 858-862. Meyerhofer, D. (1978), Journal of Applied Physics 49,
3993-3997.

The first holds for Newtonian liquids, usual nu 5e-6 to 5e-5 m2/s, until evaporation sets the film; the second for a
resist of one solvent at speeds of some 1,000 to 5,000 rpm, its constant taken from one measured film. Left out: the
edge bead, topography, and turbulence near the edge of large wafers at high speeds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from twin.process.arrays import namespace
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within

SLOWEST_RPM, FASTEST_RPM = 50.0, 15_000.0


def thinned_film(start_um: Any, viscosity_m2_s: Any, speed_rpm: Any, seconds: Any) -> Any:
    """Film after a time of spinning without evaporation [um].

    start_um: film at the start [um]; viscosity_m2_s: kinematic [m2/s]; speed_rpm: [rpm]; seconds: [s]
    (any shapes that broadcast); raises ValueError out of range.  Emslie, Bonner and Peck (1958)
    """
    within("start_um", start_um, 1e-3, 1e4, "um")
    within("viscosity_m2_s", viscosity_m2_s, 1e-7, 1e-1, "m2/s")
    within("speed_rpm", speed_rpm, 0.0, FASTEST_RPM, "rpm")
    within("seconds", seconds, 0.0, 1e5, "s")
    angular = speed_rpm * (2.0 * math.pi / 60.0)
    start = start_um * 1e-6
    xp = namespace(start_um, viscosity_m2_s, speed_rpm, seconds)
    return start_um / xp.sqrt(1.0 + 4.0 * angular**2 * start**2 * seconds / (3.0 * viscosity_m2_s))


def dried_film_ratio(speed_ratio: Any, viscosity_ratio: Any = 1.0, evaporation_exponent: float = 0.5) -> Any:
    """Dried film over that of another recipe [-].

    speed_ratio, viscosity_ratio: new over old [-]   (any shapes that broadcast)
    evaporation_exponent: n of e ~ w^n, 1/2 for air drawn by the wafer, 0 for evaporation that speed does not change
    raises ValueError for ratios beyond 0.01 to 100 and exponents beyond 0 to 2.  Meyerhofer (1978)
    """
    within("speed_ratio", speed_ratio, 0.01, 100.0)
    within("viscosity_ratio", viscosity_ratio, 0.01, 100.0)
    within("evaporation_exponent", evaporation_exponent, 0.0, 2.0)
    return viscosity_ratio ** (1.0 / 3.0) * speed_ratio ** ((evaporation_exponent - 2.0) / 3.0)


@dataclass(frozen=True, kw_only=True)
class SpinCoat(ProcessLaw):
    """Dried resist by speed and viscosity, scaled from one measured film."""

    MAKES: ClassVar[str] = "nm"

    film: float = parameter("nm", "Film measured at the recipe's speed.", default=500.0, positive=True, high=1e6)
    speed_rpm: float = parameter(
        "", "Speed of the recipe in rpm.", default=2000.0, low=2 * SLOWEST_RPM, high=FASTEST_RPM / 1.5
    )
    evaporation: float = parameter("", "Power of the speed with which the solvent dries.", default=0.5, high=1.0)

    def inputs(self) -> tuple[Input, ...]:
        """Speed from half to one and a half of the recipe's, and viscosity over the one that was measured."""
        return (
            Input.around("speed_rpm", "", self.speed_rpm, 0.5, 1.5),
            Input("viscosity", "", 1.0, 0.7, 1.3, relative=True),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Film   speed [rpm] (n,), viscosity [-] (n,) -> [nm] (n,)."""
        speed_rpm, viscosity = inputs
        return np.asarray(self.film * dried_film_ratio(speed_rpm / self.speed_rpm, viscosity, self.evaporation))
