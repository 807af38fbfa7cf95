"""How rows of yield, charts, run-to-run control and gauges in the shared check table are asked of the product."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from check_rows import choose

from twin.process import charts, gauge, run_to_run
from twin.process import yield_models as models
from twin.process.clustering import Thomas, clustered_variance, pair_correlation, thomas_void
from twin.process.critical_area import critical_area
from twin.process.dies import Centre, die_grid

Row = dict[str, Any]


def _yield(model: Callable[..., Any], *more: str) -> Callable[[Row], float]:
    """A row of a model of defect density and area, and of further inputs."""
    return lambda row: float(
        model(row.get("D0_cm2", row.get("D0_per_layer_cm2")), row["area_cm2"], *(row[key] for key in more))
    )


def _murphy(row: Row) -> float:
    variants = {"triangular": models.murphy_yield, "uniform": models.murphy_uniform_yield}
    return _yield(choose(row, "variant", variants, "triangular"))(row)


def _seeds(row: Row) -> float:
    variants = {"1/(1+AD)": models.seeds_yield, "exp(-sqrt(AD))": models.seeds_root_yield}
    return _yield(choose(row, "variant", variants, "1/(1+AD)"))(row)


def _nb_variance(row: Row) -> float:
    choose(row, "quantity", {"variance of die defect count": 0}, "variance of die defect count")
    return float(clustered_variance(row["mean_defects"], row["alpha"]))


def _critical_area(fault: Any) -> Callable[[Row], float]:
    def asked(row: Row) -> float:
        law = row.get("law", "")
        if law and not ("x0^2/x^3" in law and "infinite array" in law):
            raise ValueError(f"law {law!r} is not known")
        return float(critical_area(row["length_um"], row["width_um"], row["space_um"], row["x0_um"], fault))

    return asked


def _die_size(row: Row) -> tuple[float, float]:
    return (row["die_mm"], row["die_mm"]) if "die_mm" in row else (row["die_w_mm"], row["die_h_mm"])


def _dies(row: Row) -> float:
    """Both axes on the same feature, or each on its own: 'die centre in x, street in y'."""
    text = row["grid"]
    same = re.fullmatch(r"(die|street) (?:centre|center|crossing) on wafer (?:centre|center)", text)
    mixed = re.search(r"(die|street)[^,;]*\b(?:in|along) x\b.*?(die|street)[^,;]*\b(?:in|along) y\b", text)
    if same is None and mixed is None:
        raise ValueError(f"grid {text!r} is not known")
    words: Any = (same[1], same[1]) if same else mixed.groups() if mixed else ()
    centre: tuple[Centre, Centre] = words
    radius = row["diameter_mm"] / 2 - row["edge_exclusion_mm"]
    return float(die_grid(*_die_size(row), radius, centre).x.size)


def _thomas(row: Row) -> float:
    choose(row, "edge", {"infinite plane": 0}, "infinite plane")
    process = Thomas(row["kappa_per_mm2"], row["mu"], row["sigma_mm"])
    return thomas_void(process, *_die_size(row), row.get("kill_probability", 1.0))


def _pair_correlation(row: Row) -> float:
    process = Thomas(row["kappa_per_mm2"], row.get("mu", 1.0), row["sigma_mm"])  # which does not depend on mu
    return float(pair_correlation(process, row["r_mm"]))


def _stack(row: Row) -> float:
    layer = row["known_good_die_quality"], row["bond_yield_per_layer"], row["tsv_yield_per_layer"]
    return float(models.stack_d2w(*layer, row["n_dram"], row["base_die_quality"], row["final_assembly_yield"]))


def _misclass(row: Row) -> float:
    limits = (-row["limit"], row["limit"]) if "limit" in row else (row["LSL"], row["USL"])
    mean, true, noise = row["mean"], row["true_sigma"], row["gauge_sigma"]
    words = ("P(measured beyond +-limit)", "P(good and rejected)", "P(bad and accepted)", "P/T")
    which = choose(row, "quantity", {word: i for i, word in enumerate(words)})
    if which == 0:
        return float(gauge.measured_beyond(mean, true, noise, *limits))
    if which == 3:
        return float(gauge.precision_to_tolerance(noise, *limits))
    told = gauge.verdicts(mean, true, noise, limits)
    return told.good_rejected if which == 1 else told.bad_accepted


def _ramp(row: Row) -> float:
    return float(run_to_run.ramp_offset(row["drift_per_run"], row["lambda_"], row.get("gain_ratio_b_over_beta", 1.0)))


def _inflation(row: Row) -> float:
    choose(row, "disturbance", {"iid white, unit variance": 0}, "iid white, unit variance")
    gain, delay = row.get("gain_ratio_b_over_beta", 1.0), row.get("delay_runs", 0)
    return run_to_run.noise_inflation(row["lambda_"], gain, delay)


def _stability(row: Row) -> float:
    key = "condition" if "condition" in row else "quantity"
    choose(row, key, {"largest stable b/beta": 0}, "largest stable b/beta")
    return float(run_to_run.largest_gain_ratio(row["lambda_"], row.get("delay_runs", 0)))


def _ewma(row: Row) -> float:
    return float(charts.ewma_limit(row["lambda_"], row["L"], row["sigma"], row.get("samples", float("inf"))))


def _rules(family: Any) -> Callable[[Row], float]:
    return lambda row: charts.rules_run_length(row["rules"], row["shift_sigma"], family=family)


ROWS: dict[str, Callable[[Row], float]] = {
    "yield.poisson": _yield(models.poisson_yield),
    "yield.murphy": _murphy,
    "yield.seeds": _seeds,
    "yield.bose_einstein": _yield(models.bose_einstein_yield, "critical_layers"),
    "yield.negative_binomial": _yield(models.negative_binomial_yield, "alpha"),
    "yield.nb_variance": _nb_variance,
    "yield.critical_area_short": _critical_area("short"),
    "yield.critical_area_open": _critical_area("open"),
    "yield.thomas_cluster_die": _thomas,
    "yield.thomas_paircorr": _pair_correlation,
    "yield.stack_d2w": _stack,
    "yield.stack_w2w": lambda row: float(
        models.stack_w2w(row["die_yield"], row["bond_yield"], row["n_wafers"], row.get("bonds"))
    ),
    "yield.parametric": lambda row: float(
        models.parametric_yield(row["mean"], row["sigma"], row.get("LSL", -float("inf")), row.get("USL", float("inf")))
    ),
    "geometry.dies_per_wafer": _dies,
    "spc.ewma_limit": _ewma,
    "spc.shewhart_arl0": lambda row: float(charts.shewhart_run_length(row["limit_sigma"], row.get("shift_sigma", 0.0))),
    "spc.western_electric_arl": _rules("western_electric"),
    "spc.nelson_arl": _rules("nelson"),
    "metrology.misclass": _misclass,
    "r2r.ewma_ramp_offset": _ramp,
    "r2r.ewma_noise_inflation": _inflation,
    "r2r.stability_limit": _stability,
    "coupling.r2r_lot_delay_gain": _stability,
}
