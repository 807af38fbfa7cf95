"""Laws of random times: how a document writes them, and their means."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field, model_serializer, model_validator

from .context import LONGEST_TICKS, reading, reading_with
from .document import Document, mapping_schema
from .faults import Fault, Faults, did_you_mean, show, unknown_key
from .tables import read_column
from .units import TIME_SCHEMA, number, quantity, seconds, too_long, whole

Kind = Literal[
    "constant", "exponential", "uniform", "normal", "lognormal", "gamma", "erlang", "weibull", "triangular",
    "geometric", "empirical", "trace",
]  # fmt: skip
PARAMETERS: dict[str, tuple[str, ...]] = {
    "constant": ("value",),
    "exponential": ("mean",),
    "uniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "lognormal": ("mean", "sd"),
    "gamma": ("mean", "sd"),
    "erlang": ("mean", "k"),
    "weibull": ("scale", "shape"),
    "triangular": ("low", "mode", "high"),
    "geometric": ("mean", "slot"),
}
NAMED = ("erlang", "geometric")
"""Laws whose parameters a document writes by name: their order says too little."""
LISTED = ("empirical", "trace")
LAWS = (*PARAMETERS, *LISTED)
PLAIN = {"k": whole(1, 1000), "shape": number}  # parameters that are no times


class Law(Document):
    """A law of random times.

    params: what the kind needs, in the order of `PARAMETERS`; times [s]
    values: the times of an empirical law or a trace [s], in the order of the table
    end:    whether a trace stops after its last value or begins again
    """

    kind: Kind
    params: tuple[float, ...] = ()
    values: tuple[float, ...] = Field(default=(), repr=False)
    end: Literal["stop", "repeat"] = "stop"

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:
        if isinstance(value, Law):
            return value
        if isinstance(value, dict) and "kind" in value:
            return _checked_fields(value)
        return law_fields(value)

    @property
    def mean(self) -> float:
        """Mean [s]; of a normal law after negative draws became 0."""
        if self.values:
            return math.fsum(self.values) / len(self.values)
        return mean(self.kind, self.params)

    @model_serializer
    def _in_words(self) -> Any:
        if self.kind in LISTED:
            inline: dict[str, Any] = {"values": list(self.values), "unit": "s"}
            return {self.kind: inline | ({"end": self.end} if self.kind == "trace" else {})}
        names = PARAMETERS[self.kind]
        words = [_word(name, value) for name, value in zip(names, self.params, strict=True)]
        if len(words) == 1:
            return words[0] if self.kind == "constant" else {self.kind: words[0]}
        return {self.kind: dict(zip(names, words, strict=True)) if self.kind in NAMED else words}

    @classmethod
    def amend_schema(cls, schema: dict[str, Any]) -> None:
        """A quantity, or a mapping of one law's name to its parameters."""
        laws = [mapping_schema({kind: _parameter_schema(kind)}, [kind]) for kind in PARAMETERS]
        unit = {"type": "string", "description": "Unit of bare numbers."}
        end = {"enum": ["stop", "repeat"], "description": "What follows the last value of the trace."}
        for kind in LISTED:
            more: dict[str, Any] = {"unit": unit} | ({"end": end} if kind == "trace" else {})
            file = {"file": {"type": "string"}, "column": {"type": "string"}}
            values = {"values": {"type": "array", "items": TIME_SCHEMA, "minItems": 1}}
            table = mapping_schema(file | more, ["file", "column"])
            inline = mapping_schema(values | more, ["values"])
            laws.append(mapping_schema({kind: {"anyOf": [table, inline]}}, [kind]))
        schema.clear()
        schema["anyOf"] = [TIME_SCHEMA, *laws]
        schema["description"] = "A time, or a law such as {exponential: 1 min} or {uniform: [50 s, 55 s]}."


