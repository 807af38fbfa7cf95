"""A line and its worlds as flat memory: where each record lies, and what points to what.

    line    header | tables | values | laws | setups | minimum runs | members | staff | responses | arcs | windows |
            processes | extras | auxiliaries | lists | steps | toolgroups | products | clocks | schedules | wip |
            tool states
    world   core | toolgroups | tools | products | clocks | steps | processes | passages | crews | extras |
            auxiliaries | histograms | lots | events | work | log

A record's place is its name: a step's row in the line's memory holds the place of its toolgroup's row in a
world's memory. Every world of a line has the same layout, and what grows (lots, events, work) lies behind
everything that is pointed to, so a grown world needs no pointer changed.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.arrays.compiled import LineArrays
from twin.arrays.histogram import BINS

Ints = NDArray[np.int64]


class Layout(NamedTuple):
    """Where the parts of a world's memory begin, in words of 8 bytes, and how many records each has."""

    groups: int
    tools: int
    products: int
    clocks: int
    steps: int
    processes: int
    crews: int
    lots: int
    lot_fields: int
    log_rows: int
    log_what: int
    extras: int
    auxiliaries: int
    first_step: int  # place of the first step in the line's memory
    passages: int

    @property
    def tool(self) -> int:
        """Place of the first tool; groups begin at CORE_FIELDS."""
        return f.CORE_FIELDS + self.groups * f.GROUP_FIELDS

    @property
    def product(self) -> int:
        """Place of the first product."""
        return self.tool + self.tools * f.TOOL_FIELDS

    @property
    def clock(self) -> int:
        """Place of the first failure or PM clock."""
        return self.product + self.products * f.PRODUCT_FIELDS

    @property
    def step(self) -> int:
        """Place of the first step's state."""
        return self.clock + self.clocks * f.CLOCK_FIELDS

    @property
    def process(self) -> int:
        """Place of the totals of the first step with a process law."""
        return self.step + self.steps * f.STEP_FIELDS

    @property
    def passage(self) -> int:
        """Place of the first product's totals at the first step of its route."""
        return self.process + self.processes * f.PROCESS_FIELDS

    @property
    def crew(self) -> int:
        """Place of the first crew."""
        return self.passage + self.passages * f.PASSAGE_FIELDS

    @property
    def extra(self) -> int:
        """Place of the state of the first step with a word more."""
        return self.crew + self.crews * f.CREW_FIELDS

    @property
    def auxiliary(self) -> int:
        """Place of the state of the first auxiliary."""
        return self.extra + self.extras * f.EXTRA_STATE_FIELDS

    @property
    def hist(self) -> int:
        """Place of the first product's histogram of cycle times."""
        return self.auxiliary + self.auxiliaries * f.AUXILIARY_STATE_FIELDS

    @property
    def lot(self) -> int:
        """Place of the first lot."""
        return self.hist + self.products * BINS

    @property
    def heap(self) -> int:
        """Place of the pending events."""
        return self.lot + self.lots * self.lot_fields

    @property
    def heap_rows(self) -> int:
        """Events that can be pending at once: one a lot, two a tool, one a clock, two a product, one a batch step."""
        return self.lots + 2 * self.tools + self.clocks + 2 * self.products + self.extras + 8

    @property
    def todo(self) -> int:
        """Place of the work of the tick."""
        return self.heap + self.heap_rows

    @property
    def todo_rows(self) -> int:
        """Room for the work of one tick; a power of two, since it is a ring."""
        return int(1 << (2 * (self.lots + self.tools + self.groups) + 64).bit_length())

    @property
    def log(self) -> int:
        """Place of the log."""
        return self.todo + self.todo_rows

    @property
    def log_margin(self) -> int:
        """Rows that one event may write at most: every lot and every tool moving at one tick, or all lots leaving."""
        of_all = self.log_what & f.LOG_EVENTS & ~f.LOG_OUT
        return (8 * (self.lots + self.tools) if of_all else 2 * self.lots) + 64

    @property
    def words(self) -> int:
        """Size of a world [8 B]."""
        return self.log + (self.log_rows + self.log_margin) * f.LOG_FIELDS * (self.log_rows > 0)


def layout(line: LineArrays, lots: int, log_rows: int = 0, log_what: int = f.LOG_EVENTS) -> Layout:
    """The layout of a line's worlds.

    lots: pool of lots; log_rows: rows between two drains, 0 for no log; log_what: kinds of rows, as bits
    """
    return Layout(
        groups=line.group.shape[0],
        tools=line.tool.shape[0],
        products=line.product.shape[0],
        clocks=line.clock.shape[0],
        steps=line.step.shape[0],
        processes=line.process.shape[0],
        crews=line.members.size,
        lots=lots,
        lot_fields=_extra_column(line) + (f.LOT_EXTRA_FIELDS if line.extra.shape[0] else 0),
        log_rows=log_rows,
        log_what=log_what if log_rows else 0,
        extras=line.extra.shape[0],
        auxiliaries=line.auxiliary.shape[0],
        first_step=f.HEADER_FIELDS + sum(part.size for part in _before_steps(line)),
        passages=int(line.product[:, f.P_STEPS].sum()),
    )


def _before_steps(line: LineArrays) -> tuple[NDArray[Any], ...]:
    """The tables in front of the steps, in order."""
    return (
        line.table, line.value, line.law, line.setup, line.min_run, line.members, line.staff, line.response, line.arc,
        line.window, line.process, line.extra, line.auxiliary, line.listed,
    )  # fmt: skip


def _quality_column(line: LineArrays) -> int:
    """Columns of a lot in front of those of its quality."""
    return f.LOT_FIXED + 2 * int(line.size[0]) + int(line.size[1])


