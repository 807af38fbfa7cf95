"""Heat, melt and lobes of spot welds: conservation, closed forms, convergence, and the trends of a weld lobe."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from twin.arrays.surfaces import TOLERANCE, surface
from twin.process.electrode_wear import (
    STEPPER_EXPONENT,
    current_density,
    stepper_current,
    steps_of_a_stepper,
    welds_until,
    worn_face,
)
from twin.process.oven import biot_number, plate_roots
from twin.process.weld_heat import Steel, axial_time_constant, axial_weld, melt_energy_density, resistivity
from twin.process.weld_nugget import EXPULSION, WeldNugget, current_for_melt, mean_melt, nugget_diameter, weld_lobe

SHEET, FACE, TIME = 1e-3, 6e-3, 0.2


@pytest.mark.parametrize(("cells", "steps"), [(6, 7), (32, 400)])
def test_heat_is_conserved_at_any_step(cells: int, steps: int) -> None:
    current = np.linspace(0.0, 16e3, 33)
    weld = axial_weld(current, FACE, TIME, sheet=SHEET, cells=cells, steps=steps)
    assert weld.stored + weld.lost == pytest.approx(weld.heat, rel=1e-11, abs=1e-9)
    assert weld.heat[0] == 0.0 and (weld.temperature[:, 0] == 25.0).all() and weld.melt[-1] == 1.0


def test_a_small_current_settles_at_the_closed_form() -> None:
    current, contact, cooling, metal = 50.0, 20e-6, 1e5, Steel()
    weld = axial_weld(current, FACE, 5.0, sheet=SHEET, contact=contact, cooling=cooling)
    area = np.pi / 4 * FACE**2
    q, flux = (current / area) ** 2 * resistivity(25.0), current**2 * contact / (2 * area)
    cells = len(weld.temperature)
    x = (np.arange(cells) + 0.5) * SHEET / cells
    above = (q * SHEET + flux) / cooling + (q * (SHEET**2 - x**2) / 2 + flux * (SHEET - x)) / metal.conductivity
    assert weld.temperature[:, 0] - 25.0 == pytest.approx(above, rel=1e-3)


def test_the_slowest_mode_is_the_axial_time_constant() -> None:
    metal = Steel()
    tau = axial_time_constant(2 * SHEET, metal.conductivity, metal.density, metal.heat_capacity)
    # electrodes that cool this well hold the surface almost at their temperature: Biot number 250
    root = float(plate_roots(biot_number(1e7, SHEET, metal.conductivity), 1)[0])

    def middle(time: float) -> float:
        weld = axial_weld(50.0, FACE, time, sheet=SHEET, contact=0.0, cooling=1e7, steps=1000)
        return float(weld.temperature[0, 0])

    early, late, end = middle(0.1), middle(0.2), middle(2.0)
    assert np.log((end - early) / (end - late)) == pytest.approx(0.1 / tau * (2 * root / np.pi) ** 2, rel=5e-3)


def test_without_cooling_or_contact_all_melts_at_once_for_the_energy_of_its_volume() -> None:
    current = np.linspace(5e3, 9e3, 401)
    weld = axial_weld(current, FACE, TIME, sheet=SHEET, contact=0.0, cooling=0.0)
    assert np.ptp(weld.temperature, axis=0) == pytest.approx(0.0, abs=1e-6)
    first = int(np.argmax(weld.melt >= 1.0))
    metal, volume = Steel(), np.pi / 4 * FACE**2 * 2 * SHEET
    needed = volume * melt_energy_density(metal.density, metal.heat_capacity, metal.latent, 25.0, metal.liquidus_c)
    assert 0 < first < 400 and weld.stored[first - 1] < needed <= weld.stored[first]


def test_the_melt_has_converged_in_cells_and_steps() -> None:
    current = np.linspace(7e3, 12e3, 21)
    coarse = axial_weld(current, FACE, TIME, sheet=SHEET).melt
    fine = axial_weld(current, FACE, TIME, sheet=SHEET, cells=60, steps=2400).melt
    assert np.abs(coarse - fine).max() < 0.01


def test_the_calibration_meets_the_points_it_was_made_from() -> None:
    current = 1e3 * np.array([7, 8, 9, 11, 12, 10, 9, 9, 10, 10])
    face = 1e-3 * np.array([6, 6, 6, 6, 6, 6, 6.4, 6.6, 6.4, 6.6])
    melt = np.array([0, 0.12, 0.64, 0.94, 1, 0.84, 0.13, 0, 0.59, 0.41])
    assert np.abs(axial_weld(current, face, TIME, sheet=SHEET).melt - melt).max() < 0.05


def test_the_current_for_equal_melt_follows_the_stepper_law() -> None:
    face = np.array([6.0, 6.5, 7.0])
    current = current_for_melt(0.6, 1e-3 * face, TIME, sheet=SHEET)
    assert axial_weld(current, 1e-3 * face, TIME, sheet=SHEET).melt == pytest.approx(0.6, abs=2e-3)
    assert np.log(current[2] / current[0]) / np.log(7 / 6) == pytest.approx(STEPPER_EXPONENT, abs=0.03)
    assert stepper_current(current[0], 6.0, face) == pytest.approx(current, rel=3e-3)


def test_a_lobe_falls_with_time_and_its_edges_are_what_they_say() -> None:
    times = np.array([0.1, 0.2, 0.4])
    lobe = weld_lobe(times, face=FACE, sheet=SHEET, smallest=4e-3)
    assert (np.diff(lobe.low) < 0).all() and (np.diff(lobe.high) < 0).all() and (lobe.low < lobe.high).all()
    low = nugget_diameter(axial_weld(lobe.low, FACE, times, sheet=SHEET).melt, FACE)
    assert low == pytest.approx(4e-3, rel=5e-3)
    assert axial_weld(lobe.high, FACE, times, sheet=SHEET).melt == pytest.approx(EXPULSION, abs=3e-3)
    with pytest.raises(ValueError, match="smallest"):
        weld_lobe(times, face=3e-3, sheet=SHEET, smallest=4e-3)
    with pytest.raises(ValueError, match="not reached"):
        current_for_melt(1.0, 20e-3, 1e-3, sheet=3e-3)


def test_the_mean_melt_is_that_of_drawn_welds() -> None:
    current, scatter = np.array([7.3e3, 7.8e3, 8.3e3, 9e3, 12e3]), 0.05
    z = NormalDist().inv_cdf
    heats = np.exp(scatter * np.array([z((i + 0.5) / 500) for i in range(500)]))  # one draw in each of 500 strata
    drawn = axial_weld(np.outer(heats**0.5, current).ravel(), FACE, TIME, sheet=SHEET).melt
    mean = mean_melt(current, FACE, TIME, sheet=SHEET, scatter=scatter)
    assert mean == pytest.approx(drawn.reshape(-1, current.size).mean(axis=0), abs=1e-3)
    alone = mean_melt(current, FACE, TIME, sheet=SHEET, scatter=0.001)
    assert alone == pytest.approx(axial_weld(current, FACE, TIME, sheet=SHEET).melt, abs=1e-3)


def test_the_mean_melt_of_a_weld_does_not_depend_on_who_else_is_asked_for() -> None:
    current, face = np.linspace(8e3, 11e3, 5), np.linspace(6e-3, 6.6e-3, 5)
    together = mean_melt(current, face, TIME, sheet=SHEET, scatter=0.05)
    alone = [mean_melt(i, d, TIME, sheet=SHEET, scatter=0.05)[0] for i, d in zip(current, face, strict=True)]
    assert together == pytest.approx(alone, rel=1e-12)
    with pytest.raises(ValueError, match="current 0 A"):
        mean_melt(0.0, FACE, TIME, sheet=SHEET, scatter=0.05)
    assert mean_melt(50e3, FACE, TIME, sheet=SHEET, scatter=0.2) == pytest.approx(1.0)


@pytest.mark.parametrize("law", [WeldNugget(), WeldNugget(current=10.5, time=0.16, sheet=0.8)], ids=["1 mm", "0.8 mm"])
def test_in_the_lobe_the_nugget_is_smooth_and_monotone_in_both_inputs(law: WeldNugget) -> None:
    """Its slopes have no ripple: on a grid finer than the passing of a cell's end, neighbours are nearly alike."""
    current, face = (np.linspace(of.low, of.high, 81) for of in law.inputs())
    on = np.meshgrid(current, face, indexing="ij")
    nugget = law.value(on[0].ravel(), on[1].ravel()).reshape(on[0].shape)
    inside = (nugget > 4 * law.sheet**0.5) & (nugget < (EXPULSION**0.5) * law.spread * on[1])
    for made, lobe, sign in ((nugget, inside, 1.0), (nugget.T, inside.T, -1.0)):
        slope = np.where(lobe[1:] & lobe[:-1], sign * np.diff(made, axis=0), np.nan)
        slope = slope[:, np.isfinite(slope).any(axis=0)]
        assert np.nanmin(slope) > 0.0
        # where it is nearly flat, before all is molten, a ratio says nothing: there a hundredth of the steepest is let
        change = np.abs(np.diff(slope, axis=0))
        assert np.nanmax(change - 0.1 * slope[:-1]) < 0.01 * np.nanmax(slope)
    worn = np.diff(law.value(np.full(61, law.current), np.linspace(law.face, 1.05 * law.face, 61)))
    ratio = worn[1:] / worn[:-1]
    assert (worn < 0).all() and ratio.min() > 0.95 and ratio.max() < 1.1


