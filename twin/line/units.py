"""Quantities with units: times, shares, counts and names, as a document writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from .context import LONGEST_TICKS, reading
from .faults import did_you_mean, show

# Seconds as (times, over): a division by 1000 is exact where a product with 0.001 is not.
UNITS: dict[str, tuple[float, float]] = {
    "us": (1, 1_000_000), "µs": (1, 1_000_000), "ms": (1, 1000),
    "s": (1, 1), "sec": (1, 1), "second": (1, 1), "seconds": (1, 1),
    "min": (60, 1), "minute": (60, 1), "minutes": (60, 1),
    "h": (3600, 1), "hr": (3600, 1), "hour": (3600, 1), "hours": (3600, 1),
    "d": (86_400, 1), "day": (86_400, 1), "days": (86_400, 1),
    "w": (604_800, 1), "week": (604_800, 1), "weeks": (604_800, 1),
}  # fmt: skip
TELL_UNITS = ("us", "ms", "s", "min", "h", "d", "week")
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_QUANTITY = re.compile(rf"\s*({NUMBER})\s*([^\W\d_]*|%)\s*")
_PART = re.compile(r"\s*(?:\d+\.?\d*|\.\d+)\s*[^\W\d_]+\s*")
_SUM = re.compile(rf"(?:{_PART.pattern}){{2,}}")  # as in `12 d 22 h`, each part with its unit
_PIECES = re.compile(r"\s*(\d+)\s*units?\s*")


def unit_factor(unit: str) -> tuple[float, float]:
    """Seconds of one `unit`, as (times, over)."""
    try:
        return UNITS[unit]
    except KeyError:
        hint = "'min'" if unit in {"m", "mn", "mins"} else None
        cure = f"did you mean {hint}?" if hint else did_you_mean(unit, TELL_UNITS)
        raise ValueError(f"unknown time unit {show(unit)}; {cure}") from None


@lru_cache(maxsize=8192)
def parse_time(text: str, header: str | None) -> float:
    """Seconds of a text such as `90 s` or `12 d 22 h`; `header` is the unit of bare numbers."""
    match = _QUANTITY.fullmatch(text)
    if match is None and _SUM.fullmatch(text):
        return math.fsum(parse_time(part[0], None) for part in _PART.finditer(text))
    if match is None:
        raise ValueError(f"{show(text)} is no time; write a number and a unit, such as '90 s' or '2 h'")
    number, unit = match[1], match[2] or header
    if unit is None:
        raise ValueError(_no_unit(number))
    if unit == "%":
        raise ValueError(f"{show(text)} is a share, not a time; write a unit such as '90 s'")
    if unit in {"unit", "units"}:
        raise ValueError(f"{show(text)} counts units, not time; write a time such as '90 s'")
    times, over = unit_factor(unit)
    return float(number) * times / over


def _no_unit(number: str) -> str:
    if len(number) > 20:
        return f"{number[:20]}... is absurdly large and has no unit; write a time such as '90 s'"
    return (
        f"a time needs a unit; write '{number} s' or '{number} min', "
        "or give bare numbers one with 'units: {time: min}' at the top"
    )


def signed_seconds(value: Any) -> float:
    """Seconds of a quantity as a document or a Python script writes it; negative allowed."""
    header = reading().time_unit
    if isinstance(value, str):
        seconds = parse_time(value, header)
    elif isinstance(value, timedelta):
        seconds = value.total_seconds()
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"needs a time such as '90 s', not {show(value)}")
    elif header is None and math.isfinite(_as_float(value)):
        raise ValueError(_no_unit(show(value)))
    else:
        times, over = unit_factor(header or "s")
        seconds = _as_float(value) * times / over
    if not math.isfinite(seconds):
        raise ValueError(f"{show(value)} is no finite time; write a number and a unit, such as '90 s'")
    if abs(seconds) > LONGEST_TICKS * reading().tick:
        raise ValueError(too_long(value))
    return seconds


def too_long(value: object) -> str:
    """The fault of a time beyond the clock's reach."""
    tick = reading().tick
    return (
        f"{show(value)} is beyond the clock's reach, {LONGEST_TICKS * tick / 31_557_600:.3g} years "
        f"at 'tick: {quantity(tick)}'; write a shorter time or a coarser 'tick:'"
    )


def seconds(value: Any) -> float:
    """Seconds of a quantity that cannot be negative."""
    result = signed_seconds(value)
    if result < 0:
        raise ValueError(f"a time cannot be negative, and {show(value)} is; write '0 s' or more")
    if 0 < result < reading().tick / 2:
        raise ValueError(
            f"{show(value)} is less than half a tick ({quantity(reading().tick)}) and would become 0; "
            "write a finer 'tick:'"
        )
    return result


def positive_seconds(value: Any) -> float:
    """Seconds of a quantity above 0."""
    result = seconds(value)
    if result == 0:
        raise ValueError(f"needs a time above 0, not {show(value)}")
    return result


def tick_seconds(value: Any) -> float:
    """The clock's unit [s]: from 1 us to 1 h."""
    result = parse_time(value, reading().time_unit) if isinstance(value, str) else signed_seconds(value)
    if not 1e-6 <= result <= 3600:
        raise ValueError(f"a tick lies between '1 us' and '1 h', and {show(value)} does not")
    return result


