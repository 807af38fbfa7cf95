"""What labels had better not cover: tools, waiting lots, belts and arcs as rectangles on the picture."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.scene.lettering import pixel
from twin.scene.plan import Plan, Rect
from twin.scene.solids import Floats, Ints
from twin.scene.towers import Towers
from twin.scene.view import View

TOOL, CAGED, ARC, BELT = 1.0, 0.5, 0.8, 0.12
"""How much a label hides by covering one of these, a tool being 1."""
CELL = 4.0
"""Side of the squares that cover is counted in [px at 1080 lines]."""

CUTS, FEW = 4, 150
"""Pieces that each of few tools is cut into both ways, for a box seen aslant fills its rectangle badly."""


class Ground(NamedTuple):
    """Things that stand in the picture.

    rects:  where they show [px]                      (thing, 4)
    group:  toolgroup they belong to, -1 = none       (thing,)
    weight: how much is lost where they are covered   (thing,)
    """

    rects: Floats
    group: Ints
    weight: Floats


def ground_of(plan: Plan, towers: Towers, view: View, bottleneck: int | None) -> Ground:
    """Everything a plan shows, as seen."""
    cuts = CUTS if len(plan.group) <= FEW else 1
    parts = [_seen(view, tool_corners(plan, cuts), np.tile(plan.group, cuts * cuts), TOOL)]
    if bottleneck is not None and plan.kind == "line":  # in a fab its frames hold little but its tools
        corners = np.concatenate([frame_corners(plan, bottleneck, run, CUTS) for run in plan.runs(bottleneck)])
        parts.append(_seen(view, corners, np.full(len(corners), bottleneck), TOOL))
    there = np.flatnonzero(towers.lots > 0.0)
    parts.append(_seen(view, _posts(plan.wip_at[there], towers.side, towers.heights()[there]), there, TOOL))
    caged = np.array(towers.caged, dtype=np.int64)
    tops = towers.places[caged] / towers.unit * towers.block
    parts.append(_seen(view, _posts(plan.wip_at[caged], towers.side, tops), caged, CAGED))
    for belt in plan.belts:
        start, end = np.array(belt.start), np.array(belt.end)
        steps = max(2, int(np.hypot(*(end - start)) / 1.5))
        middle = start + np.linspace(0.0, 1.0, steps)[:, None] * (end - start)
        none = np.full(steps, -1)
        parts.append(_seen(view, _posts(middle, 0.85, np.full(steps, 0.4)), none, BELT))
    half = 7.0 * pixel(view.size)
    for loop in plan.loops:
        path = view.project(loop.path(30))[:, :2]
        rects = np.column_stack([path - half, path + half])
        parts.append(Ground(rects, np.full(len(path), -1), np.full(len(path), ARC)))
    return Ground(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def tool_corners(plan: Plan, cuts: int = 1) -> Floats:
    """Corners of the box around each tool, cut along its width and its depth into `cuts` [m].   (piece, 8, 3)"""
    return _boxes(plan.footprints(), plan.sizes[:, 2], cuts)


def frame_corners(plan: Plan, group: int, run: Rect, cuts: int = 1) -> Floats:
    """Corners of the frame around a cluster of a toolgroup's tools, cut as a tool [m].   (piece, 8, 3)"""
    x0, y0, x1, y1 = np.array(run) + np.array([-0.2, -0.2, 0.2, 0.2])
    foot = np.array([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]])
    return _boxes(foot, np.array([plan.groups[group].size[2] + 0.6]), cuts)


def _boxes(feet: Floats, high: Floats, cuts: int) -> Floats:
    """Upright boxes cut both ways along the floor.   feet (box, 4, 2), high (box,) [m] -> (piece, 8, 3)"""
    t = np.linspace(0.0, 1.0, cuts + 1)
    along, across = t[:, None, None, None], t[None, :, None, None]
    a, b, c, d = np.moveaxis(feet, 1, 0)
    grid = (1 - across) * ((1 - along) * a + along * b) + across * ((1 - along) * d + along * c)  # (cut, cut, box, 2)
    pieces = np.stack([grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]], axis=3)
    pieces = pieces.reshape(-1, 4, 2)
    tops = np.broadcast_to(np.tile(high, cuts * cuts)[:, None], pieces.shape[:2])
    return np.concatenate([np.dstack([pieces, np.zeros_like(tops)]), np.dstack([pieces, tops])], axis=1)


