"""Failures: what a clock counts, what stands still, when the next one is due. Constant laws, minutes by hand."""

from __future__ import annotations

from typing import Any

import pytest
from word_lines import flow, history, rows, spent, starts, step, times

from twin.line import Failure


def failing(mtbf: float, mttr: float, clock: str = "operating") -> dict[str, Any]:
    """A toolgroup's failures with constant times [min]."""
    return {"failures": [{"mtbf": f"{mtbf} min", "mttr": f"{mttr} min", "clock": clock}]}


def test_an_operating_clock_counts_processing_alone_and_the_lot_resumes() -> None:
    # 3 min of processing between failures, 2 of repair; lots of 2 min at 0, 10, 20, 30, 40.
    # Lot 1 uses 2; lot 2 fails after 1 more (11), up at 13, done 14 (1 used); lot 3 uses 3 by 22: the failure is
    # due as it is done and strikes lot 4 at 30: up 32, done 34 (2 used); lot 5 fails at 41, done 44.
    run = history(flow({"a": failing(3, 2)}, [step("s", "a", 2)], starts(0, 10, 20, 30, 40)), 50)
    assert times(run, "down") == [11, 30, 41]
    assert times(run, "up") == [13, 32, 43]
    assert times(run, "finish") == [2, 14, 22, 34, 44]
    assert spent(run) == {"productive": 10, "down": 6, "starved": 34}


def test_a_calendar_clock_counts_idle_time_too() -> None:
    # 5 min up, 2 down: down at 5, 12, 19. Lot 2 comes at 6 to the down tool, which takes it, and runs 7-10.
    # Lot 3 comes at 11 and is interrupted at 12: 14-16.
    run = history(flow({"a": failing(5, 2, "calendar")}, [step("s", "a", 3)], starts(0, 6, 11)), 20)
    assert times(run, "down") == [5, 12, 19]
    assert times(run, "load") == [0, 6, 11]
    assert times(run, "finish") == [3, 10, 16]
    assert spent(run) == {"productive": 9, "down": 5, "starved": 6}


def test_a_calendar_failure_due_as_a_lot_is_done_strikes_the_next_lot() -> None:
    # lot 1 is done at 5, when the failure is due; lot 2 is loaded at 5 and stands until 7.
    run = history(flow({"a": failing(5, 2, "calendar")}, [step("s", "a", 5)], starts(0, 0)), 11)
    assert times(run, "load") == [0, 5]
    assert times(run, "finish") == [5]
    assert times(run, "down") == [5]
    assert spent(run) == {"productive": 9, "down": 2}


@pytest.mark.parametrize(
    ("clock", "downs", "blocked"), [("calendar", [5, 12], 10), ("operating", [], 14)]
)
def test_blocked_time_counts_for_a_calendar_clock_alone(clock: str, downs: list[float], blocked: float) -> None:
    # a's second lot is done at 2 and blocked by b's 20 min.
    tools = {"a": failing(5, 2, clock), "b": {"buffer": 0}}
    run = history(flow(tools, [step("s", "a", 1), step("t", "b", 20)], "saturated"), 16)
    assert times(run, "down") == downs
    expected = {"productive": 2, "blocked": blocked} | ({"down": 4} if downs else {})
    assert spent(run, 0) == expected


def test_a_down_tool_lets_a_finished_lot_go_and_takes_the_next() -> None:
    # a is down 5-7 with lot 2, done at 2; b is free at 6: lot 2 goes, lot 3 is loaded at 6 and runs 7-8.
    tools = {"a": failing(5, 2, "calendar"), "b": {"buffer": 0}}
    run = history(flow(tools, [step("s", "a", 1), step("t", "b", 5)], "saturated"), 10)
    assert times(run, "leave", tool="a") == [1, 6]
    assert times(run, "load", tool="a") == [0, 1, 6]
    assert times(run, "finish", tool="a") == [1, 2, 8]


def test_a_down_tool_without_places_in_front_still_takes_the_next_lot() -> None:
    # b fails at 5 for 10 min, idle; lot 2 comes from a at 8, is taken, and runs 15-16. a is not blocked.
    tools = {"a": {}, "b": {"buffer": 0} | failing(5, 10, "calendar")}
    run = history(flow(tools, [step("s", "a", 1), step("t", "b", 1)], starts(0, 7)), 18)
    assert times(run, "leave", tool="a") == [1, 8]
    assert times(run, "finish", tool="b") == [2, 16]
    assert times(run, "blocked") == []


