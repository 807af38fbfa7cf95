"""A batch of worlds of one line, stepped on one device: growth, the log, and what stops a world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.arrays import carrier_fields as cr
from twin.arrays import fields as f
from twin.arrays import vehicle_fields as v
from twin.arrays.compiled import Compiled
from twin.arrays.memory import layout
from twin.arrays.mix_fields import RULE_TOTALS
from twin.arrays.pack import pack_line
from twin.arrays.totals import Totals
from twin.arrays.worlds import Worlds, allocate, first_pool, grow_lots, lots_by_passage, most_lots
from twin.engine import RunError
from twin.engine.compose import engine_module
from twin.study.drained import VISIT_COLUMNS, rows_of_lots, rows_of_visits, tracked_values
from twin.study.energy_meter import standby_of, state_ticks
from twin.study.faults import raise_if_stopped, raise_no_room, raise_too_many

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_WIP = 100_000
"""Lots in the line after which a run is taken to be overloaded."""


MOST_BYTES = 4 << 30
"""Memory that the worlds of one batch may grow to; a batch that would take more is run again in halves."""


QUALITY_ROWS = 1 << 10
"""Rows that a world's log keeps between two drains where it holds completed lots alone."""


QUALITY_LOTS = 1 << 8
"""Lots that it keeps at least, with what is tracked of them."""


class BatchTooLargeError(Exception):
    """The worlds of a batch no longer fit in memory together; fewer at once give the same results."""


class Batch:
    """Worlds of one compiled line, one a replication.

    compiled:     the line, in all its phases
    replications: which ones, counted from 0: they, not their place in the batch, decide the luck
    seed:         first part of every random number's address
    device:       `cpu` or `gpu`; threads: at most this many (CPU)
    log_rows:     rows of the event log a world keeps between drains, 0 for no event log; log_what: their kinds, as bits
    max_wip:      lots in the line of one world after which RunError is raised
    most_bytes:   memory that the worlds may grow to
    """

    def __init__(
        self, compiled: Compiled, replications: Sequence[int], seed: int, *, device: str = "cpu",
        threads: int = 1, log_rows: int = 0, log_what: int = f.LOG_EVENTS, max_wip: int = MAX_WIP,
        most_bytes: int = MOST_BYTES,
    ) -> None:  # fmt: skip
        self.compiled = compiled
        self.line = pack_line(compiled.arrays, last=not compiled.later)
        self._phases = [(tick, arrays, k) for k, (tick, arrays) in enumerate(compiled.later, 1)]
        what, rows = _log_of(compiled, log_rows, log_what)
        standing = int(compiled.arrays.wip.shape[0])
        lots = min(first_pool(compiled.arrays), max(max_wip, standing, 1))
        if layout(compiled.arrays, lots).heap > f.INDEX_MASK:
            raise RunError("the line is too large for one world: its tools and lots take more than 32 MB of records")
        self.worlds = allocate(compiled.arrays, replications, seed, lots, rows, what)
        self.device = device
        self.threads = threads
        self.max_wip = max_wip
        self.most_bytes = most_bytes
        self.log: list[tuple[int, NDArray[np.int64]]] = []
        """Drained rows of events: (replication, rows)."""
        self.lots: list[NDArray[np.int64]] = []
        """Completed lots of a line with process laws, in the columns of `Totals.lots`."""
        self.tracked: list[NDArray[np.int64]] = []
        """What is tracked of them, row by row, in the columns of `Totals.tracked`."""
        self.visits: list[NDArray[np.int64]] = []
        """Loads at steps with a process law, in the columns of `Totals.visits`."""

    def branch(self) -> Batch:
        """The same worlds, to be stepped apart from these; what was drained from their log stays here."""
        other = copy(self)
        other.worlds = self.worlds.copy()
        other._phases = list(self._phases)
        other.log, other.lots, other.tracked, other.visits = [], [], [], []
        return other

    def advance(self, until: int) -> None:
        """Step every world to tick `until`.

        raises RunError where one cannot go on
        """
        advance_together([self], until)

    @property
    def next_phase(self) -> int:
        """Tick at which the line changes next."""
        return self._phases[0][0] if self._phases else f.NEVER

    def change_phase(self, now: int) -> None:
        """Go over to the line that is in force from tick `now` on, once every world has come there."""
        while self._phases and self._phases[0][0] <= now:
            _, arrays, number = self._phases.pop(0)
            self.line = pack_line(arrays, number, last=not self._phases)

    def settle(self) -> bool:
        """After a step: drain the log, make room, start paused worlds again; whether there are any to step further.

        raises RunError where a world cannot go on
        """
        self._drain_log()
        raise_if_stopped(self.worlds, self.compiled)
        status = self.worlds.core[:, f.C_STATUS]
        if (status == f.LOTS_FULL).any():
            self._grow()
        elif (status == f.LOG_FULL).any():
            status[status == f.LOG_FULL] = f.RUNNING_WORLD
        else:
            return False
        return True

    def _grow(self) -> None:
        """Make room for more lots, up to what is allowed."""
        if self.worlds.layout.lots >= self.max_wip:
            raise_too_many(self.worlds, self.compiled.names, self.max_wip)
        if len(self.worlds) > 1 and 2 * self.worlds.memory.nbytes > self.most_bytes:
            raise BatchTooLargeError
        if most_lots(self.worlds.layout) <= self.worlds.layout.lots:
            raise_no_room(self.worlds)
        self.worlds = grow_lots(self.worlds, self.max_wip)

    def _drain_log(self) -> None:
        if self.worlds.layout.log_rows == 0:
            return
        log = self.worlds.log
        for w, core in enumerate(self.worlds.core):
            rows = int(core[f.C_LOG_N])
            if rows:
                self._keep(int(core[f.C_REPLICATION]), log[w, :rows])
                core[f.C_LOG_N] = 0

    def _keep(self, replication: int, rows: NDArray[np.int64]) -> None:
        """Keep drained rows: those of events as they are, those of completed lots as columns."""
        what = rows[:, f.LOG_WHAT] & ((1 << f.WHAT_BITS) - 1)
        of_events = (what < f.W_QUALITY) | (what == f.W_STATE)
        if of_events.any():
            self.log.append((replication, rows[of_events]))
        layout = self.worlds.layout
        at = np.flatnonzero(what == f.W_QUALITY)
        self.lots.append(rows_of_lots(layout, replication, rows[at]))
        if layout.values:
            self.tracked.append(tracked_values(self.compiled.arrays, layout, rows, at))
        if (what == f.W_VISIT).any():
            self.visits.append(rows_of_visits(layout, replication, rows[what == f.W_VISIT]))

    def tracked_of(self, lots: int) -> NDArray[np.int64]:
        """What is tracked of all that was drained, without columns where nothing is   (lot, column)."""
        width = self.worlds.layout.values
        return np.concatenate([np.zeros((0, width), dtype=np.int64), *self.tracked]).reshape(lots, width)

    @property
    def lots_out(self) -> int:
        """Lots that have left so far, over all worlds."""
        return int(self.worlds.product[:, :, f.PR_OUT].sum())


