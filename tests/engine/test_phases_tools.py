"""Changes for a time, tools: by hand, in minutes. A tool that is called off ends its lot first and is then `off`."""

from __future__ import annotations

from typing import Any

import pytest
from word_lines import MINUTE, WAITED, flow, for_a_time, group_total, history, rows, spent, starts, step, times

from twin.line import Line
from twin.results import Results


def tools(number: int, begins: float, ends: float | None = None, group: str = "m") -> dict[str, Any]:
    return for_a_time(f"toolgroups.{group}.tools={number}", begins, ends)


def group_of(words: dict[str, Any], takes: float, lots: list[float], *transients: dict[str, Any]) -> Line:
    """One toolgroup `m` with one step `a`."""
    return flow({"m": words}, [step("a", "m", takes)], starts(*lots), transients=transients)


def away(results: Results) -> list[tuple[float, str, str]]:
    """When which tool went off and came on."""
    log = results.log[results.log["what"].isin(["off", "on"])]
    return list(zip(log["tick"] / MINUTE, log["what"], log["tool"], strict=True))


def test_a_tool_that_is_called_off_ends_its_lot_first() -> None:
    r = history(group_of({"tools": 2}, 4, [0, 0, 0, 0, 0], tools(1, 2, 10)), 20)
    assert rows(r, "load", "lot", "tool") == [
        (0, 1, "m/1"), (0, 2, "m/2"), (4, 3, "m/1"), (8, 4, "m/1"), (10, 5, "m/2")
    ]  # fmt: skip
    assert times(r, "out") == [4, 4, 8, 12, 14]
    assert away(r) == [(4, "off", "m/2"), (10, "on", "m/2")]
    assert spent(r, 0) == {"productive": 12, "starved": 8}
    assert spent(r, 1) == {"productive": 8, "off": 6, "starved": 6}
    assert group_total(r, WAITED) == 3


@pytest.mark.parametrize(("left", "gone"), [(2, ["m/3"]), (1, ["m/2", "m/3"]), (0, ["m/1", "m/2", "m/3"])])
def test_the_last_tools_go_and_idle_ones_go_at_once(left: int, gone: list[str]) -> None:
    r = history(group_of({"tools": 3}, 4, [30], tools(left, 5, 9)), 40)
    assert away(r) == [(5, "off", tool) for tool in gone] + [(9, "on", tool) for tool in gone]
    for k in range(3):
        assert spent(r, k).get("off", 0) == (4 if f"m/{k + 1}" in gone else 0)


def test_tools_that_come_on_for_a_time_are_off_outside_it() -> None:
    r = history(group_of({"tools": 1}, 4, [0, 0, 0, 0, 0], tools(2, 5, 12)), 20)
    assert rows(r, "load", "lot", "tool") == [
        (0, 1, "m/1"), (4, 2, "m/1"), (5, 3, "m/2"), (8, 4, "m/1"), (9, 5, "m/2")
    ]  # fmt: skip
    assert away(r) == [(0, "off", "m/2"), (5, "on", "m/2"), (13, "off", "m/2")]
    assert spent(r, 0) == {"productive": 12, "starved": 8}
    assert spent(r, 1) == {"off": 12, "productive": 8}


def test_without_tools_lots_wait() -> None:
    r = history(group_of({"tools": 1}, 4, [0, 5, 6], tools(0, 2, 10)), 20)
    assert times(r, "load") == [0, 10, 14]
    assert spent(r) == {"productive": 12, "off": 6, "starved": 2}
    assert not r.run_notes


def test_a_tool_that_is_called_off_and_wanted_again_before_its_lot_is_done_never_goes() -> None:
    r = history(group_of({"tools": 2}, 9, [0, 0, 0, 0], tools(1, 2, 4), tools(1, 5, 7)), 20)
    assert rows(r, "load", "lot", "tool") == [(0, 1, "m/1"), (0, 2, "m/2"), (9, 3, "m/1"), (9, 4, "m/2")]
    assert away(r) == []


def test_a_phase_that_begins_at_the_tick_of_an_event_comes_first() -> None:
    # at 4 both lots are done: m/2 is called off before that and takes no third one;
    # at 8 m/1 is done: m/2 is back before that and takes the older of the lots that wait
    r = history(group_of({"tools": 2}, 4, [0, 0, 0, 0, 0], tools(1, 4, 8)), 20)
    assert away(r) == [(4, "off", "m/2"), (8, "on", "m/2")]
    assert rows(r, "load", "lot", "tool") == [
        (0, 1, "m/1"), (0, 2, "m/2"), (4, 3, "m/1"), (8, 4, "m/2"), (8, 5, "m/1")
    ]  # fmt: skip
    # a lot that is released at the very tick finds the tool gone
    r = history(group_of({"tools": 1}, 4, [3], tools(0, 3, 5)), 20)
    assert times(r, "load") == [5]


