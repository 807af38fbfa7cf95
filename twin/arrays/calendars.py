"""Calendars as tables: openings and closings in ticks, first what is odd, then one cycle again and again."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.arrays import calendar_fields as c
from twin.arrays import fields as f
from twin.line import Line
from twin.line.calendar_week import OpenTime, Stretch, open_time
from twin.line.calendars import calendar_of

Ints = NDArray[np.int64]
STOPS = {"processing": c.STOPS_PROCESSING, "repair": c.STOPS_REPAIR, "pm": c.STOPS_PM, "conveyors": 0}
"""What closed time stops, as bits; conveyors that it does not stop have no calendar."""


class CalendarTables(NamedTuple):
    """A line's calendars in the columns of `twin.arrays.fields`, times in ticks.

    rows:  (calendar, CALENDAR_CONSTANTS), CL_FIRST and CL_LOOP as rows of `edges`
    edges: (edge, EDGE_FIELDS): an opening, the closing after it, and so on
    duty:  calendar of each crew, NONE for one that is always there   (crew,)
    numbers: of each calendar, by name
    """

    rows: Ints
    edges: Ints
    duty: Ints
    numbers: dict[str, int]

    def arrays(self) -> dict[str, Ints]:
        """Its tables by their names in `LineArrays`."""
        return {"calendar": self.rows, "edge": self.edges, "duty": self.duty}

    def of_group(self, line: Line, group: str) -> int:
        """Number of a toolgroup's calendar, NONE for one that is always open."""
        name = calendar_of(line, group)
        return f.NONE if name is None else self.numbers[name]


def calendar_tables(line: Line) -> CalendarTables:
    """Every calendar of a line; what lies beyond the clock's reach is left out."""

    def ticks(seconds: float) -> int:
        return f.MAX_TICK if seconds >= f.MAX_TICK * line.tick else round(seconds / line.tick)

    numbers = {name: k for k, name in enumerate(line.calendars)}
    edges: list[tuple[int, int]] = []
    rows = []
    for calendar in line.calendars.values():
        stops = sum(STOPS[word] for word in calendar.stops)
        rows.append(_row(open_time(calendar), stops, edges, ticks))
    duty = [f.NONE if crew.calendar is None else numbers[crew.calendar] for crew in line.crews.values()]
    return CalendarTables(
        np.array(rows, dtype=np.int64).reshape(-1, c.CALENDAR_CONSTANTS),
        np.array(edges, dtype=np.int64).reshape(-1, c.EDGE_FIELDS),
        np.array(duty, dtype=np.int64),
        numbers,
    )


def _row(of: OpenTime, stops: int, edges: list[tuple[int, int]], ticks: Callable[[float], int]) -> list[int]:
    """One calendar's constants; its edges are appended."""
    base = ticks(of.base) if of.loop else 0
    first = len(edges)
    opened = _put(of.first, edges, ticks)
    loop = len(edges)
    in_cycle = _put(of.loop, edges, ticks)
    return [first, loop - first, loop, len(edges) - loop, base, ticks(of.cycle_s), opened, in_cycle, stops]


def _put(stretches: Sequence[Stretch], edges: list[tuple[int, int]], ticks: Callable[[float], int]) -> int:
    """Append openings and closings; returns the open time in all [tick]. A tick may be coarser than a break."""
    spans: list[list[int]] = []
    for stretch in stretches:
        start, end = ticks(stretch.start), ticks(stretch.end)
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(end, spans[-1][1])
        elif end > start:
            spans.append([start, end])
    opened = 0
    for start, end in spans:
        edges += [(start, opened), (end, opened + end - start)]
        opened += end - start
    return opened
