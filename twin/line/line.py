"""The whole document: a line of toolgroups, its products and routes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from .calendars import Calendar
from .carriers import Carrier
from .characteristic import Characteristic
from .checks import line_faults
from .context import DEFAULT_TICK, reading, reading_with
from .conveyor import with_travel
from .crews import Crew
from .diagnose import all_faults
from .document import Document, OneOrMany
from .faults import Fault, Faults, LineError, show
from .indexed import Indexed
from .mix import Mix, SequenceRule
from .network import Network
from .own_rules import with_rules
from .printer import plain_message
from .products import WIP_COLUMNS, OwnRows, Product, WipLot, read_wip
from .routes import Step
from .run import Run
from .sequence import table_faults, told_tables
from .tables import Records
from .tool_states import ToolState, read_tool_states, tool_state_faults
from .toolgroups import Toolgroup
from .transients import Transient, phases_of, self_contained, transient_faults
from .transport import Transport
from .units import UNITS, Name, Text, Tick, quantity, tick_seconds, unit_factor, whole
from .vehicles import Vehicles

VERSION = 1


def _version(value: Any) -> int:
    if value is True or value != VERSION:
        newer = isinstance(value, int | float) and value > VERSION
        cure = "install a newer twin" if newer else f"write 'twin: {VERSION}'"
        raise ValueError(f"this twin reads documents of version {VERSION}, not {show(value)}; {cure}")
    return VERSION


def _time_unit(value: Any) -> str | None:
    if value is not None:
        unit_factor(value if isinstance(value, str) else show(value))
    return value  # type: ignore[no-any-return]


def _some(what: str, example: str) -> BeforeValidator:
    """Refuse an empty mapping, where a line needs at least one."""

    def filled(value: Any) -> Any:
        if isinstance(value, dict) and not value:
            raise ValueError(f"is empty; a line needs at least one {what}, such as {example}")
        return value

    return BeforeValidator(filled)


def _auxiliaries(value: Any) -> int:
    """How many there are of an auxiliary; only for a time there may be none."""
    if value in (0, "0") and value is not False and not reading().phase:
        raise ValueError("needs at least 1; all of them may be away for a time: 'auxiliaries.reticle_A=0 from 1 d'")
    return whole(0 if reading().phase else 1, 1_000_000)(value)


def _no_transport(value: Any) -> Any:
    return None if value == "none" else value


class Units(Document):
    """Units of the document's bare numbers."""

    time: Annotated[str | None, BeforeValidator(_time_unit), WithJsonSchema({"enum": list(UNITS)})] = Field(
        default=None, description="Unit of times written without one.", examples=["min"]
    )


