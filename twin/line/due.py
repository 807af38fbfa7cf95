"""When lots of a product are due, and how much each of them weighs."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema, model_serializer, model_validator

from .document import mapping_schema
from .faults import Fault, Faults, show
from .laws import LAWS, NAMED, PARAMETERS, PLAIN, Law, law_fields
from .units import number, whole

FACTOR = "flow_factor"
FACTOR_LAWS = tuple(PARAMETERS)
MOST_WEIGHT = 1000


class Due(Law):
    """The flow allowance of a product's lots: a time, a law, or a factor on the raw process time of its route.

    factor: whether it is a flow factor; its parameters are then plain numbers, else times [s]
    """

    factor: bool = False
    words: ClassVar[dict[str, Any]] = {FACTOR: {}}

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:
        """A law's words, or `{flow_factor: law of plain numbers}`."""
        if isinstance(value, Due):
            return value
        if isinstance(value, Law):
            return {"kind": value.kind, "params": value.params, "values": value.values, "end": value.end}
        if isinstance(value, dict) and FACTOR in value and "kind" not in value:
            return _factor_fields(value)
        if isinstance(value, dict) and len(value) == 1 and not set(value) & {*LAWS, "kind"}:
            ((key, _),) = value.items()
            what = f"{show(key)} is no law and no {FACTOR}; write a time such as '30 d' or {{{FACTOR}: 2.5}}"
            raise Faults([Fault((key,), what, "key")])
        fields = super()._from_words(value)  # type: ignore[operator]  # pydantic keeps it a method
        if isinstance(fields, dict) and fields.get("kind") == "trace":
            raise Faults([Fault(("trace",), "a due date follows no trace; write 'empirical', or starts with due")])
        return fields

    @model_serializer
    def _in_words(self) -> Any:
        """The document's words."""
        if not self.factor:
            return Law(kind=self.kind, params=self.params, values=self.values, end=self.end).model_dump(mode="json")
        names, params = PARAMETERS[self.kind], [_plain(value) for value in self.params]
        if self.kind == "constant":
            return {FACTOR: params[0]}
        if len(params) == 1:
            return {FACTOR: {self.kind: params[0]}}
        return {FACTOR: {self.kind: dict(zip(names, params, strict=True)) if self.kind in NAMED else params}}

    def law(self, raw_s: float) -> Law:
        """The law of the flow allowance [s].

        raw_s: raw process time of the product's route [s]
        """
        if not self.factor:
            return Law(kind=self.kind, params=self.params, values=self.values, end=self.end)
        names = PARAMETERS[self.kind]
        scaled = [value if name in PLAIN else value * raw_s for name, value in zip(names, self.params, strict=True)]
        return Law(kind=self.kind, params=tuple(scaled))

    @classmethod
    def amend_schema(cls, schema: dict[str, Any]) -> None:
        """A time, a law, or a flow factor."""
        super().amend_schema(schema)
        numbers: list[dict[str, Any]] = [{"type": "number", "minimum": 0}]
        for kind in FACTOR_LAWS:
            one = {name: {"type": "number", "minimum": 0} for name in PARAMETERS[kind]}
            listing = {"type": "array", "prefixItems": list(one.values()), "minItems": len(one), "maxItems": len(one)}
            plain = numbers[0] if len(one) == 1 else listing
            numbers.append(mapping_schema({kind: {"anyOf": [plain, mapping_schema(one, list(one))]}}, [kind]))
        schema["anyOf"] = [*schema["anyOf"], mapping_schema({FACTOR: {"anyOf": numbers}}, [FACTOR])]
        schema["description"] = (
            "From release to due date: a time, a law of times, or {flow_factor: 2.5}, a number or a law of numbers "
            "that multiplies the raw process time of the route."
        )


def _factor_fields(value: dict[Any, Any]) -> dict[str, Any]:
    """Fields of a flow factor."""
    others = [key for key in value if key != FACTOR]
    if others:
        raise Faults([Fault((others[0],), f"stands beside {FACTOR}; leave one of the two out", "key")])
    content = value[FACTOR]
    if isinstance(content, dict) and len(content) == 1 and not set(content) <= set(FACTOR_LAWS):
        ((kind, _),) = content.items()
        known = f"a number, or one of {', '.join(FACTOR_LAWS[1:4])} ... of plain numbers"
        raise Faults([Fault((FACTOR, kind), f"{show(kind)} is no law of a flow factor; write {known}", "key")])
    try:
        fields = law_fields(content, _factor)
    except Faults as error:
        plain = [Fault(fault.loc, re.sub(r"(\d) s\b", r"\1", fault.what), fault.at) for fault in error.faults]
        raise Faults(fault.below((FACTOR,)) for fault in plain) from None
    except ValueError as error:
        raise Faults([Fault((FACTOR,), str(error))]) from None
    return fields | {"factor": True}


def _factor(value: Any) -> float:
    """A factor of 0 to a million."""
    try:
        found = number(value)
    except ValueError:
        what = f"a flow factor is a plain number such as 2.5, without a unit, not {show(value)}"
        raise ValueError(what) from None
    if not 0 <= found <= 1e6:
        raise ValueError(f"a flow factor lies between 0 and 1,000,000, and {show(value)} does not")
    return found


def _plain(value: float) -> int | float:
    return int(value) if value.is_integer() else value


_weight = whole(1, MOST_WEIGHT)


def _weights(value: Any) -> Any:
    """The least and the largest weight of a product's lots."""
    if isinstance(value, tuple) and len(value) == 2:  # as a line keeps it
        return value
    shape = "a whole number such as 1, or {uniform: [1, 10]}"
    if not isinstance(value, dict):
        try:
            return (_weight(value),) * 2
        except ValueError as error:
            raise ValueError(f"{error} (a weight is {shape})") from None
    if list(value) != ["uniform"]:
        raise ValueError(f"{show(value)} is no weight; write {shape}")
    ends = value["uniform"]
    if not isinstance(ends, list | tuple) or len(ends) != 2:
        raise Faults([Fault(("uniform",), f"needs its least and its largest weight; write {shape}")])
    faults, found = [], []
    for i, end in enumerate(ends):
        try:
            found.append(_weight(end))
        except ValueError as error:
            faults.append(Fault(("uniform", i), str(error)))
    if not faults and found[0] > found[1]:
        faults.append(Fault(("uniform",), f"needs low <= high; write [{found[1]}, {found[0]}]"))
    if faults:
        raise Faults(faults)
    return tuple(found)


def _weights_in_words(weights: tuple[int, int]) -> Any:
    low, high = weights
    return low if low == high else {"uniform": [low, high]}


_WEIGHT_SCHEMA = {"type": "integer", "minimum": 1, "maximum": MOST_WEIGHT}
_WEIGHTS_SCHEMA = {"type": "array", "items": _WEIGHT_SCHEMA, "minItems": 2, "maxItems": 2}
Weights = Annotated[
    tuple[int, int],
    BeforeValidator(_weights),
    PlainSerializer(_weights_in_words),
    WithJsonSchema({"anyOf": [_WEIGHT_SCHEMA, mapping_schema({"uniform": _WEIGHTS_SCHEMA}, ["uniform"])]}),
]
"""Least and largest weight of a product's lots, whole numbers, each as likely."""
