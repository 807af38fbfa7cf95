"""WIP over time as a chart: means, bands, when something was otherwise, and when the line was back to normal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.results.recovery import Clock, Recovery
from twin.results.wip_trace import of_samples
from twin.scene.page import FAINT, GREY, INK, Page

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from twin.line import Line
    from twin.results import Comparison, Results
    from twin.results.figure import Floats

COLOURS = ("#2f6db3", "#c47900", "#7b4fb8")
"""Of the scenarios; the base is ink."""
SHADE = "#7a8694"
"""Of changes that belong to several lines."""
TINT, BAR = 0.13, 0.022
"""How strongly the time of a change is shaded, and the share of the chart's height of the bar above it."""
LEAST_HIGH = 440.0
"""Height of the chart with its words, in design pixels, and more where the words need it."""
WORDS = 520.0
"""Room for the words beside it."""
FROM_ZERO = 0.6
"""Share of the highest WIP below which the lowest must be for the scale to begin at 0."""
BEFORE, AFTER = 0.5, 0.6
"""What is shown before a change and after the return, as a share of the time between."""
MOST_AFTER = 3.0
"""What is shown after a change without return, in lengths of the change."""


@dataclass(frozen=True)
class Curve:
    """The WIP of one line.

    times_s: samples [s]                   (sample,)
    wip:     lots in the line [lot]        (world, sample)
    """

    name: str
    colour: str
    times_s: Floats
    wip: Floats
    recovery: Recovery | None = None


@dataclass(frozen=True)
class Change:
    """A change for a time: when it begins and ends [s], ends None with the run, and the colour of whose it is."""

    text: str
    begins_s: float
    ends_s: float | None
    colour: str


@dataclass(frozen=True)
class Chart:
    """Several lines' WIP, and the changes for a time."""

    curves: tuple[Curve, ...]
    changes: tuple[Change, ...]

    @property
    def window(self) -> tuple[float, float]:
        """The time to show [s]: what happened, with some of the time before and after; all of it if nothing did."""
        end = float(self.curves[0].times_s[-1])
        found = [curve.recovery for curve in self.curves if curve.recovery is not None]
        if not found:
            return 0.0, end
        first = min(back.begins_s for back in found)
        last = max(min(_over(back), end) for back in found)
        step = max(back.resolution_s for back in found)
        length = max(last - first, 8 * step)
        return max(0.0, first - max(BEFORE * length, 3 * step)), min(end, last + max(AFTER * length, 3 * step))


def _over(back: Recovery) -> float:
    """When the line was back to normal, or what is shown of a line that was not [s]."""
    if back.back_s is not None:
        return back.back_s
    if back.ends_s is None:
        return float("inf")
    return back.ends_s + (MOST_AFTER * (back.ends_s - back.begins_s) if back.left else 0.0)


def chart_of_results(results: Results) -> Chart | None:
    """The chart of a run; None where the WIP was not looked at."""
    trace = results.wip_trace
    if trace is None:
        return None
    if trace.normal is None:
        return Chart((Curve("WIP", INK, trace.times_s, trace.wip),), _changes([(results.line, INK)]))
    curves = (
        Curve("without the change", INK, trace.times_s, trace.normal),
        Curve("with the change", COLOURS[0], trace.times_s, trace.wip, results.recovery),
    )
    return Chart(curves, _changes([(results.line, COLOURS[0])]))


def chart_of_comparison(comparison: Comparison, names: Sequence[str]) -> Chart | None:
    """The chart of a base and these scenarios; None where the WIP was not looked at."""
    base = comparison.base
    if base.wip_trace is None:
        return None
    curves = [Curve("base", INK, base.wip_trace.times_s, base.wip_trace.wip)]
    lines = [(base.line, SHADE)]
    for name, colour in zip(names, COLOURS, strict=False):
        trace = comparison.scenarios[name].wip_trace
        lines.append((comparison.scenarios[name].line, colour))
        if trace is not None:
            curves.append(Curve(name, colour, trace.times_s, trace.wip, comparison.recoveries[name]))
    return Chart(tuple(curves), _changes(lines))


def _changes(lines: Sequence[tuple[Line, str]]) -> tuple[Change, ...]:
    """Changes for a time of several lines with their colours; one that several lines have stands once."""
    found: dict[str, Change] = {}
    for line, colour in lines:
        for change in line.transients:
            text = str(change)
            found[text] = Change(text, change.from_, change.to, SHADE if text in found else colour)
    return tuple(found.values())


def height(chart: Chart) -> float:
    """Height of the chart with all its words, in design pixels."""
    words = _set(Page(int(2 * WORDS), 100), chart)
    return max(LEAST_HIGH, 82.0 + sum(word.high for word in words) + 20.0)