def advance_together(batches: Sequence[Batch], until: int) -> None:
    """Step the worlds of several lines to tick `until`, all on the device of the first, each through its phases.

    raises RunError where one cannot go on
    """
    if until > f.MAX_TICK:
        raise ValueError(f"{until} ticks are more than the clock holds (2^37)")
    for batch in batches:
        batch.change_phase(int(batch.worlds.core[0, f.C_NOW]))  # worlds taken from elsewhere may be further on
    while True:
        stop = min(until, *(batch.next_phase for batch in batches))
        left = list(batches)
        while left:
            _step(left, stop)
            left = [batch for batch in left if batch.settle()]
        if stop == until:
            return
        for batch in batches:
            batch.change_phase(stop)


def _step(batches: Sequence[Batch], until: int) -> None:
    """One call of the driver."""
    first = batches[0]
    jobs = [(batch.line, batch.worlds) for batch in batches]
    rules = first.compiled.rules
    driver = engine_module(first.device, rules)
    try:
        if first.device == "gpu":
            driver.advance_worlds(jobs, until)
        else:
            driver.advance_worlds(jobs, until, first.threads)
    except Exception as error:
        if not rules:
            raise
        named = ", ".join(rule.name for rule in rules)
        raise RunError(f"rule {named}: raised {type(error).__name__}: {error}") from error


