"""Wafer maps: the dies of one wafer, or every wafer of a lot on one sheet, by bin, killer defects or characteristic."""

from __future__ import annotations

import math
import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.results.wafer_report import limits
from twin.scene.show import target_of
from twin.scene.wafer_disc import CROSS, FAINT, INK, PAPER, draw_disc
from twin.scene.wafer_views import DEFECTS, SCALE, Scale, View, view_of

if TYPE_CHECKING:
    from twin.results import Results
    from twin.results.wafer import Wafer

MOST_MAPS = 50
"""Wafers on one sheet; a lot of more shows its first."""
MANY_DIES = 20_000
"""Dies in a picture above which they are drawn as an image, without the streets between them."""
MOST_CLASSES, MOST_CAUSES, WIDEST = 7, 4, 38
"""Classes and causes that are listed beside a map, and letters of a line of causes."""
LOWEST = 0.05
"""Where a panel ends, as a share of the picture."""
BESIDE = 6
"""Classes that stand side by side at the foot of a sheet."""
DPI = 160


def wafer_map(
    results: Results, name: str, image: str | os.PathLike[str], *, replication: int = 1, of: str | None = None
) -> tuple[Path, str]:
    """Draw a wafer (`Pa-12.3`) or a whole lot (`Pa-12`); returns the file and what it shows in a sentence.

    image: file to write; replication: from 1
    of:    bins, defects or a characteristic; left out: bins where there are any, else defects
    Raises ResultsError for a lot, a wafer or a characteristic that is not there.
    """
    target = target_of(image)
    shown = results.wafers(name, replication=replication)
    view = view_of(shown, of)
    if len(shown) == 1 and shown[0].name == name:
        figure, told = _one(shown[0], view), str(shown[0])
    else:
        figure, told = _sheet(shown, view)
    _write(figure, target)
    return target, told


class _Panel:
    """Lines of text beside a map, one under the other."""

    def __init__(self, figure: Any, left: float, top: float) -> None:
        self.figure, self.left, self.top = figure, left, top

    def write(self, words: str, size: float = 11, colour: str = INK, *, step: float = 0.04, bold: bool = False) -> None:
        """A line, and how much lower the next one begins."""
        weight = "bold" if bold else "normal"
        self.figure.text(self.left, self.top, words, size=size, color=colour, weight=weight, va="top")
        self.top -= step


def _one(wafer: Wafer, view: View) -> Any:
    """A large map with its figures beside it."""
    figure = _figure(10.0, 7.0)
    axes = figure.add_axes((0.01, 0.02, 0.68, 0.96))
    draw_disc(axes, wafer, view, many=wafer.defects.size > MANY_DIES)
    panel = _Panel(figure, 0.71, 0.955)
    product = wafer.lot.rpartition("-")[0]
    panel.write(wafer.name, 25, bold=True, step=0.068)
    panel.write(view.title, 13, bold=True, step=0.04)
    panel.write(f"product {product}, replication {wafer.replication}", 10, FAINT, step=0.045)
    panel.write(_percent(wafer.yield_, 1), 34, bold=True, step=0.085)
    panel.write(f"yield, {int(wafer.good.sum()):,} of {wafer.defects.size:,} dies", step=0.036)
    panel.write(f"{_percent(wafer.expected, 1)} expected of this wafer", 11, FAINT, step=0.06)
    if view.scale is not None:
        _measured(panel, wafer, view)
    else:
        _legend(panel, view, (wafer,))
    if not wafer.is_plain:
        _made_by(panel, wafer)
    else:
        panel.top = min(panel.top, 0.36)
    _facts(panel, wafer)
    return figure


def _facts(panel: _Panel, wafer: Wafer) -> None:
    """The wafer and its background, as far as there is room."""
    die = wafer.die
    facts = [
        f"defects D = {wafer.density:.3g} /cm²"
        + ("" if die.clustering is None else f", clustering α = {die.clustering:g}"),
        f"die {die.width:g} x {die.height:g} mm = {die.area_cm2:.3g} cm²",
        f"wafer {die.wafer:g} mm, edge {die.edge:g} mm",
    ]
    for fact in facts:
        if panel.top > LOWEST:
            panel.write(fact, 9.5, FAINT, step=0.031)


