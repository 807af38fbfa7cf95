"""From pydantic's errors to faults in the engineer's words, all of a document at once.

Cross-checks need valid parts. So a faulty part is told, mended by the likely meaning or a placeholder, and
the rest is checked on; what was concluded from a mended part is not told.
"""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .context import reading_with
from .document import Document
from .faults import OTHER_WORDS, Fault, Faults, Loc, did_you_mean, show, unknown_key

_ROUNDS = 12
_SECTIONS = {"toolgroups", "products", "routes"}
# How many keys down a fault is mended: the key of a step, of a toolgroup, ...
_REACH = {"routes": 4, "toolgroups": 3, "products": 3, "run": 2}


def all_faults(document: Any, error: ValidationError, model: type[Document]) -> list[Fault]:
    """Every fault of `document`, whose validation as `model` raised `error`."""
    faults: list[Fault] = []
    mended: set[Loc] = set()
    validate = model.__pydantic_validator__.validate_python
    for _ in range(_ROUNDS):
        found = [fault for e in error.errors() for fault in _faults_of(e, model)]
        fresh = [fault for fault in _without_echoes(found) if not _rests_on(fault, mended)]
        faults += [fault for fault in fresh if fault not in faults]
        section_lost = any(
            len(fault.loc) <= 1 and fault.loc[:1] and fault.loc[0] in _SECTIONS for fault in found
        )
        for fault in found:
            document = _mend(document, fault, mended)
        if document is None or section_lost:
            break
        try:
            with reading_with(lenient=True):
                validate(document)
        except ValidationError as next_error:
            error = next_error
        else:
            break
    return faults


def _rests_on(fault: Fault, mended: set[Loc]) -> bool:
    """Whether the fault lies in a mended part, around one, or was concluded from one."""
    return any(
        place[: len(part)] == part or part[: len(place)] == place
        for part in mended for place in (fault.loc, *fault.needs)
    )  # fmt: skip


def _without_echoes(faults: list[Fault]) -> list[Fault]:
    """Leave out the missing key that an unknown key beside it was meant to be."""
    meant = {(fault.loc[:-1], fault.cure) for fault in faults if fault.kind == "unknown"}
    return [f for f in faults if f.kind != "missing" or (f.loc[:-1], f.loc[-1]) not in meant]


