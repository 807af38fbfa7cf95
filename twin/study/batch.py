"""A batch of worlds of one line, stepped on one device: growth, the log, and what stops a world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.arrays import fields as f
from twin.arrays.line import Compiled
from twin.arrays.memory import layout, pack_line
from twin.arrays.totals import Totals
from twin.arrays.worlds import Worlds, allocate, first_pool, grow_lots
from twin.engine import RunError
from twin.study.faults import raise_if_stopped, raise_too_many

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_WIP = 100_000
"""Lots in the line after which a run is taken to be overloaded."""


MOST_BYTES = 4 << 30
"""Memory that the worlds of one batch may grow to; a batch that would take more is run again in halves."""


class BatchTooLargeError(Exception):
    """The worlds of a batch no longer fit in memory together; fewer at once give the same results."""


class Batch:
    """Worlds of one compiled line, one a replication.

    compiled:     the line
    replications: which ones, counted from 0: they, not their place in the batch, decide the luck
    seed:         first part of every random number's address
    device:       `cpu` or `gpu`; threads: at most this many (CPU)
    log_rows:     rows of the event log a world keeps between drains, 0 for no log
    max_wip:      lots in the line of one world after which RunError is raised
    """

    def __init__(
        self, compiled: Compiled, replications: Sequence[int], seed: int, *, device: str = "cpu",
        threads: int = 1, log_rows: int = 0, max_wip: int = MAX_WIP,
    ) -> None:  # fmt: skip
        self.compiled = compiled
        self.line = pack_line(compiled.arrays)
        standing = int(compiled.arrays.wip.shape[0])
        lots = min(first_pool(compiled.arrays), max(max_wip, standing, 1))
        if layout(compiled.arrays, lots).heap > f.INDEX_MASK:
            raise RunError("the line is too large for one world: its tools and lots take more than 32 MB of records")
        self.worlds = allocate(compiled.arrays, replications, seed, lots, log_rows)
        self.device = device
        self.threads = threads
        self.max_wip = max_wip
        self.log: list[tuple[int, NDArray[np.int64]]] = []
        """Drained rows: (replication, rows)."""

    def advance(self, until: int) -> None:
        """Step every world to tick `until`.

        raises RunError where one cannot go on
        """
        if until > f.MAX_TICK:
            raise ValueError(f"{until} ticks are more than the clock holds (2^37)")
        while True:
            self._step(until)
            self._drain_log()
            raise_if_stopped(self.worlds, self.compiled.names, self.compiled.arrays.step[:, f.S_GROUP])
            status = self.worlds.core[:, f.C_STATUS]
            if (status == f.LOTS_FULL).any():
                self._grow()
            elif (status == f.LOG_FULL).any():
                status[status == f.LOG_FULL] = f.RUNNING_WORLD
            else:
                break

    def _step(self, until: int) -> None:
        if self.device == "gpu":
            from twin.engine.gpu import advance_worlds as advance_on_gpu

            advance_on_gpu(self.line, self.worlds, until)
        else:
            from twin.engine.cpu import advance_worlds

            advance_worlds(self.line, self.worlds, until, self.threads)

    def _grow(self) -> None:
        """Make room for more lots, up to what is allowed."""
        if self.worlds.layout.lots >= self.max_wip:
            raise_too_many(self.worlds, self.compiled.names, self.max_wip)
        if len(self.worlds) > 1 and 2 * self.worlds.memory.nbytes > MOST_BYTES:
            raise BatchTooLargeError
        grown = grow_lots(self.worlds, self.max_wip)
        if grown.layout.heap > f.INDEX_MASK:
            raise_too_many(self.worlds, self.compiled.names, int(self.worlds.core[:, f.C_LOTS].max()))
        self.worlds = grown

    def _drain_log(self) -> None:
        if self.worlds.layout.log_rows == 0:
            return
        log = self.worlds.log
        for w, core in enumerate(self.worlds.core):
            rows = int(core[f.C_LOG_N])
            if rows:
                self.log.append((int(core[f.C_REPLICATION]), log[w, :rows].copy()))
                core[f.C_LOG_N] = 0

    @property
    def lots_out(self) -> int:
        """Lots that have left so far, over all worlds."""
        return int(self.worlds.product[:, :, f.PR_OUT].sum())


class Snapshot:
    """Sums of a batch up to its present tick, to be taken from later ones."""

    def __init__(self, worlds: Worlds) -> None:
        core = worlds.core
        self.now = int(core[0, f.C_NOW])
        tool = worlds.tool
        self.tool = tool[:, :, f.T_TICKS : f.T_TICKS + f.STATES].copy()
        state = tool[:, :, f.T_STATE, None]
        since = (self.now - tool[:, :, f.T_SINCE])[:, :, None]
        self.tool += np.where(np.arange(f.STATES) == state, since, 0)
        group = worlds.group
        self.group = group[:, :, : f.GROUP_TOTALS].copy()
        self.group[:, :, f.Q_AREA] += (group[:, :, f.Q_LOTS] + group[:, :, f.Q_OUTSIDE]) * self.now
        product = worlds.product
        self.product = product[:, :, : f.PRODUCT_TOTALS].copy()
        self.product[:, :, f.PR_AREA] += product[:, :, f.PR_WIP] * self.now
        self.wip = product[:, :, f.PR_WIP].copy()
        self.hist = worlds.hist.copy()
        self.windows = worlds.step[:, :, [f.ST_WINDOWS, f.ST_BREACHES]].copy()
        self.events = core[:, f.C_EVENTS].copy()


def totals_between(start: Snapshot, end: Snapshot, tick_s: float) -> Totals:
    """What a batch did between two snapshots."""
    return Totals(
        tick_s=tick_s,
        span_ticks=end.now - start.now,
        horizon_ticks=end.now,
        tool_ticks=end.tool - start.tool,
        group=end.group - start.group,
        product=end.product - start.product,
        cycle_hist=end.hist - start.hist,
        windows=end.windows - start.windows,
        wip_end=end.wip,
        events=end.events,
        process=np.zeros((end.events.size, 0, 4), dtype=np.int64),
        lots=np.zeros((0, 6), dtype=np.int64),
    )


def join_totals(parts: Sequence[Totals]) -> Totals:
    """Totals of several batches of one line and one span as those of one."""
    first = parts[0]
    if len(parts) == 1:
        return first
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name, value in first._asdict().items()
        if isinstance(value, np.ndarray)
    }
    return first._replace(**joined)


def world_bytes(compiled: Compiled, log_rows: int = 0) -> int:
    """Memory one world of a line begins with, its log included [B]."""
    return 8 * layout(compiled.arrays, first_pool(compiled.arrays), log_rows).words
