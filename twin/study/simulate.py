"""Run a line: compile it, step its worlds, add them up."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from twin.arrays import fields as f
from twin.arrays.compiled import Compiled
from twin.arrays.line import compile_line
from twin.arrays.ranks import own_rules
from twin.line import Line, LineError, read
from twin.line.context import reading_with
from twin.line.units import seconds
from twin.results import Results, Settings, Timing
from twin.results.wip_trace import WipTrace
from twin.study.batch import MAX_WIP, join_totals
from twin.study.devices import choose_device, compile_seconds
from twin.study.faults import span
from twin.study.running import Job, Progress, Run

LOG_ROWS = 1 << 16
"""Rows of the event log a world keeps between two drains."""
Rules = Mapping[str, str | Callable[..., Any] | Sequence[str | Callable[..., Any]]]
"""Dispatch rules by toolgroup, names and functions, ranked."""


def simulate(
    line: Line | str, *, horizon: str | float | None = None, warmup: str | float | None = None,
    replications: int | None = None, seed: int | None = None, device: str = "auto", threads: int | None = None,
    rules: Rules | None = None, log: bool = False, max_wip: int = MAX_WIP, samples: int = 0,
    progress: Progress | None = None,
) -> Results:  # fmt: skip
    """Run a line and measure it.

    line:         a Line, or the name or path of a document
    horizon:      simulated time, the warm-up inside it, as "365 d" or in seconds; left out: the document's
    warmup:       time at the start that the figures leave out, likewise
    replications: worlds that differ only in their luck; seed: which luck
    device:       `cpu`, `gpu`, or `auto`
    threads:      cores to use, left out: all; the results do not depend on it
    rules:        dispatch rules of your own by toolgroup: `{"litho": ["priority", my_score]}`, where
                  `my_score(lot, tool, state)` returns a whole number, the smaller going first
    log:          keep every event, as `results.log`
    max_wip:      lots in the line after which the run is taken to be overloaded
    samples:      times at which to look at the lots in the line and out of it, evenly over the horizon, as
                  `results.wip_trace`
    progress:     called a few times a second

    raises LineError for settings that make no sense, RunError where the line cannot go on (deadlock, overload) or a
    rule cannot be used
    """
    if isinstance(line, str):
        line = read(line)
    if rules:
        line = line.with_rules(rules)
    return _simulated(
        {"": line}, _settings(line, horizon, warmup, replications, seed, device), threads, LOG_ROWS if log else 0,
        max_wip, samples, progress,
    )[""]  # fmt: skip


def simulate_together(
    lines: Mapping[str, Line], *, horizon: str | float | None = None, warmup: str | float | None = None,
    replications: int | None = None, seed: int | None = None, device: str = "auto", threads: int | None = None,
    max_wip: int = MAX_WIP, samples: int = 0, progress: Progress | None = None,
) -> dict[str, Results]:  # fmt: skip
    """Run several lines on the same luck in one batch of worlds; the names are what errors call them.

    lines: with one tick; settings left out are the first line's. The rest is as in `simulate`.

    raises LineError, RunError, which names the line it stopped in
    """
    first = next(iter(lines.values()))
    for name, line in lines.items():
        if line.tick != first.tick:
            raise LineError(f"{name}: has a tick of {line.tick:g} s, the others {first.tick:g} s; write one for all")
    settings = _settings(first, horizon, warmup, replications, seed, device)
    return _simulated(lines, settings, threads, 0, max_wip, samples, progress)


def _simulated(
    lines: Mapping[str, Line], settings: Settings, threads: int | None, log_rows: int, max_wip: int, samples: int,
    progress: Progress | None,
) -> dict[str, Results]:  # fmt: skip
    """Compile the lines, run them, and put what they did into results."""
    rules = own_rules(lines.values())
    compiled = {name: compile_line(line, rules) for name, line in lines.items()}
    compile_s = compile_seconds(settings.device, rules)
    looks = _samples(settings, next(iter(lines.values())), compiled.values(), samples)
    run = Run(compiled, settings, threads or os.cpu_count() or 1, log_rows, max_wip, progress, looks)
    run.all_batches()
    return {
        job.name: _results(job, line, run, compile_s)
        for job, line in zip(run.jobs, lines.values(), strict=True)
    }


def _results(job: Job, line: Line, run: Run, compile_s: float) -> Results:
    totals = join_totals(job.totals)
    settings = replace(run.settings, model=line.line)
    if run.cut_short:
        settings = replace(
            settings, horizon_s=totals.horizon_ticks * line.tick,
            warmup_s=(totals.horizon_ticks - totals.span_ticks) * line.tick, replications=totals.events.size,
        )  # fmt: skip
    results = Results(
        line=line,
        names=job.compiled.names,
        totals=totals,
        settings=settings,
        timing=Timing(wall_s=run.wall_s, compile_s=compile_s),
        notes=tuple(job.notes),
    )
    if run.samples:
        results.wip_trace = WipTrace(
            np.array(run.samples) * line.tick, np.concatenate(job.wip), outs=np.concatenate(job.outs)
        )
    if run.log_rows:
        from twin.results.log import log_frame

        results.log = log_frame(job.log, job.compiled.names, job.layout)
    return results


def _samples(
    settings: Settings, line: Line, compiled: Iterable[Compiled], count: int
) -> tuple[int, ...]:
    """Ticks at which to look: evenly from the start to the horizon, and where a line changes for a time."""
    if count == 0:
        return ()
    horizon = round(settings.horizon_s / line.tick)
    even = np.linspace(0, horizon, count + 1).round().astype(np.int64).tolist()
    changes = [tick for one in compiled for tick, _ in one.later if tick < horizon]
    return tuple(sorted({*even, *changes}))


def _settings(
    line: Line, horizon: str | float | None, warmup: str | float | None, replications: int | None,
    seed: int | None, device: str,
) -> Settings:  # fmt: skip
    """The document's run settings with what was asked for in their place.

    raises LineError
    """
    horizon_s = line.run.horizon if horizon is None else _seconds("horizon", horizon, line.tick)
    warmup_s = line.run.warmup if warmup is None else _seconds("warmup", warmup, line.tick)
    if warmup is None and horizon is not None and warmup_s >= horizon_s:
        raise LineError(
            f"horizon {span(horizon_s)} is not beyond the document's warm-up of {span(warmup_s)}; "
            "ask for a longer horizon or a shorter warm-up"
        )
    if not 0 <= warmup_s < horizon_s:
        raise LineError(f"warm-up {span(warmup_s)} must be shorter than the horizon {span(horizon_s)}")
    if horizon_s / line.tick >= f.MAX_TICK:
        raise LineError(
            f"horizon {span(horizon_s)} is more than 2^37 ticks of {line.tick:g} s; write a coarser `tick:`"
        )
    count = line.run.replications if replications is None else replications
    if count < 1:
        raise LineError(f"replications {count}: at least 1 is needed")
    luck = line.run.seed if seed is None else seed
    if not 0 <= luck < 1 << 62:
        raise LineError(f"seed {luck} must be a whole number from 0 to 2^62 - 1")
    chosen = choose_device(device)
    return Settings(line.line, horizon_s, warmup_s, count, luck, chosen)


def _seconds(name: str, value: str | float, tick: float) -> float:
    """A time of the run [s]; how long it may be depends on the line's tick [s]."""
    try:
        with reading_with(tick=tick):
            return seconds(value) if isinstance(value, str) else float(value)
    except ValueError as fault:
        raise LineError(f"{name}: {fault}") from None
