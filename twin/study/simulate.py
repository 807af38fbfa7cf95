"""Run a line: compile it, step its worlds, add them up."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
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
from twin.results.areas import AreaTrace, area_of_passages, areas_of
from twin.results.settings import DAY_S
from twin.results.wip_trace import WipTrace
from twin.study.batch import MAX_WIP, join_totals
from twin.study.devices import choose_device, compile_seconds
from twin.study.energy_meter import quarter_ticks, weights_of
from twin.study.faults import span
from twin.study.running import Job, Progress, Run

LOG_ROWS = 1 << 16
"""Rows of the event log a world keeps between two drains."""
Rules = Mapping[str, str | Callable[..., Any] | Sequence[str | Callable[..., Any]]]
"""Dispatch rules by toolgroup, names and functions, ranked."""


def simulate(
    line: Line | str, *, horizon: str | float | None = None, warmup: str | float | None = None,
    replications: int | None = None, seed: int | None = None, device: str = "auto", threads: int | None = None,
    rules: Rules | None = None, log: bool = False, visits: bool = False, max_wip: int = MAX_WIP, samples: int = 0,
    progress: Progress | None = None, until: str | float | None = None, state: str | Path | None = None,
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
    visits:       keep which lot was loaded where, after which wait and how many units, at steps with a process law: so
                  losses can be told by tool, and wafer maps name what caused them
    max_wip:      lots in the line after which the run is taken to be overloaded
    samples:      times at which to look at the lots in the line and out of it, evenly over the horizon, as
                  `results.wip_trace`, and at what each area has done, as `results.areas_over_time`
    progress:     called a few times a second
    until:        hold there, as "200 d" or in seconds, short of the horizon, and write the run to the file `state`;
                  `twin.study.resume.resume` goes on from it. The results are those of the time so far

    raises LineError for settings that make no sense, ResultsError where no state can be written, RunError where the
    line cannot go on (deadlock, overload) or a rule cannot be used
    """
    if isinstance(line, str):
        line = read(line)
    if rules:
        line = line.with_rules(rules)
    return _simulated(
        {"": line}, run_settings(line, horizon, warmup, replications, seed, device), threads, LOG_ROWS if log else 0,
        max_wip, samples, progress, until, state, visits,
    )[""]  # fmt: skip


def simulate_together(
    lines: Mapping[str, Line], *, horizon: str | float | None = None, warmup: str | float | None = None,
    replications: int | None = None, seed: int | None = None, device: str = "auto", threads: int | None = None,
    max_wip: int = MAX_WIP, samples: int = 0, progress: Progress | None = None,
    until: str | float | None = None, state: str | Path | None = None,
) -> dict[str, Results]:  # fmt: skip
    """Run several lines on the same luck in one batch of worlds; the names are what errors call them.

    lines: with one tick; settings left out are the first line's. The rest is as in `simulate`.

    raises LineError, RunError, which names the line it stopped in
    """
    first = next(iter(lines.values()))
    for name, line in lines.items():
        if line.tick != first.tick:
            raise LineError(f"{name}: has a tick of {line.tick:g} s, the others {first.tick:g} s; write one for all")
    settings = run_settings(first, horizon, warmup, replications, seed, device)
    return _simulated(lines, settings, threads, 0, max_wip, samples, progress, until, state)


def daily(line: Line, horizon: str | float | None = None) -> int:
    """Samples for one look a day over a horizon, the document's if left out; for a horizon of part of a day: one.

    raises LineError
    """
    horizon_s = line.run.horizon if horizon is None else seconds_of("horizon", horizon, line.tick)
    return max(1, round(horizon_s / DAY_S))


def _simulated(
    lines: Mapping[str, Line], settings: Settings, threads: int | None, log_rows: int, max_wip: int, samples: int,
    progress: Progress | None, until: str | float | None, state: str | Path | None, visits: bool = False,
) -> dict[str, Results]:  # fmt: skip
    """Compile the lines, run them, and put what they did into results."""
    hold = hold_at(until, state, settings, next(iter(lines.values())).tick)
    rules = own_rules(lines.values())
    compiled = {name: compile_line(line, rules) for name, line in lines.items()}
    compile_s = compile_seconds(settings.device, rules)
    looks = _samples(settings, next(iter(lines.values())), compiled.values(), samples)
    what = f.LOG_EVENTS | (f.LOG_VISIT if visits else 0)
    run = Run(compiled, settings, threads or os.cpu_count() or 1, log_rows, max_wip, progress, looks, hold, what)
    look_at_areas(run, lines)
    read_power(run, lines)
    run.all_batches()
    keep_state(run, lines, state)
    return results_of(run, lines, compile_s)


