"""Rapid thermal processing: closed forms against SciPy's integration, steady states, heat that is kept."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from twin.process.rtp import (
    STEFAN_BOLTZMANN,
    Rtp,
    Wafer,
    heat_sequence,
    heated,
    radiative_cooling,
    steady_power,
)
from twin.process.rtp_radial import radial_profile, silicon_conductivity

SILICON = Wafer()


@pytest.mark.parametrize(
    ("start", "surround", "power"),
    [(1373, 0, 0), (1373, 2, 0), (1373, 298, 0), (700, 690, 0), (300, 298, 40), (1300, 298, 10), (1000, 1000, 0)],
)
def test_the_closed_form_matches_scipy(start: float, surround: float, power: float) -> None:
    seconds = np.array([0.0, 0.1, 5.0, 60.0, 600.0])

    def rate(_: float, t: np.ndarray) -> np.ndarray:
        return (power * 1e4 - SILICON.loss * (t**4 - surround**4)) / SILICON.heat

    run = solve_ivp(rate, (0, 600), [start], t_eval=seconds, method="DOP853", rtol=1e-11, atol=1e-9)
    assert heated(seconds, start, power, SILICON, surround) == pytest.approx(run.y[0], rel=1e-8)


def test_cooling_towards_cold_walls_goes_over_into_cooling_towards_none() -> None:
    seconds = np.geomspace(0.01, 300.0, 8)
    nothing = radiative_cooling(seconds, 1373.15, SILICON)
    assert radiative_cooling(seconds, 1373.15, SILICON, 4.2) == pytest.approx(nothing, rel=1e-8)
    assert radiative_cooling(seconds, 1373.15, SILICON, 300.0)[-1] > 300.0
    with pytest.raises(ValueError, match="start_k - surround_k -100 K is below 0 K"):
        radiative_cooling(1.0, 300.0, SILICON, 400.0)


def test_steady_power_holds_the_wafer() -> None:
    temperature_c = np.array([700.0, 1050.0])
    power = steady_power(temperature_c)
    held = heated(1e5, 900.0, power, SILICON)
    assert held == pytest.approx(temperature_c + 273.15, rel=1e-9)
    assert heated(3.0, held, power, SILICON) == pytest.approx(held, rel=1e-12)


def test_a_recipe_is_a_chain_of_its_steps() -> None:
    assert heat_sequence([(2.0, 30.0), (3.0, 30.0)], 800.0, SILICON) == pytest.approx(
        heated(5.0, 800.0, 30.0, SILICON), rel=1e-10
    )
    spike = heat_sequence([(5.0, 60.0), (2.0, 0.0)], 800.0, SILICON)
    assert spike < heat_sequence([(5.0, 60.0)], 800.0, SILICON)


def test_shapes_broadcast() -> None:
    wafer = Wafer(emissivity=np.array([0.5, 0.7, 0.9]))
    found = heated(np.array([[1.0], [20.0]]), 900.0, 25.0, wafer)
    assert found.shape == (2, 3) and (np.diff(found, axis=1) < 0).all()


def test_silicon_conducts_worse_when_hot() -> None:
    assert silicon_conductivity(300.0) == pytest.approx(148.0, rel=0.02)
    assert silicon_conductivity(1273.0) == pytest.approx(25.5, rel=0.02)


def test_a_wafer_without_a_rim_stays_even_and_follows_the_lumped_law() -> None:
    profile = radial_profile(8.0, 30.0, SILICON, start_k=800.0, rim=0.0)
    assert profile.temperature_k == pytest.approx(heated(8.0, 800.0, 30.0, SILICON), rel=1e-6)


def test_the_edge_is_cooler_and_more_so_without_a_guard() -> None:
    drops = [radial_profile(60.0, 23.6, SILICON, start_k=900.0, rim=rim).edge_drop for rim in (0.3, 1.0, 3.0)]
    assert drops == sorted(drops) and drops[0] > 0
    profile = radial_profile(60.0, 23.6, SILICON, start_k=900.0)
    assert (np.diff(profile.temperature_k) < 0).all()
    inner = profile.radius_mm < 75.0  # beyond some lengths sqrt(k h / 8 eps sigma T^3) the edge is not felt
    assert np.ptp(profile.temperature_k[inner]) < 0.3 * profile.edge_drop


def test_steady_heat_in_is_heat_out() -> None:
    power = np.linspace(22.0, 26.0, 48)
    profile = radial_profile(400.0, power, SILICON, start_k=1300.0)
    ring = np.pi * np.diff(np.linspace(0.0, 0.15, 49) ** 2)
    t4 = profile.temperature_k**4 - 298.15**4
    rim = 2 * np.pi * 0.15 * 775e-6 * SILICON.emissivity * STEFAN_BOLTZMANN * t4[-1]
    assert (ring * SILICON.loss * t4).sum() + rim == pytest.approx((ring * power * 1e4).sum(), rel=1e-6)


def test_more_rings_change_little() -> None:
    coarse, fine = (radial_profile(30.0, 23.6, SILICON, start_k=900.0, rings=n) for n in (24, 96))
    assert coarse.mean_k == pytest.approx(fine.mean_k, abs=0.05)
    assert coarse.temperature_k[0] == pytest.approx(fine.temperature_k[0], abs=0.1)


def test_a_recipe_that_melts_the_wafer_is_refused() -> None:
    with pytest.raises(ValueError, match="silicon melts at 1687 K; write less power"):
        Rtp(power=80.0, time=60.0)
