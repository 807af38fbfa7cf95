"""Where the time between two activities of a case went: closed, every tool busy, or a tool free and yet no start.

The first two a line makes by itself, from its calendar and its queues. The third is what the log does not explain by
its tools: handling, lots that wait for people, papers, parts or their other half. It becomes a delay of its own, as in
Chapela-Campa, Dumas (2022), "Modeling extraneous activity delays in business process simulation", ICPM 2022, 72-79.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .eventlog_shape import Group

Floats = NDArray[np.float64]
Opening = Callable[[Floats], Floats]
"""Open time from zero to each of these times [s]."""


@dataclass(frozen=True)
class Waits:
    """What the waits of a log went into [s].

    free: of each event, NaN where nothing is known of what it waited for   (event,)
    closed_s, full_s, free_s: in all
    """

    free: Floats
    closed_s: float
    full_s: float
    free_s: float


def find_waits(events: pd.DataFrame, groups: Sequence[Group], opening: Opening | None, step: float) -> Waits:
    """Divide the time from the end of what a case did before (or its release) to each start.

    step: the clock of the log [s]; less than two of its steps count as nothing
    """
    before = events.groupby("case")["end"].cummax().groupby(events["case"]).shift()
    ready = before.fillna(events["released"]).to_numpy(dtype=float)
    starts = events["start"].to_numpy(dtype=float)
    free = np.full(len(events), np.nan)
    whole = closed = 0.0
    for group in groups:
        own = np.flatnonzero(events["activity"].isin(group.activities).to_numpy() & ~np.isnan(ready))
        since, until = np.minimum(ready[own], starts[own]), starts[own]
        whole += float((until - since).sum())
        if opening is not None:
            closed += float((until - since - opening(until) + opening(since)).sum())
        moments, passed = _free_time(group, opening, float(events["start"].min()), float(events["end"].max()))
        waited = np.interp(until, moments, passed) - np.interp(since, moments, passed)
        free[own] = np.where(waited < 2 * step, 0.0, waited)
    free_s = float(np.nansum(free))
    return Waits(free, closed, max(0.0, whole - closed - free_s), free_s)


def _free_time(group: Group, opening: Opening | None, first: float, last: float) -> tuple[Floats, Floats]:
    """Moments, and how long up to each the group was open and had a tool free [s]   (moment,) each."""
    times = np.concatenate([group.starts, group.ends, [min(0.0, first), last]])
    change = np.concatenate([np.ones(group.starts.size), -np.ones(group.ends.size), [0.0, 0.0]])
    if opening is not None:
        # what is open is asked at the full hour, where it may change
        hours = np.arange(0.0, last + 3600.0, 3600.0)
        times, change = np.concatenate([times, hours]), np.concatenate([change, np.zeros(hours.size)])
    order = np.argsort(times, kind="stable")
    moments, busy = times[order], np.cumsum(change[order])
    spans = np.diff(moments if opening is None else opening(moments))
    spare = np.ones(spans.size, dtype=bool) if group.tools is None else busy[:-1] < group.tools
    return moments, np.concatenate([[0.0], np.cumsum(np.where(spare, spans, 0.0))])
