"""Who is in the way of whom: from a tool that does not work, link by link, to what keeps it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from twin.arrays import calendar_fields as c
from twin.arrays import carrier_fields as cr
from twin.arrays import fields as f
from twin.results.moments import moment
from twin.results.why import Link
from twin.study.rides import ride

if TYPE_CHECKING:
    from twin.study.sight import Sight

STANDS, WORKS, HUNGRY, GONE = range(4)
"""Tools of a toolgroup are to blame in this order, of those alike the one that is so the longest."""
RANKS = {f.SETUP: WORKS, f.PRODUCTIVE: WORKS, f.STARVED: HUNGRY, f.OFF: GONE}
TASKS = {
    "setup": "to be set up", "load": "to be loaded", "process": "to be worked on", "unload": "to be unloaded",
    "repair": "to be repaired", "pm": "to be maintained",
}  # fmt: skip
AT_WORK = {"setup": "setting up", "load": "loading", "process": "working at", "unload": "unloading",
           "repair": "repairing", "pm": "maintaining"}  # fmt: skip


class Node(NamedTuple):
    """Something that may be in the way: `tool`, `crew`, `release`, `delay`, `auxiliary`, `lot`, `part`, `store` or
    `carrier`, and its number; of a part that of its product.

    bare: it was come to in search of lots, and has none itself
    """

    kind: str
    number: int
    bare: bool = False


Found = tuple[Link, list[Node]]
"""A link, and who may come next in the chain, the likeliest first."""


def chain_of(sight: Sight, tool: int) -> tuple[tuple[Link, ...], str]:
    """The chain from a tool back to its cause, and what it ends at (`twin.results.why.ENDS`)."""
    links: list[Link] = []
    seen: set[tuple[str, int]] = set()
    causes = Causes(sight)
    node = Node("tool", tool)
    while True:
        link, after = causes.link(node)
        seen.add((node.kind, node.number))
        if link.cause == "lot" and node.kind == "tool":  # what starves one tool of a group starves the others
            alike = sight.names.tools_of[sight.group_of(node.number)]
            seen |= {("tool", k) for k in alike if sight.tools[k, f.T_STATE] == f.STARVED}
        onward = next((one for one in after if (one.kind, one.number) not in seen), None)
        of = causes.name(after[0] if onward is None else onward) if after else None
        links.append(replace(link, of=of, reason=link.reason + (causes.at_work(node) if links else "")))
        if onward is None:
            break
        node = onward
    if not after:
        return tuple(links), link.cause if link.cause != "place" else "unknown"
    stopped = sight.memory[f.C_STATUS] == f.DEADLOCK
    dead = stopped or (node.kind == "tool" and sight.group_of(node.number) in sight.dead())
    return tuple(links), "deadlock" if dead else "ring"


class Causes:
    """What is in the way of each of a world's tools, crews and so on, at one moment."""

    def __init__(self, sight: Sight) -> None:
        from twin.study.hunger import Hunger

        self.sight = sight
        self.hunger = Hunger(sight, self)

    def clock(self, tick: int) -> str:
        """A tick as a clock shows it."""
        tick_s = self.sight.names.tick_s
        return moment(tick * tick_s, self.sight.now * tick_s)

    def name(self, node: Node) -> str:
        """What a node is called."""
        sight, number = self.sight, node.number
        return {
            "tool": lambda: sight.names.tool(number),
            "crew": lambda: f"crew {sight.names.crews[number]}",
            "release": lambda: f"the release of {self.hunger.releases.of(number)}",
            "delay": lambda: sight.names.toolgroups[number],
            "auxiliary": lambda: f"auxiliary {sight.names.auxiliaries[number]}",
            "lot": lambda: f"lot {sight.lot_name(number)}",
            "part": lambda: f"part {sight.names.products[number]}",
            "store": lambda: sight.names.toolgroups[number],
            "carrier": lambda: f"carrier {sight.names.carriers[number]}",
        }[node.kind]()

    def link(self, node: Node) -> Found:
        """A link of the chain, and who comes next."""
        if node.kind != "tool":
            return {
                "crew": self._crew, "release": self.hunger.releases.link, "delay": self.hunger.delay,
                "auxiliary": self._auxiliary, "lot": self._move,
                "part": self._part, "store": self._store, "carrier": self._carrier,
            }[node.kind](node)  # fmt: skip
        by_state = {
            f.PRODUCTIVE: self._works, f.SETUP: self._setup, f.PM: self._stopped, f.DOWN: self._stopped,
            f.STARVED: self.hunger.starved, f.BLOCKED: self._blocked, f.OFF: self._off, f.NO_OPERATOR: self._unattended,
        }  # fmt: skip
        found = by_state.get(int(self.sight.tools[node.number, f.T_STATE]), self._other)(node)
        group = self.sight.group_of(node.number)
        idle = node.bare and not found[1] and not self.sight.on(node.number)
        if idle and found[0].cause in ("down", "pm", "off") and not self._has_lots(group):
            link, _ = found  # that it stands is not why nothing comes: nothing came to it either
            return Link(link.who, link.state, link.since, f"{link.reason}; no lot waits there either", "lot"), (
                self.hunger.upstream(group)
            )
        return found

    def _has_lots(self, group: int) -> bool:
        """Whether a toolgroup's tools would find a lot."""
        waits = self.sight.queue(group) or self.sight.waiting_for_place(group)
        return bool(waits) or self.hunger.releases.always_ready(group) is not None

    def at_work(self, node: Node) -> str:
        """How many tools of a tool's toolgroup work, in words; empty where it has but one."""
        if node.kind != "tool":
            return ""
        group = self.sight.group_of(node.number)
        tools = self.sight.names.tools_of[group]
        work = int((self.sight.tools[tools.start : tools.stop, f.T_STATE] == f.PRODUCTIVE).sum())
        return "" if len(tools) == 1 else f"; {work} of {len(tools)} tools of {self.sight.names.toolgroups[group]} work"

    def tool_link(self, node: Node, reason: str, cause: str) -> Link:
        """A link about a tool in its present state."""
        sight, tool = self.sight, node.number
        return Link(sight.names.tool(tool), sight.state(tool), sight.since(tool), reason, cause)

    # --- a tool by its state --------------------------------------------------------------------------

    def _works(self, node: Node) -> Found:
        tool = self.sight.tools[node.number]
        if tool[f.T_BELT] != f.NO_BELT:
            return self._carries(node)
        lots = self._lots_on(node.number)
        began, ends = int(tool[f.T_BEGAN]), self.done_at(node.number)
        several = len(self.sight.on(node.number)) > 1 and tool[f.T_STAY] != f.NONE
        done = "the next of them to be out" if several else "to be done"
        until = "" if ends is None else f", {done} at {self.clock(ends)}"
        doing = f"it works on {lots}" if lots else "it works"
        later = tool[f.T_DO] == f.RUNNING and began > self.sight.since(node.number)
        since = f" since {self.clock(began)}" if later else ""
        return self.tool_link(node, f"{doing}{since}{until}", "works"), []

    def _carries(self, node: Node) -> Found:
        """A conveyor that moves: its first lot waits at the exit while the others close up, or is on its way there."""
        sight, tool = self.sight, self.sight.tools[node.number]
        if sight.stuck_on(node.number):
            link, after = self._blocked(node)
            return replace(link, reason=f"{link.reason}, and others close up behind it"), after
        lot = int(tool[f.T_EXIT])
        ends = sight.lot(lot, f.LOT_END) if lot != f.NONE else f.NEVER
        first = "" if ends >= f.MAX_TICK else f", {sight.lot_name(lot)} the first, at its exit at {self.clock(ends)}"
        return self.tool_link(node, f"it carries {len(sight.on(node.number))}{first}", "transport"), []

    def done_at(self, tool: int) -> int | None:
        """When the work under way is done if nothing comes between; None where that is not known."""
        row = self.sight.tools[tool]
        if row[f.T_DO] == f.RUNNING and row[f.T_TASK] == f.NONE and row[f.T_STAY] == f.NONE:
            if row[f.T_CHAMBERS] == 0:
                end = int(row[f.T_BEGAN] + row[f.T_LEFT])
                return end if end < f.MAX_TICK else None
            return int(row[f.T_END]) if row[f.T_CUT] == f.NONE and row[f.T_END] < f.MAX_TICK else None
        ends = [self.sight.lot(lot, f.LOT_END) for lot in self.sight.on(tool) if row[f.T_STAY] != f.NONE]
        known = [end for end in ends if self.sight.now <= end + 1 < f.MAX_TICK]
        return min(known) if known else None

    def _lots_on(self, tool: int) -> str:
        """The lots on a tool and their step, in words; empty for none."""
        sight = self.sight
        lots = [lot for lot in sight.on(tool) if sight.lot(lot, f.LOT_STATE) == f.LOT_INSIDE]
        if not lots:
            return ""
        names = ", ".join(sight.lot_name(lot) for lot in lots[:3])
        more = f" and {len(lots) - 3} more" if len(lots) > 3 else ""
        return f"{names}{more} (step {sight.step_name(sight.step_of(lots[0]))})"

    def _setup(self, node: Node) -> Found:
        tool = self.sight.tools[node.number]
        lots = self._lots_on(node.number)
        ends = int(tool[f.T_END])
        until = f", to be done at {self.clock(ends)}" if ends < f.MAX_TICK else ""
        return self.tool_link(node, f"it is set up for {lots or 'its next lot'}{until}", "setup"), []

    def _stopped(self, node: Node) -> Found:
        """Down or in maintenance: which failure, until when, or that nobody has come yet."""
        sight, tool = self.sight, self.sight.tools[node.number]
        cause = "pm" if tool[f.T_STATE] == f.PM else "down"
        if tool[f.T_DOWN] == f.UP:
            return self.tool_link(node, "none of its chambers is left to work with", cause), []
        which = self.stop_name(int(tool[f.T_BY]), node.number)
        crew = int(tool[f.T_CREW])
        if crew != f.NONE and tool[f.T_ASKED] != f.NEVER:
            task = "pm" if cause == "pm" else "repair"
            since = self.clock(int(tool[f.T_ASKED]))
            reason = f"{which}; it waits for a member of its crew {TASKS[task]} since {since}"
            return self.tool_link(node, reason, "crew"), [Node("crew", sight.crew_at(crew))]
        up = int(tool[f.T_BACK])
        ends = "" if up == f.NEVER else f", {'over' if cause == 'pm' else 'repaired'} at {self.clock(up)}"
        return self.tool_link(node, which + ends, cause), []

    def stop_name(self, clock: int, tool: int) -> str:
        """Which of its failures or maintenances keeps a tool away: `a failure`, `failure 1 of 2`.

        clock: place of its clock, NONE where there is none
        """
        names = self.sight.names
        if clock == f.NONE:
            return "a repair that had begun before"
        group, kind, number = names.stops[int(self.sight.arrays.clock[self.sight.clock_at(clock), f.K_STOP])]
        count = sum((g, k) == (group, kind) for g, k, _ in names.stops)
        word = "maintenance" if kind == "pm" else kind
        return f"a {word}" if count == 1 else f"{word} {number + 1} of {count}"

    def _off(self, node: Node) -> Found:
        if self.sight.tools[node.number, f.T_DOWN] == f.AWAY:
            return self.tool_link(node, "a change of the line has taken it out for a time", "off"), []
        sight = self.sight
        calendar = int(sight.arrays.group[sight.group_of(node.number), f.G_CALENDAR])
        opens = sight.comes(c.EV_CALENDAR, sight.layout.calendar + calendar * c.CALENDAR_FIELDS)
        until = "" if opens is None or calendar == f.NONE else f" until {self.clock(opens)}"
        waits = {f.FAILED: ", and so does its repair", f.MAINTAINED: ", and so does its maintenance"}
        held = waits.get(int(sight.tools[node.number, f.T_HELD]), "")
        return self.tool_link(node, f"its calendar is closed{until}: it stands still{held}", "off"), []

    def _other(self, node: Node) -> Found:
        return self.tool_link(node, "nothing more is known of it", "unknown"), []

    def _unattended(self, node: Node) -> Found:
        """A lot on the tool waits for an operator."""
        sight, tool = self.sight, self.sight.tools[node.number]
        crew, task = int(tool[f.T_CREW]), int(tool[f.T_TASK])
        what = TASKS[f.TASKS[task]] if 0 <= task < len(f.TASKS) else ""
        lots = self._lots_on(node.number) or "its lot"
        if crew == f.NONE:
            return self.tool_link(node, f"{lots} waits for a member of a crew {what}", "crew"), []
        reason = f"{lots} waits for a member of crew {sight.names.crews[sight.crew_at(crew)]} {what}"
        return self.tool_link(node, reason, "crew"), [Node("crew", sight.crew_at(crew))]

    def _blocked(self, node: Node) -> Found:
        """A lot on the tool is done and waits for a place; or its next lot may not begin, since there is none."""
        from twin.study.sections import waits_for_section

        sight = self.sight
        stuck = sight.stuck_on(node.number)
        if (found := waits_for_section(self, node)) is not None:
            return found
        if stuck:
            lot, group = stuck[0], sight.goes_to(stuck[0])
            before = sight.waiting_for_place(group).index(lot) if lot in sight.waiting_for_place(group) else 0
            behind = f", behind {before} other{'s' * (before != 1)}" if before else ""
            reason = (
                f"its lot {sight.lot_name(lot)} waits for a place in front of {sight.names.toolgroups[group]} "
                f"({sight.places(group)}){behind}"
            )
            return self.tool_link(node, reason, "place"), self.holding(group)
        claim = sight.claim(node.number)
        if claim is not None:
            lot, group = claim
            reason = (
                f"lot {sight.lot_name(lot)} may not begin until there is a place in front of "
                f"{sight.names.toolgroups[group]} ({sight.places(group)})"
            )
            return self.tool_link(node, reason, "place"), self.holding(group)
        return self.tool_link(node, "what it has cannot go on", "unknown"), []

    # --- others in the way ----------------------------------------------------------------------------

    def holding(self, group: int) -> list[Node]:
        """Who keeps the places in front of a toolgroup taken: its tools, or lots on their way to it."""
        sight = self.sight
        if not sight.names.tools_of[group]:
            return [Node("store" if sight.is_store(group) else "delay", group)]
        if sight.buffer(group) > 0 and not sight.queue(group):
            coming = sight.on_the_way(group)
            if coming:
                return [Node("lot", coming[0])]
        return self.to_blame(group)

    def to_blame(self, group: int, bare: bool = False) -> list[Node]:
        """The tools of a toolgroup, first the one that is most in the way."""
        sight = self.sight

        def order(tool: int) -> tuple[int, int]:
            return RANKS.get(int(sight.tools[tool, f.T_STATE]), STANDS), sight.since(tool)

        return [Node("tool", tool, bare) for tool in sorted(sight.names.tools_of[group], key=order)]

    def _crew(self, node: Node) -> Found:
        """Where the members of a crew are."""
        sight = self.sight
        row, place = sight.crews[node.number], sight.layout.crew + node.number * f.CREW_FIELDS
        tools = sight.tools
        serves = (tools[:, f.T_CREW] == place) & (tools[:, f.T_ASKED] == f.NEVER)
        at = [f"{self._serving(tool)} {sight.names.tool(tool)}" for tool in serves.nonzero()[0].tolist()]
        if int(sight.arrays.carrier[0]) == node.number:
            moving = [int(lot) for lot in sight.in_line if self._is_carried(int(lot))]
            at += [f"carrying {sight.lot_name(lot)}" for lot in moving]
        members = int(row[f.CW_MEMBERS])
        if members == 0:
            reason = "its calendar is closed" if row[f.CW_CLOSED] else "nobody of it is there"
        else:
            told = ", ".join(at[:6]) + (f" and {len(at) - 6} more" if len(at) > 6 else "")
            who = "its only member is" if members == 1 else f"its {members} members are"
            reason = f"{who} {told or 'at work'}"
        return Link(self.name(node), "busy" if members else "away", None, reason, "crew"), []

    def _serving(self, tool: int) -> str:
        """What a member of a crew does at a tool."""
        row = self.sight.tools[tool]
        if row[f.T_DOWN] != f.UP:
            return AT_WORK["pm" if row[f.T_DOWN] == f.MAINTAINED else "repair"]
        task = int(row[f.T_TASK])
        return AT_WORK[f.TASKS[task]] if 0 <= task < len(f.TASKS) else "at"

    def _is_carried(self, lot: int) -> bool:
        """Whether a lot is on its way right now, with its arrival known."""
        state, ends = self.sight.lot(lot, f.LOT_STATE), self.sight.lot(lot, f.LOT_END)
        return state in (f.LOT_MOVING, f.LOT_EXPECTED) and self.sight.now <= ends + 1 < f.MAX_TICK

    def _move(self, node: Node) -> Found:
        """A lot on its way to a toolgroup."""
        sight, lot = self.sight, node.number
        where = sight.names.toolgroups[sight.goes_to(lot)]
        if (told := ride(sight, lot, self.clock)) is not None:
            return Link(self.name(node), *told, "transport"), []
        if self._is_carried(lot):
            reason = f"it is on its way to {where} and comes at {self.clock(sight.lot(lot, f.LOT_END))}"
            return Link(self.name(node), "moving", None, reason, "transport"), []
        carrier = int(sight.arrays.carrier[0])
        after = [Node("crew", carrier)] if carrier != f.NONE else []
        since = sight.lot(lot, f.LOT_SINCE) if after else None
        return Link(self.name(node), "waiting", since, f"it is to be carried to {where}", "transport"), after

    def _carrier(self, node: Node) -> Found:
        """Where the skids, hangers or pallets of a kind are, of which none is free."""
        sight, kind = self.sight, self.sight.carriers[node.number]
        used, back, count = (int(kind[column]) for column in (cr.CA_USED, cr.CA_BACK, cr.CA_COUNT))
        reason = f"of {count} lots hold {used}, and {back} {'is' if back == 1 else 'are'} on the way back"
        holders = [int(lot) for lot in sight.in_line if not sight.is_without(int(lot), node.number)]
        groups = [group for group in (sight.goes_to(lot) for lot in holders) if group >= 0]
        link = Link(self.name(node), "in use", None, reason, "carrier")
        if not groups or back >= used:
            return link, []
        most = max(sorted(set(groups)), key=groups.count)
        return link, self.to_blame(most) or [Node("delay", most)]

    def _part(self, node: Node) -> Found:
        """A part that is missing where it is to be joined."""
        sight = self.sight
        store, there = sight.store_of(node.number), len(sight.parts(node.number))
        reason = f"{there or 'none'} in {sight.names.toolgroups[store]}"
        own = set(sight.names.steps_of[node.number])
        return Link(self.name(node), "missing", None, reason, "lot"), self.hunger.upstream(store, own)

    def _store(self, node: Node) -> Found:
        """A store that is full: of what, and who does not take it."""
        sight = self.sight
        queue = sight.queue(node.number)
        kinds = [sight.names.products[sight.product_at(sight.lot(lot, f.LOT_PRODUCT))] for lot in queue]
        held = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
        extras = [row for row in sight.arrays.extra if sight.arrays.step[row[f.E_STEP], f.S_GROUP] == node.number]
        takers = [int(taker) for row in extras for taker in sight.arrays.listed[row[f.E_TAKER] :][: row[f.E_TAKERS]]]
        after = [one for taker in dict.fromkeys(takers) for one in self.to_blame(taker)]
        return Link(self.name(node), "full", None, f"it holds {held or 'nothing, and has no places'}", "place"), after

    def _auxiliary(self, node: Node) -> Found:
        """Who has what a step needs beside a tool."""
        sight, extra = self.sight, self.sight.arrays.extra
        count = int(sight.arrays.auxiliary[node.number, f.A_COUNT])
        used = int(sight.auxiliaries[node.number, f.AU_USED])
        holders: list[int] = []
        for lot in map(int, sight.in_line):
            row = int(sight.arrays.step[sight.step_of(lot), f.S_EXTRA]) if sight.step_of(lot) >= 0 else f.NONE
            tool = sight.lot(lot, f.LOT_TOOL)
            if row == f.NONE or tool == f.NONE or sight.lot(lot, f.LOT_STATE) != f.LOT_INSIDE:
                continue
            if node.number in (int(extra[row, f.E_AUXILIARY]), int(extra[row, f.E_AUXILIARY_2])):
                holders.append(sight.tool_at(tool))
        tools = list(dict.fromkeys(holders))
        where = ", ".join(sight.names.tool(tool) for tool in tools)
        reason = f"{used} of {count} in use" + (f", at {where}" if tools else "")
        blamed = [one for tool in tools for one in self.to_blame(sight.group_of(tool))]
        order = {one.number: k for k, one in enumerate(blamed)}
        return Link(self.name(node), "in use", None, reason, "auxiliary"), [
            Node("tool", tool) for tool in sorted(tools, key=lambda tool: order[tool])
        ]