def test_a_tool_that_is_down_is_repaired_before_it_goes() -> None:
    failing = {"tools": 2, "failures": [{"mtbf": "3 min", "mttr": "5 min", "clock": "operating"}]}
    r = history(group_of(failing, 4, [0, 0], tools(1, 5, 20)), 24)
    assert away(r) == [(9, "off", "m/2"), (20, "on", "m/2")]
    assert spent(r, 1) == {"productive": 4, "down": 5, "off": 11, "starved": 4}


def test_calendar_clocks_of_failures_stand_still_while_a_tool_is_away() -> None:
    failing = {"tools": 2, "failures": [{"mtbf": "4 min", "mttr": "3 min", "clock": "calendar"}]}
    r = history(group_of(failing, 1, [90], tools(1, 9, 30)), 40)
    # up 0-4, 7-9, away, 30-32: four minutes again, then 35-39
    assert times(r, "down", tool="m/2") == [4, 32, 39]
    assert times(r, "down", tool="m/1") == [4, 11, 18, 25, 32, 39]
    assert spent(r, 1) == {"starved": 12, "down": 7, "off": 21}


def test_a_tool_that_goes_while_it_is_down_has_a_new_clock_when_it_is_back() -> None:
    failing = {"tools": 2, "failures": [{"mtbf": "3 min", "mttr": "5 min", "clock": "calendar"}]}
    r = history(group_of(failing, 1, [90], tools(1, 5, 20)), 25)
    assert times(r, "down", tool="m/2") == [3, 23]
    assert spent(r, 1) == {"starved": 6, "down": 7, "off": 12}


PM = {"tools": 2, "pm": [{"every": "40 min", "takes": "6 min", "first": "2 min"}]}
"""The second tool's PM is due twenty minutes after the first one's: at 22, 62, 102."""


def test_maintenance_that_is_under_way_is_done_before_a_tool_goes() -> None:
    r = history(group_of(PM, 4, [900], tools(1, 24, 50)), 80)
    assert away(r) == [(28, "off", "m/2"), (50, "on", "m/2")]
    assert rows(r, "pm", "tool") == [(2, "m/1"), (22, "m/2"), (42, "m/1"), (62, "m/2")]


def test_maintenance_that_is_due_when_a_tool_goes_is_done_when_it_is_back() -> None:
    r = history(group_of(PM, 6, [20, 20], tools(1, 24, 40)), 70)
    assert rows(r, "load", "tool") == [(20, "m/2"), (20, "m/1")]  # the longest idle first
    assert away(r) == [(26, "off", "m/2"), (40, "on", "m/2")]
    assert rows(r, "pm", "tool") == [(2, "m/1"), (40, "m/2"), (42, "m/1"), (62, "m/2")]
    assert spent(r, 1) == {"starved": 38, "productive": 6, "off": 14, "pm": 12}


def test_maintenance_that_falls_due_while_a_tool_is_away_counts_as_done() -> None:
    r = history(group_of(PM, 4, [900], tools(1, 10, 65)), 110)
    assert times(r, "pm", tool="m/2") == [102]
    assert spent(r, 1) == {"starved": 110 - 55 - 6, "off": 55, "pm": 6}


def test_maintenance_by_units_counts_what_the_tool_ran_before_it_went() -> None:
    by_units = {"tools": 2, "pm": [{"every": "4 units", "takes": "6 min", "first": "4 units"}]}
    # the first tool is due after four units, the second one after six, of which it has run two when it goes
    r = history(group_of(by_units, 1, [0, 0, 1, 1] + [20] * 9, tools(1, 2, 20)), 60)
    assert rows(r, "pm", "tool") == [(22, "m/1"), (24, "m/2")]


def test_a_tool_that_is_being_set_up_runs_its_lot() -> None:
    words = {"tools": 2, "setups": {"changes": [{"to": "A", "time": "5 min"}]}}
    line = flow({"m": words}, [step("a", "m", 3, setup="A")], starts(0, 0, 0), transients=[tools(1, 2, 20)])
    r = history(line, 30)
    assert rows(r, "load", "lot", "tool") == [(0, 1, "m/1"), (0, 2, "m/2"), (8, 3, "m/1")]
    assert spent(r, 1) == {"setup": 5, "productive": 3, "off": 12, "starved": 10}


