"""Aiming the camera: what must be seen, and the part of the picture left for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.scene import panel, signs
from twin.scene.lettering import pixel
from twin.scene.picture import Picture
from twin.scene.plan import Plan
from twin.scene.solids import Floats
from twin.scene.towers import Towers
from twin.scene.view import View, fit

ANGLE = 20.0
"""Opening of the lens [deg]: narrow, so that the far tools stay readable."""


def bottleneck_of(plan: Plan, picture: Picture) -> int | None:
    """Its toolgroup's index, if it has tools to mark."""
    found = (g for g, group in enumerate(plan.groups) if group.name == picture.bottleneck and group.tools)
    return next(found, None)


def camera(
    plan: Plan,
    picture: Picture,
    towers: Towers,
    size: tuple[int, int],
    angles: tuple[float, float],
    bottleneck: int | None,
) -> View:
    """The view that fills what title and panel leave free."""
    px = pixel(size)
    right = size[0] - (panel.EDGE + (panel.PANEL_WIDE + 16.0 if picture.utilisation is not None else 0.0)) * px
    free = (0.3 * panel.EDGE * px, 40.0 * px, right, size[1] - (panel.head_height(picture) + 24.0) * px)
    points = outline(plan, towers)
    azimuth, elevation = angles
    view = fit(points, size, free, azimuth=azimuth, elevation=elevation, angle=ANGLE)
    top = signs.call_out_top(plan, picture, towers, view, bottleneck)
    room = size[1] - (panel.head_height(picture) + 8.0) * px
    if top > room:  # a bottleneck at the far edge: make room for its call-out
        free = (*free[:3], free[3] - min(top - room, 120.0 * px))
        view = fit(points, size, free, azimuth=azimuth, elevation=elevation, angle=ANGLE)
    return view


def common_camera(
    parts: Sequence[tuple[Plan, Picture, Towers]], size: tuple[int, int], angles: tuple[float, float]
) -> View:
    """One view that shows every one of several plans whole, with room for their call-outs.

    size: width and most height [px]; the view's own height is what its width leaves to fill
    """
    px = pixel(size)
    points = np.concatenate([outline(plan, towers) for plan, _, towers in parts])
    azimuth, elevation = angles
    edge, room, high = 10.0 * px, 16.0 * px, size[1]
    for _ in range(3):
        free = (edge, 3.0 * edge, size[0] - edge, high - room)
        view = fit(points, (size[0], high), free, azimuth=azimuth, elevation=elevation, angle=ANGLE)
        seen = view.project(points)[:, 1]
        tops = [signs.call_out_top(*part, view, bottleneck_of(part[0], part[1])) for part in parts]
        room = float(np.clip(max(tops) + 8.0 * px - seen.max(), 16.0 * px, 150.0 * px))
        high = int(np.clip(seen.max() - seen.min() + 3.0 * edge + room, 0.4 * size[1], size[1]))
    return view


def outline(plan: Plan, towers: Towers) -> Floats:
    """Points that the picture must hold: tools up to their tops, towers.   (point, 3)"""
    corners = plan.footprints()
    top = np.repeat(plan.sizes[:, 2] + 0.5, 4)
    flat = corners.reshape(-1, 2)
    x0, y0, x1, y1 = plan.floor
    slab = np.array([[x, y, z] for x in (x0, x1) for y in (y0, y1) for z in (-0.5 * plan.wall_m, plan.wall_m)])
    return np.concatenate([np.column_stack([flat, top]), slab, towers.tops()])
