"""The operating curve as a picture: X-factors against release rate or WIP, bands, what is not steady, where one is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twin.results.curve import Curve
from twin.results.curve_report import largest, left_out, percent
from twin.results.settings import DAY_S
from twin.scene.chart import plain_axes
from twin.scene.page import ACCENT, FAINT, GREY, INK, WORSE, Page
from twin.scene.picture import time_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from twin.results.figure import Figure

WIDE, HIGH, EDGE = 1920, 1000, 44.0
COLOURS = ("#2f6db3", "#c47900", "#7b4fb8", "#2f8f77", "#b3261e", "#5f7f1f")
"""Of the products."""
BEST, PRACTICAL = "#2f8f77", "#8a95a3"
"""Of the bounds."""
WORDS = 430.0
"""Room for the words beside the chart [design pixels]."""
TOP = 132.0
ROOMY = 1.12
"""Height of the chart over its highest point."""
LABEL_WIDE = 76.0
"""Room for a label below the axis [design pixels]."""
Rect = tuple[float, float, float, float]


def show_curve(curve: Curve, image: str | os.PathLike[str]) -> Path:
    """Draw the picture; returns the file written."""
    target = Path(image)
    page = Page(WIDE, HIGH)
    page.text(f"{curve.model}: operating curve", EDGE, 64, 36, bold=True, room=WIDE - 2 * EDGE)
    page.text(_caption(curve), EDGE, 102, 18, GREY, room=WIDE - 2 * EDGE)
    names = list(largest(curve, len(COLOURS)))
    wide = WIDE - 2 * EDGE - WORDS
    if curve.varied == "releases":
        _over_releases(page, curve, names, (EDGE, TOP, wide, HIGH - TOP - EDGE))
    else:
        half = (wide - 20) / 2
        _over_wip(page, curve, "throughput", (EDGE, TOP, half, HIGH - TOP - EDGE))
        _over_wip(page, curve, "x_factor", (EDGE + half + 20, TOP, half, HIGH - TOP - EDGE))
    _words(page, curve, names, WIDE - EDGE - WORDS + 34, TOP + 40)
    page.write(target)
    return target


def _caption(curve: Curve) -> str:
    asked = curve.points[0].results.settings
    run = f"{asked.horizon_s / DAY_S:.4g} d simulated, the first {asked.warmup_s / DAY_S:.4g} d left out"
    count = f"{asked.replications} replication{'s' if asked.replications > 1 else ''}"
    bands = " · bands: 95 % intervals" if asked.replications > 1 else ""
    return f"{run} · {count}, the same luck at every point{bands}"


def _over_releases(page: Page, curve: Curve, names: Sequence[str], rect: Rect) -> None:
    """X-factors of the products over the release rate, the utilisation of the bottleneck along the upper edge."""
    axes, wide = _panel(page, rect, "X-factor: cycle time over raw process time", above=62.0, below=92.0)
    x = [100 * point.factor for point in curve.points]
    room = 0.04 * (x[-1] - x[0])
    axes.set_xlim(x[0] - room, x[-1] + room)
    highest = 1.0
    for name, colour in zip(names, COLOURS, strict=False):
        figures = [point.figures[name]["x_factor"] for point in curve.points]
        highest = max(highest, _line(axes, curve, x, figures, colour, 0.20 if len(names) < 3 else 0.12))
    axes.set_ylim(1.0, 1.0 + ROOMY * (max(highest, 1.2) - 1.0))
    _now(axes, curve, 100.0)
    _unsteady(axes, curve, x)
    labelled = _labelled(curve, x, wide)
    rates = [curve.points[k].line["throughput"] for k in labelled]
    unit, per = _rate_unit(rates)
    axes.set_xticks(
        [x[k] for k in labelled],
        [
            f"{percent(curve.points[k])} %" + ("" if rate is None else f"\n{rate.mean * per:.3g}")
            for k, rate in zip(labelled, rates, strict=True)
        ],
    )
    axes.set_xlabel(f"release rate, 100 % is now; below it the lots out, {unit}", fontsize=11.5, color=GREY, labelpad=8)
    _utilisations(axes, curve, [x[k] for k in labelled], labelled)


def _panel(page: Page, rect: Rect, title: str, above: float, below: float) -> tuple[Axes, float]:
    """A white panel with a title and a chart in it, and the chart's width."""
    x, y, wide, high = rect
    page.box(x, y, wide, high, "#ffffff", edge="#dde3ea", thick=1.0, radius=10.0)
    page.text(title, x + 24, y + 38, 20, bold=True, room=wide - 48)
    inner = (x + 74, y + 56 + above, wide - 74 - 30, high - 56 - above - below)
    axes = page.axes(*inner)
    plain_axes(axes)
    return axes, inner[2]


