"""A line document as text an engineer likes to read: one toolgroup a block, one step a line, aligned."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Iterable
from decimal import Decimal

from .autosched_fab import Group
from .autosched_routes import Lot, Step, Stream
from .autosched_tables import Spread, digits

RUN = "{horizon: 730 d, warmup: 0 d, replications: 2, seed: 1}"
_PLAIN = re.compile(r"(?:\d+_)?[A-Za-z][\w.\-]+")
_WORDS = {"yes", "no", "on", "off", "true", "false", "null"}


def plain(name: str) -> str:
    """A name as YAML, in quotes where YAML would read something else."""
    if _PLAIN.fullmatch(name) and name.lower() not in _WORDS:
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def document_text(
    name: str,
    about: str,
    groups: Iterable[Group],
    streams: Iterable[tuple[Stream, str]],
    routes: dict[str, list[Step]],
    transport: Spread | None,
    wip: str | None,
) -> str:
    """The whole document; streams come with the name of their route, `wip` is a file beside the document."""
    lines = ["twin: 1", f"line: {plain(name)}", "about: >"]
    lines += textwrap.wrap(about, 108, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    lines += ["", "toolgroups:", *_toolgroups(groups)]
    lines += [
        "",
        "products:    # one a release stream; larger priority first",
        *_products(streams),
    ]
    lines += ["", "routes:"]
    for route, steps in routes.items():
        lines += [f"  {plain(route)}:    # {len(steps)} steps", *_route(steps), ""]
    if transport:
        lines += [f"transport: {{time: {transport}}}"]
    if wip:
        lines += [f"wip: {plain(wip)}"]
    lines += [f"run: {RUN}"]
    return "\n".join(lines) + "\n"


def _toolgroups(groups: Iterable[Group]) -> Iterable[str]:
    area = None
    for group in groups:
        if group.area != area:
            area = group.area
            yield f"  # {'-' * 8} {area or 'no area'}"
        yield f"  {plain(group.name)}:"
        yield f"    tools: {'unlimited' if group.tools is None else group.tools}"
        if group.tools is not None:
            yield f"    rule: [{', '.join(group.rule)}]"
        if group.wake != "least_setup" and (group.tools or 1) > 1:
            yield f"    wake: {group.wake}"
        if group.reserve is not None and group.tools is not None:
            yield f"    reserve: {group.reserve}"
        if group.load.value:
            yield f"    load: {group.load}"
        if group.unload.value:
            yield f"    unload: {group.unload}"
        if group.area:
            yield f"    area: {plain(group.area)}"
        if not group.moved:
            yield "    transport: none"
        yield from _listed("failures", group.failures)
        yield from _listed("pm", group.pm)
        if group.changes:
            runs = ", ".join(f"{plain(setup)}: {lots}" for setup, lots in group.min_run.items())
            yield "    setups:"
            yield from (f"  {line}" for line in _listed("changes", [str(change) for change in group.changes]))
            if group.clears:
                yield "      plain_steps: clear"
            if runs:
                yield f"      min_run: {{{runs}}}"


def _listed(key: str, items: list[str]) -> Iterable[str]:
    """A key with a list, one item a line unless there is only one."""
    if len(items) == 1:
        yield f"    {key}: [{items[0]}]"
    elif items:
        yield f"    {key}:"
        yield from (f"      - {item}" for item in items)


def _products(streams: Iterable[tuple[Stream, str]]) -> Iterable[str]:
    rows = []
    for stream, route in streams:
        start = f", start: {digits(stream.start)} s" if stream.start else ""
        allowance = "" if stream.due is None else f"due: {digits(stream.due)} s, "
        days = "" if stream.due is None else f"  # due after {stream.due / Decimal(86400):.1f} d"
        head = f"lot_size: {stream.pieces}, route: {plain(route)}, priority: {stream.priority}, "
        rows.append(
            (
                f"{plain(stream.name)}:",
                f"{{{head}{allowance}release: {{every: {stream.every}{start}}}}}",
                days,
            )
        )
    width = max((len(name) for name, _, _ in rows), default=0)
    body = max((len(text) for _, text, _ in rows), default=0)
    for name, text, days in rows:
        yield f"  {name:<{width}} {text:<{body}}{days}".rstrip()


def _route(steps: list[Step]) -> Iterable[str]:
    """One line a step, the four fields that each has in columns."""
    rows = [(plain(step.name), plain(step.toolgroup), str(step.time), step) for step in steps]
    names = max((len(row[0]) for row in rows), default=0) + 1
    groups = max((len(row[1]) for row in rows), default=0) + 1
    times = max((len(row[2]) for row in rows), default=0) + 1
    for name, group, time, step in rows:
        rest = "".join(f", {key}: {value}" for key, value in step.rest.items())
        yield (
            f"    - {{step: {name + ',':<{names}} toolgroup: {group + ',':<{groups}} "
            f"time: {time + ',':<{times}} per: {step.per}{rest}}}"
        )


def wip_text(lots: Iterable[Lot]) -> str:
    """The table of initial lots; they queue in this order at time 0."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("lot", "product", "units", "step", "priority", "due [s]"))
    for lot in lots:
        due = "" if lot.due is None else digits(lot.due)
        writer.writerow((lot.name, lot.product, lot.units, lot.step, lot.priority, due))
    return out.getvalue()