def look_at_areas(run: Run, lines: Mapping[str, Line]) -> None:
    """Have a run note what each area does at its looks; of several lines only WIP and output are compared over time."""
    if run.samples and len(lines) == 1:
        (job,), (line,) = run.jobs, lines.values()
        job.area_of = area_of_passages(line, job.compiled.names)


def read_power(run: Run, lines: Mapping[str, Line]) -> None:
    """Have a run read the energy of lines that say their power every quarter of an hour."""
    for job, line in zip(run.jobs, lines.values(), strict=True):
        job.weights, job.quarter = weights_of(line, job.compiled.names), quarter_ticks(line)


def hold_at(
    until: str | float | None, state: str | Path | None, settings: Settings, tick_s: float, after: int = 0
) -> int | None:
    """The tick at which a run is to hold and be saved; None where it runs to its horizon.

    after: tick at which it stands

    raises LineError for a time that makes no sense, ResultsError where the state cannot be written
    """
    if state is None:
        if until is not None:
            raise LineError(f"until {until}: the run is to hold there; name the file to save it in as `state`")
        return None
    from twin.study.state import check_place

    check_place(state)
    if until is None:
        raise LineError(f"state {state}: when the run is to be saved is missing; write `until`, such as 200 d")
    seconds_to = seconds_of("until", until, tick_s)
    hold = round(seconds_to / tick_s)
    if not after < hold < round(settings.horizon_s / tick_s):
        raise LineError(
            f"until {span(seconds_to)} must lie between {span(after * tick_s)}, where the run stands, and its horizon "
            f"{span(settings.horizon_s)}"
        )
    return hold


def keep_state(run: Run, lines: Mapping[str, Line], state: str | Path | None) -> None:
    """Write a run that holds to its file. One that was stopped before is not written, and its notes say so."""
    if state is None:
        return
    if run.cut_short:
        note = f"stopped before the time at which it was to be saved: {state} was not written"
    else:
        from twin.study.state import save

        save(state, run, lines)
        note = f"the figures hold the time up to {span(run.until * run.tick_s)}, where the run was saved in {state}"
    for job in run.jobs:
        job.notes.append(note)


def results_of(run: Run, lines: Mapping[str, Line], compile_s: float) -> dict[str, Results]:
    """What the lines of a run did, by name."""
    return {
        job.name: _results(job, line, run, compile_s)
        for job, line in zip(run.jobs, lines.values(), strict=True)
    }


def _results(job: Job, line: Line, run: Run, compile_s: float) -> Results:
    totals = join_totals(job.totals)
    settings = replace(run.settings, model=line.line)
    if run.cut_short or run.held:
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
    if run.samples and not run.held:
        results.wip_trace = WipTrace(
            np.array(run.samples) * line.tick, np.concatenate(job.wip), outs=np.concatenate(job.outs)
        )
        results.area_trace = _area_trace(job, line, run)
    if run.log_rows:
        from twin.results.log import log_frame

        results.log = log_frame(job.log, job.compiled.names, job.layout)
    return results


def _area_trace(job: Job, line: Line, run: Run) -> AreaTrace | None:
    if job.area_of is None:
        return None
    lot_s = (np.concatenate(job.ticks) * line.tick).astype(np.float64)
    return AreaTrace(areas_of(line), np.array(run.samples) * line.tick, np.concatenate(job.moves), lot_s)


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


def run_settings(
    line: Line, horizon: str | float | None, warmup: str | float | None, replications: int | None,
    seed: int | None, device: str,
) -> Settings:  # fmt: skip
    """The document's run settings with what was asked for in their place.

    raises LineError
    """
    horizon_s = line.run.horizon if horizon is None else seconds_of("horizon", horizon, line.tick)
    warmup_s = line.run.warmup if warmup is None else seconds_of("warmup", warmup, line.tick)
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


def seconds_of(name: str, value: str | float, tick: float) -> float:
    """A time of the run [s]; how long it may be depends on the line's tick [s]."""
    try:
        with reading_with(tick=tick):
            return seconds(value) if isinstance(value, str) else float(value)
    except ValueError as fault:
        raise LineError(f"{name}: {fault}") from None
