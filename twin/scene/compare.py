"""Base and scenarios side by side: one camera, one colour scale, the paired differences in words."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.results.comparison import BASE
from twin.results.comparison_sheets import title as title_of
from twin.scene import compare_words as words
from twin.scene import opengl
from twin.scene.chart import COLOURS, Chart, add_chart, chart_of_comparison, chart_of_results, height
from twin.scene.fitting import line_drawn, plans_of
from twin.scene.layout import angles_of
from twin.scene.lettering import larger
from twin.scene.opengl import SceneUnavailable
from twin.scene.page import ACCENT, BETTER, FAINT, GREY, INK, SCALE, WORSE, Page, device
from twin.scene.picture import picture_of_results

if TYPE_CHECKING:
    from twin.results import Comparison, Results

MOST = 3
"""Scenarios in one picture."""
WIDE, EDGE, GAP = 1920, 44.0, 22.0
TONES = {"plain": INK, "better": BETTER, "worse": WORSE, "faint": FAINT, "bottleneck": ACCENT}
LINE_HIGH = 26.0
"""Height of a line of words in a panel, in design pixels."""


Rect = tuple[float, float, float, float]
"""x, y of the upper left corner, width, height, in design pixels."""


@dataclass(frozen=True)
class Drawn:
    """A picture that was written, and one line that says so, and what it lacks."""

    target: Path
    told: str


@dataclass(frozen=True)
class Rendered:
    """The line in 3D, once for each panel.

    images: (row, column, 3) each, row 0 at the upper edge
    block:  lots that a block of a tower stands for
    limits: ends of the utilisation scale [0-1]
    caged:  whether places of buffers are drawn; loops: whether ways back for rework are
    """

    images: tuple[NDArray[np.uint8], ...]
    block: float
    limits: tuple[float, float]
    title: str
    caged: bool
    loops: bool


@dataclass(frozen=True)
class Panel:
    """What stands above one picture of the line."""

    name: str
    change: str
    said: Sequence[words.Said]
    colour: str


def show_comparison(comparison: Comparison, image: str | os.PathLike[str]) -> Drawn:
    """Draw a base and its first three scenarios.

    Where there is no OpenGL a chart of WIP over time, if anything changed for a time, is drawn alone.
    Raises SceneUnavailable where nothing can be drawn.
    """
    target = Path(image)
    names = list(comparison.scenarios)[:MOST]
    chart = chart_of_comparison(comparison, names)
    panels = _panels(comparison, names)
    columns = len(panels) if len(panels) < 4 else 2
    wide = (WIDE - 2 * EDGE - (columns - 1) * GAP) / columns
    most = wide * (0.70 if columns == 2 else 0.84)
    caption = words.asked(comparison, names)
    of_all = _of_all(comparison, names)
    try:
        drawn = _render([comparison.base, *(comparison.scenarios[name] for name in names)], (wide, most))
    except SceneUnavailable as error:
        return _chart_alone(target, comparison.base.line.line, caption, chart, error, of_all)
    high = drawn.images[0].shape[0] / SCALE
    rows = -(-len(panels) // columns)
    changes = max(len(Page(WIDE, 100).wrap(panel.change, 16, wide - 48, 2)) for panel in panels)
    first = 86.0 + 21.0 * changes
    head = first + LINE_HIGH * max(len(panel.said) for panel in panels) - 6
    tall = 136 + rows * (head + high + GAP) + 58 + (height(chart) + GAP if chart else 0)
    page = Page(WIDE, round(tall))
    _title(page, f"{drawn.title}: base and {_count(len(names))}", caption)
    for k, (panel, pixels) in enumerate(zip(panels, drawn.images, strict=True)):
        x = EDGE + (k % columns) * (wide + GAP)
        y = 136 + (k // columns) * (head + high + GAP)
        _add_panel(page, panel, (x, y, wide, head + high), first, chips=chart is not None)
        page.image(pixels, x + 1, y + head)
    y = 136 + rows * (head + high + GAP)
    _legend(page, drawn, y)
    if chart:
        add_chart(page, chart, EDGE, y + 58, WIDE - 2 * EDGE)
    page.write(target)
    return Drawn(target, f"Picture in {target}{of_all}")


def show_over_time(results: Results, image: str | os.PathLike[str]) -> Drawn:
    """Draw a run with its WIP over time below; the chart alone where there is no OpenGL."""
    target = Path(image)
    chart = chart_of_results(results)
    if chart is None:
        raise ValueError("the run has no WIP over time to draw")
    picture = picture_of_results(results)
    size = (WIDE, 1080)
    line = line_drawn(results)
    (plan,), scene = plans_of([line], results.line)
    picture = replace(picture, title=scene.title or picture.title)
    try:
        with opengl.headless():
            opengl.require_opengl()
            from twin.scene import render  # VTK: only once it is known to survive

            style = render.Style(limits=(scene.colours.low, scene.colours.high), angles=angles_of(plan, scene))
            pixels = render.pixels(plan, picture, (device(size[0]), device(size[1])), style)
    except SceneUnavailable as error:
        return _chart_alone(target, picture.title, picture.caption, chart, error)
    page = Page(WIDE, round(size[1] + GAP + height(chart) + EDGE))
    page.image(pixels, 0, 0)
    add_chart(page, chart, EDGE, size[1] + GAP, WIDE - 2 * EDGE)
    page.write(target)
    return Drawn(target, f"Picture in {target}")


def show_saved(folder: str | os.PathLike[str], image: str | os.PathLike[str]) -> Drawn | None:
    """Draw a saved comparison, or a saved run with WIP over time; None for anything else."""
    from twin.results import Comparison as Compared
    from twin.results import Results as Saved
    from twin.results.comparison_record import is_comparison
    from twin.results.record import is_run

    if is_comparison(folder):
        return show_comparison(Compared.load(folder), image)
    results = Saved.load(folder) if is_run(folder) else None
    return None if results is None or results.wip_trace is None else show_over_time(results, image)


def _chart_alone(
    target: Path, title: str, caption: str, chart: Chart | None, error: SceneUnavailable, of_all: str = ""
) -> Drawn:
    """A page with the chart, where the line itself cannot be drawn."""
    if chart is None:
        raise error
    page = Page(WIDE, round(136 + height(chart) + EDGE))
    _title(page, title, caption)
    add_chart(page, chart, EDGE, 136, WIDE - 2 * EDGE)
    page.write(target)
    return Drawn(target, f"{error}. The chart of WIP over time alone is in {target}{of_all}")


def _panels(comparison: Comparison, names: Sequence[str]) -> list[Panel]:
    panels = [Panel(BASE, "the line as it is", words.of_base(comparison), INK)]
    for name, colour in zip(names, COLOURS, strict=False):
        change = title_of(comparison, name).partition(": ")[2]
        panels.append(Panel(name, change, words.of_scenario(comparison, name), colour))
    return panels


def _render(runs: Sequence[Results], size: tuple[float, float]) -> Rendered:
    """Every run in 3D, seen from one place, with one scale for colours and for towers."""
    base = runs[0]
    plans, scene = plans_of([line_drawn(results) for results in runs], base.line)
    pictures = [replace(picture_of_results(results), title="", kpi="", caption="") for results in runs]
    most = device(size[0]) - 2, device(size[1])
    with opengl.headless():
        opengl.require_opengl()
        from twin.scene import render  # VTK: only once it is known to survive
        from twin.scene.aim import common_camera
        from twin.scene.towers import Towers

        with larger(1.0 / max(0.55, min(size[0] / 1100.0, 1.0))):
            tallest = max(Towers(plan, picture).tallest for plan, picture in zip(plans, pictures, strict=True))
            towers = [Towers(plan, picture, tallest) for plan, picture in zip(plans, pictures, strict=True)]
            parts = list(zip(plans, pictures, towers, strict=True))
            view = common_camera(parts, most, angles_of(plans[0], scene))
            style = render.Style(limits=(scene.colours.low, scene.colours.high), view=view, tallest=tallest)
            images = tuple(
                render.pixels(plan, picture, view.size, style) for plan, picture in zip(plans, pictures, strict=True)
            )
    return Rendered(
        images, towers[0].unit, style.limits, scene.title or base.line.line,
        any(tower.caged for tower in towers), any(plan.loops for plan in plans),
    )  # fmt: skip


def _title(page: Page, title: str, caption: str) -> None:
    page.text(title, EDGE, 66, 36, bold=True, room=WIDE - 2 * EDGE)
    page.text(caption, EDGE, 104, 18, GREY, room=WIDE - 2 * EDGE)


def _add_panel(page: Page, panel: Panel, rect: Rect, first: float, *, chips: bool) -> None:
    """A panel's frame, name, change and words, the first of them `first` below its upper edge."""
    x, y, wide, high = rect
    page.box(x, y, wide, high, "#ffffff", edge="#dde3ea", thick=1.0)
    left = x + 24
    if chips:
        page.box(left, y + 21, 22, 22, panel.colour, radius=4.0)
        left += 34
    page.text(panel.name, left, y + 41, 26, bold=True, room=wide - (left - x) - 24)
    for k, line in enumerate(page.wrap(panel.change, 16, wide - 48, 2)):
        page.text(line, x + 24, y + 69 + 21 * k, 16, GREY)
    column = max(page.width(said.label, 17.5) for said in panel.said) + 20
    for k, said in enumerate(panel.said):
        at = y + first + LINE_HIGH * k
        page.text(said.label, x + 24, at, 17.5, GREY)
        bold = said.tone not in ("faint", "plain")
        page.text(said.text, x + 24 + column, at, 17.5, TONES[said.tone], bold=bold, room=wide - 48 - column)


