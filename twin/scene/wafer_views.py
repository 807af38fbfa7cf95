"""What a wafer map shows: bins, killer defects or a characteristic; its colours, and what they mean.

Colours are told apart without seeing red from green: good dies are light and blue, lost ones saturated or dark, and
characteristics run along viridis, whose lightness rises all the way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.line.bins import DAMAGE, DEFECT, GOOD
from twin.results import ResultsError

if TYPE_CHECKING:
    from twin.results.wafer import Mapped, Wafer

BINS, DEFECTS = "bins", "defects"
CLASSES = (("no defect", "#a9cdbb"), ("1 defect", "#f0b13c"), ("2 defects", "#e0662c"), ("3 or more", "#9c1f1f"))
PLAIN_GOOD, LAST_GOOD, FIRST_BIN, LAST_BIN = "#a9cdbb", "#dde3e7", "#3b87b3", "#bfe0e6"
LOST = {DEFECT: "#f0a830", DAMAGE: "#8f2410"}
OUT_OF_LIMITS = ("#6f4aa8", "#d17fb5", "#3a3440", "#7d8a2e", "#1f3c88")
"""Of characteristics that dies are out of the limits of, in turn."""
SCALE = "viridis"
ROOM = 0.5
"""How far a scale reaches out for limits beyond what the wafers measure, in shares of that."""


@dataclass(frozen=True)
class Scale:
    """The scale of a characteristic.

    low, high: ends of its colours; bottom, top: ends of the bar, which shows limits that are near
    of:        the characteristic
    """

    low: float
    high: float
    bottom: float
    top: float
    of: Mapped


@dataclass(frozen=True)
class View:
    """What some wafers' maps show.

    name:    bins, defects or the characteristic
    colours: what its classes are, in turn, with their colours; none where there is a scale
    """

    name: str
    colours: tuple[tuple[str, str], ...] = ()
    scale: Scale | None = None

    @property
    def title(self) -> str:
        """What is shown, for the head of a picture."""
        if self.scale is None:
            return {BINS: "bins", DEFECTS: "killer defects"}[self.name]
        unit = self.scale.of.unit
        return f"{self.name} [{unit}]" if unit else self.name

    def classes(self, wafer: Wafer) -> NDArray[np.int64]:
        """The place of each die in `colours`   (die,)."""
        return np.minimum(wafer.defects, len(CLASSES) - 1) if self.name == DEFECTS else wafer.kind

    def paint(self, wafer: Wafer) -> NDArray[np.float64]:
        """The colour of each die   (die, 4)."""
        from matplotlib import colormaps
        from matplotlib.colors import to_rgba

        if self.scale is None:
            palette = np.array([to_rgba(colour) for _, colour in self.colours])
            painted: NDArray[np.float64] = palette[self.classes(wafer)]
            return painted
        span = self.scale.high - self.scale.low
        share = (wafer.values[self.name] - self.scale.low) / span
        painted = np.asarray(colormaps[SCALE](np.clip(share, 0.0, 1.0)))
        return painted

    def marked(self, wafer: Wafer) -> NDArray[np.bool_]:
        """Dies with a cross over them: out of limits   (die,)."""
        found = next((of for of in wafer.maps if of.name == self.name), None)
        return np.zeros(wafer.defects.size, dtype=bool) if found is None else found.outside

    def seen(self, wafer: Wafer) -> NDArray[np.bool_]:
        """Dies that must be seen however small they are: those lost   (die,)."""
        return wafer.defects > 0 if self.name == DEFECTS else ~wafer.good

    def told(self, wafers: tuple[Wafer, ...]) -> list[tuple[str, str, int]]:
        """What a legend says: of each class what it is, its colour, and dies of it; those that none has are left out.

        All classes of defects, which everyone looks for, are told in any case.
        """
        every = np.bincount(np.concatenate([self.classes(wafer) for wafer in wafers]), minlength=len(self.colours))
        found = [(what, colour, int(count)) for (what, colour), count in zip(self.colours, every, strict=True)]
        return [row for row in found if row[2] or self.name == DEFECTS]


def view_of(wafers: tuple[Wafer, ...], of: str | None) -> View:
    """What is asked for; bins where there are any to tell, else defects.

    raises ResultsError for what the wafers do not have
    """
    first = wafers[0]
    name = (DEFECTS if first.is_plain else BINS) if of is None else of
    if name == DEFECTS:
        return View(DEFECTS, CLASSES)
    if name == BINS:
        return View(BINS, tuple(zip(first.kinds, _bin_colours(wafers), strict=True)))
    made = [of for wafer in wafers for of in wafer.maps if of.name == name]
    if not made:
        choice = ", ".join([BINS, DEFECTS, *first.values])
        raise ResultsError(f"wafer {first.name} has no {name!r} to map; choose from {choice}")
    return View(name, scale=_scale(made))


def _bin_colours(wafers: tuple[Wafer, ...]) -> list[str]:
    """Of each of the wafers' kinds; one that no die is of leaves its colour to the next."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    kinds = wafers[0].kinds
    bins = kinds.index(GOOD)
    blues: Any = LinearSegmentedColormap.from_list("bins", [FIRST_BIN, LAST_BIN])
    found = [to_hex(blues(k / max(1, bins - 1))) for k in range(bins)]
    found.append(LAST_GOOD if bins else PLAIN_GOOD)
    further = 0
    for name in kinds[bins + 1 :]:
        if name in LOST:
            found.append(LOST[name])
        else:
            found.append(OUT_OF_LIMITS[further % len(OUT_OF_LIMITS)])
            further += any(wafer.counts[name] for wafer in wafers)
    return found


def _scale(made: list[Mapped]) -> Scale:
    """The scale that fits all wafers, and limits that are near."""
    of = made[0]
    low, high = (float(end([end(found.values) for found in made])) for end in (np.min, np.max))
    if high - low < 1e-9 * max(abs(low), abs(high), 1e-300):
        low, high = low - max(abs(low), 1.0) * 0.01, high + max(abs(high), 1.0) * 0.01
    reach = ROOM * (high - low)
    bottom, top = low, high
    for limit in (of.low, of.high):
        if math.isfinite(limit) and low - reach <= limit <= high + reach:
            bottom, top = min(bottom, limit), max(top, limit)
    room = 0.03 * (top - bottom)
    return Scale(low, high, bottom - room, top + room, of)
