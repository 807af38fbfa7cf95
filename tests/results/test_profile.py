"""The profile of a run: layers, areas, days of WIP, lateness, against what is worked out by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from twin.line import Line
from twin.results import Results, ResultsError, profile_report
from twin.results.record import RECORD
from twin.study.simulate import daily, simulate


def layered() -> Line:
    """A lot of `p` an hour that never waits: 10 min before the first layer, 30 min in M1, 15 min in layer 2."""
    return Line(
        twin=1, line="layered", about="Every lot alike.",
        toolgroups={"a": {"area": "north"}, "b": {"area": "north"}, "c": {}},
        products={"p": {"route": "main", "release": {"every": "1 h"}, "due": "1 h", "lot_size": 3},
                  "q": {"route": "side", "release": {"every": "2 h", "start": "58 min"}}},
        routes={
            "main": [
                {"step": "clean", "toolgroup": "a", "time": "10 min"},
                {"step": "expose", "toolgroup": "b", "time": "20 min", "layer": "M1"},
                {"step": "etch", "toolgroup": "c", "time": "10 min", "layer": "M1"},
                {"step": "fill", "toolgroup": "c", "time": "15 min", "layer": 2},
            ],
            "side": [{"step": "clean", "toolgroup": "a", "time": "1 min"}],
        },
    )  # fmt: skip


@pytest.fixture(scope="module")
def run() -> Results:
    return simulate(layered(), horizon="12 d", warmup="2 d", replications=2, seed=1, device="cpu", samples=12)


def test_layers_by_littles_law_add_up_to_the_days_of_wip(run: Results) -> None:
    layers = run.profile.layer_figures
    assert list(layers) == [("p", ""), ("p", "M1"), ("p", "2")]
    minutes = [row["cycle_time"].mean * 1440 for row in layers.values()]
    assert minutes == pytest.approx([10.0, 30.0, 15.0], abs=1e-9)
    product = run.profile.product_figures["p"]
    assert product["days_of_wip"].mean * 1440 == pytest.approx(sum(minutes), abs=1e-9)
    assert product["layers"].mean == 2
    assert product["days_per_layer"].mean * 1440 == pytest.approx(27.5, abs=1e-9)
    assert run.profile.product_figures["q"]["layers"] is None


def test_moves_wip_and_turns(run: Results) -> None:
    expose = run.profile.step_figures["p", "expose"]
    assert (expose["moves"].mean, expose["wip"].mean) == (24.0, pytest.approx(1 / 3))
    assert expose["turns"].mean == pytest.approx(72.0) and expose["time"].mean * 1440 == pytest.approx(20.0)
    areas = run.profile.area_figures
    assert list(areas) == ["north", "c"]
    assert areas["north"]["moves"].mean == 24 + 24 + 12
    assert areas["c"]["wip"].mean == pytest.approx(25 / 60)
    assert run.profile.product_figures["p"]["turns"].mean == pytest.approx(4 * 24 / (55 / 60))


def test_lateness_and_its_percentiles(run: Results) -> None:
    row = run.profile.product_figures["p"]
    assert row["lateness"].mean * 1440 == pytest.approx(-5.0, abs=1e-9)
    assert row["on_time"].mean == 1.0
    # percentiles come from the histogram of cycle times, whose bins are 1/64 of an octave at the widest
    assert row["late_p50"].mean * 1440 == pytest.approx(-5.0, abs=1.0)
    assert run.profile.product_figures["q"]["lateness"] is None and run.profile.product_figures["q"]["on_time"] is None


def test_moves_by_area_and_day(run: Results) -> None:
    table = run.areas_over_time
    assert table is not None and len(table) == 2 * 12
    day = table.loc[("north", 5.0, 6.0)]
    assert day["moves", "mean"] == 60.0
    assert day["wip", "mean"] == pytest.approx(24 * 30 / 1440 + 12 / 1440)
    assert day["turns", "mean"] == pytest.approx(day["moves", "mean"] / day["wip", "mean"])


def test_one_look_a_day() -> None:
    assert [daily(layered(), horizon) for horizon in ("12 d", "5 h", None)] == [12, 1, 365]


def test_a_saved_run_has_the_same_profile(run: Results, tmp_path: Path) -> None:
    run.save(tmp_path / "run")
    again = Results.load(tmp_path / "run")
    for name in ("products", "layers", "areas", "steps", "toolgroups"):
        pd.testing.assert_frame_equal(getattr(again.profile, name), getattr(run.profile, name))
    pd.testing.assert_frame_equal(again.areas_over_time, run.areas_over_time)
    assert profile_report.to_json(again) == profile_report.to_json(run)


def test_a_run_of_an_earlier_twin_loads_and_says_that_it_has_no_profile(run: Results, tmp_path: Path) -> None:
    run.save(tmp_path / "run")
    record = json.loads((tmp_path / "run" / RECORD).read_text())
    del record["names"]["steps_of"]
    record["twin_run"] = 2
    (tmp_path / "run" / RECORD).write_text(json.dumps(record))
    (tmp_path / "run" / "totals_passages.parquet").unlink()
    later = {"toolgroups": ["setups", "batches", "batched", "room"], "products": ["dated", "late_ticks"]}
    for name, columns in later.items():
        file = tmp_path / "run" / f"totals_{name}.parquet"
        pd.read_parquet(file).drop(columns=columns).to_parquet(file)
    again = Results.load(tmp_path / "run")
    assert again.throughput == run.throughput
    with pytest.raises(ResultsError, match=r"saved by an earlier twin.*run it again"):
        _ = again.profile


def test_the_report_tells_every_table(run: Results) -> None:
    text = "\n".join(row.text for row in profile_report.rows(run))
    for title in ("Products", "Due dates: lateness is", "Layers, by product", "Areas; least and most moves of any day"):
        assert any(line.startswith(title) for line in text.splitlines())
    assert "p  (no layer)" in text and "p  M1" in text
    assert all(len(line) <= 100 for line in text.splitlines())
    text = "\n".join(row.text for row in profile_report.rows(run, ascii_only=True))
    assert text.isascii()


def test_tables_are_written_whole_and_over_nothing_else(run: Results, tmp_path: Path) -> None:
    profile_report.save(run, tmp_path / "new" / "tables")
    steps = pd.read_csv(tmp_path / "new" / "tables" / "steps.csv", keep_default_na=False)
    assert steps["step"].tolist() == ["clean", "expose", "etch", "fill", "clean"]
    assert steps["layer"].tolist() == ["", "M1", "M1", "2", ""]
    assert pd.read_parquet(tmp_path / "new" / "tables" / "areas.parquet")["moves_mean"].tolist() == [60.0, 48.0]
    profile_report.save(run, tmp_path / "new" / "tables")
    (tmp_path / "new" / "tables" / "mine.txt").write_text("mine")
    with pytest.raises(ResultsError, match=r"mine.txt"):
        profile_report.save(run, tmp_path / "new" / "tables")
    assert math.isfinite(steps["wip_mean"].sum())


def test_the_picture_is_written(run: Results, tmp_path: Path) -> None:
    from twin.scene.profile import show_profile

    assert show_profile(run, tmp_path / "profile.png") == f"Picture in {tmp_path / 'profile.png'}"
    with Image.open(tmp_path / "profile.png") as image:
        assert image.width == 2400 and image.height > 1200
        assert len(image.convert("RGB").resize((240, 150)).getcolors(36_000)) > 20
