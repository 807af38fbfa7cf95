"""Cluster tools: a run spread over chambers, chambers that fail, chambers that a step may use."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from word_lines import OUT, flow, history, product_total, rows, spent, starts, step, times

Chamber = dict[str, Any]


def fails(mtbf: float, mttr: float, **more: Any) -> Chamber:
    """A constant up time and repair of each chamber [min]."""
    return {"mtbf": f"{mtbf} min", "mttr": f"{mttr} min", "of": "chamber"} | more


def test_chambers_that_are_all_up_take_the_step_s_time() -> None:
    run = history(flow({"a": {"chambers": 4, "load": "1 min"}}, [step("s", "a", 10)], starts(0, 0)), 50)
    assert times(run, "finish") == [11, 22]


def test_a_run_stands_still_while_every_chamber_is_down() -> None:
    # both chambers fail after 4 min of work, twice: 4 up, 6 down, 4 up, 6 down, 2 up.
    run = history(flow({"a": {"chambers": 2, "failures": fails(4, 6)}}, [step("s", "a", 10)], starts(0)), 100)
    assert times(run, "finish") == [22]
    assert spent(run) == {"productive": 10, "down": 12, "starved": 78}
    assert times(run, "down") == [4, 14]
    assert times(run, "up") == [10, 20]


def test_one_chamber_of_two_halves_the_pace() -> None:
    # t uses chamber 1 alone (0-3), so that it has worked 3 when s begins on both
    steps = [step("t", "a", 3, chambers=[1]), step("s", "a", 10)]
    run = history(flow({"a": {"chambers": 2, "failures": fails(4, 6)}}, steps, starts(0)), 100)
    # s: 3-4 at full pace (1 done); chamber 1 down 4-10; chamber 2 works 3 more minutes to its own 4: 4-7 at half pace
    # (1.5 done), then both are down until 10; chamber 1 works on alone from 10, until chamber 2 is back at 13
    # (1.5 done); both until chamber 1 has worked 4 again at 14 (1 done): 5 done; 1 down 14-20, 2 works 14-17 (1.5),
    # both down 17-20, 1 alone 20-23 (1.5), both 23-24 (1): 9 done; 24-26 chamber 2 at half pace: 1 done.
    assert times(run, "finish") == [3, 26]
    assert spent(run)["down"] == 6


def test_a_setup_needs_no_chamber() -> None:
    down = fails(4, 3, clock="calendar")
    group = {"chambers": 2, "setups": {"changes": {"to": "A", "time": "5 min"}}, "failures": down}
    run = history(flow({"a": group}, [step("s", "a", 2, setup="A")], starts(0)), 50)
    # setup 0-5 goes on while the chambers are down 4-7; the run stands still 5-7, then 7-9
    assert times(run, "finish") == [9]
    assert spent(run)["setup"] == 5


@pytest.mark.parametrize("clock", ["operating", "calendar"])
def test_the_mean_pace_is_the_share_of_time_a_chamber_is_up(clock: str) -> None:
    # alternating renewal: a chamber is up mtbf / (mtbf + mttr) = 0.8, and the pace is linear in the chambers up.
    law = {"mtbf": {"exponential": "80 min"}, "mttr": {"exponential": "20 min"}, "clock": clock, "of": "chamber"}
    made = flow({"a": {"chambers": 4, "failures": law}}, [step("s", "a", 2)], "saturated")
    run = history(made, 60_000, log=False, replications=4)
    pace = run.totals.product[:, 0, OUT] * 2 / 60_000
    # standard error: one chamber alternates 600 times; var of its up share ~ 2 * 80^2 * 20^2 / 100^3 / 60000
    error = (2 * 80**2 * 20**2 / 100**3 / 60_000 / 4 / 4) ** 0.5
    assert abs(pace.mean() - 0.8) < 4 * error
    stop = run.totals.stops[:, 0]
    assert np.all(stop[:, 0] > 1000)


def test_a_step_on_chambers_that_are_down_waits_for_them() -> None:
    # t uses chamber 1 alone: 0-3; 3-3.5, down until 9.5; 9.5-12
    routes = [step("t", "a", 3, chambers=1)]
    run = history(flow({"a": {"chambers": 2, "failures": fails(3.5, 6)}}, routes, starts(0, 0)), 50)
    assert times(run, "finish") == [3, 12]


def test_a_tool_failure_and_chambers() -> None:
    # the tool fails after 5 min of work for 2 min, its chambers after 4 of work for 6: 0-4, 10-11, tool down 11-13,
    # 13-16 (chambers have worked 4), down 16-22, 22-24 (tool has worked 10: at its completion, strikes the next)
    group = {"chambers": 2, "failures": [fails(4, 6), {"mtbf": "5 min", "mttr": "2 min"}]}
    run = history(flow({"a": group}, [step("s", "a", 10)], starts(0)), 100)
    assert times(run, "finish") == [24]
    assert spent(run) == {"productive": 10, "down": 14, "starved": 76}


def test_work_left_is_exact_where_the_pace_does_not_divide_it() -> None:
    # 1 ms ticks: three chambers, 10.001 s of work, nothing lost to rounding but the last tick.
    made = flow({"a": {"chambers": 3}}, [{"step": "s", "toolgroup": "a", "time": "10.001 s"}], starts(0))
    assert rows(history(made, 1), "finish")[0][0] * 60_000 == 10_001


def test_all_the_lots_come_out() -> None:
    law = {"mtbf": {"exponential": "30 min"}, "mttr": {"exponential": "20 min"}, "of": "chamber"}
    made = flow({"a": {"chambers": 3, "failures": law}}, [step("s", "a", 5)], starts(*range(0, 1000, 10)))
    assert product_total(history(made, 5000), OUT) == 100
