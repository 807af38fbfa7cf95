"""The WIP profile along the routes as a picture: WIP, moves and turns of each step, coloured by area."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twin.results.areas import areas_of
from twin.results.profile import NO_LAYER
from twin.results.report import asked
from twin.scene.page import FAINT, GREY, INK, Page

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from twin.results import Results
    from twin.results.figure import Figure, Floats

MOST = 3
"""Products in one picture, those with the most WIP."""
WIDE, EDGE, GAP = 1920, 44.0, 24.0
INDENT = 126.0
"""Room on the left of the charts, for what they show and its numbers."""
HEAD, WIP_HIGH, STRIP_HIGH, FOOT = 92.0, 280.0, 84.0, 66.0
NAMED_STEPS = 26
"""Steps up to which each is named on the axis, in place of numbers."""
CALLED_OUT = 4
"""Steps with the most WIP that are named in the chart of a long route."""
COLOURS = (
    "#2f6db3", "#c47900", "#00755e", "#a8325e", "#7b4fb8", "#5b8f22", "#d0582a", "#3f8fa8", "#8c6d46", "#d277a8",
    "#4a5fc1", "#9a9a2e",
)  # fmt: skip
"""Of the areas with the most WIP; all others are grey."""
OTHER = "#a9b2bd"
BAND = "#eef2f7"
MOVES = "#8d99a8"


@dataclass(frozen=True)
class Profiled:
    """One product's steps in order.

    steps, layers: their names, `""` without a layer             (step,)
    colours:       of their areas                                (step,)
    wip, moves, turns: lots, lot-steps a day, moves a day ÷ lots (step,)
    """

    product: str
    facts: str
    steps: list[str]
    layers: list[str]
    colours: list[str]
    wip: Floats
    moves: Floats
    turns: Floats


def show_profile(results: Results, image: str | os.PathLike[str]) -> str:
    """Draw the WIP profile of a run and say where; raises ResultsError where the run did not keep it."""
    target = Path(image)
    colours = _area_colours(results)
    products = sorted(results.profile.product_figures, key=lambda name: -_mean(results, name))
    chosen = [name for name in results.names.products if name in products[:MOST]]
    panels = [_profiled(results, name, colours) for name in chosen]
    panel_high = HEAD + WIP_HIGH + 2 * (STRIP_HIGH + 14) + FOOT
    page = Page(WIDE, round(136 + len(panels) * (panel_high + GAP) + _legend_high(Page(WIDE, 100), colours) + 24))
    page.text(f"{results.line.line}: work in progress along the route", EDGE, 66, 36, bold=True, room=WIDE - 2 * EDGE)
    run = asked(results).partition(", mean ±")[0]
    caption = f"{run}. A lot counts at a step from setting out for it to being done with it."
    page.text(caption, EDGE, 104, 18, GREY, room=WIDE - 2 * EDGE)
    for k, panel in enumerate(panels):
        _add_panel(page, panel, 136 + k * (panel_high + GAP), panel_high)
    _legend(page, colours, 136 + len(panels) * (panel_high + GAP))
    page.write(target)
    some = f" (the {len(panels)} products with the most WIP of {len(products)})" if len(products) > len(panels) else ""
    return f"Picture in {target}{some}"


def _mean(results: Results, product: str) -> float:
    wip = results.profile.product_figures[product]["wip"]
    return 0.0 if wip is None else wip.mean


def _area_colours(results: Results) -> dict[str, str]:
    """A colour for each area: those with the most WIP first, in the order of the toolgroups."""
    wip = {name: row["wip"].mean if row["wip"] else 0.0 for name, row in results.profile.area_figures.items()}
    most = set(sorted(wip, key=lambda name: -wip[name])[: len(COLOURS)])
    free = iter(COLOURS)
    return {area: next(free) if area in most else OTHER for area in areas_of(results.line)}


def _profiled(results: Results, product: str, colours: dict[str, str]) -> Profiled:
    table = results.profile.steps.xs(product, level="product")
    means = [table[key, "mean"].to_numpy(dtype=np.float64) for key in ("wip", "moves", "turns")]
    figures = results.profile.product_figures[product]
    facts = [
        _fact("WIP", figures["wip"], "lots"), _fact("cycle time", figures["cycle_time"], "d"),
        _fact("X-factor", figures["x_factor"], ""), _fact("moves", figures["moves"], "a day"),
        _fact("turns", figures["turns"], "a day"), _fact("layers", figures["layers"], ""),
        _fact("a layer takes", figures["days_per_layer"], "d"),
    ]  # fmt: skip
    return Profiled(
        product, "   ·   ".join(fact for fact in facts if fact), table.index.tolist(), table["layer", ""].tolist(),
        [colours[area] for area in table["area", ""]], *means,
    )  # fmt: skip


def _fact(name: str, figure: Figure | None, unit: str) -> str:
    if figure is None:
        return ""
    number = f"{figure.mean:,.0f}" if figure.mean >= 100 else f"{figure.mean:.3g}"
    return f"{name} {number} {unit}".rstrip()


def _add_panel(page: Page, panel: Profiled, y: float, high: float) -> None:
    """A card with a product's name and facts, its WIP by step, and below it moves and turns."""
    wide = WIDE - 2 * EDGE
    page.box(EDGE, y, wide, high, "#ffffff", edge="#dde3ea", thick=1.0, radius=10.0)
    left = EDGE + 24 + page.text(panel.product, EDGE + 24, y + 42, 25, bold=True, room=0.4 * wide) + 28
    page.text(panel.facts, left, y + 41, 17, GREY, room=EDGE + wide - 24 - left)
    x, across, top = EDGE + INDENT, wide - INDENT - 30, y + HEAD
    charts = [
        page.axes(x, top, across, WIP_HIGH),
        page.axes(x, top + WIP_HIGH + 14, across, STRIP_HIGH),
        page.axes(x, top + WIP_HIGH + STRIP_HIGH + 28, across, STRIP_HIGH),
    ]
    at = np.arange(1, len(panel.steps) + 1)
    for axes in charts:
        _bands(axes, panel)
        axes.set_xlim(0.5, at.size + 0.5)
        _plain(axes)
    _layer_names(charts[0], panel, across)
    gap = 0.6 if at.size <= 12 else 0.86 if at.size <= 120 else 1.0
    charts[0].bar(at, panel.wip, width=gap, color=panel.colours, lw=0, zorder=3)
    charts[0].set_ylim(0, max(1.28 * float(np.max(panel.wip, initial=0.0)), 1e-9))
    charts[1].bar(at, np.nan_to_num(panel.moves), width=gap, color=MOVES, lw=0, zorder=3)
    charts[1].set_ylim(0, max(1.15 * float(np.nanmax(panel.moves, initial=0.0)), 1e-9))
    seen = np.isfinite(panel.turns) & (panel.turns > 0)
    size = float(np.clip(4000.0 / max(at.size, 1), 11.0, 60.0))
    charts[2].scatter(at[seen], panel.turns[seen], s=size, color=np.array(panel.colours)[seen], lw=0, zorder=3)
    if seen.any():
        _log_scale(charts[2], float(panel.turns[seen].min()), float(panel.turns[seen].max()))
    for axes, word in zip(charts, ("WIP\nlots", "moves\na day", "turns\na day"), strict=True):
        axes.text(-82 / across, 0.5, word, transform=axes.transAxes, va="center", ha="center", fontsize=11.5,
                  color=INK, linespacing=1.4)  # fmt: skip
    for axes in charts[:2]:
        axes.tick_params(labelbottom=False)
    _steps_axis(charts[2], panel)
    _call_out(page, charts[0], panel, len(panel.steps) / across)


