"""Characteristics, conditions of tools, metrology, control and charts: each word by itself, by hand or by its law."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from plain_law import plain_law, plain_line

from twin.arrays import fields as f
from twin.line import Line
from twin.line.measure import RULE_SETS, RULES
from twin.process.run_to_run import noise_inflation, ramp_offset
from twin.results import Results
from twin.results.units import channels
from twin.study.simulate import simulate

Floats = NDArray[np.float64]


@pytest.fixture(autouse=True)
def _law() -> Iterator[None]:
    with plain_law():
        yield


def ran(line: Line, horizon: str = "100 min", replications: int = 1, **said: Any) -> Results:
    return simulate(line, horizon=horizon, replications=replications, seed=4, **said)


def values(results: Results, which: int = 0) -> Floats:
    """Deviation of each unit's mean from 100 nm, lot by lot as they came out   (lot, unit)."""
    return list(channels(results.names, results.totals))[which].values[:, :, 0] - 100.0


def metrology(results: Results) -> dict[str, int]:
    columns = ("lots", "outside", "alarms", "false", "reworked", "scrapped", "held")
    return dict(zip(columns, results.totals.measures[:, 0].sum(axis=0).tolist(), strict=False))


# --- what a step makes ----------------------------------------------------------------------------


def test_noise_has_its_size_and_every_unit_its_own() -> None:
    line = plain_line(process={"noise": "2 nm", "lot_noise": "1.5 nm"}, product={"lot_size": 25})
    found = values(ran(line, "40 h", 4))
    assert found.size > 200_000
    within, between = found.std(axis=1, ddof=1), found.mean(axis=1)
    assert np.mean(within**2) == pytest.approx(4.0, rel=0.01)
    assert between.var() == pytest.approx(1.5**2 + 4 / 25, rel=0.06)
    assert abs(found.mean()) < 4 * np.sqrt(2.41 / len(found))
    assert abs(((found - between[:, None]) ** 4).mean() / ((found - between[:, None]) ** 2).mean() ** 2 - 3) < 0.03


def test_steps_set_add_to_and_take_from_a_characteristic() -> None:
    steps = [
        {"step": how, "toolgroup": "tool", "time": "1 s", "process": {"law": "plain", how: "h", "start": start}}
        for how, start in (("sets", "150 nm"), ("adds", "20 nm"), ("removes", "70.5 nm"))
    ]
    document = plain_line().to_document()
    document["routes"]["r"] = steps
    found = values(ran(Line.from_document(document)))
    np.testing.assert_allclose(found, -0.5, atol=1e-7)


def test_modes_add_up_and_a_site_in_the_centre_sees_the_bowl() -> None:
    signature = {"bowl": "1 nm", "tilt_x": "3 nm"}
    line = plain_line(
        measure={"outside": "scrap"},
        process={"signature": signature},
        height={"modes": 3, "limits": ["98 nm", None]},
    )
    results = ran(line)
    # Noll's Z4 is -sqrt(3) in the centre, where the gauge reads: below the limit would be 98
    assert metrology(results)["outside"] == 0
    height = next(channels(results.names, results.totals))
    np.testing.assert_allclose(height.values[0, 0], [100, 3, 0, 1], atol=1e-6)
    lower = Line.from_document(line.to_document() | {"characteristics": {"h": {
        "unit": "nm", "target": "100 nm", "modes": 3, "limits": ["98.3 nm", None]}}})  # fmt: skip
    assert metrology(ran(lower))["scrapped"] > 90
    five = lower.to_document()
    five["routes"]["r"][1]["measure"]["sites"] = 5  # the bowl is +sqrt(3) on the ring: (4 - 1) sqrt(3) / 5 above 100
    assert metrology(ran(Line.from_document(five)))["outside"] == 0


def test_a_second_product_has_limits_of_its_own() -> None:
    document = plain_line({"offset": "1 nm"}, {"outside": "scrap"}, height={"limits": [None, "102 nm"]}).to_document()
    document["products"]["B"] = document["products"]["A"] | {"limits": {"h": [None, "100.5 nm"]}}
    document["toolgroups"]["tool"]["tools"] = 2
    results = ran(Line.from_document(document))
    out, scrapped = results.totals.product[0, :, 1], results.totals.product[0, :, 11]
    assert out[0] > 90 and scrapped[0] == 0 and out[1] == 0 and scrapped[1] > 90


