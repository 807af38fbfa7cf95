"""Several products share the entrance of a line: in which order they come, and how.

Level scheduling is goal chasing (Monden, "Toyota Production System", ch. 16; Miltenburg, Management Science 35, 1989):
position k goes to the product whose share of k falls shortest of what it has had. Sequence rules are those of car
sequencing (Parrello et al., 1986; CSPLib prob001): at most p in any q in a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from .calendar_week import open_share
from .document import Document, OneOrMany
from .faults import Fault, Faults, Loc, did_you_mean, show
from .laws import Law
from .tables import MOST_FAULTS, read_records
from .units import NAME_SCHEMA, SHARE_SCHEMA, Name, Time, name, share, whole

if TYPE_CHECKING:
    from .line import Line
    from .products import Product

MOST_BODIES = 1_000_000
MOST_CYCLE = 10_000
LONGEST_RULE = 60  # bits of a rule's memory
ORDER_COLUMNS = {"order": name, "product": name}
ORDERS = ("sequence", "level", "orders", "random")
WAYS = ("every", "wip", "saturated")


def _names(value: Any) -> tuple[str, ...]:
    """Products in their order."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not listed:
        raise ValueError(f"needs products in their order, such as [saloon, saloon, estate], not {show(value)}")
    if len(listed) > MOST_BODIES:
        raise ValueError(f"has {len(listed):,} entries; write at most {MOST_BODIES:,}")
    return tuple(name(part) for part in listed)


def _orders(value: Any) -> tuple[str, ...]:
    """A list of products, or the column `product` of a table."""
    source = value["file"] if isinstance(value, dict) and set(value) == {"file"} else value
    if isinstance(source, list | tuple):
        return _names(source)
    records = read_records(source, ORDER_COLUMNS, ("product",), "orders.csv")
    if not records.rows:
        raise ValueError("the table has no rows; write at least one order")
    return tuple(row["product"] for row in records.rows)


def _level(value: Any) -> dict[str, int]:
    """How many of each product come in one cycle."""
    if not isinstance(value, dict) or not value:
        raise ValueError(f"needs products with whole numbers, such as {{saloon: 2, estate: 1}}, not {show(value)}")
    counts = {name(key): whole(1, MOST_CYCLE)(count) for key, count in value.items()}
    if sum(counts.values()) > MOST_CYCLE:
        raise ValueError(f"has {sum(counts.values()):,} lots in a cycle; write at most {MOST_CYCLE:,}")
    return counts


def _shares(value: Any) -> dict[str, float]:
    """The probability of each product."""
    if not isinstance(value, dict) or not value:
        raise ValueError(f"needs products with shares, such as {{saloon: 70 %, estate: 30 %}}, not {show(value)}")
    shares = {name(key): share(part) for key, part in value.items()}
    if abs(sum(shares.values()) - 1) > 1e-9:
        raise ValueError(f"the shares sum to {100 * sum(shares.values()):.6g} %; write shares that sum to 100 %")
    return shares


_LISTED: dict[str, Any] = {"type": "array", "items": NAME_SCHEMA, "minItems": 1}
_FILE = {"type": "string", "pattern": "[.]"}
_counts = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}}
_parts = {"type": "object", "additionalProperties": SHARE_SCHEMA}


class SequenceRule(Document):
    """At most so many of some products in any so many lots in a row."""

    of: Annotated[tuple[str, ...], BeforeValidator(_names), WithJsonSchema({"anyOf": [NAME_SCHEMA, _LISTED]})] = Field(
        description="Products that count: one, or all that have an option.", examples=[["estate"]]
    )
    at_most: Annotated[int, BeforeValidator(whole(0, LONGEST_RULE))] = Field(
        description="How many of them are allowed.", examples=[1]
    )
    in_: Annotated[int, BeforeValidator(whole(2, LONGEST_RULE))] = Field(
        alias="in", description="In any so many lots in a row.", examples=[3]
    )

    @model_validator(mode="after")
    def _can_be_broken(self) -> SequenceRule:
        if self.at_most >= self.in_:
            what = f"{self.at_most} in {self.in_} are always allowed; write fewer than {self.in_}"
            raise Faults([Fault(("at_most",), what)])
        return self

    def __str__(self) -> str:
        return f"{' or '.join(self.of)} at most {self.at_most} in {self.in_}"


