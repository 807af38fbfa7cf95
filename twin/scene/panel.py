"""The flat part of a picture: title, figures, and the panel that explains it."""

from __future__ import annotations

import numpy as np

from twin.scene.lettering import shorten, width
from twin.scene.opengl import pyvista
from twin.scene.overlay import ACCENT, GREY, INK, ORANGE, PAPER, Overlay
from twin.scene.picture import Picture
from twin.scene.plan import Plan, Rect
from twin.scene.solids import Floats
from twin.scene.towers import Towers

EDGE = 44.0
"""Margin around the picture [px at 1080 lines]."""
PANEL_WIDE = 336.0


def head_height(picture: Picture) -> float:
    """Room for title and figures [px at 1080 lines]."""
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
    px = size[1] / 1080.0
    room = size[0] - 2 * EDGE * px
    y = size[1] - (EDGE + 30.0) * px
    overlay.text(shorten(picture.title, 36 * px, room, True), (EDGE * px, y), 36 * px, INK, bold=True)
    if picture.kpi:
        y -= 40 * px
        overlay.text(shorten(picture.kpi, 23 * px, room), (EDGE * px, y), 23 * px, INK)
    if picture.caption:
        y -= 30 * px
        overlay.text(shorten(picture.caption, 17 * px, room), (EDGE * px, y), 17 * px, GREY)


def panel(
    overlay: Overlay,
    plan: Plan,
    picture: Picture,
    towers: Towers,
    limits: tuple[float, float],
    size: tuple[int, int],
) -> Rect | None:
    """The explaining panel on the right; its rectangle [px], or None where nothing needs explaining."""
    if picture.utilisation is None:
        return None
    px = size[1] / 1080.0
    ranks = _ranking(plan, picture)
    queues = [g for g in np.argsort(-towers.lots)[:4] if towers.lots[g] > 0.05]
    loaded = ranks[:6]
    high = (
        116.0
        + 44.0 * (1 + bool(picture.bottleneck) + bool(plan.loops) + bool(towers.caged))
        + 46.0
        + 38.0 * len(loaded)
    )
    high += (46.0 + 38.0 * len(queues)) if queues else 0.0
    x1, y1 = size[0] - EDGE * px, size[1] - (head_height(picture) + 10.0) * px
    x0, y0 = x1 - PANEL_WIDE * px, y1 - (high - 2.0) * px
    overlay.box((x0, y0, x1, y1), PAPER, opacity=0.86, radius=14 * px)
    left, right, y = x0 + 26 * px, x1 - 26 * px, y1 - 38 * px
    overlay.text("Tool utilisation", (left, y), 20 * px, INK, bold=True)
    y -= 38 * px
    overlay.strip((left, y, right, y + 22 * px), 255 * viridis(np.linspace(*limits, 256), limits))
    for tick in _ticks(limits):
        place = left + (tick - limits[0]) / (limits[1] - limits[0]) * (right - left)
        less = "< " if tick == limits[0] and np.nanmin(picture.utilisation) < tick else ""
        overlay.text(f"{less}{100 * tick:.0f} %", (place, y - 22 * px), 15 * px, GREY, align="centre")
    y -= 64 * px
    y = _keys(overlay, plan, picture, towers, left, y, px)
    y = _list(overlay, "Most loaded", plan, loaded, picture, limits, left, right, y, px)
    if queues:
        _queues(overlay, plan, queues, towers, left, right, y, px)
    return x0, y0, x1, y1


def _ticks(limits: tuple[float, float]) -> list[float]:
    """Round percentages within the scale."""
    step = next(s for s in (0.05, 0.1, 0.2, 0.25) if (limits[1] - limits[0]) / s <= 5.01)
    first = int(np.ceil(limits[0] / step - 1e-6))
    ticks = [i * step for i in range(first, int(limits[1] / step + 1e-6) + 1)]
    return [limits[0] if abs(tick - limits[0]) < 1e-9 else tick for tick in ticks]


