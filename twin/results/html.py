"""The report for notebooks: the same tables and sentences as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from twin.results import along, carriers, energy, quality, quality_sheets, sheets, stores, vehicles

if TYPE_CHECKING:
    from twin.results.results import Results
    from twin.results.sheets import Sheet


def html(results: Results) -> str:
    """A self-contained fragment of HTML."""
    said = [f"<p><b>{escape(results.bottleneck_sentence)}</b></p>"]
    of_line = (along.sentence(results.line, results.job_figures), energy.sentence(results.energy_figures))
    said += [f"<p>{escape(words)}</p>" for words in of_line if words is not None]
    said += [f"<p>Note: {escape(note)}</p>" for note in results.notes]
    of = (
        sheets.products(results), sheets.due_dates(results), sheets.toolgroups(results), stores.sheet(results),
        sheets.crews(results), carriers.sheet(results.carrier_figures),
        vehicles.sheet(results.vehicle_figures), quality_sheets.characteristics(results),
        quality_sheets.metrology(results), quality_sheets.shifts(results), quality.first_pass(results),
        energy.sheet(results),
    )  # fmt: skip
    tables = [table(sheet) for sheet in of if sheet.rows]
    return "\n".join([f"<h4>{escape(results.settings.model)}</h4>", *tables, *said])


def table(sheet: Sheet) -> str:
    """A sheet as a table of HTML."""
    head = "".join(
        f"<th>{escape(name)}{f'<br><small>{escape(unit)}</small>' if unit else ''}</th>"
        for name, unit in zip(sheet.header, sheet.units, strict=True)
    )
    body = "\n".join(_row(row, bold=k in sheet.marked) for k, row in enumerate(sheet.rows))
    caption = f"<caption>{escape(sheet.title)}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _row(cells: tuple[str, ...], *, bold: bool) -> str:
    name = f"<b>{escape(cells[0])}</b>" if bold else escape(cells[0])
    numbers = "".join(f'<td style="text-align:right">{escape(cell.strip())}</td>' for cell in cells[1:])
    return f"<tr><td>{name}</td>{numbers}</tr>"
