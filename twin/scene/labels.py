"""Where labels go: signs, the bottleneck's call-out and queue figures, none on top of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.scene.ground import Ground, Shade
from twin.scene.lettering import pixel, width
from twin.scene.plan import Rect, overlap
from twin.scene.solids import Floats

STEP = 12.0
"""Distance between the places tried for a label that must show [px at 1080 lines]."""
COVER, GAP, ASTRAY = 3.0, 1 / 160, 1 / 700
"""Cost of hiding something with the whole label, of a pixel of pointer, of a pixel away from the best spots."""
CROSS = 1 / 90
"""Cost of a pixel of pointer over something else."""
OWN, OWN_POINTED = 0.4, 0.8
"""How much of what it speaks of a label must spare: little where it hangs on it, much where it points at it."""
CLEAR = 12.0
"""Space a label that points at something leaves around itself [px at 1080 lines]."""
WELL = 0.15
"""Cost below which a spot is taken without looking further."""


@dataclass(frozen=True)
class Label:
    """A block of lines to place.

    lines:  text, letter size [px], bold
    spots:  pixels its middle may go to, the best first
    must:   look for another place where no spot will do, rather than leave it out
    pad:    white around the text, across and upright [px]
    tips:   pixels a pointer from it may end at; empty = the spots
    reach:  how long the pointer should be [px]
    own:    toolgroups it speaks of
    """

    lines: tuple[tuple[str, float, bool], ...]
    spots: tuple[tuple[float, float], ...]
    must: bool = False
    pad: tuple[float, float] = (8.0, 5.0)
    tips: tuple[tuple[float, float], ...] = ()
    reach: float = 0.0
    own: tuple[int, ...] = ()

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height with padding [px]."""
        wide = max(width(*line) for line in self.lines)
        high = sum(1.28 * size for _, size, _ in self.lines)
        return wide + 2 * self.pad[0], high + 2 * self.pad[1]

    def rect(self, middle: tuple[float, float]) -> Rect:
        """The rectangle around a middle [px]."""
        wide, high = self.extent
        return middle[0] - wide / 2, middle[1] - high / 2, middle[0] + wide / 2, middle[1] + high / 2

    def pointer(self, rects: Floats) -> tuple[Floats, Floats, Floats]:
        """The nearest tip to each rectangle: its index, the gap to it, and where the pointer leaves [px].

        rects: (rect, 4) -> (rect,), (rect,), (rect, 2)
        """
        tips = np.array(self.tips or self.spots)
        leave = np.clip(tips[None], rects[:, None, :2], rects[:, None, 2:])
        gaps = np.hypot(*np.moveaxis(leave - tips[None], 2, 0))
        nearest = gaps.argmin(axis=1)
        row = np.arange(len(rects))
        return nearest, gaps[row, nearest], leave[row, nearest]


def place(
    labels: list[Label], taken: list[Rect], frame: Rect, ground: Ground, size: tuple[int, int]
) -> list[Rect | None]:
    """A rectangle for each label [px], first come first served; None for one left out.

    taken: rectangles already in use; frame: where labels may be; ground: what they had better not cover
    """
    px = pixel(size)
    used = list(taken)
    found: list[Rect | None] = []
    for number, label in enumerate(labels):
        if label.must:
            hoped = [(other.rect(other.spots[0]), 1.0 if other.must else 0.4) for other in labels[number + 1 :]]
            own = (label.own, OWN_POINTED if label.reach else OWN)
            shade = Shade(size, ground, own, hoped + [(rect, 1.0) for rect in used])
            rect = _cheapest(label, np.array(used).reshape(-1, 4), frame, shade, px)
        else:
            rect = _first_free(label, used, frame)
        if rect is not None:
            used.append(rect)
            used += _along_pointer(label, rect, px)
        found.append(rect)
    return found


def _first_free(label: Label, used: list[Rect], frame: Rect) -> Rect | None:
    """The first spot where the label meets nothing."""
    for spot in label.spots:
        rect = _inside(label.rect(spot), frame)
        if rect is not None and not any(overlap(rect, other) for other in used):
            return rect
    return None


