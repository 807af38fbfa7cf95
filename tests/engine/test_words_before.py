"""Blocking before service: a run begins only with a place reserved in front of the next toolgroup.

Every expected minute is worked out in the test's comment from the document's meaning, not from the engine.
"""

from __future__ import annotations

from typing import Any

import pytest
from lines import tracked
from word_lines import MINUTE, QUEUE_AREA, flow, group_total, history, line, rows, spent, starts, step, times

from twin.engine import RunError
from twin.line import Line, LineError

BEFORE = {"blocking": "before"}
FAST_SLOW = [step("s1", "a", 1), step("s2", "b", 5)]


def pair(buffer: int, **more: Any) -> Any:
    return flow({"a": BEFORE, "b": {"buffer": buffer}}, FAST_SLOW, "saturated", **more)


def test_a_run_waits_for_a_place_and_then_leaves_at_once() -> None:
    # b: lot 1 at 1-6, 2 at 6-11, 3 at 11-. Lots 2 and 3 have the places from 1 and 2 on; lot 4 has one when lot 2 is
    # loaded (6) and runs 6-7; lot 5 runs 11-12.
    run = history(pair(2), 13)
    assert times(run, "load", tool="a") == [0, 1, 2, 6, 11]
    assert times(run, "leave", tool="a") == times(run, "finish", tool="a") == [1, 2, 3, 7, 12]
    assert times(run, "load", tool="b") == [1, 6, 11]
    assert times(run, "blocked") == []
    assert spent(run, 0) == {"productive": 5, "blocked": 8}


def test_with_no_places_an_idle_tool_is_reserved() -> None:
    # b is idle at 0 and waits for lot 1 (1-6); at 6 it is idle again, and lot 2 begins at a.
    run = history(pair(0), 13)
    assert times(run, "load", tool="a") == [0, 6, 12]
    assert times(run, "load", tool="b") == [1, 7]
    assert spent(run, 0) == {"productive": 3, "blocked": 10}
    assert spent(run, 1) == {"starved": 3, "productive": 10}


def test_after_is_the_default_and_may_be_written() -> None:
    of = flow({"a": {"blocking": "after"}, "b": {"buffer": 2}}, FAST_SLOW, "saturated")
    assert of.toolgroups["a"].to_document() == {}
    assert times(history(of, 12), "leave", tool="a") == [1, 2, 3, 6, 11]


def test_a_lot_that_waits_keeps_its_place_and_is_seen_waiting() -> None:
    # b has one place in front of it and needs one in front of c, which has one too: c works 1-11 on lot 1 and holds
    # lot 2 from 1.5 on. From then on b stands blocked with lot 3, which stays in b's place, and a with lot 4.
    groups = {"a": BEFORE, "b": {"buffer": 1, **BEFORE}, "c": {"buffer": 1}}
    run = history(flow(groups, [step("s1", "a", 0.5), step("s2", "b", 0.5), step("s3", "c", 10)], "saturated"), 10)
    assert times(run, "load", tool="b") == [0.5, 1]
    assert times(run, "load", tool="a") == [0, 0.5, 1]
    assert spent(run, 1) == {"starved": 0.5, "productive": 1, "blocked": 8.5}
    assert [group_total(run, QUEUE_AREA, k) / MINUTE for k in range(3)] == [8.5, 8.5, 8.5]


def test_who_asked_first_is_served_first_before_and_after_service() -> None:
    # c reserves b's only place at 0 and fills it at 1, b takes that lot at once (1-11) and the place goes to a's lot
    # done at 1. a's next lot is done at 2; c has asked since 1, and so c's goes first: b loads at 11 a's, at 21 c's.
    of = line(
        {"a": {}, "c": BEFORE, "b": {"buffer": 1}},
        {"p": {"route": "x", "release": starts(0, 0, 0)}, "q": {"route": "y", "release": starts(0, 0, 0)}},
        {"x": [step("x1", "a", 1), step("x2", "b", 10)], "y": [step("y1", "c", 1), step("y2", "b", 10)]},
    )
    run = history(of, 32)
    assert rows(run, "load", "product", tool="b") == [(1, "q"), (11, "p"), (21, "q"), (31, "p")]
    assert times(run, "load", tool="c") == [0, 11, 31]
    assert times(run, "leave", tool="a") == [1, 21]


def test_maintenance_comes_while_a_tool_waits_and_it_asks_again() -> None:
    # As the first test: blocked from 3 to 6, maintained 4-5 in between; the place comes at 6 all the same.
    of = flow(
        {"a": {**BEFORE, "pm": [{"every": "100 min", "first": "4 min", "takes": "1 min"}]}, "b": {"buffer": 2}},
        FAST_SLOW, "saturated",
    )  # fmt: skip
    run = history(of, 7)
    assert times(run, "load", tool="a") == [0, 1, 2, 6]
    assert spent(run, 0) == {"productive": 4, "blocked": 2, "pm": 1}


def test_a_place_is_not_kept_for_a_tool_that_is_away() -> None:
    # b takes lots at 1, 6, 11. a/1 runs 0-1, a/2 has waited since 0 and runs 1-2; then a/1 waits, and a/2 behind it.
    # a/1 is maintained from 4 on: the place that b frees at 6 is for a/2.
    pm = {"every": "100 min", "first": "4 min", "takes": "20 min"}
    run = history(flow({"a": {"tools": 2, **BEFORE, "pm": [pm]}, "b": {"buffer": 1}}, FAST_SLOW, "saturated"), 7)
    assert rows(run, "load", "tool", step="s1") == [(0, "a/1"), (1, "a/2"), (6, "a/2")]
    assert spent(run, 0) == {"productive": 1, "blocked": 3, "pm": 3}


