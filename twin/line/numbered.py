"""Numbers of tools and chambers, from 1, as a document lists them; and short lists of names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from .faults import show
from .units import NAME_SCHEMA, name, whole

MOST_CHAMBERS = 32
_RANGE = re.compile(r"\s*(\d{1,9})\s*(?:-|–|\.\.)\s*(\d{1,9})\s*")


def numbers(what: str, most: int) -> Callable[[Any], tuple[int, ...]]:
    """A reader of numbers from 1 to `most`: one, a range such as `1-4`, or a list of both."""
    count = whole(1, most, f"the number of a {what}")

    def read(value: Any) -> tuple[int, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        parts = list(parts) if isinstance(parts, list | tuple) else [parts]
        if not parts:
            raise ValueError(f"names no {what}; write numbers from 1 such as [1, 3], or leave it out")
        found: set[int] = set()
        for part in parts:
            match = _RANGE.fullmatch(part) if isinstance(part, str) else None
            if match is None:
                found.add(count(part))
                continue
            first, last = count(match[1]), count(match[2])
            if first > last:
                raise ValueError(f"the range {show(part)} ends before it begins; write '{last}-{first}'")
            found.update(range(first, last + 1))
        return tuple(sorted(found))

    return read


def names(most: int, what: str) -> Callable[[Any], tuple[str, ...]]:
    """A reader of one name or a list of at most so many, each once."""

    def read(value: Any) -> tuple[str, ...]:
        listed = tuple(name(part) for part in (value if isinstance(value, list | tuple) else [value]))
        if not 1 <= len(listed) <= most:
            raise ValueError(f"names {len(listed)} {what}; write at least one and at most {most}")
        if len(set(listed)) < len(listed):
            raise ValueError(f"names {show(listed[0])} twice; write it once")
        return listed

    return read


_NUMBERS_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "integer", "minimum": 1},
        {"type": "string", "pattern": r"^\s*\d+(\s*[-,–.]+\s*\d+)*\s*$"},
        {"type": "array", "items": {"type": ["integer", "string"]}, "minItems": 1},
    ]
}
ToolNumbers = Annotated[
    tuple[int, ...], BeforeValidator(numbers("tool", 100_000)), WithJsonSchema(_NUMBERS_SCHEMA)
]
ChamberNumbers = Annotated[
    tuple[int, ...], BeforeValidator(numbers("chamber", MOST_CHAMBERS)), WithJsonSchema(_NUMBERS_SCHEMA)
]
AuxiliaryNames = Annotated[
    tuple[str, ...],
    BeforeValidator(names(2, "auxiliaries")),
    WithJsonSchema({"anyOf": [NAME_SCHEMA, {"type": "array", "items": NAME_SCHEMA, "minItems": 1, "maxItems": 2}]}),
]
