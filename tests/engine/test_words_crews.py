"""Crews: who waits for whom, what a failure does to a task, what a smaller crew means. Minutes worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from lines import staffed
from word_lines import MINUTE, flow, for_a_time, history, line, rows, spent, starts, step, times

from twin.arrays import fields as f
from twin.arrays.line import compile_line
from twin.engine import RunError
from twin.line import Line
from twin.results import Results
from twin.study.batch import Batch
from twin.study.simulate import simulate

BUSY, THERE, TASKS, WAIT, WAITED = range(5)
LOADED = {"load": "2 min", "crew": {"load": "operators"}}


def crew(run: Results, number: int = 0) -> list[float]:
    """Minutes at work, minutes there, tasks, minutes waited, tasks that waited."""
    row = run.totals.crews[0, number].tolist()
    return [row[BUSY] / MINUTE, row[THERE] / MINUTE, row[TASKS], row[WAIT] / MINUTE, row[WAITED]]


def side_by_side(groups: dict[str, Any], minutes: dict[str, float], **more: Any) -> Line:
    """A toolgroup, a route and a product of one lot at minute 0 each, of one name."""
    products = {name: {"route": name, "release": starts(0)} for name in groups} | more.pop("products", {})
    routes = {name: [step("s", name, minutes[name])] for name in groups}
    return line(groups, products, routes, **more)


def stop(at: float, takes: float, **more: Any) -> dict[str, Any]:
    """One failure at a minute of calendar up time, and none for long after."""
    return {"mtbf": {"trace": {"values": [f"{at} min", "100 d"], "end": "repeat"}}, "mttr": f"{takes} min",
            "clock": "calendar"} | more  # fmt: skip


# --- parts of a run -------------------------------------------------------------------------------


def test_a_lot_on_its_tool_waits_for_the_operator() -> None:
    # one operator, load 2: a is loaded 0-2, b 2-4, c 4-6; each then runs 3.
    of = side_by_side(dict.fromkeys("abc", LOADED), dict.fromkeys("abc", 3.0), crews={"operators": 1})
    run = history(of, 20)
    assert times(run, "finish") == [5, 7, 9]
    assert spent(run, 1) == {"no_operator": 2, "productive": 5, "starved": 13}
    assert spent(run, 2) == {"no_operator": 4, "productive": 5, "starved": 11}
    assert crew(run) == [6, 20, 3, 6, 2]


def test_the_operator_is_asked_for_each_part_anew() -> None:
    # setup 4, load 2, process 3, unload 1, all by one operator; b asks at 1 and gets the operator between a's parts.
    # a: setup 0-4; b's load (asked at 1) 4-6; a's load 6-8, then its process 8-11, its unload 11-12. b runs from 6
    # without anybody, and its unload (asked at 9) waits until a's process ends: 11-12, before a's, which is 12-13.
    tasks = dict.fromkeys(("setup", "load", "process", "unload"), "operators")
    groups = {
        "a": {"load": "2 min", "unload": "1 min", "crew": tasks, "setups": {"changes": {"to": "X", "time": "4 min"}}},
        "b": {"load": "2 min", "unload": "1 min", "crew": {"load": "operators", "unload": "operators"}},
    }
    products = {"p": {"route": "a", "release": starts(0)}, "q": {"route": "b", "release": starts(1)}}
    routes = {"a": [step("s", "a", 3, setup="X")], "b": [step("s", "b", 3)]}
    run = history(line(groups, products, routes, crews={"operators": 1}), 20)
    assert times(run, "finish", tool="b") == [12]
    assert times(run, "finish", tool="a") == [13]
    assert spent(run, 0) == {"setup": 4, "no_operator": 2 + 1, "productive": 2 + 3 + 1, "starved": 7}
    assert spent(run, 1) == {"starved": 1 + 8, "no_operator": 3 + 2, "productive": 2 + 3 + 1}
    assert crew(run) == [4 + 2 + 2 + 3 + 1 + 1, 20, 6, 3 + 2 + 2 + 1, 4]


def test_a_lot_of_higher_priority_is_served_first() -> None:
    # a is loaded 0-2; b and c ask at 0 and at 1, and c's lot is the hot one: c 2-4, b 4-6.
    groups = dict.fromkeys("abc", LOADED)
    hot = {"c": {"route": "c", "release": starts(1), "priority": 30}}
    run = history(side_by_side(groups, dict.fromkeys("abc", 3.0), products=hot, crews={"operators": 1}), 20)
    assert [times(run, "finish", tool=name) for name in "abc"] == [[5], [9], [7]]


def test_a_part_that_takes_no_time_asks_for_nobody() -> None:
    # the process takes no time, and the operator, who is due for it, is with b until 5.
    groups = {"a": {"crew": {"process": "operators"}}, "b": {"crew": {"process": "operators"}}}
    run = history(side_by_side(groups, {"b": 5, "a": 0}, crews={"operators": 1}), 20)
    assert times(run, "finish") == [0, 5]
    assert crew(run) == [5, 20, 1, 0, 0]


def test_a_batch_is_loaded_once() -> None:
    # three lots at 0, 1, 2 make a batch, loaded 2-4, run 4-9: one task.
    of = flow({"a": LOADED}, [step("s", "a", 5, per="batch", batch={"min": 3, "max": 3})], starts(0, 1, 2),
              crews={"operators": 1})  # fmt: skip
    run = history(of, 20)
    assert times(run, "out") == [9, 9, 9]
    assert crew(run) == [2, 20, 1, 0, 0]


# --- failures, repairs, maintenance ---------------------------------------------------------------


def test_a_tool_that_fails_while_it_is_loaded_lets_its_operator_go() -> None:
    # a's load of 10 begins at 0 and stands still at 4; the operator goes to b, which asked at 0: 4-6. a is up at 7
    # and asks again: 7-13, runs 13-14.
    groups = {"a": {"load": "10 min", "crew": {"load": "operators"}, "failures": stop(4, 3)}, "b": LOADED}
    run = history(side_by_side(groups, {"a": 1, "b": 3}, crews={"operators": 1}), 20)
    assert times(run, "down", tool="a") == [4]
    assert times(run, "finish", tool="b") == [9]
    assert times(run, "finish", tool="a") == [14]
    assert crew(run) == [4 + 2 + 6, 20, 3, 4, 1]


def test_a_tool_that_fails_while_it_waits_loses_its_place() -> None:
    # a is loaded 0-10. b asks at 0 and fails at 1, up at 3, and asks again: behind c, which asked at 2.
    groups = {
        "a": {"load": "10 min", "crew": {"load": "operators"}},
        "b": LOADED | {"failures": stop(1, 2)},
        "c": LOADED,
    }
    late = {"c": {"route": "c", "release": starts(2)}}
    of = side_by_side(groups, {"a": 1, "b": 1, "c": 1}, products=late, crews={"operators": 1})
    run = history(of, 20)
    assert times(run, "finish", tool="c") == [13]
    assert times(run, "finish", tool="b") == [15]
    assert spent(run, 1) == {"no_operator": 1 + 9, "down": 2, "productive": 3, "starved": 5}
    assert crew(run) == [14, 20, 3, 1 + 9 + 8, 2]


def test_a_repair_waits_for_the_technician_and_the_tool_stays_down() -> None:
    # a is down at 5, b at 6, repair 4 each: a 5-9, b 9-13. Both lots have 10 of work.
    groups = {name: {"failures": stop(at, 4), "crew": {"repair": "technician"}} for name, at in (("a", 5), ("b", 6))}
    run = history(side_by_side(groups, {"a": 10, "b": 10}, crews={"technician": 1}), 30)
    assert times(run, "up") == [9, 13]
    assert times(run, "finish") == [14, 17]
    assert spent(run, 1) == {"productive": 10, "down": 7, "starved": 13}
    assert crew(run) == [8, 30, 2, 3, 1]


def test_maintenance_waits_for_the_technician() -> None:
    # a's repair keeps the technician 5-11; b, without a lot, is due for maintenance at 8: it waits 8-11, 11-13.
    groups = {
        "a": {"failures": stop(5, 6), "crew": {"repair": "technician"}},
        "b": {"pm": {"every": "1000 min", "takes": "2 min", "first": "8 min"}, "crew": {"pm": "technician"}},
    }
    late = {"b": {"route": "b", "release": starts(11.5)}}
    run = history(side_by_side(groups, {"a": 10, "b": 3}, products=late, crews={"technician": 1}), 30)
    assert times(run, "pm") == [11]
    assert rows(run, "load", "tool") == [(0, "a"), (13, "b")]
    assert spent(run, 1) == {"starved": 11 + 14, "pm": 2, "productive": 3}
    assert crew(run) == [8, 30, 2, 3, 1]


def test_a_tool_works_on_while_nobody_is_free_to_maintain_it() -> None:
    # as above, but lots come to b at 9 and 10: b works 9-12 and, the technician being free, is maintained 12-14.
    groups = {
        "a": {"failures": stop(5, 6), "crew": {"repair": "technician"}},
        "b": {"pm": {"every": "1000 min", "takes": "2 min", "first": "8 min"}, "crew": {"pm": "technician"}},
    }
    late = {"b": {"route": "b", "release": starts(9, 10)}}
    run = history(side_by_side(groups, {"a": 10, "b": 3}, products=late, crews={"technician": 1}), 30)
    assert times(run, "pm") == [12]
    assert rows(run, "load", "tool") == [(0, "a"), (9, "b"), (14, "b")]
    assert spent(run, 1) == {"starved": 9 + 13, "pm": 2, "productive": 6}
    assert crew(run) == [8, 30, 2, 1, 0]  # the wait from 8 to 9 was given up; none since


def test_a_tool_that_waits_to_be_maintained_may_fail_or_go_away_meanwhile() -> None:
    # b is due at 4 and asks; it fails at 6 and asks for its repair: 20-21. It is maintained 21-23. c is due at 4 too,
    # and is away from 8 to 30: it asks again at 30 and is maintained 30-33.
    due = {"every": "1000 min", "takes": "2 min", "first": "4 min"}
    both = {"pm": "technician", "repair": "technician"}
    groups = {
        "a": {"failures": stop(2, 18), "crew": {"repair": "technician"}},
        "b": {"pm": due, "failures": stop(6, 1), "crew": both},
        "c": {"pm": due | {"takes": "3 min"}, "crew": both},
    }
    late = {name: {"route": name, "release": starts(35)} for name in "bc"}
    of = side_by_side(groups, {"a": 5, "b": 1, "c": 1}, products=late, crews={"technician": 1},
                      transients=[for_a_time("toolgroups.c.tools=0", 8, 30)])  # fmt: skip
    run = history(of, 50)
    assert rows(run, "up", "tool") == [(20, "a"), (21, "b")]
    assert rows(run, "pm", "tool") == [(21, "b"), (30, "c")]
    assert times(run, "out") == [23, 36, 36]
    assert crew(run) == [18 + 1 + 2 + 3, 50, 4, 2 + 14 + 4, 1]


def test_repairs_count_as_lots_of_the_usual_priority() -> None:
    # one crew for all: busy with a's load 0-5. b fails at 1 and asks; c's lots of priority 5 asked at 0, d's of
    # priority 20 asks at 2: d 5-7, b 7-10, c 10-12.
    one = {"load": "all", "repair": "all"}
    groups = {
        "a": {"load": "5 min", "crew": one},
        "b": {"failures": stop(1, 3), "crew": {"repair": "all"}},
        "c": {"load": "2 min", "crew": one},
        "d": {"load": "2 min", "crew": one},
    }
    products = {"c": {"route": "c", "release": starts(0), "priority": 5},
                "d": {"route": "d", "release": starts(2), "priority": 20}}  # fmt: skip
    of = side_by_side(groups, {"a": 1, "b": 4, "c": 1, "d": 1}, products=products, crews={"all": 1})
    run = history(of, 30)
    assert times(run, "finish", tool="d") == [8]
    assert times(run, "up", tool="b") == [10]
    assert times(run, "finish", tool="c") == [13]


def test_a_tool_that_is_alone_takes_its_lot_while_down_and_asks_when_up() -> None:
    # a is down 2-6; its lot comes at 3. The technician and the operator are one person: free at 6.
    groups = {"a": {"load": "2 min", "failures": stop(2, 4), "crew": {"load": "all", "repair": "all"}}}
    run = history(flow(groups, [step("s", "a", 3)], starts(3), crews={"all": 1}), 20)
    assert times(run, "load") == [3]
    assert times(run, "finish") == [11]
    assert crew(run) == [6, 20, 2, 0, 0]


# --- transport ------------------------------------------------------------------------------------


def test_lots_wait_for_a_vehicle() -> None:
    # three tools are done at 1; one vehicle, 4 min a lot: at b at 5, 9, 13. Their tools are free at once.
    groups = {"a": {"tools": 3}, "b": {"tools": 3}}
    of = flow(groups, [step("s", "a", 1), step("t", "b", 1)], starts(0, 0, 0),
              crews={"porter": 1}, transport={"time": "4 min", "crew": "porter"})  # fmt: skip
    run = history(of, 20)
    assert times(run, "queue", step="t") == [5, 9, 13]
    assert [spent(run, k) for k in range(3)] == [{"productive": 1, "starved": 19}] * 3
    assert crew(run) == [12, 20, 3, 4 + 8, 2]


def test_a_hot_lot_is_carried_first_and_places_are_kept_for_lots_that_wait() -> None:
    # done on their tools at 1, 2, 3 (the hot one), 4; the vehicle goes 1-5, then for the hot one 5-9, for lot 2 9-13.
    # b has three places, all taken from 3 on: lot 4 is blocked at 4 and leaves when b loads lot 1, at 5; carried 13-17.
    groups = {"a": {"tools": 4}, "b": {"buffer": 3}}
    of = flow(groups, [step("s", "a", 1), step("t", "b", 1)], starts(0, 1, 2, 3, priority=[10, 10, 30, 10]),
              crews={"porter": 1}, transport={"time": "4 min", "crew": "porter"})  # fmt: skip
    run = history(of, 30)
    assert times(run, "leave", step="t") == [1, 2, 3, 5]
    assert rows(run, "queue", "lot", step="t") == [(5, 1), (9, 3), (13, 2), (17, 4)]
    assert times(run, "blocked") == [4]
    assert crew(run) == [16, 30, 4, (5 - 3) + (9 - 2) + (13 - 5), 3]


def test_a_crew_that_loads_and_carries_serves_tools_first() -> None:
    # both tools are done at 1: lot 1's move asks first (1-5). Meanwhile lot 3 is loaded on a, asks at 2; lot 2's move
    # has asked at 1: it goes 5-9, then the load of c 9-11.
    groups = {"a": {"tools": 2}, "b": {"tools": 2}, "c": LOADED | {"crew": {"load": "porter"}, "transport": "none"}}
    products = {"p": {"route": "m", "release": starts(0, 0)}, "q": {"route": "n", "release": starts(2)},
                "r": {"route": "n", "release": starts(9)}}  # fmt: skip
    routes = {"m": [step("s", "a", 1), step("t", "b", 1)], "n": [step("u", "c", 1)]}
    of = line(groups, products, routes, crews={"porter": 1}, transport={"time": "4 min", "crew": "porter"})
    run = history(of, 30)
    assert times(run, "queue", step="t") == [5, 9]
    assert times(run, "finish", step="u") == [12, 15]
    assert crew(run) == [4 + 4 + 2 + 2, 30, 4, 4 + 7, 2]


# --- changes for a time ---------------------------------------------------------------------------


def test_a_crew_that_becomes_smaller_finishes_its_tasks() -> None:
    # two operators load a and b from 0 to 10; from 3 on there is one: both finish, then c 10-12, d 12-14. From 13 on
    # there are two again.
    long = {"load": "10 min", "crew": {"load": "operators"}}
    groups = {"a": long, "b": long, "c": LOADED, "d": LOADED}
    of = side_by_side(groups, dict.fromkeys("abcd", 1.0), crews={"operators": 2},
                      transients=[for_a_time("crews.operators=1", 3, 13)])  # fmt: skip
    run = history(of, 30)
    assert [times(run, "finish", tool=name)[0] for name in "abcd"] == [11, 11, 13, 15]
    assert crew(run) == [10 + 10 + 2 + 2, 3 * 2 + 10 * 1 + 17 * 2, 4, 10 + 12, 2]


def test_a_crew_that_grows_serves_those_who_wait_at_once() -> None:
    # one operator: a 0-10; from 4 on two more: b and c 4-6. All are gone from 20 to 25: d, there at 21, waits.
    groups = {"a": {"load": "10 min", "crew": {"load": "operators"}}} | dict.fromkeys("bcd", LOADED)
    late = {"d": {"route": "d", "release": starts(21)}}
    changes = [for_a_time("crews.operators.count=3", 4, 20), for_a_time("crews.operators=0", 20, 25)]
    of = side_by_side(groups, dict.fromkeys("abcd", 1.0), products=late, crews={"operators": 1}, transients=changes)
    run = history(of, 40)
    assert [times(run, "finish", tool=name)[0] for name in "abcd"] == [11, 7, 7, 28]


def test_a_crew_that_is_gone_for_good_is_told() -> None:
    of = side_by_side({"a": LOADED}, {"a": 1}, crews={"operators": 1},
                      products={"a": {"route": "a", "release": starts(5)}},
                      transients=[for_a_time("crews.operators=0", 3)])  # fmt: skip
    run = history(of, 1000)
    assert len([note for note in run.notes if "crew 'operators' has nobody at the end" in note]) == 1, run.notes
    assert not [note for note in run.notes if "nothing has moved" in note]


def test_tools_that_wait_for_a_busy_crew_are_no_stall() -> None:
    # at the end of the run the only lot waits for a repair that itself waits: the technician is with another tool.
    groups = {
        "a": {"failures": stop(2, 900), "crew": {"repair": "technician"}},
        "b": {"failures": stop(3, 5), "crew": {"repair": "technician"}},
    }
    of = side_by_side(groups, {"a": 1, "b": 10}, crews={"technician": 1})
    run = history(of, 500)
    assert times(run, "finish") == [1]
    assert not [note for note in run.notes if "nothing has moved" in note]


def test_a_deadlock_of_buffers_is_told_with_crews_too() -> None:
    both = {"buffer": 0, "load": "1 min", "crew": {"load": "operators"}}
    steps = [step("s", "a", 1), step("t", "b", 1, rework={"probability": 0.9, "to": "s"})]
    of = flow({"a": both, "b": both}, steps, {"every": "30 s"}, crews={"operators": 1})
    with pytest.raises(RunError, match="deadlock"):
        history(of, 100_000, log=False)


# --- what holds at any time -----------------------------------------------------------------------


def test_members_are_where_the_records_say_and_nobody_waits_beside_a_free_one() -> None:
    """Looked at 200 times in 50 h of a line whose crews change, with everything that may go wrong with a tool."""
    batch = Batch(compile_line(staffed()), range(4), 7)
    seen = [0, 0]
    for until in range(15 * MINUTE, 50 * 60 * MINUTE, 15 * MINUTE):
        batch.advance(until)
        for world, memory in enumerate(batch.worlds.memory):
            layout, tools, lots = batch.worlds.layout, batch.worlds.tool[world], batch.worlds.lot[world]
            carried = (lots[:, f.LOT_STATE] == f.LOT_MOVING) & (lots[:, f.LOT_END] != f.NEVER)
            for k, row in enumerate(batch.worlds.crew[world]):
                place = layout.crew + k * f.CREW_FIELDS
                held = (tools[:, f.T_CREW] == place) & (tools[:, f.T_ASKED] == f.NEVER)
                asking = (tools[:, f.T_CREW] == place) & (tools[:, f.T_ASKED] != f.NEVER)
                busy = held.sum() + (carried.sum() if k == 2 else 0)
                assert row[f.CW_BUSY] == busy
                assert chain(memory, row[f.CW_TOOL_HEAD], f.T_CALL) == asking.sum()
                waiting = asking.sum() + chain(memory, row[f.CW_LOT_HEAD], f.LOT_NEXT)
                assert waiting == 0 or busy >= row[f.CW_MEMBERS]
                seen[0] += int(busy > 0)
                seen[1] += int(waiting > 0)
            awaiting = tools[:, f.T_DO] == f.AWAITING
            at_work = np.isin(tools[:, f.T_STATE], (f.PRODUCTIVE, f.SETUP))
            assert not (awaiting & at_work).any()
            assert (tools[:, f.T_STATE][awaiting & (tools[:, f.T_DOWN] == f.UP)] == f.NO_OPERATOR).all()
    assert seen[0] > 500 and seen[1] > 100, seen


def chain(memory: np.ndarray, first: int, link: int) -> int:
    """How many records a chain holds."""
    count = 0
    while first != f.NONE:
        count, first = count + 1, memory[first + link]
    return count


# --- closed forms ---------------------------------------------------------------------------------


def finite_source(machines: int, crews: int, ratio: float) -> tuple[float, float]:
    """Mean number not running and mean number being served of the machine-repair model M/M/c//N.

    ratio: mean service over mean time to the next call of one machine. C. Palm 1947, "Arbetskraftens fördelning vid
    betjäning av automatmaskiner"; e.g. Gross, Shortle, Thompson, Harris, Fundamentals of Queueing Theory, 2.8.
    """
    weights = []
    for n in range(machines + 1):
        ways = math.comb(machines, n) * ratio**n
        waiting = max(0, n - crews)
        weights.append(ways * math.factorial(n) / math.factorial(n - waiting) / crews**waiting)
    share = np.array(weights) / sum(weights)
    n = np.arange(machines + 1)
    return float(share @ n), float(share @ np.minimum(n, crews))


def within(values: np.ndarray, expected: float) -> bool:
    """Whether the mean over replications lies within four standard errors of a value."""
    error = values.std(ddof=1) / math.sqrt(len(values))
    assert 0 < error < 0.01 * abs(expected), (error, expected)  # sharp enough to mean something
    return bool(abs(values.mean() - expected) < 4 * error)


@pytest.mark.parametrize(("machines", "crews"), [(8, 1), (8, 3)])
def test_technicians_and_tools_are_the_machine_repair_model(machines: int, crews: int) -> None:
    # every tool runs 100 min on average (its own clock), repair 25 min, c technicians.
    failures = {"mtbf": {"exponential": "100 min"}, "mttr": {"exponential": "25 min"}}
    group = {"tools": machines, "failures": failures, "crew": {"repair": "technician"}}
    of = flow({"a": group}, [step("s", "a", 7)], "saturated", crews={"technician": crews})
    run = simulate(of, horizon="400 d", warmup="10 d", replications=20, seed=3)
    down, served = finite_source(machines, crews, 0.25)
    span = run.totals.span_ticks
    assert within(run.totals.tool_ticks[:, :, 3].sum(axis=1) / span, down)
    assert within(run.totals.crews[:, 0, BUSY] / span, served)
    # the mean wait by Little's law: tools that wait over repairs a minute
    wait = run.totals.crews[:, 0, WAIT] / run.totals.crews[:, 0, TASKS] / MINUTE
    assert within(wait, (down - served) / (served / 25))


def test_lots_in_a_circle_wait_for_vehicles_as_in_the_finite_source_model() -> None:
    # ten lots: 30 min on average without anybody, then one of 4 vehicles for 15 min on average, and round again.
    of = flow({"d": {"tools": "unlimited"}, "e": {"tools": "unlimited"}},
              [step("s", "d", 1) | {"time": {"exponential": "30 min"}}, step("t", "e", 0)], {"wip": 10},
              crews={"porter": 4}, transport={"time": {"exponential": "15 min"}, "crew": "porter"})  # fmt: skip
    run = simulate(of, horizon="200 d", warmup="5 d", replications=20, seed=4)
    away, served = finite_source(10, 4, 0.5)
    span = run.totals.span_ticks
    assert within(run.totals.crews[:, 0, BUSY] / span, served)
    wait = run.totals.crews[:, 0, WAIT] / run.totals.crews[:, 0, TASKS] / MINUTE
    assert within(wait, (away - served) / (served / 15))


def plans(**first: float) -> list[dict[str, Any]]:
    """Maintenance of 5 min that is due once; the second one waits for no lot."""
    return [
        {"every": "1000 min", "takes": "5 min", "first": f"{at} min", "preempt": name == "at_once"}
        for name, at in first.items()
    ]


def test_maintenance_that_waits_for_nobody_still_waits_for_its_technician() -> None:
    # o has the technician until 22; t is empty, one plan waits for him since 10, the other falls due at 20
    crews = {"crew": {"pm": "tech"}}
    groups = {"o": crews | {"pm": {"every": "1000 min", "takes": "17 min", "first": "5 min"}},
              "t": crews | {"pm": plans(after=10, at_once=20)}}  # fmt: skip
    products = {name: {"route": name, "release": starts(5000)} for name in groups}
    routes = {name: [step("s", name)] for name in groups}
    run = history(line(groups, products, routes, crews={"tech": 1}), 1100)
    assert times(run, "pm_end", tool="t") == [27, 32, 1027, 1032]


def test_an_idle_cascade_whose_maintenance_waits_for_a_technician_takes_the_next_lot() -> None:
    # a lot is inside 8-38, maintenance is due at 15 and the technician busy until 105: the next lot enters at 20
    crews = {"crew": {"pm": "tech"}}
    groups = {"o": crews | {"pm": {"every": "1000 min", "takes": "100 min", "first": "5 min"}},
              "t": crews | {"pm": plans(after=15)}}  # fmt: skip
    products = {"o": {"route": "o", "release": starts(5000)}, "t": {"route": "t", "release": starts(8, 20)}}
    routes = {"o": [step("s", "o")], "t": [step("s", "t", 30, cascade={"every": "2 min"})]}
    run = history(line(groups, products, routes, crews={"tech": 1}), 300)
    assert times(run, "load", tool="t") == [8, 20]
