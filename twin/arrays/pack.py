"""A line's memory: its tables end to end, indices turned into places (`twin.arrays.memory` says where they lie)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.arrays import calendar_fields as c
from twin.arrays import carrier_fields as cr
from twin.arrays import fields as f
from twin.arrays import vehicle_fields as v
from twin.arrays.compiled import LineArrays
from twin.arrays.memory import (
    Layout,
    carried_column,
    extra_column,
    layout,
    quality_column,
    quality_places,
    ride_column,
    tracked_column,
)
from twin.arrays.mixes import placed_mix
from twin.arrays.turn_fields import TU_PRODUCT, TU_STEP

Ints = NDArray[np.int64]


class _Packer:
    """The line's memory as it grows, table by table."""

    def __init__(self) -> None:
        self.parts: list[Ints] = []
        self.size = f.HEADER_FIELDS

    def put(self, array: NDArray[Any]) -> int:
        """Append a table; returns where it begins."""
        at = self.size
        self.parts.append(array.astype(np.int64).ravel())
        self.size += array.size
        return at


def pack_line(line: LineArrays, phase: int = 0, last: bool = True) -> Ints:
    """The line's memory: its tables end to end, indices turned into places   (word,).

    phase: which phase of the line this is, counted from 0;  last: whether none comes after it
    """
    world = layout(line, 0)
    memory = _Packer()
    put = memory.put
    law = line.law.copy()
    table, value = put(line.table), put(line.value)
    law[:, f.L_TABLE] += np.where(law[:, f.L_KIND] == f.LAW_TABLE, table, value)
    laws = put(law)
    setups, min_runs = put(line.setup), put(line.min_run)
    members = put(line.members)
    staff = put(_place(line.staff, world.crew, f.CREW_FIELDS))
    listed, responses = _put_routes(memory, line, world, laws)

    group = line.group.copy()
    group[:, f.G_GATE] += listed
    group[:, f.G_TOOL] = _place(group[:, f.G_TOOL], world.tool, f.TOOL_FIELDS)
    group[:, f.G_SETUP] += setups
    group[:, f.G_MIN_RUN] += min_runs
    group[:, f.G_CALENDAR] = _place(group[:, f.G_CALENDAR], world.calendar, c.CALENDAR_FIELDS)
    group[:, f.G_CREW] = _place(group[:, f.G_CREW], staff, f.STAFF_CONSTANTS)
    put(group)

    calendars = _put_products(memory, line, world, laws)
    clock = line.clock.copy()
    clock[:, f.K_LAW] = _place(clock[:, f.K_LAW], laws, f.LAW_CONSTANTS)
    clock[:, f.K_TAKES] = _place(clock[:, f.K_TAKES], laws, f.LAW_CONSTANTS)
    put(clock)
    put(line.start)
    wip = line.wip.copy()
    wip[:, f.I_PRODUCT] = _place(wip[:, f.I_PRODUCT], world.product, f.PRODUCT_FIELDS)
    wip[:, f.I_STEP] = _place(wip[:, f.I_STEP], world.first_step, f.STEP_CONSTANTS)
    wips = put(wip)
    states = line.tool_state.copy()
    states[:, f.N_TOOL] = _place(states[:, f.N_TOOL], world.tool, f.TOOL_FIELDS)
    stated = put(states)
    put(_turns(line, world))
    duty = _put_calendars(memory, line, world)
    mix = placed_mix(line.mix, memory.size, line.product.shape[0], laws, world.product, world.rule)

    header = _quality_header(line, world, responses)
    header[f.H_TRANSPORT] = _place(line.transport, laws, f.LAW_CONSTANTS)[0]
    header[f.H_DEPARTS] = header[f.H_TRACKED] != f.NONE or header[f.H_TRANSPORT] != f.NONE
    header[f.H_WIP], header[f.H_WIPS] = wips, wip.shape[0]
    header[f.H_STATES], header[f.H_STATED] = stated, states.shape[0]
    header[f.H_PHASE], header[f.H_LAST], header[f.H_STEP] = phase, last, world.first_step
    header[f.H_CARRIER] = _place(line.carrier, world.crew, f.CREW_FIELDS)[0]
    header[f.H_CREW], header[f.H_CREWS], header[f.H_MEMBERS] = world.crew, world.crews, members
    header[f.H_WINDOWS], header[f.H_TAKT] = line.size[0], line.size[8]
    _extra_header(header, line, world)
    header[f.H_MIX] = put(mix) if mix.size else f.NONE
    _put_vehicles(memory, header, line, world)
    header[f.H_CALENDAR], header[f.H_CALENDARS] = world.calendar, world.calendars
    header[f.H_CALENDAR_ROW], header[f.H_DUTY] = calendars, duty
    return np.concatenate([header, *memory.parts])


