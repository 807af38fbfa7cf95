"""One replication of a run again, exactly as it was, looked at while it goes.

The same line, seed and replication give the same history to the tick, so what a saved run did not keep can still be
asked for: nothing is stored, everything is stepped again. What changes at a tick is only seen when all that is due at
it has been worked off; what comes and goes within one tick took no time.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.arrays.line import compile_line
from twin.arrays.ranks import own_rules
from twin.engine.compose import engine_module
from twin.results import Results, ResultsError, record
from twin.results.comparison_record import is_comparison
from twin.study.batch import Batch
from twin.study.running import Progress

if TYPE_CHECKING:
    from twin.line import Line
    from twin.results import Settings

LOG_ROWS = 1 << 14
MOST_LOTS = 1 << 30
"""The run itself has kept to its limit."""
LOOKS = 200
"""Times that progress is told."""

Ints = NDArray[np.int64]


class Replay:
    """One replication of a run, stepped from look to look.

    line, settings: what was run
    compiled:       the line as arrays
    replication:    from 1
    horizon:        the run's end [tick]; warmup: where its figures begin [tick]
    """

    def __init__(self, line: Line, settings: Settings, replication: int, progress: Progress | None = None) -> None:
        if not 1 <= replication <= settings.replications:
            raise ResultsError(f"replication {replication}: the run has 1 to {settings.replications}")
        rules = own_rules([line])
        self.line, self.settings, self.replication = line, settings, replication
        self.compiled = compile_line(line, rules)
        self._driver = engine_module("cpu", rules)
        self._progress = progress
        self.horizon = round(settings.horizon_s / line.tick)
        self.warmup = round(settings.warmup_s / line.tick)
        self.restart()

    def restart(self, what: int = 0) -> None:
        """Back to time 0, lots that are there at the start in their places; what: kinds of rows to log, as bits."""
        self.tell_as(0.0, 1.0, self.horizon)
        rows = LOG_ROWS if what else 0
        self.batch = Batch(
            self.compiled, [self.replication - 1], self.settings.seed, max_wip=MOST_LOTS, log_rows=rows,
            log_what=f.LOG_EVENTS | (what & f.LOG_STATE),
        )  # fmt: skip
        self.log(what)
        self._advance(0)

    def log(self, what: int) -> None:
        """Log these kinds of rows from now on, as bits; none in a world that was started without."""
        self.what = what
        self.batch.worlds.core[:, f.C_LOG_WHAT] = self.batch.worlds.layout.log_what & what

    def tell_as(self, first: float, last: float, until: int) -> None:
        """What of all there is to do the progress goes over until a tick: from one share of it to another."""
        self._part, self._next_look = (first, last, max(1, until)), 0

    @property
    def memory(self) -> Ints:
        """The world's memory   (word,)."""
        memory: Ints = self.batch.worlds.memory[0]
        return memory

    @property
    def now(self) -> int:
        """Tick up to which everything is worked off, itself left out."""
        return int(self.memory[f.C_NOW])

    def run_to(self, until: int) -> None:
        """Work off everything before a tick, as fast as can be."""
        stride = max(1, self.horizon // LOOKS)
        while self.now < until:
            if until - self.now < stride:
                self._step(until)
            else:
                self._advance(self.now + stride)
            self._tell()

    def ticks_of(self, first: int, last: int, until: int) -> Ints:
        """Ticks up to `until` at which the log has a row with one of the tools at these places, ascending; the world
        is left where it was.

        first, last: place of the first tool, and the place behind the last one
        """
        kept, what = self.batch, self.what
        self.batch = kept.branch()
        self.log(f.LOG_EVENTS)
        found = []
        stride = max(1, self.horizon // LOOKS)
        while self.now < until:
            self._advance(min(until, self.now + stride))
            rows = self.rows()
            found.append(np.unique(rows[(rows[:, f.LOG_TOOL] >= first) & (rows[:, f.LOG_TOOL] < last), f.LOG_TICK]))
            self._tell()
        self.batch, self.what = kept, what
        ticks: Ints = np.concatenate([np.zeros(0, dtype=np.int64), *found])
        return ticks

    def rows(self) -> Ints:
        """Rows of the kinds asked for that were logged since the last call   (row, LOG_FIELDS)."""
        count = int(self.memory[f.C_LOG_N])
        parts = [rows for _, rows in self.batch.log] + [self.batch.worlds.log[0, :count].copy()]
        self.memory[f.C_LOG_N] = 0
        self.batch.log.clear()
        rows = np.concatenate(parts)
        found: Ints = rows[(self.what >> rows[:, f.LOG_WHAT]) & 1 == 1]
        return found

    def to_next_event(self, until: int) -> int:
        """Work off all that is due at the next tick at which anything is; returns that tick, `until` if none is before.

        The world then stands still until the next call's tick.
        """
        memory = self.memory
        pending = int(memory[int(memory[f.C_HEAP])]) >> f.TICK_SHIFT if memory[f.C_HEAP_N] else until
        tick = min(pending, self.batch.next_phase)
        if tick >= until:
            self._step(until)
            return until
        self._step(tick + 1)
        self._tell()
        return tick

    def _step(self, until: int) -> None:
        """As `_advance`, without its looks at what stops a world; a thousand times as many calls are made of it."""
        batch = self.batch
        if batch.next_phase < until:
            self._advance(until)
            return
        self._driver.advance_worlds([(batch.line, batch.worlds)], until, 1)
        if self.memory[f.C_STATUS] != f.RUNNING_WORLD:
            self._advance(until)  # lots to make room for, a log to drain, or an end told in words

    def _advance(self, until: int) -> None:
        """Work off everything before a tick."""
        self.batch.advance(until)
        self.log(self.what)  # a pool that grew logs all kinds again

    def _tell(self) -> None:
        if self._progress is not None and self.now >= self._next_look:
            self._next_look = self.now + self.horizon // LOOKS
            first, last, until = self._part
            done = first + (last - first) * min(1.0, self.now / until)
            self._progress(done, self.batch.lots_out, self.now * self.line.tick)


def replay_of(
    run: Results | str | os.PathLike[str], replication: int, progress: Progress | None = None
) -> Replay:
    """A replication of a run, or of the run that a folder holds.

    raises ResultsError for a folder that holds none, and for a replication that the run has not
    """
    if isinstance(run, Results):
        return Replay(run.line, run.settings, replication, progress)
    if is_comparison(run):
        raise ResultsError(f"{run}: is a comparison; give one of its runs, such as {Path(run) / 'base'}")
    line, settings = record.line_and_settings(run)
    return Replay(line, settings, replication, progress)
