"""Overlay, Zernike polynomials and sites: orthogonality, inverses, and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import eval_jacobi

from twin.process.overlay import Marks, Overlay, Terms, fit_overlay, overlay
from twin.process.zernike import (
    RINGS,
    fit_zernikes,
    noll,
    radial_evenness,
    sites,
    zernike,
    zernikes,
)


def marks() -> Marks:
    """Five marks in each of nine fields."""
    places = np.array([(X, Y, x, y) for X in (-100, 0, 100) for Y in (-90, 0, 90)
                       for x, y in ((-12, -15), (12, -15), (-12, 15), (12, 15), (0, 0))], dtype=float)  # fmt: skip
    return Marks(*places.T)


def test_a_rotation_turns_and_a_magnification_stretches() -> None:
    at = marks()
    x, y = at.wafer_x, at.wafer_y
    turned = overlay(Terms(wafer_rotation=2.0), at)
    assert turned[0] == pytest.approx(-2.0 * y) and turned[1] == pytest.approx(2.0 * x)
    assert turned[0] * x + turned[1] * y == pytest.approx(0.0, abs=1e-9)  # along the circle
    stretched = overlay(Terms(field_magnification=1.5), at)
    assert stretched[0] == pytest.approx(1.5 * at.field_x) and stretched[1] == pytest.approx(1.5 * at.field_y)


def test_the_fit_finds_the_terms_of_every_wafer_under_noise() -> None:
    rng, at = np.random.default_rng(4), marks()
    terms = Terms(*rng.normal(0.0, 1.0, (10, 3)))
    dx, dy = overlay(terms, at)
    assert dx.shape == (3, 45)
    found = fit_overlay(at, dx, dy)
    for name, value in found._asdict().items():
        assert value == pytest.approx(getattr(terms, name), abs=1e-9), name
    noisy = fit_overlay(at, dx + rng.normal(0, 1.0, dx.shape), dy + rng.normal(0, 1.0, dy.shape))
    assert np.abs(noisy.translation_x - terms.translation_x).max() < 5 / math.sqrt(45)
    one = fit_overlay(at, dx[1], dy[1])
    assert one.field_rotation == pytest.approx(terms.field_rotation[1], abs=1e-9)


def test_marks_that_tell_too_little_are_refused() -> None:
    at = marks()
    few = Marks(at.wafer_x[:5], at.wafer_y[:5], at.field_x[:5], at.field_y[:5])
    with pytest.raises(ValueError, match="tell only 6 of 10 terms apart"):
        fit_overlay(few, np.zeros(5), np.zeros(5))
    with pytest.raises(ValueError, match="wafer_x 2000 mm is above"):
        overlay(Terms(), Marks(2000.0, 0.0, 0.0, 0.0))


def test_the_law_is_the_model_at_the_corner_of_the_field() -> None:
    law = Overlay(field_width=26.0, field_height=33.0, rotation_urad=0.4)
    translation, magnification = law.inputs()
    assert (translation.unit, translation.nominal, magnification.nominal) == ("nm", 0.0, 0.0)
    found = law.value(np.array([0.0, 5.0, 5.0]), np.array([0.0, 0.0, 2.0]))
    assert found == pytest.approx([-0.4 * 16.5, 5 - 0.4 * 16.5, 5 - 0.4 * 16.5 + 2 * 13.0])


def test_the_polynomials_are_orthonormal_over_the_disc() -> None:
    t, w = np.polynomial.legendre.leggauss(40)
    rho, theta = np.sqrt((t + 1) / 2), np.arange(64) * 2 * math.pi / 64
    at = [axis.ravel() for axis in np.meshgrid(rho, theta, indexing="ij")]
    weight = np.repeat(w / 2, 64) / 64
    basis = zernikes(66, *at)
    assert (basis * weight[:, None]).T @ basis == pytest.approx(np.eye(66), abs=1e-12)


def test_nolls_order() -> None:
    orders = [(0, 0), (1, 1), (1, -1), (2, 0), (2, -2), (2, 2), (3, -1), (3, 1), (3, -3), (3, 3), (4, 0)]
    assert [noll(j) for j in range(1, 12)] == orders
    rho, theta = 0.6, 0.7
    assert zernike(2, rho, theta) == pytest.approx(2 * rho * math.cos(theta))
    assert zernike(5, rho, theta) == pytest.approx(math.sqrt(6) * rho**2 * math.sin(2 * theta))
    assert zernike(8, rho, theta) == pytest.approx(math.sqrt(8) * (3 * rho**3 - 2 * rho) * math.cos(theta))


def test_high_orders_stay_exact_where_sums_of_factorials_do_not() -> None:
    n, rho = 80, np.linspace(0.0, 1.0, 301)
    for j in range(n * (n + 1) // 2 + 1, (n + 1) * (n + 2) // 2 + 1, 7):
        m = abs(noll(j)[1])
        theta = 0.3
        wave = (math.cos if j % 2 == 0 else math.sin)(m * theta) * math.sqrt(2) if m else 1.0
        expected = math.sqrt(n + 1) * rho**m * eval_jacobi((n - m) // 2, 0, m, 2 * rho**2 - 1) * wave
        assert zernike(j, rho, theta) == pytest.approx(expected, abs=1e-9)
    with pytest.raises(ValueError, match=r"rho 1.2 is above"):
        zernike(4, 1.2, 0.0)


def test_a_map_of_few_modes_is_found_from_49_sites() -> None:
    x, y = sites(49, 147.0)
    rho, theta = np.hypot(x, y) / 147.0, np.arctan2(y, x)
    wanted = np.random.default_rng(0).normal(size=(5, 15))
    found = fit_zernikes(15, rho, theta, wanted @ zernikes(15, rho, theta).T)
    assert found == pytest.approx(wanted, abs=1e-9)
    few = sites(5, 147.0)
    with pytest.raises(ValueError, match="5 sites tell only 5 of 15"):
        fit_zernikes(15, np.hypot(*few) / 147.0, np.arctan2(few[1], few[0]), np.zeros(5))


@pytest.mark.parametrize("count", RINGS)
def test_layouts_have_their_sites_apart_and_balanced(count: int) -> None:
    x, y = sites(count, 140.0)
    assert x.size == y.size == count and np.hypot(x, y).max() == pytest.approx(140.0)
    assert (x[0], y[0]) == (0.0, 0.0) and abs(x.sum()) < 1e-9 and abs(y.sum()) < 1e-9
    gaps = np.hypot(x[:, None] - x, y[:, None] - y) + 1e9 * np.eye(count)
    assert gaps.min() > 30.0
    with pytest.raises(ValueError, match="no layout of 6 sites"):
        sites(6, 140.0)


def test_evenness_is_that_of_many_sites() -> None:
    rho = np.sqrt((np.arange(200_000) + 0.5) / 200_000)
    profile = 2.0 + 0.3 * rho - 0.5 * rho**3
    found = radial_evenness([2.0, 0.3, 0.0, -0.5])
    assert found.mean == pytest.approx(profile.mean(), rel=1e-6)
    assert found.sigma == pytest.approx(profile.std() / profile.mean(), rel=1e-5)
    assert found.half_range == pytest.approx(np.ptp(profile) / 2 / profile.mean(), rel=1e-3)
    assert radial_evenness([3.0]) == (3.0, 0.0, 0.0)
    # defocus: mean 0 beside the constant, mean square 1
    assert radial_evenness([10.0 - math.sqrt(3), 0.0, 2 * math.sqrt(3)]).sigma == pytest.approx(0.1)
