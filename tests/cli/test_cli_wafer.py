"""`twin show RUN --wafer --of`, and what is told of a wafer or a lot."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from plain_law import plain_law
from wafer_lines import wafer_line, wafer_run

from twin.cli.wafers import tell_wafer
from twin.results import Results

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _law() -> Iterator[None]:
    with plain_law():
        yield


@pytest.fixture(scope="module")
def run() -> Results:
    return wafer_run(wafer_line([{"pattern": "edge_ring", "share": 1, "defects": 60}]), lots=2)


@pytest.fixture(scope="module")
def saved(run: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    run.save(folder)
    return folder


def test_a_wafer_is_told(run: Results, capsys: pytest.CaptureFixture[str]) -> None:
    tell_wafer(run, "A-2.5", 1)
    out = capsys.readouterr().out
    assert out.startswith("Wafer A-2.5, replication 1: ")
    for words in ("Bins", "What made it", "edge_ring", "Characteristics over the dies", "film [nm]"):
        assert words in out
    tell_wafer(run, "A-2", 1)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Lot A-2, replication 1: 24 wafers" and lines[-1].startswith("A-2.24")


def test_the_command_tells_it(call: Call, saved: Path) -> None:
    code, out, err = call("yield", saved, "--wafer", "A-2.5")
    assert code == 0 and not err and out.startswith("Wafer A-2.5, replication 1: ") and "What made it" in out
    code, out, _ = call("yield", saved, "--wafer", "A-2", "--json")
    assert code == 0 and len(json.loads(out)["wafers"]) == 24


def test_a_wafer_as_json(run: Results, capsys: pytest.CaptureFixture[str]) -> None:
    tell_wafer(run, "A-2.5", 1, json=True)
    (found,) = json.loads(capsys.readouterr().out)["wafers"]
    wafer = run.wafer("A-2.5")
    assert found == wafer.to_json() and found["yield"] == wafer.yield_
    assert found["causes"][0]["pattern"] == "edge_ring"


@pytest.mark.parametrize("of", [[], ["--of", "bins"], ["--of", "defects"], ["--of", "film"]])
def test_maps_of_what_is_asked_for(call: Call, saved: Path, tmp_path: Path, of: list[str]) -> None:
    code, out, err = call("show", saved, "--wafer", "A-1.3", "--image", tmp_path / "map.png", *of)
    assert code == 0 and not err and out.startswith("wafer A-1.3, replication 1: ")
    with Image.open(tmp_path / "map.png") as picture:
        assert picture.size == (1600, 1120)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--wafer", "A-1.3", "--image", "m.png", "--of", "flim"], "has no 'flim' to map; choose from bins, defects,"),
        (["--image", "m.png", "--of", "film"], "--of film: is for the map of a wafer; write --wafer LOT.WAFER too"),
        (["--wafer", "A-1.3", "--of", "film"], "a wafer map is a picture; write --image FILE.png"),
    ],
)
def test_what_cannot_be_shown_is_told(
    call: Call, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = call("show", saved, *words)
    assert code == 2 and not out and said in err
    assert not list(tmp_path.iterdir())
