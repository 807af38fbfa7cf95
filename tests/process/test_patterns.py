"""Patterns of damage on a wafer: densities that add up, limits in which they are one another, expected kills."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from twin.line.damage import SIZES
from twin.process.dies import best_grid, die_grid
from twin.process.patterns import KINDS, MOVING, PLACES, Ground, Pattern, even_points, intensity, killed, survival

Floats = NDArray[np.float64]
WAFER = Ground(best_grid(8, 10, 147), 8, 10, 147, 150)
FINE = Ground(die_grid(1, 1, 147, ("street", "street")), 1, 1, 147, 150)
ANYWHERE = np.array([0.31, 0.62, 0.17, 0.83])


def pattern(kind: str, **sizes: float) -> Pattern:
    return Pattern(kind, **(SIZES[kind] | sizes))


@pytest.mark.parametrize("kind", [*KINDS])
def test_a_density_is_one_over_the_usable_wafer(kind: str) -> None:
    """Dies of 1 mm leave out little but a rim of half a die; what a pattern has there is of the order of its width."""
    share = intensity(pattern(kind), FINE, ANYWHERE)
    rim = 1 - FINE.dies.x.size / (math.pi * 147**2)
    assert share.min() >= 0
    assert share.sum() <= 1 + 1e-9
    assert share.sum() == pytest.approx(1.0, abs={"edge_ring": 8 * rim}.get(kind, 1.5 * rim))


@pytest.mark.parametrize("kind", [*KINDS])
def test_a_large_die_has_what_its_parts_have(kind: str) -> None:
    """A die of 8 x 10 mm is eighty of 1 mm: the sums over the same square millimetres are equal."""
    chosen = pattern(kind, width=0.05) if kind != "random" else pattern(kind)
    parts = intensity(chosen, FINE, ANYWHERE)
    large = intensity(chosen, WAFER, ANYWHERE)
    inside = [
        (np.abs(FINE.dies.x - x) < 4) & (np.abs(FINE.dies.y - y) < 5)
        for x, y in zip(WAFER.dies.x, WAFER.dies.y, strict=True)
    ]
    sums = np.array([parts[of].sum() for of in inside])
    assert large == pytest.approx(sums, rel=1e-6, abs=1e-9)


def test_patterns_become_one_another() -> None:
    centre = intensity(pattern("centre"), WAFER, ANYWHERE)
    width = SIZES["centre"]["width"]
    assert intensity(Pattern("ring", 0.0, width), WAFER, ANYWHERE) == pytest.approx(centre, rel=1e-6)
    assert intensity(Pattern("burst", width=width), WAFER, np.zeros(PLACES)) == pytest.approx(centre, rel=1e-12)
    edge = intensity(Pattern("edge_ring", width=0.05), WAFER, ANYWHERE)
    assert intensity(Pattern("ring", 147 / 150, 0.05), WAFER, ANYWHERE) == pytest.approx(edge, rel=1e-12)
    spot = intensity(Pattern("scratch", width=0.06, length=1e-3), WAFER, ANYWHERE)
    assert spot == pytest.approx(intensity(Pattern("burst", width=0.06), WAFER, ANYWHERE), rel=1e-2, abs=1e-6)


def test_fixed_patterns_are_round_and_moving_ones_follow_their_numbers() -> None:
    x, y = WAFER.dies.x, WAFER.dies.y
    reach = np.hypot(x, y)
    edge = intensity(pattern("edge_ring"), WAFER, ANYWHERE)
    centre = intensity(pattern("centre"), WAFER, ANYWHERE)
    assert edge[reach > 125].mean() > 50 * edge[reach < 90].mean()
    assert centre[reach < 20].mean() > 20 * centre[reach > 90].mean()
    ring = intensity(pattern("ring"), WAFER, ANYWHERE)
    assert np.average(reach, weights=ring) == pytest.approx(0.55 * 150, abs=5)
    for kind in MOVING:
        here, there = (intensity(pattern(kind), WAFER, place) for place in (ANYWHERE, ANYWHERE[::-1]))
        assert np.abs(here - there).max() > 0.01
        middle = 147 * math.sqrt(ANYWHERE[0]) * np.array([math.cos(2 * math.pi * 0.62), math.sin(2 * math.pi * 0.62)])
        found = np.array([np.average(x, weights=here), np.average(y, weights=here)])
        assert np.hypot(*(found - middle)) < (25 if kind == "scratch" else 3)  # an arc's mean lies inside its bend


def test_a_scratch_is_as_long_and_as_wide_as_it_is_said_to_be() -> None:
    straight = np.array([0.0, 0.0, 0.0, 0.5])  # through the middle, along x, no bend
    share = intensity(pattern("scratch"), FINE, straight)
    along, across = (math.sqrt(np.average(v**2, weights=share)) for v in (FINE.dies.x, FINE.dies.y))
    assert along == pytest.approx(0.9 * 150 / math.sqrt(12), rel=0.02)
    assert across == pytest.approx(math.hypot(0.012 * 150, 1 / math.sqrt(12)), rel=0.02)


@pytest.mark.parametrize("kind", [*KINDS])
def test_expected_kills_are_the_mean_over_many_wafers(kind: str) -> None:
    """Poisson killers at places drawn by another generator: within four standard errors."""
    rng = np.random.default_rng(20)
    chosen, defects = pattern(kind), 40.0
    shares = []
    for _ in range(1500):
        killers = rng.poisson(defects * intensity(chosen, WAFER, rng.random(PLACES)))
        shares.append(float((killers > 0).mean()))
    sample = np.array(shares)
    error = sample.std(ddof=1) / math.sqrt(sample.size)
    assert abs(sample.mean() - killed(chosen, WAFER, defects)) < 4 * error


@pytest.mark.parametrize("kind", [*KINDS])
def test_few_defects_kill_a_die_each_and_many_kill_all(kind: str) -> None:
    chosen = pattern(kind)
    places = even_points(1024, PLACES) if kind in MOVING else ANYWHERE[None]
    mean = np.mean([intensity(chosen, WAFER, place) for place in places], axis=0)
    assert 1 - survival(chosen, WAFER, 1e-6) == pytest.approx(1e-6 * mean, rel=1e-4, abs=1e-12)
    assert survival(chosen, WAFER, 0.0) == pytest.approx(1.0)
    assert killed(Pattern("random"), WAFER, 1e6) == pytest.approx(1.0)
    assert killed(chosen, WAFER, 30.0) < killed(chosen, WAFER, 60.0)


def test_points_are_spread_evenly() -> None:
    points = even_points(1024, PLACES)
    assert points.min() >= 0 and points.max() < 1
    assert points.mean(axis=0) == pytest.approx(0.5, abs=4e-3)  # 0.009 by chance
    assert np.corrcoef(points.T) == pytest.approx(np.eye(PLACES), abs=0.02)
    first = [[1 / 2, 1 / 3], [1 / 4, 2 / 3], [3 / 4, 1 / 9], [1 / 8, 4 / 9], [5 / 8, 7 / 9]]
    assert even_points(5, 2) == pytest.approx(np.array(first))


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (Pattern("donut", width=0.1), "no pattern 'donut'; choose one of scratch"),
        (Pattern("ring", 2.0, 0.1), "radius 2 of the wafer's radius is above 1"),
        (Pattern("burst", width=0.0), "width 0 of the wafer's radius is below 0.001"),
        (Pattern("scratch", width=0.01, length=-1.0), "length -1 of the wafer's radius is below 0"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused(chosen: Pattern, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        intensity(chosen, WAFER, ANYWHERE)
