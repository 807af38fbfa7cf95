"""`twin run --until --state` and `twin run --resume`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., tuple[int, str, str]]
ASKED = ("--horizon", "20d", "--warmup", "4d", "--replications", "2", "--seed", "8")


def figures(plain: str) -> dict[str, Any]:
    """What was printed, but for the time it took and the name by which the line was asked for."""
    found: dict[str, Any] = json.loads(plain)
    return {key: value for key, value in found.items() if key not in {"wall_s", "compile_s", "model"}}


def test_a_run_is_saved_and_gone_on_with(call: Call, tmp_path: Path) -> None:
    half = tmp_path / "half.npz"
    _, whole, _ = call("run", "fab/mini_fab", *ASKED, "--json")
    code, out, _ = call("run", "fab/mini_fab", *ASKED, "--until", "9d", "--state", half)
    assert code == 0 and "up to 9 d" in out and "half.npz" in out
    code, out, _ = call("run", "--resume", half, "--json", "--out", tmp_path / "run")
    assert code == 0 and figures(out) == figures(whole)
    _, out, _ = call("run", tmp_path / "run", "--json")  # the run that was gone on with can be repeated like any other
    assert figures(out) == figures(whole)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run",), "MODEL: missing"),
        (("run", "--resume", "nowhere.npz"), "nowhere.npz: no such file"),
        (("run", "fab/mini_fab", "--resume", "half.npz", "--seed", "3"), "leave out MODEL, --seed"),
        (("run", "fab/mini_fab", "--until", "3d"), "name the file"),
        (("run", "fab/mini_fab", "--state", "half.npz"), "write `until`"),
        (("run", "fab/mini_fab", "--until", "3d", "--state", "half"), "ends in .npz"),
    ],
)
def test_what_does_not_fit_together_is_told(call: Call, words: tuple[str, ...], told: str) -> None:
    code, out, err = call(*words)
    assert code == 2 and told in err and not out
