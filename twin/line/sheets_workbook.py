"""Workbooks as grids: what Excel may put into a cell, and files that are no workbook or a locked one."""

from __future__ import annotations

import re
import warnings
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from .faults import LineError
from .sheets_grid import Cell, Grid, Odd, Percent, letters
from .units import quantity

SUFFIXES = (".xlsx", ".xlsm")
SAVE_AS = "save it in Excel as an 'Excel Workbook (.xlsx)'"
_IN_QUOTES = re.compile(r'"[^"]*"|\\.')  # letters that a number format only adds
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_NO_VALUE = Odd(
    "the formula has no stored result; open the file in Excel, let it calculate, and save it, or write the value"
)


def is_workbook(data: bytes) -> bool:
    """Whether a file begins as workbooks do, old or locked ones too."""
    return data.startswith((_ZIP, _OLE))


def workbook(path: Path) -> list[Grid]:
    """The sheets of a workbook, in its order. Raises a LineError for a file that cannot be read as one."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LineError(f"{path}: cannot be read: {error.strerror or error}; is it a file you may read?") from None
    what = _no_workbook(data)
    if what is not None:
        raise LineError(f"{path}: {what}")
    try:
        book = _opened(data, results=True)
        formulas = _opened(data, results=False) if _has_formulas(data) else None
        return [_grid(path, sheet, formulas) for sheet in book.worksheets]
    except Exception as error:  # a damaged file fails anywhere in the reader, with any error
        told = str(error).strip("'\"").partition("\n")[0][:100] or type(error).__name__
        raise LineError(
            f"{path}: the workbook is damaged ({told}); open it in Excel, which may repair it, and {SAVE_AS}"
        ) from None


def _no_workbook(data: bytes) -> str | None:
    """Why these bytes are no workbook that can be read, None if they seem to be one."""
    if not data:
        return f"the file is empty; {SAVE_AS} again"
    if data.startswith(_OLE):
        if _LOCKED in data:
            return "the workbook is locked by a password; take it away (File > Info > Protect Workbook) and save"
        return f"is a workbook of the old kind (.xls); {SAVE_AS}"
    if not data.startswith(_ZIP):
        return f"is no workbook; {SAVE_AS}"
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except Exception:  # of a damaged directory zipfile raises errors of many kinds
        return f"the workbook is damaged or was cut short; copy it again, or {SAVE_AS}"
    if "xl/workbook.bin" in names or "mimetype" in names:
        return f"is a workbook of another kind (.xlsb, .ods); {SAVE_AS}"
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        return f"is a zip file, but no workbook; {SAVE_AS}"
    return None


def _opened(data: bytes, *, results: bool) -> Any:
    """The workbook with the formulas' stored results, or with the formulas themselves."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of charts, drop-down lists and the like, which hold no cells
        return load_workbook(BytesIO(data), data_only=results)


def _has_formulas(data: bytes) -> bool:
    """Whether any sheet holds a formula: reading twice takes twice as long."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(_FORMULA.search(archive.read(name)) for name in sheets if name.endswith(".xml"))


def _grid(path: Path, sheet: Any, formulas: Any) -> Grid:
    """The cells of one sheet, as far as there is something in them.

    openpyxl's own iteration makes every cell up to the last formatted one, which may be the millionth row.
    """
    written = formulas[sheet.title]._cells if formulas is not None else {}
    cells: dict[tuple[int, int], Cell] = {}
    for place, cell in sheet._cells.items():
        found = _value(cell)
        if found is None and cell.data_type != "str" and place in written and written[place].data_type == "f":
            found = _NO_VALUE
        if found is not None:
            cells[place] = found
    _spread_merged(sheet, cells)
    rows: list[list[Cell]] = [[] for _ in range(max((row for row, _ in cells), default=0))]
    for (row, column), content in cells.items():
        line = rows[row - 1]
        line += [None] * (column - len(line))
        line[column - 1] = content
    return Grid(path, sheet.title, rows)


def _value(cell: Any) -> Cell:
    """What a cell holds, in plain words."""
    value = cell.value
    if isinstance(value, str):
        if cell.data_type == "e":
            return Odd(f"the cell holds the error {value}; mend its formula in Excel")
        return value if value.strip() else None
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return Percent(value) if "%" in _IN_QUOTES.sub("", cell.number_format) else value
    if isinstance(value, timedelta):
        return quantity(value.total_seconds())
    what = f"{value} is a date or a time of day" if value is not None else "a date or a time of day"
    return Odd(f"{what}; format the cell as a number, or write a text such as '90 min'")


def _spread_merged(sheet: Any, cells: dict[tuple[int, int], Cell]) -> None:
    """Cells merged down a column all hold what the first shows; merged across, no one knows which is meant."""
    for merged in sheet.merged_cells.ranges:
        first = (merged.min_row, merged.min_col)
        if first not in cells:
            continue
        if merged.min_col == merged.max_col and merged.min_row > 1:
            for row in range(merged.min_row + 1, merged.max_row + 1):
                cells[row, merged.min_col] = cells[first]
        else:
            span = f"{letters(merged.min_col - 1)}{merged.min_row}:{letters(merged.max_col - 1)}{merged.max_row}"
            for row in range(merged.min_row, merged.max_row + 1):
                for column in range(merged.min_col, merged.max_col + 1):
                    cells[row, column] = Odd()
            cells[first] = Odd(f"the cells {span} are merged; unmerge them and fill in each")
