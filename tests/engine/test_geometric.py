"""Geometric laws: whole slots, the chances of the textbook, moments and tails, with one draw each."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2

from twin.arrays import fields as f
from twin.arrays.laws import LawTable
from twin.engine.sample import law_ticks
from twin.line import Law, LineError

TICK = 0.001
CASES = {"mean 10 of 1 s": (10.0, 1.0), "mean 1.25 of 60 s": (75.0, 60.0), "mean 1000 of 0.7 s": (700.0, 0.7)}


@numba.njit
def _draws(memory, law, key, out):  # type: ignore[no-untyped-def]
    for i in range(out.size):
        out[i] = law_ticks(memory, law, key, i, 0)


def drawn(law: Law, n: int = 400_000, key: int = 98765) -> NDArray[np.int64]:
    """Draws of a law [tick]; a law of listed values comes first, so that its own do not begin at 0."""
    laws = LawTable(TICK)
    laws.add(Law(kind="empirical", values=(1.0, 2.0)))
    index = laws.add(law)
    values, rows = laws.values(), laws.rows()
    memory = np.concatenate([values, rows.ravel()])
    out = np.empty(n, dtype=np.int64)
    _draws(memory, values.size + index * f.LAW_CONSTANTS, key, out)
    return out


@pytest.mark.parametrize("case", CASES)
def test_draws_are_whole_slots_with_the_laws_chances(case: str) -> None:
    mean, slot = CASES[case]
    ticks = drawn(Law(kind="geometric", params=(mean, slot)))
    k, rest = np.divmod(ticks, round(slot / TICK))
    assert not rest.any(), "a time between two slots"
    p = slot / mean
    assert k.min() == 1
    # chi-square: P(k) = (1 - p)^(k - 1) p, what is rarer than 50 in all taken together
    last = int(math.log(50 / k.size) / math.log1p(-p))
    found = np.append(np.bincount(np.minimum(k, last + 1), minlength=last + 2)[1 : last + 1], (k > last).sum())
    wanted = np.append((1 - p) ** np.arange(last) * p, (1 - p) ** last) * k.size
    assert wanted.sum() == pytest.approx(k.size)
    keep = wanted >= 5
    assert float(((found - wanted)[keep] ** 2 / wanted[keep]).sum()) < chi2.ppf(0.999, keep.sum() - 1)


@pytest.mark.parametrize("case", CASES)
def test_moments_are_the_laws_own(case: str) -> None:
    mean, slot = CASES[case]
    law = Law(kind="geometric", params=(mean, slot))
    assert law.mean == mean
    x = drawn(law).astype(np.float64) * TICK
    p = slot / mean
    variance = (1 - p) / p**2 * slot**2
    assert abs(x.mean() - mean) < 4 * math.sqrt(variance / x.size)
    second = slot**2 * (2 - p) / p**2
    fourth = slot**4 * (2 - p) * (12 - p * (12 - p)) / p**4
    assert abs((x**2).mean() - second) < 4 * math.sqrt((fourth - second**2) / x.size)


def test_the_tail_goes_on_as_far_as_the_draws_do() -> None:
    """The table gives the law's own chance at any number of slots, by whose digits the engine goes: q^k to 2^-60."""
    laws = LawTable(TICK)
    index = laws.add(Law(kind="geometric", params=(100.0, 1.0)))
    row, table = laws.rows()[index], laws.values()
    assert row[f.L_COUNT] == table.size == 13  # 0.99^4096 = 1.3e-18 is above 2^-62, 0.99^8192 is not
    for k in (1, 7, 100, 1234, 4095):
        chance = math.prod(int(table[i]) / 2**62 for i in range(table.size) if k >> i & 1)
        assert chance == pytest.approx(0.99**k, rel=1e-9)


def test_times_share_luck_and_grow_with_the_mean() -> None:
    """The same draw gives a longer time under a longer mean, never a shorter one."""
    short, long = (drawn(Law(kind="geometric", params=(mean, 1.0)), 20_000) for mean in (10.0, 12.0))
    assert (long >= short).all()
    assert (long > short).any()


def test_a_mean_of_one_slot_is_a_constant() -> None:
    assert set(drawn(Law(kind="geometric", params=(2.0, 2.0)), 100).tolist()) == {2000}


def test_a_slot_shorter_than_a_tick_is_told() -> None:
    with pytest.raises(LineError, match="half a tick; write a finer `tick:`"):
        LawTable(TICK).add(Law(kind="geometric", params=(1.0, 0.0001)))


@pytest.mark.parametrize("params", [(1.0, 2.0), (1.0, 0.0), (0.0, 0.0)])
def test_a_mean_below_one_slot_is_told(params: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="a slot above 0 and a mean of at least one slot"):
        Law(kind="geometric", params=params)


def test_words_of_the_law_are_read_and_written() -> None:
    law = Law.model_validate({"geometric": {"mean": "10 s", "slot": "1 s"}})
    assert law == Law.model_validate({"geometric": ["10 s", "1 s"]})
    assert law.model_dump(mode="json") == {"geometric": {"mean": "10 s", "slot": "1 s"}}
