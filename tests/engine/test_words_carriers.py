"""Carriers: closed loops against their exact throughput, and small lines worked out by hand."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest
from carrier_laws import carriers_are_conserved
from word_lines import MINUTE, OUT, flow, for_a_time, history, line, starts, step, times

from twin.arrays.fields import PR_SCRAPPED
from twin.engine import RunError
from twin.line import Line
from twin.results import Results
from twin.study.compare import compare
from twin.study.simulate import simulate

USED, BACK, THERE, NONE_FREE, TAKEN, WAIT, WAITED = range(7)
GROUPS: dict[str, Any] = {"a": {"tools": 1}, "b": {"tools": 1}, "way": {"tools": "unlimited"}}


def loop(count: int, *, release: Any = "saturated", way_back: Any = "10 min") -> Line:
    """A round of 20 min: a bottleneck of 1 min, 8 min on the way, 1 min at the end, 10 min back."""
    steps = [step("on", "a", takes="skid"), step("ride", "way", 8), step("off", "b", gives="skid")]
    return flow(GROUPS, steps, release, carriers={"skid": {"count": count, "return": way_back}})


def sums(results: Results, kind: int = 0) -> list[float]:
    """Totals of a kind of carriers, times in minutes."""
    found = results.totals.carriers[0, kind].tolist()
    return [value / (1 if k in (TAKEN, WAITED) else MINUTE) for k, value in enumerate(found)]


@pytest.mark.parametrize("count", [10, 19, 20, 25])
def test_a_closed_loop_of_constants_delivers_what_it_must(count: int) -> None:
    """Throughput is the smaller of the bottleneck's 60 an hour and 3 an hour for each skid (a round of 20 min)."""
    results = history(loop(count), 600, 300)
    rate = min(60, 3 * count)
    assert int(results.totals.product[0, 0, OUT]) == 5 * rate
    used, back, there, none_free, taken, *_ = sums(results)
    assert (used, back, there, taken) == (300 * rate / 6, 300 * rate / 6, 300 * count, 5 * rate)
    assert none_free == (300 if 3 * count <= 60 else 0)
    pooled = loop(count).to_document()  # the same as so many lots in circulation, the way back a step of its own
    del pooled["carriers"], pooled["routes"]["main"][0]["takes"], pooled["routes"]["main"][2]["gives"]
    pooled["products"]["p"]["release"] = {"wip": count}
    pooled["routes"]["main"].append(step("back", "way", 10))
    circulating = history(Line.from_document(pooled), 600, 300)
    assert times(circulating, "finish", step="off") == times(results, "finish", step="off")


def mean_values(service: list[float], delay: float, count: int) -> float:
    """Throughput of a closed network of exponential single servers and a delay, by mean value analysis.

    Reiser, Lavenberg, "Mean-value analysis of closed multichain queuing networks", Journal of the ACM 27(2), 1980.
    """
    queue = [0.0] * len(service)
    rate = 0.0
    for customers in range(1, count + 1):
        stay = [s * (1 + q) for s, q in zip(service, queue, strict=True)]
        rate = customers / (delay + sum(stay))
        queue = [rate * t for t in stay]
    return rate


@pytest.mark.parametrize("count", [2, 6])
def test_a_closed_exponential_loop_is_one_of_product_form(count: int) -> None:
    """Two exponential stations and a way back that is a delay, of a law that does not matter but for its mean."""
    steps = [
        step("on", "a", takes="skid") | {"time": {"exponential": "1 min"}},
        step("off", "b", gives="skid") | {"time": {"exponential": "0.8 min"}},
    ]
    back = {"uniform": ["1 min", "3 min"]}
    made = flow(GROUPS, steps, "saturated", carriers={"skid": {"count": count, "return": back}})
    results = simulate(made, horizon="2200 min", warmup="200 min", replications=40, seed=1, device="cpu")
    rate = results.totals.product[:, 0, OUT] / 2000
    exact = mean_values([1.0, 0.8], 2.0, count)
    error = rate.std(ddof=1) / sqrt(rate.size)
    assert error < 0.006 * exact
    assert abs(rate.mean() - exact) < 3 * error
    on_the_way = results.totals.carriers[:, 0, BACK].mean() / (2000 * MINUTE)
    assert on_the_way == pytest.approx(2.0 * exact, rel=0.02)  # Little