def add_chart(page: Page, chart: Chart, x: float, y: float, wide: float) -> None:
    """The chart on the left and its words on the right, the upper left corner at x, y."""
    high = height(chart)
    page.box(x, y, wide, high, "#ffffff", edge="#dde3ea", thick=1.0, radius=10.0)
    page.text("Work in progress over time", x + 24, y + 38, 21, bold=True)
    left = x + 24 + page.width("Work in progress over time", 21, True) + 26
    page.text("lots in the line: mean, and the band that 90 % of the replications lie in", left, y + 37, 16, GREY,
              room=wide - left - 20)  # fmt: skip
    axes = page.axes(x + 82, y + 62, wide - WORDS - 106, high - 62 - 58)
    _draw(axes, chart)
    _words(page, chart, x + wide - WORDS + 8, y + 82)


def _draw(axes: Axes, chart: Chart) -> None:
    first, last = chart.window
    word, size = Clock(last, 0.0).unit
    lowest, highest = np.inf, 0.0
    for k, change in enumerate(chart.changes):
        begins, ends = change.begins_s / size, (last if change.ends_s is None else min(change.ends_s, last)) / size
        axes.axvspan(begins, ends, color=change.colour, alpha=TINT, lw=0)
        top = 1.0 - 1.3 * BAR * k
        axes.axvspan(begins, ends, ymin=top - BAR, ymax=top, color=change.colour, lw=0, zorder=6)
    for k, curve in enumerate(chart.curves):
        bands = of_samples(curve.wip)
        seen = (curve.times_s >= first) & (curve.times_s <= last) & (curve.times_s > 0.0)  # at 0 all lines are empty
        lowest = min(lowest, float(bands["p5"][seen].min()))
        highest = max(highest, float(bands["p95"][seen].max()))
        time = curve.times_s / size
        axes.fill_between(time, bands["p5"], bands["p95"], color=curve.colour, alpha=0.13, lw=0)
        axes.plot(time, bands["mean"], color=curve.colour, lw=2.2, zorder=5 - 0.1 * k, solid_capstyle="round")
        back = curve.recovery
        if back is not None and back.back_s is not None:
            axes.axvline(back.back_s / size, color=curve.colour, lw=1.4, ls=(0, (4, 3)), zorder=2)
            axes.plot(
                [back.back_s / size], [0.0], marker="^", ms=9, color=curve.colour, clip_on=False, zorder=6,
                transform=axes.get_xaxis_transform(),
            )  # fmt: skip
    axes.set_xlim(first / size, last / size)
    near_zero = lowest < FROM_ZERO * highest or highest - lowest < 1.0
    low = 0.0 if near_zero else 1.6 * lowest - 0.6 * highest
    above = 1.0 + 0.08 + 1.3 * BAR * len(chart.changes)  # room for the bars
    axes.set_ylim(low, max(low + above * (highest - low), 1.0))
    axes.set_xlabel(word, fontsize=12, color=GREY)
    axes.set_ylabel("lots", fontsize=12, color=GREY)
    plain_axes(axes)


def plain_axes(axes: Axes) -> None:
    """Thin grey axes left and below, and lines across behind what is drawn."""
    axes.tick_params(colors=GREY, labelsize=11.5, length=4)
    axes.grid(axis="y", color="#e7ebf0", lw=1.0)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)


@dataclass(frozen=True)
class _Word:
    """A line of words beside the chart, what stands before it, and its height in design pixels."""

    text: str
    high: float
    sign: str = ""
    colour: str = GREY
    bold: bool = False


def _set(page: Page, chart: Chart) -> list[_Word]:
    """What each colour is, and what came of it, in lines that fit."""
    room, most = WORDS - 70.0, 9
    words: list[_Word] = []
    for curve in chart.curves:
        for k, text in enumerate(page.wrap(curve.name, 17, 0.93 * room, most)):  # bold is wider
            words.append(_Word(text, 24.0 if k == 0 else 22.0, "" if k else "line", curve.colour, bold=True))
        for fact in curve.recovery.facts if curve.recovery is not None else ():
            words += [_Word(text, 21.0) for text in page.wrap(fact, 15.5, room, most)]
        words.append(_Word("", 9.0))
    for change in chart.changes:
        for k, text in enumerate(page.wrap(change.text, 15.5, room, most)):
            words.append(_Word(text, 23.0 if k == 0 else 21.0, "" if k else "change", change.colour))
    if any(curve.recovery is not None and curve.recovery.back_s is not None for curve in chart.curves):
        words.append(_Word("back to normal", 23.0, "return", INK))
    return words


def _words(page: Page, chart: Chart, x: float, y: float) -> None:
    """The words beside the chart, from the top down."""
    for word in _set(page, chart):
        if word.sign == "line":
            page.box(x, y - 8, 26, 5, word.colour)
        elif word.sign == "change":
            page.box(x, y - 13, 26, 15, _pale(word.colour))
            page.box(x, y - 13, 26, 4, word.colour)
        elif word.sign == "return":
            page.text("▲", x + 5, y, 14, word.colour)
        page.text(word.text, x + 38, y, 17 if word.bold else 15.5, INK if word.bold else GREY, bold=word.bold)
        y += word.high


def _pale(colour: str) -> str:
    """A colour as the chart shades with it, on white."""
    parts = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - TINT * (255 - part)):02x}" for part in parts)
