"""The rows of a sheet, put together into the parts of the document that they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .faults import Loc, did_you_mean, show
from .sheets_cells import bare, read_cell
from .sheets_columns import Column, read_header
from .sheets_grid import Cell, CsvGrid, Odd, is_blank, is_remark
from .sheets_layout import Leaf, Sheet
from .sheets_tables import Part, Spot, Tables
from .units import name as plain_name

AS_TABLES = {"wip", "starts", "tool_states"}  # the document reads these as tables, and stops at a number of faults


class Rows:
    """Reads one sheet into the document. Row by row: whose part it is, then what its cells say."""

    def __init__(self, tables: Tables, number: int, sheet: Sheet, *, has_units: bool) -> None:
        self.tables, self.number, self.sheet = tables, number, sheet
        self.grid = tables.grids[number]
        self.has_units = has_units
        self.bare: dict[Column, int] = {}
        self.partial: set[int] = set()
        columns, faults = read_header(sheet, self.grid)
        tables.columns[number] = columns
        for row, column, what in faults:
            tables.fault(Spot(number, row, column), what)
        self.fixed = {column.path[0]: column for column in columns if column.path[0] in sheet.fixed}
        self.columns = [column for column in columns if column.path[0] not in sheet.fixed]
        known = {column.path[0] for column in self.columns}
        self.missing = [name for name in sheet.needed() if name not in known and name not in sheet.fixed]

    def read(self) -> None:
        """Enter every row."""
        section, shape = self.sheet.section, self.sheet.shape
        document = self.tables.document
        if len(self.fixed) < len(self.sheet.fixed):
            self._lost()
            return
        if not self.sheet.below:
            self.tables.places.setdefault((section,), Spot(self.number))
            document.setdefault(section, {} if self.sheet.owners else [])
        above: list[str] | None = None
        for at, row in self._filled_rows():
            names = self._names(at, row)
            if names is None and shape == "listed" and not self.sheet.below:
                names = above  # one step without its route is most likely one of the route above
            if names is None:
                continue
            above = names
            if shape == "named":
                self._named(at, row, names[0])
            elif not self.sheet.below:
                self._listed(at, row, (section, *names))
            else:
                self._below(at, row, names)
        for column, count in self.bare.items():
            title = show(f"{column.title} [min]")
            what = f"{count} numbers without a unit" if count > 1 else "a number without a unit"
            self.tables.fault(Spot(self.number, 0, column.at), f"{column.title}: {what}; name it here: {title}")

    def _lost(self) -> None:
        """What the sheet would have said is missing, and that has been told."""
        section, below = self.sheet.section, self.sheet.below
        if not below:
            self.tables.broken.add((section,))
        for name in self.tables.document.get(section, {}) if below else ():
            self.tables.broken.add((section, name, below[0]))

    def _filled_rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Rows that say something: not blank, no remark; of a row that is not whole its first names."""
        width = len(self.grid.header)
        for at, row in enumerate(self.grid.rows):
            filled = [cell for cell in row if not is_blank(cell)]
            if at == 0 or not filled or (len(filled) == 1 and is_remark(filled[0])):
                continue
            if isinstance(self.grid, CsvGrid) and (len(row) < width or any(not is_blank(c) for c in row[width:])):
                cure = "was the file cut short?" if len(row) < width else "put a text that holds commas in quotes"
                what = f"the row has {len(row)} cells and the header {width}; {cure}"
                self.tables.fault(Spot(self.number, at), what)
                if self.sheet.below or not self.sheet.owners:
                    continue
                self.partial.add(at)
            yield at, row

    def _names(self, at: int, row: Sequence[Cell]) -> list[str] | None:
        """The names in the columns that say whose row it is; None where one is at fault."""
        names = []
        for title in self.sheet.owners:
            column = self.fixed[title]
            name = self._name(Spot(self.number, at, column.at), _cell(row, column), title)
            if name is None:
                return None
            names.append(name)
        return names

    def _name(self, spot: Spot, cell: Cell, title: str) -> str | None:
        if is_blank(cell):
            self.tables.fault(spot, f"the row has no {title}; write it here")
            return None
        if isinstance(cell, Odd):
            self.tables.odd(spot, (), cell)
            return None
        try:
            return plain_name(read_cell(Leaf.TEXT, cell, None))
        except ValueError as error:
            self.tables.fault(spot, f"{title}: {error}")
            return None

    def _named(self, at: int, row: Sequence[Cell], name: str) -> None:
        parts, spot = self.tables.document[self.sheet.section], Spot(self.number, at, 0)
        if name in parts:
            first = self.tables.rows[self.sheet.section, name]
            where = self.grid.address(first.row, first.column)
            self.tables.fault(
                Spot(self.number, at, self.fixed[self.sheet.owners[0]].at),
                f"{self.sheet.owners[0]} {show(name)} stands twice, first in {where}; rename one of the two",
            )
            return
        parts[name] = self._part(at, row, (self.sheet.section, name))
        self.tables.places[self.sheet.section, name] = spot

    def _listed(self, at: int, row: Sequence[Cell], loc: Loc) -> None:
        """A row of a list that lies at `loc`; the list is made with its first row."""
        parts = self.tables.document[self.sheet.section]
        if self.sheet.owners:
            parts = parts.setdefault(loc[-1], [])
        self.tables.places.setdefault(loc, Spot(self.number, at, 0))
        parts.append(self._part(at, row, (*loc, len(parts))))

    def _below(self, at: int, row: Sequence[Cell], names: list[str]) -> None:
        """A row of what a toolgroup, a product or a step holds."""
        owner = self._owner(at, names)
        if owner is None:
            return
        holder, loc = owner
        for key in self.sheet.below[:-1]:
            loc = (*loc, key)
            holder = holder.setdefault(key, {})
            if not isinstance(holder, dict):
                return self._stands_elsewhere(at, loc)
        key, kind = self.sheet.below[-1], dict if self.sheet.shape == "mapped" else list
        loc = (*loc, key)
        if not isinstance(holder.setdefault(key, kind()), kind) or self._is_own(loc) is False:
            return self._stands_elsewhere(at, loc)
        self.tables.places.setdefault(loc, Spot(self.number, at, 0))
        parts = holder[key]
        if self.sheet.shape == "listed":
            parts.append(self._part(at, row, (*loc, len(parts))))
            return None
        spots = {title: Spot(self.number, at, column.at) for title, column in self.fixed.items()}
        name = self._name(spots["setup"], _cell(row, self.fixed["setup"]), "setup")
        if name is None:
            return None
        if name in parts:
            self.tables.fault(spots["setup"], f"setup {show(name)} stands twice; leave one out")
            return None
        self.tables.rows[(*loc, name)] = Spot(self.number, at, 0)
        cell = _cell(row, self.fixed["lots"])
        parts[name] = None if is_blank(cell) else self.tables.value(Leaf.VALUE, cell, None, spots["lots"], (*loc, name))
        self.tables.places[(*loc, name)] = spots["lots"]
        return None

    def _is_own(self, loc: Loc) -> bool:
        """Whether a list was made by this sheet's rows, or is not made yet."""
        first = self.tables.places.get(loc)
        return first is None or first.grid == self.number

    def _stands_elsewhere(self, at: int, loc: Loc) -> None:
        """A column of the owner's own sheet says it already."""
        first = next(
            (self.tables.places[loc[:n]] for n in range(len(loc), 0, -1) if loc[:n] in self.tables.places), None
        )
        where = "another sheet" if first is None else self.tables.grids[first.grid].address(first.row, first.column)
        self.tables.fault(
            Spot(self.number, at, 0), f"{where} gives it {show(loc[-1])} already; keep it in one of the two places"
        )

    def _owner(self, at: int, names: list[str]) -> tuple[dict[str, Any], Loc] | None:
        """The toolgroup, product or step that these names mean."""
        section = self.sheet.section
        parts = self.tables.document.get(section)
        if not isinstance(parts, dict) or (section,) in self.tables.broken:
            return None  # the sheet that holds them is missing, which is told
        spot = Spot(self.number, at, self.fixed[self.sheet.owners[0]].at)
        if names[0] not in parts:
            known = did_you_mean(names[0], parts)
            self.tables.fault(spot, f"the sheet {section!r} has no {self.sheet.owners[0]} {show(names[0])}; {known}")
            return None
        if len(names) == 1:
            return parts[names[0]], (section, names[0])
        named = [step.get("step") for step in parts[names[0]]]
        steps = [str(name) for name in named]
        if names[1] not in steps:
            if not all(isinstance(name, str | int) for name in named):
                return None  # it may be the one whose name is at fault, which is told
            spot = Spot(self.number, at, self.fixed["step"].at)
            what = f"route {show(names[0])} has no step {show(names[1])}; {did_you_mean(names[1], steps)}"
            self.tables.fault(spot, what)
            return None
        place = steps.index(names[1])
        return parts[names[0]][place], (section, names[0], place)

    def _part(self, at: int, row: Sequence[Cell], loc: Loc) -> dict[str, Any]:
        """What the cells of a row say of the part at `loc`."""
        self.tables.rows[loc] = Spot(self.number, at, 0)
        self.tables.broken.update((*loc, name) for name in self.missing)
        part = Part(self.tables, loc)
        if at in self.partial:
            self.tables.broken.add(loc)
        for column in self.columns:
            cell = _cell(row, column)
            if at in self.partial and column.path != ("step",):
                continue
            if is_blank(cell):
                continue
            unit = column.unit
            if unit is None and not self.has_units and column.kind in {Leaf.TIME, Leaf.LAW} and bare(cell):
                self.bare[column] = self.bare.get(column, 0) + 1
                self.tables.broken.add((*loc, *column.path))
                unit = "s" if self.sheet.title in AS_TABLES else None
            part.put(column, cell, Spot(self.number, at, column.at), unit)
        return part.finished()


def _cell(row: Sequence[Cell], column: Column) -> Cell:
    return row[column.at] if column.at < len(row) else None

