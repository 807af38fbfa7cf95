"""Electrocoat, ovens and cure: limits, inverses, and the equations integrated another way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.special import erfc, erfcx

from twin.process.bake import Bake
from twin.process.cure import (
    GAS_CONSTANT,
    apparent_activation,
    bake_window,
    equivalent_heating,
    equivalent_time,
    first_order_conversion,
    rate,
)
from twin.process.ecoat import Ecoat, film_build, time_to_film
from twin.process.oven import (
    biot_number,
    fourier_number,
    lumped_temperature,
    lumped_time_constant,
    plate_roots,
    plate_theta,
    zoned_temperature,
)


def test_the_roots_are_roots_one_in_each_interval() -> None:
    biot = np.array([1e-6, 1e-3, 0.1, 1.0, 30.0, 1e4])
    roots = plate_roots(biot)
    assert roots * np.sin(roots) - biot[:, None] * np.cos(roots) == pytest.approx(0.0, abs=1e-8)
    n = np.arange(roots.shape[1])
    assert ((roots > n * np.pi) & (roots < (n + 0.5) * np.pi)).all()


def test_a_plate_of_small_biot_number_is_a_lump() -> None:
    fourier = np.array([10.0, 300.0, 1000.0])
    assert plate_theta(1e-3, fourier, 0.5) == pytest.approx(np.exp(-1e-3 * fourier), rel=1e-3)
    assert biot_number(30.0, 0.4e-3, 50.0) == pytest.approx(2.4e-4)


def test_a_plate_is_symmetric_and_loses_what_its_surface_passes() -> None:
    place = np.linspace(-1, 1, 9)
    theta = plate_theta(2.0, 0.3, place)
    assert theta == pytest.approx(theta[::-1]) and theta.argmax() == 4
    at, weight = np.polynomial.legendre.leggauss(40)
    mean = [float((weight * plate_theta(2.0, fo, at)).sum() / 2) for fo in (0.2, 0.6)]
    passed, _ = quad(lambda fo: 2.0 * float(plate_theta(2.0, fo, 1.0)), 0.2, 0.6)
    assert mean[0] - mean[1] == pytest.approx(passed, rel=1e-8)


def test_an_early_plate_is_a_half_space() -> None:
    biot, fourier, depth = 5.0, 1e-3, np.array([0.0, 0.02, 0.1])
    root = np.sqrt(fourier)
    xi = depth / (2 * root)
    warm = erfc(xi) - np.exp(-(xi**2)) * erfcx(xi + biot * root)
    assert plate_theta(biot, fourier, 1 - depth) == pytest.approx(1 - warm, abs=1e-9)
    assert fourier_number(100.0, 0.02, 40.0, 7850.0, 500.0) == pytest.approx(40 * 100 / (7850 * 500 * 0.0004))
    with pytest.raises(ValueError, match="fourier"):
        plate_theta(1.0, 1e-5, 0.0)


def test_zones_chain_and_a_split_zone_is_one() -> None:
    start, tau = np.array([20.0, 60.0]), 50.0
    assert zoned_temperature(start, tau, [(180.0, 30.0), (180.0, 90.0)]) == pytest.approx(
        lumped_temperature(start, 180.0, 120.0, tau)
    )
    assert zoned_temperature(25.0, tau, [(200.0, 1e4), (170.0, 0.0)]) == pytest.approx(200.0)
    with pytest.raises(ValueError, match="zones"):
        zoned_temperature(25.0, tau, [])
    with pytest.raises(ValueError, match="plate_theta"):
        lumped_time_constant(7850.0, 480.0, 0.2, 100.0)


def test_points_of_equal_cure_give_their_activation_energy_back() -> None:
    temperature = np.array([150.0, 160.0, 170.0, 180.0])
    time = 600.0 / equivalent_time(1.0, temperature, 170.0, 80.0)
    assert apparent_activation(temperature, time) == pytest.approx(80.0, rel=1e-10)
    least, most = bake_window(temperature, 10.0, 25.0, 170.0, 80.0)
    assert equivalent_time(least, temperature, 170.0, 80.0) == pytest.approx(10.0)
    assert most / least == pytest.approx(2.5) and least[2] == pytest.approx(10.0)
    with pytest.raises(ValueError, match="two temperatures"):
        apparent_activation([170.0, 170.0], [10.0, 12.0])
    with pytest.raises(ValueError, match="is above 60 K"):
        equivalent_time(1.0, 240.0, 170.0, 80.0)


def test_equal_equivalent_times_are_equal_conversions() -> None:
    energy, reference = 66.0, 170.0
    time = 400.0 / equivalent_time(1.0, 185.0, reference, energy)
    assert first_order_conversion(time, 185.0, 2e5, energy) == pytest.approx(
        first_order_conversion(400.0, reference, 2e5, energy)
    )
    assert first_order_conversion(1e-3, 175.0, 2e5, energy) == pytest.approx(1e-3 * rate(175.0, 2e5, energy), rel=1e-5)


@pytest.mark.parametrize("time", [0.0, 5.0, 60.0, 300.0, 3000.0])
@pytest.mark.parametrize("activation", [20.0, 66.0, 200.0])
def test_the_cure_of_a_heating_sheet_is_its_integral(time: float, activation: float) -> None:
    start, air, tau, reference = 25.0, 185.0, 50.0, 170.0

    def speed(t: float) -> float:
        kelvin = lumped_temperature(start, air, t, tau) + 273.15
        return float(np.exp(-activation / GAS_CONSTANT * (1 / kelvin - 1 / (reference + 273.15))))

    expected, _ = quad(speed, 0.0, time, epsabs=1e-10, epsrel=1e-10, limit=200)
    found = equivalent_heating(time, start, air, tau, reference, activation)
    assert float(found) == pytest.approx(expected, rel=1e-8, abs=1e-9)


def test_a_thin_sheet_bakes_as_long_as_it_is_in_the_oven() -> None:
    thin, body = Bake(thickness=1e-3), Bake()
    time, air = np.array([600.0, 1500.0]), np.array([170.0, 170.0])
    assert thin.value(time, air) == pytest.approx(time / 60, rel=1e-3)
    lag = thin.value(time, air) - body.value(time, air)
    assert (lag * 60 > body.tau()).all()
    assert lag[0] == pytest.approx(lag[1], rel=1e-4)  # a sheet in balance lags no further
    with pytest.raises(ValueError, match="nearer to the oven"):
        Bake(temperature_c=230.0)


def test_a_film_grows_as_its_equation_says() -> None:
    volts, bath, coulombic, rho = 250.0, 0.5, 2e-8, 5e6
    ode = solve_ivp(
        lambda t, h: coulombic * volts / (bath + rho * h), (0, 120), [1e-6], rtol=1e-10, atol=1e-16
    )  # fmt: skip
    assert film_build(120.0, volts, bath, coulombic, rho, 1e-6) == pytest.approx(ode.y[0, -1], rel=1e-7)
    time = np.array([0.0, 1.0, 30.0, 600.0])
    film = film_build(time, volts, bath, coulombic, rho)
    assert time_to_film(film, volts, bath, coulombic, rho) == pytest.approx(time)
    assert film_build(time, volts, bath, coulombic, rho, film[1]) == pytest.approx(
        film_build(time + 1.0, volts, bath, coulombic, rho)
    )
    assert film_build(time, volts, bath, coulombic, 0.0) == pytest.approx(coulombic * volts * time / bath)
    with pytest.raises(ValueError, match="voltage 900 V"):
        film_build(1.0, 900.0, bath, coulombic, rho)


def test_the_law_of_ecoat_is_its_film() -> None:
    film = Ecoat().value(np.array([250.0, 125.0]), np.array([1.0, 2.0]))
    assert film == pytest.approx([15.392256130079957] * 2)  # half the voltage, twice the yield: the same charge
