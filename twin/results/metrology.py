"""Metrology: what the steps that measure found, and the shifts of tools that they are there to find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.line.measure import RULES
from twin.results.figure import Figure, figure
from twin.results.measures import ratio

if TYPE_CHECKING:
    from twin.line import Line

LOTS, OUTSIDE, ALARMS, FALSE, REWORKED, SCRAPPED, HELD, BY_RULE = range(8)  # columns of the metrology steps
SHIFTS, UNITS = range(2)  # columns of the conditions

Rows = dict[tuple[str, str], dict[str, Any]]


def figures(line: Line, names: Names, totals: Totals) -> Rows:
    """Figures of every step that measures, in the order of the routes, by (route, step).

    toolgroup, characteristic
    lots:     measured, in all replications
    outside:  share of them whose mean was outside the limits
    alarms:   of the chart for 100 lots measured
    false:    share of the alarms while nothing was shifted at the tool, None where nothing can shift
    reworked, scrapped, held: shares of the lots measured
    rules:    alarms by rule, in all replications, those that ever came
    Figures of what a step cannot do (alarms without a chart, ...) are None.
    """
    found: Rows = {}
    for j, index in enumerate(names.measures):
        route, name = names.steps[index]
        step = next(step for step in line.routes[route] if step.step == name)
        measure = step.measure
        if measure is None:
            continue
        columns = totals.measures[:, j]
        lots, alarms = columns[:, LOTS], columns[:, ALARMS]
        charted, held = measure.chart is not None, measure.chart is not None and measure.chart.hold > 0
        can_shift = _can_shift(line, measure.characteristic)
        sends = measure.outside not in ("count", "scrap")
        by_rule = columns[:, BY_RULE : BY_RULE + len(RULES)].sum(axis=0)
        found[route, name] = {
            "toolgroup": step.toolgroup,
            "characteristic": measure.characteristic,
            "lots": int(lots.sum()),
            "outside": figure(ratio(columns[:, OUTSIDE], lots), "share"),
            "alarms": figure(100 * ratio(alarms, lots), "per 100 lots") if charted else None,
            "false": figure(ratio(columns[:, FALSE], alarms), "share") if charted and can_shift else None,
            "reworked": figure(ratio(columns[:, REWORKED], lots), "share") if sends else None,
            "scrapped": figure(ratio(columns[:, SCRAPPED], lots), "share") if measure.outside != "count" else None,
            "held": figure(ratio(columns[:, HELD], lots), "share") if held else None,
            "rules": {rule: int(count) for rule, count in zip(RULES, by_rule, strict=True) if count},
        }
    return _rules_as_columns(found)


def _can_shift(line: Line, name: str) -> bool:
    """Whether an input of a law that makes a characteristic can shift."""
    makers = {
        step.toolgroup
        for steps in line.routes.values()
        for step in steps
        if step.process is not None and step.process.makes == name
    }
    return any(of.shift is not None for group in makers for of in line.toolgroups[group].condition.values())


def _rules_as_columns(found: Rows) -> Rows:
    """Every rule that gave an alarm anywhere as an entry of each step."""
    known = [rule for rule in RULES if any(rule in row["rules"] for row in found.values())]
    for row in found.values():
        rules = row.pop("rules")
        row |= {rule: rules.get(rule, 0) for rule in known}
    return found


def columns(found: Rows) -> tuple[str, ...]:
    """The figures of the steps that measure, in order."""
    return tuple(next(iter(found.values()), {}))


def rules_of(row: Mapping[str, Any]) -> dict[str, int]:
    """The alarms of a step by rule, those that came."""
    return {rule: row[rule] for rule in RULES if row.get(rule)}


def shifts(line: Line, names: Names, totals: Totals) -> Rows:
    """Shifts of every input that can shift, over the tools of its toolgroup, by (toolgroup, input).

    shifts: that came in a replication;  units: run under one until maintenance ended it, on average
    """
    places: dict[tuple[str, str], list[int]] = {}
    for k, (tool, word) in enumerate(names.conditions):
        group = names.toolgroups[int(names.tool_group[tool])]
        if line.toolgroups[group].condition[word].shift is not None:
            places.setdefault((group, word), []).append(k)
    found: Rows = {}
    for key, of in places.items():
        counts = totals.shifts[:, of].sum(axis=1)
        found[key] = {
            "shifts": figure(counts[:, SHIFTS].astype(np.float64), "-"),
            "units": figure(ratio(counts[:, UNITS], counts[:, SHIFTS]), "unit"),
        }
    return found


def to_json(line: Line, names: Names, totals: Totals) -> list[dict[str, Any]]:
    """The steps that measure as plain values, a mapping each."""
    found = figures(line, names, totals)
    return [{"route": route, "step": step, **_plain(row)} for (route, step), row in found.items()]


def shifts_json(line: Line, names: Names, totals: Totals) -> list[dict[str, Any]]:
    """The inputs that can shift as plain values, a mapping each."""
    found = shifts(line, names, totals)
    return [{"toolgroup": group, "input": word, **_plain(row)} for (group, word), row in found.items()]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.to_json() if isinstance(value, Figure) else value for key, value in row.items()}
