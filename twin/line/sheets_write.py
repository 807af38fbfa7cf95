"""A line as sheets: what `sheets_read` reads back as the same document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .document import Document
from .laws import LISTED, PARAMETERS, PLAIN
from .line import Line
from .sheets_cells import best_unit, flow_text, number_in, write_cell
from .sheets_grid import Cell
from .sheets_layout import TIMES, Leaf, Sheet, leaf, sheets
from .sheets_words import key_meaning, words_sheet

_SHORT = 120  # characters; longer lists of times go to a sheet of their own
Path = tuple[str, ...]
Flat = dict[Path, Any]


@dataclass
class Written:
    """One sheet to be written.

    paths: words of each column; heads: the headers, with units; fixed: how many columns name the row
    """

    title: str
    paths: list[Path]
    heads: list[str]
    rows: list[list[Cell]] = field(default_factory=list)
    fixed: int = 1


@dataclass
class _Row:
    """A row before its cells are written: the names it begins with, and its values by column."""

    names: tuple[str, ...]
    values: Flat


class Writer:
    """Takes a document apart into sheets."""

    def __init__(self) -> None:
        self.rows: dict[str, list[_Row]] = {title: [] for title in sheets()}
        self.times: dict[str, list[str]] = {}

    def sheets(self, line: Line) -> list[Written]:
        """The sheets of a line that hold something, and the one that explains them."""
        document = line.to_document()
        for sheet in sheets().values():
            if sheet.shape != "pairs" and not sheet.below:
                self._section(sheet, document.pop(sheet.section, None))
        head = self._head(sheets()["line"], document)
        written = [head, *(self._written(sheets()[title], rows) for title, rows in self.rows.items() if rows)]
        if self.times:
            written.append(self._times())
        return [*written, Written(WORDS, *words_sheet())]

    def _section(self, sheet: Sheet, parts: Any) -> None:
        """The rows of one section of the document, and of the lists that its parts hold."""
        children = [child for child in sheets().values() if child.section == sheet.section and child.below]
        if sheet.shape == "named":
            for name, part in (parts or {}).items():
                self._part(sheet, (name,), (name,), part, children)
        elif sheet.owners:
            for name, steps in (parts or {}).items():
                for step in steps:
                    self._part(sheet, (name,), (name, step["step"]), step, children)
        else:
            for part in parts or ():
                self._part(sheet, (), (), part, children)

    def _part(
        self, sheet: Sheet, names: Path, owners: Path, part: dict[str, Any], children: list[Sheet]
    ) -> None:
        rest = dict(part)
        for child in children:
            for row in _taken(rest, child):
                self.rows[child.title].append(_Row((*owners, *row.names), self._flat(child.model, row.values)))
        self.rows[sheet.title].append(_Row(names, self._flat(sheet.model, rest)))

    def _flat(self, model: type[Document], part: dict[str, Any]) -> Flat:
        """The values of a part by the paths of their columns."""
        return {path: self._without_times(value) for path, value in _flattened(model, (), part)}

    def _without_times(self, value: Any) -> Any:
        """A law of many listed times, which name a column of the sheet of times instead."""
        if not isinstance(value, dict) or len(value) != 1:
            return value
        ((kind, content),) = value.items()
        if kind not in LISTED or set(content) - {"end"} != {"values", "unit"} or len(str(content["values"])) <= _SHORT:
            return value
        listed = [f"{time!r} {content['unit']}" for time in content["values"]]
        name = next((name for name, times in self.times.items() if times == listed), f"{kind}_{len(self.times) + 1}")
        self.times[name] = listed
        end = {"end": content["end"]} if "end" in content else {}
        return {kind: {"sheet": TIMES, "column": name, **end}}

    def _head(self, sheet: Sheet, document: dict[str, Any]) -> Written:
        """A row for each key of the document that has no sheet."""
        rows: list[list[Cell]] = []
        for path, value in self._flat(sheet.model, document).items():
            kind = leaf(sheet.model, path)
            rows.append([".".join(path), write_cell(kind, value), key_meaning(sheet.model, path)])
        return Written(sheet.title, [("key",), ("value",), ("#",)], ["key", "value", "# meaning"], rows)

    def _written(self, sheet: Sheet, rows: list[_Row]) -> Written:
        """The columns that something stands in, in the order of the document's words, and the rows."""
        found: dict[Path, list[Any]] = {}
        for row in rows:
            for path, value in row.values.items():
                found.setdefault(path, []).append(value)
        order = {key: i for i, key in enumerate(sheet.model.known_keys())}
        laws: dict[Path, _Columns] = {}
        for path in sorted(found, key=lambda path: order.get(path[0], len(order))):
            laws[path] = _columns(leaf(sheet.model, path) if path not in _FIXED else Leaf.VALUE, found[path])
        written = Written(sheet.title, [(name,) for name in sheet.owners], list(sheet.owners), fixed=len(sheet.owners))
        if sheet.shape == "mapped":
            written.paths.append(("setup",))
            written.heads.append("setup")
        for path, columns in laws.items():
            for below in columns.below:
                unit = f" [{columns.unit}]" if columns.unit and not (below and below[-1] in PLAIN) else ""
                written.paths.append((*path, *below))
                written.heads.append(".".join((*path, *below)) + unit)
        written.fixed = max(1, len(written.paths) - sum(len(columns.below) for columns in laws.values()))
        for row in rows:
            cells: list[Cell] = [write_cell(Leaf.TEXT, name) for name in row.names]
            for path, columns in laws.items():
                cells += columns.cells(row.values[path]) if path in row.values else [None] * len(columns.below)
            written.rows.append(cells)
        return written

    def _times(self) -> Written:
        """The sheet of measured times, a column each."""
        columns, heads = [], []
        for name, times in self.times.items():
            unit = best_unit(times)
            heads.append(f"{name} [{unit}]")
            columns.append([write_cell(Leaf.TIME, time, unit) for time in times])
        longest = max(map(len, columns))
        rows = [[column[i] if i < len(column) else None for column in columns] for i in range(longest)]
        return Written(TIMES, [(head,) for head in heads], heads, rows)
