"""Open time of a calendar: how much of it lies before a tick, and at which tick so much of it has passed."""

from twin.arrays.calendar_fields import (
    CL_BASE,
    CL_COUNT,
    CL_CYCLE,
    CL_CYCLE_OPEN,
    CL_FIRST,
    CL_LOOP,
    CL_LOOPS,
    CL_OPEN,
    ED_OPEN,
    ED_TICK,
    EDGE_FIELDS,
)
from twin.arrays.fields import (
    NEVER,
    NONE,
    P_CALENDAR,
    PR_CONST,
)
from twin.engine.jit import Int, Memory, njit, njit_apart


@njit_apart
def edge_tick(L: Memory, row: Int, edge: Int) -> Int:
    """When a calendar opens (even edges) or closes (odd ones), counted from its first opening; NEVER after its last."""
    past = edge - L[row + CL_COUNT]
    if past < 0:
        return L[L[row + CL_FIRST] + edge * EDGE_FIELDS + ED_TICK]
    loops = L[row + CL_LOOPS]
    if loops == 0:
        return NEVER
    in_cycle = L[L[row + CL_LOOP] + past % loops * EDGE_FIELDS + ED_TICK]
    return L[row + CL_BASE] + past // loops * L[row + CL_CYCLE] + in_cycle


@njit_apart
def last_edge(L: Memory, first: Int, edges: Int, column: Int, value: Int) -> Int:
    """The last of the edges whose column is no more than a value; -1 without one."""
    low: Int = -1
    high = edges
    while high - low > 1:
        middle = (low + high) >> 1
        if L[first + middle * EDGE_FIELDS + column] <= value:
            low = middle
        else:
            high = middle
    return low


@njit_apart
def open_among(L: Memory, first: Int, edges: Int, tick: Int) -> Int:
    """Open time before a tick, of some edges alone."""
    edge = last_edge(L, first, edges, ED_TICK, tick)
    if edge < 0:
        return 0
    at = first + edge * EDGE_FIELDS
    return L[at + ED_OPEN] + (tick - L[at + ED_TICK] if edge & 1 == 0 else 0)


@njit_apart
def open_before(L: Memory, row: Int, tick: Int) -> Int:
    """Open time of a calendar before a tick."""
    past = tick - L[row + CL_BASE]
    if L[row + CL_LOOPS] == 0 or past < 0:
        return open_among(L, L[row + CL_FIRST], L[row + CL_COUNT], tick)
    cycles = past // L[row + CL_CYCLE]
    rest = open_among(L, L[row + CL_LOOP], L[row + CL_LOOPS], past % L[row + CL_CYCLE])
    return L[row + CL_OPEN] + cycles * L[row + CL_CYCLE_OPEN] + rest


@njit_apart
def tick_among(L: Memory, first: Int, edges: Int, opened: Int) -> Int:
    """The open tick before which so much open time lies, of some edges that have more of it."""
    at = first + last_edge(L, first, edges, ED_OPEN, opened) * EDGE_FIELDS
    return L[at + ED_TICK] + opened - L[at + ED_OPEN]


@njit_apart
def open_tick(L: Memory, row: Int, opened: Int) -> Int:
    """The open tick before which so much open time of a calendar lies."""
    past = opened - L[row + CL_OPEN]
    if past < 0:
        return tick_among(L, L[row + CL_FIRST], L[row + CL_COUNT], opened)
    if L[row + CL_LOOPS] == 0:
        return NEVER
    rest = tick_among(L, L[row + CL_LOOP], L[row + CL_LOOPS], past % L[row + CL_CYCLE_OPEN])
    return L[row + CL_BASE] + past // L[row + CL_CYCLE_OPEN] * L[row + CL_CYCLE] + rest


@njit_apart
def due_in_open(L: Memory, row: Int, after: Int, ticks: Int) -> Int:
    """The open tick by which so many open ticks have passed since `after`."""
    return open_tick(L, row, open_before(L, row, after) + ticks)


@njit
def next_release(L: Memory, S: Memory, product: Int, after: Int, interval: Int) -> Int:
    """The tick of a product's release so long after another tick, in open time where it has a calendar."""
    row = L[S[product + PR_CONST] + P_CALENDAR]
    return after + interval if row == NONE else due_in_open(L, row, after, interval)
