"""Imaging of lines: closed forms, symmetries, and the law that documents name; resist beside it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from twin.process.illumination import Source, annular, circular, dipole, line_nodes, pixels, point
from twin.process.linewidth import intensity, linewidth, nils
from twin.process.lithography import (
    Lens,
    Lithography,
    incoherent_mtf,
    line_image,
    mask_orders,
    smallest_pitch,
    transmission,
    two_beam_contrast,
)
from twin.process.photoresist import dose_in_depth, inhibitor, mack_rate

DRY, WET = Lens(193.0, 0.93), Lens(193.0, 1.35, 1.44)


def lens_area(radius: float, distance: float) -> float:
    """Common area of a disc and the unit disc: closed form."""
    a = math.acos((distance**2 + radius**2 - 1) / (2 * distance * radius))
    b = math.acos((distance**2 + 1 - radius**2) / (2 * distance))
    root = (1 + radius - distance) * (distance + radius - 1) * (distance + 1 - radius) * (distance + 1 + radius)
    return radius**2 * a + b - math.sqrt(root) / 2


@pytest.mark.parametrize(("sigma", "pitch"), [(0.5, 260.0), (0.7, 180.0), (0.9, 150.0), (0.3, 200.0)])
def test_interference_of_two_orders_is_the_area_of_a_circle_lens(sigma: float, pitch: float) -> None:
    cross = transmission(circular(sigma), pitch, DRY, 0.0)[0]
    step, zero = 193.0 / (pitch * 0.93), len(cross) // 2
    assert cross[zero, zero + 1].real == pytest.approx(lens_area(sigma, step) / (math.pi * sigma**2), rel=1e-6)
    assert cross[zero, zero] == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("source", [circular(0.8), annular(0.6, 0.9), dipole(0.7, 0.2), dipole(0.6, 0.3, "y")])
def test_nodes_of_every_source_integrate_what_its_pixels_do(source: Source) -> None:
    fine, coarse = line_nodes(source, 0.7, 2), pixels(source, 200)
    for power in (2, 4):
        found = [float(nodes.weight @ (nodes.x**power + nodes.y**2)) for nodes in (fine, coarse)]
        assert found[0] == pytest.approx(found[1], rel=1e-3)
    assert fine.weight.sum() == pytest.approx(1.0) and coarse.weight.sum() == pytest.approx(1.0)


def test_focus_and_light_from_the_side_match_a_sum_over_points() -> None:
    focus = np.array([0.0, 75.0, 150.0])
    found = transmission(annular(0.6, 0.9), 200.0, WET, focus)
    sums = np.zeros_like(found)
    nodes = pixels(annular(0.6, 0.9), 80)
    for x, y, weight in zip(*nodes, strict=True):
        cross = transmission(point(x, y), 200.0, WET, focus)
        off = (found.shape[1] - cross.shape[1]) // 2
        sums[:, off : off + cross.shape[1], off : off + cross.shape[1]] += weight * cross
    assert np.abs(found - sums).max() < 3e-3


def test_an_open_frame_is_as_bright_as_it_should_be_and_energy_is_that_of_the_orders() -> None:
    image = line_image(1e-9, 200.0, circular(0.6), DRY, 0.0)
    assert intensity(image, np.linspace(0, 200, 9)) == pytest.approx(1.0, abs=1e-8)
    lines = line_image(70.0, 200.0, circular(0.6), DRY, np.array([0.0, 90.0]))
    cross = transmission(circular(0.6), 200.0, DRY, 0.0)[0]
    orders = mask_orders(70.0, 200.0, len(cross) // 2)
    # the mean over a pitch is the light of each order by itself, whatever the focus
    assert lines.harmonics[:, 0].real == pytest.approx(float(orders**2 @ np.diag(cross).real), rel=1e-9)


def test_two_beams_have_the_contrast_of_their_amplitudes_at_every_focus() -> None:
    pitch = 130.0
    image = line_image(65.0, pitch, point(193.0 / (2 * pitch * 0.93)), DRY, np.array([0.0, 100.0, 400.0]))
    dark, bright = (image.harmonics[:, 0] + sign * 2 * np.abs(image.harmonics[:, 1]) for sign in (-1, 1))
    assert ((bright - dark) / (bright + dark)).real == pytest.approx(two_beam_contrast(0.5, 1 / math.pi), rel=1e-12)


def test_babinet_a_bright_space_is_what_its_dark_line_leaves() -> None:
    image = line_image(100.0, 240.0, circular(0.6), DRY, np.array([0.0, 120.0]))
    levels = np.array([0.3, 0.4, 0.5])
    both = linewidth(image, levels) + linewidth(image, levels, "space")
    assert both == pytest.approx(240.0, rel=1e-9)


def test_what_lines_let_through_adds_to_what_the_spaces_do() -> None:
    shared = 90.0, 220.0, 5
    clear = (np.arange(-5, 6) == 0).astype(float)
    for background in (-1.0, -0.245, 0.5, 1.0):
        lines = clear - mask_orders(*shared)  # the lines alone, bright on dark
        assert mask_orders(*shared, background) == pytest.approx(mask_orders(*shared) + background * lines, abs=1e-15)
    assert mask_orders(60.0, 120.0, 1, -1.0)[1] == pytest.approx(0.0, abs=1e-15)  # no light goes straight on
    assert intensity(line_image(90.0, 220.0, circular(0.5), DRY, 50.0, 1.0), 30.0) == pytest.approx(1.0)


def test_focus_is_symmetric_and_light_widens_spaces() -> None:
    image = line_image(45.0, 90.0, annular(0.6, 0.9), WET, np.array([-80.0, 80.0]))
    width = linewidth(image, np.array([0.25, 0.3, 0.35]))
    assert width[0] == pytest.approx(width[1], rel=1e-9)
    assert (np.diff(width, axis=1) > 0).all()


def test_the_width_has_no_grid_in_it() -> None:
    image = line_image(130.0, 260.0, circular(0.5), DRY, 40.0)
    width = linewidth(image, 0.3)[0, 0]
    edges = 130.0 + width / 2 * np.array([-1.0, 1.0])
    assert intensity(image, edges) == pytest.approx(0.3, rel=1e-9)
    step = 1e-3
    near = intensity(image, np.array([edges[1] - step, edges[1] + step]))[0]
    assert nils(image, width)[0] == pytest.approx(width * np.diff(near)[0] / (2 * step) / 0.3, rel=1e-6)


def test_what_does_not_print_has_no_width() -> None:
    image = line_image(45.0, 90.0, annular(0.6, 0.9), WET, 0.0)
    assert np.isnan(linewidth(image, np.array([0.01, 3.0]))).all()


def test_transfer_of_incoherent_light_is_the_overlap_of_pupils() -> None:
    assert incoherent_mtf(np.array([0.0, 1.0, 1.5])) == pytest.approx([1.0, 0.0, 0.0], abs=1e-12)
    overlap = 4 * quad(lambda x: math.sqrt(1 - x * x), 0.3, 1.0)[0]
    assert incoherent_mtf(0.3) == pytest.approx(overlap / math.pi, rel=1e-9)


def test_below_the_smallest_pitch_there_is_no_image() -> None:
    shortest = smallest_pitch(WET, 0.9)
    assert transmission(annular(0.6, 0.9), 1.01 * shortest, WET, 0.0).shape == (1, 3, 3)
    assert line_image(30.0, 0.99 * shortest, annular(0.6, 0.9), WET, 0.0).harmonics.shape[1] == 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (lambda: line_image(90.0, 80.0, circular(0.5), DRY), "line 90 nm does not fit"),
        (lambda: line_image(40.0, 80.0, circular(1.2), DRY), "sigma 1.2 is above 1"),
        (lambda: line_image(40.0, 80.0, annular(0.9, 0.6), DRY), "is not below sigma_outer"),
        (lambda: line_image(40.0, 80.0, circular(0.5), Lens(193.0, 1.2)), "na 1.2 is above"),
        (lambda: line_image(40.0, 1e5, circular(0.5), DRY), "orders, more than 60"),
        (lambda: dipole(0.3, 0.4), "overlap"),
        (lambda: Lithography(pitch=60.0, line=30.0), "the smallest that this lens resolves"),
    ],
)
def test_what_cannot_be_imaged_is_refused(asked: object, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        asked()  # type: ignore[operator]


def test_the_law_prints_to_size_and_moves_as_it_should() -> None:
    law = Lithography(pitch=90.0, line=45.0)
    dose, focus = law.inputs()
    assert law.value(np.array([dose.nominal]), np.array([0.0])) == pytest.approx(45.0, rel=1e-9)
    doses, foci = (axis.ravel() for axis in np.meshgrid(
        np.linspace(dose.low, dose.high, law.POINTS), np.linspace(focus.low, focus.high, law.POINTS)))  # fmt: skip
    width = law.value(doses, foci)
    assert np.isfinite(width).all() and ((width > 0) & (width < 90.0)).all()
    grid = width.reshape(law.POINTS, law.POINTS)
    assert (np.diff(grid, axis=1) < 0).all()  # more light, thinner lines
    assert grid == pytest.approx(grid[::-1], rel=1e-9)
    mixed = np.random.default_rng(1).permutation(width.size)
    assert (law.value(doses[mixed], foci[mixed]) == width[mixed]).all()


def test_a_threshold_sets_the_size_and_a_wider_mask_a_wider_line() -> None:
    sized = Lithography(pitch=100.0, line=50.0)
    middle = np.array([30.0]), np.array([0.0])
    assert Lithography(pitch=100.0, line=50.0, threshold=1.1 * sized.level).value(*middle) > 50.0
    biased = Lithography(pitch=100.0, line=50.0, bias=4.0, threshold=sized.level)
    assert biased.value(*middle) > 50.0


def test_the_law_says_where_nothing_prints() -> None:
    law = Lithography(pitch=90.0, line=45.0, focus_reach=400.0)
    with pytest.raises(ValueError, match=r"do not print at a dose of 30 mJ/cm2 and 400 nm from focus"):
        law.value(np.array([30.0]), np.array([400.0]))


def test_dose_in_depth_is_dills_equations_stepped_in_time() -> None:
    a, b, c, depth, dose = 0.6, 0.05, 0.02, 1.0, 80.0
    nodes = 101
    z = np.linspace(0.0, depth, nodes)

    def exposed(_: float, left: np.ndarray) -> np.ndarray:
        absorbed = a * left + b
        path = np.concatenate([[0.0], np.cumsum((absorbed[1:] + absorbed[:-1]) / 2) * (z[1] - z[0])])
        return -c * np.exp(-path) * left

    stepped = solve_ivp(exposed, (0.0, dose), np.ones(nodes), rtol=1e-9, atol=1e-12).y[:, -1]
    found = inhibitor(1.0, dose_in_depth(dose, z, a, b, c)[:, 0], c)
    assert found == pytest.approx(stepped, abs=1e-5)
    bleached = np.log1p(np.expm1(c * dose) * np.exp(-a * z)) / c  # closed form without the other absorption
    assert dose_in_depth(dose, z, a, 0.0, c)[:, 0] == pytest.approx(bleached, rel=1e-8)


def test_development_runs_from_slowest_to_fastest_and_bends_at_the_threshold() -> None:
    left = np.linspace(0.0, 1.0, 4001)
    rate = mack_rate(left, 100.0, 0.1, 5.0, 0.5)
    assert rate[0] == pytest.approx(100.1) and rate[-1] == pytest.approx(0.1) and (np.diff(rate) <= 0).all()
    bend = left[np.argmax(-np.gradient(rate, left))]
    assert bend == pytest.approx(0.5, abs=1e-3)
    with pytest.raises(ValueError, match="is not above 1"):
        mack_rate(0.5, 100.0, steepness=1.0)
