"""What the words of a document mean: units, laws, shorthands, tables, the header for bare numbers."""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin.line import Law, Line, LineError, read
from twin.line.units import quantity, seconds, share
from twin.line.yaml_reader import TextFaults, load

ISSUE = """\
twin: 1                          # document version
line: two_stage
about: What it is and where its numbers come from.
tick: 1 ms                       # the default
toolgroups:
  weld:
    tools: 2                     # identical, interchangeable; `unlimited` = a pure delay
    buffer: 5
    rule: [priority, least_setup, fifo]      # ranked, first decides
    load: 1 min
    unload: 1 min
    area: body
    failures: [{mtbf: {exponential: 100 min}, mttr: {exponential: 10 min}, clock: operating}]   # or calendar
    pm: [{every: 30 d, takes: {uniform: [11 h, 16.5 h]}, first: 12 d}, {every: 7500 units, takes: 4 h}]
    setups: {changes: [{to: B, time: 12 min}, {from: A, to: B, time: 7 min}], min_run: {B: 7}}
  oven: {}
products:
  body:
    lot_size: 1
    route: main
    release: {every: {exponential: 1 min}, start: 0 min}   # or saturated, {wip: 20}, {schedule: starts.csv}
    due: 30 d                                # flow allowance
    priority: 10
routes:
  main:
    - {step: weld_1, toolgroup: weld, time: {exponential: 1 min}, per: lot, setup: A}   # lot | unit | batch
    - {step: bake, toolgroup: oven, time: {uniform: [50 min, 55 min]}, per: batch, batch: {min: 75, max: 150}}
transport: {time: {uniform: [5 min, 10 min]}}
wip: wip.csv                                 # lots already in the line at the start
run: {horizon: 730 d, warmup: 90 d, replications: 8, seed: 1}
"""


def small(**changes: Any) -> dict[str, Any]:
    """A document of one step, with some of its top changed."""
    return {
        "line": "small",
        "toolgroups": {"oven": {}},
        "products": {"part": {"route": "main", "release": {"every": "1 h"}}},
        "routes": {"main": [{"step": "bake", "toolgroup": "oven", "time": "1 min"}]},
    } | changes


def test_the_document_of_the_manual_reads(tmp_path: Path) -> None:
    (tmp_path / "line.yaml").write_text(ISSUE)
    (tmp_path / "wip.csv").write_text("lot,product,units,step,priority,due\nL1,body,1,bake,,-2 h\n")
    line = read(tmp_path / "line.yaml")
    weld, bake = line.toolgroups["weld"], line.routes["main"][1]
    assert (weld.tools, weld.buffer, weld.load, weld.area) == (2, 5, 60, "body")
    assert weld.failures[0].mttr == Law(kind="exponential", params=(600,))
    assert (weld.pm[0].every, weld.pm[0].first, weld.pm[1].every_units) == (30 * 86400, 12 * 86400, 7500)
    assert weld.setups is not None
    assert [(c.from_, c.to, c.time) for c in weld.setups.changes] == [(None, "B", 720), ("A", "B", 420)]
    assert weld.setups.min_run == {"B": 7}
    assert bake.batch is not None and (bake.per, bake.batch.min, bake.batch.max) == ("batch", 75, 150)
    assert line.wip[0].due == -7200 and line.run.horizon == 730 * 86400
    assert Line.from_document(line.to_document()) == line


@pytest.mark.parametrize(
    ("text", "value"),
    [("90 s", 90), ("2h", 7200), ("365d", 365 * 86400), ("1.5 min", 90), ("3 ms", 0.003), ("2 w", 1209600),
     ("1 week", 604800), ("1e3 s", 1000), (".5 s", 0.5), ("7000 µs", 0.007), (timedelta(hours=1), 3600)],
)  # fmt: skip
def test_times_become_seconds(text: Any, value: float) -> None:
    line = Line.from_document(small(toolgroups={"oven": {"load": text}}))
    assert line.toolgroups["oven"].load == value


def test_every_time_is_written_so_that_it_reads_back() -> None:
    for value in np.random.default_rng(1).lognormal(5, 6, 2000):
        assert seconds(quantity(float(min(value, 1e8)) + 0.001)) == float(min(value, 1e8)) + 0.001
    assert [quantity(v) for v in (90.0, 7200.0, 86400.0, 0.001, 0.0)] == ["90 s", "2 h", "1 d", "1 ms", "0 d"]