def _parameter_schema(kind: str) -> dict[str, Any]:
    names = PARAMETERS[kind]
    one = {name: {"type": "number"} if name in PLAIN else TIME_SCHEMA for name in names}
    mapping = mapping_schema(one, list(names))
    if len(names) == 1:
        return {"anyOf": [TIME_SCHEMA, mapping]}
    listing = {
        "type": "array",
        "prefixItems": list(one.values()),
        "minItems": len(names),
        "maxItems": len(names),
    }
    return {"anyOf": [listing, mapping]}


def _word(name: str, value: float) -> Any:
    if name in PLAIN:
        return int(value) if value == int(value) else value
    return quantity(value)


def law_fields(value: Any, read: Callable[[Any], float] = seconds) -> dict[str, Any]:
    """Fields of the law that a document writes as a quantity or as {name: parameters}.

    read: reader of the quantities, times or plain numbers
    """
    if not isinstance(value, dict):
        return {"kind": "constant", "params": (read(value),)}
    if len(value) != 1:
        told = ", ".join(map(str, value)) or "none"
        raise ValueError(f"needs one law, such as {{exponential: 1 min}}, and not {len(value)}: {told}"[:200])
    ((kind, content),) = value.items()
    if kind not in LAWS:
        raise Faults([Fault((kind,), f"unknown law {show(kind)}; {did_you_mean(str(kind), LAWS)}", "key")])
    fields = _listed(kind, content) if kind in LISTED else {"kind": kind, "params": _params(kind, content, read)}
    if fields.get("params"):
        _refuse_odd_params(kind, fields["params"], (kind,))
    return fields


def _params(kind: str, content: Any, read: Callable[[Any], float] = seconds) -> tuple[float, ...]:
    """Parameters of one law, from a list, a mapping or (for a single one) the bare quantity."""
    names = PARAMETERS[kind]
    shape = f"{{{kind}: [{', '.join(names)}]}}" if len(names) > 1 else f"{{{kind}: {names[0]}}}"
    places: list[tuple[str | int, ...]] = [(i,) for i in range(len(names))]
    if isinstance(content, dict):
        faults = [unknown_key((kind, key), names) for key in content if key not in names]
        missing = [n for n in names if n not in content and n not in {fault.cure for fault in faults}]
        if missing:
            faults.append(Fault((kind,), f"{kind} needs {' and '.join(missing)}; write {shape}"))
        if faults:
            raise Faults(faults)
        parts, places = [content[n] for n in names], [(n,) for n in names]
    elif isinstance(content, list | tuple):
        parts = list(content)
        if len(parts) != len(names):
            raise Faults(
                [Fault((kind,), f"{kind} needs {len(names)} parameters, not {len(parts)}; write {shape}")]
            )
    elif len(names) == 1:
        parts, places = [content], [()]
    else:
        raise Faults([Fault((kind,), f"{kind} needs {' and '.join(names)}; write {shape}")])
    params, faults = [], []
    for part, name, place in zip(parts, names, places, strict=True):
        try:
            params.append(float(PLAIN.get(name, read)(part)))
        except ValueError as error:
            faults.append(Fault((kind, *place), f"{name}: {error}"))
    if faults:
        raise Faults(faults)
    return tuple(params)


def _listed(kind: str, content: Any) -> dict[str, Any]:
    """Fields of an empirical law or a trace: values inline, or one column of a table."""
    shape = f"{{{kind}: {{file: times.csv, column: time}}}}"
    if not isinstance(content, dict):
        raise Faults([Fault((kind,), f"{kind} needs a table and its column; write {shape}")])
    known = ["file", "column", "values", "unit"] + (["end"] if kind == "trace" else [])
    faults = [unknown_key((kind, key), known) for key in content if key not in known]
    end = content.get("end", "stop")
    if end not in ("stop", "repeat"):
        faults.append(Fault((kind, "end"), f"{show(end)} is no end of a trace; write 'stop' or 'repeat'"))
    inline = "values" in content
    if inline == ("file" in content):
        faults.append(Fault((kind,), f"{kind} needs either file and column, or values; write {shape}"))
    elif inline and "column" in content:
        faults.append(Fault((kind, "column"), "values inline have no column; leave it out", "key"))
    elif not inline and not isinstance(content.get("column"), str):
        faults.append(Fault((kind,), f"{kind} needs the table's column; write {shape}"))
    if faults:
        raise Faults(faults)
    try:
        if inline:
            values = _inline_values(content["values"], content.get("unit"))
        else:
            values = read_column(content["file"], content["column"], content.get("unit"))
    except Faults as error:
        raise Faults(f.below((kind,)) for f in error.faults) from None
    return {"kind": kind, "values": values, "end": end}


