"""Figures as the cells of a table: one unit and one number of decimals for a whole column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from twin.results.figure import Figure

NO_DATA = "-"
FAST_PER_D = 48.0  # from two lots an hour on, people count by the hour


@dataclass(frozen=True)
class Unit:
    """How a column is told: its header's unit and the factor from the figure's own unit."""

    name: str
    factor: float


def time_unit(figures: Sequence[Figure | None]) -> Unit:
    """The unit in which the longest of these times [d] reads best."""
    longest = max((figure.mean for figure in figures if figure is not None), default=1.0)
    for name, per_day in (("d", 1.0), ("h", 24.0), ("min", 1440.0)):
        if longest * per_day >= 2:
            return Unit(name, per_day)
    return Unit("s", 86_400.0)


def rate_unit(figures: Sequence[Figure | None], time: Unit) -> Unit:
    """The unit in which the largest of these rates [lot/d] reads best beside cycle times in `time`."""
    largest = max((figure.mean for figure in figures if figure is not None), default=0.0)
    return Unit("lot/h", 1 / 24) if largest >= FAST_PER_D and time.name != "d" else Unit("lot/d", 1.0)


def places(figures: Sequence[Figure | None], factor: float, digits: int = 4, most: int = 4) -> int:
    """Decimals of a column: `digits` digits for its largest mean, and not more than its intervals deserve."""
    known = [figure for figure in figures if figure is not None]
    largest = max((abs(figure.mean) * factor for figure in known), default=0.0)
    room = digits - 1 - _leading(largest)
    halves = [figure.half * factor for figure in known if figure.half]
    deserved = 1 - _leading(min(halves)) if halves else room
    return max(0, min(room, deserved, most))


def _leading(value: float) -> int:
    return math.floor(math.log10(value)) if value >= 1e-12 else 0


def cell(figure: Figure | None, factor: float, decimals: int, plus_minus: str = " ± ") -> str:
    """One figure: `51.2 ± 0.4`, `51.2` without an interval, `0` where there is nothing at all."""
    if figure is None:
        return NO_DATA
    if figure.mean == 0 and not figure.half:
        return "0"
    mean = f"{figure.mean * factor:,.{decimals}f}"
    return mean if figure.half is None else f"{mean}{plus_minus}{figure.half * factor:,.{decimals}f}"


def column(
    figures: Sequence[Figure | None], factor: float, digits: int = 4, most: int = 4, plus_minus: str = " ± "
) -> list[str]:
    """The cells of one column, interval under interval."""
    decimals = places(figures, factor, digits, most)
    return align([cell(figure, factor, decimals, plus_minus) for figure in figures], plus_minus)


def align(cells: Sequence[str], plus_minus: str) -> list[str]:
    """Pad to the right so that the signs of a column stand under each other when it is set flush right."""
    tails = [cell.partition(plus_minus)[2] for cell in cells]
    width = max((len(tail) for tail in tails), default=0)
    blank = len(plus_minus) + width
    return [
        cell[: len(cell) - len(tail)] + tail.rjust(width) if tail else cell + " " * (blank if width else 0)
        for cell, tail in zip(cells, tails, strict=True)
    ]
