"""The command as users start it, simulation and all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TWIN = [sys.executable, "-m", "twin.cli"]
SHORT = ["--horizon", "3 d", "--warmup", "1 d", "--replications", "3"]


def twin(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TWIN, *map(str, words)], capture_output=True, text=True, encoding="utf-8", check=False
    )


def figures(plain: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(plain)
    return {key: value for key, value in found.items() if key not in {"wall_s", "compile_s"}}


def test_run_save_and_repeat(tmp_path: Path) -> None:
    """A repeated run gives the same figures to the last digit."""
    first = twin("run", "learn/mm1", *SHORT, "--seed", "5", "--json", "--out", tmp_path / "run")
    assert first.returncode == 0, first.stderr
    found = figures(first.stdout)
    assert found["model"] == "learn/mm1" and found["replications"] == 3 and found["seed"] == 5
    assert found["horizon_days"] == 3 and found["warmup_days"] == 1
    assert found["bottleneck"] in found["toolgroups"]
    part = next(iter(found["products"].values()))
    assert part["cycle_time"]["low"] < part["cycle_time"]["mean"] < part["cycle_time"]["p95"]["mean"]
    assert figures(twin("run", tmp_path / "run", "--json").stdout) == found


def test_the_report_of_a_real_run() -> None:
    told = twin("run", "learn/two_stage", *SHORT)
    assert told.returncode == 0, told.stderr
    assert "Bottleneck: " in told.stdout and "lot-steps in" in told.stdout
    assert max(map(len, told.stdout.splitlines())) <= 100


def test_what_new_writes_runs(tmp_path: Path) -> None:
    assert twin("new", tmp_path / "mine").returncode == 0
    told = twin("run", tmp_path / "mine.yaml")
    assert told.returncode == 0, told.stderr
    assert "body" in told.stdout and "Note" not in told.stdout


def test_a_warm_up_beyond_the_horizon() -> None:
    told = twin("run", "learn/mm1", "--horizon", "3 d", "--warmup", "4 d")
    assert told.returncode == 2 and not told.stdout
    assert "warm-up" in told.stderr and "Traceback" not in told.stderr
