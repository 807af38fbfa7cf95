"""Products: what is made, by which route, and how its lots are released; lots in the line at the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_serializer, model_validator

from .bins import Bins
from .characteristic import Limits
from .context import once
from .die import Die
from .document import Document, mapping_schema
from .due import Due, Weights
from .faults import Fault, Faults, show, unknown_key
from .laws import Law
from .routes import MOST_UNITS
from .tables import Records, read_records
from .units import TIME_SCHEMA, Name, SignedTime, Time, name, seconds, signed_seconds, whole

MOST_LOTS = 1_000_000
_units = whole(1, MOST_UNITS)
_priority = whole(-1_000_000, 1_000_000)
Units = Annotated[int, BeforeValidator(_units)]
Priority = Annotated[int, BeforeValidator(_priority)]

START_COLUMNS = {"product": name, "time": seconds, "units": _units, "priority": _priority, "due": seconds}
WIP_COLUMNS = {
    "lot": name, "product": name, "units": _units, "step": name, "priority": _priority, "due": signed_seconds,
}  # fmt: skip


class Start(Document):
    """One planned release: when, how many units, at which priority, with which flow allowance."""

    time: Time = Field(description="When the lot is released.", examples=["2 h"])
    units: Units | None = Field(
        default=None, description="Units; left out: the product's lot_size.", examples=[25]
    )
    priority: Priority | None = Field(default=None, description="Left out: the product's.", examples=[10])
    due: Time | None = Field(
        default=None, description="Flow allowance; left out: the product's.", examples=["30 d"]
    )


def table_schema(columns: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    """JSON Schema of a CSV file's name, or of its rows written in the document."""
    cells: dict[str, Any] = {
        column: TIME_SCHEMA if column in {"time", "due", "down"} else {"type": ["string", "integer"]}
        for column in columns
    }
    rows = {"type": "array", "items": mapping_schema(cells, required)}
    return {"anyOf": [{"type": "string", "pattern": "[.]"}, rows]}


@dataclass(frozen=True)
class OwnRows:
    """A schedule's source, with the product whose rows are meant."""

    product: str | None
    source: Any

    @property
    def key(self) -> str | int:
        """The same for all products that name one source."""
        return self.source if isinstance(self.source, str) else id(self.source)

    def records(self) -> Records:
        """All rows of the source, read once for all products that share it."""
        return once(
            ("schedule", self.key), lambda: read_records(self.source, START_COLUMNS, ("time",), "starts.csv")
        )

    def starts(self) -> list[Start]:
        """The product's rows by time; a row without a product belongs to whoever reads it."""
        own = [
            row
            for row in self.records().rows
            if self.product is None or row["product"] in (None, self.product)
        ]
        own.sort(key=lambda row: row["time"])
        return [
            Start.model_construct(**{k: row[k] for k in ("time", "units", "priority", "due")}) for row in own
        ]


def _starts(source: Any) -> list[Start]:
    rows = source if isinstance(source, OwnRows) else OwnRows(None, source)
    try:
        return rows.starts()
    except Faults as error:
        raise Faults(fault.below(("schedule",)) for fault in error.faults) from None


FULL = "A lot that finds no place in front of its first toolgroup waits outside, or is lost."
KINDS = ("every", "wip", "schedule", "saturated")


