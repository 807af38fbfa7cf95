"""Toolgroups: interchangeable tools, their buffer, rule, failures, maintenance and setups."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    ValidationError,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from .context import reading
from .crews import Tasks
from .document import Document
from .faults import Fault, Faults, did_you_mean, show
from .laws import Law
from .numbered import MOST_CHAMBERS
from .own_rules import is_own, own_rule
from .units import (
    SHARE_SCHEMA,
    TIME_SCHEMA,
    Name,
    Time,
    count_schema,
    number,
    pieces,
    quantity,
    share,
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


class OneOrMany:
    """A list of parts; one mapping alone may stand without the list."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Put the one part into a list before the list is validated."""
        return core_schema.no_info_before_validator_function(
            lambda value: [value] if isinstance(value, dict) else value, handler(source)
        )

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """One part, or a list of them."""
        many = handler(core)
        return {"anyOf": [many["items"], many]}


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


class Failure(Document):
    """Breakdowns of each tool of a group, every tool on a clock of its own."""

    mtbf: Law = Field(
        description="Up time between failures, on the stated clock.", examples=[{"exponential": "100 min"}]
    )
    mttr: Law = Field(description="Time to repair.", examples=[{"exponential": "10 min"}])
    clock: Literal["operating", "calendar"] = Field(
        default="operating",
        description="What the clock counts: processing alone, or idle and blocked time too.",
        examples=["operating"],
    )
    in_pm: Literal["stands", "waits", "overlaps"] = Field(
        default="stands",
        description="The calendar clock during maintenance: it stands still, or it runs on and a failure due then "
        "waits for the end, or is repaired side by side with the maintenance.",
        examples=["waits"],
    )
    of: Literal["tool", "chamber"] = Field(
        default="tool",
        description="What breaks down: the tool, or each of its chambers by itself.",
        examples=["chamber"],
    )
    words: ClassVar[dict[str, Any]] = {
        "availability": SHARE_SCHEMA
        | {
            "description": "Share of the clock's time that the tool is up; may stand for mtbf.",
            "examples": ["98 %"],
        }
    }

    @model_validator(mode="after")
    def _runs_in_maintenance(self) -> Failure:
        if self.in_pm != "stands" and (self.clock == "operating" or self.of == "chamber"):
            whose = "a chamber's clock" if self.of == "chamber" else "an operating clock"
            what = f"{whose} stands still in maintenance; write 'clock: calendar' of the tool, or leave in_pm out"
            raise Faults([Fault(("in_pm",), what)])
        return self

    @model_validator(mode="before")
    @classmethod
    def _from_availability(cls, value: Any) -> Any:
        """The exponential `mtbf` that gives this availability with the stated `mttr`."""
        if not isinstance(value, dict) or "availability" not in value:
            return value
        rest = {key: content for key, content in value.items() if key != "availability"}
        if "mtbf" in rest:
            raise Faults([Fault(("availability",), "stands beside mtbf; leave one of the two out", "key")])
        try:
            up = share(value["availability"])
        except ValueError as error:
            raise Faults([Fault(("availability",), str(error))]) from None
        if up in {0.0, 1.0}:
            cure = "leave the failure out" if up else "write more than 0 %"
            raise Faults(
                [Fault(("availability",), f"a tool that fails is neither always nor never up; {cure}")]
            )
        try:
            repair = Law.model_validate(rest.get("mttr"))
        except ValidationError:
            return rest | {"mtbf": "1 d"}  # `mttr` itself is at fault, and told as such
        if repair.mean == 0:
            raise Faults([Fault(("availability",), "needs an mttr above 0; write mtbf instead")])
        return rest | {"mtbf": Law(kind="exponential", params=(up / (1 - up) * repair.mean,)), "mttr": repair}

    @classmethod
    def amend_schema(cls, schema: dict[str, Any]) -> None:
        """Either `mtbf` or `availability`."""
        super().amend_schema(schema)
        schema["required"] = ["mttr"]
        schema["oneOf"] = [{"required": ["mtbf"]}, {"required": ["availability"]}]


_PIECES_SCHEMA = {"type": "string", "pattern": r"^\s*\d+\s*units?\s*$"}
_TIME_OR_PIECES = {"anyOf": [TIME_SCHEMA, _PIECES_SCHEMA]}


