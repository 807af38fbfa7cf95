"""What must hold between the parts of a line: every name leads somewhere, every lot can get there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .arcs import END, SCRAP
from .bins import wafer_faults
from .calendars import calendar_faults
from .carriers import carrier_faults
from .context import LONGEST_TICKS
from .conveyor import conveyor_faults
from .crews import crew_faults
from .extra_checks import extra_faults
from .faults import Fault, Loc, did_you_mean, nearest, show
from .feasible import batch_faults, endless_faults, family_faults, needs_of, trapped_faults
from .indexed import indexed_faults
from .joins import join_faults
from .network import network_faults
from .products import OwnRows
from .quality_checks import quality_faults
from .routes import Step
from .start_checks import start_faults
from .tables import MOST_FAULTS, Records
from .units import quantity
from .windows import window_faults

if TYPE_CHECKING:
    from .line import Line


def line_faults(line: Line, schedules: list[OwnRows], wip: Records | None) -> list[Fault]:
    """Every fault between the parts of a line whose parts are each valid.

    schedules: the schedules asked for, by product
    wip:       the rows that the line's lots at the start came from
    """
    faults = [*_names(line), *crew_faults(line), *calendar_faults(line), *_setups(line), *_schedules(line, schedules)]
    faults += family_faults(line)
    faults += conveyor_faults(line)
    if wip is not None:
        faults += _wip(line, wip)
    if not faults:  # what follows looks names up
        faults = [
            *_lengths(line),
            *network_faults(line),
            *join_faults(line),
            *indexed_faults(line),
            *trapped_faults(line),
            *batch_faults(line),
            *endless_faults(line),
            *window_faults(line),
            *extra_faults(line),
            *carrier_faults(line),
            *start_faults(line),
            *quality_faults(line),
            *wafer_faults(line),
        ]
    return faults


def _names(line: Line) -> Iterator[Fault]:
    for product, made in line.products.items():
        if made.route not in line.routes:
            what = f"the line has no route {show(made.route)}; {did_you_mean(made.route, line.routes)}"
            yield Fault(("products", product, "route"), what)
    for route, steps in line.routes.items():
        places: dict[str, int] = {}
        for i, step in enumerate(steps):
            at: Loc = ("routes", route, i)
            if step.step in places:
                what = f"step {show(step.step)} stands twice in route {show(route)}; rename one of the two"
                yield Fault((*at, "step"), what, needs=(("routes", route, places[step.step], "step"),))
            if step.step == END:
                yield Fault((*at, "step"), f"{END!r} means leaving the line; give the step another name")
            places.setdefault(step.step, i)
            if step.toolgroup not in line.toolgroups:
                cure = did_you_mean(step.toolgroup, line.toolgroups)
                what = f"the line has no toolgroup {show(step.toolgroup)}; {cure}"
                yield Fault((*at, "toolgroup"), what)
        for i, step in enumerate(steps):
            yield from _targets(line, ("routes", route, i), i, step, places, steps)
            yield from _process(line, ("routes", route, i), step, places, steps)
        yield from _shared_dedications(route, steps)


def _targets(
    line: Line, at: Loc, i: int, step: Step, places: dict[str, int], steps: tuple[Step, ...]
) -> Iterator[Fault]:
    """Faults of the steps that one step names."""
    names = list(places)
    needs = needs_of(at[1], steps, "step")
    for key, arcs in (("rework", step.rework), ("branch", step.branch)):
        for j, arc in enumerate(arcs):
            loc = (*at, key, "to", j) if key == "branch" and step.branch_by else (*at, key, j, "to")
            if arc.to in (END, SCRAP) and key == "rework" and arc.to not in places:
                what = f"rework goes to a step; to leave the line write 'branch' for {key!r}"
                yield Fault(loc, what)
            elif arc.to not in (END, SCRAP) and arc.to not in places:
                known = [*names, END, SCRAP] if key == "branch" else names
                yield Fault(loc, _no_step(arc.to, known), needs=needs)
            elif step.branch_by and key == "branch" and arc.to not in places:
                yield Fault(loc, f"a lot chooses among steps; {show(arc.to)} is none", needs=needs)
    for j, window in enumerate(step.queue_limit):
        if window.until not in places:
            yield Fault((*at, "queue_limit", j, "until"), _no_step(window.until, names[i + 1 :]), needs=needs)
        elif places[window.until] <= i:
            what = f"step {show(window.until)} does not come later; write a later step, {_of(names[i + 1 :])}"
            yield Fault((*at, "queue_limit", j, "until"), what, needs=needs)
    if step.dedicate is None:
        return
    if step.dedicate not in places:
        yield Fault((*at, "dedicate"), _no_step(step.dedicate, names[i + 1 :]), needs=needs)
        return
    later = steps[places[step.dedicate]]
    group = line.toolgroups.get(step.toolgroup)
    if places[step.dedicate] <= i:
        same = _of(other.step for other in steps[i + 1 :] if other.toolgroup == step.toolgroup)
        what = f"step {show(step.dedicate)} does not come later; write a later step of the toolgroup, {same}"
        yield Fault((*at, "dedicate"), what, needs=needs)
    elif later.toolgroup != step.toolgroup and {later.toolgroup, step.toolgroup} <= line.toolgroups.keys():
        what = (
            f"step {show(step.dedicate)} runs on {show(later.toolgroup)} and cannot take a tool of "
            f"{show(step.toolgroup)}; write a later step of this toolgroup"
        )
        yield Fault((*at, "dedicate"), what, needs=(*needs, *needs_of(at[1], steps, "toolgroup")))
    elif group is not None and group.tools is None:
        what = f"{show(step.toolgroup)} is {group.kind} and has no tools to come back to; leave dedicate out"
        yield Fault((*at, "dedicate"), what, "key", needs=(("toolgroups", step.toolgroup, "tools"),))


def _process(
    line: Line, at: Loc, step: Step, places: dict[str, int], steps: tuple[Step, ...]
) -> Iterator[Fault]:
    """Faults of a process law between its step and the rest of the line."""
    if step.process is None:
        return
    group = line.toolgroups.get(step.toolgroup)
    if group is not None and group.tools is None:
        what = f"{show(step.toolgroup)} is {group.kind} and has no tools whose state a law could follow"
        cure = "give it a number of tools, or leave process out"
        yield Fault((*at, "process"), f"{what}; {cure}", "key", needs=(("toolgroups", step.toolgroup, "tools"),))
    to = step.process.rejects_to
    if to == END:
        what = f"rejected lots go to a step of the route, not to {END!r}; {_of(places)}"
        yield Fault((*at, "process", "rejects_to"), what)
    elif to is not None and to not in places:
        yield Fault((*at, "process", "rejects_to"), _no_step(to, places), needs=needs_of(at[1], steps, "step"))


def _of(names: Iterable[str]) -> str:
    told = list(names)[:4]
    return f"of {', '.join(told)}" if told else "and there is none"


def _no_step(name: str, names: Iterable[str]) -> str:
    return f"the route has no such step {show(name)}; {did_you_mean(name, names, 'there is none')}"


def _shared_dedications(route: str, steps: tuple[Step, ...]) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    for i, step in enumerate(steps):
        if step.dedicate is None:
            continue
        if step.dedicate in taken:
            first = show(taken[step.dedicate])
            what = f"{show(step.dedicate)} already takes the tool of {first}; dedicate it once"
            yield Fault(("routes", route, i, "dedicate"), what, needs=needs_of(route, steps, "dedicate"))
        taken.setdefault(step.dedicate, step.step)


def _setups(line: Line) -> Iterator[Fault]:
    """Setups that no step needs, where a step's own setup has no change: one of the two is misspelt."""
    used = {step.setup for steps in line.routes.values() for step in steps if step.setup is not None}
    for group, tools in line.toolgroups.items():
        if tools.setups is None:
            continue
        at: Loc = ("toolgroups", group, "setups")
        told: list[tuple[Loc, str]] = []
        for i, change in enumerate(tools.setups.changes):
            told += [((*at, "changes", i, "from"), change.from_)] if change.from_ is not None else []
            told.append(((*at, "changes", i, "to"), change.to))
        told += [((*at, "min_run", name), name) for name in tools.setups.min_run]
        named = {name for _, name in told}
        spare = sorted(
            {s.setup for steps in line.routes.values() for s in steps if s.toolgroup == group and s.setup}
            - named
        )
        for loc, name in told:
            meant = nearest(name, spare) if name not in used else None
            if meant is not None:
                what = f"no step needs the setup {show(name)}; did you mean {show(meant)}?"
                yield Fault(loc, what, "key" if loc[-2] == "min_run" else "value", needs=(("routes",),))


