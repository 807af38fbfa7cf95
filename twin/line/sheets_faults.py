"""Faults of a document that lies in sheets, each at its cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .faults import Fault, Loc, show
from .printer import Edit, joined, path_words
from .sheets_layout import TITLES, Sheet, sheets
from .sheets_tables import Spot, Tables
from .sheets_words import in_cell

Words = tuple[str, ...]


def sheets_message(
    path: Path, tables: Tables, document: Any, faults: Sequence[Fault], edits: Sequence[Edit] = ()
) -> str:
    """All faults of the sheets and of the document they say, in the order of the sheets, rows and columns."""
    told: list[tuple[tuple[int, int, int], str]] = []
    cells = {spot for spot, _ in tables.faults if spot.row and spot.column is not None}
    for spot, what in tables.faults:
        told.append((_rank(spot), _told(path, tables, spot, what)))
    for fault in faults:
        edit = next((edit for edit in edits if fault.loc[: len(edit.loc)] == edit.loc), None)
        if edit is not None:
            told.append(((-2, 0, 0), f"--set {edit.path}={edit.text}: {fault.what}"))
        elif not _is_told(tables, fault.loc):
            found, what = _placed(tables, document, fault)
            if found not in cells:  # of one cell the first fault is enough
                told.append((_rank(found), _told(path, tables, found, what)))
    return joined(text for _, text in sorted(told, key=lambda pair: pair[0]))


def _rank(spot: Spot | None) -> tuple[int, int, int]:
    if spot is None:
        return (-1, 0, 0)
    return (spot.grid, -1 if spot.row is None else spot.row, -1 if spot.column is None else spot.column)


def _told(path: Path, tables: Tables, spot: Spot | None, what: str) -> str:
    return f"{path}: {what}" if spot is None else tables.grids[spot.grid].told(spot.row, spot.column, what)


def _is_told(tables: Tables, loc: Loc) -> bool:
    """Whether a fault follows from one of a cell, of the row's own cells or of a sheet."""
    if any(loc[:n] in tables.broken for n in range(1, len(loc) + 1)):
        return True
    return any(place[:-1] == loc for place in tables.broken)


def _placed(tables: Tables, document: Any, fault: Fault) -> tuple[Spot | None, str]:
    """Where a fault of the document lies in the sheets, and its words there."""
    loc = fault.loc
    words = path_words(loc, document)
    if fault.kind == "missing":
        found = _missing(tables, loc, words)
        if found is not None:
            return found
    for n in range(len(loc), 0, -1):
        place = loc[:n]
        if place in tables.lists and len(loc) > n:
            spot, rows = tables.lists[place]
            at = loc[n]
            if isinstance(at, int) and at < len(rows):
                return Spot(spot.grid, rows[at], spot.column), f"{words}{fault.what}"
        if place in tables.rows:
            row = tables.rows[place]
            column = _column(tables, row, loc[n:]) if n < len(loc) else None
            return Spot(row.grid, row.row, 0 if column is None else column), f"{words}{fault.what}"
        if place in tables.places:
            return tables.places[place], f"{words}{fault.what}"
    return None, f"{words}{fault.what}"


def _column(tables: Tables, row: Spot, rest: Loc) -> int | None:
    """The column of a row in which a part of it stands or should stand."""
    path = tuple(map(str, rest))
    fits: tuple[Callable[[Words], bool], ...] = (
        lambda words: words == path,
        lambda words: words[: len(path)] == path,
        lambda words: path[: len(words)] == words,
        lambda words: words[0] == path[0],
    )
    columns = tables.columns.get(row.grid, [])
    return next((column.at for fit in fits for column in columns if fit(column.path)), None)


def _missing(tables: Tables, loc: Loc, words: str) -> tuple[Spot | None, str] | None:
    """A key that the document lacks: a sheet, a row of the head, a cell or a column."""
    key = str(loc[-1])
    if len(loc) == 1:
        sheet = sheets().get(key)
        if sheet is not None and sheet.shape != "pairs":
            return None, f"the sheet {show(key)} is missing; its columns are {', '.join(sheet.needed())} and others"
        head = next((i for i, grid in enumerate(tables.grids) if grid.title.strip().casefold() == "line"), None)
        if head is None:
            return None, f"the sheet 'line' is missing; its columns are key, value, and a row says {key}, my_line"
        return Spot(head), f"the row {show(key)} is missing; write a row {key}, my_line"
    row = tables.rows.get(loc[:-1])
    if row is None:
        return None
    example = _example(_sheet_of(loc), key)
    column = _column(tables, row, (key,))
    if column is None:
        return Spot(row.grid, 0), f"the column {show(key)} is missing; write one, with cells such as {example}"
    return Spot(row.grid, row.row, column), f"{words}the cell is empty; write for instance {example}"


def _sheet_of(loc: Loc) -> Sheet | None:
    """The sheet that a part of the document has its row in."""
    keys = tuple(str(part) for part in loc[2:-1] if not isinstance(part, int))
    title = TITLES.get(keys, keys[-1]) if keys else str(loc[0])
    return sheets().get(title)


def _example(sheet: Sheet | None, key: str) -> str:
    """What a cell of this column may say."""
    if sheet is not None:
        for name, field in sheet.model.model_fields.items():
            if key == (field.alias or name) and field.examples:
                return in_cell(field.examples[0])
    return "a name"
