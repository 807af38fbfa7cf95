"""One history: the same seed gives the same worlds whatever steps them, and however the time is cut."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from lines import (
    belted,
    buffered,
    driven,
    everything,
    furnished,
    indexed,
    ranked,
    restless,
    shifted,
    staffed,
    stained,
    tracked,
)  # fmt: skip

from twin.arrays import fields as f
from twin.arrays.line import compile_line
from twin.arrays.worlds import Worlds
from twin.line import Line
from twin.study.batch import Batch

HOURS = 3_600_000
MAKERS = [
    everything, buffered, belted, restless, stained, staffed, ranked, furnished, indexed, tracked, shifted, driven,
]  # fmt: skip


def stepped(
    line: Line, until: int, replications: range = range(6), threads: int = 1, log_rows: int = 0
) -> Batch:
    batch = Batch(compile_line(line), replications, 5, threads=threads, log_rows=log_rows)
    batch.advance(until)
    return batch


def sums(worlds: Worlds) -> np.ndarray:
    """All that a world has added up, whatever its pools have grown to   (world, sum)."""
    parts = (worlds.tool[:, :, f.T_TICKS :], worlds.group[:, :, : f.GROUP_TOTALS], worlds.hist, worlds.step,
             worlds.product[:, :, : f.PRODUCT_TOTALS], worlds.process, worlds.crew,
             worlds.extra[:, :, : f.EXTRA_TOTALS], worlds.auxiliary, worlds.carrier, worlds.condition,
             worlds.measure[:, :, : f.MEASURE_TOTALS], worlds.section[:, :, : f.SECTION_TOTALS],
             worlds.fleet)  # fmt: skip
    return np.concatenate([part.reshape(len(worlds), -1) for part in parts], axis=1)


@pytest.mark.parametrize("make", MAKERS)
def test_two_threads_do_what_one_does(make: Callable[[], Line]) -> None:
    line = make()
    one, two = stepped(line, 60 * HOURS), stepped(line, 60 * HOURS, threads=2)
    np.testing.assert_array_equal(one.worlds.memory, two.worlds.memory)
    assert one.lots_out > 50


@pytest.mark.parametrize("make", MAKERS)
def test_a_replication_does_not_know_its_neighbours(make: Callable[[], Line]) -> None:
    line = make()
    together = stepped(line, 60 * HOURS)
    for replications in (range(1), range(1, 4), range(5, 6)):
        alone = stepped(line, 60 * HOURS, replications)
        np.testing.assert_array_equal(sums(alone.worlds), sums(together.worlds)[replications.start : replications.stop])
    assert len({row.tobytes() for row in together.worlds.memory}) == 6, "replications must differ"


@pytest.mark.parametrize("make", MAKERS)
def test_a_run_that_is_saved_and_resumed_goes_on_as_if_nothing_had_happened(
    make: Callable[[], Line], tmp_path: Path
) -> None:
    line = make()
    through = stepped(line, 60 * HOURS)
    half = stepped(line, 23 * HOURS + 1)
    np.save(tmp_path / "half.npy", half.worlds.memory)
    resumed = Batch(compile_line(line), range(6), 5)
    resumed.worlds = Worlds(np.load(tmp_path / "half.npy"), half.worlds.layout)
    for until in (23 * HOURS + 1, 24 * HOURS, 60 * HOURS):
        resumed.advance(until)
    log = through.worlds.layout.log  # what is left there of rows that were drained is no state
    np.testing.assert_array_equal(resumed.worlds.memory[:, :log], through.worlds.memory[:, :log])


def crowded() -> Line:
    """Queues that outgrow the pool of lots at different times, and ties at every tick."""
    return Line(
        twin=1,
        line="crowded",
        about="Batches that arrive together in front of two busy tools.",
        toolgroups={"oven": {"tools": 3}, "press": {"tools": 2}},
        products={p: {"route": "main", "release": {"every": {"exponential": "45 s"}}} for p in ("a", "b")},
        routes={
            "main": [
                {"step": "bake", "toolgroup": "oven", "time": {"exponential": "3 min"}, "batch": {"min": 4, "max": 8}},
                {"step": "press", "toolgroup": "press", "time": "43 s"},
            ]
        },
        transport={"time": "30 s"},
    )


def test_neither_company_nor_slices_nor_threads_change_a_history_whose_pool_grows() -> None:
    compiled = compile_line(crowded())
    until = 40 * HOURS

    def totals(replications: range, slices: int, threads: int) -> np.ndarray:
        batch = Batch(compiled, replications, 5, threads=threads)
        for k in range(1, slices + 1):
            batch.advance(until * k // slices)
        return sums(batch.worlds)

    together = totals(range(8), 1, 1)
    np.testing.assert_array_equal(together, totals(range(8), 97, 1))
    np.testing.assert_array_equal(together, totals(range(8), 13, 2))
    for w in range(8):
        np.testing.assert_array_equal(together[w : w + 1], totals(range(w, w + 1), 5, 1))


@pytest.mark.parametrize("make", MAKERS)
def test_a_full_log_and_a_full_pool_change_nothing(make: Callable[[], Line]) -> None:
    line = make()
    plain = stepped(line, 60 * HOURS)
    logged = stepped(line, 60 * HOURS, log_rows=200)
    assert len(logged.log) > 20, "the log must have filled and been drained"
    np.testing.assert_array_equal(sums(plain.worlds), sums(logged.worlds))


DRIVE = """
import sys
sys.path.insert(0, {tests!r})
import numpy as np
np.seterr(over="ignore")  # the generator wraps around on purpose
from lines import (
    belted, buffered, driven, everything, furnished, indexed, ranked, restless, shifted, staffed, stained, tracked,
)  # fmt: skip
from twin.arrays.line import compile_line
from twin.study.batch import Batch
for make, hours in (
    (everything, 30), (buffered, 2), (restless, 30), (stained, 30), (staffed, 30), (ranked, 30), (furnished, 30),
    (tracked, 30), (belted, 2), (shifted, 30), (indexed, 2), (driven, 30),
):
    batch = Batch(compile_line(make()), range(2), 5, device={device!r})
    batch.advance(hours * 3_600_000)
    np.save(sys.argv[1] + make.__name__ + ".npy", batch.worlds.memory)
"""


@pytest.mark.parametrize(
    ("device", "environment"),
    [
        pytest.param("cpu", {"NUMBA_DISABLE_JIT": "1"}, id="plain Python"),
        pytest.param("gpu", {"NUMBA_DISABLE_JIT": "1", "NUMBA_ENABLE_CUDASIM": "1"}, id="CUDA simulator"),
    ],
)
def test_the_same_source_gives_the_same_history_uncompiled(
    device: str, environment: dict[str, str], tmp_path: Path
) -> None:
    if device == "gpu":
        pytest.importorskip("numba_cuda", reason="numba-cuda brings the simulator")
    code = DRIVE.format(tests=str(Path(__file__).parent), device=device)
    subprocess.run(
        [sys.executable, "-c", code, f"{tmp_path}/"], env=os.environ | environment, check=True, timeout=300
    )
    for make in MAKERS:
        hours = 2 if make in (buffered, belted, indexed) else 30
        compiled = stepped(make(), hours * HOURS, range(2)).worlds.memory
        np.testing.assert_array_equal(np.load(tmp_path / f"{make.__name__}.npy"), compiled)
