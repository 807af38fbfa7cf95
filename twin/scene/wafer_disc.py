"""One wafer on a picture: the disc with its notch, its usable edge, and its dies in their colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from twin.results.wafer import Wafer
    from twin.scene.wafer_views import View

PAPER, INK, FAINT = "#ffffff", "#1d2733", "#6b7785"
SILICON, CROSS = "#eef0f2", "#d1003f"
MOST_DOTS = 50_000
CROSSED = 3.5
"""Size of a die in a picture from which a cross fits into it [pt]."""


def draw_disc(axes: Any, wafer: Wafer, view: View, *, many: bool) -> None:
    """Draw a wafer. many: dies as an image without the streets between them."""
    from matplotlib.patches import Circle

    radius = wafer.die.wafer / 2
    usable = radius - wafer.die.edge
    axes.add_patch(Circle((0, 0), radius, facecolor=SILICON, edgecolor=INK, linewidth=1.2, zorder=1))
    axes.add_patch(
        Circle((0, 0), usable, facecolor="none", edgecolor=FAINT, linewidth=0.7, linestyle=(0, (4, 3)), zorder=4)
    )
    axes.add_patch(Circle((0, -radius), 0.024 * radius, facecolor=PAPER, edgecolor=INK, linewidth=1.2, zorder=3))
    axes.add_patch(Circle((0, -1.03 * radius), 0.031 * radius, facecolor=PAPER, edgecolor="none", zorder=3))
    (_as_image if many else _as_dies)(axes, wafer, view)
    axes.set_xlim(-1.03 * radius, 1.03 * radius)
    axes.set_ylim(-1.06 * radius, 1.03 * radius)
    axes.set_aspect("equal")
    axes.axis("off")


def _as_dies(axes: Any, wafer: Wafer, view: View) -> None:
    """Each die a rectangle, a street around it."""
    from matplotlib.collections import PolyCollection

    places, die = wafer.die.places, wafer.die
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array([die.width, die.height]) / 2
    corners = np.column_stack([places.x, places.y])[:, None, :] + half
    inches = axes.get_position().height * axes.figure.get_size_inches()[1]
    street = 2.7 * inches * min(die.width, die.height) / die.wafer  # a twenty-fifth of a die [pt]
    axes.add_collection(
        PolyCollection(corners, facecolors=view.paint(wafer), edgecolors=PAPER, linewidths=street, zorder=2)
    )
    if view.scale is not None:
        _crosses(axes, wafer, view, 17.0 * street)


def _as_image(axes: Any, wafer: Wafer, view: View) -> None:
    """Each die a pixel, and over it a dot for each one that is lost: what is smaller than a dot is not seen."""
    places, die = wafer.die.places, wafer.die
    painted = view.paint(wafer)
    pixels = np.zeros((int(places.row.max()) + 1, int(places.column.max()) + 1, 4))
    pixels[places.row, places.column] = painted
    x, y = (float(middle.min()) for middle in (places.x, places.y))
    x_end, y_end = (float(middle.max()) for middle in (places.x, places.y))
    extent = (x - die.width / 2, x_end + die.width / 2, y - die.height / 2, y_end + die.height / 2)
    axes.imshow(pixels, origin="lower", extent=extent, interpolation="antialiased", zorder=2)
    if view.scale is not None:
        _crosses(axes, wafer, view, CROSSED)
        return
    lost = np.flatnonzero(view.seen(wafer))
    if lost.size <= MOST_DOTS:
        axes.scatter(places.x[lost], places.y[lost], s=2.5, c=painted[lost], linewidths=0, zorder=2.5)


def _crosses(axes: Any, wafer: Wafer, view: View, size: float) -> None:
    """A cross over each die out of its limits, a dot where a cross would not fit [pt]."""
    marked = np.flatnonzero(view.marked(wafer))
    places = wafer.die.places
    if marked.size and size >= CROSSED:
        axes.scatter(
            places.x[marked], places.y[marked], s=(0.6 * size) ** 2, marker="x", c=CROSS, zorder=2.5,
            linewidths=max(0.6, 0.12 * size),
        )  # fmt: skip
    elif marked.size <= MOST_DOTS:
        axes.scatter(places.x[marked], places.y[marked], s=2.0, c=CROSS, linewidths=0, zorder=2.5)