def _made_by(panel: _Panel, wafer: Wafer) -> None:
    """What struck the wafer or spoiled dies of it, most first, as far as there is room."""
    spoiled = list(wafer.spoiled.items())
    if not spoiled:
        return
    panel.write("What made it", 11, bold=True, step=0.038)
    told = 0
    for cause, count in spoiled[:MOST_CAUSES]:
        words = f"{cause}{', ' if cause.step else ': '}{count:,} {'die' if count == 1 else 'dies'}"
        lines = textwrap.wrap(words, WIDEST, subsequent_indent="   ")
        if panel.top - 0.03 * len(lines) < LOWEST:
            break
        for line in lines:
            panel.write(line, 9.5, step=0.03)
        told += 1
    if told < len(spoiled):
        panel.write(f"and {len(spoiled) - told} more", 9.5, FAINT, step=0.03)
    panel.top -= 0.018


def _measured(panel: _Panel, wafer: Wafer, view: View) -> None:
    """A characteristic's scale bar and figures."""
    assert view.scale is not None
    of, values = view.scale.of, wafer.values.get(view.name)
    high = 0.22
    _bar(panel.figure, view.scale, (panel.left, panel.top - high, 0.024, high))
    beside = _Panel(panel.figure, panel.left + 0.12, panel.top)
    unit = f" {of.unit}" if of.unit else ""
    if values is not None:
        outside = int(view.marked(wafer).sum())
        beside.write(f"mean {values.mean():.5g}{unit}", 10.5, step=0.036)
        beside.write(f"sd {values.std():.3g}{unit}", 10.5, step=0.036)
        beside.write(f"x  {outside:,} out of limits", 10.5, CROSS if outside else FAINT, step=0.045)
    panel.top -= high + 0.022
    if limits(of) != "-":
        panel.write(f"limits {limits(of)}{unit}", 9.5, CROSS, step=0.03)
    if of.target is not None:
        panel.write(f"target {of.target:.6g}{unit} (dotted)", 9.5, FAINT, step=0.03)
    panel.top -= 0.018


def _bar(figure: Any, scale: Scale, place: tuple[float, float, float, float]) -> None:
    """The colours of a scale, its limits and its target as lines across."""
    axes = figure.add_axes(place)
    axes.imshow(
        np.linspace(0, 1, 256)[:, None], origin="lower", aspect="auto", cmap=SCALE, extent=(0, 1, scale.low, scale.high)
    )
    axes.set_xlim(0, 1)
    axes.set_ylim(scale.bottom, scale.top)
    axes.set_xticks([])
    axes.yaxis.tick_right()
    axes.tick_params(labelsize=9, colors=INK, length=3)
    axes.set_facecolor("#f4f5f6")
    for side in axes.spines.values():
        side.set_color(FAINT)
    for value, colour, style in ((scale.of.low, CROSS, "-"), (scale.of.high, CROSS, "-"), (scale.of.target, INK, ":")):
        if value is not None and math.isfinite(value) and scale.bottom <= value <= scale.top:
            axes.axhline(value, color=colour, linestyle=style, linewidth=2.0, clip_on=False)


def _legend(panel: _Panel, view: View, wafers: tuple[Wafer, ...]) -> None:
    """What the colours mean, one under the other."""
    told = view.told(wafers)
    for what, colour, count in told[:MOST_CLASSES]:
        words = f"{what}: {count:,} {'die' if count == 1 else 'dies'}"
        _swatch(panel.figure, panel.left, panel.top - 0.03, colour, words)
        panel.top -= 0.043
    if len(told) > MOST_CLASSES:
        panel.write(f"and {len(told) - MOST_CLASSES} more", 9.5, FAINT, step=0.03)
    panel.top -= 0.02


