"""The state of a batch of worlds: one flat row a world, complete, copied and saved as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.arrays import calendar_fields as c
from twin.arrays import carrier_fields as cr
from twin.arrays import fields as f
from twin.arrays import vehicle_fields as v
from twin.arrays.compiled import LineArrays
from twin.arrays.histogram import BINS
from twin.arrays.memory import Layout, constant_places, layout, quality_places, turn_place
from twin.arrays.mix_fields import RULE_FIELDS
from twin.arrays.turn_fields import TURN_FIELDS

Ints = NDArray[np.int64]


@dataclass
class Worlds:
    """What changes while a batch runs.

    memory: a row a world, laid out in `twin.arrays.memory`   (world, word) int64
    layout: where its parts lie

    The properties are views: writing to them writes to the worlds.
    """

    memory: Ints
    layout: Layout

    def __len__(self) -> int:
        return int(self.memory.shape[0])

    def _part(self, at: int, rows: int, fields: int) -> Ints:
        return self.memory[:, at : at + rows * fields].reshape(len(self), rows, fields)

    @property
    def core(self) -> Ints:
        """(world, CORE_FIELDS)"""
        return self.memory[:, : f.CORE_FIELDS]

    @property
    def group(self) -> Ints:
        """(world, group, GROUP_FIELDS)"""
        return self._part(f.CORE_FIELDS, self.layout.groups, f.GROUP_FIELDS)

    @property
    def tool(self) -> Ints:
        """(world, tool, TOOL_FIELDS)"""
        return self._part(self.layout.tool, self.layout.tools, f.TOOL_FIELDS)

    @property
    def product(self) -> Ints:
        """(world, product, PRODUCT_FIELDS)"""
        return self._part(self.layout.product, self.layout.products, f.PRODUCT_FIELDS)

    @property
    def clock(self) -> Ints:
        """(world, clock, CLOCK_FIELDS)"""
        return self._part(self.layout.clock, self.layout.clocks, f.CLOCK_FIELDS)

    @property
    def step(self) -> Ints:
        """(world, step, STEP_FIELDS)"""
        return self._part(self.layout.step, self.layout.steps, f.STEP_FIELDS)

    @property
    def process(self) -> Ints:
        """(world, process, PROCESS_FIELDS)"""
        return self._part(self.layout.process, self.layout.processes, f.PROCESS_FIELDS)

    @property
    def passage(self) -> Ints:
        """(world, passage, PASSAGE_FIELDS): the products one after the other, each at the steps of its route"""
        return self._part(self.layout.passage, self.layout.passages, f.PASSAGE_FIELDS)

    @property
    def crew(self) -> Ints:
        """(world, crew, CREW_FIELDS)"""
        return self._part(self.layout.crew, self.layout.crews, f.CREW_FIELDS)

    @property
    def extra(self) -> Ints:
        """(world, extra, EXTRA_STATE_FIELDS)"""
        return self._part(self.layout.extra, self.layout.extras, f.EXTRA_STATE_FIELDS)

    @property
    def auxiliary(self) -> Ints:
        """(world, auxiliary, AUXILIARY_STATE_FIELDS)"""
        return self._part(self.layout.auxiliary, self.layout.auxiliaries, f.AUXILIARY_STATE_FIELDS)

    @property
    def carrier(self) -> Ints:
        """(world, kind, CARRIER_FIELDS)"""
        return self._part(self.layout.carrier, self.layout.carriers, cr.CARRIER_FIELDS)

    @property
    def condition(self) -> Ints:
        """(world, condition, CONDITION_FIELDS)"""
        return self._part(self.layout.condition, self.layout.conditions, f.CONDITION_FIELDS)

    @property
    def measure(self) -> Ints:
        """(world, measure, MEASURE_FIELDS)"""
        return self._part(self.layout.measure, self.layout.measures, f.MEASURE_FIELDS)

    @property
    def rule(self) -> Ints:
        """(world, rule, RULE_FIELDS)"""
        return self._part(self.layout.rule, self.layout.rules, RULE_FIELDS)

    @property
    def calendar(self) -> Ints:
        """(world, calendar, CALENDAR_FIELDS)"""
        return self._part(self.layout.calendar, self.layout.calendars, c.CALENDAR_FIELDS)

    @property
    def section(self) -> Ints:
        """(world, section, SECTION_FIELDS)"""
        return self._part(self.layout.section, self.layout.sections, f.SECTION_FIELDS)

    @property
    def fleet(self) -> Ints:
        """(world, 0 or 1, FLEET_FIELDS)"""
        return self._part(self.layout.fleet, self.layout.fleets, v.FLEET_FIELDS)

    @property
    def vehicle(self) -> Ints:
        """(world, vehicle, VEHICLE_FIELDS)"""
        return self._part(self.layout.vehicle, self.layout.vehicles, v.VEHICLE_FIELDS)

    @property
    def hist(self) -> Ints:
        """(world, product, BINS)"""
        return self._part(self.layout.hist, self.layout.products, BINS)

    @property
    def lot(self) -> Ints:
        """(world, lot, LOT_FIXED + 2 windows + dedications + 2 where there are process laws + what is tracked +
        LOT_EXTRA_FIELDS where steps have extras + LOT_CARRIER_FIELDS where there are carriers +
        RIDE_FIELDS where there are vehicles)"""
        return self._part(self.layout.lot, self.layout.lots, self.layout.lot_fields)

    @property
    def log(self) -> Ints:
        """(world, row, LOG_FIELDS)"""
        rows = (self.layout.words - self.layout.log) // f.LOG_FIELDS
        return self._part(self.layout.log, rows, f.LOG_FIELDS)

    @property
    def bytes_per_world(self) -> int:
        """Memory of one world [B], its log left out."""
        return 8 * self.layout.log

    def take(self, index: Any) -> "Worlds":
        """Some of the worlds, by a slice or an index array."""
        return Worlds(self.memory[index], self.layout)

    def copy(self) -> "Worlds":
        """A branch: the same worlds, to be stepped apart from these."""
        return Worlds(self.memory.copy(), self.layout)


Job = tuple[Ints, Worlds]
"""A line's memory and the worlds to step with it."""


