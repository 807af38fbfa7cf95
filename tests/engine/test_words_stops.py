"""Runs that cannot go on end within seconds, with the replication, the time and the toolgroup in words."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from word_lines import OUT, flow, history, line, product_total, starts, step, times

from twin.engine import RunError
from twin.line import Line

SOON = 10.0
"""Seconds in which each of these runs must end, far above what they need."""


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """Compile the engine before anything here is timed."""
    history(flow({"a": {}}, [step("s", "a")], starts(0)), 1)


@pytest.fixture(autouse=True)
def _soon(_compiled: None) -> Iterator[None]:
    """Nothing here may take long: an engine that hangs or crawls is a fault in itself."""
    began = time.perf_counter()
    yield
    assert time.perf_counter() - began < SOON


def fault(of: Line, minutes: float = 100_000, **settings: Any) -> str:
    with pytest.raises(RunError) as told:
        history(of, minutes, log=False, **settings)
    return str(told.value)


# --- deadlock -------------------------------------------------------------------------------------


def ring(wip: int, buffer: int) -> Line:
    """Two tools that feed each other: nine lots in ten come back from b to a. wip: lots kept, 0 for ever more."""
    steps = [step("s", "a", 1), step("t", "b", 1, rework={"probability": 0.9, "to": "s"})]
    return flow({name: {"buffer": buffer} for name in "ab"}, steps, {"wip": wip} if wip else {"every": "30 s"})


@pytest.mark.parametrize("buffer", [0, 1, 2])
def test_a_loop_of_full_buffers_is_told_as_a_deadlock(buffer: int) -> None:
    text = fault(ring(0, buffer))
    assert "replication 1" in text
    assert "deadlock" in text
    assert "'a'" in text
    assert "'b'" in text
    assert "buffer" in text


def test_a_loop_with_room_for_all_its_lots_runs() -> None:
    # three lots, two tools and four places: no deadlock can arise.
    run = history(ring(3, 2), 5000, log=False)
    assert product_total(run, 1) > 100


def test_the_time_of_a_deadlock_is_told() -> None:
    # both lots are done at 60 min and want each other's tool.
    products = {"p": {"route": "m", "release": starts(0)}, "q": {"route": "n", "release": starts(0)}}
    routes = {
        "m": [step("s", "a", 60), step("t", "b", 1)],
        "n": [step("s", "b", 60), step("t", "a", 1)],
    }
    text = fault(line({"a": {"buffer": 0}, "b": {"buffer": 0}}, products, routes))
    assert "1 h" in text
    assert "'a' -> 'b'" in text or "'b' -> 'a'" in text


def test_the_replication_of_a_deadlock_is_told() -> None:
    steps = [step("s", "a", 1), step("t", "b", 1, rework={"probability": 0.3, "to": "s"})]
    of = flow({"a": {"buffer": 0}, "b": {"buffer": 0}}, steps, {"wip": 2})
    assert "replication" in fault(of, replications=4)


def test_one_blocked_tool_of_two_is_no_deadlock() -> None:
    # a/1 is blocked by b for a while; a/2 works on.
    tools = {"a": {"tools": 2, "buffer": 3}, "b": {"buffer": 0}}
    run = history(flow(tools, [step("s", "a", 1), step("t", "b", 5)], {"every": "5 min"}), 5000)
    assert len(times(run, "out")) > 900


def test_a_blocked_loop_with_a_tool_that_will_be_free_is_no_deadlock() -> None:
    # p: a -> c, q: c -> a; c has a second tool that finishes later and leaves the line.
    products = {
        "p": {"route": "m", "release": starts(0)},
        "q": {"route": "n", "release": starts(0)},
        "r": {"route": "o", "release": starts(0)},
    }
    routes = {
        "m": [step("s", "a", 1), step("t", "c", 1)],
        "n": [step("s", "c", 1), step("t", "a", 1)],
        "o": [step("s", "c", 9)],
    }
    run = history(line({"a": {"buffer": 0}, "c": {"tools": 2, "buffer": 0}}, products, routes), 30)
    # r is out at 9; p takes c's tool from 9, a is free and q takes it.
    assert times(run, "out") == [9, 10, 10]


@pytest.mark.parametrize("seed", range(8))
def test_a_loop_that_closes_as_another_lot_of_the_batch_leaves_is_a_deadlock(seed: int) -> None:
    # c bakes p and q together until 20; meanwhile the lots of r fill c's two places (at 5 and 10), and the third
    # is done on a at 15 and wants a place at c. At 20 each of p and q leaves the line or wants a: unless both
    # leave, c keeps a lot that waits for a, and a one that waits for c, whichever of the two is looked at first.
    products = {
        "p": {"route": "m", "release": starts(0)},
        "q": {"route": "m", "release": starts(0)},
        "r": {"route": "n", "release": {"every": "5 min"}},
    }
    routes = {
        "m": [step("s", "c", 20, batch={"min": 2, "max": 2}, branch={"probability": 0.5, "to": "end"}),
              step("t", "a", 1)],
        "n": [step("u", "a", 5), step("v", "c", 1)],
    }  # fmt: skip
    of = line({"a": {"buffer": 0}, "c": {"buffer": 2}}, products, routes)
    try:
        run = history(of, 500, log=False, seed=seed)
    except RunError as told:
        assert "deadlock" in str(told)
    else:
        assert [product_total(run, OUT, k) for k in (0, 1)] == [1, 1]


def test_a_loop_that_closes_as_another_lot_leaves_a_cascading_tool_is_a_deadlock() -> None:
    # p goes in at 0 and q at 4, which holds the entrance until 6. p is done at 5 and wants the same tool again: it is
    # not idle, and p stays. q leaves the line at 9: now the tool holds only p, which waits for that very tool.
    products = {"p": {"route": "m", "release": starts(0)},
                "q": {"route": "n", "release": {"every": "1 h", "start": "4 min"}}}  # fmt: skip
    inside = {"cascade": {"every": "2 min"}}
    routes = {"m": [step("s", "a", 5, **inside), step("t", "a", 1)], "n": [step("s", "a", 5, **inside)]}
    assert "deadlock" in fault(line({"a": {"buffer": 0}}, products, routes), 300)


# --- no time passes -------------------------------------------------------------------------------


def test_a_loop_in_no_time_is_told() -> None:
    steps = [step("s", "d", 0, rework={"probability": 0.9999999, "to": "s"}), step("t", "d", 1)]
    text = fault(flow({"d": {"tools": "unlimited"}}, steps, {"every": "1 min"}))
    assert "replication 1" in text
    assert "clock stands still" in text
    assert "'d'" in text


def test_a_loop_in_no_time_over_tools_is_told() -> None:
    steps = [step("s", "a", 0), step("t", "b", 0, rework={"probability": 0.9999999, "to": "s"}), step("u", "b", 1)]
    assert "clock stands still" in fault(flow({"a": {}, "b": {}}, steps, starts(0)))


def test_many_lots_at_one_moment_are_no_loop() -> None:
    run = history(flow({"a": {"tools": 50}}, [step("s", "a", 1)], starts(*[1.0] * 3000)), 100, log=False)
    assert product_total(run, 1) == 3000


# --- too many lots --------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["fifo", "lifo", "priority", "edd", "spt", "srpt"])
def test_an_overload_is_told_within_seconds_whatever_the_rule(rule: str) -> None:
    of = flow({"a": {"rule": rule}}, [step("s", "a", 1)], {"every": "1 s"}, {"due": "1 d"})
    text = fault(of, max_wip=50_000)
    assert "replication 1" in text
    assert "'a'" in text
    assert "lots in the line" in text


def test_an_overload_that_waits_outside_is_told() -> None:
    text = fault(flow({"a": {"buffer": 3}}, [step("s", "a", 1)], {"every": "1 s"}))
    assert "'a'" in text


def test_max_wip_says_how_many_lots_are_too_many() -> None:
    of = flow({"a": {}}, [step("s", "a", 1)], {"every": "30 s"})
    assert "1000 lots" in fault(of, max_wip=1000)
    history(of, 900, log=False, max_wip=1000)  # 900 lots


def test_the_toolgroup_with_the_longest_queue_is_named() -> None:
    steps = [step("s", "a", 0.1), step("t", "b", 5), step("u", "c", 1)]
    assert "'b'" in fault(flow({"a": {}, "b": {}, "c": {}}, steps, {"every": "1 min"}), 1e6, max_wip=2000)


TOO_LARGE = """
from twin.engine import RunError
from twin.line import LineError
from word_lines import flow, history, step
try:
    groups, release = {content}
    of = flow(groups, [step("s", "a", 1), step("t", "b", 1)], release, transport={{"time": "1 min"}})
    history(of, 10, log=False)
except (RunError, LineError) as told:
    print("told:", told)
"""


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('{"a": {"tools": 70_000}, "b": {"tools": 70_000}}, {"every": "2 min"}', id="many tools"),
        pytest.param('{"a": {}, "b": {}}, {"wip": 400_000}', id="many lots at once"),
    ],
)
def test_a_line_too_large_for_a_world_is_refused_in_words(content: str) -> None:
    # in a process of its own: indices that overflow would take this one along
    code = TOO_LARGE.format(content=content)
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout.startswith("told:")


def test_nothing_is_left_over_of_a_stopped_run() -> None:
    # the same line runs again after a fault, with other settings, as if nothing had been.
    of = flow({"a": {}}, [step("s", "a", 1)], {"every": "30 s"})
    fault(of, max_wip=1000)
    assert times(history(of, 10), "out") == [float(k) for k in range(1, 10)]
