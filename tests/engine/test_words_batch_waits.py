"""Batches that wait no longer than so, and tools that wait for lots that are due."""

from __future__ import annotations

import pytest
from word_lines import Words, flow, history, line, rows, starts, step, times


def test_a_batch_below_its_minimum_starts_when_its_oldest_lot_has_waited_enough() -> None:
    oven = step("s", "a", 10, batch={"min": 3, "max": 4, "wait": "20 min"})
    run = history(flow({"a": {}}, [oven], starts(0, 5, 40, 41, 42, 43)), 100)
    # 1 and 2 start at 20; 3, 4, 5 are three at 42; 6 waits from 43, the tool is free at 52, it starts at 63
    assert rows(run, "load", "lot") == [(20, 1), (20, 2), (42, 3), (42, 4), (42, 5), (63, 6)]


def test_a_lot_that_has_waited_enough_while_the_tool_ran_starts_at_once() -> None:
    oven = step("s", "a", 30, batch={"min": 2, "max": 2, "wait": "20 min"})
    run = history(flow({"a": {}}, [oven], starts(0, 0, 5)), 100)
    assert rows(run, "load", "lot") == [(0, 1), (0, 2), (30, 3)]


def test_what_never_fills_a_batch_may_wait_for_its_time() -> None:
    run = history(flow({"a": {}}, [step("s", "a", 10, batch={"min": 5, "max": 9, "wait": "1 h"})], starts(0)), 100)
    assert times(run, "load") == [60]


def test_a_tool_waits_for_a_lot_in_process_upstream() -> None:
    # p takes 6: lots come at 6, 12, 18, 24. At 6 the next is due in 6 <= 7: wait; 1 and 2 start at 12, 3 and 4 at 24.
    steps = [step("p", "u", 6), step("s", "a", 10, batch={"min": 1, "max": 2, "look_ahead": "7 min"})]
    run = history(flow({"u": {}, "a": {}}, steps, starts(0, 0, 0, 0, 30)), 100)
    assert rows(run, "load", "lot", step="s") == [(12, 1), (12, 2), (24, 3), (24, 4), (36, 5)]


def test_a_tool_does_not_wait_for_a_lot_that_is_due_later() -> None:
    steps = [step("p", "u", 6), step("s", "a", 3, batch={"min": 1, "max": 2, "look_ahead": "5 min"})]
    run = history(flow({"u": {}, "a": {}}, steps, starts(0, 0, 0)), 100)
    assert rows(run, "load", "lot", step="s") == [(6, 1), (12, 2), (18, 3)]


def test_a_tool_waits_for_a_lot_in_transport_and_for_none_that_does_not_fit() -> None:
    steps = [step("p", "u", 1), step("s", "a", 10, batch={"min": 1, "max": 3, "look_ahead": "4 min"})]
    release = starts(0, 3, 4, units=[2, 1, 2])
    run = history(flow({"u": {}, "a": {}}, steps, release, transport={"time": "5 min"}), 100)
    # 1 comes at 6, 2 at 9 (in transport since 4): wait; full at 9; 3 starts when the tool is free again
    assert rows(run, "load", "lot", step="s") == [(9, 1), (9, 2), (19, 3)]
    run = history(flow({"u": {}, "a": {}}, steps, starts(0, 3, units=[2, 2]), transport={"time": "5 min"}), 100)
    assert rows(run, "load", "lot", step="s") == [(6, 1), (16, 2)]


def test_a_lot_that_was_due_and_does_not_come_is_not_waited_for() -> None:
    # u fails at 8 of its work, during lot 2 (6-12): at 6 the failure at 8 is known to cut it, so nobody waits.
    steps = [step("p", "u", 6), step("s", "a", 3, batch={"min": 1, "max": 2, "look_ahead": "7 min"})]
    broken = {"failures": {"mtbf": "8 min", "mttr": "60 min"}}
    run = history(flow({"u": broken, "a": {}}, steps, starts(0, 0)), 200)
    assert rows(run, "load", "lot", step="s") == [(6, 1), (72, 2)]
    # by the calendar nobody knows: s waits until 12, when lot 2 was due, and a moment (1 ms) longer
    broken = {"failures": {"mtbf": "8 min", "mttr": "60 min", "clock": "calendar"}}
    run = history(flow({"u": broken, "a": {}}, steps, starts(0, 0)), 200)
    assert [round(at, 3) for at in times(run, "load", step="s")] == [12, 72]


def test_waits_end_a_look_ahead() -> None:
    batch = {"min": 1, "max": 9, "look_ahead": "10 min", "wait": "15 min"}
    run = history(flow({"u": {}, "a": {}}, [step("p", "u", 6), step("s", "a", 10, batch=batch)], starts(*[0] * 9)), 100)
    # lots come every 6 min; the first has waited 15 at 21
    assert rows(run, "load", "lot", step="s")[:3] == [(21, 1), (21, 2), (21, 3)]


def test_two_steps_wait_each_for_itself() -> None:
    routes = {
        "r": [step("s", "a", 10, batch={"min": 2, "max": 4, "wait": "20 min"})],
        "q": [step("t", "a", 10, batch={"min": 2, "max": 4, "wait": "5 min"})],
    }
    products = {"x": {"route": "r", "release": starts(0)}, "y": {"route": "q", "release": starts(1, 30)}}
    run = history(line({"a": {}}, products, routes), 100)
    assert rows(run, "load", "step") == [(6, "t"), (20, "s"), (35, "t")]


@pytest.mark.parametrize("reserve", [{}, {"reserve": 10}])
def test_a_tool_waits_for_a_lot_in_transport_reserved_or_not(reserve: Words) -> None:
    # the second lot sets out at 10 and comes at 20, in the 10 min that the tool looks ahead
    steps = [step("p", "u", 1), step("s", "a", 10, batch={"min": 1, "max": 2, "look_ahead": "10 min"})]
    run = history(flow({"u": {}, "a": reserve}, steps, starts(0, 9), transport={"time": "10 min"}), 60)
    assert rows(run, "load", "lot", step="s") == [(20, 1), (20, 2)]


def test_a_tool_does_not_wait_for_a_lot_that_waits_for_a_vehicle() -> None:
    # one cart: it brings the first lot at 11 and the second, which waits for it from 2 on, at 21
    steps = [step("p", "u", 1), step("s", "a", 5, batch={"min": 1, "max": 2, "look_ahead": "5 min"})]
    tools: Words = {"u": {"tools": 2}, "a": {}}
    run = history(
        flow(tools, steps, starts(0, 1), crews={"cart": 1}, transport={"time": "10 min", "crew": "cart"}), 60
    )
    assert rows(run, "load", "lot", step="s") == [(11, 1), (21, 2)]


def test_a_tool_waits_for_a_lot_of_the_same_family() -> None:
    oven = {"min": 1, "max": 2, "look_ahead": "10 min", "family": "heat"}
    products = {"p": {"route": "p", "release": starts(0)}, "q": {"route": "q", "release": starts(0)}}
    routes = {
        "p": [step("p1", "u", 1), step("p2", "a", 10, batch=oven)],
        "q": [step("q1", "v", 9), step("q2", "a", 10, batch=oven)],
    }
    run = history(line({"u": {}, "v": {}, "a": {}}, products, routes), 60)
    assert [at for name in ("p2", "q2") for at in times(run, "load", step=name)] == [9, 9]
