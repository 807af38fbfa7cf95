"""The light source of a projection lens, in the pupil, and how to integrate over it.

A source is a sum of uniform discs with weights; places are in units of the lens's numerical aperture (sigma):

    circular  sigma                     one disc; sigma 0: a point, coherent light
    annular   inner, outer              the outer disc less the inner one
    dipole    centre, radius            two discs (or points) at +-centre along x or y

For lines and spaces the image depends on the source only through which orders pass the pupil, and with which phase.
`line_nodes` cuts every disc along the edges of the shifted pupils, where the integrand jumps, and puts Gauss-Legendre
nodes into each piece, with x = middle + half sin(pi t / 2), which takes the square roots out of the ends. In focus
that gives areas of circle lenses to 1e-8, where pixels of a source of 2,800 points give 1e-4.
For two-dimensional masks `pixels` gives square pixels, weighted by the share of each that lies in the source.

Left out: poles of uneven brightness, polarisation, flare. Sources reach to sigma 1 at most.
Goodman, J. W. (2005), Introduction to Fourier Optics; Wong, A. K. (2005), Optical Imaging in Projection
Microlithography, for the words.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np

from twin.process.law import Floats
from twin.process.limits import within

FINE = 16
"""Sub-pixels along a side by which the share of a pixel in the source is found."""


class Disc(NamedTuple):
    """A uniform disc of a source: middle and radius [sigma], brightness; radius 0: a point of that power."""

    x: float
    y: float
    radius: float
    weight: float


class Nodes(NamedTuple):
    """Places of a source and their weights, which sum to 1: x, y [sigma], weight [-]   (node,) each."""

    x: Floats
    y: Floats
    weight: Floats


class Source(NamedTuple):
    """A light source: uniform discs, or points."""

    discs: tuple[Disc, ...]

    @property
    def reach(self) -> float:
        """The largest distance from the axis [sigma]."""
        return max(math.hypot(d.x, d.y) + d.radius for d in self.discs)


def circular(sigma: float) -> Source:
    """A disc of radius sigma [of the aperture, 0 to 1]; 0: a point on the axis, coherent light."""
    within("sigma", sigma, 0.0, 1.0)
    return Source((Disc(0.0, 0.0, sigma, 1.0),))


def annular(inner: float, outer: float) -> Source:
    """A ring [sigma].

    raises ValueError unless 0 <= inner < outer <= 1
    """
    within("sigma_outer", outer, 0.0, 1.0)
    within("sigma_inner", inner, 0.0, 1.0)
    if inner >= outer:
        raise ValueError(f"sigma_inner {inner:.6g} is not below sigma_outer {outer:.6g}; write a ring with some width")
    ring = Disc(0.0, 0.0, outer, 1.0)
    return Source((ring, Disc(0.0, 0.0, inner, -1.0)) if inner else (ring,))


def dipole(centre: float, radius: float = 0.0, along: Literal["x", "y"] = "x") -> Source:
    """Two poles at +-centre, discs of a radius, or points [sigma].

    raises ValueError where the poles overlap, or leave the aperture
    """
    if along not in ("x", "y"):
        raise ValueError(f"no axis {along!r}; write 'x' or 'y'")
    within("centre of the poles", centre, 0.0, 1.0)
    within("radius of the poles", radius, 0.0, 1.0 - centre + 1e-12)
    if centre < radius or centre == 0.0:
        raise ValueError(f"poles of radius {radius:.6g} at +-{centre:.6g} overlap; move them apart, or shrink them")
    places = ((centre, 0.0), (-centre, 0.0)) if along == "x" else ((0.0, centre), (0.0, -centre))
    return Source(tuple(Disc(x, y, radius, 1.0) for x, y in places))


def point(x: float, y: float = 0.0) -> Source:
    """One point of a source [sigma]."""
    within("distance of the point from the axis", math.hypot(x, y), 0.0, 1.0)
    return Source((Disc(x, y, 0.0, 1.0),))


def line_nodes(source: Source, step: float, orders: int, per_cell: int = 8) -> Nodes:
    """Quadrature over a source for lines along y: exact at the edges of the pupil for every order.

    source:   discs or points
    step:     from order to order in the pupil, wavelength / (pitch NA) [sigma]
    orders:   the highest that may pass; the pupil's edge is drawn for -orders to orders
    per_cell: nodes along x and along y in a piece between edges; more for strong defocus
    returns   nodes (node,), weights of sum 1
    """
    pupils: Floats = -step * np.arange(-orders, orders + 1, dtype=np.float64)
    parts = [_disc_nodes(disc, pupils, per_cell) for disc in source.discs]
    x, y, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Nodes(x, y, weight / weight.sum())


def pixels(source: Source, across: int) -> Nodes:
    """Square pixels of a source, each weighted by the share of it that lies in the discs.

    source: discs, or points, which are kept as they are
    across: pixels over the width -1 to 1 of the aperture; 60 give about 2,800 in a full one
    """
    if all(disc.radius == 0 for disc in source.discs):
        x, y, _, weight = np.array(source.discs).T
        return Nodes(x, y, weight / weight.sum())
    fine = (np.arange(across * FINE) + 0.5) * 2 / (across * FINE) - 1
    bright = np.zeros((fine.size, fine.size))
    for disc in source.discs:
        bright += disc.weight * ((fine[None, :] - disc.x) ** 2 + (fine[:, None] - disc.y) ** 2 <= disc.radius**2)
    shares = bright.reshape(across, FINE, across, FINE).mean(axis=(1, 3))
    row, column = np.nonzero(shares > 0)
    middle = (np.arange(across) + 0.5) * 2 / across - 1
    weight = shares[row, column]
    return Nodes(middle[column], middle[row], weight / weight.sum())


def _disc_nodes(disc: Disc, pupils: Floats, per_cell: int) -> Nodes:
    """Nodes over one disc, cut along unit circles with their middles at `pupils` on the x axis   (order,)."""
    if disc.radius == 0:
        return Nodes(np.array([disc.x]), np.array([disc.y]), np.array([disc.weight]))
    t, w = np.polynomial.legendre.leggauss(per_cell)
    cuts = _cuts(disc, pupils)
    half, middle = np.diff(cuts)[:, None] / 2, ((cuts[1:] + cuts[:-1]) / 2)[:, None]
    x = (middle + half * np.sin(np.pi / 2 * t)).ravel()
    x_weight = (half * np.pi / 2 * np.cos(np.pi / 2 * t) * w).ravel()

    chord = np.sqrt(np.maximum(disc.radius**2 - (x - disc.x) ** 2, 0.0))[:, None]
    edge = np.sqrt(np.maximum(1.0 - (x[:, None] - pupils) ** 2, 0.0))
    low, high, fold = disc.y - chord, disc.y + chord, 1.0
    if disc.y == 0:  # the lower half does what the upper does
        low, fold = 0.0 * chord, 2.0
        edges = edge
    else:
        edges = np.hstack([-edge, edge])
    ends = np.sort(np.hstack([low, np.clip(edges, low, high), high]), axis=1)
    half, middle = np.diff(ends, axis=1)[:, :, None] / 2, ((ends[:, 1:] + ends[:, :-1]) / 2)[:, :, None]
    y = middle + half * t
    weight = fold * disc.weight * x_weight[:, None, None] * half * w
    kept = np.broadcast_to(half > 1e-13, y.shape)  # pieces of no height hold nothing
    return Nodes(np.broadcast_to(x[:, None, None], y.shape)[kept], y[kept], weight[kept])


def _cuts(disc: Disc, pupils: Floats) -> Floats:
    """Where along x the pieces of a disc change their kind: ends, pupils' ends, and crossings of circles."""
    low, high = disc.x - disc.radius, disc.x + disc.radius
    away = np.hypot(disc.x - pupils, disc.y)
    off = away > 1e-12
    along = (1.0 - disc.radius**2 + away[off] ** 2) / (2 * away[off])
    across = np.sqrt(np.maximum(1.0 - along**2, 0.0))  # circles that do not meet give a harmless extra cut
    foot = pupils[off] + along * (disc.x - pupils[off]) / away[off]
    lean = across * disc.y / away[off]
    between = (pupils[1:] + pupils[:-1]) / 2
    cuts = np.concatenate([[low, high], pupils - 1, pupils + 1, pupils, between, foot - lean, foot + lean])
    cuts = np.unique(np.clip(cuts, low, high))
    kept: Floats = cuts[np.concatenate([[True], np.diff(cuts) > 1e-12])]
    return kept
