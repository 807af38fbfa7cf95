"""A line drafted from an event log: steps with their laws, delays between them, arrivals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .arcs import END
from .eventlog_calendar import Hours, find_hours
from .eventlog_laws import Fitted, fit
from .eventlog_read import EventLog
from .eventlog_routes import BEGIN, Flow, find_flow
from .eventlog_shape import Batches, Group, find_batches, find_groups, single_runs
from .eventlog_waits import Waits, find_waits

Floats = NDArray[np.float64]

WORTH = 0.01  # of the mean process time: shorter waits are left out


@dataclass(frozen=True)
class DraftStep:
    """A step, and the delay in front of it.

    wait: the delays that are any, None for none; share: of the visits that have one
    onward: where cases went from here, and how many; `END` among them
    """

    name: str
    activity: str
    group: str
    time: Fitted
    batch: Batches | None
    wait: Fitted | None
    share: float
    wait_name: str
    onward: Mapping[str, int]

    @property
    def entry(self) -> str:
        """Where a case goes that comes to this step."""
        return self.name if self.wait is None else self.wait_name


@dataclass(frozen=True)
class DraftProduct:
    """A product with its route and its arrivals.

    begins:   steps at which its cases begin, and how many; arrival: name of a step for that, None where all begin at
              the first one
    arrivals: first moment of each case [s]; between: law of the times between them, None for a single moment
    """

    name: str
    flow: Flow
    steps: tuple[DraftStep, ...]
    begins: Mapping[str, int]
    arrival: str | None
    arrivals: Floats
    between: Fitted | None


@dataclass(frozen=True)
class Draft:
    """A line drafted from a log.

    released: whether the log says when cases were released
    touch_s:  sum of the process times of each case, closed time taken out; cycle_s: from arrival to end   (case,) each
    law_touch_s: mean touch time by the laws [s]
    open_at_once: most cases in the line at once
    """

    log: EventLog
    hours: Hours | None
    groups: tuple[Group, ...]
    products: tuple[DraftProduct, ...]
    waits: Waits
    released: bool
    touch_s: Floats
    cycle_s: Floats
    law_touch_s: float
    open_at_once: int

    @property
    def waiting(self) -> bool:
        """Whether any step has a delay in front of it."""
        return any(step.wait is not None for product in self.products for step in product.steps)


def draft(log: EventLog) -> Draft:
    """The line that a log shows."""
    events = log.events
    hours = find_hours(events) if log.zero is not None else None
    batches = find_batches(events)
    groups = tuple(find_groups(events, batches))
    waits = find_waits(events, groups, None if hours is None else hours.opening, log.step_s)
    spent = (events["end"] - events["start"]).to_numpy(dtype=float)
    if hours is not None:
        spent = spent - hours.paused(events["start"].to_numpy(dtype=float), events["end"].to_numpy(dtype=float))
    events = events.assign(spent=spent, free=waits.free)
    released = bool(events["released"].notna().all())
    maker = _Maker(log.step_s, batches, {a: group.name for group in groups for a in group.activities}, hours, released)
    products = tuple(maker.product(str(name), own) for name, own in events.groupby("product", sort=False))
    first, last = _spans(events, released)
    by_law = sum(
        step.time.law_mean * sum(count for (_, to), count in product.flow.moves.items() if to == step.name)
        for product in products for step in product.steps
    )  # fmt: skip
    moments = np.concatenate([first, last])
    change = np.concatenate([np.ones(first.size), -np.ones(last.size)])
    at_once = int(np.cumsum(change[np.lexsort((change, moments))]).max(initial=1))
    touch = events.groupby("case")["spent"].sum().to_numpy(dtype=float)
    return Draft(
        log, hours, groups, products, waits, released, touch, last - first, by_law / first.size, max(1, at_once)
    )  # fmt: skip


def _spans(events: pd.DataFrame, released: bool) -> tuple[Floats, Floats]:
    """Arrival and end of each case [s]."""
    cases = events.groupby("case")
    first = cases["released" if released else "start"].min()
    return first.to_numpy(dtype=float), cases["end"].max().to_numpy(dtype=float)


@dataclass(frozen=True)
class _Maker:
    """Makes products of their events."""

    step: float
    batches: Mapping[str, Batches]
    group_of: Mapping[str, str]
    hours: Hours | None
    released: bool

    def product(self, name: str, events: pd.DataFrame) -> DraftProduct:
        flow = find_flow([list(trace) for _, trace in events.groupby("case")["activity"]])
        labelled = events.assign(label=flow.labels)
        taken = {*flow.steps, END}
        steps = tuple(self._step(label, labelled[labelled["label"] == label], flow, taken) for label in flow.steps)
        begins = flow.onward(BEGIN)
        first = steps[0]
        # without a release nobody knows how long a case waited for its first step: it does not
        straight = set(begins) == {first.name} and (self.released or first.wait is None)
        arrivals = np.sort(_spans(events, self.released)[0])
        arrival = None if straight else _free_name("arrival", taken)
        return DraftProduct(name, flow, steps, begins, arrival, arrivals, self._between(arrivals))

    def _step(self, label: str, own: pd.DataFrame, flow: Flow, taken: set[str]) -> DraftStep:
        activity = flow.activity[label]
        batch = self.batches.get(activity)
        runs = own if batch is None else single_runs(own, {activity: batch})
        time = fit(runs["spent"].to_numpy(dtype=float), self.step)
        free = own["free"].dropna().to_numpy(dtype=float)
        some = free[free > 0]
        # lots wait for their batch by themselves
        forming = batch is not None and batch.least > 1
        idle = forming or some.size == 0 or some.sum() < WORTH * max(time.mean, self.step) * free.size
        wait = None if idle else fit(some, self.step)
        share = 0.0 if idle else some.size / free.size
        named = "" if idle else _free_name(f"wait for {label}", taken)
        return DraftStep(label, activity, self.group_of[activity], time, batch, wait, share, named, flow.onward(label))

    def _between(self, arrivals: Floats) -> Fitted | None:
        """Law of the times between arrivals, open time alone."""
        if arrivals.size < 2 or arrivals[0] == arrivals[-1]:
            return None
        counted = arrivals if self.hours is None else self.hours.opening(arrivals)
        between = np.diff(counted)
        return fit(between, self.step) if between.max() > 0 else None


def _free_name(name: str, taken: set[str]) -> str:
    """A name that no step has yet."""
    while name in taken:
        name += "'"
    taken.add(name)
    return name
