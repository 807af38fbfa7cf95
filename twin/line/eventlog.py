"""An event log to a line document: what cases did, when and where, drafted as a line that does the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .draft import place
from .eventlog_model import Draft
from .eventlog_model import draft as draft_of
from .eventlog_read import Reading, read_event_log, read_map
from .eventlog_text import arrivals_text, document_text, step_column, table_text, time_text
from .faults import LineError

__all__ = ["EventLogReport", "Reading", "import_eventlog", "read_map"]

Arrivals = Literal["law", "log"]
DAY_S = 86_400.0
_LISTED = 8  # names in a sentence


@dataclass(frozen=True)
class EventLogReport:
    """What `import_eventlog` read, what it made of it and what it assumed.

    files: written beside the document; made: counts by thing
    draft: the line with its laws, and the log it was drafted from
    """

    document: Path
    files: tuple[Path, ...]
    made: dict[str, int]
    assumed: tuple[str, ...]
    draft: Draft

    def __str__(self) -> str:
        log, events = self.draft.log, self.draft.log.events
        beside = "".join(f", {file.name}" for file in self.files)
        columns = ", ".join(f"{header!r} as {key}" for key, header in log.headers.items())
        lines = [f"{log.path} -> {self.document}{beside}", ""]
        lines += [f"read     {len(events):,} events of {events['case'].nunique():,} cases: {columns}"]
        lines += ["made     " + ", ".join(f"{count} {thing}" for thing, count in self.made.items()), "", "steps"]
        lines += [f"  {line}" for line in _table(self.draft)]
        lines += ["", "waits    " + _told_waits(self.draft)]
        lines += ["", "assumed", *(f"  {note}" for note in self.assumed)]
        if log.others:
            lines += ["", f"not read {', '.join(log.others)}"]
        return "\n".join([*lines, "", f"try: twin check {self.document}, twin run {self.document}"])


def import_eventlog(
    path: Path, out: Path, reading: Reading | None = None, *, arrivals: Arrivals = "law", force: bool = False
) -> EventLogReport:
    """Read an event log, write the line document `out` and its tables beside it; whole or not at all.

    reading:  which column says what, and how times are written
    arrivals: `law`, one fitted to the times between arrivals; `log`, the log's own, as a schedule

    raises LineError, which tells every fault with its place in the file
    """
    path, out = Path(path), Path(out)
    if out.suffix.lower() not in {".yaml", ".yml"}:
        raise LineError(f"{out}: a line document's name ends in .yaml; write for instance -o {out.stem}.yaml")
    if out.exists() and (not force or out.is_dir()):
        raise LineError(f"{out}: is there already; choose another name, or replace it with --force")
    if not out.absolute().parent.is_dir():
        raise LineError(f"{out}: there is no folder {out.parent}")
    log = read_event_log(path, reading or Reading())
    found = draft_of(log)
    own = arrivals == "log" or any(product.between is None for product in found.products)
    table = table_text(found)
    beside = [] if table is None else [(out.with_name(f"{out.stem}_times.csv"), table)]
    starts = out.with_name(f"{out.stem}_starts.csv")
    beside += [(starts, arrivals_text(found))] if own else []
    for file, _ in beside:
        if file.exists() and not force:
            raise LineError(f"{file}: is there already; choose another name than {out.name}, or write --force")
    assumed = (*log.notes, *_assumed(found, own=own))
    times = beside[0][0].name if table is not None else None
    text = document_text(out.stem, found, assumed, starts.name if own else None, times)
    place(out, text, f"{path} leads to a document with these faults; put them right there", beside)
    return EventLogReport(out, tuple(file for file, _ in beside), _made(found), assumed, found)


def _made(draft: Draft) -> dict[str, int]:
    steps = [step for product in draft.products for step in product.steps]
    return {
        "toolgroups": len(draft.groups),
        "tools": sum(group.tools or 0 for group in draft.groups),
        "products": len(draft.products),
        "steps": len(steps),
        "delays": sum(step.wait is not None for step in steps),
        "empirical laws": sum(law.kind == "empirical" for s in steps for law in (s.time, s.wait) if law is not None),
    }


def _table(draft: Draft) -> Iterator[str]:
    """Every step with its laws."""
    rows = [("step", "toolgroup", "mean", "law of the process time", "delay before it")]
    for product in draft.products:
        for step in product.steps:
            name = step_column(draft, product, step.name)
            wait = "-"
            if step.wait is not None:
                wait = f"{step.share:.0%} of visits, mean {time_text(step.wait.mean)}, {step.wait.told()}"
            rows.append((name, step.group, time_text(step.time.mean), step.time.told(), wait))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    for row in rows:
        yield "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]).rstrip()


def _told_waits(draft: Draft) -> str:
    """What the time between activities went into."""
    waits, cases = draft.waits, draft.touch_s.size
    whole = waits.closed_s + waits.full_s + waits.free_s
    if whole == 0:
        return "none: every activity begins when the one before it ends"
    parts = ((waits.closed_s, "closed"), (waits.full_s, "all tools busy"), (waits.free_s, "a tool free"))
    shares = ", ".join(f"{part / whole:.1%} {what}" for part, what in parts if part or what != "closed")
    return f"{time_text(whole / cases)} a case between activities: {shares}"


def _assumed(draft: Draft, *, own: bool) -> Iterator[str]:
    """What the log does not say."""
    yield from _assumed_of_route(draft)
    yield from _assumed_of_tools(draft)
    yield (
        "process times: by maximum likelihood, the law with the smallest AIC among those within a Kolmogorov-Smirnov "
        "distance (KS) of 0.05 or 1.36/sqrt(n), and 5 % or one standard error of the mean; else empirical, from the "
        f"log; by these laws touch time is {time_text(draft.law_touch_s)} a case, in the log "
        f"{time_text(float(draft.touch_s.mean()))}"
    )
    if draft.waiting:
        yield (
            f"waits: {_told_waits(draft)}; the last becomes delays before their steps, drawn a visit, that do not "
            "shrink if tools are added (setups, breakdowns and people that the log does not name are in them)"
        )
    yield from _assumed_of_arrivals(draft, own=own)


def _assumed_of_route(draft: Draft) -> Iterator[str]:
    yield "cases: whole in the log, from their first activity to their last"
    for product in draft.products:
        name = "" if len(draft.products) == 1 else f"{product.name}: "
        if product.flow.unrolled:
            yield f"{name}route: every visit to an activity is a step of its own, as Schwarz's criterion says"
        elif any(len(step.onward) > 1 for step in product.steps):
            share = product.flow.backward
            back = f"; {share:.1%} of the moves repeat a step or go back" if share else ""
            yield f"{name}route: where a case goes next depends on where it is alone (first order){back}"
        if product.arrival is not None:
            yield f"{name}route: step {product.arrival!r} sends cases to their first: {_named(list(product.begins))}"


def _assumed_of_tools(draft: Draft) -> Iterator[str]:
    yield "tools: as many as there were runs at once at most; nothing fails, nothing is set up"
    shared = [group for group in draft.groups if len(group.activities) > 1]
    if shared and (draft.log.events["toolgroup"] == "").all():
        yield f"toolgroups: activities of the same resources share one: {_named([group.name for group in shared])}"
    several = [group.name for group in draft.groups if group.multitasking]
    if several:
        yield f"resources that do several things at once, in {_named(several)}: each run still takes a tool of its own"
    batches = {step.activity: step.batch for p in draft.products for step in p.steps if step.batch is not None}
    for activity, batch in batches.items():
        lots = f"{batch.least} to {batch.most}" if batch.least < batch.most else f"{batch.most}"
        yield (
            f"{activity}: a batch step of {lots} lots, for more than half of its events share "
            "resource, start and end with others"
        )
    if draft.hours is not None:
        yield (
            f"hours: open {draft.hours.count} h a week, where there is at least a fifth of the work of the busiest "
            "quarter of the week and things begin and end; times and delays count open hours alone, but for runs begun "
            "or ended in closed time"
        )
    elif draft.log.zero is not None:
        yield "hours: open round the clock, for the log shows no closed hours, or is shorter than two weeks"


def _assumed_of_arrivals(draft: Draft, *, own: bool) -> Iterator[str]:
    when = "its release" if draft.released else "the start of its first activity, with no wait before it"
    if own:
        yield f"arrivals: those of the log, each case at {when}; the run goes on until the last cases may have left"
        return
    for product in draft.products:
        if product.between is not None:
            yield (
                f"arrivals of {product.name}: {product.between.told()}, mean {time_text(product.between.mean)}, each "
                f"case at {when}; --arrivals log takes the log's own"
            )


def _named(names: Sequence[str]) -> str:
    """Names in a sentence, no more than a few."""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
