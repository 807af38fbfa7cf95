"""Amounts: numbers whose unit belongs to something else of the document, an input of a law or a characteristic."""

from __future__ import annotations

import re
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from .dimensions import measured, unit_of
from .faults import show
from .units import NUMBER

_AMOUNT = re.compile(rf"\s*({NUMBER})\s*(.*?)\s*", re.DOTALL)


class Amount(NamedTuple):
    """A number and the unit that the document writes behind it: `%`, nothing, or a unit such as `nm`."""

    number: float
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.number!r} {self.unit}".strip()

    def of(self, unit: str, *, relative: bool = False) -> float:
        """The number in `unit`, or, where it is a deviation relative to something, the share that it is.

        raises ValueError in words
        """
        if relative:
            if self.unit not in {"", "%"}:
                raise ValueError(f"'{self}' has a unit, and this is a share; write for instance '0.5 %'")
            return self.number / 100 if self.unit else self.number
        if self.unit == "%":
            raise ValueError(f"'{self}' is a share, and this needs {_plain(unit)}")
        if not unit:
            if self.unit:
                raise ValueError(f"'{self}' has a unit, and this is a plain number; write it alone")
            return self.number
        if not self.unit:
            return self.number
        return measured(str(self), unit)


def _plain(unit: str) -> str:
    return f"a quantity such as '0.5 {unit}'" if unit else "a plain number"


def amount(value: Any) -> Amount:
    """An amount as a document or a Python script writes it."""
    if isinstance(value, Amount):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"needs a number with or without a unit, such as '0.5 %' or '1.2 nm', not {show(value)}")
    match = _AMOUNT.fullmatch(value if isinstance(value, str) else repr(value))
    if match is None or not abs(float(match[1])) < 1e15:
        raise ValueError(f"needs a number with or without a unit, such as '0.5 %' or '1.2 nm', not {show(value)}")
    if match[2] not in {"", "%"}:
        unit_of(match[2])
    return Amount(float(match[1]), match[2])


def _spread(value: Any) -> Amount:
    """An amount of scatter."""
    found = amount(value)
    if found.number < 0:
        raise ValueError(f"is a standard deviation, and {show(value)} is below 0; write 0 or more")
    return found


def _told(amount: Amount) -> Any:
    return str(amount) if amount.unit else amount.number


_SCHEMA = WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": rf"^\s*{NUMBER}.*$"}]})
_AS_WORDS = PlainSerializer(_told)
AnyAmount = Annotated[Amount, BeforeValidator(amount), _AS_WORDS, _SCHEMA]
Spread = Annotated[Amount, BeforeValidator(_spread), _AS_WORDS, _SCHEMA]
