"""The sheet `times`: measured times in columns, which a law names as `trace: {sheet: times, column: press_3}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .faults import did_you_mean, show
from .laws import LISTED
from .sheets_cells import bare
from .sheets_columns import split_header
from .sheets_grid import Cell, Grid, Odd, is_blank, is_remark
from .sheets_layout import TIMES
from .units import TELL_UNITS, UNITS, parse_time


@dataclass(frozen=True)
class Measured:
    """One column of times.

    grid, column: its sheet and place there
    values:       the times as a law lists them; an `Odd` where a cell is at fault
    rows:         row of each
    unit:         unit of bare numbers, None where the header names none
    """

    grid: int
    column: int
    values: Sequence[Any]
    rows: Sequence[int]
    unit: str | None
    fault: str | None = None

    @property
    def has_bare(self) -> bool:
        """Whether there are numbers without a unit."""
        return self.unit is None and any(bare(value) for value in self.values)


def measured(grid: Grid, number: int) -> tuple[dict[str, Measured], list[tuple[int, int, str]]]:
    """The columns of the sheet of measured times, by name; its faults by row and column."""
    found: dict[str, Measured] = {}
    faults: list[tuple[int, int, str]] = []
    for at, head in enumerate(grid.header):
        if is_blank(head) or is_remark(head):
            continue
        name, unit = split_header(head)
        if name in found:
            faults.append((0, at, f"column {show(name)} stands twice; leave one out"))
            continue
        if isinstance(head, Odd) or (unit is not None and unit not in UNITS):
            what = head.what if isinstance(head, Odd) else f"unknown time unit {show(unit)}"
            faults.append((0, at, what if isinstance(head, Odd) else f"{what}; {did_you_mean(str(unit), TELL_UNITS)}"))
            unit = "s"
        cells = [(i, row[at] if at < len(row) else None) for i, row in enumerate(grid.rows) if i]
        while cells and is_blank(cells[-1][1]):
            cells.pop()
        values = [_time(cell, unit) for _, cell in cells]
        faults += [(i, at, value.what) for (i, _), value in zip(cells, values, strict=True) if isinstance(value, Odd)]
        found[name] = Measured(number, at, values, [i for i, _ in cells], unit)
    return found, faults


def _time(cell: Cell, unit: str | None) -> Any:
    """One time: a number of the column's unit, or a text with a unit of its own."""
    if isinstance(cell, Odd):
        return cell
    if is_blank(cell):
        return Odd("the cell is empty; write a time, or take the row out")
    if isinstance(cell, str):
        if bare(cell):
            return float(cell.strip()) if unit is not None else cell
        try:
            parse_time(cell, unit)
        except ValueError as error:
            return Odd(str(error))
        return cell.strip()
    if isinstance(cell, bool):
        return Odd(f"needs a time, not {cell}")
    return float(cell) if cell is not None else None


def without_unit(times: Mapping[str, Measured]) -> Iterator[tuple[str, Measured]]:
    """Columns of numbers whose unit no one names."""
    return ((name, column) for name, column in times.items() if column.has_bare)


def with_times(law: Any, times: Mapping[str, Measured]) -> tuple[Any, Measured | None]:
    """A law with the times of the column it names, and that column; another law as it is."""
    if not isinstance(law, dict) or len(law) != 1:
        return law, None
    ((kind, content),) = law.items()
    if kind not in LISTED or not isinstance(content, dict) or "sheet" not in content:
        return law, None
    shape = f"{kind}: {{sheet: {TIMES}, column: a}}"
    if content["sheet"] != TIMES:
        raise ValueError(f"measured times stand in the sheet {TIMES!r}, not {show(content['sheet'])}; write {shape}")
    name = content.get("column")
    if name is None:
        raise ValueError(f"{kind} needs a column of the sheet {TIMES!r}; write {shape}")
    column = times.get(str(name))
    if column is None:
        raise ValueError(f"the sheet {TIMES!r} has no column {show(name)}; {did_you_mean(str(name), times)}")
    if not column.values:
        raise ValueError(f"column {show(name)} of the sheet {TIMES!r} holds no time; write at least one")
    rest = {key: part for key, part in content.items() if key not in {"sheet", "column"}}
    unit = {} if column.unit is None or "unit" in rest else {"unit": column.unit}
    return {kind: {"values": list(column.values), **unit, **rest}}, column
