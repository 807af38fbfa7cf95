"""Puts a plan and a picture on a plotter. Imports VTK: ask `opengl.require_opengl` first."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingOpenGL2 import (
    vtkCameraPass,
    vtkRenderStepsPass,
    vtkSSAAPass,
    vtkSSAOPass,
)

from twin.scene import panel, signs, stage
from twin.scene.aim import bottleneck_of, camera
from twin.scene.opengl import pyvista
from twin.scene.overlay import Overlay
from twin.scene.picture import Picture
from twin.scene.plan import Plan
from twin.scene.towers import Towers
from twin.scene.view import View

SKY = ((0.83, 0.87, 0.92), (0.985, 0.99, 1.0))
"""Background below and above."""
LIGHTS = (((-0.55, -0.5, 1.0), 0.62), ((0.5, -0.9, 0.6), 0.26), ((0.3, 0.9, 0.8), 0.22))
"""Direction and strength: key from the left, fill from the viewer, rim from behind."""


class Style(NamedTuple):
    """How to draw.

    report: contact shadows and supersampling
    limits: ends of the utilisation scale [0-1]
    angles: azimuth and elevation of the camera [deg]
    view:   the camera itself, where it is given: a part of a page, which has no title and no panel of its own
    tallest: lots of the tallest tower that the scale of the towers has room for
    """

    report: bool = True
    limits: tuple[float, float] = (0.2, 1.0)
    angles: tuple[float, float] = (9.0, 44.0)
    view: View | None = None
    tallest: float = 0.0


def write(plan: Plan, picture: Picture, target: Path, size: tuple[int, int], style: Style) -> None:
    """A picture file."""
    plotter = pyvista().Plotter(off_screen=True, window_size=list(size), lighting="none")
    try:
        draw(plotter, plan, picture, size, style)
        target.parent.mkdir(parents=True, exist_ok=True)
        plotter.screenshot(str(target), return_img=False)
    finally:
        plotter.close()


def pixels(plan: Plan, picture: Picture, size: tuple[int, int], style: Style) -> NDArray[np.uint8]:
    """A picture to put on a page, row 0 at its upper edge   (row, column, 3)."""
    plotter = pyvista().Plotter(off_screen=True, window_size=list(size), lighting="none")
    try:
        draw(plotter, plan, picture, size, style)
        seen: NDArray[np.uint8] = np.asarray(plotter.screenshot(None, return_img=True))[..., :3]
    finally:
        plotter.close()
    return seen


def window(plan: Plan, picture: Picture, size: tuple[int, int], style: Style) -> None:
    """A window to walk around in; returns when it is closed."""
    plotter = pyvista().Plotter(window_size=list(size), lighting="none", title=picture.title)
    draw(plotter, plan, picture, size, style._replace(report=False))
    plotter.enable_terrain_style(mouse_wheel_zooms=True)
    plotter.show(auto_close=True)


def draw(plotter: Any, plan: Plan, picture: Picture, size: tuple[int, int], style: Style) -> View:
    """Everything on an empty plotter; returns the view."""
    towers = Towers(plan, picture, style.tallest)
    bottleneck = bottleneck_of(plan, picture)
    view = style.view or camera(plan, picture, towers, size, style.angles, bottleneck)
    _light(plotter)
    plotter.set_background(SKY[0], top=SKY[1])
    stage.add_floor(plotter, plan)
    stage.add_belts(plotter, plan)
    stage.add_loops(plotter, plan)
    stage.add_tools(plotter, plan, picture, style.limits)
    stage.add_towers(plotter, towers)
    if bottleneck is not None:
        # Bars about three pixels thick, however far away.
        depth = float(np.linalg.norm(view.focus - view.position))
        pixel = 2.0 * depth * np.tan(np.radians(view.angle) / 2.0) / 1080.0
        stage.add_frame(plotter, plan, bottleneck, float(np.clip(3.2 * pixel, 0.1, 0.6)))
    _aim(plotter, view)
    overlay = Overlay(plotter)
    explained = None
    if style.view is None:
        panel.title(overlay, picture, size)
        explained = panel.Panel(plan, picture, towers, style.limits, size)
        explained.draw(overlay)
    signs.add_signs(overlay, plan, picture, towers, view, bottleneck, explained.rect if explained else None)
    plotter.enable_anti_aliasing("msaa", multi_samples=4)
    if style.report:
        _contact_shadows(plotter, view)
    return view


def _contact_shadows(plotter: Any, view: View) -> None:
    """Ambient occlusion and supersampling, in a chain of our own: PyVista does not pass the strength on.

    Full strength would darken the data colours below their legend.
    """
    seen = vtkCameraPass()
    seen.SetDelegatePass(vtkRenderStepsPass())
    shaded = vtkSSAOPass()
    shaded.SetDelegatePass(seen)
    distance = float(np.linalg.norm(view.focus - view.position))
    shaded.SetRadius(float(np.clip(0.004 * distance, 0.5, 2.4)))
    shaded.SetBias(float(np.clip(5e-5 * distance, 0.005, 0.03)))
    shaded.SetKernelSize(32)
    shaded.SetBlur(True)
    shaded.SetIntensityScale(0.6)
    shaded.SetIntensityShift(0.3)
    smooth = vtkSSAAPass()
    smooth.SetDelegatePass(shaded)
    plotter.renderer.SetPass(smooth)


def _aim(plotter: Any, view: View) -> None:
    aimed = plotter.camera
    aimed.position = tuple(view.position)
    aimed.focal_point = tuple(view.focus)
    aimed.up = (0.0, 0.0, 1.0)
    aimed.view_angle = view.angle
    plotter.renderer.ResetCameraClippingRange()


def _light(plotter: Any) -> None:
    for direction, strength in LIGHTS:
        light = pyvista().Light(position=tuple(1000.0 * d for d in direction), light_type="scene light")
        light.positional = False
        light.focal_point = (0.0, 0.0, 0.0)
        light.intensity = strength
        plotter.add_light(light)
