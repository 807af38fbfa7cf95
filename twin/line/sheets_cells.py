"""What a cell says in the document's words, and back: read what was written and it is the same value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import yaml

from .due import FACTOR
from .faults import show
from .laws import LISTED, PARAMETERS, PLAIN
from .sheets_grid import Cell, Percent, is_remark
from .sheets_layout import Leaf
from .units import NUMBER, parse_time, pieces, unit_factor
from .yaml_reader import TextFaults, scalar

UNITS_OF_COLUMNS = ("s", "min", "h", "d", "ms", "us")  # in the order of preference where several fit as well
PIECES = "units"  # `every [units]`: maintenance by count
LONGEST = 32_767  # characters in a cell of a workbook


def bare(cell: Cell) -> bool:
    """Whether a cell is a number without a unit."""
    if isinstance(cell, str):
        return re.fullmatch(NUMBER, cell.strip()) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def read_cell(kind: Leaf, cell: Cell, unit: str | None) -> Any:
    """The document's value of a filled cell, whose column's bare numbers have this unit.

    Raises a ValueError for a text that cannot be read; what the value may be is for the models to say.
    """
    if isinstance(cell, Percent):
        return float(cell) if kind not in {Leaf.TIME, Leaf.LAW} else f"{100 * cell:.12g} %"
    if unit is not None and bare(cell):
        return f"{cell.strip() if isinstance(cell, str) else repr(cell)} {unit}"
    if kind is Leaf.TEXT and isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if not isinstance(cell, str):
        return cell
    if kind is Leaf.TEXT:
        return _unquoted(cell.strip(" \t\xa0"))
    text = cell.strip()
    if kind is Leaf.WORDS and not text.startswith("["):
        return [word.strip() for word in text.split(",") if word.strip()]
    plain = ":" not in text and "{" not in text
    if kind in {Leaf.TIME, Leaf.QUANTITY} or (kind in {Leaf.LAW, Leaf.SHARE} and plain):
        return text
    value = _yaml(text)
    return _law_with_unit(value, unit) if kind is Leaf.LAW and unit is not None else value


def _unquoted(text: str) -> str:
    """A text; one in double quotes may hold anything."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            found = json.loads(text)
        except ValueError:
            return text
        return found if isinstance(found, str) else text
    return text


@lru_cache(maxsize=1024)
def _yaml_kept(text: str) -> Any:
    return scalar(text)


def _yaml(text: str) -> Any:
    try:
        found = _yaml_kept(text)
        # Lists and mappings are the caller's to change.
        return scalar(text) if isinstance(found, dict | list) else found
    except TextFaults as error:
        what = error.spots[0].what
        if "indentation" in what or "this line" in what:  # a cell has neither
            what = "cannot be read; are its brackets, commas and quotes in their places?"
        raise ValueError(f"{show(text)}: {what}") from None


def _law_with_unit(law: Any, unit: str) -> Any:
    """A law whose bare numbers have the column's unit."""
    if not isinstance(law, dict) or len(law) != 1:
        return law
    ((kind, content),) = law.items()
    if kind in LISTED and isinstance(content, dict):
        return {kind: content if "unit" in content or "sheet" in content else {**content, "unit": unit}}
    if kind == FACTOR:
        return law  # plain numbers
    names = PARAMETERS.get(kind, ())
    if isinstance(content, dict):
        return {kind: {name: _number_with_unit(name, part, unit) for name, part in content.items()}}
    if isinstance(content, list):
        places = [*names, *names[-1:] * len(content)]
        return {kind: [_number_with_unit(name, part, unit) for name, part in zip(places, content, strict=False)]}
    return {kind: _number_with_unit(names[0] if names else "", content, unit)}


def _number_with_unit(name: str, part: Any, unit: str) -> Any:
    return f"{part!r} {unit}" if name not in PLAIN and not isinstance(part, str) and bare(part) else part


def common_unit(quantities: Iterable[str]) -> str | None:
    """The unit that all of these quantities have; None if they have not."""
    units = {quantity.partition(" ")[2] for quantity in quantities}
    return units.pop() if len(units) == 1 else None


def best_unit(times: Iterable[str]) -> str | None:
    """The unit in which most of these quantities are plain numbers, and short ones; None if there is none."""
    given = list(times)
    ranked = []
    for unit in (*UNITS_OF_COLUMNS, PIECES):
        numbers = [number for time in given if (number := number_in(time, unit)) is not None]
        ranked.append((-len(numbers), sum(len(repr(number)) for number in numbers), unit))
    lost, _, unit = min(ranked, key=lambda entry: entry[:2])
    return unit if lost else None


@lru_cache(maxsize=65_536)
def number_in(time: str, unit: str) -> int | float | None:
    """The number that reads back as exactly this time where the header names the unit; None if there is none."""
    if unit == PIECES:
        return pieces(time)
    try:
        seconds = parse_time(time, None)
    except ValueError:
        return None
    times, over = unit_factor(unit)
    text = f"{seconds * over / times:.12g}"
    number: int | float = int(text) if re.fullmatch(r"-?\d+", text) else float(text)
    return number if parse_time(f"{number!r} {unit}", None) == seconds else None


def _as_number(quantity: str, unit: str) -> int | float | None:
    """The number of a quantity in its own unit, if it reads back as the same text."""
    text = quantity.partition(" ")[0]
    number: int | float = int(text) if text.isdecimal() else float(text)
    return number if f"{number!r} {unit}" == quantity and float(f"{number:.16g}") == number else None


def write_cell(kind: Leaf, value: Any, unit: str | None = None) -> Cell:
    """The cell that reads back as a value of the document."""
    if unit is not None and isinstance(value, str):
        number = _as_number(value, unit) if kind is Leaf.QUANTITY else number_in(value, unit)
        if number is not None:
            return number
    if kind is Leaf.TEXT and isinstance(value, str):
        return _quoted(value)
    if kind is Leaf.WORDS and isinstance(value, list | tuple):
        return _listed([str(word) for word in value])
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and kind is Leaf.SHARE and value.is_integer():
        return int(value)
    if isinstance(value, int | float):
        # A workbook keeps 16 digits of a number.
        return value if float(f"{value:.16g}") == value and abs(value) < 2**53 else repr(value)
    if isinstance(value, str) and kind in {Leaf.TIME, Leaf.SHARE, Leaf.QUANTITY}:
        return value
    return flow_text(value)


def _quoted(text: str) -> str:
    plain = text.replace("\n", "").isprintable() and not text.startswith("=") and not is_remark(text)
    return text if text.strip() and plain and read_cell(Leaf.TEXT, text, None) == text else json.dumps(text)


def _listed(words: list[str]) -> str:
    text = ", ".join(words)
    plain = not is_remark(text) and not text.startswith("=")
    return text if plain and read_cell(Leaf.WORDS, text, None) == words else flow_text(words)


def flow_text(value: Any) -> str:
    """A value as one line of YAML; a mapping of one key without its braces."""
    dumped = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=2**31, allow_unicode=True)
    text = dumped.strip().removesuffix("...").strip()
    bare_law = text[1:-1] if isinstance(value, dict) and len(value) == 1 else text
    for candidate in (bare_law, text):
        if candidate.isprintable() and not candidate.startswith("=") and not is_remark(candidate):
            try:
                if scalar(candidate) == value:
                    return candidate
            except TextFaults:
                continue
    return json.dumps(value)
