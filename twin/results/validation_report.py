"""What `twin validate` prints: a line a figure with its verdict, and how many rows are in and out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from twin.results.figure import Figure, decimals
from twin.results.report import WIDTH, set_sheet, span
from twin.results.report import Row as Line
from twin.results.sheets import Sheet
from twin.results.validation import Mark, Part, Row, Validation

HEADER = ("", "figure", "measured", "published", "difference", "in %", "in s.e.", "allowed", "")
LISTED = {"toolgroups"}
"""Kinds of rows of which only those outside are listed, unless all are asked for."""
PLACES = {"d": 2, "lot": 1, "%": 2}


def rows(found: Validation, *, every: bool = False, ascii_only: bool = False) -> list[Line]:
    """The report, line by line.

    every: list every row, not only those outside;  ascii_only: signs that every terminal and file knows
    """
    sign, cut = ("+-", "~") if ascii_only else ("±", "…")
    lines = [Line(f"{found.reference} beside its published figures", "title"), *_wrapped(found.source)]
    for part in found.parts:
        lines += [Line(""), Line(f"{part.model}: {_asked(part)}", "title")]
        for kind, of_kind in part.rows.items():
            lines += _kind(part, kind, of_kind, every, sign, cut)
        for note in part.notes:
            lines += _wrapped(f"Note: {note}", "note")
    lines.append(Line(""))
    lines += [Line(f"{part.model}: {words}") for part in found.parts for words in [_counts(part)]]
    inside, outside = found.verdicts
    lines.append(Line(f"{inside} rows in, {outside} out.", "mark"))
    return lines


def _asked(part: Part) -> str:
    settings = part.results.settings
    count = settings.replications
    many = f"{count} replications" if count != 1 else "one replication (no intervals, no standard errors)"
    rate = part.results.events / part.results.timing.wall_s if part.results.timing.wall_s else 0.0
    return (
        f"{span(settings.horizon_s)}, {many}, seed {settings.seed}; {part.results.events / 1e6:,.1f} million lot-steps "
        f"in {part.results.timing.wall_s:.1f} s, {rate / 1e6:.1f} million a second"
    )


def _kind(part: Part, kind: str, of_kind: tuple[Row, ...], every: bool, sign: str, cut: str) -> Iterator[Line]:
    """The lines of one kind of rows."""
    told = [row for row in of_kind if every or kind not in LISTED or row.inside is False]
    title = kind[0].upper() + kind[1:]
    if len(told) < len(of_kind):
        title += f" outside ({len(told)} of {len(of_kind)})"
    yield Line("")
    if told:
        yield from set_sheet(_sheet(title, told, sign), cut)
    else:
        yield Line(f"{title}: none", "title")


def _sheet(title: str, told: Iterable[Row], sign: str) -> Sheet:
    lines: list[tuple[str, ...]] = []
    marked: list[int] = []
    for row in told:
        for place, mark in enumerate(row.marks):
            if mark.inside is False:
                marked.append(len(lines))
            lines.append((row.name if place == 0 else "", *_cells(mark, sign)))
    return Sheet(title, HEADER, ("",) * len(HEADER), tuple(lines), tuple(marked))


def _cells(mark: Mark, sign: str) -> tuple[str, ...]:
    unit = mark.measured.unit if mark.measured is not None else ""
    places = PLACES.get(unit, 2)
    verdict = {True: "in", False: "OUT", None: ""}[mark.inside]
    points = " points" if unit == "%" and mark.limit is not None and not mark.limit.per_cent else ""
    return (
        f"{mark.quantity} [{unit}]" if unit else mark.quantity,
        _figure(mark.measured, places, sign),
        "" if mark.published is None else f"{mark.published:,.{places}f}",
        "" if mark.difference is None else f"{mark.difference:+,.{places}f}",
        "" if mark.per_cent is None or unit == "%" else f"{mark.per_cent:+.2f}",
        "" if mark.errors is None else f"{mark.errors:+.1f}",
        "" if mark.limit is None else f"{mark.limit}{points}",
        verdict,
    )


def _figure(figure: Figure | None, places: int, sign: str) -> str:
    if figure is None:
        return "none"
    half = figure.half
    if not half:
        return f"{figure.mean:,.{places}f}"
    return f"{figure.mean:,.{places}f} {sign} {half:,.{min(places, decimals(half))}f}"


def _counts(part: Part) -> str:
    told = []
    for kind in part.rows:
        inside, outside = part.verdicts(kind)
        if inside + outside:
            told.append(f"{inside} of {inside + outside} {kind} in")
    return ", ".join(told) or "no row has a verdict"


def _wrapped(text: str, style: str = "plain") -> list[Line]:
    lines = textwrap.wrap(text, WIDTH, subsequent_indent="  ")
    return [Line(line, "note" if style == "note" else "plain") for line in lines]
