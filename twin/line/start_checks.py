"""What must hold where a run begins only with a place reserved, or in a slot in which its tool is up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .faults import Fault, Loc, show
from .routes import Step

if TYPE_CHECKING:
    from .line import Line


def start_faults(line: Line) -> Iterator[Fault]:
    """Faults of steps whose lots' way, or whose number, is not known when a run begins."""
    for name, group in line.toolgroups.items():
        slotted = [i for i, failure in enumerate(group.failures) if failure.bernoulli is not None]
        for i in slotted[1:]:
            what = "one bernoulli says in which slots a tool is up; multiply the shares, and leave this one out"
            yield Fault(("toolgroups", name, "failures", i), what)
        if group.conveyor is not None and (slotted or group.blocking == "before"):
            loc = ("toolgroups", name, *(("failures", slotted[0]) if slotted else ("blocking",)))
            yield Fault(loc, "a conveyor carries many lots and begins no run; leave this out", needs=_conveyor(name))
        if slotted and group.crew is not None and group.crew.repair:
            what = "a slot in which a bernoulli tool is down ends by itself; leave repair out, or write mtbf and mttr"
            yield Fault(("toolgroups", name, "crew", "repair"), what, "key")
    for route, steps in line.routes.items():
        for k, step in enumerate(steps):
            yield from _of_step(line, ("routes", route, k), step)


def _conveyor(name: str) -> tuple[Loc, ...]:
    return (("toolgroups", name, "conveyor"),)


def _of_step(line: Line, at: Loc, step: Step) -> Iterator[Fault]:
    group = line.toolgroups[step.toolgroup]
    slotted = any(failure.bernoulli is not None for failure in group.failures)
    needs: tuple[Loc, ...] = (("toolgroups", step.toolgroup),)
    words = (["blocking: before"] if group.blocking == "before" else []) + (["bernoulli failures"] if slotted else [])
    for word in words:
        for key in ("batch", "cascade"):
            if getattr(step, key) is not None:
                what = f"{show(step.toolgroup)} has {word}: its tools take one lot a run; leave {key} or that out"
                yield Fault((*at, key), what, "key", needs=needs)
    if group.blocking != "before":
        return
    cure = f"{show(step.toolgroup)} has 'blocking: before' and reserves the next place before; write 'blocking: after'"
    last = line.routes[str(at[1])][-1].toolgroup
    if line.toolgroups[last].is_store and line.toolgroups[last].buffer == 0:
        what = f"the store {show(last)} has no places to reserve; give it a buffer, or write 'blocking: after'"
        yield Fault(("toolgroups", step.toolgroup, "blocking"), what, needs=(("toolgroups", last), ("routes", at[1])))
    if step.branch_by is not None:
        yield Fault((*at, "branch"), f"which way a lot takes is chosen once the step is done; {cure}", needs=needs)
    if step.process is not None and step.process.rejects_to is not None:
        what = f"where a lot goes is known only once the step is done; {cure}"
        yield Fault((*at, "process", "rejects_to"), what, needs=needs)
    if step.measure is not None and step.measure.outside != "count":
        what = f"what becomes of a lot is known only once it is measured; {cure}"
        yield Fault((*at, "measure", "outside"), what, needs=needs)
