"""What `twin yield` tells: yield of each product, where the rest is lost, characteristics, metrology, rejects."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from twin.results import characteristics, losses, metrology, quality_sheets, yields
from twin.results.cells import column
from twin.results.figure import Figure
from twin.results.measures import OUT, SCRAPPED
from twin.results.report import WIDTH, Row, set_sheet
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    from twin.results.results import Results

MOST_STEPS = 10
MOST_CAUSES = 15


def rows(results: Results, *, ascii_only: bool = False) -> list[Row]:
    """The report, line by line."""
    sign, cut = ("+-", "~") if ascii_only else ("±", "…")
    lines = [Row(results.settings.model, "title"), Row("")]
    sheets = (
        yield_of_products(results, sign), loss(results, sign), quality_sheets.worst_tools(results, sign),
        quality_sheets.characteristics(results, sign), quality_sheets.metrology(results, sign),
        quality_sheets.shifts(results, sign), quality_sheets.bins(results, sign), first_pass(results, sign),
    )  # fmt: skip
    for sheet in sheets:
        if sheet.rows:
            lines += [*set_sheet(sheet, cut), Row("")]
    said = [Row(words) for words in quality_sheets.alarms_by_rule(results)]
    said += [Row(f"Note: {note}", "note") for note in notes(results)]
    for row in said:
        lines += [Row(words, row.style) for words in textwrap.wrap(row.text, WIDTH, subsequent_indent="  ")]
    return lines if lines[-1].text else lines[:-1]


def notes(results: Results) -> list[str]:
    """What to know before believing the figures, or why there are none."""
    line, judged, found = results.line, results.judged, []
    with_dies = [name for name, product in line.products.items() if product.die is not None]
    laws = [step.process for steps in line.routes.values() for step in steps if step.process is not None]
    adding = any(law.effects & {"defects", "waiting"} for law in laws)
    known = [name for name, has in zip(line.products, judged.known, strict=True) if has]
    if not with_dies and not known and not any("rejects" in law.effects for law in laws):
        found.append(
            "The line names neither dies, nor limits, nor a step that rejects: write 'process:' at steps and 'die:' "
            "at products, or 'limits:' at characteristics."
        )
    lacks = "has dies, but no step of its route adds defects or makes a characteristic with limits: no yield."
    found += [f"{name}: {lacks}" for name in with_dies if name not in known]
    if adding and not with_dies:
        found.append("Steps add defects, but no product has dies: write 'die:' at a product for its yield.")
    lacking = [name for name in known if results.product_figures[name]["yield"] is None]
    if lacking:
        found.append(
            f"{', '.join(lacking)}: no lot released after time 0 left the line in the measured time, so no yield."
        )
    if known:
        found += _scrapped(results)
    free = [name for name in line.characteristics if name not in {of.name for of in sum(judged.limited.values(), ())}]
    if free and known:
        found.append(f"{', '.join(free)}: no limits, so nothing is lost to it.")
    if line.wip and len(lacking) < len(known):
        found.append("Lots in the line at the start have no known history and count in no yield.")
    return found


def _scrapped(results: Results) -> list[str]:
    """Products that lost lots on the way, whose yield does not tell of them."""
    counts = results.totals.product.sum(axis=0)
    lost = {
        name: 100 * row[SCRAPPED] / (row[SCRAPPED] + row[OUT])
        for name, row in zip(results.names.products, counts, strict=True)
        if row[SCRAPPED]
    }
    told = ", ".join(f"{name} {share:.2g} %" for name, share in lost.items())
    return [f"Lots scrapped on the way, which count in no yield: {told}."] if lost else []


def to_json(results: Results) -> dict[str, Any]:
    """The same as plain values: shares 0-1, defects in 1/cm2; None where there is no data."""
    line, names, totals, judged = results.line, results.names, results.totals, results.judged
    return {
        "model": results.settings.model,
        "products": {name: _plain(row) for name, row in yields.figures(judged).items()},
        "loss": [
            {"toolgroup": group, "cause": cause, **_plain(row)}
            for (group, cause), row in losses.by_toolgroup(judged).items()
        ],
        "loss_by_tool": [
            {"route": route, "step": step, "tool": tool, "cause": cause, **_plain(row)}
            for (route, step, tool, cause), row in losses.by_tool(judged).items()
        ],
        "characteristics": characteristics.to_json(judged),
        "metrology": metrology.to_json(line, names, totals),
        "shifts": metrology.shifts_json(line, names, totals),
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
    """Expected yield of each product with dies or limits, and what defects and limits leave of it."""
    figures = yields.figures(results.judged)
    between = f" {sign} "
    rows = list(figures.values())
    header, units, columns = ["product"], [""], []

    def add(name: str, unit: str, cells: list[str]) -> None:
        header.append(name)
        units.append(unit)
        columns.append(cells)

    add("yield", "%", column([row["yield"] for row in rows], 100.0, 4, 2, between))
    dies = [results.line.products[name].die for name in figures]
    parts = {"clean": "no defect", "alive": "no damage", "inside": "in limits"}
    known = [key for key in parts if any(row[key] is not None for row in rows)]
    for key in known if len(known) > 1 else ():
        add(parts[key], "%", column([row[key] for row in rows], 100.0, 4, 2, between))
    if any(die is not None for die in dies):
        add("defects", "/cm2", column([row["defects"] for row in rows], 1.0, 4, 6, between))
        add("dies", "a wafer", ["-" if die is None else f"{die.places.x.size:,}" for die in dies])
        add("good dies", "a wafer", column([row["good_dies"] for row in rows], 1.0, 4, 1, between))
    return Sheet(
        "Yield, expected from what the units of every lot that came out went through",
        tuple(header), tuple(units), table_rows(list(figures), columns),
    )  # fmt: skip


def loss(results: Results, sign: str = "±") -> Sheet:
    """What each toolgroup and cause takes from the yield, largest first."""
    found = losses.by_toolgroup(results.judged)
    between = f" {sign} "
    least = quality_sheets.LEAST_SHARE
    told = [key for key, row in found.items() if row["share"] is None or row["share"].mean >= least]
    chosen = {key: found[key] for key in told[:MOST_CAUSES]}
    rows = list(chosen.values())
    shares = [0.0 if row["share"] is None else row["share"].mean for row in rows]
    columns = [
        column([row["lost"] for row in rows], 100.0, 4, 3, between),
        column([row["share"] for row in rows], 100.0, 4, 3, between),
        [f"{100 * sum(shares[: k + 1]):.1f}" for k in range(len(shares))],
        column([row["defects"] for row in rows], 1.0, 4, 6, between),
    ]
    names = [quality_sheets.cause_of(group, cause) for group, cause in chosen]
    if rows:
        figures = [[row[key] for row in found.values()] for key in ("lost", "defects")]
        lost, defects = (sum(each.mean for each in of if each is not None) for of in figures)
        for cells, total in zip(columns, (f"{100 * lost:.3f}", "100", "", f"{defects:.4g}"), strict=True):
            cells.append(total)
        names.append("together")
    header = ("cause", "yield lost", "share", "summed", "defects")
    some = f", the {len(chosen)} largest of {len(found)}" if len(found) > len(chosen) else ""
    shown = len(header) if any(row["defects"] is not None for row in rows) else len(header) - 1
    every = zip(results.line.products.values(), results.judged.known, strict=True)
    whose = "dies" if all(product.die is not None for product, known in every if known) else "a yield"
    return Sheet(
        f"Loss, over all products with {whose}: what tools and waiting cost{some}",
        header[:shown],
        ("", "points", "%", "%", "/cm2")[:shown],
        table_rows(names, columns[: shown - 1]),
    )
