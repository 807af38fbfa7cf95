"""Quantities of any dimension: `/cm2/h`, `um`, `kA`: numbers with the unit that a parameter declares."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from .context import reading
from .faults import did_you_mean, show
from .units import NUMBER, SHARE_SCHEMA, TIME_SCHEMA, UNITS, share

# Base units, each as (factor to SI, exponents of metre, kilogram, second, ampere, kelvin).
Dimension = tuple[int, int, int, int, int]
_BASE: dict[str, tuple[Fraction, Dimension]] = {
    "m": (Fraction(1), (1, 0, 0, 0, 0)),
    "g": (Fraction(1, 1000), (0, 1, 0, 0, 0)),
    "A": (Fraction(1), (0, 0, 0, 1, 0)),
    "K": (Fraction(1), (0, 0, 0, 0, 1)),
    "N": (Fraction(1), (1, 1, -2, 0, 0)),
    "J": (Fraction(1), (2, 1, -2, 0, 0)),
    "W": (Fraction(1), (2, 1, -3, 0, 0)),
    "V": (Fraction(1), (2, 1, -3, -1, 0)),
    "Pa": (Fraction(1), (-1, 1, -2, 0, 0)),
}
_PREFIXES = {
    "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "µ": Fraction(1, 10**6), "m": Fraction(1, 1000),
    "c": Fraction(1, 100), "k": Fraction(1000), "M": Fraction(10**6),
}  # fmt: skip
NO_DIMENSION: Dimension = (0, 0, 0, 0, 0)
_TIME: Dimension = (0, 0, 1, 0, 0)
_PART = re.compile(r"([^\W\d_²³]+)(?:\^?(-?[1-9])|([²³]))?")
_QUANTITY = re.compile(rf"\s*({NUMBER})\s*(.*?)\s*", re.DOTALL)


@lru_cache(maxsize=512)
def unit_of(text: str) -> tuple[Fraction, Dimension]:
    """Factor to SI and dimension of a unit such as `um`, `/cm2/h`, `1/cm²` or `kA/mm2`.

    raises ValueError for anything else
    """
    factor, dimension = Fraction(1), NO_DIMENSION
    first, *more = re.split(r"([/*·])", text.replace(" ", ""))
    parts = list(zip(more[0::2], more[1::2], strict=True))
    for sign, run in parts if first in {"", "1"} and parts else [("*", first), *parts]:
        part = _PART.fullmatch(run)
        if part is None:
            raise ValueError(f"{show(text)} is no unit; write for instance 'um', '/cm2' or 'kA/mm2'")
        power = int(part[2] or {"²": 2, "³": 3}.get(part[3] or "", 1)) * (-1 if sign == "/" else 1)
        one, of = _named(part[1])
        factor *= one**power
        m, kg, s, a, k = (of_all + power * of_one for of_all, of_one in zip(dimension, of, strict=True))
        dimension = (m, kg, s, a, k)
    return factor, dimension


def _named(name: str) -> tuple[Fraction, Dimension]:
    """One unit without its power."""
    if name in UNITS:
        times, over = UNITS[name]
        return Fraction(times) / Fraction(over), _TIME
    if name in _BASE:
        return _BASE[name]
    if name[:1] in _PREFIXES and name[1:] in _BASE:
        factor, dimension = _BASE[name[1:]]
        return _PREFIXES[name[0]] * factor, dimension
    raise ValueError(f"unknown unit {show(name)}; {did_you_mean(name, ('nm', 'um', 'mm', 'cm', 'h', 'min', 's', 'd'))}")


def measured(value: Any, unit: str) -> float:
    """The number, in `unit`, of a quantity as a document or a Python script writes it.

    unit: what the number shall count; `share` takes per cent too; empty: a plain number, per cent too
    """
    if unit == "share":
        return share(value)
    text = value if isinstance(value, str) else None
    if isinstance(value, bool) or (text is None and not isinstance(value, int | float)):
        raise ValueError(f"needs {_example(unit)}, not {show(value)}")
    if text is None:
        text = repr(value)
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"needs {_example(unit)}, not {show(value)}")
    number, written = match[1], match[2]
    if not math.isfinite(float(number)):
        raise ValueError(f"{show(value)} is no finite number; write {_example(unit)}")
    return _converted(number, _factor(written, unit, value))


def _factor(written: str, unit: str, value: Any) -> Fraction:
    """What one of the written unit is in `unit`."""
    if not unit:
        if written in {"", "%"}:
            return Fraction(1, 100) if written else Fraction(1)
        raise ValueError(f"{show(value)} has a unit, and this is a plain number; write it alone")
    factor, dimension = unit_of(unit)
    if not written and dimension == _TIME and reading().time_unit is not None:
        written = reading().time_unit or unit
    if not written:
        raise ValueError(f"needs a unit; write '{value} {unit}'")
    given, of = unit_of(written)
    if of != dimension:
        raise ValueError(f"{show(value)} is not of the kind of {unit!r}; write {_example(unit)}")
    return given / factor


def _converted(number: str, factor: Fraction) -> float:
    """The product, rounded once: 800 nm are exactly 0.8 um."""
    if factor == 1 or float(number) == 0:
        return float(number)
    if abs(math.log10(abs(float(number)))) > 60:
        return float(number) * float(factor)
    return float(Fraction(number) * factor)


def _example(unit: str) -> str:
    return f"a quantity such as '0.5 {unit}'" if unit else "a plain number such as 0.5"


def told(value: float, unit: str, *, whole: bool = False) -> Any:
    """A number as a document writes it; reads back exactly."""
    if unit in {"", "share"}:
        return int(value) if whole else value
    return f"{value!r} {unit}"


def schema(unit: str) -> dict[str, Any]:
    """JSON Schema of a quantity."""
    if unit == "share":
        return dict(SHARE_SCHEMA)
    if unit and unit_of(unit)[1] == _TIME:
        return dict(TIME_SCHEMA)
    if not unit:
        return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": rf"^\s*{NUMBER}\s*%?\s*$"}]}
    return {"type": "string", "pattern": rf"^\s*{NUMBER}\s*[^\s0-9].*$", "examples": [f"0.5 {unit}"]}


def quantity_of(unit: str, low: float, high: float) -> tuple[Any, ...]:
    """The metadata of a field that holds a quantity in `unit`, from `low` to `high`."""

    def read(value: Any) -> float:
        number = measured(value, unit)
        if not low <= number <= high:
            raise ValueError(f"lies between {low:g} {unit} and {high:g} {unit}, and {show(value)} does not")
        return number

    validator: Callable[[Any], float] = read
    return BeforeValidator(validator), PlainSerializer(lambda v: told(v, unit)), WithJsonSchema(schema(unit))