class Mix(Document):
    """How products share the entrance of a line: what comes next, and when."""

    sequence: Annotated[tuple[str, ...], BeforeValidator(_names), WithJsonSchema(_LISTED)] = Field(
        default=(), description="Products in the order that repeats.", examples=[["saloon", "saloon", "estate"]]
    )
    level: Annotated[dict[str, int], BeforeValidator(_level), WithJsonSchema(_counts)] = Field(
        default={}, description="So many of each in a cycle, evenly spaced.", examples=[{"saloon": 2, "estate": 1}]
    )
    random: Annotated[dict[str, float], BeforeValidator(_shares), WithJsonSchema(_parts)] = Field(
        default={},
        description="Each lot by chance, with these shares.",
        examples=[{"saloon": "70 %", "estate": "30 %"}],
    )
    orders: Annotated[
        tuple[str, ...], BeforeValidator(_orders), WithJsonSchema({"anyOf": [_LISTED, _FILE]})
    ] = Field(
        default=(), description="Orders one after the other, once: a list, or a CSV file with the column product.",
        examples=["orders.csv"],
    )  # fmt: skip
    every: Law | None = Field(default=None, description="The takt: from one release to the next.", examples=["60 s"])
    wip: Annotated[int, BeforeValidator(whole(1, 1_000_000))] | None = Field(
        default=None, description="Lots of all of them always in the line: the next comes as one leaves.", examples=[40]
    )
    saturated: bool = Field(
        default=False, description="true: the next lot is always ready, and comes as soon as it can be loaded."
    )
    start: Time = Field(default=0.0, description="When the first lot comes.", examples=["2 h"])
    calendar: Name | None = Field(
        default=None, description="The takt counts open time of this calendar alone.", examples=["two_shifts"]
    )
    sequence_rules: Annotated[tuple[SequenceRule, ...], OneOrMany()] = Field(
        default=(),
        description="What must hold of the order: checked where it is fixed, counted in every run.",
        examples=[[{"of": ["estate"], "at_most": 1, "in": 3}]],
    )

    @model_validator(mode="after")
    def _one_of_each(self) -> Mix:
        orders = [key for key in ORDERS if getattr(self, key)]
        ways = [key for key in WAYS if getattr(self, key)]
        faults = []
        if len(orders) != 1:
            told = " and ".join(orders) or "none"
            cure = "write which product comes when"
            faults.append(Fault((), f"needs one of {', '.join(ORDERS)}, and has {told}; {cure}"))
        if len(ways) != 1:
            told = " and ".join(ways) or "none"
            faults.append(Fault((), f"needs one of {', '.join(WAYS)}, and has {told}; write for instance every: 60 s"))
        if self.every is not None and self.every.mean == 0:
            faults.append(Fault(("every",), "would release lots without end at one moment; write a time above 0"))
        if self.calendar is not None and self.every is None:
            what = "only intervals between releases are counted in open time; leave calendar out"
            faults.append(Fault(("calendar",), what, "key"))
        if faults:
            raise Faults(faults)
        return self

    @property
    def kind(self) -> str:
        """How lots come: every, wip or saturated."""
        return next(way for way in WAYS if getattr(self, way))

    @property
    def cycle(self) -> tuple[str, ...]:
        """The order that repeats, or, of `orders`, comes once; () where it is drawn."""
        return levelled(self.level) if self.level else self.sequence or self.orders

    @property
    def shares(self) -> dict[str, float]:
        """Each product's share of the lots."""
        if self.random:
            return self.random
        cycle = self.cycle
        return {product: cycle.count(product) / len(cycle) for product in dict.fromkeys(cycle)}

    @property
    def names(self) -> tuple[tuple[Loc, str], ...]:
        """Every product that it names, and where."""
        listed = [("sequence", i, product) for i, product in enumerate(self.sequence)]
        listed += [("orders", i, product) for i, product in enumerate(self.orders)]
        keyed = [(("level", product), product) for product in self.level]
        keyed += [(("random", product), product) for product in self.random]
        return (*((loc[:2], loc[2]) for loc in listed), *keyed)


