"""The event log: rows the host drains between slices; an engine without one writes nothing."""

from twin.arrays.fields import (
    C_LOG,
    C_LOG_N,
    C_LOG_WHAT,
    H_QUALITY,
    H_TRACKED,
    H_TRACKED_END,
    LOG_FIELDS,
    LOG_PRODUCT,
    LOG_SERIAL,
    LOG_STEP,
    LOG_TICK,
    LOG_TOOL,
    LOG_WHAT,
    LOT_PRODUCT,
    LOT_SERIAL,
    LOT_SINCE,
    LOT_STEP,
    LOT_TOOL,
    LOT_UNITS,
    NONE,
    T_PASSES,
    VALUES_A_ROW,
    VISIT_BITS,
    W_QUALITY,
    W_STATE,
    W_VALUES,
    W_VISIT,
    WHAT_BITS,
    Y_NUMBER,
)
from twin.engine.jit import Int, Memory, njit, njit_apart


@njit
def log_lot(S: Memory, now: Int, what: Int, lot: Int) -> None:
    """A row about a lot, with its step and its tool."""
    if (S[C_LOG_WHAT] >> what) & 1 == 1:
        add_row(S, now, what, S[lot + LOT_PRODUCT], S[lot + LOT_SERIAL], S[lot + LOT_STEP], S[lot + LOT_TOOL])


@njit
def log_tool(S: Memory, now: Int, what: Int, tool: Int) -> None:
    """A row about a tool."""
    if (S[C_LOG_WHAT] >> what) & 1 == 1:
        add_row(S, now, what, NONE, NONE, NONE, tool)


@njit
def log_state(S: Memory, now: Int, tool: Int, state: Int) -> None:
    """A row about a tool that went over to a state."""
    if (S[C_LOG_WHAT] >> W_STATE) & 1 == 1:
        add_row(S, now, W_STATE, NONE, state, NONE, tool)


@njit
def log_quality(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A row about a completed lot of a line with process laws: the defects it picked up, its units."""
    if (S[C_LOG_WHAT] >> W_QUALITY) & 1 == 1:
        defects = S[lot + L[H_QUALITY]]
        add_row(S, now, W_QUALITY, S[lot + LOT_PRODUCT], S[lot + LOT_SERIAL], defects, S[lot + LOT_UNITS])


@njit_apart
def log_values(L: Memory, S: Memory, lot: Int) -> None:
    """Rows that hold what is tracked of a completed lot, after the one of its defects."""
    if (S[C_LOG_WHAT] >> W_QUALITY) & 1 == 0:
        return
    for at in range(lot + L[H_TRACKED], lot + L[H_TRACKED_END], VALUES_A_ROW):
        row = S[C_LOG] + S[C_LOG_N] * LOG_FIELDS
        S[C_LOG_N] += 1
        S[row + LOG_WHAT] = W_VALUES
        for k in range(min(VALUES_A_ROW, lot + L[H_TRACKED_END] - at)):
            S[row + LOG_PRODUCT + k] = S[at + k]


@njit_apart
def log_visit(L: Memory, S: Memory, now: Int, tool: Int, lot: Int, law: Int) -> None:
    """A row about a lot that is loaded at a step with a process law: its wait, and what the tool has run so far."""
    if (S[C_LOG_WHAT] >> W_VISIT) & 1 == 1:
        what = W_VISIT | ((now - S[lot + LOT_SINCE]) << WHAT_BITS)
        step = (L[law + Y_NUMBER] << VISIT_BITS) | min(S[tool + T_PASSES], (1 << VISIT_BITS) - 1)
        add_row(S, now, what, S[lot + LOT_PRODUCT], S[lot + LOT_SERIAL], step, tool)


@njit_apart
def add_row(S: Memory, now: Int, what: Int, product: Int, serial: Int, step: Int, tool: Int) -> None:
    """Write a row; the world stops between events before there is no room for all that one event writes."""
    row = S[C_LOG] + S[C_LOG_N] * LOG_FIELDS
    S[C_LOG_N] += 1
    S[row + LOG_TICK] = now
    S[row + LOG_WHAT] = what
    S[row + LOG_PRODUCT] = product
    S[row + LOG_SERIAL] = serial
    S[row + LOG_STEP] = step
    S[row + LOG_TOOL] = tool
