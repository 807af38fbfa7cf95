"""Compare: a base and its scenarios on common random numbers; a line with changes for a time beside itself without."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from twin.line import Line, LineError, read
from twin.line.units import seconds
from twin.results import Comparison, Results
from twin.results.comparison import BASE, lots_out
from twin.study.batch import MAX_WIP
from twin.study.running import Progress
from twin.study.scenarios import Scenarios, refuse_late, scenarios_of, told
from twin.study.simulate import simulate_together

SAMPLES, DENSE_SAMPLES = 240, 960
"""Times at which a line with changes for a time is looked at unless asked for otherwise, and the most of them
where a change is short against the run."""
WITHIN = 8
"""Samples wanted within the shortest change."""
MOST_SAMPLES = 100_000
WITHOUT = "without the changes for a time"


def compare(
    line: Line | str, scenarios: Scenarios, *, horizon: str | float | None = None,
    warmup: str | float | None = None, replications: int | None = None, seed: int | None = None,
    device: str = "auto", threads: int | None = None, max_wip: int = MAX_WIP, progress: Progress | None = None,
    samples: int | None = None,
) -> Comparison:  # fmt: skip
    """Run a line and what-ifs of it on the same random numbers, and take the differences pair by pair.

    line:      a Line, or the name or path of a document
    scenarios: by name, what each changes: values by path ({"toolgroups.oven.tools": 3}, or "1 from 30 d to 35 d" for
               a time), a text `PATH=VALUE; PATH=VALUE`, or a whole Line; or texts `NAME: PATH=VALUE; ...`
    samples:   times at which WIP and output are looked at; left out: 240 to 960 where anything changes for a time,
               else none
    others:    as of `simulate`, for base and scenarios alike

    raises LineError with every fault of every scenario, also for a change that touches nothing; RunError, which
    names the scenario, where a line cannot go on
    """
    base = read(line) if isinstance(line, str) else line
    found = scenarios_of(base, scenarios)
    lines = {BASE: base, **{told(scenario.name): scenario.line for scenario in found}}
    horizon_s = _horizon(base, horizon)
    refuse_late(lines, horizon_s)
    results = simulate_together(
        lines, horizon=horizon, warmup=warmup, replications=replications, seed=seed, device=device,
        threads=threads, max_wip=max_wip, progress=progress, samples=_samples(lines, samples, horizon_s),
    )  # fmt: skip
    for run in results.values():
        _note_early_changes(run)
    return Comparison(
        results[BASE],
        {scenario.name: results[told(scenario.name)] for scenario in found},
        {scenario.name: scenario.changes for scenario in found},
    )


def simulate_over_time(
    line: Line, *, horizon: str | float | None = None, warmup: str | float | None = None,
    replications: int | None = None, seed: int | None = None, device: str = "auto", threads: int | None = None,
    max_wip: int = MAX_WIP, progress: Progress | None = None, samples: int | None = None,
    until: str | float | None = None, state: str | Path | None = None,
) -> Results:  # fmt: skip
    """As `simulate`, with WIP and output over time; a line with changes for a time runs beside itself without them.

    The results are those with the changes; `wip_trace` holds WIP and output of both, on the same random numbers, and
    `recovery` the answer. samples: as of `compare`
    """
    horizon_s = _horizon(line, horizon)
    refuse_late({line.line: line}, horizon_s)
    lines = {line.line: line}
    if line.transients:
        lines[WITHOUT] = line.model_copy(update={"transients": ()})
    results = simulate_together(
        lines, horizon=horizon, warmup=warmup, replications=replications, seed=seed, device=device,
        threads=threads, max_wip=max_wip, progress=progress, samples=_samples(lines, samples, horizon_s),
        until=until, state=state,
    )  # fmt: skip
    return over_time(results)


def over_time(results: Mapping[str, Results]) -> Results:
    """The first of the results, and beside it what the second, the line without its changes for a time, did."""
    found, normal = next(iter(results.values())), results.get(WITHOUT)
    _note_early_changes(found)
    if normal is not None and found.wip_trace is not None and normal.wip_trace is not None:
        found.wip_trace = replace(
            found.wip_trace, normal=normal.wip_trace.wip, normal_outs=normal.wip_trace.outs,
            out=lots_out(found) - lots_out(normal),
        )  # fmt: skip
    return found


def _note_early_changes(results: Results) -> None:
    """Say where a change for a time begins inside the warm-up."""
    early = [str(t) for t in results.line.transients if t.from_ < results.settings.warmup_s]
    if early:
        what = f"{'; '.join(early)}: begins inside the warm-up, which the figures leave out; WIP over time shows it."
        results.run_notes = (*results.run_notes, what)


def _horizon(line: Line, horizon: str | float | None) -> float:
    """Simulated time asked for [s]; a fault in it is told when the run begins."""
    try:
        return line.run.horizon if horizon is None else seconds(horizon) if isinstance(horizon, str) else horizon
    except ValueError as fault:
        raise LineError(f"horizon: {fault}") from None


def _samples(lines: Mapping[str, Line], asked: int | None, horizon_s: float) -> int:
    """How often to look: asked for, or as the changes for a time need it."""
    if asked is not None and not 0 <= asked <= MOST_SAMPLES:
        raise LineError(f"samples {asked}: write a whole number from 0 to {MOST_SAMPLES:,}")
    if asked is not None:
        return asked
    changes = [transient for line in lines.values() for transient in line.transients]
    if not changes:
        return 0
    shortest = min((horizon_s if t.to is None else min(t.to, horizon_s)) - t.from_ for t in changes)
    return min(DENSE_SAMPLES, max(SAMPLES, math.ceil(WITHIN * horizon_s / shortest)))
