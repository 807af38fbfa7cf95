"""Rows of the coupling of flow and physics, each from a run of the engine.

A row's function takes its inputs and returns the value that a run gives and its standard error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from plain_law import plain_law, plain_line
from scipy.special import ndtri

from twin.line import Line
from twin.results import Results
from twin.results.units import channels
from twin.study.simulate import simulate

Inputs = dict[str, Any]
WORLDS = 64


class Found(NamedTuple):
    """A value and its standard error."""

    value: float
    error: float


def over_worlds(sample: NDArray[np.float64]) -> Found:
    """The mean over replications."""
    return Found(float(sample.mean()), float(sample.std(ddof=1) / math.sqrt(sample.size)))


def values(results: Results) -> NDArray[np.float64]:
    """The first characteristic of every unit   (lot, unit)."""
    return next(channels(results.names, results.totals)).values[:, :, 0]


def station(given: Inputs, steps: list[dict[str, Any]], **product: Any) -> Line:
    """One exponential server in the midst of steps that take no time, fed by chance."""
    arrivals = {"every": {"exponential": f"{3600 / given['arrival_per_h']!r} s"}}
    return Line.from_document(
        {
            "line": "station",
            "toolgroups": {"press": {"rule": "fifo"}, "door": {"tools": "unlimited"}},
            "products": {"A": {"route": "r", "release": arrivals} | product},
            "routes": {"r": steps},
        }
    )


def press(given: Inputs, **more: Any) -> dict[str, Any]:
    """The server as a step."""
    time = {"exponential": f"{3600 / given['service_per_h']!r} s"}
    return {"step": "press", "toolgroup": "press", "time": time} | more


def run(line: Line, given: Inputs, lots: float = 4e6) -> Results:
    """So many lots over all replications, a twentieth of the time to warm up."""
    hours = lots / given["arrival_per_h"] / WORLDS
    return simulate(line, horizon=f"{1.05 * hours!r} h", warmup=f"{0.05 * hours!r} h", replications=WORLDS, seed=11)


def queue_decay(given: Inputs) -> Found:
    """E[exp(-k Wq)]: defects by waiting alone, a die of 1 cm2, Poisson."""
    process = {"law": "particles", "adders": "0 /cm2", "waiting": f"{given['decay_per_h']!r} /cm2/h"}
    die = {"width": "1 cm", "height": "1 cm", "clustering": "none"}
    results = run(station(given, [press(given, process=process)], die=die), given)
    return over_worlds(results.product_values["yield"][:, 0])


def queue_limit(given: Inputs) -> Found:
    """P(Wq > limit): breaches of a window from a door that takes no time."""
    limit = {"until": "press", "limit": f"{given['limit_h']!r} h"}
    door = {"step": "door", "toolgroup": "door", "time": "0 s", "queue_limit": limit}
    windows = run(station(given, [door, press(given)]), given).totals.windows
    return over_worlds(windows[:, 0, 1] / windows[:, 0, 0])


def rework_number(given: Inputs) -> Found:
    """Mean number in the system with Bernoulli feedback."""
    again = {"probability": given["p_rework"], "to": "press"}
    results = run(station(given, [press(given, rework=again)]), given)
    return over_worlds(results.totals.product[:, 0, 5] / results.totals.span_ticks)


def rework_sojourn(given: Inputs) -> Found:
    """Mean time in the system with Bernoulli feedback [h]."""
    again = {"probability": given["p_rework"], "to": "press"}
    product = run(station(given, [press(given, rework=again)]), given).totals.product
    return over_worlds(product[:, 0, 3] / product[:, 0, 2] / 3.6e6)


def bad_wafers(given: Inputs) -> Found:
    """Wafers from a shift until the chart stops the tool."""
    if given["rule"] != "single point":
        raise ValueError(f"no chart for the rule {given['rule']!r}")
    lag = given["metrology_delay_wafers"]
    condition = {"shift": {"every": 4000, "by": f"{given['shift_sigma']!r} nm"}, "unit": "1 nm"}
    chart = {"rules": ["beyond_3s"], "sigma": f"{given['limit_sigma'] / 3!r} nm", "stop": True}
    # known half a wafer before the next would begin, so that `lag` more have begun
    measure = {"chart": chart} | ({"lag": f"{lag - 0.5!r} min"} if lag else {})
    with plain_law():
        line = plain_line(
            condition,
            measure,
            measure_step={"sample": {"every": given["sample_every"]}},
            tool={"pm": [{"every": "alarm", "takes": "1 s"}]},
            product={"release": "saturated"},
        )
        results = simulate(line, horizon="60000 min", replications=WORLDS, seed=12)
    shifts = results.totals.shifts[:, 0].sum(axis=0)
    by_world = results.totals.shifts[:, 0, 1] / results.totals.shifts[:, 0, 0]
    return Found(float(shifts[1] / shifts[0]), over_worlds(by_world).error)


def sawtooth(given: Inputs) -> Found:
    """Variance of a drift that every maintenance takes back."""
    span = given["wafers_between_pm"]
    with plain_law():
        line = plain_line(
            {"per_unit": f"{given['drift_per_wafer']!r} nm"},
            tool={"pm": [{"every": f"{span} units", "takes": "1 s", "first": f"{span} units"}]},
            product={"release": "saturated"},
        )
        results = simulate(line, horizon=f"{20 * span} min", warmup="1 min", replications=1)
    cycles = values(results)[:, 0]
    whole = cycles[: len(cycles) // span * span]
    return Found(float(whole.var()), 0.0)


def chambers(given: Inputs) -> Found:
    """Standard deviation over the units of a tool whose chambers differ."""
    shares = np.array(given["shares"], dtype=float)
    count = next(n for n in range(1, 33) if np.allclose(shares * n, np.rint(shares * n)))
    offsets = np.repeat(given["chamber_offsets"], np.rint(shares * count).astype(int))
    condition = {"chambers": [f"{float(x)!r} nm" for x in offsets], "unit": f"{given['sigma_within']!r} nm"}
    with plain_law():
        line = plain_line(condition, tool={"chambers": count}, product={"lot_size": count * 8})
        results = simulate(line, horizon="2000 min", replications=WORLDS, seed=13)
    found = values(results)
    spread = found.std()
    return Found(float(spread), float(spread / math.sqrt(2 * found.size)))


def first_wafers(given: Inputs) -> Found:
    """Mean offset over a lot whose first wafers differ."""
    first = {"by": f"{given['shift']!r} nm", "units": given["decay_wafers"]}
    with plain_law():
        line = plain_line({"first": first}, process={"reach": "8 nm"}, product={"lot_size": given["lot_size"]})
        results = simulate(line, horizon="100 min", replications=1)
    return Found(float(values(results).mean()) - 100.0, 0.0)


def good_rate(given: Inputs) -> Found:
    """Good dies an hour: wafers start, some are scrapped at metrology, the others have defects."""
    lost = float(-ndtri((1 - given["line_yield"]) / 2))
    die = {"width": "1 cm", "height": "1 cm", "clustering": "none"}
    density = -math.log(given["die_yield"])
    with plain_law():
        line = plain_line(
            {"unit": "1 nm"},
            {"outside": "scrap"},
            height={"limits": [f"{100 - lost!r} nm", f"{100 + lost!r} nm"]},
            step={"time": "1 s"},
            product={"die": die, "release": {"every": f"{3600 / given['start_rate_wph']!r} s"}},
        )
        document = line.to_document()
        law = {"law": "particles", "adders": f"{density!r} /cm2"}
        document["routes"]["r"].append({"step": "dust", "toolgroup": "dust", "time": "1 s", "process": law})
        document["toolgroups"]["dust"] = {"tools": 1}
        results = simulate(Line.from_document(document), horizon="20 d", replications=WORLDS, seed=14)
    out = results.totals.product[:, 0, 1] / (results.totals.span_ticks / 3.6e6)
    return over_worlds(out * results.product_values["yield"][:, 0] * given["dies_per_wafer"])


def largest_stable(given: Inputs) -> Found:
    """The largest gain ratio at which control settles: told apart at 3 % on either side of the answer by the law."""
    from twin.process.run_to_run import largest_gain_ratio

    limit = float(largest_gain_ratio(given["lambda_"], delay=given["delay_runs"]))
    stable = settled(given, 0.97 * limit)
    unstable = settled(given, 1.03 * limit)
    return Found(limit if stable and not unstable else math.nan, 0.0)


def settled(given: Inputs, ratio: float) -> bool:
    """Whether a step of 1 nm dies away under control whose model believes in 1/ratio of the slope."""
    lag = given["delay_runs"]
    with plain_law():
        line = plain_line(
            {"offset": "1 nm"},
            {"lag": f"{lag - 0.5!r} min"} if lag else {},
            process={"control": {"weight": given["lambda_"], "model_gain": 1 / ratio, "delay": "ignored"}},
            product={"release": "saturated"},
        )
        results = simulate(line, horizon="3000 min", replications=1)
    last = values(results)[-200:, 0] - 100.0
    return bool(np.abs(last).max() < 0.5)


ROWS: dict[str, Callable[[Inputs], Found]] = {
    "coupling.mm1_queue_decay_yield": queue_decay,
    "coupling.mm1_queue_limit_violation": queue_limit,
    "coupling.mm1_rework_loop": rework_number,
    "coupling.mm1_rework_sojourn": rework_sojourn,
    "coupling.spc_bad_wafers": bad_wafers,
    "coupling.pm_sawtooth_variance": sawtooth,
    "coupling.chamber_mixture_sigma": chambers,
    "coupling.first_wafer": first_wafers,
    "coupling.yield_good_rate": good_rate,
    "coupling.r2r_lot_delay_gain": largest_stable,
}
