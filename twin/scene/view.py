"""The camera: where it stands so that the plan fills the free part of the picture, and what it sees where."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.scene.plan import Rect
from twin.scene.solids import Floats


class View(NamedTuple):
    """A perspective camera.

    position, focus: [m]                            (3,)
    angle:           full vertical opening [deg]
    size:            picture width, height [px]
    """

    position: Floats
    focus: Floats
    angle: float
    size: tuple[int, int]

    def _axes(self) -> tuple[Floats, Floats, Floats]:
        return _axes(self.focus - self.position)

    def project(self, points: Floats) -> Floats:
        """Pixels from the lower left corner, and distance along the view [m].   (point, 3) -> (point, 3)"""
        right, up, ahead = self._axes()
        relative = np.atleast_2d(points) - self.position
        depth = np.maximum(relative @ ahead, 1e-6)
        scale = 0.5 * self.size[1] / np.tan(np.radians(self.angle) / 2)
        x = 0.5 * self.size[0] + scale * (relative @ right) / depth
        y = 0.5 * self.size[1] + scale * (relative @ up) / depth
        return np.column_stack([x, y, depth])


def _axes(ahead: Floats) -> tuple[Floats, Floats, Floats]:
    """Right, up and ahead, unit vectors; z is up in the world."""
    ahead = ahead / np.linalg.norm(ahead)
    right = np.cross(ahead, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    return right, np.cross(right, ahead), ahead


def fit(
    points: Floats,
    size: tuple[int, int],
    free: Rect,
    *,
    azimuth: float,
    elevation: float,
    angle: float = 20.0,
) -> View:
    """The nearest camera that shows all points inside `free`.

    points:    what must be seen [m]                                     (point, 3)
    free:      the part of the picture to fill [px], from the lower left
    azimuth:   0 looks along +y, positive walks the camera to the right  [deg]
    elevation: above the horizon [deg]

    In camera axes a point shows right of the left border where x - X >= left * (z - Z): linear in the
    camera's place (X, Y, Z), so the nearest Z that leaves room for X and Y is exact.
    """
    turn, rise = np.radians(azimuth), np.radians(elevation)
    ahead = np.array([-np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), -np.sin(rise)])
    right, up, ahead = _axes(ahead)
    x, y, z = points @ right, points @ up, points @ ahead
    slope = np.tan(np.radians(angle) / 2) / (0.5 * size[1])
    left, low, far_right, high = (
        slope * (edge - half) for edge, half in zip(free, 2 * (0.5 * size[0], 0.5 * size[1]), strict=True)
    )
    places = []
    for place, first, last in ((x, left, far_right), (y, low, high)):
        # X <= min(x - first * z) + first * Z  and  X >= max(x - last * z) + last * Z
        upper, lower = np.min(place - first * z), np.max(place - last * z)
        places.append((upper, lower, first, last, (upper - lower) / (last - first)))
    nearest = min(places[0][4], places[1][4])
    across = [0.5 * (high + first * nearest + low + last * nearest) for high, low, first, last, _ in places]
    position = across[0] * right + across[1] * up + nearest * ahead
    reach = float(np.mean(z)) - nearest
    return View(position, position + max(reach, 1.0) * ahead, angle, size)
