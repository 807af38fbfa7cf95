"""A line as sheets: what `sheets_read` reads back as the same document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .document import Document
from .laws import LISTED, PARAMETERS, PLAIN, Law
from .line import Line
from .sheets_cells import best_unit, common_unit, write_cell
from .sheets_grid import Cell
from .sheets_layout import TIMES, Leaf, Sheet, leaf, part_at, sheets
from .sheets_words import meaning
from .units import parse_time, share

_ALWAYS = {"toolgroups": ("tools",), "failures": ("clock",)}  # written where they are as left out, too
_SHORT = 120  # characters; longer lists of times go to a sheet of their own
Path = tuple[str, ...]
Flat = dict[Path, Any]


@dataclass
class Written:
    """One sheet to be written.

    paths: the words of each column; heads: its header, with the unit
    fixed: how many columns name the row
    sheet: which kind it is, None for a sheet of its own kind
    """

    title: str
    paths: list[Path]
    heads: list[str]
    rows: list[list[Cell]] = field(default_factory=list)
    fixed: int = 1
    sheet: Sheet | None = None


@dataclass(frozen=True)
class _Columns:
    """The columns that one word of the document needs, and what they hold.

    law:  the one law whose parameters have columns of their own, None if there is none
    own:  whether there is a column of the word itself, for times and for other laws
    unit: unit of the numbers, None where there are none
    """

    kind: Leaf
    own: bool = True
    law: str | None = None
    unit: str | None = None

    @property
    def below(self) -> list[Path]:
        """What each column's header adds to the word."""
        if self.law is None:
            return [()]
        names = PARAMETERS[self.law]
        params = [(self.law, name) for name in names] if len(names) > 1 else [(self.law,)]
        return [*([()] if self.own else []), *params]

    def cells(self, value: Any) -> list[Cell]:
        """The cells of one row."""
        spread = isinstance(value, dict) and self.law in value
        own = [None if spread else write_cell(self.kind, value, self.unit)] if self.own else []
        if self.law is None:
            return own
        names = PARAMETERS[self.law]
        params = _params(self.law, value[self.law]) if spread else [None] * len(names)
        given = zip(names, params, strict=True)
        return [*own, *(None if part is None else _param_cell(name, part, self.unit) for name, part in given)]


def _params(law: str, content: Any) -> list[Any]:
    names = PARAMETERS[law]
    if isinstance(content, dict):
        return [content[name] for name in names]
    return list(content) if len(names) > 1 else [content]


def _param_cell(name: str, part: Any, unit: str | None) -> Cell:
    return write_cell(Leaf.VALUE, part) if name in PLAIN else write_cell(Leaf.TIME, part, unit)


def _columns(kind: Leaf, values: Sequence[Any]) -> _Columns:
    """How a column's values are best written: numbers of one unit wherever that can be."""
    if kind is Leaf.TIME:
        return _Columns(kind, unit=best_unit(values))
    if kind is not Leaf.LAW:
        return _Columns(kind, unit=common_unit(values) if kind is Leaf.QUANTITY else None)
    plain = [value for value in values if not isinstance(value, dict)]
    laws = {next(iter(value)) for value in values if isinstance(value, dict)}
    law = next(iter(laws)) if len(laws) == 1 else None
    if law not in PARAMETERS:
        return _Columns(kind, unit=best_unit(plain))
    params = [_params(law, value[law]) for value in values if isinstance(value, dict)]
    times = [part for row in params for name, part in zip(PARAMETERS[law], row, strict=True) if name not in PLAIN]
    return _Columns(kind, bool(plain), law, best_unit([*plain, *times]))


@dataclass(frozen=True)
class _Row:
    """A row before its cells are written: the names it begins with, and its values by column."""

    names: Path
    values: Flat


