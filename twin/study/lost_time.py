"""What a station's lost time goes back to: a run looked at at many moments, the chain of each followed to its end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.results.figure import Figure, figure
from twin.results.lost_time import Cause, LostTime, Wait
from twin.results.measures import STATES
from twin.results.why import UNDER_WAY
from twin.study.causes import chain_of
from twin.study.why import look_at, replay_for, tools_called

if TYPE_CHECKING:
    from pathlib import Path

    from twin.line import Line
    from twin.results import Results
    from twin.study.replay import Ints, Replay
    from twin.study.running import Progress
    from twin.study.sight import Sight

MOMENTS, LONGEST = 2000, 5
LOST = (f.STARVED, f.BLOCKED)
Root = tuple[str, str]
"""Who is at the end of a chain, and what it ends at."""


def lost_time(
    run: Results | Line | str | Path, station: str, *, moments: int = MOMENTS, seed: int | None = None,
    progress: Progress | None = None,
) -> LostTime:  # fmt: skip
    """What the time that a station is starved or blocked goes back to, over all replications of a run.

    Each replication is looked at at so many moments, one at random in each of as many equal parts of its measured time.
    A look counts for what the chain then ends at. Where that is only work that goes on, a lot on its way or at rest, it
    counts for what the chain ended at when the tool came into its state: a station that has just been repaired is at
    work, and the wait behind it is still the failure's.

    run, station, seed: as in `twin.study.why.why`

    raises as that
    """
    replay = replay_for(run, 1, seed, progress)
    tools = tools_called(replay, station)
    found = [_Looks(replay, tools, number + 1, moments) for number in range(replay.settings.replications)]
    for looks in found:
        looks.take()
    lost = {STATES[state]: _figure([looks.share[state] for looks in found]) for state in LOST}
    causes = [
        Cause(STATES[state], *root, _figure([looks.of(state, root) for looks in found]), 0.0)
        for state in LOST
        for root in sorted({root for looks in found for (one, root) in looks.roots if one == state})
    ]
    whole = {state: sum(one.share.mean for one in causes if one.state == state) for state in lost}
    causes = [
        Cause(one.state, one.who, one.end, one.share, one.share.mean / whole[one.state]) for one in causes
        if one.share.mean > 0
    ]  # fmt: skip
    causes.sort(key=lambda one: -one.share.mean)
    longest = sorted((wait for looks in found for wait in looks.waits), key=lambda one: one.since - one.at)
    return LostTime(station, len(found), moments, replay.line.tick, lost, tuple(causes), tuple(longest[:LONGEST]))


def _root(sight: Sight, tool: int) -> Root:
    """Where the chain of a tool ends; the tools of a toolgroup count as one, and so do all lots on their way."""
    chain, end = chain_of(sight, tool)
    who = chain[-1].who
    group = who.rpartition("/")[0]
    return ("transport" if end == "transport" else group if group in sight.names.toolgroups else who), end


def _figure(values: list[float]) -> Figure:
    """The figure of one share a replication."""
    found = figure(np.array(values), "share")
    assert found is not None  # shares are never nan
    return found


@dataclass
class _Looks:
    """The looks at one replication.

    roots: how often a tool was in a state that goes back to a root, by (state, root)
    share: of the tools' measured time, by state; exact
    waits: the longest of them, one for each stretch
    """

    replay: Replay
    tools: list[int]
    replication: int
    moments: int
    roots: Counter[tuple[int, Root]] = field(default_factory=Counter)
    share: dict[int, float] = field(default_factory=dict)
    waits: list[Wait] = field(default_factory=list)

    def take(self) -> None:
        """Step the replication, once for the looks and once more to where waits began whose cause is over."""
        replay = self.replay
        replay.replication = self.replication
        open_waits: list[tuple[int, int, int, Root]] = []  # since, tool, state, root
        last: dict[tuple[int, int], Wait] = {}
        replay.restart()
        replay.tell_as(*self._part(0), replay.horizon)
        replay.run_to(replay.warmup)
        before = self._booked()
        for at in self._ticks().tolist():
            sight = look_at(replay, at)
            for tool in self.tools:
                state, since = int(sight.tools[tool, f.T_STATE]), sight.since(tool)
                if state not in LOST:
                    continue
                root = _root(sight, tool)
                if root[1] in UNDER_WAY and since < at:
                    open_waits.append((since, tool, state, root))
                else:
                    self.roots[state, root] += 1
                last[tool, since] = Wait(sight.names.tool(tool), self.replication, STATES[state], since, at, *root)
        replay.run_to(replay.horizon)
        spent = self._booked() - before
        self.share = {state: float(spent[state] / spent.sum()) for state in LOST}
        longest = sorted(last.values(), key=lambda one: one.since - one.at)[:LONGEST]
        began = self._began(open_waits)
        for since, tool, state, root in open_waits:
            self.roots[state, began.get((since, tool), root)] += 1
        for one in longest:
            who, end = began.get((one.since, self._tool(one.tool)), (one.who, one.end))
            self.waits.append(Wait(one.tool, one.replication, one.state, one.since, one.at, who, end))

    def _began(self, waits: list[tuple[int, int, int, Root]]) -> dict[tuple[int, int], Root]:
        """What each wait went back to when it began, by its tick and tool."""
        replay = self.replay
        found: dict[tuple[int, int], Root] = {}
        if not waits:
            return found
        replay.restart()
        replay.tell_as(*self._part(1), replay.horizon)
        for since, tool in sorted({(since, tool) for since, tool, _, _ in waits}):
            found[since, tool] = _root(look_at(replay, since), tool)
        return found

    def of(self, state: int, root: Root) -> float:
        """Share of the tools' time that goes back to a root."""
        seen = sum(count for (one, _), count in self.roots.items() if one == state)
        return self.share[state] * self.roots[state, root] / seen if seen else 0.0

    def _ticks(self) -> Ints:
        """The moments [tick], ascending; a draw of their own, so that no cycle of the line is met in step."""
        warmup, horizon = self.replay.warmup, self.replay.horizon
        places = np.arange(self.moments) + np.random.default_rng(self.replication).random(self.moments)
        found: Ints = warmup + (places * (horizon - warmup) / self.moments).astype(np.int64)
        return found

    def _booked(self) -> NDArray[np.int64]:
        """Time of the tools in each state so far [tick]   (state,)."""
        rows = self.replay.batch.worlds.tool[0, self.tools]
        spent = rows[:, f.T_TICKS : f.T_TICKS + f.STATES].copy()
        spent[np.arange(len(rows)), rows[:, f.T_STATE]] += self.replay.now - rows[:, f.T_SINCE]
        total: NDArray[np.int64] = spent.sum(axis=0)
        return total

    def _tool(self, name: str) -> int:
        """A tool by its name."""
        return next(tool for tool in self.tools if self.replay.compiled.names.tool(tool) == name)

    def _part(self, pass_: int) -> tuple[float, float]:
        """The share of the progress that a pass goes over."""
        all_passes = 2 * self.replay.settings.replications
        first = 2 * (self.replication - 1) + pass_
        return first / all_passes, (first + 1) / all_passes