def test_a_lot_does_not_wait_for_a_down_tool_while_another_is_up() -> None:
    # tool 1 fails after 2 min of lot 1 and keeps it; lots 2 and 3 run one after the other on tool 2.
    # Lot 3 begins at 6 with 2 min used there: fails at 6, as does nobody else.
    tools = {"a": {"tools": 2} | failing(2, 100)}
    run = history(flow(tools, [step("s", "a", 3)], starts(0, 4, 5)), 20)
    assert rows(run, "load", "lot", "tool") == [(0, 1, "a/1"), (4, 2, "a/2")]
    assert rows(run, "down", "tool") == [(2, "a/1"), (6, "a/2")]


def test_only_up_time_counts() -> None:
    # 5 min up; maintenance from 2 to 6 is no up time: the failure comes at 9.
    tools = {"a": failing(5, 2, "calendar") | {"pm": [{"every": "100 min", "takes": "4 min", "first": "2 min"}]}}
    run = history(flow(tools, [step("s", "a", 1)], starts(50)), 12)
    assert times(run, "pm") == [2]
    assert times(run, "down") == [9]


SETUP = {"setups": {"changes": [{"to": "A", "time": "3 min"}]}}


def test_a_calendar_failure_interrupts_a_setup_which_resumes() -> None:
    # set up 0-2, down 2-12, set up 12-13, run 13-14; the next failure is due at 14, as the lot is done.
    run = history(
        flow({"a": SETUP | failing(2, 10, "calendar")}, [step("s", "a", 1, setup="A")], starts(0)), 24
    )
    assert times(run, "finish") == [14]
    assert times(run, "down") == [2, 14]
    assert spent(run) == {"setup": 3, "productive": 1, "down": 20}


def test_an_operating_clock_does_not_count_setup() -> None:
    # set up 0-3, run 3-5, down 5-15, run 15-16.
    run = history(flow({"a": SETUP | failing(2, 10)}, [step("s", "a", 3, setup="A")], starts(0)), 20)
    assert times(run, "down") == [5]
    assert times(run, "finish") == [16]
    assert spent(run) == {"setup": 3, "productive": 3, "down": 10, "starved": 4}


def test_a_setup_on_a_down_tool_waits_for_the_repair() -> None:
    # down 5-15; the lot is taken at 6, set up 15-18, run 18-20 (the clock: 5 min from 15).
    run = history(
        flow({"a": SETUP | failing(5, 10, "calendar")}, [step("s", "a", 2, setup="A")], starts(6)), 20.5
    )
    assert times(run, "load") == [6]
    assert times(run, "finish") == [20]
    assert spent(run)["setup"] == 3


def two_modes(first: tuple[float, float], second: tuple[float, float], clock: str) -> dict[str, Any]:
    return {"failures": failing(*first, clock)["failures"] + failing(*second, clock)["failures"]}


@pytest.mark.parametrize("clock", ["operating", "calendar"])
def test_each_failure_mode_has_a_clock_of_its_own(clock: str) -> None:
    # modes of 3 (repair 1) and 5 (repair 2) min of up time. Up 0-3, mode 1 until 4; the second is due after 2 more:
    # 6-8; the first 1 after that: 9-10; the first 3 later: 13-14 (the second has 4); 15-17 the second.
    run = history(flow({"a": two_modes((3, 1), (5, 2), clock)}, [step("s", "a", 100)], starts(0)), 18)
    assert times(run, "down") == [3, 6, 9, 13, 15]
    assert times(run, "up") == [4, 8, 10, 14, 17]
    assert spent(run) == {"productive": 11, "down": 7}


@pytest.mark.parametrize("clock", ["operating", "calendar"])
def test_two_modes_due_at_one_moment_strike_one_after_the_other(clock: str) -> None:
    # both after 4 min: 4-5 and 5-7, then both 4 min later again: 11-12 and 12-14.
    run = history(flow({"a": two_modes((4, 1), (4, 2), clock)}, [step("s", "a", 100)], starts(0)), 15)
    assert times(run, "down") == [4, 5, 11, 12]
    assert times(run, "up") == [5, 7, 12, 14]


