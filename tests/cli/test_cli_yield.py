"""`twin yield` and `twin show --wafer`, from a run of the library's mini-fab to the picture."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from quality_lines import quality_line, quality_run
from tracked_runs import COATER, DEPTH, ETCH_1, FILM, FURNACE, MARK, tracked_line, tracked_run

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run written down by hand."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    process = [[[100, 4, 0, 8, 4], [100, 4, 0, 4, 0], [1000, 1000, 10, 0, 0]]] * 2
    quality_run(quality_line(), [(0, 0, 0, 25, 0.5), (1, 0, 0, 25, 0.3)], process).save(folder)
    return folder


def test_yield_tells_products_loss_and_rejects(call: Call, saved: Path) -> None:
    code, out, err = call("yield", saved)
    assert code == 0 and not err
    lines = out.splitlines()
    assert lines[0] == "test/line"
    for title in ("Yield, expected", "Loss, over all products with dies: what", "Quality at the first pass"):
        assert any(line.startswith(title) for line in lines)
    assert any(line.startswith("furnace, waiting") for line in lines)


def test_yield_as_json(call: Call, saved: Path) -> None:
    code, out, err = call("yield", saved, "--json")
    found = json.loads(out)
    assert code == 0 and not err
    assert found["products"]["A"]["yield"]["unit"] == "share"
    assert found["loss"][0]["toolgroup"] == "furnace" and found["loss"][0]["share"]["mean"] == 0.5
    assert found["first_pass"][0]["rejected"] == 20


@pytest.fixture(scope="module")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run written down by hand, with characteristics: three units."""
    folder = tmp_path_factory.mktemp("runs") / "tracked"
    made = {
        DEPTH: [(ETCH_1, [[106, 0, 0, 0], [100, 1, 0, 0]]), (ETCH_1, [95])], FILM: [(FURNACE, [40, 50]), None],
        MARK: [(COATER, [1, 2]), (COATER, [3])],
    }  # fmt: skip
    tracked_run(tracked_line(), [(0, 0, 0, 2, 0.01), (1, 2, 0, 1, 0.0)], made).save(folder)
    return folder


def test_yield_tells_characteristics_and_writes_units(call: Call, tracked: Path, tmp_path: Path) -> None:
    import pandas as pd

    code, out, err = call("yield", tracked, "--out", tmp_path / "units.parquet")
    assert code == 0 and not err and max(map(len, out.splitlines()[:-1])) <= 100
    for words in ("in limits", "etcher: depth", "Characteristics of the units", "U: depth", "mark: no limits"):
        assert words in out
    assert f"3 units in {tmp_path / 'units.parquet'}" in out
    units = pd.read_parquet(tmp_path / "units.parquet")
    assert units["unit"].tolist() == [1, 2, 1] and units["depth"].tolist() == pytest.approx([106, 100, 95])
    code, out, err = call("yield", tracked, "--json", "--out", tmp_path / "units.csv")
    found = json.loads(out)
    assert code == 0 and "3 units in" in err
    assert {row["cause"] for row in found["loss"]} >= {"depth", "film"}
    assert found["characteristics"][0]["cpk"]["unit"] == "-" and found["metrology"] == []
    assert found["loss_by_tool"][0].keys() >= {"route", "step", "tool", "cause", "per_unit"}
    assert len((tmp_path / "units.csv").read_text().splitlines()) == 4


def test_yield_tells_of_one_wafer(call: Call, tracked: Path) -> None:
    code, out, err = call("yield", tracked, "--wafer", "W-1.2")
    assert code == 0 and not err and out.startswith("Wafer W-1.2, replication 1")
    code, _, err = call("yield", tracked, "--wafer", "W-1.2", "--replication", "3")
    assert code == 2 and "the run has 1 to 2" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["yield", "fab/mini_fab"], "fab/mini_fab: yield is a run's; make one with: twin run fab/mini_fab --out DIR"),
        (["yield", "{folder}"], "is no twin run"),
        (["yield", "{run}", "--out", "units.txt"], "a table's name ends in one of .csv, .parquet"),
        (["show", "fab/mini_fab", "--wafer", "Pa-1", "--image", "m.png"], "wafers belong to a run; make one with"),
        (["show", "{run}", "--wafer", "A-1.1"], "a wafer map is a picture; write --image FILE.png"),
        (["show", "{run}", "--wafer", "A-7.1", "--image", "m.png"], "no lot A-7 in replication 1: it has 1 lots of A"),
        (["show", "{run}", "--wafer", "A-1.1", "--image", "m.png", "--replication", "3"], "the run has 1 to 2"),
        (["show", "{run}", "--wafer", "A-1.1", "--image", "m.pdf"], "a picture's name ends in one of"),
    ],
)
def test_what_cannot_be_done_is_told(
    call: Call, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = call(*(word.format(run=saved, folder=tmp_path) for word in words))
    assert code == 2 and not out and said in err
    assert not list(tmp_path.iterdir())


def test_a_wafer_map_is_a_picture(call: Call, saved: Path, tmp_path: Path) -> None:
    code, out, err = call("show", saved, "--wafer", "A-1.3", "--image", tmp_path / "map.png", "--replication", "2")
    assert code == 0 and not err
    assert out.startswith("wafer A-1.3, replication 2: ") and f"Picture in {tmp_path / 'map.png'}" in out
    with Image.open(tmp_path / "map.png") as picture:
        assert picture.width == 1600


def test_from_the_run_to_the_picture(tmp_path: Path) -> None:
    """As a user does it: simulate, save, ask for the yield, look at a lot."""

    def twin(*words: object) -> str:
        told = subprocess.run(
            [sys.executable, "-m", "twin.cli", *map(str, words)],
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stderr
        return told.stdout

    report = twin("run", "fab/mini_fab", "--horizon", "60 d", "--replications", "3", "--out", tmp_path / "run")
    assert "yield" in report
    told = twin("yield", tmp_path / "run")
    assert "implant" in told and "diffusion, waiting" in told and "330" in told
    from twin.results import Results

    first = Results.load(tmp_path / "run").lots["lot"][0]
    assert twin("show", tmp_path / "run", "--wafer", first, "--image", tmp_path / "lot.png").startswith(f"lot {first}")
    assert (tmp_path / "lot.png").stat().st_size > 10_000
