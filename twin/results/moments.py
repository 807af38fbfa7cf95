"""Moments of a run as a clock shows them: `3 d 04:12:07`, and read back."""

from __future__ import annotations

import re

from twin.line.context import reading_with
from twin.line.units import seconds

DAY, HOUR, MINUTE = 86_400_000, 3_600_000, 60_000
_CLOCK = re.compile(r"\s*(?:(\d+)\s*d(?:ays?)?\s+)?(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?\s*")


def moment(time_s: float, beside_s: float | None = None) -> str:
    """A time of the run [s] as `3 d 04:12:07`, milliseconds only where there are any.

    beside_s: a time of the same text [s]; the day is left out where it is the same
    """
    ms = round(time_s * 1000)
    day, rest = divmod(ms, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    part = f"{rest // 1000:02}" + (f".{rest % 1000:03}" if rest % 1000 else "")
    clock = f"{hours:02}:{minutes:02}:{part}"
    same = beside_s is not None and round(beside_s * 1000) // DAY == day
    return clock if same or (beside_s is None and day == 0) else f"{day} d {clock}"


def lasting(time_s: float) -> str:
    """A length of time [s] in its two largest units: `47 s`, `14 min 23 s`, `2 h 5 min`, `3 d 4 h`."""
    if time_s < 60:
        return f"{round(time_s, 3):g} s"
    for large, small, size, part in (("d", "h", 86_400, 3600), ("h", "min", 3600, 60), ("min", "s", 60, 1)):
        if time_s >= size:
            whole, rest = divmod(round(time_s / part), size // part)
            return f"{whole} {large} {rest} {small}" if rest else f"{whole} {large}"
    return f"{time_s:g} s"


def seconds_at(text: str, tick_s: float) -> float:
    """Seconds of a moment, as `3 d 04:12:07`, `04:12`, or a quantity such as `76.2 h`.

    raises ValueError
    """
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        try:
            with reading_with(tick=tick_s):
                return seconds(text)
        except ValueError as fault:
            raise ValueError(str(fault).replace("such as '90 s' or '2 h'", "such as '3 d 04:12:07' or '2 h'")) from None
    days, hours, minutes, part = clock.groups()
    if int(minutes) > 59 or float(part or 0) >= 60 or (days is not None and int(hours) > 23):
        raise ValueError(f"{text.strip()!r} is no time of a clock; write it such as '3 d 04:12:07' or '2 h'")
    return int(days or 0) * 86_400 + int(hours) * 3600 + int(minutes) * 60 + float(part or 0)
