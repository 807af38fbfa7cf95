"""Patterns of damage on a wafer: which share of a pattern's defects falls on which die, and how many dies that kills.

    ring:      density ~ exp(-(r - R)^2 / (2 w^2)) about the wafer's centre; an edge ring has R at the usable edge
    centre:    normal about the wafer's centre, standard deviation w
    burst:     normal about a place anywhere on the usable wafer: one cluster of a Thomas process
    scratch:   normal across an arc whose middle lies anywhere, its direction and its bend too
    random:    the same everywhere

Each density is 1 over the usable wafer, a disc; what lies on its dies is less, by the rim that holds no whole die. A
struck wafer has Poisson(D) killers, each placed by the density on its own, so that a die has Poisson(D p) of them,
independent of the other dies, p its share; the chance that it has none is exp(-D p), averaged over the places that a
burst or a scratch may take. Normals and discs are exact (a scratch is a row of normals no further apart than their
standard deviation), rings by Gauss-Legendre panels on each die, places by `PLACED` points of Halton's sequence.
Sizes are shares of the wafer's radius. Shapes after the classes of WM-811K: Wu, M.-J., Jang, J.-S. R., and Chen, J.-L.
(2015), IEEE Transactions on Semiconductor Manufacturing 28, 1-12; sizes and bend are this project's choice.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from twin.process.dies import Dies
from twin.process.law import Floats
from twin.process.limits import within
from twin.process.special import special

PLACES = 4
"""Uniform numbers that say where a burst or a scratch lies: two for its middle, its direction, its bend."""
PLACED, LEAST_PLACED, ENOUGH_DIES = 1024, 128, 1 << 20
"""Places that an expected share is averaged over; fewer on wafers of many dies, whose mean smooths it: so many dies
times places are enough."""
PRIMES = (2, 3, 5, 7)
MOST_BEND = 1.5
"""Furthest that a scratch turns over its length [rad]."""
FEWEST_NODES, MOST_NODES, NODES_A_WIDTH = 4, 48, 3.0
MOVING = ("scratch", "burst")
KINDS = ("scratch", "edge_ring", "ring", "centre", "burst", "random")


class Pattern(NamedTuple):
    """A pattern: one of `KINDS`; radius of a ring, standard deviation across, length of a scratch [wafer radius]."""

    kind: str
    radius: float = 0.0
    width: float = 0.0
    length: float = 0.0

    def check(self) -> Pattern:
        """The pattern, or a ValueError for one that cannot be."""
        if self.kind not in KINDS:
            raise ValueError(f"no pattern {self.kind!r}; choose one of {', '.join(KINDS)}")
        for name, value in (("radius", self.radius), ("length", self.length)):
            within(name, value, 0.0, 1.0, "of the wafer's radius")
        within("width", self.width, 0.0 if self.kind == "random" else 1e-3, 1.0, "of the wafer's radius")
        return self


class Ground(NamedTuple):
    """The wafer that a pattern lies on: its whole dies, a die's sides, usable radius and radius of the wafer [mm]."""

    dies: Dies
    width: float
    height: float
    usable: float
    radius: float


def intensity(pattern: Pattern, ground: Ground, place: Floats) -> Floats:
    """Share of a pattern's defects that falls on each die   (die,).

    place: uniform numbers in (0, 1), which only a burst and a scratch look at   (PLACES,)
    raises ValueError for a pattern that cannot be
    """
    kind, radius, width, _ = pattern.check()
    if kind == "random":
        share = ground.width * ground.height / (math.pi * ground.usable**2)
        return np.full(ground.dies.x.size, share)
    if kind in {"ring", "edge_ring"}:
        middle = ground.usable if kind == "edge_ring" else radius * ground.radius
        return _ring(ground, middle, width * ground.radius)
    x, y = _middles(pattern, ground, place)
    return _normals(ground, x, y, width * ground.radius)