def _posts(middle: Floats, half: float, high: Floats) -> Floats:
    """Corners of upright square boxes [m].   middle (box, 2), high (box,) -> (box, 8, 3)"""
    corner = half * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    return _boxes(middle[:, None, :] + corner[None], high, 1)


def seen_rects(view: View, corners: Floats) -> Floats:
    """Rectangles [px] around boxes of eight corners [m].   (box, 8, 3) -> (box, 4)"""
    seen = view.project(corners.reshape(-1, 3))[:, :2].reshape(-1, 8, 2)
    return np.concatenate([seen.min(axis=1), seen.max(axis=1)], axis=1)


def _seen(view: View, corners: Floats, group: Ints, weight: float) -> Ground:
    return Ground(seen_rects(view, corners), group.astype(np.int64), np.full(len(group), weight))


class Shade:
    """How much is to be seen where, counted in cells, for one label."""

    def __init__(
        self,
        size: tuple[int, int],
        ground: Ground,
        own: tuple[tuple[int, ...], float],
        wanted: list[tuple[Rect, float]],
    ) -> None:
        """How much is lost where a label covers something.

        own:    toolgroups the label speaks of, and how much of their weight counts
        wanted: rectangles other labels are in or hope for [px], and their weights
        """
        self._cell = CELL * pixel(size)
        self._shape = int(np.ceil(size[1] / self._cell)), int(np.ceil(size[0] / self._cell))
        mine = (ground.group >= 0) & np.isin(ground.group, own[0])
        self.others = np.zeros(self._shape)
        for weight in np.unique(ground.weight):
            self._raise(ground.rects[(ground.weight == weight) & ~mine], float(weight))
        for weight in {weight for _, weight in wanted}:
            self._raise(np.array([rect for rect, w in wanted if w == weight]), weight)
        every = np.maximum(self.others, own[1] * self._inside(ground.rects[mine]))
        self._sum = np.zeros((self._shape[0] + 1, self._shape[1] + 1))
        self._sum[1:, 1:] = every.cumsum(axis=0).cumsum(axis=1)

    def _cells(self, pixels: Floats, axis: int) -> Ints:
        return np.clip(np.round(pixels / self._cell), 0, self._shape[axis]).astype(np.int64)

    def _inside(self, rects: Floats) -> Floats:
        """1 in the cells of any of the rectangles, 0 elsewhere.   (row, column)"""
        edges = np.zeros((self._shape[0] + 1, self._shape[1] + 1))
        x0, x1 = self._cells(rects[:, 0], 1), self._cells(rects[:, 2], 1)
        y0, y1 = self._cells(rects[:, 1], 0), self._cells(rects[:, 3], 0)
        for y, x, step in ((y0, x0, 1.0), (y0, x1, -1.0), (y1, x0, -1.0), (y1, x1, 1.0)):
            np.add.at(edges, (y, x), step)
        counts = edges.cumsum(axis=0).cumsum(axis=1)[:-1, :-1]
        inside: Floats = np.minimum(counts, 1.0)
        return inside

    def _raise(self, rects: Floats, weight: float) -> None:
        self.others = np.maximum(self.others, weight * self._inside(rects.reshape(-1, 4)))

    def covered(self, rects: Floats) -> Floats:
        """The share of each rectangle over something to be seen [0-1].   (rect, 4) -> (rect,)"""
        x0, x1 = self._cells(rects[:, 0], 1), self._cells(rects[:, 2], 1)
        y0, y1 = self._cells(rects[:, 1], 0), self._cells(rects[:, 3], 0)
        sums = self._sum[y1, x1] - self._sum[y0, x1] - self._sum[y1, x0] + self._sum[y0, x0]
        shares: Floats = sums / np.maximum((x1 - x0) * (y1 - y0), 1)
        return shares

    def crossed(self, start: Floats, end: Floats) -> Floats:
        """The share of straight lines that runs over what others stand for [0-1].   (line, 2) twice -> (line,)"""
        along = np.linspace(0.1, 0.9, 9)[:, None, None]
        points = start + along * (end - start)
        column = np.clip(points[..., 0] / self._cell, 0, self._shape[1] - 1).astype(np.int64)
        row = np.clip(points[..., 1] / self._cell, 0, self._shape[0] - 1).astype(np.int64)
        shares: Floats = self.others[row, column].mean(axis=0)
        return shares
