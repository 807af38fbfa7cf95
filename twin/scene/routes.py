"""What the routes say of the order of toolgroups: the main way, and the ways back."""

from __future__ import annotations

import numpy as np

from twin.arrays.routing import sent_back, turns
from twin.line import Line, Step
from twin.line.joins import parts

FEEDER = 1e-4
"""Part of a route by which a step that makes a part stands in front of the step behind it."""


def reentrance(line: Line) -> float:
    """Mean visits of a toolgroup on the line's most re-entrant route, pure delays left out."""
    ratios = [1.0]
    for steps in line.routes.values():
        visits = [step.toolgroup for step in steps if line.toolgroups[step.toolgroup].tools is not None]
        if visits:
            ratios.append(len(visits) / len(set(visits)))
    return max(ratios)


def flow_order(line: Line) -> tuple[list[int], list[tuple[int, int, float | None]]]:
    """Toolgroups in the order lots meet them, and the loops against it.

    returns indices of all toolgroups in the document's order, and (from, to, share [0-1]), the largest first; the
            share of what is measured and sent back is None: it is known of a run only
    """
    names = list(line.toolgroups)
    index = {name: i for i, name in enumerate(names)}
    place: dict[int, list[float]] = {i: [] for i in range(len(names))}
    arcs: dict[tuple[int, int], float] = {}
    feeds = _feeds(line)
    for route, steps in line.routes.items():
        where = {step.step: i for i, step in enumerate(steps)}
        main = _main_way(steps, where)
        rank = {k: float(n) for n, k in enumerate(main)}
        for k, step in enumerate(steps):
            turned = [target for share, target in turns(line, step) if target in where and share > 0.0]
            for target in (*turned, *sent_back(step)):
                # A step off the main way stands right behind the one that sends lots to it.
                rank.setdefault(where[target], rank.get(k, float(k)) + 0.5)
        ahead = feeds.get(route)
        for k, step in enumerate(steps):
            rank.setdefault(k, float(k))
            at = rank[k] / len(steps) if ahead is None else ahead - FEEDER * (len(steps) - rank[k])
            place[index[step.toolgroup]].append(at)
        for k, to, share in _ways(line, steps, where):
            pair = index[steps[k].toolgroup], index[steps[to].toolgroup]
            if pair[0] != pair[1]:
                arcs[pair] = max(arcs.get(pair, 0.0), share)
    means = [float(np.mean(place[i])) if place[i] else np.inf for i in range(len(names))]
    order = sorted(range(len(names)), key=lambda i: (means[i], i))
    rework = {
        (index[step.toolgroup], index[steps[_place(steps, to)].toolgroup])
        for steps in line.routes.values()
        for step in steps
        for to in (*(arc.to for arc in step.rework), *sent_back(step))
    }
    back: list[tuple[int, int, float | None]] = [
        (a, b, share) for (a, b), share in arcs.items() if means[b] < means[a] or (a, b) in rework
    ]
    back.sort(key=lambda loop: -(loop[2] or 0.0))
    return order, back + [(a, b, None) for a, b in sorted(rework - arcs.keys()) if a != b]


def _feeds(line: Line) -> dict[str, float]:
    """Routes that make parts, and how far along the others the first step stands that joins what they make [0-1]."""
    known = parts(line)
    routes = {product.route: name for name, product in line.products.items() if name in known}
    found: dict[str, float] = {}
    for _ in routes:  # parts of parts stand before the part that takes them
        for route, name in routes.items():
            joins = [
                found[other] - FEEDER if other in found else k / len(steps)
                for other, steps in line.routes.items()
                if other in found or other not in routes
                for k, step in enumerate(steps)
                if name in step.joins
            ]
            if joins:
                found[route] = min(joins)
    return found


def _place(steps: tuple[Step, ...], name: str) -> int:
    return next(i for i, step in enumerate(steps) if step.step == name)


def _main_way(steps: tuple[Step, ...], where: dict[str, int]) -> list[int]:
    """The steps most lots take: on to the next, unless a branch takes half of them or more."""
    way: list[int] = []
    k: int | None = 0
    while k is not None and k not in way:
        way.append(k)
        onward = max(steps[k].branch, key=lambda arc: arc.probability, default=None)
        if onward is not None and onward.probability >= 0.5:
            k = where.get(onward.to)
        else:
            k = k + 1 if k + 1 < len(steps) else None
    return way


def _ways(line: Line, steps: tuple[Step, ...], where: dict[str, int]) -> list[tuple[int, int, float]]:
    """Every way from a step to another, with the share of lots that take it there [0-1]."""
    ways = []
    for k, step in enumerate(steps):
        off = turns(line, step)
        turned = [(k, where[target], share) for share, target in off if target in where]
        left = 1.0 - sum(share for share, _ in off)
        ways += [way for way in turned if way[2] > 0.0]
        if k + 1 < len(steps) and left > 1e-9:
            ways.append((k, k + 1, left))
    return ways
