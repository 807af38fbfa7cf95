"""Pictures: written, coloured as their legend says, and refused in one line where nothing can be drawn."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scene_lines import fab, flow, line_of, picture, planned

from twin.scene import Picture, Scene, SceneUnavailable, draw, opengl, show
from twin.scene.aim import camera
from twin.scene.families import FAMILIES
from twin.scene.layout import angles_of
from twin.scene.shapes import BUILDERS, shape
from twin.scene.solids import BODY
from twin.scene.stage import tools
from twin.scene.towers import Towers

SIZE = (960, 540)


def pixels(file: Path) -> np.ndarray:
    """(row, column, 3), row 0 at the lower edge."""
    from PIL import Image

    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))[::-1].astype(float)


@pytest.mark.usefixtures("gl")
@pytest.mark.parametrize("quality", ["report", "draft"])
def test_a_picture_is_written(tmp_path: Path, quality: str) -> None:
    line = flow(8)
    target = tmp_path / "new" / "line.png"
    written = draw(line, picture(line), image=target, size=SIZE, quality=quality)  # type: ignore[arg-type]
    assert written == target
    seen = pixels(target)
    assert seen.shape == (SIZE[1], SIZE[0], 3)
    assert np.unique(seen.reshape(-1, 3), axis=0).shape[0] > 500
    accent = np.abs(seen - 255 * np.array([0.85, 0.07, 0.42])).max(axis=2) < 12
    assert accent.sum() > 300, "the bottleneck's call-out and frame"
    orange = (seen[..., 0] > 180) & (seen[..., 1] > 80) & (seen[..., 1] < 160) & (seen[..., 2] < 70)
    assert orange.sum() > 60, "waiting lots"


@pytest.mark.usefixtures("gl")
def test_a_layout_alone_is_neutral(tmp_path: Path) -> None:
    target = tmp_path / "line.png"
    show(fab(6, 2, 4), image=target, size=SIZE, quality="draft")
    seen = pixels(target)
    assert np.ptp(seen, axis=2).max() < 140  # only the yellow light of litho


@pytest.mark.usefixtures("gl")
def test_colours_are_those_of_the_legend(tmp_path: Path) -> None:
    line = line_of({f"op_{i}": {"tools": 1} for i in range(5)})
    shares = np.array([0.25, 0.45, 0.6, 0.8, 0.98])
    state = Picture(title="Five tools", utilisation=shares)
    target = tmp_path / "line.png"
    draw(line, state, image=target, size=SIZE, quality="draft")
    seen = pixels(target)
    plan = planned(line)
    view = camera(plan, state, Towers(plan, state), SIZE, angles_of(plan, Scene()), None)
    from twin.scene.panel import viridis

    scale = np.linspace(0.2, 1.0, 161)
    legend = viridis(scale, (0.2, 1.0))
    legend /= np.linalg.norm(legend, axis=1, keepdims=True)  # hue; shading changes the brightness
    for tool, share in enumerate(shares):
        # The rear of the level top of a station.
        top = np.array([*plan.centre[tool] + [0.0, 0.25 * plan.sizes[tool, 1]], plan.sizes[tool, 2]])
        x, y = view.project(top)[0, :2].astype(int)
        colour = seen[y, x] / np.linalg.norm(seen[y, x])
        read_back = scale[np.argmax(legend @ colour)]
        assert read_back == pytest.approx(share, abs=0.05), f"tool {tool}: {seen[y, x]}"


def test_every_triangle_knows_its_tool() -> None:
    plan = planned(fab(12, 3, 6))
    whole, owner = tools(plan)
    assert set(owner) == set(range(len(plan.group)))
    middle = whole.points[whole.triangles].mean(axis=1)
    corners = plan.footprints()
    low, high = corners.min(axis=1)[owner] - 0.1, corners.max(axis=1)[owner] + 0.1
    assert ((middle[:, :2] > low) & (middle[:, :2] < high)).all()
    assert (middle[:, 2] >= 0).all()


@pytest.mark.parametrize("family", sorted(BUILDERS))
def test_shapes_stay_within_their_size(family: str) -> None:
    width, depth, height = FAMILIES[family].size
    solid = shape(family, width, depth, height, 10)
    reach = np.abs(solid.points).max(axis=0)
    assert reach[0] <= width / 2 + 0.12 and reach[1] <= depth / 2 + 0.12
    assert height - 0.01 <= solid.points[:, 2].max() <= height + 1.4
    np.testing.assert_allclose(np.linalg.norm(solid.normals, axis=1), 1.0, atol=1e-9)
    edges = solid.points[solid.triangles]
    face = np.cross(edges[:, 1] - edges[:, 0], edges[:, 2] - edges[:, 0])
    area = np.linalg.norm(face, axis=1)
    outward = np.einsum("ij,ij->i", face, solid.normals[solid.triangles].mean(axis=1))
    assert (outward[area > 1e-9] > 0).all(), "a face looks inwards"
    assert area[solid.tones == BODY].sum() > 0.3 * area.sum()


def test_without_opengl_one_line_names_the_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(opengl, "_probe", lambda: False)
    monkeypatch.setattr(opengl, "LINUX", True)
    target = tmp_path / "line.png"
    with pytest.raises(SceneUnavailable) as caught:
        show(flow(3), image=target)
    message = str(caught.value)
    assert "\n" not in message
    assert "libegl1 libgl1-mesa-dri libgl1" in message
    assert not target.exists()


def test_vtk_is_never_loaded_where_the_probe_fails(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from twin.scene import opengl, show, SceneUnavailable\n"
        "opengl._probe = lambda: False\n"
        "try:\n    show('fab/mini_fab', image='x.png')\n"
        "except SceneUnavailable:\n    pass\nelse:\n    sys.exit('drawn')\n"
        "loaded = {name.partition('.')[0] for name in sys.modules} & {'pyvista', 'vtkmodules', 'vtk'}\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)\n"
    )
    environment = {"XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_a_crash_of_the_probe_is_an_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(opengl, "PROBE", "import os; os.abort()")
    with pytest.raises(SceneUnavailable):
        opengl.require_opengl()
    monkeypatch.setattr(opengl, "PROBE", "")
    opengl.require_opengl()
    monkeypatch.setattr(opengl, "_probe", lambda: pytest.fail("asked again"))
    opengl.require_opengl()


def test_headless_puts_the_environment_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opengl, "LINUX", True)
    monkeypatch.setattr(opengl, "has_display", lambda: False)
    monkeypatch.delenv(opengl.WINDOW, raising=False)
    with opengl.headless():
        assert os.environ[opengl.WINDOW] == opengl.EGL
    assert opengl.WINDOW not in os.environ
    monkeypatch.setenv(opengl.WINDOW, "mine")
    with opengl.headless():
        assert os.environ[opengl.WINDOW] == "mine"


def test_no_window_without_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opengl, "has_display", lambda: False)
    with pytest.raises(SceneUnavailable, match="--image") as caught:
        show(flow(3))
    assert "\n" not in str(caught.value)


def test_what_cannot_be_drawn_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ends in one of"):
        show(flow(3), image=tmp_path / "picture.gif")
    with pytest.raises(ValueError, match="is a folder"):
        (tmp_path / "a.png").mkdir()
        show(flow(3), image=tmp_path / "a.png")
    with pytest.raises(ValueError, match="pixels"):
        show(flow(3), image=tmp_path / "b.png", size=(20, 20))
    with pytest.raises(ValueError, match="quality"):
        show(flow(3), image=tmp_path / "b.png", quality="best")  # type: ignore[arg-type]
    delays = line_of({"cool": {"tools": "unlimited"}})
    with pytest.raises(SceneUnavailable, match="no tools to show"):
        show(delays, image=tmp_path / "b.png")
