"""Carriers: skids, hangers and pallets, a finite number of each, that lots hold over a stretch of their route.

A stretch goes from the step that takes a carrier to the one that gives it up, both included. A lot is put on its
carrier when it is loaded at the first and keeps it while it is at steps of the stretch, whatever loops lead it back
there. As soon as it is done with a step and its way leads out of the stretch, or out of the line, the carrier is given
up, which then takes its way back, empty.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from .context import reading
from .document import Document
from .faults import Fault, Loc, did_you_mean, show
from .feasible import needs_of
from .laws import Law
from .queue_limits import SendBack
from .units import count_schema, whole

if TYPE_CHECKING:
    from .line import Line
    from .products import Product
    from .routes import Step

MOST_CARRIERS = 10_000
MOST_KINDS = 32
EVERY_LOT = 1 - 1e-9


def _count(value: Any) -> int:
    """A number of carriers; only for a time there may be none."""
    if value in (0, "0") and value is not False and not reading().phase:
        raise ValueError("needs at least 1; all may be away for a time: 'carriers.NAME.count=0 from 12 d to 13 d'")
    return whole(0 if reading().phase else 1, MOST_CARRIERS)(value)


class Carrier(Document):
    """Interchangeable carriers of one kind. Times [s]."""

    count: Annotated[int, BeforeValidator(_count), WithJsonSchema(count_schema(1))] = Field(
        description="How many there are; carriers: {skid: 40} says the same as {skid: {count: 40}}.", examples=[40]
    )
    return_: Law = Field(
        default=Law(kind="constant", params=(0.0,)),
        alias="return",
        description="Time of the empty way back to where they are taken; left out: none.",
        examples=["4 min"],
    )

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Carrier) else {"count": value}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        """A number alone, or the mapping."""
        return {"anyOf": [count_schema(1), super().__get_pydantic_json_schema__(core_schema, handler)]}


class Stretch(NamedTuple):
    """Places of a route over which a lot holds a carrier: the step that takes it and the one that gives it up."""

    carrier: str
    takes: int
    gives: int

    def holds_after(self, place: int) -> bool:
        """Whether a lot that is done with the step at a place is on the carrier."""
        return self.takes <= place <= self.gives

    def holds_before(self, place: int) -> bool:
        """Whether a lot that comes to the step at a place must be on it already."""
        return self.takes < place <= self.gives


def stretches(line: Line, route: str) -> list[Stretch]:
    """The stretches of a route, those of its steps and the whole route where its products name a carrier."""
    steps = line.routes[route]
    found = []
    taken: dict[str, int] = {}
    for i, step in enumerate(steps):
        if step.takes is not None:
            taken.setdefault(step.takes, i)
        if step.gives is not None and step.gives in taken:
            found.append(Stretch(step.gives, taken.pop(step.gives), i))
    named = {product.carrier: None for product in line.products.values() if product.route == route}
    return found + [Stretch(name, 0, len(steps) - 1) for name in named if name is not None]


def carrier_faults(line: Line) -> Iterator[Fault]:
    """Carriers that nobody takes, stretches without a beginning or an end, ways into one past its beginning."""
    faults = [*_named(line), *_by_product(line)]
    for route, steps in line.routes.items():
        faults += _in_order(line, route, steps)
    yield from faults
    if faults:
        return
    for route, steps in line.routes.items():
        found = stretches(line, route)
        for stretch in found:
            yield from _taking(line, route, steps, stretch)
            yield from _batches(line, route, steps, stretch)
        yield from _jumps(route, steps, found)
    if line.wip and not reading().phase:
        yield from _at_start(line)


def _named(line: Line) -> Iterator[Fault]:
    """Names that lead somewhere, each told once, and carriers that somebody takes."""
    used: set[str | None] = {None}
    for route, steps in line.routes.items():
        for i, step in enumerate(steps):
            for key, name in (("takes", step.takes), ("gives", step.gives)):
                told = name in used
                used.add(name)
                if name is not None and name not in line.carriers and not told:
                    here: Loc = ("routes", route, i)
                    before = (*needs_of(route, steps[:i], "takes", "gives"), *([(*here, "takes")] * (key == "gives")))
                    yield Fault((*here, key), _lacking(line, name), needs=(("carriers",), *before))
    for product, made in line.products.items():
        if made.carrier is not None and made.carrier not in {*line.carriers, *used}:
            yield Fault(("products", product, "carrier"), _lacking(line, made.carrier), needs=(("carriers",),))
        used.add(made.carrier)
    for name in line.carriers:
        if name not in used:
            what = "nobody takes it; write takes and gives at the steps between which lots are on it, or leave it out"
            yield Fault(("carriers", name), what, "key", needs=(("routes",), ("products",)))
    if len(line.carriers) > MOST_KINDS:
        yield Fault(("carriers",), f"are {len(line.carriers)} kinds; write at most {MOST_KINDS}", "key")


def _lacking(line: Line, name: str) -> str:
    cure = did_you_mean(name, line.carriers, f"write 'carriers: {{{name}: 40}}' at the top of the document")
    return f"the line has no carrier {show(name)}; {cure}"


def _by_product(line: Line) -> Iterator[Fault]:
    """A route has its carrier from its products, then from all of them, or from its steps."""
    first: dict[str, tuple[str, str | None]] = {}
    for name, product in line.products.items():
        other, carrier = first.setdefault(product.route, (name, product.carrier))
        needs: tuple[Loc, ...] = tuple(("products", of, key) for of in (other, name) for key in ("carrier", "route"))
        if product.carrier != carrier:
            at = name if product.carrier is not None else other
            here, there = (show(c) if c else "none" for c in (product.carrier, carrier))
            what = (
                f"products of one route ride on one carrier, and {show(name)} names {here}, {show(other)} {there}; "
                "write one for both, or give each a route"
            )
            yield Fault(("products", at, "carrier"), what, needs=needs)
        for step in line.routes[product.route]:
            if product.carrier is not None and product.carrier in (step.takes, step.gives):
                what = (
                    f"step {show(step.step)} of its route names {show(product.carrier)} too; leave this out, or takes "
                    "and gives there"
                )
                yield Fault(("products", name, "carrier"), what, needs=(("routes", product.route),))
                break


def _in_order(line: Line, route: str, steps: tuple[Step, ...]) -> Iterator[Fault]:
    """Along a route every carrier is taken, given up, and only then taken again; nothing where a name is misspelt."""
    if not {name for step in steps for name in (step.takes, step.gives)} <= {None, *line.carriers}:
        return
    needs = needs_of(route, steps, "takes", "gives")
    taken: dict[str, int] = {}
    for i, step in enumerate(steps):
        takes, gives = step.takes, step.gives
        if takes is not None and takes in taken:
            what = (
                f"the lot is on a {show(takes)} since {show(steps[taken[takes]].step)}; write 'gives: {takes}' at a "
                "step before this one, or leave one of the two out"
            )
            yield Fault(("routes", route, i, "takes"), what, needs=needs)
        elif takes is not None:
            taken[takes] = i
        if gives is not None and gives not in taken:
            what = f"the lot is on no {show(gives)} here; write 'takes: {gives}' at an earlier step, or leave this out"
            yield Fault(("routes", route, i, "gives"), what, needs=needs)
        taken.pop(str(gives), None)
    for name, i in taken.items():
        what = f"it is never given up; write 'gives: {name}' at the last step that a lot does on it"
        yield Fault(("routes", route, i, "takes"), what, needs=needs)


def _word(line: Line, route: str, stretch: Stretch) -> Loc:
    """The word that says where a stretch begins: of its step, or of the first product that names the carrier."""
    if line.routes[route][stretch.takes].takes == stretch.carrier:
        return ("routes", route, stretch.takes, "takes")
    product = next(name for name, p in line.products.items() if (p.route, p.carrier) == (route, stretch.carrier))
    return ("products", product, "carrier")


def _taking(line: Line, route: str, steps: tuple[Step, ...], stretch: Stretch) -> Iterator[Fault]:
    """A lot is put on its carrier by a tool, alone, at a step that it does in any case."""
    step, at = steps[stretch.takes], _word(line, route, stretch)
    here: Loc = ("routes", route, stretch.takes)
    name = f"a {show(stretch.carrier)}"
    if line.toolgroups[step.toolgroup].tools is None:
        what = (
            f"{show(step.toolgroup)} is {line.toolgroups[step.toolgroup].kind} and has no tools; take {name} at a step "
            "that has"
        )
        yield Fault(at, what, needs=(("toolgroups", step.toolgroup, "tools"),))
    if step.batch is not None:
        what = f"{show(step.step)} loads batches, and lots are put on {name} one by one; take it at a step before"
        yield Fault(at, what, needs=((*here, "batch"),))
    if step.sample < EVERY_LOT and stretch.gives > stretch.takes:
        what = (
            f"lots that pass over {show(step.step)} ('sample') would go on without {name}; take it at a step that all "
            "lots do"
        )
        yield Fault(at, what, needs=((*here, "sample"),))


def _batches(line: Line, route: str, steps: tuple[Step, ...], stretch: Stretch) -> Iterator[Fault]:
    """A batch inside a stretch needs a carrier for each of its lots, as do parts that wait on them to be joined."""
    count = line.carriers[stretch.carrier].count
    if reading().phase:
        return
    for joining, i, part, lots in _joined(line, route, stretch):
        if lots > count:
            what = (
                f"step {show(line.routes[joining][i].step)} joins {lots} of {show(part)} at once, each on a "
                f"{show(stretch.carrier)}, and there are {count}; write {lots} or more"
            )
            yield Fault(("carriers", stretch.carrier, "count"), what, needs=(("routes", joining, i, "joins"),))
    sizes = [size for product in line.products.values() if product.route == route for size in _sizes(product)]
    for i in range(stretch.takes + 1, stretch.gives + 1):
        batch = steps[i].batch
        if batch is None or batch.wait is not None or batch.family is not None or not sizes:
            continue
        lots = math.ceil(batch.min / max(sizes))
        if lots > count:
            what = (
                f"step {show(steps[i].step)} starts with {lots} lots at least, each on a {show(stretch.carrier)}, and "
                f"there are {count}; write {lots} or more, or a smaller min there"
            )
            yield Fault(("carriers", stretch.carrier, "count"), what, needs=(("routes", route, i, "batch"),))


def _joined(line: Line, route: str, stretch: Stretch) -> Iterator[tuple[str, int, str, int]]:
    """Joins of what waits in a store on carriers: route and place of the step, part, lots of it."""
    if not line.toolgroups[line.routes[route][stretch.gives].toolgroup].is_store:
        return
    for other, steps in line.routes.items():
        for i, step in enumerate(steps):
            for part, lots in step.joins.items():
                if part in line.products and line.products[part].route == route:
                    yield other, i, part, lots


def _sizes(product: Product) -> set[int]:
    """Units of the lots of a product."""
    return {start.units or product.lot_size for start in product.release.schedule} or {product.lot_size}


def _jumps(route: str, steps: tuple[Step, ...], found: list[Stretch]) -> Iterator[Fault]:
    """No lot comes into a stretch without the carrier: by the step that takes it, or already on one of the kind."""
    places = {step.step: i for i, step in enumerate(steps)}
    for at, source, to, loc in _ways(steps, places):
        for stretch in found:
            if not stretch.holds_before(to):
                continue
            same = [other for other in found if other.carrier == stretch.carrier]
            done = loc[0] != "queue_limit"
            if any(other.holds_after(source) if done else other.holds_before(source) for other in same):
                continue
            what = (
                f"leads to {show(steps[to].step)}, where a lot is on a {show(stretch.carrier)}, from "
                f"{show(steps[source].step)}, where it is on none; go to {show(steps[stretch.takes].step)}, which "
                "takes one, or to a step before it"
            )
            yield Fault(("routes", route, at, *loc), what, needs=needs_of(route, steps, "step", "takes", "gives"))


def _ways(steps: tuple[Step, ...], places: dict[str, int]) -> Iterator[tuple[int, int, int, Loc]]:
    """Ways off the order of a route: step that says so, place it leaves, place it goes to, and the word."""
    for i, step in enumerate(steps):
        for key, arcs in (("rework", step.rework), ("branch", step.branch)):
            yield from (
                (i, i, places[arc.to], (key, j, "to"))
                for j, arc in enumerate(arcs)
                if arc.probability > 0 and arc.to in places
            )
        if step.process is not None and step.process.rejects_to in places:
            yield i, i, places[step.process.rejects_to], ("process", "rejects_to")
        if step.measure is not None and step.measure.sends_to in places:
            yield i, i, places[step.measure.sends_to], ("measure", "outside")
        for j, limit in enumerate(step.queue_limit):
            if isinstance(limit.breach, SendBack) and limit.breach.to in places:
                yield i, places[limit.until], places[limit.breach.to], ("queue_limit", j, "breach", "to")


def _at_start(line: Line) -> Iterator[Fault]:
    """Lots in the line at the start that are past a taking step are on a carrier, of which there are enough."""
    held = dict.fromkeys(line.carriers, 0)
    for lot in line.wip:
        route = line.products[lot.product].route
        place = next(i for i, step in enumerate(line.routes[route]) if step.step == lot.step)
        for stretch in stretches(line, route):
            held[stretch.carrier] += stretch.holds_before(place)
    for name, lots in held.items():
        count = line.carriers[name].count
        if lots > count:
            what = (
                f"{lots} lots of wip are past the step that takes a {show(name)}, and there are {count}; write {lots} "
                "or more, or fewer lots"
            )
            yield Fault(("carriers", name, "count"), what, needs=(("wip",), ("routes",), ("products",)))
