"""A run that is saved at a random tick and resumed gives the answer of one in one go, to the last bit."""

from __future__ import annotations

import json
import random
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from twin.line import Line, LineError, read
from twin.results import Results, ResultsError
from twin.study import running, state
from twin.study.compare import simulate_over_time
from twin.study.resume import resume
from twin.study.simulate import simulate

DAY = 86_400_000  # ticks

BUSY = Line.from_document(
    {
        "twin": 1,
        "line": "busy",
        "toolgroups": {
            "oven": {"tools": 2, "rule": ["priority", "fifo"], "pm": [{"every": "40 units", "takes": "9 min"}]},
            "beam": {
                "tools": 3,
                "rule": ["least_setup", "edd"],
                "setups": {
                    "changes": [{"to": "A", "time": "7 min"}, {"to": "B", "time": "9 min"}], "min_run": {"A": 2}
                },
                "failures": [{"mtbf": {"exponential": "9 h"}, "mttr": {"exponential": "30 min"}, "clock": "calendar"}],
            },
            "scope": {"tools": 1},
            "wet": {"tools": 1, "buffer": 30, "pm": [{"every": "1 d", "takes": {"uniform": ["20 min", "40 min"]}}]},
            "rest": {"tools": "unlimited"},
        },
        "products": {
            "p": {"route": "r", "lot_size": 2, "due": "5 h", "release": {"every": {"exponential": "45 min"}}},
            "hot": {"route": "r", "priority": 20, "lot_size": 1, "release": {"every": "7 h", "start": "1 h"}},
        },
        "routes": {
            "r": [
                {"step": "bake", "toolgroup": "oven", "time": "50 min", "per": "batch", "batch": {"min": 2, "max": 4},
                 "queue_limit": {"until": "look", "limit": "2 h"}},
                {"step": "clean", "toolgroup": "wet", "time": "9 min", "cascade": {"every": "5 min", "inside": 2}},
                {"step": "write", "toolgroup": "beam", "time": {"lognormal": ["20 min", "5 min"]}, "setup": "A",
                 "dedicate": "again"},
                {"step": "wait", "toolgroup": "rest", "time": "3 h", "sample": 0.4},
                {"step": "again", "toolgroup": "beam", "time": {"uniform": ["8 min", "12 min"]}, "setup": "B"},
                {"step": "look", "toolgroup": "scope", "time": "6 min",
                 "rework": [{"probability": 0.1, "to": "clean"}]},
            ]
        },
        "transport": {"time": {"uniform": ["2 min", "5 min"]}},
        "wip": [{"lot": "w1", "product": "p", "units": 2, "step": "again", "priority": 10}],
        "transients": [{"change": "toolgroups.beam.tools=1", "from": "3 d", "to": "4 d"}],
        "run": {"horizon": "12 d", "warmup": "2 d", "replications": 3, "seed": 4},
    }
)  # fmt: skip
LINES: dict[str, tuple[Line, float]] = {
    "busy": (BUSY, 12),
    "mini_fab": (read("fab/mini_fab"), 30),
    "body_shop": (read("auto/body_shop"), 0.2),
}
"""Lines and how long they are run [d]; a sixth of it is warm-up."""


def same(one: Results, other: Results) -> None:
    """Every total, event and look the same."""
    for name, values in one.totals._asdict().items():
        np.testing.assert_array_equal(values, getattr(other.totals, name), err_msg=name)
    assert (one.log is None) == (other.log is None)
    if one.log is not None and other.log is not None:
        pd.testing.assert_frame_equal(one.log, other.log)
    assert (one.wip_trace is None) == (other.wip_trace is None)
    if one.wip_trace is not None and other.wip_trace is not None:
        for name, values in vars(one.wip_trace).items():
            np.testing.assert_array_equal(values, getattr(other.wip_trace, name), err_msg=name)
    assert one.run_notes == other.run_notes
    mine, theirs = one.to_json(), other.to_json()
    for key in ("wall_s", "compile_s"):
        mine.pop(key), theirs.pop(key)
    assert mine == theirs


@pytest.mark.parametrize("name", LINES)
def test_saved_and_resumed_at_a_random_tick(name: str, tmp_path: Path) -> None:
    """Within the warm-up, at its very end, and later; with every event kept and looks at the WIP."""
    line, days = LINES[name]
    asked: dict[str, Any] = {
        "horizon": f"{days} d", "warmup": f"{days / 6} d", "replications": 3, "seed": 5, "log": True, "samples": 7,
    }  # fmt: skip
    whole = simulate(line, **asked)
    assert whole.totals.events.min() > 500 and whole.log is not None
    luck = random.Random(name)
    warm = round(days * DAY / 6)
    ticks = [luck.randrange(1, warm), warm, luck.randrange(warm, round(days * DAY))]
    for tick in ticks:
        so_far = simulate(line, until=tick / 1000, state=tmp_path / "half.npz", **asked)
        assert so_far.settings.horizon_s == pytest.approx(tick / 1000)
        assert any("half.npz" in note for note in so_far.notes)
        same(whole, resume(tmp_path / "half.npz"))
        assert [path.name for path in tmp_path.iterdir()] == ["half.npz"]


