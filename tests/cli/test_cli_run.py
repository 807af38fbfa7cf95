"""`twin run` and `twin show`, with a simulation that is known by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from synthetic import count_lots, empty_totals, names_of, spend

import twin.scene
from twin.cli import app, progress
from twin.line import Line, LineError
from twin.results import Results, Settings, Timing

Call = Callable[..., tuple[int, str, str]]


class Fake:
    """Stands in for the simulation: keeps what it was asked, returns two lots, or raises."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.error: BaseException | None = None
        self.notes: tuple[str, ...] = ()

    def simulate(self, line: Line, **asked: Any) -> Results:
        self.asked.append({"line": line, **asked})
        if self.error is not None:
            raise self.error
        worlds = asked["replications"] or line.run.replications
        run = line.with_run(horizon=asked["horizon"], warmup=asked["warmup"], seed=asked["seed"]).run
        names = names_of(line)
        totals = empty_totals(names, worlds)
        for world in range(worlds):
            count_lots(totals, world, 0, [1.0, 1.5 + world / 10])
            spend(totals, 0, 0.5)
        asked["progress"](0.5, 1, 3600.0)
        asked["progress"](1.0, 2, 7200.0)
        settings = Settings(line.line, run.horizon, run.warmup, worlds, run.seed, "cpu")
        return Results(
            line=line,
            names=names,
            totals=totals,
            settings=settings,
            timing=Timing(1.0, 0.0),
            notes=self.notes,
        )


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    found = Fake()
    module = ModuleType("twin.study.simulate")
    module.simulate = found.simulate  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "twin.study.simulate", module)
    return found


@pytest.fixture
def call(call: Call, fake: Fake) -> Call:
    """Commands that meet the faked simulation."""
    return call


def test_run_prints_the_report(call: Call) -> None:
    code, out, err = call("run", "fab/mini_fab", "--replications", "2")
    assert code == 0 and not err
    assert out.startswith("fab/mini_fab\n") and "Bottleneck: " in out


def test_json_is_one_object_and_nothing_else(call: Call, fake: Fake) -> None:
    fake.notes = ("Stopped by hand after 3 d.",)
    code, out, err = call("run", "fab/mini_fab", "--replications", "2", "--json")
    assert code == 0
    assert json.loads(out)["model"] == "fab/mini_fab"
    assert "Note: Stopped by hand after 3 d." in err


def test_options_reach_the_simulation(call: Call, fake: Fake) -> None:
    words = ["--horizon", "60 d", "--warmup", "1 d", "--replications", "3", "--seed", "7", "--device", "cpu"]
    words += ["--threads", "1", "--max-wip", "500", "--visits"]
    code, _, err = call("run", "fab/mini_fab", *words, "--set", "toolgroups.litho.tools=3")
    assert code == 0, err
    asked = fake.asked[0]
    assert asked.pop("line").toolgroups["litho"].tools == 3
    del asked["progress"]
    assert asked == {
        "horizon": "60 d", "warmup": "1 d", "replications": 3, "seed": 7, "device": "cpu", "threads": 1,
        "max_wip": 500, "visits": True,
    }  # fmt: skip


