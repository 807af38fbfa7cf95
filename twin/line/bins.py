"""Bins: what the good dies of a product are sorted into; and what must hold between bins, damage and the line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator

from .characteristic import Limits
from .faults import Fault, Loc, did_you_mean, show
from .units import Name

if TYPE_CHECKING:
    from .line import Line
    from .products import Product
    from .routes import Step

GOOD, DEFECT, DAMAGE = "good", "defect", "damage"
"""What a die is called that no bin takes: good, or spoiled by a defect or by damage; else by what is out of limits."""


def _mapping(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"needs bins such as {{fast: {{gate_cd: [null, 44 nm]}}, slow: {{}}}}, not {show(value)}")
    return value


def _conditions(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"needs characteristics with limits such as {{gate_cd: [null, 44 nm]}}, not {show(value)}")
    return value


Conditions = Annotated[dict[Name, Limits], BeforeValidator(_conditions)]
Bins = Annotated[dict[Name, Conditions], BeforeValidator(_mapping)]
"""By name, in order: the limits that a good die must keep; the first bin that it fits is its own."""


def wafer_faults(line: Line) -> Iterator[Fault]:
    """Every fault of the bins of products and of the damage of steps."""
    for name, product in line.products.items():
        if product.bins:
            yield from _bins(line, ("products", name, "bins"), product)
    for route, steps in line.routes.items():
        cut = any(product.die is not None for product in line.products.values() if product.route == route)
        for i, step in enumerate(steps):
            if step.damage:
                yield from _damage(line, ("routes", route, i, "damage"), step, cut)


def _bins(line: Line, at: Loc, product: Product) -> Iterator[Fault]:
    if product.die is None:
        what = "sort dies, and the product has none; write 'die: {width: 8 mm, height: 10 mm}', or leave bins out"
        yield Fault(at, what, "key")
    taken = {GOOD, DEFECT, DAMAGE, *line.characteristics}
    catch_all = None
    for name, conditions in product.bins.items():
        if name in taken:
            yield Fault((*at, name), f"{show(name)} is what a die that no bin takes is called; rename the bin", "key")
        if catch_all is not None:
            what = f"no die comes so far: {show(catch_all)} before it takes every good die; write it in front of that"
            yield Fault((*at, name), what, "key")
        elif not conditions:
            catch_all = name
        for characteristic, limits in conditions.items():
            loc = (*at, name, characteristic)
            if characteristic not in line.characteristics:
                cure = did_you_mean(characteristic, line.characteristics, "it declares none under 'characteristics:'")
                what = f"the line has no characteristic {show(characteristic)}; {cure}"
                yield Fault(loc, what, "key", needs=(("characteristics", characteristic),))
                continue
            yield from _limits(loc, line.characteristics[characteristic].unit, limits)


def _limits(at: Loc, unit: str, limits: Limits) -> Iterator[Fault]:
    """Faults of a bin's limits of one characteristic."""
    numbers = []
    for k, limit in enumerate(limits):
        try:
            numbers.append(None if limit is None else limit.of(unit))
        except ValueError as error:
            yield Fault((*at, k), str(error))
            return
    low, high = numbers
    if low is not None and high is not None and low >= high:
        yield Fault((*at, 0), f"the lower limit {limits[0]} is not below the upper one {limits[1]}; swap them")
    if low is None and high is None:
        yield Fault(at, "limits nothing; write a lower or an upper limit, or leave it out", "key")


def _damage(line: Line, at: Loc, step: Step, cut: bool) -> Iterator[Fault]:
    """Faults of a step's damage.

    cut: whether a product of the route has dies
    """
    if not cut:
        what = "strikes dies, and no product of the route has any; write 'die:' at a product, or leave damage out"
        yield Fault(at, what, "key", needs=(("products",),))
    there = tuple(range(1, (line.toolgroups[step.toolgroup].chambers or 0) + 1))
    used = step.chambers or there
    single = any(made.lot_size == 1 and made.die is not None for made in line.products.values())
    for k, damage in enumerate(step.damage):
        if damage.chambers and single:
            what = "lots of one unit take the chambers by turns that no map knows; write larger lots, or leave it out"
            yield Fault((*at, k, "chambers"), what, "key", needs=(("products",),))
        lost = [chamber for chamber in damage.chambers or () if chamber not in used]
        if not lost:
            continue
        if not there:
            what = f"the tools of {show(step.toolgroup)} have no chambers; leave chambers out"
        else:
            what = f"the step runs in no chamber {lost[0]}; it uses {', '.join(map(str, used))}"
        yield Fault((*at, k, "chambers"), what, needs=(("toolgroups", step.toolgroup, "chambers"),))
