"""Images of two-dimensional masks against images of lines, against Abbe's sum, and their symmetries; process window."""

from __future__ import annotations

import numpy as np
import pytest

from twin.process.aerial_image import abbe_image, aerial_image, socs_kernels
from twin.process.illumination import annular, circular, pixels
from twin.process.linewidth import intensity
from twin.process.lithography import Lens, Lithography, line_image, mask_orders
from twin.process.process_window import (
    Bossung,
    depth_of_focus,
    dose_limits,
    exposure_latitude,
    fit_bossung,
    width_at,
)

DRY, WET = Lens(193.0, 0.93), Lens(193.0, 1.35, 1.44)
SOURCE = pixels(annular(0.6, 0.9), 26)


def blocks(count: int, size: int, seed: int = 0) -> np.ndarray:
    """A mask of random squares."""
    return np.kron(np.random.default_rng(seed).random((count, count)) < 0.5, np.ones((size, size)))


def test_lines_are_those_of_the_orders() -> None:
    pitch, count, focus = 260.0, 64, 60.0
    x = np.arange(count) * pitch / count
    orders = mask_orders(130.0, pitch, 20)
    # the mask by its series, which pixels of 0 and 1 would only approach
    mask = np.tile((orders * np.exp(2j * np.pi * np.outer(x / pitch, np.arange(-20, 21)))).sum(axis=1).real, (16, 1))
    image = abbe_image(mask, pixels(circular(0.5), 120), DRY, pitch / count, focus)
    expected = intensity(line_image(130.0, pitch, circular(0.5), DRY, focus), x)[0]
    assert np.abs(image - expected).max() < 5e-4  # of the source's pixels
    turned = abbe_image(mask.T.copy(), pixels(circular(0.5), 120), DRY, pitch / count, focus)
    assert turned == pytest.approx(image.T, abs=1e-12)


def test_kernels_approach_the_sum_over_the_source_and_all_of_them_are_it() -> None:
    mask = blocks(16, 8)
    exact = abbe_image(mask, SOURCE, WET, 6.0, 40.0)
    errors = []
    for count in (8, 24, 48, SOURCE.x.size):
        kernels = socs_kernels(SOURCE, WET, mask.shape, 6.0, 40.0, count)
        errors.append(np.abs(aerial_image(mask, kernels) - exact).max())
    assert errors[0] > errors[1] > errors[2] > errors[3]
    assert errors[2] < 5e-3 and errors[3] < 1e-10 and kernels.kept == pytest.approx(1.0)


def test_a_clear_mask_is_1_and_a_batch_is_its_masks() -> None:
    kernels = socs_kernels(SOURCE, WET, (64, 96), 8.0, count=400)
    assert aerial_image(np.ones((64, 96)), kernels) == pytest.approx(1.0, abs=1e-9)
    masks = (np.random.default_rng(2).random((2, 3, 64, 96)) < 0.5).astype(float)
    together = aerial_image(masks, kernels)
    assert together.shape == masks.shape and together[1, 2] == pytest.approx(aerial_image(masks[1, 2], kernels))


def test_an_image_moves_with_its_mask() -> None:
    mask, kernels = blocks(12, 8, 3), socs_kernels(SOURCE, WET, (96, 96), 8.0)
    moved = aerial_image(np.roll(mask, (5, -7), (0, 1)), kernels)
    assert moved == pytest.approx(np.roll(aerial_image(mask, kernels), (5, -7), (0, 1)), abs=1e-12)


def test_grids_that_cannot_hold_the_image_are_refused() -> None:
    with pytest.raises(ValueError, match=r"pixel 30 nm is too coarse .* write at most"):
        socs_kernels(SOURCE, WET, (64, 64), 30.0)
    with pytest.raises(ValueError, match="the kernels are for"):
        aerial_image(np.ones((32, 32)), socs_kernels(SOURCE, WET, (64, 64), 8.0))


def bossung(reach_dose: float, reach_focus: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Doses, foci and linewidths of the full model."""
    law = Lithography(pitch=90.0, line=45.0, sigma_inner=0.6, dose=20.0)
    dose, focus = (axis.ravel() for axis in np.meshgrid(
        20.0 * (1 + np.linspace(-reach_dose, reach_dose, 9)), np.linspace(-reach_focus, reach_focus, 9)))  # fmt: skip
    return dose, focus, law.value(dose, focus)


def test_nine_terms_stand_in_for_the_imaging_model() -> None:
    dose, focus, width = bossung(0.05, 50.0)
    fit = fit_bossung(dose, focus, width, 20.0)
    assert fit.worst < 0.02  # nm
    assert width_at(fit, dose, focus) == pytest.approx(width, abs=1.001 * fit.worst)
    assert fit_bossung(*bossung(0.05, 100.0), 20.0).worst > 4 * fit.worst  # it grows fast with focus


def test_limits_of_dose_are_where_the_width_meets_its_limits() -> None:
    fit = fit_bossung(*bossung(0.15, 60.0), 20.0)
    focus = np.array([-50.0, 0.0, 30.0])
    low, high = dose_limits(fit, focus, 45.0, 0.08)
    assert width_at(fit, low, focus) == pytest.approx(45.0 * 1.08, rel=1e-9)
    assert width_at(fit, high, focus) == pytest.approx(45.0 * 0.92, rel=1e-9)
    assert exposure_latitude(fit, focus, 45.0, 0.08) == pytest.approx((high - low) / 20.0)


def test_widths_that_turn_back_or_stand_still_meet_their_limits_nowhere_in_the_range() -> None:
    still = Bossung(np.array([[50.0, 0, 0], [0, 0, 0], [0, 0, 0]]), 1.0, 0.8, 1.1, -50.0, 50.0, 0.0)
    turning = still._replace(coefficients=np.array([[50.0, 0, 0], [-20.0, 0, 0], [300.0, 0, 0]]))
    middle = np.array([0.0])
    assert dose_limits(still, middle, 50.0) == pytest.approx((0.8, 1.1))
    low, high = dose_limits(turning, middle, 50.0)  # its minimum, 49.7, is above 45: only 55 is ever met
    assert high == pytest.approx(1.1) and width_at(turning, low, middle) == pytest.approx(55.0)
    for target in (40.0, 60.0):  # too wide, too thin
        assert exposure_latitude(still, middle, target) == pytest.approx(0.0, abs=1e-12)


def test_depth_of_focus_shrinks_as_more_is_asked() -> None:
    fit = fit_bossung(*bossung(0.1, 80.0), 20.0)
    depths = [depth_of_focus(fit, 45.0, 0.05, latitude) for latitude in (0.0, 0.04, 0.05, 0.2)]
    assert depths == sorted(depths, reverse=True) and depths[0] > depths[2] > depths[3] == 0.0, depths
    # of a parabola in focus alone the range is known: no dose, so the latitude is all of the fit's
    dose, focus = (axis.ravel() for axis in np.meshgrid([0.9, 1.0, 1.1], np.linspace(-100.0, 100.0, 5)))
    bowl = fit_bossung(dose, focus, 50.0 + 10.0 * (focus / 100.0) ** 2, 1.0)
    assert depth_of_focus(bowl, 50.0, 0.05, 0.1) == pytest.approx(2 * 50.0, abs=0.5)


def test_a_fit_needs_three_doses_and_foci() -> None:
    dose, focus = np.array([1.0, 1.0, 2.0, 2.0]), np.array([0.0, 1.0, 0.0, 1.0])
    with pytest.raises(ValueError, match="at least 3 doses, not 2"):
        fit_bossung(dose, focus, dose, 1.0)
