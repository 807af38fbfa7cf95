"""Faults told: file, line and column, path in the document, what is wrong and the cure, the source line."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from .faults import OTHER_WORDS, Cell, Fault, Loc
from .tables import delimiter
from .yaml_reader import Spot, compose

MOST_TOLD = 100
_TABLES = (("wip",), ("tool_states",))
WIDEST = 140  # characters of a source line shown


@dataclass(frozen=True)
class Edit:
    """A change of a document from outside: the path and text as given, and the place it made or changed."""

    path: str
    text: str
    loc: Loc


@dataclass(frozen=True)
class Place:
    """A place in a file; line and column count from 0."""

    file: str
    line: int
    column: int
    source: str


def plain_message(faults: Sequence[Fault], document: Any = None) -> str:
    """Faults of a document that no file holds."""
    return joined([f"{path_words(fault.loc, document)}{fault.what}" for fault in faults])


def spots_message(file: str, text: str, spots: Sequence[Spot]) -> str:
    """Faults of the text itself."""
    return joined([told for _, told in sorted(_told_spots(file, text, spots))])


def file_message(
    file: str,
    text: str,
    document: Any,
    faults: Sequence[Fault],
    spots: Sequence[Spot] = (),
    edits: Sequence[Edit] = (),
) -> str:
    """All faults of a document that `file` holds as `text`, in the order of the lines."""
    root = compose(text)
    lines = text.splitlines()
    told = _told_spots(file, text, spots)
    for fault in faults:
        edit = next((e for e in edits if fault.loc[: len(e.loc)] == e.loc), None)
        if edit is not None and fault.cell is None:
            told.append((("", -1, 0), f"--set {edit.path}={edit.text}: {fault.what}"))
            continue
        loc = fault.loc
        if fault.cell is None:
            line, column = _mark(root, fault)
            place = Place(file, line, column, lines[line] if line < len(lines) else "")
        else:
            place = cell_place(fault.cell)
            loc = tuple(part for part in loc if not isinstance(part, int)) if loc[:1] in _TABLES else loc
        file_order = "" if fault.cell is None else place.file
        words = path_words(loc, document)
        told.append(((file_order, place.line, place.column), with_source(place, f"{words}{fault.what}")))
    return joined([text for _, text in sorted(told, key=lambda pair: pair[0])])


def joined(told: Iterable[str]) -> str:
    unique = list(dict.fromkeys(told))
    more = [f"... and {len(unique) - MOST_TOLD} more faults"] if len(unique) > MOST_TOLD else []
    return "\n".join(unique[:MOST_TOLD] + more)


def _told_spots(file: str, text: str, spots: Sequence[Spot]) -> list[tuple[tuple[str, int, int], str]]:
    lines = text.splitlines()
    told = []
    for spot in spots:
        place = Place(file, spot.line, spot.column, lines[spot.line] if spot.line < len(lines) else "")
        told.append((("", spot.line, spot.column), with_source(place, spot.what)))
    return told


def with_source(place: Place, what: str) -> str:
    head = f"{place.file}:{place.line + 1}:{place.column + 1}: {what}"
    source, column = place.source.replace("\t", " "), place.column
    if not source.strip():
        return head
    if len(source) > WIDEST:
        start = max(0, min(column - WIDEST // 2, len(source) - WIDEST))
        source, column = source[start : start + WIDEST], column - start
    printable = "".join(c if c.isprintable() else "?" for c in source)
    return f"{head}\n{printable}\n{' ' * column}^"


def path_words(loc: Loc, document: Any) -> str:
    """The path as `--set` takes it: keys joined by dots, steps by their names."""
    words: list[str] = []
    here = document
    for part in loc:
        inner, word = None, str(part)
        if isinstance(here, dict):
            other = OTHER_WORDS.get(str(part), word)
            word = other if other in here and part not in here else word
            inner = here.get(word, here.get(part))
        elif isinstance(here, list | tuple) and isinstance(part, int) and part < len(here):
            inner = here[part]
            named = (
                inner.get("step")
                if isinstance(inner, dict) and loc[0] == "routes" and len(words) == 2
                else None
            )
            word = named if isinstance(named, str) and named else word
        elif isinstance(part, int) and here is not None:
            continue  # one mapping stands where a list may
        words.append(word)
        here = inner
    return f"{'.'.join(words)}: " if words else ""


def _mark(root: yaml.Node | None, fault: Fault) -> tuple[int, int]:
    """Line and column of a fault; of its parent's key where the document lacks the place itself."""
    if root is None:
        return 0, 0
    key: yaml.Node | None = None
    value = root
    for i, part in enumerate(fault.loc):
        pair = _child(value, part)
        if pair is None:
            if isinstance(part, int) and isinstance(value, yaml.MappingNode):
                continue
            return _start(key or value)
        key, value = pair
        if fault.at == "key" and i == len(fault.loc) - 1:
            return _start(key)
    blank = isinstance(value, yaml.ScalarNode) and value.start_mark.index == value.end_mark.index
    return _start(key if blank and key is not None else value)


def _is_key(node: yaml.ScalarNode, part: str) -> bool:
    return node.value in (part, OTHER_WORDS.get(part)) or (part == "None" and node.tag.endswith(":null"))


def _start(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line, node.start_mark.column


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """Key and value node of one part; a list's parts are their own keys."""
    if isinstance(node, yaml.SequenceNode):
        if isinstance(part, int) and part < len(node.value):
            return node.value[part], node.value[part]
        return None
    if not isinstance(node, yaml.MappingNode):
        return None
    merged: list[yaml.Node] = []
    for key, value in reversed(node.value):  # of a key that stands twice, the later one was kept
        if key.tag == "tag:yaml.org,2002:merge":
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
        elif isinstance(key, yaml.ScalarNode) and _is_key(key, str(part)):
            return key, value
    for other in merged:
        pair = _child(other, part)
        if pair is not None:
            return pair
    return None


def cell_place(cell: Cell) -> Place:
    """Where a cell of a table lies in its file."""
    file = str(cell.path)
    try:
        separator = delimiter(cell.path)
        with cell.path.open(encoding="utf-8-sig", newline="") as handle:
            lines = handle.read().splitlines()
        reader = csv.reader(iter(lines), delimiter=separator)
        header = next(reader)
        names = [name.partition("[")[0].strip() for name in header]
        line = 0
        for _ in range(cell.row + 1):
            line = reader.line_num
            next(reader)
    except (OSError, ValueError, csv.Error, StopIteration):
        return Place(file, 0, 0, "")
    source = lines[line] if line < len(lines) else ""
    column = 0
    if cell.column is not None and (cell.column in names or cell.column in header):
        at = names.index(cell.column) if cell.column in names else header.index(cell.column)
        column = cell_start(source, separator, at)
    return Place(file, line, column, source)


def cell_start(line: str, separator: str, at: int) -> int:
    """Column where the cell number `at` begins."""
    quoted = False
    for i, character in enumerate(line):
        if at == 0:
            return i
        if character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            at -= 1
    return len(line) if at == 0 else 0