def _extra_column(line: LineArrays) -> int:
    """Columns of a lot in front of those that steps with a word more need."""
    return _quality_column(line) + (2 if line.process.shape[0] else 0)


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
    listed = _put_routes(memory, line, world, laws)

    group = line.group.copy()
    group[:, f.G_GATE] += listed
    group[:, f.G_TOOL] = _place(group[:, f.G_TOOL], world.tool, f.TOOL_FIELDS)
    group[:, f.G_SETUP] += setups
    group[:, f.G_MIN_RUN] += min_runs
    group[:, f.G_CREW] = _place(group[:, f.G_CREW], staff, f.STAFF_CONSTANTS)
    put(group)

    product = line.product.copy()
    schedule = memory.size + product.size + line.clock.size
    product[:, f.P_STEP] = _place(product[:, f.P_STEP], world.first_step, f.STEP_CONSTANTS)
    product[:, f.P_LAW] = _place(product[:, f.P_LAW], laws, f.LAW_CONSTANTS)
    product[:, f.P_DUE_LAW] = _place(product[:, f.P_DUE_LAW], laws, f.LAW_CONSTANTS)
    product[:, f.P_ROW] = _place(product[:, f.P_ROW], schedule, f.SCHEDULE_FIELDS)
    put(product)
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

    header = np.zeros(f.HEADER_FIELDS, dtype=np.int64)
    header[f.H_TRANSPORT] = _place(line.transport, laws, f.LAW_CONSTANTS)[0]
    header[f.H_WIP], header[f.H_WIPS] = wips, wip.shape[0]
    header[f.H_STATES], header[f.H_STATED] = stated, states.shape[0]
    header[f.H_PHASE], header[f.H_LAST], header[f.H_STEP] = phase, last, world.first_step
    header[f.H_CARRIER] = _place(line.carrier, world.crew, f.CREW_FIELDS)[0]
    header[f.H_CREW], header[f.H_CREWS], header[f.H_MEMBERS] = world.crew, world.crews, members
    header[f.H_WINDOWS] = line.size[0]
    header[f.H_QUALITY] = _quality_column(line) if line.process.shape[0] else f.NONE
    header[f.H_EXTRA] = _extra_column(line) if line.extra.shape[0] else f.NONE
    return np.concatenate([header, *memory.parts])


def _put_routes(memory: _Packer, line: LineArrays, world: Layout, laws: int) -> int:
    """Append the steps, and in front of them what they point to; returns where the lists of extras begin.

    laws: place of the first law
    """
    steps = world.first_step
    responses = memory.put(line.response)
    arcs = memory.put(np.stack([line.arc[:, 0], _place(line.arc[:, 1], steps, f.STEP_CONSTANTS)], axis=1))
    window = line.window.copy()
    for column in (f.W_UNTIL, f.W_FROM, f.W_BREACH):
        window[:, column] = _place(window[:, column], steps, f.STEP_CONSTANTS)
    windows = memory.put(window)
    process = line.process.copy()
    for column in (f.Y_ADDS, f.Y_WAITS, f.Y_REJECTS):
        process[:, column] = _place(process[:, column], responses, 1)
    process[:, f.Y_TO] = _place(process[:, f.Y_TO], steps, f.STEP_CONSTANTS)
    process[:, f.Y_STATE] = _place(np.arange(process.shape[0]), world.process, f.PROCESS_FIELDS)
    processes = memory.put(process)
    extras, listed = _put_extras(memory, line, world)

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
    return listed


def _put_extras(memory: _Packer, line: LineArrays, world: Layout) -> tuple[int, int]:
    """Append the steps' extras, the auxiliaries and the lists of both; returns where extras and lists begin."""
    extras = memory.size
    auxiliaries = extras + line.extra.size
    listed = auxiliaries + line.auxiliary.size
    extra = line.extra.copy()
    for column in (f.E_STEP, f.E_UNTIL):
        extra[:, column] = _place(extra[:, column], world.first_step, f.STEP_CONSTANTS)
    for column in (f.E_AUXILIARY, f.E_AUXILIARY_2):
        extra[:, column] = _place(extra[:, column], auxiliaries, f.AUXILIARY_CONSTANTS)
    extra[:, f.E_QUALIFIED] = _place(extra[:, f.E_QUALIFIED], listed, 1)
    extra[:, f.E_GROUP] = _place(extra[:, f.E_GROUP], f.CORE_FIELDS, f.GROUP_FIELDS)
    extra[:, f.E_STATE] = _place(extra[:, f.E_STATE], world.extra, f.EXTRA_STATE_FIELDS)
    memory.put(extra)
    auxiliary = line.auxiliary.copy()
    auxiliary[:, f.A_STATE] = _place(auxiliary[:, f.A_STATE], world.auxiliary, f.AUXILIARY_STATE_FIELDS)
    auxiliary[:, f.A_GROUP] += listed
    memory.put(auxiliary)
    groups = memory.put(line.listed)
    return extras, groups


def _place(index: Ints, base: int, fields: int) -> Ints:
    """Places of records; negative indices (none, end) stay what they are."""
    return np.where(index < 0, index, base + index * fields)


def constant_places(line: LineArrays) -> tuple[int, int, int, int]:
    """Where the toolgroups, products, clocks and the steps' extras begin in the line's memory."""
    steps = layout(line, 0).first_step
    groups = steps + line.step.size
    products = groups + line.group.size
    extras = steps - line.listed.size - line.auxiliary.size - line.extra.size
    return groups, products, products + line.product.size, extras
