"""Open time of a calendar over a run: what is odd in it first, then one week again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .days import DAY_S, WEEK_S

if TYPE_CHECKING:
    from .calendars import Calendar


class Stretch(NamedTuple):
    """A stretch of time [s]."""

    start: float
    end: float


class WeekDay(NamedTuple):
    """Shifts that begin on a day: when, and the stretches that are worked, both after the day's 00:00 [s]."""

    starts: tuple[int, ...]
    open: tuple[Stretch, ...]


class OpenTime(NamedTuple):
    """Open time of a calendar [s].

    first: stretches before `base`, ascending, none touching the next
    loop:  stretches of one cycle, after `base`, that come again every `cycle_s`; empty where the calendar never closes
           after the last of `first`
    base:  the beginning of a stretch
    """

    first: tuple[Stretch, ...]
    loop: tuple[Stretch, ...]
    base: float
    cycle_s: float = float(WEEK_S)


def open_time(calendar: Calendar) -> OpenTime:
    """When a calendar is open, for ever."""
    regular = (calendar.last_odd_day() // 7 + 1) * 7 + 1  # from this day on every week is like the next
    stretches = _merged(calendar, regular + 15)
    later = [s for s in stretches if s.start >= regular * DAY_S]
    if not later:  # never closes again
        return OpenTime((*stretches[:-1], Stretch(stretches[-1].start, float("inf"))), (), 0.0)
    base = later[0].start
    loop = tuple(Stretch(s.start - base, s.end - base) for s in later if s.start < base + WEEK_S)
    return OpenTime(tuple(s for s in stretches if s.start < base), loop, base)


def _merged(calendar: Calendar, days: int) -> list[Stretch]:
    """Open stretches of so many days, those that touch joined; the shift of the day before the run included."""
    found = sorted(
        Stretch(max(0.0, day * DAY_S + part.start), day * DAY_S + part.end)
        for day in range(-1, days) for part in calendar.on_day(day).open if day * DAY_S + part.end > 0
    )  # fmt: skip
    merged: list[Stretch] = []
    for part in found:
        if merged and part.start <= merged[-1].end:
            merged[-1] = Stretch(merged[-1].start, max(part.end, merged[-1].end))
        else:
            merged.append(part)
    return merged


def open_before(calendar: Calendar, end_s: float) -> bool:
    """Whether a calendar opens at all before a time [s]."""
    of = open_time(calendar)
    return (of.first[0].start if of.first else of.base) < end_s


def open_seconds(calendar: Calendar, start_s: float, end_s: float) -> float:
    """Open time between two times [s]."""
    return _until(open_time(calendar), end_s) - _until(open_time(calendar), start_s)


def _until(of: OpenTime, time_s: float) -> float:
    """Open time before a time [s]."""
    total = sum(max(0.0, min(s.end, time_s) - s.start) for s in of.first if s.start < time_s)
    if not of.loop or time_s <= of.base:
        return float(total)
    cycles, rest = divmod(time_s - of.base, of.cycle_s)
    total += cycles * sum(s.end - s.start for s in of.loop)
    return float(total + sum(max(0.0, min(s.end, rest) - s.start) for s in of.loop if s.start < rest))


def shifts_between(calendar: Calendar, start_s: float, end_s: float) -> int:
    """How many shifts, overtime included, begin between two times [s]."""
    days = range(int(start_s // DAY_S), int(end_s // DAY_S) + 1)
    return sum(start_s <= day * DAY_S + at < end_s for day in days for at in calendar.on_day(day).starts)


def open_share(calendar: Calendar) -> float:
    """Share of an ordinary week in which a calendar is open."""
    of = open_time(calendar)
    return sum(s.end - s.start for s in of.loop) / of.cycle_s if of.loop else 1.0
