"""Which column of a station list says what: headers as plants write them, in English and German."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .faults import show
from .sheets_columns import split_header
from .sheets_grid import Cell, Grid, Odd, is_blank, is_remark
from .units import UNITS

# What a column says, and the headers it goes by; of several names of a station the first listed is taken.
HEADERS: dict[str, tuple[str, ...]] = {
    "name": (
        "station", "station name", "stationname", "workstation", "operation", "op", "machine", "maschine",
        "arbeitsstation", "arbeitsplatz", "arbeitsgang", "name", "bezeichnung",
    ),
    "cycle time": (
        "cycle time", "cycletime", "cycle", "ct", "process time", "processing time", "zykluszeit",
        "bearbeitungszeit", "prozesszeit", "taktzeit",
    ),
    "availability": ("availability", "avail", "uptime", "technical availability", "verfügbarkeit", "verfuegbarkeit"),
    "MTTR": ("mttr", "mean time to repair", "repair time", "mdt", "mean down time", "reparaturzeit"),
    "MTBF": ("mtbf", "mean time between failures", "mttf", "mean time to failure"),
    "buffer": (
        "buffer", "buffer size", "buffer places", "buffer capacity", "buffer in front", "buffer before", "puffer",
        "pufferplätze", "pufferplaetze", "puffergröße", "puffergroesse",
    ),
    "tools": (
        "tools", "machines", "number of tools", "number of machines", "parallel machines", "parallel stations",
        "anzahl", "anzahl maschinen", "maschinen",
    ),
    "area": ("area", "zone", "section", "bereich", "abschnitt"),
    "clock": ("clock", "failure clock"),
}  # fmt: skip
TIMES = ("cycle time", "MTTR", "MTBF")
_ROWS_ABOVE = 20  # of titles and dates, above the header
_UNIT_WORD = re.compile(r"(.+?)\s+(?:in\s+)?(%|[^\W\d]{1,7})")


@dataclass(frozen=True)
class Found:
    """One column that is read: its place, its header as written, and the unit of its bare numbers."""

    at: int
    header: str
    unit: str | None


def header_row(grid: Grid) -> int | None:
    """The row that names a station's name and its cycle time, None if there is none."""
    for i, row in enumerate(grid.rows[:_ROWS_ABOVE]):
        said = {meaning(cell)[0] for cell in row if isinstance(cell, str)}
        if {"name", "cycle time"} <= said:
            return i
    return None


def meaning(header: Cell) -> tuple[str | None, str | None]:
    """What a header says its column holds, None for anything else, and the unit it names."""
    if not isinstance(header, str) or is_remark(header):
        return None, None
    name, unit = split_header(header)
    plain = _plain(name)
    found = _field(plain)
    if found is None and unit is None:
        match = _UNIT_WORD.fullmatch(" ".join(name.split()))
        if match is not None and (match[2] in UNITS or match[2] == "%"):
            found, unit = _field(_plain(match[1])), match[2]
    return found, unit if found is not None else None


def _plain(words: str) -> str:
    return " ".join(re.sub(r"[\s_\-./:]+", " ", words).split()).casefold()


def _field(plain: str) -> str | None:
    return next((field for field, names in HEADERS.items() if plain in names), None)


def columns(header: Sequence[Cell]) -> tuple[dict[str, Found], dict[int, str], list[tuple[int, str]]]:
    """The columns that are read, by what they say; the headers of the others by place; faults by place."""
    candidates: dict[str, list[Found]] = {}
    others: dict[int, str] = {}
    faults = []
    for at, cell in enumerate(header):
        if is_blank(cell) or is_remark(cell):
            continue
        if isinstance(cell, Odd):
            faults.append((at, cell.what))
            continue
        field, unit = meaning(cell)
        if field is None:
            others[at] = str(cell).strip()
        else:
            candidates.setdefault(field, []).append(Found(at, str(cell).strip(), unit))
    found: dict[str, Found] = {}
    for field, held in candidates.items():
        if field == "name":
            held.sort(key=lambda column: HEADERS["name"].index(_plain(split_header(column.header)[0])))
            others |= {column.at: column.header for column in held[1:]}
        elif len(held) > 1:
            told = " and ".join(show(column.header) for column in held[:2])
            what = f"{told} both say the {field}; begin the header that is not meant with #"
            faults.append((held[1].at, what))
        found[field] = held[0]
    return found, others, [*faults, *_odd_units(found)]


def _odd_units(found: Mapping[str, Found]) -> list[tuple[int, str]]:
    faults = []
    for field, column in found.items():
        unit = column.unit
        if unit is None:
            continue
        if field in TIMES:
            odd = unit not in UNITS
            cure = f"write a unit of time, such as {show(f'{field} [s]')}"
        else:
            odd = field == "availability" and unit != "%"
            cure = f"write {show(f'{field} [%]')}"
        if odd:
            faults.append((column.at, f"{show(unit)} is no unit of the {field}; {cure}"))
    return faults
