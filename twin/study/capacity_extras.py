"""Offered load where only some tools may run a step, where chambers fail, of auxiliaries; what only a run tells."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.arrays.routing import lot_tool_time, step_mean_s, turns, visits
from twin.line import Line, Step, Toolgroup

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


def only_of_a_run(line: Line) -> Iterator[str]:
    """What metrology makes of the load, as notes: how often it sends lots back or stops tools no document says."""
    back: dict[str, None] = {}
    alone: dict[str, None] = {}
    for steps in line.routes.values():
        back |= {f"{s.step} to {s.measure.sends_to}": None for s in steps if s.measure and s.measure.sends_to}
        by_chance = _reached(line, steps, measured=False)
        alone |= {
            f"{steps[k].step} ({steps[k].toolgroup})": None
            for k in sorted(_reached(line, steps, measured=True) - by_chance)
        }
    if back:
        yield f"rework of what is measured comes on top, how much only a run tells: {', '.join(back)}"
    if alone:
        yield f"only such rework brings lots, and none is counted: {', '.join(alone)}"
    stopped = [name for name, group in line.toolgroups.items() if any(pm.on_alarm for pm in group.pm)]
    if stopped:
        yield f"maintenance after alarms comes on top, how much only a run tells: {', '.join(stopped)}"


def _reached(line: Line, steps: tuple[Step, ...], *, measured: bool) -> set[int]:
    """Places of the steps of a route that some lots come to.

    measured: those that metrology sends back counted in
    """
    place = {step.step: i for i, step in enumerate(steps)}
    found: set[int] = set()
    ahead = [0]
    while ahead:
        k = ahead.pop()
        if k in found or k == len(steps):
            continue
        found.add(k)
        off = turns(line, steps[k])
        ahead += [place[to] for share, to in off if share > 0 and to in place]
        if math.fsum(share for share, _ in off) < 1 - 1e-9 or steps[k].sample < 1:
            ahead.append(k + 1)
        gauge = steps[k].measure
        if measured and gauge is not None and gauge.sends_to is not None:
            ahead.append(place[gauge.sends_to])
    return found