def test_clocks_of_both_kinds_on_one_tool() -> None:
    # operating 4 (repair 1), calendar 6 (repair 2); lots of 3 min at 0 and 5. Lot 1: 0-3. Lot 2 from 5: the
    # operating one is due after 1 min, at 6, as is the calendar one; then 6-7 and 7-9 in either order, and lot 2
    # runs 9-11.
    failures = failing(4, 1)["failures"] + failing(6, 2, "calendar")["failures"]
    run = history(flow({"a": {"failures": failures}}, [step("s", "a", 3)], starts(0, 5)), 12)
    assert times(run, "finish") == [3, 11]
    assert spent(run)["down"] == 3


CASCADE = {"cascade": {"every": "2 min"}}


def test_everything_inside_a_cascading_tool_stands_still_while_it_is_down() -> None:
    # in at 0 and 2 for 5 min each; down 3-13. Out: 5 + 10, 7 + 10. The second held the entrance from 2 to 3 and
    # for 1 min more: the third is in at 14. Down again at 16-26: second 17 + 10, third 14 + 5 + 10.
    tools = {"a": failing(3, 10, "calendar")}
    run = history(flow(tools, [step("s", "a", 5, **CASCADE)], starts(0, 0, 0)), 30)
    assert times(run, "load") == [0, 2, 14]
    assert times(run, "down") == [3, 16, 29]
    assert times(run, "out") == [15, 27, 29]


def test_an_operating_clock_of_a_cascading_tool_counts_its_entrance() -> None:
    # entrance held 0-2 and 10-12: 3 min are over at 11. Lot 2 holds it for 1 min more and is out at 15 + 4.
    run = history(flow({"a": failing(3, 4)}, [step("s", "a", 5, **CASCADE)], starts(0, 10)), 30)
    assert times(run, "down") == [11]
    assert times(run, "out") == [5, 19]


def test_an_operating_failure_due_as_a_lot_leaves_a_cascade_does_not_strike_that_lot() -> None:
    # in at 0 and 1, 1 min of entrance each; lot 1 is done at 1.5, when the clock runs out: it goes, lot 2 waits.
    cascade = {"cascade": {"every": "1 min"}}
    run = history(flow({"a": failing(1.5, 60)}, [step("s", "a", 1.5, **cascade)], starts(0, 0)), 100)
    assert times(run, "down") == [1.5]
    assert times(run, "out") == [1.5, 62.5]


def test_a_batch_resumes_as_a_whole() -> None:
    oven = step("s", "a", 5, batch={"min": 2, "max": 2})
    run = history(flow({"a": failing(3, 4)}, [oven], starts(0, 1)), 20)
    assert times(run, "out") == [10, 10]


def test_every_tool_has_clocks_of_its_own() -> None:
    # the same law, drawn apart: two tools that are always busy fail at different times.
    tools = {"a": {"tools": 2, "failures": [{"mtbf": {"exponential": "50 min"}, "mttr": "1 min"}]}}
    run = history(flow(tools, [step("s", "a", 1)], "saturated"), 5000)
    first, second = times(run, "down", tool="a/1"), times(run, "down", tool="a/2")
    assert not set(first) & set(second)
    for downs in (first, second):
        assert 60 < len(downs) < 140  # 98 expected, 10 standard deviation


def test_availability_stands_for_the_mtbf_that_gives_it() -> None:
    failure = Failure.model_validate({"availability": "80 %", "mttr": "2 min", "clock": "calendar"})
    assert failure.mtbf.kind == "exponential"
    assert failure.mtbf.mean == pytest.approx(8 * 60)
    tools = {"a": {"failures": [{"availability": "80 %", "mttr": "2 min", "clock": "calendar"}]}}
    run = history(flow(tools, [step("s", "a", 1)], starts(0)), 100_000, log=False)
    # 10,000 cycles of 8 + 2 min: the down share has a standard deviation of about 0.2 x 0.8 / 100
    assert spent(run)["down"] / 100_000 == pytest.approx(0.2, abs=5 * 0.0016)
