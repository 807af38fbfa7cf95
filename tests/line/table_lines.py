"""Lines as tables for the tests: written, spoiled, read again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from spoiled import SOUND, STARTS, WIP

from twin.line import Line, LineError, read
from twin.line.sheets_export import export_tables
from twin.line.sheets_faults import sheets_message
from twin.line.sheets_grid import Grid
from twin.line.sheets_read import read_grids
from twin.line.sheets_write import Writer

Change = Callable[[Any], None]


def sound(folder: Path) -> Line:
    """The sound line, as YAML and its tables in `folder`."""
    for name, text in (("shop.yaml", SOUND), ("starts.csv", STARTS), ("wip.csv", WIP)):
        (folder / name).write_text(text, encoding="utf-8")
    return read(folder / "shop.yaml")


def grids_of(line: Any) -> list[Grid]:
    """A line's sheets as if they had been read."""
    return [Grid(Path("x.xlsx"), sheet.title, [sheet.heads, *sheet.rows]) for sheet in Writer().sheets(line)]


def document_of(grids: list[Grid]) -> Any:
    """The document that sheets say."""
    tables = read_grids(grids)
    assert not tables.faults, sheets_message(Path("x.xlsx"), tables, tables.document, [])
    return tables.document


def column(page: Any, header: str) -> int:
    """Number of the column whose header begins so."""
    return next(cell.column for cell in page[1] if str(cell.value).startswith(header))


def cell(sheet: str, header: str, row: int, value: Any) -> Change:
    """A change of one cell of a workbook."""

    def change(book: Any) -> None:
        book[sheet].cell(row, column(book[sheet], header)).value = value

    return change


def changed(line: Line, path: Path, *changes: Change) -> Path:
    """A workbook of the line with some changes."""
    export_tables(line, path, force=True)
    book = load_workbook(path)
    for change in changes:
        change(book)
    book.save(path)
    return path


def refusal(path: Path) -> str:
    """What is told of tables; one line a fault."""
    try:
        read(path)
    except LineError as error:
        return str(error)
    raise AssertionError(f"{path} was read")
