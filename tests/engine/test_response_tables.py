"""Response tables: process laws as integers, and how the engine looks them up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import pytest

from twin.arrays import fields as f
from twin.arrays.processes import ResponseTable
from twin.arrays.responses import LONGEST_WAIT, PASSES_MOST, RESPONSE_BITS, UNIT, points, table
from twin.engine.process import response
from twin.line import LineError
from twin.process.law import Floats, ProcessLaw, parameter
from twin.process.particles import Particles

compiled_response = numba.njit(lambda L, start, x: response(L, start, x))


def looked_up(entries: Any, x: int) -> int:
    """A response, as the compiled engine and as plain Python find it, the table not at the memory's front."""
    memory = np.concatenate([np.full(9, -1), entries])
    found = int(compiled_response(memory, 9, x))
    assert found == int(getattr(response, "py_func", response)(memory, 9, np.int64(x)))
    return found


@pytest.mark.parametrize("last", [PASSES_MOST, LONGEST_WAIT])
def test_a_table_is_exact_at_its_points_and_straight_between_them(last: int) -> None:
    entries = np.random.default_rng(1).integers(0, 1000 << 32, points(last).size)
    at = points(last)
    assert at[0] == 0 and at[-2] == last and (np.diff(at) > 0).all()
    assert (np.diff(at)[: 2 << RESPONSE_BITS] == 1).all()
    for k in range(at.size - 1):
        assert looked_up(entries, int(at[k])) == entries[k]
        width = int(at[k + 1] - at[k])
        for part in {1, width // 3, width // 2, width - 1} - {0, width}:
            rise = int(entries[k + 1]) - int(entries[k])
            exact = int(entries[k]) + rise * part / width
            assert abs(looked_up(entries, int(at[k]) + part) - exact) <= 1 + abs(rise) / 2**20


def test_edges_of_a_table() -> None:
    entries, _ = table(lambda x: x / 2**20, PASSES_MOST)
    for x in (0, 1, 31, 32, 33, 63, 64, 65, PASSES_MOST - 1, PASSES_MOST):
        assert looked_up(entries, x) == x << 12
    entries, _ = table(lambda x: x / 2**33, LONGEST_WAIT)
    for x in (0, 1, 2, 1 << 36, LONGEST_WAIT - 2, LONGEST_WAIT - 1, LONGEST_WAIT):
        assert abs(looked_up(entries, x) - x / 2) <= 1 + (LONGEST_WAIT >> RESPONSE_BITS) / 2**20
    assert looked_up(entries, f.MAX_TICK) == f.MAX_TICK // 2
    assert int(compiled_response(np.full(3, 7), f.NONE, 5)) == 0


@pytest.mark.parametrize("seed", range(12))
def test_smooth_laws_are_met_within_the_error_that_the_table_states(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b, c = rng.uniform(0, 3, 3)
    scale, far = 10 ** rng.uniform(1, 4), 10 ** rng.uniform(3, 6)

    def law(x: Any) -> Any:
        x = np.asarray(x, dtype=np.float64)
        return a * np.exp(-x / scale) + b * x / (x + far) + c * np.log1p(x / scale) / 10

    entries, error = table(law, PASSES_MOST)
    xs = np.unique(np.concatenate([rng.integers(0, 300, 200), (2 ** rng.uniform(0, 22, 2000)).astype(np.int64)]))
    found = np.array([looked_up(entries, int(x)) for x in xs]) / UNIT
    largest = law(points(PASSES_MOST)).max()
    assert np.abs(found - law(xs)).max() <= 1.2 * error * largest + 2 / UNIT
    small = xs < 64
    assert np.abs(found - law(xs))[small].max() <= 1 / UNIT, "the first units are met to the last bit"


@pytest.mark.parametrize("tick_s", [1e-6, 1e-3, 5e-3, 0.01, 0.02, 0.1, 0.5, 1.0, 3.0, 60.0])
def test_a_wait_counts_in_proportion_whatever_the_tick(tick_s: float) -> None:
    """The end of the law's range lies between two points of the table; that is no bend of the law."""
    responses = ResponseTable("line", tick_s)
    adds, waits, rejects = responses.add("particles", Particles(adders=0.01, hourly=0.001))
    entries = responses.entries()[waits:]
    assert rejects == f.NONE and adds == 0
    for hours in (0.5, 7.0, 300.0):
        ticks = round(hours * 3600 / tick_s)
        if 0 < ticks <= LONGEST_WAIT:
            exact = 0.001 * ticks * tick_s / 3600
            assert looked_up(entries, ticks) / UNIT == pytest.approx(exact, rel=1e-5, abs=1 / UNIT)


def test_a_law_with_a_sharp_bend_is_refused() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Sharp(ProcessLaw):
        at: float = parameter("", "Where it breaks.", default=1000.0)

        def defects(self, passes: Floats) -> Floats:
            return np.where(passes < self.at, 0.0, 1.0)

    with pytest.raises(LineError, match="law 'sharp' bends too sharply for a table of its defects"):
        ResponseTable("line", 0.001).add("sharp", Sharp())
    ResponseTable("line", 0.001).add("sharp", Sharp(at=40.0))  # the first 64 units have a point each
