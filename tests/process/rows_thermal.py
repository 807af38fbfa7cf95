"""Check rows of the thermal, dopant, film and removal laws: each answered by the product's own functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from twin.process.ald import growth_per_cycle, site_coverage
from twin.process.arrhenius import rate_ratio
from twin.process.cmp import down_removed, preston_removed, step_left, up_removed
from twin.process.deposition import step_coverage
from twin.process.diffusion import (
    diffusivity,
    drive_in_junction,
    predeposition_dose,
    thermal_budget,
)
from twin.process.etch import etch_lag
from twin.process.implant import gaussian_peak, mask_transmission, projected_range
from twin.process.molecular_flow import clausing_transmission
from twin.process.oxidation import (
    Step,
    deal_grove,
    massoud,
    massoud_linear,
    oxidation_hours,
    oxide_sequence,
    oxide_thickness,
)
from twin.process.oxide_constants import oxidation_rates
from twin.process.queue_oxide import native_oxide
from twin.process.rtp import Wafer, radiative_cooling, steady_power
from twin.process.spin_coat import dried_film_ratio, thinned_film

Inputs = dict[str, Any]


def unknown(what: str, value: object) -> ValueError:
    return ValueError(f"no row is known to have the {what} {value!r}")


def oxidation_rate(i: Inputs) -> float:
    b, b_over_a = oxidation_rates(i["T_C"], i["ambient"], str(i["orientation"]))
    told = {"B": b, "B_over_A": b_over_a, "A": b / b_over_a}
    if i["quantity"] not in told:
        raise unknown("quantity", i["quantity"])
    return float(told[i["quantity"]])


def grown(i: Inputs) -> float:
    return float(oxide_thickness(i["t_h"], i["T_C"], i["ambient"], str(i["orientation"]), i.get("x0_nm", 0)))


def oxidation_minutes(i: Inputs) -> float:
    hours = oxidation_hours(i["x_nm"], i["T_C"], i["ambient"], str(i["orientation"]), i.get("x0_nm", 0))
    return 60.0 * float(hours)


def sequence(i: Inputs) -> float:
    steps = [Step(step["T_C"], step["t_h"], step["ambient"]) for step in i["steps"]]
    return float(oxide_sequence(steps, str(i["orientation"]), i.get("x0_nm", 0)))


def from_constants(i: Inputs) -> float:
    x0 = i.get("x0_nm", 0) / 1e3
    return 1e3 * float(deal_grove(i["t_h"], i["A_um"], i["B_um2_per_h"], x0, i.get("tau_h", 0)))


def thin_linear(i: Inputs) -> float:
    return float(massoud_linear(i["t_h"], i["k_um_per_h"], i["C_um_per_h"], i["L_nm"], i.get("x0_nm", 0)))


def thin(i: Inputs) -> float:
    if i.get("ambient", "dry") != "dry":
        raise unknown("ambient of Massoud's law", i["ambient"])
    return float(massoud(i["t_h"], i["T_C"], str(i["orientation"]), i.get("x0_nm", 0)))


def intrinsic(i: Inputs) -> float:
    return float(diffusivity(i["T_C"], i["dopant"]))


def budget(i: Inputs) -> float:
    temperature_c, seconds = (np.array([float(step[key]) for step in i["steps"]]) for key in ("T_C", "t_s"))
    return float(thermal_budget(temperature_c, seconds, i["dopant"]))


def implanted(i: Inputs) -> float:
    """The peak, with the row's range and deviation or those of its dopant and energy."""
    if "Rp_um" in i:
        rp, drp = i["Rp_um"], i["dRp_um"]
    else:
        rp, drp = projected_range(i["energy_keV"], i["dopant"])
    boundary = i.get("boundary", "infinite")
    return float(gaussian_peak(i["dose_cm2"], rp, drp, i.get("Dt_cm2", 0.0), boundary))


def spun(i: Inputs) -> float:
    return float(thinned_film(i["h0_um"], i["kinematic_viscosity_m2_s"], i["rpm"], i["t_s"]))


def spin_ratio(i: Inputs) -> float:
    laws = {"e ~ sqrt(omega)": 0.5, "e ~ omega^0.5": 0.5, "e constant": 0.0, "constant": 0.0, "e ~ omega": 1.0}
    if i["evaporation"] not in laws:
        raise unknown("evaporation", i["evaporation"])
    thicker = i.get("viscosity_2", 1.0) / i.get("viscosity_1", 1.0)
    return float(dried_film_ratio(i["rpm_2"] / i["rpm_1"], thicker, laws[i["evaporation"]]))


