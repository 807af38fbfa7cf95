"""Show a line or a run: a picture file, or a window to walk around in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from twin.line import Line, read
from twin.line.sheets_read import is_tables
from twin.scene import opengl
from twin.scene.document import Scene, read_scene, scene_of
from twin.scene.fitting import fit_scene, line_drawn
from twin.scene.layout import angles_of, plan_of
from twin.scene.opengl import SceneUnavailable
from twin.scene.picture import Picture, picture_of_line, picture_of_results

if TYPE_CHECKING:
    from twin.results import Comparison, Results
    from twin.results.curve import Curve
    from twin.results.gantt import Gantt

SUFFIXES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"}
SMALLEST, MOST_PIXELS = (320, 180), 3840 * 2160
"""Supersampling a larger picture would take more than 4 GB."""


def show(
    what: Line | Results | Comparison | Curve | Gantt | str | os.PathLike[str],
    *,
    image: str | os.PathLike[str] | None = None,
    scene: Scene | str | os.PathLike[str] | None = None,
    size: tuple[int, int] = (1920, 1080),
    quality: Literal["report", "draft"] = "report",
) -> Path | None:
    """Draw a line, the results of a run, or a comparison; returns the file written, None for a window.

    what:    a line, results, a model's name or path, or the folder of a saved run; a comparison or its folder, which
             is a page of pictures with a size and a quality of its own, as are results with WIP over time, an
             operating curve and a Gantt
    image:   file to write; left out: open a window
    scene:   scene document, its path or its name in the library; left out: the library's, or automatic
    size:    width, height [px]
    quality: report has contact shadows and smooth edges; draft takes a third of the time
    Raises SceneUnavailable where nothing can be drawn, LineError for a document that cannot be used.
    """
    from twin.results.comparison import Comparison as Compared
    from twin.results.comparison_record import is_comparison
    from twin.results.curve import Curve as Drawn
    from twin.results.gantt import Gantt as Bars

    if isinstance(what, str | os.PathLike) and is_comparison(what):
        what = Compared.load(what)
    if isinstance(what, Compared | Drawn | Bars):
        if image is None:
            raise SceneUnavailable(f"{_CALLED[type(what).__name__]} is a picture, not a window: --image FILE.png "
                                   "(image= in Python)")  # fmt: skip
        return _page(what, target_of(image))
    line, results = _subject(what)
    if results is not None and results.wip_trace is not None and image is not None and scene is None:
        from twin.scene.compare import show_over_time

        return show_over_time(results, target_of(image)).target
    if not isinstance(scene, Scene):
        scene = scene_of(line) if scene is None else read_scene(os.fspath(scene), line)
    picture = picture_of_line(line, scene.title) if results is None else picture_of_results(results, scene.title)
    if results is not None:
        line = line_drawn(results)
        scene = fit_scene(scene, line)
    return draw(line, picture, scene, image=image, size=size, quality=quality)


_CALLED = {"Comparison": "a comparison", "Curve": "an operating curve", "Gantt": "a Gantt"}


def _page(what: Comparison | Curve | Gantt, target: Path) -> Path:
    """Draw what is a page of its own."""
    from twin.results.curve import Curve as Drawn
    from twin.results.gantt import Gantt as Bars
    from twin.scene.compare import show_comparison
    from twin.scene.curve import show_curve
    from twin.scene.gantt import show_gantt

    if isinstance(what, Drawn):
        return show_curve(what, target)
    if isinstance(what, Bars):
        return show_gantt(what, target)
    return show_comparison(what, target).target


def draw(
    line: Line,
    picture: Picture,
    scene: Scene | None = None,
    *,
    image: str | os.PathLike[str] | None = None,
    size: tuple[int, int] = (1920, 1080),
    quality: Literal["report", "draft"] = "report",
) -> Path | None:
    """As `show`, for a state put together by hand."""
    target = None if image is None else target_of(image)
    if quality not in {"report", "draft"}:
        raise ValueError(f"quality is 'report' or 'draft', not {quality!r}")
    if size[0] < SMALLEST[0] or size[1] < SMALLEST[1] or size[0] * size[1] > MOST_PIXELS:
        raise ValueError(f"a picture has from 320x180 to {MOST_PIXELS:,} pixels, not {size[0]}x{size[1]}")
    scene = scene or Scene()
    plan = plan_of(line, scene)
    if target is None and not opengl.has_display():
        raise SceneUnavailable(
            "no display to open a window on; write a picture instead: --image FILE.png (image= in Python)"
        )
    with opengl.headless():
        opengl.require_opengl()
        from twin.scene import render  # VTK: only once it is known to survive

        style = render.Style(
            report=quality == "report",
            limits=(scene.colours.low, scene.colours.high),
            angles=angles_of(plan, scene),
        )
        if target is None:
            render.window(plan, picture, size, style)
        else:
            render.write(plan, picture, target, size, style)
    return target


def target_of(image: str | os.PathLike[str]) -> Path:
    """The file to write, refused before any work is done."""
    target = Path(image)
    if target.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{target}: a picture's name ends in one of {', '.join(sorted(SUFFIXES))}")
    if target.is_dir():
        raise ValueError(f"{target}: is a folder; name a file in it")
    return target


def _subject(what: Line | Results | str | os.PathLike[str]) -> tuple[Line, Results | None]:
    """The line, and its results if there are any."""
    if isinstance(what, Line):
        return what, None
    if isinstance(what, str | os.PathLike):
        if Path(what).is_dir() and not is_tables(Path(what)):
            from twin.results import Results as Saved

            saved = Saved.load(what)
            return saved.line, saved
        return read(os.fspath(what)), None
    return what.line, what
