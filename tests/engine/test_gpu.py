"""The GPU driver: its kernel compiles for Hopper everywhere, and on a card it repeats the CPU's history."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from lines import belted, buffered, everything, furnished, indexed, ranked, restless, shifted, staffed, stained, tracked

from twin.arrays.line import compile_line
from twin.line import Line
from twin.line.own_rules import hand_in, own_rule
from twin.study.batch import Batch
from twin.study.devices import gpu_missing

HOURS = 3_600_000
MAKERS = [everything, buffered, belted, restless, stained, staffed, ranked, furnished, indexed, tracked, shifted]
needs_gpu = pytest.mark.skipif(bool(gpu_missing()), reason=f"no GPU: {gpu_missing()}")


def oldest_first(lot, tool, state):  # type: ignore[no-untyped-def]
    """First come, first served, by a rule of the user's own that looks at everything it may."""
    return lot.queued + 0 * (tool.number + tool.setup_ticks + state.now + state.waiting)


@pytest.mark.parametrize("own", [False, True])
def test_the_kernel_compiles_for_hopper(monkeypatch: pytest.MonkeyPatch, own: bool) -> None:
    pytest.importorskip("numba_cuda", reason="numba-cuda compiles the kernel; it needs no GPU for that")
    from numba import cuda, types
    from numba.cuda import dispatcher

    from twin.engine.compose import engine_module

    rules = [own_rule(hand_in(oldest_first))] if own else []
    advance_kernel = engine_module("gpu", rules).advance_kernel
    hopper = SimpleNamespace(compute_capability=(9, 0))
    monkeypatch.setattr(dispatcher, "get_current_device", lambda: hopper)  # asked for when functions call each other
    words = types.Array(types.int64, 1, "C")
    signature = (words, words, words, words, types.int64)
    ptx, _ = cuda.compile(advance_kernel, signature, cc=(9, 0), device=False, abi="numba", output="ptx")
    assert ".target sm_90" in ptx
    assert ".entry" in ptx


@pytest.mark.gpu
@needs_gpu
@pytest.mark.parametrize("make", MAKERS)
def test_the_gpu_repeats_the_cpu(make: Callable[[], Line]) -> None:
    compiled = compile_line(make())
    batches = []
    for device in ("cpu", "gpu"):
        batch = Batch(compiled, range(256), 5, device=device)
        for until in (7 * HOURS, 60 * HOURS):
            batch.advance(until)
        batches.append(batch)
    np.testing.assert_array_equal(batches[0].worlds.memory, batches[1].worlds.memory)
    assert batches[0].lots_out > 1000
