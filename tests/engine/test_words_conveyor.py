"""Conveyors against schedules worked out by hand, a belt moved minute by minute, a buffer and a pure delay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from word_lines import MINUTE, flow, history, line, rows, spent, starts, step, times

from twin.engine import RunError
from twin.line import Line
from twin.results import Results

Words = dict[str, Any]
TRAVEL, HOLDS = 6, 6
BELT = {"length": "6 m", "speed": "1 m/min", "pitch": "1 m"}  # six lots, six minutes, a minute from lot to lot


def between(release: Any, before: Any = 2, after: Any = 1, belt: Words | None = None, **group: Any) -> Line:
    """A station, a conveyor, a station; nothing waits anywhere but on the belt. Times [min], or one for each lot."""
    groups = {"a": {}, "belt": {"conveyor": BELT | (belt or {}), "buffer": 0} | group, "b": {"buffer": 0}}
    steps = [timed("s", "a", before), {"step": "t", "toolgroup": "belt"}, timed("u", "b", after)]
    return flow(groups, steps, release)


def timed(name: str, group: str, minutes: Any) -> Words:
    if isinstance(minutes, int | float):
        return step(name, group, minutes)
    trace = {"values": [f"{k} min" for k in minutes], "end": "repeat"}
    return {"step": name, "toolgroup": group, "time": {"trace": trace}}


def enters(run: Results) -> list[float]:
    return times(run, "load", step="t")


def leaves(run: Results) -> list[float]:
    return times(run, "load", step="u")


@pytest.mark.parametrize("accumulating", [True, False])
def test_a_belt_that_nothing_blocks_is_a_pure_delay(accumulating: bool) -> None:
    of = between(starts(0, 0, 0, 0), belt={"accumulating": accumulating})
    run = history(of, 30)
    assert enters(run) == [2, 4, 6, 8]
    assert leaves(run) == [8, 10, 12, 14]
    assert spent(run, 1) == {"productive": 12, "starved": 18}
    groups = {"a": {}, "wait": {"tools": "unlimited"}, "b": {}}
    delay = history(flow(groups, [step("s", "a", 2), step("t", "wait", 6), step("u", "b", 1)], starts(0, 0, 0, 0)), 30)
    assert times(delay, "out") == times(run, "out") == [9, 11, 13, 15]


def test_lots_come_no_nearer_than_a_pitch() -> None:
    """Three lots ready at once enter a minute apart; then one waits for nothing."""
    run = history(between(starts(0, 0, 0, 9), before=0, after=0.25), 30)
    assert enters(run) == [0, 1, 2, 9]
    assert leaves(run) == [6, 7, 8, 15]


def test_behind_a_blocked_exit_lots_close_up_until_the_belt_is_full() -> None:
    """By hand: the second station holds its first lot from 8 to 19.

    Lots 2 to 7 fill the belt at 14; lot 8 waits from 16 until lot 2 leaves at 19. Those that closed up leave a minute
    apart; lot 8 takes its six minutes.
    """
    run = history(between(starts(*[0] * 9), after=[11, *[0.5] * 8]), 40)
    assert enters(run) == [2, 4, 6, 8, 10, 12, 14, 19, 21]
    assert leaves(run) == [8, 19, 20, 21, 22, 23, 24, 25, 27]
    # lot 7 enters last, at 14, and has closed up to the fifth lot before it a minute later, at 15
    assert spent(run, 1) == {"starved": 2 + 13, "productive": 13 + 8, "blocked": 4}
    carried = sum(map(float.__sub__, leaves(run), enters(run))) / 40
    assert run.conveyor_figures["belt"]["lots"].mean == pytest.approx(carried)
    assert run.conveyor_figures["belt"]["filled"].mean == pytest.approx(carried / 6)


def test_a_belt_that_does_not_accumulate_stops_with_all_its_lots() -> None:
    """The same stop: lot 2 is at the exit at 10 and leaves at 19; what comes after is nine minutes later."""
    run = history(between(starts(*[0] * 6), after=[11, *[0.5] * 5], belt={"accumulating": False}), 40)
    assert enters(run) == [2, 4, 6, 8, 19, 21]
    assert leaves(run) == [8, 19, 12 + 9, 14 + 9, 19 + 6, 21 + 6]
    assert spent(run, 1) == {"starved": 2 + 13, "productive": 8 + 8, "blocked": 9}


@pytest.mark.parametrize("accumulating", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_lots_are_where_a_belt_moved_minute_by_minute_has_them(accumulating: bool, seed: int) -> None:
    draw = np.random.default_rng(seed)
    before = draw.choice([1, 1, 2, 3, 7], 60).tolist()
    after = draw.choice([1, 1, 2, 3, 15], 60).tolist()
    run = history(between(starts(*[0] * 60), before, after, {"accumulating": accumulating}), 600)
    assert (enters(run), leaves(run)) == moved(before, after, accumulating)
    assert spent(run, 1).get("blocked", 0) > 20


def moved(before: list[int], after: list[int], accumulating: bool) -> tuple[list[int], list[int]]:
    """When lots enter and leave a belt: every lot's place, minute by minute, no two of them nearer than a pitch."""
    belt: list[int] = []  # places from the exit, the first lot first
    ends = [before[0]]  # of each lot at the first station
    free, entered, left = 0, list[int](), list[int]()
    for minute in range(600):
        stands = bool(belt) and belt[0] == 0 and free > minute
        if belt and belt[0] == 0 and not stands:
            belt.pop(0)
            free = minute + after[len(left)]
            left.append(minute)
        waits = len(entered) < len(ends) and ends[-1] <= minute
        clear = (not belt or belt[-1] <= TRAVEL - 1) and len(belt) < HOLDS
        if waits and clear and (accumulating or not stands):
            belt.append(TRAVEL)
            entered.append(minute)
            if len(ends) < len(before):
                ends.append(minute + before[len(ends)])
        if accumulating or not stands:
            for k, place in enumerate(belt):
                belt[k] = max(place - 1, belt[k - 1] + 1 if k else 0)
    return entered, left


