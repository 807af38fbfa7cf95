"""The automotive rows of the shared tables: what the product's functions make of a row's inputs."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from twin.process import battery, bolting, cure, dispensing, ecoat, oven, rework_loops, robot_motion, stamping
from twin.process import weld_heat as weld
from twin.process.spot_weld import current_density_ratio, smallest_nugget

Inputs = dict[str, Any]


def _lumped_tau(row: Inputs) -> float:
    return float(
        oven.lumped_time_constant(
            row["rho"], row["cp"], 1e-3 * row["thickness_mm"], row["h_W_m2K"], row.get("sides", 2)
        )
    )


def _lumped_temperature(row: Inputs) -> float:
    return float(oven.lumped_temperature(row["T0_C"], row["Tair_C"], row["t_s"], _lumped_tau(row)))


def _zones(row: Inputs) -> float:
    tau = row["tau_s"] if "tau_s" in row else _lumped_tau(row)
    return float(oven.zoned_temperature(row["T0_C"], tau, [(zone["Tair_C"], zone["t_s"]) for zone in row["zones"]]))


def _apparent_activation(row: Inputs) -> float:
    window = np.array(row["window"], dtype=float)
    _known("unit_t", row.get("unit_t", "min"), ("ms", "s", "min", "h", "d"))  # a factor of all times leaves the slope
    zero = {"C": 0.0, "K": 273.15}[_known("unit_T", row.get("unit_T", "C"), ("C", "K"))]
    return cure.apparent_activation(window[:, 0] - zero, window[:, 1])


def _conversion(row: Inputs) -> float:
    return float(cure.first_order_conversion(row["t_s"], row["T_C"], row["A_per_s"], row["Ea_kJ_mol"]))


def _film(row: Inputs) -> float:
    film = ecoat.film_build(
        row["t_s"], row["V"], row["bath_ohm_m2"], 1e-6 * row["coulombic_um_m2_per_C"], row["film_resistivity_ohm_m"],
        1e-6 * row.get("h0_um", 0.0),
    )  # fmt: skip
    return 1e6 * float(film)


def _preload(row: Inputs) -> float:
    if "d2_mm" in row and "d3_mm" in row:
        pitch, d2, d3 = row["P_mm"], row["d2_mm"], row["d3_mm"]
    else:
        match = re.fullmatch(r"M(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)", row["thread"])
        if match is None:
            raise ValueError(f"thread {row['thread']!r} is unknown; write for instance 'M12x1.75'")
        pitch = float(match[2])
        d2, d3 = bolting.iso_thread(float(match[1]), pitch)
    force = bolting.assembly_preload(
        1e6 * row["Rp02_MPa"], row["utilisation"], 1e-3 * pitch, 1e-3 * d2, 1e-3 * d3, row["mu_thread"]
    )
    return 1e-3 * float(force)


def _torque(row: Inputs) -> float:
    pitch, d2, head = (1e-3 * row[key] for key in ("P_mm", "d2_mm", "Dkm_mm"))
    return float(bolting.tightening_torque(1e3 * row["F_kN"], pitch, d2, head, row["mu_thread"], row["mu_head"]))


def _preload_share(row: Inputs) -> float:
    match = re.fullmatch(r"P\(F ([<>]) (\d+(?:\.\d+)?) kN\), K (\w+)", row["quantity"])
    if match is None:
        raise ValueError(f"quantity {row['quantity']!r} is unknown; write for instance 'P(F < 25 kN), K normal'")
    spread: Any = match[3]
    below = float(
        bolting.share_below(
            1e3 * float(match[2]), row["torque_Nm"], 1e-3 * row["d_mm"], row["K_mean"], row["K_cv"], spread
        )
    )
    return below if match[1] == "<" else 1.0 - below


def _bead(row: Inputs) -> float:
    flow, speed = row["flow_mm3_s"], row["speed_mm_s"]
    quantity = _known("quantity", row.get("quantity", "radius"), ("radius", "width", "area"))
    if quantity == "area":
        return float(dispensing.bead_area(flow, speed))
    beads: dict[str, Any] = {"half circle": "half circle", "full circle": "circle", "circle": "circle"}
    radius = float(dispensing.bead_radius(flow, speed, beads[_known("bead", row["bead"], tuple(beads))]))
    return 2.0 * radius if quantity == "width" else radius


def _wetting(row: Inputs) -> float:
    seconds = battery.wetting_time(
        1e-3 * row["L_mm"], row["gamma_N_m"], 1e-6 * row["r_um"], math.radians(row["theta_deg"]),
        row["viscosity_Pa_s"],
    )  # fmt: skip
    return float(seconds) / 3600.0


def _move(row: Inputs) -> float:
    return float(robot_motion.move_time(row["distance"], row["v_max"], row["a_max"]))


def _melt_density(row: Inputs) -> float:
    energy = weld.melt_energy_density(row["rho"], row["cp"], row["latent_J_kg"], row["T0_C"], row["Tm_C"])
    return 1e-9 * float(energy)


def _time_constant(row: Inputs) -> float:
    return 1e3 * float(weld.axial_time_constant(1e-3 * row["stack_mm"], row["k"], row["rho"], row["cp"]))


def _draw(row: Inputs) -> float:
    force = stamping.draw_force(1e-3 * row["blank_D_mm"], 1e-3 * row["d_mm"], 1e-3 * row["t_mm"], 1e6 * row["UTS_MPa"])
    return 1e-3 * float(force)


def _blank(row: Inputs) -> float:
    force = stamping.blank_force(1e-3 * row["perimeter_mm"], 1e-3 * row["t_mm"], 1e6 * row["UTS_MPa"], row["k"])
    return 1e-3 * float(force)


def _known(name: str, given: str, words: tuple[str, ...]) -> str:
    if given not in words:
        raise ValueError(f"{name} {given!r} is unknown; write one of {', '.join(words)}")
    return given


ROWS: dict[str, Callable[[Inputs], float]] = {
    "weld.joule_energy": lambda r: float(weld.joule_energy(1e3 * r["I_kA"], 1e-6 * r["R_uohm"], 1e-3 * r["t_ms"])),
    "weld.min_nugget": lambda r: smallest_nugget(r["k"], r["t_mm"]),
    "weld.melt_energy_density": _melt_density,
    "weld.current_density_drop": lambda r: float(current_density_ratio(r["d0_mm"], r["d_mm"])),
    "weld.axial_time_constant": _time_constant,
    "oven.plate_series": lambda r: float(oven.plate_theta(r["Bi"], r["Fo"], r["x_over_L"])),
    "oven.lumped_tau": _lumped_tau,
    "oven.lumped_temperature": _lumped_temperature,
    "oven.two_zone": _zones,
    "cure.apparent_Ea": _apparent_activation,
    "cure.equivalent_time": lambda r: float(cure.equivalent_time(r["t_min"], r["T_C"], r["Tref_C"], r["Ea_kJ_mol"])),
    "cure.first_order": _conversion,
    "ecoat.film_build": _film,
    "bolt.assembly_preload": _preload,
    "bolt.torque": _torque,
    "bolt.alpha_A": lambda r: float(bolting.tightening_factor(r["scatter_pct"] / 100.0)),
    "bolt.preload_cv": _preload_share,
    "robot.trapezoid": _move,
    "robot.triangle": _move,
    "robot.scurve": lambda r: float(robot_motion.jerk_limited_time(r["distance"], r["v_max"], r["a_max"], r["j_max"])),
    "stamping.draw_force": _draw,
    "stamping.blank_force": _blank,
    "battery.washburn_time": _wetting,
    "battery.formation_time": lambda r: float(battery.formation_time(*battery.formation_steps(r["steps"]))),
    "battery.formation_channels": lambda r: float(
        battery.places_needed(r["cells_per_h"], r["formation_h"], r.get("availability", 1.0))
    ),
    "dispense.bead_width_ratio": _bead,
    "rework.expected_passes": lambda r: float(
        rework_loops.expected_passes(r["p_fail_first"], r["p_fail_rework"], r.get("max_rework"))
    ),
    "rework.scrap": lambda r: float(
        rework_loops.scrap_share(r["p_fail_first"], r["p_fail_rework"], r.get("max_rework"))
    ),
}
