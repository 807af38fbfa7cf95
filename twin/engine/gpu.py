"""The GPU driver: one world a thread, the same functions as on the CPU.

The worlds travel to the card and back with every call; the host lengthens its slices until that is worth while.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from twin.arrays.worlds import Worlds
from twin.engine.advance import advance

THREADS = 64
"""Threads a block: few, since worlds part ways at once and what counts is how many blocks are under way."""


def advance_kernel(L: Any, W: Any, until: Any) -> None:
    """Advance one world a thread to tick `until`.

    L: the line's memory   (word,) int64;  W: the worlds'   (world, word) int64
    """
    w = cuda.grid(1)  # type: ignore[attr-defined]
    if w < W.shape[0]:
        advance(L, W[w], until)


_kernel = cuda.jit(advance_kernel)  # type: ignore[no-untyped-call]


def advance_worlds(line: NDArray[np.int64], worlds: Worlds, until: int) -> None:
    """Advance every world of a batch in place on the GPU."""
    blocks = (len(worlds) + THREADS - 1) // THREADS
    on_device = cuda.to_device(worlds.memory)
    _kernel[blocks, THREADS](cuda.to_device(line), on_device, np.int64(until))
    on_device.copy_to_host(worlds.memory)


def warm_up() -> None:
    """Compile the kernel without stepping a world."""
    nothing = np.zeros((0, 1), dtype=np.int64)
    _kernel[1, THREADS](cuda.to_device(np.zeros(1, dtype=np.int64)), cuda.to_device(nothing), np.int64(0))
