"""Control charts, run-to-run control and gauges: closed forms, published figures, and simulated runs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from twin.process.charts import (
    bad_wafers,
    ewma_limit,
    ewma_run_length,
    rules_run_length,
    shewhart_run_length,
)
from twin.process.gauge import measured_beyond, precision_to_tolerance, verdicts
from twin.process.run_to_run import largest_gain_ratio, noise_inflation, ramp_offset


@pytest.mark.parametrize(
    ("rules", "published"),
    [([1], 370.40), ([1, 2], 225.44), ([1, 3], 166.05), ([1, 4], 152.73), ([1, 2, 3], 132.89), ([1, 2, 3, 4], 91.75)],
)
def test_run_rules_in_control_as_champ_and_woodall_publish(rules: list[int], published: float) -> None:
    assert rules_run_length(rules) == pytest.approx(published, abs=0.006)


@pytest.mark.parametrize("shift", [0.0, 0.7, 2.0])
def test_the_first_rule_is_the_shewhart_chart(shift: float) -> None:
    assert rules_run_length([1], shift) == pytest.approx(shewhart_run_length(3.0, shift), rel=1e-9)
    assert rules_run_length([1], shift) == pytest.approx(rules_run_length([1], -shift), rel=1e-9)
    assert rules_run_length([1], shift, 1.5) == pytest.approx(shewhart_run_length(3.0, shift, 1.5), rel=1e-9)


@pytest.mark.parametrize(("family", "rule", "run"), [("western_electric", 4, 8), ("nelson", 2, 9)])
def test_a_run_on_one_side_alone_is_a_run_of_coins(family: str, rule: int, run: int) -> None:
    assert rules_run_length([rule], family=family) == pytest.approx(2.0**run - 1, rel=1e-9)


def test_a_run_in_one_zone_is_a_run_of_biased_coins() -> None:
    p = math.erf(1 / math.sqrt(2))
    assert rules_run_length([7], family="nelson") == pytest.approx((p**-15 - 1) / (1 - p), rel=1e-9)
    assert rules_run_length([8], family="nelson") == pytest.approx(((1 - p) ** -8 - 1) / p, rel=1e-9)


def test_rules_as_a_simulation_without_their_chain_finds_them() -> None:
    rng, shift, lengths = np.random.default_rng(11), 0.8, []
    for _ in range(4000):
        points = rng.normal(shift, 1.0, 400)
        signals = np.abs(points) > 3
        for side in (1, -1):
            for needed, of, beyond in ((2, 3, 2.0), (4, 5, 1.0), (8, 8, 0.0)):
                sums = np.convolve(side * points > beyond, np.ones(of))[: points.size]
                signals |= sums >= needed - 0.5
        assert signals.any()
        lengths.append(int(np.argmax(signals)) + 1)
    error = np.std(lengths) / math.sqrt(len(lengths))
    assert abs(np.mean(lengths) - rules_run_length([1, 2, 3, 4], shift)) < 4 * error


def test_rules_that_no_chain_holds_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\[3\] cannot be computed as rules of nelson"):
        rules_run_length([1, 3], family="nelson")
    with pytest.raises(ValueError, match="no rule"):
        rules_run_length([])


def test_ewma_of_weight_1_is_shewhart_and_published_charts_have_500() -> None:
    assert ewma_run_length(1.0, 3.0, 0.5) == pytest.approx(shewhart_run_length(3.0, 0.5), rel=1e-8)
    for weight, width in ((0.1, 2.814), (0.2, 2.962), (0.25, 2.998)):  # Lucas and Saccucci (1990)
        assert ewma_run_length(weight, width) == pytest.approx(500.0, rel=2e-3)
    assert ewma_run_length(0.02, 2.4) == pytest.approx(ewma_run_length(0.02001, 2.4), rel=2e-3)


def test_ewma_limits_widen_from_those_of_one_sample() -> None:
    assert ewma_limit(0.3, 3.0, 2.0, 1) == pytest.approx(3.0 * 2.0 * 0.3)
    widths = ewma_limit(0.3, 3.0, 1.0, np.arange(1, 60))
    assert (np.diff(widths) >= 0).all() and widths[-1] == pytest.approx(ewma_limit(0.3, 3.0), rel=1e-9)


def test_bad_wafers_until_the_stop() -> None:
    assert bad_wafers(1.0, 1, 0) == 1.0  # every wafer is sampled and the first one tells
    rng, every, caught = np.random.default_rng(5), 10, 0.25
    first = rng.integers(1, every + 1, 200_000)  # the shift at any place between samples
    wafers = first + every * (rng.geometric(caught, first.size) - 1)
    assert bad_wafers(1 / caught, every, 0) == pytest.approx(wafers.mean(), rel=0.01)


def controlled(weight: float, gain: float, delay: int, disturbance: np.ndarray) -> np.ndarray:
    """Outputs of the controller, target 0, run by run."""
    found, a = np.zeros(disturbance.size), 0.0
    for t, d in enumerate(disturbance):
        found[t] = d - gain * a
        if t >= delay:
            a += weight * found[t - delay]
    return found


@pytest.mark.parametrize("delay", [0, 1, 4])
def test_errors_die_below_the_bound_and_grow_above_it(delay: int) -> None:
    weight, kick = 0.4, np.eye(1, 3000)[0]
    most = largest_gain_ratio(weight, delay)
    below, above = (np.abs(controlled(weight, share * most, delay, kick)[-50:]).max() for share in (0.98, 1.02))
    assert below < 1e-3 and above > 1e3


@pytest.mark.parametrize(("gain", "delay"), [(1.0, 0), (1.4, 0), (0.8, 2)])
def test_ramps_and_noise_leave_what_the_formulae_say(gain: float, delay: int) -> None:
    weight = 0.25
    ramp = controlled(weight, gain, delay, 0.1 * np.arange(2000.0))
    assert ramp[-1] == pytest.approx(ramp_offset(0.1, weight, gain, delay), rel=1e-6)
    response = controlled(weight, gain, delay, np.eye(1, 5000)[0])  # to one unit of noise
    assert noise_inflation(weight, gain, delay) == pytest.approx(float(response @ response), rel=1e-9)


def test_unstable_controllers_have_no_offset() -> None:
    with pytest.raises(ValueError, match="gain_ratio 4 is not below 4"):
        ramp_offset(0.1, 0.5, 4.0)
    assert noise_inflation(0.3) == pytest.approx(2 / (2 - 0.3), rel=1e-12)


def test_verdicts_add_up_to_what_is_measured_and_what_is_true() -> None:
    told = verdicts(0.3, 1.0, 0.4, (-2.0, 2.5), bias=0.1)
    assert sum(told) == pytest.approx(1.0, abs=1e-12)
    outside = measured_beyond(0.3, 1.0, 0.4, -2.0, 2.5, bias=0.1)
    assert told.good_rejected + told.bad_rejected == pytest.approx(outside, rel=1e-10)
    bad = measured_beyond(0.3, 1.0, 0.0, -2.0, 2.5)
    assert told.bad_accepted + told.bad_rejected == pytest.approx(bad, rel=1e-10)


def test_verdicts_as_drawn_products_get_them() -> None:
    rng = np.random.default_rng(3)
    true, noise = rng.normal(0.0, 1.0, 1_000_000), rng.normal(0.0, 0.5, 1_000_000)
    accepted, good = np.abs(true + noise) < 1.8, np.abs(true) < 2.0
    told = verdicts(0.0, 1.0, 0.5, (-2.0, 2.0), accept=(-1.8, 1.8))
    assert told.bad_accepted == pytest.approx((accepted & ~good).mean(), rel=0.03)
    assert told.good_rejected == pytest.approx((good & ~accepted).mean(), rel=0.03)


def test_a_better_gauge_errs_less() -> None:
    wrong = [sum(verdicts(0.0, 1.0, gauge, (-3.0, 3.0))[1:3]) for gauge in (0.001, 0.1, 0.5)]
    assert wrong == sorted(wrong) and wrong[0] < 1e-4
    assert precision_to_tolerance(0.1, -3.0, 3.0) == pytest.approx(0.1)
    assert measured_beyond(0.0, 1.0, 0.0, upper=10.0) == pytest.approx(7.619853e-24, rel=1e-6, abs=0)
    with pytest.raises(ValueError, match="is not below the upper"):
        verdicts(0.0, 1.0, 0.1, (1.0, -1.0))
