"""A shop model in jasima's text format to a line document, with the releases and due dates that such a file leaves out.

The MIMAC data sets (Fowler, Robinson 1995, "Measurement and improvement of manufacturing capacity (MIMAC)") come so:
machine groups, routes with process times, setup matrices and batches. A job is a lot of one unit.

* A step without a setup in a group with a setup matrix needs the state before the first setup, and so resets the tool.
* Steps share a batch where they have one batch name at one machine group.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .autosched_text import plain
from .draft import place
from .faults import LineError, show
from .jasima_read import NO_SETUP, MachineGroup, Operation, Shop, read_shop
from .sheets_cells import flow_text

DAY_MIN = 1440.0
LOAD = 0.7
"""Load of the busiest machine group where no starts are given."""
MIMAC_DUE: Any = {"flow_factor": {"uniform": [2, 5]}}
MIMAC_WEIGHT: Any = {"uniform": [1, 10]}


@dataclass(frozen=True)
class Order:
    """What a file in this format does not tell.

    starts:    jobs a day of each route, exponential; empty: as many of each as load the busiest group to `LOAD`
    due:       flow allowance in the document's words; weight: weights of the jobs
    batch_min: least batch, a share of the largest or a number of jobs
    rule:      dispatch rule of every machine group; atcs: its parameters
    """

    starts: tuple[float, ...] = ()
    due: Any = field(default_factory=lambda: MIMAC_DUE)
    weight: Any = field(default_factory=lambda: MIMAC_WEIGHT)
    batch_min: Any = 1
    rule: Any = ("fifo",)
    atcs: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class JasimaReport:
    """What `import_jasima` read, what it made of it and what it assumed."""

    source: Path
    document: Path
    made: dict[str, int]
    assumed: tuple[str, ...]

    def __str__(self) -> str:
        made = ", ".join(f"{count} {thing}" for thing, count in self.made.items())
        assumed = "\n".join(f"  {note}" for note in self.assumed)
        tried = f"try: twin check {self.document}, twin run {self.document}"
        return f"{self.source} -> {self.document}\n\nmade     {made}\n\nassumed\n{assumed}\n\n{tried}"


def import_jasima(path: Path, out: Path, order: Order | None = None, *, force: bool = False) -> JasimaReport:
    """Read a shop model, write the line document `out`; whole or not at all.

    raises LineError, which tells every fault with its place in the file
    """
    wanted = order or Order()
    if out.suffix.lower() not in {".yaml", ".yml"}:
        raise LineError(f"{out}: a line document's name ends in .yaml; write for instance -o {out.stem}.yaml")
    if out.exists() and (not force or out.is_dir()):
        raise LineError(f"{out}: is there already; choose another name, or replace it with --force")
    if not out.absolute().parent.is_dir():
        raise LineError(f"{out}: there is no folder {out.parent}")
    shop = read_shop(path)
    starts = _starts(shop, wanted)
    assumed = tuple(_assumed(shop, wanted))
    text = document_text(out.stem, path.name, shop, wanted, starts, assumed)
    place(out, text, f"{path} and the options lead to a document with these faults; put them right there")
    made = {
        "toolgroups": len(shop.groups),
        "tools": sum(group.machines for group in shop.groups),
        "routes": len(shop.routes),
        "steps": sum(map(len, shop.routes.values())),
        "setup changes": sum(minutes > 0 for group in shop.groups for minutes in group.setup.values()),
    }
    return JasimaReport(path, out, made, assumed)


def _starts(shop: Shop, order: Order) -> list[float]:
    """Jobs a day of each route."""
    if order.starts:
        if len(order.starts) != len(shop.routes):
            names = ", ".join(shop.routes)
            raise LineError(
                f"--starts: {len(order.starts)} rates for {len(shop.routes)} routes; write one for each of {names}"
            )
        return list(order.starts)
    work = dict.fromkeys(range(1, len(shop.groups) + 1), 0.0)
    for operations in shop.routes.values():
        for operation in operations:
            work[operation.group] += operation.minutes / operation.most
    busiest = max(minutes / shop.groups[group - 1].machines for group, minutes in work.items())
    if busiest == 0:
        raise LineError("--starts: no operation takes any time, so that no rate loads a machine; give one a route")
    return [float(f"{LOAD * DAY_MIN / busiest:.4g}")] * len(shop.routes)


def _assumed(shop: Shop, order: Order) -> Iterator[str]:
    """What the file does not say."""
    if not order.starts:
        yield f"releases: exponential, as many of each route as load the busiest machine group to {LOAD:.0%}; --starts"
    else:
        yield "releases: exponential, as --starts says"
    yield f"due dates: {flow_text(order.due)}, weights: {flow_text(order.weight)}; --due, --weight"
    yield f"least batch: {order.batch_min}; rule: {flow_text(_listed(order.rule))}; --batch-min, --rule"
    resets = {
        shop.groups[step.group - 1].name
        for steps in shop.routes.values() for step in steps if step.setup == NO_SETUP
    }  # fmt: skip
    if resets:
        yield f"steps without a setup reset the tools of {', '.join(sorted(resets))}"


def _listed(rule: Any) -> list[Any]:
    return list(rule) if isinstance(rule, list | tuple) else [rule]


def document_text(
    name: str, file: str, shop: Shop, order: Order, starts: Sequence[float], assumed: Sequence[str]
) -> str:
    """The whole document."""
    about = (
        f"{sum(group.machines for group in shop.groups)} tools in {len(shop.groups)} toolgroups and "
        f"{len(shop.routes)} routes, imported from {file}; a lot is one job. Assumed: {'. '.join(assumed)}."
    )
    lines = ["twin: 1", f"line: {plain(name)}", "about: >"]
    lines += textwrap.wrap(about, 108, initial_indent="  ", subsequent_indent="  ")
    lines += ["tick: 10 ms", "", "toolgroups:"]
    for group in shop.groups:
        lines += _toolgroup(group, order)
    lines += ["", "products:"]
    for route, rate in zip(shop.routes, starts, strict=True):
        every = f"{{every: {{exponential: {DAY_MIN / rate:.10g} min}}}}"
        words = f"route: {plain(route)}, release: {every}, due: {_inline(order.due)}, weight: {_inline(order.weight)}"
        lines.append(f"  {plain(route)}: {{{words}}}    # {rate:g} a day")
    families = Counter((step.group, step.batch) for steps in shop.routes.values() for step in steps)
    lines += ["", "routes:"]
    for route, steps in shop.routes.items():
        lines.append(f"  {plain(route)}:    # {len(steps)} steps")
        digits = len(str(len(steps)))
        for number, step in enumerate(steps, 1):
            shared = families[step.group, step.batch] > 1
            lines.append(f"    - {{{_step(f'{number:0{digits}d}', shop.groups[step.group - 1], step, shared, order)}}}")
    lines += ["", "run: {horizon: 2190 d, warmup: 365 d, replications: 8, seed: 1}"]
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    """A value of the document within a mapping on one line."""
    text = flow_text(value)
    return f"{{{text}}}" if isinstance(value, dict) and not text.startswith("{") else text


def _toolgroup(group: MachineGroup, order: Order) -> Iterator[str]:
    yield f"  {plain(group.name)}:"
    yield f"    tools: {group.machines}"
    yield f"    rule: [{', '.join(plain(str(rule)) for rule in _listed(order.rule))}]"
    if order.atcs:
        yield f"    atcs: {_inline(dict(order.atcs))}"
    changes = list(_changes(group))
    if changes:
        yield "    setups:"
        yield "      changes:"
        for before, after, minutes in changes:
            source = f"from: {plain(before)}, " if before is not None else ""
            yield f"        - {{{source}to: {plain(after)}, time: {minutes:g} min}}"


def _changes(group: MachineGroup) -> Iterator[tuple[str | None, str, float]]:
    """Setup changes: from any state as from the one before the first setup, and from those where it takes another time.

    That state itself has a name only where some step resets the tool to it.
    """
    for after in [*group.states, NO_SETUP]:
        first = group.setup.get((NO_SETUP, after), 0.0)
        if first:
            yield None, after, first
        for before in group.states:
            minutes = group.setup.get((before, after), 0.0)
            if before != after and minutes != first:
                yield before, after, minutes


def _step(number: str, group: MachineGroup, step: Operation, shared: bool, order: Order) -> str:
    words = f"step: {plain(f'{number}_{group.name}')}, toolgroup: {plain(group.name)}, time: {step.minutes:g} min"
    if step.setup is not None:
        words += f", setup: {plain(step.setup)}"
    if step.batch is not None:
        family = f", family: {plain(step.batch)}" if shared else ""
        words += f", batch: {{min: {_inline(order.batch_min)}, max: {step.most}{family}}}"
    return words


def read_starts(text: str) -> tuple[float, ...]:
    """Jobs a day of each route, from a text such as `4.5,10.5`.

    raises LineError
    """
    rates = []
    for part in text.split(","):
        try:
            rate = float(part)
        except ValueError:
            rate = 0.0
        if not 0 < rate <= 1e6:
            raise LineError(f"--starts {text}: {show(part.strip())} is no rate; write lots a day, such as 4.5,10.5")
        rates.append(rate)
    return tuple(rates)
