"""The floor as a painted picture: tiles, tinted aisles, and soft shadows under the tools.

Shadows painted once cost nothing at render time, so even a draft stands on its floor.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.scene.plan import Plan, Rect
from twin.scene.solids import Floats

BASE = (243, 245, 248)
TINTS = {
    "aisle": (224, 232, 241),
    "spine": (214, 224, 236),
    "yellow": (250, 233, 158),
    "pad": (236, 240, 245),
}
TILE_M = 3.0
SHADOW = (0.42, 0.30)
"""How far a shadow reaches in x and y for one metre of height [m]."""
LONGEST_PX = 3072


def paint(plan: Plan, longest: int = LONGEST_PX) -> NDArray[np.uint8]:
    """The floor of a plan from above, row 0 at its far edge.   (row, column, 3)"""
    x0, y0, x1, y1 = plan.floor
    scale = min(32.0, longest / max(x1 - x0, y1 - y0))
    shape = max(2, round((y1 - y0) * scale)), max(2, round((x1 - x0) * scale))
    picture = np.empty((*shape, 3), dtype=np.float32)
    picture[:] = BASE
    for patch in plan.patches:
        rows, columns = _window(plan, patch.rect, scale, shape)
        picture[rows, columns] = TINTS[patch.kind]
    _tiles(picture, scale)
    picture *= (1.0 - 0.42 * _shadows(plan, scale, shape))[..., None]
    return np.clip(picture[::-1], 0, 255).astype(np.uint8)


def _window(plan: Plan, rect: Rect, scale: float, shape: tuple[int, int]) -> tuple[slice, slice]:
    """The rows (from the near edge) and columns of a rectangle [m]."""
    x0, y0 = plan.floor[:2]
    columns = [round((x - x0) * scale) for x in (rect[0], rect[2])]
    rows = [round((y - y0) * scale) for y in (rect[1], rect[3])]
    return slice(max(rows[0], 0), min(rows[1], shape[0])), slice(max(columns[0], 0), min(columns[1], shape[1]))


def _tiles(picture: NDArray[np.float32], scale: float) -> None:
    """Fine lines every few metres."""
    wide = max(1, round(0.05 * scale))
    for axis in (0, 1):
        lines = np.arange(0.0, picture.shape[axis], TILE_M * scale).astype(int)
        where = np.unique(np.minimum(lines[:, None] + np.arange(wide), picture.shape[axis] - 1))
        if axis == 0:
            picture[where] *= 0.965
        else:
            picture[:, where] *= 0.965


def _shadows(plan: Plan, scale: float, shape: tuple[int, int]) -> NDArray[np.float32]:
    """How dark the floor is [0-1]: footprints smeared away from the light, and darker right under a tool."""
    scale /= 2.0  # soft edges need no more
    half = -(-shape[0] // 2), -(-shape[1] // 2)
    cast = np.zeros(half, dtype=np.float32)
    under = np.zeros(half, dtype=np.float32)
    corners, heights = plan.footprints(), plan.sizes[:, 2]
    boxes: Floats = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    for box, height in zip(boxes, heights, strict=True):
        rows, columns = _window(plan, tuple(box), scale, half)
        under[rows, columns] = 1.0
        for part in (0.33, 0.66, 1.0):
            dx, dy = (part * height * s for s in SHADOW)
            rows, columns = _window(plan, (box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy), scale, half)
            cast[rows, columns] = 1.0
    dark = np.maximum(0.62 * _soften(cast, 0.6 * scale), 0.85 * _soften(under, 0.9 * scale))
    return np.repeat(np.repeat(dark, 2, axis=0), 2, axis=1)[: shape[0], : shape[1]]


def _soften(picture: NDArray[np.float32], radius: float) -> NDArray[np.float32]:
    """Two running means along each axis: near enough to a Gaussian, and quick to import."""
    reach = max(1, round(radius))
    for axis in (0, 1):
        for _ in range(2):
            edges = [(reach + 1, reach) if a == axis else (0, 0) for a in (0, 1)]
            sums = np.cumsum(np.pad(picture, edges, mode="edge"), axis=axis, dtype=np.float64)
            n = picture.shape[axis]
            upper = np.take(sums, np.arange(2 * reach + 1, n + 2 * reach + 1), axis=axis)
            picture = ((upper - np.take(sums, np.arange(n), axis=axis)) / (2 * reach + 1)).astype(np.float32)
    return picture
