"""Is there OpenGL? Asked in a process of its own, because VTK dies without it instead of raising."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LINUX = sys.platform.startswith("linux")
WINDOW = "VTK_DEFAULT_OPENGL_WINDOW"
EGL = "vtkEGLRenderWindow"
VALID_S = 7 * 86_400.0
"""How long a good answer is believed [s]; a bad one is not kept, so that an installation counts at once."""
TIMEOUT_S = 120.0
PROBE = """
import sys
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkFiltersSources import vtkCubeSource
cube = vtkCubeSource()
mapper = vtkPolyDataMapper()
mapper.SetInputConnection(cube.GetOutputPort())
actor = vtkActor()
actor.SetMapper(mapper)
renderer = vtkRenderer()
renderer.AddActor(actor)
window = vtkRenderWindow()
window.SetOffScreenRendering(1)
window.SetSize(16, 16)
window.AddRenderer(renderer)
window.Render()
sys.exit(0 if window.SupportsOpenGL() else 3)
"""


class SceneUnavailable(RuntimeError):
    """No picture can be drawn on this machine; `str()` is one line with the cure."""


def pyvista() -> Any:
    """PyVista, loaded when first needed; untyped, for its annotations do not fit its decorators."""
    import pyvista

    return pyvista


def has_display() -> bool:
    """Whether a window could open."""
    if LINUX:
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


@contextmanager
def headless() -> Iterator[None]:
    """Choose EGL where Linux has no display and the user has not chosen; put the environment back after."""
    chosen = LINUX and not has_display() and WINDOW not in os.environ
    if chosen:
        os.environ[WINDOW] = EGL
    try:
        yield
    finally:
        if chosen:
            del os.environ[WINDOW]


def require_opengl() -> None:
    """Return if VTK can draw here, else raise `SceneUnavailable`."""
    path = _answer()
    if _remembered(path):
        return
    if not _probe():
        raise SceneUnavailable(_cure())
    _remember(path)


def _cure() -> str:
    if LINUX:
        return "no picture: OpenGL is missing; apt-get install libegl1 libgl1-mesa-dri libgl1"
    return "no picture: OpenGL is missing; install a graphics driver, or run where there is one"


def _probe() -> bool:
    """Draw one cube in another process."""
    try:
        done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, timeout=TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _answer() -> Path:
    """The file that keeps a good answer for this interpreter and this environment."""
    names = (
        WINDOW,
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "LD_LIBRARY_PATH",
        "LIBGL_DRIVERS_PATH",
        "LIBGL_ALWAYS_SOFTWARE",
    )
    key = json.dumps([sys.executable, sys.version, *(os.environ.get(name) for name in names)])
    if os.name == "nt":
        root = os.environ.get("LOCALAPPDATA") or tempfile.gettempdir()
    else:
        root = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(root) / "twin" / f"opengl-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _remembered(path: Path) -> bool:
    try:
        return 0.0 <= time.time() - path.stat().st_mtime < VALID_S
    except OSError:
        return False


def _remember(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError:  # a read-only home: ask again next time
        pass
