"""One call of `simulate`: batches of worlds, progress, an end before the end."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING

import numpy as np

from twin.arrays import fields as f
from twin.arrays.compiled import Compiled
from twin.arrays.totals import Totals
from twin.engine import RunError
from twin.results import Settings
from twin.study.batch import (
    MOST_BYTES,
    Batch,
    BatchTooLargeError,
    Snapshot,
    advance_together,
    totals_between,
    world_bytes,
)
from twin.study.energy_meter import Meter
from twin.study.faults import at_the_end, span
from twin.study.looking import Look, look_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.arrays.memory import Layout

Progress = Callable[[float, int, float], None]
"""Called with the share done (0 to 1), lots out so far and simulated time [s]."""

BATCH_BYTES = 1 << 30
"""Memory the worlds of one batch may take; more replications run as further batches, with the same result."""
SLICE_S = 0.25
"""Time between two looks at the keyboard and two moves of the progress bar [s]."""


@dataclass
class Job:
    """A line to run, and what came of it.

    name:    what errors call it; empty where it is the only one
    wip:     lots in the line at each sampled tick                     (world, sample), a part a batch
    outs:    lots that left from the start to that tick                (world, sample), likewise
    area_of: which area each passage (`Names.steps_of`) belongs to; None: areas are not looked at   (passage,)
    moves:   lot-steps done in each area from the start to that tick   (world, sample, area), a part a batch
    ticks:   time that lots spent at the steps of each area [lot tick] (world, sample, area), likewise
    weights: what a meter of its energy adds up (`Meter.weights`); None where no power is said
    quarter: ticks between two readings
    """

    name: str
    compiled: Compiled
    totals: list[Totals] = field(default_factory=list)
    wip: list[NDArray[np.int64]] = field(default_factory=list)
    outs: list[NDArray[np.int64]] = field(default_factory=list)
    area_of: NDArray[np.int64] | None = None
    moves: list[NDArray[np.int64]] = field(default_factory=list)
    ticks: list[NDArray[np.int64]] = field(default_factory=list)
    weights: NDArray[np.float64] | None = None
    quarter: int = 0
    log: list[tuple[int, NDArray[np.int64]]] = field(default_factory=list)
    layout: Layout | None = None
    notes: list[str] = field(default_factory=list)


@dataclass
class Stage:
    """Replications under way, as far as they came.

    replications: which ones, counted from 0
    batches:      theirs, one a job
    starts:       sums at the end of the warm-up, or of time 0 until that is behind, one a job
    seen:         what each look noted, one list a job
    meters:       of their energy, one a job; None where no power is said
    now:          where they stand [tick]
    """

    replications: range
    batches: list[Batch]
    starts: list[Snapshot]
    seen: list[list[Look]]
    meters: list[Meter | None]
    now: int = 0

    def read_meters(self, warmup: int) -> int:
        """Read the meters that are due now; returns the tick at which the next one is.

        Only quarters that lie in the measured time count, from the warm-up on.
        """
        due = f.NEVER
        for meter, batch in zip(self.meters, self.batches, strict=True):
            if meter is None:
                continue
            if self.now >= warmup and self.now % meter.every == 0:
                meter.read(batch.worlds)
            due = min(due, meter.next_after(max(warmup, self.now + 1)))
        return due


Begin = Callable[[range], Stage]
"""Makes some replications ready to go: fresh, or as they were saved."""


class Run:
    """Lines run together on the same luck, one setting for all.

    samples:  ticks at which to look at the lots in the line and out of it, ascending, the last one the horizon; none:
              never
    until:    tick at which to hold, short of the horizon; the stages that hold there are in `held`
    log_what: kinds of rows of the event log, as bits
    """

    def __init__(
        self, jobs: Mapping[str, Compiled], settings: Settings, threads: int, log_rows: int, max_wip: int,
        progress: Progress | None, samples: tuple[int, ...] = (), until: int | None = None,
        log_what: int = f.LOG_EVENTS,
    ) -> None:  # fmt: skip
        self.jobs = [Job(name, _until(compiled, settings.horizon_s)) for name, compiled in jobs.items()]
        self.settings = settings
        self.threads = threads
        self.log_rows = log_rows
        self.log_what = log_what
        self.max_wip = max_wip
        self.progress = progress
        self.samples = samples
        self.tick_s = self.jobs[0].compiled.names.tick_s
        self.horizon = round(settings.horizon_s / self.tick_s)
        self.warmup = round(settings.warmup_s / self.tick_s)
        self.until = self.horizon if until is None else until
        self.held: list[Stage] = []
        self.wall_s = 0.0
        self.cut_short = False
        self.lots_out = 0
        self.done = 0

    def all_batches(self, saved: Sequence[tuple[range, Begin]] = ()) -> None:
        """Run every replication, as many at once as fit in memory.

        saved: replications to go on with, and what makes them ready; none: all from the start
        """
        bytes_each = sum(world_bytes(job.compiled, self.log_rows, self.log_what) for job in self.jobs)
        at_once = max(1, BATCH_BYTES // bytes_each)
        left = list(saved or [(range(self.settings.replications), self._fresh)])
        with _interrupts() as asked_to_stop:
            while left and not self.cut_short:
                replications, begin = left[0]
                some = replications[:at_once]
                try:
                    self._one_batch(begin(some), asked_to_stop)
                except BatchTooLargeError:
                    at_once = (len(some) + 1) // 2
                else:
                    rest = replications[at_once:]
                    left[:1] = [(rest, begin)] if rest else []

    def batch(self, job: Job, replications: range) -> Batch:
        """Worlds of a job at time 0."""
        return Batch(
            job.compiled, replications, self.settings.seed, device=self.settings.device, threads=self.threads,
            log_rows=self.log_rows, log_what=self.log_what, max_wip=self.max_wip,
            most_bytes=MOST_BYTES // len(self.jobs),
        )  # fmt: skip

    def _fresh(self, replications: range) -> Stage:
        """Replications at time 0."""
        batches = [self.batch(job, replications) for job in self.jobs]
        starts = [Snapshot(batch) for batch in batches]
        return Stage(replications, batches, starts, [[] for _ in self.jobs], self.meters(len(replications)))

    def meters(self, worlds: int) -> list[Meter | None]:
        """Meters that have read nothing, one a job."""
        return [
            None if job.weights is None or not job.quarter else Meter.of(job.weights, job.quarter, worlds)
            for job in self.jobs
        ]

    def _one_batch(self, stage: Stage, asked_to_stop: list[bool]) -> None:
        shortest = max(1, self.horizon // 1000)
        slice_ticks = shortest
        looks_at = iter(self.samples[len(stage.seen[0]) :])
        next_look = next(looks_at, self.horizon)
        next_reading = 0
        if next_look == 0:
            self._advance(stage.batches, 0)  # lots that are in the line at the start are put there
        while stage.now < self.until:
            if stage.now == self.warmup > 0:
                stage.starts = [Snapshot(batch) for batch in stage.batches]
                for batch in stage.batches:
                    for kept in (batch.lots, batch.tracked, batch.visits):
                        kept.clear()
            if stage.now >= next_reading:
                next_reading = stage.read_meters(self.warmup)
            if stage.now == next_look:
                self._look(stage)
                next_look = next(looks_at, self.horizon)
            goal = self.warmup if stage.now < self.warmup else self.until
            until = min(goal, self.until, stage.now + slice_ticks, next_look, next_reading)
            began = time.perf_counter()
            self._advance(stage.batches, until)
            took = time.perf_counter() - began
            self.wall_s += took
            # a slice that suits the eye: it changes when we look, never what happens
            # (never below `shortest`: a slice costs time of its own, however short it is)
            if until == stage.now + slice_ticks or took > SLICE_S:
                slice_ticks = max(shortest, int(slice_ticks * min(4.0, max(0.25, SLICE_S / max(took, 1e-6)))))
            stage.now = until
            if until != next_reading:
                self._tell(stage)
            if asked_to_stop and stage.now < self.until:
                self._stop_early(stage)
                return
        if self.until < self.horizon:
            self._hold(stage)
        else:
            self._finish(stage)

    def _finish(self, stage: Stage) -> None:
        """The horizon is reached: keep what there is to tell."""
        stage.read_meters(self.warmup)
        if self.samples:
            self._look(stage)  # the last look is at the horizon
        for job, batch, looks in zip(self.jobs, stage.batches, stage.seen, strict=True):
            with _told_of(job):
                compiled = job.compiled
                ends = at_the_end(batch.worlds, compiled)
                job.notes += [note for note in ends if note not in job.notes]
            if looks:
                job.wip.append(np.stack([look.wip for look in looks], axis=1))
                job.outs.append(np.stack([look.outs for look in looks], axis=1))
                job.moves.append(np.stack([look.moves for look in looks], axis=1))
                job.ticks.append(np.stack([look.ticks for look in looks], axis=1))
        self._count(stage)
        self._keep(stage)

    def _hold(self, stage: Stage) -> None:
        """The tick to hold at is reached: keep the worlds to go on with, and the figures so far."""
        self.held.append(stage)
        self._count(stage)
        self._keep(stage)

    def _count(self, stage: Stage) -> None:
        self.done += len(stage.replications)
        self.lots_out += sum(batch.lots_out for batch in stage.batches)

    def _advance(self, batches: list[Batch], until: int) -> None:
        """Step all batches; if that stops, say in which line."""
        try:
            advance_together(batches, until)
        except RunError:
            for job, batch in zip(self.jobs, batches, strict=True):
                with _told_of(job):
                    batch.settle()
            raise

    def _look(self, stage: Stage) -> None:
        """Note what every world has in the line and sent out of it, and what its areas did."""
        for job, looks, batch in zip(self.jobs, stage.seen, stage.batches, strict=True):
            looks.append(look_at(batch, job.area_of))

    def _tell(self, stage: Stage) -> None:
        if self.progress:
            share = (self.done + len(stage.replications) * stage.now / self.until) / self.settings.replications
            lots_out = self.lots_out + sum(batch.lots_out for batch in stage.batches)
            self.progress(share, lots_out, stage.now * self.tick_s)

    def _keep(self, stage: Stage) -> None:
        for job, batch, start, meter in zip(self.jobs, stage.batches, stage.starts, stage.meters, strict=True):
            peak = None if meter is None else meter.peak
            job.totals.append(totals_between(start, Snapshot(batch), self.tick_s, batch, peak))
            if self.log_rows:
                job.log += batch.log
                job.layout = batch.worlds.layout

    def _stop_early(self, stage: Stage) -> None:
        """Ctrl-C: keep the replications that are done, or else all of them as far as they came."""
        self.cut_short = True
        self.samples = ()
        asked = f"{span(self.settings.horizon_s)} with {self.settings.replications} replications"
        notes: list[str] = []
        if self.done:
            notes.append(f"stopped by the user: {stage.replications.start} replications of the {asked} asked for")
        else:
            if stage.now <= self.warmup:
                notes.append("stopped by the user inside the warm-up: the figures hold all of the time so far")
            notes.append(f"stopped by the user at {span(stage.now * self.tick_s)} of the {asked} asked for")
            self._keep(stage)
        for job in self.jobs:
            job.notes += notes


def _until(compiled: Compiled, horizon_s: float) -> Compiled:
    """A line without what changes at the horizon or later: nothing waits for that."""
    horizon = round(horizon_s / compiled.names.tick_s)
    return compiled._replace(later=tuple((tick, arrays) for tick, arrays in compiled.later if tick < horizon))


@contextmanager
def _told_of(job: Job) -> Iterator[None]:
    """Name the line in what stops it, where there are several."""
    try:
        yield
    except RunError as error:
        raise (RunError(f"{job.name}: {error}") if job.name else error) from None


@contextmanager
def _interrupts() -> Iterator[list[bool]]:
    """Turn the first Ctrl-C into a flag that is looked at between slices; the second one ends the program."""
    asked: list[bool] = []
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(number: int, frame: FrameType | None) -> None:
        asked.append(True)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
