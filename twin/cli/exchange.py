"""Commands that exchange lines with other programs: export tables, import stations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.cli.commands import Commands, app
from twin.cli.documents import importing
from twin.cli.options import ModelOrRun, Set, line_of
from twin.cli.output import say

exporting = typer.Typer(
    cls=Commands, rich_markup_mode=None, no_args_is_help=True, help="Write a line for other programs."
)
app.add_typer(exporting, name="export")


@exporting.callback()
def export_front() -> None:
    """Write a line for other programs."""


@exporting.command("tables")
def tables(
    model: ModelOrRun,
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE.xlsx|DIR", help="Workbook, or folder of CSV files, to write.")
    ],
    set: Set = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace a workbook, or a folder of nothing but tables, that is there already."),
    ] = False,
) -> None:
    """Write a line as tables to keep in Excel.

    A sheet each for toolgroups, failures, pm, products, routes, wip and so on; sheet `words` explains the
    columns. Every command takes such a workbook or folder for MODEL, and it runs as the document did, to the
    tick. What is there already is not replaced unless --force says so.
    """
    from twin.line.sheets_export import check_place, export_tables

    check_place(out, force=force)
    line, _ = line_of(model, set)
    say(str(export_tables(line, out, force=force)))


@importing.command("stations")
def stations(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Station list: a CSV file or a workbook.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="LINE.yaml", help="Line document to write.")],
    sheet: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Sheet of a workbook that has several lists.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a document that is there already.")] = False,
) -> None:
    """Read a list of stations.

    Columns: station, cycle time [s], buffer (places in front of it), and for failures availability [%] and
    MTTR [min]; tools, area and clock if there are. What the list does not say is assumed, printed, and
    written at the head of the document.
    """
    from twin.line.stations import import_stations

    say(str(import_stations(file, out, sheet=sheet, force=force)))
