"""The document of a line drafted from an event log, and the tables beside it."""

from __future__ import annotations

import csv
import io
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from .arcs import END
from .autosched_text import plain
from .eventlog_calendar import Hours
from .eventlog_laws import Fitted
from .eventlog_model import Draft, DraftProduct, DraftStep
from .eventlog_routes import probabilities
from .eventlog_shape import Group
from .units import UNITS, unit_factor

DAY_S = 86_400.0
WAITING = "waiting"
CALENDAR = "hours"
ARRIVALS = "arrival"
_LONGEST_WARMUP_S = 90 * DAY_S  # and ten times as long is measured
_LONG_S = 1000 * DAY_S  # a log that a clock of milliseconds may not hold
_PLACES = 5  # times as many lots may wait as were ever in the line at once


def document_text(
    name: str, draft: Draft, assumed: Sequence[str], own_arrivals: str | None, table: str | None
) -> str:
    """The whole document.

    own_arrivals: file with the log's arrivals, None for laws; table: file of the empirical laws, None without any
    """
    log = draft.log
    lines = [f"# Made by 'twin import eventlog' from {log.path.name}: {len(log.events):,} events.", "# Assumed:"]
    for note in assumed:
        lines += textwrap.wrap(note, 108, initial_indent="#   - ", subsequent_indent="#     ", break_on_hyphens=False)
    lines += ["twin: 1", f"line: {plain(name)}", "about: >"]
    lines += textwrap.wrap(_about(draft), 108, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    lines += ["tick: 1 s"] if log.events["end"].max() > _LONG_S else []
    lines += ["", "toolgroups:", *_toolgroups(draft)]
    if draft.hours is not None:
        lines += ["", "calendars:", *_calendar(draft.hours), f"calendar: {CALENDAR}"]
    columns = _Columns(draft, table)
    lines += ["", "products:", *_products(draft, own_arrivals, columns), "", "routes:"]
    for product in draft.products:
        lines += [f"  {plain(product.name)}:    # {len(product.steps)} steps, delays not counted"]
        lines += [*_route(draft, product, columns)]
    lines += ["", run_words(draft, own=own_arrivals is not None)]
    return "\n".join(lines) + "\n"


def _about(draft: Draft) -> str:
    log, events = draft.log, draft.log.events
    began = "" if log.zero is None else f", from {log.zero:%Y-%m-%d} (time 0) on"
    span = (events["end"].max() - events["start"].min()) / DAY_S
    middle, mean = time_text(float(np.median(draft.cycle_s))), time_text(float(draft.cycle_s.mean()))
    touch = time_text(float(draft.touch_s.mean()))
    return (
        f"Drafted from the event log {log.path.name}: {len(events):,} events of {draft.touch_s.size:,} cases over "
        f"{span:.3g} d{began}. In the log touch time is {touch} a case on average, cycle time {middle} in the median, "
        f"{mean} on average. What was assumed stands at the head of the file."
    )


def _toolgroups(draft: Draft) -> Iterator[str]:
    rows = [
        (f"{plain(group.name)}:", "{tools: unlimited}" if group.tools is None else f"{{tools: {group.tools}}}", group)
        for group in draft.groups
    ]
    width = max([len(name) for name, _, _ in rows] + [len(WAITING) + 1])
    words = max(len(text) for _, text, _ in rows)
    for name, text, group in rows:
        yield f"  {name:<{width}} {text:<{words}}  # {_of_group(group)}"
    if draft.waiting:
        places = "unlimited"
        why = "delays that no busy tool explains"
        if draft.hours is not None:
            places, why = str(waiting_places(draft)), f"{why}, as many as ever; tools, for they keep the hours"
        yield f"  {waiting_name(draft) + ':':<{width}} {{tools: {places}}}  # {why}"
    if any(product.arrival for product in draft.products):
        yield f"  {arrival_name(draft) + ':':<{width}} {{tools: unlimited}}  # where cases come in"


def waiting_places(draft: Draft) -> int:
    """Lots that may wait at once where waiting keeps the hours: so many that none ever waits for it."""
    return max(100, _PLACES * draft.open_at_once)


def waiting_name(draft: Draft) -> str:
    """The toolgroup of the delays."""
    return _free(WAITING, draft)


def arrival_name(draft: Draft) -> str:
    """The toolgroup of the step at which cases come in."""
    return _free(ARRIVALS, draft)


def _free(name: str, draft: Draft) -> str:
    names = {group.name for group in draft.groups}
    while name in names:
        name += "_"
    return name


def _of_group(group: Group) -> str:
    if group.tools is None:
        return "takes no time"
    resources = "" if not group.resources else f", {_count(group.resources, 'resource')}"
    several = f", {group.multitasking} of them with up to {group.most_of_one} at once" if group.multitasking else ""
    return f"{_count(group.starts.size, 'run')}, {group.busy_s / 3600:,.4g} h{resources}{several}"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _calendar(hours: Hours) -> Iterator[str]:
    yield f"  {CALENDAR}:"
    yield "    shifts:"
    for i, (days, start, end) in enumerate(hours.shifts(), 1):
        yield f'      - {{name: open {i}, days: "{days}", from: "{start}", to: "{end}"}}'


def _products(draft: Draft, own_arrivals: str | None, columns: _Columns) -> Iterator[str]:
    for product in draft.products:
        if own_arrivals is not None:
            release = f"{{schedule: {plain(own_arrivals)}}}"
            told = f"{product.arrivals.size:,} cases"
        elif product.between is not None:
            keeps = "" if draft.hours is None else f", calendar: {CALENDAR}"
            law = columns.law(arrival_column(product.name), product.between)
            release, told = f"{{every: {law}{keeps}}}", product.between.told()
        yield f"  {plain(product.name)}: {{route: {plain(product.name)}, release: {release}}}  # {told}"


def _route(draft: Draft, product: DraftProduct, columns: _Columns) -> Iterator[str]:
    """One line a step, delays before their steps."""
    place = {step.name: i for i, step in enumerate(product.steps)}
    entry = {step.name: step.entry for step in product.steps} | {END: END}
    if product.arrival is not None:
        comes = entry if draft.released else {step.name: step.name for step in product.steps}
        head = f"step: {plain(product.arrival)}, toolgroup: {plain(arrival_name(draft))}, time: 0 s"
        yield f"    - {{{head}{_arcs('branch', _turns(product.begins, product.steps[0], comes))}}}"
    for i, step in enumerate(product.steps):
        if step.wait is not None:
            law = columns.law(step_column(draft, product, step.wait_name), step.wait)
            share = "" if step.share == 1 else f", sample: {step.share:.4g}"
            head = f"step: {plain(step.wait_name)}, toolgroup: {plain(waiting_name(draft))}, time: {law}{share}"
            yield f"    - {{{head}}}  # {step.wait.told()}"
        law = columns.law(step_column(draft, product, step.name), step.time)
        head = f"step: {plain(step.name)}, toolgroup: {plain(step.group)}, time: {law}"
        if step.batch is not None:
            family = f", family: {plain(step.activity)}" if step.batch.mixed else ""
            head += f", batch: {{min: {step.batch.least}, max: {step.batch.most}{family}}}"
        following = product.steps[i + 1] if i + 1 < len(product.steps) else None
        turns = _turns(step.onward, following, entry)
        back = {to: share for to, share in turns.items() if to in place and place[to] <= i}
        on = {to: share for to, share in turns.items() if to not in back}
        tail = "".join(
            _arcs(kind, {entry[to]: share for to, share in arcs.items()})
            for kind, arcs in (("rework", back), ("branch", on))
        )
        yield f"    - {{{head}{tail}}}  # {step.time.told()}"


def _turns(counts: Mapping[str, int], following: DraftStep | None, entry: Mapping[str, str]) -> dict[str, str]:
    """Probabilities of going elsewhere than on: to the step that follows, or at the last one out of the line."""
    shares = probabilities(counts)
    on = END if following is None else following.name
    reached = END if following is None else following.entry
    return {to: share for to, share in shares.items() if (to != on or entry[to] != reached) and share != "0"}


def _arcs(kind: str, arcs: Mapping[str, str]) -> str:
    if not arcs:
        return ""
    listed = ", ".join(f"{{probability: {share}, to: {plain(to)}}}" for to, share in arcs.items())
    return f", {kind}: {listed}" if len(arcs) == 1 else f", {kind}: [{listed}]"


def run_words(draft: Draft, *, own: bool) -> str:
    """Horizon and warm-up: the log's own time and twice its longest case, or ten times the log, 1,000 d at most."""
    last, longest = float(draft.log.events["end"].max()), float(draft.cycle_s.max())
    unit_s, unit = (DAY_S, "d") if last > 5 * DAY_S else (3600.0, "h") if last > 5 * 3600 else (60.0, "min")
    if own:
        horizon, warmup = math.ceil((last + 2 * longest) / unit_s), 0
    else:
        warmup = math.ceil(min(last, _LONGEST_WARMUP_S) / unit_s)
        horizon = 11 * warmup
    return f"run: {{horizon: {horizon} {unit}, warmup: {warmup} {unit}, replications: 8, seed: 1}}"


def law_text(law: Fitted) -> str:
    """A law that has parameters, as a document writes it."""
    if law.kind == "constant":
        return time_text(law.params[0])
    if law.kind == "exponential":
        return f"{{exponential: {time_text(law.params[0])}}}"
    if law.kind == "weibull":
        return f"{{weibull: [{time_text(law.params[0])}, {law.params[1]:.5g}]}}"
    return f"{{{law.kind}: [{', '.join(map(time_text, law.params))}]}}"


def time_text(seconds: float) -> str:
    """A time with five digits, in the largest unit of which it is one or more."""
    if seconds == 0:
        return "0 s"
    unit = _unit(seconds)
    times, over = unit_factor(unit)
    return f"{float(f'{seconds * over / times:.5g}'):.15g} {unit}"


def _unit(seconds: float) -> str:
    sizes = {unit: times / over for unit in ("d", "h", "min", "s") for times, over in (unit_factor(unit),)}
    return next((unit for unit, size in sizes.items() if size <= seconds), "ms")


def step_column(draft: Draft, product: DraftProduct, step: str) -> str:
    """The column of a step's times."""
    return step if len(draft.products) == 1 else f"{product.name}: {step}"


def arrival_column(product: str) -> str:
    """The column of the times between arrivals of a product."""
    return f"between arrivals of {product}"


class _Columns:
    """The table of the empirical laws: its columns get the names that the document writes."""

    def __init__(self, draft: Draft, table: str | None) -> None:
        self.table = table
        self.names = {key: name for key, name, _, _ in table_columns(draft)} if table else {}

    def law(self, key: str, law: Fitted) -> str:
        """A law as the document writes it."""
        if law.kind != "empirical":
            return law_text(law)
        return f"{{empirical: {{file: {plain(self.table or '')}, column: {plain(self.names[key])}}}}}"


def table_columns(draft: Draft) -> list[tuple[str, str, str, Fitted]]:
    """What is empirical: its key, the column's name, its unit and the law."""
    found = []
    for product in draft.products:
        laws = [(step_column(draft, product, step.name), step.time) for step in product.steps]
        laws += [(step_column(draft, product, s.wait_name), s.wait) for s in product.steps if s.wait is not None]
        if product.between is not None:
            laws.append((arrival_column(product.name), product.between))
        for key, law in laws:
            if law.kind == "empirical":
                name = key.replace("[", "(").replace("]", ")")
                found.append((key, name, _unit(law.mean), law))
    return found


def table_text(draft: Draft) -> str | None:
    """The table of the empirical laws, a column each; None without any."""
    columns = table_columns(draft)
    if not columns:
        return None
    units = [UNITS[unit] for _, _, unit, _ in columns]
    values = [[f"{value * over / times:.6g}" for value in law.values]
              for (_, _, _, law), (times, over) in zip(columns, units, strict=True)]  # fmt: skip
    return _csv([f"{name} [{unit}]" for _, name, unit, _ in columns], zip(*values, strict=True))


def arrivals_text(draft: Draft) -> str:
    """The log's own arrivals as a schedule."""
    rows = sorted((float(at), product.name) for product in draft.products for at in product.arrivals)
    return _csv(["product", "time [s]"], [(name, f"{at:.3f}".rstrip("0").rstrip(".")) for at, name in rows])


def _csv(header: Sequence[str], rows: object) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()
