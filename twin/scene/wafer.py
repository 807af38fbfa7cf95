"""Wafer maps: the dies of one wafer coloured by their killer defects, or every wafer of a lot on one sheet."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.scene.show import target_of

if TYPE_CHECKING:
    from twin.results import Results
    from twin.results.wafers import Wafer

PAPER, INK, FAINT = "#ffffff", "#1d2733", "#6b7785"
SILICON, RIM = "#eef0f2", "#c9ced4"
CLASSES = (("no defect", "#a9cdbb"), ("1 defect", "#f0b13c"), ("2 defects", "#e0662c"), ("3 or more", "#9c1f1f"))
MOST_MAPS = 50
"""Wafers on one sheet; a lot of more shows its first."""
MANY_DIES = 20_000
"""Dies in a picture above which they are drawn as an image, without the streets between them."""
MOST_DOTS = 50_000
DPI = 160


def wafer_map(
    results: Results, name: str, image: str | os.PathLike[str], *, replication: int = 1
) -> tuple[Path, str]:
    """Draw a wafer (`Pa-12.3`) or a whole lot (`Pa-12`); returns the file and what it shows in a sentence.

    image: file to write; replication: from 1
    Raises ResultsError for a lot or wafer that is not there.
    """
    target = target_of(image)
    shown = results.wafers(name, replication=replication)
    if len(shown) == 1 and shown[0].name == name:
        figure, told = _one(shown[0]), str(shown[0])
    else:
        figure, told = _sheet(shown)
    _write(figure, target)
    return target, told


def _one(wafer: Wafer) -> Any:
    """A large map with its figures beside it."""
    figure = _figure(10.0, 7.0)
    axes = figure.add_axes((0.01, 0.02, 0.68, 0.96))
    _draw(axes, wafer, many=wafer.defects.size > MANY_DIES)
    good, count = int(wafer.good.sum()), wafer.defects.size
    left = 0.71
    figure.text(left, 0.93, wafer.name, size=25, weight="bold", color=INK, va="top")
    figure.text(left, 0.855, f"replication {wafer.replication}", size=11, color=FAINT, va="top")
    figure.text(left, 0.775, _percent(wafer.yield_, 1), size=38, weight="bold", color=INK, va="top")
    figure.text(left, 0.675, f"yield, {good:,} of {count:,} dies", size=11, color=INK, va="top")
    expected = f"{_percent(wafer.expected, 1)} expected of this lot"
    figure.text(left, 0.635, expected, size=11, color=FAINT, va="top")
    facts = [
        f"defects D = {wafer.density:.3g} /cm²",
        f"die {wafer.die.width:g} x {wafer.die.height:g} mm = {wafer.die.area_cm2:.3g} cm²",
        f"wafer {wafer.die.wafer:g} mm, edge {wafer.die.edge:g} mm",
        "defects not clustered" if wafer.die.clustering is None else f"clustering α = {wafer.die.clustering:g}",
    ]
    for k, fact in enumerate(facts):
        figure.text(left, 0.555 - 0.042 * k, fact, size=11, color=INK, va="top")
    _legend(figure, left, 0.33, _counts([wafer]), step=0.055)
    return figure


def _sheet(wafers: tuple[Wafer, ...]) -> tuple[Any, str]:
    """Every wafer of a lot as a small map, and what they show together."""
    shown = wafers[:MOST_MAPS]
    first = wafers[0]
    columns = _columns(len(shown))
    rows = math.ceil(len(shown) / columns)
    wide = max(8.4, 1.75 * columns)
    side = wide / columns  # of a map and its name [in]
    high = 1.4 + 1.1 * side * rows
    figure = _figure(wide, high)
    share = float(np.mean([wafer.yield_ for wafer in wafers]))
    told = (
        f"lot {first.lot}, replication {first.replication}: {len(wafers)} wafers, {100 * share:.1f} % of their dies "
        f"good, {100 * first.expected:.1f} % expected from {first.density:.4g} defects/cm2"
    )
    figure.text(0.02, 1 - 0.16 / high, f"Lot {first.lot}", size=22, weight="bold", color=INK, va="top")
    part = f"first {len(shown)} of {len(wafers)} wafers" if len(shown) < len(wafers) else f"{len(wafers)} wafers"
    about = (
        f"{part}, {100 * share:.1f} % of the dies good, {100 * first.expected:.1f} % expected of "
        f"D = {first.density:.3g} /cm²; replication {first.replication}"
    )
    figure.text(0.02, 1 - 0.58 / high, about, size=11, color=FAINT, va="top")
    many = first.defects.size * len(shown) > MANY_DIES
    for k, wafer in enumerate(shown):
        row, column = divmod(k, columns)
        bottom = (high - 0.9 - 1.1 * side * (row + 1)) / high
        axes = figure.add_axes((column / columns + 0.004, bottom, 1 / columns - 0.008, 0.94 * side / high))
        _draw(axes, wafer, many=many)
        axes.set_title(f"{wafer.number} · {_percent(wafer.yield_, 0)}", size=10, color=INK, pad=1)
    counts = _counts(shown)
    for k, (what, colour) in enumerate(CLASSES):
        _swatch(figure, 0.02 + 0.235 * k, 0.2 / high, colour, f"{what}: {counts[k]:,}")
    return figure, told


def _columns(count: int) -> int:
    """Columns of a sheet a little wider than high, its last row as full as can be."""
    near = max(3, round(math.sqrt(1.6 * count)))
    return min(range(max(3, near - 1), near + 3), key=lambda columns: (-count % columns, abs(columns - near)))


def _figure(wide: float, high: float) -> Any:
    """An empty picture, without a window behind it [in]."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(wide, high), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    return figure


