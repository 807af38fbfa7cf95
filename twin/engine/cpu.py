"""The CPU driver: worlds over threads, without the interpreter's lock."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from twin.arrays.worlds import Worlds
from twin.engine.advance import advance
from twin.engine.jit import Int, Memory, cached_njit
from twin.engine.pointer import row_pointer


@cached_njit
def run_worlds(L: Memory, W: Memory, first: Int, last: Int, until: Int) -> None:
    """Advance worlds `first` to `last - 1` of a batch to tick `until`."""
    for w in range(first, last):
        advance(row_pointer(L, 0), row_pointer(W, w * W.shape[1]), until)


def advance_worlds(line: NDArray[np.int64], worlds: Worlds, until: int, threads: int) -> None:
    """Advance every world of a batch in place; which thread steps which world changes nothing.

    line: the line's memory; until: tick to stop before; threads: at most this many at once
    """
    count = len(worlds)
    if threads <= 1 or count == 1:
        run_worlds(line, worlds.memory, 0, count, until)
        return
    with ThreadPoolExecutor(min(threads, count)) as pool:
        # several tasks a thread: nobody waits for a long one, and thousands of worlds cost no thousands of tasks
        size = max(1, count // (16 * threads))
        firsts = range(0, count, size)
        list(pool.map(lambda w: run_worlds(line, worlds.memory, w, min(w + size, count), until), firsts))


def warm_up() -> None:
    """Compile the engine, or load it from the cache, without stepping a world."""
    nothing = np.zeros((1, 1), dtype=np.int64)
    run_worlds(nothing[0], nothing, 0, 0, 0)
