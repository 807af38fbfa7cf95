"""Ways onward among which lots choose, rework that is limited, and scrap, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from word_lines import DONE, OUT, REWORKED, flow, group_total, history, product_total, rows, starts, step, times

from twin.arrays.fields import PR_SCRAPPED
from twin.arrays.routing import visits
from twin.line import Line, LineError

Words = dict[str, Any]


def forked(by: str, a: Words, b: Words, minutes: tuple[float, float], lots: int = 6) -> Line:
    """Lots leave `first` every minute from minute 1 on and choose between two stations."""
    out = {"branch": {"probability": 1, "to": "end"}}
    steps = [
        step("first", "first", 1, branch={"by": by, "to": ["at_a", "at_b"]}),
        step("at_a", "a", minutes[0], **out),
        step("at_b", "b", minutes[1]),
    ]
    return flow({"first": {}, "a": a, "b": b}, steps, starts(*[0] * lots))


def ways(of: Line, minutes: float = 60) -> str:
    """Where each lot went, in turn."""
    found = rows(history(of, minutes), "leave", "step")
    return "".join(name[-1] for _, name in found if name in ("at_a", "at_b"))


def test_by_turns() -> None:
    assert ways(forked("round_robin", {}, {}, (9, 1))) == "ababab"


def test_the_shortest_queue_counts_lots_on_tools_and_the_first_named_wins() -> None:
    # at 3 both have one; at 4 and 5.5 b has none and one, a two; at 6 b has one
    assert ways(forked("shortest_queue", {}, {}, (5.5, 1.5))) == "ababbb"


def test_the_first_free_has_a_place_and_where_none_has_the_shorter_queue_is_waited_for() -> None:
    # a: its idle tool; b: its tool, its place; then neither: a has one lot, b two
    full = forked("first_free", {"buffer": 0}, {"buffer": 1}, (100, 100), 4)
    run = history(full, 60)
    assert ways(full) == "abb"
    assert times(run, "blocked") == [4]
    assert rows(run, "blocked", "step") == [(4, "at_a")]


def test_rework_so_often_and_then_scrap() -> None:
    steps = [step("weld", "m", 1), step("check", "look", 1, rework={"probability": 1, "to": "weld", "most": 2})]
    run = history(flow({"m": {}, "look": {}}, steps, starts(0, 10)), 60)
    assert times(run, "finish", step="check") == [2, 4, 6, 12, 14, 16]
    assert times(run, "scrap") == [6, 16]
    assert product_total(run, PR_SCRAPPED) == 2 and product_total(run, REWORKED) == 4
    assert product_total(run, OUT) == 0


def test_each_lot_counts_for_itself() -> None:
    """1 + p visits a lot, p^2 of them scrap: 4,000 lots, within 4 standard errors."""
    p, lots = 0.4, 4000
    of = flow({"m": {}}, [step("a", "m", 0.01, rework={"probability": p, "to": "a", "most": 1})], {"every": "1 min"})
    run = history(of, lots, log=False)
    assert group_total(run, DONE) / lots == pytest.approx(visits(of, "main")[0], abs=4 * np.sqrt(p * (1 - p) / lots))
    assert product_total(run, PR_SCRAPPED) / lots == pytest.approx(p**2, abs=4 * np.sqrt(p**2 * (1 - p**2) / lots))


def test_each_loop_counts_for_itself() -> None:
    steps = [
        step("a", "m", 1, rework={"probability": 1, "to": "a", "most": 1}),
        step("b", "m", 1, sample=0),
    ]
    assert times(history(flow({"m": {}}, steps, starts(0)), 9), "finish") == [1, 2]
    steps = [
        step("a", "m", 1),
        step("b", "n", 1, rework=[{"probability": 0.5, "to": to, "most": 1} for to in ("a", "b")]),
    ]
    run = history(flow({"m": {}, "n": {}}, steps, starts(*range(0, 80, 8))), 90)
    came = [len(times(run, "finish", step="b", lot=lot)) for lot in range(1, 11)]
    assert set(came) == {2, 3}  # scrap when one of the two loops is due a second time
    assert product_total(run, PR_SCRAPPED) == 10


def test_expected_visits_of_limited_rework() -> None:
    p, most = 0.25, 2
    steps = [
        step("a", "m", 1, rework={"probability": p, "to": "a", "most": most}),
        step("b", "m", 1),
        step("c", "m", 1, branch={"by": "round_robin", "to": ["d", "e"]}),
        step("d", "m", 1, branch={"probability": 1, "to": "end"}),
        step("e", "m", 1),
    ]
    goes_on = 1 - p ** (most + 1)
    through = [goes_on / (1 - p), goes_on, goes_on, goes_on / 2, goes_on / 2]
    np.testing.assert_allclose(visits(flow({"m": {}}, steps, starts(0)), "main"), through)


def test_expected_visits_of_a_loop_that_mostly_goes_on() -> None:
    """4 % fail the test, are sealed, come back once; what fails again is scrap: 0.16 %."""
    steps = [
        step("test", "m", 1, branch={"probability": 0.96, "to": "end"}),
        step("seal", "m", 1, rework={"probability": 1, "to": "test", "most": 1}),
    ]
    np.testing.assert_allclose(visits(flow({"m": {}}, steps, starts(0)), "main"), [1.04, 0.04 * 1.04])


def test_a_turn_to_scrap() -> None:
    steps = [step("a", "m", 1, branch=[{"probability": 1, "to": "scrap"}]), step("b", "m", 1)]
    run = history(flow({"m": {}}, steps, {"wip": 2}), 9.5)
    assert times(run, "scrap") == list(range(1, 10))  # under CONWIP the next one comes at once
    assert product_total(run, OUT) == 0


def test_a_step_may_still_be_called_scrap() -> None:
    steps = [step("a", "m", 1, branch=[{"probability": 1, "to": "scrap"}]), step("b", "m", 1), step("scrap", "n", 1)]
    run = history(flow({"m": {}, "n": {}}, steps, starts(0)), 9)
    assert times(run, "out") == [2]
    assert times(run, "scrap") == []


@pytest.mark.parametrize(
    ("branch", "words"),
    [
        ({"by": "shortest", "to": ["b", "c"]}, "'shortest' is none of shortest_queue, round_robin, first_free;"),
        ({"by": "round_robin", "to": ["b"]}, "at least two steps to choose among"),
        ({"by": "round_robin"}, "at least two steps to choose among"),
        ({"by": "round_robin", "to": ["b", "b"]}, "a step stands twice"),
        ({"by": "round_robin", "to": ["b", "d"]}, "no such step 'd'"),
        ({"by": "round_robin", "to": ["b", "end"]}, "a lot chooses among steps; 'end' is none"),
        ({"by": "round_robin", "to": ["b", "c"], "probability": 1}, "unknown key 'probability' beside 'by'"),
        ([{"probability": 0.5, "to": "c", "most": 2}], "only rework has a limit"),
    ],
)
def test_faults(branch: Any, words: str) -> None:
    steps = [step("a", "m", 1, branch=branch), step("b", "m", 1), step("c", "m", 1)]
    document = flow({"m": {}}, [step("a", "m", 1)], starts(0)).to_document()
    document["routes"]["main"] = steps
    with pytest.raises(LineError, match=words):
        Line.from_document(document)


def test_it_is_written_back_as_it_was_read() -> None:
    of = forked("shortest_queue", {}, {}, (1, 1))
    assert of.to_document()["routes"]["main"][0]["branch"] == {"by": "shortest_queue", "to": ["at_a", "at_b"]}
    assert Line.from_document(of.to_document()) == of