def test_what_is_told_when_a_run_holds_is_what_a_run_of_that_length_tells(tmp_path: Path) -> None:
    line = LINES["mini_fab"][0]
    held = simulate(line, horizon="40 d", warmup="5 d", replications=2, until="30 d", state=tmp_path / "a.npz")
    same_length = simulate(line, horizon="30 d", warmup="5 d", replications=2)
    for name, values in same_length.totals._asdict().items():
        np.testing.assert_array_equal(values, getattr(held.totals, name), err_msg=name)


def test_a_run_may_be_saved_again_and_again(tmp_path: Path) -> None:
    file = tmp_path / "half.npz"
    line, _ = LINES["busy"]
    whole = simulate(line)
    assert whole.totals.events.min() > 500
    simulate(line, until="30 h", state=file)
    assert state.load(file).tick == 30 * 3_600_000
    resume(file, until="3.5 d", state=file, threads=1)  # within the change for a time, into the same file
    assert state.load(file).tick == 3.5 * DAY
    resume(file, until="9 d", state=file)
    assert state.load(file).tick == 9 * DAY
    same(whole, resume(file))


def test_batches_may_be_cut_otherwise_when_a_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saved as five replications one by one or together, resumed the other way round."""
    file = tmp_path / "half.npz"
    line, _ = LINES["busy"]
    asked: dict[str, Any] = {"replications": 5, "log": True, "samples": 3}
    whole = simulate(line, **asked)
    for before, after in ((1, 1 << 30), (1 << 30, 1)):
        monkeypatch.setattr(running, "BATCH_BYTES", before)
        simulate(line, until="5 d", state=file, **asked)
        assert len(state.load(file).stages) == (5 if before == 1 else 1)
        monkeypatch.setattr(running, "BATCH_BYTES", after)
        same(whole, resume(file))


def test_a_line_with_changes_for_a_time_goes_on_beside_itself_without_them(tmp_path: Path) -> None:
    line, _ = LINES["busy"]
    whole = simulate_over_time(line)
    assert whole.recovery is not None
    simulate_over_time(line, until="3.3 d", state=tmp_path / "half.npz")
    same(whole, resume(tmp_path / "half.npz"))


def test_a_fab_of_a_thousand_tools_goes_on(tmp_path: Path) -> None:
    line = read("fab/smt2020_hvlm")
    asked: dict[str, Any] = {"horizon": "2 d", "warmup": "8 h", "replications": 1, "seed": 3}
    whole = simulate(line, **asked)
    assert whole.totals.events.min() > 10_000
    until = random.Random(6).randrange(86_400, 150_000)
    simulate(line, until=until, state=tmp_path / "half.npz", **asked)
    assert state.load(tmp_path / "half.npz").tick == 1000 * until
    same(whole, resume(tmp_path / "half.npz"))


def test_a_run_stopped_before_it_was_to_be_saved_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_interrupts", lambda: nullcontext([True]))  # Ctrl-C at once
    found = simulate(LINES["mini_fab"][0], until="10 d", state=tmp_path / "half.npz")
    assert any("half.npz was not written" in note for note in found.notes)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """A run of the mini-fab that holds after ten days of thirty."""
    simulate(LINES["mini_fab"][0], horizon="30 d", warmup="5 d", until="10 d", state=tmp_path / "half.npz")
    return tmp_path / "half.npz"


def edit(file: Path, **changes: Any) -> None:
    """Write a state file again with other words in its record."""
    with np.load(file) as stored:
        arrays = dict(stored)
    plain = json.loads(arrays["run"].tobytes()) | changes
    arrays["run"] = np.frombuffer(json.dumps(plain).encode(), dtype=np.uint8)
    np.savez_compressed(file, **arrays)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"twin_state": 99}, "was saved by another twin"),
        ({"engine": "0123"}, "with another engine"),
        ({"compiled": {"": "0123"}}, "compiles to something else"),
        ({"settings": {}}, "damaged"),
    ],
)
def test_a_file_of_another_twin_is_refused(half: Path, changes: dict[str, Any], told: str) -> None:
    edit(half, **changes)
    with pytest.raises(ResultsError, match=told) as caught:
        resume(half)
    assert str(half) in str(caught.value) and "\n" not in str(caught.value)


def test_a_damaged_file_is_refused(half: Path, tmp_path: Path) -> None:
    whole = half.read_bytes()
    for spoilt in (whole[: len(whole) // 2], whole[:2000] + bytes([whole[2000] ^ 1]) + whole[2001:], b"twin: 1\n"):
        (tmp_path / "spoilt.npz").write_bytes(spoilt)
        with pytest.raises(ResultsError, match="no saved run, or it is damaged") as caught:
            resume(tmp_path / "spoilt.npz")
        assert "\n" not in str(caught.value)
    with pytest.raises(ResultsError, match="no such file"):
        resume(tmp_path / "nowhere.npz")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"until": "10 d"}, "name the file"),
        ({"state": "x.npz"}, "write `until`"),
        ({"until": "30 d", "state": "x.npz"}, "between 10 d, where the run stands, and its horizon 30 d"),
        ({"until": "10 d", "state": "x.npz"}, "between 10 d"),
        ({"until": "soon", "state": "x.npz"}, "until:"),
        ({"until": "20 d", "state": "x.zip"}, r"ends in \.npz"),
        ({"until": "20 d", "state": "nowhere/x.npz"}, "no folder nowhere"),
    ],
)
def test_what_cannot_be_saved_is_told_before_the_run(half: Path, asked: dict[str, Any], told: str) -> None:
    with pytest.raises((LineError, ResultsError), match=told):
        resume(half, **asked)
