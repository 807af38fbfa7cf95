"""Faults of a document: what is wrong, where, and the likely cure."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Loc = tuple[str | int, ...]
OTHER_WORDS = {"toolgroups": "stations", "toolgroup": "station"}  # what an automotive document may write

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 40
_SHORT.maxdict = _SHORT.maxlist = 3
_SHORT.maxlevel = 2


@dataclass(frozen=True)
class Cell:
    """One cell of a CSV table: `row` counts data rows from 0, -1 is the header; no column: the whole row."""

    path: Path
    row: int
    column: str | None = None


@dataclass(frozen=True)
class Fault:
    """One fault of a document.

    loc:   keys and list places from the top of the document down to the fault
    what:  the fault and its cure, in words
    at:    whether the key or its value is at fault
    cell:  where the fault lies in a table, if it does not lie in the document itself
    needs: other places the fault was concluded from; if one of them is faulty itself, this fault is not told
    kind:  `unknown` and `missing` keys are mended before the search for further faults
    cure:  for an unknown key, the key probably meant
    """

    loc: Loc
    what: str
    at: Literal["key", "value"] = "value"
    cell: Cell | None = None
    needs: tuple[Loc, ...] = ()
    kind: Literal["value", "unknown", "missing"] = "value"
    cure: str | None = None

    def below(self, loc: Loc) -> Fault:
        """The same fault, seen from the document that holds this part at `loc`."""
        return Fault(loc + self.loc, self.what, self.at, self.cell, self.needs, self.kind, self.cure)


class Faults(ValueError):
    """Several faults of one part of a document; locations are relative to that part."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault.what for fault in self.faults))


class LineError(ValueError):
    """A line document that cannot be used. `str()` tells every fault: file:line:column: path: what; cure."""

    def __init__(self, message: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[type[LineError], tuple[str, tuple[Fault, ...]]]:
        return type(self), (str(self), self.faults)


def show(value: object) -> str:
    """A value as the message quotes it: never longer than a few words."""
    try:
        return _SHORT.repr(value)
    except (ValueError, RecursionError):  # integers beyond the interpreter's digit limit, loops of anchors
        return f"this {type(value).__name__}"


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of `words` that `word` was probably meant to be."""
    known = list(words)
    found = difflib.get_close_matches(word, known, 1, 0.6)
    if not found:  # capitals, underscores and hyphens aside
        plain = {w.lower().replace("-", "_"): w for w in known}
        found = [plain[p] for p in difflib.get_close_matches(word.lower().replace("-", "_"), plain, 1, 0.6)]
    return found[0] if found else None


def unknown_key(loc: Loc, words: Iterable[str]) -> Fault:
    """The fault of a key that none of `words` is, with the one probably meant."""
    known = list(words)
    key = str(loc[-1])
    what = f"unknown key {show(loc[-1])}, {did_you_mean(key, known)}"
    return Fault(loc, what, "key", kind="unknown", cure=nearest(key, known))


def did_you_mean(word: str, words: Iterable[str], none: str = "none is declared") -> str:
    """The cure for a name that does not exist: the nearest one, or those there are."""
    known = list(words)
    near = nearest(word, known)
    if near is not None:
        return f"did you mean {show(near)}?"
    if not known:
        return none
    return "choose from " + ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
