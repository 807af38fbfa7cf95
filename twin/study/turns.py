"""Tools with a sequence that wait for lots whose turn never comes: who waits for whom, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.arrays.names import Names
from twin.arrays.worlds import Worlds


class Wait(NamedTuple):
    """A tool that waits for a lot.

    tool:  its index
    words: `'m1' waits for lot a-2, which waits at 'm2'`
    next:  the tool with a sequence that waits for another lot before it takes that one; None where there is none
    """

    tool: int
    words: str
    next: int | None


@dataclass(frozen=True)
class Turns:
    """The sequences of one world as they stand.

    w:          which of the worlds
    step_group: index of each step's toolgroup   (step,)
    """

    worlds: Worlds
    w: int
    names: Names
    step_group: NDArray[np.int64]

    @property
    def tools(self) -> NDArray[np.int64]:
        """(tool, TOOL_FIELDS)"""
        rows: NDArray[np.int64] = self.worlds.tool[self.w]
        return rows

    def deadlock(self) -> str | None:
        """Tools that wait for each other's lots in a ring, each named; None where there is no such ring.

        Whatever else happens in the line, they never go on.
        """
        for tool in self._waiting():
            chain = self._chain(tool)
            ring = [wait.tool for wait in chain]
            if chain[-1].next in ring:
                told = "; ".join(wait.words for wait in chain[ring.index(chain[-1].next) :])
                return f"{told}: these sequences never go on; change the order of one of them"
        return None

    def standstill(self) -> str | None:
        """What a world that stands still waits for, where sequences have to do with it; else None."""
        ring = self.deadlock()
        if ring is not None:
            return ring
        groups, of = self.worlds.group[self.w], self.names.tool_group
        held = [tool for tool in self._waiting() if groups[of[tool], f.Q_PLACES] > 0]
        if held:
            return "; ".join(wait.words for wait in self._chain(held[0]))
        for tool, turns in enumerate(self.names.turns):
            lots = int(groups[of[tool], f.Q_LOTS])
            if turns and self.tools[tool, f.T_TURNS] == 0 and lots > 0:
                more = "1 more lot waits" if lots == 1 else f"{lots} more lots wait"
                return f"the sequence of {self.names.tool(tool)!r} is worked off, and {more} there"
        return None

    def _is_waiting(self, tool: int) -> bool:
        """Whether a tool has nothing to do but to wait for the next lot of its sequence."""
        row = self.tools[tool]
        return bool(row[f.T_TURNS] > 0 and row[f.T_LOTS] == 0 and row[f.T_DO] == f.EMPTY)

    def _waiting(self) -> list[int]:
        return [tool for tool in range(len(self.names.turns)) if self._is_waiting(tool)]

    def _chain(self, tool: int) -> list[Wait]:
        """A tool that waits, the one that its lot waits for, and so on: to the end, or until it comes round."""
        found: list[Wait] = []
        at: int | None = tool
        while at is not None and at not in [wait.tool for wait in found]:
            found.append(self._wait(at))
            at = found[-1].next
        return found

    def _wait(self, tool: int) -> Wait:
        """What a tool waits for, and where that is."""
        name, product, serial = self._left(tool)[0]
        head = f"{self.names.tool(tool)!r} waits for lot {name}"
        layout, lots = self.worlds.layout, self.worlds.lot[self.w]
        place = layout.product + product * f.PRODUCT_FIELDS
        own = (lots[:, f.LOT_PRODUCT] == place) & (lots[:, f.LOT_SERIAL] == serial)
        at = np.flatnonzero(own & (lots[:, f.LOT_STATE] != f.LOT_FREE))
        if at.size == 0:
            came = serial >= f.WIP_SERIAL or int(self.worlds.product[self.w, product, f.PR_SERIAL]) > serial
            return Wait(tool, f"{head}, which {'has left the line' if came else 'is not released yet'}", None)
        lot = lots[at[0]]
        step = (int(lot[f.LOT_STEP]) - layout.first_step) // f.STEP_CONSTANTS
        g = int(self.step_group[step])
        where, state = repr(self.names.toolgroups[g]), int(lot[f.LOT_STATE])
        if state == f.LOT_QUEUED:
            after = self._before(g, (product, serial))
            there = "there" if after == tool else f"at {where}"
            return Wait(tool, f"{head}, which waits {there} for step {self.names.steps[step][1]!r}", after)
        if state in (f.LOT_OUTSIDE, f.LOT_STUCK):
            only = self.names.tools_of[g]
            after = only.start if len(only) == 1 and self.names.turns[only.start] else None
            waits = after is not None and self._is_waiting(after)
            return Wait(tool, f"{head}, which waits for a place in front of {where}", after if waits else None)
        return Wait(tool, f"{head}, which is on its way through {where}", None)

    def _left(self, tool: int) -> tuple[tuple[str, int, int], ...]:
        """The turns of a tool that are still to come."""
        turns = self.names.turns[tool]
        return turns[len(turns) - int(self.tools[tool, f.T_TURNS]) :]

    def _before(self, g: int, lot: tuple[int, int]) -> int | None:
        """The tool of a toolgroup that has a turn for a lot, not now; None where one at work may take it next."""
        named = [t for t in self.names.tools_of[g] if any(turn[1:] == lot for turn in self._left(t))]
        return named[0] if named and all(self._is_waiting(tool) for tool in named) else None
