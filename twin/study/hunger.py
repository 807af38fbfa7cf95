"""Why a tool has nothing to do: lots that it may not take, lots that do not come, and the release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.arrays import carrier_fields as cr
from twin.arrays import fields as f
from twin.arrays.worlds import first_passages
from twin.engine.lots import ALWAYS
from twin.results.why import Link
from twin.study.causes import Found, Node
from twin.study.releases import Releases

if TYPE_CHECKING:
    from twin.study.causes import Causes
    from twin.study.sight import Sight

Barred = tuple[str, str, list[Node]]
"""Why a tool may not take a lot: reason, its kind, who comes next."""


class Hunger:
    """What keeps lots from a world's tools, at one moment."""

    def __init__(self, sight: Sight, causes: Causes) -> None:
        self.sight, self.causes = sight, causes
        self.releases = Releases(sight, causes)
        self._ways: tuple[dict[int, set[int]], dict[int, set[int]]] | None = None

    def starved(self, node: Node) -> Found:
        """A tool without a lot: those in front of it are not for it, or none has come."""
        sight = self.sight
        group = sight.group_of(node.number)
        queue = sight.queue(group)
        if queue:
            why, cause, after = self._barred(node.number, queue)
            more = f" ({len(queue)} wait)" if len(queue) > 1 and cause != "batch" else ""
            return self.causes.tool_link(node, why + more, cause), after
        coming = sight.on_the_way(group)
        if coming:
            reason = f"no lot waits in front of it; {sight.lot_name(coming[0])} is the next to come"
            return self.causes.tool_link(node, reason, "lot"), [Node("lot", coming[0])]
        ready = self.releases.always_ready(group)
        if ready is not None:
            extra = int(sight.arrays.step[int(sight.arrays.product[ready, f.P_STEP]), f.S_EXTRA])
            name = f"the next lot of {self.releases.of(ready)}"
            barred = None if extra == f.NONE else self._barred_by_words(node.number, name, extra)
            why, cause, after = barred or (f"it may not take {name} now", "rule", [])
            return self.causes.tool_link(node, why, cause), after
        places = sight.buffer(group)
        empty = f"its {places} place{'s' * (places != 1)} in front {'are' if places != 1 else 'is'} empty"
        after = self.upstream(group)
        if not after:
            return self.causes.tool_link(node, "no route comes to it", "unused"), []
        reason = f"{empty if places > 0 else 'no lot waits in front of it'}, and none is on its way"
        return self.causes.tool_link(node, reason, "lot"), after

    # --- lots that wait, and that the tool may not take -----------------------------------------------

    def _barred(self, tool: int, queue: list[int]) -> Barred:
        """What keeps a tool from the first lot in front of it, or from the one whose turn it is."""
        turn = self._turn(tool, queue)
        if not isinstance(turn, int):
            return turn
        sight, lot = self.sight, turn
        name, step = sight.lot_name(lot), sight.step_of(lot)
        row, group = sight.arrays.step[step], sight.group_of(tool)
        reserved = [one for one in sight.on_the_way(group) if sight.lot(one, f.LOT_STATE) == f.LOT_EXPECTED]
        least = int(sight.arrays.group[group, f.G_RESERVE])
        if reserved and sight.lot(lot, f.LOT_PRIORITY) < least:
            kept = f"it is kept free for lot {sight.lot_name(reserved[0])}; {name} waits"
            return kept, "rule", [Node("lot", reserved[0])]
        own = sight.lot(lot, int(row[f.S_USE])) if row[f.S_USE] != f.NONE else f.NONE
        if own not in (f.NONE, sight.tool_place(tool)):
            other = sight.tool_at(own)
            why = f"lot {name} waits for {sight.names.tool(other)}, which it is dedicated to"
            return why, "rule", [Node("tool", other)]
        runs = int(sight.tools[tool, f.T_MIN_RUN])
        if runs > 0 and row[f.S_SETUP] not in (0, sight.tools[tool, f.T_SETUP]):
            why = f"it is to run {runs} more lot{'s' * (runs != 1)} before it is set up for {name}"
            return why, "min_run", []
        if row[f.S_EXTRA] != f.NONE:
            barred = self._barred_by_words(tool, f"lot {name}", int(row[f.S_EXTRA]), lot)
            if barred is not None:
                return barred
        units = sum(
            sight.lot(one, f.LOT_UNITS) for one in queue
            if sight.arrays.step[sight.step_of(one), f.S_FAMILY] == row[f.S_FAMILY]
        )  # fmt: skip
        if row[f.S_BATCH_MAX] > 0 and units < row[f.S_BATCH_MIN]:
            why = f"a batch of step {sight.step_name(step)} needs {int(row[f.S_BATCH_MIN])} units, and {units} wait"
            return why, "batch", []
        if row[f.S_BATCH_MAX] > 0:
            return f"a batch of step {sight.step_name(step)} waits for more lots ({units} units wait)", "batch", []
        return f"it may not take lot {name} now", "rule", []

    def _turn(self, tool: int, queue: list[int]) -> int | Barred:
        """The lot in front of a tool that it would take next; of one with a sequence why that is none of them."""
        sight = self.sight
        turns = sight.names.turns[tool] if sight.names.turns else ()
        if not turns:
            return queue[0]
        left = int(sight.tools[tool, f.T_TURNS])
        if left == 0:
            return "its sequence is worked off", "rule", []
        name, product, serial = turns[len(turns) - left]
        lot = sight.find(product, serial)
        if lot in queue:
            return lot
        why = f"it is the turn of lot {name}"
        if lot != f.NONE:
            return why, "lot", self._where(lot)
        return why, "lot", [Node("release", product)]

    def _where(self, lot: int) -> list[Node]:
        """Who has a lot now."""
        sight, state = self.sight, self.sight.lot(lot, f.LOT_STATE)
        tool, group = sight.lot(lot, f.LOT_TOOL), sight.goes_to(lot)
        if tool != f.NONE and state in (f.LOT_INSIDE, f.LOT_STUCK):
            return [Node("tool", sight.tool_at(tool))]
        if state in (f.LOT_MOVING, f.LOT_EXPECTED):
            return [Node("lot", lot)]
        return self.causes.to_blame(group) or [Node("delay", group)]

    def _barred_by_words(self, tool: int, lot: str, extra: int, place: int = f.NONE) -> Barred | None:
        """What keeps a tool from a lot at a step with a word more: qualification, chambers, auxiliaries, a gate."""
        sight = self.sight
        row = sight.arrays.extra[extra]
        group = sight.group_of(tool)
        tools = sight.names.tools_of[group]
        if row[f.E_QUALIFIED] != f.NONE:
            qualified = [one for one in tools if self._is_qualified(int(row[f.E_QUALIFIED]), one - tools.start)]
            if tool not in qualified:
                which = ", ".join(sight.names.tool(one) for one in qualified)
                after = [one for one in self.causes.to_blame(group) if one.number in qualified]
                why = f"it is not qualified for {lot}; {which} {'is' if len(qualified) == 1 else 'are'}"
                return why, "rule", after
        chambers = int(row[f.E_CHAMBERS])
        if chambers and chambers & int(sight.tools[tool, f.T_BROKEN]) == chambers:
            return f"the chambers that {lot} needs are down", "down", []
        for column in (f.E_AUXILIARY, f.E_AUXILIARY_2):
            one = int(row[column])
            if one != f.NONE and sight.auxiliaries[one, f.AU_USED] >= sight.arrays.auxiliary[one, f.A_COUNT]:
                why = f"{lot} needs the auxiliary {sight.names.auxiliaries[one]}, and none is free"
                return why, "auxiliary", [Node("auxiliary", one)]
        listed = sight.arrays.listed[row[f.E_PART] :][: row[f.E_PARTS] * f.PART_FIELDS].reshape(-1, f.PART_FIELDS)
        for _, product, count in listed.tolist():
            there = len(sight.parts(product))
            if there < count:
                why = f"{lot} is to be joined with {count} {sight.names.products[product]}, and {there or 'none'} "
                return why + ("is there" if there < 2 else "are there"), "lot", [Node("part", product)]
        for kind, name in enumerate(sight.names.carriers):
            wanted = (int(row[f.E_TAKES]) >> kind) & 1 and (place == f.NONE or sight.is_without(place, kind))
            if wanted and sight.carriers[kind, cr.CA_NONE]:
                return f"{lot} needs a {name}, and none is free", "carrier", [Node("carrier", kind)]
        ahead = self._ahead_of_gate(extra)
        if ahead is None:
            return None
        gate = int(row[f.E_GROUP])
        why = f"a gate holds {lot}: {ahead} lots are ahead at {sight.names.toolgroups[gate]}"
        return why, "rule", self.causes.to_blame(gate)

    def _is_qualified(self, listed: int, number: int) -> bool:
        """Whether a tool, by its number in its toolgroup, is in a list of qualified ones."""
        mask = int(self.sight.arrays.listed[listed + number // f.MASK_BITS])
        return bool((mask >> (number % f.MASK_BITS)) & 1)

    def _ahead_of_gate(self, extra: int) -> int | None:
        """Lots ahead of a gate that is shut; None where it is open (as `twin.engine.extras.is_shut`)."""
        sight = self.sight
        row, state = sight.arrays.extra[extra], sight.extras[extra]
        if row[f.E_UNTIL] == f.NONE or state[f.EX_INSIDE] < row[f.E_LEAST]:
            return None
        group = int(row[f.E_GROUP])
        ahead = int(sight.groups[group, f.Q_LOTS] + state[f.EX_INSIDE] - state[f.EX_QUEUED])
        tools = sight.names.tools_of[group]
        up = int((sight.tools[tools.start : tools.stop, f.T_DOWN] == f.UP).sum())
        return ahead if up == 0 or ahead * row[f.E_TOOLS] > row[f.E_MOST] * up else None

    # --- lots that do not come ------------------------------------------------------------------------

    def upstream(self, group: int, only: set[int] | None = None) -> list[Node]:
        """Who should send a toolgroup lots: from where most have come so far, those with lots now counted twice.

        only: steps of the toolgroup to which they should come, None for all
        """
        before, enters = self._before()
        sight = self.sight
        steps = np.flatnonzero(sight.arrays.step[:, f.S_GROUP] == group).tolist()
        steps = [step for step in steps if only is None or step in only]
        sources = {p for step in steps for p in before.get(step, ())}
        products = {k for step in steps for k in enters.get(step, ())}
        moves = self._moves()
        ways: list[tuple[float, bool, list[Node]]] = []
        for step in sorted(sources):
            own = int(sight.arrays.step[step, f.S_GROUP])
            found = self._with_lots(step, own)
            ways.append((moves[step] * (2 if found else 1), bool(found), found or self._without_lots(own)))
        released = sight.products[:, f.PR_RELEASED]
        ways += [(2.0 * int(released[product]), False, [Node("release", product)]) for product in sorted(products)]
        ways.sort(key=lambda way: (-way[0], not way[1]))
        return [node for _, _, nodes in ways for node in nodes]

    def _with_lots(self, step: int, group: int) -> list[Node]:
        """Who has the lots that are at a step, or on their way to it; none where there are no lots."""
        sight = self.sight
        lots = sight.at_step(step)
        if not lots:
            return []
        tools = sight.names.tools_of[group]
        if not tools:
            return [Node("delay", group)]
        states = {lot: sight.lot(lot, f.LOT_STATE) for lot in lots}
        blame = self.causes.to_blame(group)
        if any(state in (f.LOT_QUEUED, f.LOT_STUCK, f.LOT_OUTSIDE) for state in states.values()):
            return blame
        inside = {sight.tool_at(sight.lot(lot, f.LOT_TOOL)) for lot, state in states.items() if state == f.LOT_INSIDE}
        if inside:
            return [node for node in blame if node.number in inside]
        coming = [lot for lot in sight.on_the_way(group) if lot in states]
        return [Node("lot", lot) for lot in coming[:1]] or blame

    def _without_lots(self, group: int) -> list[Node]:
        """Through whom lots would come: a toolgroup or a pure delay that has none for us."""
        if not self.sight.names.tools_of[group]:
            return [Node("delay", group, True)]
        return self.causes.to_blame(group, True)

    def _before(self) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
        """The steps that each step's lots come from, and the products that begin with it."""
        if self._ways is not None:
            return self._ways
        arrays = self.sight.arrays
        before: dict[int, set[int]] = {}
        enters: dict[int, set[int]] = {}

        def lead(table: dict[int, set[int]], source: int, to: int) -> None:
            while to >= 0 and source not in table.setdefault(to, set()):
                table[to].add(source)
                to = int(arrays.step[to, f.S_NEXT]) if arrays.step[to, f.S_SAMPLE] != ALWAYS else f.END

        for step, row in enumerate(arrays.step):
            lead(before, step, int(row[f.S_NEXT]))
            for arc in arrays.arc[row[f.S_ARC] : row[f.S_ARC] + row[f.S_ARCS]]:
                lead(before, step, int(arc[f.A_TO]))
        for product, row in enumerate(arrays.product):
            lead(enters, product, int(row[f.P_STEP]))
        self._ways = before, enters
        return self._ways

    def _moves(self) -> np.ndarray:
        """Lots done with each step so far   (step,)."""
        sight = self.sight
        done = np.zeros(len(sight.names.steps))
        firsts = first_passages(sight.arrays)
        place = sight.layout.passage
        for first, steps in zip(firsts.tolist(), sight.names.steps_of, strict=True):
            for step in steps:
                order = int(sight.arrays.step[step, f.S_ORDER])
                done[step] += sight.memory[place + (first + order) * f.PASSAGE_FIELDS + f.PA_MOVES]
        return done

    def delay(self, node: Node) -> Found:
        """Lots rest in a pure delay, or none is there."""
        sight, group = self.sight, node.number
        name = sight.names.toolgroups[group]
        resting = [
            int(lot) for lot in sight.in_line
            if sight.lot(int(lot), f.LOT_STATE) == f.LOT_INSIDE and sight.goes_to(int(lot)) == group
        ]  # fmt: skip
        if not resting:
            return Link(name, "empty", None, "no lot is in it", "lot"), self.upstream(group)
        first = min(resting, key=lambda lot: sight.lot(lot, f.LOT_END))
        ends = self.causes.clock(sight.lot(first, f.LOT_END))
        return Link(name, "productive", None, f"{sight.lot_name(first)} comes out of it next, at {ends}", "delay"), []