def _plain(axes: Axes) -> None:
    axes.tick_params(colors=GREY, labelsize=11, length=3)
    axes.grid(axis="y", color="#e3e8ee", lw=0.8, zorder=1)
    axes.set_axisbelow(True)
    axes.locator_params(axis="y", nbins=4)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)


def _log_scale(axes: Axes, low: float, high: float) -> None:
    """A logarithmic scale with plain numbers, few of them."""
    from matplotlib.ticker import NullLocator

    axes.set_yscale("log")
    low, high = 0.6 * low, 1.7 * high
    axes.set_ylim(low, high)
    wanted = [factor * 10.0**power for power in range(-6, 7) for factor in ((1, 2, 5) if high < 30 * low else (1,))]
    shown = [value for value in wanted if low <= value <= high]
    axes.set_yticks(shown, [f"{value:g}" for value in shown])
    axes.yaxis.set_minor_locator(NullLocator())


def _runs(layers: list[str]) -> list[tuple[str, int, int]]:
    """Layers as stretches of the route: name, first and last step, from 0."""
    found: list[tuple[str, int, int]] = []
    for k, layer in enumerate(layers):
        if found and found[-1][0] == layer:
            found[-1] = (layer, found[-1][1], k)
        else:
            found.append((layer, k, k))
    return found