def _put_vehicles(memory: _Packer, header: Ints, line: LineArrays, world: Layout) -> None:
    """Append the table of ways and the fleet."""
    if line.way.size:
        header[f.H_DEPARTS] = v.BY_WAY
    header[f.H_WAYS] = memory.put(line.way) if line.way.size else f.NONE
    header[f.H_FLEET] = memory.put(line.fleet) if line.fleet.size else f.NONE
    header[f.H_FLEETS], header[f.H_RIDE] = world.fleet, ride_column(line)


def _put_products(memory: _Packer, line: LineArrays, world: Layout, laws: int) -> int:
    """Append the products; returns where the calendars will begin.

    laws: place of the first law
    """
    product = line.product.copy()
    clocks = memory.size + product.size
    before = (line.clock, line.start, line.wip, line.tool_state, line.turn)
    calendars = clocks + sum(part.size for part in before)
    product[:, f.P_CALENDAR] = _place(product[:, f.P_CALENDAR], calendars, c.CALENDAR_CONSTANTS)
    product[:, f.P_STEP] = _place(product[:, f.P_STEP], world.first_step, f.STEP_CONSTANTS)
    product[:, f.P_LAW] = _place(product[:, f.P_LAW], laws, f.LAW_CONSTANTS)
    product[:, f.P_DUE_LAW] = _place(product[:, f.P_DUE_LAW], laws, f.LAW_CONSTANTS)
    product[:, f.P_ROW] = _place(product[:, f.P_ROW], clocks + line.clock.size, f.SCHEDULE_FIELDS)
    memory.put(product)
    return calendars


def _turns(line: LineArrays, world: Layout) -> Ints:
    """The sequences of tools."""
    turn = line.turn.copy()
    turn[:, TU_PRODUCT] = _place(turn[:, TU_PRODUCT], world.product, f.PRODUCT_FIELDS)
    turn[:, TU_STEP] = _place(turn[:, TU_STEP], world.first_step, f.STEP_CONSTANTS)
    return turn


def _put_calendars(memory: _Packer, line: LineArrays, world: Layout) -> int:
    """Append the calendars, their openings and closings, and those of the crews; returns where the last begin."""
    calendar = line.calendar.copy()
    for column in (c.CL_FIRST, c.CL_LOOP):
        calendar[:, column] = _place(calendar[:, column], memory.size + calendar.size, c.EDGE_FIELDS)
    memory.put(calendar)
    memory.put(line.edge)
    return memory.put(_place(line.duty, world.calendar, c.CALENDAR_FIELDS))


def _extra_header(header: Ints, line: LineArrays, world: Layout) -> None:
    """Enter what steps with a word more, and carriers, need."""
    header[f.H_FREEZES] = world.carriers + world.sections > 0 or (line.extra[:, f.E_PARTS] > 0).any()
    header[f.H_EXTRA] = extra_column(line) if line.extra.shape[0] else f.NONE
    header[f.H_CARRIED] = carried_column(line) if world.carriers else f.NONE
    header[f.H_CARRIERS], header[f.H_KINDS] = world.carrier, world.carriers


