"""Runs whose right answers are known by hand: totals written down, not simulated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from twin.arrays.histogram import BINS, edges
from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.line import Line
from twin.results import Results, Settings, Timing

DAY_TICKS = 86_400_000
SPAN = 100 * DAY_TICKS


def bin_of(ticks: int) -> int:
    """The histogram's bin of a time."""
    return int(np.searchsorted(edges(), ticks, side="right")) - 1


def names_of(line: Line, raw_d: float = 1.0) -> Names:
    """Names as a compiled line has them."""
    counts = [group.tools or 0 for group in line.toolgroups.values()]
    starts = np.concatenate([[0], np.cumsum(counts)])
    return Names(
        toolgroups=tuple(line.toolgroups),
        products=tuple(line.products),
        steps=tuple((route, step.step) for route, steps in line.routes.items() for step in steps),
        tool_group=np.repeat(np.arange(len(counts)), counts),
        tools_of=tuple(range(int(a), int(a + n)) for a, n in zip(starts, counts, strict=False)),
        raw_ticks=np.full(len(line.products), raw_d * DAY_TICKS),
        tick_s=0.001,
        processes=tuple(
            i for i, step in enumerate(step for steps in line.routes.values() for step in steps) if step.process
        ),
    )


def empty_totals(names: Names, worlds: int, span: int = SPAN) -> Totals:
    """A run in which nothing happened: every tool starved, no lot seen."""
    groups, products, tools = len(names.toolgroups), len(names.products), names.tool_group.size
    tool_ticks = np.zeros((worlds, tools, 8), dtype=np.int64)
    tool_ticks[:, :, 4] = span
    return Totals(
        tick_s=0.001,
        span_ticks=span,
        horizon_ticks=span,
        tool_ticks=tool_ticks,
        group=np.zeros((worlds, groups, 13), dtype=np.int64),
        product=np.zeros((worlds, products, 14), dtype=np.int64),
        rules=np.zeros((worlds, 0, 2), dtype=np.int64),
        cycle_hist=np.zeros((worlds, products, BINS), dtype=np.int64),
        windows=np.zeros((worlds, len(names.steps), 2), dtype=np.int64),
        wip_end=np.zeros((worlds, products), dtype=np.int64),
        events=np.zeros(worlds, dtype=np.int64),
        stops=np.zeros((worlds, 0, 2), dtype=np.int64),
        process=np.zeros((worlds, len(names.processes), 6), dtype=np.int64),
        lots=np.zeros((0, 6), dtype=np.int64),
        passage=np.zeros((worlds, sum(map(len, names.steps_of)), 2), dtype=np.int64),
        crews=np.zeros((worlds, 0, 5), dtype=np.int64),
        extras=np.zeros((worlds, 0, 4), dtype=np.int64),
        auxiliaries=np.zeros((worlds, 0, 2), dtype=np.int64),
        carriers=np.zeros((worlds, 0, 7), dtype=np.int64),
        fleets=np.zeros((worlds, 0, 6), dtype=np.int64),
        measures=np.zeros((worlds, 0, 16), dtype=np.int64),
        shifts=np.zeros((worlds, 0, 2), dtype=np.int64),
        sections=np.zeros((worlds, 0, 7), dtype=np.int64),
        stations=np.zeros((worlds, 0, 2), dtype=np.int64),
        tracked=np.zeros((0, 0), dtype=np.int64),
        visits=np.zeros((0, 8), dtype=np.int64),
        standby=np.zeros((worlds, tools, 2), dtype=np.int64),
        peak=np.full(worlds, -1),
        takt=np.zeros((worlds, 2), dtype=np.int64),
    )


def count_lots(totals: Totals, world: int, product: int, cycles_d: Sequence[float], on_time: int = 0) -> None:
    """Lots released after time 0 that left with these cycle times [d]."""
    row = totals.product[world, product]
    ticks = [round(cycle * DAY_TICKS) for cycle in cycles_d]
    row[:5] += np.array([len(ticks), len(ticks), len(ticks), sum(ticks), on_time])
    for cycle in ticks:
        totals.cycle_hist[world, product, bin_of(cycle)] += 1


def spend(totals: Totals, tool: int, *shares: float, world: int | None = None) -> None:
    """Shares of a tool's time: productive, setup, pm, down, blocked; the rest starved."""
    ticks = np.array([round(share * totals.span_ticks) for share in shares] + [0] * (5 - len(shares)))
    where = slice(None) if world is None else world
    totals.tool_ticks[where, tool, :4] = ticks[:4]
    totals.tool_ticks[where, tool, 5] = ticks[4]
    totals.tool_ticks[where, tool, 4] = totals.span_ticks - ticks.sum()


def results_of(line: Line, names: Names, totals: Totals, **said: Any) -> Results:
    """Results of a synthetic run."""
    worlds = totals.product.shape[0]
    settings = Settings("test/line", totals.horizon_ticks / 1000, 0.0, worlds, 1, "cpu")
    return Results(line=line, names=names, totals=totals, settings=settings, timing=Timing(2.0, 0.5), **said)


def two_products() -> Line:
    """Two saws, a pure delay, one drill; plates have a due date, rods have none."""
    return Line.from_document(
        {
            "twin": 1,
            "line": "two_products",
            "toolgroups": {"saw": {"tools": 2}, "rest": {"tools": "unlimited"}, "drill": {"tools": 1}},
            "products": {
                "plate": {"route": "main", "release": {"every": "1 d"}, "due": "3 d"},
                "rod": {"route": "main", "release": {"every": "2 d"}},
            },
            "routes": {
                "main": [
                    {
                        "step": "cut",
                        "toolgroup": "saw",
                        "time": "8 h",
                        "queue_limit": {"until": "bore", "limit": "4 h"},
                    },
                    {"step": "cool", "toolgroup": "rest", "time": "8 h"},
                    {"step": "bore", "toolgroup": "drill", "time": "8 h"},
                ]
            },
        }
    )


def serial_line(count: int, release: Any = "saturated", buffer: Any = 5, **groups: Any) -> Line:
    """Stations a, b, c ... in a row, one tool each."""
    names = "abcdefghij"[:count]
    return Line.from_document(
        {
            "twin": 1,
            "line": "serial",
            "toolgroups": {name: {"tools": 1, "buffer": buffer} | groups.get(name, {}) for name in names},
            "products": {"body": {"route": "main", "release": release}},
            "routes": {
                "main": [{"step": f"do_{name}", "toolgroup": name, "time": "1 min"} for name in names]
            },
        }
    )