class Release(Document):
    """How lots of a product come to the line.

    every:    one draw from each release to the next, the first lot at `start` [s]; with a `calendar` both count on to
              open time alone
    wip:      a lot is released when one leaves: so many are always in the line
    schedule: the planned releases, in order of time
    mix:      in the order that the line's mix says, with the other products of it
    split:    as lots of other products are taken apart
    full:     what a lot does that finds no place in front of its first toolgroup: it waits outside, or is lost
    """

    kind: Literal["every", "saturated", "wip", "schedule", "mix", "split"]
    every: Law | None = None
    start: Time = 0.0
    wip: Annotated[int, BeforeValidator(whole(1, MOST_LOTS))] | None = None
    schedule: tuple[Start, ...] = ()
    full: Literal["wait", "lose"] = "wait"
    calendar: Name | None = None
    hidden: ClassVar[frozenset[str]] = frozenset({"kind"})
    words: ClassVar[dict[str, Any]] = {"saturated": {"const": True}}

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:
        if value in ("saturated", "mix", "split"):
            return {"kind": value}
        if not isinstance(value, dict):
            shapes = "'saturated', 'mix', 'split', {every: 1 h}, {wip: 20} or {schedule: starts.csv}"
            raise ValueError(f"{show(value)} is no release; write {shapes}")
        if "kind" in value:
            return value
        words = (*KINDS, "start", "full", "calendar")
        unknown = [key for key in value if key not in words]
        if unknown:
            raise Faults(unknown_key((key,), words) for key in unknown)
        given = [key for key in KINDS if key in value]
        if len(given) != 1:
            told = " and ".join(given) or "none"
            raise ValueError(
                f"needs one of {', '.join(KINDS)}, and has {told}; write for instance {{every: 1 h}}"
            )
        kind = given[0]
        fields = {key: content for key, content in value.items() if key != "saturated"} | {"kind": kind}
        if kind == "saturated" and value["saturated"] is not True:
            raise Faults([Fault(("saturated",), "write 'release: saturated'")])
        if kind == "schedule":
            if "start" in value:
                raise Faults([Fault(("start",), "a schedule holds its own times; leave start out", "key")])
            fields["schedule"] = _starts(value["schedule"])
        if "full" in value and kind in ("saturated", "wip"):
            what = f"lots of '{kind}' come as there is room and are never lost; leave full out"
            raise Faults([Fault(("full",), what, "key")])
        if kind != "every" and "calendar" in value:
            what = "only intervals between releases are counted in open time; leave calendar out"
            raise Faults([Fault(("calendar",), what, "key")])
        return fields

    @model_validator(mode="after")
    def _time_passes(self) -> Release:
        if self.kind == "every" and self.every is not None and self.every.mean == 0:
            raise Faults(
                [Fault(("every",), "would release lots without end at one moment; write a time above 0")]
            )
        if (self.every is None) == (self.kind == "every") or (self.wip is None) == (self.kind == "wip"):
            raise ValueError(f"kind {self.kind!r} goes with its own field alone")
        return self

    @model_serializer(mode="wrap")
    def _in_words(self, handler: Any) -> Any:
        fields: dict[str, Any] = handler(self)
        del fields["kind"]
        if self.kind == "schedule":
            return {"schedule": fields.get("schedule", []), **{k: v for k, v in fields.items() if k == "full"}}
        if self.kind in ("mix", "split"):
            return self.kind
        if self.kind == "saturated":
            return {"saturated": True, **fields} if fields else "saturated"
        return fields

    @classmethod
    def amend_schema(cls, schema: dict[str, Any]) -> None:
        """The word `saturated`, or a mapping with one of the ways to release."""
        law = schema["properties"]["every"]["anyOf"][0]
        start = TIME_SCHEMA | {"description": "When the first lot comes."}
        ways: dict[str, dict[str, Any]] = {
            "every": law | {"description": "From one release to the next."},
            "wip": {"type": "integer", "minimum": 1, "description": "Lots always in the line (CONWIP)."},
            "saturated": {"const": True, "description": "A lot is always ready."},
        }
        mappings = [mapping_schema({way: content, "start": start}, [way]) for way, content in ways.items()]
        mappings[0]["properties"]["calendar"] = {
            "type": "string", "description": "The interval counts on in open time of this calendar alone.",
        }  # fmt: skip
        about = f"CSV file with the columns {','.join(START_COLUMNS)}, or such rows."
        schedule = table_schema(START_COLUMNS, ["time"]) | {"description": about}
        full = {"enum": ["wait", "lose"], "description": FULL}
        mappings[0]["properties"]["full"] = full
        mappings.append(mapping_schema({"schedule": schedule, "full": full}, ["schedule"]))
        schema.clear()
        schema["anyOf"] = [{"enum": ["saturated", "mix", "split"]}, *mappings]
        schema["description"] = "How lots come: saturated, mix, {every: law}, {wip: lots} or {schedule: file}."


