"""The stations along the line as a picture: what each does with its time, arrows between them, buffers, OEE."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twin.results.along import ALL
from twin.results.report import asked
from twin.results.station_report import bottleneck_sentence
from twin.scene.gantt import COLOURS, WORDS
from twin.scene.page import ACCENT, FAINT, GREY, INK, Page

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from twin.results import Results
    from twin.results.figure import Figure
    from twin.results.periods import ActivePeriods

WIDE, EDGE = 1920, 44.0
INDENT = 118.0
"""Room on the left of the charts, for what they show and its numbers."""
TOP, STATES_HIGH, STRIP_HIGH, GAP = 188.0, 430.0, 128.0, 34.0
ORDER = ("productive", "setup", "pm", "down", "no_operator", "off", "blocked", "starved")
"""States from the bottom of a bar to its top."""
UPRIGHT = 9
"""Letters a name may have for each 100 design pixels before names are set at an angle."""
EMPTY, QUEUE, FULL = "#dfe5ec", "#2f6db3", "#c47900"


def show_stations(results: Results, image: str | os.PathLike[str], periods: ActivePeriods | None = None) -> str:
    """Draw the stations along the line and say where."""
    target = Path(image)
    names = list(results.station_figures)
    strips = ["oee", *(["buffer"] if _has(results, "buffer_full") else []), *(["periods"] if periods else [])]
    foot = 150.0 if _tilted(names) else 84.0
    high = TOP + STATES_HIGH + len(strips) * (STRIP_HIGH + GAP) + foot
    page = Page(WIDE, round(high))
    page.text(f"{results.line.line}: the line station by station", EDGE, 62, 34, bold=True, room=WIDE - 2 * EDGE)
    page.text(_caption(results), EDGE, 98, 18, GREY, room=WIDE - 2 * EDGE)
    page.text(bottleneck_sentence(results, periods), EDGE, 130, 18, INK, room=WIDE - 2 * EDGE)
    shown = _states(results)
    _legend(page, [(COLOURS[state], WORDS[state]) for state in shown], 162.0)
    across = WIDE - 2 * EDGE - INDENT
    axes = page.axes(EDGE + INDENT, TOP, across, STATES_HIGH)
    _draw_states(axes, results, shown, across)
    charts = [axes]
    for k, strip in enumerate(strips):
        y = TOP + STATES_HIGH + GAP + k * (STRIP_HIGH + GAP)
        charts.append(page.axes(EDGE + INDENT, y, across, STRIP_HIGH))
        _strip(page, charts[-1], strip, results, periods, y)
    for chart in charts:
        _plain(chart, len(names), across)
    for chart in charts[:-1]:
        chart.tick_params(labelbottom=False)
    _name(charts[-1], names, results.bottleneck)
    page.write(target)
    return f"Picture in {target}"


def _caption(results: Results) -> str:
    whole = results.job_figures[ALL]
    facts = [asked(results).partition(", mean ±")[0]]
    if whole["jobs_per_hour"] is not None:
        facts.append(f"{whole['jobs_per_hour']}".replace("job/h", "jobs an hour"))
    first = whole["first_time_through"]
    if first is not None and first.mean < 1:
        facts.append(f"{100 * first.mean:.1f} % good the first time")
    return "   ·   ".join(facts)


def _states(results: Results) -> list[str]:
    rows = results.station_figures.values()
    return [state for state in ORDER if any(_mean(row[state]) > 0 for row in rows)]


def _has(results: Results, key: str) -> bool:
    return any(row[key] is not None for row in results.station_figures.values())


def _mean(of: Figure | None) -> float:
    return 0.0 if of is None else of.mean


def _legend(page: Page, entries: list[tuple[str, str]], y: float) -> None:
    x = EDGE
    for colour, word in entries:
        page.box(x, y - 14, 22, 16, colour, radius=3.0)
        x += 30 + page.text(word, x + 30, y, 16, INK) + 30


def _draw_states(axes: Axes, results: Results, shown: list[str], across: float) -> None:
    """A bar a station, its states on top of each other, and above them the arrows."""
    rows = list(results.station_figures.values())
    names = list(results.station_figures)
    at, below = np.arange(len(rows)), np.zeros(len(rows))
    for state in shown:
        share = np.array([100 * _mean(row[state]) for row in rows])
        axes.bar(at, share, bottom=below, width=0.72, color=COLOURS[state], lw=0, zorder=3)
        if across / len(rows) >= 44:
            for k in np.flatnonzero(share >= 5.0).tolist():
                light = state in {"starved", "setup", "no_operator"}
                axes.text(k, below[k] + share[k] / 2, f"{share[k]:.0f}", ha="center", va="center", fontsize=11,
                          color=INK if light else "#ffffff", zorder=4)  # fmt: skip
        below += share
    for arrow in results.arrows:
        if arrow.before in names and names.index(arrow.after) == names.index(arrow.before) + 1:
            k, half = names.index(arrow.before), 0.3
            ends = (k + 0.5 - half, k + 0.5 + half)
            begin, end = ends if arrow.downstream else ends[::-1]
            axes.annotate(
                "", xy=(end, 107), xytext=(begin, 107), annotation_clip=False, zorder=5,
                arrowprops={"arrowstyle": "-|>", "color": INK if arrow.sure else FAINT, "lw": 1.8,
                            "linestyle": "-" if arrow.sure else (0, (2, 2))},
            )  # fmt: skip
    axes.set_ylim(0, 114)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.text(-82 / across, 0.45, "time\n%", transform=axes.transAxes, va="center", ha="center", fontsize=11.5,
              color=INK, linespacing=1.4)  # fmt: skip
    if results.arrows:
        axes.text(-82 / across, 107 / 114, "arrows", transform=axes.transAxes, va="center", ha="center", fontsize=11.5,
                  color=INK)  # fmt: skip
    if results.bottleneck in names:
        k = names.index(results.bottleneck)
        axes.axvspan(k - 0.44, k + 0.44, ymax=101.5 / 114, color="none", ec=ACCENT, lw=2.0, zorder=6)


def _strip(
    page: Page, axes: Axes, strip: str, results: Results, periods: ActivePeriods | None, y: float
) -> None:
    """One of the charts below the bars, and what its colours are."""
    from matplotlib.ticker import MaxNLocator

    names = list(results.station_figures)
    at, across = np.arange(len(names)), WIDE - 2 * EDGE - INDENT
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 50, 100])
    if strip == "oee":
        found = [results.oee_figures.get(name, {}).get("oee") for name in names]
        _bars(axes, at, found, COLOURS["productive"])
        word, entries = "OEE\n%", [(COLOURS["productive"], "OEE by ISO 22400, of planned busy time")]
    elif strip == "buffer":
        rows = list(results.station_figures.values())
        for key, shift, colour in (("buffer_empty", -0.19, EMPTY), ("buffer_full", 0.19, FULL)):
            _bars(axes, at + shift, [row[key] for row in rows], colour, 0.36)
        word, entries = "buffer\n% of time", [(EMPTY, "buffer in front empty"), (FULL, "buffer in front full")]
    else:
        assert periods is not None
        figures = periods.figures
        sole, shared = (
            np.array([100 * _mean(figures.get(name, {}).get(key)) for name in names]) for key in ("sole", "shifting")
        )
        axes.bar(at, sole, width=0.72, color=ACCENT, lw=0, zorder=3)
        axes.bar(at, shared, bottom=sole, width=0.72, color="#f0a8c8", lw=0, zorder=3)
        axes.set_ylim(0, max(10.0, 1.15 * float((sole + shared).max(initial=0.0))))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
        word = "bottleneck\n% of time"
        entries = [(ACCENT, "sole momentary bottleneck, by active periods"), ("#f0a8c8", "shared with another")]
    axes.text(-82 / across, 0.5, word, transform=axes.transAxes, va="center", ha="center", fontsize=11.5, color=INK,
              linespacing=1.4)  # fmt: skip
    x = EDGE + INDENT
    for colour, text in entries:
        page.box(x, y - 19, 16, 12, colour, radius=2.0)
        x += 24 + page.text(text, x + 24, y - 8, 14, GREY) + 26


def _bars(axes: Axes, at: np.ndarray, found: list[Figure | None], colour: str, wide: float = 0.72) -> None:
    """Shares as bars, with their intervals."""
    means = np.array([100 * _mean(of) for of in found])
    halves = np.array([0.0 if of is None or of.half is None else 100 * of.half for of in found])
    axes.bar(at, means, width=wide, color=colour, lw=0, zorder=3)
    seen = halves > 0.4
    axes.errorbar(
        at[seen], means[seen], yerr=halves[seen], fmt="none", ecolor=INK, elinewidth=1.0, capsize=2.5, zorder=4
    )


def _plain(axes: Axes, count: int, across: float) -> None:
    axes.set_xlim(-0.6, count - 0.4)
    axes.set_xticks(np.arange(count), [""] * count)
    axes.tick_params(colors=GREY, labelsize=11, length=3)
    axes.grid(axis="y", color="#e3e8ee", lw=0.8, zorder=1)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)


def _tilted(names: list[str]) -> bool:
    """Whether the stations' names are too long to lie side by side."""
    room = (WIDE - 2 * EDGE - INDENT) / max(len(names), 1)
    return max(map(len, names), default=0) > UPRIGHT * room / 100


def _name(axes: Axes, names: list[str], bottleneck: str | None) -> None:
    """The stations' names under the last chart, the bottleneck's in its colour."""
    longest = 24
    told = [name if len(name) <= longest else name[: longest - 1] + "…" for name in names]
    axes.set_xticks(np.arange(len(names)), told, parse_math=False)
    for label, name in zip(axes.get_xticklabels(), names, strict=True):
        label.set_color(ACCENT if name == bottleneck else INK)
        label.set_fontsize(11.5)
        if _tilted(names):
            label.set_rotation(32)
            label.set_horizontalalignment("right")
            label.set_rotation_mode("anchor")
