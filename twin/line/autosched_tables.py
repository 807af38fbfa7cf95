"""AutoSched-style tables as rows of cells that know where they stand.

A table is tab-separated text under a header line. Every fault is kept with its file, line and
column until all tables are read, so that an engineer sees the whole list at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path

SECONDS = {"s": Decimal(1), "min": Decimal(60), "h": Decimal(3600), "d": Decimal(86400)}
UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
}
DATES = ("%m/%d/%y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%y", "%m/%d/%Y")


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text, and where it stands (line and column count from 1)."""

    text: str
    file: str
    line: int
    column: int
    name: str

    @property
    def place(self) -> str:
        """Where the cell stands, as `file:line:column: COLUMN`."""
        return f"{self.file}:{self.line}:{self.column}: {self.name}"

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass
class Faults:
    """Faults found so far, each one a line `file:line:column: COLUMN: what; cure`.

    missing: columns that a table ought to have, by file; their cells are not told again
    broken:  kinds of table that could not be read whole, so that a name not found there is no fault
    """

    lines: list[str] = field(default_factory=list)
    missing: set[tuple[str, str]] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def add(self, place: Cell | str, what: str, cure: str, needs: str = "") -> None:
        """Keep one fault: its place, what is wrong and how to put it right; `needs` a table to be sure."""
        if needs in self.broken or (isinstance(place, Cell) and (place.file, place.name) in self.missing):
            return
        line = f"{place.place if isinstance(place, Cell) else place}: {what}; {cure}"
        if line not in self.lines:
            self.lines.append(line)


@dataclass(frozen=True)
class Row:
    """One line of a table; a column the table lacks reads as an empty cell."""

    file: str
    line: int
    cells: dict[str, Cell]

    def __getitem__(self, name: str) -> Cell:
        return self.cells.get(name) or Cell("", self.file, self.line, 1, name)


@dataclass(frozen=True)
class Table:
    """A table read whole: its file name, header and rows."""

    file: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def filled(self, column: str) -> int:
        """Rows in which `column` holds something."""
        return sum(bool(row[column]) for row in self.rows)


def read_table(path: Path, kind: str, required: tuple[str, ...], faults: Faults) -> Table:
    """Read a tab-separated table of some kind; columns in `required` must stand in its header."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        faults.broken.add(kind)
        faults.add(f"{path}:1:1", "the table is empty", f"give it a header line with {', '.join(required)}")
        return Table(path.name, (), ())
    header = tuple(name.strip() for name in lines[0][1].split("\t"))
    for name in required:
        if name not in header:
            near = get_close_matches(name, header, 1)
            hint = f"rename {near[0]!r} or add it" if near else "add it to the header line"
            faults.add(f"{path}:{lines[0][0]}:1: {name}", "the column is missing", hint)
            faults.missing.add((str(path), name))
            faults.broken.add(kind)
    rows = tuple(_row(str(path), n, line, header, faults) for n, line in lines[1:])
    return Table(path.name, header, rows)


def _row(file: str, number: int, line: str, header: tuple[str, ...], faults: Faults) -> Row:
    cells: dict[str, Cell] = {}
    column = 1
    for i, text in enumerate(line.split("\t")):
        if i < len(header):
            cells[header[i]] = Cell(text.strip(), file, number, column, header[i])
        elif text.strip():
            faults.add(
                f"{file}:{number}:{column}",
                f"{text.strip()!r} stands beyond the last column",
                f"the header names {len(header)} columns: remove a tab or name the column",
            )
        column += len(text) + 1
    return Row(file, number, cells)


@dataclass(frozen=True)
class Duration:
    """A time as it is written: an exact number and its unit (s, min, h or d)."""

    value: Decimal
    unit: str

    @property
    def seconds(self) -> Decimal:
        """The time [s]."""
        return self.value * SECONDS[self.unit]

    def plus(self, other: Duration, times: Decimal = Decimal(1)) -> Duration:
        """This time and `times` times another, in this unit if it is the other's too, else in seconds."""
        if self.unit == other.unit:
            return Duration(self.value + times * other.value, self.unit)
        return Duration(self.seconds + times * other.seconds, "s")

    def __str__(self) -> str:
        return f"{digits(self.value)} {self.unit}"


