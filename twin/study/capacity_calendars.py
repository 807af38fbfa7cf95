"""Offered load of what is not always open: the share of an ordinary week in which tools and crews are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from twin.line import Line
from twin.line.calendar_week import open_share
from twin.line.calendars import calendar_of


class Opening(NamedTuple):
    """How much of the time a toolgroup has.

    share: of an ordinary week, in which it is open
    pm:    share of its maintenance by time that takes open time: all of it, or what falls due then where maintenance
           goes on in closed time
    """

    share: float
    pm: float

    def left(self, by_time: float) -> float:
        """Share of the time that maintenance by time leaves, which takes this share of it."""
        return self.share - by_time * self.pm


def opening(line: Line, group: str) -> Opening:
    """How much of the time a toolgroup has."""
    name = calendar_of(line, group)
    if name is None:
        return Opening(1.0, 1.0)
    share = open_share(line.calendars[name])
    return Opening(share, 1.0 if "pm" in line.calendars[name].stops else share)


def there(line: Line, crew: str) -> float:
    """Share of an ordinary week in which a crew is there."""
    name = line.crews[crew].calendar
    return 1.0 if name is None else open_share(line.calendars[name])


def calendar_notes(line: Line) -> Iterator[str]:
    """What a reader must know of the calendars."""
    used: dict[str, list[str]] = {}
    for group in line.toolgroups:
        name = calendar_of(line, group)
        if name is not None:
            used.setdefault(name, []).append(group)
    for name, groups in used.items():
        calendar = line.calendars[name]
        share = 100 * open_share(calendar)
        whom = ", ".join(groups[:4]) + (f" and {len(groups) - 4} more" if len(groups) > 4 else "")
        yield f"open {share:.1f} % of an ordinary week by calendar {name}: {whom}"
        if "repair" not in calendar.stops and any(line.toolgroups[group].failures for group in groups):
            yield f"repairs that go on in closed time ({name}) are counted as if they took open time"
