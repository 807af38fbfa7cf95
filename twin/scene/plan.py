"""A floor plan: where every tool, aisle, belt, queue and sign is. No graphics, so no OpenGL to test one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.scene.solids import Floats, Ints

Rect = tuple[float, float, float, float]
"""x0, y0, x1, y1 [m], or [px] on the picture."""


@dataclass(frozen=True)
class Group:
    """A toolgroup as the layout sees it.

    tools:  how many to place
    area:   bay or section it stands in
    size:   width along the aisle or the flow, depth, height of one tool [m]
    buffer: places in front of it, None = unlimited
    at:     places given by a scene document, x [m], y [m], turn [deg]; empty = automatic
    label:  what signs call it
    """

    name: str
    tools: int
    area: str
    family: str
    size: tuple[float, float, float]
    buffer: int | None = None
    at: tuple[tuple[float, float, float], ...] = ()
    label: str = ""

    @property
    def title(self) -> str:
        """The name on signs and lists."""
        return self.label or self.name.replace("_", " ")


@dataclass(frozen=True)
class Patch:
    """A tinted piece of floor; kind: aisle, spine or yellow (light of a litho bay)."""

    kind: str
    rect: Rect


@dataclass(frozen=True)
class Sign:
    """The name of an area or a toolgroup.

    anchors: points it may stand at, the best first, x y z [m]
    groups:  indices of the toolgroups it speaks for
    side:    where it hangs on the first anchor: right (1), left (-1) or over (0); above, below or over
    """

    text: str
    anchors: tuple[tuple[float, float, float], ...]
    groups: tuple[int, ...]
    side: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Belt:
    """A straight conveyor, from and to x y [m]."""

    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True)
class Loop:
    """Lots sent back: from one place to another, x y [m], and their share [0-1], None where only a run knows it."""

    start: tuple[float, float]
    end: tuple[float, float]
    share: float | None

    def path(self, points: int = 40) -> Floats:
        """An arc over the floor [m].   (point, 3)"""
        start, end = np.array(self.start), np.array(self.end)
        rise = 4.5 + 0.10 * float(np.hypot(*(end - start)))
        t = np.linspace(0.0, 1.0, points)[:, None]
        return np.column_stack([(1 - t) * start + t * end, 1.0 + 4.0 * rise * t[:, 0] * (1 - t[:, 0])])

    def top(self) -> Floats:
        """The highest point of the arc [m].   (3,)"""
        path = self.path(41)
        highest: Floats = path[20]
        return highest


@dataclass(frozen=True)
class Plan:
    """Everything placed.

    kind:    "fab" or "line"
    centre:  middle of each tool's footprint [m]                   (tool, 2)
    turn:    anticlockwise from above [rad]                        (tool,)
    group:   toolgroup index of each tool                          (tool,)
    wip_at:  where each toolgroup's waiting lots stand [m]         (group, 2)
    floor:   the slab [m]
    """

    kind: str
    groups: tuple[Group, ...]
    centre: Floats
    turn: Floats
    group: Ints
    wip_at: Floats
    floor: Rect
    patches: tuple[Patch, ...] = ()
    signs: tuple[Sign, ...] = ()
    belts: tuple[Belt, ...] = ()
    loops: tuple[Loop, ...] = ()

    @property
    def sizes(self) -> Floats:
        """Width, depth, height of each tool [m].   (tool, 3)"""
        return np.array([g.size for g in self.groups])[self.group]

    def footprints(self) -> Floats:
        """Corners of each tool's footprint [m].   (tool, 4, 2)"""
        half = self.sizes[:, None, :2] / 2.0
        corner = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])[None] * half
        cos, sin = np.cos(self.turn)[:, None], np.sin(self.turn)[:, None]
        x, y = corner[..., 0], corner[..., 1]
        return np.stack([cos * x - sin * y, sin * x + cos * y], axis=2) + self.centre[:, None, :]

    def bounds(self) -> Rect:
        """The rectangle around all footprints [m]."""
        corners = self.footprints().reshape(-1, 2)
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        return float(x0), float(y0), float(x1), float(y1)

    @property
    def wall_m(self) -> float:
        """Height of the low wall behind and beside the floor [m]."""
        x0, y0, x1, y1 = self.floor
        return float(np.clip(0.009 * np.hypot(x1 - x0, y1 - y0), 0.25, 2.0))

    def moved(self, dx: float, dy: float) -> Plan:
        """The same plan elsewhere [m]."""

        def rect(r: Rect) -> Rect:
            return r[0] + dx, r[1] + dy, r[2] + dx, r[3] + dy

        def point(p: tuple[float, float]) -> tuple[float, float]:
            return p[0] + dx, p[1] + dy

        return replace(
            self,
            centre=self.centre + np.array([dx, dy]),
            wip_at=self.wip_at + np.array([dx, dy]),
            floor=rect(self.floor),
            patches=tuple(replace(p, rect=rect(p.rect)) for p in self.patches),
            signs=tuple(replace(s, anchors=tuple((x + dx, y + dy, z) for x, y, z in s.anchors)) for s in self.signs),
            belts=tuple(Belt(point(b.start), point(b.end)) for b in self.belts),
            loops=tuple(Loop(point(lo.start), point(lo.end), lo.share) for lo in self.loops),
        )

    def runs(self, group: int) -> list[Rect]:
        """Rectangles around a toolgroup's tools, one for each cluster that stands together [m]."""
        corners = self.footprints()[self.group == group]
        boxes = [(*c.min(axis=0), *c.max(axis=0)) for c in corners]
        merged: list[Rect] = []
        for box in sorted(boxes):
            grown = box
            while True:
                near = [m for m in merged if _close(m, grown) and _fills(m, grown)][:1]
                if not near:
                    break
                merged = [m for m in merged if m not in near]
                every = np.array([grown, *near])
                grown = (*every[:, :2].min(axis=0), *every[:, 2:].max(axis=0))
            merged.append((float(grown[0]), float(grown[1]), float(grown[2]), float(grown[3])))
        return merged


def _fills(a: Rect, b: Rect) -> bool:
    """Whether the rectangle around two holds little else: rows that do not line up stay apart."""
    area = sum((r[2] - r[0]) * (r[3] - r[1]) for r in (a, b))
    around = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    return around <= 1.3 * area


def _close(a: Rect, b: Rect, gap: float = 1.6) -> bool:
    """Whether two rectangles touch within a gap [m]."""
    return a[0] - gap < b[2] and b[0] - gap < a[2] and a[1] - gap < b[3] and b[1] - gap < a[3]


def overlap(a: Rect, b: Rect) -> bool:
    """Whether two rectangles share more than an edge."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
