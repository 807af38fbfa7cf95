"""Particles: the killer defects that a wafer picks up at a tool and in the queue before it.

    defects(n)  = adders (1 + seasoning exp(-n / seasoning_wafers) + ageing n)      [1/cm2]
    waiting(Wq) = waiting Wq                                                        [1/cm2]

n wafers since the tool's last PM, Wq hours in the queue. After a clean the walls are fresh and shed until
they are seasoned (20 to 50 wafers in vendors' notes); then films build up and flake with every wafer.

Form: particles per wafer pass as a Poisson rate with seasoning and ageing, and a rate in proportion to the
queue time, as practice has it; the numbers are the plant's own, from wafers run through clean before and
counted after. A queue of exponential waiting times has E[exp(-k Wq)] = (1 - rho) (mu + k) / (mu - lambda + k).
Holds for defects that fall independently of each other: clustering is the yield model's affair
(`twin.process.yield_models`). Linear ageing and waiting have no end: they hold as long as tools are cleaned and
queues are short, and are bent off towards 1,000 /cm2, where no die is good anyway.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.process.law import Floats, ProcessLaw, parameter, saturated


@dataclass(frozen=True, kw_only=True)
class Particles(ProcessLaw):
    """Killer defects from wafers since PM and from queue time."""

    adders: float = parameter("/cm2", "Killer defects of one pass through a seasoned tool.", high=1e3)
    seasoning: float = parameter(
        "", "What the first wafer after a PM gets more, as a multiple of adders.", default=0.0, high=1e4
    )
    seasoning_wafers: float = parameter("", "Wafers over which that falls to 1/e.", default=25.0, positive=True)
    ageing: float = parameter(
        "", "What every wafer since the PM adds, as a multiple of adders.", default=0.0, high=1.0
    )
    hourly: float = parameter(
        "/cm2/h", "Killer defects of an hour in the queue before the step.", default=0.0, high=1e3, word="waiting"
    )

    def defects(self, passes: Floats) -> Floats:
        """Killer defects of a pass   passes (n,) -> [1/cm2] (n,)."""
        shed = self.seasoning * np.exp(-passes / self.seasoning_wafers)
        return saturated(self.adders * (1.0 + shed + self.ageing * passes))

    def waiting(self, hours: Floats) -> Floats | None:
        """Killer defects of a wait   hours [h] (n,) -> [1/cm2] (n,)."""
        return saturated(self.hourly * hours) if self.hourly else None
