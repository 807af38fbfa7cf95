"""Atomic layer deposition: a half cycle saturates, and each cycle adds the same.

    theta  = 1 - exp(-k p t)                    share of the sites that a pulse has filled (Langmuir, no desorption)
    growth = g_sat theta_1 theta_2              of a cycle of two pulses; theta_2 is 1 where the second saturates
    film   = growth n

Puurunen, R. L. (2005), Journal of Applied Physics 97, 121301. Holds inside the temperature window, where growth of a
full cycle does not depend on temperature, with purges long enough; left out are nucleation on a foreign surface, and
the depth that a precursor reaches in a hole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from twin.process.arrays import namespace
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within


def site_coverage(sticking_per_pa_s: Any, pressure_pa: Any, seconds: Any) -> Any:
    """Share of the sites filled by a pulse [-].

    sticking_per_pa_s: k [1/Pa s]; pressure_pa: of the precursor [Pa]; seconds: length of the pulse [s]
    (any shapes that broadcast); raises ValueError for negative ones
    """
    within("sticking_per_pa_s", sticking_per_pa_s, 0.0, unit="/Pa/s")
    within("pressure_pa", pressure_pa, 0.0, 1e6, "Pa")
    within("seconds", seconds, 0.0, 1e6, "s")
    return -namespace(sticking_per_pa_s, pressure_pa, seconds).expm1(-sticking_per_pa_s * pressure_pa * seconds)


def growth_per_cycle(saturated: Any, first: Any, second: Any = 1.0) -> Any:
    """Growth of a cycle, in the unit of `saturated`.

    saturated: growth of a cycle with full pulses; first, second: site coverage after each pulse [-], 0 to 1
    (any shapes that broadcast)
    """
    within("saturated", saturated, 0.0)
    within("first", first, 0.0, 1.0)
    within("second", second, 0.0, 1.0)
    return saturated * first * second


@dataclass(frozen=True, kw_only=True)
class Ald(ProcessLaw):
    """Film by cycles and the pressure of the precursor."""

    MAKES: ClassVar[str] = "nm"

    cycles: float = parameter("", "Cycles of the recipe.", default=100.0, low=1.0, high=1e6)
    growth: float = parameter("nm", "Growth of a cycle with full pulses.", default=0.1, positive=True, high=1.0)
    pressure: float = parameter("Pa", "Pressure of the precursor in its pulse.", default=10.0, positive=True, high=1e5)
    pulse: float = parameter("s", "Length of the pulse.", default=0.4, positive=True, high=1e4)
    sticking_per_pa_s: float = parameter(
        "", "Sites filled at first, a share per Pa and s.", default=0.5, positive=True, high=1e6
    )

    def inputs(self) -> tuple[Input, ...]:
        """Cycles, and the pressure from half to one and a half of the recipe's."""
        return (
            Input.around("cycles", "", self.cycles, 0.5, 1.5),
            Input.around("pressure", "Pa", self.pressure, 0.5, 1.5, relative=True),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Film   cycles (n,), pressure [Pa] (n,) -> [nm] (n,)."""
        cycles, pressure = inputs
        filled = site_coverage(self.sticking_per_pa_s, pressure, self.pulse)
        return np.asarray(cycles * growth_per_cycle(self.growth, filled))
