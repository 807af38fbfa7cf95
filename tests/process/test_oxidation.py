"""Thermal oxidation against its closed forms, limits, and SciPy's own integration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from twin.process.oxidation import (
    Oxidation,
    Step,
    deal_grove,
    massoud,
    massoud_linear,
    oxidation_hours,
    oxide_sequence,
    oxide_thickness,
)
from twin.process.oxide_constants import TABLES, THIN, oxidation_rates

KELVIN = 273.15


def test_thin_oxide_grows_linearly_and_thick_oxide_as_the_root() -> None:
    a, b = 0.165, 0.0117
    assert deal_grove(1e-6, a, b) == pytest.approx(b / a * 1e-6, rel=1e-6)
    assert deal_grove(9e3, a, b) == pytest.approx(np.sqrt(b * 9e3), rel=0.01)
    assert deal_grove(0.0, 0.0, b) == 0.0


def test_oxide_solves_the_rate_law() -> None:
    hours, step = np.linspace(0.1, 5.0, 7), 1e-5
    b, b_over_a = oxidation_rates(1050.0, "wet", "111")
    before, at, after = (oxide_thickness(hours + d, 1050.0, "wet", "111", 30.0) / 1e3 for d in (-step, 0.0, step))
    assert (after - before) / (2 * step) == pytest.approx(b / (b / b_over_a + 2 * at), rel=1e-7)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("ambient", ["dry", "wet"])
def test_time_to_a_thickness_is_the_inverse(ambient: str, table: str) -> None:
    hours = np.array([[0.05], [1.0], [30.0]])
    hot = np.array([850.0, 925.0, 1100.0])
    grown = oxide_thickness(hours, hot, ambient, "110", 12.0, table)
    assert grown.shape == (3, 3)
    assert oxidation_hours(grown, hot, ambient, "110", 12.0, table) == pytest.approx(hours + 0 * hot)


def test_a_step_cut_in_two_grows_the_same() -> None:
    whole = oxide_thickness(3.0, 1000.0, "dry", "100", 20.0)
    halves = oxide_sequence([Step(1000.0, 1.2, "dry"), Step(1000.0, 1.8, "dry")], "100", 20.0)
    assert halves == pytest.approx(whole, rel=1e-12)
    thin_halves = massoud(0.6, 900.0, initial_nm=massoud(0.4, 900.0))
    assert thin_halves == pytest.approx(massoud(1.0, 900.0), rel=1e-7)


def test_the_two_tables_of_dry_oxide_agree_and_those_of_wet_differ_by_a_tenth() -> None:
    for surface in ("100", "111"):
        ours, theirs = (np.array(oxidation_rates(1000.0, "dry", surface, table)) for table in TABLES)
        assert ours == pytest.approx(theirs, rel=2e-3)
    ours, theirs = (oxidation_rates(1000.0, "wet", "111", table)[0] for table in TABLES)
    assert theirs / ours == pytest.approx(420 / 386, rel=1e-9)


def test_suprems_wet_constants_change_at_950_without_a_jump() -> None:
    below, above = (oxidation_rates(t, "wet", "111", "suprem")[0] for t in (949.999, 950.001))
    assert above == pytest.approx(below, rel=0.01)


@pytest.mark.parametrize("surface", THIN)
def test_thin_oxide_matches_scipy(surface: str) -> None:
    hours, hot, start = np.array([0.02, 2.0, 100.0]), np.array([800.0, 1000.0, 1200.0]), 1.0
    found = massoud(hours, hot, surface, start)
    for h, t, nm in zip(hours, hot, found, strict=True):
        b, b_over_a = oxidation_rates(t, "dry", surface)
        term, length = THIN[surface]
        c = term.at(t + KELVIN)
        run = solve_ivp(
            lambda _, x, b=b, a=b / b_over_a, c=c, length=length: b / (a + 2 * x) + c * np.exp(-x / length),
            (0, h), [start / 1e3], method="DOP853", rtol=1e-12, atol=1e-15,
        )  # fmt: skip
        assert nm == pytest.approx(1e3 * run.y[0, -1], rel=2e-7)


def test_the_exact_linear_limit_without_the_thin_term_and_with_little_oxide() -> None:
    assert massoud_linear(0.5, 0.04, 0.0, 7.0, 3.0) == pytest.approx(3.0 + 1e3 * 0.04 * 0.5, rel=1e-12)
    # 700 C and short times: 2x is small beside A, and both rates are constants
    _, b_over_a = oxidation_rates(700.0, "dry")
    term, length = THIN["100"]
    exact = massoud_linear(0.2, b_over_a, term.at(700.0 + KELVIN), 1e3 * length)
    assert massoud(0.2, 700.0) == pytest.approx(exact, rel=1e-3)


def test_thin_oxide_is_never_below_deal_grove() -> None:
    hours, hot = np.geomspace(0.01, 100, 9)[:, None], np.linspace(750, 1200, 7)
    assert (massoud(hours, hot) > oxide_thickness(hours, hot, "dry")).all()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: oxide_thickness(1.0, 1400.0, "dry"), "temperature_c 1400 C is above 1300 C"),
        (lambda: oxide_thickness(-1.0, 1000.0, "dry"), "hours -1 h is below 0 h"),
        (lambda: oxide_thickness(1.0, 1000.0, "moist"), "ambient 'moist' is unknown; write 'dry' or 'wet'"),
        (lambda: oxide_thickness(1.0, 1000.0, "dry", "311"), "orientation '311' is unknown"),
        (lambda: oxidation_hours(10.0, 1000.0, "dry", "100", 20.0), "thickness_nm - initial_nm -10 nm"),
        (lambda: Oxidation(thin=1, wet=1), "thin 1 is for dry oxide only"),
        (lambda: Oxidation(orientation=311), "orientation '311' is unknown"),
    ],
)
def test_what_is_out_of_range_is_refused_in_words(call, told: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=told.replace("(", r"\(")):
        call()
