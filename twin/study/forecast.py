"""What a line will do in the next hours: from the lots that are in it now and the tools that are down now."""

from __future__ import annotations

import os

import numpy as np

from twin.arrays import fields as f
from twin.arrays.line import compile_line
from twin.engine import RunError
from twin.line import Line, LineError, read
from twin.results.areas import AreaTrace, area_of_passages, areas_of
from twin.results.figure import Floats
from twin.results.forecast import HOUR_S, Forecast
from twin.study.batch import MAX_WIP
from twin.study.devices import compile_seconds
from twin.study.faults import span
from twin.study.running import Job, Progress, Run
from twin.study.simulate import run_settings, seconds_of

HOURS, SHIFT, REPLICATIONS = 72.0, "12 h", 32
MOST_SHIFTS = 10_000
LOG_ROWS = 1 << 10


def forecast(
    line: Line | str, *, hours: float = HOURS, shift: str | float = SHIFT, horizon: str | float | None = None,
    replications: int = REPLICATIONS, seed: int | None = None, device: str = "auto", threads: int | None = None,
    max_wip: int = MAX_WIP, progress: Progress | None = None,
) -> Forecast:  # fmt: skip
    """Run a line from its state now, `wip:` and `tool_states:`, and tell moves, lots out and when lots leave.

    line:         a Line, or the name or path of a document; time 0 is now
    hours:        how far moves and outs are told [h]
    shift:        moves are counted by shifts of this length, as "12 h" or in seconds; the last may be shorter
    horizon:      how far the lots are followed, not less than the hours; left out: the hours
    replications: worlds that differ only in their luck; others: as of `simulate`

    raises LineError for settings that make no sense, RunError where the line cannot go on
    """
    line = read(line) if isinstance(line, str) else line
    if not 0 < hours < float("inf"):
        raise LineError(f"hours {hours:g}: write a number above 0")
    told_s, shift_s = hours * HOUR_S, seconds_of("shift", shift, line.tick)
    if shift_s <= 0 or told_s / shift_s > MOST_SHIFTS:
        raise LineError(f"shift {span(shift_s)}: write a time above 0, and at most {MOST_SHIFTS:,} shifts in all")
    horizon_s = told_s if horizon is None else seconds_of("horizon", horizon, line.tick)
    if horizon_s < told_s:
        raise LineError(f"horizon {span(horizon_s)} is shorter than the {span(told_s)} to be told; write a longer one")
    settings = run_settings(line, horizon_s, 0.0, replications, seed, device)
    ends = [k * shift_s for k in range(int(np.ceil(told_s / shift_s - 1e-9)))]
    ticks = sorted({round(time / line.tick) for time in (*ends, told_s, horizon_s)})
    compiled = compile_line(line)
    compile_seconds(settings.device, compiled.rules)
    run = Run({"": compiled}, settings, threads or os.cpu_count() or 1, LOG_ROWS, max_wip, progress, tuple(ticks),
              log_what=f.LOG_OUT)  # fmt: skip
    job = run.jobs[0]
    job.area_of = area_of_passages(line, compiled.names)
    run.all_batches()
    if run.cut_short:
        raise RunError("stopped by the user before the forecast was done; ask for fewer replications or hours")
    told = ticks.index(round(told_s / line.tick)) + 1
    moves, lot_ticks = np.concatenate(job.moves)[:, :told], np.concatenate(job.ticks)[:, :told]
    trace = AreaTrace(
        areas_of(line), np.array(ticks[:told]) * line.tick, moves, (lot_ticks * line.tick).astype(np.float64)
    )
    outs, finish_s = _left(job, line, replications, told_s)
    return Forecast(line, settings, hours, trace, outs, finish_s)


def _left(job: Job, line: Line, worlds: int, told_s: float) -> tuple[Floats, Floats]:
    """Lots of each product out in the hours, and when each lot of the WIP left [s], from the log of lots that left."""
    outs, finish = np.zeros((worlds, len(line.products))), np.full((worlds, len(line.wip)), np.nan)
    for world, rows in job.log:
        assert job.layout is not None  # kept with the rows
        product = (rows[:, f.LOG_PRODUCT] - job.layout.product) // f.PRODUCT_FIELDS
        time_s = rows[:, f.LOG_TICK] * line.tick
        np.add.at(outs[world], product[time_s < told_s], 1.0)
        there = rows[:, f.LOG_SERIAL] >= f.WIP_SERIAL
        finish[world, rows[there, f.LOG_SERIAL] - f.WIP_SERIAL] = time_s[there]
    return outs, finish
