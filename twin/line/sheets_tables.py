"""What sheets say, in the words of a document, and where each part of it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .faults import Loc, show
from .laws import NAMED, PARAMETERS
from .sheets_cells import read_cell
from .sheets_columns import Column
from .sheets_grid import Cell, Grid, Odd
from .sheets_layout import Leaf
from .sheets_times import Measured, with_times


class Spot(NamedTuple):
    """A place in the tables: number of the sheet, row, column; a whole sheet or row where these are None."""

    grid: int
    row: int | None = None
    column: int | None = None


@dataclass
class Tables:
    """A document that lies in sheets.

    document: the mapping that a YAML document of the same line gives; an `Odd` where a cell is at fault
    times:    columns of measured times
    faults:   what is wrong with the sheets themselves
    places:   the cell that each value came from, and the first row of each part
    rows:     the row of each part that has one
    broken:   places whose fault has been told
    columns:  of each sheet, by its number
    lists:    laws of measured times: the column they stand in, and the row of each time
    """

    grids: Sequence[Grid]
    times: Mapping[str, Measured] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[Spot, str]] = field(default_factory=list)
    places: dict[Loc, Spot] = field(default_factory=dict)
    rows: dict[Loc, Spot] = field(default_factory=dict)
    broken: set[Loc] = field(default_factory=set)
    columns: dict[int, list[Column]] = field(default_factory=dict)
    lists: dict[Loc, tuple[Spot, Sequence[int]]] = field(default_factory=dict)

    def fault(self, spot: Spot, what: str) -> None:
        """Note what is wrong at a place."""
        self.faults.append((spot, what))

    def odd(self, spot: Spot, loc: Loc, odd: Odd) -> Odd:
        """Note what is wrong with a value, which is refused wherever it goes."""
        if odd.what:
            self.fault(spot, odd.what)
        if loc:
            self.broken.add(loc)
        return odd

    def value(self, kind: Leaf, cell: Cell, unit: str | None, spot: Spot, loc: Loc) -> Any:
        """The value of a filled cell, entered as the one at `loc`."""
        self.places.setdefault(loc, spot)
        if isinstance(cell, Odd):
            return self.odd(spot, loc, cell)
        try:
            value = read_cell(kind, cell, unit)
            if kind is not Leaf.LAW:
                return value
            law, listed = with_times(value, self.times)
        except ValueError as error:
            return self.odd(spot, loc, Odd(str(error)))
        if listed is not None:
            key = next(iter(law))
            self.lists[(*loc, key, "values")] = (Spot(listed.grid, 0, listed.column), listed.rows)
            odd = [i for i, time in enumerate(listed.values) if isinstance(time, Odd)]
            self.broken.update((*loc, key, "values", i) for i in odd)
        return law


class Part:
    """A part of the document that is put together from the cells of a row."""

    def __init__(self, tables: Tables, loc: Loc) -> None:
        self.tables, self.loc = tables, loc
        self.content: dict[str, Any] = {}
        self._laws: dict[tuple[tuple[str, ...], str], dict[str, tuple[Any, Spot]]] = {}

    def put(self, column: Column, cell: Cell, spot: Spot, unit: str | None) -> None:
        """Enter the value of one filled cell at the path of its column."""
        loc = (*self.loc, *column.path)
        if column.lost:
            self.tables.broken.add(loc[: len(self.loc) + 1])
            return
        if column.odd is not None:
            value: Any = self.tables.odd(spot, loc, Odd())  # the header's fault
            self.tables.places.setdefault(loc, spot)
        else:
            value = self.tables.value(column.kind, cell, unit, spot, loc)
        if column.law:
            law, kind = column.path[: column.law], column.path[column.law]
            self._laws.setdefault((law, kind), {})[column.path[-1]] = (value, spot)
        else:
            self._enter(column.path, value, spot)

    def finished(self) -> dict[str, Any]:
        """The part, the parameters of its laws put together as the document lists them."""
        for (path, kind), params in self._laws.items():
            names = PARAMETERS[kind]
            spots = [spot for _, spot in params.values()]
            content: Any = {name: value for name, (value, _) in params.items()}
            if len(names) == 1:
                content = content[kind]
            else:
                for name, (_, spot) in params.items():
                    listed = (*self.loc, *path, kind, names.index(name))
                    self.tables.places[listed] = spot
                    if (*self.loc, *path, kind, name) in self.tables.broken:
                        self.tables.broken.add(listed)
                if len(content) == len(names) and kind not in NAMED:
                    content = [content[name] for name in names]
            self._enter((*path, kind), content, spots[0])
        self._laws = {}
        return self.content

    def _enter(self, path: tuple[str, ...], value: Any, spot: Spot) -> None:
        holder = self.content
        for n, key in enumerate(path[:-1]):
            inner = holder.setdefault(key, {})
            if not isinstance(inner, dict):
                self._stands_twice(path[: n + 1], spot)
                return
            holder = inner
        if path[-1] in holder:
            self._stands_twice(path, spot)
            return
        holder[path[-1]] = value

    def _stands_twice(self, path: tuple[str, ...], spot: Spot) -> None:
        first = self.tables.places.get((*self.loc, *path))
        where = f"column {show('.'.join(path))}" if first is None else self.tables.grids[first.grid].address(*first[1:])
        self.tables.fault(spot, f"{where} says this too; clear one of the two cells")
