"""What the cells of a station list say, in the words of a document."""

from __future__ import annotations

from collections.abc import Callable

from .faults import did_you_mean, show
from .sheets_cells import bare
from .sheets_grid import Cell, Percent
from .toolgroups import MOST_PLACES
from .units import UNITS, parse_time, share, whole
from .units import name as plain_name

_CLOCKS = ("operating", "calendar")


def time_in(unit: str | None) -> Callable[[Cell], str | None]:
    """A reader of times, as texts with their unit; None for a number that has none, which its column is told for."""

    def read(cell: Cell) -> str | None:
        if bare(cell):
            if unit not in UNITS:
                return None
            cell = f"{digits(cell)} {unit}"
        if not isinstance(cell, str):
            raise ValueError(f"needs a time such as '52 s', not {show(cell)}")
        if parse_time(cell, None) <= 0:
            raise ValueError(f"needs a time above 0, not {show(cell)}")
        return " ".join(cell.split())

    return read


def number_of(cell: Cell) -> float:
    """The number of a cell that is one, in a CSV file a text."""
    return float(str(cell).strip())


def digits(cell: Cell) -> str:
    """A number as one writes it: 52 and not 52.0."""
    number = number_of(cell)
    return f"{number:.12g}" if float(f"{number:.12g}") == number else repr(number)


def station_name(cell: Cell) -> str:
    """A name; a number stands for its digits."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    found = plain_name(str(cell) if isinstance(cell, float) else cell)
    if found == "end":
        raise ValueError("'end' means leaving the line; give it another name")
    return found


def places(cell: Cell) -> int | None:
    """Places of a buffer; None without limit."""
    if isinstance(cell, str) and cell.strip().casefold() == "unlimited":
        return None
    return whole(0, MOST_PLACES, "a number of places, or 'unlimited',")(cell)


def clock_of(cell: Cell) -> str:
    """The clock of failures, as a document calls it."""
    word = str(cell).strip().casefold()
    if word not in _CLOCKS:
        raise ValueError(f"{show(cell)} is none of {', '.join(_CLOCKS)}; {did_you_mean(word, _CLOCKS)}")
    return word


def availability_of(cell: Cell, *, per_cent: bool) -> str:
    """An availability as `96 %`."""
    if isinstance(cell, Percent):
        up = share(float(cell))
    elif bare(cell):
        up = share(f"{digits(cell)} %") if per_cent else share(number_of(cell))
    else:
        up = share(cell)
    if up == 0:
        raise ValueError("a station that is never up makes nothing; write more than 0 %")
    text = f"{100 * up:.12g} %"
    return text if share(text) == up else repr(up)