class Line(Document):
    """A line as its document describes it. Times [s]."""

    twin: Annotated[int, BeforeValidator(_version), WithJsonSchema({"const": VERSION})] = Field(
        default=VERSION, description="Version of the document's words.", examples=[1]
    )
    line: Text = Field(description="Name of the line.", examples=["two_stage"])
    about: Text = Field(
        default="", description="What it is and where its numbers come from.", examples=["Two stations."]
    )
    tick: Tick = Field(default=DEFAULT_TICK, description="The clock's unit.", examples=["1 ms"])
    units: Units | None = Field(
        default=None, description="Units of bare numbers.", examples=[{"time": "min"}]
    )
    toolgroups: Annotated[dict[Name, Toolgroup], _some("toolgroup", "oven: {tools: 1}")] = Field(
        description="Toolgroups by name.", examples=[{"weld": {"tools": 2, "buffer": 5}}]
    )
    products: Annotated[dict[Name, Product], _some("product", "body: {route: main, release: saturated}")] = (
        Field(description="Products by name.", examples=[{"body": {"route": "main", "release": "saturated"}}])
    )
    routes: Annotated[
        dict[Name, tuple[Step, ...]], _some("route", "main: [{step: a, toolgroup: oven, time: 1 min}]")
    ] = Field(
        description="Routes by name: the steps in order.",
        examples=[{"main": [{"step": "weld_1", "toolgroup": "weld", "time": "1 min"}]}],
    )
    mix: Mix | None = Field(
        default=None,
        description="How products with 'release: mix' share the entrance: their order, and when the next one comes.",
        examples=[{"level": {"saloon": 2, "estate": 1}, "every": "60 s"}],
    )
    indexed: dict[Name, Indexed] = Field(
        default={},
        description="Sections whose stations all pass their lots on at one moment.",
        examples=[{"trim": {"stations": ["trim_1", "trim_2"], "takt": "60 s"}}],
    )
    characteristics: dict[Name, Characteristic] = Field(
        default={},
        description="What is tracked of every unit: steps make it by their process laws, others measure it.",
        examples=[{"gate_cd": {"unit": "nm", "target": "45 nm", "limits": ["42 nm", "48 nm"]}}],
    )
    crews: dict[Name, Crew] = Field(
        default={},
        description="Operators, technicians, vehicles: how many of each there are.",
        examples=[{"operators": 2, "technician": 1}],
    )
    calendars: dict[Name, Calendar] = Field(
        default={},
        description="Shifts, breaks, holidays and overtime, by name.",
        examples=[{"two_shifts": {"shifts": [{"name": "early", "days": "mon-fri", "from": "06:00", "to": "14:00"}]}}],
    )
    calendar: Name | None = Field(
        default=None,
        description="The calendar of every toolgroup that names no other; left out: they are always open.",
        examples=["two_shifts"],
    )
    auxiliaries: dict[Name, Annotated[int, BeforeValidator(_auxiliaries)]] = Field(
        default={},
        description="Reticles, load boards that steps need beside a tool: how many there are of each.",
        examples=[{"reticle_A": 2}],
    )
    carriers: dict[Name, Carrier] = Field(
        default={},
        description="Skids, hangers, pallets in closed loops: how many of each, and their empty way back.",
        examples=[{"skid": {"count": 40, "return": "4 min"}}],
    )
    transport: Annotated[Transport | None, BeforeValidator(_no_transport)] = Field(
        default=None,
        description="Transport between consecutive steps; left out: none.",
        examples=[{"time": {"uniform": ["5 min", "10 min"]}}],
    )
    vehicles: dict[Name, Vehicles] = Field(
        default={},
        description="Fleets of vehicles that move on the network; the transport names the one that carries the lots.",
        examples=[{"agv": {"count": 4, "speed": "1.2 m/s"}}],
    )
    network: Network | None = Field(
        default=None,
        description="Ways between stations, for transport at a speed or by vehicles.",
        examples=[
            {"nodes": {"a": ["0 m", "0 m"], "b": ["30 m", "0 m"]}, "edges": [["a", "b"]], "stations": {"weld": "a"}}
        ],
    )
    wip: tuple[WipLot, ...] = Field(
        default=(),
        description=f"Lots in the line at the start: a CSV file of {','.join(WIP_COLUMNS)}, or such rows.",
        examples=["wip.csv"],
    )
    tool_states: tuple[ToolState, ...] = Field(
        default=(),
        description="Tools that are down or set up at the start: a CSV file of tool,down,setup, or such rows.",
        examples=[[{"tool": "litho/2", "down": "5 h", "setup": "A"}]],
    )
    transients: Annotated[tuple[Transient, ...], OneOrMany()] = Field(
        default=(),
        description="Changes that begin at a time and end at another; where two overlap the later one listed wins.",
        examples=[[{"change": "toolgroups.weld.tools=1", "from": "30 d", "to": "35 d"}]],
    )
    run: Run = Field(
        default_factory=Run,
        description="The run the document asks for.",
        examples=[{"horizon": "730 d", "warmup": "90 d", "replications": 8, "seed": 1}],
    )
    words: ClassVar[dict[str, Any]] = {"stations": {"description": "Another word for toolgroups."}}
    _source: Path | None = PrivateAttr(default=None)

    def __init__(self, **words: Any) -> None:
        """The line that these words of a document describe; a LineError tells every fault of them."""
        try:
            super().__init__(**words)
        except ValidationError as error:
            raise _line_error(words, error) from None

    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # validation need not pass through it

    @classmethod
    def from_document(cls, document: Any, folder: str | Path = ".") -> Line:
        """The line of a document given as a mapping; its tables lie in `folder`."""
        with reading_with(folder=Path(folder)):
            try:
                return cls.__pydantic_validator__.validate_python(document)  # type: ignore[no-any-return]
            except ValidationError as error:
                raise _line_error(document, error) from None

    @classmethod
    def model_validate(cls, obj: Any, **_options: Any) -> Line:
        """As `from_document`, in pydantic's word."""
        return cls.from_document(obj)

    @property
    def rules(self) -> tuple[SequenceRule, ...]:
        """The sequence rules of the mix."""
        return () if self.mix is None else self.mix.sequence_rules

    @property
    def fleet(self) -> Vehicles | None:
        """The vehicles that carry its lots, None without."""
        named = None if self.transport is None else self.transport.vehicles
        return None if named is None else self.vehicles.get(named)

    @property
    def source(self) -> Path | None:
        """The file it was read from."""
        return self._source

    def with_run(self, **changes: Any) -> Line:
        """The line with some of `run:` changed; times as texts such as '10 d' or in seconds; None: as is."""
        run = self.run.model_dump(mode="json")
        for key, value in changes.items():
            if value is not None:
                is_seconds = key in {"horizon", "warmup"} and isinstance(value, int | float)
                run[key] = f"{value!r} s" if is_seconds else value
        with reading_with(tick=self.tick, time_unit=self.units.time if self.units else None):
            try:
                changed = Run.model_validate(run)
            except ValidationError as error:
                raise LineError(plain_message(all_faults(run, error, Run))) from None
        return self.model_copy(update={"run": changed})

    def phases(self) -> tuple[tuple[float, Line], ...]:
        """Start of each phase [s], the first at 0, and the line in force from then on, itself without transients.

        A toolgroup of a phase may have no tools at all.
        """
        return phases_of(self)

    def with_rules(self, rules: Mapping[str, Any]) -> Line:
        """The line with other dispatch rules: by toolgroup, names and functions `score(lot, tool, state)`, ranked.

        raises LineError
        """
        return with_rules(self, rules)

    def to_document(self) -> dict[str, Any]:
        """The whole line in the fixed words, tables included; reads back equal."""
        document: dict[str, Any] = {"twin": self.twin} | super().to_document()
        document["run"] = self.run.model_dump(mode="json")
        return document

    def __eq__(self, other: object) -> bool:
        """Equal in everything a document says, wherever it was read from."""
        return isinstance(other, Line) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    @model_validator(mode="wrap")
    @classmethod
    def _whole(cls, value: Any, handler: ModelWrapValidatorHandler[Line]) -> Line:
        """Validate the parts in the surroundings that the document's head names, then all together."""
        if not isinstance(value, dict):
            return handler(value)
        document, schedules = _prepared(value)
        document, sequences = told_tables(document)
        with reading_with(tables={}, **_head(document)) as surroundings:
            line = handler(document)
            if (routes := with_travel(line)) is not None:
                object.__setattr__(line, "routes", routes)
            records = surroundings.tables.get("wip") if surroundings.tables else None
            states = surroundings.tables.get("tool_states") if surroundings.tables else None
            faults = line_faults(line, schedules, records if isinstance(records, Records) else None)
            unread = list(table_faults(line.toolgroups, sequences))
            if unread:  # what is missing in a sequence may stand in the rows that nobody reads
                faults = [fault for fault in faults if fault.loc[2:3] != ("sequence",)] + unread
            if isinstance(states, Records) and not surroundings.phase:  # a phase may lack tools that are there at first
                faults += tool_state_faults(line, states)
            if line.transients and not faults:
                faults = transient_faults(line)
            if faults:
                raise Faults(faults)
            if line.transients:
                object.__setattr__(line, "transients", self_contained(line))
        return line

    @field_validator("routes", mode="after")
    @classmethod
    def _routes_have_steps(cls, routes: dict[str, tuple[Step, ...]]) -> dict[str, tuple[Step, ...]]:
        faults = [
            Fault((route,), "the route has no steps; write at least {step: a, toolgroup: oven, time: 1 min}")
            for route, steps in routes.items() if not steps
        ]  # fmt: skip
        if faults:
            raise Faults(faults)
        return routes

    @field_validator("wip", mode="before")
    @classmethod
    def _read_wip(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None or value == ():
            return ()
        lots, records = read_wip(value, info.data.get("products", {}))
        tables = reading().tables
        if tables is not None:
            tables["wip"] = records
        return lots

    @field_validator("tool_states", mode="before")
    @classmethod
    def _read_tool_states(cls, value: Any) -> Any:
        if value is None or value == ():
            return ()
        states, records = read_tool_states([value] if isinstance(value, dict) else value)
        tables = reading().tables
        if tables is not None:
            tables["tool_states"] = records
        return states


def _line_error(document: Any, error: ValidationError) -> LineError:
    faults = all_faults(document, error, Line)
    return LineError(plain_message(faults), faults)


def _prepared(value: dict[Any, Any]) -> tuple[dict[Any, Any], list[OwnRows]]:
    """The document with `stations` read as toolgroups and each schedule told whose rows it is asked for."""
    document = dict(value)
    if "stations" in document and "toolgroups" not in document:
        document = {("toolgroups" if key == "stations" else key): part for key, part in document.items()}
    schedules = []
    products = document.get("products")
    if isinstance(products, dict):
        products = dict(products)
        for key, product in products.items():
            release = product.get("release") if isinstance(product, dict) else None
            if isinstance(release, dict) and "schedule" in release and "kind" not in release:
                rows = OwnRows(str(key), release["schedule"])
                schedules.append(rows)
                products[key] = product | {"release": release | {"schedule": rows}}
        document["products"] = products
    return document, schedules


def _head(document: dict[Any, Any]) -> dict[str, Any]:
    """Tick and unit header, needed before the parts are validated; faults in them are told with the parts."""
    surroundings: dict[str, Any] = {}
    header = document.get("units")
    unit = header.get("time") if isinstance(header, dict) else getattr(header, "time", None)
    if unit is not None:
        surroundings["time_unit"] = unit if unit in UNITS else "s"
    with reading_with(**surroundings):
        try:
            surroundings["tick"] = tick_seconds(document.get("tick", quantity(DEFAULT_TICK)))
        except ValueError:
            surroundings["tick"] = DEFAULT_TICK
    return surroundings
