"""A station list, row by row: a name, a cycle time, an availability, a buffer; what cannot be told is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .faults import LineError, did_you_mean, show
from .printer import joined
from .sheets_cells import bare
from .sheets_csv import csv_grid
from .sheets_grid import Cell, CsvGrid, Grid, Odd, Percent, is_blank, is_remark
from .sheets_workbook import is_workbook, workbook
from .stations_cells import availability_of, clock_of, number_of, places, station_name, time_in
from .stations_columns import HEADERS, TIMES, columns, header_row
from .toolgroups import MOST_TOOLS
from .units import whole


@dataclass(frozen=True)
class Station:
    """One row of the list, in the words of a document.

    time, mttr, mtbf: times with their units; up: availability as it is written, `96 %`
    """

    name: str
    time: str
    buffer: int | None
    tools: int
    up: str | None
    mtbf: str | None
    mttr: str | None
    clock: str
    area: str | None


@dataclass
class StationList:
    """What was read, and how it was understood.

    read: header by what it was read as; others: headers not read
    notes: readings that an engineer should know of
    """

    path: Path
    stations: list[Station] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_stations(path: Path, sheet: str | None = None) -> StationList:
    """The stations of a CSV file or of a workbook's sheet. Raises a LineError that tells every fault."""
    grid = _grid(path, sheet)
    at = header_row(grid)
    reader = _Reader(grid, 0 if at is None else at)
    return reader.read(path)


