"""The line's own dispatch rules; this one has none. `twin.engine.compose` puts another in its place."""

from twin.engine.jit import Int, Memory, njit


@njit
def own_value(L: Memory, S: Memory, now: Int, g: Int, lot: Int, tool: Int, setup_ticks: Int, which: Int) -> Int:
    """What the line's rule number `which` makes of a lot, smaller first."""
    return 0
