"""Every example runs, with small settings, and passes its own check; the README lists it."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "examples"
SMALL = {
    "mini_fab_bottleneck": {"horizon": "180 d", "replications": 4},
    "body_shop_buffers": {"horizon": "6 d", "replications": 4},
    "skids": {"horizon": "4 d", "replications": 4},
    "from_event_log": {"horizon": "40 d", "replications": 4},
    "own_rule": {"horizon": "180 d", "replications": 8},
    "own_law": {"horizon": "180 d", "replications": 4},
    "dress_later": {"horizon": "4 d", "replications": 4},
    "paint_rework": {"horizon": "4 d", "replications": 4},
    "queue_time_yield": {"horizon": "90 d", "replications": 3},
    "pm_by_wafers_or_drift": {"horizon": "40 d", "replications": 6},
    "tighter_spc": {"horizon": "240 d", "replications": 8},
    "dedicated_chambers": {"horizon": "60 d", "replications": 12},
    "clustered_fails": {"horizon": "30 d", "replications": 16},
    "hvlm_first_look": {"horizon": "240 d", "replications": 1},
}


def test_every_example_is_here_and_in_the_readme() -> None:
    names = {path.stem for path in FOLDER.glob("*.py")}
    assert names == set(SMALL)
    readme = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert all(f"python examples/{name}.py" in readme for name in names)


@pytest.mark.parametrize("name", sorted(SMALL))
def test_example(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    script = run_path(str(FOLDER / f"{name}.py"))
    image = tmp_path / "picture.png"
    script["check"](script["main"](**SMALL[name], image=str(image)))
    told = capsys.readouterr().out
    assert told.strip()
    assert image.exists() or "libegl1" in told  # without OpenGL it says which packages bring it