def _bands(axes: Axes, panel: Profiled) -> None:
    """Every other layer is shaded."""
    for k, (layer, first, last) in enumerate(_runs(panel.layers)):
        if layer != NO_LAYER and k % 2:
            axes.axvspan(first + 0.5, last + 1.5, color=BAND, lw=0, zorder=0)


def _layer_names(axes: Axes, panel: Profiled, across: float) -> None:
    """The layers' names above the chart, those that have room."""
    runs = [run for run in _runs(panel.layers) if run[0] != NO_LAYER]
    if not runs:
        return
    axes.text(0.0, 1.045, "layer", transform=axes.transAxes, fontsize=11, color=GREY, ha="right", va="center")
    step_wide = across / max(len(panel.steps), 1)
    for name, first, last in runs:
        if (last - first + 1) * step_wide >= 7.5 * len(name) + 4:
            axes.text(
                (first + last) / 2 + 1, 1.045, name, transform=axes.get_xaxis_transform(), fontsize=10.5, color=GREY,
                ha="center", va="center", parse_math=False,
            )  # fmt: skip


def _steps_axis(axes: Axes, panel: Profiled) -> None:
    """Steps by name where there are few, else by number."""
    if len(panel.steps) > NAMED_STEPS:
        axes.set_xlabel("step of the route", fontsize=11.5, color=GREY)
        return
    longest = 22
    names = [name if len(name) <= longest else name[: longest - 1] + "…" for name in panel.steps]
    axes.set_xticks(np.arange(1, len(names) + 1), names, parse_math=False)
    if sum(map(len, names)) > 150:
        axes.tick_params(axis="x", rotation=24)
        for label in axes.get_xticklabels():
            label.set_horizontalalignment("right")
            label.set_rotation_mode("anchor")


def _call_out(page: Page, axes: Axes, panel: Profiled, a_pixel: float) -> None:
    """Name the steps of a long route that hold the most lots; a_pixel: steps in a pixel's width."""
    if len(panel.steps) <= NAMED_STEPS:
        return
    top = float(np.max(panel.wip, initial=0.0))
    taken: list[tuple[float, float]] = []
    for k in np.argsort(-panel.wip).tolist():
        if len(taken) == CALLED_OUT or panel.wip[k] <= 0:
            return
        text = f"{panel.steps[k]}: {panel.wip[k]:.3g} lots"
        half = (0.5 * page.width(text, 15.3) + 9) * a_pixel  # of a point size of 11
        middle = float(np.clip(k + 1, half, len(panel.steps) - half))
        if all(abs(middle - other) > half + others for other, others in taken):
            taken.append((middle, half))
            axes.text(
                middle, float(panel.wip[k]) + 0.03 * top, text, fontsize=11, color=INK, ha="center", va="bottom",
                parse_math=False, zorder=5,
            )  # fmt: skip


def _legend_rows(page: Page, colours: dict[str, str]) -> list[list[tuple[str, str, float]]]:
    """Areas with their colours and widths, row after row; those without a colour of their own together."""
    named = [(area, colour) for area, colour in colours.items() if colour != OTHER]
    others = sum(colour == OTHER for colour in colours.values())
    named += [(f"{others} other area{'s' if others > 1 else ''}", OTHER)] if others else []
    rows: list[list[tuple[str, str, float]]] = [[]]
    used = 0.0
    for area, colour in named:
        wide = 30 + page.width(area, 16) + 34
        if used + wide > WIDE - 2 * EDGE:
            rows.append([])
            used = 0.0
        rows[-1].append((area, colour, wide))
        used += wide
    return rows


def _legend_high(page: Page, colours: dict[str, str]) -> float:
    return 30.0 * len(_legend_rows(page, colours))


def _legend(page: Page, colours: dict[str, str], y: float) -> None:
    """Which colour is which area."""
    for k, row in enumerate(_legend_rows(page, colours)):
        x = EDGE
        for area, colour, wide in row:
            page.box(x, y + 30 * k + 4, 20, 16, colour, radius=3.0)
            page.text(area, x + 30, y + 30 * k + 18, 16, INK)
            x += wide
