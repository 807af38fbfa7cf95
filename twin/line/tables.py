"""CSV tables beside a document: lots in the line, release schedules, columns of times."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .context import LONGEST_TICKS, once, reading, reading_with
from .faults import Cell, Fault, Faults, Loc, did_you_mean, nearest, show, unknown_key
from .units import TELL_UNITS, UNITS, seconds, unit_factor

MOST_FAULTS = 20  # told of one table; the rest is mostly the same fault again
_HEADER = re.compile(r"\s*([^\[\]]*?)\s*(?:\[([^\[\]]*)\])?\s*")
Readers = Mapping[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Table:
    """A CSV table as text.

    places: place of each column in a row
    units:  unit in the header of those columns that have one, as in `time [h]`
    rows:   cells of every data row; blank rows are empty
    """

    path: Path
    places: dict[str, int]
    units: dict[str, str]
    rows: list[list[str]]


def open_table(file: Any) -> Table:
    """The table of this name in the document's folder; read once a document."""
    if not isinstance(file, str) or not file.strip():
        raise Faults([Fault((), f"needs the name of a CSV file, not {show(file)}")])
    path = reading().folder / file
    return once(path, lambda: _read_table(path))


def _read_table(path: Path) -> Table:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines, delimiter=delimiter(path)))
    except FileNotFoundError:
        near = [p.name for p in path.parent.glob("*.csv")] if path.parent.is_dir() else []
        cure = did_you_mean(path.name, near, "paths are relative to the document's folder")
        raise Faults([Fault((), f"there is no file {path}; {cure}")]) from None
    except UnicodeDecodeError:
        raise Faults([Fault((), f"{path} is no UTF-8 text; save it as CSV UTF-8")]) from None
    except (OSError, csv.Error, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Faults(
            [Fault((), f"{path} cannot be read as a table: {reason}; save it as CSV UTF-8")]
        ) from None
    if not rows or not any(rows[0]):
        raise Faults([Fault((), f"{path} is empty; its first line names the columns")])
    places: dict[str, int] = {}
    units: dict[str, str] = {}
    faults = []
    for i, cell in enumerate(rows[0]):
        match = _HEADER.fullmatch(cell)
        column, unit = (match[1], match[2]) if match else (cell, None)
        if column in places:
            faults.append(
                Fault((), f"column {show(column)} stands twice; leave one out", cell=Cell(path, -1, cell))
            )
        places[column] = i
        if unit is not None:
            units[column] = unit.strip()
    if faults:
        raise Faults(faults)
    return Table(path, places, units, rows[1:])


def delimiter(path: Path) -> str:
    """What separates the cells, judged by the header: a comma, a semicolon or a tab."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header = lines.readline()
    return max(",;\t", key=header.count)


def read_column(file: Any, column: str, unit: Any) -> tuple[float, ...]:
    """One column of times [s]; the unit stands in the cells, in the header or beside the column's name."""
    try:
        table = open_table(file)
    except Faults as error:
        raise Faults(f.below(("file",)) for f in error.faults) from None
    column = column.strip()
    if column not in table.places:
        what = f"{table.path} has no column {show(column)}; {did_you_mean(column, table.places)}"
        raise Faults([Fault(("column",), what)])
    return once((table.path, column, unit), lambda: _column_seconds(table, column, unit))


def _column_seconds(table: Table, column: str, unit: Any) -> tuple[float, ...]:
    place = table.places[column]
    header = table.units.get(column) or unit or reading().time_unit
    if header is not None and header not in UNITS:
        cell = Cell(table.path, -1, column) if column in table.units else None
        what = f"unknown time unit {show(header)}; {did_you_mean(str(header), TELL_UNITS)}"
        raise Faults([Fault(("unit",), what, cell=cell)])
    rows = table.rows
    if rows and header is not None:
        try:
            times, over = unit_factor(header)
            values = tuple(float(row[place]) * times / over for row in rows if row)
        except (ValueError, IndexError):
            pass  # units in the cells, or faults: cell by cell below
        else:
            if values and all(0 <= value <= LONGEST_TICKS * reading().tick for value in values):
                return values
    found, faults = [], []
    with reading_with(time_unit=header):
        for i, row in enumerate(rows):
            if not row:
                continue
            try:
                if len(row) <= place or not row[place].strip():
                    raise ValueError("the cell is empty; write a time")
                found.append(seconds(row[place]))
            except ValueError as error:
                faults.append(Fault(("column",), str(error), cell=Cell(table.path, i, column)))
                if len(faults) >= MOST_FAULTS:
                    break
    if not found and not faults:
        faults = [Fault(("column",), f"{table.path} has no rows; write at least one time")]
    if faults:
        raise Faults(faults)
    return tuple(found)


@dataclass(frozen=True)
class Records:
    """Rows of a table, or of the same list written in the document.

    rows:  the parsed cells by column, None where blank
    index: place of each row among those written
    path:  the table's file, None for a list in the document
    """

    rows: list[dict[str, Any]]
    index: list[int]
    path: Path | None

    def fault(self, row: int, column: str | None, what: str, needs: tuple[Loc, ...] = ()) -> Fault:
        """A fault of one row, counted among the parsed ones."""
        loc: Loc = (self.index[row],) if column is None else (self.index[row], column)
        if self.path is None:
            return Fault(loc, what, needs=needs)
        return Fault(loc, what, cell=Cell(self.path, self.index[row], column), needs=needs)


def read_records(source: Any, readers: Readers, required: tuple[str, ...], example: str) -> Records:
    """Rows of the CSV file or the list `source`, each cell read by its column's reader, None if blank."""
    if isinstance(source, list | tuple):
        records, faults = _parse(_inline_rows(source), readers, required, None, {})
    else:
        if not isinstance(source, str):
            raise Faults(
                [Fault((), f"needs a CSV file such as {example!r}, or a list of rows, not {show(source)}")]
            )
        table = open_table(source)
        faults = _column_faults(table, readers, required)
        if not faults:
            records, faults = _parse(_table_rows(table), readers, required, table.path, table.units)
    if faults and not (reading().lenient and all(fault.loc for fault in faults)):
        raise Faults(faults)
    return records


def _column_faults(table: Table, readers: Readers, required: tuple[str, ...]) -> list[Fault]:
    faults = []
    meant = set()
    spare = [column for column in readers if column not in table.places]
    for column in table.places:
        unit = table.units.get(column)
        if column not in readers:
            meant.add(nearest(column, spare))
            what = f"unknown column {show(column)}; {did_you_mean(column, spare or readers)}"
        elif unit is not None and column not in {"time", "due", "down"}:
            what = f"{column} is no time and takes no unit; write plain '{column}'"
        elif unit is not None and unit not in UNITS:
            what = f"unknown time unit {show(unit)}; {did_you_mean(unit, TELL_UNITS)}"
        else:
            continue
        faults.append(Fault((), what, cell=Cell(table.path, -1, column)))
    for column in required:
        if column not in table.places and column not in meant:
            what = f"the column {show(column)} is missing; the columns are {','.join(readers)}"
            faults.append(Fault((), what, cell=Cell(table.path, -1)))
    return faults


_Row = tuple[int, Any]


def _table_rows(table: Table) -> Iterator[_Row]:
    columns = list(table.places)
    for i, row in enumerate(table.rows):
        if not row or not any(cell.strip() for cell in row):
            continue
        if len(row) != len(columns):
            yield i, f"the row has {len(row)} cells and the header {len(columns)}; was the file cut short?"
        else:
            yield i, {column: cell for column, cell in zip(columns, row, strict=True) if cell.strip()}


def _inline_rows(rows: list[Any] | tuple[Any, ...]) -> Iterator[_Row]:
    for i, row in enumerate(rows):
        if isinstance(row, dict):
            yield i, {column: cell for column, cell in row.items() if cell is not None}
        else:
            to_document = getattr(row, "to_document", None)
            yield (
                i,
                to_document() if to_document else f"needs a row such as {{column: value}}, not {show(row)}",
            )


def _parse(
    rows: Iterator[_Row],
    readers: Readers,
    required: tuple[str, ...],
    path: Path | None,
    units: Mapping[str, str],
) -> tuple[Records, list[Fault]]:
    faults: list[Fault] = []
    records = Records([], [], path)
    for i, row in rows:
        cell = None if path is None else Cell(path, i)
        if isinstance(row, str):
            faults.append(Fault((i,), row, cell=cell))
            continue
        parsed: dict[str, Any] = dict.fromkeys(readers)
        told = len(faults)
        meant = []
        for column, cell_text in row.items():
            place = None if path is None else Cell(path, i, column)
            if column not in readers:
                fault = unknown_key((i, column), [c for c in readers if c not in row])
                meant.append(fault.cure)
                faults.append(replace(fault, cell=place))
                continue
            content = f"{cell_text} {units[column]}" if column in units and _bare(cell_text) else cell_text
            try:
                parsed[column] = readers[column](content)
            except ValueError as error:
                faults.append(Fault((i, column), str(error), cell=place))
        lacks = [column for column in required if column not in row and column not in meant]
        if lacks:
            faults.append(Fault((i,), f"the row lacks {', '.join(map(repr, lacks))}; write it", cell=cell))
        if len(faults) >= MOST_FAULTS:
            break
        if len(faults) == told:
            records.rows.append(parsed)
            records.index.append(i)
    return records, faults


def _bare(text: Any) -> bool:
    """Whether a cell holds a number without a unit."""
    return not isinstance(text, str) or text.strip()[-1:].isdigit() or text.strip().endswith(".")