# --- conditions -----------------------------------------------------------------------------------


def test_each_tool_has_its_offset_and_each_chamber_its_own() -> None:
    line = plain_line(
        {"offset": ["1 nm", "-2 nm"], "chambers": ["0 nm", "0.25 nm", "0.5 nm"]},
        tool={"tools": 2, "chambers": 3},
        product={"lot_size": 4},
        step={"chambers": [2, 3]},
    )
    found = values(ran(line))
    in_turn = np.array([0.25, 0.5, 0.25, 0.5])
    by_tool = {round(float(row[0]), 2): row for row in found}
    np.testing.assert_allclose(by_tool[1.25], 1 + in_turn, atol=1e-6)
    np.testing.assert_allclose(by_tool[-1.75], -2 + in_turn, atol=1e-6)


def test_trends_by_unit_and_by_hour_begin_anew_with_maintenance() -> None:
    line = plain_line(
        {"per_unit": "0.5 nm", "per_hour": "6 nm"},
        tool={"pm": [{"every": "12 units", "takes": "1 min", "first": "12 units"}]},
        product={"lot_size": 4, "release": "saturated"},
    )
    found = values(ran(line))
    # lots of four units and 1 min: 0.5 nm a unit and 0.1 nm a minute, three lots between maintenances
    expected = [[0.5 * (4 * lot + unit) + 0.1 * lot for unit in range(4)] for lot in range(3)]
    np.testing.assert_allclose(found[:9], np.tile(expected, (3, 1)), atol=1e-6)


def test_seasoning_fades_unit_by_unit() -> None:
    line = plain_line({"seasoning": {"by": "3 nm", "units": 5}}, product={"lot_size": 10})
    found = values(ran(line))
    np.testing.assert_allclose(found[:5].ravel(), 3 * np.exp(-np.arange(50) / 5), atol=1e-4)


def test_wandering_has_its_size_and_its_memory() -> None:
    line = plain_line({"wander": {"sd": "2 nm", "units": 20}}, product={"release": "saturated", "lot_size": 5})
    found = values(ran(line, "100 h", 8))
    assert (found[:, 0] == found[:, 4]).all(), "from lot to lot, not inside one"
    series = found[:, 0].reshape(8, -1)[:, :5999]
    assert series.std() == pytest.approx(2.0, rel=0.05)
    lag_1 = np.mean(series[:, 1:] * series[:, :-1]) / np.mean(series**2)
    lag_8 = np.mean(series[:, 8:] * series[:, :-8]) / np.mean(series**2)
    assert lag_1 == pytest.approx(np.exp(-5 / 20), abs=0.02) and lag_8 == pytest.approx(np.exp(-2), abs=0.06)