def test_a_lot_waits_for_its_carrier_in_the_queue_of_the_step_that_takes_it() -> None:
    """One skid, 3 min on lots and 3 min back: a lot every 6 min. Lots two and three want it alone from minute 2 on."""
    steps = [step("on", "a", 2, takes="skid"), step("off", "b", 1, gives="skid")]
    results = history(flow(GROUPS, steps, starts(0, 1, 1), carriers={"skid": {"count": 1, "return": "3 min"}}), 17)
    assert times(results, "load", step="on") == [0, 6, 12]
    assert times(results, "out") == [3, 9, 15]
    used, back, there, none_free, taken, wait, waited = sums(results)
    assert (used, back, there, none_free) == (9, 3 + 3 + 2, 17, 17)
    assert (taken, wait, waited) == (3, 4 + 10, 2)
    assert results.totals.tool_ticks[0, 0, 4] == (17 - 6) * MINUTE  # the tool starves, as for an auxiliary


def test_a_carrier_comes_back_from_wherever_the_lot_leaves_its_stretch() -> None:
    """A branch past the giving step, one out of the line, and a breach that scraps the lot each free it at once."""
    on, off = step("on", "a", takes="skid"), step("off", "b", gives="skid")
    past = step("mid", "b", branch=[{"probability": 1, "to": "end_of_it"}])
    out = step("mid", "b", branch=[{"probability": 1, "to": "end"}])
    late = step("mid", "b", 5)
    for steps in ([on, past, off, step("end_of_it", "way", 7)], [on, out, off]):
        results = history(flow(GROUPS, steps, starts(0, 0, 0), carriers={"skid": 1}), 60)
        assert times(results, "load", step="on") == [0, 2, 4]
        assert (sums(results)[USED], sums(results)[TAKEN]) == (6, 3)
    limit = {"until": "mid", "limit": "1 min", "breach": "scrap"}
    steps = [on | {"queue_limit": limit}, late, off]
    results = history(flow(GROUPS, steps, starts(0, 0), carriers={"skid": 2}), 60)
    assert times(results, "scrap") == [6]  # 'mid' is taken from 1 to 6, the second lot could have started until 3
    assert int(results.totals.product[0, 0, PR_SCRAPPED]) == 1
    assert sums(results)[USED] == 7 + (6 - 1)


def test_a_loop_back_keeps_the_carrier_even_from_the_step_that_gives_it_up() -> None:
    """One skid for all: lots that are sent back are on it still, or nobody would ever be let through."""
    back = {"probability": 0.5, "to": "on"}
    steps = [step("on", "a", takes="skid"), step("off", "b", gives="skid", rework=back)]
    results = history(flow(GROUPS, steps, starts(*range(40)), carriers={"skid": 1}), 600)
    assert int(results.totals.product[0, 0, OUT]) == 40
    loads = len(times(results, "load", step="on"))
    used, *_, = sums(results)
    assert loads > 60 and used == 2 * loads  # held without a gap
    assert sums(results)[TAKEN] == 40


def test_lots_in_the_line_past_the_taking_step_are_on_a_carrier() -> None:
    steps = [step("on", "a", takes="skid"), step("off", "b", 5, gives="skid")]
    wip = [{"lot": f"l{k}", "product": "p", "step": name} for k, name in enumerate(["off", "on"])]
    results = history(flow(GROUPS, steps, starts(500), wip=wip, carriers={"skid": {"count": 1, "return": "2 min"}}), 20)
    assert times(results, "load", step="on") == [7]
    assert sums(results)[TAKEN] == 2


def test_of_two_toolgroups_the_lot_that_has_waited_longest_gets_the_carrier() -> None:
    off = step("off", "way", 10, gives="skid")
    routes = {"x": [step("x_on", "a", takes="skid"), off], "y": [step("y_on", "b", takes="skid"), off]}
    products = {"x": {"route": "x", "release": starts(0, 3)}, "y": {"route": "y", "release": starts(2)}}
    results = history(line(GROUPS, products, routes, carriers={"skid": 1}), 60)
    assert times(results, "load", step="y_on") == [11]
    assert times(results, "load", step="x_on") == [0, 22]


def test_a_product_rides_from_its_first_step_to_its_last() -> None:
    made = loop(10).to_document()
    del made["routes"]["main"][0]["takes"], made["routes"]["main"][2]["gives"]
    made["products"]["p"]["carrier"] = "skid"
    riding = history(Line.from_document(made), 300)
    np.testing.assert_array_equal(riding.totals.carriers, history(loop(10), 300).totals.carriers)
    assert times(riding, "out") == times(history(loop(10), 300), "out")


