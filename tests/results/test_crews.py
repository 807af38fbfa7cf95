"""Figures of crews: in the report, in plain values, on disk; nothing of them where a line has none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from twin.line import Line
from twin.results import Results
from twin.study.simulate import simulate


@pytest.fixture(scope="module")
def run() -> Results:
    """Two tools loaded by one operator: 4 min of load every 10 min, run 7 min."""
    return simulate(
        Line(
            twin=1, line="shop", about="Small.",
            toolgroups={"saw": {"tools": 2, "load": "4 min", "crew": {"load": "operators"}}},
            products={"p": {"route": "r", "release": {"every": "10 min"}}},
            routes={"r": [{"step": "s", "toolgroup": "saw", "time": {"uniform": ["6 min", "8 min"]}}]},
            crews={"operators": 1, "technician": 2},
        ),
        horizon="10 d", warmup="1 d", replications=3,
    )  # fmt: skip


def test_figures_of_crews(run: Results) -> None:
    found = run.crews.loc["operators"]
    assert found["utilisation"]["mean"] == pytest.approx(0.4)
    assert found["tasks"]["mean"] == pytest.approx(144)
    assert found["wait"]["mean"] == found["waited"]["mean"] == 0
    idle = run.crew_figures["technician"]
    assert idle["members"] is not None and idle["members"].mean == 2
    assert idle["utilisation"] is not None and idle["utilisation"].mean == 0
    assert idle["wait"] is None  # nothing to tell


def test_the_report_tells_of_them(run: Results) -> None:
    lines = run.report().splitlines()
    at = lines.index("Crews")
    assert lines[at + 3].split()[:3] == ["operators", "1", "40.0"]
    assert "<caption>Crews</caption>" in run._repr_html_()
    assert max(map(len, lines)) <= 100
    plain = run.to_json()["crews"]["operators"]
    assert plain["utilisation"]["mean"] == pytest.approx(0.4) and plain["wait"]["unit"] == "d"


def test_they_are_saved_and_read_back(run: Results, tmp_path: Path) -> None:
    run.save(tmp_path / "run")
    again = Results.load(tmp_path / "run")
    np.testing.assert_array_equal(again.totals.crews, run.totals.crews)
    assert again.names.crews == ("operators", "technician")
    assert again.report() == run.report()
    table = pq.read_table(tmp_path / "run" / "crews.parquet").to_pydict()
    assert table["crew"] == ["operators", "technician"] and table["utilisation_mean"][0] == pytest.approx(0.4)


def test_a_line_without_crews_tells_of_none(tmp_path: Path) -> None:
    run = simulate("learn/mm1", horizon="2 d", warmup="0 d", replications=2)
    run.save(tmp_path / "run")
    assert run.crews.empty and "crews" not in run.to_json() and "Crews" not in run.report()
    assert "no oper." not in run.report()
    assert not (tmp_path / "run" / "crews.parquet").exists()
    assert Results.load(tmp_path / "run").totals.crews.shape == (2, 0, 5)


def test_a_crew_that_holds_the_line_back_is_told(run: Results) -> None:
    """One operator stays with each lot of three saturated saws: a third of each saw's time is all there is."""
    line = Line(
        twin=1, line="shop", about="Small.", toolgroups={"saw": {"tools": 3, "crew": {"process": "operators"}}},
        products={"p": {"route": "r", "release": "saturated"}},
        routes={"r": [{"step": "s", "toolgroup": "saw", "time": {"exponential": "6 min"}}]}, crews={"operators": 1},
    )  # fmt: skip
    held = simulate(line, horizon="2 d", warmup="0 d", replications=2)
    assert held.toolgroups.loc["saw", ("no_operator", "mean")] == pytest.approx(2 / 3)
    assert any(note.startswith("Crew operators is at work 100.0 % of its time") for note in held.notes)
    assert not [note for note in run.notes if "Crew" in note]


def test_a_tool_that_waits_for_its_operator_is_told_as_such() -> None:
    """Two lots at a time, 4 min of load each by one operator: the second tool waits 4 of every 20 min."""
    line = Line(
        twin=1, line="shop", about="Small.",
        toolgroups={"saw": {"tools": 2, "load": "4 min", "crew": {"load": "operators"}}},
        products={"p": {"route": "r", "release": {"every": "20 min"}},
                  "q": {"route": "r", "release": {"every": "20 min"}}},
        routes={"r": [{"step": "s", "toolgroup": "saw", "time": "6 min"}]}, crews={"operators": 1},
    )  # fmt: skip
    run = simulate(line, horizon="2 d", warmup="0 d", replications=1)
    assert run.toolgroups.loc["saw", ("no_operator", "mean")] == pytest.approx(4 / 40)
    assert run.crews.loc["operators", ("wait", "mean")] * 1440 == pytest.approx(2)
    assert "no oper." in run.report()
