"""Critical area, clustered defects and further yield models: quadrature, limits, and draws."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import nbinom

from twin.process import yield_models as models
from twin.process.clustering import (
    Thomas,
    clustered_counts,
    clustered_variance,
    pair_correlation,
    thomas_defects,
    thomas_void,
)
from twin.process.critical_area import area_hit, critical_area, size_density


@pytest.mark.parametrize("commonest", [0.05, 0.15, 0.5])
@pytest.mark.parametrize("fault", ["short", "open"])
def test_critical_area_is_the_mean_over_sizes(commonest: float, fault: str) -> None:
    width, space = 0.12, 0.1
    bends = sorted({0.0, width, space, 2 * width + space, 2 * space + width, commonest, 2.0})
    pieces = [*pairwise(bends), (2.0, np.inf)]
    mean = sum(quad(lambda x: float(area_hit(x, 3.0, width, space, fault) * size_density(x, commonest)), *piece)[0]
               for piece in pieces)  # fmt: skip
    assert critical_area(3.0, width, space, commonest, fault) == pytest.approx(mean, rel=1e-7)
    assert sum(quad(lambda x: float(size_density(x, commonest)), *piece)[0] for piece in pieces) == pytest.approx(1.0)


def test_particles_all_smaller_than_the_space_have_the_short_formula() -> None:
    space = np.array([0.1, 0.2, 0.4])
    expected = 2.0 * 0.05**2 * (1 / (2 * space) - 1 / (2 * (2 * space + 0.3)))
    assert critical_area(2.0, 0.3, space, 0.05) == pytest.approx(expected, rel=1e-12)
    assert critical_area(2.0, 0.3, 0.1, 1e4) == pytest.approx(2.0 * 0.4, rel=1e-6)  # giants hit wherever they fall
    with pytest.raises(ValueError, match="no fault 'bridge'"):
        critical_area(2.0, 0.3, 0.1, 0.05, "bridge")  # type: ignore[arg-type]


def test_counts_are_negative_binomial() -> None:
    u = (np.arange(20_000) + 0.5) / 20_000
    counts = clustered_counts(3.0, 0.7, u)
    assert (counts == nbinom.ppf(u, 0.7, 0.7 / 3.7)).all()
    assert counts.var() == pytest.approx(clustered_variance(3.0, 0.7), rel=0.01)
    assert (counts == 0).mean() == pytest.approx(models.negative_binomial_yield(3.0, 1.0, 0.7), abs=1e-4)
    assert clustered_counts(np.array([0.0, 2.0]), 0.7, np.array([0.99, 0.0])) == pytest.approx([0.0, 0.0])


def test_yield_of_clusters_lies_between_its_limits() -> None:
    density, side = 0.005, 10.0
    found = [thomas_void(Thomas(density / 5, 5.0, sigma), side, side) for sigma in (0.01, 1.0, 5.0, 100.0, 900.0)]
    assert found == sorted(found, reverse=True)
    assert found[0] == pytest.approx(math.exp(-density / 5 * side**2 * -math.expm1(-5.0)), rel=1e-2)  # points
    assert found[-1] == pytest.approx(math.exp(-density * side**2), rel=1e-3)  # spread all over: Poisson
    single = thomas_void(Thomas(50.0, 1e-4, 3.0), side, side)
    assert single == pytest.approx(math.exp(-50.0 * 1e-4 * side**2), rel=1e-3)


def test_killers_of_a_cluster_are_a_smaller_cluster() -> None:
    process = Thomas(1e-3, 6.0, 4.0)
    assert thomas_void(process, 8.0, 12.0, 0.25) == pytest.approx(thomas_void(process._replace(mu=1.5), 12.0, 8.0))
    assert thomas_void(process, 8.0, 12.0, 0.0) == 1.0


def addressed(seed: int) -> object:
    """Uniforms by address: Weyl-like mixing of stream and place, the same whatever else is drawn."""

    def uniforms(stream: int, place: np.ndarray) -> np.ndarray:
        z = place.astype(np.uint64) + np.uint64((seed * 64 + stream + 1) * 0x9E3779B97F4A7C15 % 2**64)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            z = (z ^ (z >> np.uint64(shift))) * np.uint64(factor)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) / 2.0**53

    return uniforms


def test_drawn_defects_have_the_density_the_voids_and_the_pairs_of_the_process() -> None:
    process, side = Thomas(2e-3, 4.0, 3.0), 60.0
    x, y, hit, near = [], [], [], 0
    for seed in range(400):
        a, b = thomas_defects(process, side, side, addressed(seed))  # type: ignore[arg-type]
        assert (np.abs(a) <= side / 2).all() and (np.abs(b) <= side / 2).all()
        x.append(a.size)
        dies = np.histogram2d(a, b, bins=6, range=[[-30, 30], [-30, 30]])[0]
        hit.append((dies == 0).mean())
        inner = np.maximum(np.abs(a), np.abs(b)) < 27.0  # of which every near one lies in the window
        apart = np.hypot(a[inner][:, None] - a, b[inner][:, None] - b)
        near += int(((apart > 0) & (apart < 3.0)).sum())
        y.append(int(inner.sum()))
    for found, expected in ((x, process.kappa * process.mu * side**2), (hit, thomas_void(process, 10.0, 10.0))):
        assert abs(np.mean(found) - expected) < 4 * np.std(found) / math.sqrt(len(found))
    ring = np.linspace(0.0, 3.0, 301)
    pairs = np.trapezoid(pair_correlation(process, ring) * 2 * math.pi * ring, ring) * process.kappa * process.mu
    assert near / sum(y) == pytest.approx(pairs, rel=0.08)


def test_clusters_whose_parents_lie_outside_reach_into_the_window() -> None:
    process = Thomas(0.01, 4.0, 5.0)
    counts = [thomas_defects(process, 10.0, 10.0, addressed(seed))[0].size for seed in range(3000)]  # type: ignore[arg-type]
    assert abs(np.mean(counts) - 0.04 * 100.0) < 4 * np.std(counts) / math.sqrt(3000)


def test_defects_are_those_of_their_addresses() -> None:
    draws = [thomas_defects(Thomas(2e-3, 4.0, 3.0), 60.0, 60.0, addressed(seed)) for seed in (7, 7, 8)]  # type: ignore[arg-type]
    assert (draws[0][0] == draws[1][0]).all() and (draws[0][1] == draws[1][1]).all()
    assert draws[0][0].size != draws[2][0].size or (draws[0][0] != draws[2][0]).any()


DENSITIES = {  # density of D over its mean, by which Poisson's yield is averaged
    models.murphy_yield: (lambda x: x if x < 1 else 2 - x, 2.0),
    models.murphy_uniform_yield: (lambda x: 0.5, 2.0),
    models.seeds_yield: (lambda x: math.exp(-x), 60.0),
}


@pytest.mark.parametrize("model", DENSITIES)
def test_each_model_is_poisson_over_its_density_of_defects(model: object) -> None:
    weight, end = DENSITIES[model]  # type: ignore[index]
    for faults in (0.0, 0.3, 2.0):
        mean = quad(lambda x, a=faults: weight(x) * math.exp(-a * x), 0.0, end, points=[1.0])[0]
        assert model(faults / 0.5, 0.5) == pytest.approx(mean, rel=1e-8)  # type: ignore[operator]


def test_models_order_as_their_densities_spread() -> None:
    x = np.array([0.1, 1.0, 4.0])
    found = [models.poisson_yield(x, 1.0), models.murphy_yield(x, 1.0), models.murphy_uniform_yield(x, 1.0),
             models.seeds_yield(x, 1.0)]  # fmt: skip
    assert (np.diff(np.array(found), axis=0) > 0).all()
    assert models.bose_einstein_yield(x / 1e6, 1.0, 1e6) == pytest.approx(models.poisson_yield(x, 1.0), rel=1e-4)
    assert models.bose_einstein_yield(x, 1.0, 1) == pytest.approx(models.seeds_yield(x, 1.0))
    assert models.seeds_root_yield(x, 1.0) == pytest.approx(np.exp(-np.sqrt(x)))
    with pytest.raises(ValueError, match="density -1 /cm2 is below 0"):
        models.seeds_yield(-1.0, 1.0)


def test_parametric_yield_keeps_its_digits_far_in_the_tails() -> None:
    assert models.parametric_yield(0.0, 1.0, 10.0) == pytest.approx(7.619853e-24, rel=1e-6, abs=0)
    assert models.parametric_yield(0.0, 1.0, 9.0, 10.0) == pytest.approx(
        models.parametric_yield(0.0, 1.0, -10.0, -9.0), abs=0
    )
    assert models.parametric_yield(np.array([0.0, 3.0]), 1.0, -1.0, 1.0)[0] == pytest.approx(math.erf(1 / math.sqrt(2)))
    with pytest.raises(ValueError, match="is not below the upper"):
        models.parametric_yield(0.0, 1.0, 3.0, -3.0)


def test_stacks_multiply() -> None:
    assert models.stack_d2w(0.9, 1.0, 1.0, 2) == pytest.approx(0.81)
    assert models.stack_w2w(0.9, 0.95, 3) == pytest.approx(0.9**3 * 0.95**2)
    with pytest.raises(ValueError, match=r"bond 1.1 is above 1"):
        models.stack_d2w(0.9, 1.1, 1.0, 2)
