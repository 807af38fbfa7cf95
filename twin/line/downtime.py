"""When a toolgroup's tools are not up: breakdowns and planned maintenance."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from .document import Document
from .faults import Fault, Faults
from .laws import Law
from .units import (
    SHARE_SCHEMA,
    TIME_SCHEMA,
    PositiveTime,
    Share,
    Time,
    pieces,
    positive_seconds,
    quantity,
    share,
    whole,
)


class Failure(Document):
    """Breakdowns of each tool of a group, every tool on a clock of its own.

    With `bernoulli`, mtbf and mttr are what it comes to where a run takes one slot: they are no words of it.
    """

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
    bernoulli: Share | None = Field(
        default=None,
        description="Stands for mtbf and mttr: the share of its slots in which the tool is up, drawn each time it "
        "could begin a run; else it is down for a slot and the lot waits.",
        examples=["90 %"],
    )
    slot: PositiveTime | None = Field(default=None, description="The slot of bernoulli.", examples=["60 s"])
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

    @model_validator(mode="before")
    @classmethod
    def _from_slots(cls, value: Any) -> Any:
        """The mean times of a tool that is up in a share of its slots, by chance and independently."""
        if not isinstance(value, dict) or not {"bernoulli", "slot"} & set(value):
            return value
        usual = {"clock": "operating", "in_pm": "stands", "of": "tool"}  # as a table may write them for every row
        beside = [key for key in value if key not in ("bernoulli", "slot") and value[key] != usual.get(key)]
        if "bernoulli" not in value:
            what = "belongs to bernoulli; write 'bernoulli: 90 %' too, or leave it out"
            raise Faults([Fault(("slot",), what, "key")])
        if beside:
            what = "stands beside bernoulli, which says all but its slot; leave one of the two out"
            raise Faults([Fault((key,), what, "key") for key in beside])
        if "slot" not in value:
            raise Faults([Fault(("bernoulli",), "needs the length of a slot; write 'slot: 60 s' too")])
        try:
            up, length = share(value["bernoulli"]), positive_seconds(value["slot"])
        except ValueError:
            return value | {"mtbf": "1 d", "mttr": "1 d"}  # told by the words themselves
        if up in {0.0, 1.0}:
            cure = "leave the failure out" if up else "write more than 0 %"
            raise Faults([Fault(("bernoulli",), f"a tool that fails is neither always nor never up; {cure}")])
        mtbf = Law(kind="exponential", params=(up / (1 - up) * length,))
        return value | {"mtbf": mtbf, "mttr": Law(kind="constant", params=(length,))}

    @model_serializer(mode="wrap")
    def _in_words(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = handler(self)
        if self.bernoulli is not None:
            del fields["mtbf"], fields["mttr"]
        return fields

    @classmethod
    def amend_schema(cls, schema: dict[str, Any]) -> None:
        """Either `mtbf` or `availability` with `mttr`, or `bernoulli` with `slot`."""
        super().amend_schema(schema)
        del schema["required"]
        clocks = [{"required": ["mtbf", "mttr"]}, {"required": ["availability", "mttr"]}]
        none = {"anyOf": [{"required": [key]} for key in ("mtbf", "mttr", "availability")]}
        schema["oneOf"] = [*clocks, {"required": ["bernoulli", "slot"], "not": none}]


_PIECES_SCHEMA = {"type": "string", "pattern": r"^\s*\d+\s*units?\s*$"}
_TIME_OR_PIECES = {"anyOf": [TIME_SCHEMA, _PIECES_SCHEMA]}
ALARM = "alarm"
"""What a document writes for maintenance that a control chart asks for."""


class Pm(Document):
    """Maintenance, every so much time or so many units, or when a control chart says so.

    every, first: times [s]; every_units, first_units: counts of units. One kind of the two.
    """

    every: Time | None = None
    every_units: Annotated[int, BeforeValidator(whole(1, 10**9))] | None = None
    on_alarm: bool = False
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
    hidden: ClassVar[frozenset[str]] = frozenset({"every", "every_units", "first", "first_units", "on_alarm"})
    words: ClassVar[dict[str, Any]] = {
        "every": {"anyOf": [*_TIME_OR_PIECES["anyOf"], {"const": "alarm"}]}
        | {
            "description": "Time or units from one to the next (counted_from); alarm: when a control chart says so.",
            "examples": ["30 d", "7500 units", "alarm"],
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
        if fields.get("every") == ALARM:
            del fields["every"]
            fields["on_alarm"] = True
        for key in ("every", "first"):
            count = pieces(fields.get(key))
            if count is not None:
                fields[f"{key}_units"] = fields.pop(key)
                fields[f"{key}_units"] = count
        return fields

    @model_validator(mode="after")
    def _one_kind(self) -> Pm:
        if self.on_alarm:
            words = ("first", "first_units", "stagger", "counted_from", "preempt")
            given = [key for key in words if key in self.model_fields_set]
            if given:
                what = f"an alarm comes when it comes; leave {given[0].removesuffix('_units')} out"
                raise Faults([Fault((given[0].removesuffix("_units"),), what, "key")])
            return self
        if (self.every is None) == (self.every_units is None):
            raise ValueError("needs one interval; write 'every: 30 d', 'every: 7500 units' or 'every: alarm'")
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
        if fields.pop("on_alarm", False):
            fields["every"] = ALARM
        for key in ("every", "first"):
            count = fields.pop(f"{key}_units", None)
            if count is not None:
                fields[key] = f"{count} units"
        return fields
