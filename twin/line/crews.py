"""Crews: operators, technicians and vehicles, so many of each, shared by what names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from .context import reading
from .document import Document
from .faults import Fault, did_you_mean, show
from .units import Name, count_schema, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .line import Line
    from .toolgroups import Toolgroup

MOST_MEMBERS = 100_000
RUN_TASKS = ("setup", "load", "process", "unload")  # the parts of a run, in their order


def _count(value: Any) -> int:
    """A number of members; only for a time there may be none."""
    if value in (0, "0") and value is not False and not reading().phase:
        raise ValueError("needs at least 1 member; all may be gone for a time: 'crews.NAME=0 from 12 d to 13 d'")
    return whole(0 if reading().phase else 1, MOST_MEMBERS)(value)


class Crew(Document):
    """Interchangeable people, or vehicles, each busy with one task at a time."""

    count: Annotated[int, BeforeValidator(_count), WithJsonSchema(count_schema(1))] = Field(
        description="Members; crews: {operators: 2} says the same as {operators: {count: 2}}.", examples=[2]
    )
    calendar: Name | None = Field(
        default=None,
        description="When its members are there; left out: always. Who is at a task as it closes finishes it.",
        examples=["day_shift"],
    )

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Crew) else {"count": value}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        """A number alone, or the mapping."""
        return {"anyOf": [count_schema(1), super().__get_pydantic_json_schema__(core_schema, handler)]}


class Tasks(Document):
    """Which crew a toolgroup needs for what: one member from the task's beginning to its end.

    Members are given in the order of asking, lots of higher priority first. While a lot on the tool waits for one the
    tool is in the state `no_operator`; a tool that waits for its repair stays down. A tool that fails lets its member
    go and asks again when it is up.
    """

    setup: Name | None = Field(default=None, description="Crew for setups.", examples=["operators"])
    load: Name | None = Field(default=None, description="Crew for loading.", examples=["operators"])
    process: Name | None = Field(
        default=None, description="Crew that stays for the whole process time.", examples=["operators"]
    )
    unload: Name | None = Field(default=None, description="Crew for unloading.", examples=["operators"])
    repair: Name | None = Field(default=None, description="Crew for repairs.", examples=["technician"])
    pm: Name | None = Field(default=None, description="Crew for planned maintenance.", examples=["technician"])

    def needed(self) -> list[tuple[str, str]]:
        """Tasks that need a crew, and which."""
        return [(task, crew) for task in type(self).model_fields if (crew := getattr(self, task)) is not None]


def crew_faults(line: Line) -> Iterator[Fault]:
    """Crews that the line lacks, and tasks that nobody is ever needed for."""
    cascading = {step.toolgroup for steps in line.routes.values() for step in steps if step.cascade}
    for name, group in line.toolgroups.items():
        for task, crew in group.crew.needed() if group.crew else ():
            at = ("toolgroups", name, "crew", task)
            if crew not in line.crews:
                yield Fault(at, _lacking(line, crew), needs=(("crews",),))
            elif name in cascading and task in RUN_TASKS:
                what = (
                    f"{show(name)} cascades, and a member stays with one lot at a time; write the crew of repair and "
                    "pm only, or leave the cascade out"
                )
                yield Fault(at, what, needs=(("routes",),))
            elif group.chambers and task in RUN_TASKS:
                what = (
                    f"the parts of a run in {show(name)} belong to its chambers; write the crew of repair and pm only, "
                    "or leave chambers out"
                )
                yield Fault(at, what, needs=(("toolgroups", name, "chambers"),))
            else:
                yield from _idle(name, group, task)
        repairers = group.crew.repair if group.crew else None
        for i, failure in enumerate(group.failures):
            if repairers and failure.in_pm == "overlaps":
                what = f"a repair that has to wait for {show(repairers)} cannot run beside maintenance; write waits"
                yield Fault(("toolgroups", name, "failures", i, "in_pm"), what, needs=(("toolgroups", name, "crew"),))
    carrier = line.transport.crew if line.transport else None
    if carrier is not None and carrier not in line.crews:
        yield Fault(("transport", "crew"), _lacking(line, carrier), needs=(("crews",),))


def _idle(name: str, group: Toolgroup, task: str) -> Iterator[Fault]:
    """A crew for a loading or unloading that takes no time would never be asked."""
    if task in ("load", "unload") and getattr(group, task) == 0 and not reading().phase:
        what = f"{task}ing takes no time here, so nobody is ever needed; write '{task}: 5 min', or leave this out"
        at = ("toolgroups", name)
        yield Fault((*at, "crew", task), what, needs=((*at, task),))


def _lacking(line: Line, crew: str) -> str:
    cure = did_you_mean(crew, line.crews, f"write 'crews: {{{crew}: 1}}' at the top of the document")
    return f"the line has no crew {show(crew)}; {cure}"