def levelled(counts: dict[str, int]) -> tuple[str, ...]:
    """A cycle of these products, each as evenly spaced as goes: goal chasing, ties by the order of the products."""
    total, had, order = sum(counts.values()), dict.fromkeys(counts, 0), []
    for k in range(1, total + 1):
        behind = max(counts, key=lambda product: k * counts[product] - total * had[product])
        had[behind] += 1
        order.append(behind)
    return tuple(order)


def broken(rule: SequenceRule, order: Sequence[str], repeats: bool) -> list[int]:
    """Where windows begin that break a rule, counted from 1; of an order that repeats, in its first round.

    order: products one after the other
    """
    length, most = rule.in_, len(order) if repeats else max(0, len(order) - rule.in_ + 1)
    counts = [product in rule.of for product in order]
    found = []
    for first in range(most):
        window = [counts[(first + k) % len(order)] for k in range(length)]
        if sum(window) > rule.at_most:
            found.append(first + 1)
    return found


def kind_of(line: Line, product: Product) -> str:
    """How lots of a product come, that of its mix included: every, wip, saturated or schedule."""
    return line.mix.kind if product.release.kind == "mix" and line.mix is not None else product.release.kind


def every_of(line: Line, product: str) -> float | None:
    """Mean time between two releases of a product [s], None where that is not known."""
    release = line.products[product].release
    if release.kind == "mix" and line.mix is not None:
        part = line.mix.shares.get(product, 0.0)
        found = line.mix.every.mean / part if line.mix.every is not None and part > 0 else None
        counted = line.mix.calendar
    else:
        found, counted = None if release.every is None else release.every.mean, release.calendar
    return found if found is None or counted is None else found / open_share(line.calendars[counted])


def number_released(line: Line, product: str) -> int | None:
    """How many lots of a product come, None where they come without end."""
    release = line.products[product].release
    if release.kind == "schedule":
        return len(release.schedule)
    if release.kind == "mix" and line.mix is not None and line.mix.orders:
        return line.mix.orders.count(product)
    return None


def mix_faults(line: Line) -> Iterator[Fault]:
    """Faults between the mix and the products; their routes are known to be there."""
    mixed = [product for product, made in line.products.items() if made.release.kind == "mix"]
    if line.mix is None:
        for product in mixed:
            what = "the line has no mix; write 'mix: {sequence: [...], every: 60 s}' at the top, or another release"
            yield Fault(("products", product, "release"), what, needs=(("mix",),))
        return
    faults = list(_names_faults(line, line.mix))
    yield from faults[:MOST_FAULTS]
    named = {product for _, product in line.mix.names}
    for product in () if faults else mixed:
        if product not in named:
            what = f"product {show(product)} is released by the mix, which does not name it; add it there"
            yield Fault(("products", product, "release"), what, needs=(("mix",),))
    first = {product: line.routes[line.products[product].route][0] for product in mixed}
    groups = {step.toolgroup for step in first.values()}
    if len(groups) > 1:
        told = ", ".join(sorted(groups))
        what = f"its products share one entrance, and their routes begin at {told}; let them begin at one toolgroup"
        yield Fault(("mix",), what, "key", needs=(("routes",), ("products",)))
    for product, step in first.items() if line.mix.saturated else ():
        if step.batch is not None:
            what = f"the next lot of the mix comes alone, and step {show(step.step)} of {show(product)} runs in batches"
            yield Fault(("mix", "saturated"), f"{what}; write wip or every", needs=(("routes",), ("products",)))
            break


def _names_faults(line: Line, mix: Mix) -> Iterator[Fault]:
    told = set()
    for loc, product in mix.names:
        if product in told:
            continue
        told.add(product)
        at = "key" if loc[0] in ("level", "random") else "value"
        if product not in line.products:
            what = f"the line has no product {show(product)}; {did_you_mean(product, line.products)}"
            yield Fault(("mix", *loc), what, "key" if at == "key" else "value", needs=(("products",),))
        elif line.products[product].release.kind != "mix":
            what = f"product {show(product)} has a release of its own beside the mix; write 'release: mix' there"
            yield Fault(("products", product, "release"), what, needs=(("mix",),))
    for i, rule in enumerate(mix.sequence_rules):
        for product in rule.of:
            if product not in line.products:
                what = f"the line has no product {show(product)}; {did_you_mean(product, line.products)}"
                yield Fault(("mix", "sequence_rules", i, "of"), what, needs=(("products",),))
