"""Whether lots can get through: batches that fill, loops that end, releases between which time passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from .arcs import END, SCRAP
from .faults import Fault, Loc, show
from .mix import kind_of
from .network import move_time
from .routes import Batch, Step

if TYPE_CHECKING:
    from .line import Line
    from .products import Product

_NEVER = 1e-9  # a share this small is taken for none


_TURNS = ("step", "sample", "rework", "branch", "process")


def needs_of(route: str | int, steps: Sequence[Step], *keys: str) -> tuple[Loc, ...]:
    """These keys of every step of a route, as what a fault was concluded from."""
    return tuple(("routes", route, i, key) for i in range(len(steps)) for key in keys)


def trapped_faults(line: Line) -> Iterator[Fault]:
    """Loops of a route that no lot can leave."""
    for route, steps in line.routes.items():
        onward = _onward(steps)
        leaving = leading_to(len(steps), onward)
        places = {step.step: i for i, step in enumerate(steps)}
        begins = {0} | {places[lot.step] for lot in line.wip if line.products[lot.product].route == route}
        for i in sorted(reached_from(begins, onward)):
            total = sum(arc.probability for arc in (*steps[i].rework, *steps[i].branch))
            if i not in leaving and total >= 1 - _NEVER:
                key = "rework" if steps[i].rework else "branch"
                what = "a lot that comes here goes round for ever; write a total probability below 1"
                yield Fault(("routes", route, i, key), what, needs=needs_of(route, steps, *_TURNS))


def _onward(steps: tuple[Step, ...]) -> list[set[int]]:
    """Places a lot can go to from each step; their count stands for having left."""
    places = {END: len(steps), SCRAP: len(steps)} | {step.step: i for i, step in enumerate(steps)}
    onward = []
    for i, step in enumerate(steps):
        arcs = (*step.rework, *step.branch)
        to = {i + 1} if step.sample < 1 else set()
        if step.sample > 0:
            to |= {places[arc.to] for arc in arcs if arc.probability > 0}
            if any(arc.most is not None for arc in step.rework):
                to.add(len(steps))  # as scrap, in the end
            if step.process is not None and step.process.rejects_to is not None:
                to.add(places[step.process.rejects_to])
            if sum(arc.probability for arc in arcs) < 1 - _NEVER:
                to.add(i + 1)
        onward.append(to)
    return onward


def leading_to(end: int, onward: list[set[int]]) -> set[int]:
    """Steps from which a lot can get to `end`."""
    before: dict[int, list[int]] = {}
    for i, to in enumerate(onward):
        for j in to:
            before.setdefault(j, []).append(i)
    found, front = {end}, [end]
    while front:
        for i in before.get(front.pop(), []):
            if i not in found:
                found.add(i)
                front.append(i)
    return found


def reached_from(begins: set[int], onward: list[set[int]]) -> set[int]:
    """Steps that a lot can come to from those in `begins`."""
    found, front = set(begins), list(begins)
    while front:
        for j in onward[front.pop()]:
            if j < len(onward) and j not in found:
                found.add(j)
                front.append(j)
    return found


def family_faults(line: Line) -> Iterator[Fault]:
    """Steps of one batch family that cannot share a batch: other sizes, another setup, a tool of their own."""
    first: dict[tuple[str, str], tuple[str, Step]] = {}
    for route, steps in line.routes.items():
        used = {step.dedicate for step in steps}
        for i, step in enumerate(steps):
            if step.batch is None or step.batch.family is None:
                continue
            at: Loc = ("routes", route, i)
            of, other = first.setdefault((step.toolgroup, step.batch.family), (route, step))
            name = f"batch family {show(step.batch.family)}"
            if other.batch is not None and step.batch.max != other.batch.max:
                what = f"{name} has max {step.batch.max} here and {other.batch.max} at {show(other.step)} of {show(of)}"
                yield Fault((*at, "batch", "max"), f"{what}; write one max, or another family")
            if step.setup != other.setup:
                here, there = step.setup or "no setup", other.setup or "no setup"
                what = f"{name} needs {here} here and {there} at {show(other.step)} of {show(of)}"
                yield Fault((*at, "batch", "family"), f"{what}; a batch has one setup: write another family")
            for key in ("qualified", "needs", "chambers"):
                if getattr(step, key) != getattr(other, key):
                    what = f"{name} has another {key} here than at {show(other.step)} of {show(of)}"
                    yield Fault((*at, "batch", "family"), f"{what}; write the same, or another family")
            breaks = [limit for s in steps for limit in s.queue_limit if limit.until == step.step and limit.breach]
            if breaks or any(limit.gate is not None for limit in step.queue_limit):
                what = f"{name}: a gate, or what a breach costs, is of one step"
                yield Fault((*at, "batch", "family"), f"{what}; leave the family, the gate or the breach out")
            if step.step in used:
                what = f"{name}: {show(step.step)} takes the tool of an earlier step, so its lots cannot join any batch"
                yield Fault((*at, "batch", "family"), f"{what}; leave the family or dedicate out")


def batch_faults(line: Line) -> Iterator[Fault]:
    """Batches that no lots can fill, or that some lot does not fit."""
    for route, steps in line.routes.items():
        users = {name: product for name, product in line.products.items() if product.route == route}
        places = {step.step: i for i, step in enumerate(steps)}
        lots_at = {lot.lot: places[lot.step] for lot in line.wip if lot.product in users}
        turns_back = any(
            step.rework or step.branch or (step.process is not None and step.process.rejects_to) for step in steps
        )
        needs: list[Loc] = [("wip",)]
        needs += [("products", name, key) for name in users for key in ("lot_size", "route", "release")]
        needs += needs_of(route, steps, *_TURNS)
        for i, step in enumerate(steps):
            if step.batch is None or not users or step.sample == 0:
                continue
            sizes: dict[int, str] = {}
            for name, product in users.items():
                for size in _sizes(product):
                    sizes.setdefault(size, f"lots of product {show(name)}")
            for lot in line.wip:
                if lot.product in users and (turns_back or lots_at[lot.lot] <= i):
                    sizes.setdefault(lot.units, f"lot {show(lot.lot)} of wip")
            together, from_others = _family(line, step)
            for fault in _batch(line, step, step.batch, sizes, users | together, set(sizes) | from_others):
                at: Loc = ("routes", route, i, "batch")
                group: Loc = ("toolgroups", step.toolgroup)
                yield Fault(at + fault.loc, fault.what, needs=(*needs, (*group, "tools"), (*group, "buffer")))


def _family(line: Line, step: Step) -> tuple[dict[str, Product], set[int]]:
    """Products whose lots may share a batch with those of a step, and the sizes of their lots [units]."""
    if step.batch is None or step.batch.family is None:
        return {}, set()
    routes = {
        route
        for route, steps in line.routes.items()
        for other in steps
        if other.toolgroup == step.toolgroup and other.batch and other.batch.family == step.batch.family
    }
    found = {name: product for name, product in line.products.items() if product.route in routes}
    sizes = {size for product in found.values() for size in _sizes(product)}
    return found, sizes | {lot.units for lot in line.wip if lot.product in found}


def _sizes(product: Product) -> set[int]:
    """Units of the lots of a product."""
    if product.release.kind != "schedule":
        return {product.lot_size}
    return {
        start.units if start.units is not None else product.lot_size for start in product.release.schedule
    }


def _batch(
    line: Line, step: Step, batch: Batch, sizes: dict[int, str], users: dict[str, Product], together: set[int]
) -> Iterator[Fault]:
    """Faults of one batch step, whose lots have these sizes [units].

    users: products whose lots may be in the batch; together: sizes of all their lots
    """
    group = line.toolgroups[step.toolgroup]
    if group.tools is None:
        yield Fault(
            (), f"{show(step.toolgroup)} is {group.kind} and never gathers a batch; write a number of tools"
        )
    too_large = {size: who for size, who in sizes.items() if size > batch.max}
    if too_large:
        size, who = max(too_large.items())
        what = f"{who} have {size} units, more than the batch holds; write a larger max or smaller lots"
        yield Fault(("max",), what)
        return
    if not sizes or batch.wait is not None:  # one that waits long enough starts as it is
        return
    if not _fills(together, batch.min, batch.max):
        told = " and ".join(map(str, sorted(together)[:4]))
        fill = f"a batch of {batch.min} to {batch.max} units"
        what = f"lots of {told} units never fill {fill}, unsplit; write a smaller min or a larger max"
        yield Fault(("min",), what)
        return
    most = _most_units(line, users)
    if most is not None and most < batch.min:
        what = f"{batch.min} units never wait together: the line holds at most {most}; write a smaller min"
        yield Fault(("min",), what)
        return
    lots = -(-batch.min // max(together))
    first = (
        all(p.release.kind == "saturated" for p in users.values())
        and step is line.routes[next(iter(users.values())).route][0]
    )
    if group.buffer is not None and lots > max(group.buffer, 1) and not first:
        what = (
            f"{batch.min} units are {lots} waiting lots, and the buffer of {show(step.toolgroup)} holds "
            f"{group.buffer}; write 'buffer: {lots}' or more, or a smaller min"
        )
        yield Fault(("min",), what)


def _fills(sizes: set[int], low: int, high: int) -> bool:
    """Whether some number of lots of these sizes sums to `low` to `high`."""
    sums = 1  # bit n: n units can be put together
    mask = (1 << (high + 1)) - 1
    for size in sizes:
        shift = size
        while shift <= high:  # doubling: 1, 2, 4, ... more lots of this size
            sums |= (sums << shift) & mask
            shift *= 2
    return sums >> low != 0


def _most_units(line: Line, users: dict[str, Product]) -> int | None:
    """Most units that can ever be in the line together, None without bound."""
    total = sum(lot.units for lot in line.wip if lot.product in users)
    for product in users.values():
        release = product.release
        if release.kind == "wip" and release.wip is not None:
            total += release.wip * product.lot_size
        elif release.kind == "schedule":
            total += sum(start.units or product.lot_size for start in release.schedule)
        else:
            return None
    return total


def endless_faults(line: Line) -> Iterator[Fault]:
    """Releases that would bring lots without end at one moment, because no time passes between them."""
    for name, product in line.products.items():
        steps = line.routes[product.route]
        needs: tuple[Loc, ...] = (("routes", product.route), ("toolgroups",), ("transport",))
        what = None
        if kind_of(line, product) == "saturated":
            what = _endless_loading(line, steps)
        elif kind_of(line, product) == "wip":
            reached = [steps[i] for i in sorted(reached_from({0}, _onward(steps)))]
            if all(_takes_no_time(line, step) for step in reached) and not _carries(line, reached):
                what = (
                    "no step takes any time, so lots come and go without end at one moment; give one a time"
                )
        if what is not None:
            yield Fault(("products", name, "release"), what, needs=needs)


def _endless_loading(line: Line, steps: tuple[Step, ...]) -> str | None:
    """Why a saturated release into this route never lets time pass."""
    first = steps[0]
    group = line.toolgroups[first.toolgroup]
    if group.is_store:
        return f"lots are released into the store {show(first.toolgroup)} without end; write release {{wip: 20}}"
    if group.tools is None:
        return (
            f"the unlimited toolgroup {show(first.toolgroup)} would load lots without end at one moment; "
            "write a number of tools, or release {every: 1 h}"
        )
    if first.sample < 1:
        return (
            f"a saturated release begins with a loading, and only a share of {first.sample:.3g} of the lots "
            f"loads at {show(first.step)}; begin with a step that all lots do"
        )
    for i, step in enumerate(steps):
        group = line.toolgroups[step.toolgroup]
        if i > 0 and (group.buffer is None or group.tools is None):
            break
        if not _takes_no_time(line, step) or (i > 0 and _carries(line, steps[i - 1 : i + 1])):
            return None
    return (
        f"lots pass {show(first.step)} in no time, so they would load without end at one moment; "
        "give the step a time, or release {every: 1 h}"
    )


def _takes_no_time(line: Line, step: Step) -> bool:
    group = line.toolgroups[step.toolgroup]
    passes = step.time.mean == 0 and group.load + group.unload == 0 and step.cascade is None
    return step.sample == 0 or passes


def _carries(line: Line, steps: Sequence[Step]) -> bool:
    """Whether transport between these steps takes time."""
    seconds = move_time(line)
    return any(seconds(a.toolgroup, b.toolgroup) > 0 for a, b in pairwise(steps))
