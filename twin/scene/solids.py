"""Small flat-shaded solids: boxes, cylinders and prisms merged into one triangle mesh.

Written in NumPy because a tool is a dozen such pieces and a fab a thousand tools: building them here takes
milliseconds, and every triangle keeps the tone (data colour or neutral part) it was made with.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BODY, WHITE, LIGHT, STEEL, DARK, GLASS = range(6)
TONES: Floats = np.array(
    [
        [0.62, 0.68, 0.75],  # BODY: only where there is no data to colour it by
        [0.95, 0.96, 0.97],
        [0.84, 0.86, 0.89],
        [0.64, 0.68, 0.72],
        [0.27, 0.30, 0.35],
        [0.42, 0.53, 0.63],
    ]
)
"""Red, green, blue [0-1] of each tone.   (tone, 3)"""


class Solid(NamedTuple):
    """A triangle mesh with a normal a point and a tone a triangle.

    points:    [m]                                   (point, 3)
    normals:   unit vectors                          (point, 3)
    triangles: indices of points                     (triangle, 3)
    tones:     BODY, WHITE, ...                      (triangle,)
    """

    points: Floats
    normals: Floats
    triangles: Ints
    tones: Ints

    def part(self, chosen: NDArray[np.bool_]) -> Solid:
        """The triangles chosen, points shared with the whole.   chosen: (triangle,)"""
        return Solid(self.points, self.normals, self.triangles[chosen], self.tones[chosen])


def rectangle(x0: float, x1: float, y0: float, y1: float, corner: float = 0.0) -> Floats:
    """Anticlockwise outline [m]; `corner` cuts the corners so that edges catch the light.   (corner, 2)"""
    if corner <= 0.0:
        return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    c = min(corner, 0.45 * (x1 - x0), 0.45 * (y1 - y0))
    return np.array(
        [
            [x0 + c, y0], [x1 - c, y0], [x1, y0 + c], [x1, y1 - c],
            [x1 - c, y1], [x0 + c, y1], [x0, y1 - c], [x0, y0 + c],
        ]
    )  # fmt: skip


def circle(x: float, y: float, radius: float, sides: int, phase: float = 0.0) -> Floats:
    """Anticlockwise regular polygon [m]; `phase` in radians.   (side, 2)"""
    angle = phase + 2.0 * np.pi * np.arange(sides) / sides
    return np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])


class Kit:
    """Collects pieces; `done()` merges them."""

    def __init__(self) -> None:
        self._points: list[Floats] = []
        self._normals: list[Floats] = []
        self._triangles: list[Ints] = []
        self._tones: list[Ints] = []
        self._count = 0

    def _add(self, points: Floats, normals: Floats, triangles: Ints, tone: int) -> None:
        self._points.append(points)
        self._normals.append(normals)
        self._triangles.append(triangles + self._count)
        self._tones.append(np.full(len(triangles), tone))
        self._count += len(points)

    def prism(
        self,
        outline: Floats,
        low: float,
        high: float,
        tone: int = BODY,
        *,
        bevel: float = 0.0,
        smooth: bool = False,
        axis: str = "z",
    ) -> Kit:
        """A convex anticlockwise outline (corner, 2) [m] drawn from low to high [m] along `axis`.

        The outline is in (x, y) for axis z, (y, z) for axis x and (z, x) for axis y. `bevel` [m] draws the
        top edge in; `smooth` shades the sides as one curved surface.
        """
        bevel = min(bevel, 0.45 * (high - low))
        rings = [(outline, low), (outline, high - bevel)]
        if bevel > 0.0:
            rings.append((_inset(outline, bevel), high))
        order = {"z": [0, 1, 2], "x": [2, 0, 1], "y": [1, 2, 0]}[axis]
        loops = [np.column_stack([ring, np.full(len(ring), z)])[:, order] for ring, z in rings]
        for lower, upper in pairwise(loops):
            self._band(lower, upper, tone, smooth)
        direction = np.zeros(3)
        direction["xyz".index(axis)] = 1.0
        self._cap(loops[-1], direction, tone)
        if axis != "z":
            self._cap(loops[0][::-1], -direction, tone)
        return self

    def _band(self, lower: Floats, upper: Floats, tone: int, smooth: bool) -> None:
        """Quads between two loops of the same length."""
        n = len(lower)
        after = np.roll(np.arange(n), -1)
        face = np.cross(lower[after] - lower, upper - lower)
        face /= np.maximum(np.linalg.norm(face, axis=1, keepdims=True), 1e-12)
        start = end = face
        if smooth:
            corner = face + np.roll(face, 1, axis=0)
            corner /= np.maximum(np.linalg.norm(corner, axis=1, keepdims=True), 1e-12)
            start, end = corner, corner[after]
        points = np.stack([lower, lower[after], upper[after], upper], axis=1).reshape(-1, 3)
        normals = np.stack([start, end, end, start], axis=1).reshape(-1, 3)
        base = 4 * np.arange(n)[:, None]
        triangles = np.concatenate([base + np.array([0, 1, 2]), base + np.array([0, 2, 3])])
        self._add(points, normals, triangles, tone)

    def _cap(self, loop: Floats, normal: Floats, tone: int) -> None:
        """A fan over a convex loop."""
        n = len(loop)
        middle = np.arange(1, n - 1)
        fan = np.column_stack([np.zeros_like(middle), middle, middle + 1])
        self._add(loop, np.tile(normal, (n, 1)), fan, tone)

    def box(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        z: tuple[float, float],
        tone: int = BODY,
        bevel: float = 0.0,
    ) -> Kit:
        """A box between the given limits [m], its upright and top edges bevelled."""
        return self.prism(rectangle(*x, *y, corner=bevel), *z, tone, bevel=bevel)

    def cylinder(
        self,
        x: float,
        y: float,
        radius: float,
        z: tuple[float, float],
        tone: int = BODY,
        *,
        sides: int = 16,
        bevel: float = 0.0,
    ) -> Kit:
        """An upright cylinder [m]."""
        return self.prism(circle(x, y, radius, sides), *z, tone, bevel=bevel, smooth=True)

    def done(self) -> Solid:
        """All pieces as one mesh."""
        return Solid(
            np.concatenate(self._points),
            np.concatenate(self._normals),
            np.concatenate(self._triangles),
            np.concatenate(self._tones),
        )


def _inset(outline: Floats, by: float) -> Floats:
    """A convex anticlockwise outline drawn in by `by` [m], each edge moved along its inner normal."""
    edge = np.roll(outline, -1, axis=0) - outline
    inner = np.column_stack([-edge[:, 1], edge[:, 0]]) / np.linalg.norm(edge, axis=1, keepdims=True)
    before = np.roll(inner, 1, axis=0)
    middle = inner + before
    # A corner moves along the bisector, further the sharper it is; the cap keeps needle corners sane.
    scale = by / np.maximum(0.5 * (1.0 + np.sum(inner * before, axis=1)), 0.2)
    moved: Floats = outline + 0.5 * middle * scale[:, None]
    return moved


def stamp(solid: Solid, at: Floats, turn: Floats) -> tuple[Solid, Ints]:
    """Copies of a solid, each turned about the vertical and moved; and the copy each triangle belongs to.

    at:   feet of the copies, x y z [m]     (copy, 3)
    turn: anticlockwise from above [rad]    (copy,)
    returns the merged solid, and           (copy * triangle,)
    vtkGlyph3D is not used: it orients by half turns about the bisector, which stands a tool on its head.
    """
    copies, points = len(at), len(solid.points)
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]

    def turned(vectors: Floats) -> Floats:
        x, y, z = vectors.T
        return np.stack([cos * x - sin * y, sin * x + cos * y, np.broadcast_to(z, (copies, points))], axis=2)

    places = (turned(solid.points) + at[:, None, :]).reshape(-1, 3)
    triangles = solid.triangles[None] + (points * np.arange(copies))[:, None, None]
    merged = Solid(
        places,
        turned(solid.normals).reshape(-1, 3),
        triangles.reshape(-1, 3),
        np.tile(solid.tones, copies),
    )
    return merged, np.repeat(np.arange(copies), len(solid.triangles))


def join(solids: list[Solid]) -> Solid:
    """Several solids as one."""
    starts = np.cumsum([0] + [len(s.points) for s in solids[:-1]])
    return Solid(
        np.concatenate([s.points for s in solids]),
        np.concatenate([s.normals for s in solids]),
        np.concatenate([s.triangles + start for s, start in zip(solids, starts, strict=True)]),
        np.concatenate([s.tones for s in solids]),
    )
