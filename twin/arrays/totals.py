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
    tool_ticks:    time in each state, summing to the span: PRODUCTIVE, SETUP, PM, DOWN, STARVED, BLOCKED [tick]
                                                                            (world, tool, 6)
    group:         QUEUE_AREA [lot tick], LOADED [lot], WAIT [tick] of the loaded lots, WAITED: lots loaded after
                   a wait, DONE: lot-steps completed, STARTS: of lots or batches    (world, group, 6)
    product:       RELEASED, OUT, COMPLETED (released after time 0), CYCLE [tick] of those, ON_TIME of those,
                   WIP_AREA [lot tick], REWORKED                            (world, product, 7)
    cycle_hist:    completed lots by cycle time, bins of `twin.arrays.histogram`  (world, product, BINS)
    windows:       queue-time windows closed, of those breached, by the step that opens them  (world, step, 2)
    wip_end:       lots in the line at the end                              (world, product)
    events:        lot-steps completed since time 0                         (world,)
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
