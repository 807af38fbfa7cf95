"""Clocks of breakdowns and maintenance: one row for each tool and plan, of failing chambers one for each chamber."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from twin.arrays import fields as f
from twin.arrays.keys import stream_key
from twin.arrays.laws import LawTable
from twin.line import Failure, Pm, Toolgroup

IN_PM = {"stands": 0, "waits": f.HOW_THROUGH_PM, "overlaps": f.HOW_THROUGH_PM | f.HOW_OVERLAP}


class Timed(NamedTuple):
    """What turns a toolgroup's plans into rows.

    ticks: whole ticks of a time [s];  laws: table of laws;  stops: number of each failure and plan of maintenance
    usual: tools of the group; those that there are for a time alone fall in with the others
    """

    ticks: Callable[[float | None], int]
    laws: LawTable
    stops: Mapping[tuple[str, str, int], int]
    usual: int


def clock_rows(timed: Timed, tool: int, name: str, number: int, group: Toolgroup) -> list[list[int]]:
    """Failures and maintenance of one tool of a group, numbered there from 0   (clock, CLOCK_CONSTANTS)."""
    rows: list[list[int]] = []
    for i, failure in enumerate(group.failures):
        rows += _of_failure(timed, tool, ("failure", name, number, i), failure, group.chambers or 0)
    belt = group.conveyor is not None  # it waits for no lot: what is on it stands
    rows += [_of_pm(timed, tool, ("pm", name, number, i), pm, pm.preempt or belt) for i, pm in enumerate(group.pm)]
    return rows


def _of_failure(
    timed: Timed, tool: int, which: tuple[str, str, int, int], failure: Failure, chambers: int
) -> list[list[int]]:
    kind, name, _, i = which
    laws = [timed.laws.add(failure.mtbf), timed.laws.add(failure.mttr)]
    stop = timed.stops[name, kind, i]
    if failure.bernoulli is not None:
        up = round(failure.bernoulli * 2**32)
        return [[f.FAIL_SLOT, tool, 0, 0, *laws, stream_key(*which), stop, 0, 0, up]]
    operating = failure.clock == "operating"
    if failure.of == "chamber":
        clock = f.CHAMBER_OPERATING if operating else f.CHAMBER_CALENDAR
        keys = [stream_key(*which, "chamber", k) for k in range(chambers)]
        return [[clock, tool, 0, 0, *laws, key, stop, 0, 1 << k, 0] for k, key in enumerate(keys)]
    clock = f.FAIL_OPERATING if operating else f.FAIL_CALENDAR
    return [[clock, tool, 0, 0, *laws, stream_key(*which), stop, IN_PM[failure.in_pm], 0, 0]]


def _of_pm(timed: Timed, tool: int, which: tuple[str, str, int, int], pm: Pm, preempt: bool) -> list[int]:
    kind, name, number, i = which
    place = number % timed.usual
    stop, takes = timed.stops[name, kind, i], timed.laws.add(pm.takes)
    how = f.HOW_PREEMPT * preempt + f.HOW_FROM_END * (pm.counted_from == "end")
    if pm.on_alarm:
        return [f.PM_ALARM, tool, 0, 0, -1, takes, stream_key(*which), stop, how & f.HOW_PREEMPT, 0, 0]
    if pm.every_units is not None:
        head = pm.every_units / timed.usual if pm.first_units is None else pm.first_units
        first = max(1, round(staggered(pm, head, pm.every_units, place, timed.usual)))
        return [f.PM_UNITS, tool, first, pm.every_units, -1, takes, stream_key(*which), stop, how, 0, 0]
    every = timed.ticks(pm.every)
    head = every / timed.usual if pm.first is None else timed.ticks(pm.first)
    first = round(staggered(pm, head, every, place, timed.usual))
    return [f.PM_CALENDAR, tool, first, every, -1, takes, stream_key(*which), stop, how, 0, 0]


def staggered(pm: Pm, first: float, every: float, place: int, tools: int) -> float:
    """First maintenance of one tool of a group of `tools`, numbered from 0, in the unit of `first` and `every`.

    first: what the document says for the group. `after`: the first tool then, the others after it, spread evenly over
    one interval; `even`: likewise, drawn forward by whole intervals to where the first one lies within the first
    interval; `before`: the last tool then, the others before it, spread evenly from 0 on; `none`: all together.
    """
    if pm.stagger == "after":
        return first + every * place / tools
    if pm.stagger == "even":
        return (first + every * place / tools) % every
    if pm.stagger == "before":
        return first * (place + 1) / tools
    return first
