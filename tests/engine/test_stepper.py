"""A line stepped through event by event is the line run in one go; what is told of it, by hand and of random lines."""

from __future__ import annotations

import contextlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from lines import everything, furnished, restless, staffed
from test_random_lines import maybe_lines
from test_why import FAILS, RUN, plain
from word_lines import flow, line, starts, step

import twin
from twin.engine import RunError
from twin.line import Line, LineError
from twin.results import ResultsError
from twin.results.measures import STATES
from twin.study.stepper import Stepper


def in_the_world(stepper: Stepper) -> np.ndarray:
    """All of a world in front of its log."""
    sight = stepper.sight
    return sight.memory[: sight.layout.todo].copy()


@pytest.mark.parametrize("of", [everything(), staffed()], ids=lambda of: of.line)
def test_step_by_step_is_in_one_go(of: Line) -> None:
    stepped, whole = Stepper(of, horizon="5 h"), Stepper(of, horizon="5 h")
    rows = 0
    while not stepped.ended:
        rows += len(stepped.next())
    whole.advance("5 h")
    assert rows > 400
    assert whole.ended
    assert (in_the_world(stepped) == in_the_world(whole)).all()


def test_what_happens_by_hand() -> None:
    of = flow({"a": {"buffer": 0}, "b": {"buffer": 0}}, [step("s", "a", 1), step("t", "b", 3)], starts(0, 1), **RUN)
    walk = twin.debug(of)
    assert (walk.time, walk.lots, walk.next(0)) == ("00:00:00", [], [])
    assert walk.next()[:2] == ["00:00:00  p-1 is released", "00:00:00  p-1 joins the queue of a (step s)"]
    assert walk.events() == ["00:01:00  a: its work is done", "00:01:00  p: a lot is released"]
    assert walk.lot("p-1") == "p-1 at 00:00:00: on a (step s), which is productive"
    assert walk.lot("p-2") == "p-2 at 00:00:00: it is not released yet"
    walk.advance("2 min")
    assert walk.lot("p-2") == (
        "p-2 at 00:02:00: done on a, and stays there: it waits for a place in front of b "
        "(no places, and no tool of it is idle)"
    )
    assert walk.who() == [
        "a: blocked for 0 s -> b: its lot p-2 waits for a place in front of b (no places, and no tool of it is idle)"
    ]
    assert walk.station("a").splitlines()[-1].startswith("  because b is working since 00:01:00 (1 min): it works on")
    assert walk.queue("b").splitlines()[1].startswith("  p-2 done on a")
    assert (walk.lots, walk.now) == (["p-1", "p-2"], 120.0)
    assert walk.next()[0] == "00:04:00  p-1 is done with step t on b"
    with pytest.raises(LineError, match="it is 00:04:00 already"):
        walk.advance("3 min")
    walk.advance("10 h")
    assert walk.lot("p-1").endswith("it has left the line")
    assert (walk.ended, walk.next(), walk.events()) == (True, [], [])
    with pytest.raises(ResultsError, match="did you mean 'a'"):
        walk.queue("A")


def test_a_failure_is_seen_coming_and_going() -> None:
    walk = Stepper(plain({"a": FAILS}, [step("s", "a", 60)]))
    assert walk.next() == ["00:00:00  p-1 is released", "00:00:00  p-1 is loaded on a (step s)", "00:00:00  a: working"]
    assert walk.events() == ["00:10:00  a: failure 1 of a is due", "01:00:00  a: its work is done"]
    assert walk.next() == ["00:10:00  a goes down", "00:10:00  a: down"]
    assert walk.events() == ["00:30:00  a: it is repaired"]


def test_a_deadlock_is_told_and_can_be_looked_into() -> None:
    products = {"p": {"route": "m", "release": starts(0)}, "q": {"route": "n", "release": starts(0)}}
    routes = {"m": [step("s", "a", 60), step("t", "b")], "n": [step("s", "b", 60), step("t", "a")]}
    walk = Stepper(line({"a": {"buffer": 0}, "b": {"buffer": 0}}, products, routes, **RUN))
    with pytest.raises(RunError, match="deadlock"):
        walk.advance("2 h")
    assert (walk.time, walk.ended) == ("01:00:00", True)
    assert "deadlock" in str(walk.stopped)
    assert walk.why("a").end == "deadlock"
    assert walk.next() == []


def ask_all(of: Line, horizon: float, looks: int, ends: Counter[str]) -> None:
    """Ask for every tool at random moments: the first link is the world's state, each leads to the next, to an end."""
    walk = Stepper(of, horizon=horizon)
    for at in np.sort(np.random.default_rng(3).uniform(0, horizon, looks)):
        with contextlib.suppress(RunError):
            walk.advance(max(walk.now, float(at)))
        sight = walk.sight
        for tool, row in enumerate(sight.tools):
            found = walk.why(sight.names.tool(tool))
            first, last = found.chain[0], found.chain[-1]
            assert (first.who, first.state, first.since) == (sight.names.tool(tool), STATES[row[0]], row[1])
            assert len({link.who for link in found.chain}) == len(found.chain) < 2 * len(sight.tools) + 20
            assert [link.of for link in found.chain[:-1]] == [link.who for link in found.chain[1:]]
            assert (last.of is None) == (found.end not in ("deadlock", "ring"))
            assert str(found).count("because") >= len(found.chain) - 1
            ends[found.end] += 1
        for name in walk.lots:
            assert " at " in walk.lot(name)
        assert len(walk.who()) == int((sight.tools[:, 0] != 0).sum())
        for name in sight.names.toolgroups:
            walk.queue(name)
        if walk.ended:
            return
        with contextlib.suppress(RunError):
            walk.next(1)


def test_every_tool_of_random_lines_has_a_reason() -> None:
    ends: Counter[str] = Counter()

    @settings(
        max_examples=25, derandomize=True, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )  # fmt: skip
    @given(maybe_lines())
    def each(of: Line | None) -> None:
        if of is not None:
            ask_all(of, 300 * 60.0, 5, ends)

    each()
    for of in (everything(), furnished(), restless(), staffed()):
        ask_all(of, 26 * 3600.0, 12, ends)
    assert {"works", "release", "down", "pm", "setup", "crew", "batch", "off"} <= set(ends), ends
    assert "unknown" not in ends
