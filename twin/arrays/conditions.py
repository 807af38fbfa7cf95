"""Conditions of tools as the engine reads them: how an input of their laws deviates from the recipe."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from twin.arrays import fields as f
from twin.arrays.keys import stream_key
from twin.arrays.laws import LawTable
from twin.arrays.processes import ResponseTable
from twin.arrays.responses import LONGEST_WAIT, PASSES_MOST, Floats, Ints, table
from twin.line import Law, Line, Toolgroup
from twin.line.amounts import Amount
from twin.line.condition import Condition
from twin.line.quality_checks import inputs_at
from twin.process.law import Input

ONE = 1 << f.REACH_BITS
MOST = 4 * ONE
"""No part of a deviation counts beyond four times the reach of an input: its law's surface ends long before."""
FADE_BITS, REST_BITS = 24, 16
"""Bits behind the point of what is left of something, and of the share that a rest has built up."""


class Reach(NamedTuple):
    """How far deviations of an input of a toolgroup's laws go: the unit that they are kept in.

    size:     in the input's unit, or, if relative, as a share of the recipe's value
    relative: which of the two
    """

    size: float
    relative: bool
    unit: str

    def steps(self, amount: Amount | None) -> int:
        """An amount in 2^-REACH_BITS of the reach."""
        if amount is None:
            return 0
        return int(np.clip(round(amount.of(self.unit, relative=self.relative) / self.size * ONE), -MOST, MOST))

    def size_at(self, of: Input) -> float:
        """The whole reach at a recipe, in the input's unit."""
        return self.size * abs(of.nominal) if self.relative else self.size


def reach_of(line: Line, group: str, word: str) -> Reach:
    """The reach of an input of a toolgroup's laws: the furthest that any of them is asked from its recipe."""
    sizes = []
    for of in inputs_at(line, group, word):
        furthest = max(of.high - of.nominal, of.nominal - of.low)
        sizes.append(furthest / abs(of.nominal) if of.relative else furthest)
    of = inputs_at(line, group, word)[0]
    return Reach(max(sizes), of.relative, of.unit)


class ConditionRows:
    """The rows of a line's conditions; toolgroup by toolgroup, each in the order of the document."""

    def __init__(self, line: Line, responses: ResponseTable, laws: LawTable, most: dict[str, int]) -> None:
        self.rows: list[list[int]] = []
        self.first: dict[str, int] = {}
        self.number: dict[tuple[str, str], int] = {}
        for name, group in line.toolgroups.items():
            self.first[name] = len(self.rows)
            for k, (word, condition) in enumerate(group.condition.items()):
                self.number[name, word] = k
                reach = reach_of(line, name, word)
                make = _Row(line.tick, responses, laws, reach, (name, word))
                self.rows.append(make.row(condition, group, most[name]))


class _Row:
    """One condition as a row."""

    def __init__(
        self, tick_s: float, responses: ResponseTable, laws: LawTable, reach: Reach, which: tuple[str, str]
    ) -> None:
        self.hours_a_tick = tick_s / 3600.0
        self.tick_s = tick_s
        self.responses = responses
        self.laws = laws
        self.reach = reach
        self.which = which

    def row(self, condition: Condition, group: Toolgroup, tools: int) -> list[int]:
        """CONDITION_CONSTANTS columns; tables as places in the responses."""
        steps, row = self.reach.steps, [0] * f.CONDITION_CONSTANTS
        offsets = np.zeros(tools, dtype=np.int64)
        given = [steps(amount) for amount in condition.offset][:tools]
        offsets[: tools if len(condition.offset) == 1 else len(given)] = given if given else 0
        row[f.CC_OFFSETS] = self.responses.keep(offsets)
        chambers = np.array([steps(amount) for amount in condition.chambers], dtype=np.int64)
        row[f.CC_CHAMBERS] = self.responses.keep(chambers) if chambers.size else f.NONE
        row[f.CC_CHAMBER_COUNT] = chambers.size
        row[f.CC_BY_UNITS] = self._by_units(condition)
        row[f.CC_BY_TICKS] = self._by_hours(condition)
        row[f.CC_KEEPS], row[f.CC_GAINS] = self._wander(condition)
        row[f.CC_SPREAD], row[f.CC_AFTER] = steps(condition.spread), steps(condition.after_pm)
        row[f.CC_LOT], row[f.CC_UNIT] = steps(condition.lot), steps(condition.unit)
        row[f.CC_BY_REST] = row[f.CC_EVERY] = f.NONE
        if condition.first is not None:
            row[f.CC_FIRST] = steps(condition.first.by)
            row[f.CC_FADE] = round(math.exp(-1.0 / condition.first.units) * (1 << FADE_BITS))
            rest = condition.first.idle / self.tick_s
            if rest > 0:
                row[f.CC_BY_REST] = self._table(lambda t: -np.expm1(-t / rest), LONGEST_WAIT, 1 << REST_BITS)
        if condition.shift is not None:
            row[f.CC_SHIFT] = steps(condition.shift.by)
            # units are drawn as if they were ticks, in thousandths so that a mean of a few keeps its shape
            mean = condition.shift.every * 1000 * self.tick_s
            row[f.CC_EVERY] = self.laws.add(Law(kind="exponential", params=(mean,)))
        row[f.CC_KEY] = stream_key("condition", *self.which)
        return row

    def _table(self, of: Callable[[Floats], Any], last: int, unit: float) -> int:
        entries, _ = table(of, last, unit=unit)
        return self.responses.keep(np.clip(entries, -MOST, MOST))

    def _share(self, amount: Amount | None) -> float:
        return self.reach.steps(amount) / ONE

    def _by_units(self, condition: Condition) -> int:
        """Trend and seasoning by units since the last maintenance."""
        season = condition.seasoning
        if condition.per_unit is None and season is None:
            return f.NONE
        # a trend of a millionth of the reach must not be rounded before it has added up
        trend = 0.0
        if condition.per_unit is not None:
            trend = condition.per_unit.of(self.reach.unit, relative=self.reach.relative) / self.reach.size
        fresh = self._share(season.by) if season else 0.0
        fades = season.units if season else 1.0
        return self._table(lambda n: trend * n + fresh * np.exp(-n / fades), PASSES_MOST, ONE)

    def _by_hours(self, condition: Condition) -> int:
        """Trend by productive time since the last maintenance."""
        if condition.per_hour is None:
            return f.NONE
        hourly = condition.per_hour.of(self.reach.unit, relative=self.reach.relative) / self.reach.size
        return self._table(lambda t: hourly * self.hours_a_tick * t, LONGEST_WAIT, ONE)

    def _wander(self, condition: Condition) -> tuple[int, int]:
        """What is left of the wandering after so many units, and the standard deviation that it gains meanwhile."""
        if condition.wander is None:
            return f.NONE, f.NONE
        sd, units = self._share(condition.wander.sd), condition.wander.units
        keeps = self._table(lambda n: np.exp(-n / units), PASSES_MOST, 1 << FADE_BITS)
        return keeps, self._table(lambda n: sd * np.sqrt(-np.expm1(-2.0 * n / units)), PASSES_MOST, ONE)


def rows_array(rows: list[list[int]]) -> Ints:
    """(condition, CONDITION_CONSTANTS)"""
    return np.array(rows, dtype=np.int64).reshape(-1, f.CONDITION_CONSTANTS)