def digits(value: Decimal) -> str:
    """A number without exponent and without trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(cell: Cell, faults: Faults, default: str = "0", *, least: str = "0") -> Decimal:
    """The number in a cell, `default` if it is empty; not a number or below `least` is a fault."""
    text = cell.text or default
    try:
        value = Decimal(text)
    except InvalidOperation:
        faults.add(cell, f"{text!r} is not a number", "write it like 12.5")
        return Decimal(default)
    if not value.is_finite() or not Decimal(least) <= value <= Decimal(10) ** 15:
        faults.add(cell, f"{text} is out of range", f"use a number from {least} to 1e15")
        return Decimal(default)
    return value


def whole(cell: Cell, faults: Faults, default: int = 1, *, least: int = 1) -> int:
    """The whole number in a cell (1 and 1.0 alike), `default` if it is empty."""
    value = number(cell, faults, str(default), least=str(least))
    if value != value.to_integral_value():
        faults.add(cell, f"{cell.text} is not a whole number", "write it like 12")
    return int(value)


def duration(cell: Cell, unit: Cell, faults: Faults) -> Duration:
    """The time in a cell, its unit in another; an empty cell is no time at all."""
    value = number(cell, faults)
    if not cell:
        return Duration(Decimal(0), "min")
    name = UNITS.get(unit.text.lower())
    if name is None:
        what = f"{unit.text!r} is not a unit of time" if unit else f"{cell.name} has no unit"
        faults.add(unit, what, "use sec, min, hr or day")
        name = "min"
    return Duration(value, name)


def moment(cell: Cell, faults: Faults) -> datetime | None:
    """The date and time in a cell, None if it is empty."""
    if not cell:
        return None
    for form in DATES:
        try:
            return datetime.strptime(cell.text, form)
        except ValueError:
            continue
    faults.add(cell, f"{cell.text!r} is not a date", "write it like 01/31/18 12:00:00")
    return None


@dataclass(frozen=True)
class Spread:
    """A law in the document's words: its kind and its times, e.g. uniform between two."""

    kind: str
    times: tuple[Duration, ...]

    def plus(self, other: Duration, times: Decimal) -> Spread:
        """The same law moved up by `times` times `other`; only for laws given by two bounds or one value."""
        return Spread(self.kind, tuple(time.plus(other, times) for time in self.times))

    def __str__(self) -> str:
        if self.kind == "constant":
            return str(self.times[0])
        if len(self.times) == 1:
            return f"{{{self.kind}: {self.times[0]}}}"
        return f"{{{self.kind}: [{', '.join(map(str, self.times))}]}}"


def spread(row: Row, law: str, first: str, second: str, unit: str, faults: Faults) -> Spread:
    """The law in four columns: its name, one or two numbers, their unit.

    AutoSched writes uniform as a mean and the offset to either side; the document writes both bounds.
    """
    kind, told = row[law].text.lower() or "constant", len(faults.lines)
    mean = duration(row[first], row[unit], faults)
    if not row[first]:
        faults.add(row[first], "the time is missing", "write a number")
    if kind in ("constant", "exponential"):
        return Spread(kind, (mean,))
    other = duration(row[second], row[unit], faults)
    if kind == "uniform":
        if other.value > mean.value and len(faults.lines) == told:
            faults.add(
                row[second],
                f"the offset {row[second].text} is larger than the mean {row[first].text}",
                "uniform is a mean and the offset to either side",
            )
        low, high = mean.plus(other, Decimal(-1)), mean.plus(other)
        return Spread("constant", (mean,)) if other.value == 0 else Spread("uniform", (low, high))
    if kind in ("normal", "lognormal", "gamma"):
        return Spread(kind, (mean, other))
    faults.add(
        row[law],
        f"the distribution {row[law].text!r} is not known",
        "use constant, exponential, uniform, normal, lognormal or gamma",
    )
    return Spread("constant", (mean,))
