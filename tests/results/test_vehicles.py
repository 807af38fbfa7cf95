"""Figures of vehicles: in the report, in plain values, on disk, in capacity; nothing of them where a line has none."""

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


def shuttle(count: int, release: Any, **more: Any) -> Line:
    """Two stations 120 m apart; a trip is 2 min loaded, a minute of handling and 2 min back."""
    return Line(
        twin=1, line="shuttle", about="Small.",
        toolgroups={"on": {"tools": 1}, "off": {"tools": 1}},
        products={"p": {"route": "r", "release": release}},
        routes={"r": [{"step": "on", "toolgroup": "on", "time": "1 min"} | more,
                      {"step": "off", "toolgroup": "off", "time": "30 s"}]},
        network={"nodes": {"a": ["0 m", "0 m"], "b": ["120 m", "0 m"]}, "edges": [["a", "b"]],
                 "stations": {"on": "a", "off": "b"}},
        vehicles={"agv": {"count": count, "speed": "60 m/min", "load": "30 s", "unload": "30 s"}},
        transport={"vehicles": "agv"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def run() -> Results:
    """Two vehicles with more to do than they can: 24 trips an hour."""
    return simulate(shuttle(2, {"wip": 12}), horizon="20 h", warmup="10 h", replications=2, device="cpu")


def test_figures_of_vehicles(run: Results) -> None:
    found = run.vehicles.loc["agv"]
    means = {key: found[(key, "mean")] for key in ("count", "loaded", "empty", "handling", "idle", "trips", "distance")}
    expected = {"count": 2, "loaded": 0.4, "empty": 0.4, "handling": 0.2, "idle": 0, "trips": 24 * 24}
    assert means == pytest.approx(expected | {"distance": 24 * 24 * 240})
    # 12 lots, 5 in the round of the two vehicles and at the stations: Little's law of those that wait
    assert 0 < found[("wait", "mean")] < 12 / 24 / 24
    lines = run.report().splitlines()
    at = lines.index("Vehicles")
    assert lines[at + 3].split()[:2] == ["agv", "2"]
    assert max(map(len, lines)) <= 100
    assert "<caption>Vehicles</caption>" in run._repr_html_()
    (note,) = [note for note in run.notes if "agv" in note]
    assert note.startswith("Vehicles agv are under way or handling 100.0 % of their time, more than any toolgroup")
    plain = run.to_json()["vehicles"]["agv"]
    assert plain["loaded"]["mean"] == pytest.approx(0.4) and plain["wait"]["unit"] == "d"


def test_they_are_saved_and_read_back(run: Results, tmp_path: Path) -> None:
    run.save(tmp_path / "run")
    again = Results.load(tmp_path / "run")
    np.testing.assert_array_equal(again.totals.fleets, run.totals.fleets)
    assert again.report() == run.report()
    table = pq.read_table(tmp_path / "run" / "vehicles.parquet").to_pydict()
    assert table["vehicles"] == ["agv"] and table["count_mean"] == [2]


def test_capacity_counts_loaded_trips() -> None:
    assert "vehicles agv: loaded trips take 37.5 % of their time" in str(capacity(shuttle(2, {"every": "4 min"})))
    over = capacity(shuttle(1, {"every": "2.5 min"}))
    assert "vehicles agv are too few for what is released: loaded trips alone ask for 120.0 % of" in str(over)
    pulled = capacity(shuttle(1, "saturated"))
    assert pulled.products["rate"].iloc[0] == pytest.approx(24 * 20)  # not the bottleneck's 60 an hour
    back = shuttle(2, {"every": "6 min"}).to_document()  # a quarter is carried back, and there again
    back["routes"]["r"][1]["rework"] = {"probability": 0.25, "to": "on"}
    assert f"take {100 * 3 / 6 / 2 * (4 / 3 + 1 / 3):.1f} % of their time" in str(capacity(Line.from_document(back)))


def test_a_line_without_vehicles_says_nothing_of_them() -> None:
    plain = shuttle(1, {"wip": 2}).to_document() | {"transport": {"speed": "60 m/min"}}
    del plain["vehicles"]
    run = simulate(Line.from_document(plain), horizon="1 h", replications=1, device="cpu")
    assert not [note for note in run.notes if "ehicles" in note]
    assert len(run.vehicles) == 0 and "vehicles" not in run.to_json() and "Vehicles" not in run.report()
