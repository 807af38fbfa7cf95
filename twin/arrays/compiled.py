"""A compiled line: arrays that every world shares and none changes, and what its numbers are called."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.arrays.names import Names
from twin.line.own_rules import OwnRule

Ints = NDArray[np.int64]


class LineArrays(NamedTuple):
    """A compiled line, read-only; columns are named in `twin.arrays.fields`, times are ticks.

    group   (group, GROUP_CONSTANTS)        tool   (tool, TOOL_CONSTANTS)
    step    (step, STEP_CONSTANTS)          product (product, PRODUCT_CONSTANTS)
    clock   (clock, CLOCK_CONSTANTS): failures and PMs, tool by tool
    law     (law, LAW_CONSTANTS)            table  (entry,) int32: unit quantile tables, end to end
    value   (entry,): rows of traces and empirical laws [tick]
    response (entry,): tables of process laws (see `twin.arrays.responses`)
    process (process, PROCESS_CONSTANTS): steps with a process law
    arc     (arc, 2): probability so far in 2^-32, step       window (window, 5): until, limit, column of the lot, from,
                                                          where a breach sends the lot
    setup   (entry,): a square of times from, to for each toolgroup [tick], state 0 being none
    min_run (entry,): lots, by toolgroup and state
    transport (1,): law of the time between steps, NONE without     carrier (1,): crew it needs, NONE for nobody
    members (crew,): how many each crew has
    staff   (toolgroup with a crew, STAFF_CONSTANTS): crews by task, NONE for nobody
    start   (row, 4): scheduled releases    wip    (row, 5): lots in the line at the start
    tool_state (row, 3): tools as they are at the start: tool, time down [tick], setup (0: none)
    extra   (extra, EXTRA_CONSTANTS): steps with a word more (see `twin.arrays.extras`)
    auxiliary (auxiliary, AUXILIARY_CONSTANTS)    listed (entry,): masks and toolgroups that these point to
    carriers (kind, CARRIER_CONSTANTS): skids, hangers, pallets (see `twin.arrays.carriers`)
    way, fleet (entry,): ticks between places, and the vehicles (see `twin.arrays.vehicles`), empty without
    size    (7,): queue-time windows that may be open at once in a lot, dedications likewise; columns of what is tracked
            of it; loops of run-to-run control, control charts; where in `response` the normal draws lie, NONE without;
            whether steps damage units, so that the lots are to be kept
    condition (condition, CONDITION_CONSTANTS)    held (record, 2): tool and condition of each that a world keeps
    make    (make, MAKE_CONSTANTS)                 measure (measure, MEASURE_CONSTANTS)
    turn    (turn, TURN_FIELDS): sequences, tool by tool: product, serial, step (NONE: any)
    mix     (entry,): how products share the entrance, see `twin.arrays.mixes`; empty without
    calendar (calendar, CALENDAR_CONSTANTS)        edge   (edge, EDGE_FIELDS): openings and closings (see
            `twin.arrays.calendars`)               duty   (crew,): its calendar, NONE without
    station (station, 3): stations of indexed sections in their order: section, tool, takt of the section [tick]
    """

    group: Ints
    tool: Ints
    step: Ints
    product: Ints
    clock: Ints
    law: Ints
    table: NDArray[np.int32]
    value: Ints
    response: Ints
    process: Ints
    arc: Ints
    window: Ints
    setup: Ints
    min_run: Ints
    transport: Ints
    carrier: Ints
    members: Ints
    staff: Ints
    start: Ints
    wip: Ints
    tool_state: Ints
    size: Ints
    extra: Ints
    auxiliary: Ints
    carriers: Ints
    way: Ints
    fleet: Ints
    listed: Ints
    condition: Ints
    held: Ints
    make: Ints
    measure: Ints
    turn: Ints
    mix: Ints
    calendar: Ints
    edge: Ints
    duty: Ints
    station: Ints


class Compiled(NamedTuple):
    """A line as the engine reads it, and what its numbers are called.

    later: the line as it is from a tick on, where it changes for a time; of the same shape
    rules: the line's own dispatch rules, in the order of their ranks
    """

    arrays: LineArrays
    names: Names
    later: tuple[tuple[int, LineArrays], ...] = ()
    rules: tuple[OwnRule, ...] = ()

    @property
    def releases_end(self) -> bool:
        """Whether every release comes to an end by itself: a schedule, or a trace that stops."""
        product = self.arrays.product
        return bool(((product[:, f.P_KIND] == f.RELEASE_SCHEDULE) | (product[:, f.P_LIMIT] < f.NEVER)).all())
