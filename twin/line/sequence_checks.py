"""What must hold between a sequence and its line: every lot comes, as often as it is named, and no other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from .faults import Fault, Loc, did_you_mean, show
from .mix import kind_of, number_released
from .queue_limits import SendBack
from .routes import Step
from .sequence import Lists, Turn
from .tables import MOST_FAULTS

if TYPE_CHECKING:
    from .line import Line

_NAME = re.compile(r"(?P<product>.+)-(?P<number>[1-9]\d{0,17})")


class Named(NamedTuple):
    """The lot that a name means: its product and its number, from 1; of one there at the start its place in `wip`."""

    product: str
    number: int
    standing: bool


def lot_named(line: Line, lot: str) -> Named | None:
    """The lot of a name, None where no lot of the line can have it."""
    for k, there in enumerate(line.wip):
        if there.lot == lot:
            return Named(there.product, k, True)
    match = _NAME.fullmatch(lot)
    if match is None or match["product"] not in line.products:
        return None
    return Named(match["product"], int(match["number"]), False)


def sequence_faults(line: Line) -> Iterator[Fault]:
    """Faults of the sequences of a line whose names all lead somewhere."""
    for name, group in line.toolgroups.items():
        if group.sequence is not None:
            yield from _around(line, name)
            yield from _lots(line, name, group.sequence)


def _around(line: Line, name: str) -> Iterator[Fault]:
    """What goes together with a sequence."""
    group, at = line.toolgroups[name], ("toolgroups", name, "sequence")
    if group.setups is not None and group.setups.min_run:
        what = "the order of the lots decides when a tool is set up; leave min_run out"
        yield Fault(("toolgroups", name, "setups", "min_run"), what, "key", needs=(at,))
    for route, steps in line.routes.items():
        for step in steps:
            if step.toolgroup == name and step.batch is not None:
                what = f"step {show(step.step)} of route {show(route)} runs in batches"
                cure = "and a sequence has one lot after the other; leave batch out"
                yield Fault(at, f"{what}, {cure}", "key", needs=(("routes", route),))
    for product, made in line.products.items():
        if kind_of(line, made) == "saturated" and line.routes[made.route][0].toolgroup == name:
            what = f"a lot that is always ready has no turn at {show(name)}; write a schedule, or {{every: ...}}"
            yield Fault(("products", product, "release"), what, needs=(at,))


def _lots(line: Line, name: str, lists: Lists) -> Iterator[Fault]:
    """Lots that cannot come, or not so often; lots that come and are not named."""
    named: Counter[tuple[str, int, bool]] = Counter()
    faults: list[Fault] = []
    for tool, turns in enumerate(lists):
        for i, turn in enumerate(turns):
            loc: Loc = ("toolgroups", name, "sequence", *((tool,) if len(lists) > 1 else ()), i)
            lot = lot_named(line, turn.lot)
            if lot is not None:
                named[lot] += 1
            what = _why_never(line, name, turn, lot, tool + 1, named[lot] if lot is not None else 0)
            if what is not None:
                faults.append(_at(loc, turn, what))
    if not faults:
        faults += _missing(line, name, named)
    yield from faults[:MOST_FAULTS]


def _at(loc: Loc, turn: Turn, what: str) -> Fault:
    if turn.cell is None:
        return Fault(loc, what, needs=(("products",), ("routes",)))
    return Fault((*loc[:3], "file"), what, cell=turn.cell, needs=(("products",), ("routes",)))


def _why_never(line: Line, name: str, turn: Turn, lot: Named | None, tool: int, times: int) -> str | None:
    """Why a turn never comes, None if it may."""
    if lot is None:
        product = turn.lot.rpartition("-")[0]
        if not product:
            return f"{show(turn.lot)} names no lot; write product and number, such as {next(iter(line.products))}-1"
        if product in line.products:
            return f"{show(turn.lot)} names no lot; lots of {show(product)} are numbered from 1"
        return f"the line has no product {show(product)}; {did_you_mean(product, line.products)}"
    released = number_released(line, lot.product)
    if not lot.standing and released is not None and lot.number > released:
        return f"there is no lot {show(turn.lot)}: {released} of {show(lot.product)} are released; leave it out"
    ahead = _ahead(line, lot)
    here = [step for step in ahead if step.toolgroup == name]
    if not here:
        return f"lot {show(turn.lot)} never comes to {show(name)}; leave it out"
    if turn.step is not None and turn.step not in {step.step for step in here}:
        cure = did_you_mean(turn.step, [step.step for step in here])
        return f"lot {show(turn.lot)} has no step {show(turn.step)} here; {cure}"
    if is_certain(ahead) and times > len(here):
        often = "once" if len(here) == 1 else f"{len(here)} times"
        return f"lot {show(turn.lot)} comes to {show(name)} {often}, and here is one more; leave it out"
    if all(step.qualified is not None and tool not in step.qualified for step in here):
        return f"tool {tool} is not qualified for lot {show(turn.lot)}; give it to another"
    return None


def _ahead(line: Line, lot: Named) -> tuple[Step, ...]:
    """The steps that a lot has ahead of it when it comes into the line."""
    steps = line.routes[line.products[lot.product].route]
    if not lot.standing:
        return steps
    first = next(i for i, step in enumerate(steps) if step.step == line.wip[lot.number].step)
    return steps[first:]


def is_certain(steps: tuple[Step, ...]) -> bool:
    """Whether a lot does each of these steps exactly once, whatever happens."""
    for step in steps:
        turns_off = bool(step.rework or step.branch) or step.sample < 1
        rejects = step.process is not None and step.process.rejects_to is not None
        measured = step.measure is not None and step.measure.outside != "count"
        late = any(limit.breach == "scrap" or isinstance(limit.breach, SendBack) for limit in step.queue_limit)
        if turns_off or rejects or measured or late:
            return False
    return True


def _missing(line: Line, name: str, named: Counter[tuple[str, int, bool]]) -> Iterator[Fault]:
    """Lots of which it is known that they come, and that no turn waits for."""
    coming = [Named(there.product, k, True) for k, there in enumerate(line.wip)]
    for product in line.products:
        coming += [Named(product, k + 1, False) for k in range(number_released(line, product) or 0)]
    at: Loc = ("toolgroups", name, "sequence")
    told = 0
    for lot in coming:
        ahead = _ahead(line, lot)
        visits = sum(step.toolgroup == name for step in ahead)
        if named[lot] >= visits or not is_certain(ahead):
            continue
        called = line.wip[lot.number].lot if lot.standing else f"{lot.product}-{lot.number}"
        if named[lot] == 0:
            what = f"lot {show(called)} comes to {show(name)}, and no tool ever takes it; add it"
        else:
            often = f"{visits} times, and is named {named[lot]}"
            what = f"lot {show(called)} comes to {show(name)} {often}; name each visit"
        yield Fault(at, what, "key", needs=(("products",), ("routes",), ("wip",)))
        told += 1
        if told >= MOST_FAULTS:
            return