def test_a_short_fast_belt_is_a_buffer() -> None:
    draw = np.random.default_rng(5)
    before, after = (draw.exponential(2, 200).round(3).tolist() for _ in range(2))
    fast = {"length": "5 m", "speed": "60000 m/min", "pitch": "1 m"}  # a tick a pitch
    belt = history(between("saturated", before, after, fast), 300)
    steps = [timed("s", "a", before), timed("u", "b", after)]
    buffer = history(flow({"a": {}, "b": {"buffer": 5}}, steps, "saturated"), 300)
    out = times(buffer, "out")
    assert len(out) > 100
    np.testing.assert_allclose(times(belt, "out")[:100], out[:100], atol=0.01, rtol=0)
    assert spent(buffer, 0)["blocked"] > 5


def test_failures_and_maintenance_stop_the_belt_with_its_lots() -> None:
    """An operating clock counts from 2 to 7 and 10 to 15; a lot at the exit at the tick of a failure still leaves."""
    failing = {"failures": {"mtbf": "5 min", "mttr": "3 min", "clock": "operating"}}
    run = history(between(starts(0, 0, 0, 0), **failing), 40)
    assert times(run, "down") == [7, 15]
    assert enters(run) == [2, 4, 6, 10]
    assert leaves(run) == [11, 13, 15, 10 + 6 + 3]
    kept = {"pm": [{"every": "5 min", "takes": "3 min"}, {"every": "3 units", "takes": "1 min"}]}
    run = history(between(starts(0, 0, 0, 0), belt={"accumulating": False}, **kept), 17)
    assert times(run, "pm") == [5, 8, 10, 15]
    assert enters(run) == [2, 4, 8, 10]
    assert leaves(run) == [5 + 1 + 2 + 7]


