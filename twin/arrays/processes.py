"""Process laws as the engine reads them: response tables, and which steps use which."""

from typing import Any

import numpy as np

from twin.arrays import fields as f
from twin.arrays.responses import LONGEST_WAIT, PASSES_MOST, TOLERANCE, Ints, table
from twin.line import LineError
from twin.process.law import MOST_DEFECTS, MOST_HOURS, MOST_PASSES


class ResponseTable:
    """Collects the response tables of a line as it is compiled; equal laws share theirs."""

    def __init__(self, line: str, tick_s: float) -> None:
        self.line = line
        self.hours_a_tick = tick_s / 3600.0
        self._known: dict[Any, tuple[int, int, int]] = {}
        self._tables: list[Ints] = []
        self._kept: dict[bytes, int] = {}
        self._entries = 0

    def add(self, name: str, law: Any) -> tuple[int, int, int]:
        """Where a law's tables begin: defects by passes, defects by wait, rejects by passes; NONE without one."""
        key = (type(law), law)
        if key not in self._known:

            def waiting(ticks: Any) -> Any:
                return law.waiting(np.minimum(ticks * self.hours_a_tick, MOST_HOURS))

            def defects(passes: Any) -> Any:
                return law.defects(np.minimum(passes, MOST_PASSES))

            def rejects(passes: Any) -> Any:
                return law.rejects(np.minimum(passes, MOST_PASSES))

            one = np.zeros(1)
            ticks = MOST_HOURS / self.hours_a_tick
            self._known[key] = (
                f.NONE if law.defects(one) is None
                else self._put(name, "defects", defects, PASSES_MOST, MOST_PASSES, MOST_DEFECTS),
                f.NONE if law.waiting(one) is None
                else self._put(name, "waiting", waiting, LONGEST_WAIT, ticks, MOST_DEFECTS),
                f.NONE if law.rejects(one) is None
                else self._put(name, "rejects", rejects, PASSES_MOST, MOST_PASSES, 1.0),
            )  # fmt: skip
        return self._known[key]

    def _put(self, name: str, effect: str, law: Any, last: int, reach: float, most: float) -> int:
        entries, error = table(law, last, reach=reach)
        if entries.min() < 0 or entries.max() > most * 2**32:
            raise LineError(f"{self.line}: law {name!r} gives {effect} outside 0 to {most:g}; look at its parameters")
        if error > TOLERANCE:
            raise LineError(
                f"{self.line}: law {name!r} bends too sharply for a table of its {effect}: {100 * error:.2g} % off "
                f"between two of its points, {100 * TOLERANCE:g} % allowed; choose smoother parameters"
            )
        return self.keep(entries)

    def keep(self, entries: Ints) -> int:
        """Keep numbers as they are, equal ones once; returns where they begin."""
        key = entries.tobytes()
        if key not in self._kept:
            self._kept[key] = self._entries
            self._tables.append(entries)
            self._entries += entries.size
        return self._kept[key]

    def entries(self) -> Ints:
        """All tables, end to end   (entry,)"""
        return np.concatenate(self._tables) if self._tables else np.zeros(1, dtype=np.int64)
