"""Laws fitted to times: the law and parameters that made them come back, and what fits nothing stays as it is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from twin.line.eventlog_laws import SLICES, fit, slices
from twin.line.laws import law_fields

N = 4000
SIGMA = math.sqrt(math.log(1.25))  # lognormal with an sd of half its mean
MADE = {
    "exponential": (stats.expon(scale=600.0), (600.0,)),
    "lognormal": (stats.lognorm(SIGMA, scale=600.0 * math.exp(-SIGMA**2 / 2)), (600.0, 300.0)),
    "gamma": (stats.gamma(4, scale=150.0), (600.0, 300.0)),
    "weibull": (stats.weibull_min(2.0, scale=600.0), (600.0, 2.0)),
    "normal": (stats.norm(600.0, 60.0), (600.0, 60.0)),
    "uniform": (stats.uniform(300.0, 600.0), (300.0, 900.0)),
    "triangular": (stats.triang(0.25, 300.0, 800.0), (300.0, 500.0, 1100.0)),
}


@pytest.mark.parametrize("kind", MADE)
def test_the_law_that_made_the_times_comes_back(kind: str) -> None:
    made, params = MADE[kind]
    times = made.rvs(size=N, random_state=np.random.default_rng(11))
    found = fit(times)
    assert found.kind == kind and found.count == N
    assert found.params == pytest.approx(params, rel=0.05)
    assert found.mean == pytest.approx(times.mean()) and found.law_mean == pytest.approx(times.mean(), rel=0.01)


@pytest.mark.parametrize("kind", MADE)
def test_parameters_are_those_of_greatest_likelihood(kind: str) -> None:
    """No neighbour of the fitted parameters makes the times more likely; a uniform law's ends are the extremes."""
    made, _ = MADE[kind]
    times = made.rvs(size=N, random_state=np.random.default_rng(11))
    params = fit(times).params
    if kind == "uniform":
        assert params == (times.min(), times.max())
        return

    def likelihood(values: tuple[float, ...]) -> float:
        with np.errstate(divide="ignore"):
            return float(scipy_law(kind, values).logpdf(times).sum())

    best = likelihood(params)
    for i in range(len(params)):
        for factor in (0.99, 1.01):
            other = (*params[:i], params[i] * factor, *params[i + 1 :])
            assert likelihood(other) < best


def scipy_law(kind: str, params: tuple[float, ...]) -> stats.distributions.rv_frozen:
    """A law as scipy has it, from the parameters that a document has."""
    if kind == "exponential":
        return stats.expon(scale=params[0])
    if kind == "lognormal":
        sigma2 = math.log1p((params[1] / params[0]) ** 2)
        return stats.lognorm(math.sqrt(sigma2), scale=params[0] * math.exp(-sigma2 / 2))
    if kind == "gamma":
        return stats.gamma((params[0] / params[1]) ** 2, scale=params[1] ** 2 / params[0])
    if kind == "weibull":
        return stats.weibull_min(params[1], scale=params[0])
    if kind == "normal":
        return stats.norm(*params)
    low, mode, high = params
    return stats.triang((mode - low) / (high - low), low, high - low)


def test_the_distance_is_that_of_kolmogorov_and_smirnov() -> None:
    times = np.random.default_rng(3).gamma(4, 150.0, 500)
    found = fit(times)
    assert found.kind == "gamma"
    told = stats.kstest(times, scipy_law("gamma", found.params).cdf).statistic
    assert found.distance == pytest.approx(told, abs=1e-6)


def test_the_clock_of_the_log_does_not_change_the_law() -> None:
    """Whole minutes, of times of an hour on average: the same law, no further off than half a tie of 1/60."""
    exact = np.random.default_rng(3).exponential(3600.0, 4000)
    found, rounded = fit(exact), fit(np.round(exact / 60.0) * 60.0, 60.0)
    assert found.kind == rounded.kind == "exponential"
    assert rounded.params == pytest.approx(found.params, rel=1e-3)
    assert abs(rounded.distance - found.distance) < 0.5 / 60 + 1e-3


def test_two_peaks_fit_nothing_and_stay_as_they_are() -> None:
    rng = np.random.default_rng(5)
    times = np.concatenate([rng.normal(100, 5, 700), rng.normal(900, 20, 300)])
    found = fit(times)
    assert found.kind == "empirical" and len(found.values) == SLICES
    assert found.nearest is not None and found.nearest[1] > 0.2 and found.nearest[0] in found.told()
    assert found.law_mean == pytest.approx(times.mean(), rel=1e-12)
    assert np.std(found.values) == pytest.approx(times.std(), rel=0.01)
    assert np.quantile(found.values, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(times, [0.1, 0.5, 0.9]), rel=0.01)


def test_slices_keep_the_mean_and_the_values() -> None:
    few = slices(np.array([1.0, 2.0, 7.0]))
    assert len(few) == SLICES and math.fsum(few) / SLICES == pytest.approx(10 / 3, rel=1e-12)
    assert [few[0], few[SLICES // 2], few[-1]] == pytest.approx([1.0, 2.0, 7.0], rel=1e-12)
    assert sum(value > 6.99 for value in few) == SLICES // 3


def test_one_value_and_few_values() -> None:
    assert fit(np.full(9, 60.0)).kind == "constant" and fit(np.zeros(3)).params == (0.0,)
    few = fit(np.array([60.0, 120.0, 180.0]))
    assert few.kind == "empirical" and few.nearest is None and few.told() == "empirical (n 3)"


def test_a_law_that_misses_the_mean_is_not_taken() -> None:
    """Within the distance, but with a tail that the log does not have: the capacity would be wrong."""
    times = np.concatenate([np.random.default_rng(2).lognormal(5, 1.5, 2000), np.full(60, 3e5)])
    found = fit(times)
    assert found.law_mean == pytest.approx(times.mean(), rel=0.05)


def test_zero_times_count_as_half_a_step_of_the_clock() -> None:
    times = np.random.default_rng(4).exponential(3600.0, 3000)
    times[:30] = 0.0
    found = fit(times, 60.0)
    assert found.kind == "exponential" and found.mean == times.mean()


@pytest.mark.parametrize("kind", MADE)
def test_parameters_are_those_that_a_document_takes(kind: str) -> None:
    made, _ = MADE[kind]
    found = fit(made.rvs(size=300, random_state=np.random.default_rng(8)))
    assert found.kind != "empirical"
    names = {"exponential": 1, "triangular": 3}.get(found.kind, 2)
    assert len(found.params) == names
    words = [f"{value!r} s" for value in found.params]
    if found.kind == "weibull":
        words[1] = repr(found.params[1])
    assert law_fields({found.kind: words})["params"] == pytest.approx(found.params)