class Snapshot:
    """Sums of a batch up to its present tick, to be taken from later ones.

    Its arrays have a row a world.
    """

    def __init__(self, batch: Batch) -> None:
        worlds = batch.worlds
        core = worlds.core
        self.now = int(core[0, f.C_NOW])
        self.tool = state_ticks(worlds)
        group = worlds.group
        self.group = group[:, :, : f.GROUP_TOTALS].copy()
        places, booked = group[:, :, f.Q_PLACES], group[:, :, f.Q_BOOKED]
        self.group[:, :, f.Q_EMPTY] += np.where((booked > 0) & (places == 0), self.now, 0)
        self.group[:, :, f.Q_FULL] += np.where((booked > 0) & (places >= booked), self.now, 0)
        self.standby = standby_of(worlds)
        self.takt = core[:, [f.C_GAPS, f.C_WITHIN]].copy()
        self.group[:, :, f.Q_AREA] += (group[:, :, f.Q_LOTS] + group[:, :, f.Q_OUTSIDE]) * self.now
        tools = batch.compiled.arrays.tool
        for belt in np.flatnonzero(tools[:, f.TL_BELT]):
            self.group[:, tools[belt, f.TL_GROUP], f.Q_CARRIED] += worlds.tool[:, belt, f.T_LOTS] * self.now
        product = worlds.product
        self.product = product[:, :, : f.PRODUCT_TOTALS].copy()
        self.product[:, :, f.PR_AREA] += product[:, :, f.PR_WIP] * self.now
        self.wip = product[:, :, f.PR_WIP].copy()
        self.hist = worlds.hist.copy()
        self.windows = worlds.step[:, :, [f.ST_WINDOWS, f.ST_BREACHES]].copy()
        self.process = worlds.process.copy()
        self.passage = worlds.passage.copy()
        self.passage[:, :, f.PA_AREA] += lots_by_passage(batch.compiled.arrays, worlds) * self.now
        moves = self.passage[:, :, f.PA_MOVES]
        steps = [k for of in batch.compiled.names.steps_of for k in of]
        groups = batch.compiled.arrays.step[steps, f.S_GROUP]
        for group in np.unique(groups):
            self.group[:, group, f.Q_DONE] = moves[:, groups == group].sum(axis=1)
        self.events = moves.sum(axis=1)
        crew = worlds.crew
        self.crew = crew[:, :, : f.CREW_TOTALS].copy()
        self.crew[:, :, f.CW_BUSY_AREA] += crew[:, :, f.CW_BUSY] * self.now
        self.crew[:, :, f.CW_AREA] += crew[:, :, f.CW_MEMBERS] * self.now
        self.extras = worlds.extra[:, :, : f.EXTRA_TOTALS].copy()
        self.auxiliaries = worlds.auxiliary[:, :, [f.AU_AREA, f.AU_TAKEN]].copy()
        self.auxiliaries[:, :, 0] += worlds.auxiliary[:, :, f.AU_USED] * self.now
        fleet = worlds.fleet
        self.fleets = fleet[:, :, : v.FLEET_TOTALS].copy()
        for area in (v.FL_LOADED_AREA, v.FL_EMPTY_AREA, v.FL_HANDLING_AREA):
            self.fleets[:, :, area] += fleet[:, :, v.FLEET_TOTALS + area] * self.now
        carrier = worlds.carrier
        self.carriers = carrier[:, :, : cr.CARRIER_TOTALS].copy()
        for area, number in ((cr.CA_AREA, cr.CA_USED), (cr.CA_BACK_AREA, cr.CA_BACK), (cr.CA_THERE_AREA, cr.CA_COUNT)):
            self.carriers[:, :, area] += carrier[:, :, number] * self.now
        self.carriers[:, :, cr.CA_OUT] += carrier[:, :, cr.CA_NONE] * self.now
        self.measures = worlds.measure[:, :, : f.MEASURE_TOTALS].copy()
        self.rules = worlds.rule[:, :, :RULE_TOTALS].copy()
        self.sections = worlds.section[:, :, : f.SECTION_TOTALS].copy()
        self.stations = worlds.tool[:, batch.compiled.arrays.station[:, 1]][:, :, [f.T_OVER, f.T_LOST]].copy()
        self.shifts = worlds.condition[:, :, [f.CN_SHIFTS, f.CN_SHIFTED]].copy()
        self.stops = self._stops(worlds, batch.compiled)

    def arrays(self) -> dict[str, NDArray[np.int64]]:
        """Everything that was summed, by name, to be kept in a file."""
        return {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}

    @classmethod
    def of(cls, now: int, arrays: Mapping[str, NDArray[np.int64]]) -> Snapshot:
        """The snapshot that was taken at tick `now`, from what `arrays` gave."""
        found = cls.__new__(cls)
        found.now = now
        vars(found).update(arrays)
        return found

    def _stops(self, worlds: Worlds, compiled: Compiled) -> NDArray[np.int64]:
        """Times and ticks that each failure and maintenance kept a tool away so far   (world, stop, 2)."""
        clock, tool = worlds.clock, worlds.tool
        of = compiled.arrays.clock
        under_way = tool[:, of[:, f.K_TOOL], f.T_BY] == worlds.layout.clock + np.arange(len(of)) * f.CLOCK_FIELDS
        under_way &= np.isin(tool[:, of[:, f.K_TOOL], f.T_DOWN], (f.FAILED, f.MAINTAINED))
        in_repair = (clock[:, :, f.CK_PENDING] == f.IN_REPAIR) & (clock[:, :, f.CK_DUE] != f.NEVER)
        under_way |= (of[:, f.K_CHAMBER] != 0) & in_repair
        ticks = clock[:, :, f.CK_SPENT] + np.where(under_way, self.now - clock[:, :, f.CK_BEGAN], 0)
        both = np.stack([clock[:, :, f.CK_COUNT], ticks], axis=2)
        found = np.zeros((len(worlds), len(compiled.names.stops), 2), dtype=np.int64)
        for stop in range(len(compiled.names.stops)):
            found[:, stop] = both[:, of[:, f.K_STOP] == stop].sum(axis=1)
        return found


