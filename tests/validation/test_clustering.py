"""Fails cluster in time where a tool drifts, as those of a real line do, and not where it does not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from twin.line import read
from twin.results.units import channels
from twin.study.simulate import simulate

UNITS, BLOCKS = 1567, (25, 50, 100)
SECOM = ((1.7, 2.4), (2.2, 3.7), (2.4, 5.3))
"""One standard error around the variance ratios of SECOM's 1,567 units."""


def series(limit: float | None = None, **change: Any) -> NDArray[np.bool_]:
    """Whether each unit fails, of lines of 1,567 units   (series, unit).

    limit: of the document if left out
    """
    line = read("learn/drift", set=change)
    results = simulate(line, horizon="60 d", warmup="5 d", replications=32, seed=3)
    (film,) = channels(results.names, results.totals)
    values, world = film.values[:, 0, 0], results.totals.lots[:, 0]
    fails = values > (line.characteristics["film"].high if limit is None else limit)
    found = []
    for number in range(32):
        own = fails[world == number]
        found.append(own[: len(own) // UNITS * UNITS].reshape(-1, UNITS))
    return np.concatenate(found)


@pytest.fixture(scope="module")
def drifting() -> NDArray[np.bool_]:
    return series()


def variance_ratio(fails: NDArray[np.bool_], block: int) -> float:
    """Variance of the fails in blocks over that of coins of the same share   fails: in their order   (unit,)."""
    share = fails.mean()
    counts = fails[: fails.size // block * block].reshape(-1, block).sum(axis=1)
    return float(counts.var() / (block * share * (1 - share)))


def ratios(fails: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Variance ratio of every series in blocks   (series, block)."""
    return np.array([[variance_ratio(one, block) for block in BLOCKS] for one in fails])


def test_as_many_fail_as_in_secom(drifting: NDArray[np.bool_]) -> None:
    assert len(drifting) >= 100
    shares = drifting.mean(axis=1)
    assert abs(shares.mean() - 0.0664) < 4 * shares.std(ddof=1) / math.sqrt(len(shares))


def test_fails_cluster_as_in_secom(drifting: NDArray[np.bool_]) -> None:
    for mean, (low, high) in zip(ratios(drifting).mean(axis=0), SECOM, strict=True):
        assert low < mean < high


def test_a_tool_that_does_not_drift_fails_by_chance() -> None:
    fails = series(101.5055, **{"toolgroups.cvd.condition": {}})  # 1.5055 standard deviations: 6.6 %
    found = ratios(fails)
    error = found.std(axis=0, ddof=1) / math.sqrt(len(found))
    assert len(found) >= 100 and fails.mean() == pytest.approx(0.0661, abs=0.003)
    assert (np.abs(found.mean(axis=0) - 1.0) < 4 * error).all()
