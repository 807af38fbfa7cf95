"""Changes that hold for a time, and the phases they cut a run into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from .change_text import split_change, timed
from .context import reading, reading_with
from .document import Document
from .edit import changed
from .faults import Fault, Faults, LineError, Loc, show
from .units import UNITS, Time, quantity, text
from .yaml_reader import TextFaults, scalar

if TYPE_CHECKING:
    from .line import Line

# What may be otherwise for a time, as places of the document; `*` stands for any name or number.
MAY_CHANGE: tuple[tuple[str, ...], ...] = (
    *(("toolgroups", "*", key) for key in ("tools", "buffer", "rule", "load", "unload")),
    *(("toolgroups", "*", "failures", "*", key) for key in ("mtbf", "mttr")),
    *(("toolgroups", "*", "pm", "*", key) for key in ("every", "takes")),
    ("toolgroups", "*", "setups", "changes", "*", "time"),
    ("toolgroups", "*", "setups", "min_run"),
    *(("toolgroups", "*", "atcs", key) for key in ("k1", "k2", "due")),
    *(("products", "*", "release", key) for key in ("every", "wip")),
    *(("products", "*", key) for key in ("due", "priority", "weight")),
    *(("routes", "*", "*", key) for key in ("time", "sample")),
    *(("routes", "*", "*", "batch", key) for key in ("min", "max")),
    *(("routes", "*", "*", "cascade", key) for key in ("every", "inside")),
    *(("routes", "*", "*", key, "*", "probability") for key in ("rework", "branch")),
    ("routes", "*", "*", "queue_limit", "*", "limit"),
    ("auxiliaries", "*"),
    *(("carriers", "*", key) for key in ("count", "return")),
    ("transport", "time"),
    ("crews", "*", "count"),
)
_MAY = {
    "toolgroups": "tools, buffer, rule, load, unload, mtbf and mttr of its failures, every and takes of its pm, "
    "times and min_run of its setups, atcs",
    "products": "due, priority, weight, and every or wip of its release",
    "routes": "a step's time, sample, batch sizes, cascade times, probabilities and queue limits",
    "auxiliaries": "how many there are of each",
    "transport": "its time",
    "crews": "the number of members",
    "carriers": "how many there are of each, and the time of their way back",
}


def _change(value: Any) -> str:
    """A change as a text; its times stand beside it."""
    path, content = split_change(text(value))
    if timed(content) is not None:
        raise ValueError("the times stand in keys of their own; write {change: PATH=VALUE, from: 30 d, to: 35 d}")
    return f"{path}={content}"


class Transient(Document):
    """A change that begins at a time and ends at another, or lasts until the end of the run. Times [s]."""

    change: Annotated[str, BeforeValidator(_change), WithJsonSchema({"type": "string", "pattern": "="})] = Field(
        description="PATH=VALUE, as after --set.", examples=["toolgroups.litho.tools=1"]
    )
    from_: Time = Field(alias="from", description="When it begins.", examples=["30 d"])
    to: Time | None = Field(
        default=None, description="When it ends; left out: with the run.", examples=["35 d"]
    )

    @model_validator(mode="after")
    def _takes_time(self) -> Transient:
        tick = reading().tick
        if self.to is not None and round(self.to / tick) <= round(self.from_ / tick):
            when = f"ends at {quantity(self.to)} and begins at {quantity(self.from_)}"
            raise Faults([Fault(("to",), f"{when}; write a later end, or leave it out")])
        return self

    @property
    def path(self) -> str:
        """What it changes."""
        return split_change(self.change)[0]

    def overlaps(self, other: Transient) -> bool:
        """Whether there is a time at which both are in force."""
        ends = [float("inf") if end is None else end for end in (self.to, other.to)]
        return self.from_ < ends[1] and other.from_ < ends[0]

    def __str__(self) -> str:
        until = "" if self.to is None else f" to {_told(self.to)}"
        return f"{self.change} from {_told(self.from_)}{until}"


def _told(seconds: float) -> str:
    """A time in the largest unit that it fills, where a few digits say it exactly."""
    for unit in ("d", "h", "min"):
        times, _ = UNITS[unit]
        text = f"{seconds / times:.6g}"
        if seconds >= times and float(text) * times == seconds:
            return f"{text} {unit}"
    return quantity(seconds)


class _Variants:
    """The line with some of its transients in force, each made once.

    base:     the line without transients
    document: it, in the fixed words
    """

    def __init__(self, line: Line) -> None:
        self.base = line.model_copy(update={"transients": ()})
        self.document = self.base.to_document()
        self._transients = line.transients
        self._made: dict[tuple[int, ...], Line] = {(): self.base}

    def changed(self, active: tuple[int, ...]) -> tuple[dict[Any, Any], Loc]:
        """The document with the transients of these numbers in force, and the place the last one changed.

        raises ValueError for a path that leads nowhere or a value that cannot be read
        """
        document: dict[Any, Any] = self.document
        loc: Loc = ()
        for k in active:
            path, value = split_change(self._transients[k].change)
            try:
                document, loc = changed(document, path, scalar(value), fixed=True)
            except TextFaults as error:
                raise ValueError(error.spots[0].what) from None
        return document, loc

    def of(self, active: tuple[int, ...]) -> Line:
        """The line with the transients of these numbers in force, the later ones over the earlier ones.

        raises LineError
        """
        if active not in self._made:
            document, _ = self.changed(active)
            with reading_with(phase=True):
                line = type(self.base).from_document(document, reading().folder)
            line._source = self.base._source
            self._made[active] = line
        return self._made[active]


def phases_of(line: Line) -> tuple[tuple[float, Line], ...]:
    """Start of each phase [s] and the line in force from then on, neighbours that are equal as one."""
    if not line.transients:
        return ((0.0, line),)
    variants = _Variants(line)
    found: list[tuple[float, Line]] = []
    for start, active in _periods(line):
        with reading_with(trusting=True):  # whose rules are all installed is known, or the line is only to be shown
            variant = variants.of(active)
        if not found or found[-1][1] != variant:
            found.append((start, variant))
    return tuple(found)


def _periods(line: Line) -> list[tuple[float, tuple[int, ...]]]:
    """Every time at which something begins or ends [s], once a tick, and the transients in force from then on."""
    ends = [end for transient in line.transients for end in (transient.from_, transient.to) if end is not None]
    times: dict[int, float] = {}
    for time in (0.0, *ends):
        times.setdefault(round(time / line.tick), time)
    active = {
        tick: tuple(
            k
            for k, transient in enumerate(line.transients)
            if round(transient.from_ / line.tick) <= tick
            and (transient.to is None or tick < round(transient.to / line.tick))
        )
        for tick in times
    }
    return [(times[tick], active[tick]) for tick in sorted(times)]


def transient_faults(line: Line) -> list[Fault]:
    """Faults of the transients of a line that is sound without them."""
    if not line.transients:
        return []
    variants = _Variants(line)
    faults = [fault for k in range(len(line.transients)) for fault in _own_faults(line, variants, k)]
    return faults or list(_joint_faults(line, variants))


def _own_faults(line: Line, variants: _Variants, k: int) -> Iterator[Fault]:
    """Faults of one transient by itself."""
    transient, at = line.transients[k], ("transients", k, "change")
    needs: tuple[Loc, ...] = ((transient.path.partition(".")[0],),)
    try:
        variant = variants.of((k,))
    except LineError as error:
        yield from (Fault(at, fault.what, needs=needs) for fault in error.faults)
        return
    except ValueError as error:
        yield Fault(at, str(error), needs=needs)
        return
    if variant == variants.base:
        earlier = [other for other in line.transients[:k] if other.overlaps(transient)]
        if not any(_same_place(other.path, transient.path) for other in earlier):
            yield Fault(at, f"{transient.path} is {split_change(transient.change)[1]} already", needs=needs)
        return
    refused = _refused(variants.base, variant)
    if refused is not None:
        yield Fault(at, refused, needs=needs)


def _joint_faults(line: Line, variants: _Variants) -> Iterator[Fault]:
    """Transients that are sound each by itself and not together."""
    for _, active in _periods(line):
        try:
            variants.of(active)
        except ValueError as error:
            others = " and ".join(f"transients.{k}" for k in active[:-1])
            what = str(error).partition("\n")[0]
            yield Fault(("transients", active[-1], "change"), f"together with {others}: {what}")


def _same_place(a: str, b: str) -> bool:
    """Whether two paths change the same place, or one a part of the other."""
    return f"{a}.".startswith(f"{b}.") or f"{b}.".startswith(f"{a}.")


def _refused(base: Line, variant: Line) -> str | None:
    """Why a change cannot hold for a time, None if it can."""
    for loc in _differences(base.to_document(), variant.to_document()):
        if not any(_fits(loc, place) for place in MAY_CHANGE):
            can = f"what can, of {loc[0]}: {_MAY[str(loc[0])]}" if loc[0] in _MAY else f"what can: {', '.join(_MAY)}"
            return f"{'.'.join(map(str, loc))} cannot change for a time; {can}"
    return next(_broken(base, variant), None)


def _fits(loc: Loc, place: tuple[str, ...]) -> bool:
    """Whether a place of the document is one that may change, or lies inside one."""
    return len(loc) >= len(place) and all(word in ("*", part) for part, word in zip(loc, place, strict=False))


def _broken(base: Line, variant: Line) -> Iterator[str]:
    """What must stay of a kind while its amount may change."""
    for name, group in base.toolgroups.items():
        other = variant.toolgroups[name]
        if (group.tools is None) != (other.tools is None):
            yield f"tools of {show(name)} cannot become or cease to be unlimited for a time; write a number"
        kinds = [[(pm.every is None, pm.on_alarm) for pm in plans] for plans in (group.pm, other.pm)]
        if kinds[0] != kinds[1]:
            yield f"pm of {show(name)} cannot be due by another of time, units and alarms for a time"
    for name, product in base.products.items():
        now, then = product.release, variant.products[name].release
        if now.kind != then.kind:
            yield f"the release of {show(name)} cannot change its kind for a time; change its every or wip"
        elif now.every != then.every and "trace" in {law.kind for law in (now.every, then.every) if law}:
            yield f"the release of {show(name)} cannot go to or from a trace for a time; write another law"
        if (product.due is None) != (variant.products[name].due is None):
            yield f"product {show(name)} cannot have a due date only for a time; give it one for all of it"
    for name, route in base.routes.items():
        for step, other_step in zip(route, variant.routes[name], strict=True):
            stops = [law.kind == "trace" and law.end == "stop" for law in (step.time, other_step.time)]
            if step.time != other_step.time and any(stops):
                yield (
                    f"the time of step {show(step.step)} cannot go to or from a trace that stops for a time, since no "
                    "lots are released beyond its end; write end: repeat, or another law"
                )


def _differences(a: Any, b: Any, loc: Loc = ()) -> Iterator[Loc]:
    """Places in which two documents differ; of a part that only one of them has, its own place."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in {**a, **b}:
            if key in a and key in b:
                yield from _differences(a[key], b[key], (*loc, key))
            else:
                yield (*loc, key)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, pair in enumerate(zip(a, b, strict=True)):
            yield from _differences(*pair, (*loc, i))
    elif a != b:
        yield loc


def self_contained(line: Line) -> tuple[Transient, ...]:
    """The transients of a sound line with the tables they name written out, so that they need no file."""
    variants = _Variants(line)
    found = []
    for k, transient in enumerate(line.transients):
        if "file" in transient.change:
            _, loc = variants.changed((k,))
            part: Any = variants.of((k,)).to_document()
            for key in loc:
                part = part[key]
            path = ".".join(map(str, loc))
            transient = transient.model_copy(update={"change": f"{path}={json.dumps(part, ensure_ascii=False)}"})
        found.append(transient)
    return tuple(found)
