"""Reading a line document from a file or the library, with changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .context import reading_with
from .diagnose import all_faults
from .edit import edited
from .faults import LineError, show
from .library import EMPTY_CURE, find, read_text
from .line import Line
from .printer import file_message, spots_message
from .yaml_reader import Spot, TextFaults, load


def read(name_or_path: str | Path, set: Mapping[str, Any] | None = None) -> Line:
    """The line of a document: a path, or the name of a model of the library such as `fab/mini_fab`.

    set: changes by path, such as {"toolgroups.oven.tools": 3, "routes.main.bake.time": "2 min"}
    Raises LineError, which tells every fault with file, line, column and cure.
    """
    path = find(name_or_path)
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
    document, edits = edited(document, set or {})
    with reading_with(folder=path.parent):
        try:
            line: Line = Line.__pydantic_validator__.validate_python(document)
            faults = []
        except ValidationError as error:
            faults = all_faults(document, error, Line)
    if faults or spots:
        raise LineError(file_message(shown, text, document, faults, spots, edits), faults)
    line._source = path
    return line
