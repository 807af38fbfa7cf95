"""Going on with a run that was saved in the middle."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from twin.arrays.line import compile_line
from twin.arrays.ranks import own_rules
from twin.results import Results
from twin.study.compare import over_time
from twin.study.devices import choose_device, compile_seconds
from twin.study.running import Progress, Run
from twin.study.simulate import hold_at, keep_state, look_at_areas, read_power, results_of
from twin.study.state import load


def resume(
    saved: str | Path, *, until: str | float | None = None, state: str | Path | None = None, device: str = "auto",
    threads: int | None = None, progress: Progress | None = None,
) -> Results:  # fmt: skip
    """Go on with a run that `simulate(..., until=..., state=...)` saved, to its horizon.

    The results are those of a run that was never interrupted, to the last bit; `timing.wall_s` counts both parts.

    saved:   the file
    until:   hold again there, as "300 d" or in seconds, later than before and short of the horizon, and write the run
             to the file `state`, which may be the same
    others:  as of `simulate`

    raises ResultsError for a file that is no saved run, damaged, or of another version; else as `simulate`
    """
    found = load(saved)
    settings = replace(found.settings, device=choose_device(device))
    hold = hold_at(until, state, settings, next(iter(found.lines.values())).tick, after=found.tick)
    rules = own_rules(found.lines.values())
    compiled = {name: compile_line(line, rules) for name, line in found.lines.items()}
    compile_s = compile_seconds(settings.device, rules)
    run = Run(
        compiled, settings, threads or os.cpu_count() or 1, found.log_rows, found.max_wip, progress, found.samples, hold
    )
    look_at_areas(run, found.lines)
    read_power(run, found.lines)
    run.wall_s = found.wall_s
    run.all_batches(found.continuations(run))
    keep_state(run, found.lines, state)
    return over_time(results_of(run, found.lines, compile_s))
