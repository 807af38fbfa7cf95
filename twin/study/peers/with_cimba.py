"""A row of stages in Cimba: a compiled process a tool, a store a buffer."""

from __future__ import annotations

from time import perf_counter

import cimba as cb
from cimba import inputs

from .flow import Flow, Replication, Stage


class Buffer(cb.Model):
    """Places in front of a stage; a lot is the time it came."""

    lots: cb.Store[float]


class Arrivals(cb.Model):
    """Lots at random."""

    ahead: cb.Ref[Buffer]
    every: cb.Input[float]

    @cb.process
    def arrive(self) -> None:
        while True:
            cb.hold(self.every.next())
            self.ahead.lots.put(cb.now())


class Tool(cb.Model):
    """One tool of a stage."""

    starved: cb.Param[int]
    blocked: cb.Param[int]
    fails: cb.Param[int]
    warmup: cb.Param[float]
    behind: cb.Ref[Buffer]
    ahead: cb.Ref[Buffer]
    service: cb.Input[float]
    up: cb.Input[float]
    repair: cb.Input[float]
    completed: int = 0
    left: int = 0
    taken: int = 0
    waited: float = 0.0
    completions: cb.Output[float]
    out: cb.Output[float]
    loaded: cb.Output[float]
    wait: cb.Output[float]

    @cb.process
    def work(self) -> None:
        up = self.up.next()
        while True:
            if self.starved == 1:
                came = self.behind.lots.get()
                if cb.now() >= self.warmup:
                    self.taken += 1
                    self.waited += cb.now() - came
            rest = self.service.next()
            if self.fails == 1:
                while rest > up:
                    rest -= up
                    cb.hold(up)
                    cb.hold(self.repair.next())
                    up = self.up.next()
                up -= rest
            cb.hold(rest)
            self.completed += 1
            if self.blocked == 1:
                self.ahead.lots.put(cb.now())
            elif cb.now() >= self.warmup:
                self.left += 1

    @cb.on_end
    def report(self) -> None:
        self.completions, self.out = self.completed, self.left
        self.loaded, self.wait = self.taken, self.waited


class Row(cb.Model):
    """The row of stages."""

    buffers: list[Buffer]
    arrivals: list[Arrivals]
    tools: list[Tool]


def build(flow: Flow) -> Row:
    """The flow as a model; the first buffer is there even where nothing passes it."""
    row = Row()
    row.buffers = [buffer(stage) for stage in flow.stages]
    row.arrivals = []
    if flow.arrivals is not None:
        arrivals = Arrivals()
        arrivals.ahead, arrivals.every = row.buffers[0], inputs.dist.exponential(mean=flow.arrivals)
        row.arrivals = [arrivals]
    places = [place for place, stage in enumerate(flow.stages) for _ in range(stage.tools)]
    row.tools = [tool(flow, row.buffers, place) for place in places]
    return row


def buffer(stage: Stage) -> Buffer:
    model = Buffer()
    model.lots = cb.Store() if stage.places is None else cb.Store(capacity=stage.places)
    return model


def tool(flow: Flow, buffers: list[Buffer], place: int) -> Tool:
    stage, last = flow.stages[place], place + 1 == len(buffers)
    model = Tool()
    model.starved = int(place > 0 or flow.arrivals is not None)
    model.blocked = int(not last)
    model.fails = int(stage.up > 0)
    model.warmup = flow.warmup
    model.behind, model.ahead = buffers[place], buffers[place if last else place + 1]
    model.service = inputs.dist.exponential(mean=stage.service)
    model.up = inputs.dist.exponential(mean=stage.up or 1.0)
    model.repair = inputs.dist.exponential(mean=stage.repair or 1.0)
    return model


def run(flow: Flow, seed: int) -> Replication:
    """One replication, on one core."""
    row = build(flow)
    experiment = cb.Experiment(row, replications=1, window=cb.Window(duration=flow.horizon), seed=seed)
    began = perf_counter()
    results = experiment.run(workers=1, on_failure="raise")
    wall_s = perf_counter() - began
    compile_s = float(results.meta.compile.wall_time)
    first = [results[model] for model in row.tools[: flow.stages[0].tools]]
    last = [results[model] for model in row.tools[-flow.stages[-1].tools :]]
    loaded = sum(float(model.loaded.values[0, 0]) for model in first)
    return Replication(
        completions=int(sum(results[model].completions.values[0, 0] for model in row.tools)),
        out=int(sum(model.out.values[0, 0] for model in last)),
        wait=sum(float(model.wait.values[0, 0]) for model in first) / max(1.0, loaded),
        wall_s=wall_s - compile_s,
        compile_s=compile_s,
    )
