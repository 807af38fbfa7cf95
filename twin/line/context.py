"""What the reader knows while a document is validated: its folder, its unit header, its tick, its tables."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

DEFAULT_TICK = 0.001  # [s]
LONGEST_TICKS = 2**37  # 4.35 years at 1 ms: sums and areas of what one run counts stay within int64


@dataclass(frozen=True)
class Reading:
    """The surroundings of the part being validated.

    folder:    where the document's tables are looked for
    time_unit: unit of bare numbers, None if they are faults
    tick:      the clock's unit [s]
    tables:    what was read so far, so that products can share a table; None keeps nothing
    lenient:   leave faulty rows out, because they have been told
    phase:     a line that is in force for a time, in which a toolgroup may be without tools
    trusting:  believe names of functions that are not installed here; of a run that was made elsewhere
    """

    folder: Path = Path()
    time_unit: str | None = None
    tick: float = DEFAULT_TICK
    tables: dict[Hashable, Any] | None = None
    lenient: bool = False
    phase: bool = False
    trusting: bool = False


_NOTHING_READ = Reading()
_reading: ContextVar[Reading] = ContextVar("reading", default=_NOTHING_READ)


def reading() -> Reading:
    """The surroundings in force."""
    return _reading.get()


T = TypeVar("T")


def once(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` returns, or the ValueError it raises, kept while one document is read."""
    tables = reading().tables
    if tables is None:
        return make()
    if key not in tables:
        try:
            tables[key] = make()
        except ValueError as error:
            tables[key] = error
    found = tables[key]
    if isinstance(found, ValueError):
        raise found
    kept: T = found
    return kept


@contextmanager
def reading_with(**changes: Any) -> Iterator[Reading]:
    """Validate with some of the surroundings changed."""
    token = _reading.set(replace(_reading.get(), **changes))
    try:
        yield _reading.get()
    finally:
        _reading.reset(token)
