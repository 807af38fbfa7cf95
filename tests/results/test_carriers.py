"""Figures of carriers: in the report, in plain values, on disk, in capacity; nothing of them where a line has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from twin.line import Line
from twin.results import Results
from twin.study.capacity import capacity
from twin.study.simulate import simulate


def loop(count: int, release: Any = "saturated", **more: Any) -> Line:
    """A round of 20 min with a bottleneck of 1 min."""
    return Line(
        twin=1, line="loop", about="Small.",
        toolgroups={"on": {"tools": 1}, "way": {"tools": "unlimited"}, "off": {"tools": 1}},
        products={"p": {"route": "r", "release": release}},
        routes={"r": [{"step": "on", "toolgroup": "on", "time": "1 min", "takes": "skid"},
                      {"step": "ride", "toolgroup": "way", "time": "8 min"},
                      {"step": "off", "toolgroup": "off", "time": "30 s", "gives": "skid"} | more]},
        carriers={"skid": {"count": count, "return": "10.5 min"}},
    )  # fmt: skip


@pytest.fixture(scope="module")
def run() -> Results:
    """Eight skids: 24 an hour, of the 60 that the bottleneck could do."""
    return simulate(loop(8), horizon="20 h", warmup="10 h", replications=2, device="cpu")


def test_figures_of_carriers(run: Results) -> None:
    found = run.carriers.loc["skid"]
    assert found["count"]["mean"] == 8
    assert found["taken"]["mean"] == pytest.approx(24 * 24)
    assert found["in_use"]["mean"] == pytest.approx(8 * 9.5 / 20)
    assert found["returning"]["mean"] == pytest.approx(8 * 10.5 / 20)
    assert found["idle"]["mean"] == pytest.approx(0)
    assert found["ran_out"]["mean"] == 1
    assert found["wait"]["mean"] == found["waited"]["mean"] == 0  # what is always ready does not wait


def test_lots_that_wait_are_told() -> None:
    """Four skids let 12 an hour through, and 15 come: what waits does so for a skid, and longer and longer."""
    run = simulate(loop(4, {"every": "4 min"}), horizon="10 h", warmup="0 h", replications=1, device="cpu")
    found = run.carriers.loc["skid"]
    taken = 4 * 30  # one every round of 20 min, the first lots every 4 min
    assert run.totals.carriers[0, 0].tolist()[4] == taken
    # of every four lots the first waits for a skid that comes back 4 min later a round; the n-th round by 4 n min
    assert found["wait"]["mean"] * 1440 == pytest.approx(sum(4 * n for n in range(30)) * 4 / taken)
    assert found["waited"]["mean"] == pytest.approx(29 / 30)


def test_the_report_tells_of_them_and_of_the_cure(run: Results) -> None:
    lines = run.report().splitlines()
    at = lines.index("Carriers")
    assert lines[at + 3].split()[:2] == ["skid", "8"]
    assert max(map(len, lines)) <= 100
    assert "<caption>Carriers</caption>" in run._repr_html_()
    (note,) = [note for note in run.notes if "skid" in note]
    assert "none was free for 100 % of the time, and the busiest toolgroup on their way, on, worked 40 %" in note
    assert note.endswith("about 12 more would keep it at work; try carriers.skid.count=20.")
    cured = simulate(loop(20), horizon="20 h", warmup="10 h", replications=1, device="cpu")
    assert cured.toolgroups.loc["on", ("utilisation", "mean")] == 1
    assert not [note for note in cured.notes if "skid" in note]
    plain = run.to_json()["carriers"]["skid"]
    assert plain["ran_out"]["mean"] == 1 and plain["wait"]["unit"] == "d"


def test_they_are_saved_and_read_back(run: Results, tmp_path: Path) -> None:
    run.save(tmp_path / "run")
    again = Results.load(tmp_path / "run")
    np.testing.assert_array_equal(again.totals.carriers, run.totals.carriers)
    assert again.report() == run.report()
    table = pq.read_table(tmp_path / "run" / "carriers.parquet").to_pydict()
    assert table["carrier"] == ["skid"] and table["count_mean"] == [8]


def test_capacity_counts_rounds_without_waiting() -> None:
    found = capacity(loop(8, {"every": "4 min"}))
    assert found.carriers.loc["skid"].tolist() == [8, pytest.approx(20 / 4), pytest.approx(5 / 8)]
    assert found.to_json()["carriers"]["skid"]["count"] == 8
    assert "carrier skid: 5 of 8 on a round, no waiting, 62.5 %" in str(found)
    pulled = capacity(loop(8))
    assert pulled.products["rate"].iloc[0] == pytest.approx(24 * 24)  # not the bottleneck's 60 an hour
    assert any(note.startswith("carriers skid are loaded more than any toolgroup: 100.0 %") for note in pulled.notes)
    short = capacity(loop(4, {"every": "4 min"}))
    assert any("keep 5.0 of them on the way, and there are 4" in note for note in short.notes)


def test_capacity_weighs_loops_and_moves() -> None:
    """A quarter goes back to the first step on its skid: 4/3 rounds of steps, one way back; two moves a round."""
    back = {"probability": 0.25, "to": "on"}
    made = Line.from_document(loop(8, {"every": "4 min"}, rework=back).to_document() | {"transport": {"time": "3 min"}})
    held = (1 + 8 + 0.5) * 4 / 3 + 3 * (2 * 4 / 3 + 1 / 3)
    assert capacity(made).carriers.loc["skid", "busy"] == pytest.approx((held + 10.5) / 4)


def test_a_line_without_carriers_says_nothing_of_them() -> None:
    plain = loop(1).to_document()
    del plain["carriers"], plain["routes"]["r"][0]["takes"], plain["routes"]["r"][2]["gives"]
    run = simulate(Line.from_document(plain), horizon="1 h", replications=1, device="cpu")
    assert len(run.carriers) == 0 and "carriers" not in run.to_json() and "Carriers" not in run.report()
