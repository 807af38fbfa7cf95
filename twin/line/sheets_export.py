"""Writing a line as tables: a workbook or a folder of CSV files, whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .faults import LineError, show
from .line import Line
from .sheets_cells import LONGEST
from .sheets_grid import Cell
from .sheets_layout import TIMES, WORDS, sheet_of
from .sheets_words import HEADS, words_rows
from .sheets_write import Writer, Written

WORKBOOK = ".xlsx"
MOST_ROWS = 1_048_576  # of a sheet in a workbook
# Names that say a file of another kind is wanted.
_OTHER = {".csv", ".xls", ".xlsm", ".xlsb", ".ods", ".yaml", ".yml", ".json", ".txt", ".zip"}


@dataclass(frozen=True)
class Exported:
    """What was written, and how many rows of each sheet."""

    path: Path
    rows: dict[str, int]

    def __str__(self) -> str:
        told = ", ".join(f"{title} {count:,}" for title, count in self.rows.items())
        return f"{self.path} written; rows: {told}\ntry: twin check {self.path}, twin run {self.path}"


def check_place(out: Path, *, force: bool) -> None:
    """Refuse a place where the tables cannot be written without harm.

    force: an earlier workbook, or a folder of nothing but tables, may be replaced
    """
    if out.suffix.lower() in _OTHER:
        raise LineError(f"{out}: tables are a workbook, FILE.xlsx, or a folder of CSV files; name one of the two")
    if not out.absolute().parent.is_dir():
        raise LineError(f"{out}: there is no folder {out.parent}")
    if out.suffix.lower() == WORKBOOK:
        if out.is_dir():
            raise LineError(f"{out}: is a folder; choose another name")
        if out.exists() and not force:
            raise LineError(f"{out}: is there already; choose another name, or replace it with --force")
        return
    if out.exists() and not out.is_dir():
        raise LineError(f"{out}: is a file; name a folder, or a workbook FILE.xlsx")
    held = sorted(out.iterdir()) if out.is_dir() else []
    foreign = [file.name for file in held if not _is_table(file)]
    if foreign:
        raise LineError(f"{out}: holds {foreign[0]!r}, which is no table and would be lost; name a new folder")
    if held and not force:
        raise LineError(f"{out}: holds tables already; choose another name, or replace them with --force")


def _is_table(file: Path) -> bool:
    known = sheet_of(file.stem) is not None or file.stem in {TIMES, WORDS}
    return file.is_file() and file.suffix == ".csv" and known


def export_tables(line: Line, out: Path, *, force: bool = False) -> Exported:
    """Write a line as a workbook, `out` ending in .xlsx, or else as a folder of CSV files.

    What was written is read back before it is put in its place, and must be the same line.
    """
    from .reader import read

    check_place(out, force=force)
    written = [*Writer().sheets(line), _words()]
    is_workbook = out.suffix.lower() == WORKBOOK
    with tempfile.TemporaryDirectory(dir=out.absolute().parent, prefix=f".{out.name}.") as folder:
        draft = Path(folder) / out.name
        if is_workbook:
            from .sheets_pretty import packed

            _check_size(out, written)
            draft.write_bytes(packed(written))
        else:
            draft.mkdir()
            for sheet in written:
                (draft / f"{sheet.title}.csv").write_bytes(_csv(sheet))
        try:
            same = read(draft) == line
        except LineError as error:
            told = str(error).replace(str(draft), str(out))
            raise LineError(f"{told}\n{out}: the line cannot be written as tables, for these reasons") from None
        if not same:
            raise LineError(f"{out}: the tables would not say the same line; please report this with the document")
        _put_in_place(draft, out)
    return Exported(out, {sheet.title: len(sheet.rows) for sheet in written if sheet.title != WORDS})


def _words() -> Written:
    return Written(WORDS, [(head,) for head in HEADS], list(HEADS), [list(row) for row in words_rows()], 2)


def _check_size(out: Path, sheets: list[Written]) -> None:
    for sheet in sheets:
        if len(sheet.rows) >= MOST_ROWS:
            raise LineError(f"{out}: {len(sheet.rows):,} rows of {sheet.title} are more than a workbook holds; {_CURE}")
        for row in sheet.rows:
            long = next((cell for cell in row if isinstance(cell, str) and len(cell) > LONGEST), None)
            if long is not None:
                raise LineError(f"{out}: {sheet.title}: {show(long)} is longer than a cell of a workbook; {_CURE}")


_CURE = "write a folder of CSV files, -o DIR"


def _csv(sheet: Written) -> bytes:
    """A sheet as CSV; marked as UTF-8 where Excel would take its letters for others."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(sheet.heads)
    writer.writerows([_plain(cell) for cell in row] for row in sheet.rows)
    text = out.getvalue()
    return text.encode("utf-8" if text.isascii() else "utf-8-sig")


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell if isinstance(cell, str) else repr(cell)


def _put_in_place(made: Path, out: Path) -> None:
    """Rename what is finished over what it replaces."""
    if not out.is_dir():
        os.replace(made, out)
        return
    old = made.with_name("old")
    os.rename(out, old)
    try:
        os.rename(made, out)
    except OSError:
        os.rename(old, out)
        raise
    shutil.rmtree(old, ignore_errors=True)