class Product(Document):
    """What is made: its lots, route, releases, flow allowance and priority."""

    lot_size: Units = Field(default=1, description="Units in a lot.", examples=[25])
    route: Name = Field(description="Route its lots follow.", examples=["main"])
    carrier: Name | None = Field(
        default=None,
        description="Carrier that its lots ride on, from the first step of the route to the last.",
        examples=["skid"],
    )
    release: Release = Field(
        description="How its lots come.", examples=[{"every": {"exponential": "1 min"}}, "saturated"]
    )
    due: Due | None = Field(
        default=None,
        description="Flow allowance, from release to due date; {flow_factor: 2.5}: times the raw process time.",
        examples=["30 d"],
    )
    priority: Priority = Field(default=10, description="Larger goes first.", examples=[10])
    weight: Weights = Field(
        default=(1, 1),
        description="What a lot's tardiness weighs: a whole number, or {uniform: [1, 10]}, drawn for each lot.",
        examples=[{"uniform": [1, 10]}],
    )
    die: Die | None = Field(
        default=None,
        description="Dies of a wafer; a unit of the product is then a wafer, and a run tells its yield.",
        examples=[{"width": "8 mm", "height": "10 mm"}],
    )

    limits: dict[Name, Limits] = Field(
        default={},
        description="Limits of characteristics that differ from those of the line.",
        examples=[{"gate_cd": ["43 nm", "47 nm"]}],
    )
    bins: Bins = Field(
        default={},
        description="What good dies are sorted into, in order: the limits that a bin asks for; the first that a die "
        "fits is its own, one that fits none is 'good'.",
        examples=[{"fast": {"gate_cd": [None, "44 nm"]}, "slow": {}}],
    )

    @model_validator(mode="after")
    def _starts_take_what_they_leave_out(self) -> Product:
        """Blank cells of the schedule stand for the product's own values; a due date that is drawn stays blank."""
        same = self.due is not None and self.due.kind == "constant" and not self.due.factor
        fixed = self.due.mean if self.due is not None and same else None
        starts = tuple(
            Start.model_construct(
                time=start.time,
                units=self.lot_size if start.units is None else start.units,
                priority=self.priority if start.priority is None else start.priority,
                due=fixed if start.due is None else start.due,
            )
            for start in self.release.schedule
        )
        if starts:
            object.__setattr__(self, "release", self.release.model_copy(update={"schedule": starts}))
        return self


class WipLot(Document):
    """A lot in the line at the start, queued at its step at time 0."""

    lot: Name = Field(description="The lot's name.", examples=["L17"])
    product: Name = Field(description="Its product.", examples=["body"])
    units: Units = Field(description="Units in it.", examples=[25])
    step: Name = Field(description="Step of the product's route at which it waits.", examples=["bake"])
    priority: Priority = Field(description="Larger goes first.", examples=[10])
    due: SignedTime | None = Field(
        default=None, description="Due date, after time 0; negative: before.", examples=["12 d"]
    )


def read_wip(source: Any, products: dict[str, Product]) -> tuple[list[WipLot], Records]:
    """Lots in the line; blank units and priority stand for the product's own."""
    records = read_records(source, WIP_COLUMNS, ("lot", "product", "step"), "wip.csv")
    lots = []
    for row in records.rows:
        product = products.get(row["product"])
        if row["units"] is None:
            row["units"] = product.lot_size if product else 1
        if row["priority"] is None:
            row["priority"] = product.priority if product else 10
        lots.append(WipLot.model_construct(**row))
    return lots, records
