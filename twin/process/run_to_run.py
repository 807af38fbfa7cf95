"""Run-to-run control of a recipe by an EWMA of what the process was off: what drift, noise and delay leave.

    y_t = d_t + b u_t,   u_t = (target - a_t) / beta,   a_(t+1) = a_t + lambda (y_(t-delay) - target)
    ramp of d by r a run:     y - target -> r / (lambda xi),                 xi = b / beta
    white noise:              Var(y) = sigma^2 2 / (2 - lambda xi)           without delay
    stable if                 0 < lambda xi < 2 sin(pi / (2 (2 delay + 1)))  2 without delay, 1 with one run

b is the process's gain, beta the one the controller believes; with no delay the recursion is that of
a_t + lambda (y_t - beta u_t - a_t), the usual form. The bound with delay is that of the roots of
z^(delay + 1) - z^delay + lambda xi = 0. The variance with delay is the sum of squares of the impulse response, by
Lyapunov's equation.
Holds for one thread of tool and recipe with a constant gain; runs are counted, not hours.
Ingolfsson, A., and Sachs, E. (1993), Journal of Quality Technology 25, 271-287; Levin, S. A., and May, R. M. (1976),
Theoretical Population Biology 9, 178-187, for the bound with delay.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from twin.process.arrays import namespace
from twin.process.limits import within

MOST_DELAY = 500


def largest_gain_ratio(weight: Any, delay: Any = 0) -> Any:
    """Largest b / beta at which the controller is stable [-]: at it and above, errors grow.

    weight: lambda, above 0 to 1; delay: runs from a run to the first that its measurement moves, less one;
    scalars or arrays that broadcast
    """
    within("weight", weight, 1e-9, 1.0)
    within("delay", delay, 0, MOST_DELAY, "runs")
    xp = namespace(weight, delay)
    return 2.0 * xp.sin(math.pi / (2.0 * (2.0 * xp.asarray(delay) + 1.0))) / weight


def ramp_offset(drift: Any, weight: Any, gain_ratio: Any = 1.0, delay: Any = 0) -> Any:
    """What a steady drift leaves between output and target, in the output's unit.

    drift: of the output a run; weight: lambda; gain_ratio: b / beta; delay [runs]; scalars or arrays that broadcast
    raises ValueError where the controller is not stable, so that no offset settles
    """
    _stable(weight, gain_ratio, delay)
    return drift / (weight * gain_ratio)


def noise_inflation(weight: float, gain_ratio: float = 1.0, delay: int = 0) -> float:
    """Variance of the output over that of its white noise, which a controller chases in vain [-].

    weight: lambda; gain_ratio: b / beta; delay [runs]
    raises ValueError where the controller is not stable
    """
    from scipy.linalg import solve_discrete_lyapunov

    _stable(weight, gain_ratio, delay)
    # state: a now and in the runs before; the newest learns from the error of `delay` runs ago, noise and -xi a
    size = delay + 1
    turn = np.eye(size, k=-1)
    turn[0, 0] = 1.0
    turn[0, -1] -= weight * gain_ratio
    push = np.zeros((size, size))
    push[0, 0] = weight**2
    spread = solve_discrete_lyapunov(turn, push)
    return float(1.0 + gain_ratio**2 * spread[0, 0])


def _stable(weight: Any, gain_ratio: Any, delay: Any) -> None:
    """Refuse controllers whose errors grow."""
    most = largest_gain_ratio(weight, delay)
    within("gain_ratio", gain_ratio, 1e-9)
    xp = namespace(weight, gain_ratio, delay)
    if bool(xp.any(xp.asarray(gain_ratio) >= xp.asarray(most))):
        raise ValueError(
            f"gain_ratio {xp.max(xp.asarray(gain_ratio)):.6g} is not below {xp.min(xp.asarray(most)):.6g}, where the "
            "controller of this weight and delay is stable; write a smaller weight"
        )
