"""Native oxide that grows on clean silicon while a lot waits: Elovich's logarithmic law.

    x(t) = x1 + s log10(t / t1)        for t >= t1, x1 before                    as measured, x1 the oxide at t1
    x(t) = s log10(1 + t / t1)                                                   what the wait adds, smooth from 0 on

Elovich's rate dx/dt = a exp(-x / b) gives the second line exactly, with s = b ln 10 and t1 = b / a: it grows in
proportion to time at first, and by s a decade long after the incubation t1, as the first line does. Silicon in room
air: 6.8 A a decade after some 1.5e4 s: Archer, R. J. (1957), Journal of the Electrochemical Society 104, 619-622; other
surfaces some 5 A a decade after an incubation. What an HF rinse leaves at once, 10 to 15 A, is not the queue's.

Holds for room air from an hour to some weeks, s and t1 by surface and last clean; never for pods under nitrogen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from twin.process.arrays import namespace
from twin.process.law import Floats, ProcessLaw, parameter
from twin.process.limits import within

LN10 = 2.302585092994046


def native_oxide(seconds: Any, incubation_s: Any, incubated: Any, slope: Any) -> Any:
    """Oxide after a wait in air, in the unit of `incubated` and `slope`.

    seconds: since the clean [s]; incubation_s: t1 [s]; incubated: oxide up to t1; slope: growth per decade of time
    (any shapes that broadcast); raises ValueError for negative ones.  Archer (1957)
    """
    _check(seconds, incubation_s, slope)
    within("incubated", incubated, 0.0)
    xp = namespace(seconds, incubation_s, incubated, slope)
    return incubated + slope * xp.log10(xp.maximum(seconds / incubation_s, 1.0))


def elovich_growth(seconds: Any, incubation_s: Any, slope: Any) -> Any:
    """Oxide that a wait adds, in the unit of `slope`; 0 at 0 s, arguments as for `native_oxide`."""
    _check(seconds, incubation_s, slope)
    return slope / LN10 * namespace(seconds, incubation_s, slope).log1p(seconds / incubation_s)


def _check(seconds: Any, incubation_s: Any, slope: Any) -> None:
    within("seconds", seconds, 0.0, 1e12, "s")
    within("incubation_s", incubation_s, 1e-3, 1e12, "s")
    within("slope", slope, 0.0)


@dataclass(frozen=True, kw_only=True)
class QueueOxide(ProcessLaw):
    """Oxide that the wait in front of a step adds."""

    MAKES: ClassVar[str] = "nm"

    incubation: float = parameter("h", "Time until the growth is logarithmic.", default=4.2, low=1e-3, high=1e5)
    slope: float = parameter("nm", "Growth per decade of time after that.", default=0.68, high=100.0)

    def grown(self, hours: Floats) -> Floats:
        """Oxide that a wait adds   hours [h] (n,) -> [nm] (n,)."""
        return np.asarray(elovich_growth(3600.0 * hours, 3600.0 * self.incubation, self.slope))
