"""The command line: what it prints where, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Call = Callable[..., tuple[int, str, str]]
TWIN = [sys.executable, "-m", "twin.cli"]


GOOD = """\
twin: 1
line: small
toolgroups: {saw: {tools: 1}, drill: {tools: 2}}
products: {plate: {route: main, release: {every: 10 min}}}
routes: {main: [{step: cut, toolgroup: saw, time: 8 min}, {step: bore, toolgroup: drill, time: 9 min}]}
"""
BAD = GOOD.replace("tools: 2", "tols: 2").replace("8 min", "8 mn")


def test_help_imports_nothing_heavy() -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "twin.cli", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.splitlines()}
    heavy = {
        "numpy",
        "pydantic",
        "numba",
        "pandas",
        "pyarrow",
        "scipy",
        "pyvista",
        "vtkmodules",
        "yaml",
        "rich",
    }
    assert "typer" in loaded and not loaded & heavy


@pytest.mark.parametrize(
    "command",
    ["run", "show", "yield", "check", "capacity", "new", "schema", "models", "bench", "import", "import autosched"],
)
def test_every_command_has_help(call: Call, command: str) -> None:
    code, out, _ = call(*command.split(), "--help")
    assert code == 0 and "Usage" in out


def test_version(call: Call) -> None:
    code, out, _ = call("--version")
    assert code == 0 and out.startswith("twin ")


@pytest.mark.parametrize(
    "words", [["nonsense"], ["run"], ["run", "x", "--device", "abacus"], ["run", "x", "--seed", "-1"]]
)
def test_wrong_words_are_told_and_end_in_2(call: Call, words: list[str]) -> None:
    code, out, err = call(*words)
    assert code == 2 and not out and "Usage" in err


def test_check_says_ok_and_what_the_line_holds(call: Call, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(GOOD)
    code, out, err = call("check", tmp_path / "small.yaml")
    assert code == 0 and not err
    assert "small.yaml: ok" in out
    assert "2 toolgroups, 3 tools; 1 product, 1 route, 2 steps" in out
    assert "most loaded: saw, 80.0 %" in out and "warning" not in out


def test_check_tells_how_true_the_surrogates_are(call: Call, tmp_path: Path) -> None:
    """Two steps with one law are told once, the least true law first; a line without laws is told nothing."""
    etch = "process: {law: etch, sets: depth, radius: 400 nm, rate: RATE nm/min}"
    steps = ", ".join(
        f"{{step: etch_{k}, toolgroup: drill, time: 1 min, {etch.replace('RATE', rate)}}}"
        for k, rate in enumerate(("200", "200", "10"))
    )
    made = "characteristics: {depth: {unit: nm}}\n"
    (tmp_path / "fab.yaml").write_text(made + GOOD.replace("routes: {main: [", f"routes: {{main: [{steps}, "))
    code, out, err = call("check", tmp_path / "fab.yaml")
    assert code == 0 and not err
    told = out.splitlines()
    assert "  surrogates of process laws, 1 % off at most allowed:" in told
    assert told[-2].strip().startswith("etch at main.etch_0 and 1 more step: ") and told[-2].endswith("65 x 65 points")
    assert " nm off at most (" in told[-2] and told[-1].strip().startswith("etch at main.etch_2: ")
    code, out, _ = call("check", tmp_path / "fab.yaml", "--json")
    first, second = json.loads(out)["surrogates"]
    assert first["steps"] == ["main.etch_0", "main.etch_1"] and 0 <= second["share"] <= first["share"] < 0.01
    (tmp_path / "small.yaml").write_text(GOOD)
    code, out, _ = call("check", tmp_path / "small.yaml", "--json")
    plain = json.loads(out)
    assert code == 0 and plain["ok"] and plain["surrogates"] == [] and "1 route" in plain["about"][0]
    assert "surrogates" not in call("check", tmp_path / "small.yaml")[1]


def test_check_warns_of_overload(call: Call, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(GOOD)
    code, out, _ = call("check", tmp_path / "small.yaml", "--set", "products.plate.release.every=4 min")
    assert code == 0
    assert (
        "warning: offered more than they can do, so queues grow for ever: saw 200.0 %, drill 112.5 %" in out
    )


def test_check_tells_all_faults_with_places(call: Call, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(BAD)
    code, out, err = call("check", tmp_path / "bad.yaml")
    assert code == 2 and not out
    assert "bad.yaml:3:" in err and "bad.yaml:5:" in err and "'tols'" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["check", "run", "capacity", "show"])
def test_a_model_that_does_not_exist(call: Call, command: str) -> None:
    code, out, err = call(command, "fab/mini_fib")
    assert code == 2 and not out
    assert "mini_fab" in err and "Traceback" not in err


@pytest.mark.parametrize("setting", ["toolgroups.oven", "=3", "toolgroups.lithium.tools=3"])
def test_set_is_checked(call: Call, setting: str) -> None:
    code, out, err = call("check", "fab/mini_fab", "--set", setting)
    assert code == 2 and not out and setting.partition("=")[0] in err


def test_crews_are_told_and_those_that_are_too_small(call: Call) -> None:
    code, out, err = call("check", "fab/mini_fab")
    assert code == 0 and not err
    assert "crews: operators 2, technician 1, transporter 1" in out and "warning" not in out
    code, out, err = call("check", "fab/mini_fab", "--set", "products.Pa.release.every=50 min")
    assert "crews asked for more than their time, so queues grow for ever: operators 140.0 %" in out + err
    code, out, err = call("capacity", "fab/mini_fab")
    assert code == 0 and "crew         members" in out and "technician" in out


def test_models_are_listed_with_a_sentence(call: Call) -> None:
    code, out, _ = call("models")
    assert code == 0
    assert any(line.startswith("fab/mini_fab ") and "mini-fab" in line for line in out.splitlines())
    assert max(map(len, out.splitlines())) <= 100


def test_schema_is_json(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("schema")
    assert code == 0 and "toolgroups" in json.loads(out)["properties"]
    code, out, _ = call("schema", "-o", tmp_path / "line.schema.json")
    assert code == 0 and "written" in out
    assert json.loads((tmp_path / "line.schema.json").read_text(encoding="utf-8"))["properties"]


@pytest.mark.parametrize("name", ["my_line", "my line.yaml", "12", "weld: 'x'"])
def test_new_writes_what_check_accepts(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = call("new", name)
    assert code == 0, err
    file = next(tmp_path.iterdir())
    code, out, err = call("check", file)
    assert code == 0 and "ok" in out and "warning" not in out, err
    before = file.read_bytes()
    code, _, err = call("new", name)
    assert code == 2 and "is there already" in err
    assert file.read_bytes() == before


def test_new_in_no_folder(call: Call, tmp_path: Path) -> None:
    code, _, err = call("new", tmp_path / "nowhere" / "line")
    assert code == 2 and "there is no folder" in err


def test_capacity(call: Call) -> None:
    code, out, err = call("capacity", "fab/mini_fab", "--json")
    assert code == 0 and not err
    assert json.loads(out)["model"] == "fab/mini_fab" and json.loads(out)["load"] == 0.85
    code, out, _ = call("capacity", "fab/mini_fab", "--load", "90 %")
    assert code == 0 and "bottleneck" in out


@pytest.mark.parametrize("load", ["0", "120%", "much", "85 min"])
def test_capacity_needs_a_load(call: Call, load: str) -> None:
    code, out, err = call("capacity", "fab/mini_fab", "--load", load)
    assert code == 2 and not out and err.startswith(f"--load {load}: ") and err.count("\n") == 1


def test_import_of_a_folder_that_is_none(call: Call, tmp_path: Path) -> None:
    code, out, err = call("import", "autosched", tmp_path / "nowhere", "-o", tmp_path / "fab.yaml")
    assert code == 2 and not out and err and "Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_bench_of_what_there_is_not(call: Call) -> None:
    code, out, err = call("bench", "nonsense")
    assert code == 2 and not out and "there are" in err


def test_a_closed_pipe_ends_quietly() -> None:
    """As `twin schema | head -1`: the reader is gone before everything is written."""
    with subprocess.Popen([*TWIN, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.close()
        err = running.stderr.read().decode()
    assert running.returncode == 1
    assert not err


def test_a_terminal_of_few_letters(tmp_path: Path) -> None:
    env = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    told = subprocess.run(
        [*TWIN, "check", str(tmp_path / "Lötofen.yaml")], capture_output=True, env=env, check=False
    )
    assert told.returncode == 2
    assert b"L?tofen" in told.stderr and b"Traceback" not in told.stderr
