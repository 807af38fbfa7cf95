"""What must hold where parts wait in stores and steps join them: every part has a taker, every taker its parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .faults import Fault, Loc, did_you_mean, show
from .routes import Step

if TYPE_CHECKING:
    from .line import Line

_ALLOWED = frozenset({"step", "toolgroup", "layer", "timeless", "time"})
"""Words of a step at which parts wait; its time is none."""


def join_faults(line: Line) -> Iterator[Fault]:
    """Faults of the stores and joins of a line whose names of routes and toolgroups all lead somewhere."""
    for route, steps in line.routes.items():
        for i, step in enumerate(steps):
            at: Loc = ("routes", route, i)
            group = line.toolgroups[step.toolgroup]
            if group.is_store:
                yield from _store_step(line, route, i)
            elif step.timeless and group.conveyor is None:
                what = "the key 'time' is missing; write 'time: 60 s'"
                needs = (("toolgroups", step.toolgroup),)
                yield Fault((*at, "time"), what, "key", needs=needs, kind="missing")
            yield from _joins(line, at, step)
    yield from _unused(line)
    yield from _splits(line)
    if all(part in line.products for steps in line.routes.values() for step in steps for part in _named(step)):
        yield from _circles(line)


def _named(step: Step) -> list[str]:
    """Products that a step joins or splits off."""
    return [*step.joins, *step.splits]


def parts(line: Line) -> dict[str, str]:
    """Products that are parts, whose route ends in a store, and that store."""
    last = {name: line.routes[product.route][-1].toolgroup for name, product in line.products.items()}
    return {name: group for name, group in last.items() if line.toolgroups[group].is_store}


def _store_step(line: Line, route: str, i: int) -> Iterator[Fault]:
    """Parts come to a store at the end of their route and wait, no more."""
    steps = line.routes[route]
    step, at = steps[i], ("routes", route, i)
    needs: tuple[Loc, ...] = (("toolgroups", step.toolgroup, "tools"), ("routes", route))
    if i + 1 < len(steps):
        what = f"{show(step.toolgroup)} is a store, where a route ends; join the part further on: 'joins: PRODUCT'"
        yield Fault((*at, "toolgroup"), what, needs=needs)
    for key in sorted(step.model_fields_set - _ALLOWED):
        if getattr(step, key) != type(step).model_fields[key].get_default():
            what = f"parts wait at the store {show(step.toolgroup)}, nothing is done to them; leave {key} out"
            yield Fault((*at, key), what, "key", needs=needs)
    if not step.timeless:
        what = f"parts wait at the store {show(step.toolgroup)} until they are joined; leave time out"
        yield Fault((*at, "time"), what, "key", needs=needs)


def _joins(line: Line, at: Loc, step: Step) -> Iterator[Fault]:
    """A step that joins has a tool for one lot, and parts that come to a store with room for them."""
    group, known = line.toolgroups[step.toolgroup], parts(line)
    if not step.joins:
        return
    needs: tuple[Loc, ...] = (("toolgroups",), ("routes",))
    if group.tools is None:
        what = f"{show(step.toolgroup)} is {group.kind} and joins nothing; give it a number of tools"
        yield Fault((*at, "joins"), what, "key", needs=needs)
    if step.batch is not None:
        yield Fault((*at, "joins"), "a batch joins no parts; leave batch or joins out", "key")
    for name, count in step.joins.items():
        loc = (*at, "joins", name)
        if name not in line.products:
            yield Fault(loc, f"the line has no product {show(name)}; {did_you_mean(name, line.products)}", "key")
        elif name not in known:
            last = line.routes[line.products[name].route][-1].toolgroup
            what = f"the route of {show(name)} ends at {show(last)} and not in a store"
            cure = "end it with a step at a toolgroup of 'tools: store'"
            yield Fault(loc, f"{what}; {cure}", "key", needs=(*needs, ("products", name)))
        else:
            buffer = line.toolgroups[known[name]].buffer
            if buffer is not None and count > max(buffer, 1):
                what = f"{count} are joined at once and the store {show(known[name])} holds {buffer}"
                at_store: Loc = ("toolgroups", known[name], "buffer")
                yield Fault(loc, f"{what}; write 'buffer: {count}' there or more", needs=(*needs, at_store))


def _unused(line: Line) -> Iterator[Fault]:
    """Parts that nobody joins would wait for ever, and stores without parts mean a word gone astray."""
    joined = {name for steps in line.routes.values() for step in steps for name in step.joins}
    known = parts(line)
    needs: tuple[Loc, ...] = (("routes",), ("products",))
    for name, store in known.items():
        if name not in joined:
            what = f"lots of {show(name)} would wait in {show(store)} for ever: no step joins them"
            yield Fault(("products", name), f"{what}; write 'joins: {name}' at one", "key", needs=needs)
    for name, group in line.toolgroups.items():
        if group.is_store and name not in known.values():
            what = f"no route of a product ends in the store {show(name)}; add its step, or leave the store out"
            yield Fault(("toolgroups", name), what, "key", needs=needs)


def _splits(line: Line) -> Iterator[Fault]:
    """What is taken out of a lot is a product that is released so, and what is released so is taken out of some lot."""
    taken: set[str] = set()
    for route, steps in line.routes.items():
        for i, step in enumerate(steps):
            for name in step.splits:
                taken.add(name)
                loc: Loc = ("routes", route, i, "splits", name)
                if name not in line.products:
                    cure = did_you_mean(name, line.products)
                    yield Fault(loc, f"the line has no product {show(name)}; {cure}", "key")
                elif line.products[name].release.kind != "split":
                    what = f"lots of {show(name)} come by a release of their own; write 'release: split' there"
                    yield Fault(loc, what, "key", needs=(("products", name, "release"),))
    for name, product in line.products.items():
        if product.release.kind == "split" and name not in taken:
            what = f"no step takes {show(name)} out of another lot; write 'splits: {name}' at one, or another release"
            yield Fault(("products", name, "release"), what, needs=(("routes",),))


def _circles(line: Line) -> Iterator[Fault]:
    """A part that is made of itself, in the end, is never there for the first time; what holds itself never ends."""
    done = _reached(line)
    for name, product in line.products.items():
        steps = line.routes[product.route]
        if 0 <= done[name] < len(steps):
            what = f"{show(name)} would have to be joined before the first of it can be made; leave one join out"
            part = next(part for part in steps[done[name]].joins)
            at: Loc = ("routes", product.route, done[name], "joins", part)
            yield Fault(at, what, "key", needs=(("products",), ("routes",)))
    inside = {
        name: {part for step in line.routes[product.route] for part in step.splits}
        for name, product in line.products.items()
    }
    for name in line.products:
        seen: set[str] = set()
        front = set(inside[name])
        while front - seen:
            seen |= front
            front = {part for other in front for part in inside[other]}
        if name in seen:
            what = f"lots of {show(name)} come out of themselves, more and more; leave one of the splits out"
            yield Fault(("products", name, "release"), what, needs=(("products",), ("routes",)))


def _reached(line: Line) -> dict[str, int]:
    """Steps of its route that a first lot of each product can get through, joining only what can be there; -1 for none.

    Lots that are split off are there once a lot gets to that step. Turns of the route are left aside.
    """
    done = {name: -1 if product.release.kind == "split" else 0 for name, product in line.products.items()}
    changed = True
    while changed:
        changed = False
        for name, product in line.products.items():
            steps = line.routes[product.route]
            while 0 <= done[name] < len(steps) and all(
                done[part] == len(line.routes[line.products[part].route]) for part in steps[done[name]].joins
            ):
                for part in steps[done[name]].splits:
                    done[part] = max(done[part], 0)
                done[name] += 1
                changed = True
    return done