def test_shares() -> None:
    assert [share(v) for v in (0.4, "40 %", "0.4", 1, "98%")] == [0.4, 0.4, 0.4, 1, 0.98]


def test_a_header_gives_bare_numbers_their_unit() -> None:
    line = Line.from_document(small(units={"time": "min"}, run={"horizon": 600, "warmup": "30 s"}))
    assert (line.run.horizon, line.run.warmup) == (36000, 30)
    again = Line.from_document(line.to_document())
    assert again == line


LAWS = [
    ("90 s", 90.0),
    ({"constant": "90 s"}, 90.0),
    ({"exponential": "1 min"}, 60.0),
    ({"exponential": {"mean": "1 min"}}, 60.0),
    ({"uniform": ["50 s", "60 s"]}, 55.0),
    ({"uniform": {"low": "50 s", "high": "60 s"}}, 55.0),
    ({"lognormal": ["50 s", "60 s"]}, 50.0),
    ({"gamma": ["50 s", "60 s"]}, 50.0),
    ({"erlang": {"mean": "1 h", "k": 4}}, 3600.0),
    ({"weibull": ["10 s", 1]}, 10.0),
    ({"weibull": ["10 s", 2]}, 10 * math.sqrt(math.pi) / 2),
    ({"triangular": ["1 s", "2 s", "6 s"]}, 3.0),
    ({"geometric": {"mean": "10 s", "slot": "4 s"}}, 10.0),
    ({"normal": ["50 s", "0 s"]}, 50.0),
    ({"normal": ["0 s", "1 s"]}, 1 / math.sqrt(2 * math.pi)),
    ({"empirical": {"values": ["1 s", "2 s", "1 min"]}}, 21.0),
    ({"trace": {"values": [1, 2, 3], "unit": "min", "end": "repeat"}}, 120.0),
]


@pytest.mark.parametrize(("words", "mean"), LAWS, ids=str)
def test_means_of_laws(words: Any, mean: float) -> None:
    law = Law.model_validate(words)
    assert law.mean == pytest.approx(mean, rel=1e-12)
    assert Law.model_validate(law.to_document()) == law


def test_the_mean_of_a_normal_law_counts_negative_draws_as_none() -> None:
    draws = np.maximum(np.random.default_rng(1).normal(10, 30, 4_000_000), 0)
    law = Law.model_validate({"normal": ["10 s", "30 s"]})
    assert abs(law.mean - draws.mean()) < 4 * draws.std() / math.sqrt(draws.size)


def test_availability_stands_for_mtbf() -> None:
    failure = {"availability": "98 %", "mttr": {"uniform": ["2 min", "4 min"]}}
    line = Line.from_document(small(toolgroups={"oven": {"failures": failure}}))
    (read_back,) = line.toolgroups["oven"].failures
    up, repair = read_back.mtbf.mean, read_back.mttr.mean
    assert read_back.mtbf.kind == "exponential" and up / (up + repair) == pytest.approx(0.98)


def test_shorthands() -> None:
    rework = {"probability": "1 %", "to": "bake"}
    step = {
        "step": "bake",
        "station": "oven",
        "time": "1 min",
        "rework": rework,
        "branch": [{"probability": 0.1, "to": "end"}],
    }
    document = small(
        routes={"main": [step]}, stations={"oven": {"tools": "unlimited", "transport": "none", "rule": "spt"}}
    )
    del document["toolgroups"]
    line = Line.from_document(document)
    oven = line.toolgroups["oven"]
    assert (oven.tools, oven.transport, oven.rule) == (None, False, ("spt",))
    assert line.routes["main"][0].rework[0].probability == 0.01
    assert line.routes["main"][0].branch[0].to == "end"
    assert Line.from_document(line.to_document()) == line


def test_releases() -> None:
    for words, kind in (
        ("saturated", "saturated"),
        ({"saturated": True, "start": "1 h"}, "saturated"),
        ({"wip": 20}, "wip"),
        ({"every": {"exponential": "1 min"}, "start": "1 h"}, "every"),
        ({"schedule": [{"time": "3 h"}, {"time": "1 h", "units": 4, "due": "2 d"}]}, "schedule"),
    ):
        product = {"route": "main", "release": words, "lot_size": 3, "due": "9 d"}
        line = Line.from_document(small(products={"part": product}))
        release = line.products["part"].release
        assert release.kind == kind
        assert Line.from_document(line.to_document()) == line
        if kind == "schedule":
            starts = [(s.time, s.units, s.priority, s.due) for s in release.schedule]
            assert starts == [(3600, 4, 10, 2 * 86400), (10800, 3, 10, 9 * 86400)]


