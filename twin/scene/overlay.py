"""Flat drawing over the picture: text, rounded boxes, colour strips. Pixels count from the lower left."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.scene.lettering import letters, width
from twin.scene.opengl import pyvista
from twin.scene.plan import Rect
from twin.scene.solids import Floats

Colour = tuple[float, float, float]

INK: Colour = (0.10, 0.13, 0.18)
GREY: Colour = (0.36, 0.41, 0.48)
PAPER: Colour = (1.0, 1.0, 1.0)
ACCENT: Colour = (0.85, 0.07, 0.42)
ORANGE: Colour = (0.96, 0.52, 0.11)
LOOP: Colour = (0.28, 0.38, 0.55)
CAGE: Colour = (0.64, 0.68, 0.72)


class Overlay:
    """Draws on one plotter. With `anchor` a thing keeps its distance to a point of the scene that moves."""

    def __init__(self, plotter: Any) -> None:
        from vtkmodules.vtkRenderingCore import vtkRenderer

        # A layer of its own, so that supersampling the scene does not soften the letters.
        window = plotter.render_window
        window.SetNumberOfLayers(2)
        self._renderer = vtkRenderer()
        self._renderer.SetLayer(1)
        self._renderer.InteractiveOff()
        self._renderer.SetActiveCamera(plotter.renderer.GetActiveCamera())
        window.AddRenderer(self._renderer)
        self._layer = 0

    def text(
        self,
        text: str,
        at: tuple[float, float],
        size: float,
        colour: Colour = INK,
        *,
        bold: bool = False,
        align: str = "left",
        anchor: tuple[Floats, tuple[float, float]] | None = None,
    ) -> None:
        """One line of text, `at` its left, centre or right end on the base line [px], `size` of letters [px].

        anchor: a point of the scene [m] (3,) and the pixel it shows at now
        """
        from vtkmodules.vtkRenderingCore import vtkTextActor

        across = {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * width(text, size, bold)
        actor = vtkTextActor()
        actor.SetInput(text)
        actor.SetTextScaleModeToNone()
        style = actor.GetTextProperty()
        style.SetFontFamilyToArial()
        style.SetFontSize(letters(size))
        style.SetBold(bold)
        style.SetColor(colour)
        style.SetVerticalJustificationToBottom()
        self._put(actor, (at[0] - across, at[1] - 0.22 * size), anchor)

    def box(
        self,
        rect: Rect,
        colour: Colour,
        *,
        opacity: float = 1.0,
        radius: float = 0.0,
        anchor: tuple[Floats, tuple[float, float]] | None = None,
    ) -> None:
        """A filled rectangle, its corners rounded by `radius` [px]."""
        x0, y0, x1, y1 = rect
        self.shape(_rounded(x1 - x0, y1 - y0, radius), (x0, y0), colour, opacity=opacity, anchor=anchor)

    def shape(
        self,
        outline: Floats,
        at: tuple[float, float],
        colour: Colour,
        *,
        opacity: float = 1.0,
        anchor: tuple[Floats, tuple[float, float]] | None = None,
    ) -> None:
        """A filled convex outline [px] (corner, 2), moved to `at`."""
        pv = pyvista()

        points = np.column_stack([outline, np.zeros(len(outline))])
        faces = np.concatenate([[len(points)], np.arange(len(points))])
        actor = _flat(pv.PolyData(points, faces))
        actor.GetProperty().SetColor(colour)
        actor.GetProperty().SetOpacity(opacity)
        self._put(actor, at, anchor)

    def strip(self, rect: Rect, colours: Floats) -> None:
        """A horizontal run of colours from left to right, [0-255] (colour, 3)."""
        pv = pyvista()

        x0, y0, x1, y1 = rect
        n = len(colours)
        x = np.linspace(0.0, x1 - x0, n + 1)
        points = np.concatenate([np.column_stack([x, np.full(n + 1, y), np.zeros(n + 1)]) for y in (0.0, y1 - y0)])
        i = np.arange(n)
        quads = np.column_stack([np.full(n, 4), i, i + 1, i + n + 2, i + n + 1])
        mesh = pv.PolyData(points, quads.ravel())
        mesh.cell_data.set_array(colours.astype(np.uint8), "colour")
        mesh.cell_data.active_scalars_name = "colour"
        self._put(_flat(mesh), (x0, y0), None)

    def _put(self, actor: Any, at: tuple[float, float], anchor: tuple[Floats, tuple[float, float]] | None) -> None:
        from vtkmodules.vtkRenderingCore import vtkCoordinate

        place = actor.GetPositionCoordinate()
        place.SetCoordinateSystemToViewport()
        if anchor is None:
            place.SetValue(float(at[0]), float(at[1]), 0.0)
        else:
            point, pixel = anchor
            world = vtkCoordinate()
            world.SetCoordinateSystemToWorld()
            world.SetValue(*(float(p) for p in point))
            place.SetReferenceCoordinate(world)
            place.SetValue(float(at[0] - pixel[0]), float(at[1] - pixel[1]), 0.0)
        self._layer += 1
        actor.SetLayerNumber(self._layer)
        self._renderer.AddActor(actor)


def _flat(mesh: Any) -> Any:
    """A mesh in pixels as a two-dimensional actor."""
    from vtkmodules.vtkRenderingCore import vtkActor2D, vtkPolyDataMapper2D

    mapper = vtkPolyDataMapper2D()
    mapper.SetInputData(mesh)
    actor = vtkActor2D()
    actor.SetMapper(mapper)
    return actor


def _rounded(wide: float, high: float, radius: float) -> Floats:
    """A rectangle from the origin with rounded corners [px]."""
    radius = min(radius, wide / 2, high / 2)
    if radius < 0.5:
        return np.array([[0.0, 0.0], [wide, 0.0], [wide, high], [0.0, high]])
    angle = np.linspace(0.0, np.pi / 2, 7)
    arc = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    corners = []
    for quarter, (x, y) in enumerate(
        [(wide - radius, high - radius), (radius, high - radius), (radius, radius), (wide - radius, radius)]
    ):
        cos, sin = [(1, 0), (0, 1), (-1, 0), (0, -1)][quarter]
        turned_x, turned_y = cos * arc[:, 0] - sin * arc[:, 1], sin * arc[:, 0] + cos * arc[:, 1]
        corners.append(np.column_stack([turned_x + x, turned_y + y]))
    return np.concatenate(corners)
