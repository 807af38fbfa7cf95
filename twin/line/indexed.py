"""Indexed sections: stations in a row that all pass their lots on at one moment, or none does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from .document import Document
from .faults import Fault, Loc, did_you_mean, show
from .routes import Step
from .units import Name, PositiveTime

if TYPE_CHECKING:
    from .line import Line

_NOT_THERE = ("batch", "cascade", "joins", "needs", "dedicate", "rework", "branch", "measure")
"""Words of a step that would keep a lot, or send it elsewhere, when the section moves."""


def _stations(value: Any) -> Any:
    if isinstance(value, list | tuple) and len(value) >= 2:
        return value
    raise ValueError(f"needs the stations in their order, two or more, such as [trim_1, trim_2], not {show(value)}")


class Indexed(Document):
    """Stations in a row whose lots all move at the same tick. Times [s].

    They move when every station that has a lot is done with it, the takt has passed since they moved last, and the
    place behind the last one is free. A station that takes longer holds all of them (andon).
    """

    stations: Annotated[tuple[Name, ...], BeforeValidator(_stations)] = Field(
        description="Toolgroups of one tool each, in the order in which lots pass them.",
        examples=[["trim_1", "trim_2", "trim_3"]],
    )
    takt: PositiveTime | None = Field(
        default=None, description="Least time between two moves; left out: they move once all are done.",
        examples=["60 s"],
    )  # fmt: skip


def indexed_faults(line: Line) -> Iterator[Fault]:
    """Sections whose stations cannot all move at once. Names of routes and toolgroups lead somewhere."""
    taken: dict[str, str] = {}
    for name, section in line.indexed.items():
        for k, station in enumerate(section.stations):
            at: Loc = ("indexed", name, "stations", k)
            if station not in line.toolgroups:
                what = f"the line has no toolgroup {show(station)}; {did_you_mean(station, line.toolgroups)}"
                yield Fault(at, what)
                continue
            if station in taken:
                what = f"{show(station)} stands in {show(taken[station])} already; a station has one place"
                yield Fault(at, what)
            taken[station] = name
            yield from _station(line, at, station, k)
    places = {s: (name, k) for name, of in line.indexed.items() for k, s in enumerate(of.stations)}
    for route in line.routes:
        yield from _route(line, route, places)


def _station(line: Line, at: Loc, station: str, k: int) -> Iterator[Fault]:
    """What a station must be: one tool, behind the first one without a buffer, without what delays a move."""
    group = line.toolgroups[station]
    needs: tuple[Loc, ...] = (("toolgroups", station),)
    if group.tools != 1 or group.conveyor is not None or group.chambers is not None:
        yield Fault(at, f"{show(station)} must be one tool: write 'tools: 1', no conveyor and no chambers", needs=needs)
    elif k and group.buffer != 0:
        yield Fault(at, f"no lot waits in front of {show(station)}, inside the section; write 'buffer: 0'", needs=needs)
    if group.blocking == "before":
        yield Fault(at, f"{show(station)} begins when its section has moved; leave its 'blocking: before' out",
                    needs=needs)  # fmt: skip
    if k and group.sequence:
        yield Fault(at, f"{show(station)} takes lots as they come from the station before; leave its sequence out",
                    needs=needs)  # fmt: skip
    if line.transport is not None and group.transport:
        yield Fault(at, f"{show(station)} passes lots on by itself; write 'transport: none' there", needs=needs)


def _route(line: Line, route: str, places: dict[str, tuple[str, int]]) -> Iterator[Fault]:
    """Lots of a route pass the stations of a section one after the other, and all of them."""
    steps = line.routes[route]
    waiting = {lot.step: lot.lot for lot in line.wip if line.products[lot.product].route == route}
    order = [places.get(step.toolgroup) for step in steps]
    inner = set()
    for i, place in enumerate(order):
        if place is None:
            continue
        name, k = place
        stations = line.indexed[name].stations
        at: Loc = ("routes", route, i)
        needs: tuple[Loc, ...] = (("indexed",), ("routes", route))
        before, after = order[i - 1] if i else None, order[i + 1] if i + 1 < len(order) else None
        if k and before != (name, k - 1):
            what = f"{show(steps[i].toolgroup)} takes its lots from {show(stations[k - 1])}, the station before it in"
            yield Fault((*at, "toolgroup"), f"{what} {show(name)}; pass them in that order", needs=needs)
        if k + 1 < len(stations) and after != (name, k + 1):
            what = f"{show(steps[i].toolgroup)} passes its lots on to {show(stations[k + 1])}, the next station of"
            yield Fault((*at, "toolgroup"), f"{what} {show(name)}; pass them in that order", needs=needs)
        yield from _words(steps[i], at, name, k + 1 == len(stations), needs)
        if k:
            inner.add(steps[i].step)
        if k and steps[i].step in waiting:
            what = f"lot {show(waiting[steps[i].step])} of wip waits inside section {show(name)}; put it before"
            yield Fault((*at, "step"), f"{what} the first station", needs=(*needs, ("wip",)))
    for i, step in enumerate(steps):
        for key in ("rework", "branch"):
            for arc in getattr(step, key):
                if arc.to in inner:
                    what = f"{show(arc.to)} lies inside an indexed section, which lots enter at its first station"
                    yield Fault(("routes", route, i, key), what, "key", needs=(("indexed",), ("routes", route)))


def _words(step: Step, at: Loc, name: str, last: bool, needs: tuple[Loc, ...]) -> Iterator[Fault]:
    """Words of a step that a section cannot follow; from the last station lots may go where they like."""
    for key in _NOT_THERE:
        if getattr(step, key) and not (last and key in ("rework", "branch", "measure")):
            what = f"section {show(name)} moves all its lots at once; leave {key} out, or put the step outside"
            yield Fault((*at, key), what, "key", needs=needs)
    if step.sample < 1:
        yield Fault((*at, "sample"), f"every lot stops at each station of {show(name)}; leave sample out", "key",
                    needs=needs)  # fmt: skip
    if step.process is not None and step.process.rejects_to is not None and not last:
        what = f"section {show(name)} moves all its lots at once; leave rejects_to out"
        yield Fault((*at, "process", "rejects_to"), what, "key", needs=needs)
    if any(limit.breach is not None or limit.gate is not None for limit in step.queue_limit):
        what = f"no lot leaves {show(name)} on its way or is held in it; leave gate and breach out"
        yield Fault((*at, "queue_limit"), what, "key", needs=needs)
