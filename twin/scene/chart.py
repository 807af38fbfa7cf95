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
SHADE = "#f3dfae"
HIGH = 440.0
"""Height of the chart with its words, in design pixels."""
WORDS = 520.0
"""Room for the words beside it."""
FROM_ZERO = 0.6
"""Share of the highest WIP below which the lowest must be for the scale to begin at 0."""
BEFORE, AFTER = 0.5, 0.6
"""What is shown before a change and after the return, as a share of the time between."""


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
class Chart:
    """Several lines' WIP, and the changes for a time: text, beginning and end [s], None for the end of the run."""

    curves: tuple[Curve, ...]
    changes: tuple[tuple[str, float, float | None], ...]

    @property
    def window(self) -> tuple[float, float]:
        """The time to show [s]: what happened, with some of the time before and after; all of it if nothing did."""
        end = float(self.curves[0].times_s[-1])
        found = [curve.recovery for curve in self.curves if curve.recovery is not None]
        if not found or any(back.back_s is None for back in found):
            return 0.0, end
        first = min(back.begins_s for back in found)
        last = max(back.back_s or 0.0 for back in found)
        step = max(back.resolution_s for back in found)
        length = max(last - first, 8 * step)
        return max(0.0, first - max(BEFORE * length, 3 * step)), min(end, last + max(AFTER * length, 3 * step))


def chart_of_results(results: Results) -> Chart | None:
    """The chart of a run; None where the WIP was not looked at."""
    trace = results.wip_trace
    if trace is None:
        return None
    if trace.normal is None:
        return Chart((Curve("WIP", INK, trace.times_s, trace.wip),), _changes([results.line]))
    curves = (
        Curve("without the change", INK, trace.times_s, trace.normal),
        Curve("with the change", COLOURS[0], trace.times_s, trace.wip, results.recovery),
    )
    return Chart(curves, _changes([results.line]))


def chart_of_comparison(comparison: Comparison, names: Sequence[str]) -> Chart | None:
    """The chart of a base and these scenarios; None where the WIP was not looked at."""
    base = comparison.base
    if base.wip_trace is None:
        return None
    curves = [Curve("base", INK, base.wip_trace.times_s, base.wip_trace.wip)]
    for name, colour in zip(names, COLOURS, strict=False):
        trace = comparison.scenarios[name].wip_trace
        if trace is not None:
            curves.append(Curve(name, colour, trace.times_s, trace.wip, comparison.recoveries[name]))
    return Chart(tuple(curves), _changes([base.line, *(comparison.scenarios[name].line for name in names)]))


def _changes(lines: Sequence[Line]) -> tuple[tuple[str, float, float | None], ...]:
    """Changes for a time of several lines, each once."""
    found = {(str(t), t.from_, t.to): None for line in lines for t in line.transients}
    return tuple(found)


def add_chart(page: Page, chart: Chart, x: float, y: float, wide: float) -> None:
    """The chart on the left and its words on the right, the upper left corner at x, y."""
    page.box(x, y, wide, HIGH, "#ffffff", edge="#dde3ea", thick=1.0, radius=10.0)
    page.text("Work in progress over time", x + 24, y + 38, 21, bold=True)
    left = x + 24 + page.width("Work in progress over time", 21, True) + 26
    page.text("lots in the line: mean, and the band that 90 % of the replications lie in", left, y + 37, 16, GREY,
              room=wide - left - 20)  # fmt: skip
    axes = page.axes(x + 82, y + 62, wide - WORDS - 106, HIGH - 62 - 58)
    _draw(axes, chart)
    _words(page, chart, x + wide - WORDS + 8, y + 82)


def _draw(axes: Axes, chart: Chart) -> None:
    first, last = chart.window
    word, size = Clock(last, 0.0).unit
    lowest, highest = np.inf, 0.0
    for _, begins, ends in chart.changes:
        axes.axvspan(begins / size, (last if ends is None else min(ends, last)) / size, color=SHADE, alpha=0.65, lw=0)
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
    near_zero = lowest < FROM_ZERO * highest
    axes.set_ylim(0.0 if near_zero else 1.6 * lowest - 0.6 * highest, max(1.08 * highest - 0.08 * lowest, 1.0))
    axes.set_xlabel(word, fontsize=12, color=GREY)
    axes.set_ylabel("lots", fontsize=12, color=GREY)
    axes.tick_params(colors=GREY, labelsize=11.5, length=4)
    axes.grid(axis="y", color="#e7ebf0", lw=1.0)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)


def _words(page: Page, chart: Chart, x: float, y: float) -> None:
    """What each colour is, and what came of it, from the top down."""
    room, low = WORDS - 32.0, y + HIGH - 100.0
    told = [curve for curve in chart.curves if curve.recovery is not None]
    for curve in chart.curves:
        page.box(x, y - 8, 26, 5, curve.colour)
        page.text(curve.name, x + 38, y, 17, bold=True, room=room - 38)
        y += 24
        most = 2 if len(told) < 3 else 1
        for fact in curve.recovery.facts if curve.recovery is not None else ():
            for line in page.wrap(fact, 15.5, room - 38, most):
                page.text(line, x + 38, y, 15.5, GREY)
                y += 21
        y += 9
    for change, _, _ in chart.changes:
        if y > low:
            break
        page.box(x, y - 13, 26, 15, SHADE)
        page.text(change, x + 38, y, 15.5, GREY, room=room - 38)
        y += 23
    if y <= low + 12 and any(curve.recovery is not None and curve.recovery.back_s is not None for curve in told):
        page.text("▲", x + 5, y, 14, INK)
        page.text("back to normal", x + 38, y, 15.5, GREY)
