"""What `twin yield` tells: yield of each product, where the rest is lost, steps that reject."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from twin.results import yields
from twin.results.cells import column
from twin.results.figure import Figure
from twin.results.report import WIDTH, Row, set_sheet
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    from twin.results.results import Results

MOST_STEPS = 10


def rows(results: Results, *, ascii_only: bool = False) -> list[Row]:
    """The report, line by line."""
    sign, cut = ("+-", "~") if ascii_only else ("±", "…")
    lines = [Row(results.settings.model, "title"), Row("")]
    for sheet in (yield_of_products(results, sign), loss(results, sign), first_pass(results, sign)):
        if sheet.rows:
            lines += [*set_sheet(sheet, cut), Row("")]
    for note in notes(results):
        lines += [Row(words, "note") for words in textwrap.wrap(f"Note: {note}", WIDTH, subsequent_indent="  ")]
    return lines if lines[-1].text else lines[:-1]


def notes(results: Results) -> list[str]:
    """What to know before believing the figures, or why there are none."""
    line, found = results.line, []
    with_dies = [name for name, product in line.products.items() if product.die is not None]
    laws = [step.process for steps in line.routes.values() for step in steps if step.process is not None]
    adding = any(law.effects & {"defects", "waiting"} for law in laws)
    if not with_dies and not any("rejects" in law.effects for law in laws):
        found.append(
            "The line names neither dies nor a step that rejects: write 'process:' at steps and 'die:' at products."
        )
    elif with_dies and not adding:
        found.append(f"{', '.join(with_dies)}: has dies, but no step's process law adds defects: no yield.")
    elif adding and not with_dies:
        found.append("Steps add defects, but no product has dies: write 'die:' at a product for its yield.")
    known = [name for name in with_dies if results.product_figures[name]["yield"] is not None]
    if adding and len(known) < len(with_dies):
        lacking = ", ".join(name for name in with_dies if name not in known)
        found.append(f"{lacking}: no lot released after time 0 left the line in the measured time, so no yield.")
    if results.line.wip and known:
        found.append("Lots in the line at the start have no known history and count in no yield.")
    return found


def to_json(results: Results) -> dict[str, Any]:
    """The same as plain values: shares 0-1, defects in 1/cm2; None where there is no data."""
    line, names, totals = results.line, results.names, results.totals
    return {
        "model": results.settings.model,
        "products": {name: _plain(row) for name, row in yields.figures(line, totals).items()},
        "loss": [
            {"toolgroup": group, "cause": cause, **_plain(row)}
            for (group, cause), row in yields.loss(line, names, totals).items()
        ],
        "first_pass": [
            {"route": route, "step": step, **_plain(row)}
            for (route, step), row in yields.first_pass(line, names, totals).items()
        ],
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.to_json() if isinstance(value, Figure) else value for key, value in row.items()}


def first_pass(results: Results, sign: str = "±") -> Sheet:
    """Steps whose process law rejects lots, the worst first; no rows where there is none."""
    found = list(yields.first_pass(results.line, results.names, results.totals).items())
    chosen = dict(found[:MOST_STEPS])
    some = len(found) > len(chosen)
    title = f"The {len(chosen)} worst of {len(found)} steps" if some else "Quality at the first pass"
    columns = [
        [row["toolgroup"] for row in chosen.values()],
        [f"{row['passed']:,}" for row in chosen.values()],
        [f"{row['rejected']:,}" for row in chosen.values()],
        column([row["first_pass"] for row in chosen.values()], 100.0, 4, 3, f" {sign} "),
    ]
    return Sheet(
        f"{title}: lots within the limits of the step's process law",
        ("step", "toolgroup", "passed", "rejected", "first pass"),
        ("", "", "lots", "lots", "%"),
        table_rows([f"{route}.{step}" for route, step in chosen], columns),
    )


def yield_of_products(results: Results, sign: str = "±") -> Sheet:
    """Expected yield of each product with dies."""
    figures = yields.figures(results.line, results.totals)
    between = f" {sign} "
    dies = [results.line.products[name].die for name in figures]
    columns = [
        column([row["yield"] for row in figures.values()], 100.0, 4, 2, between),
        column([row["defects"] for row in figures.values()], 1.0, 4, 6, between),
        [f"{die.places.x.size:,}" for die in dies if die is not None],
        column([row["good_dies"] for row in figures.values()], 1.0, 4, 1, between),
    ]
    return Sheet(
        "Yield, expected from the killer defects of every lot that came out",
        ("product", "yield", "defects", "dies", "good dies"),
        ("", "%", "/cm2", "a wafer", "a wafer"),
        table_rows(list(figures), columns),
    )


def loss(results: Results, sign: str = "±") -> Sheet:
    """Where the defects come from, largest first, and the yield points that go to each."""
    found = yields.loss(results.line, results.names, results.totals)
    between = f" {sign} "
    rows = list(found.values())
    shares = [0.0 if row["share"] is None else row["share"].mean for row in rows]
    columns = [
        column([row["defects"] for row in rows], 1.0, 4, 6, between),
        column([row["share"] for row in rows], 100.0, 4, 3, between),
        [f"{100 * sum(shares[: k + 1]):.1f}" for k in range(len(shares))],
        column([row["lost"] for row in rows], 100.0, 4, 3, between),
    ]
    names = [group if cause == "tool" else f"{group}, waiting" for group, cause in found]
    if rows:
        defects, lost = (
            sum(figure.mean for figure in (row[key] for row in rows) if figure is not None)
            for key in ("defects", "lost")
        )
        for cells, total in zip(columns, (f"{defects:.4g}", "100", "", f"{100 * lost:.3f}"), strict=True):
            cells.append(total)
        names.append("together")
    return Sheet(
        "Loss, over all products with dies: what the tools and the waiting in front of them cost",
        ("toolgroup", "defects", "share", "summed", "yield lost"),
        ("", "/cm2", "%", "%", "points"),
        table_rows(names, columns),
    )