def _line(
    axes: Axes, curve: Curve, x: Sequence[float], figures: Sequence[Figure | None], colour: str, tint: float = 0.20
) -> float:
    """A curve through the steady points, with its band; returns its highest value."""
    ends = np.full((3, len(x)), np.nan)  # a gap where there is no steady point
    for k, (found, point) in enumerate(zip(figures, curve.points, strict=True)):
        if found is not None and point.unsteady is None:
            low, high = found.low, found.high
            ends[:, k] = found.mean, found.mean if low is None else low, found.mean if high is None else high
    if np.isnan(ends[0]).all():
        return 0.0
    axes.fill_between(x, ends[1], ends[2], color=colour, alpha=tint, lw=0, zorder=3)
    axes.plot(
        x, ends[0], color=colour, lw=2.6, marker="o", ms=6.5, mec="#ffffff", mew=1.2, solid_capstyle="round", zorder=4
    )
    return float(np.nanmax(ends[0]))


def _now(axes: Axes, curve: Curve, at: float) -> None:
    """Where the line is at present."""
    if curve.present is None:
        return
    axes.axvline(at, color=ACCENT, lw=1.6, ls=(0, (4, 3)), zorder=2)
    axes.annotate(
        "now", (at, 1.0), xycoords=axes.get_xaxis_transform(), xytext=(5, -3), textcoords="offset points",
        color=ACCENT, fontsize=12.5, fontweight="bold", va="top", ha="left",
    )  # fmt: skip


def _unsteady(axes: Axes, curve: Curve, x: Sequence[float]) -> None:
    """Points of no steady state: hollow crosses at the lower edge, and a tint where they follow on each other."""
    steady = [point.unsteady is None for point in curve.points]
    for k, at in enumerate(x):
        if steady[k]:
            continue
        left = x[0] if k == 0 else (x[k - 1] + at) / 2
        right = x[-1] if k == len(x) - 1 else (x[k + 1] + at) / 2
        ends = axes.get_xlim()
        axes.axvspan(ends[0] if k == 0 else left, ends[1] if k == len(x) - 1 else right, color=WORSE, alpha=0.09, lw=0)
        axes.plot(
            [at], [0.03], marker="x", ms=9, mew=2.2, color=WORSE, transform=axes.get_xaxis_transform(), zorder=6
        )


def _labelled(curve: Curve, x: Sequence[float], wide: float) -> list[int]:
    """Points whose labels find room below the axis, the present first."""
    scale = wide / (1.08 * (x[-1] - x[0]))
    order = sorted(range(len(x)), key=lambda k: (curve.points[k] is not curve.present, k))
    chosen: list[int] = []
    for k in order:
        if all(abs(x[k] - x[other]) * scale >= LABEL_WIDE for other in chosen):
            chosen.append(k)
    return sorted(chosen)


def _utilisations(axes: Axes, curve: Curve, places: Sequence[float], labelled: Sequence[int]) -> None:
    """The utilisation of the bottleneck at the labelled points, along the upper edge."""
    busy = [curve.points[k].utilisation(curve.bottleneck) for k in labelled]
    if not any(busy):
        return
    above = axes.secondary_xaxis("top")
    above.set_xticks(places, ["" if found is None else f"{100 * found.mean:.0f} %" for found in busy])
    above.tick_params(colors=GREY, labelsize=11.5, length=4)
    above.spines["top"].set_color(FAINT)
    above.set_xlabel(f"utilisation of {curve.bottleneck}, of the time it is up", fontsize=11.5, color=GREY, labelpad=8)


def _rate_unit(rates: Sequence[Figure | None]) -> tuple[str, float]:
    """The unit of a rate that reads best, and what one lot/d is in it."""
    most = max((rate.mean for rate in rates if rate is not None), default=0.0)
    return ("lots/h", 1 / 24) if most >= 480 else ("lots/d", 1.0)


