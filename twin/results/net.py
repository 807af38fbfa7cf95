"""Rates of a line that is not always open: gross, over the calendar, and net, over its open time and its shifts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.line.calendar_week import open_seconds, shifts_between
from twin.line.calendars import calendar_of
from twin.results.figure import Figure, figure
from twin.results.measures import OUT

if TYPE_CHECKING:
    from twin.line import Line

HOUR_S = 3600.0
ALL = "all products"
UNITS = {"per_hour": "lot/h", "per_open_hour": "lot/h", "per_shift": "lot"}


def calendar_of_product(line: Line, product: str) -> str | None:
    """The calendar by which a product's output is counted: that of the last toolgroup of its route that has one."""
    steps = line.routes[line.products[product].route]
    found = [name for step in steps if (name := calendar_of(line, step.toolgroup)) is not None]
    return found[-1] if found else None


def figures(line: Line, names: Names, totals: Totals, final: list[int]) -> dict[str, dict[str, Figure | None]]:
    """Of each product that leaves and has a calendar, and of all together where it is one and the same.

    per_hour: lots out, over the calendar [lot/h];  per_open_hour: over the open time that was measured [lot/h]
    per_shift: over the shifts that began in the measured time, overtime included [lot]
    final: the products that leave the line as they are, as indices
    """
    calendars = {k: calendar_of_product(line, names.products[k]) for k in final}
    groups = {names.products[k]: [k] for k in final}
    if len(final) > 1 and len(set(calendars.values())) == 1:
        groups[ALL] = final
    end_s = totals.horizon_ticks * totals.tick_s
    start_s = end_s - totals.span_ticks * totals.tick_s
    found = {}
    for name, members in groups.items():
        counted = calendars[members[0]]
        if counted is None:
            continue
        calendar = line.calendars[counted]
        over = {
            "per_hour": (end_s - start_s) / HOUR_S,
            "per_open_hour": open_seconds(calendar, start_s, end_s) / HOUR_S,
            "per_shift": float(shifts_between(calendar, start_s, end_s)),
        }
        out = totals.product[:, members, OUT].sum(axis=1).astype(np.float64)
        found[name] = {
            key: figure(out / by if by else np.full(out.shape, np.nan), UNITS[key]) for key, by in over.items()
        }
    return found


def sentences(found: dict[str, dict[str, Figure | None]]) -> list[str]:
    """What a report says of rates in open time."""
    told = []
    for name, row in found.items():
        hour, net, shift = row["per_hour"], row["per_open_hour"], row["per_shift"]
        if hour is not None and net is not None and shift is not None:
            words = f"{_told(net)} lots an open hour, {_told(shift)} a shift ({_told(hour)} an hour of the calendar)"
            told.append(f"Net: {name} {words}.")
    return told


def _told(of: Figure) -> str:
    """A figure with its interval, without its unit."""
    text = str(of)
    return text.removesuffix(f" {of.unit}")
