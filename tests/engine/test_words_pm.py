"""Planned maintenance: planned starts, staggering, the running lot, counts of units. Minutes by hand."""

from __future__ import annotations

from typing import Any

import pytest
from word_lines import flow, history, rows, spent, starts, step, times

IDLE = starts(10_000)


def kept(*plans: dict[str, Any], **group: Any) -> dict[str, Any]:
    return {"a": {"pm": list(plans)} | group}


def plan(every: str, takes: str = "2 min", **more: str) -> dict[str, Any]:
    return {"every": every, "takes": takes} | more


def test_maintenance_of_an_idle_tool_begins_on_the_dot() -> None:
    run = history(flow(kept(plan("10 min", first="3 min")), [step("s", "a")], IDLE), 30)
    assert times(run, "pm") == [3, 13, 23]
    assert times(run, "pm_end") == [5, 15, 25]
    assert spent(run) == {"pm": 6, "starved": 24}


def test_a_single_tool_without_first_begins_after_one_interval() -> None:
    run = history(flow(kept(plan("10 min")), [step("s", "a")], IDLE), 25)
    assert times(run, "pm") == [10, 20]


def test_maintenance_waits_for_the_running_lot_and_the_next_is_counted_from_the_plan() -> None:
    # planned at 3, begins at 5 when the lot is done; the next is planned at 13, not at 15.
    run = history(flow(kept(plan("10 min", first="3 min")), [step("s", "a", 5)], starts(0)), 20)
    assert times(run, "pm") == [5, 13]
    assert spent(run) == {"productive": 5, "pm": 4, "starved": 11}


def test_the_next_lot_waits_for_maintenance_that_is_due() -> None:
    run = history(flow(kept(plan("10 min", first="3 min")), [step("s", "a", 5)], starts(0, 1)), 20)
    assert times(run, "load") == [0, 7]


def test_a_tool_in_maintenance_takes_no_lot() -> None:
    run = history(flow(kept(plan("10 min", first="3 min")), [step("s", "a", 1)], starts(4)), 8)
    assert times(run, "load") == [5]


def test_maintenance_that_was_overtaken_is_made_up_for() -> None:
    # planned at 13 and 23, the lot runs 8-30: both are done then, and the third is overdue from 33.
    run = history(flow(kept(plan("10 min", first="13 min")), [step("s", "a", 22)], starts(8)), 45)
    assert times(run, "pm") == [30, 32, 34, 43]


def test_first_is_staggered_over_the_tools_of_the_group() -> None:
    # every 12 min, first at 3, three tools: 3, 3 + 4, 3 + 8, then each every 12 min.
    run = history(flow(kept(plan("12 min", first="3 min"), tools=3), [step("s", "a")], IDLE), 24)
    assert rows(run, "pm", "tool") == [(3, "a/1"), (7, "a/2"), (11, "a/3"), (15, "a/1"), (19, "a/2"), (23, "a/3")]


def test_two_plans_due_at_one_moment_follow_each_other() -> None:
    plans = plan("100 min", "2 min", first="3 min"), plan("100 min", "4 min", first="3 min")
    run = history(flow(kept(*plans), [step("s", "a")], IDLE), 20)
    assert times(run, "pm") == [3, 5]
    assert times(run, "pm_end") == [5, 9]


def test_a_plan_due_during_another_follows_it() -> None:
    plans = plan("100 min", "4 min", first="3 min"), plan("100 min", "1 min", first="5 min")
    run = history(flow(kept(*plans), [step("s", "a")], IDLE), 20)
    assert times(run, "pm") == [3, 7]


def test_a_plan_due_during_a_repair_follows_it() -> None:
    # down 4-10 with maintenance due at 5: it begins as the tool is up.
    tools = kept(plan("100 min", first="5 min"), failures=[
        {"mtbf": "4 min", "mttr": "6 min", "clock": "calendar"}])  # fmt: skip
    run = history(flow(tools, [step("s", "a")], IDLE), 12.5)
    assert times(run, "up") == [10]
    assert times(run, "pm") == [10]
    assert times(run, "pm_end") == [12]


def test_maintenance_after_a_number_of_units() -> None:
    # lots of 2 units and 1 min, every 4 units: two lots, 3 min away, two lots, ...
    run = history(
        flow(kept(plan("4 units", "3 min")), [step("s", "a", 1)], "saturated", {"lot_size": 2}), 14
    )
    assert times(run, "pm") == [2, 7, 12]
    assert times(run, "load") == [0, 1, 5, 6, 10, 11]


def test_units_beyond_the_number_count_towards_the_next_maintenance() -> None:
    # lots of 3 units, every 4: due at 4, 8 and 12 units, which the second, third and fourth lot reach.
    pm = plan("4 units", "3 min")
    run = history(flow(kept(pm), [step("s", "a", 1)], "saturated", {"lot_size": 3}), 14)
    assert times(run, "pm") == [2, 6, 10]
    # counted from the end of each: after two lots (6 units) the count begins again at none.
    pm["counted_from"] = "end"
    run = history(flow(kept(pm), [step("s", "a", 1)], "saturated", {"lot_size": 3}), 14)
    assert times(run, "pm") == [2, 7, 12]


def test_the_first_may_come_after_fewer_units() -> None:
    run = history(
        flow(kept(plan("4 units", "3 min", first="2 units")), [step("s", "a", 1)], "saturated", {"lot_size": 2}), 12
    )
    assert times(run, "pm") == [1, 6, 11]


def test_first_units_are_staggered_too() -> None:
    # every 8 units, first 4, two tools: one after 4 units, the other after 4 + 4.
    tools = kept(plan("8 units", "100 min", first="4 units"), tools=2)
    run = history(flow(tools, [step("s", "a", 1)], "saturated", {"lot_size": 2}), 20)
    assert rows(run, "pm", "tool") == [(2, "a/1"), (4, "a/2")]


def test_a_batch_counts_all_its_units() -> None:
    oven = step("s", "a", 1, batch={"min": 4, "max": 4})
    run = history(flow(kept(plan("8 units", "3 min")), [oven], "saturated", {"lot_size": 2}), 6)
    assert times(run, "pm") == [2]


@pytest.mark.parametrize("pm", [plan("100 min", "3 min", first="3 min"), plan("4 units", "3 min")])
def test_maintenance_waits_until_a_cascading_tool_is_empty(pm: dict[str, Any]) -> None:
    # lots of 2 units in at 0 and 2, out at 10 and 12; due at 3, or at 4 with the second at the entrance.
    cascade = step("s", "a", 10, cascade={"every": "2 min"})
    run = history(flow(kept(pm), [cascade], starts(0, 0, 0), {"lot_size": 2}), 20)
    assert times(run, "load") == [0, 2, 15]
    assert times(run, "pm") == [12]


def test_a_blocked_lot_leaves_before_maintenance_begins() -> None:
    # a's second lot is done at 2 and blocked until 11; maintenance due at 3 begins at 11.
    tools = kept(plan("100 min", first="3 min")) | {"b": {"buffer": 0}}
    run = history(flow(tools, [step("s", "a", 1), step("t", "b", 10)], "saturated"), 20)
    assert times(run, "pm") == [11]
    assert spent(run, 0) == {"productive": 3, "blocked": 15, "pm": 2}
