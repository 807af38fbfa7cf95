"""What a run adds up: exact integers, one row a world, the warm-up already taken off."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


class Totals(NamedTuple):
    """Sums over the measured time of every world.

    tick_s:        seconds a tick
    span_ticks:    measured time: horizon less warm-up [tick]
    horizon_ticks: simulated time [tick]
    tool_ticks:    time in each state, summing to the span: PRODUCTIVE, SETUP, PM, DOWN, STARVED, BLOCKED, OFF,
                   NO_OPERATOR [tick]                                       (world, tool, 8)
    group:         QUEUE_AREA [lot tick], LOADED [lot], WAIT [tick] of the loaded lots, WAITED: lots loaded after
                   a wait, DONE: lot-steps completed, STARTS: of lots or batches, SETUPS made; of starts of batch
                   steps BATCHES, BATCHED [unit] in them and ROOM [unit] for as many as the steps allow; CARRIED:
                   lots on a conveyor, summed over time [lot tick]; EMPTY, FULL: time in which no place of its finite
                   buffer was taken, and in which all were [tick]           (world, group, 13)
    product:       RELEASED, OUT, COMPLETED (released after time 0), CYCLE [tick] of those, ON_TIME of those,
                   WIP_AREA [lot tick], REWORKED, DATED: completed lots with a due date, LATE [tick]: completion less
                   due date, summed over them, TARDINESS [tick]: over the late ones alone, WEIGHTED: the same times each
                   lot's weight, SCRAPPED, LOST: lots that found no place when they came, FIRST: out and never
                   sent back                                                (world, product, 14)
    passage:       of each product at each step of its route (`Names.steps_of`), MOVES: lots done with the step,
                   WIP_AREA [lot tick] from setting out for it to being done with it; summed over the steps it is the
                   product's                                                (world, passage, 2)
    cycle_hist:    completed lots by cycle time, bins of `twin.arrays.histogram`  (world, product, BINS)
    windows:       queue-time windows closed, of those breached, by the step that opens them  (world, step, 2)
    wip_end:       lots in the line at the end                              (world, product)
    events:        lot-steps completed since time 0                         (world,)
    stops:         of each failure and maintenance (`Names.stops`), over the tools of its toolgroup: TIMES a tool went
                   down for it, TICKS it was down                           (world, stop, 2)
    process:       of each step with a process law (`Names.processes`): PASSED [unit], VISITS and REJECTED [lot],
                   ADDED and WAITED: defect density that the tool and the wait before it put on the units that passed
                   [unit * 2^-32/cm2], CLIPPED: units beyond the reach of its surrogate   (world, process, 6)
    extras:        of each step with a word more (`Names.extras`): HELD lots before a gate, HELD_TICKS, SCRAPPED and
                   SENT_BACK lots after a breach of a window that it opens   (world, extra, 4)
    auxiliaries:   USED: area of those in use [tick], TAKEN: times           (world, auxiliary, 2)
    carriers:      of each kind, USED by lots, BACK: on their way, THERE at all, summed over time, OUT: time while none
                   was free [tick], TAKEN: times, WAIT of lots for one [tick], WAITED: lots (world, kind, 7)
    fleets:        of the vehicles, LOADED, EMPTY and HANDLING: how many are on their way with a lot, on their way to
                   one, or take one up or set one down, summed over time [tick]; TRIPS done; PICKED: lots to which one
                   came, WAIT of these until then [tick]                    (world, 0 or 1, 6)
    lots:          completed lots of lines whose laws add defects: REPLICATION from 0, PRODUCT, SERIAL, UNITS,
                   OUT [tick], DEFECTS: expected killer defects [2^-32/cm2] (lot, 6)
    measures:      of each metrology step (`Names.measures`): LOTS measured, OUTSIDE the limits, ALARMS, FALSE ones
                   (while nothing was broken), REWORKED, SCRAPPED, HELD, then alarms by rule (`twin.line.measure.RULES`)
                                                                            (world, measure, MEASURE_TOTALS)
    shifts:        of each condition of a tool (`Names.conditions`): SHIFTS that came, UNITS run under them
                                                                            (world, condition, 2)
    sections:      of each indexed section CYCLES, OVER: those later than the takt, LOST [tick] by that; of these for
                   want of a lot LATE, LATE_LOST [tick], at the exit EXIT, EXIT_LOST [tick]  (world, section, 7)
    stations:      of each of their stations, section by section: cycles that it held up, LOST [tick]
                                                                            (world, station, 2)
    tracked:       what is tracked of each of the `lots`, in its quantum, laid out in `twin.arrays.quality`; tools and
                   what steps make as indices, NONE where no step made it   (lot, column)
    visits:        lots loaded at steps with a process law, of runs that keep them: REPLICATION from 0, TICK, PRODUCT,
                   SERIAL, STEP (`Names.processes`), TOOL, PASSES: units since its maintenance, WAIT [tick] (visit, 8)
    rules:         of each sequence rule of the mix: WINDOWS that ended, those BROKEN      (world, rule, 2)
    crews:         BUSY: members at work, summed over time, THERE: members of the crew, likewise [tick], TASKS begun,
                   WAIT for a member [tick], WAITED: tasks that waited      (world, crew, 5)
    standby:       of tools whose power tells of standby, SLEPT: time in it [tick], WOKEN: times they left it
                                                                            (world, tool, 2)
    peak:          largest mean power over a quarter of an hour, of all tools together [mW]; -1 where it was not
                   looked at                                                (world,)
    takt:          of a line with a takt, GAPS between two lots that left, the second in the measured time, those
                   WITHIN the takt                                          (world, 2)
    """

    tick_s: float
    span_ticks: int
    horizon_ticks: int
    tool_ticks: Counts
    group: Counts
    product: Counts
    cycle_hist: Counts
    windows: Counts
    wip_end: Counts
    events: Counts
    stops: Counts
    process: Counts
    lots: Counts
    passage: Counts
    crews: Counts
    extras: Counts
    auxiliaries: Counts
    carriers: Counts
    fleets: Counts
    measures: Counts
    shifts: Counts
    sections: Counts
    stations: Counts
    tracked: Counts
    visits: Counts
    rules: Counts
    standby: Counts
    peak: Counts
    takt: Counts
