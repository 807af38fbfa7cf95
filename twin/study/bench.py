"""`twin bench`: the same documents in twin and in the peers installed beside it, in turn, on one core."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

import numpy as np

from twin.arrays.line import compile_line
from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.line import Line, read
from twin.results.figure import Floats, figure
from twin.results.measures import of_line, of_toolgroups
from twin.study.batch import world_bytes
from twin.study.bench_report import BenchReport, Entry, Known, deviation, machine_line, twin_version
from twin.study.peers import PEERS, Flow, Peer, PeerError, flow_of, installed
from twin.study.simulate import simulate

SLICE_S = 3.0  # stepping time a repeat of one engine on one model; a single replication may take longer
QUICK_SLICE_S = 0.5
REPEATS, QUICK_REPEATS = 5, 3
MOST_REPLICATIONS = 2000
DAY_S = 86_400.0

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Case:
    """A model to race on.

    model:   name in the library
    known:   its value in mean service times, None where nothing exact is known
    waiting: whether that value is the mean wait; throughput otherwise
    horizon: simulated time, None for the document's own
    quick:   the same for a quick look
    """

    model: str
    known: Known | None = None
    waiting: bool = False
    horizon: str | None = None
    quick: str | None = None

    @property
    def unit(self) -> str:
        """What the case is measured in."""
        if self.known is None:
            return "lot/d"
        return "mean service times" if self.waiting else "lot/mean service time"


CASES = (
    Case("bench/ten_stations", Known(0.76342, 0.00003)),
    Case("bench/ten_stations_failing", Known(0.55457, 0.00008)),
    Case("bench/three_tools", Known(2.7235, 0.00005), waiting=True),
    Case("fab/mini_fab"),
    Case("fab/smt2020_hvlm", horizon="180 d", quick="30 d"),
    Case("bench/wafers"),
    Case("bench/wafers_4"),
    Case("bench/wafers_15"),
)
WAFERS = 25
"""Units of a lot in the documents `bench/wafers*`."""


@dataclass(frozen=True)
class Sample:
    """What one engine did in one repeat.

    estimates: what each replication came to, in the case's unit   (replication,)
    """

    completions: int
    wall_s: float
    compile_s: float
    estimates: tuple[float, ...]
    state_b: int | None = None

    @property
    def per_s(self) -> float:
        return self.completions / self.wall_s


@dataclass(frozen=True)
class Engine:
    """Something that runs a case: (seed, replications) -> Sample."""

    name: str
    version: str
    run: Callable[[int, int], Sample]


def run(quick: bool = False, models: Sequence[str] | None = None, progress: Progress | None = None) -> BenchReport:
    """Race twin and its peers.

    quick:    shorter runs and fewer repeats, for a look
    models:   names of `CASES` to run, with or without their folder; all where None
    progress: told what is running
    """
    repeats = QUICK_REPEATS if quick else REPEATS
    slice_s = QUICK_SLICE_S if quick else SLICE_S
    cases = chosen(models)
    entries: list[Entry] = []
    notes: list[str] = []
    with ExitStack() as processes:
        peers = [processes.enter_context(peer) for peer in map(installed, PEERS) if peer is not None]
        for case in cases:
            line = read(case.model)
            engines = [twin_engine(case, line, case.quick if quick else case.horizon)]
            flow = flow_or_none(line)
            if flow is None:
                notes.append(f"{case.model}: in twin alone; the peers have been taught rows of stages only.")
            else:
                engines += [peer_engine(case, flow, peer) for peer in peers]
            raced, faults = race(case, engines, repeats, slice_s, progress or (lambda _: None))
            entries += raced
            notes += faults
    notes += quality_costs(entries)
    missing = [name for name in PEERS if name not in {peer.name for peer in peers}]
    if missing:
        notes.append(f"Not installed, so not run: {', '.join(missing)} (pip install 'twin[bench]').")
    notes.append("twin counts times by state, queues, waits, cycle times; the peers count lots and waits.")
    return BenchReport(tuple(entries), tuple(notes), machine_line(), repeats)


def quality_costs(entries: Sequence[Entry]) -> list[str]:
    """What laws at every step cost, from the same line without any: a sentence, none where not all three were run."""
    per_s = {entry.model: entry.per_s for entry in entries if entry.engine == "twin"}
    plain = per_s.get("bench/wafers")
    told = [
        f"{values} values {1e9 * (1 / per_s[model] - 1 / plain) / WAFERS:.0f} ns"
        for values, model in ((4, "bench/wafers_4"), (15, "bench/wafers_15"))
        if plain is not None and model in per_s
    ]
    return [f"Inline quality, a wafer and step, every lot's map kept: {', '.join(told)}."] if told else []


def chosen(models: Sequence[str] | None) -> list[Case]:
    """The cases of these names; a ValueError names those there are."""
    if models is None:
        return list(CASES)
    names = {key: case for case in CASES for key in (case.model, case.model.rpartition("/")[2])}
    unknown = [name for name in models if name not in names]
    if unknown:
        raise ValueError(
            f"no benchmark of {', '.join(map(repr, unknown))}; there are {', '.join(case.model for case in CASES)}"
        )
    return [names[name] for name in models]


def flow_or_none(line: Line) -> Flow | None:
    """The line as the peers run it, None where it says more than they have been taught."""
    try:
        return flow_of(line)
    except ValueError:
        return None


def race(
    case: Case, engines: Sequence[Engine], repeats: int, slice_s: float, progress: Progress
) -> tuple[list[Entry], list[str]]:
    """Run the engines in turn, so that a busy moment meets them all; the first is the reference.

    returns an entry for each engine that could run, a sentence for each that could not
    """
    started: list[tuple[Engine, Sample]] = []
    faults = []
    for engine in engines:
        progress(f"{case.model}: {engine.name}, first run")
        try:
            started.append((engine, engine.run(1, 1)))
        except PeerError as error:
            faults.append(f"{case.model}: {error}")
    samples: list[list[Sample]] = [[] for _ in started]
    for repeat in range(repeats):
        for k, (engine, pilot) in enumerate(started):
            progress(f"{case.model}: {engine.name}, repeat {repeat + 1} of {repeats}")
            replications = round(slice_s / max(pilot.wall_s, 1e-6))
            samples[k].append(engine.run(repeat + 2, min(MOST_REPLICATIONS, max(1, replications))))
    return [
        _entry(case, engine, own, samples[0], pilot.compile_s)
        for (engine, pilot), own in zip(started, samples, strict=True)
    ], faults


def twin_engine(case: Case, line: Line, horizon: str | None) -> Engine:
    """twin, on one thread."""
    state_b = world_bytes(compile_line(line))

    def sample(seed: int, replications: int) -> Sample:
        results = simulate(line, horizon=horizon, replications=replications, seed=seed, threads=1, device="cpu")
        return Sample(
            completions=int(results.totals.events.sum()),
            wall_s=results.timing.wall_s,
            compile_s=results.timing.compile_s,
            estimates=tuple(estimates(case, line, results.totals, results.names).tolist()),
            state_b=state_b,
        )

    return Engine("twin", twin_version(), sample)


def estimates(case: Case, line: Line, totals: Totals, names: Names) -> Floats:
    """What each replication came to: mean wait or throughput   (replication,)."""
    if case.known is None:
        return of_line(totals, list(range(len(names.products))))["throughput"]
    unit_d = flow_of(line).unit_s / DAY_S
    if case.waiting:
        return of_toolgroups(totals, names)["wait"][:, 0] / unit_d
    return of_line(totals, list(range(len(names.products))))["throughput"] * unit_d


def peer_engine(case: Case, flow: Flow, peer: Peer) -> Engine:
    """A peer, one replication after the other."""

    def sample(seed: int, replications: int) -> Sample:
        done = [peer.run(flow, seed * MOST_REPLICATIONS + k) for k in range(replications)]
        span = flow.horizon - flow.warmup
        return Sample(
            completions=sum(each.completions for each in done),
            wall_s=sum(each.wall_s for each in done),
            compile_s=sum(each.compile_s for each in done),
            estimates=tuple(each.wait if case.waiting else each.out / span for each in done),
        )

    return Engine(peer.name, peer.version, sample)


def _entry(case: Case, engine: Engine, own: Sequence[Sample], reference: Sequence[Sample], compile_s: float) -> Entry:
    values = np.array([value for sample in own for value in sample.estimates])
    estimate = figure(values, case.unit)
    if estimate is None:
        raise ValueError(f"{case.model}: no lot left the line within its horizon in {engine.name}")
    return Entry(
        model=case.model,
        engine=engine.name,
        version=engine.version,
        per_s=median(sample.per_s for sample in own),
        ratio=median(twin.per_s / peer.per_s for twin, peer in zip(reference, own, strict=True)),
        completions=sum(sample.completions for sample in own),
        replications=values.size,
        estimate=estimate,
        known=case.known,
        deviation=None if case.known is None else deviation(values, case.known),
        state_b=own[0].state_b,
        compile_s=compile_s,
    )
