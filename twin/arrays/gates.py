"""How many lots may be ahead before a gate closes: the chance of a late start, turned into one whole number.

A lot that is let into a queue-time window (from the end of step o to the start of step c) with n lots ahead of it -
those that wait in front of c's toolgroup, and those already inside the window and on their way there - starts once
n + 1 tools have come free there. With c' tools that all work, times of mean m and no memory, that takes
Erlang(n + 1, c'/m): the wait in an M/M/c' queue given the n lots that an arrival finds (D. Gross et al., Fundamentals
of Queueing Theory, 4th ed., 2.3). On its way it needs the raw time r between the two steps. So

    P(late) <= P(r + Erlang(n + 1, c'/m) > limit),

and the gate lets lots through while n <= n*, the largest n for which that stays at or below the level. In the engine
n* is scaled by the tools that are up. Limits of the model: r is taken at its mean, and so is what the step in front of
the window takes (0: the queue drains meanwhile, which keeps to the safe side); times of less spread than exponential
ones keep further below the level, of more spread (or repairs that are long against the limit) may exceed it; lots that
come to c's toolgroup by other ways and overtake, by priority or setup, are not foreseen; a batch counts as its lots,
each with its share of the batch's time.
"""

import math
from itertools import pairwise

import numpy as np

from twin.arrays.routing import lot_tool_time, visits
from twin.line import Line, QueueLimit, Step
from twin.line.mix import every_of
from twin.line.network import move_time

MOST_AHEAD = 1 << 20
"""Lots ahead that stand for any number."""


def most_ahead(limit_s: float, raw_s: float, mean_s: float, tools: int, level: float) -> int:
    """n*: the most lots that may be ahead, -1 where even an empty queue is too risky.

    limit_s: the window [s]; raw_s: process and transport inside it [s]; mean_s: time a lot takes of a tool at its end
    [s]; level: chance of a breach that is allowed, 0 to 1
    """
    from scipy.special import gammaincc

    left = limit_s - raw_s
    if left < 0 or tools == 0:
        return -1
    if mean_s <= 0:
        return MOST_AHEAD
    load = left * tools / mean_s

    def late(ahead: int) -> bool:
        return bool(gammaincc(ahead + 1, load) > level)

    low, high = -1, 0
    while not late(high):
        low, high = high, 2 * high + 1
        if high >= MOST_AHEAD:
            return MOST_AHEAD
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if late(middle) else (middle, high)
    return low


def raw_between_s(line: Line, route: str, first: int, last: int) -> float:
    """Mean time from the end of step `first` to the arrival at step `last` of a lot that does not wait [s]."""
    steps = line.routes[route]
    units = _units(line, route)
    seconds = move_time(line)
    total = sum(seconds(a.toolgroup, b.toolgroup) for a, b in pairwise(steps[first : last + 1]))
    for step in steps[first + 1 : last]:
        group = line.toolgroups[step.toolgroup]
        total += step.sample * (group.load + step.time.mean * (units if step.per == "unit" else 1) + group.unload)
    return float(total)


def mean_tool_s(line: Line, toolgroup: str) -> float:
    """Mean time that a lot takes of a tool of a toolgroup, over all its steps as often as lots do them [s].

    Routes count by the rates of their products where these are known (`release: {every: ...}`), else alike.
    """
    weights, times = [], []
    for name, product in line.products.items():
        every = every_of(line, name)
        rate = 1 / every if every else None
        for step, visited in zip(line.routes[product.route], visits(line, product.route), strict=True):
            if step.toolgroup == toolgroup and visited > 0:
                weights.append((rate, visited))
                times.append(sum(lot_tool_time(step, line.toolgroups[toolgroup], product.lot_size, full=True)))
    if not times:
        return 0.0
    known = all(rate is not None for rate, _ in weights)
    shares = np.array([(rate if known and rate is not None else 1.0) * visited for rate, visited in weights])
    return float(shares @ np.array(times) / shares.sum())


def always_let_in(line: Line, route: str, first: int, last: int) -> int:
    """Lots that a gate lets in whatever waits: so many that one of them can go on, batches on the way considered.

    If each batch step lacks one lot, one more lot completes a batch: 1 + the sum of (lots of the least batch - 1).
    """
    smallest = min(
        (
            start.units or product.lot_size
            for product in line.products.values()
            if product.route == route
            for start in (product.release.schedule or (_OneLot(),))
        ),
        default=1,
    )
    least = 1
    for step in line.routes[route][first + 1 : last + 1]:
        if step.batch is not None:
            least += math.ceil(step.batch.min / smallest) - 1
    return least


class _OneLot:
    """A start of the product's own size."""

    units: int | None = None


def _units(line: Line, route: str) -> float:
    """Mean units of a lot on a route, products alike."""
    sizes = [product.lot_size for product in line.products.values() if product.route == route]
    return math.fsum(sizes) / len(sizes) if sizes else 1.0


def gate_of(line: Line, route: str, step: Step) -> tuple[QueueLimit, int, int, int] | None:
    """The gated window that a step opens, its n*, the lots always let in and the tools at its end; None without."""
    for limit in step.queue_limit:
        if limit.gate is not None:
            names = [other.step for other in line.routes[route]]
            first, last = names.index(step.step), names.index(limit.until)
            group = line.routes[route][last].toolgroup
            tools = line.toolgroups[group].tools or 0
            raw = raw_between_s(line, route, first, last)
            most = most_ahead(limit.limit, raw, mean_tool_s(line, group), tools, limit.gate)
            return limit, most, always_let_in(line, route, first, last), max(tools, 1)
    return None
