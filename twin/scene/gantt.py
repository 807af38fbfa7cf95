"""A toolgroup's Gantt as a picture: a row a tool, a colour a state, the names of lots where they fit.

Where the bars would be too thin to be seen, the time is cut into equal parts, and each part shows how it was shared
among the states: true, where bars of less than a pixel would show whatever was drawn last.
"""

from __future__ import annotations

import math
import os
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.results.measures import STATES
from twin.scene.page import FAINT, GREY, INK, Page

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from twin.results.gantt import Bar, Gantt

WIDE, EDGE = 1920, 44.0
COLOURS = {
    "productive": "#2f8f77", "setup": "#e3a72f", "pm": "#3f6fb5", "down": "#c0392b", "starved": "#dfe5ec",
    "blocked": "#8a5cc0", "off": "#98a2ae", "no_operator": "#d98cb3",
}  # fmt: skip
"""Of the states; the same wherever a picture shows them."""
OTHER = "#5c697a"
WORDS = {
    "productive": "productive", "setup": "setup", "pm": "maintenance", "down": "down", "starved": "starved",
    "blocked": "blocked", "off": "off", "no_operator": "no operator",
}  # fmt: skip
DARK = {"productive", "pm", "down", "blocked", "off"}
THIN = 6.0
"""Mean width of a bar [design pixels] below which shares of equal parts of the time are drawn."""
LETTER = 12.5
"""Size of the names of lots [design pixels]."""
PART = 7.0
"""Width of such a part, about."""
HEAD, FOOT = 164.0, 84.0
TIMES = (("d", 86_400.0, "day"), ("h", 3600.0, "hours"), ("min", 60.0, "minutes"), ("s", 1.0, "seconds"))
PARTS_S = (
    1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800,
    1209600, 2592000,
)  # fmt: skip
"""Lengths that a part of the time may have [s]."""


def show_gantt(gantt: Gantt, image: str | os.PathLike[str]) -> Path:
    """Draw the picture; returns the file written."""
    target = Path(image)
    count = len(gantt.tools)
    row = min(150.0, max(24.0, 620.0 / count))
    page = Page(WIDE, round(HEAD + row * count + FOOT))
    page.text(f"{gantt.toolgroup}: what its {'tool' if count == 1 else f'{count} tools'} did", EDGE, 62, 34, bold=True)
    page.text(_caption(gantt), EDGE, 98, 18, GREY, room=WIDE - 2 * EDGE)
    used = [state for k, state in enumerate(STATES) if gantt.ticks[:, k].any()]
    _legend(page, gantt, used)
    names = max(page.width(name, 17) for name in gantt.tools) + 18
    names = min(names, 300.0)
    right = max(page.width("100.0 %", 17), page.width("productive", 15)) + 20
    left, wide = EDGE + names, WIDE - 2 * EDGE - names - right
    axes = page.axes(left, HEAD, wide, row * count)
    unit = _unit(gantt)
    thin = wide * count / max(1, len(gantt.bars)) < THIN
    part = _draw_shares(axes, gantt, unit, wide) if thin else _draw_bars(axes, page, gantt, unit, (wide, row))
    _frame(axes, gantt, unit)
    page.text("productive", WIDE - EDGE, HEAD - 12, 15, GREY, align="right")
    shares = gantt.ticks[:, 0] / max(1, gantt.ends - gantt.begins)
    for k, (name, share) in enumerate(zip(gantt.tools, shares, strict=True)):
        y = HEAD + row * (k + 0.5) + 6
        page.text(name, EDGE, y, 17, room=names - 12)
        page.text(f"{100 * share:.1f} %", WIDE - EDGE, y, 17, GREY, align="right")
    base = HEAD + row * count + 58
    page.text(_label(gantt, unit), left, base, 16, GREY)
    if part:
        told = f"every column: how {_span(part)} were shared" if part > 1 else "every column: how a second was shared"
        page.text(told, WIDE - EDGE - right, base, 16, GREY, align="right")
    page.write(target)
    return target


def _caption(gantt: Gantt) -> str:
    day = gantt.tick_s / 86_400.0
    when = f"from day {gantt.begins * day:.6g} to day {gantt.ends * day:.6g}"
    return f"{gantt.model} · {when} · replication {gantt.replication}"


def _legend(page: Page, gantt: Gantt, used: list[str]) -> None:
    """The states that occur, in their order, and their share of the tools' time."""
    ticks = gantt.ticks.sum(axis=0)
    x = EDGE
    for state in used:
        share = ticks[STATES.index(state)] / max(1, ticks.sum())
        page.box(x, 118, 22, 18, COLOURS.get(state, OTHER), radius=3.0)
        x += 30 + page.text(WORDS.get(state, state), x + 30, 133, 17)
        told = f"{100 * share:.1f} %" if share >= 0.0005 else "< 0.1 %"
        x += 8 + page.text(told, x + 8, 133, 17, GREY) + 34


def _unit(gantt: Gantt) -> tuple[str, float, str]:
    """The unit of time that suits the length of what is shown."""
    length = (gantt.ends - gantt.begins) * gantt.tick_s
    return next((unit for unit in TIMES if length >= 3 * unit[1]), TIMES[-1])


def _origin(gantt: Gantt, unit: tuple[str, float, str]) -> float:
    """Where the axis counts from [s]: the run's start, or of a short time late in a run the day it begins on."""
    begins = gantt.begins * gantt.tick_s
    return 0.0 if unit[0] == "d" or begins < 86_400.0 else math.floor(begins / 86_400.0) * 86_400.0


