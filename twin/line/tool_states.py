"""Tools as they are at the start: down for a while, set up for something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from .document import Document
from .faults import Fault, did_you_mean, show
from .tables import MOST_FAULTS, Records, read_records
from .units import Name, Time, name, seconds

if TYPE_CHECKING:
    from .line import Line

TOOL_STATE_COLUMNS = {"tool": name, "down": seconds, "setup": name}


class ToolState(Document):
    """One tool at time 0: how long it stays down, and what it is set up for."""

    tool: Name = Field(
        description="The tool: its toolgroup and its number from 1; a toolgroup's only tool by the toolgroup alone.",
        examples=["litho/2"],
    )
    down: Time = Field(default=0.0, description="Time until it is up again; left out: it is up.", examples=["5 h"])
    setup: Name | None = Field(default=None, description="Setup it has; left out: none.", examples=["A"])

    def place(self, tools: Mapping[str, int | None]) -> tuple[str, int]:
        """Its toolgroup and its number there, from 1; the number is 0 where the name does not tell which tool.

        tools: how many each toolgroup has, None for any number
        """
        if self.tool in tools:
            return self.tool, 1 if tools[self.tool] == 1 else 0
        group, slash, number = self.tool.rpartition("/")
        if not slash:
            return self.tool, 0
        return group.strip(), int(number) if number.strip().isdecimal() else 0


def read_tool_states(source: object) -> tuple[list[ToolState], Records]:
    """The states of a CSV file or of rows in the document."""
    records = read_records(source, TOOL_STATE_COLUMNS, ("tool",), "tools.csv")
    states = []
    for row in records.rows:
        given = {key: value for key, value in row.items() if value is not None}
        states.append(ToolState.model_construct(**given))
    return states, records


def tool_state_faults(line: Line, records: Records) -> Iterator[Fault]:
    """Faults between the tools' states and the rest of the line."""
    seen: set[tuple[str, int]] = set()
    told = 0
    for row, state in enumerate(line.tool_states):
        fault = _fault(line, records, row, state, seen)
        if fault is not None:
            yield fault.below(("tool_states",))
            told += 1
            if told >= MOST_FAULTS:
                return


def _fault(line: Line, records: Records, row: int, state: ToolState, seen: set[tuple[str, int]]) -> Fault | None:
    name, number = state.place({name: group.tools for name, group in line.toolgroups.items()})
    group = line.toolgroups.get(name)
    if group is None:
        cure = did_you_mean(name, line.toolgroups)
        return records.fault(row, "tool", f"the line has no toolgroup {show(name)}; {cure}")
    at = ("toolgroups", name, "tools")
    if group.tools is None:
        what = f"{show(name)} is {group.kind} and has no tools that could be down or set up; leave the row out"
        return records.fault(row, "tool", what, needs=(at,))
    if not 1 <= number <= group.tools:
        known = f"{name}/1 to {name}/{group.tools}" if group.tools > 1 else name
        what = f"{show(state.tool)} names no tool of {show(name)}; write {known}"
        return records.fault(row, "tool", what, needs=(at,))
    if (name, number) in seen:
        return records.fault(row, "tool", f"tool {show(state.tool)} stands twice; leave one row out")
    seen.add((name, number))
    if state.setup is None and state.down == 0:
        what = f"the row says nothing of {show(state.tool)}; write down or setup, or leave it out"
        return records.fault(row, None, what)
    if state.setup is not None and state.setup not in _setups(line, name):
        what = f"{show(name)} knows no setup {show(state.setup)}; {did_you_mean(state.setup, _setups(line, name))}"
        return records.fault(row, "setup", what, needs=(("toolgroups", name, "setups"), ("routes",)))
    return None


def _setups(line: Line, group: str) -> set[str]:
    """Setups that steps of a toolgroup need or that its changes name."""
    found = {step.setup for steps in line.routes.values() for step in steps if step.toolgroup == group and step.setup}
    setups = line.toolgroups[group].setups
    for change in setups.changes if setups is not None else ():
        found |= {state for state in (change.from_, change.to) if state is not None}
    return found
