"""A row of stages in SimPy, as its documentation would write it: a process a tool, a store a buffer."""

from __future__ import annotations

from collections.abc import Generator
from random import Random
from time import perf_counter
from typing import Any

import simpy

from .flow import Flow, Replication, Stage

Steps = Generator[simpy.Event, Any, None]


class Counts:
    """What is counted: no times by state, no queue lengths, so less than twin counts."""

    def __init__(self) -> None:
        self.completions = 0
        self.out = 0
        self.loaded = 0
        self.wait = 0.0


def run(flow: Flow, seed: int) -> Replication:
    """One replication."""
    env, counts, random = simpy.Environment(), Counts(), Random(seed)
    buffers: list[simpy.Store | None] = [
        simpy.Store(env, stage.places if stage.places is not None else float("inf")) for stage in flow.stages
    ]
    if flow.arrivals is None:
        buffers[0] = None
    elif buffers[0] is not None:
        env.process(arrive(env, buffers[0], flow.arrivals, random))
    for place, stage in enumerate(flow.stages):
        behind, ahead = buffers[place], (buffers[place + 1] if place + 1 < len(buffers) else None)
        first = place == 0 and behind is not None
        for _ in range(stage.tools):
            own = Random(random.getrandbits(64))
            env.process(work(env, stage, behind, ahead, own, counts, flow.warmup if first else flow.horizon,
                             flow.warmup))  # fmt: skip
    began = perf_counter()
    env.run(until=flow.horizon)
    wall_s = perf_counter() - began
    return Replication(counts.completions, counts.out, counts.wait / max(1, counts.loaded), wall_s, 0.0)


def arrive(env: simpy.Environment, buffer: simpy.Store, every: float, random: Random) -> Steps:
    """Lots at random; each is the time it came."""
    while True:
        yield env.timeout(random.expovariate(1 / every))
        yield buffer.put(env.now)


def work(
    env: simpy.Environment,
    stage: Stage,
    behind: simpy.Store | None,
    ahead: simpy.Store | None,
    random: Random,
    counts: Counts,
    waits_from: float,
    counted_from: float,
) -> Steps:
    """One tool: take a lot, process it, stand still while it fails, hand the lot on when there is a place."""
    rate = 1 / stage.service
    up = random.expovariate(1 / stage.up) if stage.up else float("inf")
    while True:
        if behind is not None:
            came = yield behind.get()
            if env.now >= waits_from:
                counts.loaded += 1
                counts.wait += env.now - came
        left = random.expovariate(rate)
        while left > up:
            left -= up
            yield env.timeout(up)
            yield env.timeout(random.expovariate(1 / stage.repair))
            up = random.expovariate(1 / stage.up)
        yield env.timeout(left)
        up -= left
        counts.completions += 1
        if ahead is not None:
            yield ahead.put(env.now)
        elif env.now >= counted_from:
            counts.out += 1