def totals_between(
    start: Snapshot, end: Snapshot, tick_s: float, batch: Batch, peak: NDArray[np.int64] | None = None
) -> Totals:
    """What a batch did between two snapshots; the lots it completed meanwhile, by replication and time.

    peak: as of `Totals`; None: it was not looked at
    """
    completed = np.concatenate([np.zeros((0, 6), dtype=np.int64), *batch.lots])
    visits = np.concatenate([np.zeros((0, VISIT_COLUMNS), dtype=np.int64), *batch.visits])
    replication, product, serial, _, out, _ = completed.T
    in_order = np.lexsort((serial, product, out, replication))  # not that of the drains: they follow the wall clock
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
        stops=end.stops - start.stops,
        process=end.process - start.process,
        lots=completed[in_order],
        passage=end.passage - start.passage,
        crews=end.crew - start.crew,
        extras=end.extras - start.extras,
        auxiliaries=end.auxiliaries - start.auxiliaries,
        carriers=end.carriers - start.carriers,
        fleets=end.fleets - start.fleets,
        measures=end.measures - start.measures,
        shifts=end.shifts - start.shifts,
        rules=end.rules - start.rules,
        sections=end.sections - start.sections,
        stations=end.stations - start.stations,
        tracked=batch.tracked_of(len(completed))[in_order],
        visits=visits[np.lexsort((visits[:, 1], visits[:, 0]))],
        standby=end.standby - start.standby,
        takt=end.takt - start.takt,
        peak=np.full(len(start.wip), -1, dtype=np.int64) if peak is None else peak,
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


def world_bytes(compiled: Compiled, log_rows: int = 0, log_what: int = f.LOG_EVENTS) -> int:
    """Memory one world of a line begins with, its log included [B]."""
    what, rows = _log_of(compiled, log_rows, log_what)
    return 8 * layout(compiled.arrays, first_pool(compiled.arrays), rows, what).words


def _log_of(compiled: Compiled, log_rows: int, events: int) -> tuple[int, int]:
    """Kinds of rows to log, as bits, and how many a world keeps: `events`, completed lots of process laws."""
    what = events & ~f.LOG_VISIT if log_rows else 0
    arrays = compiled.arrays
    if (arrays.process[:, [f.Y_ADDS, f.Y_WAITS]] != f.NONE).any() or arrays.make.size or arrays.size[6]:
        values = layout(arrays, 0).value_rows
        return what | f.LOG_QUALITY | (events & f.LOG_VISIT), log_rows or max(QUALITY_ROWS, QUALITY_LOTS * (1 + values))
    return what, log_rows
