"""A line and its worlds as flat memory: where each record lies, and what points to what.

    line    header | tables | values | laws | setups | minimum runs | members | staff | responses | arcs | windows |
            processes | conditions | makes | measures | extras | auxiliaries | carriers | lists | steps |
            toolgroups | products | clocks | schedules | wip | tool states | turns | calendars | edges | duties | mix |
            ways | fleet
    world   core | toolgroups | tools | products | clocks | steps | processes | passages | crews | extras |
            auxiliaries | carriers | conditions | loops | charts | measures | rings | rules | calendars | sections |
            fleet | vehicles | histograms | lots | events | work | log

A record's place is its name: a step's row in the line's memory holds the place of its toolgroup's row in a
world's memory. Every world of a line has the same layout, and what grows (lots, events, work) lies behind
everything that is pointed to, so a grown world needs no pointer changed.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.arrays import calendar_fields as c
from twin.arrays import carrier_fields as cr
from twin.arrays import fields as f
from twin.arrays import vehicle_fields as v
from twin.arrays.compiled import LineArrays
from twin.arrays.histogram import BINS
from twin.arrays.mix_fields import RULE_FIELDS
from twin.arrays.mixes import rule_count

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
    conditions: int = 0
    threads: int = 0
    charts: int = 0
    measures: int = 0
    rules: int = 0
    calendars: int = 0
    carriers: int = 0
    returning: int = 0  # carriers that may be on their way back at once
    sections: int = 0
    fleets: int = 0
    vehicles: int = 0
    values: int = 0  # columns of a lot of what is tracked, which the log tells when it is done

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
    def carrier(self) -> int:
        """Place of the first kind of carriers."""
        return self.auxiliary + self.auxiliaries * f.AUXILIARY_STATE_FIELDS

    @property
    def condition(self) -> int:
        """Place of the first tool's first condition."""
        return self.carrier + self.carriers * cr.CARRIER_FIELDS

    @property
    def thread(self) -> int:
        """Place of the first loop of run-to-run control."""
        return self.condition + self.conditions * f.CONDITION_FIELDS

    @property
    def chart(self) -> int:
        """Place of the first control chart."""
        return self.thread + self.threads * f.THREAD_FIELDS

    @property
    def measure(self) -> int:
        """Place of the first metrology step."""
        return self.chart + self.charts * f.CHART_FIELDS

    @property
    def ring(self) -> int:
        """Place of the first metrology step's results that nobody knows yet."""
        return self.measure + self.measures * f.MEASURE_FIELDS

    @property
    def rule(self) -> int:
        """Place of the first sequence rule of the mix."""
        return self.ring + self.measures * f.RING_ROWS * f.RING_FIELDS

    @property
    def calendar(self) -> int:
        """Place of the first calendar."""
        return self.rule + self.rules * RULE_FIELDS

    @property
    def section(self) -> int:
        """Place of the first indexed section."""
        return self.calendar + self.calendars * c.CALENDAR_FIELDS

    @property
    def fleet(self) -> int:
        """Place of the fleet."""
        return self.section + self.sections * f.SECTION_FIELDS

    @property
    def vehicle(self) -> int:
        """Place of its first vehicle."""
        return self.fleet + self.fleets * v.FLEET_FIELDS

    @property
    def hist(self) -> int:
        """Place of the first product's histogram of cycle times."""
        return self.vehicle + self.vehicles * v.VEHICLE_FIELDS

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
        """Events that can be pending at once: one a lot, two a tool, one a clock, two a product, one a batch step,
        one a metrology step, one a calendar, one a carrier and
        one an indexed section."""
        alone = self.clocks + self.extras + self.measures + self.calendars + self.returning + self.sections
        return self.lots + 2 * (self.tools + self.products) + alone + 8

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
        told = 2 + self.value_rows  # a lot that is out, that it was loaded, and what it carries
        changes = 8 * self.tools if self.log_what & f.LOG_STATE else 0
        return (8 * (self.lots + self.tools) if of_all else 0) + changes + told * self.lots + 64

    @property
    def value_rows(self) -> int:
        """Rows that the tracked values of one lot take."""
        return -(-self.values // f.VALUES_A_ROW)

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
        lot_fields=ride_column(line) + (v.RIDE_FIELDS if line.fleet.size else 0),
        log_rows=log_rows,
        log_what=log_what if log_rows else 0,
        extras=line.extra.shape[0],
        auxiliaries=line.auxiliary.shape[0],
        first_step=f.HEADER_FIELDS + sum(part.size for part in before_steps(line)),
        passages=int(line.product[:, f.P_STEPS].sum()),
        conditions=line.held.shape[0],
        threads=int(line.size[3]),
        charts=int(line.size[4]),
        measures=line.measure.shape[0],
        rules=rule_count(line.mix),
        calendars=line.calendar.shape[0],
        carriers=line.carriers.shape[0],
        returning=int(line.carriers[:, cr.CR_MOST].sum()),
        sections=len(np.unique(line.station[:, 0])),
        fleets=int(line.fleet.size > 0),
        vehicles=int(line.fleet[v.FT_COUNT]) if line.fleet.size else 0,
        values=int(line.size[2]),
    )


def before_steps(line: LineArrays) -> tuple[NDArray[Any], ...]:
    """The tables in front of the steps, in order."""
    return (
        line.table, line.value, line.law, line.setup, line.min_run, line.members, line.staff, line.response, line.arc,
        line.window, line.process, line.condition, line.make, line.measure, line.extra, line.auxiliary,
        line.carriers, line.listed,
    )  # fmt: skip


def quality_column(line: LineArrays) -> int:
    """Columns of a lot in front of those of its quality: windows, dedications, rework that is counted."""
    return f.LOT_FIXED + 2 * int(line.size[0]) + int(line.size[1]) + int(line.size[7])


def ride_column(line: LineArrays) -> int:
    """Columns of a lot in front of the one that names its vehicle."""
    return carried_column(line) + (cr.LOT_CARRIER_FIELDS if line.carriers.shape[0] else 0)


def carried_column(line: LineArrays) -> int:
    """Columns of a lot in front of those that carriers need."""
    return extra_column(line) + (f.LOT_EXTRA_FIELDS if line.extra.shape[0] else 0)


def extra_column(line: LineArrays) -> int:
    """Columns of a lot in front of those that steps with a word more need."""
    return tracked_column(line) + int(line.size[2])


def tracked_column(line: LineArrays) -> int:
    """Columns of a lot in front of those of what is tracked."""
    return quality_column(line) + (2 if line.process.shape[0] else 0)


def constant_places(line: LineArrays) -> tuple[int, int, int, int]:
    """Where the toolgroups, products, clocks and the steps' extras begin in the line's memory."""
    steps = layout(line, 0).first_step
    groups = steps + line.step.size
    products = groups + line.group.size
    extras = steps - line.listed.size - line.carriers.size - line.auxiliary.size - line.extra.size
    return groups, products, products + line.product.size, extras


def turn_place(line: LineArrays) -> int:
    """Where the sequences begin in the line's memory."""
    clocks = constant_places(line)[2]
    return clocks + line.clock.size + line.start.size + line.wip.size + line.tool_state.size


def quality_places(line: LineArrays) -> tuple[int, int]:
    """Where the conditions and the metrology steps begin in the line's memory."""
    measures = constant_places(line)[3] - line.measure.size
    return measures - line.make.size - line.condition.size, measures
