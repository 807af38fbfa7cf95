"""What must hold where steps name tools, chambers and auxiliaries, and where queue-time limits hold or send lots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .arcs import END
from .context import reading
from .faults import Fault, Loc, did_you_mean, show
from .feasible import needs_of
from .mix import mix_faults
from .queue_limits import QueueLimit, SendBack
from .routes import Step
from .sequence_checks import sequence_faults

if TYPE_CHECKING:
    from .line import Line


def extra_faults(line: Line) -> Iterator[Fault]:
    """Faults of a line whose names all lead somewhere."""
    yield from mix_faults(line)
    yield from _lost(line)
    yield from sequence_faults(line)
    for route, steps in line.routes.items():
        places = {step.step: i for i, step in enumerate(steps)}
        for i, step in enumerate(steps):
            at: Loc = ("routes", route, i)
            yield from _tools(line, at, step)
            yield from _chambers(line, at, step)
            yield from _ahead(line, at, step)
            yield from _auxiliaries(line, at, step)
            for j, limit in enumerate(step.queue_limit):
                yield from _breach(line, (*at, "queue_limit", j), limit, steps, places)
                yield from _gate(line, (*at, "queue_limit", j), i, limit, steps, places)
        yield from _one_gate(route, steps, places)


def _lost(line: Line) -> Iterator[Fault]:
    """Lots are lost where places run out: the toolgroup they come to first must have a number of them."""
    for name, product in line.products.items():
        if product.release.full != "lose" or reading().phase:
            continue
        steps = line.routes[product.route]
        until = next((i for i, step in enumerate(steps) if step.sample == 1), len(steps) - 1)
        first = [step.toolgroup for step in steps[: until + 1]]
        if all(line.toolgroups[group].buffer is None or line.toolgroups[group].tools is None for group in first):
            needs: tuple[Loc, ...] = (("routes", product.route), ("toolgroups", first[0]))
            what = f"no lot is ever lost: {show(first[0])} has places without limit"
            cure = "give it a number of tools and a 'buffer:', or leave full out"
            yield Fault(("products", name, "release", "full"), f"{what}; {cure}", needs=needs)


def _tools(line: Line, at: Loc, step: Step) -> Iterator[Fault]:
    """Qualification: at least one tool of the group must be named."""
    group = line.toolgroups[step.toolgroup]
    needs: tuple[Loc, ...] = (("toolgroups", step.toolgroup, "tools"), ("toolgroups", step.toolgroup, "buffer"))
    if step.qualified is None:
        return
    if group.tools is None:
        what = f"{show(step.toolgroup)} is {group.kind} and has no single tools; leave qualified out"
        yield Fault((*at, "qualified"), what, "key", needs=needs)
    elif min(step.qualified) > group.tools and not reading().phase:
        has = f"{group.tools} tool{'s' if group.tools > 1 else ''}"
        what = f"no tool is qualified: {show(step.toolgroup)} has {has}; write numbers from 1 to {group.tools}"
        yield Fault((*at, "qualified"), what, needs=needs)
    elif group.buffer == 0:
        what = f"{show(step.toolgroup)} has 'buffer: 0', which hands a lot to any idle tool; give it a buffer of 1"
        yield Fault((*at, "qualified"), what, "key", needs=needs)


def _chambers(line: Line, at: Loc, step: Step) -> Iterator[Fault]:
    """Chambers that the tools have, and no pipelined run on them."""
    group = line.toolgroups[step.toolgroup]
    needs: tuple[Loc, ...] = (("toolgroups", step.toolgroup, "chambers"),)
    if group.chambers is not None and step.cascade is not None:
        what = f"the tools of {show(step.toolgroup)} have chambers and take one run at a time; leave cascade out"
        yield Fault((*at, "cascade"), what, "key", needs=needs)
    if step.chambers is None:
        return
    if group.chambers is None:
        what = f"the tools of {show(step.toolgroup)} have no chambers; write 'chambers: 4' there, or leave it out"
        yield Fault((*at, "chambers"), what, "key", needs=needs)
    elif max(step.chambers) > group.chambers:
        what = (
            f"there is no chamber {max(step.chambers)}: the tools of {show(step.toolgroup)} have {group.chambers}; "
            f"write numbers from 1 to {group.chambers}"
        )
        yield Fault((*at, "chambers"), what, needs=needs)


def _ahead(line: Line, at: Loc, step: Step) -> Iterator[Fault]:
    """A tool that loads ahead is never told apart from one that works on its own run, as an operating clock must."""
    if step.cascade is not None and step.cascade.ahead:
        group = line.toolgroups[step.toolgroup]
        if any(failure.clock == "operating" for failure in group.failures):
            what = f"loads ahead, and {show(step.toolgroup)} fails by operating time; write 'clock: calendar' there"
            yield Fault((*at, "cascade", "ahead"), what, needs=(("toolgroups", step.toolgroup, "failures"),))


def _auxiliaries(line: Line, at: Loc, step: Step) -> Iterator[Fault]:
    """Auxiliaries that the line has, for steps that have a tool to put them on."""
    for k, name in enumerate(step.needs):
        if name not in line.auxiliaries:
            cure = did_you_mean(name, line.auxiliaries, f"write 'auxiliaries: {{{name}: 1}}' at the top")
            loc = (*at, "needs", k) if len(step.needs) > 1 else (*at, "needs")
            yield Fault(loc, f"the line has no auxiliary {show(name)}; {cure}", needs=(("auxiliaries",),))
    if step.needs and line.toolgroups[step.toolgroup].tools is None:
        what = f"{show(step.toolgroup)} is {line.toolgroups[step.toolgroup].kind} and needs nothing; leave needs out"
        yield Fault((*at, "needs"), what, "key", needs=(("toolgroups", step.toolgroup, "tools"),))


def _breach(
    line: Line, at: Loc, limit: QueueLimit, steps: tuple[Step, ...], places: dict[str, int]
) -> Iterator[Fault]:
    """A lot goes back to a step before the one that it would start late, and waits there for a tool."""
    if limit.breach is None:
        return
    last = places[limit.until]
    group = steps[last].toolgroup
    if line.toolgroups[group].tools is None:
        kind = line.toolgroups[group].kind
        what = f"at {show(limit.until)} no lot waits for a tool: {show(group)} is {kind}; leave breach out"
        yield Fault((*at, "breach"), what, "key", needs=(("toolgroups", group, "tools"),))
    if not isinstance(limit.breach, SendBack):
        return
    to, needs = limit.breach.to, needs_of(at[1], steps, "step")
    if to == END:
        yield Fault((*at, "breach", "to"), "a late lot goes to a step; to take it out write 'breach: scrap'")
    elif to not in places:
        what = f"the route has no such step {show(to)}; {did_you_mean(to, places)}"
        yield Fault((*at, "breach", "to"), what, needs=needs)
    elif places[to] >= last:
        what = f"step {show(to)} does not come before {show(limit.until)}; write an earlier step"
        yield Fault((*at, "breach", "to"), what, needs=needs)


def _gate(
    line: Line, at: Loc, i: int, limit: QueueLimit, steps: tuple[Step, ...], places: dict[str, int]
) -> Iterator[Fault]:
    """What a gate needs so that the lots it holds stand in nobody's way."""
    if limit.gate is None:
        return
    here, last = line.toolgroups[steps[i].toolgroup], steps[places[limit.until]]
    needs: tuple[Loc, ...] = (("toolgroups",),)
    if here.tools is None:
        what = f"{show(steps[i].toolgroup)} is {here.kind}, without tools to hold lots for; gate a step that has tools"
        yield Fault((*at, "gate"), what, "key", needs=needs)
    elif here.buffer is not None:
        what = (
            f"the lots held would fill the buffer of {show(steps[i].toolgroup)} and could block the line for ever; "
            "leave its buffer out, or the gate"
        )
        yield Fault((*at, "gate"), what, "key", needs=needs)
    if line.toolgroups[last.toolgroup].tools is None:
        kind = line.toolgroups[last.toolgroup].kind
        what = f"no lot waits at {show(limit.until)}: {show(last.toolgroup)} is {kind}; leave gate out"
        yield Fault((*at, "gate"), what, "key", needs=needs)
    for step in steps[i + 1 : places[limit.until] + 1]:
        setups = line.toolgroups[step.toolgroup].setups
        if setups is not None and setups.min_run:
            what = (
                f"the gate could hold the lots that a minimum run at {show(step.toolgroup)} waits for; leave gate or "
                "min_run out"
            )
            yield Fault((*at, "gate"), what, "key", needs=needs)
            return


def _one_gate(route: str, steps: tuple[Step, ...], places: dict[str, int]) -> Iterator[Fault]:
    """Gated windows of a route follow each other: a lot is inside one at a time."""
    gated = [
        (i, places[limit.until], j)
        for i, step in enumerate(steps)
        for j, limit in enumerate(step.queue_limit)
        if limit.gate is not None
    ]
    for k, (first, _, j) in enumerate(gated):
        for other, end, _ in gated[:k]:
            if first < end:
                a, b = show(steps[other].step), show(steps[first].step)
                what = f"the gated windows that open at {a} and {b} overlap; leave one of the two gates out"
                yield Fault(("routes", route, first, "queue_limit", j, "gate"), what, "key", needs=(("routes", route),))
                break
