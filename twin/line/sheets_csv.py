"""CSV files as grids: commas, semicolons or tabs between the cells, a point or a comma in the numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .faults import LineError, show
from .sheets_grid import Cell, CsvGrid

_TAIL = r"\s*(?:[^\W\d_]+|%)?\s*"
_WITH_COMMA = re.compile(rf"\s*[-+]?\d+,\d+{_TAIL}")
_WITH_POINT = re.compile(rf"\s*[-+]?\d+\.\d+{_TAIL}")
# 1,500 may be one and a half or fifteen hundred; 0,125 and 12,5 can only be read in one way.
_THOUSANDS = re.compile(rf"\s*[-+]?[1-9]\d{{0,2}}[.,]\d{{3}}{_TAIL}")


def csv_grid(path: Path, *, windows: bool = False, texts: bool = False) -> CsvGrid:
    """The cells of a CSV file, its decimal commas written as points.

    windows: take a text that is no UTF-8 for Windows-1252, as Excel saves plain CSV in Western Europe
    texts:   leave the numbers as they are written
    """
    text, understood = _text(path, windows=windows)
    lines = re.split(r"\r\n|\r|\n", text)
    separator = max(",;\t", key=(lines[0] if lines else "").count)
    rows: list[list[str]] = []
    starts: list[int] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        at = 0
        for row in reader:
            rows.append(row)
            starts.append(at)
            at = reader.line_num
    except csv.Error as error:
        raise LineError(
            f"{path}:{len(starts) + 1}:1: cannot be read as a table: {error}; save it as CSV UTF-8"
        ) from None
    grid = CsvGrid(path, path.stem, rows, lines, starts, separator, understood)
    return _with_points(grid) if not texts and _decimal_comma(grid) else grid


def _text(path: Path, *, windows: bool) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and how its letters were understood if not as UTF-8."""
    understood: tuple[str, ...] = ()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LineError(f"{path}: cannot be read: {error.strerror or error}; is it a file you may read?") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if not windows or b"\0" in data:
            raise LineError(f"{path}: is no UTF-8 text; save it as 'CSV UTF-8'") from None
        text, understood = data.decode("cp1252", "replace"), ("the text is Windows-1252, as Excel's plain CSV",)
    if "\0" in text:
        raise LineError(f"{path}: is no text; save it as 'CSV UTF-8'")
    if not text.strip():
        raise LineError(f"{path}:1:1: the file is empty; its first line names the columns")
    return text, understood


def _decimal_comma(grid: CsvGrid) -> bool:
    """Whether the file's numbers have decimal commas; a LineError where that cannot be told.

    Judged column by column, because names such as 10.1 stand beside numbers such as 47,5.
    """
    commas, points = _by_column(grid, _WITH_COMMA), _by_column(grid, _WITH_POINT)
    sure_comma, sure_point = (
        any(not _THOUSANDS.fullmatch(text) for found in columns.values() for _, text in found)
        for columns in (commas, points)
    )
    for column in sorted({*commas, *points}):
        with_comma, with_point = commas.get(column, []), points.get(column, [])
        if with_comma and with_point:
            fewer, more = sorted((with_comma, with_point), key=len)
            what = (
                f"{show(fewer[0][1])} here and {show(more[0][1])} elsewhere: is the comma or the point the "
                "decimal sign? Write all numbers of the column alike"
            )
            raise LineError(grid.told(fewer[0][0], column, what))
        row, text = (with_comma or with_point)[0]
        doubtful = not sure_comma if with_comma else sure_comma or (grid.separator == ";" and not sure_point)
        if doubtful and all(_THOUSANDS.fullmatch(text) for _, text in with_comma or with_point):
            digits = re.sub(r"\D", "", text)
            what = (
                f"{show(text)} may be {digits} or {digits[:-3]} and a fraction: write {digits}, or the number "
                "with more or fewer decimals"
            )
            raise LineError(grid.told(row, column, what))
    return bool(commas)


def _by_column(grid: CsvGrid, pattern: re.Pattern[str]) -> dict[int, list[tuple[int, str]]]:
    """Row and text of the cells below the header that a pattern fits, by column."""
    found: dict[int, list[tuple[int, str]]] = {}
    for i, row in enumerate(grid.rows[1:], 1):
        for j, cell in enumerate(row):
            if isinstance(cell, str) and pattern.fullmatch(cell):
                found.setdefault(j, []).append((i, cell.strip()))
    return found


def _with_points(grid: CsvGrid) -> CsvGrid:
    rows: list[Sequence[Cell]] = [[_point(cell) for cell in row] if i else row for i, row in enumerate(grid.rows)]
    return replace(grid, rows=rows, understood=(*grid.understood, "numbers have decimal commas"))


def _point(cell: Cell) -> Cell:
    return cell.replace(",", ".") if isinstance(cell, str) and _WITH_COMMA.fullmatch(cell) else cell
