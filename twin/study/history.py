"""A lot's history: the run is stepped again, event by event, from the lot's release to its end."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from twin.arrays import fields as f
from twin.results import Results, ResultsError
from twin.results.history import TIMES, History, Visit, Window
from twin.results.lot_names import lot_of, name_of
from twin.results.measures import STATES
from twin.study.faults import span
from twin.study.replay import Ints, Replay, replay_of
from twin.study.running import Progress

if TYPE_CHECKING:
    import pandas as pd

    from twin.arrays.compiled import LineArrays

SLICES = 200
"""Parts of a run after which its log is read and dropped."""
TOLD = (f.PRODUCTIVE, f.SETUP, f.PM, f.DOWN, f.STARVED, f.BLOCKED, f.OFF)
"""States of a tool that end with a row of the log or with the stretch that the tool is on."""
NO_TICKS = np.zeros(0, dtype=np.int64)
COMINGS_AND_GOINGS = 1 << f.W_RELEASE | 1 << f.W_OUT
BY_PLACE = {
    f.LOT_OUTSIDE: "outside", f.LOT_MOVING: "transport", f.LOT_EXPECTED: "transport", f.LOT_QUEUED: "wait",
    f.LOT_STUCK: "blocked",
}  # fmt: skip
ON_TOOL = {"setup": "setup", "down": "stopped", "pm": "stopped", "off": "stopped", "no_operator": "stopped"}
"""What a lot on a tool is told to do while the tool is in a state; in any other it is processed."""


def history(
    run: Results | str | os.PathLike[str], lot: str, *, replication: int = 1, progress: Progress | None = None
) -> History:
    """What happened to one lot of a run, to the tick.

    run: results, or the folder of a saved run; it keeps no log and is stepped again for this, exactly as it was
    lot: its name: `Pa-12` is the twelfth lot of Pa released; lots in the line at the start have their own

    raises ResultsError for a lot or a replication that the run has not, and for a folder that holds no run
    """
    replay = replay_of(run, replication, progress)
    product, serial = lot_of(replay.line, lot)
    trail = _trail(replay, product, serial, lot)
    out, ended = trail.out, replay.horizon if trail.out is None else trail.out
    replay.restart()
    replay.tell_as(0.5, 1.0, ended)
    found = _Followed(replay, replay.compiled.names.products.index(product), serial, trail, trail.released)
    found.follow(ended if out is None else ended + 1)
    visits = _Visits(replay, found, product).all(ended)
    names = replay.compiled.names
    windows = tuple(_windows(replay, product, visits))
    if trail.scrapped:  # it came to their end, too late
        windows = tuple(replace(one, closed_tick=out) if one.closed_tick is None else one for one in windows)
    return History(
        model=replay.settings.model, lot=lot, product=product, replication=replication, units=found.units,
        standing=serial >= f.WIP_SERIAL, released_tick=trail.released, out_tick=out, end_tick=replay.horizon,
        due_tick=found.due, raw_s=float(names.raw_ticks[names.products.index(product)]) * names.tick_s,
        tick_s=names.tick_s, visits=tuple(visits), windows=windows, scrapped=trail.scrapped,
    )  # fmt: skip


def slowest(
    run: Results | str | os.PathLike[str], count: int = 5, *, replication: int = 1, progress: Progress | None = None
) -> pd.DataFrame:
    """Lots with the longest cycle times among those whose cycle time the run's figures count, the longest first.

    columns: lot, product, released_s, out_s, cycle_s, x_factor
    """
    import pandas as pd

    replay = replay_of(run, replication, progress)
    replay.restart(COMINGS_AND_GOINGS)
    replay.run_to(replay.horizon)
    names, layout = replay.compiled.names, replay.batch.worlds.layout
    rows = replay.rows()
    came = {
        (int(row[f.LOG_PRODUCT]), int(row[f.LOG_SERIAL])): int(row[f.LOG_TICK])
        for row in rows[rows[:, f.LOG_WHAT] == f.W_RELEASE]
    }
    found = []
    gone = (rows[:, f.LOG_WHAT] == f.W_OUT) & (rows[:, f.LOG_TICK] >= replay.warmup)
    for row in rows[gone & (rows[:, f.LOG_SERIAL] < f.WIP_SERIAL)]:
        place, serial, out = int(row[f.LOG_PRODUCT]), int(row[f.LOG_SERIAL]), int(row[f.LOG_TICK])
        k = (place - layout.product) // f.PRODUCT_FIELDS
        ticks = out - came.get((place, serial), 0)
        times = [round(t * names.tick_s, 9) for t in (out - ticks, out, ticks)]
        raw = float(names.raw_ticks[k])
        lot = name_of(replay.line, names.products[k], serial)
        found.append((lot, names.products[k], *times, ticks / raw if raw else np.nan))
    columns = ["lot", "product", "released_s", "out_s", "cycle_s", "x_factor"]
    table = pd.DataFrame(found, columns=columns).sort_values("cycle_s", ascending=False, kind="stable")
    return table.head(count).reset_index(drop=True)


def _next(ticks: Ints, now: int) -> int:
    """The first of these ascending ticks that is `now` or later."""
    at = int(np.searchsorted(ticks, now))
    return int(ticks[at]) if at < ticks.size else f.NEVER


@dataclass(frozen=True)
class _Trail:
    """What the log of a run says of a lot, read while it is written and not kept.

    rows:  about the lot, in order                                                     (row, LOG_FIELDS)
    stops: ticks at which a tool went down, came up, or the like, by the tool's place  {tool: (tick,)}
    """

    released: int
    out: int | None
    scrapped: bool
    rows: tuple[list[int], ...]
    stops: dict[int, Ints]


def _trail(replay: Replay, product: str, serial: int, name: str) -> _Trail:
    """The lot's own rows; the run is stepped to the lot's end."""
    replay.restart(f.LOG_EVENTS)
    replay.tell_as(0.0, 0.5, replay.horizon)
    place = replay.batch.worlds.layout.product + replay.compiled.names.products.index(product) * f.PRODUCT_FIELDS
    own: list[list[int]] = []
    stops: list[Ints] = []
    last, left = -1, False
    for stop in np.linspace(0, replay.horizon, SLICES + 1)[1:].astype(np.int64):
        replay.run_to(int(stop))
        rows = replay.rows()
        stops.append(rows[rows[:, f.LOG_PRODUCT] == f.NONE][:, [f.LOG_TOOL, f.LOG_TICK]])
        others = rows[rows[:, f.LOG_PRODUCT] == place]
        own += others[others[:, f.LOG_SERIAL] == serial].tolist()
        last = max(last, int(others[others[:, f.LOG_SERIAL] < f.WIP_SERIAL, f.LOG_SERIAL].max(initial=-1)))
        left = bool(own) and own[-1][f.LOG_WHAT] in (f.W_OUT, f.W_SCRAP)
        if left:
            break
    if not own and serial < f.WIP_SERIAL:
        there = f"its last lot of {product} is {name_of(replay.line, product, last)}" if last >= 0 else (
            f"no lot of {product} was released"
        )
        where = f"replication {replay.replication} of the run, which ends at {span(replay.settings.horizon_s)}"
        lost = serial < last and replay.line.products[product].release.full == "lose"
        there = "it found no place when it came, and was lost" if lost else there
        raise ResultsError(f"no lot {name} in {where}: {there}")
    of_tools = np.concatenate(stops)
    return _Trail(
        released=0 if serial >= f.WIP_SERIAL else own[0][f.LOG_TICK],
        out=own[-1][f.LOG_TICK] if left else None,
        scrapped=left and own[-1][f.LOG_WHAT] == f.W_SCRAP,
        rows=tuple(own),
        stops={int(tool): of_tools[of_tools[:, 0] == tool, 1] for tool in np.unique(of_tools[:, 0])},
    )


@dataclass
class _Followed:
    """A lot while it is followed.

    segments: (from, to, one of TIMES), without gaps
    batches:  lots on its tool when it was taken, by tick
    begun:    the visit in which it has been processed; a cascading tool may then be set up for those behind it
    """

    replay: Replay
    product: int
    serial: int
    trail: _Trail
    since: int = 0
    segments: list[tuple[int, int, str]] = field(default_factory=list)
    batches: dict[int, int] = field(default_factory=dict)
    units: int = 0
    due: int | None = None
    step: int = 0
    place: int = f.NONE
    doing: str = ""
    begun: int = f.NONE

    def follow(self, until: int) -> None:
        """Step the world to its next event, again and again, and note what becomes of the lot.

        Where nothing can become of it for a time, that time is stepped through at once.
        """
        self._ticks = np.array([row[f.LOG_TICK] for row in self.trail.rows], dtype=np.int64)
        self.replay.run_to(self.trail.released)
        seen: tuple[int, ...] = self._look(0) if self.serial >= f.WIP_SERIAL else ()
        while self.replay.now < until:
            self.replay.run_to(min(until, self._quiet_until()))
            tick = self.replay.to_next_event(until)
            if self.place == f.NONE or self._key() != seen:
                seen = self._look(tick)
        if self.doing:
            self._close(min(until, self.replay.horizon), "")

    def _quiet_until(self) -> int:
        """The tick up to which nothing can become of the lot: what the log says, an arrival, the end of a stretch."""
        now, memory = self.replay.now, self.replay.memory
        if self.place == f.NONE:
            return now
        state, tool = int(memory[self.place + f.LOT_STATE]), int(memory[self.place + f.LOT_TOOL])
        own = _next(self._ticks, now)
        if state in (f.LOT_QUEUED, f.LOT_OUTSIDE, f.LOT_STUCK):
            return own
        if state in (f.LOT_MOVING, f.LOT_EXPECTED) or (state == f.LOT_INSIDE and tool == f.NONE):
            arrives = int(memory[self.place + f.LOT_END])
            return now if arrives == f.NEVER else min(own, arrives)
        if state != f.LOT_INSIDE or memory[tool + f.T_STATE] not in TOLD:
            return now
        ends = [own, _next(self.trail.stops.get(tool, NO_TICKS), now)]
        ends += [end for end in (int(memory[tool + f.T_END]), int(memory[self.place + f.LOT_END])) if end >= now]
        return min(ends)

    def _key(self) -> tuple[int, ...]:
        """What tells that something has become of the lot."""
        if self.place == f.NONE:
            return ()
        memory = self.replay.memory
        lot = memory[self.place : self.place + f.LOT_FIXED].tolist()
        tool = lot[f.LOT_TOOL]
        state = int(memory[tool + f.T_STATE]) if tool != f.NONE else f.NONE
        return (
            lot[f.LOT_PRODUCT], lot[f.LOT_SERIAL], lot[f.LOT_STATE], lot[f.LOT_STEP], lot[f.LOT_VISIT], tool, state
        )  # fmt: skip

    def _look(self, tick: int) -> tuple[int, ...]:
        """Note what the lot does from a tick on."""
        layout = self.replay.batch.worlds.layout
        at = layout.product + self.product * f.PRODUCT_FIELDS
        if self.place == f.NONE:
            self.place = self._found(at)
        key = self._key()
        memory = self.replay.memory
        if self.place == f.NONE or key[:3] != (at, self.serial, key[2]) or key[2] == f.LOT_FREE:
            self._close(tick, "")
            return key
        self.units, due = int(memory[self.place + f.LOT_UNITS]), int(memory[self.place + f.LOT_DUE])
        self.due = None if due == f.NEVER else due
        self.step = (int(memory[self.place + f.LOT_STEP]) - layout.first_step) // f.STEP_CONSTANTS
        tool, state = key[5], key[6]
        if key[2] == f.LOT_INSIDE:
            if tool != f.NONE and tick not in self.batches:
                self.batches[tick] = int(memory[tool + f.T_LOTS])
            doing = ON_TOOL.get(STATES[state], "process") if tool != f.NONE else "process"
            visit = key[4]
            if doing == "process":
                self.begun = visit
            self._close(tick, "process" if doing == "setup" and self.begun == visit else doing)
        else:
            self._close(tick, BY_PLACE.get(key[2], "held"))
        return key

    def _found(self, product: int) -> int:
        """The lot's place in the world's memory."""
        lots = self.replay.batch.worlds.lot[0]
        own = (lots[:, f.LOT_PRODUCT] == product) & (lots[:, f.LOT_SERIAL] == self.serial)
        places = np.flatnonzero(own & (lots[:, f.LOT_STATE] != f.LOT_FREE))
        layout = self.replay.batch.worlds.layout
        return layout.lot + int(places[0]) * layout.lot_fields if places.size else f.NONE

    def _close(self, tick: int, doing: str) -> None:
        """From this tick on the lot does something else."""
        if self.doing and tick > self.since:
            self.segments.append((self.since, tick, self.doing))
        self.since, self.doing = tick, doing


class _Visits:
    """The visits of a lot, from its rows of the log and from what it was seen to do."""

    def __init__(self, replay: Replay, found: _Followed, product: str) -> None:
        self.replay, self.found = replay, found
        self.names = replay.compiled.names
        self.layout = replay.batch.worlds.layout
        self.steps = {step.step: step for step in replay.line.routes[replay.line.products[product].route]}
        self.rounds: Counter[str] = Counter()
        self.visits: list[Visit] = []

    def all(self, ended: int) -> list[Visit]:
        """The visits in order, the last one perhaps unfinished at tick `ended`."""
        since = self.found.trail.released
        ticks: dict[int, int] = {}
        step, tool = f.NONE, f.NONE
        for row in self.found.trail.rows:
            what, tick = row[f.LOG_WHAT], row[f.LOG_TICK]
            if what in (f.W_QUEUE, f.W_LOAD, f.W_FINISH):
                ticks[what], step, tool = tick, row[f.LOG_STEP], row[f.LOG_TOOL]
            elif what == f.W_LEAVE:
                self._add(since, tick, ticks, self._index(step), tool, ended)
                since, ticks, step, tool = tick, {}, f.NONE, f.NONE
        if since < ended:
            at = self.found.step if step == f.NONE else self._index(step)
            self._add(since, None, ticks, at, tool, ended)
        return self.visits

    def _index(self, place: int) -> int:
        return (place - self.layout.first_step) // f.STEP_CONSTANTS

    def _add(self, since: int, left: int | None, ticks: dict[int, int], at: int, tool: int, ended: int) -> None:
        """One visit; what its time went into from the segments that lie in it."""
        name = self.names.steps[at][1]
        step = self.steps[name]
        until = ended if left is None else left
        own = [(a, b, what) for a, b, what in self.found.segments if since <= a and b <= until]
        spent = dict.fromkeys(TIMES, 0)
        for a, b, what in own:
            spent[what] += b - a
        self.rounds[name] += 1
        arrived = ticks.get(f.W_QUEUE)
        started = ticks.get(f.W_LOAD)
        delay = self.replay.line.toolgroups[step.toolgroup].tools is None
        if delay and (spent["process"] or left is not None):
            arrived = started = since + spent["transport"] + spent["outside"]
        number = (tool - self.layout.tool) // f.TOOL_FIELDS
        self.visits.append(
            Visit(
                number=len(self.visits) + 1, step=name, toolgroup=step.toolgroup,
                tool=None if tool == f.NONE or delay else self.names.tool(number), round=self.rounds[name],
                batch=self.found.batches.get(started) if step.batch and started is not None else None,
                left_before_tick=since, arrived_tick=arrived, started_tick=started,
                finished_tick=ticks.get(f.W_FINISH), left_tick=left, ticks=spent,
            )
        )  # fmt: skip


def _windows(replay: Replay, product: str, visits: list[Visit]) -> list[Window]:
    """Queue-time windows of a lot, opened at the end of a step and closed at the start of another.

    A window that is opened again before it is closed counts from the last time, as the engine counts it.
    """
    names, route = replay.compiled.names, replay.line.products[product].route
    pending: dict[int, Window] = {}
    found: list[Window] = []
    for visit in visits:
        for slot, window in list(pending.items()):
            if window.until == visit.step and visit.started_tick is not None:
                found.append(replace(window, closed_tick=visit.started_tick))
                del pending[slot]
        if visit.finished_tick is None:
            continue
        arrays = _in_force(replay, visit.finished_tick)
        step = arrays.step[names.steps.index((route, visit.step))]
        first = int(step[f.S_WINDOW])
        for row in arrays.window[first : first + int(step[f.S_WINDOWS])]:
            until = names.steps[row[f.W_UNTIL]][1]
            pending[int(row[f.W_SLOT])] = Window(visit.step, until, int(row[f.W_LIMIT]), visit.finished_tick, None)
    return [*found, *pending.values()]


def _in_force(replay: Replay, tick: int) -> LineArrays:
    """The line's arrays that are in force at a tick."""
    begun = [arrays for begins, arrays in replay.compiled.later if begins <= tick]
    return begun[-1] if begun else replay.compiled.arrays
