"""A line stepped through event by event, and looked into at each: what `twin debug` and a notebook use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.arrays import fields as f
from twin.engine import RunError
from twin.line import Line, read
from twin.line.faults import did_you_mean
from twin.results import ResultsError
from twin.results.lot_names import lot_of
from twin.results.moments import lasting, moment
from twin.results.why import IN_WORDS, Why
from twin.study.causes import Causes, Node
from twin.study.replay import Replay
from twin.study.sight import Sight
from twin.study.simulate import run_settings
from twin.study.telling import happened, lot_in_words, to_come
from twin.study.why import first_to_blame, told, tools_called

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.study.running import Progress



class Stepper:
    """One replication of a line, stepped as far as you like, from time 0.

    Time passes in the engine alone: a step goes on to the tick of the next event and works off all that is due at it,
    so that events of one tick happen together. What is told is how the line stands after that.

    line:        a Line, or the name or path of a document
    horizon:     how far time may go, as "8 h" or in seconds; left out: the document's
    replication: from 1; seed: which luck, left out: the document's. Both as in a run, to the tick.

    raises LineError for settings that make no sense
    """

    def __init__(
        self, line: Line | str | Path, *, horizon: str | float | None = None, replication: int = 1,
        seed: int | None = None, progress: Progress | None = None,
    ) -> None:  # fmt: skip
        line = line if isinstance(line, Line) else read(str(line))
        settings = run_settings(line, horizon, None if horizon is None else 0.0, replication, seed, "cpu")
        self._replay = Replay(line, settings, replication, progress)
        self._replay.restart(f.LOG_EVENTS)
        self._tick, self._begun = 0, False
        self.stopped: str | None = None
        """Why the line can go no further, None while it can."""
        self._seen = np.full_like(self._telling(), f.STARVED)

    # --- time -------------------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """The time [s]; all that was due by then has happened."""
        return round(self._tick * self._replay.line.tick, 9)

    @property
    def seed(self) -> int:
        """Which luck it is."""
        return self._replay.settings.seed

    @property
    def time(self) -> str:
        """The time as a clock shows it: `3 d 04:12:07`."""
        return moment(self.now)

    @property
    def ended(self) -> bool:
        """Whether the horizon is reached, or the line can go no further."""
        return self.stopped is not None or self._replay.now >= self._replay.horizon

    def next(self, count: int = 1) -> list[str]:
        """Go on to the next event, `count` times; what happened, a row a change.

        raises RunError where the line can go no further: a deadlock, say; it can be looked into all the same
        """
        rows: list[str] = []
        for _ in range(count):
            found: list[str] = []
            while not found and not self.ended:
                found = self._one_tick()
            rows += found
        return rows

    def advance(self, until: str | float) -> None:
        """Go on to a time, as "2 h", "3 d 04:12:07" or in seconds, and do all that is due at it.

        raises LineError for a time outside the run or before now, RunError as `next`
        """
        from twin.line import LineError
        from twin.study.why import tick_at

        tick = tick_at(self._replay, until, "until")
        if tick < self._tick:
            raise LineError(f"until {until}: it is {self.time} already, and time only goes on")
        self._begun = True
        self._replay.log(0)
        self._replay.rows()
        self._guarded(lambda: self._replay.run_to(min(tick + 1, self._replay.horizon)))
        self._replay.log(f.LOG_EVENTS)
        self._tick, self._seen = tick, self._telling()

    def _one_tick(self) -> list[str]:
        """Work off the next tick at which anything is due; empty where it changed nothing that is told."""
        replay = self._replay
        if self._begun:
            self._tick = self._guarded(lambda: replay.to_next_event(replay.horizon))
        self._begun = True  # before that: what time 0 has brought by itself
        sight = self.sight
        rows = [happened(sight, row) for row in replay.rows().tolist()]
        before, self._seen = self._seen, self._telling()
        changed = np.flatnonzero(before != self._seen).tolist()
        rows += [f"{sight.names.tool(tool)}: {_state(sight.state(tool))}" for tool in changed]
        return [f"{self.time}  {row}" for row in rows]

    def _guarded(self, step: Callable[[], int | None]) -> int:
        """Step; where the line stops, remember why."""
        try:
            found = step()
        except RunError as told_of:
            self.stopped = str(told_of)
            self._tick = max(self._tick, self._replay.now)
            self._seen = self._telling()
            raise
        return self._tick if found is None else found

    def _telling(self) -> np.ndarray:
        """The state of each tool   (tool,)."""
        states: np.ndarray = self._replay.batch.worlds.tool[0, :, f.T_STATE].copy()
        return states

    # --- looks ------------------------------------------------------------------------------------------

    @property
    def sight(self) -> Sight:
        """The world as it stands."""
        return Sight(self._replay.compiled, self._replay.batch.worlds, line=self._replay.line)

    def station(self, name: str) -> str:
        """The state of a station in words, and why it is in it; of a toolgroup that of each tool too."""
        sight = self.sight
        tools = tools_called(self._replay, name)
        group = sight.group_of(tools[0])
        queue, found = sight.queue(group), self.why(name)
        rows = [str(found)]
        if queue:
            rows.append(f"  {len(queue)} lot{'s' * (len(queue) != 1)} in front of it: {self._few(queue)}")
        return "\n".join(rows)

    def why(self, name: str) -> Why:
        """The chain of who blocks or starves a station now, as `twin.why` tells it."""
        sight = self.sight
        tools = tools_called(self._replay, name)
        return told(self._replay, sight, first_to_blame(sight, tools), self._tick, name, tools)

    def lot(self, name: str) -> str:
        """Where a lot is, and what it does or waits for.

        raises ResultsError for a name that no lot of the line can have
        """
        sight = self.sight
        product, serial = lot_of(self._replay.line, name)
        lot = sight.find(sight.names.products.index(product), serial)
        if lot != f.NONE:
            return f"{name} at {self.time}: {lot_in_words(sight, lot, self._tick)}"
        released = int(sight.products[sight.names.products.index(product), f.PR_SERIAL])
        gone = serial >= f.WIP_SERIAL or serial < released
        return f"{name} at {self.time}: {'it has left the line' if gone else 'it is not released yet'}"

    @property
    def lots(self) -> list[str]:
        """Names of the lots in the line."""
        sight = self.sight
        lots = map(int, sight.in_line)
        numbers = sorted((sight.lot(lot, f.LOT_PRODUCT), sight.lot(lot, f.LOT_SERIAL)) for lot in lots)
        return [sight.name_of(sight.product_at(product), serial) for product, serial in numbers]

    def events(self, count: int = 20) -> list[str]:
        """What is to come, as far as it is known now, in order."""
        sight = self.sight
        return [f"{moment(one.tick * sight.names.tick_s)}  {to_come(sight, one)}" for one in sight.pending[:count]]

    def who(self) -> list[str]:
        """Who waits for whom: a row for each tool that does not work."""
        sight = self.sight
        causes = Causes(sight)
        rows = []
        for tool in range(len(sight.tools)):
            if sight.tools[tool, f.T_STATE] == f.PRODUCTIVE:
                continue
            link, after = causes.link(Node("tool", tool))
            of = f" -> {causes.name(after[0])}" if after else ""
            since = lasting((self._tick - sight.since(tool)) * sight.names.tick_s)
            rows.append(f"{link.who}: {_state(link.state)} for {since}{of}: {link.reason}")
        return rows

    def queue(self, name: str) -> str:
        """The lots in front of a station, in the order of its queue, those on their way, and those without a place.

        raises ResultsError for a name that no toolgroup has
        """
        sight = self.sight
        if name not in sight.names.toolgroups:
            raise ResultsError(f"the line has no toolgroup {name!r}; {did_you_mean(name, sight.names.toolgroups)}")
        group = sight.names.toolgroups.index(name)
        queue, coming, without = sight.queue(group), sight.on_the_way(group), sight.waiting_for_place(group)
        rows = [f"in front of {name} at {self.time}: {len(queue)} wait ({sight.places(group)})"]
        lots = (*queue, *coming, *without)
        rows += [f"  {sight.lot_name(lot)} {lot_in_words(sight, lot, self._tick)}" for lot in lots]
        return "\n".join(rows)

    def _few(self, lots: list[int]) -> str:
        names = [self.sight.lot_name(lot) for lot in lots]
        return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")

    def __repr__(self) -> str:
        return f"<Stepper {self._replay.line.line} at {self.time}, {len(self.lots)} lots in the line>"


def _state(state: str) -> str:
    """A state in words."""
    return IN_WORDS.get(state, state)


def debug(
    line: Line | str | Path, *, horizon: str | float | None = None, replication: int = 1, seed: int | None = None
) -> Stepper:
    """Step through a line event by event and look inside: a `Stepper` at time 0, with arguments as there."""
    return Stepper(line, horizon=horizon, replication=replication, seed=seed)
