"""The CPU driver: worlds over threads, without the interpreter's lock."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from twin.arrays.worlds import Job
from twin.engine.advance import advance
from twin.engine.jit import Int, Memory, cached_njit
from twin.engine.pointer import row_pointer


@cached_njit
def run_worlds(L: Memory, W: Memory, first: Int, last: Int, until: Int) -> None:
    """Advance worlds `first` to `last - 1` of a batch to tick `until`."""
    for w in range(first, last):
        advance(row_pointer(L, 0), row_pointer(W, w * W.shape[1]), until)


def advance_worlds(jobs: Sequence[Job], until: int, threads: int) -> None:
    """Advance every world of several lines in place; which thread steps which world changes nothing.

    jobs: lines' memory and the worlds of each; until: tick to stop before; threads: at most this many at once
    """
    count = sum(len(worlds) for _, worlds in jobs)
    # several tasks a thread: nobody waits for a long one, and thousands of worlds cost no thousands of tasks
    size = count if threads <= 1 else max(1, count // (16 * threads))
    tasks = [
        (line, worlds.memory, first, min(first + size, len(worlds)), until)
        for line, worlds in jobs
        for first in range(0, len(worlds), size)
    ]
    if threads <= 1 or len(tasks) == 1:
        for task in tasks:
            run_worlds(*task)
        return
    with ThreadPoolExecutor(min(threads, len(tasks))) as pool:
        list(pool.map(lambda task: run_worlds(*task), tasks))


def warm_up() -> None:
    """Compile the engine, or load it from the cache, without stepping a world."""
    nothing = np.zeros((1, 1), dtype=np.int64)
    run_worlds(nothing[0], nothing, 0, 0, 0)
