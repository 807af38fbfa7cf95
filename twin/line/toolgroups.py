"""Toolgroups: interchangeable tools, their buffer, rule, failures, maintenance and setups."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from .condition import Condition
from .context import reading
from .conveyor import Conveyor, conveyor_words
from .crews import Tasks
from .document import Document, OneOrMany
from .downtime import Failure, Pm
from .faults import Fault, Faults, did_you_mean, show
from .numbered import MOST_CHAMBERS
from .own_rules import is_own, own_rule
from .power import Power
from .sequence import Sequence
from .setups import Setups
from .units import (
    Name,
    Time,
    count_schema,
    number,
    whole,
    whole_or_unlimited,
)

RULES = (
    "priority", "fifo", "lifo", "edd", "cr", "spt", "srpt", "least_setup", "odd", "least_slack", "atcs",
    "setup_campaign", "line_balance", "queue_limit", "fasfs",
)  # fmt: skip
MOST_RANKS = 7
MOST_TOOLS = 100_000
MOST_PLACES = 1_000_000
STORE = "store"
"""What a document writes for the tools of a place where parts wait for the step that joins them."""


def _rules(value: Any) -> Any:
    """Ranked rule names; one alone may stand without a list."""
    rules = [value] if isinstance(value, str) else value
    if not isinstance(rules, list | tuple):
        raise ValueError(f"needs rule names such as [priority, fifo], not {show(value)}")
    if not rules:
        raise ValueError("needs at least one rule; write [fifo]")
    faults = []
    if len(rules) > MOST_RANKS:
        raise ValueError(f"has {len(rules)} ranks; write at most {MOST_RANKS}")
    for i, rule in enumerate(rules):
        if isinstance(rule, str) and is_own(rule) and rule not in rules[:i]:
            faults += _fault_of_own(i, rule)
        elif rule not in RULES:
            faults.append(Fault((i,), f"unknown rule {show(rule)}; {did_you_mean(str(rule), RULES)}"))
        elif rule in rules[:i]:
            faults.append(Fault((i,), f"rule {show(rule)} stands twice; leave the second one out"))
    if faults:
        raise Faults(faults)
    return tuple(rules)


def _fault_of_own(place: int, rule: str) -> list[Fault]:
    """What keeps a function from being a rule."""
    if reading().trusting:
        return []
    try:
        own_rule(rule)
    except ValueError as error:
        return [Fault((place,), str(error))]
    return []


def _carried(value: Any) -> bool:
    """Whether lots come and go by transport; a document writes only `transport: none`."""
    if value is None or value == "none":
        return False
    if isinstance(value, bool):
        return value
    raise ValueError(f"a toolgroup's transport is 'none' or left out, not {show(value)}")


def _tools(value: Any) -> int | None:
    """A number of tools; only for a time there may be none."""
    if value in (0, "0") and value is not False and not reading().phase:
        raise ValueError("needs at least 1 tool; all of them may be away for a time: 'tools=0 from 12 d to 13 d'")
    return whole_or_unlimited(0 if reading().phase else 1, MOST_TOOLS)(value)


def _unlimited(value: int | None) -> int | str:
    return "unlimited" if value is None else value


Tools = Annotated[
    int | None,
    BeforeValidator(_tools),
    PlainSerializer(_unlimited),
    WithJsonSchema(count_schema(1, unlimited=True)),
]
Places = Annotated[
    int | None,
    BeforeValidator(whole_or_unlimited(0, MOST_PLACES)),
    PlainSerializer(_unlimited),
    WithJsonSchema(count_schema(0, unlimited=True)),
]
_RULE_SCHEMA = {"anyOf": [{"enum": list(RULES)}, {"type": "string", "pattern": r"^[\w.]+:[\w.]+$"}]}
Rules = Annotated[
    tuple[str, ...],
    BeforeValidator(_rules),
    WithJsonSchema(
        {"anyOf": [_RULE_SCHEMA, {"type": "array", "items": _RULE_SCHEMA, "minItems": 1, "maxItems": MOST_RANKS}]}
    ),
]
Carried = Annotated[
    bool,
    BeforeValidator(_carried),
    PlainSerializer(lambda carried: True if carried else "none"),
    WithJsonSchema({"const": "none"}),
]


def _scale(value: Any) -> float:
    """A scaling parameter of a rule."""
    found = number(value)
    if not 0.01 <= found <= 1000:
        raise ValueError(f"lies between 0.01 and 1000, and {show(value)} does not; literature has 0.1 to 10")
    return found


Scale = Annotated[
    float, BeforeValidator(_scale), WithJsonSchema({"type": "number", "minimum": 0.01, "maximum": 1000})
]


class Atcs(Document):
    """What the rule `atcs`, apparent tardiness cost with setups, weighs lots by; see `twin.engine.ranks.atcs_value`."""

    k1: Scale = Field(
        default=2.0, description="Mean process times of slack at which a lot's index falls to 1/e.", examples=[2]
    )
    k2: Scale = Field(
        default=0.5, description="Mean setup times at which a lot's index falls to 1/e.", examples=[0.5]
    )
    due: Literal["step", "lot"] = Field(
        default="step",
        description="Which due date has the slack: the lot's share of it at the step (as rule odd), or its own.",
        examples=["lot"],
    )


class Toolgroup(Document):
    """Identical, interchangeable tools behind one buffer."""

    tools: Tools = Field(
        default=1,
        description="Identical tools; unlimited = a pure delay; store = no tools: parts wait here to be joined.",
        examples=[2, "unlimited", "store"],
    )
    buffer: Places = Field(
        default=None,
        description="Places for lots in front; left out = unlimited, 0 holds nothing but an idle tool.",
        examples=[5],
    )
    blocking: Literal["after", "before"] = Field(
        default="after",
        description="after: a finished lot stays on its tool until it has a place in front of its next toolgroup; "
        "before: a run begins only with such a place reserved, and the lot waits where it is.",
        examples=["before"],
    )
    rule: Rules = Field(
        default=("priority", "fifo"),
        description="Which waiting lot goes next: ranked, the first that tells two lots apart decides.",
        examples=[["priority", "least_setup", "fifo"]],
    )
    sequence: Sequence = Field(
        default=None,
        description="In place of a rule: the lots in order, a list for each tool, or a file of them; a tool takes "
        "exactly the lot whose turn it is, and waits for it.",
        examples=[[["a-1", "b-1"], ["b-2", "a-2"]]],
    )
    atcs: Atcs | None = Field(
        default=None, description="Parameters of the rule atcs; left out: their defaults.", examples=[{"k1": 2}]
    )
    load: Time = Field(default=0.0, description="Loading, once a visit or batch.", examples=["1 min"])
    unload: Time = Field(default=0.0, description="Unloading, once a visit or batch.", examples=["1 min"])
    area: Name | None = Field(default=None, description="Part of the plant it stands in.", examples=["body"])
    failures: Annotated[tuple[Failure, ...], OneOrMany()] = Field(
        default=(),
        description="Breakdowns, each with clocks of its own.",
        examples=[[{"mtbf": {"exponential": "100 min"}, "mttr": {"exponential": "10 min"}}]],
    )
    pm: Annotated[tuple[Pm, ...], OneOrMany()] = Field(
        default=(), description="Planned maintenance.", examples=[[{"every": "30 d", "takes": "4 h"}]]
    )
    setups: Setups | None = Field(
        default=None, description="Setup times.", examples=[{"changes": [{"to": "B", "time": "12 min"}]}]
    )
    wake: Literal["least_setup", "longest_idle", "first", "random"] = Field(
        default="least_setup",
        description="Which idle tool takes a lot that comes: the fastest to set up, the longest idle, the first by "
        "number, or any; of several alike an empty one.",
        examples=["longest_idle"],
    )
    reserve: Annotated[int, BeforeValidator(whole(-1_000_000, 1_000_000))] | None = Field(
        default=None,
        description="Lots of this priority or more have a tool kept free while they are on their way; left out: none.",
        examples=[30],
    )
    chambers: Annotated[int, BeforeValidator(whole(1, MOST_CHAMBERS, "a number of chambers"))] | None = Field(
        default=None,
        description="Parallel chambers inside each tool: the units of a lot are spread over those that are up.",
        examples=[4],
    )
    transport: Carried = Field(
        default=True, description="none: lots come to and go from this group in no time.", examples=["none"]
    )

    condition: dict[Name, Condition] = Field(
        default={},
        description="How its tools deviate from their recipes, by input of the process laws that they run.",
        examples=[{"rate": {"per_unit": "-0.01 %", "lot": "0.4 %"}}],
    )

    crew: Tasks | None = Field(
        default=None,
        description="Which crew the tools need for what.",
        examples=[{"load": "operators", "unload": "operators", "repair": "technician"}],
    )
    calendar: Name | None = Field(
        default=None,
        description="When its tools are worked; left out: as the line's calendar says, none: always.",
        examples=["two_shifts", "none"],
    )

    conveyor: Conveyor | None = Field(
        default=None,
        description="A belt in place of tools: lots pass it one behind the other.",
        examples=[{"length": "30 m", "speed": "6 m/min", "pitch": "1.5 m"}],
    )

    power: Power | None = Field(
        default=None,
        description="What each tool draws in each of its states; left out: its energy is not counted.",
        examples=[{"processing": "12 kW", "idle": "3 kW"}],
    )

    is_store: bool = False
    hidden: ClassVar[frozenset[str]] = frozenset({"is_store"})

    @property
    def kind(self) -> str:
        """What a toolgroup without single tools is, in words."""
        return "a store" if self.is_store else "unlimited"

    @model_validator(mode="before")
    @classmethod
    def _store(cls, value: Any) -> Any:
        """`tools: store` is a group without tools of its own."""
        if isinstance(value, dict) and value.get("tools") == STORE:
            return value | {"tools": "unlimited", "is_store": True}
        return value

    @model_serializer(mode="wrap")
    def _in_words(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = handler(self)
        return fields | {"tools": STORE} if fields.pop("is_store", False) else fields

    @classmethod
    def amend_schema(cls, schema: dict[str, Any]) -> None:
        """`tools: store`."""
        super().amend_schema(schema)
        tools = schema["properties"]["tools"]
        schema["properties"]["tools"] = tools | {"anyOf": [*tools["anyOf"], {"const": STORE}]}

    @model_validator(mode="after")
    def _belts_are_no_tools(self) -> Toolgroup:
        """A conveyor is one belt that carries lots; what tools do to lots it cannot."""
        if self.conveyor is not None and (faults := list(conveyor_words(self))):
            raise Faults(faults)
        return self

    @model_validator(mode="after")
    def _delays_never_fail(self) -> Toolgroup:
        """An unlimited group and a store have no single tools that could fail, be maintained, set up or served."""
        if self.tools is None:
            none = ("failures", "pm", "setups", "crew", "condition", "power", "reserve", "sequence", "calendar")
            given = ["blocking"] if self.blocking == "before" else []
            given += [key for key in (*none, *(("load", "unload") if self.is_store else ())) if getattr(self, key)]
            group = STORE if self.is_store else "unlimited group"
            what = f"{'a' if self.is_store else 'an'} {group} has no tools to keep this for; "
            what += "leave it out" if self.is_store else "write a number of tools, or leave it out"
            if given:
                raise Faults(Fault((key,), what, "key") for key in given)
        return self

    @model_validator(mode="after")
    def _a_sequence_decides_alone(self) -> Toolgroup:
        """A list for each tool, and no rule beside it; for a time there may be fewer tools."""
        if self.sequence is None or self.tools is None:
            return self
        if "rule" in self.model_fields_set:
            raise Faults([Fault(("rule",), "the sequence decides which lot goes next; leave rule out", "key")])
        lists = len(self.sequence)
        if lists < self.tools and any(turn.cell for turns in self.sequence for turn in turns):
            rest = ((),) * (self.tools - lists)  # tools without a row in the table
            object.__setattr__(self, "sequence", (*self.sequence, *rest))
        elif lists < self.tools or (lists > self.tools and not reading().phase):
            has = f"{lists} tool{'s' * (lists != 1)}"
            what = f"has lots for {has}, and there are {self.tools}; write a list for each tool"
            raise Faults([Fault(("sequence",), what)])
        return self

    @model_validator(mode="after")
    def _chambers_are_there(self) -> Toolgroup:
        """Chambers belong to tools, and chamber failures to chambers."""
        faults = []
        if self.tools is None and self.chambers is not None:
            what = "an unlimited group has no tools with chambers; write a number of tools, or leave it out"
            faults.append(Fault(("chambers",), what, "key"))
        for i, failure in enumerate(self.failures):
            if failure.of == "chamber" and self.chambers is None:
                what = "the tools have no chambers to break down; write 'chambers: 4' beside failures, or 'of: tool'"
                faults.append(Fault(("failures", i, "of"), what))
        if faults:
            raise Faults(faults)
        return self

    @model_validator(mode="after")
    def _maintenance_leaves_time(self) -> Toolgroup:
        away = sum(pm.takes.mean / pm.every for pm in self.pm if pm.every)
        if away >= 1:
            what = f"all of pm together takes {away:.0%} of the time; write longer intervals"
            raise Faults([Fault(("pm",), what)])
        return self