FIRST_WORDS = 1 << 20
"""Words of lots to make room for at the start, where there may be many tools and large lots."""


def first_pool(line: LineArrays) -> int:
    """Lots to make room for at the start; the pool grows when it fills."""
    standing = int(line.wip.shape[0] + line.product[:, f.P_WIP].sum())
    wanted = max(64, 2 * standing, min(4096, 4 * line.tool.shape[0], FIRST_WORDS // layout(line, 0).lot_fields))
    return int(max(standing, min(wanted, most_lots(layout(line, 0)))))


def most_lots(where: Layout) -> int:
    """Lots that the records of one world can have: events name their places by `INDEX_BITS` bits."""
    return int((f.INDEX_MASK - where.lot) // where.lot_fields)


def allocate(
    line: LineArrays, replications: Sequence[int], seed: int, lots: int, log_rows: int = 0, log_what: int = f.LOG_EVENTS
) -> Worlds:
    """Worlds at time 0, one a replication, nothing done yet.

    lots: pool of lots a world; log_rows, log_what: as in `twin.arrays.memory.layout`
    """
    where = layout(line, lots, log_rows, log_what)
    worlds = Worlds(np.zeros((len(replications), where.words), dtype=np.int64), where)
    worlds.core[:, f.C_SEED] = seed
    worlds.core[:, f.C_REPLICATION] = np.asarray(replications, dtype=np.int64)
    worlds.core[:, f.C_FREE] = f.NONE
    _mark_places(worlds)
    _chain_lots(worlds, 0)
    groups, products, clocks, extras = constant_places(line)
    group, tool, product, clock = worlds.group, worlds.tool, worlds.product, worlds.clock
    group[:, :, f.Q_CONST] = groups + np.arange(where.groups) * f.GROUP_CONSTANTS
    product[:, :, f.PR_CONST] = products + np.arange(where.products) * f.PRODUCT_CONSTANTS
    product[:, :, f.PR_HIST] = where.hist + np.arange(where.products) * BINS
    product[:, :, f.PR_PASSAGE] = where.passage + first_passages(line) * f.PASSAGE_FIELDS
    clock[:, :, f.CK_CONST] = clocks + np.arange(where.clocks) * f.CLOCK_CONSTANTS
    clock[:, :, f.CK_TOOL] = where.tool + line.clock[:, f.K_TOOL] * f.TOOL_FIELDS
    tool[:, :, f.T_GROUP] = f.CORE_FIELDS + line.tool[:, f.TL_GROUP] * f.GROUP_FIELDS
    tool[:, :, f.T_CLOCK] = where.clock + line.tool[:, f.TL_CLOCK] * f.CLOCK_FIELDS
    tool[:, :, f.T_CLOCKS] = line.tool[:, f.TL_CLOCKS]
    tool[:, :, f.T_OPERATING] = line.tool[:, f.TL_OPERATING]
    tool[:, :, f.T_PM_UNITS] = line.tool[:, f.TL_UNITS]
    tool[:, :, f.T_STANDBY] = line.tool[:, f.TL_STANDBY]
    tool[:, :, f.T_CHAMBERS] = line.tool[:, f.TL_CHAMBERS]
    tool[:, :, f.T_USED] = line.tool[:, f.TL_CHAMBERS]
    tool[:, :, f.T_SPEED] = 1
    tool[:, :, f.T_TURN] = turn_place(line) + line.tool[:, f.TL_TURN] * TURN_FIELDS
    tool[:, :, f.T_TURNS] = line.tool[:, f.TL_TURNS]
    tool[:, :, f.T_BELT] = line.tool[:, f.TL_BELT]
    tool[:, :, f.T_STANDS] = f.NEVER
    tool[:, :, f.T_EXIT] = f.NONE
    _join_stations(line, worlds)
    worlds.extra[:, :, f.EX_CONST] = extras + np.arange(where.extras) * f.EXTRA_CONSTANTS
    worlds.extra[:, :, [f.EX_DUE, f.EX_EVENT]] = f.NEVER
    carriers = extras + line.extra.size + line.auxiliary.size
    worlds.carrier[:, :, cr.CA_CONST] = carriers + np.arange(where.carriers) * cr.CARRIER_CONSTANTS
    worlds.fleet[:, :, [v.FL_HEAD, v.FL_TAIL]] = f.NONE
    worlds.vehicle[:, :, v.VE_LOT] = f.NONE
    worlds.vehicle[:, :, v.VE_PLACE] = line.fleet[v.FT_START] if line.fleet.size else f.NONE
    tool[:, :, f.T_CONDITION] = where.condition + line.tool[:, f.TL_CONDITION] * f.CONDITION_FIELDS
    tool[:, :, f.T_CONDITIONS] = line.tool[:, f.TL_CONDITIONS]
    conditions, measures = quality_places(line)
    worlds.condition[:, :, f.CN_CONST] = conditions + line.held[:, 1] * f.CONDITION_CONSTANTS
    worlds.measure[:, :, f.MS_CONST] = measures + np.arange(where.measures) * f.MEASURE_CONSTANTS
    worlds.measure[:, :, [f.MS_DUE, f.MS_EVENT]] = f.NEVER
    return worlds


def _join_stations(line: LineArrays, worlds: Worlds) -> None:
    """String the stations of each indexed section together, from the last one to the first."""
    where, tool, section = worlds.layout, worlds.tool, worlds.section
    section[:, :, [f.SX_DUE, f.SX_EVENT]] = f.NEVER
    before = {int(k): f.NONE for k in line.station[:, 0]}
    for k, station, takt in line.station.tolist():
        tool[:, station, f.T_SECTION] = where.section + k * f.SECTION_FIELDS
        tool[:, station, f.T_BEHIND] = before[k]
        before[k] = where.tool + station * f.TOOL_FIELDS
        section[:, k, f.SX_LAST], section[:, k, f.SX_TAKT] = before[k], takt


def first_passages(line: LineArrays) -> Ints:
    """Which passage is each product's first   (product,)."""
    steps = line.product[:, f.P_STEPS]
    return np.asarray(np.cumsum(steps) - steps, dtype=np.int64)


def lots_by_passage(line: LineArrays, worlds: Worlds) -> Ints:
    """Lots in the line by product and step, now   (world, passage)."""
    lot, where = worlds.lot, worlds.layout
    world, at = np.nonzero(lot[:, :, f.LOT_STATE] != f.LOT_FREE)
    product = (lot[world, at, f.LOT_PRODUCT] - where.product) // f.PRODUCT_FIELDS
    step = (lot[world, at, f.LOT_STEP] - where.first_step) // f.STEP_CONSTANTS
    passage = first_passages(line)[product] + line.step[step, f.S_ORDER]
    counts = np.bincount(world * where.passages + passage, minlength=len(worlds) * where.passages)
    return np.asarray(counts, dtype=np.int64).reshape(len(worlds), where.passages)


def _mark_places(worlds: Worlds) -> None:
    """Write into each world where its parts begin."""
    where, core = worlds.layout, worlds.core
    core[:, f.C_GROUP], core[:, f.C_TOOL], core[:, f.C_PRODUCT] = f.CORE_FIELDS, where.tool, where.product
    core[:, f.C_CLOCK], core[:, f.C_STEP] = where.clock, where.step
    core[:, f.C_HEAP], core[:, f.C_HEAP_ROWS] = where.heap, where.heap_rows
    core[:, f.C_TODO], core[:, f.C_TODO_ROWS] = where.todo, where.todo_rows
    core[:, f.C_LOG], core[:, f.C_LOG_WHAT], core[:, f.C_LOG_STOP] = where.log, where.log_what, where.log_rows
    core[:, f.C_LOT], core[:, f.C_LOT_FIELDS] = where.lot, where.lot_fields


def _chain_lots(worlds: Worlds, first: int) -> None:
    """String lots from `first` on behind those that are still free.

    Places break ties between events, so which place a lot gets must not depend on when the pool grew.
    """
    where, lot = worlds.layout, worlds.lot
    places = where.lot + np.arange(first, where.lots + 1) * where.lot_fields
    lot[:, first:, f.LOT_NEXT] = places[1:]
    lot[:, where.lots - 1, f.LOT_NEXT] = f.NONE
    last = (lot[:, :first, f.LOT_STATE] == f.LOT_FREE) & (lot[:, :first, f.LOT_NEXT] == f.NONE)
    lot[:, :first, f.LOT_NEXT][last] = places[0]
    free = worlds.core[:, f.C_FREE]
    free[free == f.NONE] = places[0]


def grow_lots(worlds: Worlds, most: int) -> Worlds:
    """The same worlds with room for twice the lots, `most` at the most; those that had filled can go on.

    No more than a world can have: the caller has seen that this is more than there are.
    """
    old = worlds.layout
    new = old._replace(lots=min(2 * old.lots, most, most_lots(old)))
    grown = Worlds(np.zeros((len(worlds), new.words), dtype=np.int64), new)
    for start, end, to in (
        (0, old.heap, 0),
        (old.heap, old.todo, new.heap),
        (old.todo, old.log, new.todo),
        (old.log, old.words, new.log),
    ):
        grown.memory[:, to : to + end - start] = worlds.memory[:, start:end]
    _straighten_ring(grown, old.todo_rows)
    _mark_places(grown)
    _chain_lots(grown, old.lots)
    status = grown.core[:, f.C_STATUS]
    status[status == f.LOTS_FULL] = f.RUNNING_WORLD
    return grown


def _straighten_ring(worlds: Worlds, size: int) -> None:
    """Lay the work of the tick, a ring of `size` entries so far, out from the front of its longer place."""
    at = worlds.layout.todo
    for row in worlds.memory:
        n, head = int(row[f.C_TODO_N]), int(row[f.C_TODO_HEAD])
        row[at : at + n] = row[at + (head + np.arange(n)) % size].copy()
        row[f.C_TODO_HEAD] = 0
