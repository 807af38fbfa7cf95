"""What an import read, what it made of it, and what it had to leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .autosched_tables import Cell, Table

WHY = {
    "IGNORE": "a label",
    "ORDER": "a label",
    "PARTGRP": "a label",
    "PARTFAM": "a label",
    "HOTLOT": "PRIOR decides",
    "TRACE": "a simulator's switch",
    "STNFAMSTEP_ACTLIST": "operators are not part of a line document",
    "STN": "tools of a group are numbered",
    "PRERULERWL": "a simulator's switch",
    "RPT#": "a stream goes on until the horizon",
}


@dataclass(frozen=True)
class Unmapped:
    """A column, or one value in it, that has no place in the document.

    rows: rows that hold it; why: the value if only that one is left, and the reason
    """

    file: str
    column: str
    rows: int
    why: str

    def __str__(self) -> str:
        return f"{self.file:<14} {self.column:<20} {self.rows:>6}  {self.why}"


@dataclass(frozen=True)
class ImportReport:
    """What `import_autosched` did: tables read, things made, columns and values left out.

    read: rows by file; made: counts by thing (toolgroups, tools, steps, ...)
    """

    source: Path
    document: Path
    wip: Path | None
    read: dict[str, int]
    made: dict[str, int]
    unmapped: tuple[Unmapped, ...]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        beside = f" and {self.wip.name}" if self.wip else ""
        lines = [f"{self.source} -> {self.document}{beside}"]
        lines += ["", "read    " + ", ".join(f"{file} {rows}" for file, rows in self.read.items())]
        lines += ["made    " + ", ".join(f"{count} {thing}" for thing, count in self.made.items())]
        if self.notes:
            lines += ["", "decided"] + [f"  {note}" for note in self.notes]
        if self.unmapped:
            lines += ["", "not mapped", f"  {'file':<14} {'column':<20} {'rows':>6}  why"]
            lines += [f"  {left}" for left in self.unmapped]
        return "\n".join(lines)


@dataclass
class Ledger:
    """Collects while reading: tables, columns and values left out, decisions taken."""

    read: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _left: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def table(self, table: Table, mapped: tuple[str, ...]) -> None:
        """Enter a table read; each column that is not `mapped` yet filled counts as left out."""
        self.read[table.file] = len(table.rows)
        for column in table.header:
            rows = table.filled(column)
            if column not in mapped and rows:
                why = WHY.get(column, "no such thing in a line document")
                self._left[table.file, column, why] = rows

    def leave(self, cell: Cell, why: str) -> None:
        """Count one row whose value in this cell has no place in the document."""
        key = (Path(cell.file).name, cell.name, f"{cell.text}: {why}")
        self._left[key] = self._left.get(key, 0) + 1

    def stray(self, file: str) -> None:
        """Enter a file that is none of the tables."""
        self.read[file] = 0
        self._left[file, "", "not one of the tables read"] = 0

    def note(self, text: str) -> None:
        """Keep a decision an engineer should know of, once."""
        if text not in self.notes:
            self.notes.append(text)

    def unmapped(self) -> tuple[Unmapped, ...]:
        """Everything left out so far, table by table in the order read."""
        order = list(self.read)
        left = sorted(self._left.items(), key=lambda entry: order.index(entry[0][0]))
        return tuple(Unmapped(file, column, rows, why) for (file, column, why), rows in left)
