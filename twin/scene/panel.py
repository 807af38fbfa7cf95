"""The flat part of a picture: title, figures, and the panel that explains it."""

from __future__ import annotations

import numpy as np

from twin.scene.lettering import pixel, shorten, width
from twin.scene.opengl import pyvista
from twin.scene.overlay import ACCENT, CAGE, GREY, INK, LOOP, ORANGE, PAPER, Colour, Overlay
from twin.scene.picture import Picture
from twin.scene.plan import Plan, Rect
from twin.scene.solids import Floats
from twin.scene.towers import Towers

EDGE = 44.0
"""Margin around the picture [px at 1080 lines]."""
PANEL_WIDE = 336.0
KEY, HEADING, BAR = 44.0, 46.0, 38.0
"""Heights of a key, a heading and a bar [px at 1080 lines]."""
LOADED, QUEUES = 6, 4
"""Toolgroups listed."""


def head_height(picture: Picture) -> float:
    """Room for title and figures [px at 1080 lines]; a picture without a title has none."""
    if not picture.title:
        return 8.0
    return 88.0 + (40.0 if picture.kpi else 0.0) + (30.0 if picture.caption else 0.0)


def viridis(values: Floats, limits: tuple[float, float]) -> Floats:
    """Colours [0-1] of values on the scale.   (value,) -> (value, 3)"""
    pv = pyvista()

    table = pv.LookupTable("viridis", n_values=256).values[:, :3] / 255.0
    place = np.clip((np.asarray(values) - limits[0]) / (limits[1] - limits[0]), 0.0, 1.0)
    colours: Floats = table[np.round(255 * place).astype(int)]
    return colours


def title(overlay: Overlay, picture: Picture, size: tuple[int, int]) -> None:
    """Title, one line of figures, one of fine print, in the upper left corner."""
    px = pixel(size)
    room = size[0] - 2 * EDGE * px
    y = size[1] - (EDGE + 30.0) * px
    overlay.text(shorten(picture.title, 36 * px, room, True), (EDGE * px, y), 36 * px, INK, bold=True)
    if picture.kpi:
        y -= 40 * px
        overlay.text(shorten(picture.kpi, 23 * px, room), (EDGE * px, y), 23 * px, INK)
    if picture.caption:
        y -= 30 * px
        overlay.text(shorten(picture.caption, 17 * px, room), (EDGE * px, y), 17 * px, GREY)