def _label(gantt: Gantt, unit: tuple[str, float, str]) -> str:
    origin = _origin(gantt, unit) / 86_400.0
    return "days from the start of the run" if unit[0] == "d" else (
        f"{unit[2]} after day {origin:g}" if origin else f"{unit[2]} from the start of the run"
    )


def _times(gantt: Gantt, unit: tuple[str, float, str], ticks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Ticks as places on the axis."""
    return np.asarray((ticks * gantt.tick_s - _origin(gantt, unit)) / unit[1], np.float64)


def _draw_bars(
    axes: Axes, page: Page, gantt: Gantt, unit: tuple[str, float, str], size: tuple[float, float]
) -> float:
    """Every bar by itself, with its lots where there is room. size: of the chart, of a row [design pixels]."""
    wide, high = size
    row = {name: k for k, name in enumerate(gantt.tools)}
    scale = wide / float(np.ptp(_times(gantt, unit, np.array([gantt.begins, gantt.ends]))))
    for state in STATES:
        for tool, k in row.items():
            bars = [bar for bar in gantt.bars if bar.tool == tool and bar.state == state]
            if not bars:
                continue
            begins = _times(gantt, unit, np.array([bar.begins for bar in bars]))
            ends = _times(gantt, unit, np.array([bar.ends for bar in bars]))
            tall = 0.46 if state == "starved" else 0.86
            axes.broken_barh(
                list(zip(begins, ends - begins, strict=True)), (k - tall / 2, tall),
                facecolors=COLOURS.get(state, OTHER), edgecolors="#ffffff",
                linewidth=min(0.7, 0.02 * scale * float(np.mean(ends - begins))),
            )  # fmt: skip
            for bar, begin, end in zip(bars, begins, ends, strict=True):
                _name_lots(axes, page, bar, (begin, end, k), ((end - begin) * scale, tall * high))
    return 0.0


def _name_lots(axes: Axes, page: Page, bar: Bar, place: tuple[float, float, int], room: tuple[float, float]) -> None:
    """The lots of a bar, as much as fits: their names, lying or upright, or how many.

    place: begin and end on the axis, row; room: width and height [design pixels]
    """
    if not bar.lots or max(room) < 26 or min(room) < LETTER + 2:
        return
    told = [", ".join(bar.lots), *([f"{len(bar.lots)} lots"] if len(bar.lots) > 1 else [])]
    for words, upright in product(told, (False, True)):
        if page.width(words, LETTER) > room[upright] - 6:
            continue
        axes.text(
            (place[0] + place[1]) / 2, place[2], words, ha="center", va="center", rotation=90 if upright else 0,
            color="#ffffff" if bar.state in DARK else INK, fontsize=LETTER * 0.72, clip_on=True, parse_math=False,
        )  # fmt: skip
        return


def _draw_shares(axes: Axes, gantt: Gantt, unit: tuple[str, float, str], wide: float) -> float:
    """Equal parts of the time, each shared among the states; returns the length of a part [s]."""
    length = (gantt.ends - gantt.begins) * gantt.tick_s
    asked = length * PART / wide
    part_s = float(next((part for part in PARTS_S if part >= asked), PARTS_S[-1]))
    part = max(1, round(part_s / gantt.tick_s))
    edges = np.append(np.arange(gantt.begins, gantt.ends, part), gantt.ends)
    shares = shares_of(gantt, edges)
    times = _times(gantt, unit, edges)
    for k in range(len(gantt.tools)):
        below = np.full(times.size, k + 0.43)
        for state in (*(s for s in STATES if s != "starved"), "starved"):
            share = 0.86 * shares[k, STATES.index(state)]
            if share.any():
                above = below - np.append(share, share[-1])
                axes.fill_between(times, below, above, step="post", color=COLOURS.get(state, OTHER), linewidth=0)
                below = above
    return part_s


def shares_of(gantt: Gantt, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of each part of the time that each tool spent in each state; the states of a part add up to 1.

    edges: of the parts, ascending [tick]   (part + 1,)
    returns                                 (tool, state, part)
    """
    spent = np.zeros((len(gantt.tools), len(STATES), edges.size - 1))
    row = {name: k for k, name in enumerate(gantt.tools)}
    for bar in gantt.bars:
        first = int(np.searchsorted(edges, bar.begins, side="right")) - 1
        last = int(np.searchsorted(edges, bar.ends, side="left"))
        inside = np.minimum(edges[first + 1 : last + 1], bar.ends) - np.maximum(edges[first:last], bar.begins)
        spent[row[bar.tool], STATES.index(bar.state), first:last] += inside
    found: NDArray[np.float64] = spent / np.diff(edges)
    return found


def _span(seconds: float) -> str:
    word, size, _ = next((unit for unit in TIMES if seconds >= unit[1]), TIMES[-1])
    return f"{seconds / size:g} {word}"


def _frame(axes: Axes, gantt: Gantt, unit: tuple[str, float, str]) -> None:
    from matplotlib.ticker import MaxNLocator

    ends = _times(gantt, unit, np.array([gantt.begins, gantt.ends]))
    axes.set_xlim(float(ends[0]), float(ends[1]))
    axes.set_ylim(len(gantt.tools) - 0.5, -0.5)
    axes.set_yticks([])
    steps = [1, 2, 5, 10] if unit[0] == "d" or ends[1] - ends[0] < 12 else [1, 2, 3, 6, 10]
    axes.xaxis.set_major_locator(MaxNLocator(nbins=14, steps=steps))
    axes.tick_params(colors=GREY, labelsize=12, length=5)
    axes.grid(axis="x", color="#e7ebf0", lw=1.0)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
