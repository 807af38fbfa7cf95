"""Why a station was in its state at a moment: the run is stepped again to there, exactly, and the world is asked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, overload

import numpy as np

from twin.arrays import fields as f
from twin.engine import RunError
from twin.line import LineError, read
from twin.line.faults import did_you_mean
from twin.results import Results, ResultsError, record
from twin.results.comparison_record import is_comparison
from twin.results.moments import moment, seconds_at
from twin.results.why import UNDER_WAY, Why
from twin.study.causes import chain_of
from twin.study.replay import Replay, replay_of
from twin.study.sight import Sight

if TYPE_CHECKING:
    from pathlib import Path

    from twin.line import Line
    from twin.results.lost_time import LostTime
    from twin.study.running import Progress

LOST = (f.STARVED, f.BLOCKED)
STOOD_STILL = (f.DEADLOCK,)
"""How a world may stand for good; it can be asked all the same."""


@overload
def why(
    run: Results | Line | str | Path, station: str, at: str | float, replication: int = ..., *,
    seed: int | None = ..., progress: Progress | None = ...,
) -> Why: ...  # fmt: skip
@overload
def why(
    run: Results | Line | str | Path, station: str, at: None = ..., replication: int = ..., *,
    seed: int | None = ..., progress: Progress | None = ...,
) -> LostTime: ...  # fmt: skip
def why(
    run: Results | Line | str | Path, station: str, at: str | float | None = None, replication: int = 1, *,
    seed: int | None = None, progress: Progress | None = None,
) -> Why | LostTime:  # fmt: skip
    """Why a station was in its state at a moment: who blocks or starves whom, back to the cause.

    run:     results, the folder of a saved run, or a line; it is stepped again for this, exactly as it was
    station: a toolgroup, or one of its tools as `weld/2`; of a toolgroup the tool that is most in the way is told
    at:      the moment, as "3 d 04:12:07", "76.2 h" or in seconds; all that is due at it has happened. Left out: what
             the station's lost time goes back to over all replications (`twin.study.lost_time.lost_time`)
    seed:    of a line; left out: the document's

    raises ResultsError for a station or a replication that there is not, LineError for a time outside the run
    """
    if at is None:
        from twin.study.lost_time import lost_time

        return lost_time(run, station, seed=seed, progress=progress)
    replay = replay_for(run, replication, seed, progress)
    tools = tools_called(replay, station)
    tick = tick_at(replay, at)
    replay.tell_as(0.0, 0.5, tick)
    sight = look_at(replay, tick)
    tool = tools[0] if len(tools) == 1 else first_to_blame(sight, tools)
    found = told(replay, sight, tool, tick, station, tools)
    since = sight.since(tool)
    if sight.tools[tool, f.T_STATE] in LOST and since < tick and found.end in UNDER_WAY:
        replay.restart()
        replay.tell_as(0.5, 1.0, since)
        earlier = look_at(replay, since)
        began = told(replay, earlier, tool, since, station)
        otherwise = (began.end, began.chain[-1].who) != (found.end, found.chain[-1].who)
        if otherwise and began.chain[0].cause == found.chain[0].cause:
            found = Why(**(vars(found) | {"began": began}))
    return found


def told(
    replay: Replay, sight: Sight, tool: int, tick: int, station: str, beside: list[int] | None = None
) -> Why:
    """The chain of a tool in a world as it stands.

    beside: tools to tell the state of as well
    """
    chain, end = chain_of(sight, tool)
    others = tuple((sight.names.tool(one), sight.state(one)) for one in beside or () if one != tool)
    return Why(station, replay.replication, tick, sight.names.tick_s, chain, end, others)


def look_at(replay: Replay, tick: int) -> Sight:
    """The world of a replication after all that is due at a tick, or as it stands still for good before that."""
    try:
        replay.run_to(min(tick + 1, replay.horizon))
    except RunError:
        if replay.memory[f.C_STATUS] not in STOOD_STILL:
            raise
    return Sight(replay.compiled, replay.batch.worlds, line=replay.line)


def first_to_blame(sight: Sight, tools: list[int]) -> int:
    """Of several tools of a toolgroup the one that is to be told: it does not work, and that the longest."""
    order = {f.OFF: 2, f.PRODUCTIVE: 1}
    return min(tools, key=lambda tool: (order.get(int(sight.tools[tool, f.T_STATE]), 0), sight.since(tool), tool))


def replay_for(
    run: Results | Line | str | os.PathLike[str], replication: int, seed: int | None = None,
    progress: Progress | None = None,
) -> Replay:  # fmt: skip
    """A replication of a run, of a saved run, or of a line with the settings of its document."""
    if isinstance(run, Results) or (isinstance(run, str | os.PathLike) and (record.is_run(run) or is_comparison(run))):
        if seed is not None:
            raise LineError(f"seed {seed}: the run has its own; leave it out, or name the line instead of the run")
        return replay_of(run, replication, progress)
    from twin.study.simulate import run_settings

    line = read(str(run)) if isinstance(run, str | os.PathLike) else run
    settings = run_settings(line, None, None, max(replication, line.run.replications), seed, "cpu")
    return Replay(line, settings, replication, progress)


def tools_called(replay: Replay, station: str) -> list[int]:
    """The tools of a station: of a toolgroup all of them, of `weld/2` the second.

    raises ResultsError for a name that no station has, and for a pure delay
    """
    names = replay.compiled.names
    tools = {names.tool(k): k for k in range(len(names.tool_group))}
    if station in names.toolgroups:
        found = list(names.tools_of[names.toolgroups.index(station)])
        if not found:
            what = "a store" if replay.line.toolgroups[station].is_store else "a pure delay"
            raise ResultsError(f"{station!r} is {what}: it has no tools that could be busy or idle")
        return found
    group, _, number = station.rpartition("/")
    if group in names.toolgroups:
        own = names.tools_of[names.toolgroups.index(group)]
        if number.isdecimal() and 1 <= int(number) <= len(own):
            return [own[int(number) - 1]]
        raise ResultsError(f"the line has no tool {station!r}; {group} has {len(own)} of them, numbered from 1")
    raise ResultsError(f"the line has no station {station!r}; {did_you_mean(station, [*names.toolgroups, *tools])}")


def tick_at(replay: Replay, at: str | float, what: str = "at") -> int:
    """A moment of a run as a tick; what: what errors call it.

    raises LineError
    """
    tick_s = replay.line.tick
    try:
        time = seconds_at(at, tick_s) if isinstance(at, str) else float(at)
    except ValueError as fault:
        raise LineError(f"{what} {at}: {fault}") from None
    end = replay.settings.horizon_s
    if not np.isfinite(time) or not 0 <= time <= end:
        raise LineError(f"{what} {at}: the run goes from 0 to {moment(end)}; write a time between them")
    return round(time / tick_s)
