"""A line's document from tables that an engineer keeps: a workbook, or a folder of CSV files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from .faults import LineError, did_you_mean, nearest, show
from .sheets_csv import csv_grid
from .sheets_grid import Grid, is_remark
from .sheets_head import Head
from .sheets_layout import TIMES, WORDS, Sheet, sheet_of, sheets
from .sheets_rows import Rows
from .sheets_tables import Spot, Tables
from .sheets_times import Measured, measured, without_unit
from .sheets_workbook import SUFFIXES, is_workbook, workbook

TELLING = ("line", "toolgroups", "products", "routes")  # sheets by which a folder of tables is known


def is_tables(path: Path) -> bool:
    """Whether a file or a folder holds tables and no YAML."""
    if path.is_dir():
        return any(sheet is not None and sheet.title in TELLING for _, sheet in _csv_files(path))
    if path.suffix.lower() in (*SUFFIXES, ".xls", ".xlsb", ".ods", ".csv"):
        return True
    try:
        with path.open("rb") as file:
            return is_workbook(file.read(8))
    except OSError:
        return False


def _csv_files(folder: Path) -> list[tuple[Path, Sheet | None]]:
    """The folder's CSV files and the sheets that their names mean."""
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".csv" and file.is_file())
    except OSError:
        return []
    return [(file, sheet_of(file.stem)) for file in files]


def read_tables(path: Path, *, has_units: bool = False) -> Tables:
    """The tables of a workbook or of a folder. Raises a LineError where nothing can be read at all.

    has_units: a change from outside gives bare numbers a unit
    """
    if path.suffix.lower() == ".csv" and path.is_file():
        told = f"{', '.join(f'{title}.csv' for title in TELLING)} and others"
        raise LineError(f"{path}: a line is a folder of such files, {told}; name the folder")
    grids = _folder(path) if path.is_dir() else workbook(path)
    if not any(sheet is not None and sheet.title in TELLING for sheet in (sheet_of(grid.title) for grid in grids)):
        told = ", ".join(show(grid.title) for grid in grids[:4])
        raise LineError(
            f"{path}: none of its sheets ({told}) is one of a line: {', '.join(TELLING)}; "
            "'twin export tables two_stage -o FILE.xlsx' writes a workbook to start from"
        )
    return read_grids(grids, has_units=has_units)


def read_grids(grids: Sequence[Grid], *, has_units: bool = False) -> Tables:
    """The document that sheets say, as far as they say one."""
    faults: list[tuple[Spot, str]] = []
    kinds: dict[str, int] = {}
    strangers = []
    for i, grid in enumerate(grids):
        fault = _sort(i, grid, kinds, grids)
        if fault is not None:
            faults.append((Spot(i), fault))
            strangers.append(i)
    for i in strangers:  # read as what they were probably meant to be, so that nothing else is told for it
        meant = nearest(grids[i].title, [title for title in (*sheets(), TIMES) if title not in kinds])
        if meant is not None:
            kinds[meant] = i
    tables = _read(grids, kinds, has_units=has_units)
    tables.faults += faults
    return tables


def _folder(path: Path) -> list[Grid]:
    """The CSV files of a folder that are sheets; other files of times, which cells name, are left to the laws."""
    grids: list[Grid] = []
    faults = []
    for file, sheet in _csv_files(path):
        if is_remark(file.stem):
            continue
        try:
            grids.append(csv_grid(file))
        except LineError as error:
            if sheet is not None or file.stem == TIMES:
                faults.append(str(error))
    if faults:
        raise LineError("\n".join(faults))
    named = {file.name for file, _ in _csv_files(path)}
    said = {
        name for grid in grids for row in grid.rows for cell in row if isinstance(cell, str)
        for name in named if name in cell
    }  # fmt: skip
    return [grid for grid in grids if sheet_of(grid.title) is not None or grid.file.name not in said]


def _sort(number: int, grid: Grid, kinds: dict[str, int], grids: Sequence[Grid]) -> str | None:
    """Enter which sheet this is; its fault if it is none."""
    sheet = sheet_of(grid.title)
    title = sheet.title if sheet is not None else grid.title.strip().casefold()
    if is_remark(grid.title) or title == WORDS or (sheet is None and not any(map(any, grid.rows))):
        return None
    if sheet is None and title != TIMES:
        known = did_you_mean(grid.title, [*sheets(), TIMES])
        return f"unknown sheet {show(grid.title)}; {known} (a sheet whose name begins with # is passed over)"
    if title in kinds:
        return f"the sheet {show(title)} stands twice, as {show(grids[kinds[title]].title)} too; leave one out"
    kinds[title] = number
    return None


def _read(grids: Sequence[Grid], kinds: dict[str, int], *, has_units: bool) -> Tables:
    """The document that the sheets say, those first whose parts the others belong to."""
    times: dict[str, Measured] = {}
    faults: list[tuple[Spot, str]] = []
    if TIMES in kinds:
        number = kinds[TIMES]
        times, found = measured(grids[number], number)
        faults = [(Spot(number, row, column), what) for row, column, what in found]
    tables = Tables(grids, times, faults=faults)
    for sheet, number in _ranked(kinds):
        if sheet.shape == "pairs":
            Head(tables, number, sheet, has_units=has_units).read()
            units = tables.document.get("units")
            has_units = has_units or bool(isinstance(units, dict) and units.get("time"))
        else:
            Rows(tables, number, sheet, has_units=has_units).read()
    for name, column in without_unit(times) if not has_units else ():
        what = f"{name}: numbers without a unit; name it here: {show(f'{name} [s]')}"
        tables.fault(Spot(column.grid, 0, column.column), what)
        tables.broken |= {loc for loc, (spot, _) in tables.lists.items() if spot[0::2] == (column.grid, column.column)}
    return tables


def _ranked(kinds: dict[str, int]) -> Iterator[tuple[Sheet, int]]:
    """The sheets in the order in which they are read: the head, the parts, what parts hold."""
    known = [(sheet, kinds[sheet.title]) for sheet in sheets().values() if sheet.title in kinds]
    return iter(sorted(known, key=lambda pair: (pair[0].shape != "pairs", bool(pair[0].below))))
