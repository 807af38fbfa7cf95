"""The sheet `line`: a key and its value each row, `run.horizon | 365 d`."""

from __future__ import annotations

from collections.abc import Sequence

from .faults import show
from .run import Run
from .sheets_cells import bare
from .sheets_columns import Column, law_words, odd_unit, read_header, split_header
from .sheets_grid import Cell, Odd, is_blank, is_remark
from .sheets_layout import Leaf, Sheet, leaf, meant_path
from .sheets_tables import Part, Spot, Tables


class Head:
    """Reads the head of the document."""

    def __init__(self, tables: Tables, number: int, sheet: Sheet, *, has_units: bool) -> None:
        self.tables, self.number, self.sheet = tables, number, sheet
        self.has_units = has_units

    def read(self) -> None:
        """Enter every row; a key without a value is left out."""
        grid = self.tables.grids[self.number]
        columns, faults = read_header(self.sheet, grid)
        for fault in faults:
            self.tables.fault(Spot(self.number, *fault[:2]), fault[2])
        places = {column.title: column.at for column in columns}
        if len(places) < len(self.sheet.fixed):
            self.tables.broken.add(("line",))
            return
        part = Part(self.tables, ())
        keys = [_at(row, places["key"]) for row in grid.rows[1:]]
        self.has_units = self.has_units or any(isinstance(key, str) and key.startswith("units") for key in keys)
        taken: dict[tuple[str, ...], str] = {}
        for at, row in enumerate(grid.rows[1:], 1):
            key, value = (_at(row, places[name]) for name in self.sheet.fixed)
            if is_blank(value) or is_remark(key):
                continue
            spot = Spot(self.number, at, places["key"])
            if is_blank(key):
                self.tables.fault(spot, f"the row has no key for the value {show(value)}; write it here")
                continue
            odd = self._enter(part, key, value, spot, Spot(self.number, at, places["value"]), taken)
            if odd is not None:
                self.tables.fault(spot, odd)
        self.tables.document.update(part.finished())

    def _enter(
        self, part: Part, key: Cell, value: Cell, at: Spot, of: Spot, taken: dict[tuple[str, ...], str]
    ) -> str | None:
        """Enter one value at the place that its key names; the fault of the key."""
        name, unit = split_header(key)
        path = meant_path(self.sheet, name)
        if path[0] not in self.sheet.model.known_keys() and path[0].casefold() in Run.known_keys():
            path = ("run", path[0].casefold())
        try:
            kind = leaf(self.sheet.model, path)
        except ValueError as error:
            return str(error)
        if path in taken:
            return f"the key {show(name)} stands twice, first in {taken[path]}; leave one out"
        taken[path] = self.tables.grids[at.grid].address(at.row, at.column)
        odd = None if unit is None else odd_unit(kind, unit, name)
        column = Column(of.column or 0, path, kind, unit, odd, law_words(self.sheet, path))
        if kind in {Leaf.TIME, Leaf.LAW} and unit is None and bare(value) and not self.has_units:
            cure = f"write {value} min, or the unit beside the key: {show(f'{name} [min]')}"
            value = Odd(f"{name}: a time needs a unit; {cure}")
        part.put(column, value, of, unit)
        return odd


def _at(row: Sequence[Cell], column: int) -> Cell:
    return row[column] if column < len(row) else None
