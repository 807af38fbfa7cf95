"""What happens in a world, what is to come, and where its lots are, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.arrays import calendar_fields as c
from twin.arrays import fields as f
from twin.results.moments import moment

if TYPE_CHECKING:
    from twin.study.sight import Pending, Sight

HAPPENED = {
    "release": "{lot} is released", "queue": "{lot} joins the queue of {group} (step {step})",
    "setup": "{tool} begins to be set up for {lot}", "load": "{lot} is loaded on {tool} (step {step})",
    "finish": "{lot} is done with step {step} on {tool}", "leave": "{lot} leaves {tool}",
    "out": "{lot} leaves the line", "down": "{tool} goes down", "up": "{tool} is repaired",
    "pm": "maintenance of {tool} begins", "pm_end": "maintenance of {tool} is over",
    "blocked": "{lot} finds no place in front of {group} and stays on {tool}", "off": "{tool} goes off",
    "on": "{tool} is on again", "scrap": "{lot} leaves the line as scrap",
}  # fmt: skip
"""What a row of the log tells, by its kind."""


def happened(sight: Sight, row: list[int]) -> str:
    """A row of the log in words.

    row: in the columns `LOG_*`
    """
    names, what = sight.names, row[f.LOG_WHAT]
    kind = f.WHAT[what] if what < len(f.WHAT) else f"event {what}"
    words = {"lot": "", "tool": "its place", "group": "", "step": ""}
    if row[f.LOG_TOOL] >= sight.layout.tool:
        words["tool"] = names.tool(sight.tool_at(row[f.LOG_TOOL]))
    if row[f.LOG_PRODUCT] >= sight.layout.product:
        words["lot"] = sight.name_of(sight.product_at(row[f.LOG_PRODUCT]), row[f.LOG_SERIAL])
    if row[f.LOG_STEP] >= sight.layout.first_step:
        step = (row[f.LOG_STEP] - sight.layout.first_step) // f.STEP_CONSTANTS
        words["step"] = sight.step_name(step)
        words["group"] = names.toolgroups[int(sight.arrays.step[step, f.S_GROUP])]
        if words["tool"] == "its place" and what in (f.W_LOAD, f.W_FINISH):
            words["tool"] = words["group"]
    return HAPPENED.get(kind, f"{kind}: {{lot}} {{tool}}").format(**words)


def to_come(sight: Sight, event: Pending) -> str:
    """A pending event in words."""
    names, memory, place = sight.names, sight.memory, event.place
    if event.kind == f.EV_TOOL:
        tool = names.tool(sight.tool_at(place))
        if memory[place + f.T_CUT] != f.NONE:
            return f"{tool}: its work stops, a failure strikes"
        return f"{tool}: {'its setup is done' if memory[place + f.T_DO] == f.SETTING_UP else 'its work is done'}"
    if event.kind == f.EV_UP:
        tool = names.tool(sight.tool_at(place))
        return f"{tool}: {'its maintenance is over' if memory[place + f.T_DOWN] == f.MAINTAINED else 'it is repaired'}"
    if event.kind == f.EV_LOT:
        group = sight.goes_to(place)
        where = names.toolgroups[group] if group >= 0 else "the exit"
        inside = memory[place + f.LOT_STATE] == f.LOT_INSIDE
        return f"{sight.lot_name(place)}: it {'is done at' if inside else 'comes to'} {where}"
    if event.kind == f.EV_RELEASE:
        product = sight.product_at(place)
        mixed = sight.arrays.product[product, f.P_KIND] == f.RELEASE_MIX
        return f"{'the mix' if mixed else names.products[product]}: a lot is released"
    if event.kind == f.EV_CLOCK:
        row = sight.arrays.clock[sight.clock_at(place)]
        group, kind, number = names.stops[int(row[f.K_STOP])]
        word = "maintenance" if kind == "pm" else "failure"
        return f"{names.tool(int(row[f.K_TOOL]))}: {word} {number + 1} of {names.toolgroups[group]} is due"
    if event.kind == f.EV_STEP:
        return "a batch is looked at again" if place < sight.layout.measure else "results of a measurement are known"
    if event.kind == c.EV_CALENDAR:
        state = int(memory[place + c.CA_STATE])
        does = {c.OPEN: "is about to close", c.CLOSING: "closes", c.SHUT: "opens"}
        return f"a calendar {does.get(state, 'changes')}"
    return f"event of kind {event.kind}"


def lot_in_words(sight: Sight, lot: int, at: int) -> str:
    """Where a lot is and what it does or waits for.

    at: now [tick]
    """
    names, state = sight.names, sight.lot(lot, f.LOT_STATE)
    group, step = sight.goes_to(lot), sight.step_of(lot)
    where = names.toolgroups[group] if group >= 0 else "the exit"
    at_step = f" (step {sight.step_name(step)})" if step >= 0 else ""
    tool = sight.lot(lot, f.LOT_TOOL)
    on = names.tool(sight.tool_at(tool)) if tool != f.NONE else None

    def clock(tick: int) -> str:
        return moment(tick * names.tick_s, at * names.tick_s)

    if state == f.LOT_QUEUED:
        queue = sight.queue(group)
        order = f", {queue.index(lot) + 1} of {len(queue)}" if lot in queue else ""
        return f"waits in front of {where}{at_step} since {clock(sight.lot(lot, f.LOT_SINCE))}{order}"
    if state == f.LOT_OUTSIDE:
        return f"released, and waits outside the line for a place in front of {where} ({sight.places(group)})"
    if state == f.LOT_STUCK:
        stays = f"done on {on}, and stays there" if on else "done"
        return f"{stays}: it waits for a place in front of {where} ({sight.places(group)})"
    ends = sight.lot(lot, f.LOT_END)
    known = at <= ends < f.MAX_TICK
    if state in (f.LOT_MOVING, f.LOT_EXPECTED):
        return f"on its way to {where}{at_step}" + (f", comes at {clock(ends)}" if known else ", waits to be carried")
    if state == f.LOT_INSIDE:
        doing = f"on {on}" if on else f"in {where}"
        tool_state = f", which is {sight.state(sight.tool_at(tool))}" if on else ""
        return f"{doing}{at_step}{tool_state}" + (f", comes out at {clock(ends)}" if known else "")
    return f"in state {state}, at {where}"
