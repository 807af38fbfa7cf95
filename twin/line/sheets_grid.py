"""A sheet as a grid of cells, wherever it comes from, and where each of its cells lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from .printer import Place, cell_start, with_source


class Percent(float):
    """A number that its cell shows in per cent: 0.05 shown as 5 %."""


@dataclass(frozen=True)
class Odd:
    """A cell without a value that a table can use: why, and the cure; empty where that is told elsewhere."""

    what: str = ""


Cell: TypeAlias = str | int | float | bool | Odd | None
"""What a cell holds; None where it is blank."""


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet; the first row names the columns. Rows and columns count from 0.

    title: the sheet's name in its file
    rows:  cells by row; a row may be shorter than others
    """

    file: Path
    title: str
    rows: Sequence[Sequence[Cell]]

    def told(self, row: int | None, column: int | None, what: str) -> str:
        """A fault of a cell, of a row or of the whole sheet, with its place."""
        return f"{self.file}: {self.address(row, column)}: {what}"

    def address(self, row: int | None, column: int | None) -> str:
        """What people call a cell of the sheet, a row by its first cell."""
        cell = "" if row is None else f"!{letters(column or 0)}{row + 1}"
        return f"{_quoted(self.title)}{cell}"

    @property
    def header(self) -> Sequence[Cell]:
        """The first row."""
        return self.rows[0] if self.rows else ()


@dataclass(frozen=True)
class CsvGrid(Grid):
    """The cells of a CSV file.

    lines:     its lines of text
    starts:    line in which each row begins; a cell may hold line breaks
    separator: what stands between the cells
    understood: how its text was understood, where that is worth telling
    """

    lines: Sequence[str] = field(default=(), repr=False)
    starts: Sequence[int] = field(default=(), repr=False)
    separator: str = ","
    understood: tuple[str, ...] = ()

    def told(self, row: int | None, column: int | None, what: str) -> str:
        """A fault with file, line and column, and the line it lies in."""
        line = self.starts[row] if row is not None and row < len(self.starts) else 0
        source = self.lines[line] if line < len(self.lines) else ""
        start = 0 if column is None else cell_start(source, self.separator, column)
        return with_source(Place(str(self.file), line, start, source), what)

    def address(self, row: int | None, column: int | None) -> str:
        """File and line."""
        line = "" if row is None else f":{self.starts[row] + 1}"
        return f"{self.file.name}{line}"


def letters(column: int) -> str:
    """The letters by which a workbook calls a column, counted from 0: A, B, ... Z, AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _quoted(title: str) -> str:
    """A sheet's name as formulas write it: in quotes where it is more than one word."""
    return title if title.isidentifier() else "'" + title.replace("'", "''") + "'"


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_remark(cell: Cell) -> bool:
    """Whether a sheet's or a column's name, or a row's only cell, is a remark for people alone."""
    return isinstance(cell, str) and cell.lstrip().startswith("#")
