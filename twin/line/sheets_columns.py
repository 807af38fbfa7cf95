"""The header of a sheet: which column holds what, in which unit, and headers that lead nowhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .faults import did_you_mean, show
from .sheets_cells import PIECES
from .sheets_grid import CsvGrid, Grid, Odd, is_blank, is_remark
from .sheets_layout import Leaf, Sheet, leaf, likely_path, meant_path
from .units import TELL_UNITS, UNITS

_HEADER = re.compile(r"\s*(.*?)\s*(?:\[([^\[\]]*)\]|\(([^()]*)\))?\s*", re.DOTALL)
FaultAt = tuple[int | None, int | None, str]
"""Row and column of a fault in its sheet, and its words."""


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    path: the words of its header
    unit: unit of its bare numbers, None where they have none
    odd:  why its cells cannot be used, None where they can
    law:  how many words of the path lead to a law whose parameter it holds; 0 where it holds none
    lost: whether its header begins with a word of the document and leads nowhere from there
    """

    at: int
    path: tuple[str, ...]
    kind: Leaf
    unit: str | None = None
    odd: str | None = None
    law: int = 0
    lost: bool = False

    @property
    def title(self) -> str:
        """The header without its unit."""
        return ".".join(self.path)


def split_header(cell: object) -> tuple[str, str | None]:
    """The name and the unit of a header such as `time [min]`."""
    match = _HEADER.fullmatch(str(cell))
    if match is None:
        return str(cell).strip(), None
    unit = match[2] if match[2] is not None else match[3]
    return " ".join(match[1].split()), None if unit is None else unit.strip()


def read_header(sheet: Sheet, grid: Grid) -> tuple[list[Column], list[FaultAt]]:
    """The columns of a sheet that can be used, and the faults of its header."""
    columns: list[Column] = []
    faults: list[FaultAt] = []
    for at, cell in enumerate(grid.header):
        if isinstance(cell, Odd):
            return [], [(0, at, cell.what)]  # without a header nothing below it can be read
        if is_blank(cell) or is_remark(cell):
            continue
        column, fault = _column(sheet, at, cell, [known.path for known in columns])
        if fault is not None:
            faults.append((0, at, fault))
        if column is not None:
            columns.append(column)
    what = "the column has no name; write it in the first row, or clear the column"
    faults += [(0, at, what) for at in _nameless(grid)]
    known = {column.path[0] for column in columns}
    faults += [(0, None, _missing(sheet, name)) for name in sheet.needed() if name not in known]
    return columns, faults


def _nameless(grid: Grid) -> list[int]:
    """Columns with cells below a blank header; a CSV row that is too long is told as such."""
    seen: set[int] = set()
    width = len(grid.header)
    for row in grid.rows[1:]:
        for at, cell in enumerate(row[:width] if isinstance(grid, CsvGrid) else row):
            if at not in seen and not is_blank(cell) and (at >= width or is_blank(grid.header[at])):
                seen.add(at)
    return sorted(seen)


def _missing(sheet: Sheet, name: str) -> str:
    told = ", ".join(sheet.needed())
    return f"the column {show(name)} is missing; sheet {sheet.title} needs {told}"


def _column(sheet: Sheet, at: int, cell: object, taken: list[tuple[str, ...]]) -> tuple[Column | None, str | None]:
    """The column that a header names, or the one it probably meant, and the header's fault."""
    name, unit = split_header(cell)
    path = meant_path(sheet, name)
    fault = None
    try:
        kind = _kind(sheet, path)
    except ValueError as error:
        fault = str(error)
        likely = likely_path(sheet, path, taken)
        if likely is None and path[0] in sheet.model.known_keys() and sheet.shape != "pairs":
            return Column(at, path, Leaf.VALUE, lost=True), fault
        if likely is None:
            return None, f"{fault} (a header that begins with # is passed over)"
        path = likely
        try:
            kind = _kind(sheet, path)
        except ValueError:
            return None, fault
    if path in taken:
        return None, f"column {show(name)} stands twice; leave one out"
    odd = None if unit is None else odd_unit(kind, unit, name)
    return Column(at, path, kind, unit, odd, law_words(sheet, path)), fault or odd


def _kind(sheet: Sheet, path: tuple[str, ...]) -> Leaf:
    if path in [(name,) for name in sheet.fixed]:
        return Leaf.VALUE if path == ("lots",) else Leaf.TEXT
    if sheet.shape in {"pairs", "mapped"}:
        raise ValueError(f"unknown column {show('.'.join(path))}; {did_you_mean(path[0], sheet.fixed)}")
    return leaf(sheet.model, path)


def law_words(sheet: Sheet, path: tuple[str, ...]) -> int:
    """How many words of a path lead to the law that the rest is a parameter of."""
    if path[0] in sheet.fixed:
        return 0
    return next((n for n in range(1, len(path)) if leaf(sheet.model, path[:n]) is Leaf.LAW), 0)


def odd_unit(kind: Leaf, unit: str, name: str) -> str | None:
    """Why a column takes no such unit, None if it does."""
    if kind is Leaf.SHARE:
        return None if unit == "%" else f"{name} is a share; write {show(f'{name} [%]')} or plain {show(name)}"
    if kind is Leaf.QUANTITY:
        return None  # whether it is one of its units is for the model to say
    if kind not in {Leaf.TIME, Leaf.LAW}:
        return f"{name} is no time and takes no unit; write plain {show(name)}"
    if unit in UNITS or (unit == PIECES and kind is Leaf.TIME):
        return None
    return f"unknown time unit {show(unit)}; {did_you_mean(unit, TELL_UNITS)}"