class Pm(Document):
    """Planned maintenance, every so much time or so many units.

    every, first: times [s]; every_units, first_units: counts of units. One kind of the two.
    """

    every: Time | None = None
    every_units: Annotated[int, BeforeValidator(whole(1, 10**9))] | None = None
    takes: Law = Field(description="How long the tool is away.", examples=[{"uniform": ["11 h", "16.5 h"]}])
    first: Time | None = None
    first_units: Annotated[int, BeforeValidator(whole(0, 10**9))] | None = None
    stagger: Literal["after", "even", "before", "none"] = Field(
        default="after",
        description="First ones of several tools: after the first over one interval; even: the same within the first "
        "interval; before: from 0 up to the first; none: together.",
        examples=["even"],
    )
    preempt: bool = Field(
        default=False,
        description="It begins when it is due and a run under way waits; left out: after the run.",
        examples=[True],
    )
    counted_from: Literal["planned", "end"] = Field(
        default="planned",
        description="The next is due one interval after this one was due, in time or units, or after its end.",
        examples=["end"],
    )
    hidden: ClassVar[frozenset[str]] = frozenset({"every", "every_units", "first", "first_units"})
    words: ClassVar[dict[str, Any]] = {
        "every": _TIME_OR_PIECES
        | {
            "description": "Time or units from one to the next (counted_from).",
            "examples": ["30 d", "7500 units"],
        },
        "first": _TIME_OR_PIECES
        | {
            "description": "When the group's first one is due, or after how many units.",
            "examples": ["12 d"],
        },
    }

    @model_validator(mode="before")
    @classmethod
    def _split_units(cls, value: Any) -> Any:
        """`every: 7500 units` is `every_units: 7500`."""
        if not isinstance(value, dict):
            return value
        fields = dict(value)
        for key in ("every", "first"):
            count = pieces(fields.get(key))
            if count is not None:
                fields[f"{key}_units"] = fields.pop(key)
                fields[f"{key}_units"] = count
        return fields

    @model_validator(mode="after")
    def _one_kind(self) -> Pm:
        if (self.every is None) == (self.every_units is None):
            raise ValueError("needs one interval; write 'every: 30 d' or 'every: 7500 units'")
        if self.every is not None and self.first_units is not None:
            raise Faults(
                [Fault(("first",), "every is a time and first counts units; write both in one kind")]
            )
        if self.every_units is not None and self.first is not None:
            raise Faults(
                [Fault(("first",), "every counts units and first is a time; write both in one kind")]
            )
        if self.every is None and self.preempt:
            what = "units are counted when a run ends, so there is none to interrupt; leave preempt out"
            raise Faults([Fault(("preempt",), what)])
        if self.every is not None and self.takes.mean >= self.every:
            takes, every = quantity(self.takes.mean), quantity(self.every)
            what = f"takes {takes} on average of every {every}: the tool never works; write a longer every"
            raise Faults([Fault(("takes",), what)])
        return self

    @model_serializer(mode="wrap")
    def _in_words(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = handler(self)
        for key in ("every", "first"):
            count = fields.pop(f"{key}_units", None)
            if count is not None:
                fields[key] = f"{count} units"
        return fields


class Change(Document):
    """One setup change; without `from` it holds for any state of the tool, none included."""

    from_: Name | None = Field(
        default=None, alias="from", description="Setup before; left out: any, none included.", examples=["A"]
    )
    to: Name = Field(description="Setup after.", examples=["B"])
    time: Time = Field(description="How long the change takes.", examples=["12 min"])


class Setups(Document):
    """Sequence-dependent setup times of a toolgroup; the more specific change wins."""

    changes: Annotated[tuple[Change, ...], OneOrMany()] = Field(
        default=(), description="The changes that take time.", examples=[[{"to": "B", "time": "12 min"}]]
    )
    min_run: dict[Name, Annotated[int, BeforeValidator(whole(1, 1_000_000))]] = Field(
        default={}, description="Lots to run in a setup before the tool may leave it.", examples=[{"B": 7}]
    )
    plain_steps: Literal["keep", "clear"] = Field(
        default="keep",
        description="Whether a step that needs no setup leaves the tool's setup as it is.",
        examples=["clear"],
    )
    leave_early: Literal["never", "when_none_wait"] = Field(
        default="never",
        description="Whether a tool may leave a setup before its minimum run once no lot waits for that setup.",
        examples=["when_none_wait"],
    )

    @model_validator(mode="after")
    def _each_change_once(self) -> Setups:
        faults, seen = [], set()
        for i, change in enumerate(self.changes):
            if change.from_ == change.to:
                faults.append(
                    Fault(("changes", i, "from"), f"a change from {show(change.to)} to itself; leave it out")
                )
            elif (change.from_, change.to) in seen:
                faults.append(
                    Fault(("changes", i), f"the change to {show(change.to)} stands twice; leave one out")
                )
            seen.add((change.from_, change.to))
        if faults:
            raise Faults(faults)
        return self


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
        default=1, description="Identical tools; unlimited = a pure delay.", examples=[2, "unlimited"]
    )
    buffer: Places = Field(
        default=None,
        description="Places for lots in front; left out = unlimited, 0 holds nothing but an idle tool.",
        examples=[5],
    )
    rule: Rules = Field(
        default=("priority", "fifo"),
        description="Which waiting lot goes next: ranked, the first that tells two lots apart decides.",
        examples=[["priority", "least_setup", "fifo"]],
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

    crew: Tasks | None = Field(
        default=None,
        description="Which crew the tools need for what.",
        examples=[{"load": "operators", "unload": "operators", "repair": "technician"}],
    )

    @model_validator(mode="after")
    def _delays_never_fail(self) -> Toolgroup:
        """An unlimited group has no single tools that could fail, be maintained, set up or served."""
        if self.tools is None:
            given = [key for key in ("failures", "pm", "setups", "crew") if getattr(self, key)]
            what = (
                "an unlimited group has no tools to keep this for; write a number of tools, or leave it out"
            )
            if given:
                raise Faults(Fault((key,), what, "key") for key in given)
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
