"""OEE and the line station by station, against closed forms and hand-worked schedules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin.arrays import fields as f
from twin.line import Line
from twin.line.takt import takt_s
from twin.results import Results
from twin.results.along import ALL, is_flow_line, stations
from twin.study.replay import replay_of
from twin.study.simulate import simulate


def line(toolgroups: dict[str, Any], steps: list[dict[str, Any]], release: Any, **more: Any) -> Line:
    return Line.from_document(
        {
            "twin": 1, "line": "shop", "toolgroups": toolgroups,
            "products": {"p": {"route": "main", "release": release}}, "routes": {"main": steps}, **more,
        }
    )  # fmt: skip


def step(name: str, time: Any, **more: Any) -> dict[str, Any]:
    return {"step": f"do_{name}", "toolgroup": name, "time": time} | more


def run(of: Line, horizon: str = "50 h", **more: Any) -> Results:
    return simulate(of, **{"horizon": horizon, "warmup": "10 h", "replications": 1, "device": "cpu"} | more)


def mean(table: dict[str, Any], row: str, key: str) -> float:
    found = table[row][key]
    assert found is not None
    return float(found.mean)


def test_factors_of_a_station_that_fails_by_the_clock_of_its_work() -> None:
    """54 min of work, 6 min of repair: availability 90 %; jobs of 60 s, none of them bad."""
    failures = [{"mtbf": "54 min", "mttr": "6 min"}]
    oee = run(line({"a": {"failures": failures}}, [step("a", "60 s")], "saturated")).oee_figures
    assert mean(oee, "a", "availability") == pytest.approx(0.9, abs=1e-9)
    assert mean(oee, "a", "technical") == pytest.approx(0.9, abs=1e-9)
    assert mean(oee, "a", "performance") == pytest.approx(1.0, abs=1e-9)
    assert mean(oee, "a", "quality") == 1.0
    assert mean(oee, "a", "oee") == pytest.approx(0.9, abs=1e-9)
    assert mean(oee, "a", "uptime") == pytest.approx(0.9, abs=1e-9)
    assert mean(oee, "a", "oee_of_calendar") == pytest.approx(0.9, abs=1e-9)


def test_maintenance_is_planned_and_waiting_is_lost() -> None:
    """30 min of maintenance every 2 h, and jobs of 1 min every 2 min, which no maintenance makes late for long.

    Of 40 h 10 are planned away; 20 h of work in the 30 others.
    """
    pm = [{"every": "2 h", "takes": "30 min", "first": "1 h"}]
    oee = run(line({"a": {"pm": pm}}, [step("a", "1 min")], {"every": "2 min"})).oee_figures
    assert mean(oee, "a", "planned") == pytest.approx(0.75)
    assert mean(oee, "a", "availability") == pytest.approx(20 / 30)
    assert mean(oee, "a", "uptime") == pytest.approx(0.75)
    assert mean(oee, "a", "operational") == pytest.approx(20 / 30)
    assert mean(oee, "a", "oee_of_calendar") == pytest.approx(0.5)


def test_half_full_batches_and_slow_loads_are_performance_lost() -> None:
    """Batches of 2 in an oven for 4, 30 min with 5 min of loading: half of the ideal."""
    of = line(
        {"oven": {"load": "5 min"}},
        [step("oven", "25 min", per="batch", batch={"min": 2, "max": 4})],
        {"every": "20 min"},
    )
    oee = run(of, "110 h").oee_figures
    assert mean(oee, "oven", "performance") == pytest.approx(0.5, abs=1e-9)
    assert mean(oee, "oven", "availability") == pytest.approx(30 / 40, abs=1e-9)


def test_rework_is_quality_lost_and_the_identity_holds() -> None:
    """A quarter goes back: three of four good at the inspection; OEE x planned time = good jobs x ideal time."""
    of = line(
        {"a": {}, "check": {}},
        [step("a", "1 min"), step("check", "2 min", rework={"probability": "25 %", "to": "do_a"})],
        {"every": "4 min"},
    )
    results = run(of, "400 h", replications=3)
    oee = results.oee_figures
    assert mean(oee, "check", "quality") == pytest.approx(0.75)
    assert mean(oee, "a", "quality") == 1.0
    moves = results.totals.passage[:, 1, 0]
    hours = 390.0
    assert mean(oee, "check", "oee") * hours * 30 == pytest.approx(0.75 * moves.mean(), rel=1e-12)
    for name in ("a", "check"):
        factors = np.prod([mean(oee, name, key) for key in ("availability", "performance", "quality")])
        assert mean(oee, name, "oee") == pytest.approx(factors, rel=1e-3)  # means of products, products of means
    jobs = results.job_figures[ALL]
    assert jobs["first_time_through"] is not None
    low, high = jobs["first_time_through"].low, jobs["first_time_through"].high
    assert low is not None and high is not None and low < 0.75 < high
    assert mean(results.job_figures, "p", "jobs_per_hour") == pytest.approx(15, rel=0.01)


def test_first_time_through_counts_jobs_and_not_their_returns() -> None:
    """Two of four jobs go back, one of them three times: half are good the first time."""
    of = line(
        {"a": {}, "check": {}},
        [step("a", "1 min"), step("check", "1 min", rework={"probability": "50 %", "to": "do_a"})],
        {"every": "1 h"},
    )
    results = run(of, "2000 h", log=True)
    log = results.log
    assert log is not None
    seen = log[(log["what"] == "load") & (log["step"] == "do_a")].groupby("lot").size()
    out = log[(log["what"] == "out") & (log["tick"] > 36_000_000)]["lot"]
    found = mean(results.job_figures, "p", "first_time_through")
    assert found == pytest.approx((seen[out] == 1).mean())
    assert 0.4 < found < 0.6


def test_a_deterministic_line_keeps_its_takt_and_a_slower_one_misses_it() -> None:
    steps = [step("a", "50 s"), step("b", "40 s")]
    kept = run(line({"a": {}, "b": {"buffer": 2}}, steps, {"every": "60 s"})).job_figures
    assert mean(kept, ALL, "within_takt") == 1.0
    assert mean(kept, ALL, "jobs_per_hour") == pytest.approx(60)
    slow = [step("a", "50 s"), step("b", "61 s")]
    assert mean(run(line({"a": {}, "b": {}}, slow, {"every": "60 s"})).job_figures, ALL, "within_takt") == 0.0
    free = run(line({"a": {}, "b": {}}, steps, {"every": {"exponential": "60 s"}})).job_figures
    assert free[ALL]["within_takt"] is None


def test_how_long_a_buffer_is_empty_and_full() -> None:
    """An oven that cannot keep up, then two jobs at once every hour."""
    of = line(
        {"oven": {"buffer": 1}, "first": {}},
        [step("first", "1 min"), step("oven", "25 min")],
        {"every": "20 min"},
    )
    # jobs of 25 min every 20: its one place fills, and is taken again as soon as it is free
    found = run(of).station_figures
    assert mean(found, "oven", "buffer_full") == pytest.approx(1.0, abs=1e-9)
    assert mean(found, "oven", "buffer_empty") == pytest.approx(0.0, abs=1e-9)
    assert mean(found, "oven", "queue") == pytest.approx(1.0, abs=1e-9)
    # the second of two waits 6 min of every hour, in a buffer of 1
    pairs = {"schedule": [{"time": f"{60 * hour} min"} for hour in range(50) for _ in (0, 1)]}
    of = line({"src": {"tools": 2}, "b": {"buffer": 1}}, [step("src", "1 min"), step("b", "6 min")], pairs)
    found = run(of).station_figures
    assert mean(found, "b", "buffer_full") == pytest.approx(0.1, abs=1e-9)
    assert mean(found, "b", "buffer_empty") == pytest.approx(0.9, abs=1e-9)
    assert found["src"]["buffer_full"] is None


def test_empty_and_full_are_what_every_event_shows() -> None:
    """A saturated entrance, a delay with places, batches, transport, rework: looked at after every event."""
    failures = [{"mtbf": {"exponential": "30 min"}, "mttr": {"exponential": "8 min"}}]
    of = line(
        {"a": {"buffer": 1, "failures": failures}, "rest": {"tools": "unlimited", "buffer": 2},
         "oven": {"buffer": 3}, "c": {"buffer": 2, "failures": failures}},
        [step("a", {"exponential": "50 s"}), step("rest", "20 s"),
         step("oven", "100 s", batch={"min": 2, "max": 2}, per="batch"),
         step("c", {"exponential": "50 s"}, rework={"probability": "10 %", "to": "do_rest"})],
        "saturated", transport={"time": "10 s"},
        transients=[{"change": "toolgroups.c.buffer=4", "from": "12 h", "to": "13 h"}],
    )  # fmt: skip
    results = run(of, "14 h")
    replay = replay_of(results, 1)
    replay.run_to(replay.warmup)
    spent = np.zeros((4, 2), dtype=np.int64)
    since = replay.warmup
    while since < replay.horizon:
        places = replay.batch.worlds.group[0, :, f.Q_PLACES].copy()
        buffer = [1, 2, 3, 4 if 12 * 3_600_000 <= since < 13 * 3_600_000 else 2]
        tick = replay.to_next_event(replay.horizon)
        spent[:, 0] += (places == 0) * (tick - since)
        spent[:, 1] += (places >= buffer) * (tick - since)
        since = tick
    assert results.totals.group[0][:, [f.Q_EMPTY, f.Q_FULL]].tolist() == spent.tolist()
    assert (spent > 0).sum() >= 5


def test_time_between_failures_as_it_came() -> None:
    failures = [{"mtbf": "54 min", "mttr": "6 min"}]
    found = run(line({"a": {"failures": failures}}, [step("a", "60 s")], "saturated")).station_figures
    assert mean(found, "a", "mtbf") * 1440 == pytest.approx(54)
    assert mean(found, "a", "mttr") * 1440 == pytest.approx(6)
    assert mean(found, "a", "jobs_per_hour") == pytest.approx(54)


def test_stations_stand_in_the_order_of_the_routes() -> None:
    of = Line.from_document(
        {
            "twin": 1, "line": "two",
            "toolgroups": {name: {} for name in ("z", "repair", "a", "m")} | {"dry": {"tools": "unlimited"}},
            "products": {"p": {"route": "one", "release": "saturated"}, "q": {"route": "two", "release": "saturated"}},
            "routes": {
                "one": [step("a", "1 min"), step("dry", "1 min"), step("z", "1 min")],
                "two": [step("a", "1 min"), step("m", "1 min"), step("z", "1 min"), step("repair", "1 min")],
            },
        }
    )  # fmt: skip
    assert stations(of) == ("a", "m", "z", "repair")
    assert not is_flow_line(of)
    assert is_flow_line(line({"a": {}, "b": {"buffer": 1}}, [step("a", "1 s"), step("b", "1 s")], "saturated"))


def test_tables_are_saved_with_the_run(tmp_path: Path) -> None:
    of = line({"a": {}, "b": {"buffer": 2}}, [step("a", {"exponential": "50 s"}), step("b", "40 s")], {"every": "60 s"})
    results = run(of, replications=2)
    results.save(tmp_path / "run")
    again = Results.load(tmp_path / "run")
    plain, loaded = results.to_json(), again.to_json()
    for name in ("jobs", "oee", "along_the_line", "bottlenecks"):
        assert loaded[name] == plain[name]
        assert getattr(again, name).equals(getattr(results, name))
        assert (tmp_path / "run" / f"{name}.parquet").is_file()
    assert list(again.along_the_line.index) == ["a", "b"]
    assert again.oee["oee", "low"].notna().all()


def test_jobs_of_an_hour_open_where_stations_are_off_for_a_time() -> None:
    """Both stations are off for 10 of the 40 measured hours: 60 jobs an hour open, 45 of the calendar."""
    away = [{"change": f"toolgroups.{name}.tools=0", "from": "20 h", "to": "30 h"} for name in "ab"]
    of = line({"a": {}, "b": {"buffer": 2}}, [step("a", "60 s"), step("b", "50 s")], "saturated", transients=away)
    jobs = run(of).job_figures
    assert mean(jobs, ALL, "jobs_per_hour") == pytest.approx(45, rel=2e-3)
    assert mean(jobs, ALL, "jobs_per_open_hour") == pytest.approx(60, rel=2e-3)
    assert "an hour open" in run(of).report()


def test_a_step_that_sends_every_lot_back_spoils_none() -> None:
    """A quarter of the jobs turn off to a repair at the end, from which all go back to the check."""
    onward = [{"probability": "25 %", "to": "do_repair"}, {"probability": "75 %", "to": "end"}]
    of = line(
        {"check": {}, "repair": {}},
        [
            step("check", "1 min", branch=onward),
            step("repair", "1 min", rework={"probability": 1, "to": "do_check"}),
        ],
        {"every": "5 min"},
    )
    results = run(of)
    assert mean(results.oee_figures, "repair", "quality") == 1.0
    assert mean(results.oee_figures, "repair", "oee") > 0.04
    assert mean(results.job_figures, ALL, "first_time_through") < 0.9


def test_the_takt_of_a_mix() -> None:
    steps = [step("a", "50 s")]
    of = Line.from_document(
        {
            "twin": 1, "line": "mixed", "toolgroups": {"a": {}},
            "products": {name: {"route": "main", "release": "mix"} for name in "pq"},
            "routes": {"main": steps}, "mix": {"level": {"p": 2, "q": 1}, "every": "60 s"},
        }
    )  # fmt: skip
    assert takt_s(of) == 60
    assert mean(run(of).job_figures, ALL, "within_takt") == 1.0
