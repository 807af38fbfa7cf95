"""Times of day, days of the week and days of a run, as calendars write them."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from .faults import Fault, Faults, did_you_mean, show

DAY_S, WEEK_S = 86_400, 604_800
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_DAYS = 20_000
"""Days of a run that a calendar names: beyond the clock's reach at its finest and far beyond any plan."""
_CLOCK = re.compile(r"\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*")
_RANGE = re.compile(r"\s*([a-z]+)\s*(?:-\s*([a-z]+)\s*)?")


def time_of_day(value: Any) -> str:
    """A time of day such as `06:00`, as hours and minutes, and seconds where it has any."""
    if isinstance(value, time):
        value = value.isoformat("seconds")
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"needs a time of day such as \"06:00\", not {show(value)}")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if minutes > 59 or seconds > 59 or 3600 * hours + 60 * minutes + seconds > DAY_S:
        raise ValueError(f"{show(value)} is no time of day; write \"00:00\" to \"24:00\"")
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def seconds_of(clock: str) -> int:
    """Seconds after midnight of a time of day that `time_of_day` has read."""
    hours, minutes, *rest = (int(part) for part in clock.split(":"))
    return 3600 * hours + 60 * minutes + (rest[0] if rest else 0)


def weekdays(value: Any) -> str:
    """Days of the week such as `mon-fri, sun`, in a text or a list, as one text."""
    parts = [part for text in value for part in _split(text)] if isinstance(value, list | tuple) else _split(value)
    if not parts:
        raise ValueError("needs a day of the week; write mon-fri")
    found: list[int] = []
    for part in parts:
        days = _days_of(part)
        twice = [WEEKDAYS[day] for day in days if day in found]
        if twice:
            raise ValueError(f"{twice[0]} stands twice; leave one out")
        found += days
    return ", ".join(parts)


def _split(value: Any) -> list[str]:
    if not isinstance(value, str):
        raise ValueError(f"needs days of the week such as mon-fri, not {show(value)}")
    return [" ".join(part.split()).lower().replace(" ", "") for part in value.split(",") if part.strip()]


def _days_of(part: str) -> list[int]:
    """Days of one range, 0 = Monday; `fri-mon` goes over the end of the week."""
    match = _RANGE.fullmatch(part)
    ends = [end for end in match.groups() if end] if match else []
    for end in ends or [part]:
        if end not in WEEKDAYS:
            raise ValueError(f"{show(end)} is no day of the week; {did_you_mean(end, WEEKDAYS)}")
    first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
    return [(first + k) % 7 for k in range((last - first) % 7 + 1)]


def weekdays_of(text: str) -> list[int]:
    """The days that a text of `weekdays` names, 0 = Monday, ascending."""
    return sorted(day for part in text.split(", ") for day in _days_of(part))


def day(value: Any) -> str:
    """A day of the run counted from 0, or a date; or several, `12 to 16`, `2026-12-24 to 2026-12-31`."""
    if isinstance(value, date):
        value = value.isoformat()
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        raise ValueError(f"needs a day of the run such as 12, or a date such as 2026-12-24, not {show(value)}")
    ends = [_one_day(end.strip()) for end in re.split(r"\s+to\s+", text.strip())]
    if len(ends) > 2:
        raise ValueError(f"{show(text)} has more than one `to`; write 12 to 16")
    if len({isinstance(end, date) for end in ends}) > 1:
        raise ValueError(f"{show(text)} mixes a date with a day of the run; write both in one kind")
    if len(ends) == 2 and ends[1] < ends[0]:  # type: ignore[operator]
        raise ValueError(f"{show(text)} ends before it begins; write the earlier day first")
    return " to ".join(str(end) for end in ends)


def _one_day(text: str) -> int | date:
    if re.fullmatch(r"\d{1,9}", text):
        number = int(text)
        if number > LONGEST_DAYS:
            raise ValueError(f"day {show(text)} lies beyond any run; days are counted from the start of the run")
        return number
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{show(text)} is no day; write a day of the run such as 12, or a date such as 2026-12-24"
        ) from None


def run_days(text: str, starts: date | None) -> range:
    """Days of the run that a text of `day` names.

    raises ValueError for a date where the calendar does not say when the run starts, and for one before that
    """
    ends = [_one_day(end) for end in text.split(" to ")]
    numbers = []
    for end in ends:
        if isinstance(end, date):
            if starts is None:
                cure = "write 'starts: 2026-01-05' beside shifts, or a day of the run such as 12"
                raise ValueError(f"{show(str(end))} is a date, and the calendar has none to count from; {cure}")
            end = (end - starts) // timedelta(days=1)
            if end < 0:
                raise ValueError(f"{show(text)} lies before the run, which starts on {starts}")
            if end > LONGEST_DAYS:
                raise ValueError(f"{show(text)} lies beyond any run, which starts on {starts}")
        numbers.append(end)
    return range(numbers[0], numbers[-1] + 1)


_CLOCK_SCHEMA = {"type": "string", "pattern": r"^\s*\d{1,2}:\d{2}(:\d{2})?\s*$"}
_DAY_SCHEMA = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]}
_WEEKDAYS_SCHEMA = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"enum": list(WEEKDAYS)}}]}

TimeOfDay = Annotated[str, BeforeValidator(time_of_day), WithJsonSchema(_CLOCK_SCHEMA)]
Weekdays = Annotated[str, BeforeValidator(weekdays), WithJsonSchema(_WEEKDAYS_SCHEMA)]
Day = Annotated[str, BeforeValidator(day), WithJsonSchema(_DAY_SCHEMA)]


def _days(value: Any) -> Any:
    """Days; one alone may stand without a list."""
    if not isinstance(value, list | tuple):
        return (day(value),)
    found, faults = [], []
    for i, each in enumerate(value):
        try:
            found.append(day(each))
        except ValueError as error:
            faults.append(Fault((i,), str(error)))
    if faults:
        raise Faults(faults)
    return tuple(found)


Days = Annotated[
    tuple[str, ...],
    BeforeValidator(_days),
    WithJsonSchema({"anyOf": [_DAY_SCHEMA, {"type": "array", "items": _DAY_SCHEMA}]}),
]
