"""The report a run prints: products, the most loaded toolgroups, the bottleneck, notes."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from twin.results import along, energy, extras, mix, net, sheets
from twin.results.cells import column
from twin.results.settings import DAY_S

if TYPE_CHECKING:
    from twin.results.results import Results
    from twin.results.sheets import Sheet

WIDTH = 100  # columns of the terminal the report is set for
SHORTEST_NAME = 12
Style = Literal["title", "head", "mark", "note", "plain"]


@dataclass(frozen=True)
class Row:
    """One line of the report and what it is."""

    text: str
    style: Style = "plain"


def rows(results: Results, *, ascii_only: bool = False) -> list[Row]:
    """The report, line by line, none wider than `WIDTH` unless figures are.

    ascii_only: signs that every terminal and file knows; names stay as they are
    """
    sign, cut = ("+-", "~") if ascii_only else ("±", "…")
    settings = results.settings
    lines = [Row(settings.model, "title"), Row(asked(results).replace("±", sign)), Row("")]
    for sheet in _sheets(results, sign):
        if sheet.rows:
            lines += [*set_sheet(sheet, cut), Row("")]
    said = [Row(results.bottleneck_sentence, "mark"), *(Row(words) for words in _windows(results))]
    told = net.sentences(results.net_figures) + extras.sentences(results.line, results.names, results.totals)
    said += [Row(words) for words in (*told, *lost(results), *mix.sentences(results.line, results.totals))]
    of_line = (along.sentence(results.line, results.job_figures), energy.sentence(results.energy_figures))
    said += [Row(words) for words in of_line if words is not None]
    if results.recovery is not None:
        said.append(Row(results.recovery.sentence, "mark"))
    said += [Row(f"Note: {note}", "note") for note in results.notes]
    said.append(Row(_effort(results)))
    for row in said:
        words = row.text.replace("±", sign)
        lines += [Row(line, row.style) for line in textwrap.wrap(words, WIDTH, subsequent_indent="  ")]
    return lines


def _sheets(results: Results, sign: str) -> list[Sheet]:
    from twin.results import carriers, quality, quality_sheets, sections, stores, vehicles

    return [
        sheets.products(results, sign), sheets.due_dates(results, sign), sheets.toolgroups(results, sign),
        stores.sheet(results, sign), sheets.crews(results, sign), sheets.conveyors(results, sign),
        carriers.sheet(results.carrier_figures, sign), sections.sheet(results, sign),
        vehicles.sheet(results.vehicle_figures, sign),
        quality_sheets.characteristics(results, sign),
        quality_sheets.metrology(results, sign), quality_sheets.shifts(results, sign),
        quality.first_pass(results, sign),
    ]  # fmt: skip


def text(results: Results, *, ascii_only: bool = False) -> str:
    """The report as plain text."""
    return "\n".join(row.text for row in rows(results, ascii_only=ascii_only))


def asked(results: Results) -> str:
    settings = results.settings
    count = settings.replications
    many = f"{count} replications" if count != 1 else "one replication (no interval)"
    meaning = ", mean ± half of the 95 % interval" if count > 1 else ""
    start = f"warm-up {span(settings.warmup_s)}" if settings.warmup_s else "no warm-up"
    return f"{span(settings.horizon_s)}, {start}, {many}, seed {settings.seed}, {settings.device}{meaning}"


def span(seconds: float) -> str:
    """A time in the longest unit that it is a whole number of: `365 d`, `20,000 min`; days otherwise."""
    for unit, length in (("d", DAY_S), ("h", 3600.0), ("min", 60.0), ("s", 1.0)):
        count = seconds / length
        if count >= 1 and abs(count - round(count)) < 1e-9 * count and count < 100_000:
            return f"{round(count):,} {unit}"
    return f"{seconds / DAY_S:.4g} d" if seconds >= 60 else f"{seconds:.4g} s"


def _windows(results: Results) -> list[str]:
    """Queue-time windows that were kept and breached, if the line has any."""
    closed, breached = (int(count) for count in results.totals.windows.sum(axis=(0, 1)))
    if closed == 0:
        return []
    return [
        f"Queue-time limits: {breached:,} of {closed:,} windows breached ({100 * breached / closed:.0f} %)."
    ]


def lost(results: Results) -> list[str]:
    """Share of the lots that found no place when they came, of products that can lose any."""
    told = []
    for name, row in results.product_figures.items():
        share = row.get("lost")
        if share is not None:
            percent = column([share], 100.0)[0]
            told.append(f"Lost for want of a place: {percent} % of the lots of {name} that came.")
    return told


def _effort(results: Results) -> str:
    wall = results.timing.wall_s
    per_s = results.events / wall if wall > 0 else 0.0
    rate = f", {per_s / 1e6:.3g} million a second" if per_s >= 1e5 else ""
    compiling = f"; compiled in {results.timing.compile_s:.3g} s" if results.timing.compile_s >= 0.05 else ""
    return f"{results.events:,} lot-steps in {wall:.3g} s{rate}{compiling}."


def set_sheet(sheet: Sheet, cut: str) -> list[Row]:
    """A sheet as aligned lines: its title, header and units, then its rows; long names are cut to fit."""
    heads = [sheet.header, sheet.units] if any(sheet.units) else [sheet.header]
    lines = [*heads, *sheet.rows]
    widths = [max(len(line[k]) for line in lines) for k in range(len(sheet.header))]
    gap = "  " if sum(widths) + 2 * (len(widths) - 1) <= WIDTH else " "
    room = WIDTH - sum(widths[1:]) - len(gap) * (len(widths) - 1)
    widths[0] = min(widths[0], max(SHORTEST_NAME, room))
    numbers = [[word.rjust(width) for word, width in zip(line, widths, strict=True)][1:] for line in lines]
    names = [_cut(line[0], widths[0], cut) for line in lines]
    set_ = [gap.join([name, *line]).rstrip() for name, line in zip(names, numbers, strict=True)]
    body = [Row(line, "mark" if k in sheet.marked else "plain") for k, line in enumerate(set_[len(heads) :])]
    return [Row(sheet.title, "title"), *(Row(line, "head") for line in set_[: len(heads)]), *body]


def _cut(name: str, width: int, cut: str) -> str:
    return name.ljust(width) if len(name) <= width else name[: width - 1] + cut