def _quality_header(line: LineArrays, world: Layout, responses: int) -> Ints:
    """A header with what process laws, characteristics and metrology need."""
    header = np.zeros(f.HEADER_FIELDS, dtype=np.int64)
    tracked = line.size[2] > 0
    header[f.H_QUALITY] = quality_column(line) if line.process.shape[0] else f.NONE
    header[f.H_TRACKED] = tracked_column(line) if tracked else f.NONE
    header[f.H_TRACKED_END] = extra_column(line) if tracked else f.NONE
    header[f.H_NORMAL] = _place(line.size[5:6], responses, 1)[0]
    header[f.H_MEASURE] = world.measure
    header[f.H_MAKES] = quality_places(line)[1]
    header[f.H_MAKE] = header[f.H_MAKES] - line.make.size
    return header


def _put_routes(memory: _Packer, line: LineArrays, world: Layout, laws: int) -> tuple[int, int]:
    """Append the steps, and in front of them what they point to; returns where lists of extras and responses begin.

    laws: place of the first law
    """
    steps = world.first_step
    responses = memory.put(line.response)
    arc = line.arc.copy()
    arc[:, f.A_TO] = _place(arc[:, f.A_TO], steps, f.STEP_CONSTANTS)
    arcs = memory.put(arc)
    window = line.window.copy()
    for column in (f.W_UNTIL, f.W_FROM, f.W_BREACH):
        window[:, column] = _place(window[:, column], steps, f.STEP_CONSTANTS)
    windows = memory.put(window)
    process = line.process.copy()
    for column in (f.Y_ADDS, f.Y_WAITS, f.Y_REJECTS):
        process[:, column] = _place(process[:, column], responses, 1)
    process[:, f.Y_TO] = _place(process[:, f.Y_TO], steps, f.STEP_CONSTANTS)
    process[:, f.Y_STATE] = _place(np.arange(process.shape[0]), world.process, f.PROCESS_FIELDS)
    makes = memory.size + process.size + line.condition.size
    process[:, f.Y_MAKES] = _place(process[:, f.Y_MAKES], makes, f.MAKE_CONSTANTS)
    process[:, f.Y_MEASURES] = _place(process[:, f.Y_MEASURES], makes + line.make.size, f.MEASURE_CONSTANTS)
    processes = memory.put(process)
    _put_quality(memory, line, world, laws, responses)
    extras, listed = _put_extras(memory, line, world, arcs, laws)

    step = line.step.copy()
    step[:, f.S_GROUP] = _place(step[:, f.S_GROUP], f.CORE_FIELDS, f.GROUP_FIELDS)
    step[:, f.S_LAW] = _place(step[:, f.S_LAW], laws, f.LAW_CONSTANTS)
    step[:, f.S_ARC] = _place(step[:, f.S_ARC], arcs, f.ARC_FIELDS)
    step[:, f.S_NEXT] = _place(step[:, f.S_NEXT], steps, f.STEP_CONSTANTS)
    step[:, f.S_WINDOW] = _place(step[:, f.S_WINDOW], windows, f.WINDOW_FIELDS)
    step[:, f.S_PROCESS] = _place(step[:, f.S_PROCESS], processes, f.PROCESS_CONSTANTS)
    step[:, f.S_STATE] = _place(np.arange(step.shape[0]), world.step, f.STEP_FIELDS)
    step[:, f.S_ORDER] *= f.PASSAGE_FIELDS
    step[:, f.S_FAMILY] = _place(step[:, f.S_FAMILY], world.step, f.STEP_FIELDS)
    step[:, f.S_EXTRA] = _place(step[:, f.S_EXTRA], extras, f.EXTRA_CONSTANTS)
    memory.put(step)
    return listed, responses