def test_out_then_run_again_and_load(call: Call, fake: Fake, tmp_path: Path) -> None:
    """A saved run is repeated with its own line, times, replications and seed, and can be changed."""
    run = tmp_path / "run"
    code, out, err = call("run", "fab/mini_fab", "--horizon", "60 d", "--replications", "3", "--seed", "7",
                          "--set", "toolgroups.litho.tools=3", "--out", run)  # fmt: skip
    assert code == 0 and f"twin show {run}" in out, err
    assert Results.load(run).settings.model == "fab/mini_fab"
    code, out, err = call("run", run)
    assert code == 0 and out.startswith("fab/mini_fab\n"), err
    again = fake.asked[1]
    assert again["line"] == fake.asked[0]["line"]
    assert (again["replications"], again["seed"]) == (3, 7)
    code, _, err = call("run", run, "--seed", "0", "--set", "toolgroups.litho.tools=4", "--json")
    assert code == 0, err
    assert fake.asked[2]["seed"] == 0 and fake.asked[2]["line"].toolgroups["litho"].tools == 4


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--out", "foreign"], "which no twin run wrote"),
        (["--out", "foreign/thesis.txt"], "is a file"),
        (["--image", "x.webp"], "a picture's name ends in one of"),
        (["--image", "nowhere/x.png"], "there is no folder nowhere"),
        (["--set", "toolgroups.litho"], "write PATH=VALUE"),
        (["--set", "a=1", "--set", "a=2"], "set twice"),
    ],
)
def test_what_cannot_end_well_is_not_begun(
    call: Call, fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.txt").write_text("years of work")
    code, out, err = call("run", "fab/mini_fab", *words)
    assert code == 2 and not out and told in err and "Traceback" not in err
    assert not fake.asked


def test_a_run_that_fails_leaves_nothing(call: Call, fake: Fake, tmp_path: Path) -> None:
    from twin.engine import RunError

    fake.error = RunError("replication 3, 12.5 d: oven and saw wait for each other")
    code, out, err = call("run", "fab/mini_fab", "--out", tmp_path / "run")
    assert (code, out, err) == (2, "", "replication 3, 12.5 d: oven and saw wait for each other\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (LineError("the warm-up of 9 d leaves nothing"), 2, "the warm-up of 9 d leaves nothing\n"),
        (PermissionError(13, "Permission denied", "cache"), 2, "cache: Permission denied\n"),
        (MemoryError(), 2, "not enough memory; take fewer --replications or a shorter --horizon\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_errors_end_without_a_traceback(
    call: Call, fake: Fake, error: BaseException, code: int, told: str
) -> None:
    fake.error = error
    assert call("run", "fab/mini_fab") == (code, "", told)


def test_a_fault_of_ours_keeps_its_traceback(fake: Fake) -> None:
    fake.error = ZeroDivisionError("ours")
    with pytest.raises(ZeroDivisionError):
        app(["run", "fab/mini_fab"], prog_name="twin")


def test_no_picture_is_no_failure(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise twin.scene.SceneUnavailable("no OpenGL here; apt install libegl1 libgl1-mesa-dri libgl1")

    monkeypatch.setattr(twin.scene, "show", nothing)
    code, out, err = call("run", "fab/mini_fab", "--image", tmp_path / "x.png", "--out", tmp_path / "run")
    assert code == 0 and "Bottleneck" in out
    assert err == "no OpenGL here; apt install libegl1 libgl1-mesa-dri libgl1\n"
    assert (tmp_path / "run" / "run.json").is_file()
    code, out, err = call("show", tmp_path / "run", "--image", tmp_path / "x.png")
    assert code == 2 and not out and "apt install" in err


def test_picture_after_a_run(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[object] = []
    monkeypatch.setattr(twin.scene, "show", lambda what, *, image: drawn.append(what) or image)
    code, out, err = call("run", "fab/mini_fab", "--image", tmp_path / "x.png", "--json")
    assert code == 0 and json.loads(out) and "Picture in" in err
    assert isinstance(drawn[0], Results)


@pytest.mark.parametrize("damage", ["truncated", "foreign"])
def test_show_and_run_of_a_broken_folder(call: Call, tmp_path: Path, damage: str) -> None:
    (tmp_path / "run.json").write_text('{"twin_run": 1, "sett' if damage == "truncated" else "[1, 2]")
    for command in ("show", "run"):
        code, out, err = call(command, tmp_path)
        assert code == 2 and not out and err.count("\n") == 1 and str(tmp_path) in err


def test_progress_in_words() -> None:
    assert progress.duration(42.4) == "42 s"
    assert progress.duration(125) == "2 min 05 s"
    assert progress.duration(3 * 3600 + 120) == "3 h 02 min"
    assert progress.simulated(44.2 * 86_400) == "44.2 d"
    assert progress.simulated(5400) == "1.5 h"


def test_progress_without_a_terminal_is_sparse(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line in 15 s; the minute before the first look was compiling and says nothing of the pace."""
    now = [-60.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    with progress.shown() as told:
        for second in range(60):
            now[0] = second
            told(second / 60, second, 86_400.0 * second)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "25%: 15 lots out, 15.0 d simulated, 45 s left",
        "50%: 30 lots out, 30.0 d simulated, 30 s left",
        "75%: 45 lots out, 45.0 d simulated, 15 s left",
    ]


def test_progress_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    with progress.shown() as told:
        told(0.5, 1234, 86_400.0 * 50)
    told_all = capsys.readouterr()
    assert "1,234 lots out" in told_all.err and not told_all.out
