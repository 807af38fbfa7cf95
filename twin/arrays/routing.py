"""What a route implies before anything runs: expected times ahead, and which memory a lot needs on its way."""

import math
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from twin.line import Arc, Line, Product, SendBack, Step, Toolgroup
from twin.line.arcs import END, SCRAP
from twin.line.network import move_time

Key = TypeVar("Key")
MOST_REJECTED = 0.99
"""Share of rejects that expected times reckon with at the most."""


class Slots(NamedTuple):
    """Places in a lot's record for what it must remember; two that are never open together share one.

    window:      slot of each queue-time window, by (step, until step)
    dedication:  slot of each dedicated step, by its name
    windows, dedications: slots needed
    """

    window: dict[tuple[str, str], int]
    dedication: dict[str, int]
    windows: int
    dedications: int


def slots(steps: tuple[Step, ...]) -> Slots:
    """Give each window and dedication of a route a slot: intervals along the route, coloured greedily."""
    place = {step.step: i for i, step in enumerate(steps)}
    windows = [(place[s.step], place[q.until], (s.step, q.until)) for s in steps for q in s.queue_limit]
    opened: dict[str, int] = {}
    for step in steps:
        if step.dedicate:
            opened.setdefault(step.dedicate, place[step.step])
    dedications = [(start, _last_use(steps, place, place[name]), name) for name, start in opened.items()]
    window, n_windows = _colour(windows)
    dedication, n_dedications = _colour(dedications)
    return Slots(window, dedication, n_windows, n_dedications)


def sent_back(step: Step) -> list[str]:
    """Steps to which a step sends lots that its process law rejects, or that it measures outside their limits."""
    rejected = None if step.process is None else step.process.rejects_to
    measured = None if step.measure is None else step.measure.sends_to
    return [to for to in (rejected, measured) if to is not None]


def turns(line: Line, step: Step) -> list[tuple[float, str]]:
    """Where lots turn off after a step, and with which probability: what its process law rejects, rework, branches.

    Rework of what is measured outside its limits is none of them: its share is known of a run only. A lot that chooses
    among ways takes each as often. Of rework that a lot may do m times, and that one sent back is due for again with
    probability r, the share r^m / (1 + r + ... + r^m) is scrap instead.
    """
    rejected = expected_rejects(line, step)
    arcs = [((1.0 - rejected) * arc.probability, arc.to) for arc in step.branch]
    for arc in step.rework:
        share, ends = arc.probability, 0.0
        if arc.most is not None:
            again = _again(line, step, arc)
            ends = share * again**arc.most / sum(again**k for k in range(arc.most + 1))
            share -= ends
        arcs += [((1.0 - rejected) * share, arc.to)] + [((1.0 - rejected) * ends, SCRAP)] * (ends > 0.0)
    if step.process is not None and step.process.rejects_to is not None:
        arcs.insert(0, (rejected, step.process.rejects_to))
    return arcs


def _again(line: Line, step: Step, arc: Arc) -> float:
    """Probability that a lot that was sent back by an arc is due for it once more, limits of other arcs left aside.

    The hitting probability, from the linear equations of the route's turns.
    """
    steps = next(steps for steps in line.routes.values() if any(other is step for other in steps))
    n = len(steps)
    place = {END: n, SCRAP: n} | {other.step: i for i, other in enumerate(steps)}
    matrix, right = np.eye(n + 1), np.zeros(n + 1)
    for i, other in enumerate(steps):
        rejected = expected_rejects(line, other)
        ways = [((1.0 - rejected) * turn.probability, turn) for turn in (*other.rework, *other.branch)]
        onward = 1.0 - rejected - sum(share for share, _ in ways)
        for share, turn in ways:
            if turn is arc:
                right[i] += other.sample * share
            else:
                matrix[i, place[turn.to]] -= other.sample * share
        if other.process is not None and other.process.rejects_to is not None:
            matrix[i, place[other.process.rejects_to]] -= other.sample * rejected
        matrix[i, i + 1] -= other.sample * onward + (1.0 - other.sample)
    return float(np.clip(np.linalg.solve(matrix, right)[place[arc.to]], 0.0, 1.0))


def expected_rejects(line: Line, step: Step) -> float:
    """Share of the lots that a step's law sends elsewhere: its mean over the units between two maintenances.

    Without maintenance by units it is that of a tool just maintained: how far a tool wears is not known before a run.
    A tool that then rejects every lot will not do so for ever, or no lot would leave: at most `MOST_REJECTED`.
    """
    if step.process is None or step.process.rejects_to is None:
        return 0.0
    spans = [pm.every_units for pm in line.toolgroups[step.toolgroup].pm if pm.every_units is not None]
    passes = np.arange(min(spans, default=1), dtype=np.float64)
    return min(float(step.process.model.rejects(passes).mean()), MOST_REJECTED)


