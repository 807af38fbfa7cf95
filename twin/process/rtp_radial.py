"""Rapid thermal processing across the wafer: why the edge is cooler.

    rho cp h dT/dt = (h/r) d/dr(r k dT/dr) + q(r) - 2 eps sigma (T^4 - Ts^4)
    -k dT/dr = g eps sigma (T^4 - Ts^4)  at the rim,   k(T) = 29900 / (T - 99) W/m K

q(r) is the power that both faces take up. g = 1 is a rim that radiates freely; a missing guard ring makes it larger, a
good one less, and g = 0 with even power leaves the wafer even. k(T) of silicon: Ho, C. Y., Powell, R. W., and Liley,
P. E. (1972), Journal of Physical and Chemical Reference Data 1, 279-421, in the form that process simulators use.

Rings of one width, each with what flows in less what flows out, so that no heat is lost between them; stepped in time
by SciPy's LSODA. Holds from 300 K to silicon's melting point with the limits of `twin.process.rtp`, for wafers without
a profile around the axis (gas, lift pins and a wafer off centre are left out).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from twin.process.law import Floats
from twin.process.limits import within
from twin.process.rtp import HOTTEST_K, STEFAN_BOLTZMANN, Wafer


class Profile(NamedTuple):
    """Temperature across a wafer.

    radius_mm:     middle of each ring [mm]   (ring,)
    temperature_k: of each ring [K]           (ring,)
    """

    radius_mm: Floats
    temperature_k: Floats

    @property
    def edge_drop(self) -> float:
        """Innermost ring less outermost [K]; above 0 where the edge is cooler."""
        return float(self.temperature_k[0] - self.temperature_k[-1])

    @property
    def mean_k(self) -> float:
        """Mean over the wafer's area [K]: rings of one width weigh as their radius."""
        return float(np.average(self.temperature_k, weights=self.radius_mm))


def silicon_conductivity(temperature_k: Any) -> Any:
    """Heat conductivity of silicon [W/m K]   temperature_k: 298 to 1687 [K] (any shape)."""
    within("temperature_k", temperature_k, 298.0, HOTTEST_K, "K")
    return _conductivity(temperature_k)


def radial_profile(
    seconds: float,
    power_w_cm2: float | Floats,
    wafer: Wafer,
    start_k: float = 300.0,
    surround_k: float = 298.15,
    radius_mm: float = 150.0,
    rim: float = 1.0,
    rings: int = 48,
) -> Profile:
    """Temperature across a wafer after a time of constant power.

    seconds: [s]; power_w_cm2: taken up by both faces together [W/cm2], a number or one a ring from the inside (ring,);
    wafer:   of plain numbers; start_k, surround_k: of the wafer at the start and of the walls [K]
    rim:     g, radiation of the rim over that of a free one [-]; rings: how many
    raises   ValueError out of range, and RuntimeError if the integration fails
    """
    from scipy.integrate import solve_ivp

    wafer.check()
    within("seconds", seconds, 0.0, 1e5, "s")
    within("power_w_cm2", power_w_cm2, 0.0, 1e3, "W/cm2")
    within("start_k", start_k, 298.0, HOTTEST_K, "K")
    within("surround_k", surround_k, 0.0, HOTTEST_K, "K")
    within("radius_mm", radius_mm, 1.0, 500.0, "mm")
    within("rim", rim, 0.0, 100.0)
    within("rings", rings, 3, 1000)
    power = np.broadcast_to(np.asarray(power_w_cm2, dtype=np.float64), (rings,)) * 1e4
    edges = np.linspace(0.0, radius_mm * 1e-3, rings + 1)
    width, height = edges[1], wafer.thickness_um * 1e-6
    area = math.pi * np.diff(edges**2)
    side = 2.0 * math.pi * height * edges  # of each ring's edge, the first and the last too
    heat = wafer.heat * area

    def rates(_: float, t: Floats) -> Floats:
        """dT/dt of each ring [K/s]."""
        flow = np.zeros(rings + 1)  # outwards through each edge [W]
        flow[1:-1] = -side[1:-1] * _conductivity((t[1:] + t[:-1]) / 2.0) * np.diff(t) / width
        flow[-1] = side[-1] * rim * wafer.emissivity * STEFAN_BOLTZMANN * (t[-1] ** 4 - surround_k**4)
        kept = area * (power - wafer.loss * (t**4 - surround_k**4)) - np.diff(flow)
        return np.asarray(kept / heat)

    at = np.full(rings, start_k)
    if seconds > 0:
        run = solve_ivp(rates, (0.0, seconds), at, method="LSODA", lband=1, uband=1, rtol=1e-8, atol=1e-6)
        if not run.success:
            raise RuntimeError(f"the radial heat balance cannot be stepped: {run.message}")
        at = run.y[:, -1]
    within("temperature_k", at, 0.0, HOTTEST_K, "K")
    return Profile(1e3 * (edges[1:] + edges[:-1]) / 2.0, at)


def _conductivity(temperature_k: Any) -> Any:
    return 29_900.0 / (np.maximum(temperature_k, 200.0) - 99.0)  # colder than the table only on an integrator's way
