"""Molecules through a hole: the share that reaches the bottom when walls only scatter (Clausing's transmission).

    w(x) = F(L - x) + integral of k(|x - y|) w(y) dy,   K = F_through + c integral of F(x) w(x) dx

w is the chance that a molecule which leaves the wall at x goes out at the far end, F what a place on the wall sees of
an end, k what it sees of the wall elsewhere, c F(x) what the entrance sees of the wall (reciprocity). Lengths in
diameters of a round hole, or widths of a long slit between two walls:
    cylinder  F(s) = (s^2 + 1/2) / sqrt(s^2 + 1) - s,   k(s) = 1 - (2 s^3 + 3 s) / (2 (s^2 + 1)^1.5),   c = 4
    slit      F(s) = (1 - s / sqrt(s^2 + 1)) / 2,       k(s) = 1 / (2 (s^2 + 1)^1.5),                   c = 2
Since w + integral of k + both F make 1, the equation is solved for differences w(y) - w(x) at Gauss points, which
takes the corner of k at 0 away. Clausing, P. (1932), Annalen der Physik 404, 961-989.

Holds for walls that scatter by the cosine law and gas so thin that molecules meet the walls only, and for holes of
constant width up to 100 radii deep. K 0.6720, 0.5142, 0.1909 and 0.1093 for cylinders of 1, 2, 10 and 20 radii.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from twin.process.arrays import namespace
from twin.process.limits import within
from twin.process.words import word

DEEPEST = 100.0
"""Deeper holes are no etch holes [radii]."""
_POINTS, _POINTS_PER_LENGTH = 64, 8
"""Points along the wall, and more for each diameter or width of depth: the kernel is about one wide."""


class _Shape(NamedTuple):
    """View factors of a hole, lengths in diameters or widths.

    end: F;  wall: k;  through: what one end sees of the other;  reciprocity: c
    """

    end: Callable[[Any], Any]
    wall: Callable[[Any], Any]
    through: Callable[[float], float]
    reciprocity: float


def _disc_to_disc(length: float) -> float:
    twice = 1.0 + 2.0 * length**2
    return float(twice - np.sqrt(twice**2 - 1.0))


SHAPES: dict[str, _Shape] = {
    "cylinder": _Shape(
        end=lambda s: (s**2 + 0.5) / np.sqrt(s**2 + 1.0) - s,
        wall=lambda s: 1.0 - (2.0 * s**3 + 3.0 * s) / (2.0 * (s**2 + 1.0) ** 1.5),
        through=_disc_to_disc,
        reciprocity=4.0,
    ),
    "slit": _Shape(
        end=lambda s: 0.5 * (1.0 - s / np.sqrt(s**2 + 1.0)),
        wall=lambda s: 0.5 / (s**2 + 1.0) ** 1.5,
        through=lambda length: float(np.hypot(1.0, length) - length),
        reciprocity=2.0,
    ),
}


def clausing_transmission(length_over_radius: Any, shape: str = "cylinder") -> Any:
    """Share of the molecules at the mouth of a hole that come out at its other end [-].

    length_over_radius: depth over the radius of a `cylinder`, or over half the width of a `slit` [-], 0 to 100
                        (any shape);  returns the same shape, to 2e-5
    raises              ValueError for an unknown shape and deeper holes.  Clausing (1932)
    """
    word("shape", shape, SHAPES)
    within("length_over_radius", length_over_radius, 0.0, DEEPEST)
    xp = namespace(length_over_radius)
    # the few different depths are solved on the CPU, some hundred equations each
    different, places = xp.unique(xp.asarray(length_over_radius, dtype=xp.float64), return_inverse=True)
    found = xp.asarray([_transmission(ratio, shape) for ratio in different.tolist()])
    return found[places].reshape(xp.shape(length_over_radius))[()]


@lru_cache(maxsize=4096)
def _transmission(ratio: float, shape: str) -> float:
    """One hole's transmission, by Gauss-Legendre points along its wall."""
    of, length = SHAPES[shape], ratio / 2.0
    if length == 0.0:
        return 1.0
    points, weights = np.polynomial.legendre.leggauss(math.ceil(_POINTS + _POINTS_PER_LENGTH * length))
    x, weights = (points + 1.0) * length / 2.0, weights * length / 2.0
    seen = of.wall(np.abs(x[:, None] - x[None, :])) * weights
    near, far = of.end(x), of.end(length - x)
    # w F(x) + w F(L - x) + sum of k (w - w_y) = F(L - x): the sum's diagonal vanishes, whatever the rule gives there
    matrix = np.diag(near + far + seen.sum(axis=1)) - seen
    leaving = np.linalg.solve(matrix, far)
    return float(of.through(length) + of.reciprocity * (weights * near * leaving).sum())
