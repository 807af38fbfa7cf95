"""`twin stations`, from a document to its tables, JSON and a picture; a run told without being run again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Call = Callable[..., tuple[int, str, str]]
DOCUMENT = """\
twin: 1
line: row
toolgroups:
  a: {tools: 1, buffer: 2, power: {processing: 12 kW, idle: 3 kW}, failures: {mtbf: {exponential: 50 min}, mttr: 5 min}}
  b: {tools: 1, buffer: 2, power: {processing: 10 kW, idle: 2 kW, standby: {power: 1 kW, after: 5 s}}}
  c: {tools: 1, buffer: 2}
products:
  p: {route: main, release: saturated}
routes:
  main:
    - {step: s, toolgroup: a, time: 40 s}
    - {step: t, toolgroup: b, time: 60 s}
    - {step: u, toolgroup: c, time: 50 s, rework: {probability: 5 %, to: s}}
run: {horizon: 20 h, warmup: 2 h, replications: 2}
"""


@pytest.fixture
def row(tmp_path: Path) -> Path:
    (tmp_path / "row.yaml").write_text(DOCUMENT)
    return tmp_path / "row.yaml"


def test_stations_of_a_model_and_of_its_run(call: Call, row: Path, tmp_path: Path) -> None:
    code, out, _ = call("stations", row, "--image", tmp_path / "row.png")
    assert code == 0
    for title in (
        "Jobs", "Stations along the line", "Buffers in front", "OEE by ISO 22400", "Energy", "The bottleneck by",
        "Bottleneck: b by blocked-starved arrows, the largest active share and active periods: they agree.",
    ):  # fmt: skip
        assert any(line.startswith(title) for line in out.splitlines()), title
    with Image.open(tmp_path / "row.png") as image:
        assert image.width > 1000
        assert len(np.unique(np.asarray(image).reshape(-1, 3), axis=0)) > 50
    code, out, _ = call("run", row, "--out", tmp_path / "run")
    assert code == 0
    assert "Jobs: " in out and "kWh a job" in out and "% good the first time through" in out
    code, out, err = call("stations", tmp_path / "run", "--json")
    assert code == 0 and not err
    found = json.loads(out)
    assert list(found["along_the_line"]) == ["a", "b", "c"]
    assert found["active_periods"]["bottleneck"] == "b"
    assert [arrow["points_to"] for arrow in found["arrows"]] == ["b", "b"]
    passed = found["along_the_line"]["c"]["jobs_per_hour"]["mean"]
    assert found["jobs"]["all products"]["jobs_per_hour"]["mean"] == pytest.approx(0.95 * passed, rel=0.02)
    assert set(found["energy"]) == {"a", "b", "all toolgroups"}


def test_a_run_is_only_read(call: Call, row: Path, tmp_path: Path) -> None:
    assert call("run", row, "--horizon", "4 h", "--out", tmp_path / "run")[0] == 0
    code, out, err = call("stations", tmp_path / "run", "--horizon", "5 h")
    assert (code, out) == (2, "")
    assert "is a run and is only read; leave --horizon out, or give its model" in err


def test_a_line_without_buffers_has_no_active_periods(call: Call, tmp_path: Path) -> None:
    (tmp_path / "push.yaml").write_text(DOCUMENT.replace("buffer: 2, ", "").replace(", buffer: 2", ""))
    code, out, _ = call("stations", tmp_path / "push.yaml", "--set", "products.p.release={every: 70 s}", "--json")
    assert code == 0
    assert json.loads(out)["active_periods"] is None