def _write(figure: Any, target: Path) -> None:
    """Any kind of picture that the other pictures may be."""
    from PIL import Image

    figure.canvas.draw()
    Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB").save(target)


def _draw(axes: Any, wafer: Wafer, *, many: bool) -> None:
    """One wafer: the disc with its notch, the edge, the dies."""
    from matplotlib.patches import Circle

    radius = wafer.die.wafer / 2
    usable = radius - wafer.die.edge
    axes.add_patch(Circle((0, 0), radius, facecolor=SILICON, edgecolor=INK, linewidth=1.2, zorder=1))
    axes.add_patch(
        Circle((0, 0), usable, facecolor="none", edgecolor=FAINT, linewidth=0.7, linestyle=(0, (4, 3)), zorder=4)
    )
    axes.add_patch(Circle((0, -radius), 0.024 * radius, facecolor=PAPER, edgecolor=INK, linewidth=1.2, zorder=3))
    axes.add_patch(Circle((0, -1.03 * radius), 0.031 * radius, facecolor=PAPER, edgecolor="none", zorder=3))
    (_as_image if many else _as_dies)(axes, wafer)
    axes.set_xlim(-1.03 * radius, 1.03 * radius)
    axes.set_ylim(-1.06 * radius, 1.03 * radius)
    axes.set_aspect("equal")
    axes.axis("off")


def _as_dies(axes: Any, wafer: Wafer) -> None:
    """Each die a rectangle, a street around it."""
    from matplotlib.collections import PolyCollection

    places, die = wafer.die.places, wafer.die
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array([die.width, die.height]) / 2
    corners = np.column_stack([places.x, places.y])[:, None, :] + half
    colours = [CLASSES[k][1] for k in _class(wafer.defects)]
    inches = axes.get_position().height * axes.figure.get_size_inches()[1]
    street = 2.7 * inches * min(die.width, die.height) / die.wafer  # a twenty-fifth of a die [pt]
    axes.add_collection(PolyCollection(corners, facecolors=colours, edgecolors=PAPER, linewidths=street, zorder=2))


def _as_image(axes: Any, wafer: Wafer) -> None:
    """Each die a pixel, and over it a dot for each one with a defect: what is smaller than a dot is not seen."""
    from matplotlib.colors import to_rgba

    places, die = wafer.die.places, wafer.die
    pixels = np.zeros((int(places.row.max()) + 1, int(places.column.max()) + 1, 4))
    pixels[places.row, places.column] = np.array([to_rgba(colour) for _, colour in CLASSES])[_class(wafer.defects)]
    x, y = (float(middle.min()) for middle in (places.x, places.y))
    x_end, y_end = (float(middle.max()) for middle in (places.x, places.y))
    extent = (x - die.width / 2, x_end + die.width / 2, y - die.height / 2, y_end + die.height / 2)
    axes.imshow(pixels, origin="lower", extent=extent, interpolation="antialiased", zorder=2)
    bad = np.flatnonzero(wafer.defects)
    if bad.size <= MOST_DOTS:
        colours = [CLASSES[k][1] for k in _class(wafer.defects[bad])]
        axes.scatter(places.x[bad], places.y[bad], s=2.5, c=colours, linewidths=0, zorder=2.5)


def _percent(share: float, decimals: int) -> str:
    """A share of the dies, never rounded to all of them."""
    return f"{100 * share:.{3 if 0.995 < share < 1 else decimals}f} %"


def _class(defects: Any) -> Any:
    """The place in `CLASSES` of each die."""
    return np.minimum(defects, len(CLASSES) - 1)


def _counts(wafers: list[Wafer] | tuple[Wafer, ...]) -> list[int]:
    """Dies of each of `CLASSES`."""
    every = np.concatenate([_class(wafer.defects) for wafer in wafers])
    return [int(count) for count in np.bincount(every, minlength=len(CLASSES))]


def _legend(figure: Any, left: float, top: float, counts: list[int], step: float) -> None:
    """What the colours mean, one under the other."""
    for k, (what, colour) in enumerate(CLASSES):
        _swatch(figure, left, top - step * k, colour, f"{what}: {counts[k]:,} dies")


def _swatch(figure: Any, left: float, bottom: float, colour: str, words: str) -> None:
    from matplotlib.patches import Rectangle

    wide, high = (0.2 / inches for inches in figure.get_size_inches())
    figure.add_artist(Rectangle((left, bottom), wide, high, facecolor=colour, edgecolor="none"))
    figure.text(left + 1.5 * wide, bottom + 0.45 * high, words, size=11, color=INK, va="center")