def _cheapest(label: Label, used: Floats, frame: Rect, shade: Shade, px: float) -> Rect | None:
    """The place that hides least and points least far: one of the spots if that is good, else anywhere."""
    spots = [rect for rect in (_inside(label.rect(spot), frame) for spot in label.spots) if rect is not None]
    best: Rect | None = None
    least = np.inf
    for rects in (np.array(spots).reshape(-1, 4), _everywhere(label, frame, px)):
        rects = rects[~_meets(rects, used)]
        if len(rects):
            costs = _costs(label, rects, shade, px)
            if costs.min() < least:
                x0, y0, x1, y1 = rects[costs.argmin()]
                best, least = (float(x0), float(y0), float(x1), float(y1)), float(costs.min())
        if least < WELL:
            break
    return best


def _costs(label: Label, rects: Floats, shade: Shade, px: float) -> Floats:
    """What each place costs: 1 is a pointer of 160 px, or a third of the label over tools.   (rect, 4) -> (rect,)"""
    nearest, gaps, leave = label.pointer(rects)
    tips = np.array(label.tips or label.spots)[nearest]
    middles = (rects[:, :2] + rects[:, 2:]) / 2
    astray = np.hypot(*np.moveaxis(middles[:, None] - np.array(label.spots)[None], 2, 0))
    away = (ASTRAY / px) * astray.min(axis=1)
    pointing = (GAP / px) * np.maximum(gaps - label.reach, 0.0) + (CROSS / px) * gaps * shade.crossed(leave, tips)
    hidden = np.where(gaps < 0.7 * label.reach, 1.0, 0.0)
    margin = (CLEAR if label.reach else 0.0) * px
    covered = shade.covered(rects + margin * np.array([-1.0, -1.0, 1.0, 1.0]))
    costs: Floats = COVER * covered + pointing + away + hidden
    return costs


def _everywhere(label: Label, frame: Rect, px: float) -> Floats:
    """Places all over the frame, in line with the best spot [px].   (rect, 4)"""
    wide, high = label.extent
    (x, y), step = label.spots[0], STEP * px
    first_x, last_x = frame[0] + wide / 2, frame[2] - wide / 2
    first_y, last_y = frame[1] + high / 2, frame[3] - high / 2
    across = np.arange(first_x + (x - first_x) % step, last_x, step)
    upright = np.arange(first_y + (y - first_y) % step, last_y, step)
    middles = np.stack(np.meshgrid(across, upright), axis=2).reshape(-1, 2)
    half = np.array([wide / 2, high / 2])
    return np.concatenate([middles - half, middles + half], axis=1)


def _meets(rects: Floats, used: Floats) -> NDArray[np.bool_]:
    """Whether a rectangle overlaps any of those used.   (rect, 4), (other, 4) -> (rect,)"""
    meets = np.zeros(len(rects), dtype=bool)
    for x0, y0, x1, y1 in used:
        meets |= (rects[:, 0] < x1) & (x0 < rects[:, 2]) & (rects[:, 1] < y1) & (y0 < rects[:, 3])
    return meets


def _along_pointer(label: Label, rect: Rect, px: float) -> list[Rect]:
    """Small rectangles along the pointer of a label, so that others keep off it."""
    if not label.must:
        return []
    nearest, gaps, leave = label.pointer(np.array([rect]))
    tip, half = np.array((label.tips or label.spots)[int(nearest[0])]), 3.0 * px
    count = int(gaps[0] / (10.0 * px))
    points = leave[0] + np.linspace(0.0, 1.0, count + 2)[1:-1, None] * (tip - leave[0])
    return [(float(x) - half, float(y) - half, float(x) + half, float(y) + half) for x, y in points]


def _inside(rect: Rect, frame: Rect) -> Rect | None:
    """The rectangle pushed into the frame by no more than half its own size, or None."""
    x0, y0, x1, y1 = rect
    dx = max(frame[0] - x0, 0.0) + min(frame[2] - x1, 0.0)
    dy = max(frame[1] - y0, 0.0) + min(frame[3] - y1, 0.0)
    if abs(dx) > (x1 - x0) / 2 or abs(dy) > (y1 - y0) / 2 or x1 - x0 > frame[2] - frame[0]:
        return None
    return x0 + dx, y0 + dy, x1 + dx, y1 + dy
