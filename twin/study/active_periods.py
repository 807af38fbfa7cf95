"""Active periods of a run's stations: replications are stepped again, and every change of a tool's state is told."""

from __future__ import annotations

import os

import numpy as np

from twin.arrays import fields as f
from twin.line import LineError
from twin.line.units import seconds
from twin.results import Results, ResultsError
from twin.results.along import stations
from twin.results.periods import UNITS, ActivePeriods, Ints, shifting
from twin.results.periods import active_periods as periods_of
from twin.results.settings import DAY_S
from twin.study.faults import span
from twin.study.replay import Replay, replay_of
from twin.study.running import Progress

MOST_REPLICATIONS = 8
MOST_S = 10 * DAY_S
"""How much of a long run is looked at unless asked otherwise [s]."""
WAITING = (f.STARVED, f.BLOCKED, f.NO_OPERATOR, f.OFF)


def active_periods(
    run: Results | str | os.PathLike[str], *, from_: str | float | None = None, to: str | float | None = None,
    replications: int | None = None, progress: Progress | None = None,
) -> ActivePeriods:  # fmt: skip
    """The bottleneck by active periods, over several replications of a run.

    run:          results, or the folder of a saved run; it is stepped again for this, exactly as it was
    from_, to:    times as "10 d" or in seconds; left out: the measured time, its first 10 days
    replications: how many, the first ones; left out: all, 8 at the most

    raises ResultsError for a folder that holds no run, replications that the run has not, and a time outside it
    """
    replay = replay_of(run, 1, progress)
    there = replay.settings.replications
    count = min(there, MOST_REPLICATIONS) if replications is None else replications
    if not 1 <= count <= there:
        raise ResultsError(f"replications {count}: the run has 1 to {there}")
    tick_s = replay.line.tick
    begins = replay.warmup if from_ is None else _tick(replay, "from", from_)
    most = min(replay.horizon, begins + round(MOST_S / tick_s))
    ends = most if to is None else _tick(replay, "to", to)
    if not 0 <= begins < ends <= replay.horizon:
        asked = f"from {span(begins * tick_s)} to {span(ends * tick_s)}"
        end = span(replay.settings.horizon_s)
        raise ResultsError(f"{asked}: write two times of the run in order, between 0 and {end}")
    groups = replay.line.toolgroups
    names = tuple(name for name in stations(replay.line) if groups[name].conveyor is None)
    found: dict[str, list[list[float]]] = {key: [] for key in UNITS}
    for number in range(1, count + 1):
        if number > 1:
            replay = replay_of(run, number, progress)
        periods = _periods(replay, names, begins, ends)
        sole, shared = (of / (ends - begins) for of in shifting(periods, begins, ends))
        lengths = [float((of[:, 1] - of[:, 0]).mean()) * tick_s / DAY_S if len(of) else np.nan for of in periods]
        rows = (sole.tolist(), shared.tolist(), (sole + shared).tolist(), lengths)
        for key, row in zip(UNITS, rows, strict=True):
            found[key].append(row)
    return ActivePeriods(
        names, begins * tick_s, ends * tick_s, {key: np.array(rows, dtype=np.float64) for key, rows in found.items()}
    )


def _tick(replay: Replay, what: str, time: str | float) -> int:
    """A time as a tick."""
    try:
        return round((seconds(time) if isinstance(time, str) else float(time)) / replay.line.tick)
    except ValueError as fault:
        raise LineError(f"{what} {time}: {fault}") from None


def _periods(replay: Replay, names: tuple[str, ...], begins: int, ends: int) -> list[Ints]:
    """Active periods of each station   (period, 2) each."""
    replay.restart(f.LOG_STATE)
    replay.log(0)
    replay.run_to(begins)
    replay.rows()  # those of time 0
    known = replay.compiled.names
    tools = [known.tools_of[known.toolgroups.index(name)] for name in names]
    state = replay.batch.worlds.tool[0, :, f.T_STATE].copy()
    replay.log(f.LOG_STATE)
    ticks, tool, to = _changes(replay, ends)
    found = []
    for of in tools:
        at = (tool >= of.start) & (tool < of.stop)
        waits = np.isin(to[at], WAITING).astype(np.int64)
        first = np.isin(state[of.start : of.stop], WAITING).astype(np.int64)
        change = np.subtract(waits, _before(np.subtract(tool[at], of.start), waits, first))
        waiting = int(first.sum()) + np.append(0, np.cumsum(change))
        found.append(periods_of(np.append(begins, ticks[at]), waiting, begins, ends))
    return found


def _before(tool: Ints, waits: Ints, first: Ints) -> Ints:
    """Whether each tool waited before each change, from what it did at its last one   (change,).

    first: whether it waited at the start   (tool,)
    """
    before = np.zeros(len(tool), dtype=np.int64)
    for k in range(len(first)):
        at = np.flatnonzero(tool == k)
        before[at] = np.append(int(first[k]), waits[at[:-1]]) if len(at) else 0
    return before


def _changes(replay: Replay, ends: int) -> tuple[Ints, Ints, Ints]:
    """Every change of a tool's state up to a tick: when, which tool, to which state   (change,) each."""
    where = replay.batch.worlds.layout.tool
    parts: list[tuple[Ints, Ints, Ints]] = []
    stride = max(1, (ends - replay.now) // 100)
    while replay.now < ends:
        replay.run_to(min(ends, replay.now + stride))
        rows = replay.rows()
        tool = (rows[:, f.LOG_TOOL] - where) // f.TOOL_FIELDS
        parts.append((rows[:, f.LOG_TICK], tool, rows[:, f.LOG_SERIAL]))
    ticks, tool, state = (np.concatenate(of) for of in zip(*parts, strict=True))
    return ticks, tool, state
