"""Vehicles with places: schedules worked out by hand, closed forms, conservation, and the same as a plain delay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from word_lines import MINUTE, OUT, flow, history, starts, step, times

from twin.line import Line
from twin.results import Results
from twin.study.compare import compare
from twin.study.why import why

LOADED, EMPTY, HANDLING, TRIPS, PICKED, WAIT = range(6)
# 60 m/min: a minute for each 60 m. a ---120 m--- b ---180 m--- c, and d off the way of b, 60 m from it.
NETWORK: dict[str, Any] = {
    "nodes": {"na": ["0 m", "0 m"], "nb": ["120 m", "0 m"], "nc": ["300 m", "0 m"], "nd": ["120 m", "60 m"]},
    "edges": [["na", "nb"], ["nb", "nc"], ["nb", "nd"]],
    "stations": {"a": "na", "b": "nb", "c": "nc", "d": "nd"},
}
GROUPS: dict[str, Any] = {name: {"tools": 1} for name in "abcd"}


def carried(steps: list[dict[str, Any]], release: Any, **vehicles: Any) -> Line:
    """A route on the network, carried by vehicles of 60 m/min."""
    fleet = {"count": 1, "speed": "60 m/min"} | vehicles
    return flow(GROUPS, steps, release, network=NETWORK, vehicles={"agv": fleet}, transport={"vehicles": "agv"})


def sums(results: Results) -> list[float]:
    """Totals of the vehicles, times in minutes."""
    found = results.totals.fleets[0, 0].tolist()
    return [value / (1 if k in (TRIPS, PICKED) else MINUTE) for k, value in enumerate(found)]


def test_one_vehicle_between_two_stations() -> None:
    # The vehicle stands at a, where lots are done at 3, 6 and 9: loads 3-4, drives 4-6, unloads 6-8; b 8-9.
    # Empty 8-10, loads 10-11, drives 11-13, unloads 13-15; b 15-16. Empty 15-17, loads 17-18, 18-20, 20-22; b 22-23.
    run = history(carried([step("s1", "a", 3), step("s2", "b", 1)], starts(0, 0, 0), load="1 min", unload="2 min"), 40)
    assert times(run, "finish", step="s1") == [3, 6, 9]
    assert times(run, "queue", step="s2") == [8, 15, 22]
    assert times(run, "out") == [9, 16, 23]
    assert sums(run) == [3 * 2, 2 * 2, 3 * 3, 3, 3, 0 + 4 + 8]


@pytest.mark.parametrize(("dispatch", "queued"), [("oldest", [6, 13, 17]), ("nearest", [6, 15, 13])])
def test_a_free_vehicle_takes_the_oldest_or_the_nearest_lot(dispatch: str, queued: list[float]) -> None:
    # p at b asks at 1 for c: the vehicle comes from a 1-3, drives 3-6. At 2 q at a asks for b, at 3 r at d asks for a.
    # Free at c at 6: the oldest is q: empty 6-11, drives 11-13; then r: empty b-d 13-14, drives d-a 14-17.
    # The nearest is r: empty c-d 6-10, drives d-a 10-13; then q, at a already: drives 13-15.
    routes = {
        "p": [step("p1", "b", 1), step("p2", "c", 1)],
        "q": [step("q1", "a", 1), step("q2", "b", 1)],
        "r": [step("r1", "d", 1), step("r2", "a", 1)],
    }
    line = Line(
        line="three", toolgroups=GROUPS, routes=routes, network=NETWORK, transport={"vehicles": "agv"},
        vehicles={"agv": {"count": 1, "speed": "60 m/min", "dispatch": dispatch}},
        products={name: {"route": name, "release": starts(k)} for k, name in enumerate("pqr")},
    )  # fmt: skip
    run = history(line, 60)
    assert [times(run, "queue", step=name)[0] for name in ("p2", "q2", "r2")] == queued


def test_the_nearest_idle_vehicle_comes_and_of_two_as_near_the_longest_idle() -> None:
    # both start at c. The lot at a asks at 1: the first vehicle comes 1-6, drives a-b 6-8 and stays there.
    # The second lot asks at 21 at a: that vehicle is 2 min away, the other 5.
    run = history(carried([step("s1", "a", 1), step("s2", "b", 1)], starts(0, 20), count=2, starts="nc"), 60)
    assert times(run, "queue", step="s2") == [8, 25]
    assert sums(run) == [4, 5 + 2, 0, 2, 2, 7]


def test_higher_priority_is_carried_first() -> None:
    # p at a asks at 1 and 2, the hot lot at d at 2.5; free at b at 3: empty b-d, drives 4-5; empty b-a 5-7, drives 7-9.
    line = carried([step("s1", "a", 1), step("s2", "b", 1)], starts(0, 0), dispatch="oldest").to_document()
    line["routes"]["side"] = [step("h1", "d", 1), step("h2", "b", 1)]
    line["products"]["hot"] = {"route": "side", "release": starts(1.5), "priority": 30}
    run = history(Line.from_document(line), 60)
    assert (times(run, "queue", step="h2"), times(run, "queue", step="s2")) == ([5], [3, 9])


@pytest.mark.parametrize(("load", "unload"), [(0, 0), (1, 2)])
def test_with_lots_enough_it_is_the_round_trip(load: int, unload: int) -> None:
    """One vehicle: 1 / (loaded + empty + load + unload), here 60 / (2 + 2 + load + unload) an hour."""
    steps = [step("s1", "a", 1), step("s2", "b", 1)]
    line = carried(steps, {"wip": 12}, load=f"{load} min", unload=f"{unload} min")
    results = history(line, 44 * 60, 2 * 60)
    rounds = 42 * 60 / (4 + load + unload)
    assert sums(results)[TRIPS] == rounds == int(results.totals.product[0, 0, OUT])
    assert sums(results)[:3] == [2 * rounds, 2 * rounds, (load + unload) * rounds]
    figures = results.vehicle_figures["agv"]
    driven = 24 * 60 * 60 * 4 / (4 + load + unload)  # [m/d] at 60 m/min
    assert figures["idle"] and figures["idle"].mean == 0
    assert figures["distance"] and figures["distance"].mean == pytest.approx(driven)


WAYS = [step("s1", "a", 2), step("s2", "c", 1), step("s3", "b", 1), step("s4", "b", 1), step("s5", "d", 2)]
RANDOM = {"every": {"exponential": "3 min"}}


def test_transport_at_a_speed_is_a_delay_by_distance() -> None:
    speed = flow(GROUPS, WAYS, RANDOM, network=NETWORK, transport={"speed": "1 m/s"})
    plain = history(speed, 600)
    # a-c 5 min, c-b 3, b-b none, b-d 1; delays written by hand say the same
    groups = GROUPS | {"way": {"tools": "unlimited"}}
    by_hand = [WAYS[0], step("w1", "way", 5), WAYS[1], step("w2", "way", 3), *WAYS[2:4], step("w3", "way", 1), WAYS[4]]
    delayed = history(flow(groups, by_hand, RANDOM), 600)
    for name in ("s2", "s3", "s4", "s5"):
        assert times(plain, "queue", step=name) == times(delayed, "queue", step=name), name
    assert len(times(plain, "out")) > 100


def test_ready_vehicles_add_nothing_to_the_way() -> None:
    """Lots go a to b only when a vehicle stands at a: with enough of them the trips are a plain delay to the tick."""
    steps = [step("s1", "a", 2), step("s2", "b", 1)]
    many = history(carried(steps, RANDOM, count=400), 600)
    plain = history(flow(GROUPS, steps, RANDOM, network=NETWORK, transport={"speed": "60 m/min"}), 600)
    assert times(many, "queue", step="s2") == times(plain, "queue", step="s2")
    assert sums(many)[EMPTY] == sums(many)[HANDLING] == sums(many)[WAIT] == 0 and sums(many)[TRIPS] > 150


@pytest.mark.parametrize("dispatch", ["oldest", "nearest"])
def test_time_and_trips_are_conserved(dispatch: str) -> None:
    """Loaded, empty, handling and idle add up to vehicles x time; every trip is loaded as long as its way."""
    more = {"count": 2, "load": "20 s", "unload": "40 s", "dispatch": dispatch, "starts": "nd"}
    run = history(carried(WAYS, RANDOM | {}, **more), 3000)
    loaded, empty, handling, trips, picked, _ = sums(run)
    figures = run.vehicle_figures["agv"]
    shares = [figures[key].mean for key in ("loaded", "empty", "handling", "idle")]  # type: ignore[union-attr]
    assert sum(shares) == pytest.approx(1, abs=1e-12) and min(shares) > 0
    moves = [len(times(run, "queue", step=name)) for name in ("s2", "s3", "s5")]
    assert sum(moves) == trips <= picked <= trips + 2
    assert 0 <= loaded - np.dot(moves, [5, 3, 1]) < 2 * 5
    assert 0 <= handling - trips < 2 and empty > 0


def test_what_ifs_change_the_fleet() -> None:
    line = carried([step("s1", "a", 1), step("s2", "b", 1)], {"wip": 12})
    what_ifs = {"two": ["vehicles.agv.count=2"], "fast": ["vehicles.agv.speed=2 m/s"]}
    found = compare(line, what_ifs, horizon="10 h", warmup="1 h", replications=1)
    rates = [int(results.totals.fleets[0, 0, TRIPS]) for results in (found.base, *found.scenarios.values())]
    assert rates == [9 * 15, 9 * 30, 9 * 30]


def test_why_a_lot_waits_for_a_vehicle() -> None:
    """As in the first test: the first lot is carried 3-8, the second asks at 6 and is fetched 8-10."""
    line = carried([step("s1", "a", 3), step("s2", "b", 1)], starts(0, 0, 0), load="1 min", unload="2 min")
    line = Line.from_document(line.to_document() | {"run": {"horizon": "40 min", "warmup": "0 s"}})
    told = {minute: str(why(line, "b", minute * 60)) for minute in (3.5, 5, 7, 9, 12)}
    assert "one of agv takes it up for b until 00:04:00" in told[3.5]
    assert "it is on its way to b with one of agv until 00:06:00" in told[5]
    assert "one of agv sets it down at b until 00:08:00" in told[7]
    assert "one of agv comes for it, and is there at 00:10:00" in told[9]
    assert "it is on its way to b with one of agv until 00:13:00" in told[12]
