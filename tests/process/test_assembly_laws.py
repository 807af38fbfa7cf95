"""Bolts, robots, presses, beads, battery cells, rework, energy: inverses, limits, other ways to a number."""

from __future__ import annotations

import numpy as np
import pytest

from twin.line.dimensions import unit_of
from twin.process import battery, bolting, dispensing, energy, rework_loops, robot_motion, stamping
from twin.process.law import fault_of_class, parameters_of
from twin.process.registry import law_class

MADE = {
    "weld_nugget": {}, "ecoat": {}, "bake": {}, "dispensing": {},
    "bolting": {"torque": 60.0, "diameter": 10.0, "pitch": 1.5, "head": 12.75}, "wetting": {"time": 3600.0},
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_a_law_makes_a_number_everywhere_it_may_be_asked(name: str) -> None:
    found = law_class(name)
    assert fault_of_class(found) is None
    law = found(**MADE[name])
    unit_of(law.MAKES)
    for declared in parameters_of(found).values():
        assert declared.unit in {"", "share"} or unit_of(declared.unit)
    first, second = law.inputs()
    assert all(i.low < i.nominal < i.high and (not i.unit or unit_of(i.unit)) for i in (first, second))
    grid = np.meshgrid(np.linspace(first.low, first.high, 9), np.linspace(second.low, second.high, 9))
    made = law.value(grid[0].ravel(), grid[1].ravel())
    assert made.shape == (81,) and np.isfinite(made).all() and (made >= 0).all() and np.ptp(made) > 0
    assert law.value(np.array([first.nominal]), np.array([second.nominal]))[0] > 0


def test_the_assembly_preload_is_where_von_mises_meets_the_share_of_yield() -> None:
    pitch, d2, d3, friction = 1.75e-3, 10.863e-3, 9.853e-3, np.array([0.08, 0.14, 0.3])
    force = bolting.assembly_preload(640e6, 0.9, pitch, d2, d3, friction)
    d0 = (d2 + d3) / 2
    twist = force * d2 / 2 * (pitch / (np.pi * d2) + 1.155 * friction)
    stress = np.hypot(force / (np.pi / 4 * d0**2), np.sqrt(3) * twist / (np.pi / 16 * d0**3) * 0.75)
    assert stress == pytest.approx(0.9 * 640e6)  # VDI takes the torsion at yield across the section: 3/4 of the elastic
    assert bolting.iso_thread(12.0, 1.75) == pytest.approx((10.863, 9.853), abs=5e-4)
    with pytest.raises(ValueError, match=r"friction 0\.9"):
        bolting.assembly_preload(640e6, 0.9, pitch, d2, d3, 0.9)


def test_torque_and_preload_are_inverse_and_more_friction_leaves_less() -> None:
    thread = (1.5e-3, 9.026e-3, 12.75e-3)
    torque = bolting.tightening_torque(np.array([10e3, 30e3]), *thread, 0.12, 0.1)
    assert bolting.preload_of_torque(torque, *thread, 0.12, 0.1) == pytest.approx([10e3, 30e3])
    law = bolting.Bolting(torque=49.0, diameter=10.0, pitch=1.5, head=12.75)
    assert law.value(np.array([48.996288]), np.array([1.0])) == pytest.approx(30.0, rel=1e-4)
    preload = law.value(np.full(4, 49.0), np.array([0.5, 0.8, 1.0, 2.0]))
    assert (np.diff(preload) < 0).all() and preload[0] < 2 * preload[2]  # the pitch takes its part of the torque


@pytest.mark.parametrize("spread", ["normal", "lognormal"])
def test_the_share_below_is_the_one_of_drawn_nut_factors(spread: str) -> None:
    rng, mean, variation, n = np.random.default_rng(7), 0.18, 0.12, 400_000
    if spread == "normal":
        k = rng.normal(mean, mean * variation, n)
    else:
        sigma = np.sqrt(np.log1p(variation**2))
        k = rng.lognormal(np.log(mean) - sigma**2 / 2, sigma, n)
    for preload in (28e3, 33e3, 40e3):
        share = float(bolting.share_below(preload, 60.0, 0.01, mean, variation, spread))  # type: ignore[arg-type]
        drawn = float((60.0 / (k * 0.01) < preload).mean())
        assert abs(share - drawn) < 4 * np.sqrt(share * (1 - share) / n)
    with pytest.raises(ValueError, match="unknown"):
        bolting.share_below(25e3, 60.0, 0.01, mean, variation, "uniform")  # type: ignore[arg-type]


def test_alpha_is_the_largest_over_the_smallest() -> None:
    assert bolting.tightening_factor(np.array([0.0, 0.05, 0.12])) == pytest.approx([1, 1.05 / 0.95, 1.12 / 0.88])


@pytest.mark.parametrize("distance", [1e-4, 0.02, 0.075, 0.3, 1.2, 5.0])
@pytest.mark.parametrize(("speed", "acceleration", "jerk"), [(1.5, 4.0, 40.0), (0.05, 4.0, 40.0), (1.5, 4.0, 5.0)])
def test_the_segments_of_a_move_cover_its_distance(
    distance: float, speed: float, acceleration: float, jerk: float
) -> None:
    move = robot_motion.phases(distance, speed, acceleration, jerk)
    spans = [move.jerk, move.steady, move.jerk, move.cruise, move.jerk, move.steady, move.jerk]
    x = v = a = 0.0
    top = most = 0.0
    for span, j in zip(map(float, spans), (jerk, 0.0, -jerk, 0.0, -jerk, 0.0, jerk), strict=True):
        x += v * span + a * span**2 / 2 + j * span**3 / 6
        v, a = v + a * span + j * span**2 / 2, a + j * span
        top, most = max(top, v), max(most, abs(a))
    assert x == pytest.approx(distance, rel=1e-9) and v == pytest.approx(0.0, abs=1e-12)
    assert top <= speed * (1 + 1e-12) and most <= acceleration * (1 + 1e-12)
    assert top == pytest.approx(speed) or move.cruise == pytest.approx(0.0, abs=1e-9)  # as fast as is allowed
    assert most == pytest.approx(acceleration) or move.steady == pytest.approx(0.0, abs=1e-9)
    assert float(move.total) == pytest.approx(sum(map(float, spans)))
    assert move.total > robot_motion.move_time(distance, speed, acceleration)


def test_moves_without_jerk_and_without_distance() -> None:
    distance = np.array([0.0, 0.3, 0.5625, 1.2])
    plain = robot_motion.move_time(distance, 1.5, 4.0)
    assert plain == pytest.approx([0.0, 2 * np.sqrt(0.3 / 4), 0.75, 1.175])
    assert robot_motion.jerk_limited_time(distance, 1.5, 4.0, 1e8) == pytest.approx(plain, abs=1e-6)
    # neither speed nor acceleration is reached: four spans of jerk, each of a quarter of the time
    assert robot_motion.jerk_limited_time(1e-3, 9.0, 9.0, 40.0) == pytest.approx(4 * np.cbrt(1e-3 / 80))
    assert robot_motion.conveyor_takt(6.0, 0.1) == pytest.approx(60.0)
    with pytest.raises(ValueError, match="distance"):
        robot_motion.move_time(-0.1, 1.0, 1.0)


def test_press_forces_scale_and_a_die_settles() -> None:
    assert stamping.draw_force(0.2, 0.2 / 1.7, 1e-3, 350e6) == pytest.approx(np.pi * 0.2 / 1.7 * 1e-3 * 350e6)
    assert stamping.blank_force(np.array([1.0, 2.0]), 1e-3, 350e6, 0.8) == pytest.approx([280e3, 560e3])
    assert stamping.blank_holder_force(2e6, 0.3, 0.2) == pytest.approx(2e6 * np.pi / 4 * 0.05)
    with pytest.raises(ValueError, match="draw ratio"):
        stamping.draw_force(0.34, 0.1, 1e-3, 350e6)
    stroke = np.array([0.0, 1.0, 1e6])
    warm = stamping.die_temperature(stroke, 25.0, friction_heat=400.0, cooling=20.0, heat=50e3, takt=4.0)
    # the first stroke loses nothing yet; at last each stroke's heat is lost before the next
    assert warm[0] == 25.0 and warm[1] - 25.0 == pytest.approx(400 / 50e3, rel=1e-3)
    assert warm[2] == pytest.approx(25.0 + 400.0 / 80.0)


def test_a_bead_holds_what_the_nozzle_gives() -> None:
    flow, speed = np.array([50.0, 120.0]), 250.0
    half, whole = dispensing.bead_radius(flow, speed), dispensing.bead_radius(flow, speed, "circle")
    assert np.pi * half**2 / 2 * speed == pytest.approx(flow) and np.pi * whole**2 * speed == pytest.approx(flow)
    with pytest.raises(ValueError, match="unknown"):
        dispensing.bead_radius(flow, speed, "square")  # type: ignore[arg-type]
    # the parabola of speeds over the nozzle's section, integrated
    pressure, radius, length, viscosity = 40e5, 0.5e-3, 20e-3, 20.0
    r = np.linspace(0, radius, 20001)
    profile = pressure / (4 * viscosity * length) * (radius**2 - r**2)
    expected = np.trapezoid(2 * np.pi * r * profile, r)
    assert dispensing.nozzle_flow(pressure, radius, length, viscosity) == pytest.approx(expected, rel=1e-7)
    with pytest.raises(ValueError, match="Reynolds"):
        dispensing.nozzle_flow(50e5, 2e-3, 20e-3, 1e-3)
    assert dispensing.viscosity_at(np.array([25.0, 45.0]), 20.0, 25.0, 40.0) == pytest.approx(
        [20.0, 20.0 * np.exp(40 / 8.314462618e-3 * (1 / 318.15 - 1 / 298.15))]
    )
    law = dispensing.Dispensing(speed=250.0, flow=50.0)
    width = law.value(np.array([250.0, 500.0, 250.0]), np.array([1.0, 1.0, 2.0]))
    assert width == pytest.approx(2 * half[0] / np.sqrt([1, 2, 2]))


def test_electrolyte_soaks_in_with_the_root_of_time() -> None:
    cell = (0.03, 0.5e-6, np.deg2rad(30), 0.003)
    depth = np.array([0.01, 0.1])
    time = battery.wetting_time(depth, *cell)
    assert time[1] == pytest.approx(100 * time[0])
    assert battery.wetting_depth(time, *cell) == pytest.approx(depth)
    with pytest.raises(ValueError, match="contact_angle"):
        battery.wetting_time(0.1, 0.03, 0.5e-6, 2.0, 0.003)
    law = battery.Wetting(time=float(time[1]))
    assert law.value(np.array([time[1]]), np.array([1.0])) == pytest.approx(100.0)


def test_formation_and_ageing() -> None:
    charge, rate = battery.formation_steps([[0.1, 0.05], [0.9, 0.3]])
    assert battery.formation_time(charge, rate) == pytest.approx(5.0)
    assert battery.formation_time(np.array([[0.5, 0.5], [1.0, 1.0]]), np.array([0.5, 1.0])) == pytest.approx([1.5, 3.0])
    with pytest.raises(ValueError, match="steps"):
        battery.formation_steps([[0.1, 0.05, 3.0]])
    assert battery.places_needed(100.0, 24.0, 0.96) == pytest.approx(2500.0)
    hot = battery.ageing_time(240.0, np.array([45.0, 60.0]), 45.0, 50.0)
    assert hot[0] == pytest.approx(240.0) and hot[1] < 120.0


@pytest.mark.parametrize("rework", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("most", [0, 1, 2, 7])
def test_rework_agrees_with_a_walk_through_its_passes(rework: float, most: int) -> None:
    first, still, visits = 0.08, 1.0, 0.0
    for visit in range(most + 1):
        visits += still
        still *= first if visit == 0 else rework
    assert rework_loops.expected_passes(first, rework, most) == pytest.approx(visits)
    assert rework_loops.scrap_share(first, rework, most) == pytest.approx(still)


def test_rework_without_a_limit_is_the_limit() -> None:
    rework = np.array([0.0, 0.2, 0.7])
    endless = rework_loops.expected_passes(0.08, rework)
    assert rework_loops.expected_passes(0.08, rework, 200) == pytest.approx(endless)
    assert (rework_loops.scrap_share(0.08, rework) == 0).all()
    with pytest.raises(ValueError, match="rework without a limit"):
        rework_loops.expected_passes(0.08, 1.0)


def test_energy_of_a_part() -> None:
    assert energy.part_energy(500.0, np.array([0.0, 100.0]), 2e3, 10.0) == pytest.approx([2e3, 7e3])
    assert energy.weld_energy(9e3, 100e-6, 0.2, 0.5) == pytest.approx(3240.0)
    assert energy.oven_energy(400.0, 480.0, 25.0, 175.0, 10e3, 1800.0, 0.8) == pytest.approx((28.8e6 + 18e6) / 0.8)
    hold = energy.lamp_energy(0.1414, 0.7, np.array([300.0, 1323.15]), 10.0)
    assert hold == pytest.approx([0.0, 0.7 * 5.670374419e-8 * 0.1414 * (1323.15**4 - 300.0**4) * 10.0])
    with pytest.raises(ValueError, match="efficiency"):
        energy.weld_energy(9e3, 100e-6, 0.2, 0.0)