def _put_quality(memory: _Packer, line: LineArrays, world: Layout, laws: int, responses: int) -> None:
    """Append conditions, what steps make and what they measure."""
    condition = line.condition.copy()
    for column in (f.CC_OFFSETS, f.CC_CHAMBERS, f.CC_BY_UNITS, f.CC_BY_TICKS, f.CC_KEEPS, f.CC_GAINS, f.CC_BY_REST):
        condition[:, column] = _place(condition[:, column], responses, 1)
    condition[:, f.CC_EVERY] = _place(condition[:, f.CC_EVERY], laws, f.LAW_CONSTANTS)
    memory.put(condition)
    tracked = tracked_column(line)
    make = line.make.copy()
    make[:, f.MK_CHANNEL] += tracked
    for column in (f.MK_SURFACE, f.MK_GROWN, f.MK_SIGNATURE, f.MK_CHAMBERS):
        make[:, column] = _place(make[:, column], responses, 1)
    make[:, f.MK_THREAD] = _place(make[:, f.MK_THREAD], world.thread, f.THREAD_FIELDS)
    memory.put(make)
    measure = line.measure.copy()
    measure[:, f.ME_CHANNEL] += tracked
    measure[:, f.ME_COLUMN] += tracked
    for column in (f.ME_NOISE, f.ME_WEIGHTS, f.ME_LIMITS):
        measure[:, column] = _place(measure[:, column], responses, 1)
    measure[:, f.ME_TO] = _place(measure[:, f.ME_TO], world.first_step, f.STEP_CONSTANTS)
    measure[:, f.ME_CHARTS] = _place(measure[:, f.ME_CHARTS], world.chart, f.CHART_FIELDS)
    numbers = np.arange(measure.shape[0])
    measure[:, f.ME_STATE] = world.measure + numbers * f.MEASURE_FIELDS
    measure[:, f.ME_RING] = world.ring + numbers * f.RING_ROWS * f.RING_FIELDS
    memory.put(measure)


def _put_extras(memory: _Packer, line: LineArrays, world: Layout, arcs: int, laws: int) -> tuple[int, int]:
    """Append the steps' extras, the auxiliaries, the carriers and their lists; returns where extras and lists begin.

    arcs, laws: places of the first arc and the first law
    """
    extras = memory.size
    auxiliaries = extras + line.extra.size
    listed = auxiliaries + line.auxiliary.size + line.carriers.size
    extra = line.extra.copy()
    for column in (f.E_STEP, f.E_UNTIL):
        extra[:, column] = _place(extra[:, column], world.first_step, f.STEP_CONSTANTS)
    for column in (f.E_AUXILIARY, f.E_AUXILIARY_2):
        extra[:, column] = _place(extra[:, column], auxiliaries, f.AUXILIARY_CONSTANTS)
    extra[:, f.E_WAY] = _place(extra[:, f.E_WAY], arcs, f.ARC_FIELDS)
    for column in (f.E_QUALIFIED, f.E_PART, f.E_TAKER, f.E_SPLIT):
        extra[:, column] = _place(extra[:, column], listed, 1)
    extra[:, f.E_GROUP] = _place(extra[:, f.E_GROUP], f.CORE_FIELDS, f.GROUP_FIELDS)
    extra[:, f.E_STATE] = _place(extra[:, f.E_STATE], world.extra, f.EXTRA_STATE_FIELDS)
    memory.put(extra)
    auxiliary = line.auxiliary.copy()
    auxiliary[:, f.A_STATE] = _place(auxiliary[:, f.A_STATE], world.auxiliary, f.AUXILIARY_STATE_FIELDS)
    auxiliary[:, f.A_GROUP] += listed
    memory.put(auxiliary)
    carriers = line.carriers.copy()
    carriers[:, cr.CR_LAW] = _place(carriers[:, cr.CR_LAW], laws, f.LAW_CONSTANTS)
    carriers[:, cr.CR_GROUP] += listed
    memory.put(carriers)
    groups = memory.put(line.listed)
    return extras, groups


def _place(index: Ints, base: int, fields: int) -> Ints:
    """Places of records; negative indices (none, end) stay what they are."""
    return np.where(index < 0, index, base + index * fields)
