"""Working hours that an event log shows: the hours of a week in which work goes on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HOUR_S, WEEK_S, HOURS = 3600.0, 604_800.0, 168
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FEWEST_WEEKS = 2.0
QUIET = 0.2  # of the work in the busiest quarter of the week: an hour with less is closed
SHORTEST = 4  # hours that a closed stretch lasts at least
ENOUGH = 500  # events of a log that tells when nothing begins or ends
STILL = 0.01  # of the mean hour's beginnings and ends: an hour with fewer is closed
_ROUND_THE_CLOCK = 165  # open hours that are as good as all


@dataclass(frozen=True)
class Hours:
    """Open hours of every week, from Monday 00:00.

    open: whether each hour is   (168,)
    """

    open: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """Open hours a week."""
        return int(self.open.sum())

    def opening(self, times: Floats) -> Floats:
        """Open time from zero to each of these times [s]."""
        weeks, rest = np.divmod(times, WEEK_S)
        passed = np.concatenate([[0.0], np.cumsum(self.open * HOUR_S)])
        found: Floats = weeks * passed[-1] + np.interp(rest, np.arange(HOURS + 1) * HOUR_S, passed)
        return found

    def paused(self, starts: Floats, ends: Floats) -> Floats:
        """Closed time that lies wholly inside each run [s].

        A closure that a run spans is no work; where a run starts or ends in closed time, somebody worked then.
        """
        hour = np.arange(HOURS)
        open_at = np.flatnonzero(np.tile(self.open, 3))
        upcoming = open_at[np.searchsorted(open_at, hour + HOURS)] - HOURS - hour
        latest = hour + HOURS - open_at[np.searchsorted(open_at, hour + HOURS, side="right") - 1]
        begins, finishes = self._hour(starts), self._hour(ends)
        since = np.where(upcoming[begins] > 0, (np.floor(starts / HOUR_S) + upcoming[begins]) * HOUR_S, starts)
        until = np.where(latest[finishes] > 0, (np.floor(ends / HOUR_S) - latest[finishes] + 1) * HOUR_S, ends)
        closed = until - since - self.opening(until) + self.opening(since)
        return np.where(until > since, closed, 0.0)

    def _hour(self, times: Floats) -> NDArray[np.int64]:
        return (np.floor(times / HOUR_S) % HOURS).astype(np.int64)

    def shifts(self) -> list[tuple[str, str, str]]:
        """Days, beginning and end of open stretches, as a calendar writes them; those alike are one."""
        found: dict[tuple[int, int], list[int]] = {}
        for day in range(7):
            own = np.concatenate([[False], self.open[24 * day : 24 * day + 24], [False]]).astype(int)
            change = np.diff(own)
            for start, end in zip(np.flatnonzero(change > 0), np.flatnonzero(change < 0), strict=True):
                found.setdefault((int(start), int(end)), []).append(day)
        return [(_days(days), f"{start:02}:00", f"{end:02}:00") for (start, end), days in sorted(found.items())]


def find_hours(events: pd.DataFrame) -> Hours | None:
    """Open hours; None where work goes on round the clock, or the log is too short to tell.

    An hour of the week is closed if there is less than a fifth of the work of the busiest quarter of the week, or, in
    logs of 500 events and more, if all but nothing begins or ends in it: what goes on then stands still. A closed
    stretch lasts four hours or more.
    """
    starts, ends = events["start"].to_numpy(dtype=float), events["end"].to_numpy(dtype=float)
    weeks = (ends.max() - starts.min()) / WEEK_S
    if weeks < FEWEST_WEEKS:
        return None
    last = int(ends.max() // HOUR_S) + 1
    edges: Floats = np.arange(last + 1, dtype=np.float64) * HOUR_S
    work = np.diff(_work_until(starts, ends, edges))
    profile = np.bincount(np.arange(last) % HOURS, weights=work, minlength=HOURS)
    busiest = np.sort(profile)[-HOURS // 4 :].mean()
    open_hours = profile >= QUIET * busiest
    if starts.size >= ENOUGH:
        # what ends at the full hour ends in the one before
        moments = np.concatenate([starts // HOUR_S, np.ceil(ends / HOUR_S) - 1]).astype(np.int64)
        count = np.bincount(moments % HOURS, minlength=HOURS)
        open_hours &= count >= STILL * count.mean()
    hours = Hours(_long_enough(open_hours))
    return hours if hours.count < _ROUND_THE_CLOCK else None


def _work_until(starts: Floats, ends: Floats, times: Floats) -> Floats:
    """Work done in all up to each time [s]: sum of min(t, end) - min(t, start)."""

    def passed(moments: Floats) -> Floats:
        ordered = np.sort(moments)
        sums = np.concatenate([[0.0], np.cumsum(ordered)])
        before = np.searchsorted(ordered, times)
        found: Floats = sums[before] + times * (ordered.size - before)
        return found

    return passed(ends) - passed(starts)


def _long_enough(open_hours: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The same, closed stretches below `SHORTEST` hours opened; the week is a circle."""
    if open_hours.all() or not open_hours.any():
        return np.ones(HOURS, dtype=bool)
    first = int(np.flatnonzero(open_hours)[0])
    turned = np.roll(open_hours, -first)
    closed = np.concatenate([[0], (~turned).astype(int), [0]])
    change = np.diff(closed)
    for start, end in zip(np.flatnonzero(change > 0), np.flatnonzero(change < 0), strict=True):
        if end - start < SHORTEST:
            turned[start:end] = True
    return np.roll(turned, first)


def _days(days: list[int]) -> str:
    """Days of the week as a calendar writes them, `mon-thu, sat`."""
    parts: list[list[int]] = []
    for day in days:
        if parts and day == parts[-1][-1] + 1:
            parts[-1].append(day)
        else:
            parts.append([day])
    return ", ".join(DAYS[part[0]] if len(part) == 1 else f"{DAYS[part[0]]}-{DAYS[part[-1]]}" for part in parts)
