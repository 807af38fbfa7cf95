"""A line drafted from a log against the line that made the log, and against a log of a real shop."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import twin
from twin.arrays.histogram import edges
from twin.line import Line, read
from twin.line.eventlog import EventLogReport, Reading, import_eventlog, read_map

DAY = 86_400.0
COMPLETED, CYCLE = 2, 3  # columns of `Totals.product`
LOTS = 1200
SPAN = LOTS * 30 * 60.0
TRUTH = {
    "line": "truth",
    "toolgroups": {"turn": {"tools": 2}, "grind": {"tools": 2}, "inspect": {}, "mend": {}},
    "routes": {
        "main": [
            {"step": "turn", "toolgroup": "turn", "time": {"gamma": ["40 min", "20 min"]}},
            {"step": "grind", "toolgroup": "grind", "time": {"lognormal": ["35 min", "15 min"]}},
            {"step": "inspect", "toolgroup": "inspect", "time": {"uniform": ["10 min", "20 min"]},
             "branch": {"probability": 0.7, "to": "end"}},
            {"step": "mend", "toolgroup": "mend", "time": {"weibull": ["20 min", 2]},
             "branch": {"probability": 0.2, "to": "end"}, "rework": {"probability": 0.8, "to": "inspect"}},
        ]
    },
    "run": {"horizon": f"{SPAN + DAY} s", "warmup": "0 s", "replications": 1, "seed": 7},
}  # fmt: skip


def log_of(results: twin.Results) -> pd.DataFrame:
    """What every tool did, as an event log: case, step, tool, start and end [s]."""
    bars = pd.concat([twin.gantt(results, group).frame for group in results.line.toolgroups])
    return bars[bars["state"] == "productive"].rename(columns={"lots": "case", "step": "activity", "tool": "resource"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[twin.Results, Line, EventLogReport]:
    """A run of the truth with releases of its own, and the line drafted from its log."""
    times = np.cumsum(np.random.default_rng(5).exponential(30 * 60.0, LOTS))
    starts = [{"time": f"{time:.3f} s"} for time in times]
    truth = Line.from_document(TRUTH | {"products": {"part": {"route": "main", "release": {"schedule": starts}}}})
    results = twin.simulate(truth)
    log = log_of(results)
    log["released"] = [round(times[int(case.split("-")[1]) - 1], 3) for case in log["case"]]
    folder = tmp_path_factory.mktemp("truth")
    log.to_csv(folder / "log.csv", index=False)
    columns = {"start": "start_s", "end": "end_s"}
    report = import_eventlog(folder / "log.csv", folder / "line.yaml", Reading(columns, "s"), arrivals="log")
    return results, read(folder / "line.yaml"), report


def test_times_and_probabilities_come_back(made: tuple[twin.Results, Line, EventLogReport]) -> None:
    """Laws and their means, and the turns of the route, within four standard errors."""
    _, line, report = made
    truth = {step["step"]: step for step in TRUTH["routes"]["main"]}  # type: ignore[index]
    steps = {step.step: step for step in line.routes["part"]}
    assert list(steps) == list(truth) and not report.draft.waiting
    assert [group.tools for group in line.toolgroups.values()] == [2, 2, 1, 1]
    sds = {"turn": 20.0, "grind": 15.0, "inspect": 10 / math.sqrt(12), "mend": 20 * math.sqrt(1 - math.pi / 4)}
    means = {"turn": 40.0, "grind": 35.0, "inspect": 15.0, "mend": 20 * math.gamma(1.5)}
    counts = {step.name: step.time.count for step in report.draft.products[0].steps}
    for name, step in steps.items():
        (kind,) = truth[name]["time"]
        assert step.time.kind == kind
        assert abs(step.time.mean / 60 - means[name]) < 4 * sds[name] / math.sqrt(counts[name])
    leaves, returns = steps["inspect"].branch[0], steps["mend"].rework[0]
    assert leaves.to == "end" and returns.to == "inspect"
    for share, expected, name in ((leaves.probability, 0.7, "inspect"), (returns.probability, 0.8, "mend")):
        assert abs(share - expected) < 4 * math.sqrt(expected * (1 - expected) / counts[name])


def test_arrivals_come_back(made: tuple[twin.Results, Line, EventLogReport]) -> None:
    between = made[2].draft.products[0].between
    assert between is not None and between.kind == "exponential"
    assert abs(between.law_mean / 60 - 30) < 4 * 30 / math.sqrt(LOTS)


def test_a_run_of_the_draft_reproduces_the_log(made: tuple[twin.Results, Line, EventLogReport]) -> None:
    """With the log's own releases: every lot leaves, and the log's mean cycle time lies among those of the draft."""
    results, line, report = made
    again = twin.simulate(line, replications=24, seed=3)
    out, cycle = again.totals.product[:, 0, COMPLETED], again.totals.product[:, 0, CYCLE]
    assert (out == LOTS).all()
    means = cycle / out * again.totals.tick_s
    log = report.draft.cycle_s
    assert log.size == LOTS
    completed = int(results.totals.product[0, 0, COMPLETED])
    assert log.mean() == pytest.approx(results.totals.product[0, 0, CYCLE] / completed / 1000, rel=0.01)
    assert abs(means.mean() - log.mean()) < 3 * means.std(ddof=1)
    assert means.std(ddof=1) < 0.1 * log.mean()  # so that the line above says something


def touch_of(results: twin.Results) -> float:
    """Time that all lots were on tools, delays left out, each lot of a batch for itself [s]."""
    totals, names = results.totals, results.names
    steps = results.line.routes["case"]
    batched = {step.toolgroup for step in steps if step.batch is not None}
    tools = [k for group, own in zip(names.toolgroups, names.tools_of, strict=True) for k in own
             if group not in {"waiting", *batched}]  # fmt: skip
    alone = float(totals.tool_ticks[:, tools, 0].sum()) * totals.tick_s
    done = totals.passage[:, :, 0].sum(axis=0)
    return alone + sum(float(done[i]) * step.time.mean for i, step in enumerate(steps) if step.batch is not None)


SHOP = "case=Case ID,activity=Activity,resource=Resource,start=Start Timestamp,end=Complete Timestamp"


@pytest.fixture(scope="module")
def shop(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Line, EventLogReport]:
    """The line drafted from the log of a maker of metal parts (D. Levy 2014, doi 10.4121/uuid:68726926-...)."""
    log = shared / "data" / "production_log" / "production_log.csv"
    out = tmp_path_factory.mktemp("shop") / "shop.yaml"
    reading = Reading(read_map([SHOP]), drop=("Start", "End"), allow_overlap=True)
    report = import_eventlog(log, out, reading, arrivals="log")
    return read(out), report


def test_the_shops_log_is_read_as_its_readme_says(shop: tuple[Line, EventLogReport]) -> None:
    draft = shop[1].draft
    assert len(draft.log.events) == 4503 and draft.cycle_s.size == 225
    assert np.median(draft.cycle_s) / DAY == pytest.approx(13.9, abs=0.05)
    assert draft.cycle_s.mean() / DAY == pytest.approx(20.6, abs=0.05)
    spent = draft.log.events["end"] - draft.log.events["start"]
    assert (spent.mean() / 60, spent.median() / 60) == pytest.approx((183.2, 103), rel=0.001)
    notes = "\n".join(shop[1].assumed)
    assert "889 of 4,503 events, in 160 cases, begin before another of their case has ended" in notes


def test_the_shops_draft_reproduces_touch_time_and_cycle_time(shop: tuple[Line, EventLogReport]) -> None:
    """Touch time within 5 %, the median of the cycle time within 25 % (13.9 d), with the log's own arrivals."""
    line, report = shop
    results = twin.simulate(line, replications=24)
    totals = results.totals
    completed = totals.product[:, 0, COMPLETED].sum()
    assert completed > 0.98 * 24 * 225
    touch = touch_of(results) / completed
    assert touch == pytest.approx(report.draft.touch_s.mean(), rel=0.05)
    spent = report.draft.log.events.assign(s=report.draft.log.events["end"] - report.draft.log.events["start"])
    assert touch == pytest.approx(spent.groupby("case")["s"].sum().mean(), rel=0.05)
    shares = np.cumsum(totals.cycle_hist.sum(axis=(0, 1))) / completed
    median = edges()[int(np.searchsorted(shares, 0.5))] * totals.tick_s / DAY
    assert median == pytest.approx(13.9, rel=0.25)
