"""Robot and conveyor moves from rest to rest: trapezoid, triangle, and the seven segments of limited jerk.

    trapezoid  d >= v^2/a:  T = d/v + v/a          triangle  d < v^2/a:  T = 2 sqrt(d/a)
    jerk       up to a speed u:  s(u) = u/a + a/j   if a is reached (u >= a^2/j), else 2 sqrt(u/j)
               T = d/u + s(u),  u = v if d >= v s(v), else the u with u s(u) = d:
               u = (a/2) (sqrt((a/j)^2 + 4 d/a) - a/j)  if d >= 2 a^3/j^2, else (d sqrt(j) / 2)^(2/3)

d distance [m or rad], v speed, a acceleration, j jerk, each the most that is allowed. All four cases of the jerk
(speed reached or not, acceleration reached or not) are one formula in the top speed u. As j grows without end the
times of the trapezoid come back. Along one axis or one path; left out: the joints' coupling, blending of moves, the
time to settle, which is the controller's.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from twin.process.arrays import namespace
from twin.process.limits import within


class Phases(NamedTuple):
    """How long the segments of a jerk-limited move last [s]   (n,) each.

    jerk:   each of the four segments in which the acceleration changes
    steady: each of the two of constant acceleration; 0 where it is not reached
    cruise: the one of constant speed; 0 where that is not reached
    """

    jerk: Any
    steady: Any
    cruise: Any

    @property
    def total(self) -> Any:
        """The whole move [s]   (n,)."""
        return 4.0 * self.jerk + 2.0 * self.steady + self.cruise


def move_time(distance: Any, speed: Any, acceleration: Any) -> Any:
    """Time of a move from rest to rest, trapezoid or triangle.

    distance [m], speed [m/s], acceleration [m/s2], the most allowed       (n,) each, broadcast; or rad for m
    returns  [s] (n,), 0 for no distance; raises ValueError for a negative distance or a limit that is not above 0
    """
    _check(distance, speed, acceleration)
    xp = namespace(distance, speed, acceleration)
    top = xp.minimum(speed, xp.sqrt(distance * acceleration))
    still = xp.asarray(distance) == 0
    return xp.where(still, 0.0, distance / xp.where(still, 1.0, top) + top / acceleration)


def phases(distance: Any, speed: Any, acceleration: Any, jerk: Any) -> Phases:
    """The segments of a jerk-limited move from rest to rest.

    distance [m], speed [m/s], acceleration [m/s2], jerk [m/s3], the most allowed   (n,) each, broadcast; or rad for m
    returns  their times [s]; raises ValueError for a negative distance or a limit that is not above 0
    """
    _check(distance, speed, acceleration)
    within("jerk", jerk, 1e-9, unit="m/s3")
    xp = namespace(distance, speed, acceleration, jerk)
    ramp = acceleration / jerk  # to the full acceleration [s]
    full = distance >= 2.0 * acceleration * ramp * ramp
    # a sqrt difference would cancel for short ramps: its conjugate
    with_full = 2.0 * distance / (ramp + xp.sqrt(ramp * ramp + 4.0 * distance / acceleration))
    without = xp.cbrt(jerk * distance * distance / 4.0)
    top = xp.minimum(speed, xp.where(full, with_full, without))
    jerking = xp.minimum(xp.sqrt(top / jerk), ramp)
    steady = xp.maximum(top / acceleration - ramp, 0.0)
    speeding = 2.0 * jerking + steady
    still = xp.asarray(distance) == 0
    cruise = xp.maximum(distance / xp.where(still, 1.0, top) - speeding, 0.0)
    return Phases(jerking, steady, xp.where(still, 0.0, cruise))


def jerk_limited_time(distance: Any, speed: Any, acceleration: Any, jerk: Any) -> Any:
    """Time of a jerk-limited move from rest to rest [s]   (n,); arguments and limits of `phases`."""
    return phases(distance, speed, acceleration, jerk).total


def conveyor_takt(pitch: Any, speed: Any) -> Any:
    """Time between two carriers of a conveyor that runs [s]   (n,): pitch [m] over speed [m/s]."""
    within("speed", speed, 1e-9, unit="m/s")
    return pitch / speed


def _check(distance: Any, speed: Any, acceleration: Any) -> None:
    within("distance", distance, 0.0, unit="m")
    within("speed", speed, 1e-9, unit="m/s")
    within("acceleration", acceleration, 1e-9, unit="m/s2")