def stine(i: Inputs) -> float:
    ways = {
        "up-area material removed": up_removed,
        "down-area material removed": down_removed,
        "remaining step": step_left,
        "step height": step_left,
        "remaining step height": step_left,
    }
    if i["quantity"] not in ways:
        raise unknown("quantity", i["quantity"])
    return float(ways[i["quantity"]](60.0 * i["t_min"], i["blanket_rate_nm_min"], i["rho_eff"], i["step_nm"]))


def hole(i: Inputs) -> tuple[float, str]:
    """Depth over radius (half width of a slit), and the shape."""
    shapes = {"cylinder": "cylinder", "hole": "cylinder", "via": "cylinder", "slit": "slit", "trench": "slit"}
    geometry = i.get("geometry", "cylinder")
    if geometry not in shapes:
        raise unknown("geometry", geometry)
    radii = {"L_over_R": 1.0, "L_over_D": 2.0, "L_over_w": 2.0, "L_over_W": 2.0, "aspect_ratio": 2.0}
    for key in radii.keys() & i.keys():
        return radii[key] * i[key], shapes[geometry]
    raise unknown("depth", sorted(i))


def transmission(i: Inputs) -> float:
    return float(clausing_transmission(*hole(i)))


def lag(i: Inputs) -> float:
    ratio, shape = hole(i)
    return float(etch_lag(ratio, i["sticking"], shape))


def coverage(i: Inputs) -> float:
    """A row's place: a number from the mouth, or words that begin with it."""
    told = i.get("position", "bottom/top, one-ended trench")
    ends = 2 if "two-ended" in str(told) else 1
    if isinstance(told, int | float):
        return float(step_coverage(i["thiele"], told))
    place = told.split("/")[0].split(",")[0].strip()
    places = {"middle": 0.5, "centre": 0.5, "top": 0.0} | ({"bottom": 1.0} if ends == 1 else {})
    if place not in places:
        raise unknown("position", told)
    return float(step_coverage(i["thiele"], places[place], ends))


def cycle(i: Inputs) -> float:
    return float(growth_per_cycle(i["GPC_sat_A"], site_coverage(i["k_per_Pa_s"], i["p_Pa"], i["t_s"])))


def cooled(i: Inputs) -> float:
    wafer = Wafer(i["rho"], i["cp"], i["thickness_um"], i["emissivity"])
    return float(radiative_cooling(i["t_s"], i["T0_K"], wafer, i.get("T_surround_K", 0.0)))


def held(i: Inputs) -> float:
    return float(steady_power(i["T_C"], i["emissivity"], i["T_surround_C"]))


ROWS: dict[str, Callable[[Inputs], float]] = {
    "oxidation.rates": oxidation_rate,
    "oxidation.deal_grove": grown,
    "oxidation.time_to_thickness": oxidation_minutes,
    "oxidation.sequence": sequence,
    "oxidation.deal_grove_AB": from_constants,
    "oxidation.massoud_linear_limit": thin_linear,
    "oxidation.massoud": thin,
    "diffusion.D_intrinsic": intrinsic,
    "diffusion.predep_dose": lambda i: float(predeposition_dose(i["Cs_cm3"], i["D_cm2_s"], i["t_s"])),
    "diffusion.drivein_junction": lambda i: float(
        drive_in_junction(i["Q_cm2"], i["D_cm2_s"], i["t_s"], i["C_B_cm3"])
    ),
    "diffusion.thermal_budget": budget,
    "implant.gaussian_peak": implanted,
    "implant.annealed_peak": implanted,
    "implant.mask_transmission": lambda i: float(mask_transmission(i["mask_um"], i["Rp_um"], i["dRp_um"])),
    "spin.ebp_thickness": spun,
    "spin.meyerhofer_ratio": spin_ratio,
    "cmp.preston": lambda i: float(preston_removed(i["Kp_m2_per_N"], i["P_Pa"], i["v_m_s"], i["t_s"])),
    "cmp.stine_removed": stine,
    "etch.clausing_transmission": transmission,
    "etch.arde_coburn_winters": lag,
    "cvd.step_coverage": coverage,
    "cvd.arrhenius_ratio": lambda i: float(rate_ratio(i["Ea_eV"], i["T1_C"], i["T2_C"])),
    "ald.langmuir_gpc": cycle,
    "rtp.radiative_cooling": cooled,
    "rtp.steady_power": held,
    "queue.native_oxide": lambda i: float(
        native_oxide(i["t_s"], i["t1_s"], i["x1_A"], i["slope_A_per_decade"])
    ),
}