def _over_wip(page: Page, curve: Curve, key: str, rect: Rect) -> None:
    """Throughput or X-factor over the WIP, with the bounds of Hopp and Spearman."""
    figures = [point.line[key] for point in curve.points]
    unit, per = _rate_unit(figures) if key == "throughput" else ("", 1.0)
    title = f"Throughput, {unit}" if key == "throughput" else "X-factor: cycle time over raw process time"
    axes, _ = _panel(page, rect, title, above=10.0, below=76.0)
    wips = [point.line["wip"] for point in curve.points]
    x = [found.mean if found is not None else 0.0 for found in wips]
    axes.set_xlim(0.0, 1.05 * max(x))
    scaled = [found if found is None else _times(found, per) for found in figures]
    highest = _line(axes, curve, x, scaled, INK)
    if curve.bounds is not None:
        wip = np.linspace(1.0, 1.05 * max(x), 200)
        place = 0 if key == "throughput" else 1
        factor = per if key == "throughput" else 1.0
        best = [factor * curve.bounds.best(float(w))[place] for w in wip]
        practical = [factor * curve.bounds.practical_worst(float(w))[place] for w in wip]
        axes.plot(wip, best, color=BEST, lw=1.4, zorder=2)
        axes.plot(wip, practical, color=PRACTICAL, lw=1.4, ls=(0, (5, 2)), zorder=2)
        highest = max(highest, *best) if key == "throughput" else max(highest, practical[-1])
        axes.axvline(curve.bounds.critical_wip, color=FAINT, lw=1.2, ls=(0, (1, 2)), zorder=1)
    axes.set_ylim(0.0 if key == "throughput" else 1.0, ROOMY * highest)
    if curve.present is not None:
        _now(axes, curve, x[curve.points.index(curve.present)])
    _unsteady(axes, curve, x)
    axes.set_xlabel("lots in the line", fontsize=11.5, color=GREY, labelpad=8)


def _times(found: Figure, by: float) -> Figure:
    """A figure in another unit."""
    from twin.results.figure import Figure as Made

    ends = [None if end is None else by * end for end in (found.low, found.high)]
    return Made(by * found.mean, ends[0], ends[1], found.unit)


def _words(page: Page, curve: Curve, names: Sequence[str], x: float, y: float) -> None:
    """What the colours are, and what the curve says, from the top down."""
    at = curve.present or (curve.steady or curve.points)[-1]
    when = "now" if at is curve.present else f"at {percent(at)} %"
    room = WORDS - 74
    if curve.varied == "releases":
        for name, colour in zip(names, COLOURS, strict=False):
            page.box(x, y - 8, 26, 5, colour)
            page.text(name, x + 38, y, 18, bold=True, room=room)
            for words in _of_product(at.figures[name], when):
                y += 24
                page.text(words, x + 38, y, 16, GREY, room=room)
            y += 38
        others = len(at.results.product_figures) - len(names)
        if others:
            page.text(f"and {others} smaller products, in the table", x + 38, y, 16, GREY, room=room)
            y += 38
    else:
        y = _of_bounds(page, curve, x, y, room)
    busy = at.utilisation(curve.bottleneck)
    if busy is not None:
        y = _paragraph(page, f"Bottleneck {when}: {curve.bottleneck}, {100 * busy.mean:.1f} % utilised", x, y, INK)
    for point in curve.points:
        if point.unsteady is not None and y < HIGH - 110:
            page.text("×", x + 6, y, 20, WORSE, bold=True)
            y = _paragraph(page, f"{percent(point)} %: {left_out(curve)}, {point.unsteady}", x + 38, y, GREY)


def _of_product(figures: dict[str, Figure | None], when: str) -> list[str]:
    found = []
    factor, cycle, on_time = figures["x_factor"], figures["cycle_time"], figures["on_time"]
    if factor is not None:
        found.append(f"X-factor {when} {factor}")
    if cycle is not None:
        found.append(f"cycle time {time_text(cycle.mean)}")
    if on_time is not None:
        found.append(f"on time {100 * on_time.mean:.1f} %")
    return found


def _of_bounds(page: Page, curve: Curve, x: float, y: float, room: float) -> float:
    """The lines of a curve over the WIP."""
    page.box(x, y - 8, 26, 5, INK)
    page.text("simulated, all products", x + 38, y, 18, bold=True, room=room)
    y += 36
    if curve.bounds is None:
        return y
    for colour, name in ((BEST, "best case: no variability"), (PRACTICAL, "practical worst case: balanced, random")):
        for part in (0.0, 15.0) if colour == PRACTICAL else (0.0,):
            page.box(x + part, y - 6, 11 if colour == PRACTICAL else 26, 3, colour)
        page.text(name, x + 38, y, 16, INK, room=room)
        y += 30
    critical = f"dotted: critical WIP, {curve.bounds.critical_wip:.3g} lots"
    page.text(critical, x + 38, y, 16, GREY, room=room)
    said = "Bounds of Hopp and Spearman, for tools that take one lot at a time; setups not counted"
    return _paragraph(page, said, x + 38, y + 30, GREY) + 10


def _paragraph(page: Page, text: str, x: float, y: float, colour: str) -> float:
    """Words in lines that fit; returns where the next ones may begin."""
    for line in page.wrap(text, 16, WIDE - EDGE - x - 8, 5):
        page.text(line, x, y, 16, colour)
        y += 23
    return y + 12