def test_a_lot_that_left_a_belt_is_repaired_with_its_tool_as_any_other() -> None:
    """The station behind fails at 10, two minutes into its lot, which goes on at 20 for its other three."""
    of = between(starts(0, 0), after=5)
    failing = {"failures": {"mtbf": "2 min", "mttr": "10 min", "clock": "operating"}, "buffer": 0}
    document = of.to_document()
    document["toolgroups"]["b"] = failing
    run = history(Line.from_document(document), 60)
    assert times(run, "down")[:2] == [10, 22]
    assert times(run, "out") == [8 + 5 + 2 * 10, 8 + 5 + 5 + 4 * 10]


@pytest.mark.parametrize("accumulating", [True, False])
def test_a_blocked_lot_may_leave_a_belt_that_is_down(accumulating: bool) -> None:
    """Lot 2 is at the exit from 10 to 19, the belt down from 12 to 22: lot 3, at 12 there, has 2 or 1 more to go."""
    down = {"failures": {"mtbf": "12 min", "mttr": "10 min", "clock": "calendar"}}
    run = history(between(starts(0, 0, 0), after=[11, 0.5, 0.5], belt={"accumulating": accumulating}, **down), 30)
    assert leaves(run) == [8, 19, 23 if accumulating else 24]


def test_a_belt_is_first_of_a_line_and_waits_for_nobody() -> None:
    groups = {"belt": {"conveyor": BELT}, "b": {"buffer": 1}}
    run = history(flow(groups, [{"step": "t", "station": "belt"}, step("u", "b", 3)], "saturated"), 40)
    assert enters(run)[:8] == [0, 1, 2, 3, 4, 5, 6, 7]
    assert enters(run)[8:11] == [9, 12, 15]
    assert run.bottleneck == "b"


def test_belts_that_wait_for_each_other_are_told() -> None:
    """Lots of x go from a to b, those of y from b to a, over belts and without a buffer."""
    belt = {"conveyor": {"length": "2 m", "speed": "1 m/min", "pitch": "1 m"}, "buffer": 0}
    groups = {"a": {"buffer": 0}, "there": belt, "b": {"buffer": 0}, "back": belt}
    x = [step("x1", "a"), {"step": "x2", "toolgroup": "there"}, step("x3", "b"), {"step": "x4", "toolgroup": "back"}]
    products = {"x": {"route": "x", "release": "saturated"}}
    of = line(groups, products, {"x": [*x, step("x5", "a")]})
    with pytest.raises(RunError, match="deadlock") as told:
        history(of, 100)
    for name in ("'a'", "'there'", "'b'", "'back'"):
        assert name in str(told.value)


def test_the_bottleneck_is_no_belt_unless_its_entrance_is() -> None:
    steps = [step("s", "a", 2), {"step": "t", "toolgroup": "belt"}, step("u", "b", 1)]
    groups = {"a": {}, "belt": {"conveyor": BELT}, "b": {}}
    assert history(flow(groups, steps, {"every": "3 min"}), 300).bottleneck == "a"
    slow = groups | {"belt": {"conveyor": {"length": "60 m", "speed": "4 m/min", "pitch": "10 m"}}}
    run = history(flow(slow, steps, {"every": "2.6 min"}), 300)
    assert run.bottleneck == "belt"
    assert run.toolgroup_figures["belt"]["utilisation"].mean == pytest.approx(2.5 / 2.6, rel=0.02)
    assert times(run, "load", step="t")[5] * MINUTE == round((2 + 5 * 2.6) * MINUTE)


def test_every_lot_passes_in_order() -> None:
    run = history(between("saturated", {1: 1}.get(1, 1), [3, 1, 1, 1, 5]), 200)
    lots = [[lot for _, lot in rows(run, "load", "lot", step=name)] for name in ("t", "u")]
    assert lots[1] == lots[0][: len(lots[1])] == sorted(lots[1])