def visits(line: Line, route: str) -> NDArray[np.float64]:
    """Expected times a lot does each step of a route, sampling, rework, branches, rejects solved for   (step,).

    The linear traffic equations: what comes to a step is what every step sends there.
    """
    steps = line.routes[route]
    place = {END: len(steps), SCRAP: len(steps)} | {step.step: i for i, step in enumerate(steps)}
    flow = np.eye(len(steps) + 1)
    for i, step in enumerate(steps):
        onward = 1.0
        for probability, target in turns(line, step):
            flow[place[target], i] -= step.sample * probability
            onward -= step.sample * probability
        flow[i + 1, i] -= onward
    entering = np.zeros(len(steps) + 1)
    entering[0] = 1.0
    come = np.linalg.solve(flow, entering)[:-1]
    return np.asarray(come * [step.sample for step in steps], np.float64)


def lot_tool_time(step: Step, group: Toolgroup, units: float, *, full: bool) -> tuple[float, float, float]:
    """Time that a visit takes of a tool: process, load, unload [s].

    A batch shares its time among its lots. A cascading tool is taken while its entrance is held, and
    longer only where the number of lots inside keeps the next one out.
    """
    if step.cascade:
        held = step.cascade.every * (units if step.cascade.per == "unit" else 1.0)
        through = group.load + step.time.mean * (units if step.per == "unit" else 1.0) + group.unload
        return max(held, through / step.cascade.inside if step.cascade.inside else 0.0), 0.0, 0.0
    if step.batch:
        lots = step.batch.max // units if full else math.ceil(step.batch.min / units)
        lots = max(1.0, float(lots))
        return step.time.mean / lots, group.load / lots, group.unload / lots
    return step.time.mean * (units if step.per == "unit" else 1.0), group.load, group.unload


def _last_use(steps: tuple[Step, ...], place: dict[str, int], use: int) -> int:
    """The last step from which a lot may come back to step `use`, or in front of it, by rework."""
    arcs = [(i, place[a.to]) for i, step in enumerate(steps) for a in (*step.rework, *step.branch) if a.to in place]
    arcs += [(i, place[to]) for i, step in enumerate(steps) for to in sent_back(step)]
    windows = [window for step in steps for window in step.queue_limit]
    arcs += [(place[w.until], place[w.breach.to]) for w in windows if isinstance(w.breach, SendBack)]
    last = use
    while back := [source for source, to in arcs if source > last and to <= last]:
        last = max(back)
    return last


def _colour(intervals: list[tuple[int, int, Key]]) -> tuple[dict[Key, int], int]:
    """Fewest slots for intervals (first, last, key); one may open at the step where another ends."""
    busy_until: list[int] = []
    slot: dict[Key, int] = {}
    for first, last, key in sorted(intervals, key=lambda interval: interval[:2]):
        free = next((k for k, end in enumerate(busy_until) if end <= first), len(busy_until))
        if free == len(busy_until):
            busy_until.append(last)
        else:
            busy_until[free] = last
        slot[key] = free
    return slot, len(busy_until)


def entrance_more_s(group: Toolgroup, step: Step) -> float:
    """Time by which the hold of a cascading tool's entrance differs from the intervals of a lot's units [s]."""
    if step.cascade is None or step.cascade.entrance == "interval":
        return 0.0
    if step.cascade.entrance == "last_unit":
        return -step.cascade.every if step.cascade.per == "unit" else 0.0
    return group.load + (group.unload if step.cascade.entrance == "interval + load + unload" else 0.0)


def step_mean_s(line: Line, step: Step, units: int) -> float:
    """Mean time of a visit that does not wait: load, process, unload [s]."""
    group = line.toolgroups[step.toolgroup]
    return group.load + step.time.mean * (units if step.per == "unit" else 1) + group.unload


def expected_remaining_s(line: Line, route: str, units: int, transport: bool = False) -> NDArray[np.float64]:
    """Expected time ahead of a lot that comes to a step and never waits [s], sampling, rework and rejects weighed in.

    E_j = s_j (m_j + sum_k p_jk E_k) + (1 - s_j) E_next(j), solved as a linear system   (step,)
    """
    steps = line.routes[route]
    n = len(steps)
    place = {END: n, SCRAP: n} | {step.step: i for i, step in enumerate(steps)}
    matrix, right = np.eye(n + 1), np.zeros(n + 1)
    seconds = move_time(line)
    for i, step in enumerate(steps):
        following = 1.0
        for probability, target in turns(line, step):
            matrix[i, place[target]] -= step.sample * probability
            following -= probability
        matrix[i, i + 1] -= step.sample * following + (1.0 - step.sample)
        right[i] = step.sample * step_mean_s(line, step, units)
        if transport and i + 1 < n:  # a lot moves on from this step to the next
            right[i] += step.sample * seconds(step.toolgroup, steps[i + 1].toolgroup)
    return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)[:n]


def expected_raw_s(line: Line, product: Product) -> float:
    """Expected time from release to completion of a lot that never waits [s]."""
    return float(expected_remaining_s(line, product.route, product.lot_size, transport=True)[0])
