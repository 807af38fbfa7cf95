"""Timestamps of an event log: their format, their time zone, and seconds from a Monday."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .faults import LineError, show
from .units import UNITS, unit_factor

Floats = NDArray[np.float64]

FORMATS = (
    "ISO8601", "%d.%m.%Y %H:%M:%S.%f", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M",
)  # fmt: skip
"""What is tried where --time-format says nothing: ISO 8601, with - or /, and what people write."""
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")
_SWAPPED = str.maketrans({"d": "m", "m": "d"})


@dataclass(frozen=True)
class Times:
    """Cells read as times.

    seconds: from `zero`, NaN where a cell is no time   (cell,)
    zero:    a Monday 00:00, by the clock on the wall; None for a log of plain numbers, whose zero is its own
    told:    how the cells were understood
    shape:   an example of what they should look like
    """

    seconds: Floats
    zero: datetime | None
    told: str
    shape: str


def read_times(cells: Sequence[str], form: str | None, zone: str | None) -> Times:
    """Cells as times. Blank cells become NaN.

    form: a format as strptime and pandas know it, a unit of time for plain numbers, None to find it out
    zone: time zone of the clock on the wall, such as Europe/Berlin

    raises LineError for a format or a zone that does not exist, or if no format fits
    """
    wall = _zone(zone)
    texts = [cell.strip() for cell in cells]
    given = [text for text in texts if text]
    if form is not None and form in UNITS:
        return _numbers(texts, form)
    if given and all(_NUMBER.fullmatch(text) for text in given[:50]) and form is None:
        raise LineError(
            f"the times are plain numbers such as {show(given[0])}; name their unit, for instance --time-format h"
        )
    offsets = {found[0] if (found := _OFFSET.search(text)) else "" for text in given if ":" in text}
    if len(offsets) > 1 and "" in offsets:
        raise LineError("some times have a time zone and others have none; write all of them alike")
    stamps, used = _parsed(texts, form, aware=offsets not in (set(), {""}))
    return _from_monday(stamps, used, offsets - {""}, wall, zone)


def _zone(zone: str | None) -> ZoneInfo | None:
    if zone is None:
        return None
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise LineError(f"--time-zone {zone}: there is no such time zone; write for instance Europe/Berlin") from None


def _numbers(texts: Sequence[str], unit: str) -> Times:
    """Plain numbers of a unit, from a zero of their own."""
    times, over = unit_factor(unit)
    seconds = np.array([float(text) * times / over if _NUMBER.fullmatch(text) else np.nan for text in texts])
    return Times(seconds, None, f"numbers of {unit}", f"12.5, a number of {unit}")


def _parsed(texts: Sequence[str], form: str | None, *, aware: bool) -> tuple[Any, str]:
    """Stamps, NaT where a text is none, and the format that they have."""
    column: Any = pd.Series([text or None for text in texts], dtype="object")
    blank = int(column.isna().sum())
    tried: list[tuple[int, Any, str]] = []
    for one in FORMATS if form is None else (form,):
        try:
            stamps = pd.to_datetime(column, format=one, errors="coerce", utc=aware)
        except (ValueError, TypeError) as error:
            raise LineError(f"--time-format {one}: {error}; write for instance '%d.%m.%Y %H:%M'") from None
        tried.append((int(stamps.isna().sum()) - blank, stamps, one))
    faulty, stamps, used = min(tried, key=lambda found: found[0])
    whole = len(texts) - blank
    if whole and 2 * faulty > whole:
        example = next(text for text in texts if text)
        cure = f"say how they are written with --time-format, for instance {show('%d.%m.%Y %H:%M')}"
        tell = "no format that is tried" if form is None else f"the format {show(form)} does not"
        raise LineError(f"the times such as {show(example)} cannot be read: {tell} fits; {cure}")
    other = next((found for found in tried if found[2] == used.translate(_SWAPPED) and found[0] == faulty), None)
    if other is not None and form is None and used != "ISO8601" and not (other[1] == stamps)[stamps.notna()].all():
        example = next(text for text in texts if text)
        cure = f"--time-format {show(used)} or {show(other[2])}"
        raise LineError(f"{show(example)}: day or month first? Both can be read; say which with {cure}")
    return stamps, used


def _from_monday(
    stamps: Any, used: str, offsets: set[str], wall: ZoneInfo | None, zone: str | None
) -> Times:
    """Seconds from Monday 00:00, before the first time, on the wall's clock."""
    shape = "2012-01-30 06:24:00" if used == "ISO8601" else datetime(2012, 1, 30, 6, 24).strftime(used)
    told = "ISO 8601" if used == "ISO8601" else used
    local = stamps
    if offsets:
        if wall is not None:
            local, told = stamps.dt.tz_convert(wall).dt.tz_localize(None), f"{told}, time of {zone}"
        else:
            one = stamps.dt.tz_localize(None)
            shift = _offset(next(iter(offsets))) if len(offsets) == 1 else timedelta(0)
            local = one + shift
            told += f", time {next(iter(offsets))}" if len(offsets) == 1 else ", several offsets: time is UTC"
        stamps = stamps.dt.tz_localize(None)
    elif wall is not None:
        first = np.ones(len(stamps), dtype=bool)  # of an hour that the clock shows twice, the first
        aware = stamps.dt.tz_localize(wall, ambiguous=first, nonexistent="shift_forward")
        stamps, told = aware.dt.tz_convert("UTC").dt.tz_localize(None), f"{told}, time of {zone}"
    start = stamps.min()
    if pd.isna(start):
        return Times(np.full(len(stamps), np.nan), None, told, shape)
    begins: pd.Timestamp = local[stamps.idxmin()]
    monday = begins.normalize() - pd.Timedelta(days=begins.weekday())
    seconds = (stamps - start).dt.total_seconds().to_numpy(dtype=float) + (begins - monday).total_seconds()
    return Times(seconds, monday.to_pydatetime(), told, shape)


def _offset(text: str) -> timedelta:
    """+02:00 as a time."""
    if text == "Z":
        return timedelta(0)
    digits = text[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -shift if text[0] == "-" else shift