def _schedules(line: Line, schedules: list[OwnRows]) -> Iterator[Fault]:
    users: dict[object, list[OwnRows]] = {}
    for rows in schedules:
        users.setdefault(rows.key, []).append(rows)
    in_line = {lot.product for lot in line.wip}
    for sharing in users.values():
        products = [str(rows.product) for rows in sharing]
        records = sharing[0].records()
        at: Loc = ("products", products[0], "release", "schedule")
        told = 0
        for row, content in enumerate(records.rows):
            product = content["product"]
            if product in (None, *products) or told >= MOST_FAULTS:
                continue
            told += 1
            if product in line.products:
                what = f"product {show(product)} is not released by this schedule; name it in its release too"
            else:
                what = f"the line has no product {show(product)}; {did_you_mean(product, line.products)}"
            yield records.fault(row, "product", what, needs=(("products", product),)).below(at)
        named = {content["product"] for content in records.rows}
        for product in products:
            if None not in named and product not in named and product not in in_line:
                what = (
                    f"the schedule has no row for product {show(product)}; add one, or write another release"
                )
                yield Fault(("products", product, "release", "schedule"), what, needs=(("wip",),))


def _wip(line: Line, records: Records) -> Iterator[Fault]:
    steps = {name: {step.step: step for step in route} for name, route in line.routes.items()}
    seen: set[str] = set()
    told = 0
    for row, lot in enumerate(line.wip):
        fault = None
        product = line.products.get(lot.product)
        if lot.lot in seen:
            fault = records.fault(row, "lot", f"lot {show(lot.lot)} stands twice; rename one of the two")
        elif product is None:
            what = f"the line has no product {show(lot.product)}; {did_you_mean(lot.product, line.products)}"
            fault = records.fault(row, "product", what)
        elif product.route in steps and lot.step not in steps[product.route]:
            cure = did_you_mean(lot.step, steps[product.route])
            where = f"route {show(product.route)} of product {show(lot.product)}"
            what = f"{where} has no step {show(lot.step)}; {cure}"
            fault = records.fault(row, "step", what, needs=(("routes", product.route),))
        seen.add(lot.lot)
        if fault is not None:
            yield fault.below(("wip",))
            told += 1
            if told >= MOST_FAULTS:
                return


def _lengths(line: Line) -> Iterator[Fault]:
    """Times beyond the clock: a horizon left to its default, a time per unit that a whole lot multiplies."""
    reach = LONGEST_TICKS * line.tick
    if line.run.horizon > reach:
        what = f"{quantity(line.run.horizon)} are beyond the clock's reach at 'tick: {quantity(line.tick)}'"
        cure = "write a shorter horizon or a coarser 'tick:'"
        yield Fault(("run", "horizon"), f"{what}; {cure}", needs=(("tick",),))
    largest: dict[str, int] = {}
    for product in line.products.values():
        largest[product.route] = max(largest.get(product.route, 1), product.lot_size)
    for route, steps in line.routes.items():
        units = largest.get(route, 1)
        for i, step in enumerate(steps):
            if step.per == "unit" and step.time.mean * units > reach:
                what = (
                    f"{units} units of this time each are absurdly long; write one unit's time, or 'per: lot'"
                )
                yield Fault(("routes", route, i, "time"), what)
