"""The bottleneck by active periods: average ones, and the shifting bottleneck.

A toolgroup is active while none of its tools waits: not starved, not blocked, not without an operator, and not all of
them off (Roser, Nakano, Tanaka 2001). Active states that follow each other without a break are one active period.
Conveyors are left out: they move whenever a lot is on them.

average   mean length of a toolgroup's active periods; the longest is the bottleneck (Roser, Nakano, Tanaka 2001)
shifting  the momentary bottleneck is the toolgroup whose active period is the longest of those under way. When it ends,
          the longest of those that are under way then takes over; while the two periods overlap both are shifting
          bottlenecks, else one is the sole bottleneck (Roser, Nakano, Tanaka 2002)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.results.figure import Figure, Floats, figure
from twin.results.settings import DAY_S

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
UNITS = {"sole": "share", "shifting": "share", "total": "share", "average": "d"}


@dataclass(frozen=True)
class ActivePeriods:
    """What the active periods of some replications say.

    stations:  toolgroups, in the order of the line
    begins_s, ends_s: the time that was looked at [s]; periods that reach beyond it are cut there
    values:    of each replication: sole, shifting and both together (total): shares of that time; average: mean length
               of an active period [d], NaN for a station that was never active   (replication, station) each
    """

    stations: tuple[str, ...]
    begins_s: float
    ends_s: float
    values: dict[str, Floats]

    @property
    def figures(self) -> dict[str, dict[str, Figure | None]]:
        """Figures of each station, their intervals over the replications."""
        return {
            name: {key: figure(self.values[key][:, k], unit) for key, unit in UNITS.items()}
            for k, name in enumerate(self.stations)
        }

    @property
    def bottleneck(self) -> str | None:
        """The station that was the momentary bottleneck for most of the time, sole or shifting; None if none was."""
        total = self.values["total"].mean(axis=0)
        return self.stations[int(np.argmax(total))] if total.size and total.max() > 0 else None

    @property
    def longest(self) -> str | None:
        """The station with the longest active periods on average; None if none was active."""
        known = np.isfinite(self.values["average"])
        if not known.any():
            return None
        mean = np.where(known, self.values["average"], 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return self.stations[int(np.argmax(mean))]

    def frame(self) -> pd.DataFrame:
        """One row a station in the order of the line, columns (figure, mean | low | high)."""
        from twin.results import frames

        return frames.figures(self.figures, "station")

    def to_json(self) -> dict[str, Any]:
        """Plain values: shares 0-1, times in d."""
        return {
            "from_days": self.begins_s / DAY_S,
            "to_days": self.ends_s / DAY_S,
            "replications": len(self.values["sole"]),
            "bottleneck": self.bottleneck,
            "longest": self.longest,
            "stations": {
                name: {key: None if found is None else found.to_json() for key, found in row.items()}
                for name, row in self.figures.items()
            },
        }


def active_periods(ticks: Ints, waiting: Ints, begins: int, ends: int) -> Ints:
    """When nothing waits, from one tick to another   (period, 2): first tick, and the tick after the last.

    ticks:   when the number of tools that wait changes, ascending, the first one `begins`   (change,)
    waiting: that number from then on; of several at one tick the last holds              (change,)
    """
    last = np.append(np.diff(ticks) > 0, True)
    ticks, busy = ticks[last], waiting[last] == 0
    turns = np.flatnonzero(np.diff(busy.astype(np.int8), prepend=0))
    edges = ticks[turns]
    if edges.size % 2:
        edges = np.append(edges, ends)
    periods = edges.reshape(-1, 2)
    return np.asarray(periods[(periods[:, 0] < ends) & (periods[:, 1] > begins)], dtype=np.int64)


def shifting(periods: Sequence[Ints], begins: int, ends: int) -> tuple[Ints, Ints]:
    """Time for which each toolgroup was the sole bottleneck, and a shifting one [tick]   (group,) each.

    periods: of each toolgroup, as of `active_periods`
    """
    sole, shared = np.zeros(len(periods), dtype=np.int64), np.zeros(len(periods), dtype=np.int64)
    now, current = begins, _longest_at(periods, begins)
    while now < ends:
        if current is None:
            now = min((int(of[np.searchsorted(of[:, 0], now), 0]) for of in periods if of.size and of[-1, 0] >= now),
                      default=ends)  # fmt: skip
            current = _longest_at(periods, now) if now < ends else None
            continue
        group, until = current
        following = _longest_at(periods, until, besides=group) if until < ends else None
        overlap = until if following is None else max(now, _begin_of(periods[following[0]], until))
        sole[group] += overlap - now
        if following is not None:
            shared[group] += until - overlap
            shared[following[0]] += until - overlap
        now, current = until, following
    return sole, shared


def _longest_at(periods: Sequence[Ints], tick: int, besides: int = -1) -> tuple[int, int] | None:
    """The toolgroup whose period under way at a tick is the longest, and that period's end; None if none is."""
    best, found = 0, None
    for group, of in enumerate(periods):
        k = int(np.searchsorted(of[:, 0], tick, side="right")) - 1
        if group != besides and k >= 0 and of[k, 1] > tick and of[k, 1] - of[k, 0] > best:
            best, found = int(of[k, 1] - of[k, 0]), (group, int(of[k, 1]))
    return found


def _begin_of(of: Ints, tick: int) -> int:
    """When the period under way at a tick began."""
    return int(of[int(np.searchsorted(of[:, 0], tick, side="right")) - 1, 0])
