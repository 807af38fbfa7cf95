"""A page of pictures, words and charts, set with matplotlib. Lengths are design pixels from the upper left corner.

Matplotlib is loaded when a page is made, never its `pyplot`: a page keeps no state between calls and needs no screen.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SCALE = 1.25
"""Pixels of the file for one of the design."""
DPI = 100.0
INK, GREY, FAINT = "#1a212e", "#5c697a", "#8a95a3"
BETTER, WORSE, ACCENT = "#00755e", "#b3261e", "#d9126b"
PAPER, PANEL = "#fbfcfe", "#ffffff"


class Page:
    """A page of `wide` x `high` design pixels."""

    def __init__(self, wide: int, high: int) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.wide, self.high = wide, high
        self._figure = Figure(figsize=(wide / DPI, high / DPI), dpi=DPI * SCALE, facecolor=PAPER)
        self._canvas = FigureCanvasAgg(self._figure)
        self._layer = 0

    def _above(self) -> int:
        """What is put on the page later lies above."""
        self._layer += 1
        return self._layer

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """Width of one line of text."""
        from matplotlib.font_manager import FontProperties

        font = FontProperties(size=_points(size), weight="bold" if bold else "normal")
        renderer = self._canvas.get_renderer()  # type: ignore[no-untyped-call]
        return float(renderer.get_text_width_height_descent(text, font, False)[0]) / SCALE

    def shorten(self, text: str, size: float, room: float, bold: bool = False) -> str:
        """The text, its end cut to an ellipsis where it is wider than `room`."""
        if self.width(text, size, bold) <= room:
            return text
        low, high = 0, len(text)
        while low < high:  # the longest beginning that fits
            middle = (low + high + 1) // 2
            if self.width(text[:middle].rstrip() + "…", size, bold) <= room:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip(" ·_-;,") + "…"

    def wrap(self, text: str, size: float, room: float, most: int) -> list[str]:
        """The text in lines no wider than `room`, what is beyond `most` of them cut."""
        lines: list[str] = []
        words = text.split()
        while words and len(lines) < most:
            if len(lines) == most - 1:
                lines.append(self.shorten(" ".join(words), size, room))
                break
            count = 1
            while count < len(words) and self.width(" ".join(words[: count + 1]), size) <= room:
                count += 1
            lines.append(self.shorten(" ".join(words[:count]), size, room))
            words = words[count:]
        return lines

    def text(
        self, text: str, x: float, y: float, size: float, colour: str = INK, *, bold: bool = False,
        align: str = "left", room: float | None = None,
    ) -> float:  # fmt: skip
        """One line of text, its base line at `y`; returns its width."""
        shown = text if room is None else self.shorten(text, size, room, bold)
        self._figure.text(
            x / self.wide, 1 - y / self.high, shown, fontsize=_points(size), color=colour, va="baseline", ha=align,
            weight="bold" if bold else "normal", parse_math=False, zorder=self._above(),
        )  # fmt: skip
        return self.width(shown, size, bold)

    def box(
        self, x: float, y: float, wide: float, high: float, colour: str, *, edge: str | None = None, thick: float = 0.0,
        radius: float = 0.0,
    ) -> None:  # fmt: skip
        """A filled rectangle, its upper left corner at x, y."""
        from matplotlib.patches import FancyBboxPatch
        from matplotlib.transforms import Affine2D

        pixels = Affine2D().scale(SCALE, -SCALE).translate(0.0, self.high * SCALE)
        patch = FancyBboxPatch(
            (x, y), wide, high, boxstyle=f"round,pad=0,rounding_size={radius}" if radius else "square,pad=0",
            facecolor=colour, edgecolor=edge or "none", linewidth=_points(thick), transform=pixels,
            zorder=self._above(),
        )  # fmt: skip
        self._figure.add_artist(patch)

    def image(self, pixels: NDArray[np.uint8], x: float, y: float) -> None:
        """A picture as it is, its upper left corner at x, y   pixels: (row, column, 3), row 0 at the upper edge."""
        left, low = round(x * SCALE), round((self.high - y) * SCALE) - pixels.shape[0]
        self._figure.figimage(pixels, left, low, origin="upper", zorder=self._above())

    def axes(self, x: float, y: float, wide: float, high: float) -> Axes:
        """Room for a chart, its upper left corner at x, y."""
        place = (x / self.wide, 1 - (y + high) / self.high, wide / self.wide, high / self.high)
        return self._figure.add_axes(place, facecolor=PANEL, zorder=self._above())

    def write(self, target: Path) -> None:
        """Write the page as the picture that the file's name asks for."""
        from PIL import Image

        self._canvas.draw()  # type: ignore[no-untyped-call]
        target.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.asarray(self._canvas.buffer_rgba())  # type: ignore[no-untyped-call]
        Image.fromarray(pixels[..., :3]).save(target)


def device(length: float) -> int:
    """Pixels of the file for a length of the page."""
    return round(length * SCALE)


def _points(pixels: float) -> float:
    """Points, in which matplotlib counts letters and lines."""
    return pixels * 72.0 / DPI
