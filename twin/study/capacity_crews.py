"""Offered load of crews from the document alone: what tools and moves ask of them, no waiting, no luck.

A crew's work is linear in the release rates, but for what comes by the calendar. Setups depend on the order of lots and
are not counted. A member who waits for a tool, or goes to it, does nothing here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.arrays.routing import turns, visits
from twin.line import Line, Toolgroup
from twin.line.crews import RUN_TASKS
from twin.line.network import move_time
from twin.study.capacity import PARTS, Capacity, Floats, _calendar_pm, _ratio, _Share, _unit_pm, _Work
from twin.study.capacity_calendars import there

if TYPE_CHECKING:
    import pandas as pd

TASKS = (*(task for task in RUN_TASKS if task in PARTS), "repair", "pm", "transport")


def figures(line: Line, groups: pd.DataFrame, rates: Floats, load: float) -> pd.DataFrame:
    """One row a crew: members, mean busy_members, those by task, of_time, members_needed at `load` of their time.

    groups: figures of the toolgroups; rates: releases [lot/s]   (product,)
    """
    import pandas as pd

    rows: dict[str, dict[str, Any]] = {}
    for name, crew in line.crews.items():
        busy = dict.fromkeys(TASKS, 0.0)
        for group, task in _tasks(line, name):
            if task in busy:
                share = groups["down" if task == "repair" else task].astype(float)[group]
                busy[task] += float(share) * (line.toolgroups[group].tools or 0)
        busy["transport"] = float(_carried(line, name) @ rates)
        all_busy, open_ = math.fsum(busy.values()), there(line, name)
        rows[name] = {
            "members": crew.count, "busy_members": all_busy, **busy, "of_time": all_busy / (crew.count * open_),
            "setups": any(task == "setup" for _, task in _tasks(line, name)),
            "members_needed": max(1, math.ceil(all_busy / (load * open_) - 1e-9)),
        }  # fmt: skip
    table = pd.DataFrame(rows).T.infer_objects()
    table.index.name = "crew"
    return table


def limits(line: Line, work: _Work) -> Iterator[tuple[float, Floats]]:
    """Of each crew the members that the calendar leaves, and what a lot of each product takes [member s]; of vehicles
    likewise."""
    for name, crew in line.crews.items():
        free, need = crew.count * there(line, name), _carried(line, name)
        for g, group_name in enumerate(work.groups):
            group, share = line.toolgroups[group_name], work.of(g)
            tools = group.tools or 0
            for task in (task for of, task in _tasks(line, name) if of == group_name):
                need = need + _of_a_lot(group, share, task)
                free -= tools * _of_calendar(group, task)
        yield free, need
    if line.fleet is not None:
        yield line.fleet.count, carried_time(line)


def notes(found: pd.DataFrame, groups: pd.DataFrame) -> Iterator[str]:
    """What a reader must know of the crews: those without time to spare, those that hold the line back."""
    if not len(found):
        return
    over = found[found["of_time"] > 1 + 1e-9]
    for name, row in over.iterrows():
        yield (
            f"crew {name} is asked for {100 * row['of_time']:.1f} % of its time: it needs at least "
            f"{math.ceil(row['busy_members'] - 1e-9)} members, and has {row['members']}"
        )
    largest = str(found["of_time"].astype(float).idxmax())
    share = float(found["of_time"].max())
    if not len(over) and share > float(groups["of_available"].max()):
        yield f"crew {largest} is loaded more than any toolgroup: {100 * share:.1f} % of its time"
    setting_up = [str(name) for name, row in found.iterrows() if row["setups"]]
    if setting_up:
        yield f"setups come on top of the work of: {', '.join(setting_up)}"


def report(found: Capacity) -> Iterator[str]:
    """The figures as text, most loaded crew first."""
    crews = found.crews.sort_values("of_time", ascending=False)
    width = max([len("crew"), *(len(str(name)) for name in crews.index)])
    yield ""
    yield f"{'':{width}}  {'':>7} {' mean members at work on ':-^47}  {'% of':>6}  {'members at':>10}"
    heads = " ".join(f"{head:>9}" for head in ("runs", "repair", "pm", "transport", "all"))
    yield f"{'crew':{width}}  {'members':>7} {heads[2:]}  {'time':>6}  {found.load:>10.0%}"
    for name, row in crews.iterrows():
        runs = sum(row[task] for task in TASKS if task in PARTS)
        parts = [runs, row["repair"], row["pm"], row["transport"], row["busy_members"]]
        cells = " ".join(f"{value:9.2f}" for value in parts)
        yield (
            f"{name:{width}}  {row['members']:7.0f} {cells[2:]}  {100 * row['of_time']:6.1f}"
            f"  {row['members_needed']:10.0f}{' + setups' if row['setups'] else ''}"
        )


def _tasks(line: Line, crew: str) -> list[tuple[str, str]]:
    """Toolgroups and tasks that name a crew."""
    return [
        (name, task)
        for name, group in line.toolgroups.items()
        for task, needed in (group.crew.needed() if group.crew else ())
        if needed == crew
    ]


def _carried(line: Line, crew: str) -> Floats:
    """Time for which a lot of each product is carried by a crew [s]   (product,)."""
    if line.transport is None or line.transport.crew != crew:
        return np.zeros(len(line.products))

    return carried_time(line)


def carried_time(line: Line) -> Floats:
    """Expected time for which a lot of each product is carried [s]   (product,).

    Rework, branches and rejects included, sampled steps weighed.
    """
    moves = {route: _moves(line, route) for route in line.routes}
    return np.array([moves[product.route] for product in line.products.values()])


def _moves(line: Line, route: str) -> float:
    """Expected time for which a lot on a route is carried [s]."""
    steps = line.routes[route]
    place = {step.step: i for i, step in enumerate(steps)} | {"end": len(steps), "scrap": len(steps)}
    seconds = move_time(line)
    onward: dict[str, Floats] = {}
    for group in {step.toolgroup for step in steps}:
        from_here = np.zeros(len(steps) + 1)  # mean time of the move to this step, or past it, from that toolgroup
        for i in reversed(range(len(steps))):
            sample = steps[i].sample
            from_here[i] = (1 - sample) * from_here[i + 1]
            if sample > 0:
                from_here[i] += sample * seconds(group, steps[i].toolgroup)
        onward[group] = from_here
    moves = 0.0
    for i, (step, times) in enumerate(zip(steps, visits(line, route), strict=True)):
        to = onward[step.toolgroup]
        after = to[i + 1]
        for probability, target in turns(line, step):
            after += probability * (to[place[target]] - to[i + 1])
        moves += float(times * after)
    return moves


def _of_a_lot(group: Toolgroup, share: _Share, task: str) -> Floats:
    """Time that a task at a toolgroup takes for a lot of each product [member s]   (product,)."""
    if task in PARTS:
        return np.asarray(share.parts[:, PARTS.index(task)], np.float64)
    if task == "repair":
        return np.asarray(share.parts.sum(axis=1) * _ratio(group, "operating"), np.float64)
    return share.units * _unit_pm(group) if task == "pm" else np.zeros_like(share.units)


def _of_calendar(group: Toolgroup, task: str) -> float:
    """Members that a task at one tool keeps busy whatever is released."""
    by_time, always = _calendar_pm(group), _ratio(group, "calendar")
    if task == "pm":
        return by_time
    return (1 - by_time) * always / (1 + always) if task == "repair" else 0.0
