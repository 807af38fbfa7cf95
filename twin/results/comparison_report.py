"""The report of a comparison, as text and as HTML."""

from __future__ import annotations

import textwrap
from html import escape
from typing import TYPE_CHECKING

from twin.results import comparison_sheets as sheets
from twin.results.figure import t_quantile
from twin.results.html import table
from twin.results.report import WIDTH, Row, set_sheet, span

if TYPE_CHECKING:
    from twin.results.comparison import Comparison
    from twin.results.sheets import Sheet

DETAILED = 8
"""Scenarios up to which each gets a table of its own; of more there is one row each."""
MANY = 5
"""Scenarios above which looking at all intervals at once deserves a warning."""
WORTH = 1.05
"""How many times narrower an interval must be to be called so."""


def rows(comparison: Comparison, *, ascii_only: bool = False) -> list[Row]:
    """The report, line by line, none wider than `WIDTH` unless figures are."""
    sign, cut = ("+-", "~") if ascii_only else ("±", "…")
    lines = [Row(_heading(comparison), "title"), Row(_asked(comparison)), Row("")]
    if len(comparison.scenarios) > 1:
        lines += [*set_sheet(sheets.overview(comparison), cut), Row("")]
    if len(comparison.scenarios) <= DETAILED:
        for name in comparison.scenarios:
            lines += [*_scenario(comparison, name, cut), Row("")]
    else:
        for name, bottleneck in comparison.bottlenecks.items():
            lines += _wrapped(f"{name}: {bottleneck.sentence}")
    for words in _said(comparison):
        lines += _wrapped(words)
    for note in comparison.notes:
        lines += [Row(line.text, "note") for line in _wrapped(f"Note: {note}")]
    lines += _wrapped(_effort(comparison))
    return [Row(row.text.replace("±", sign), row.style) for row in lines]


def text(comparison: Comparison, *, ascii_only: bool = False) -> str:
    """The report as plain text."""
    return "\n".join(row.text for row in rows(comparison, ascii_only=ascii_only))


def html(comparison: Comparison) -> str:
    """A self-contained fragment of HTML with the same tables and sentences."""
    parts = [f"<h4>{escape(_heading(comparison))}</h4>", f"<p>{escape(_asked(comparison))}</p>"]
    if len(comparison.scenarios) > 1:
        parts.append(table(sheets.overview(comparison)))
    for name in comparison.scenarios:
        if len(comparison.scenarios) <= DETAILED:
            parts += [table(sheet) for sheet in _sheets(comparison, name) if sheet.rows]
        parts += [f"<p><b>{escape(words)}</b></p>" for words in _answers(comparison, name)]
    parts += [f"<p>{escape(words)}</p>" for words in _said(comparison)]
    parts += [f"<p>Note: {escape(note)}</p>" for note in comparison.notes]
    return "\n".join(parts)


def _heading(comparison: Comparison) -> str:
    count = len(comparison.scenarios)
    return f"{comparison.base.settings.model}: base and {count} scenario{'' if count == 1 else 's'}"


def _asked(comparison: Comparison) -> str:
    settings = comparison.base.settings
    count = settings.replications
    many = f"{count} replications" if count != 1 else "one replication (no interval)"
    start = f"warm-up {span(settings.warmup_s)}" if settings.warmup_s else "no warm-up"
    luck = f"on the same random numbers, seed {settings.seed}, {settings.device}"
    return f"{span(settings.horizon_s)}, {start}, {many} {luck}"


def _sheets(comparison: Comparison, name: str) -> list[Sheet]:
    return [sheets.scenario(comparison, name), sheets.products(comparison, name)]


def _scenario(comparison: Comparison, name: str, cut: str) -> list[Row]:
    """One scenario: its change, its figures, its products, the bottleneck, the answer over time."""
    title, *more = textwrap.wrap(sheets.title(comparison, name), WIDTH, subsequent_indent="  ")
    lines = [Row(title, "title"), *(Row(line) for line in more)]
    of_line, of_products = _sheets(comparison, name)
    if of_line.rows:
        lines += set_sheet(of_line, cut)[1:]
    if of_products.rows:
        lines += set_sheet(of_products, cut)
    for words in _answers(comparison, name):
        lines += [Row(line.text, "mark") for line in _wrapped(words)]
    return lines


def _answers(comparison: Comparison, name: str) -> list[str]:
    """Where the bottleneck went, and when the line was back to normal."""
    back = comparison.recoveries[name]
    return [comparison.bottlenecks[name].sentence, *([] if back is None else [back.sentence])]


def _said(comparison: Comparison) -> list[str]:
    """What pairing was worth, and what the intervals do not say."""
    said = [words for words in (_pairing(comparison),) if words]
    count, replications = len(comparison.scenarios), comparison.base.settings.replications
    if count > MANY and replications > 1:
        wider = t_quantile(replications - 1, 1 - 0.05 / count) / t_quantile(replications - 1)
        said.append(
            "Each interval is for its own comparison alone: of scenarios without an effect one in twenty would still "
            f"look different. To hold for all {count} at once (Bonferroni), read each {wider:.2g} x as wide."
        )
    return said


def _pairing(comparison: Comparison) -> str:
    """How much narrower pairing made the interval of the main figure, or the next that varies, over the scenarios."""
    for key in dict.fromkeys((comparison.main, "throughput", "wip")):
        times = [found[key].narrower for found in comparison.of_line.values() if key in found]
        known = sorted(factor for factor in times if factor is not None)
        if known:
            break
    else:
        return ""
    of = f"the interval of the difference in {sheets.ALONE[key]}"
    if known[-1] < WORTH:
        return f"Pairing did not make {of} narrower: base and scenario have little luck in common."
    factor = f"{known[0]:.2g} to {known[-1]:.2g}" if known[-1] > WORTH * known[0] else f"{known[-1]:.2g}"
    factor = factor if known[0] >= WORTH else f"up to {known[-1]:.2g}"
    return f"Pairing made {of} {factor} x narrower than separate random numbers would have."


def _effort(comparison: Comparison) -> str:
    """What the runs took."""
    runs = [comparison.base, *comparison.scenarios.values()]
    wall = max(results.timing.wall_s for results in runs)  # all of them in one batch
    return f"{sum(results.events for results in runs):,} lot-steps in {wall:.3g} s."


def _wrapped(words: str) -> list[Row]:
    return [Row(line) for line in textwrap.wrap(words, WIDTH, subsequent_indent="  ")]