def test_a_tool_alone_keeps_its_place_while_it_is_repaired() -> None:
    # a fails at 2.5, while it waits, for 5 min: it takes lot 3 with the place that is free at 6, and runs it 7.5-8.5.
    failing = {"mtbf": "2.5 min", "mttr": "5 min", "clock": "calendar"}
    run = history(flow({"a": {**BEFORE, "failures": [failing]}, "b": {"buffer": 1}}, FAST_SLOW, "saturated"), 9)
    assert times(run, "load", tool="a") == [0, 1, 6]
    assert times(run, "leave", tool="a") == [1, 2, 8.5]
    assert spent(run, 0) == {"productive": 3, "blocked": 1, "down": 5}


def test_tools_taken_out_of_the_line_leave_their_lot_to_others() -> None:
    # Two tools wait with lots 3 and 4 from 2 on; from 4 on there is one: it has the place at 6.
    of = flow({"a": {"tools": 2, **BEFORE}, "b": {"buffer": 2}}, FAST_SLOW, "saturated",
              transients=[{"change": "toolgroups.a.tools=1", "from": "4 min", "to": "20 min"}])  # fmt: skip
    run = history(of, 13)
    assert rows(run, "load", "tool", step="s1") == [(0, "a/1"), (0, "a/2"), (1, "a/1"), (6, "a/1"), (11, "a/1")]
    assert spent(run, 1) == {"productive": 1, "blocked": 3, "off": 9}


WAYS = [
    step("s1", "a", 1, branch=[{"probability": 0.4, "to": "s3"}], rework=[{"probability": 0.2, "to": "s1"}]),
    step("s2", "b", 2, sample=0.5),
    step("s3", "c", 2, rework=[{"probability": 0.3, "to": "s2"}]),
    step("s4", "a", 1, sample=0.7),
]


def ways(run: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for _, lot, name in rows(run, "finish", "lot", "step"):
        found.setdefault(lot, []).append(name)
    return found


def test_what_chance_decides_is_known_before_and_the_same() -> None:
    """Where lots go is drawn by their visits: the same with blocking before and after, and a finished lot leaves."""
    release = {"every": {"exponential": "7 min"}}
    groups: dict[str, Any] = {"a": {"tools": 2}, "b": {"buffer": 1}, "c": {}}
    plain = history(flow(groups, WAYS, release), 2000)
    run = history(flow({name: {**words, **BEFORE} for name, words in groups.items()}, WAYS, release), 2000)
    before, after = ways(run), ways(plain)
    both = [lot for lot in before if lot in after and lot < 250]
    assert len(both) > 200
    assert all(before[lot] == after[lot] for lot in both)
    finished, left = rows(run, "finish", "lot"), rows(run, "leave", "lot")
    assert finished == left
    assert len(rows(plain, "blocked")) > 0
    assert len(rows(run, "blocked")) == 0


def test_a_lot_that_comes_back_to_its_own_toolgroup_leaves_a_place_there() -> None:
    again = step("s1", "a", 1, rework=[{"probability": 0.5, "to": "s1"}])
    of = flow({"a": {**BEFORE, "buffer": 1}}, [again], {"wip": 3})
    assert times(history(of, 20), "load") == list(range(20))


def test_a_ring_of_reserved_places_is_a_deadlock_and_told() -> None:
    # Lots come back to a from b: a's place is held by a lot that wants b's, b's by one that wants a's.
    of = flow({"a": {**BEFORE, "buffer": 1}, "b": {**BEFORE, "buffer": 1}},
              [step("s1", "a", 1), step("s2", "b", 1), step("s3", "a", 1)], {"wip": 4})  # fmt: skip
    with pytest.raises(RunError, match=r"deadlock: .*'b' -> 'a' -> 'b'"):
        history(of, 60)


def refused(group: Any, **more: Any) -> str:
    steps = [step("s0", "b"), step("s1", "a", 1, **more), step("s2", "b")]
    with pytest.raises(LineError) as error:
        flow({"a": group, "b": {}}, steps, "saturated")
    assert len(error.value.faults) == 1
    return str(error.value)


def test_what_cannot_be_known_before_is_told() -> None:
    assert "'a' has blocking: before: its tools take one lot a run" in refused(BEFORE, batch={"max": 2})
    assert "'a' has blocking: before: its tools take one lot a run" in refused(BEFORE, cascade={"every": "30 s"})
    assert "no tools to keep this for" in refused({**BEFORE, "tools": "unlimited"})
    weld = {"law": "spot_weld", "welds": 14, "growth": "800 nm"}
    told = refused(BEFORE, process=weld | {"rejects_to": "s0"})
    assert "main.1.process.rejects_to: where a lot goes is known only once the step is done; 'a' has" in told
    of = flow({"a": BEFORE, "b": {}}, [step("s1", "a", 1, process=weld), step("s2", "b")], "saturated")
    assert len(times(history(of, 10), "leave", tool="a")) == 9
    document = tracked().to_document()
    group = next(s["toolgroup"] for route in document["routes"].values() for s in route if s["step"] == "look")
    document["toolgroups"][group]["blocking"] = "before"
    with pytest.raises(LineError, match=r"known only once it is measured; .* write 'blocking: after'"):
        Line.from_document(document)
