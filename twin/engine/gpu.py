"""The GPU driver: one world a thread, the same functions as on the CPU.

Worlds of several lines go in one launch, end to end in one memory. They travel to the card and back with every
call; the host lengthens its slices until that is worth while.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import cuda

from twin.arrays.worlds import Job
from twin.engine.advance import advance

THREADS = 64
"""Threads a block: few, since worlds part ways at once and what counts is how many blocks are under way."""


def advance_kernel(L: Any, line_at: Any, W: Any, world_at: Any, until: Any) -> None:
    """Advance one world a thread to tick `until`.

    L: memory of the lines, end to end   (word,) int64;  line_at: where each world's line begins   (world,)
    W: memory of the worlds, end to end  (word,) int64;  world_at: where each world begins         (world,)
    """
    w = cuda.grid(1)  # type: ignore[attr-defined]
    if w < world_at.shape[0]:
        advance(L[line_at[w] :], W[world_at[w] :], until)


_kernel = cuda.jit(advance_kernel)  # type: ignore[no-untyped-call]


def advance_worlds(jobs: Sequence[Job], until: int) -> None:
    """Advance every world of several lines in place on the GPU, in one launch."""
    line_at, world_at = places(jobs)
    lines = np.concatenate([line for line, _ in jobs])
    worlds = cuda.to_device(np.concatenate([worlds.memory.ravel() for _, worlds in jobs]))
    blocks = (len(world_at) + THREADS - 1) // THREADS
    _kernel[blocks, THREADS](
        cuda.to_device(lines), cuda.to_device(line_at), worlds, cuda.to_device(world_at), np.int64(until)
    )
    back = worlds.copy_to_host()
    at = 0
    for _, part in jobs:
        part.memory[...] = back[at : at + part.memory.size].reshape(part.memory.shape)
        at += part.memory.size


def places(jobs: Sequence[Job]) -> tuple[Any, Any]:
    """Where each world's line, and each world, begins in the memories laid end to end   (world,) int64 each."""
    line_at, world_at = [], []
    line_from = world_from = 0
    for line, worlds in jobs:
        count, words = worlds.memory.shape
        line_at.append(np.full(count, line_from))
        world_at.append(world_from + np.arange(count) * words)
        line_from += line.size
        world_from += count * words
    return np.concatenate(line_at).astype(np.int64), np.concatenate(world_at).astype(np.int64)


def warm_up() -> None:
    """Compile the kernel without stepping a world."""
    one, none = cuda.to_device(np.zeros(1, dtype=np.int64)), cuda.to_device(np.zeros(0, dtype=np.int64))
    _kernel[1, THREADS](one, none, one, none, np.int64(0))