def test_a_lot_may_be_on_two_kinds_at_once() -> None:
    steps = [
        step("on", "a", takes="skid"), step("more", "b", takes="hanger", gives="skid"),
        step("off", "a", gives="hanger"),
    ]  # fmt: skip
    results = history(flow(GROUPS, steps, starts(0), carriers={"skid": 1, "hanger": 2}), 10)
    assert (sums(results, 0)[USED], sums(results, 1)[USED]) == (2, 2)
    assert (sums(results, 0)[NONE_FREE], sums(results, 1)[NONE_FREE]) == (2, 0)


def test_lots_that_wait_for_each_others_carriers_are_told() -> None:
    """Two lots hold both skids and want a hanger, two hold both hangers and want a skid: none can go on."""
    groups = {"a": {"tools": 2}, "b": {"buffer": 1}, "c": {"tools": 2}, "d": {"buffer": 1}}
    routes = {
        "x": [step("x1", "a", takes="skid"), step("x2", "b", takes="hanger", gives="skid"),
              step("x3", "way", gives="hanger")],
        "y": [step("y1", "c", takes="hanger"), step("y2", "d", takes="skid", gives="hanger"),
              step("y3", "way", gives="skid")],
    }
    products = {name: {"route": name, "release": starts(0, 0)} for name in "xy"}
    made = line(GROUPS | groups, products, routes, carriers={"skid": 2, "hanger": 2})
    with pytest.raises(RunError) as told:
        history(made, 60)
    assert "at 1 min: deadlock: nothing can move any more: a/2 holds x and finds no place at b (1 of" in str(told.value)
    assert "b waits for a hanger, of which lots hold 2 of 2; d waits for a skid, of which lots" in str(told.value)
    assert str(told.value).endswith("or give the toolgroup without a place a larger `buffer`")


def test_a_part_rides_into_its_store_and_its_carrier_is_free_when_it_is_joined() -> None:
    """Four pallets, of which three wait with doors in the rack: three doors go at once, every 10 min."""
    routes = {
        "car": [step("fit", "a", joins={"door": 3})],
        "door": [step("press", "b"), {"step": "rest", "toolgroup": "rack"}],
    }
    products = {
        "car": {"route": "car", "release": {"every": "10 min", "start": "10 min"}},
        "door": {"route": "door", "carrier": "pallet", "release": "saturated"},
    }
    groups = GROUPS | {"rack": {"tools": "store"}}
    results = history(line(groups, products, routes, carriers={"pallet": {"count": 4, "return": "2 min"}}), 60)
    later = [float(10 * k + minute) for k in range(1, 6) for minute in (2, 3, 4)]
    assert times(results, "load", step="press") == [0, 1, 2, 3, *later]
    carriers_are_conserved(results, results.line, 60)


def test_a_what_if_on_their_number_shares_its_luck() -> None:
    told = compare(loop(10), {"more": {"carriers.skid.count": 15}}, horizon="600 min", warmup="300 min", replications=2)
    row = told.differences.loc[("more", "throughput")]
    assert (row["base"], row["scenario"]) == (pytest.approx(24 * 30), pytest.approx(24 * 45))


def test_their_number_changes_for_a_time() -> None:
    """10 of 20 skids away from 200 to 400 min: half as much from a round later on, as before a round after the end."""
    made = loop(20).to_document() | {"transients": [for_a_time("carriers.skid.count=10", 200, 400)]}
    out = np.array(times(history(Line.from_document(made), 710), "out"))
    rates = [int(((out > begin) & (out <= begin + 100)).sum()) for begin in (60, 240, 300, 500, 600)]
    assert rates == [100, 50, 50, 100, 100]


def test_all_of_them_may_be_away_for_a_time() -> None:
    made = loop(20).to_document() | {"transients": [for_a_time("carriers.skid.count=0", 100, 130)]}
    results = history(Line.from_document(made), 200)
    loads = times(results, "load", step="on")
    assert not [at for at in loads if 100 <= at < 130] and 130 in loads
    assert sums(results)[THERE] == 20 * 170


def test_another_way_back_holds_from_the_next_carrier_on() -> None:
    steps = [step("on", "a", 2, takes="skid", gives="skid")]
    made = flow(
        GROUPS, steps, "saturated", carriers={"skid": {"count": 1, "return": "3 min"}},
        transients=[for_a_time("carriers.skid.return=8 min", 6)],
    )  # fmt: skip
    assert times(history(made, 30), "load") == [0, 5, 15, 25]
