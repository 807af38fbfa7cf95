"""Films that are spun, deposited and grown while they wait: closed forms, limits, symmetries."""

from __future__ import annotations

import numpy as np
import pytest

from twin.process.ald import Ald, growth_per_cycle, site_coverage
from twin.process.arrhenius import rate_ratio
from twin.process.deposition import Deposition, deposition_rate, step_coverage, thiele_modulus
from twin.process.queue_oxide import QueueOxide, elovich_growth, native_oxide
from twin.process.spin_coat import SpinCoat, dried_film_ratio, thinned_film


def test_a_long_spun_film_forgets_how_it_began() -> None:
    thick, thicker = (thinned_film(start, 2e-5, 3000.0, 600.0) for start in (100.0, 1000.0))
    angular = 3000.0 * 2 * np.pi / 60
    assert thick == pytest.approx(thicker, rel=1e-3)
    assert thicker == pytest.approx(1e6 * np.sqrt(3 * 2e-5 / (4 * angular**2 * 600.0)), rel=1e-3)
    assert thinned_film(5.0, 2e-5, 0.0, 600.0) == 5.0


def test_a_spun_film_solves_its_rate_law() -> None:
    # dh/dt = -2 w^2 h^3 / (3 nu)
    before, at, after = (1e-6 * thinned_film(50.0, 2e-5, 2000.0, t) for t in (9.999, 10.0, 10.001))
    angular = 2000.0 * 2 * np.pi / 60
    assert (after - before) / 0.002 == pytest.approx(-2 * angular**2 * at**3 / (3 * 2e-5), rel=1e-6)


def test_spin_curves_of_two_evaporations() -> None:
    assert dried_film_ratio(4.0) == pytest.approx(0.5)
    assert dried_film_ratio(8.0, evaporation_exponent=0.0) == pytest.approx(0.25)
    assert dried_film_ratio(1.0, 8.0) == pytest.approx(2.0)
    law = SpinCoat(film=700.0, speed_rpm=1500.0)
    assert law.value(np.array([1500.0, 1500.0 * 1.21]), np.array([1.0, 1.0])) == pytest.approx([700.0, 700.0 / 1.1])


def test_activated_rates_undo_and_chain() -> None:
    there, back = rate_ratio(1.7, 600.0, 650.0), rate_ratio(1.7, 650.0, 600.0)
    assert there * back == pytest.approx(1.0) and there > 1.0
    assert rate_ratio(1.7, 600.0, 620.0) * rate_ratio(1.7, 620.0, 650.0) == pytest.approx(there)
    assert deposition_rate(8.0, 600.0, 650.0, 0.0) == 8.0
    law = Deposition(rate=12.0, temperature_c=610.0, time=600.0, coverage=0.9)
    assert law.value(np.array([600.0]), np.array([610.0])) == pytest.approx([0.9 * 120.0])


def test_coverage_of_a_step() -> None:
    assert step_coverage(0.0) == 1.0 and step_coverage(np.array([0.0, 1.0, 5.0]), 0.0) == pytest.approx(1.0)
    # a feature open at both ends is two of half the length that meet in the middle
    assert step_coverage(3.0, np.array([0.2, 0.5, 0.8]), ends=2) == pytest.approx(
        step_coverage(1.5, np.array([0.4, 1.0, 0.4]))
    )
    # small moduli: 1 - phi^2 / 2
    assert step_coverage(thiele_modulus(2.0, 1e-4)) == pytest.approx(1 - 0.75 * 1e-4 * 4.0 / 2, abs=1e-7)
    with pytest.raises(ValueError, match="1 or 2 open ends"):
        step_coverage(1.0, ends=3)


def test_the_coverage_solves_diffusion_with_reaction() -> None:
    left, here, right = (step_coverage(2.5, x) for x in (0.299, 0.3, 0.301))
    assert (left - 2 * here + right) / 1e-6 == pytest.approx(2.5**2 * here, rel=1e-5)


def test_a_pulse_saturates() -> None:
    filled = site_coverage(0.5, 10.0, np.array([0.0, 1e-9, 0.4, 100.0]))
    assert filled == pytest.approx([0.0, 5e-9, 1 - np.exp(-2.0), 1.0], rel=1e-8)
    twice = 1 - (1 - site_coverage(0.5, 10.0, 0.2)) ** 2
    assert twice == pytest.approx(filled[2])  # two half pulses fill what one whole does
    assert growth_per_cycle(1.1, 0.5, 0.5) == pytest.approx(0.275)
    assert Ald(pulse=1e3).value(np.array([200.0]), np.array([10.0])) == pytest.approx([20.0])


def test_oxide_in_the_queue() -> None:
    assert native_oxide(np.array([0.0, 1e3, 1.5e4, 1.5e5]), 1.5e4, 20.0, 6.8) == pytest.approx([20, 20, 20, 26.8])
    assert elovich_growth(np.array([0.0, 9 * 1.5e4]), 1.5e4, 6.8) == pytest.approx([0.0, 6.8])
    # long after the incubation both laws rise alike
    late = np.array([1e8, 1e9])
    measured = np.diff(native_oxide(late, 1.5e4, 0.0, 6.8))
    assert np.diff(elovich_growth(late, 1.5e4, 6.8)) == pytest.approx(measured, rel=1e-4)
    with pytest.raises(ValueError, match="seconds -1 s is below 0 s"):
        native_oxide(-1.0, 1.5e4, 20.0, 6.8)


def test_oxide_in_the_queue_is_smooth_and_solves_elovichs_law() -> None:
    law = QueueOxide(incubation=4.0, slope=0.7)
    hours = np.concatenate([[0.0], np.geomspace(1e-3, 1e5, 400)])
    grown = law.grown(hours)
    rate = np.diff(grown) / np.diff(hours)
    assert grown[0] == 0.0 and (rate > 0).all() and (np.diff(rate) < 0).all()
    b = 0.7 / np.log(10)
    middle = law.grown(np.sqrt(hours[1:-1] * hours[2:]))
    assert rate[1:] == pytest.approx(b / 4.0 * np.exp(-middle / b), rel=1e-3)
    assert law.inputs() == () and law.MAKES == "nm"