def test_spread_is_drawn_once_a_tool_and_what_maintenance_leaves_with_each() -> None:
    tool = {"tools": 2, "pm": [{"every": "10 units", "takes": "1 s", "first": "10 units", "stagger": "none"}]}
    line = plain_line({"spread": "3 nm"}, tool=tool, product={"release": {"every": "30 s"}})
    levels = {tuple(np.unique(values(ran(line, "2 h", 1, warmup="1 min"))[:, 0].round(4)))}
    assert len(next(iter(levels))) == 2, "two tools, whatever maintenance does"
    many = ran(line, "10 min", 400)
    per_world = [np.unique(values(many)[many.totals.lots[:, 0] == w, 0].round(5)) for w in range(400)]
    assert np.concatenate(per_world).std() == pytest.approx(3.0, rel=0.1)
    left = plain_line({"after_pm": "3 nm"}, tool=tool | {"tools": 1}, product={"release": "saturated"})
    found = values(ran(left, "100 h"))[:, 0]
    runs = found[: len(found) // 10 * 10].reshape(-1, 10)
    assert (runs == runs[:, :1]).all() and runs[:, 0].std() == pytest.approx(3.0, rel=0.1)


def test_the_first_units_of_a_lot_differ_the_more_the_longer_the_tool_has_stood_idle() -> None:
    starts = {"schedule": [{"time": "0 min"}, {"time": "1 min"}, {"time": "62 min"}]}
    first = {"by": "8 nm", "units": 2, "idle": "1 h"}
    found = values(ran(plain_line({"first": first}, product={"lot_size": 3, "release": starts}), "2 h"))
    fades = np.exp(-np.arange(3) / 2)
    np.testing.assert_allclose(found[0], 0, atol=1e-5)
    np.testing.assert_allclose(found[1], 0, atol=1e-5)  # it came at the tick at which the tool was free
    np.testing.assert_allclose(found[2], 8 * (1 - np.exp(-1)) * fades, rtol=2e-4)


def test_a_shift_lasts_until_the_next_maintenance() -> None:
    line = plain_line(
        {"shift": {"every": 50, "by": "4 nm"}},
        tool={"pm": [{"every": "20 units", "takes": "1 s", "first": "20 units"}]},
        product={"release": "saturated"},
    )
    results = ran(line, "500 h")
    found = values(results)[:, 0]
    cycles = found[: len(found) // 20 * 20].reshape(-1, 20) > 2
    assert (np.diff(cycles.astype(int), axis=1) >= 0).all(), "once it is there it stays"
    # exponential with a mean of 50 units, seen at whole units: P(none in 20) = exp(-0.4)
    assert cycles.any(axis=1).mean() == pytest.approx(1 - np.exp(-20 / 50), abs=0.03)
    shifts, units = results.totals.shifts[0, 0]
    assert abs(shifts - cycles.any(axis=1).sum()) <= 1 and abs(units - cycles.sum()) <= 20


# --- metrology ------------------------------------------------------------------------------------


def test_lots_are_measured_in_turn() -> None:
    results = ran(plain_line(measure={}, measure_step={"sample": {"every": 10}}), "95 min")
    assert metrology(results)["lots"] == 10  # the first, the eleventh and so on to the ninety-first


def test_the_gauge_has_its_error_and_its_bias() -> None:
    """Lots of exactly 100 nm against limits of 1 nm: what is outside is the gauge's doing, as P(|N + bias| > 1)."""
    measure = {"gauge": "2 nm", "units": 4, "bias": "0.25 nm"}
    line = plain_line(measure=measure, height={"limits": ["99 nm", "101 nm"]}, product={"lot_size": 4})
    counts = metrology(ran(line, "200 h", 4))
    from scipy.special import ndtr

    expected = ndtr(-0.75) + ndtr(-1.25)
    share = counts["outside"] / counts["lots"]
    assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / counts["lots"])


def test_rework_goes_back_so_often_and_then_is_scrap() -> None:
    line = plain_line(
        {"offset": "5 nm"}, {"outside": {"to": "make", "most": 3}}, height={"limits": [None, "104 nm"]},
        product={"release": {"schedule": [{"time": "0 s"}, {"time": "10 min"}]}},
    )  # fmt: skip
    results = ran(line)
    assert metrology(results) | {"lots": 8} == metrology(results), "each lot is measured four times"
    assert metrology(results)["reworked"] == 6 and metrology(results)["scrapped"] == 2
    product = results.totals.product[0, 0]
    assert (product[1], product[6], product[11]) == (0, 6, 2)


def test_an_alarm_holds_its_lot_and_stops_its_tool_once() -> None:
    chart = {"sigma": "1 nm", "stop": True}
    starts = {"schedule": [{"time": "0 s"}, {"time": "2 min"}, {"time": "20 min"}]}
    pm = [{"every": "alarm", "takes": "7 min"}]
    line = plain_line({"offset": "4 nm"}, {"chart": chart}, tool={"pm": pm}, product={"release": starts})
    document = line.to_document()
    document["routes"]["r"][1]["measure"]["chart"]["hold"] = "30 min"
    document["routes"]["r"].append({"step": "pack", "toolgroup": "gauge", "time": "0 s"})
    results = ran(Line.from_document(document), log=True)
    log = results.log
    counts = metrology(results)
    assert (counts["lots"], counts["alarms"], counts["false"], counts["held"]) == (3, 3, 3, 3)
    minutes = {what: (log[log["what"] == what]["tick"] / 60_000).tolist() for what in ("pm", "pm_end", "out", "load")}
    # alarm at 1 min, maintenance to 8; the second lot waits for it: 8 to 9, maintenance to 16; the third 20 to 21
    assert minutes["pm"] == [1, 9, 21] and minutes["pm_end"] == [8, 16, 28]
    assert minutes["out"] == [31, 39, 51]


def test_results_are_known_after_their_lag() -> None:
    """Control with a lag of 2.5 lots: the first lot is known after 3.5 min, and the fifth made otherwise."""
    line = plain_line(
        {"offset": "4 nm"}, {"lag": "2.5 min"}, process={"control": {"weight": 1.0}}, product={"release": "saturated"}
    )
    found = values(ran(line))[:, 0]
    np.testing.assert_allclose(found[:8], [4, 4, 4, 4, 0, 0, 0, 0], atol=1e-5)


def test_too_many_results_waiting_are_told() -> None:
    from twin.engine import RunError

    line = plain_line(measure={"lag": "10 h", "chart": {"sigma": "1 nm"}})
    with pytest.raises(RunError, match=r"64 results of step 'look' of route 'r' wait for their lag to end"):
        ran(line, "5 h")


# --- control --------------------------------------------------------------------------------------


def test_late_results_do_not_make_control_swing_that_knows_its_lots_recipes() -> None:
    """Six lots late: with the recipe of each lot known the error falls and stays down, whatever the delay."""
    found = {}
    for delay in ("known", "ignored"):
        process = {"control": {"weight": 0.3, "delay": delay}}
        line = plain_line({"offset": "4 nm"}, {"lag": "5.5 min"}, process=process, product={"release": "saturated"})
        found[delay] = values(ran(line, "10 h"))[:, 0]
    assert (np.diff(found["known"]) < 1e-6).all() and abs(found["known"][-1]) < 1e-3
    assert np.abs(found["ignored"][-60:]).max() > 8


@pytest.mark.parametrize(("weight", "model_gain"), [(0.3, 1.0), (0.5, 2.0), (1.0, 0.8)])
def test_control_follows_a_ramp_at_the_laws_distance(weight: float, model_gain: float) -> None:
    line = plain_line(
        {"per_unit": "0.02 nm"}, {}, process={"control": {"weight": weight, "model_gain": model_gain}, "slope": 2},
        product={"release": {"every": "90 s"}},
    )  # fmt: skip
    last = values(ran(line, "20 h"))[-50:, 0]
    assert last.mean() == pytest.approx(ramp_offset(0.02, weight, 1 / model_gain), rel=1e-3)


def test_control_that_chases_noise_makes_more_of_it() -> None:
    process = {"control": {"weight": 0.3}, "noise": "1 nm"}
    line = plain_line(measure={}, process=process, product={"release": {"every": "90 s"}})
    found = values(ran(line, "400 h", 8, warmup="1 h"))
    expected = noise_inflation(0.3)
    assert found.var() == pytest.approx(expected, rel=4 * np.sqrt(2 / found.size) * 1.5)


def test_control_goes_no_further_than_it_may() -> None:
    line = plain_line({"offset": "20 nm"}, {}, process={"control": {"weight": 0.5, "most": "5 nm"}})
    assert values(ran(line))[-1, 0] == pytest.approx(15.0, abs=1e-4)


def test_the_recipes_time_follows_control() -> None:
    """An etch of 100 nm at 20 nm/min in 5 min; at 10 % less it takes 5 min 33 s."""
    document = plain_line(measure={}).to_document()
    document["characteristics"]["h"] |= {"limits": [None, None]}
    law = {"law": "etch", "rate": "20 nm/min", "time": "5 min", "sets": "h", "control": {"weight": 0.5}}
    document["routes"]["r"][0] |= {"process": law, "time": "recipe"}
    document["toolgroups"]["tool"] = {"condition": {"rate": {"offset": "-10 %"}}}
    document["products"]["A"]["release"] = {"every": "10 min"}
    line = Line.from_document(document)
    assert line.to_document()["routes"]["r"][0]["time"] == "recipe" and line.routes["r"][0].time.mean == 300.0
    results = ran(line, "10 h", log=True)
    at_tool = results.log[results.log["step"] == "make"]
    took = [at_tool[at_tool["what"] == what]["tick"].to_numpy() for what in ("load", "finish")]
    times = took[1] - took[0][: len(took[1])]
    assert times[0] == 300_000 and (np.diff(times) >= 0).all()
    assert times[-1] == pytest.approx(300_000 / 0.9, rel=1e-4)
    assert abs(values(results)[-1, 0]) < 0.02


# --- charts ---------------------------------------------------------------------------------------


def broken(rule: str, points: list[float]) -> bool:
    """Whether a series, in standard deviations, breaks a rule with its last point: the rules as they are written."""
    x = np.array(points)

    def run(test: Any, least: int, last: int) -> bool:
        return any(int(test(side * x[-last:]).sum()) >= least for side in (1, -1))

    steps = np.sign(np.diff(x))
    return {
        "beyond_3s": lambda: abs(x[-1]) > 3,
        "two_of_three_beyond_2s": lambda: run(lambda y: y > 2, 2, 3),
        "four_of_five_beyond_1s": lambda: run(lambda y: y > 1, 4, 5),
        "eight_on_one_side": lambda: run(lambda y: y > 0, 8, 8),
        "nine_on_one_side": lambda: run(lambda y: y > 0, 9, 9),
        "six_trending": lambda: len(x) >= 6 and abs(steps[-5:].sum()) == 5,
        "fourteen_alternating": lambda: len(x) >= 14 and bool((steps[-13:-1] * steps[-12:] == -1).all()),
        "fifteen_within_1s": lambda: len(x) >= 15 and bool((np.abs(x[-15:]) <= 1).all()),
        "eight_outside_1s": lambda: len(x) >= 8 and bool((np.abs(x[-8:]) > 1).all()),
    }[rule]()


@pytest.mark.parametrize("rule", RULES)
def test_a_chart_breaks_its_rule_where_the_rule_says(rule: str) -> None:
    """The alarms of a run are those that its own measured values break, counted anew after each."""
    sigma = {"fifteen_within_1s": 1.6, "eight_outside_1s": 0.5}.get(rule, 1.0)
    line = plain_line(
        {"wander": {"sd": "0.7 nm", "units": 4}}, {"chart": {"rules": [rule], "sigma": f"{sigma} nm"}},
        process={"noise": "0.9 nm"}, product={"release": "saturated"},
    )  # fmt: skip
    results = ran(line, "300 h")
    alarms, since = 0, []
    for value in values(results)[:, 0]:
        since.append(value / sigma)
        if broken(rule, since[-20:]):
            alarms, since = alarms + 1, []
    counts = results.totals.measures[0, 0]
    assert alarms > 20, "a test of a rule that is never broken tests nothing"
    assert counts[f.MS_ALARMS] == alarms == counts[f.MS_RULES + RULES.index(rule)]


def test_the_rules_of_western_electric_in_control_have_their_run_length() -> None:
    line = plain_line(
        measure={"chart": {"rules": "western_electric", "sigma": "1 nm"}}, process={"noise": "1 nm"},
        product={"release": {"every": "61 s"}},
    )  # fmt: skip
    results = ran(line, "3000 h", 8)
    alarms, points = (int(results.totals.measures[:, 0, k].sum()) for k in (f.MS_ALARMS, f.MS_LOTS))
    # Champ & Woodall, Technometrics 29, 393 (1987): 91.75 samples; run lengths scatter about as much as their mean
    assert points / alarms == pytest.approx(91.75, rel=4 / np.sqrt(alarms))
    assert results.totals.measures[:, 0, f.MS_FALSE].sum() == alarms
    assert RULE_SETS["western_electric"] == RULES[:4]


# --- visits ---------------------------------------------------------------------------------------


def test_visits_tell_tool_wait_and_units_since_maintenance() -> None:
    document = plain_line(tool={"tools": 2}).to_document()
    document["products"]["A"] |= {"lot_size": 3, "release": {"schedule": [{"time": "0 s"}] * 4}}
    line = Line.from_document(document)
    assert ran(line).totals.visits.shape == (0, 8)
    for log in (False, True):
        results = ran(line, visits=True, log=log)
        visits = results.totals.visits
        assert visits[:, [0, 2, 4]].tolist() == [[0, 0, 0]] * 4
        assert visits[:, 3].tolist() == [0, 1, 2, 3] and visits[:, 5].tolist() == [0, 1, 0, 1]
        assert visits[:, 6].tolist() == [0, 0, 3, 3]
        assert visits[:, [1, 7]].tolist() == [[0, 0], [0, 0], [60_000, 60_000], [60_000, 60_000]]  # all came at 0
        if log:
            assert not set(results.log["what"]) & {"visit", "values", "quality"}
