"""The line station by station, in the order in which jobs pass: states, buffers, stops; jobs an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.line.joins import parts
from twin.results import cells
from twin.results.figure import Figure, Floats, figure
from twin.results.measures import (
    DONE,
    EMPTY,
    FIRST,
    FULL,
    OUT,
    PRODUCTIVE,
    SCRAPPED,
    STATES,
    Measures,
    of_toolgroups,
    ratio,
)
from twin.results.oee import group_ticks
from twin.results.settings import DAY_S

if TYPE_CHECKING:
    from twin.line import Line

ALL = "all products"
HOUR_S = 3600.0
OPEN = 1.001
"""How many times more jobs an hour open than of the calendar are told apart."""
TIMES, TICKS = 0, 1  # columns of the stops
GAPS, WITHIN = 0, 1  # columns of the takt
UNITS = {
    **dict.fromkeys(STATES, "share"), "jobs_per_hour": "job/h", "queue": "lot", "buffer_empty": "share",
    "buffer_full": "share", "mtbf": "d", "mttr": "d",
}  # fmt: skip
JOB_UNITS = {
    "jobs_per_hour": "job/h", "jobs_per_open_hour": "job/h", "first_time_through": "share", "within_takt": "share"
}  # fmt: skip

Figures = dict[str, dict[str, Figure | None]]


def stations(line: Line) -> tuple[str, ...]:
    """The toolgroups with tools that products pass, in the order of their routes.

    The first product's come first; a toolgroup that only others pass stands behind the one it follows on their route.
    """
    found: list[str] = []
    for product in line.products.values():
        before: str | None = None
        for step in line.routes[product.route]:
            name = step.toolgroup
            if line.toolgroups[name].tools is None:
                continue
            if name not in found:
                found.insert(found.index(before) + 1 if before is not None else 0, name)
            before = name
    return tuple(found)


def is_flow_line(line: Line) -> bool:
    """Whether this is a line of the automotive kind: jobs of one unit each, and buffers with so many places."""
    single = all(product.lot_size == 1 for product in line.products.values())
    return single and any(group.buffer for group in line.toolgroups.values())


def values(line: Line, names: Names, totals: Totals) -> Measures:
    """Measures of each toolgroup   (world, group) each; NaN where there is nothing to tell.

    shares of calendar tool time in each state; jobs_per_hour: lot-steps done [job/h]; queue: lots that wait in front;
    buffer_empty, buffer_full: share of time in which no place of a finite buffer is taken, and all are, places of lots
    on their way to it included; mtbf: productive time for each failure, SEMI E10's MTBF_p [d]; mttr: down time for each
    failure, waiting for who repairs included [d]
    """
    shares = of_toolgroups(totals, names)
    found = {key: shares[key] for key in (*STATES, "queue")}
    finite = np.array([bool(line.toolgroups[name].buffer) for name in names.toolgroups])
    for key, column in (("buffer_empty", EMPTY), ("buffer_full", FULL)):
        found[key] = np.where(finite, ratio(totals.group[:, :, column], totals.span_ticks), np.nan)
    hours = totals.span_ticks * totals.tick_s / HOUR_S
    found["jobs_per_hour"] = ratio(totals.group[:, :, DONE], hours)
    failures, ticks = np.zeros(found["queue"].shape), np.zeros(found["queue"].shape)
    for k, (group, kind, _) in enumerate(names.stops):
        if kind == "failure":
            failures[:, group] += totals.stops[:, k, TIMES]
            ticks[:, group] += totals.stops[:, k, TICKS]
    day = totals.tick_s / DAY_S
    found["mtbf"] = ratio(group_ticks(names, totals)[:, :, PRODUCTIVE], failures) * day
    found["mttr"] = ratio(ticks, failures) * day
    return found


def figures(line: Line, names: Names, totals: Totals) -> Figures:
    """The measures of `values` of each station, in the order of the line."""
    found = values(line, names, totals)
    place = {name: k for k, name in enumerate(names.toolgroups)}
    return {
        name: {key: figure(found[key][:, place[name]], unit) for key, unit in UNITS.items()} for name in stations(line)
    }


def final(line: Line, names: Names) -> list[int]:
    """Products that leave the line as they are, as indices: all but the parts that are joined with others."""
    known = parts(line)
    return [k for k, name in enumerate(names.products) if name not in known]


def job_figures(line: Line, names: Names, totals: Totals) -> Figures:
    """Figures of each product, then of all together (`ALL`) that are not joined with others.

    jobs_per_hour: lots that left, of the calendar [job/h]; jobs_per_open_hour: of the hours in which the station with
    the most of them is not off; first_time_through: of the lots that left or were scrapped, those that left
    without being sent back; within_takt: of the gaps between one lot that left and the next, those no longer than the
    takt (`twin.line.takt`), of all together alone
    """
    counts = totals.product
    open_share = _open_share(line, names, totals)
    rows = {name: _jobs(counts[:, k], totals, open_share) for k, name in enumerate(names.products)}
    rows[ALL] = _jobs(counts[:, final(line, names)].sum(axis=1), totals, open_share)
    rows[ALL]["within_takt"] = ratio(totals.takt[:, WITHIN], totals.takt[:, GAPS])
    return {name: {key: figure(row[key], unit) for key, unit in JOB_UNITS.items()} for name, row in rows.items()}


def _open_share(line: Line, names: Names, totals: Totals) -> Floats:
    """Share of the time in which the station that is worked longest is not off   (world,)."""
    off = of_toolgroups(totals, names)["off"]
    place = [k for k, name in enumerate(names.toolgroups) if name in stations(line)]
    if not place or totals.span_ticks == 0:
        return np.ones(len(totals.events))
    return np.asarray(1.0 - off[:, place].min(axis=1), dtype=np.float64)


def _jobs(counts: np.ndarray, totals: Totals, open_share: Floats) -> dict[str, Floats]:
    """counts: (world, total); open_share: (world,)"""
    hours = totals.span_ticks * totals.tick_s / HOUR_S
    return {
        "jobs_per_hour": ratio(counts[:, OUT], hours),
        "jobs_per_open_hour": ratio(counts[:, OUT], hours * open_share),
        "first_time_through": ratio(counts[:, FIRST], counts[:, OUT] + counts[:, SCRAPPED]),
        "within_takt": np.full(len(counts), np.nan),
    }


def sentence(line: Line, found: Figures) -> str | None:
    """One line of the report of a flow line: jobs an hour, good the first time, gaps in takt; None for others."""
    if not is_flow_line(line):
        return None
    whole = found[ALL]
    gross, net = (whole[key] for key in ("jobs_per_hour", "jobs_per_open_hour"))
    told = [f"{cells.column([gross], 1.0, 4, 2)[0].strip()} an hour"]
    if gross is not None and net is not None and net.mean > OPEN * gross.mean:
        told = [f"{cells.column([net], 1.0, 4, 2)[0].strip()} an hour open, {told[0]} of the calendar"]
    for key, words in (("first_time_through", "good the first time through"), ("within_takt", "of the gaps in takt")):
        share = whole[key]
        if share is not None and (key != "first_time_through" or share.mean < 1.0):
            told.append(f"{cells.column([share], 100.0, 4, 1)[0].strip()} % {words}")
    return f"Jobs: {', '.join(told)}."
