"""Reading a line document from a file, from tables or from the library, with changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .context import reading_with
from .diagnose import all_faults
from .edit import Changes, edited, pairs_of
from .faults import Fault, LineError, show
from .library import EMPTY_CURE, find, read_text
from .line import Line
from .printer import file_message, plain_message, spots_message
from .sheets_faults import sheets_message
from .sheets_read import is_tables, read_tables
from .yaml_reader import Spot, TextFaults, load


def read(name_or_path: str | Path, set: Changes | None = None) -> Line:
    """The line of a document: a path, or the name of a model of the library such as `fab/mini_fab`.

    A path is a YAML file, or tables: a workbook, or a folder of CSV files.

    set: changes by path, such as {"toolgroups.oven.tools": 3, "routes.main.bake.time": "2 min"}; one that ends in
         a time, as "1 from 30 d to 35 d", holds for that time; (path, value) pairs where a path comes again
    Raises LineError, which tells every fault with file, line, column and cure.
    """
    path = find(name_or_path)
    line = _read_sheets(path, set or {}) if is_tables(path) else _read_yaml(path, set or {})
    line._source = path
    return line


def _read_yaml(path: Path, changes: Changes) -> Line:
    shown = str(path)
    text = read_text(path, shown)
    spots: list[Spot] = []
    try:
        document = load(text)
    except TextFaults as error:
        if not isinstance(error.data, dict):
            raise LineError(spots_message(shown, text, error.spots)) from None
        document, spots = error.data, error.spots
    if document is None:
        raise LineError(f"{shown}:1:1: the file holds no document; {EMPTY_CURE}")
    if not isinstance(document, dict):
        what = f"a line document is a mapping such as 'line: my_line', not {show(document)}"
        raise LineError(spots_message(shown, text, [Spot(0, 0, what)]))
    document, edits = edited(document, changes)
    line, faults = _validated(document, path.parent)
    if line is None or faults or spots:
        raise LineError(file_message(shown, text, document, faults, spots, edits), faults)
    return line


def _read_sheets(path: Path, changes: Changes) -> Line:
    pairs = pairs_of(changes)
    tables = read_tables(path, has_units=any(key.partition(".")[0] == "units" for key, _ in pairs))
    document, edits = edited(tables.document, pairs)
    line, faults = _validated(document, path if path.is_dir() else path.parent)
    if line is None or tables.faults:
        raise LineError(sheets_message(path, tables, document, faults, edits), faults)
    return line


def _validated(document: dict[Any, Any], folder: Path) -> tuple[Line | None, list[Fault]]:
    """The line that a document describes, or its faults; its tables lie in `folder`."""
    with reading_with(folder=folder):
        try:
            return Line.__pydantic_validator__.validate_python(document), []
        except ValidationError as error:
            return None, all_faults(document, error, Line)


def located(line: Line, faults: Sequence[Fault]) -> LineError:
    """Faults that only showed when a line was compiled, told at their places in its file where it has one."""
    path = line.source
    if path is None or is_tables(path) or not path.is_file():
        return LineError(f"{line.line}: {plain_message(faults)}", faults)
    text = read_text(path, str(path))
    return LineError(file_message(str(path), text, load(text), faults), faults)