def _keys(
    overlay: Overlay, plan: Plan, picture: Picture, towers: Towers, left: float, y: float, px: float
) -> float:
    """What orange, magenta and blue mean."""
    unit = f"{towers.unit:g}"
    word = "lot" if unit == "1" else "lots"
    for level in range(3):
        low = y - 6 * px + level * 9 * px
        overlay.box((left, low, left + 24 * px, low + 7.5 * px), ORANGE, radius=2 * px)
    overlay.text(f"lots waiting: a block is {unit} {word}", (left + 38 * px, y), 17 * px, INK)
    y -= 44 * px
    if picture.bottleneck:
        for inset, colour in ((0.0, ACCENT), (4.0, PAPER)):
            overlay.box(
                (left + inset * px, y - (5 - inset) * px, left + (24 - inset) * px, y + (19 - inset) * px),
                colour,
            )
        overlay.text("bottleneck", (left + 38 * px, y), 17 * px, INK)
        y -= 44 * px
    if towers.caged:
        for x0, y0, x1, y1 in ((0, -5, 2, 19), (22, -5, 24, 19), (0, 17, 24, 19), (0, -5, 24, -3)):
            overlay.box((left + x0 * px, y + y0 * px, left + x1 * px, y + y1 * px), (0.64, 0.68, 0.72))
        overlay.text("places of the buffer", (left + 38 * px, y), 17 * px, INK)
        y -= 44 * px
    if plan.loops:
        overlay.box((left, y + 4 * px, left + 24 * px, y + 9 * px), (0.28, 0.38, 0.55), radius=2 * px)
        overlay.text("sent back for rework", (left + 38 * px, y), 17 * px, INK)
        y -= 44 * px
    return y


def _ranking(plan: Plan, picture: Picture) -> list[tuple[int, float]]:
    """Toolgroups and their mean utilisation [0-1], the most loaded first."""
    assert picture.utilisation is not None
    means = [
        (i, float(np.nanmean(picture.utilisation[plan.group == i])))
        for i, group in enumerate(plan.groups)
        if group.tools and not np.all(np.isnan(picture.utilisation[plan.group == i]))
    ]
    return sorted(means, key=lambda pair: -pair[1])


def _list(
    overlay: Overlay,
    heading: str,
    plan: Plan,
    ranks: list[tuple[int, float]],
    picture: Picture,
    limits: tuple[float, float],
    left: float,
    right: float,
    y: float,
    px: float,
) -> float:
    """Bars of utilisation."""
    overlay.text(heading, (left, y), 20 * px, INK, bold=True)
    y -= 32 * px
    for group, share in ranks:
        marked = plan.groups[group].name == picture.bottleneck
        colour = viridis(np.array([share]), limits)[0]
        _bar(
            overlay,
            plan.groups[group].title,
            f"{100 * share:.1f} %",
            share,
            tuple(colour),
            marked,
            left,
            right,
            y,
            px,
        )
        y -= 38 * px
    return y - 14 * px


def _queues(
    overlay: Overlay,
    plan: Plan,
    queues: list[int],
    towers: Towers,
    left: float,
    right: float,
    y: float,
    px: float,
) -> None:
    """Bars of waiting lots."""
    overlay.text("Longest queues", (left, y), 20 * px, INK, bold=True)
    y -= 32 * px
    most = float(towers.lots.max())
    for group in queues:
        lots = float(towers.lots[group])
        _bar(
            overlay, plan.groups[group].title, lots_text(lots), lots / most, ORANGE, False, left, right, y, px
        )
        y -= 38 * px


def _bar(
    overlay: Overlay,
    name: str,
    figure: str,
    share: float,
    colour: tuple[float, ...],
    marked: bool,
    left: float,
    right: float,
    y: float,
    px: float,
) -> None:
    """A name, a figure, and a bar below them."""
    room = right - left - width(figure, 17 * px) - 12 * px
    overlay.text(
        shorten(name, 17 * px, room, marked), (left, y), 17 * px, ACCENT if marked else INK, bold=marked
    )
    overlay.text(figure, (right, y), 17 * px, ACCENT if marked else INK, align="right", bold=marked)
    overlay.box((left, y - 13 * px, right, y - 7 * px), (0.90, 0.92, 0.94), radius=3 * px)
    full = left + max(float(np.clip(share, 0.0, 1.0)) * (right - left), 6 * px)
    overlay.box((left, y - 13 * px, full, y - 7 * px), (colour[0], colour[1], colour[2]), radius=3 * px)


def lots_text(lots: float) -> str:
    """Lots with no more digits than they deserve."""
    return f"{lots:.0f} lots" if lots >= 20 else f"{lots:.1f} lots"