def test_a_tool_keeps_its_setup_while_it_is_away() -> None:
    words = {"tools": 2, "setups": {"changes": [{"to": "A", "time": "5 min"}]}}
    line = flow({"m": words}, [step("a", "m", 3, setup="A")], starts(0, 0, 40, 40), transients=[tools(1, 10, 30)])
    r = history(line, 50)
    assert times(r, "setup") == [0, 0]
    assert times(r, "out") == [8, 8, 43, 43]


def test_a_blocked_tool_goes_when_its_lot_has_moved() -> None:
    line = flow(
        {"a": {"tools": 2}, "b": {"tools": 1, "buffer": 1}}, [step("s1", "a", 1), step("s2", "b", 10)],
        starts(0, 0, 0, 0, 0), transients=[tools(1, 5, 30, "a")],
    )  # fmt: skip
    r = history(line, 60)
    assert rows(r, "leave", "lot", "tool", step="s2") == [
        (1, 1, "a/1"), (1, 2, "a/2"), (11, 3, "a/1"), (21, 4, "a/2"), (31, 5, "a/1")
    ]  # fmt: skip
    assert spent(r, 1) == {"productive": 2, "blocked": 19, "off": 9, "starved": 30}


def test_a_cascading_tool_goes_when_it_is_empty() -> None:
    through = step("a", "m", 5, cascade={"every": "1 min"})
    line = flow({"m": {"tools": 2}}, [through], starts(0, 0, 1, 1, 3, 3), transients=[tools(1, 2, 20)])
    r = history(line, 30)
    assert rows(r, "load", "lot", "tool") == [
        (0, 1, "m/1"), (0, 2, "m/2"), (1, 3, "m/1"), (1, 4, "m/2"), (3, 5, "m/1"), (4, 6, "m/1")
    ]  # fmt: skip
    assert rows(r, "out", "lot") == [(5, 1), (5, 2), (6, 3), (6, 4), (8, 5), (9, 6)]
    assert away(r) == [(6, "off", "m/2"), (20, "on", "m/2")]
    assert spent(r, 1) == {"productive": 6, "starved": 10, "off": 14}


def test_a_lot_that_is_dedicated_to_a_tool_waits_until_that_is_back() -> None:
    steps = [step("s1", "m", 2, dedicate="s3"), step("s2", "n", 1), step("s3", "m", 2)]
    line = flow({"m": {"tools": 2}, "n": {"tools": 2}}, steps, starts(0, 0), transients=[tools(1, 1, 20)])
    r = history(line, 30)
    assert rows(r, "load", "lot", "tool", step="s3") == [(3, 1, "m/1"), (20, 2, "m/2")]


def test_a_tool_alone_and_down_takes_the_next_lot_and_among_others_does_not() -> None:
    failing = {"tools": 1, "failures": [{"mtbf": "10 min", "mttr": "30 min", "clock": "calendar"}]}
    # m/1 is down from 10 to 40 and, alone, would take the lot of minute 20; m/2 has come at 15 and takes it at once
    r = history(group_of(failing, 3, [20, 21], tools(2, 15, 60)), 60)
    assert rows(r, "load", "lot", "tool") == [(20, 1, "m/2"), (23, 2, "m/2")]
    # the other way round: from 15 on m/1 is alone, and takes the lot while it is down
    r = history(group_of(failing | {"tools": 2}, 3, [20], tools(1, 15, 60)), 60)
    assert rows(r, "load", "lot", "tool") == [(20, 1, "m/1")]
    assert times(r, "out") == [43]


def test_lots_that_are_always_ready_are_taken_by_tools_that_come() -> None:
    line = flow({"m": {"tools": 1}}, [step("a", "m", 4)], "saturated", transients=[tools(3, 2, 9)])
    r = history(line, 20)
    assert rows(r, "load", "tool") == [
        (0, "m/1"), (2, "m/2"), (2, "m/3"), (4, "m/1"), (6, "m/2"), (6, "m/3"), (8, "m/1"), (12, "m/1"), (16, "m/1")
    ]  # fmt: skip
    assert [spent(r, k).get("off", 0) for k in range(3)] == [0, 12, 12]


def test_changes_overlap_and_the_one_listed_later_wins() -> None:
    of = group_of({"tools": 3}, 4, [90], tools(1, 10, 40), tools(2, 20, 30))
    assert away(history(of, 60)) == [
        (10, "off", "m/2"), (10, "off", "m/3"), (20, "on", "m/2"), (30, "off", "m/2"), (40, "on", "m/2"),
        (40, "on", "m/3"),
    ]  # fmt: skip
