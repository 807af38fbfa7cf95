"""Shifts, breaks and holidays, worked out by hand; and what must hold whatever the calendar is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from word_lines import MINUTE, OUT, flow, for_a_time, history, line, product_total, rows, spent, starts, step, times

from twin.results import Results
from twin.study.simulate import simulate

Words = dict[str, Any]


def shift(begin: str, end: str, *breaks: tuple[str, int], days: str = "mon-sun", name: str = "a") -> Words:
    """A shift with breaks: when each begins, and its minutes."""
    pauses = [{"at": at, "takes": f"{minutes} min"} for at, minutes in breaks]
    return {"name": name, "days": days, "from": begin, "to": end, "breaks": pauses}


def calendars(*shifts: Words, **words: Any) -> Words:
    """A calendar `c` for the whole line."""
    return {"calendars": {"c": {"shifts": list(shifts), **words}}, "calendar": "c"}


HOUR = shift("00:00", "01:00", ("00:20", 10))
"""From 0 to 20 and from 30 to 60 minutes, every day."""


def loads(run: Results) -> list[float]:
    return times(run, "load")


def finishes(run: Results) -> list[float]:
    return times(run, "finish")


# --- tools ----------------------------------------------------------------------------------------


def test_a_break_interrupts_a_run_that_goes_on_after_it() -> None:
    run = history(flow({"t": {}}, [step("s", "t", 8)], starts(0, 0, 0, 0), **calendars(HOUR)), 120)
    assert loads(run) == [0, 8, 16, 34]
    assert finishes(run) == [8, 16, 34, 42]
    assert (times(run, "off"), times(run, "on")) == ([20, 60], [30])
    assert spent(run) == {"productive": 32, "starved": 18, "off": 70}


def test_what_ends_with_the_shift_has_ended_and_nothing_begins_with_it() -> None:
    run = history(flow({"t": {}}, [step("s", "t", 10)], starts(*[0] * 6), **calendars(HOUR)), 60 * 24 + 5)
    assert loads(run) == [0, 10, 30, 40, 50, 1440]
    assert finishes(run) == [10, 20, 40, 50, 60]


def test_a_tool_may_finish_what_is_on_it() -> None:
    of = flow({"t": {}}, [step("s", "t", 8)], starts(0, 0, 0, 0), **calendars(HOUR, stops=["repair"]))
    run = history(of, 120)
    assert loads(run) == [0, 8, 16, 30]
    assert finishes(run) == [8, 16, 24, 38]
    assert (times(run, "off"), times(run, "on")) == ([24, 60], [30])
    assert spent(run) == {"productive": 32, "starved": 22, "off": 66}


@pytest.mark.parametrize(("stops", "up", "down"), [(["processing", "repair"], 35, 15), (["processing"], 25, 15)])
def test_a_repair_stands_still_in_a_break_or_goes_on(stops: list[str], up: float, down: float) -> None:
    """The tool fails after 10 minutes of work, the repair takes 15."""
    failures = {"mtbf": "10 min", "mttr": "15 min", "clock": "operating"}
    of = flow({"t": {"failures": failures}}, [step("s", "t", 12)], starts(0), **calendars(HOUR, stops=stops))
    run = history(of, 60)
    assert (times(run, "down"), times(run, "up")) == ([10], [up])
    at_work = max(up, 30)
    assert finishes(run) == [at_work + 2]
    assert spent(run)["down"] == down
    assert run.totals.stops[0, 0].tolist() == [1, down * MINUTE]
    assert sum(spent(run).values()) == 60


def test_calendar_failures_count_open_time_alone() -> None:
    """Up times of 25 minutes: 0-20 and 30-35, then 36-60 and a minute of the next day."""
    failures = {"mtbf": "25 min", "mttr": "1 min", "clock": "calendar"}
    run = history(flow({"t": {"failures": failures}}, [step("s", "t", 1)], starts(0), **calendars(HOUR)), 60 * 24 + 10)
    assert times(run, "down") == [35, 1441]


@pytest.mark.parametrize(("stops", "begins", "ends"), [(["processing"], 22, 26), (["processing", "pm"], 30, 34)])
def test_maintenance_is_done_in_a_break_or_waits(stops: list[str], begins: float, ends: float) -> None:
    pm = {"every": "100 min", "first": "22 min", "takes": "4 min"}
    run = history(flow({"t": {"pm": pm}}, [step("s", "t", 1)], starts(35), **calendars(HOUR, stops=stops)), 60)
    assert (times(run, "pm"), times(run, "pm_end")) == ([begins], [ends])
    assert spent(run)["pm"] == 4
    assert finishes(run) == [36]


def test_maintenance_under_way_stands_still_or_goes_on() -> None:
    pm = {"every": "100 min", "first": "15 min", "takes": "8 min"}
    for stops, ends in ((["pm"], 33), (["processing"], 23)):
        run = history(flow({"t": {"pm": pm}}, [step("s", "t", 1)], starts(0), **calendars(HOUR, stops=stops)), 60)
        assert times(run, "pm_end") == [ends]
        assert run.totals.stops[0, 0].tolist() == [1, 8 * MINUTE]


def test_a_shift_past_midnight_a_weekend_and_a_holiday() -> None:
    """Two hours around midnight from Friday on, a holiday on Saturday: the shift of Friday goes on to its end.

    So does the one of the Sunday before the run.
    """
    night = shift("23:00", "01:00", days="fri-sun")
    run = history(flow({"t": {}}, [step("s", "t", 30)], "saturated", **calendars(night, holidays=[5])), 7 * 1440)
    friday, sunday = 4 * 1440 + 1380, 6 * 1440 + 1380
    assert finishes(run) == [30, 60, *range(friday + 30, friday + 121, 30), sunday + 30]
    assert times(run, "on") == [friday, sunday]


def test_the_shift_of_the_day_before_the_run_and_the_date_it_starts() -> None:
    """Time 0 is a Saturday: the shift of Friday runs until 1:00, that of Saturday from 23:00."""
    night = shift("23:00", "01:00", days="fri, sat")
    extra = {"day": 2, "from": "05:00", "to": "06:00"}
    words = calendars(night, starts="2026-01-10", holidays=["2026-01-16"], overtime=extra)
    run = history(flow({"t": {}}, [step("s", "t", 30)], "saturated", **words), 8 * 1440)
    assert finishes(run) == [30, 60, 1410, 1440, 1470, 1500, 3210, 3240, 7 * 1440 + 1410]
    assert times(run, "on") == [1380, 2880 + 300, 7 * 1440 + 1380]


def test_a_cascade_and_a_batch_stand_still_as_a_whole() -> None:
    cascade = step("s", "t", 12, cascade={"every": "5 min"})
    run = history(flow({"t": {}}, [cascade], starts(0, 0, 0, 0), **calendars(HOUR)), 60)
    assert loads(run) == [0, 5, 10, 15]
    assert finishes(run) == [12, 17, 32, 37]
    batch = step("s", "t", 25, batch={"min": 2, "max": 2})
    run = history(flow({"t": {}}, [batch], starts(0, 0), **calendars(HOUR)), 60)
    assert finishes(run) == [35, 35]


def test_a_cluster_tool_stands_still_with_its_chambers() -> None:
    """Its one chamber fails every 12 minutes for 15: at 12, with the break to 37, and after the work is done at 49."""
    failures = {"mtbf": "12 min", "mttr": "15 min", "clock": "calendar", "of": "chamber"}
    tool = {"chambers": 1, "failures": failures}
    run = history(flow({"t": tool}, [step("s", "t", 20)], starts(0), **calendars(HOUR)), 100)
    assert (times(run, "off"), times(run, "on")) == ([20, 60], [30])
    assert (times(run, "down"), times(run, "up")) == ([12, 30, 49], [20, 37, 60])
    assert finishes(run) == [45]
    assert spent(run)["down"] == 8 + 7 + 11
    assert run.totals.stops[0, 0].tolist() == [2, (15 + 11) * MINUTE]


@pytest.mark.parametrize("accumulating", [True, False])
@pytest.mark.parametrize(("stops", "out"), [(["processing"], [5, 16, 23]), (["processing", "conveyors"], [5, 16, 33])])
def test_a_conveyor_stands_or_runs_on(accumulating: bool, stops: list[str], out: list[float]) -> None:
    """A lot is on it for 5 minutes; the third comes onto it at 18, two minutes before the break."""
    belt = {"conveyor": {"length": "30 m", "speed": "6 m/min", "pitch": "3 m", "accumulating": accumulating}}
    of = flow({"t": belt}, [{"step": "s", "toolgroup": "t"}], starts(0, 11, 18), **calendars(HOUR, stops=stops))
    run = history(of, 60)
    assert finishes(run) == out
    assert spent(run).get("off", 0) == (10 if "conveyors" in stops else 0)


def test_lots_leave_closed_tools_and_come_to_them() -> None:
    """Station b works always: it takes what a has finished, in the break too; a blocked lot leaves then."""
    groups: Words = {"a": {}, "b": {"buffer": 1, "calendar": "none"}}
    run = history(flow(groups, [step("s", "a", 5), step("t", "b", 17)], "saturated", **calendars(HOUR)), 60)
    assert finishes(run) == [5, 10, 15, 22, 35, 39, 44, 56]
    assert times(run, "leave", tool="a") == [5, 10, 22, 39, 56]


def test_conservation_of_time_and_the_share_of_the_week() -> None:
    """Open and closed time make up the calendar; 5 shifts of 8 h less half an hour each week."""
    week = shift("06:00", "14:00", ("09:00", 15), ("12:00", 15), days="mon-fri")
    failures = {"mtbf": {"exponential": "50 min"}, "mttr": {"exponential": "10 min"}}
    of = flow({"a": {"tools": 2, "failures": failures}, "b": {"buffer": 3}}, [step("s", "a", 2), step("t", "b", 1)],
              "saturated", **calendars(week))  # fmt: skip
    run = history(of, 60 * 24 * 14, log=False)
    ticks = run.totals.tool_ticks[0]
    assert (ticks.sum(axis=1) == run.totals.span_ticks).all()
    assert (ticks[:, 6] == run.totals.span_ticks - 2 * 5 * 450 * MINUTE).all()


def test_405_jobs_a_shift() -> None:
    """60 s, availability 90 %, MTTR 5 min, 8 h with two breaks of 15 min in which repairs stand still: 0.9 x 450."""
    day = shift("06:00", "14:00", ("09:00", 15), ("12:00", 15))
    of = flow({"t": {"failures": {"availability": "90 %", "mttr": "5 min"}}}, [step("s", "t", 1)], "saturated",
              **calendars(day))  # fmt: skip
    run = simulate(of, horizon="1000 d", replications=10, seed=3, device="cpu")
    assert run.throughput is not None
    assert run.throughput.mean == pytest.approx(405, rel=0.002)
    assert run.throughput.low < 405 < run.throughput.high
    net = run.net_figures["p"]
    for key, jobs in (("per_shift", 405), ("per_open_hour", 54), ("per_hour", 405 / 24)):
        assert net[key].mean == pytest.approx(jobs, rel=0.002)
        assert net[key].low < jobs < net[key].high
    assert run.net["per_shift", "mean"]["p"] == net["per_shift"].mean
    assert "lots an open hour, 40" in str(run)
    assert run.to_json()["net"]["p"]["per_open_hour"]["unit"] == "lot/h"


# --- releases and crews ---------------------------------------------------------------------------


def test_the_takt_of_a_release_counts_open_minutes() -> None:
    release = {"every": "7 min", "calendar": "c"}
    run = history(flow({"t": {"calendar": "none"}}, [step("s", "t", 1)], release, **calendars(HOUR)), 1500)
    assert times(run, "release") == [0, 7, 14, 31, 38, 45, 52, 59, 1446, 1453, 1470, 1477, 1484, 1491, 1498]


def test_the_takt_of_a_mix_counts_open_minutes() -> None:
    mix = {"sequence": ["x", "y"], "every": "7 min", "calendar": "c", "start": "25 min"}
    made = {name: {"route": "r", "release": "mix"} for name in ("x", "y")}
    of = line({"t": {"calendar": "none"}}, made, {"r": [step("s", "t", 1)]}, mix=mix, **calendars(HOUR))
    run = history(of, 1460)
    assert rows(run, "release", "product") == [
        (30, "x"), (37, "y"), (44, "x"), (51, "y"), (58, "x"), (1445, "y"), (1452, "x"), (1459, "y")]  # fmt: skip


def test_net_rates_by_hand() -> None:
    """50 open minutes a day, one lot of each product in ten of them; the warm-up leaves the first day out."""
    made = {name: {"route": "r", "release": "mix"} for name in ("x", "y")}
    mix = {"sequence": ["x", "y"], "every": "5 min", "calendar": "c"}
    of = line({"t": {}}, made, {"r": [step("s", "t", 5)]}, mix=mix, **calendars(HOUR))
    run = history(of, 3 * 1440, 1440, log=False)
    found = {name: {key: row[key].mean for key in row if row[key]} for name, row in run.net_figures.items()}
    assert found["x"] == {"per_hour": 10 / 48, "per_open_hour": 10 / (100 / 60), "per_shift": 5}
    assert found["all products"] == {"per_hour": 20 / 48, "per_open_hour": 20 / (100 / 60), "per_shift": 10}
    assert history(flow({"t": {}}, [step("s", "t", 5)], "saturated"), 60, log=False).net.empty


def test_a_release_that_starts_in_closed_time_comes_at_the_opening() -> None:
    release = {"every": "20 min", "start": "25 min", "calendar": "c"}
    run = history(flow({"t": {"calendar": "none"}}, [step("s", "t", 1)], release, **calendars(HOUR)), 1500)
    assert times(run, "release") == [30, 50, 1450, 1480]


def test_a_member_finishes_a_task_and_begins_none() -> None:
    """Loading takes 6 minutes of an operator, who has the break; the tool works always."""
    groups = {"t": {"tools": 2, "load": "6 min", "crew": {"load": "op"}}}
    words = calendars(HOUR) | {"calendar": None, "crews": {"op": {"count": 1, "calendar": "c"}}}
    del words["calendar"]
    run = history(flow(groups, [step("s", "t", 2)], starts(0, 0, 15, 16), **words), 60)
    assert finishes(run) == [8, 14, 23, 38]
    assert sum(spent(run, tool).get("no_operator", 0) for tool in range(2)) == 6 + 14
    there, at_work = run.totals.crews[0, 0, 1], run.totals.crews[0, 0, 0]
    assert (there, at_work) == (50 * MINUTE, 24 * MINUTE)


def test_a_closed_tool_lets_its_member_go_and_asks_again() -> None:
    """Tool a breaks off as its break begins and its operator serves b meanwhile; then a waits for the operator."""
    groups = {"a": {"crew": {"process": "op"}}, "b": {"calendar": "none", "crew": {"process": "op"}}}
    made = {n: {"route": n, "release": starts(at)} for n, at in (("a", 15), ("b", 16))}
    of = line(groups, made, {"a": [step("s", "a", 10)], "b": [step("t", "b", 15)]}, crews={"op": 1}, **calendars(HOUR))
    run = history(of, 60)
    assert times(run, "finish", step="t") == [35]
    assert times(run, "finish", step="s") == [40]
    assert spent(run, 0) == {"starved": 35, "productive": 10, "no_operator": 5, "off": 10}


# --- with the rest of the engine ------------------------------------------------------------------


def test_tools_that_a_transient_takes_out_come_back_in_closed_time() -> None:
    of = flow({"t": {"tools": 2}}, [step("s", "t", 5)], starts(*[0] * 12),
              transients=[for_a_time("toolgroups.t.tools=1", 12, 24)], **calendars(HOUR))  # fmt: skip
    run = history(of, 60)
    assert finishes(run) == [5, 5, 10, 10, 15, 15, 20, 35, 35, 40, 40, 45]
    assert spent(run, 1) == {"productive": 25, "off": 15, "starved": 20}


def test_a_line_whose_calendar_never_closes_is_the_line_without_one() -> None:
    words: Words = {"failures": {"mtbf": {"exponential": "30 min"}, "mttr": {"exponential": "6 min"}}}
    steps = [step("s", "a", 2), step("t", "b", 2)]
    days = [shift(a, b, name=a) for a, b in (("00:00", "12:00"), ("12:00", "00:00"))]
    groups, release = {"a": words, "b": words | {"buffer": 2}}, {"every": {"exponential": "3 min"}}
    plain, closed = (history(flow(groups, steps, release, **more), 5000) for more in ({}, calendars(*days)))
    assert plain.log.equals(closed.log)


def test_a_calendar_with_holidays_years_ahead_works_to_the_longest_horizon() -> None:
    """4.2 years: an hour a week, the last holiday in the last year."""
    week = shift("12:00", "13:00", days="wed")
    words = calendars(week, holidays=["2", "1500"])
    run = history(flow({"t": {}}, [step("s", "t", 60)], "saturated", **words), 1540 * 1440, log=False)
    weeks = 1540 // 7
    assert 1500 % 7 == 2
    assert product_total(run, OUT) == weeks - 2
    assert np.all(run.totals.tool_ticks[0, 0, 6] == run.totals.span_ticks - (weeks - 2) * 60 * MINUTE)