def _faults_of(error: ErrorDetails, model: type[Document]) -> list[Fault]:
    """Faults of one pydantic error, in the engineer's words."""
    loc: Loc = tuple(part for part in error["loc"] if part != "[key]")
    at_key = error["loc"][-1:] == ("[key]",)
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "value_error":
        inner = context["error"]
        if isinstance(inner, Faults):
            return [fault.below(loc) for fault in inner.faults]
        return [Fault(loc, str(inner), "key" if at_key else "value")]
    if kind == "extra_forbidden":
        return [unknown_key(loc, _keys_at(model, loc[:-1]))]
    if kind == "missing":
        return [_missing(loc, model)]
    if kind == "invalid_key":
        return [Fault(loc, f"a key is a name, not {show(loc[-1])}; put it in quotes", "key", kind="unknown")]
    if kind == "literal_error":
        words = [word.strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
        return [Fault(loc, f"{show(value)} is none of {', '.join(words)}; {did_you_mean(str(value), words)}")]
    shape = _shape(kind, _example(model, loc))
    if value is None:
        return [Fault(loc, f"has no value; write {shape}, or leave the key out")]
    return [Fault(loc, f"needs {shape}, not {show(value)}")]


def _missing(loc: Loc, model: type[Document]) -> Fault:
    """The fault of a key left out, with an example of it."""
    example = _example(model, loc)
    cure = f"'{loc[-1]}: {example}'" if example is not None else "it"
    return Fault(loc, f"the key {show(loc[-1])} is missing; write {cure}", "key", kind="missing")


def _example(model: type[Document], loc: Loc) -> str | None:
    """What a document may write at this place."""
    holder = _model_at(model, loc[:-1])
    fields = {field.alias or name: field for name, field in holder.model_fields.items()} if holder else {}
    field = fields.get(str(loc[-1])) if loc else None
    return flow(field.examples[0]) if field is not None and field.examples else None


def flow(value: Any) -> str:
    """A value as YAML writes it in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value)


def _shape(kind: str, example: str | None) -> str:
    """The kind of value that belongs to a place, from the kind of pydantic's error."""
    if kind in {"model_type", "dict_type", "model_attributes_type"}:
        return f"a mapping such as {example or '{key: value}'}"
    if kind in {"tuple_type", "list_type"}:
        return f"a list such as {example or '[a, b]'}"
    return f"a value such as {example}" if example else "another value"


def _keys_at(model: type[Document], loc: Loc) -> list[str]:
    """Keys that a document may use at this place."""
    found = _model_at(model, loc)
    return found.known_keys() if found is not None else []


def _model_at(model: type[Document], loc: Loc) -> type[Document] | None:
    """The part of the document that lies at `loc`, by the fields' types."""
    here: Any = model
    for part in loc:
        if isinstance(here, type) and issubclass(here, BaseModel):
            names = {field.alias or name: field for name, field in here.model_fields.items()}
            if part not in names:
                return None
            here = names[str(part)].annotation
        else:
            here = _element(here)
        here = _bare(here)
    return here if isinstance(here, type) and issubclass(here, Document) else None


def _element(annotation: Any) -> Any:
    """What a tuple or a mapping of this type holds."""
    inside = [arg for arg in get_args(annotation) if arg is not Ellipsis]
    return _bare(inside[-1]) if inside else None


def _bare(annotation: Any) -> Any:
    """The type without `None` and without metadata."""
    while True:
        args = [arg for arg in get_args(annotation) if arg is not type(None)]
        if hasattr(annotation, "__metadata__") or (type(None) in get_args(annotation) and len(args) == 1):
            annotation = args[0]
        else:
            return annotation


def _mend(document: Any, fault: Fault, mended: set[Loc]) -> Any:
    """A copy of the document without this fault, or as near as a placeholder comes; None: there is no way."""
    loc = fault.loc
    if not loc or not isinstance(document, dict):
        return None
    if _in_rows(loc):  # rows at fault are left out while the search goes on
        mended.add(loc)
        return document
    place = loc if fault.kind == "unknown" else loc[: _REACH.get(str(loc[0]), 1)]
    top, holder, place = _copied(document, place)
    key = place[-1]
    again = place in mended
    mended.add(place)
    if fault.kind == "unknown" and place == loc:
        content = holder.pop(key, None)
        if fault.cure is not None and fault.cure not in holder:
            holder[fault.cure] = content
    elif (
        isinstance(holder, list)
        or (again and key != "process")  # a step without a process law is whole
        or fault.kind == "missing"
        or (len(place) == 2 and loc[0] in _SECTIONS)
    ):
        holder[key] = _stand_in(document, place)
    else:
        holder.pop(key, None)
    return top


def _in_rows(loc: Loc) -> bool:
    """Whether a fault lies in one row of the lots in the line, of the tools' states or of a schedule."""
    return (loc[0] in {"wip", "tool_states"} and len(loc) > 1) or (loc[2:4] == ("release", "schedule") and len(loc) > 4)


def _stand_in(document: dict[Any, Any], place: Loc) -> Any:
    """Something valid for a required part."""
    toolgroup, route = _first(document, "toolgroups"), _first(document, "routes")
    step = {"step": f"step {place[-1]}", "toolgroup": toolgroup, "time": "1 min"}
    section, key = place[0], place[-1]
    if len(place) == 2 and section in _SECTIONS:
        product = {"route": route, "release": {"every": "1 h"}}
        return {"toolgroups": {}, "products": product, "routes": [step]}[str(section)]
    if isinstance(key, int):
        return step
    plain = {"time": "1 min", "toolgroup": toolgroup, "route": route, "release": {"every": "1 h"}}
    return plain.get(key, f"step {place[-2]}" if len(place) > 2 else "a name")


def _copied(document: dict[Any, Any], loc: Loc) -> tuple[dict[Any, Any], Any, Loc]:
    """A copy of the document to change at `loc`; the container there; how far down `loc` that is."""
    top = dict(document)
    holder: Any = top
    for i, part in enumerate(loc):
        key = _spoken(holder, part)
        inner = (
            holder[key] if (key in holder if isinstance(holder, dict) else int(part) < len(holder)) else None
        )
        if i == len(loc) - 1 or not isinstance(inner, dict | list):
            return top, holder, (*loc[:i], key)
        holder[key] = inner.copy()
        holder = holder[key]
    return top, holder, loc


def _spoken(holder: Any, part: str | int) -> Any:
    """The key as the document writes it: `stations` for toolgroups, a number for a name of digits."""
    if not isinstance(holder, dict) or part in holder:
        return part
    other = OTHER_WORDS.get(str(part))
    if other in holder:
        return other
    return next((key for key in holder if str(key) == str(part)), part)


def _first(document: Any, section: str) -> str:
    names = (
        document.get(section, document.get(OTHER_WORDS.get(section))) if isinstance(document, dict) else None
    )
    return str(next(iter(names), "a")) if isinstance(names, dict) else "a"
