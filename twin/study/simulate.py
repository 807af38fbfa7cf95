"""Run a line: compile it, step its worlds, add them up."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from twin.arrays import fields as f
from twin.arrays.line import Compiled, compile_line
from twin.arrays.totals import Totals
from twin.line import Line, LineError, read
from twin.line.units import seconds
from twin.results import Results, Settings, Timing
from twin.study.batch import MAX_WIP, Batch, BatchTooLargeError, Snapshot, join_totals, totals_between, world_bytes
from twin.study.devices import choose_device, compile_seconds
from twin.study.faults import span, stalls

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from twin.arrays.memory import Layout

Progress = Callable[[float, int, float], None]
"""Called with the share done (0 to 1), lots out so far and simulated time [s]."""

BATCH_BYTES = 1 << 30
"""Memory the worlds of one batch may take; more replications run as further batches, with the same result."""
SLICE_S = 0.25
"""Time between two looks at the keyboard and two moves of the progress bar [s]."""
LOG_ROWS = 1 << 16


def simulate(
    line: Line | str, *, horizon: str | float | None = None, warmup: str | float | None = None,
    replications: int | None = None, seed: int | None = None, device: str = "auto", threads: int | None = None,
    log: bool = False, max_wip: int = MAX_WIP, progress: Progress | None = None,
) -> Results:  # fmt: skip
    """Run a line and measure it.

    line:         a Line, or the name or path of a document
    horizon:      simulated time, the warm-up inside it, as "365 d" or in seconds; left out: the document's
    warmup:       time at the start that the figures leave out, likewise
    replications: worlds that differ only in their luck; seed: which luck
    device:       `cpu`, `gpu`, or `auto`
    threads:      cores to use, left out: all; the results do not depend on it
    log:          keep every event, as `results.log`
    max_wip:      lots in the line after which the run is taken to be overloaded
    progress:     called a few times a second

    raises LineError for settings that make no sense, RunError where the line cannot go on (deadlock, overload)
    """
    if isinstance(line, str):
        line = read(line)
    settings = _settings(line, horizon, warmup, replications, seed, device)
    compiled = compile_line(line)
    compile_s = compile_seconds(settings.device)
    run = _Run(compiled, settings, threads or os.cpu_count() or 1, LOG_ROWS if log else 0, max_wip, progress)
    run.all_batches()
    totals = join_totals(run.totals)
    if run.cut_short:
        settings = Settings(
            settings.model, totals.horizon_ticks * line.tick, (totals.horizon_ticks - totals.span_ticks) * line.tick,
            totals.events.size, settings.seed, settings.device,
        )  # fmt: skip
    timing = Timing(wall_s=run.wall_s, compile_s=compile_s)
    results = Results(
        line=line,
        names=compiled.names,
        totals=totals,
        settings=settings,
        timing=timing,
        notes=tuple(run.notes),
    )
    if log:
        results.log = _log_frame(run, compiled)
    return results


def _settings(
    line: Line, horizon: str | float | None, warmup: str | float | None, replications: int | None,
    seed: int | None, device: str,
) -> Settings:  # fmt: skip
    """The document's run settings with what was asked for in their place.

    raises LineError
    """
    horizon_s = line.run.horizon if horizon is None else _seconds("horizon", horizon)
    warmup_s = line.run.warmup if warmup is None else _seconds("warmup", warmup)
    if warmup is None and horizon is not None and warmup_s >= horizon_s:
        raise LineError(
            f"horizon {span(horizon_s)} is not beyond the document's warm-up of {span(warmup_s)}; "
            "ask for a longer horizon or a shorter warm-up"
        )
    if not 0 <= warmup_s < horizon_s:
        raise LineError(f"warm-up {span(warmup_s)} must be shorter than the horizon {span(horizon_s)}")
    if horizon_s / line.tick >= f.MAX_TICK:
        raise LineError(
            f"horizon {span(horizon_s)} is more than 2^37 ticks of {line.tick:g} s; write a coarser `tick:`"
        )
    count = line.run.replications if replications is None else replications
    if count < 1:
        raise LineError(f"replications {count}: at least 1 is needed")
    luck = line.run.seed if seed is None else seed
    if not 0 <= luck < 1 << 62:
        raise LineError(f"seed {luck} must be a whole number from 0 to 2^62 - 1")
    chosen = choose_device(device)
    return Settings(line.line, horizon_s, warmup_s, count, luck, chosen)


def _seconds(name: str, value: str | float) -> float:
    try:
        return seconds(value) if isinstance(value, str) else float(value)
    except ValueError as fault:
        raise LineError(f"{name}: {fault}") from None


class _Run:
    """One call of `simulate`: its batches, its progress, and an end before the end."""

    def __init__(
        self, compiled: Compiled, settings: Settings, threads: int, log_rows: int, max_wip: int,
        progress: Progress | None,
    ) -> None:  # fmt: skip
        self.compiled = compiled
        self.settings = settings
        self.threads = threads
        self.log_rows = log_rows
        self.max_wip = max_wip
        self.progress = progress
        self.tick_s = compiled.names.tick_s
        self.horizon = round(settings.horizon_s / self.tick_s)
        self.warmup = round(settings.warmup_s / self.tick_s)
        self.totals: list[Totals] = []
        self.log: list[tuple[int, NDArray[np.int64]]] = []
        self.layout: Layout | None = None
        self.notes: list[str] = []
        self.wall_s = 0.0
        self.cut_short = False
        self.lots_out = 0
        self.done = 0

    def all_batches(self) -> None:
        """Run every replication, as many at once as fit in memory."""
        at_once = max(1, BATCH_BYTES // world_bytes(self.compiled, self.log_rows))
        with _interrupts() as asked_to_stop:
            first, count = 0, self.settings.replications
            while first < count and not self.cut_short:
                batch = range(first, min(first + at_once, count))
                try:
                    self._one_batch(batch, asked_to_stop)
                except BatchTooLargeError:
                    at_once = (len(batch) + 1) // 2
                else:
                    first = batch.stop

    def _one_batch(self, replications: range, asked_to_stop: list[bool]) -> None:
        batch = Batch(
            self.compiled, replications, self.settings.seed, device=self.settings.device, threads=self.threads,
            log_rows=self.log_rows, max_wip=self.max_wip,
        )  # fmt: skip
        start = Snapshot(batch.worlds)
        shortest = max(1, self.horizon // 1000)
        now, slice_ticks = 0, shortest
        while now < self.horizon:
            goal = self.warmup if now < self.warmup else self.horizon
            until = min(goal, now + slice_ticks)
            began = time.perf_counter()
            batch.advance(until)
            took = time.perf_counter() - began
            self.wall_s += took
            now = until
            # a slice that suits the eye: it changes when we look, never what happens
            # (never below `shortest`: a slice costs time of its own, however short it is)
            slice_ticks = max(shortest, int(slice_ticks * min(4.0, max(0.25, SLICE_S / max(took, 1e-6)))))
            if now == self.warmup:
                start = Snapshot(batch.worlds)
            self._tell(batch, now, len(replications))
            if asked_to_stop and now < self.horizon:
                self._stop_early(batch, start, now, replications)
                return
        self.notes += stalls(batch.worlds, self.compiled.names, self.compiled.releases_end)
        self.done += len(replications)
        self.lots_out += batch.lots_out
        self._keep(batch, start)

    def _tell(self, batch: Batch, now: int, worlds: int) -> None:
        if self.progress:
            share = (self.done + worlds * now / self.horizon) / self.settings.replications
            self.progress(share, self.lots_out + batch.lots_out, now * self.tick_s)

    def _keep(self, batch: Batch, start: Snapshot) -> None:
        self.totals.append(totals_between(start, Snapshot(batch.worlds), self.tick_s))
        if self.log_rows:
            self.log += batch.log
            self.layout = batch.worlds.layout

    def _stop_early(self, batch: Batch, start: Snapshot, now: int, replications: range) -> None:
        """Ctrl-C: keep the replications that are done, or else all of them as far as they came."""
        self.cut_short = True
        asked = f"{span(self.settings.horizon_s)} with {self.settings.replications} replications"
        if self.totals:
            self.notes.append(
                f"stopped by the user: {replications.start} replications of the {asked} asked for"
            )
            return
        if now <= self.warmup:
            start = Snapshot(Batch(self.compiled, replications, self.settings.seed).worlds)
            self.notes.append(
                "stopped by the user inside the warm-up: the figures hold all of the time so far"
            )
        self.notes.append(f"stopped by the user at {span(now * self.tick_s)} of the {asked} asked for")
        self._keep(batch, start)


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


def _log_frame(run: _Run, compiled: Compiled) -> pd.DataFrame:
    from twin.results.log import log_frame

    return log_frame(run.log, compiled.names, run.layout)