@lru_cache(maxsize=8192)
def quantity(value: float) -> str:
    """The plainest text that reads back as exactly this many seconds."""
    texts = [(repr(value), "s")]
    for unit in ("d", "h", "min", "s", "ms", "us"):
        times, over = UNITS[unit]
        texts.append((f"{value * over / times:.12g}", unit))
    exact = [pair for pair in texts if parse_time(" ".join(pair), None) == value]
    number, unit = min(exact, key=lambda pair: len(pair[0]))
    return f"{number} {unit}"


def share(value: Any) -> float:
    """A share from 0 to 1, written as a number or with %."""
    if isinstance(value, str):
        match = _QUANTITY.fullmatch(value)
        if match is None or match[2] not in {"", "%"}:
            raise ValueError(
                f"{show(value)} is no share; write a number from 0 to 1 or a percentage such as '40 %'"
            )
        number = float(match[1])
        result = number / 100 if match[2] else number
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"needs a share such as 0.4 or '40 %', not {show(value)}")
    else:
        result = _as_float(value)
    if not 0 <= result <= 1:
        percent = (
            f"; for per cent write '{value} %'" if isinstance(value, int | float) and 1 < value <= 100 else ""
        )
        raise ValueError(
            f"a share lies between 0 and 1 (or 0 % and 100 %), and {show(value)} does not{percent}"
        )
    return result


def number(value: Any) -> float:
    """A plain finite number."""
    if isinstance(value, str) and re.fullmatch(NUMBER, value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(_as_float(value)):
        raise ValueError(f"needs a plain number, not {show(value)}")
    return _as_float(value)


def _as_float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def whole(low: int, high: int, what: str = "a whole number") -> Callable[[Any], int]:
    """A reader of whole numbers from `low` to `high`."""

    def read_whole(value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"\s*[-+]?\d{1,30}\s*", value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"needs {what} such as {max(low, 1)}, not {show(value)}")
        if value < low:
            raise ValueError(f"needs {what} of at least {low}, not {show(value)}")
        if value > high:
            raise ValueError(
                f"{show(value)} is absurdly large; write {what} of at most {high:_}".replace("_", ",")
            )
        return value

    return read_whole


def whole_or_unlimited(low: int, high: int) -> Callable[[Any], int | None]:
    """A reader of whole numbers that also takes the word `unlimited`, returned as None."""
    count = whole(low, high, "a whole number or 'unlimited'")

    def read_count(value: Any) -> int | None:
        return None if value is None or value == "unlimited" else count(value)

    return read_count


def pieces(value: Any) -> int | None:
    """The count of a text such as `7500 units`; None for anything else."""
    match = _PIECES.fullmatch(value) if isinstance(value, str) else None
    return int(match[1][:30]) if match else None


def name(value: Any) -> str:
    """A name; a whole number stands for its digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = show(value)
    if not isinstance(value, str):
        raise ValueError(f"needs a name, not {show(value)}; put it in quotes if it is one")
    if not value.strip() or not value.isprintable():
        raise ValueError(f"{show(value)} is no name; write at least one letter or digit")
    return value.strip()


def text(value: Any) -> str:
    """Free text; numbers stand for their digits."""
    if isinstance(value, bool | list | dict) or value is None:
        raise ValueError(f"needs a text, not {show(value)}")
    return str(value) if not isinstance(value, int) else show(value)


def count_schema(low: int, *, unlimited: bool = False) -> dict[str, Any]:
    """JSON Schema of a whole number."""
    plain = {"type": "integer", "minimum": low}
    return {"anyOf": [plain, {"const": "unlimited"}]} if unlimited else plain


_TIME_PATTERN = (
    rf"^\s*({NUMBER}\s*({'|'.join(UNITS)})?|((\d+\.?\d*|\.\d+)\s*({'|'.join(UNITS)})\s*){{2,}})\s*$"
)
TIME_SCHEMA: dict[str, Any] = {
    "anyOf": [{"type": "string", "pattern": _TIME_PATTERN}, {"type": "number"}],
    "description": "A time with its unit, such as '90 s', '2 h' or '12 d 6 h'.",
}
SHARE_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "pattern": rf"^\s*{NUMBER}\s*%?\s*$"},
    ]
}
NAME_SCHEMA: dict[str, Any] = {"type": ["string", "integer"]}

_as_quantity = PlainSerializer(quantity, return_type=str)
Time = Annotated[float, BeforeValidator(seconds), _as_quantity, WithJsonSchema(TIME_SCHEMA)]
PositiveTime = Annotated[float, BeforeValidator(positive_seconds), _as_quantity, WithJsonSchema(TIME_SCHEMA)]
SignedTime = Annotated[float, BeforeValidator(signed_seconds), _as_quantity, WithJsonSchema(TIME_SCHEMA)]
Tick = Annotated[float, BeforeValidator(tick_seconds), _as_quantity, WithJsonSchema(TIME_SCHEMA)]
Share = Annotated[float, BeforeValidator(share), WithJsonSchema(SHARE_SCHEMA)]
Name = Annotated[str, BeforeValidator(name), WithJsonSchema(NAME_SCHEMA)]
Text = Annotated[str, BeforeValidator(text), WithJsonSchema({"type": "string"})]
