"""Which tool may take a lot: qualification by step, and auxiliaries that the step needs."""

from __future__ import annotations

import numpy as np
import pytest
from word_lines import COMPLETED, flow, for_a_time, history, line, product_total, rows, starts, step, times


def test_only_qualified_tools_run_a_step() -> None:
    # tool 2 alone may run s; tools 1 and 3 stand by.
    run = history(flow({"a": {"tools": 3}}, [step("s", "a", 10, qualified=[2])], starts(0, 0, 0)), 100)
    assert rows(run, "load", "lot", "tool") == [(0, 1, "a/2"), (10, 2, "a/2"), (20, 3, "a/2")]


def test_a_range_qualifies_and_other_steps_use_every_tool() -> None:
    routes = {"r": [step("s", "a", 10, qualified="1-2")], "q": [step("t", "a", 10)]}
    products = {"p": {"route": "r", "release": starts(0, 0, 0)}, "o": {"route": "q", "release": starts(5)}}
    run = history(line({"a": {"tools": 3, "rule": "fifo"}}, products, routes), 100)
    assert rows(run, "load", "product", "tool") == [(0, "p", "a/1"), (0, "p", "a/2"), (5, "o", "a/3"), (10, "p", "a/1")]


def test_qualification_beyond_the_32nd_tool() -> None:
    tools = {"a": {"tools": 70}}
    run = history(flow(tools, [step("s", "a", 10, qualified=[33, 65])], starts(0, 0, 0)), 50)
    assert rows(run, "load", "tool") == [(0, "a/33"), (0, "a/65"), (10, "a/33")]


def test_batches_and_saturated_releases_honour_qualification() -> None:
    batch = step("s", "a", 10, batch={"min": 2, "max": 2}, qualified=2)
    run = history(flow({"a": {"tools": 2}}, [batch], starts(0, 0, 0, 0)), 30)
    assert rows(run, "load", "tool") == [(0, "a/2"), (0, "a/2"), (10, "a/2"), (10, "a/2")]
    run = history(flow({"a": {"tools": 3}}, [step("s", "a", 10, qualified=[1, 3])], "saturated"), 25)
    assert sorted(rows(run, "load", "tool")) == [(at, f"a/{k}") for at in (0, 10, 20) for k in (1, 3)]


def test_tools_that_come_for_a_time_are_qualified_by_their_number() -> None:
    steps = [step("s", "a", 10, qualified=[1, 3])]
    made = flow({"a": {"tools": 2}}, steps, starts(0, 0, 0, 0), transients=[for_a_time("toolgroups.a.tools=3", 5)])
    assert rows(history(made, 30), "load", "tool") == [(0, "a/1"), (5, "a/3"), (10, "a/1"), (15, "a/3")]


def test_one_reticle_is_shared_by_two_toolgroups_the_longest_wait_first() -> None:
    # lot 1: s 0-10; its t waits for the reticle, which lot 2 takes at 10; at 20 lot 1 at b is called first.
    steps = [step("s", "a", 10, needs="r"), step("t", "b", 4, needs="r")]
    run = history(flow({"a": {}, "b": {}}, steps, starts(0, 0, 0), auxiliaries={"r": 1}), 100)
    assert rows(run, "load", "lot", "step") == [
        (0, 1, "s"), (10, 2, "s"), (20, 1, "t"), (24, 3, "s"), (34, 2, "t"), (38, 3, "t"),
    ]  # fmt: skip
    assert run.auxiliaries.loc["r", ("utilisation", "mean")] == pytest.approx(0.42)  # 3 x 14 of 100 min
    assert run.totals.auxiliaries[0, 0, 1] == 6


def test_two_auxiliaries_are_taken_together_or_not_at_all() -> None:
    # p needs r and s, q needs s: while q runs on b, p's lot waits and leaves r to nobody's harm.
    routes = {"one": [step("p", "a", 10, needs=["r", "s"])], "two": [step("q", "b", 7, needs="s")]}
    products = {"x": {"route": "one", "release": starts(1, 2)}, "y": {"route": "two", "release": starts(0)}}
    made = line({"a": {"tools": 2}, "b": {}}, products, routes, auxiliaries={"r": 1, "s": 2})
    assert rows(history(made, 50), "load", "step") == [(0, "q"), (1, "p"), (11, "p")]
    made = line({"a": {"tools": 2}, "b": {}}, products, routes, auxiliaries={"r": 2, "s": 1})
    assert rows(history(made, 50), "load", "step") == [(0, "q"), (7, "p"), (17, "p")]


def test_a_batch_takes_one_auxiliary_and_a_blocked_lot_holds_none() -> None:
    steps = [step("s", "a", 10, batch={"min": 2, "max": 2}, needs="r"), step("t", "b", 30)]
    made = flow({"a": {"tools": 2}, "b": {"buffer": 1}}, steps, starts(0, 0, 0, 0, 0, 0), auxiliaries={"r": 1})
    run = history(made, 100)
    # lots 1 and 2 leave at 10 (one on b, one in its buffer); 3 and 4 run until 20 on the other tool while it is free,
    # are blocked there, and leave the board to 5 and 6 on the first
    assert rows(run, "load", "lot", step="s") == [(0, 1), (0, 2), (10, 3), (10, 4), (20, 5), (20, 6)]


def test_more_auxiliaries_for_a_time() -> None:
    made = flow(
        {"a": {"tools": 2}}, [step("s", "a", 10, needs="r")], starts(0, 0, 0), auxiliaries={"r": 1},
        transients=[for_a_time("auxiliaries.r=2", 4)],
    )  # fmt: skip
    assert times(history(made, 40), "load") == [0, 4, 10]


def test_one_auxiliary_makes_two_tools_a_single_server() -> None:
    # M/D/1 at half load waits 1/2 of its service on average (Pollaczek-Khinchine): 2 tools with one board do the same,
    # and to the tick what one tool does.
    release = {"every": {"exponential": "20 min"}}
    shared = flow({"a": {"tools": 2}}, [step("s", "a", 10, needs="r")], release, auxiliaries={"r": 1})
    alone = flow({"a": {}}, [step("s", "a", 10)], release)
    two, one = (history(made, 40_000) for made in (shared, alone))
    np.testing.assert_array_equal(times(two, "out"), times(one, "out"))
    assert product_total(two, COMPLETED) > 1900