def test_products_share_a_schedule(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("product;time [h];units\nb;2;\na;1;5\n\nb;30 min;\n")
    plan = {"route": "main", "release": {"schedule": "s.csv"}}
    line = Line.from_document(small(products={"a": plan, "b": plan}), folder=tmp_path)
    assert [s.time for s in line.products["b"].release.schedule] == [1800, 7200]
    assert [s.units for s in line.products["a"].release.schedule] == [5]


@pytest.mark.parametrize("header", ["time", "time [min]"])
def test_columns_of_times(tmp_path: Path, header: str) -> None:
    bare = "min" in header
    rows = [f"{i},{i / 7!r}{'' if bare else ' min'}" for i in range(1, 2001)]
    (tmp_path / "t.csv").write_text("\n".join([f"n,{header}", *rows]))
    step = {"step": "bake", "toolgroup": "oven", "time": {"trace": {"file": "t.csv", "column": "time"}}}
    line = Line.from_document(small(routes={"main": [step]}), folder=tmp_path)
    law = line.routes["main"][0].time
    assert law.values == tuple(i / 7 * 60 for i in range(1, 2001))
    assert Line.from_document(line.to_document()) == line


def test_faults_of_columns_of_times(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("n,time [min]\n1,2\n2,\n3,-4\n4,5 parsecs\n")
    for column, words in (("time", "t.csv:3:3: "), ("tme", "has no column 'tme'; did you mean 'time'?")):
        step = {"step": "bake", "toolgroup": "oven", "time": {"trace": {"file": "t.csv", "column": column}}}
        (tmp_path / "line.yaml").write_text(str(small(routes={"main": [step]})))
        with pytest.raises(LineError) as caught:
            read(tmp_path / "line.yaml")
        assert words in str(caught.value)
        assert str(caught.value).count("t.csv:") == (3 if column == "time" else 0)


def test_yaml_is_read_as_version_1_2() -> None:
    text = (
        "{a: no, b: on, c: 12:30, d: 1e3, e: 0x1F, f: 010, g: ~, h: true, i: 2026-01-01, j: 1_0, k: .5, l: }"
    )
    assert load(text) == {
        "a": "no", "b": "on", "c": "12:30", "d": 1000.0, "e": 31, "f": 10, "g": None, "h": True,
        "i": "2026-01-01", "j": "1_0", "k": 0.5, "l": None,
    }  # fmt: skip
    assert load("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}") == {"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}}
    with pytest.raises(TextFaults) as caught:
        load("a: 1\nb: {c: 1, c: 2}\na: 2\n")
    assert [(spot.line, spot.column) for spot in caught.value.spots] == [(2, 0), (1, 10)]


def test_a_line_is_frozen_and_compared_by_what_it_says(tmp_path: Path) -> None:
    line = Line.from_document(small())
    with pytest.raises(ValueError, match="frozen"):
        line.tick = 1.0  # type: ignore[misc]
    (tmp_path / "small.yaml").write_text(str(small()))
    other = read(tmp_path / "small.yaml")
    assert other == line and other.source != line.source
    assert other != Line.from_document(small(about="another"))


def test_a_fine_tick_needs_a_shorter_horizon_than_the_default() -> None:
    with pytest.raises(
        LineError, match=r"^run\.horizon: 365 d are beyond the clock's reach at 'tick: 0.1 ms'"
    ):
        Line.from_document(small(tick="100 us"))
    assert Line.from_document(small(tick="100 us", run={"horizon": "9 d"})).run.horizon == 9 * 86400


def test_the_run_can_be_changed() -> None:
    line = Line.from_document(small(run={"horizon": "10 d", "warmup": "1 d"}))
    changed = line.with_run(horizon="20 d", warmup=3600, replications=None, seed=7)
    assert (changed.run.horizon, changed.run.warmup, changed.run.seed) == (20 * 86400, 3600, 7)
    assert changed.run.replications == line.run.replications
    for faulty in ({"horizon": "1 d"}, {"horizon": math.inf}, {"replications": 0}, {"sed": 1}):
        with pytest.raises(LineError):
            line.with_run(**faulty)