def _grid(path: Path, sheet: str | None) -> Grid:
    """The sheet of the list: the named one, or the only one that has its header."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise LineError(f"{path}: cannot be read: {error.strerror or error}; name a CSV file or a workbook") from None
    if not (is_workbook(start) or path.suffix.lower() in {".xlsx", ".xlsm"}):
        if sheet is not None:
            raise LineError(f"{path}: a CSV file has no sheet {show(sheet)}; leave --sheet out")
        return csv_grid(path, windows=True)
    grids = [grid for grid in workbook(path) if grid.rows]
    if sheet is not None:
        named = next((grid for grid in grids if grid.title == sheet), None)
        if named is None:
            cure = did_you_mean(sheet, [grid.title for grid in grids])
            raise LineError(f"{path}: the workbook has no sheet {show(sheet)} with anything in it; {cure}")
        return named
    if not grids:
        raise LineError(f"{path}: the workbook is empty; it needs a list with the columns {_NEEDED}")
    fitting = [grid for grid in grids if header_row(grid) is not None]
    if len(fitting) > 1:
        told = ", ".join(show(grid.title) for grid in fitting)
        raise LineError(f"{path}: the sheets {told} all hold a list of stations; choose one with --sheet NAME")
    return fitting[0] if fitting else grids[0]


_NEEDED = "station, cycle time [s], buffer, and for failures availability [%] and MTTR [min]"


class _Reader:
    """Reads one list."""

    def __init__(self, grid: Grid, header: int) -> None:
        self.grid, self.header = grid, header
        self.told: list[tuple[tuple[int, int], str]] = []
        self.found, others, faults = columns(grid.rows[header] if grid.rows else ())
        for at, what in faults:
            self.fault(header, at, what)
        notes = list(grid.understood) if isinstance(grid, CsvGrid) else []
        self.list = StationList(grid.file, notes=notes, others=[others[at] for at in sorted(others)])

    def fault(self, row: int, column: int | None, what: str) -> None:
        """Note what is wrong in a cell."""
        self.told.append(((row, -1 if column is None else column), self.grid.told(row, column, what)))

    def read(self, path: Path) -> StationList:
        """Every row; a LineError tells all faults at once."""
        self._missing()
        rows = list(self._rows())
        if "name" in self.found and "cycle time" in self.found and not rows and not self.told:
            self.fault(self.header, None, "there are no stations below the header; write a row each")
        self._units(rows)
        per_cent = self._per_cent(rows)
        seen: dict[str, int] = {}
        for at, row in rows:
            station = self._station(at, row, seen, per_cent=per_cent, first=at == rows[0][0])
            if station is not None:
                self.list.stations.append(station)
        if self.told:
            raise LineError(joined(told for _, told in sorted(self.told, key=lambda pair: pair[0])))
        self.list.path = path
        self.list.read = {field: self.found[field].header for field in HEADERS if field in self.found}
        if self.header:
            self.list.notes.append(f"row {self.header + 1} names the columns; what stands above it was passed over")
        return self.list

    def _missing(self) -> None:
        """Columns without which there is no line."""
        known = self.found
        for needed in ("name", "cycle time", "buffer"):
            if needed not in known:
                cure = {
                    "name": "'station'",
                    "cycle time": "'cycle time [s]'",
                    "buffer": "'buffer' with the places in front of each station, 0 for none",
                }[needed]
                held = ", ".join(self.list.others[:6]) or "none"
                self.fault(self.header, None, f"no column says the {needed}; add one named {cure} (not read: {held})")
        if "availability" in known and "MTBF" in known:
            what = "availability and MTBF say the same in two ways; begin the header that is not meant with #"
            self.fault(self.header, known["MTBF"].at, what)
        for one in ("availability", "MTBF"):
            if one in known and "MTTR" not in known:
                self.fault(self.header, known[one].at, f"the {one} needs a column of repair times; add 'MTTR [min]'")
        if "MTTR" in known and not {"availability", "MTBF"} & set(known):
            what = "the MTTR needs a column that says how often; add 'availability [%]' or 'MTBF [h]'"
            self.fault(self.header, known["MTTR"].at, what)

    def _rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Rows with something in a column that is read."""
        width = len(self.grid.rows[self.header]) if self.grid.rows else 0
        for at in range(self.header + 1, len(self.grid.rows)):
            row = list(self.grid.rows[at])
            filled = [cell for cell in row if not is_blank(cell)]
            if not filled or (len(filled) == 1 and is_remark(filled[0])):
                continue
            if isinstance(self.grid, CsvGrid) and any(not is_blank(cell) for cell in row[width:]):
                cure = "is a decimal comma among commas that separate? Save the list with semicolons"
                self.fault(at, None, f"the row has {len(row)} cells and the header {width}; {cure}")
                continue
            row += [None] * (width - len(row))
            if any(not is_blank(row[column.at]) for column in self.found.values()):
                yield at, row

    def _units(self, rows: list[tuple[int, list[Cell]]]) -> None:
        """One fault for each column of times whose numbers have no unit."""
        for name in TIMES:
            column = self.found.get(name)
            if column is None or column.unit is not None:
                continue
            count = sum(bare(row[column.at]) for _, row in rows)
            if count:
                cure = show(f"{column.header} [{'s' if name == 'cycle time' else 'min'}]")
                told = f"{count} numbers without a unit" if count > 1 else "a number without a unit"
                self.fault(self.header, column.at, f"{told}; name it in the header: {cure}")

    def _per_cent(self, rows: list[tuple[int, list[Cell]]]) -> bool | None:
        """Whether the availability's plain numbers are per cent; None, and a fault, where that cannot be told."""
        column = self.found.get("availability")
        if column is None:
            return False
        cells = [(at, row[column.at]) for at, row in rows]
        numbers = [(at, number_of(cell)) for at, cell in cells if bare(cell) and not isinstance(cell, Percent)]
        small = [pair for pair in numbers if pair[1] <= 1]
        large = [pair for pair in numbers if pair[1] > 1]
        if column.unit == "%" and small and any(number > 0 for _, number in small):
            what = f"{small[0][1]:g} under a header in %: is it a share? Write {100 * small[0][1]:g}, or take [%] away"
            self.fault(small[0][0], column.at, what)
            return None
        if column.unit is None and small and large:
            what = (
                f"{small[0][1]:g} here and {large[0][1]:g} elsewhere: shares or per cent? Write all in per cent "
                f"and name the column {show('availability [%]')}"
            )
            self.fault(small[0][0], column.at, what)
            return None
        if column.unit is None and large:
            self.list.notes.append(f"{show(column.header)} is in per cent")
        return column.unit == "%" or bool(large)

    def _station(
        self, at: int, row: list[Cell], seen: dict[str, int], *, per_cent: bool | None, first: bool
    ) -> Station | None:
        """One station; None if a cell of it is at fault."""
        told = len(self.told)
        name = self._value("name", at, row, station_name, needed=True)
        if name in seen:
            where = self.grid.address(seen[name], self.found["name"].at)
            self.fault(at, self.found["name"].at, f"station {show(name)} stands twice, first in {where}; rename one")
        elif name is not None:
            seen[name] = at
        time = self._value("cycle time", at, row, self._time("cycle time"), needed=True)
        buffer = self._value("buffer", at, row, places)
        if buffer is None and "buffer" in self.found and not first and self._blank("buffer", row):
            what = "the buffer is blank; write 0 for none, or the places in front of the station"
            self.fault(at, self.found["buffer"].at, what)
        up = None
        if per_cent is not None:
            up = self._value("availability", at, row, lambda cell: availability_of(cell, per_cent=per_cent))
        mtbf = self._value("MTBF", at, row, self._time("MTBF"))
        mttr = self._value("MTTR", at, row, self._time("MTTR"))
        fails = up not in {None, "100 %"} or mtbf is not None
        if fails and "MTTR" in self.found and self._blank("MTTR", row):
            what = f"a station that fails needs an MTTR; write one, or {'100 %' if mtbf is None else 'no MTBF'}"
            self.fault(at, self.found["MTTR"].at, what)
        rate = next((one for one in ("availability", "MTBF") if one in self.found), None)
        if mttr is not None and rate is not None and self._blank(rate, row):
            cure = "100 % if it never fails" if rate == "availability" else "or clear the MTTR"
            self.fault(at, self.found[rate].at, f"the {rate} is blank beside an MTTR; write it, {cure}")
        area = self._value("area", at, row, station_name)
        clock = self._value("clock", at, row, clock_of) or "operating"
        tools = self._value("tools", at, row, whole(1, MOST_TOOLS)) or 1
        if len(self.told) > told or name is None or time is None:
            return None
        return Station(name, time, buffer, tools, up if fails else None, mtbf, mttr if fails else None, clock, area)

    def _time(self, field: str) -> Callable[[Cell], str | None]:
        return time_in(self.found[field].unit if field in self.found else None)

    def _blank(self, field: str, row: list[Cell]) -> bool:
        return is_blank(row[self.found[field].at])

    def _value(self, field: str, at: int, row: list[Cell], read: Any, *, needed: bool = False) -> Any:
        """What a cell says; None where the column or the cell is blank or at fault."""
        column = self.found.get(field)
        if column is None:
            return None
        cell = row[column.at]
        if is_blank(cell):
            if needed:
                self.fault(at, column.at, f"the {field} is blank; write it, or clear the row")
            return None
        try:
            if isinstance(cell, Odd):
                raise ValueError(cell.what)
            return read(cell)
        except ValueError as error:
            self.fault(at, column.at, f"{column.header}: {error}")
            return None


def told_columns(read: Mapping[str, str]) -> str:
    """Which header was read as what."""
    return ", ".join(f"{show(header)} as {field}" for field, header in read.items())

