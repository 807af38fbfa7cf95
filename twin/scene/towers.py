"""Waiting lots as towers of blocks: height is lots."""

from __future__ import annotations

import numpy as np

from twin.scene.picture import Picture
from twin.scene.plan import Plan
from twin.scene.solids import Floats, Kit, Solid, rectangle

MOST_BLOCKS = 14
STEPS = (1, 2, 5)


class Towers:
    """One tower a toolgroup.

    lots:    mean lots waiting                (group,)
    unit:    lots a block stands for
    block:   height of a block [m]
    tallest: lots of the tallest tower that the scale has room for, those of other pictures at least
    """

    def __init__(self, plan: Plan, picture: Picture, tallest: float = 0.0) -> None:
        self._plan = plan
        self.lots: Floats = np.array([picture.waiting.get(group.name, 0.0) for group in plan.groups])
        self.lots[np.isnan(self.lots) | np.isnan(plan.wip_at[:, 0])] = 0.0
        self.places = np.array([np.inf if g.buffer is None else float(g.buffer) for g in plan.groups])
        most = max(float(self.lots.max(initial=0.0)), tallest)
        # Small buffers are shown whole; a huge one must not flatten everything else.
        shown = self.places[self.places <= 4.0 * max(most, 1.0)] if plan.kind == "line" else np.array([])
        self.tallest = max(most, float(shown.max(initial=0.0)))
        self.unit = _unit(self.tallest)
        x0, y0, x1, y1 = plan.floor
        across = float(np.sqrt((x1 - x0) * (y1 - y0)))
        # High enough to be seen from afar in a fab; in a flow line no higher than the stations by much.
        reach = float(np.clip(0.1 * across, 3.6, 20.0) if plan.kind == "fab" else np.clip(0.08 * across, 3.0, 6.0))
        self.block = min(reach / max(self.tallest / self.unit, 1.0), 0.22 * reach)
        self.side = 0.95

    def place(self, group: int) -> tuple[float, float]:
        """Where a toolgroup's tower stands [m]."""
        x, y = self._plan.wip_at[group]
        return float(x), float(y)

    @property
    def caged(self) -> list[int]:
        """Finite buffers of a flow line that fit the picture."""
        if self._plan.kind != "line":
            return []
        fits = (self.places > 0) & (self.places <= self.tallest) & ~np.isnan(self._plan.wip_at[:, 0])
        return [int(g) for g in np.flatnonzero(fits)]

    def heights(self) -> Floats:
        """Of each tower [m].   (group,)"""
        return self.lots / self.unit * self.block

    def tops(self) -> Floats:
        """Tops of the towers that are there [m].   (tower, 3)"""
        there = self.lots > 0.0
        return np.column_stack([self._plan.wip_at[there], self.heights()[there]]).reshape(-1, 3)

    def blocks(self) -> Solid | None:
        """All blocks; the last of a tower is as high as what is left."""
        kit, empty = Kit(), True
        for (x, y), lots in zip(self._plan.wip_at, self.lots, strict=True):
            blocks = lots / self.unit
            if blocks < 0.04:
                continue
            empty = False
            for level in range(int(np.ceil(blocks - 1e-9))):
                z = self._foot() + level * self.block
                high = self.block * min(1.0, blocks - level)
                gap = min(0.09 * self.block, 0.12 * high)
                outline = rectangle(x - self.side, x + self.side, y - self.side, y + self.side, 0.12)
                kit.prism(outline, z, z + high - gap, bevel=min(0.12, 0.3 * high))
        return None if empty else kit.done()

    def cages(self) -> Solid | None:
        """Corner posts and a rim around each finite buffer."""
        if not self.caged:
            return None
        kit = Kit()
        for g in self.caged:
            (x, y), places = self._plan.wip_at[g], float(self.places[g])
            top, half, bar = self._foot() + places / self.unit * self.block, self.side + 0.14, 0.05
            for sx in (-half, half):
                for sy in (-half, half):
                    kit.box((x + sx - bar, x + sx + bar), (y + sy - bar, y + sy + bar), (0.0, top))
            for s in (-half, half):
                kit.box((x - half, x + half), (y + s - bar, y + s + bar), (top - 2 * bar, top))
                kit.box((x + s - bar, x + s + bar), (y - half, y + half), (top - 2 * bar, top))
        return kit.done()

    def _foot(self) -> float:
        """Height the towers stand at: the floor, or the belt [m]."""
        return 0.0 if self._plan.kind == "fab" else 0.45


def _unit(most: float) -> float:
    """Lots a block: the smallest of 1, 2, 5, 10, ... that keeps the tallest tower countable."""
    if most <= 0.0:
        return 1.0
    power = 0 if most >= 2.0 else -1
    while True:
        for step in STEPS:
            unit = step * 10.0**power
            if most / unit <= MOST_BLOCKS:
                return unit
        power += 1
