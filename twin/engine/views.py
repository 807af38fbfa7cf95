"""What a dispatch rule of the user's own may look at: whole numbers only; times are ticks, ranks smaller first.

Products, steps and tools are numbered from 0 in the order of the document, steps route after route.
"""

from typing import NamedTuple

from twin.arrays.fields import (
    C_PRODUCT,
    G_TOOL,
    H_STEP,
    LOT_DUE,
    LOT_PRIORITY,
    LOT_PRODUCT,
    LOT_RELEASED,
    LOT_SERIAL,
    LOT_SINCE,
    LOT_STEP,
    LOT_UNITS,
    LOT_VISIT,
    NONE,
    PER_MASK,
    PER_UNIT,
    PRODUCT_FIELDS,
    Q_CONST,
    Q_IDLE,
    Q_LOTS,
    S_MEAN,
    S_PER,
    S_REMAINING,
    S_REMAINING_UNIT,
    STEP_CONSTANTS,
    T_IDLE,
    T_MIN_RUN,
    T_PASSES,
    T_SETUP,
    TOOL_FIELDS,
)
from twin.engine.jit import Int, Memory, njit


class Lot(NamedTuple):
    """A lot that waits.

    product, serial: its product, and which of that product's lots it is, from 0
    units:           wafers, bodies in it
    priority:        larger runs first
    due:             tick by which it should leave the line; 2^62 without one
    released:        tick of its release
    queued:          tick at which it came into this queue
    step:            the step it waits for
    visit:           how many steps it has come to so far, this one included
    process_ticks:   mean process time of this step for the lot [tick]
    remaining_ticks: mean process time still ahead, this step included [tick]
    """

    product: Int
    serial: Int
    units: Int
    priority: Int
    due: Int
    released: Int
    queued: Int
    step: Int
    visit: Int
    process_ticks: Int
    remaining_ticks: Int


class Tool(NamedTuple):
    """The tool that looks for a lot.

    number:       which of its toolgroup's tools, from 0
    setup:        what it is set up for: 0 nothing, then in the order in which the document names the setups
    setup_ticks:  time to set it up for the lot's step [tick]
    min_run:      lots it must still run before it may be set up otherwise
    units_since_pm: units it has run since its last maintenance
    """

    number: Int
    setup: Int
    setup_ticks: Int
    min_run: Int
    units_since_pm: Int


class State(NamedTuple):
    """The moment.

    now:     the clock [tick]
    waiting: lots in this queue
    idle:    tools of this toolgroup that stand idle, the one that looks for a lot not counted
    """

    now: Int
    waiting: Int
    idle: Int


@njit
def lot_view(L: Memory, S: Memory, lot: Int) -> Lot:
    """What a rule sees of a lot."""
    step = S[lot + LOT_STEP]
    units = S[lot + LOT_UNITS]
    return Lot(
        (S[lot + LOT_PRODUCT] - S[C_PRODUCT]) // PRODUCT_FIELDS,
        S[lot + LOT_SERIAL],
        units,
        S[lot + LOT_PRIORITY],
        S[lot + LOT_DUE],
        S[lot + LOT_RELEASED],
        S[lot + LOT_SINCE],
        (step - L[H_STEP]) // STEP_CONSTANTS,
        S[lot + LOT_VISIT],
        L[step + S_MEAN] * (units if L[step + S_PER] & PER_MASK == PER_UNIT else 1),
        L[step + S_REMAINING] + L[step + S_REMAINING_UNIT] * units,
    )


@njit
def tool_view(L: Memory, S: Memory, g: Int, tool: Int, setup_ticks: Int) -> Tool:
    """What a rule sees of a tool."""
    return Tool(
        (tool - L[S[g + Q_CONST] + G_TOOL]) // TOOL_FIELDS,
        S[tool + T_SETUP],
        setup_ticks,
        S[tool + T_MIN_RUN],
        S[tool + T_PASSES],
    )


@njit
def state_view(S: Memory, now: Int, g: Int, tool: Int) -> State:
    """What a rule sees of the moment."""
    itself = 0 if tool == NONE else S[tool + T_IDLE]
    return State(now, S[g + Q_LOTS], S[g + Q_IDLE] - itself)
