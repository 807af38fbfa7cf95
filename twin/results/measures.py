"""Exact totals to measures: one value for each replication, NaN where a replication has nothing to tell."""

import numpy as np

from twin.arrays.histogram import edges
from twin.arrays.names import Names
from twin.arrays.totals import Counts, Totals
from twin.results.figure import Floats
from twin.results.quantile import quantile
from twin.results.settings import DAY_S

STATES = ("productive", "setup", "pm", "down", "starved", "blocked", "off", "no_operator")
PRODUCTIVE, SETUP, PM, DOWN, STARVED, BLOCKED, OFF, NO_OPERATOR = range(8)
QUEUE_AREA, LOADED, WAIT, WAITED, DONE, STARTS, SETUPS, BATCHES, BATCHED, ROOM, CARRIED, EMPTY, FULL = range(13)
RELEASED, OUT, COMPLETED, CYCLE, ON_TIME, WIP_AREA, REWORKED, DATED, LATE, TARDINESS, WEIGHTED = range(11)
SCRAPPED, LOST, FIRST = range(11, 14)
MOVES, STEP_AREA = range(2)  # columns of the passages
CREW_BUSY, CREW_THERE, CREW_TASKS, CREW_WAIT, CREW_WAITED = range(5)

Measures = dict[str, Floats]


def ratio(above: Counts | Floats, below: Counts | Floats | float) -> Floats:
    """A quotient, NaN where there is nothing to divide by."""
    below = np.broadcast_to(np.asarray(below, dtype=np.float64), np.shape(above))
    result = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result


def over_replications(values: Floats) -> Floats:
    """Mean over the replications that know a value, NaN where none does   (world, n) -> (n,)."""
    known = np.isfinite(values)
    return ratio(np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0))


def of_products(totals: Totals, raw_ticks: Floats) -> Measures:
    """Measures of each product, lateness also of those without a due date   (world, product) each.

    tardiness: mean time after the due date of completed lots, 0 for those in time [d]; weighted_tardiness: mean of
    weight x tardiness [d]; tardy: share of the completed lots that left after their due date (Hopp, Spearman,
    "Factory Physics", ch. 15; Pinedo, "Scheduling", ch. 2); lost: share of the lots that found no place when they came.

    raw_ticks: expected process time of each product's route [tick]   (product,)
    """
    columns = totals.product
    day = totals.tick_s / DAY_S
    completed = columns[:, :, COMPLETED]
    cycle = ratio(columns[:, :, CYCLE], completed)
    bounds = edges()
    p95 = [quantile(totals.cycle_hist[:, k], bounds, 0.95, cycle[:, k]) for k in range(cycle.shape[1])]
    return {
        "out": columns[:, :, OUT].astype(np.float64),
        "completed": completed.astype(np.float64),
        "throughput": ratio(columns[:, :, OUT], totals.span_ticks) / day,
        "cycle_time": cycle * day,
        "p95": np.stack(p95, axis=1) * day if p95 else cycle,
        "x_factor": ratio(cycle, np.broadcast_to(raw_ticks, cycle.shape)),
        "on_time": ratio(columns[:, :, ON_TIME], completed),
        **tardiness(columns, day),
        "wip": ratio(columns[:, :, WIP_AREA], totals.span_ticks),
        "scrapped": columns[:, :, SCRAPPED].astype(np.float64),
        "lost": ratio(columns[:, :, LOST], columns[:, :, LOST] + columns[:, :, RELEASED]),
    }


def tardiness(columns: Counts, day: float) -> Measures:
    """Tardiness of completed lots from their sums   (..., total) -> (...) each.

    day: days a tick
    """
    completed = columns[..., COMPLETED]
    return {
        "tardy": 1.0 - ratio(columns[..., ON_TIME], completed),
        "tardiness": ratio(columns[..., TARDINESS], completed) * day,
        "weighted_tardiness": ratio(columns[..., WEIGHTED], completed) * day,
    }


def of_line(totals: Totals, products: list[int]) -> Measures:
    """Throughput [lot/d], cycle time [d] and its p95 [d], WIP [lot] of these products together   (world,) each."""
    day = totals.tick_s / DAY_S
    columns = totals.product[:, products].sum(axis=1)
    cycle = ratio(columns[:, CYCLE], columns[:, COMPLETED])
    return {
        "throughput": ratio(columns[:, OUT], totals.span_ticks) / day,
        "cycle_time": cycle * day,
        "p95": quantile(totals.cycle_hist[:, products].sum(axis=1), edges(), 0.95, cycle) * day,
        "wip": ratio(columns[:, WIP_AREA], totals.span_ticks),
    }


def of_toolgroups(totals: Totals, names: Names) -> Measures:
    """Shares of calendar tool time, utilisation, mean lots waiting, mean wait [d]   (world, group) each."""
    worlds, groups = totals.group.shape[:2]
    ticks = np.zeros((worlds, groups, len(STATES)), dtype=np.int64)
    for group, tools in enumerate(names.tools_of):
        ticks[:, group] = totals.tool_ticks[:, tools.start : tools.stop].sum(axis=1)
    counts = np.array([len(tools) for tools in names.tools_of])
    measures = _shares(ticks, counts * totals.span_ticks)
    measures["queue"] = ratio(totals.group[:, :, QUEUE_AREA], totals.span_ticks)
    measures["wait"] = ratio(totals.group[:, :, WAIT], totals.group[:, :, LOADED]) * totals.tick_s / DAY_S
    return measures


def of_tools(totals: Totals) -> Measures:
    """Shares of calendar time and utilisation of each tool   (world, tool) each."""
    calendar = np.full(totals.tool_ticks.shape[1], totals.span_ticks)
    return _shares(totals.tool_ticks, calendar)


def of_crews(totals: Totals) -> Measures:
    """Measures of each crew   (world, crew) each.

    members: mean number; utilisation: share of their time at work, above 1 only where members finish a task after
             their crew has become smaller; tasks begun [1/d]; wait: mean time that a task waits for a member [d];
             waited: share of the tasks that wait at all
    """
    columns, day = totals.crews, totals.tick_s / DAY_S
    return {
        "members": ratio(columns[:, :, CREW_THERE], totals.span_ticks),
        "utilisation": ratio(columns[:, :, CREW_BUSY], columns[:, :, CREW_THERE]),
        "tasks": ratio(columns[:, :, CREW_TASKS], totals.span_ticks) / day,
        "wait": ratio(columns[:, :, CREW_WAIT], columns[:, :, CREW_TASKS]) * day,
        "waited": ratio(columns[:, :, CREW_WAITED], columns[:, :, CREW_TASKS]),
    }


def _shares(ticks: Counts, calendar: Counts) -> Measures:
    """Shares of the calendar and utilisation from time in each state [tick]   (world, n, 8), (n,)."""
    share = ratio(ticks, calendar[None, :, None])
    measures = {state: share[:, :, k] for k, state in enumerate(STATES)}
    busy = ticks[:, :, PRODUCTIVE] + ticks[:, :, SETUP]
    up = calendar - ticks[:, :, PM] - ticks[:, :, DOWN] - ticks[:, :, OFF]
    measures["utilisation"] = ratio(busy, up)
    return measures