def _legend(page: Page, drawn: Rendered, y: float) -> None:
    """What colours, blocks and frames mean, in one line."""
    from matplotlib import colormaps

    low, high = drawn.limits
    x = EDGE + page.text("Tool utilisation", EDGE, y + 24, 17, bold=True) + 22
    x += page.text(f"{100 * low:.0f} %", x, y + 24, 15.5, GREY) + 10
    strip = (255 * colormaps["viridis"](np.linspace(0.0, 1.0, device(260)))[:, :3]).astype(np.uint8)
    page.image(np.repeat(strip[None], device(18), axis=0), x, y + 9)
    x += 260 + 10
    x += page.text(f"{100 * high:.0f} %", x, y + 24, 15.5, GREY) + 48
    for level in range(3):
        page.box(x, y + 8 + 7.5 * level, 24, 6, "#f5851c", radius=1.5)
    unit = f"lots waiting: a block is {drawn.block:g} lot{'' if drawn.block == 1 else 's'}"
    x += 36 + page.text(unit, x + 36, y + 24, 16, GREY) + 48
    page.box(x + 2, y + 9, 20, 18, "none", edge=ACCENT, thick=3.0)
    x += 36 + page.text("bottleneck", x + 36, y + 24, 16, GREY) + 48
    if drawn.caged:
        page.box(x + 2, y + 9, 20, 18, "none", edge="#a3adb8", thick=1.6)
        x += 36 + page.text("places of the buffer", x + 36, y + 24, 16, GREY) + 48
    if drawn.loops:
        page.box(x, y + 16, 24, 5, "#476199", radius=2.0)
        page.text("sent back for rework", x + 36, y + 24, 16, GREY)


def _of_all(comparison: Comparison, shown: Sequence[str]) -> str:
    """How many of the scenarios are in the picture, where not all are."""
    count = len(comparison.scenarios)
    return f" (the first {len(shown)} of {count} scenarios)" if count > len(shown) else ""


def _count(scenarios: int) -> str:
    return f"{scenarios} scenario{'' if scenarios == 1 else 's'}"