class Writer:
    """Takes a line's document apart into sheets."""

    def __init__(self) -> None:
        self.rows: dict[str, list[_Row]] = {title: [] for title in sheets()}
        self.times: dict[str, list[str]] = {}

    def sheets(self, line: Line) -> list[Written]:
        """The sheets of a line that hold something."""
        document = line.to_document()
        for sheet in sheets().values():
            if sheet.shape != "pairs" and not sheet.below:
                self._section(sheet, document.pop(sheet.section, None))
        _by_availability(self.rows["failures"])
        written = [self._head(sheets()["line"], document)]
        written += [self._written(sheets()[title], rows) for title, rows in self.rows.items() if rows]
        return [*written, self._times()] if self.times else written

    def _section(self, sheet: Sheet, parts: Any) -> None:
        """The rows of one section of the document, and of the lists that its parts hold."""
        if not sheet.owners:
            for part in parts or ():
                self._part(sheet, (), (), part)
            return
        for name, part in (parts or {}).items():
            if sheet.shape == "named":
                self._part(sheet, (name,), (name,), part)
            else:
                for step in part:
                    is_batch = step.get("per") == "batch" and "batch" in step  # which goes without saying
                    said = {key: value for key, value in step.items() if key != "per" or not is_batch}
                    self._part(sheet, (name,), (name, step["step"]), said)

    def _part(self, sheet: Sheet, names: Path, owners: Path, part: dict[str, Any]) -> None:
        rest = dict(part)
        for child in sheets().values():
            if child.section != sheet.section or not child.below:
                continue
            taken = _take(rest, child.below, dict if child.shape == "mapped" else list)
            if child.shape == "mapped":
                rows = [_Row((*owners, name), {("lots",): value}) for name, value in (taken or {}).items()]
            else:
                rows = [_Row(owners, self._flat(child.model, item)) for item in taken or ()]
            self.rows[child.title] += rows
        self.rows[sheet.title].append(_Row(names, self._flat(sheet.model, rest)))

    def _flat(self, model: type[Document], part: dict[str, Any]) -> Flat:
        """The values of a part by the paths of their columns."""
        always = next((keys for title, keys in _ALWAYS.items() if sheets()[title].model is model), ())
        shown = {key: model.model_fields[key].default for key in always} | part
        return {path: self._without_times(value) for path, value in _flattened(model, (), shown)}

    def _without_times(self, value: Any) -> Any:
        """A law of many listed times names a column of the sheet of times instead."""
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
            rows.append([".".join(path), write_cell(leaf(sheet.model, path), value), meaning(sheet.model, path)])
        return Written(sheet.title, [("key",), ("value",), ("#",)], ["key", "value", "# meaning"], rows, 1, sheet)

    def _written(self, sheet: Sheet, rows: list[_Row]) -> Written:
        """The columns that something stands in, in the order of the document's words, and the rows."""
        found: dict[Path, list[Any]] = {}
        for row in rows:
            for path, value in row.values.items():
                found.setdefault(path, []).append(value)
        order = {key: i for i, key in enumerate(sheet.model.known_keys())}
        fixed = [name for name in sheet.fixed if name != "lots"]
        written = Written(sheet.title, [(name,) for name in fixed], list(fixed), [], max(1, len(fixed)), sheet)
        columns: dict[Path, _Columns] = {}
        for path in sorted(found, key=lambda path: order.get(path[0], len(order))):
            columns[path] = _columns(Leaf.VALUE if path == ("lots",) else leaf(sheet.model, path), found[path])
            for below in columns[path].below:
                unit = columns[path].unit if not below or below[-1] not in PLAIN else None
                written.paths.append((*path, *below))
                written.heads.append(".".join((*path, *below)) + (f" [{unit}]" if unit else ""))
        for row in rows:
            cells = [write_cell(Leaf.TEXT, name) for name in row.names]
            for path, how in columns.items():
                cells += how.cells(row.values[path]) if path in row.values else [None] * len(how.below)
            written.rows.append(cells)
        return written

    def _times(self) -> Written:
        """The sheet of measured times, a column each."""
        heads, columns = [], []
        for name, times in self.times.items():
            unit = best_unit(times)
            heads.append(f"{name} [{unit}]" if unit else name)
            columns.append([write_cell(Leaf.TIME, time, unit) for time in times])
        rows: list[list[Cell]] = [
            [column[i] if i < len(column) else None for column in columns] for i in range(max(map(len, columns)))
        ]
        return Written(TIMES, [(head,) for head in heads], heads, rows, 0)


def _by_availability(rows: list[_Row]) -> None:
    """Failures by availability, where that says every one of them exactly and their mtbf are no round numbers."""
    laws = [row.values.get(("mtbf",)) for row in rows]
    times = [law["exponential"] for law in laws if isinstance(law, dict) and "exponential" in law]
    if len(times) < len(rows) or all(best_unit([time]) for time in times):
        return
    shares = []
    for row, time in zip(rows, times, strict=True):
        up, repair = parse_time(time, None), Law.model_validate(row.values[("mttr",)]).mean
        shown = share(f"{100 * up / (up + repair):.8g} %")
        if not 0 < shown < 1 or shown / (1 - shown) * repair != up:
            return
        shares.append(shown)
    for row, shown in zip(rows, shares, strict=True):
        del row.values[("mtbf",)]
        row.values[("availability",)] = shown


def _take(part: dict[str, Any], path: Path, kind: type) -> Any:
    """What a part holds at a path, taken out of it with what it leaves empty; None where there is nothing."""
    key, rest = path[0], path[1:]
    inside = part.get(key)
    if not rest:
        return part.pop(key) if isinstance(inside, kind) and inside else None
    if not isinstance(inside, dict):
        return None
    left = dict(inside)
    taken = _take(left, rest, kind)
    if taken is not None:
        part[key] = left
        if not left:
            del part[key]
    return taken


def _flattened(model: type[Document], above: Path, part: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Values by path; a part inside the part is flattened in turn."""
    for key, value in part.items():
        path = (*above, key)
        inner = part_at(model, path)
        if inner is not None and isinstance(value, dict) and value and set(value) <= set(inner.known_keys()):
            yield from _flattened(model, path, value)
        else:
            yield path, value
