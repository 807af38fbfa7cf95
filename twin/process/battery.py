"""Battery cells after assembly: the electrolyte soaks in, formation charges slowly, ageing waits.

    wetting     L^2 = gamma r cos(theta) t / (2 eta)             Lucas-Washburn
    formation   t = sum of dSOC / C-rate over its steps
    places      N = rate x time / availability                   Little's law: channels, ageing places
    ageing      t = t_ref exp((Ea/R) (1/T - 1/Tref))             what takes t_ref at Tref

gamma surface tension, r pore radius, theta contact angle, eta viscosity, L depth. Formation in steps of 0.05C, 0.1C
and 0.2C takes 16 to 28 h in all (greenengguide), soaking 30 min to 3 h, then ageing at 40 to 70 C (LG ES), ageing at
the end of line up to three weeks; finishing is 20 to 30 % of production cost (WEVJ 14(4) 96).

Holds for pores of one radius wetted by capillarity alone, without vacuum, and for angles below 90 degrees. Left out:
gas that is trapped, swelling of the separator, the chemistry of the SEI, cells that formation rejects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from twin.process.arrays import namespace
from twin.process.cure import equivalent_time
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within


def wetting_time(depth: Any, tension: Any, radius: Any, contact_angle: Any, viscosity: Any) -> Any:
    """Time for electrolyte to soak in to a depth.

    depth [m], tension [N/m], radius of the pores [m], contact_angle [rad] below pi/2, viscosity [Pa s]   (n,)
    returns [s] (n,); raises ValueError for an angle that does not wet
    Washburn, E. W. (1921), Physical Review 17, 273-283.
    """
    within("depth", depth, 0.0, unit="m")
    return depth * depth / _soaking(tension, radius, contact_angle, viscosity)


def wetting_depth(time: Any, tension: Any, radius: Any, contact_angle: Any, viscosity: Any) -> Any:
    """Depth that electrolyte has soaked in to: the inverse of `wetting_time`   [s] (n,) -> [m] (n,)."""
    within("time", time, 0.0, unit="s")
    return namespace(time, viscosity).sqrt(_soaking(tension, radius, contact_angle, viscosity) * time)


def _soaking(tension: Any, radius: Any, contact_angle: Any, viscosity: Any) -> Any:
    """L^2 over t [m2/s]."""
    within("tension", tension, 1e-6, unit="N/m")
    within("radius", radius, 1e-10, unit="m")
    within("contact_angle", contact_angle, 0.0, 1.57, "rad")
    within("viscosity", viscosity, 1e-7, unit="Pa s")
    return tension * radius * namespace(contact_angle).cos(contact_angle) / (2.0 * viscosity)


def formation_time(charge: Any, c_rate: Any) -> Any:
    """Time of a formation recipe.

    charge:  moved in each step, charging or discharging, as share of the capacity [-]   (..., step)
    c_rate:  of each step [1/h]                                                          (..., step)
    returns  [h] (...); raises ValueError for a charge outside 0 to 1 or a rate outside 0.001 to 20 /h
    """
    within("charge", charge, 0.0, 1.0)
    within("c_rate", c_rate, 1e-3, 20.0, "1/h")
    xp = namespace(charge, c_rate)
    return (xp.asarray(charge) / xp.asarray(c_rate)).sum(axis=-1)


def places_needed(throughput: Any, time: Any, availability: Any = 1.0) -> Any:
    """Channels of formation, or places of ageing, that a throughput keeps busy (Little's law).

    throughput: cells [1/h] (n,); time: of a cell on its place [h] (n,); availability: of a place [-]
    returns     [-] (n,), not rounded up; raises ValueError for an availability outside 0.01 to 1
    """
    within("availability", availability, 0.01, 1.0)
    return throughput * time / availability


def ageing_time(time: Any, temperature_c: Any, reference_c: float, activation: float) -> Any:
    """Time at a temperature that ages a cell as `time` at the reference does, in the unit of `time`.

    time (n,); temperature_c (n,), reference_c [C] within 60 K of each other; activation [kJ/mol]
    """
    return time / equivalent_time(1.0, temperature_c, reference_c, activation)


def formation_steps(steps: Sequence[Sequence[float]]) -> tuple[Floats, Floats]:
    """Charges and rates of a recipe written step by step, [[share of the capacity, C-rate], ...]   (step,) each."""
    table = np.asarray(steps, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != 2:
        raise ValueError(f"steps has the shape {table.shape}; write [share of the capacity, C-rate] for each step")
    return table[:, 0], table[:, 1]


@dataclass(frozen=True, kw_only=True)
class Wetting(ProcessLaw):
    """Depth that the electrolyte has reached when the soak ends."""

    MAKES: ClassVar[str] = "mm"

    time: float = parameter("s", "Time of the soak.", positive=True, high=1e7)
    tension: float = parameter("N/m", "Surface tension of the electrolyte.", default=0.03, low=1e-3, high=1.0)
    pore: float = parameter("um", "Radius of the pores.", default=0.5, low=1e-3, high=1e3)
    contact_deg: float = parameter("", "Contact angle, in degrees.", default=30.0, high=89.0)
    viscosity: float = parameter("Pa*s", "Viscosity of the electrolyte.", default=0.003, low=1e-5, high=100.0)

    def inputs(self) -> tuple[Input, ...]:
        """The time of the recipe, and the viscosity over that of the recipe."""
        return (
            Input.around("time", "s", self.time, 0.1, 4.0),
            Input("viscosity", "", 1.0, 0.4, 2.5, relative=True),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Wetted depth [mm]   time [s] (n,), viscosity [-] (n,) -> (n,)."""
        time, viscosity = inputs
        angle = np.deg2rad(self.contact_deg)
        depth: Floats = 1e3 * wetting_depth(time, self.tension, 1e-6 * self.pore, angle, self.viscosity * viscosity)
        return depth
