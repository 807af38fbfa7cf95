"""Routes: the steps of a product, in order, and what may happen between them."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from .arcs import WAYS, Arc, ways
from .damage import Damage
from .document import Document, OneOrMany, mapping_schema
from .faults import Fault, Faults, show
from .laws import Law
from .measure import Measure
from .numbered import AuxiliaryNames, ChamberNumbers, ToolNumbers
from .process import EXAMPLE, Process
from .queue_limits import QueueLimit
from .units import NAME_SCHEMA, Name, PositiveTime, Share, share, whole

MOST_UNITS = 1_000_000
RECIPE, RECIPE_TIME = "recipe", "time"
"""What a document writes for the time of the recipe, and the name of that input in a process law."""
_LEAST_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 1},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "string", "pattern": r"^\s*\d+\.?\d*\s*%\s*$"},
    ]
}


_units = whole(1, MOST_UNITS)


class Batch(Document):
    """How many units run together; lots are never split.

    min:       units that must wait before a batch starts, of a share of max the next whole number above
    min_share: that share, None where the document writes units
    """

    min: Annotated[int, BeforeValidator(_units), WithJsonSchema(_LEAST_SCHEMA)] = Field(
        default=1, description="Units that must wait before a batch starts, or their share of max.", examples=["75 %"]
    )
    max: Annotated[int, BeforeValidator(_units)] = Field(description="Most units in a batch.", examples=[150])
    family: Name | None = Field(
        default=None,
        description="Lots of all steps of the toolgroup with this family may share a batch; left out: of this step.",
        examples=["oxide"],
    )
    wait: PositiveTime | None = Field(
        default=None,
        description="A batch below its minimum starts once one of its lots has waited so long; left out: never.",
        examples=["4 h"],
    )
    look_ahead: PositiveTime | None = Field(
        default=None,
        description="A tool waits with a batch that is not full for a lot that is due within this time.",
        examples=["30 min"],
    )
    min_share: Share | None = None
    hidden: ClassVar[frozenset[str]] = frozenset({"min_share"})

    @model_validator(mode="before")
    @classmethod
    def _share_of_max(cls, value: Any) -> Any:
        """`min: 75 %` is a share of max, and so is a number below 1."""
        least = value.get("min") if isinstance(value, dict) and "min_share" not in value else None
        is_text = isinstance(least, str) and "%" in least
        if not is_text and not (isinstance(least, float) and 0 < least < 1):
            return value
        try:
            return {key: content for key, content in value.items() if key != "min"} | {"min_share": share(least)}
        except ValueError as error:
            raise Faults([Fault(("min",), str(error))]) from None

    @model_validator(mode="after")
    def _in_order(self) -> Batch:
        if self.min_share is not None:
            object.__setattr__(self, "min", max(1, math.ceil(self.min_share * self.max - 1e-9)))
        if self.min > self.max:
            raise Faults([Fault(("min",), f"min {self.min} is above max {self.max}; write min <= max")])
        return self

    @model_serializer(mode="wrap")
    def _in_words(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = handler(self)
        written = fields.pop("min_share", None)
        return fields if written is None else fields | {"min": f"{100 * written:.12g} %"}


class Cascade(Document):
    """A pipelined tool: the entrance is held for a while, then the next lot may enter behind the last."""

    every: PositiveTime = Field(description="Time the entrance is held.", examples=["0.6 min"])
    per: Literal["unit", "lot"] = Field(
        default="lot", description="Whether every is per unit or per lot.", examples=["unit"]
    )
    entrance: Literal["interval", "last_unit", "interval + load", "interval + load + unload"] = Field(
        default="interval",
        description="What holds the entrance: the interval of the lot or of each unit, of each but the last unit "
        "(last_unit: the next lot enters right behind it), or loading and unloading too.",
        examples=["last_unit"],
    )
    ahead: bool = Field(
        default=False,
        description="The next lot is loaded, and the tool set up for it, while the entrance is still held.",
        examples=[True],
    )
    inside: Annotated[int, BeforeValidator(whole(1, MOST_UNITS))] | None = Field(
        default=None, description="Most lots inside at once; left out = no limit.", examples=[2]
    )

    @model_validator(mode="after")
    def _has_units(self) -> Cascade:
        if self.entrance == "last_unit" and self.per == "lot":
            what = "an interval of the lot knows no last unit; write 'per: unit', or another entrance"
            raise Faults([Fault(("entrance",), what)])
        return self


Arcs = Annotated[tuple[Arc, ...], OneOrMany()]


def _parts(value: Any) -> Any:
    """Products and how many lots of each; one lot of each where their names stand alone."""
    if isinstance(value, str):
        return {value: 1}
    if isinstance(value, list | tuple):
        return dict.fromkeys(value, 1) if len(set(map(str, value))) == len(value) else value
    return value


def _sampled_in_turn(value: dict[str, Any]) -> dict[str, Any]:
    """`sample: {every: 10}`: lots in turn; the share stands for them wherever means are reckoned."""
    if set(value) != {"every"}:
        raise Faults([Fault(("sample",), f"is a share or {{every: 10}}, not {show(value)}")])
    try:
        every = whole(1, MOST_UNITS)(value["every"])
    except ValueError as error:
        raise Faults([Fault(("sample", "every"), str(error))]) from None
    return {"sample": 1.0 / every, "sample_every": every}


_Count = Annotated[int, BeforeValidator(whole(1, MOST_UNITS))]


class Step(Document):
    """One visit of a lot to a toolgroup."""

    step: Name = Field(description="Name, once in the route.", examples=["weld_1"])
    toolgroup: Name = Field(description="Toolgroup to visit.", examples=["weld"])
    time: Law = Field(
        description="Process time, one draw a visit; recipe: the time that the process law's recipe takes.",
        examples=[{"exponential": "1 min"}],
    )
    per: Literal["lot", "unit", "batch"] = Field(
        default="lot",
        description="What one draw is for: the lot, each unit (draw x units), or the batch.",
        examples=["lot"],
    )
    setup: Name | None = Field(
        default=None, description="Setup the tool needs; left out: any.", examples=["A"]
    )
    batch: Batch | None = Field(
        default=None, description="Units run together.", examples=[{"min": 75, "max": 150}]
    )
    cascade: Cascade | None = Field(
        default=None,
        description="Pipelined tool.",
        examples=[{"every": "0.6 min", "per": "unit", "inside": 2}],
    )
    sample: Share = Field(
        default=1.0,
        description="Share of the lots that do this step, by chance, or {every: 10}: the first of a product and every "
        "tenth after it; others pass it.",
        examples=[0.4],
    )
    rework: Arcs = Field(
        default=(),
        description="Lots that go back after this step.",
        examples=[{"probability": 0.01, "to": "weld_1"}],
    )
    branch: Arcs = Field(
        default=(),
        description="Lots that go elsewhere after this step; `to: end` leaves the line, `to: scrap` as scrap. The rest "
        "go on. Or {by: shortest_queue, to: [STEP, STEP]}: the lot chooses one of these steps.",
        examples=[[{"probability": 0.3, "to": "end"}], {"by": "round_robin", "to": ["paint_1", "paint_2"]}],
    )
    queue_limit: Annotated[tuple[QueueLimit, ...], OneOrMany()] = Field(
        default=(),
        description="Queue-time windows that open here.",
        examples=[{"until": "bake", "limit": "4 h"}],
    )
    dedicate: Name | None = Field(
        default=None, description="Later step that takes the same tool as this one.", examples=["expose_2"]
    )
    layer: Name | None = Field(
        default=None, description="Mask layer, or another stretch of the route to report by.", examples=["M1"]
    )
    qualified: ToolNumbers | None = Field(
        default=None,
        description="Numbers of the toolgroup's tools, from 1, that may run this step; left out: all.",
        examples=[[1, 3], "1-4"],
    )
    chambers: ChamberNumbers | None = Field(
        default=None,
        description="Numbers of the chambers of a cluster tool that this step uses; left out: all.",
        examples=[[1, 2]],
    )
    needs: AuxiliaryNames = Field(
        default=(),
        description="Auxiliaries that the tool needs for this step, one of each: at most two.",
        examples=[["reticle_A", "load_board"], "reticle_A"],
    )
    takes: Name | None = Field(
        default=None, description="Carrier that the lot is put on when it is loaded here.", examples=["skid"]
    )
    gives: Name | None = Field(
        default=None,
        description="Carrier that the lot gives up when it is done here and goes on.",
        examples=["skid"],
    )
    process: Process | None = Field(
        default=None, description="What the step does to the product, by a process law.", examples=[EXAMPLE]
    )
    measure: Measure | None = Field(
        default=None,
        description="What the step measures, and what follows from it.",
        examples=[{"characteristic": "gate_cd", "units": 3, "sites": 5}],
    )
    damage: Annotated[tuple[Damage, ...], OneOrMany()] = Field(
        default=(),
        description="What the step does to some of the wafers that visit it, in a pattern.",
        examples=[[{"pattern": "edge_ring", "share": "2 %", "defects": 20}]],
    )
    joins: Annotated[dict[Name, _Count], BeforeValidator(_parts)] = Field(
        default={},
        description="Parts that the lot is joined with at this step: products whose route ends in a store, and how "
        "many lots of each.",
        examples=[{"door": 4, "roof": 1}, "roof"],
    )
    splits: Annotated[dict[Name, _Count], BeforeValidator(_parts)] = Field(
        default={},
        description="Disassembly: how many lots of these products, of `release: split`, begin their route as the step "
        "ends.",
        examples=[{"cell": 12}, "lid"],
    )
    branch_by: Literal["shortest_queue", "round_robin", "first_free"] | None = None
    timeless: bool = False
    from_recipe: bool = False
    sample_every: Annotated[int, BeforeValidator(whole(1, MOST_UNITS))] | None = None
    hidden: ClassVar[frozenset[str]] = frozenset({"branch_by", "timeless", "from_recipe", "sample_every"})
    words: ClassVar[dict[str, Any]] = {
        "station": NAME_SCHEMA | {"description": "Another word for toolgroup."}
    }

    @model_validator(mode="before")
    @classmethod
    def _other_words(cls, value: Any) -> Any:
        """`station` is an alias; a batch is timed per batch unless the document says otherwise."""
        if not isinstance(value, dict):
            return value
        if "station" in value and "toolgroup" not in value:
            value = {("toolgroup" if key == "station" else key): content for key, content in value.items()}
        if value.get("batch") is not None and "per" not in value:
            value = value | {"per": "batch"}
        if isinstance(value.get("branch"), dict) and "by" in value["branch"]:
            value = ways(value)
        if "time" not in value:
            value = value | {"time": "0 s", "timeless": True}
        if value.get("time") == RECIPE:
            value = value | {"time": "1 s", "from_recipe": True}
        if isinstance(value.get("sample"), dict):
            value = value | _sampled_in_turn(value["sample"])
        return value

    @model_validator(mode="after")
    def _takes_as_long_as_its_recipe(self) -> Step:
        """`time: recipe` is the time that goes into the process law; control may move it from lot to lot."""
        if not self.from_recipe:
            return self
        inputs = () if self.process is None else self.process.model.inputs()
        if inputs and inputs[0].name == RECIPE_TIME:  # else told with the whole line
            object.__setattr__(self, "time", Law(kind="constant", params=(float(inputs[0].nominal),)))
        return self

    @model_serializer(mode="wrap")
    def _in_words(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = handler(self)
        by = fields.pop("branch_by", None)
        if by is not None:
            fields["branch"] = {"by": by, "to": [arc.to for arc in self.branch]}
        if fields.pop("timeless", False):  # a store has none, a conveyor says itself how long and how often
            fields.pop("time", None)
            fields.pop("cascade", None)
        if fields.pop("from_recipe", False):
            fields["time"] = RECIPE
        every = fields.pop("sample_every", None)
        return fields if every is None else fields | {"sample": {"every": every}}

    @model_validator(mode="after")
    def _fits_together(self) -> Step:
        faults = []
        if self.per == "batch" and self.batch is None:
            faults.append(
                Fault(("per",), "per: batch needs the batch's size; write 'batch: {min: 1, max: 4}'")
            )
        if self.batch is not None and self.per != "batch":
            faults.append(
                Fault(
                    ("per",),
                    f"a batch has one draw whatever its fill, not one per {self.per}; write 'per: batch'",
                )
            )
        if self.batch is not None and self.cascade is not None:
            faults.append(
                Fault(
                    ("cascade",),
                    "a batch tool takes no next lot while it runs; leave batch or cascade out",
                    "key",
                )
            )
        arcs = [
            *(("rework", i, arc) for i, arc in enumerate(self.rework)),
            *(("branch", i, arc) for i, arc in enumerate(self.branch)),
        ]
        for i, arc in enumerate(self.branch):
            if arc.most is not None:
                what = "only rework has a limit; leave most out, or write the arc as rework"
                faults.append(Fault(("branch", i, "most"), what, "key"))
        total = sum(arc.probability for _, _, arc in arcs)
        if total > 1 + 1e-9:
            key, i, _ = arcs[-1]
            what = f"the probabilities of rework and branch sum to {total:.6g}; write at most 1 together"
            faults.append(Fault((key, i, "probability"), what))
        if faults:
            raise Faults(faults)
        return self

    @classmethod
    def amend_schema(cls, schema: dict[str, Any]) -> None:
        """`toolgroup` or `station`; on a conveyor no time."""
        super().amend_schema(schema)
        schema["required"] = [key for key in schema["required"] if key not in ("toolgroup", "time")]
        schema["oneOf"] = [{"required": ["toolgroup"]}, {"required": ["station"]}]
        for word in ("joins", "splits"):
            of = schema["properties"][word]
            short = [NAME_SCHEMA, {"type": "array", "items": NAME_SCHEMA}]
            told = {key: of[key] for key in ("description", "examples", "default") if key in of}
            mapping = {key: part for key, part in of.items() if key not in told}
            schema["properties"][word] = told | {"anyOf": [mapping, *short]}
        names = {"type": "array", "items": NAME_SCHEMA, "minItems": 2}
        branch = schema["properties"]["branch"]
        ways = mapping_schema({"by": {"enum": list(WAYS)}, "to": names}, ["by", "to"])
        schema["properties"]["branch"] = branch | {"anyOf": [*branch["anyOf"], ways]}
        share = schema["properties"]["sample"]
        every = mapping_schema({"every": {"type": "integer", "minimum": 1}}, ["every"])
        schema["properties"]["sample"] = share | {"anyOf": [*share["anyOf"], every]}
        schema["properties"]["time"] = {
            "anyOf": [schema["properties"]["time"], {"const": RECIPE}],
            "description": schema["properties"]["time"].get("description", ""),
        }
