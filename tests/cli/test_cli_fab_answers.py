"""`twin profile` and `twin forecast`, from a document to tables, JSON and a picture."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

Call = Callable[..., tuple[int, str, str]]
DOCUMENT = """\
twin: 1
line: shop
toolgroups:
  a: {tools: 2, area: north}
  b: {tools: 1}
products:
  p: {route: main, release: {every: 30 min}, due: 45 min}
routes:
  main:
    - {step: s, toolgroup: a, time: 10 min, layer: M1}
    - {step: t, toolgroup: b, time: 20 min, layer: M2}
wip:
  - {lot: L1, product: p, step: s, due: 1 h}
  - {lot: L2, product: p, step: t, due: 15 min}
tool_states: [{tool: b, down: 10 min}]
run: {horizon: 4 d, warmup: 1 d, replications: 2}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(DOCUMENT)
    return tmp_path / "shop.yaml"


def test_profile_of_a_model_and_of_its_run(call: Call, shop: Path, tmp_path: Path) -> None:
    code, out, _ = call("profile", shop, "--out", tmp_path / "tables", "--image", tmp_path / "profile.png")
    assert code == 0
    for title in ("Products", "WIP of the products", "Due dates", "Layers, by product", "Areas; least and most moves"):
        assert any(line.startswith(title) for line in out.splitlines())
    assert len(pd.read_csv(tmp_path / "tables" / "areas_over_time.csv")) == 2 * 4
    with Image.open(tmp_path / "profile.png") as image:
        assert image.width > 1000
    assert call("run", shop, "--samples", 4, "--out", tmp_path / "run")[0] == 0
    code, out, err = call("profile", tmp_path / "run", "--json")
    found = json.loads(out)
    assert code == 0 and not err
    assert [row["layer"] for row in found["layers"]] == ["M1", "M2"]
    assert found["areas"]["north"]["moves"]["mean"] == 48.0
    assert len(found["areas_over_time"]) == 2 * 4
    assert found["products"]["p"]["lateness"]["mean"] == pytest.approx(-15 / 1440)


def test_forecast(call: Call, shop: Path, tmp_path: Path) -> None:
    # b is down until 10: L2 10-30, L1 (done with s at 10) 30-50
    code, out, _ = call("forecast", shop, "--hours", 1, "--replications", 2, "--json", "--out", tmp_path / "tables")
    found = json.loads(out)
    assert code == 0
    lots = {row["lot"]: row for row in found["lots"]}
    assert [lots[name]["finish_h"] * 60 for name in ("L1", "L2")] == pytest.approx([50.0, 30.0])
    assert [lots[name]["on_time"] for name in ("L1", "L2")] == [1.0, 0.0]
    assert pd.read_parquet(tmp_path / "tables" / "lots.parquet")["lot"].tolist() == ["L2", "L1"]
    code, out, _ = call("forecast", shop, "--hours", 1, "--shift", "30 min")
    assert code == 0
    assert any(line.split()[:2] == ["L2", "p"] for line in out.splitlines())
    assert "Moves by area" in out and "Lots out within 1 h" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["profile", "{run}", "--seed", "2"], "is a run and is only read; leave --seed out, or give its model"),
        (["profile", "{shop}", "--image", "profile.pdf"], "a picture's name ends in one of"),
        (["profile", "{shop}", "--out", "{shop}"], "is a file; give a folder for the tables"),
        (["profile", "{here}/none.yaml"], "none.yaml"),
        (["forecast", "{shop}", "--horizon", "10 h"], "horizon 10 h is shorter than the 3 d to be told"),
        (["forecast", "{shop}", "--shift", "soon"], "shift: "),
        (["forecast", "{shop}", "--out", "{here}"], "holds 'run', which twin forecast did not write"),
        (["forecast", "{shop}", "--set", "tool_states.0.tool=b/2"], "'b/2' names no tool of 'b'; write b"),
    ],
)
def test_what_cannot_be_done_is_told(
    call: Call, shop: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    run = tmp_path / "run"
    assert call("run", shop, "--horizon", "1 d", "--warmup", "0 s", "--out", run)[0] == 0
    names = {"shop": shop, "run": run, "here": tmp_path}
    code, out, err = call(*(word.format(**names) for word in words))
    assert code == 2 and not out
    assert said in err
    assert "Traceback" not in err