def _sheet(wafers: tuple[Wafer, ...], view: View) -> tuple[Any, str]:
    """Every wafer of a lot as a small map, and what they show together."""
    shown = wafers[:MOST_MAPS]
    first = wafers[0]
    columns = _columns(len(shown))
    rows = math.ceil(len(shown) / columns)
    wide = max(8.4, 1.75 * columns)
    side = wide / columns  # of a map and its name [in]
    foot = 0.9 + 0.32 * ((len(view.told(shown)) - 1) // BESIDE if view.scale is None else 0)  # [in]
    high = foot + 0.6 + 1.1 * side * rows
    figure = _figure(wide, high)
    share, expected = (float(np.mean([getattr(wafer, of) for wafer in wafers])) for of in ("yield_", "expected"))
    told = (
        f"lot {first.lot}, replication {first.replication}: {len(wafers)} wafers, {100 * share:.1f} % of their dies "
        f"good, {100 * expected:.1f} % expected from {first.density:.4g} defects/cm2"
    )
    told += "" if first.is_plain else ", damage and limits"
    title = f"Lot {first.lot}" if view.name == DEFECTS else f"Lot {first.lot}: {view.title}"
    figure.text(0.02, 1 - 0.16 / high, title, size=22, weight="bold", color=INK, va="top")
    part = f"first {len(shown)} of {len(wafers)} wafers" if len(shown) < len(wafers) else f"{len(wafers)} wafers"
    about = (
        f"{part}, {100 * share:.1f} % of the dies good, {100 * expected:.1f} % expected; "
        f"D = {first.density:.3g} /cm², replication {first.replication}"
    )
    figure.text(0.02, 1 - 0.58 / high, about, size=11, color=FAINT, va="top")
    many = first.defects.size * len(shown) > MANY_DIES
    for k, wafer in enumerate(shown):
        row, column = divmod(k, columns)
        bottom = (high - 0.9 - 1.1 * side * (row + 1)) / high
        axes = figure.add_axes((column / columns + 0.004, bottom, 1 / columns - 0.008, 0.94 * side / high))
        draw_disc(axes, wafer, view, many=many)
        axes.set_title(f"{wafer.number} · {_percent(wafer.yield_, 0)}", size=10, color=INK, pad=1)
    _foot(figure, view, shown)
    return figure, told


def _foot(figure: Any, view: View, shown: tuple[Wafer, ...]) -> None:
    """What the colours of a sheet mean, side by side at its foot."""
    high = float(figure.get_size_inches()[1])
    if view.scale is None:
        told = view.told(shown)
        for k, (what, colour, count) in enumerate(told):
            row, place = divmod(k, BESIDE)
            bottom = 0.2 + 0.32 * ((len(told) - 1) // BESIDE - row)
            _swatch(figure, 0.02 + 0.96 / min(len(told), BESIDE) * place, bottom / high, colour, f"{what}: {count:,}")
        return
    scale = view.scale
    axes = figure.add_axes((0.02, 0.34 / high, 0.5, 0.16 / high))
    axes.imshow(
        np.linspace(0, 1, 256)[None, :], origin="lower", aspect="auto", cmap=SCALE, extent=(scale.low, scale.high, 0, 1)
    )
    axes.set_xlim(scale.bottom, scale.top)
    axes.set_yticks([])
    axes.tick_params(labelsize=9, colors=INK, length=3)
    for value in (scale.of.low, scale.of.high):
        if math.isfinite(value) and scale.bottom <= value <= scale.top:
            axes.axvline(value, color=CROSS, linewidth=2.0, clip_on=False)
    outside = sum(int(view.marked(wafer).sum()) for wafer in shown)
    words = f"limits {limits(scale.of)} {scale.of.unit}".rstrip() + f";  x  {outside:,} dies out of them"
    figure.text(0.55, 0.42 / high, words, size=11, color=CROSS if outside else FAINT, va="center")


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


def _percent(share: float, decimals: int) -> str:
    """A share of the dies, never rounded to all of them."""
    return f"{100 * share:.{3 if 0.995 < share < 1 else decimals}f} %"


def _swatch(figure: Any, left: float, bottom: float, colour: str, words: str) -> None:
    from matplotlib.patches import Rectangle

    wide, high = (0.2 / inches for inches in figure.get_size_inches())
    figure.add_artist(Rectangle((left, bottom), wide, high, facecolor=colour, edgecolor="none"))
    figure.text(left + 1.5 * wide, bottom + 0.45 * high, words, size=11, color=INK, va="center")
