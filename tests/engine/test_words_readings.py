"""Readings on which fab simulators part: maintenance, breakdowns, entrances, idle tools. Minutes by hand."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from word_lines import MINUTE, Words, flow, history, line, rows, spent, starts, step, times

IDLE = starts(10_000)


def kept(pm: Words, **group: Any) -> Words:
    """A toolgroup with one plan of maintenance."""
    return {"a": {"pm": pm} | group}


# --- maintenance ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("preempt", "begins", "out"), [(False, 10, 10), (True, 3, 12)])
def test_maintenance_waits_for_the_run_or_stops_it(preempt: bool, begins: float, out: float) -> None:
    pm = {"every": "100 min", "takes": "2 min", "first": "3 min", "preempt": preempt}
    run = history(flow(kept(pm), [step("s", "a", 10)], starts(0)), 30)
    assert times(run, "pm") == [begins]
    assert times(run, "out") == [out]
    assert spent(run) == {"productive": 10, "pm": 2, "starved": 18}


def test_preempting_maintenance_due_during_a_repair_follows_it_and_stops_the_run() -> None:
    # the run of 10 min stands still from 4 (failure) to 9, then on until 11 for the maintenance due at 5: out at 17
    pm = {"every": "100 min", "takes": "2 min", "first": "5 min", "preempt": True}
    failure = {"mtbf": "4 min", "mttr": "5 min", "clock": "operating"}
    run = history(flow(kept(pm, failures=[failure]), [step("s", "a", 7)], starts(0)), 40)
    assert rows(run, "down", "tool") == [(4, "a")]
    assert times(run, "pm") == [9]
    assert times(run, "out") == [14]


@pytest.mark.parametrize(("counted_from", "begins"), [("planned", [5, 15, 25]), ("end", [5, 18, 31])])
def test_the_next_maintenance_is_counted_from_the_plan_or_from_the_end(counted_from: str, begins: list[float]) -> None:
    pm = {"every": "10 min", "takes": "3 min", "first": "5 min", "counted_from": counted_from}
    run = history(flow(kept(pm), [step("s", "a")], IDLE), 34)
    assert times(run, "pm") == begins


@pytest.mark.parametrize(
    ("stagger", "first"),
    [("after", [6, 8, 10, 12]), ("even", [6, 0, 2, 4]), ("before", [1.5, 3, 4.5, 6]), ("none", [6, 6, 6, 6])],
)
def test_first_maintenance_of_several_tools(stagger: str, first: list[float]) -> None:
    pm = {"every": "8 min", "takes": "10 s", "first": "6 min", "stagger": stagger}
    run = history(flow(kept(pm, tools=4), [step("s", "a")], IDLE), 13)
    begins = {tool: minute for minute, tool in reversed(rows(run, "pm", "tool"))}
    assert [begins[f"a/{k}"] for k in (1, 2, 3, 4)] == first


# --- breakdowns and maintenance -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("in_pm", "mttr", "downs", "ups", "repaired"),
    [
        ("stands", 4, [9], [13], 4),  # two minutes were left when maintenance began
        ("waits", 4, [7, 16], [11], 6),  # due at 5, it begins when maintenance is over
        ("overlaps", 4, [7, 14], [9], 8),  # repaired from 5 on, two of its four minutes beside the maintenance
        ("overlaps", 1, [12, 18], [13, 19], 3),  # over before the maintenance is; the clock runs on from its end
    ],
)
def test_a_breakdown_that_falls_due_in_maintenance(
    in_pm: str, mttr: int, downs: list[float], ups: list[float], repaired: float
) -> None:
    pm = {"every": "100 min", "takes": "4 min", "first": "3 min"}
    failure = {"mtbf": "5 min", "mttr": f"{mttr} min", "clock": "calendar", "in_pm": in_pm}
    until = 20 if mttr == 1 else 18
    run = history(flow(kept(pm, failures=[failure]), [step("s", "a")], IDLE), until)
    assert [at for at in times(run, "down") if at < until] == downs
    assert [at for at in times(run, "up") if at < until] == ups
    assert spent(run)["pm"] == 4
    assert sum(run.totals.stops[0, :1, 1]) / MINUTE == pytest.approx(repaired)


# --- cascades -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entrance", "second"),
    [("interval", 6), ("last_unit", 4), ("interval + load", 7), ("interval + load + unload", 10)],
)
def test_what_holds_the_entrance(entrance: str, second: float) -> None:
    # lots of 3 units, 2 min apart; 1 min to load and 3 to unload
    cascade = step("s", "a", 20, cascade={"every": "2 min", "per": "unit", "entrance": entrance})
    run = history(flow({"a": {"load": "1 min", "unload": "3 min"}}, [cascade], starts(0, 0), {"lot_size": 3}), 60)
    assert times(run, "load") == [0, second]
    assert times(run, "out") == [24, 24 + second]


CHANGES = [{"to": "X", "time": "5 min"}, {"to": "Y", "time": "5 min"}]


def two_setups(group: Words, x: Words, y: Words, **more: Any) -> Any:
    """Products p and q with setups X and Y at toolgroup a."""
    group = {"setups": {"changes": CHANGES} | group.pop("setups", {})} | group
    products = {"p": {"route": "x", "release": x}, "q": {"route": "y", "release": y}}
    routes = {"x": [step("s", "a", 10, setup="X", **more)], "y": [step("s", "a", 10, setup="Y", **more)]}
    return line({"a": group}, products, routes)


@pytest.mark.parametrize(("ahead", "loads", "outs"), [(False, [0, 11], [15, 26]), (True, [0, 5], [15, 21])])
def test_a_tool_that_loads_ahead_is_set_up_while_the_entrance_is_held(
    ahead: bool, loads: list[float], outs: list[float]
) -> None:
    # setup 0-5, p inside 5-15, entrance held until 11; q's setup 11-16, or ahead 5-10, and q enters at 11
    cascade = {"every": "6 min", "inside": 2, "ahead": ahead}
    run = history(two_setups({}, starts(0), starts(1), cascade=cascade), 40)
    assert times(run, "load") == loads
    assert times(run, "out") == outs
    assert spent(run)["setup"] == 10


def test_a_tool_that_loads_ahead_and_goes_down_holds_everything_inside() -> None:
    # as above, away from 7 to 10: q's setup ends at 13, the entrance is free at 14, p comes out at 18, q at 24
    pm = {"every": "900 min", "takes": "3 min", "first": "7 min", "preempt": True}
    cascade = {"every": "6 min", "inside": 2, "ahead": True}
    run = history(two_setups({"pm": pm}, starts(0), starts(1), cascade=cascade), 40)
    assert times(run, "pm") == [7]
    assert times(run, "out") == [18, 24]


# --- setups ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("plain_steps", "setup"), [("keep", 5), ("clear", 10)])
def test_a_step_without_setup_may_undo_one(plain_steps: str, setup: float) -> None:
    group = {"setups": {"changes": [{"to": "X", "time": "5 min"}], "plain_steps": plain_steps}}
    steps = [step("s1", "a", setup="X"), step("s2", "a"), step("s3", "a", setup="X")]
    assert spent(history(flow({"a": group}, steps, starts(0)), 40))["setup"] == setup


@pytest.mark.parametrize(("leave_early", "loads"), [("never", [0, 15]), ("when_none_wait", [0, 15, 25])])
def test_a_minimum_run_may_end_when_no_lot_waits_for_it(leave_early: str, loads: list[float]) -> None:
    # three lots of X are to be run and two come; the lot of Y waits for a third one, or does not
    setups = {"min_run": {"X": 3}, "leave_early": leave_early}
    run = history(two_setups({"setups": setups}, starts(0, 1), starts(2)), 60)
    assert times(run, "load") == loads


# --- idle tools -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wake", "tools"), [("longest_idle", ["a/1", "a/2", "a/3", "a/1"]), ("first", ["a/1", "a/1", "a/1", "a/1"])]
)
def test_which_idle_tool_takes_a_lot(wake: str, tools: list[str]) -> None:
    run = history(flow({"a": {"tools": 3, "wake": wake}}, [step("s", "a", 2)], starts(1, 5, 9, 13)), 30)
    assert [tool for _, tool in rows(run, "load", "tool")] == tools


def test_any_idle_tool_takes_a_lot() -> None:
    lots = 900
    group = {"a": {"tools": 3, "wake": "random"}}
    run = history(flow(group, [step("s", "a", 2)], starts(*range(0, 5 * lots, 5))), 5 * lots + 5)
    took = Counter(tool for _, tool in rows(run, "load", "tool"))
    assert sum(took.values()) == lots
    chi_squared = sum((count - lots / 3) ** 2 / (lots / 3) for count in took.values())
    assert chi_squared < 13.8, took  # exceeded once in a thousand seeds


@pytest.mark.parametrize(("reserve", "hot", "plain"), [(None, 15, 5), (30, 6, 16)])
def test_a_tool_is_kept_free_for_a_hot_lot_on_its_way(reserve: int | None, hot: float, plain: float) -> None:
    # h leaves its first step at 4 and is carried for 2 min; p comes to b at 5, where a run takes 10 min
    tools: Words = {"a": {}, "b": {}, "c": {}}
    if reserve is not None:
        tools["b"]["reserve"] = reserve
    products = {"p": {"route": "p", "release": starts(0)}, "h": {"route": "h", "release": starts(0), "priority": 30}}
    routes = {"p": [step("p1", "c", 3), step("p2", "b", 10)], "h": [step("h1", "a", 4), step("h2", "b", 10)]}
    run = history(line(tools, products, routes, transport={"time": "2 min"}), 60)
    assert rows(run, "load", "product", step="h2") == [(hot, "h")]
    assert rows(run, "load", "product", step="p2") == [(plain, "p")]


def test_lots_held_back_for_one_that_cannot_start_after_all_are_called() -> None:
    # hi sets out at 5 and comes to the oven at 15, where it needs a second lot; lo waits there from 12 on
    products = {
        "lo": {"route": "lo", "release": starts(2), "priority": 10},
        "hi": {"route": "hi", "release": starts(0, 50), "priority": 20},
    }
    routes = {
        "lo": [step("l1", "b", 0), step("l2", "oven", 4)],
        "hi": [step("h1", "a", 5), step("h2", "oven", 4, batch={"min": 2, "max": 2})],
    }
    tools: Words = {"a": {}, "b": {}, "oven": {"reserve": 20}}
    run = history(line(tools, products, routes, transport={"time": "10 min"}), 60)
    assert rows(run, "load", "product", step="l2") == [(15, "lo")]
