"""Compare: a base and its scenarios on common random numbers; a line with changes for a time beside itself without."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from twin.engine import RunError
from twin.line import Line, LineError, read
from twin.line.units import seconds
from twin.results import Comparison, Results
from twin.results.comparison import BASE, lots_out
from twin.study.batch import MAX_WIP
from twin.study.scenarios import Given, refuse_late, scenarios_of
from twin.study.simulate import Progress, simulate

SAMPLES = 240
"""Times at which the WIP of a line with changes for a time is looked at, unless asked for otherwise."""
MOST_SAMPLES = 100_000
WITHOUT = "without the changes for a time"


def compare(
    line: Line | str, scenarios: Mapping[str, Given] | Iterable[str], *, horizon: str | float | None = None,
    warmup: str | float | None = None, replications: int | None = None, seed: int | None = None,
    device: str = "auto", threads: int | None = None, max_wip: int = MAX_WIP, progress: Progress | None = None,
    samples: int | None = None,
) -> Comparison:  # fmt: skip
    """Run a line and what-ifs of it on the same random numbers, and take the differences pair by pair.

    line:      a Line, or the name or path of a document
    scenarios: by name, what each changes: values by path ({"toolgroups.oven.tools": 3}, or "1 from 30 d to 35 d" for
               a time), a text `PATH=VALUE; PATH=VALUE`, or a whole Line; or texts `NAME: PATH=VALUE; ...`
    samples:   times at which the WIP is looked at; left out: 240 where anything changes for a time, else none
    others:    as of `simulate`, for base and scenarios alike

    raises LineError with every fault of every scenario, also for a change that touches nothing; RunError, which
    names the scenario, where a line cannot go on
    """
    base = read(line) if isinstance(line, str) else line
    found = scenarios_of(base, scenarios)
    lines = {BASE: base, **{scenario.name: scenario.line for scenario in found}}
    refuse_late(lines, _horizon(base, horizon))
    results = _together(
        lines, horizon=horizon, warmup=warmup, replications=replications, seed=seed, device=device,
        threads=threads, max_wip=max_wip, progress=progress, samples=_samples(lines, samples),
    )  # fmt: skip
    return Comparison(results.pop(BASE), results, {scenario.name: scenario.changes for scenario in found})


def simulate_beside_normal(
    line: Line, *, horizon: str | float | None = None, warmup: str | float | None = None,
    replications: int | None = None, seed: int | None = None, device: str = "auto", threads: int | None = None,
    max_wip: int = MAX_WIP, progress: Progress | None = None, samples: int | None = None,
) -> Results:  # fmt: skip
    """As `simulate`, of a line with changes for a time, and of the same line without them on the same random numbers.

    The results are those with the changes; `wip_trace` holds the WIP of both, and `recovery` the answer.
    """
    refuse_late({line.line: line}, _horizon(line, horizon))
    lines = {line.line: line, WITHOUT: line.model_copy(update={"transients": ()})}
    results = _together(
        lines, horizon=horizon, warmup=warmup, replications=replications, seed=seed, device=device,
        threads=threads, max_wip=max_wip, progress=progress, samples=_samples(lines, samples),
    )  # fmt: skip
    found, normal = results[line.line], results[WITHOUT]
    if found.wip_trace is not None and normal.wip_trace is not None:
        out = lots_out(found) - lots_out(normal)
        found.wip_trace = replace(found.wip_trace, normal=normal.wip_trace.wip, out=out)
    return found


def _horizon(line: Line, horizon: str | float | None) -> float:
    """Simulated time asked for [s]; a fault in it is told when the run begins."""
    try:
        return line.run.horizon if horizon is None else seconds(horizon) if isinstance(horizon, str) else horizon
    except ValueError as fault:
        raise LineError(f"horizon: {fault}") from None


def _samples(lines: Mapping[str, Line], asked: int | None) -> int:
    """How often to look at the WIP."""
    if asked is None:
        return SAMPLES if any(line.transients for line in lines.values()) else 0
    if not 0 <= asked <= MOST_SAMPLES:
        raise LineError(f"samples {asked}: write a whole number from 0 to {MOST_SAMPLES:,}")
    return asked


def _together(
    lines: Mapping[str, Line], *, horizon: str | float | None, warmup: str | float | None, replications: int | None,
    seed: int | None, device: str, threads: int | None, max_wip: int, progress: Progress | None, samples: int = 0,
) -> dict[str, Results]:  # fmt: skip
    """Run every line with the same settings, those left out being the first line's own, on the same random numbers."""
    first = next(iter(lines.values()))
    asked = first.with_run(horizon=horizon, warmup=warmup, replications=replications, seed=seed).run
    found: dict[str, Results] = {}
    lots = 0
    for k, (name, line) in enumerate(lines.items()):
        if line.transients:
            raise RunError(f"{name}: changes for a time cannot be run")

        def tell(share: float, lots_out: int, simulated_s: float, k: int = k, before: int = lots) -> None:
            if progress is not None:
                progress((k + share) / len(lines), before + lots_out, simulated_s)

        try:
            results = simulate(
                line, horizon=asked.horizon, warmup=asked.warmup, replications=asked.replications, seed=asked.seed,
                device=device, threads=threads, max_wip=max_wip, progress=tell,
            )  # fmt: skip
        except RunError as error:
            raise RunError(f"{name}: {error}") from None
        found[name] = results
        lots += int(lots_out(results).sum())
    return found
