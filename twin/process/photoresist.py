"""Positive photoresist: what light leaves of its inhibitor (Dill), and how fast developer then takes it (Mack).

    m = exp(-C I E)                                                inhibitor left where the light is I E
    dE/dz = -(A (1 - m) / C + B E),  m = exp(-C E)                 dose in the depth of a bleaching resist
    r = r_max (a + 1) (1 - m)^n / (a + (1 - m)^n) + r_min,   a = (n + 1) / (n - 1) (1 - m_th)^n

m is 1 unexposed, I relative to the open frame, E a dose [mJ/cm2], A and B the bleachable and the other absorption
[1/um], C the rate of exposure [cm2/mJ]. The second line is the integral of Dill's dI/dz = -I (A m + B) and
dm/dt = -C I m over time; with B = 0 it is exp(C E) - 1 = (exp(C E_0) - 1) exp(-A z). Typical of g- and i-line resists:
A 0.5 to 1 /um, B 0.03 to 0.1 /um, C 0.01 to 0.05 cm2/mJ. Left out: standing waves, diffusion in the bake, chemical
amplification, and the slower surface of the resist.
Dill, F. H., et al. (1975), IEEE Transactions on Electron Devices 22, 445-452; Babu, S. V., and Barouch, E. (1986),
IEEE Electron Device Letters 7, 252-253; Mack, C. A. (1987), Journal of the Electrochemical Society 134, 148-152.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.process.arrays import namespace
from twin.process.law import Floats
from twin.process.limits import within


def inhibitor(intensity: Any, dose: Any, rate: float) -> Any:
    """Share of the inhibitor that is left, where the resist does not absorb (Dill).

    intensity: open frame 1; dose [mJ/cm2]; arrays of one shape or that broadcast; rate: Dill's C [cm2/mJ]
    raises ValueError for negative light
    """
    within("intensity", intensity, 0.0)
    within("dose", dose, 0.0, unit="mJ/cm2")
    within("rate", rate, 0.0, unit="cm2/mJ")
    return namespace(intensity, dose).exp(-rate * intensity * dose)


def dose_in_depth(dose: Any, depth: Any, bleachable: float, steady: float, rate: float) -> Floats:
    """Dose that reaches a depth of a resist which bleaches, by ODE in depth to 1e-9.

    dose:       at the surface [mJ/cm2]   (n,)
    depth:      below it [um], rising from 0   (depth,)
    bleachable: Dill's A [1/um]; steady: B [1/um]; rate: C [cm2/mJ], above 0
    returns     [mJ/cm2] (depth, n); feed it to `inhibitor` with intensity 1. NumPy only
    raises      ValueError for negative arguments and depths out of order
    """
    from scipy.integrate import solve_ivp

    surface, at = np.atleast_1d(np.asarray(dose, dtype=np.float64)), np.atleast_1d(np.asarray(depth, dtype=np.float64))
    within("dose", surface, 0.0, 1e5, "mJ/cm2")
    within("depth", at, 0.0, 100.0, "um")
    within("bleachable", bleachable, 0.0, 100.0, "/um")
    within("steady", steady, 0.0, 100.0, "/um")
    within("rate", rate, 1e-9, unit="cm2/mJ")
    if (np.diff(at) < 0).any():
        raise ValueError("depth falls along its array; write depths that rise from the surface")

    def taken(_: float, left: Floats) -> Floats:
        return bleachable * np.expm1(-rate * left) / rate - steady * left

    if at[-1] == 0.0:
        return np.broadcast_to(surface, (at.size, surface.size)).copy()
    found = solve_ivp(taken, (0.0, at[-1]), surface, method="DOP853", t_eval=at, rtol=1e-10, atol=1e-12)
    passed: Floats = found.y.T
    return passed


def mack_rate(left: Any, fastest: float, slowest: float = 0.0, steepness: float = 5.0, threshold: float = 0.5) -> Any:
    """Rate of development [nm/s] (Mack 1987).

    left:      inhibitor that exposure left, 0 to 1   (any shape)
    fastest:   r_max, exposed wholly [nm/s]; slowest: r_min, unexposed [nm/s]
    steepness: n, molecules of inhibitor that must react, above 1; threshold: m_th, where the rate bends, 0 to 1
    raises     ValueError outside these ranges
    """
    within("inhibitor left", left, 0.0, 1.0)
    within("fastest", fastest, 0.0, unit="nm/s")
    within("slowest", slowest, 0.0, unit="nm/s")
    within("threshold", threshold, -1e3, 1.0)  # resists below 0 have been fitted: no bend in reach
    if steepness <= 1.0:
        raise ValueError(f"steepness {steepness:.6g} is not above 1, where Mack's a has no value; write n above 1")
    reacted = (1.0 - left) ** steepness
    bend = (steepness + 1.0) / (steepness - 1.0) * (1.0 - threshold) ** steepness
    # at threshold 1 the bend is 0, and 0 / 0 of what is unexposed stands for no rate
    share = reacted / namespace(left).maximum(bend + reacted, np.finfo(np.float64).tiny)
    return fastest * (bend + 1.0) * share + slowest