class Panel:
    """The panel on the right that explains colours and towers. Lengths inside are px at 1080 lines.

    rect: where it is [px], None where nothing needs explaining
    """

    def __init__(
        self, plan: Plan, picture: Picture, towers: Towers, limits: tuple[float, float], size: tuple[int, int]
    ) -> None:
        self._plan, self._picture, self._towers, self._limits = plan, picture, towers, limits
        self._px = pixel(size)
        self._loaded = most_loaded(plan, picture)
        self._queues = longest_queues(towers)
        self.rect: Rect | None = None
        if picture.utilisation is not None:
            high = 124.0 + KEY * (1 + bool(picture.bottleneck) + bool(plan.loops) + bool(towers.caged))
            for bars in (self._loaded, self._queues):
                high += HEADING + BAR * len(bars) if bars else 0.0
            x1 = size[0] - EDGE * self._px
            y1 = size[1] - (head_height(picture) + 10.0) * self._px
            self.rect = (x1 - PANEL_WIDE * self._px, y1 - high * self._px, x1, y1)

    def draw(self, overlay: Overlay) -> None:
        """Scale, keys and both lists, from the top down."""
        if self.rect is None:
            return
        self._overlay = overlay
        overlay.box(self.rect, PAPER, opacity=0.86, radius=14 * self._px)
        self._left, self._wide = self.rect[0] + 26 * self._px, PANEL_WIDE - 52.0
        self._y = self.rect[3] - 38 * self._px
        self._scale()
        self._keys()
        self._heading("Most loaded")
        for group, share in self._loaded:
            colour = viridis(np.array([share]), self._limits)[0]
            self._bar(group, f"{100 * share:.1f} %", share, (colour[0], colour[1], colour[2]))
        self._y -= 14 * self._px
        if self._queues:
            self._heading("Longest queues")
        for group in self._queues:
            lots = float(self._towers.lots[group])
            self._bar(group, lots_text(lots), lots / float(self._towers.lots.max()), ORANGE)

    def _text(
        self,
        text: str,
        x: float,
        size: float,
        colour: Colour = INK,
        *,
        bold: bool = False,
        align: str = "left",
        down: float = 0.0,
    ) -> None:
        at = (self._left + x * self._px, self._y - down * self._px)
        self._overlay.text(text, at, size * self._px, colour, bold=bold, align=align)

    def _box(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, radius: float = 0.0) -> None:
        px, left, y = self._px, self._left, self._y
        rect = (left + x0 * px, y + y0 * px, left + x1 * px, y + y1 * px)
        self._overlay.box(rect, colour, radius=radius * px)

    def _scale(self) -> None:
        """The named scale of utilisation."""
        low, high = self._limits
        self._text("Tool utilisation", 0.0, 20.0, bold=True)
        self._y -= 38 * self._px
        strip = (self._left, self._y, self._left + self._wide * self._px, self._y + 22 * self._px)
        self._overlay.strip(strip, 255 * viridis(np.linspace(low, high, 256), self._limits))
        assert self._picture.utilisation is not None
        below = bool(np.any(self._picture.utilisation < low))
        for tick in _ticks(self._limits):
            less = "< " if tick == low and below else ""
            x = (tick - low) / (high - low) * self._wide
            self._text(f"{less}{100 * tick:.0f} %", x, 15.0, GREY, align="centre", down=22.0)
        self._y -= 64 * self._px

    def _keys(self) -> None:
        """What orange, magenta, grey and blue mean."""
        unit = self._towers.unit
        for level in range(3):
            self._box(0.0, -6.0 + 9.0 * level, 24.0, 1.5 + 9.0 * level, ORANGE, 2.0)
        self._key(f"lots waiting: a block is {unit:g} lot{'' if unit == 1.0 else 's'}")
        if self._picture.bottleneck:
            self._box(0.0, -5.0, 24.0, 19.0, ACCENT)
            self._box(4.0, -1.0, 20.0, 15.0, PAPER)
            self._key("bottleneck")
        if self._towers.caged:
            for box in ((0, -5, 2, 19), (22, -5, 24, 19), (0, 17, 24, 19), (0, -5, 24, -3)):
                self._box(*box, CAGE)
            self._key("places of the buffer")
        if self._plan.loops:
            self._box(0.0, 4.0, 24.0, 9.0, LOOP, 2.0)
            self._key("sent back for rework")

    def _key(self, text: str) -> None:
        self._text(text, 38.0, 17.0)
        self._y -= KEY * self._px

    def _heading(self, text: str) -> None:
        self._text(text, 0.0, 20.0, bold=True)
        self._y -= 32 * self._px

    def _bar(self, group: int, figure: str, share: float, colour: Colour) -> None:
        """A toolgroup's name, a figure, and a bar below them."""
        marked = self._plan.groups[group].name == self._picture.bottleneck
        ink = ACCENT if marked else INK
        room = self._wide - width(figure, 17.0, marked) - 12.0
        name = shorten(self._plan.groups[group].title, 17.0, room, marked)
        self._text(name, 0.0, 17.0, ink, bold=marked)
        self._text(figure, self._wide, 17.0, ink, bold=marked, align="right")
        self._box(0.0, -13.0, self._wide, -7.0, (0.90, 0.92, 0.94), 3.0)
        self._box(0.0, -13.0, max(float(np.clip(share, 0.0, 1.0)) * self._wide, 6.0), -7.0, colour, 3.0)
        self._y -= BAR * self._px


def _ticks(limits: tuple[float, float]) -> list[float]:
    """Round percentages within the scale."""
    step = next(s for s in (0.05, 0.1, 0.2, 0.25) if (limits[1] - limits[0]) / s <= 5.01)
    first = int(np.ceil(limits[0] / step - 1e-6))
    ticks = [i * step for i in range(first, int(limits[1] / step + 1e-6) + 1)]
    return [limits[0] if abs(tick - limits[0]) < 1e-9 else tick for tick in ticks]


def longest_queues(towers: Towers) -> list[int]:
    """The toolgroups with the most lots waiting, the longest queue first."""
    return [int(g) for g in np.argsort(-towers.lots)[:QUEUES] if towers.lots[g] > 0.05]


def most_loaded(plan: Plan, picture: Picture) -> list[tuple[int, float]]:
    """The most loaded toolgroups and their mean utilisation [0-1], the most loaded first."""
    busy = ((g, picture.busy(plan.group == g)) for g in range(len(plan.groups)))
    means = [(g, share) for g, share in busy if share is not None]
    return sorted(means, key=lambda pair: -pair[1])[:LOADED]


def lots_text(lots: float) -> str:
    """Lots with no more digits than they deserve."""
    return f"{lots:.0f} lots" if lots >= 20 else f"{lots:.1f} lots"