def test_straight_lines_between_the_points_of_the_law_are_near_enough() -> None:
    for law in (WeldNugget(), WeldNugget(current=12.0, sheet=1.5, face=7.0, time=0.3)):
        assert surface(law).share < 0.3 * TOLERANCE


def test_limits_name_the_argument_and_its_unit() -> None:
    with pytest.raises(ValueError, match="current 60000 A"):
        axial_weld(6e4, FACE, TIME, sheet=SHEET)
    with pytest.raises(ValueError, match=r"sheet 0\.01 m"):
        axial_weld(9e3, FACE, TIME, sheet=0.01)


def test_the_law_grows_with_current_and_shrinks_as_the_face_wears() -> None:
    law = WeldNugget()
    current = np.linspace(7.2, 11.8, 41)
    nugget = law.value(current, np.full(41, 6.0))
    assert nugget[0] < 0.1 and (np.diff(nugget) >= 0).all() and 5.5 < nugget[-1] <= 6.0
    worn = law.value(np.full(5, 9.5), np.array([6.0, 6.2, 6.4, 6.6, 6.8]))
    assert (np.diff(worn) < 0).all()


def test_faces_wear_until_they_are_dressed() -> None:
    assert worn_face(np.array([0.0, 500.0]), 6.0, 0.001) == pytest.approx([6.0, 6.5])
    assert worn_face(welds_until(6.6, 6.0, 0.001), 6.0, 0.001) == pytest.approx(6.6)
    assert current_density(9e3, 6e-3) * np.pi / 4 * 6e-3**2 == pytest.approx(9e3)
    density = current_density(stepper_current(9e3, 6e-3, 6.6e-3, exponent=2.0), 6.6e-3)
    assert density == pytest.approx(current_density(9e3, 6e-3))
    stepped = steps_of_a_stepper(9e3, 6.0, 0.001, np.array([0.0, 99.0, 100.0, 250.0]), every=100.0)
    assert stepped == pytest.approx(stepper_current(9e3, 6.0, np.array([6.0, 6.0, 6.1, 6.2])))
