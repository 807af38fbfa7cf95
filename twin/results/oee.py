"""Overall equipment effectiveness of each toolgroup, by ISO 22400-2 and by SEMI E79, from the times in each state.

Times of a toolgroup are those of all its tools together. Of the calendar time

    planned busy time      all but `off` and planned maintenance (`pm`): ISO's PBT; setups are inside it
    actual production time `productive`, loading and unloading in it: ISO's APT, E79's production time
    equipment uptime       `productive`, `starved`, `blocked` and `no_operator`: SEMI E10's manufacturing time; setup
                           counts as scheduled downtime there

and of what was done

    ideal time             the document's mean load, process and unload time of every lot-step done, batches full, a
                           cascading tool's entrance for its interval: ISO's planned run time per item x produced
                           quantity, E79's theoretical production time
    good                   lots that the station was not found to have spoiled: neither rejected by the step's process
                           law, nor measured outside the limits there, nor sent back or scrapped by chance (at the
                           document's share of `rework`, and of `branch` to scrap; a step that sends every lot back
                           only shows the way). What a later station finds counts there. Defects on dies count nowhere

ISO 22400-2:2014:  availability = APT / PBT;  performance (its effectiveness) = ideal time / APT;
                   quality = ideal time of good lots / ideal time of all;  OEE = their product
                   = ideal time of good lots / PBT;  technical efficiency = APT / (APT + down)
SEMI E79:          OEE = availability efficiency x operational efficiency x rate efficiency x quality efficiency
                   = ideal time of good lots / calendar time, where availability efficiency = uptime / calendar time,
                   operational efficiency = production time / uptime, and the last two are performance and quality above
In both, waiting for lots, for places and for operators is lost; E79's is of all the calendar, as TEEP is elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from twin.arrays.names import Names
from twin.arrays.routing import lot_tool_time
from twin.arrays.totals import Counts, Totals
from twin.line.arcs import SCRAP
from twin.results.cells import column
from twin.results.figure import Figure, Floats, figure
from twin.results.measures import (
    BLOCKED,
    DOWN,
    MOVES,
    NO_OPERATOR,
    OFF,
    PM,
    PRODUCTIVE,
    STARVED,
    Measures,
    ratio,
)
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    from twin.line import Line, Step
    from twin.results.results import Results

KEYS = (
    "planned", "availability", "performance", "quality", "oee", "technical", "uptime", "operational", "oee_of_calendar"
)  # fmt: skip
VISITS, REJECTED = 1, 2  # columns of the steps with a process law
LOTS, OUTSIDE = 0, 1  # columns of the metrology steps


def values(line: Line, names: Names, totals: Totals) -> Measures:
    """Measures of each toolgroup   (world, group) each; NaN where nothing was planned, run or done.

    planned: planned busy time / calendar time; availability, performance, quality, oee, technical: of ISO 22400-2;
    uptime, operational: SEMI E79's availability and operational efficiency; oee_of_calendar: SEMI E79's OEE
    """
    ticks = group_ticks(names, totals)
    calendar = np.array([len(tools) for tools in names.tools_of]) * totals.span_ticks + np.zeros(ticks.shape[:2])
    planned = calendar - ticks[:, :, OFF] - ticks[:, :, PM]
    running = ticks[:, :, PRODUCTIVE].astype(np.float64)
    uptime = ticks[:, :, [PRODUCTIVE, STARVED, BLOCKED, NO_OPERATOR]].sum(axis=2)
    ideal, good = ideal_ticks(line, names, totals)
    known = (ideal > 0) & (calendar > 0)
    return {
        "planned": ratio(planned, calendar),
        "availability": ratio(running, planned),
        "performance": np.where(known, ratio(ideal, running), np.nan),
        "quality": np.where(known, ratio(good, ideal), np.nan),
        "oee": np.where(calendar > 0, ratio(good, planned), np.nan),
        "technical": ratio(running, running + ticks[:, :, DOWN]),
        "uptime": ratio(uptime, calendar),
        "operational": ratio(running, uptime),
        "oee_of_calendar": ratio(good, calendar),
    }


def group_ticks(names: Names, totals: Totals) -> Counts:
    """Time of the tools of each toolgroup in each state [tick]   (world, group, 8)."""
    found = [totals.tool_ticks[:, tools.start : tools.stop].sum(axis=1) for tools in names.tools_of]
    return np.stack(found, axis=1)


def ideal_ticks(line: Line, names: Names, totals: Totals) -> tuple[Floats, Floats]:
    """Ideal time of what each toolgroup did, and of what of it was good [tick]   (world, group) each."""
    worlds, groups = totals.group.shape[:2]
    ideal, good = np.zeros((worlds, groups)), np.zeros((worlds, groups))
    place = {name: k for k, name in enumerate(names.toolgroups)}
    steps = {(route, step.step): step for route, of in line.routes.items() for step in of}
    spoiled = [spoiled_share(steps[key], k, names, totals) for k, key in enumerate(names.steps)]
    passages = [(product, step) for product, of in zip(names.products, names.steps_of, strict=False) for step in of]
    for passage, (product, number) in enumerate(passages):
        step = steps[names.steps[number]]
        group = line.toolgroups[step.toolgroup]
        if group.tools is None or group.conveyor is not None:
            continue
        lot_s = sum(lot_tool_time(step, group, line.products[product].lot_size, full=True))
        done = totals.passage[:, passage, MOVES] * (lot_s / line.tick)
        ideal[:, place[step.toolgroup]] += done
        good[:, place[step.toolgroup]] += done * (1.0 - spoiled[number])
    return ideal, good


def spoiled_share(step: Step, number: int, names: Names, totals: Totals) -> Floats:
    """Share of the lots done with a step that it was found to have spoiled   (world,).

    number: the step's index in `Names.steps`
    """
    bad = sum(arc.probability for arc in step.rework) + sum(a.probability for a in step.branch if a.to == SCRAP)
    good = np.full(len(totals.events), 1.0 - bad if bad < 1.0 else 1.0)
    if number in names.processes:
        found = totals.process[:, names.processes.index(number)]
        good *= 1.0 - np.nan_to_num(ratio(found[:, REJECTED], found[:, VISITS]))
    if number in names.measures:
        found = totals.measures[:, names.measures.index(number)]
        good *= 1.0 - np.nan_to_num(ratio(found[:, OUTSIDE], found[:, LOTS]))
    return np.asarray(1.0 - good, dtype=np.float64)


def figures(line: Line, names: Names, totals: Totals) -> dict[str, dict[str, Figure | None]]:
    """The measures of `values` of each toolgroup but pure delays and conveyors, as figures."""
    found = values(line, names, totals)
    return {
        name: {key: figure(found[key][:, k], "share") for key in KEYS}
        for k, name in enumerate(names.toolgroups)
        if len(names.tools_of[k]) and line.toolgroups[name].conveyor is None
    }


def sheet(results: Results, stations: Sequence[str], sign: str = "±") -> Sheet:
    """OEE of these toolgroups, factor by factor."""
    known = [name for name in stations if name in results.oee_figures]
    rows = [results.oee_figures[name] for name in known]
    keys = ("availability", "performance", "quality", "oee", "technical", "oee_of_calendar")
    return Sheet(
        "OEE by ISO 22400: availability x performance x quality, of planned busy time",
        ("station", "availability", "performance", "quality", "OEE", "technical", "OEE by E79"),
        ("", "%", "%", "%", "%", "% of run+down", "% of calendar"),
        table_rows(known, [column([row[key] for row in rows], 100.0, 3, 1, sign) for key in keys]),
    )