def survival(pattern: Pattern, ground: Ground, defects: float) -> Floats:
    """Chance of each die of a struck wafer to have no killer of the pattern, over all places it may take   (die,).

    defects: mean killers on a struck wafer [-]
    """
    within("defects", defects, 0.0)
    if pattern.kind not in MOVING:
        return np.exp(-defects * intensity(pattern, ground, np.full(PLACES, 0.5)))
    total = np.zeros(ground.dies.x.size)
    places = min(PLACED, max(LEAST_PLACED, ENOUGH_DIES // max(total.size, 1)))
    for place in even_points(places, PLACES):
        total += np.exp(-defects * intensity(pattern, ground, place))
    return total / places


def killed(pattern: Pattern, ground: Ground, defects: float) -> float:
    """Expected share of the dies of a struck wafer that the pattern kills; defects as for `survival`."""
    return float(1.0 - survival(pattern, ground, defects).mean())


def even_points(count: int, axes: int) -> Floats:
    """Evenly spread points of the unit cube: digits of 1, 2, ... in the first primes, mirrored   (count, axes).

    Halton, J. H. (1960), Numerische Mathematik 2, 84-90.
    """
    points = np.zeros((count, axes))
    for axis, base in enumerate(PRIMES[:axes]):
        left, digit = np.arange(1, count + 1), 1.0
        while left.any():
            digit /= base
            points[:, axis] += digit * (left % base)
            left //= base
    return points


def _middles(pattern: Pattern, ground: Ground, place: Floats) -> tuple[Floats, Floats]:
    """Middles of the normals that a pattern is made of [mm]   (point,) each."""
    if pattern.kind == "centre":
        return np.zeros(1), np.zeros(1)
    distance, turn = ground.usable * math.sqrt(place[0]), 2 * math.pi * place[1]
    x, y = distance * math.cos(turn), distance * math.sin(turn)
    if pattern.kind == "burst":
        return np.array([x]), np.array([y])
    points = math.ceil(pattern.length / pattern.width) + 1
    along = (np.arange(points) - (points - 1) / 2) * (pattern.length * ground.radius / max(points - 1, 1))
    bend = MOST_BEND * (2 * place[3] - 1) / (pattern.length * ground.radius)  # curvature [1/mm]
    heading = 2 * math.pi * place[2] + bend * along / 2  # of the chord from the arc's middle
    chord = along * np.sinc(bend * along / (2 * math.pi))
    return x + chord * np.cos(heading), y + chord * np.sin(heading)


def _normals(ground: Ground, x: Floats, y: Floats, sigma: float) -> Floats:
    """Share of each die in equal normals about these middles [mm], of what lies on the usable wafer   (die,)."""
    dies = ground.dies
    shares = []
    for middle, die, place, side in ((x, dies.x, dies.column, ground.width), (y, dies.y, dies.row, ground.height)):
        grid = np.zeros(int(place.max()) + 1)
        grid[place] = die
        low = (grid - side / 2 - middle[:, None]) / sigma
        shares.append(special().ndtr(low + side / sigma) - special().ndtr(low))
    # a normal is a product, so its shares of columns and of rows are enough
    on_dies = (shares[1].T @ shares[0])[dies.row, dies.column]
    inside = special().chndtr((ground.usable / sigma) ** 2, 2, (x**2 + y**2) / sigma**2)
    found: Floats = on_dies / inside.sum()
    return found


def _ring(ground: Ground, middle: float, sigma: float) -> Floats:
    """Share of each die in a ring of this radius and standard deviation across [mm]   (die,)."""
    largest = max(ground.width, ground.height)
    nodes = min(MOST_NODES, FEWEST_NODES + math.ceil(NODES_A_WIDTH * largest / sigma))
    t, weight = np.polynomial.legendre.leggauss(nodes)
    found = np.zeros(ground.dies.x.size)
    for across, part in zip(t, weight, strict=True):  # one row of nodes at a time, for wafers of many dies
        x = ground.dies.x[:, None] + ground.width / 2 * t
        r = np.hypot(x, (ground.dies.y + ground.height / 2 * across)[:, None])
        found += part * (np.exp(-((r - middle) ** 2) / (2 * sigma**2)) @ weight)
    ndtr = special().ndtr
    ends = np.array([-middle, ground.usable - middle]) / sigma
    steep = sigma**2 * (math.exp(-(ends[0] ** 2) / 2) - math.exp(-(ends[1] ** 2) / 2))
    flat = middle * sigma * math.sqrt(2 * math.pi) * float(ndtr(ends[1]) - ndtr(ends[0]))
    whole = 2 * math.pi * (steep + flat)
    shares: Floats = found * (ground.width * ground.height / 4) / whole
    return shares
