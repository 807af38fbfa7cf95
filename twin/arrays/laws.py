"""The laws of time of a line, each once, as rows that point into shared tables."""

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.arrays.geometric import powers
from twin.arrays.quantiles import UnitTable, make_unit_table, size_law
from twin.line import Law, LineError

SIZE_BITS = 31 + f.LOW_BITS
"""A size with its bits after the point is below 2^51, a table entry below 2^31: see `LOW_BITS`."""
MORE_BITS = 40
"""Bits after the point that a small size may keep."""


class LawTable:
    """Collects laws as the line is compiled; equal laws share a row, laws of one family share a table."""

    def __init__(self, tick_s: float) -> None:
        self.tick_s = tick_s
        self._rows: list[tuple[int, ...]] = []
        self._known: dict[Law, int] = {}
        self._tables: dict[tuple[str, float], tuple[int, UnitTable]] = {}
        self._entries = 0
        self._values: list[NDArray[np.int64]] = []
        self._value_entries = 0

    def add(self, law: Law) -> int:
        """The row of a law."""
        if law not in self._known:
            self._known[law] = len(self._rows)
            self._rows.append(self._row(law))
        return self._known[law]

    def rows(self) -> NDArray[np.int64]:
        """(law, LAW_CONSTANTS)"""
        return np.array(self._rows, dtype=np.int64).reshape(-1, f.LAW_CONSTANTS)

    def table(self) -> NDArray[np.int32]:
        """Unit tables, end to end   (entry,)"""
        parts = [unit.entries for _, unit in self._tables.values()]
        return np.concatenate(parts) if parts else np.zeros(1, dtype=np.int32)

    def values(self) -> NDArray[np.int64]:
        """Rows of traces and empirical laws [tick], chances of geometric ones [2^-62]   (entry,)"""
        return np.concatenate(self._values) if self._values else np.zeros(1, dtype=np.int64)

    def _ticks(self, seconds: float) -> int:
        ticks = round(seconds / self.tick_s)
        if ticks >= f.MAX_TICK:
            raise LineError(
                f"a time of {seconds:g} s is more than the clock holds (2^37 ticks); write a coarser `tick:`"
            )
        return ticks

    def _row(self, law: Law) -> tuple[int, ...]:
        if law.kind in ("trace", "empirical"):
            return self._listed(law)
        if law.kind == "geometric":
            return self._slotted(law)
        sized = size_law(law) if law.kind != "constant" else None
        if sized is None:
            return (f.LAW_CONSTANT, 0, 0, 0, 0, self._ticks(law.mean), 0, 0)
        start, unit = self._unit(sized.family, (law.mean - sized.offset_s) / sized.size_s)
        self._ticks(sized.size_s)
        size = sized.size_s / self.tick_s * unit.stretch
        whole_bits = max(1, int(np.ceil(np.log2(size + 1))))
        more = min(SIZE_BITS - whole_bits, MORE_BITS)
        post = unit.fraction + more - f.LOW_BITS
        if post < 0:
            raise LineError(f"a {law.kind} law reaches beyond what the clock holds; give it less spread")
        high, low = divmod(round(size * 2**more), 1 << f.LOW_BITS)
        self._ticks(sized.offset_s)
        offset = sized.offset_s / self.tick_s
        # half a tick rounds to the nearest; what the start has behind its whole tick is added with it
        rounding = round((0.5 + offset - np.floor(offset)) * 2**post)
        return (f.LAW_TABLE, start, high, low, post, int(np.floor(offset)), rounding, 0)

    def _unit(self, family: tuple[str, float], mean: float) -> tuple[int, UnitTable]:
        if family not in self._tables:
            unit = make_unit_table(family, mean)
            self._tables[family] = (self._entries, unit)
            self._entries += unit.entries.size
        return self._tables[family]

    def _listed(self, law: Law) -> tuple[int, ...]:
        ticks = np.array([self._ticks(v) for v in law.values], dtype=np.int64)
        start = self._keep(ticks)
        kind = f.LAW_TRACE if law.kind == "trace" else f.LAW_EMPIRICAL
        return (kind, start, 0, 0, 0, 0, ticks.size, int(law.end == "repeat"))

    def _slotted(self, law: Law) -> tuple[int, ...]:
        """A geometric law: its slot and the chances that powers of two of slots are not enough."""
        self._ticks(law.mean)
        slot = self._ticks(law.params[1])
        if slot == 0:
            raise LineError(f"a slot of {law.params[1]:g} s is less than half a tick; write a finer `tick:`")
        mean_slots = law.mean / self.tick_s / slot
        if mean_slots <= 1.0:
            return (f.LAW_CONSTANT, 0, 0, 0, 0, slot, 0, 0)
        table = powers(mean_slots)
        if slot << table.size >= f.NEVER:
            raise LineError("a geometric law reaches beyond what the clock holds; write a shorter mean")
        return (f.LAW_GEOMETRIC, self._keep(table), 0, 0, 0, slot, table.size, 0)

    def _keep(self, values: NDArray[np.int64]) -> int:
        """Where values begin that are appended to the others."""
        start = self._value_entries
        self._values.append(values)
        self._value_entries += values.size
        return start
