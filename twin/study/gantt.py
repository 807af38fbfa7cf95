"""A toolgroup's Gantt: the run is stepped again, and inside the time asked for event by event."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import numpy as np

from twin.arrays import fields as f
from twin.line import LineError
from twin.line.faults import did_you_mean
from twin.line.units import seconds
from twin.results import Results, ResultsError
from twin.results.gantt import Bar, Gantt
from twin.results.lot_names import name_of
from twin.results.measures import STATES
from twin.study.faults import span
from twin.study.replay import Ints, Replay, replay_of
from twin.study.running import Progress

TELLING = [f.T_STATE, f.T_LOT, f.T_LOTS, f.T_PASSES, f.T_STUCK]
"""Columns of a tool of which one is another when its state or its lots are."""

Held = tuple[tuple[str, str, str], ...]
"""Lot, product and step of the lots on a tool, by their numbers."""


def gantt(
    run: Results | str | os.PathLike[str], toolgroup: str, *, from_: str | float | None = None,
    to: str | float | None = None, replication: int = 1, progress: Progress | None = None,
) -> Gantt:  # fmt: skip
    """What each tool of a toolgroup did: states, lots, when.

    run:       results, or the folder of a saved run; it keeps no log and is stepped again for this, exactly as it was
    from_, to: times as "10 d" or in seconds; left out: the measured time, so that the times in each state are those
               of the run's totals, to the tick

    raises ResultsError for a toolgroup or a replication that the run has not, a time outside it, and a folder that
    holds no run
    """
    replay = replay_of(run, replication, progress)
    names = replay.compiled.names
    if toolgroup not in names.toolgroups:
        raise ResultsError(f"the line has no toolgroup {toolgroup!r}; {did_you_mean(toolgroup, names.toolgroups)}")
    tools = names.tools_of[names.toolgroups.index(toolgroup)]
    if not tools:
        raise ResultsError(f"toolgroup {toolgroup!r} is a pure delay: it has no tools that could be busy or idle")
    begins = replay.warmup if from_ is None else _tick(replay, "from", from_)
    ends = replay.horizon if to is None else _tick(replay, "to", to)
    if not 0 <= begins < ends <= replay.horizon:
        asked = f"from {span(begins * names.tick_s)} to {span(ends * names.tick_s)}"
        end = span(replay.settings.horizon_s)
        raise ResultsError(f"{asked}: write two times of the run in order, between 0 and {end}")
    drawn = _watched(replay, tools, begins, ends)
    return Gantt(
        model=replay.settings.model, toolgroup=toolgroup, replication=replication,
        tools=tuple(names.tool(k) for k in tools), begins=begins, ends=ends, tick_s=names.tick_s,
        bars=tuple(bar for bars in drawn.bars for bar in bars),
    )  # fmt: skip


def _watched(replay: Replay, tools: range, begins: int, ends: int) -> _Watched:
    """The tools from one tick to another.

    The time between two rows of the log about the tools is stepped through at once. Should the bars then not add up to
    what the engine has booked, some change was not in the log, and every event is looked at.
    """
    replay.restart(f.LOG_EVENTS)
    replay.log(0)
    replay.tell_as(0.0, 0.5, ends)
    replay.run_to(begins)
    start = replay.batch
    drawn = _Watched(replay, tools)
    ticks = replay.ticks_of(drawn.first, drawn.last, ends)
    replay.tell_as(0.5, 1.0, ends)
    for jumping in (True, False):
        replay.batch = start.branch()
        drawn = _Watched(replay, tools)
        before = drawn.booked(begins)
        drawn.look(begins)
        while replay.now < ends:
            if jumping:
                replay.run_to(min(ends, drawn.quiet_until(ticks)))
            tick = replay.to_next_event(ends)
            if drawn.changed():
                drawn.look(tick)
        drawn.close(ends)
        if np.array_equal(drawn.added_up(), drawn.booked(ends) - before):
            break
    return drawn


def _tick(replay: Replay, what: str, time: str | float) -> int:
    """A time as a tick."""
    try:
        return round((seconds(time) if isinstance(time, str) else float(time)) / replay.line.tick)
    except ValueError as fault:
        raise LineError(f"{what} {time}: {fault}") from None


@dataclass
class _Watched:
    """Tools while they are watched.

    bars: closed so far, by tool; open: the state, its beginning [tick] and the lots of each tool now
    step_of: what a lot does on its tool, by product and serial: one that is done knows its next step alone
    """

    replay: Replay
    tools: range
    seen: Ints | None = None
    bars: list[list[Bar]] = field(default_factory=list)
    open: list[tuple[str, int, Held]] = field(default_factory=list)
    step_of: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bars = [[] for _ in self.tools]
        layout = self.replay.batch.worlds.layout
        self.first = layout.tool + self.tools.start * f.TOOL_FIELDS
        self.last = self.first + len(self.tools) * f.TOOL_FIELDS

    def _records(self) -> Ints:
        """(tool, TOOL_FIELDS)"""
        return self.replay.memory[self.first : self.last].reshape(len(self.tools), f.TOOL_FIELDS)

    def _telling(self) -> Ints:
        """(tool, what tells)"""
        found: Ints = self._records()[:, TELLING]
        return found

    def quiet_until(self, ticks: Ints) -> int:
        """The tick up to which nothing can become of the tools: that of a row about them, or the end of a stretch.

        ticks: of the rows, ascending   (row,)
        """
        now = self.replay.now
        records = self._records()
        at = int(np.searchsorted(ticks, now))
        ends = records[:, f.T_END]
        row = int(ticks[at]) if at < ticks.size else f.NEVER
        return min(row, int(ends[ends >= now].min(initial=f.NEVER)))

    def booked(self, now: int) -> Ints:
        """What the engine has booked of each tool's time up to `now` [tick]   (tool, state)."""
        records = self._records()
        spent = records[:, f.T_TICKS : f.T_TICKS + f.STATES].copy()
        spent[np.arange(len(spent)), records[:, f.T_STATE]] += now - records[:, f.T_SINCE]
        return spent

    def added_up(self) -> Ints:
        """The bars' time of each tool in each state [tick]   (tool, state)."""
        found = np.zeros((len(self.tools), f.STATES), dtype=np.int64)
        for k, bars in enumerate(self.bars):
            for bar in bars:
                found[k, STATES.index(bar.state)] += bar.ends - bar.begins
        return found

    def changed(self) -> bool:
        """Whether anything about the tools is otherwise than at the last look."""
        return self.seen is None or not np.array_equal(self._telling(), self.seen)

    def look(self, tick: int) -> None:
        """Note what the tools do from this tick on."""
        now = self._telling()
        first = self.seen is None
        for k in range(len(self.tools)):
            if self.seen is not None and (now[k] == self.seen[k]).all():
                continue
            state, lots = STATES[now[k, 0]], self._lots(int(now[k, 1]))
            if first:
                self.open.append((state, tick, lots))
            elif (state, lots) != (self.open[k][0], self.open[k][2]):
                self._close(k, tick)
                self.open[k] = (state, tick, lots)
        self.seen = now

    def close(self, tick: int) -> None:
        """The time asked for is over."""
        for k in range(len(self.tools)):
            self._close(k, tick)

    def _close(self, k: int, tick: int) -> None:
        state, since, held = self.open[k]
        if tick > since:
            lots, products, steps = zip(*held, strict=True) if held else ((), (), ())
            name = self.replay.compiled.names.tool(self.tools[k])
            self.bars[k].append(Bar(name, state, since, tick, lots, products, steps))

    def _lots(self, lot: int) -> Held:
        """The lots on a tool, by their numbers."""
        memory, names, layout = self.replay.memory, self.replay.compiled.names, self.replay.batch.worlds.layout
        found = []
        while lot != f.NONE:
            record = memory[lot : lot + f.LOT_FIXED].tolist()
            product = (record[f.LOT_PRODUCT] - layout.product) // f.PRODUCT_FIELDS
            key = product, record[f.LOT_SERIAL]
            if record[f.LOT_STATE] == f.LOT_INSIDE:
                self.step_of[key] = names.steps[(record[f.LOT_STEP] - layout.first_step) // f.STEP_CONSTANTS][1]
            name = name_of(self.replay.line, names.products[product], record[f.LOT_SERIAL])
            found.append((record[f.LOT_SERIAL], (name, names.products[product], self.step_of.get(key, ""))))
            lot = record[f.LOT_MATE]
        return tuple(held for _, held in sorted(found))
