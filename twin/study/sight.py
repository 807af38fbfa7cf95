"""A world looked at from outside: its records by number, and what they are called in the document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.arrays import carrier_fields as cr
from twin.arrays import fields as f
from twin.arrays.memory import carried_column
from twin.results.measures import STATES
from twin.results.yields import lot_name

if TYPE_CHECKING:
    from twin.arrays.compiled import Compiled, LineArrays
    from twin.arrays.names import Names
    from twin.arrays.worlds import Worlds
    from twin.line import Line

Ints = NDArray[np.int64]
ON_THE_WAY = (f.LOT_MOVING, f.LOT_EXPECTED)


@dataclass(frozen=True)
class Pending:
    """An event that is to come. kind: `EV_*`; place: of the record it is about, in the world's memory."""

    tick: int
    kind: int
    place: int


class Sight:
    """One world at one moment. It is read, never changed; look anew after time has passed.

    compiled, worlds: as a batch holds them; world: which of the worlds
    line:             the document, for the names of lots that were there at the start; None: they are told by number

    Tools, toolgroups, steps and products are numbered as in `Names`; a lot is named by its place in the memory.
    """

    def __init__(self, compiled: Compiled, worlds: Worlds, world: int = 0, line: Line | None = None) -> None:
        self.compiled, self.line = compiled, line
        self.names: Names = compiled.names
        self.layout = worlds.layout
        self.memory: Ints = worlds.memory[world]
        self.tools: Ints = worlds.tool[world]
        self.groups: Ints = worlds.group[world]
        self.products: Ints = worlds.product[world]
        self.crews: Ints = worlds.crew[world]
        self.lots: Ints = worlds.lot[world]
        self.clocks: Ints = worlds.clock[world]
        self.auxiliaries: Ints = worlds.auxiliary[world]
        self.extras: Ints = worlds.extra[world]
        self.carriers: Ints = worlds.carrier[world]

    @cached_property
    def arrays(self) -> LineArrays:
        """The line as it is in force now."""
        phase = int(self.memory[f.C_PHASE])
        return self.compiled.later[phase - 1][1] if phase else self.compiled.arrays

    @property
    def now(self) -> int:
        """Tick up to which everything is worked off, itself left out."""
        return int(self.memory[f.C_NOW])

    # --- numbers of records ---------------------------------------------------------------------------

    def tool_at(self, place: int) -> int:
        """Number of the tool at a place of the memory."""
        return (place - self.layout.tool) // f.TOOL_FIELDS

    def group_at(self, place: int) -> int:
        """Number of the toolgroup at a place of the memory."""
        return (place - f.CORE_FIELDS) // f.GROUP_FIELDS

    def crew_at(self, place: int) -> int:
        """Number of the crew at a place of the memory."""
        return (place - self.layout.crew) // f.CREW_FIELDS

    def product_at(self, place: int) -> int:
        """Number of the product at a place of the memory."""
        return (place - self.layout.product) // f.PRODUCT_FIELDS

    def clock_at(self, place: int) -> int:
        """Number of the failure or maintenance clock at a place of the memory."""
        return (place - self.layout.clock) // f.CLOCK_FIELDS

    def tool_place(self, tool: int) -> int:
        """Place of a tool in the memory."""
        return self.layout.tool + tool * f.TOOL_FIELDS

    def group_of(self, tool: int) -> int:
        """The toolgroup of a tool."""
        return int(self.names.tool_group[tool])

    # --- lots -------------------------------------------------------------------------------------------

    def lot(self, place: int, column: int) -> int:
        """A column of a lot."""
        return int(self.memory[place + column])

    def step_of(self, lot: int) -> int:
        """The step that a lot is at or goes to, below 0 if it leaves the line."""
        place = self.lot(lot, f.LOT_STEP)
        return place if place < 0 else (place - self.layout.first_step) // f.STEP_CONSTANTS

    def goes_to(self, lot: int) -> int:
        """The toolgroup of a lot's step, below 0 if it leaves the line."""
        step = self.step_of(lot)
        return step if step < 0 else int(self.arrays.step[step, f.S_GROUP])

    @cached_property
    def in_line(self) -> Ints:
        """Places of all lots in the line   (lot,)."""
        numbers = np.flatnonzero(self.lots[:, f.LOT_STATE] != f.LOT_FREE)
        places: Ints = self.layout.lot + numbers * self.layout.lot_fields
        return places

    def is_without(self, lot: int, kind: int) -> bool:
        """Whether a lot is on no carrier of a kind."""
        return bool((self.lot(lot, carried_column(self.arrays) + cr.LX_WITHOUT) >> kind) & 1)

    def find(self, product: int, serial: int) -> int:
        """The place of a lot, NONE where it is not in the line."""
        memory, place = self.memory, self.layout.product + product * f.PRODUCT_FIELDS
        lots = self.in_line
        own = lots[(memory[lots + f.LOT_PRODUCT] == place) & (memory[lots + f.LOT_SERIAL] == serial)]
        return int(own[0]) if own.size else f.NONE

    @cached_property
    def steps_of_lots(self) -> Ints:
        """The step of each of `in_line`   (lot,)."""
        place = self.memory[self.in_line + f.LOT_STEP]
        found: Ints = np.where(place < 0, place, (place - self.layout.first_step) // f.STEP_CONSTANTS)
        return found

    def at_step(self, step: int) -> list[int]:
        """Lots at a step or on their way to it, in whatever state; those that are done with it are at their next."""
        return [int(lot) for lot in self.in_line[self.steps_of_lots == step]]

    def on_the_way(self, group: int) -> list[int]:
        """Lots that have a place in front of a toolgroup and are not there yet, the first to come first."""
        lots = [int(lot) for lot in self.in_line if self.lot(int(lot), f.LOT_STATE) in ON_THE_WAY]
        return sorted((lot for lot in lots if self.goes_to(lot) == group), key=lambda lot: self.lot(lot, f.LOT_END))

    def queue(self, group: int) -> list[int]:
        """Lots that wait in front of a toolgroup, in its order."""
        return list(self._chain(int(self.groups[group, f.Q_HEAD]), f.LOT_NEXT))

    def waiting_for_place(self, group: int) -> list[int]:
        """Lots that wait for a place in front of a toolgroup, in order."""
        return list(self._chain(int(self.groups[group, f.Q_BLOCK_HEAD]), f.LOT_NEXT))

    def on(self, tool: int) -> list[int]:
        """Lots on a tool, the one put on first first."""
        return list(self._chain(int(self.tools[tool, f.T_LOT]), f.LOT_MATE))[::-1]

    def claim(self, tool: int) -> tuple[int, int] | None:
        """The lot with which a tool waits to begin, and the toolgroup in front of which it has no place yet."""
        row = self.tools[tool]
        if row[f.T_CLAIM] in (f.NONE, 0) or row[f.T_PLACE] != f.NONE:
            return None
        return int(row[f.T_CLAIM]), self.group_at(int(row[f.T_WANTS]))

    def stuck_on(self, tool: int) -> list[int]:
        """Lots on a tool that are done and wait for a place."""
        return [lot for lot in self.on(tool) if self.lot(lot, f.LOT_STATE) == f.LOT_STUCK]

    def _chain(self, place: int, column: int) -> Iterator[int]:
        """The lots of a chain; before time 0 none of them has an end."""
        if not self.memory[f.C_STARTED]:
            return
        while place != f.NONE:
            yield place
            place = int(self.memory[place + column])

    # --- events -----------------------------------------------------------------------------------------

    @cached_property
    def pending(self) -> tuple[Pending, ...]:
        """What is to come, in order; what was put off in the meantime is left out, since it is put back."""
        heap = np.sort(self.memory[self.layout.heap :][: int(self.memory[f.C_HEAP_N])])
        ticks, kinds = heap >> f.TICK_SHIFT, (heap >> f.INDEX_BITS) & f.KIND_MASK
        rows = np.stack([ticks, kinds, heap & f.INDEX_MASK], axis=1).tolist()
        return tuple(event for event in (Pending(*row) for row in rows) if self._is_due(event))

    def _is_due(self, event: Pending) -> bool:
        """Whether an event's record is due at its tick, where the record says when it is."""
        due = {f.EV_TOOL: f.T_END, f.EV_LOT: f.LOT_END, f.EV_CLOCK: f.CK_DUE, f.EV_UP: f.T_BACK}.get(event.kind)
        return due is None or int(self.memory[event.place + due]) == event.tick

    def comes(self, kind: int, place: int) -> int | None:
        """When the next event of a kind is due for the record at a place; None if none is."""
        return next((event.tick for event in self.pending if (event.kind, event.place) == (kind, place)), None)

    # --- places in front of toolgroups --------------------------------------------------------------------

    def buffer(self, group: int) -> int:
        """Places in front of a toolgroup, UNLIMITED for as many as come."""
        return int(self.arrays.group[group, f.G_BUFFER])

    def is_full(self, group: int) -> bool:
        """Whether no lot may set out for a toolgroup: all places taken, or with none, no idle tool that is free."""
        taken, places = int(self.groups[group, f.Q_PLACES]), self.buffer(group)
        if places == f.UNLIMITED or (places == 0 and self.arrays.group[group, f.G_TOOLS] == f.UNLIMITED):
            return False
        return taken >= (places or int(self.groups[group, f.Q_IDLE] + self.groups[group, f.Q_CLAIMED]))

    def saturated(self, group: int) -> bool:
        """Whether a lot is always ready in front of a toolgroup."""
        return bool(self.arrays.group[group, f.G_SATURATED])

    def is_store(self, group: int) -> bool:
        """Whether parts wait in a toolgroup to be joined: it has no tools, and is no pure delay."""
        return int(self.arrays.group[group, f.G_TOOLS]) == 0 and not self.names.tools_of[group]

    def parts(self, product: int) -> list[int]:
        """The parts of a product that are there to be joined: in its store, or done and without a place in it."""
        store = self.store_of(product)
        place = self.layout.product + product * f.PRODUCT_FIELDS
        done = [lot for lot in self.waiting_for_place(store) if self.lot(lot, f.LOT_STATE) != f.LOT_QUEUED]
        lots = (*self.queue(store), *done)
        return [lot for lot in lots if self.lot(lot, f.LOT_PRODUCT) == place]

    def store_of(self, product: int) -> int:
        """The toolgroup in which the route of a part ends."""
        return int(self.arrays.step[self.names.steps_of[product][-1], f.S_GROUP])

    def dead(self) -> set[int]:
        """Toolgroups that can never move again: all their tools hold blocked lots alone, all of which wait for others
        of them (as `twin.engine.moves.is_deadlock`)."""
        groups = self.groups
        tools = np.array([len(of) for of in self.names.tools_of])
        claimed = groups[:, f.Q_CLAIMED]
        closed = [self.is_full(g) and not self.queue(g) and not self.saturated(g) for g in range(len(tools))]
        stuck = groups[:, f.Q_STUCK] + np.where((claimed > 0) & closed, claimed + groups[:, f.Q_IDLE], 0)
        left = set(np.flatnonzero((stuck > 0) & (stuck + groups[:, f.Q_AWAY] == tools)).tolist())
        wanted = {g: {self.goes_to(lot) for tool in self.names.tools_of[g] for lot in self.on(tool)} for g in left}
        for g in left:
            wanted[g] |= {claim[1] for tool in self.names.tools_of[g] if (claim := self.claim(tool)) is not None}
        while True:
            lives = {g for g in left if wanted[g] - left}
            if not lives:
                return left
            left -= lives

    # --- words ------------------------------------------------------------------------------------------

    def state(self, tool: int) -> str:
        """The state of a tool, as `twin.results.measures.STATES`."""
        number = int(self.tools[tool, f.T_STATE])
        return STATES[number] if number < len(STATES) else f"state {number}"

    def since(self, tool: int) -> int:
        """Tick since which a tool is in its state."""
        return int(self.tools[tool, f.T_SINCE])

    def lot_name(self, lot: int) -> str:
        """What a lot is called: `Pa-12`."""
        return self.name_of(self.product_at(self.lot(lot, f.LOT_PRODUCT)), self.lot(lot, f.LOT_SERIAL))

    def name_of(self, product: int, serial: int) -> str:
        """What the lot of a product and serial is called."""
        if serial < f.WIP_SERIAL:
            return lot_name(self.names.products[product], serial)
        if self.line is not None:
            return self.line.wip[serial - f.WIP_SERIAL].lot
        return f"{self.names.products[product]} (number {serial - f.WIP_SERIAL + 1} of `wip:`)"

    def step_name(self, step: int) -> str:
        """What a step is called."""
        return self.names.steps[step][1]

    def places(self, group: int) -> str:
        """How many of the places in front of a toolgroup are taken: `2 of 2 places taken`."""
        places, taken = self.buffer(group), int(self.groups[group, f.Q_PLACES])
        if places == f.UNLIMITED:
            return f"{taken} in front"
        if places == 0:
            tools = self.names.tools_of[group]
            return "no places, and no tool of it is idle" if tools and self.is_full(group) else "no places"
        return f"{taken} of {places} place{'s' * (places != 1)} taken"
