"""Where labels go: signs, the bottleneck's call-out and queue figures, none on top of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twin.scene.lettering import width
from twin.scene.plan import Rect, overlap


@dataclass(frozen=True)
class Label:
    """A block of lines to place.

    lines:  text, letter size [px], bold
    spots:  pixels its middle may go to, the best first
    must:   move it until it fits, rather than leave it out
    pad:    white around the text, across and upright [px]
    """

    lines: tuple[tuple[str, float, bool], ...]
    spots: tuple[tuple[float, float], ...]
    must: bool = False
    pad: tuple[float, float] = (8.0, 5.0)

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


def place(labels: list[Label], taken: list[Rect], frame: Rect) -> list[Rect | None]:
    """A rectangle for each label [px], first come first served; None for one left out.

    taken: rectangles already in use; frame: where labels may be
    """
    used = list(taken)
    found: list[Rect | None] = []
    for label in labels:
        rect = _first_free(label, used, frame)
        if rect is not None:
            used.append(rect)
        found.append(rect)
    return found


def _first_free(label: Label, used: list[Rect], frame: Rect) -> Rect | None:
    """The first spot where the label meets nothing; one that must show is nudged, and at last moved away."""
    rounds = ((0, 5), (5, 40)) if label.must else ((0, 1),)
    for first, last in rounds:
        for x, y in label.spots:
            for dx, dy in _shifts(label.extent, first, last):
                rect = _inside(label.rect((x + dx, y + dy)), frame)
                if rect is not None and not any(overlap(rect, other) for other in used):
                    return rect
    return None


def _shifts(extent: tuple[float, float], first: int, last: int) -> Iterator[tuple[float, float]]:
    """Steps away from a spot, ring by ring; sideways and upright before aslant."""
    for ring in range(first, last):
        side, step = 0.12 * extent[0] * ring, 0.35 * extent[1] * ring
        if ring == 0:
            yield 0.0, 0.0
            continue
        yield from ((side, 0.0), (-side, 0.0), (0.0, step), (0.0, -step))
        yield from ((side, step), (-side, step), (side, -step), (-side, -step))


def _inside(rect: Rect, frame: Rect) -> Rect | None:
    """The rectangle pushed into the frame by no more than half its own size, or None."""
    x0, y0, x1, y1 = rect
    dx = max(frame[0] - x0, 0.0) + min(frame[2] - x1, 0.0)
    dy = max(frame[1] - y0, 0.0) + min(frame[3] - y1, 0.0)
    if abs(dx) > (x1 - x0) / 2 or abs(dy) > (y1 - y0) / 2 or x1 - x0 > frame[2] - frame[0]:
        return None
    return x0 + dx, y0 + dy, x1 + dx, y1 + dy
