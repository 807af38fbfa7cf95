"""Yield models and die counts against the shared check rows and their own limits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from check_rows import rows

from twin.process.dies import best_grid, die_grid
from twin.process.yield_models import negative_binomial_yield, poisson_yield


def test_poisson(shared: Path) -> None:
    for row in rows(shared, "yield.poisson"):
        found = poisson_yield(row.inputs["D0_cm2"], row.inputs["area_cm2"])
        assert found == pytest.approx(row.expected, rel=row.rel_tol)


def test_negative_binomial(shared: Path) -> None:
    for row in rows(shared, "yield.negative_binomial"):
        found = negative_binomial_yield(row.inputs["D0_cm2"], row.inputs["area_cm2"], row.inputs["alpha"])
        assert found == pytest.approx(row.expected, rel=row.rel_tol)


def test_the_negative_binomial_of_clustering_1_is_seeds(shared: Path) -> None:
    for row in rows(shared, "yield.seeds"):
        found = negative_binomial_yield(row.inputs["D0_cm2"], row.inputs["area_cm2"], 1.0)
        assert found == pytest.approx(row.expected, rel=row.rel_tol)


def test_without_clustering_the_negative_binomial_is_poisson() -> None:
    density = np.array([0.0, 1e-9, 0.3, 4.0])
    assert negative_binomial_yield(density, 0.8, 1e9) == pytest.approx(poisson_yield(density, 0.8), rel=1e-8)


def test_clustering_helps_at_the_same_density() -> None:
    found = [negative_binomial_yield(0.5, 1.0, alpha) for alpha in (0.3, 1.0, 5.0)]
    assert found == sorted(found, reverse=True) and found[-1] > poisson_yield(0.5, 1.0)


def test_dies_of_a_wafer(shared: Path) -> None:
    for row in rows(shared, "geometry.dies_per_wafer"):
        of = row.inputs
        radius = of["diameter_mm"] / 2 - of["edge_exclusion_mm"]
        centre = "die" if of["grid"] == "die centre on wafer centre" else "street"
        dies = die_grid(of["die_w_mm"], of["die_h_mm"], radius, (centre, centre))
        assert dies.x.size == row.expected
        assert best_grid(of["die_w_mm"], of["die_h_mm"], radius).x.size >= row.expected


def test_every_die_is_whole_and_stands_once() -> None:
    dies = best_grid(8.0, 10.0, 97.0)
    assert (np.hypot(np.abs(dies.x) + 4.0, np.abs(dies.y) + 5.0) <= 97.0).all()
    assert len(set(zip(dies.column.tolist(), dies.row.tolist(), strict=True))) == dies.x.size
    assert dies.column.min() == dies.row.min() == 0
    assert dies.x.mean() == pytest.approx(0.0, abs=1e-9)  # the grid is centred
    # from the middles back to the grid: one pitch from column to column, from row to row
    assert np.allclose(dies.x - dies.x.min(), 8.0 * dies.column)
    assert np.allclose(dies.y - dies.y.min(), 10.0 * dies.row)


def test_no_die_fits_on_too_small_a_wafer() -> None:
    assert best_grid(8.0, 10.0, 6.0).x.size == 0
    assert best_grid(6.0, 8.0, 5.0).x.size == 1  # its corners lie on the edge
