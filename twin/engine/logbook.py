"""The event log: rows the host drains between slices; an engine without one writes nothing."""

from twin.arrays.fields import (
    C_LOG,
    C_LOG_N,
    C_LOG_WHAT,
    H_QUALITY,
    LOG_FIELDS,
    LOG_PRODUCT,
    LOG_SERIAL,
    LOG_STEP,
    LOG_TICK,
    LOG_TOOL,
    LOG_WHAT,
    LOT_PRODUCT,
    LOT_SERIAL,
    LOT_STEP,
    LOT_TOOL,
    LOT_UNITS,
    NONE,
    W_QUALITY,
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
def log_quality(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A row about a completed lot of a line with process laws: the defects it picked up, its units."""
    if (S[C_LOG_WHAT] >> W_QUALITY) & 1 == 1:
        defects = S[lot + L[H_QUALITY]]
        add_row(S, now, W_QUALITY, S[lot + LOT_PRODUCT], S[lot + LOT_SERIAL], defects, S[lot + LOT_UNITS])


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
