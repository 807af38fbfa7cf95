"""What the peers can run of a document: lots through toolgroups in a row, exponential times."""

from __future__ import annotations

from dataclasses import dataclass

from twin.line import Law, Line, Step, Toolgroup


@dataclass(frozen=True)
class Stage:
    """Identical tools behind a buffer; times in units of the first stage's mean service time.

    tools:      number of tools
    places:     places in front, None for unlimited
    service:    mean service time
    up, repair: mean processing time between failures and mean repair time, 0 without failures
    """

    tools: int
    places: int | None
    service: float
    up: float
    repair: float


@dataclass(frozen=True)
class Flow:
    """A row of stages, blocking after service.

    unit_s:   length of the time unit: the first stage's mean service time [s]
    arrivals: mean time between arrivals, None where the first stage is never starved
    horizon:  simulated time, the warm-up in it
    """

    stages: tuple[Stage, ...]
    unit_s: float
    arrivals: float | None
    horizon: float
    warmup: float


@dataclass(frozen=True)
class Replication:
    """What one replication of a flow came to.

    completions: service completions since time 0
    out:         lots that left after the warm-up
    wait:        mean wait of the lots loaded at the first stage after the warm-up, 0 if it is never starved
    wall_s:      time spent stepping [s]
    compile_s:   time spent compiling before that [s]
    """

    completions: int
    out: int
    wait: float
    wall_s: float
    compile_s: float


def flow_of(line: Line) -> Flow:
    """The line as a row of stages; a ValueError names what a row of stages cannot say."""
    if len(line.products) != 1 or line.transport is not None or line.wip:
        raise ValueError(f"{line.line}: a row of stages has one product, no transport and starts empty")
    product = next(iter(line.products.values()))
    steps = line.routes[product.route]
    if product.lot_size != 1 or any(_asks_more(step) for step in steps):
        raise ValueError(f"{line.line}: a step of a row of stages has a time for a lot of one unit and no more")
    unit_s = steps[0].time.mean
    stages = tuple(_stage(line.toolgroups[step.toolgroup], step, unit_s) for step in steps)
    release = product.release
    if release.kind not in {"saturated", "every"} or release.full == "lose":
        raise ValueError(f"{line.line}: a row of stages is saturated or fed at random, and loses no lots")
    arrivals = None if release.every is None else _mean(release.every, "release") / unit_s
    return Flow(stages, unit_s, arrivals, line.run.horizon / unit_s, line.run.warmup / unit_s)


def _asks_more(step: Step) -> bool:
    words = (step.batch, step.cascade, step.rework, step.branch, step.queue_limit, step.dedicate, step.setup)
    return any(words) or step.sample < 1


def _stage(group: Toolgroup, step: Step, unit_s: float) -> Stage:
    if group.tools is None or group.pm or group.load or group.unload or len(group.failures) > 1:
        raise ValueError("a stage has tools, no PM, no loading and at most one kind of failure")
    if group.blocking != "after" or any(failure.bernoulli is not None for failure in group.failures):
        raise ValueError("a stage blocks after service and fails by a clock")
    up = repair = 0.0
    for failure in group.failures:
        if failure.clock != "operating":
            raise ValueError("a stage's failures count processing time")
        up, repair = _mean(failure.mtbf, "mtbf") / unit_s, _mean(failure.mttr, "mttr") / unit_s
    return Stage(group.tools, group.buffer, _mean(step.time, step.step) / unit_s, up, repair)


def _mean(law: Law, what: str) -> float:
    if law.kind != "exponential":
        raise ValueError(f"{what}: a row of stages has exponential times, not {law.kind}")
    return law.mean
