"""Offered load where only some tools may run a step, where chambers fail, and of auxiliaries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.arrays.routing import lot_tool_time, step_mean_s, visits
from twin.line import Line, Toolgroup

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


def chamber_share(group: Toolgroup) -> float:
    """Share of a cluster tool's pace that chamber failures leave: chambers that fail independently are up 1 / (1 + r).

    r: repair for each unit of time up, over all kinds of failure. The pace is linear in the chambers that are up, so
    its mean is the share of time that a chamber is up, whatever their number.
    """
    repair = math.fsum(f.mttr.mean / f.mtbf.mean for f in group.failures if f.of == "chamber" and f.mtbf.mean)
    return 1 / (1 + repair)


def most_loaded(loads: Sequence[float], allowed: Sequence[frozenset[int]], tools: int) -> float:
    """Load of the most loaded tool if work is split as evenly as the qualifications let it [tools].

    loads: work of each kind [tools];  allowed: tools, from 0, that may do it

    The least u for which work x_jk >= 0 of kind j on tool k exists with sum_k x_jk = loads_j and sum_j x_jk <= u: a
    linear programme, and by max-flow min-cut the largest load per tool of any subset of tools that some kinds are
    confined to. No rule can do better; which lots come when may make it worse.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    pairs = [(j, k) for j, may in enumerate(allowed) for k in sorted(may)]
    kind, tool = np.array([j for j, _ in pairs]), np.array([k for _, k in pairs])
    at, last = np.arange(len(pairs)), len(pairs)
    split = coo_array((np.ones(last), (kind, at)), shape=(len(loads), last + 1))
    rows, columns = np.concatenate([tool, np.arange(tools)]), np.concatenate([at, np.full(tools, last)])
    within = coo_array((np.concatenate([np.ones(last), -np.ones(tools)]), (rows, columns)), shape=(tools, last + 1))
    cost = np.zeros(last + 1)
    cost[last] = 1.0
    found = linprog(cost, A_ub=within.tocsr(), b_ub=np.zeros(tools), A_eq=split.tocsr(), b_eq=np.array(loads))
    return float(found.fun)


def qualified_load(line: Line, toolgroup: str, rates: Floats, units: Floats) -> float | None:
    """Load of the most loaded tool of a toolgroup [1], None where every tool may run every step.

    rates: of each product [lot/s];  units: of its lots
    """
    group = line.toolgroups[toolgroup]
    if group.tools is None or not any(
        step.qualified and step.toolgroup == toolgroup for steps in line.routes.values() for step in steps
    ):
        return None
    work: dict[frozenset[int], float] = {}
    for p, product in enumerate(line.products.values()):
        steps = line.routes[product.route]
        for step, times in zip(steps, visits(line, product.route), strict=True):
            if step.toolgroup == toolgroup:
                numbers = step.qualified or range(1, group.tools + 1)
                may = frozenset(number - 1 for number in numbers if number <= group.tools)
                time = sum(lot_tool_time(step, group, float(units[p]), full=True))
                work[may] = work.get(may, 0.0) + float(rates[p] * times * time)
    return most_loaded(list(work.values()), list(work), group.tools)


def auxiliary_time(line: Line, units: Floats) -> Floats:
    """How long a lot of each product keeps each auxiliary, all its visits together [s]   (auxiliary, product)."""
    place = {name: k for k, name in enumerate(line.auxiliaries)}
    found = np.zeros((len(place), len(line.products)))
    for p, product in enumerate(line.products.values()):
        steps = line.routes[product.route]
        for step, times in zip(steps, visits(line, product.route), strict=True):
            lots = max(1.0, float(step.batch.max // units[p])) if step.batch else 1.0
            for name in step.needs:
                stay = step_mean_s(line, step, round(float(units[p]))) / chamber_share(line.toolgroups[step.toolgroup])
                found[place[name], p] += times * stay / lots
    return found


def auxiliary_table(line: Line, rates: Floats, units: Floats) -> pd.DataFrame:
    """One row an auxiliary: count, mean number in use, load (their quotient); batches full."""
    import pandas as pd

    busy = auxiliary_time(line, units) @ rates
    count = np.array(list(line.auxiliaries.values()), dtype=np.int64)
    return pd.DataFrame(
        {"count": count, "busy": busy, "offered": busy / np.maximum(count, 1)},
        index=pd.Index(list(line.auxiliaries), name="auxiliary"),
    )