def _inline_values(content: Any, unit: Any) -> tuple[float, ...]:
    if not isinstance(content, list | tuple) or not content:
        raise Faults([Fault(("values",), "needs a list of at least one time")])
    if unit == "s" and all(type(v) is float for v in content):  # as `to_document` writes them
        values = tuple(content)
        if all(0 <= v <= LONGEST_TICKS * reading().tick for v in values):
            return values
    faults, values_ = [], []
    with reading_with(time_unit=unit or reading().time_unit):
        for i, value in enumerate(content):
            try:
                values_.append(seconds(value))
            except ValueError as error:
                faults.append(Fault(("values", i), str(error)))
    if faults:
        raise Faults(faults)
    return tuple(values_)


def _checked_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields given by a Python script, params in seconds, held to the same rules."""
    kind, params = fields["kind"], tuple(fields.get("params", ()))
    if kind in PARAMETERS:
        if len(params) != len(PARAMETERS[kind]):
            raise ValueError(f"{kind} needs the parameters {', '.join(PARAMETERS[kind])}")
        _refuse_odd_params(kind, params, ("params",))
    elif kind in LISTED and not fields.get("values"):
        raise ValueError(f"{kind} needs at least one value")
    return fields


def _refuse_odd_params(kind: str, params: tuple[float, ...], loc: tuple[str, ...]) -> None:
    """Raise the fault of parameters that no law of this kind can have."""
    what = _odd_params(kind, params)
    if what is None:
        average = mean(kind, params)
        if not average <= LONGEST_TICKS * reading().tick:
            what = too_long(f"{kind} with mean {average:.3g} s")
    if what is not None:
        raise Faults([Fault(loc, what)])


def _odd_params(kind: str, params: tuple[float, ...]) -> str | None:
    if not all(math.isfinite(p) and p >= 0 for p in params):
        return f"the parameters of {kind} are finite and not negative"
    if kind in {"uniform", "triangular"} and list(params) != sorted(params):
        names = PARAMETERS[kind]
        return f"{kind} needs {' <= '.join(names)}; write [{', '.join(map(quantity, sorted(params)))}]"
    if kind in {"exponential", "erlang", "lognormal", "gamma"} and params[0] == 0:
        return f"the mean of {kind} is above 0; for no time at all write '0 s'"
    if kind == "weibull" and (params[0] == 0 or not 0.05 <= params[1] <= 1000):
        return "weibull needs a scale above 0 and a shape from 0.05 to 1000"
    if kind == "geometric" and not 0 < params[1] <= params[0]:
        return "geometric counts whole slots, at least one: it needs a slot above 0 and a mean of at least one slot"
    if kind == "erlang" and (params[1] < 1 or params[1] != int(params[1])):
        return "k of erlang is a whole number of at least 1"
    if kind in {"lognormal", "gamma"} and params[1] > 100 * params[0]:
        return (
            f"the sd of {kind} is more than 100 times its mean; are the two in the right order, [mean, sd]?"
        )
    return None


def mean(kind: str, params: tuple[float, ...]) -> float:
    """Mean of a law with parameters [s]."""
    if kind == "uniform" or kind == "triangular":
        return math.fsum(params) / len(params)
    if kind == "weibull":
        return params[0] * math.gamma(1 + 1 / params[1])
    if kind == "normal" and params[1] > 0:
        m, sd = params
        z = m / sd
        # E[max(0, X)]: what the density left of 0 would have taken away is put to 0.
        return m * 0.5 * math.erfc(-z / math.sqrt(2)) + sd * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return params[0]
