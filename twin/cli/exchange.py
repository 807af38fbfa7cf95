"""Commands that exchange lines with other programs: export tables, import stations, jasima, eventlog."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

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


@importing.command("jasima")
def jasima(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Shop model in jasima's text format.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="LINE.yaml", help="Line document to write.")],
    starts: Annotated[
        str | None,
        typer.Option(metavar="RATES", help="Lots a day of each route: 4.5,10.5. Left out: busiest group at 70 %."),
    ] = None,
    due: Annotated[
        str, typer.Option(metavar="WORDS", help="Flow allowance, as a document writes it.")
    ] = "flow_factor: {uniform: [2, 5]}",
    weight: Annotated[
        str, typer.Option(metavar="WORDS", help="Weights, as a document writes them.")
    ] = "uniform: [1, 10]",
    batch_min: Annotated[str, typer.Option(metavar="SIZE", help="Least batch: lots, or a share such as 75%.")] = "1",
    rule: Annotated[str, typer.Option(metavar="RULES", help="Ranked dispatch rule of every toolgroup.")] = "fifo",
    atcs: Annotated[
        str | None, typer.Option(metavar="WORDS", help="Parameters of rule atcs: 'k1: 2, k2: 0.5'.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a document that is there already.")] = False,
) -> None:
    """Read a shop model in jasima's text format.

    As the MIMAC data sets come: machine groups, routes, setup matrices and batches; a job becomes a lot of one
    unit. What the file does not say comes from the options, is printed, and written at the head of the document.
    """
    from twin.line.jasima import Order, import_jasima, read_starts

    order = Order(
        starts=() if starts is None else read_starts(starts),
        due=_words("--due", due),
        weight=_words("--weight", weight),
        batch_min=_words("--batch-min", batch_min),
        rule=[part.strip() for part in rule.strip("[] ").split(",")],
        atcs=None if atcs is None else _words("--atcs", atcs),
    )
    say(str(import_jasima(file, out, order, force=force)))


@importing.command("eventlog")
def eventlog(
    file: Annotated[Path, typer.Argument(metavar="CSV", help="Event log: a row an event, with its start and end.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="LINE.yaml", help="Line document to write.")],
    map: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=COLUMN,...",
            help="Which column says what: case, activity, resource, start, end; product, released, toolgroup if any.",
            show_default=False,
        ),
    ] = None,
    time_format: Annotated[
        str | None,
        typer.Option(metavar="FORMAT", help="Of the times, such as '%d.%m.%Y %H:%M'; of plain numbers their unit: h."),
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Of the clock on the wall, such as Europe/Berlin.")
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(metavar="ACTIVITY,...", help="Activities to leave out, such as Start,End.", show_default=False),
    ] = None,
    allow_overlap: Annotated[
        bool,
        typer.Option("--allow-overlap", help="Take activities of one case that overlap one after the other."),
    ] = False,
    arrivals: Annotated[
        str, typer.Option(metavar="law|log", help="A law fitted to the arrivals, or those of the log, as a schedule.")
    ] = "law",
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
) -> None:
    """Draft a line from an event log.

    Activities become steps, resources tell the tools, laws are fitted to the times, moves from activity to activity
    become probabilities, and what waits no busy tool explains becomes delays. What was assumed is printed, and written
    at the head of the document.
    """
    from twin.line.eventlog import Reading, import_eventlog, read_map

    reading = Reading(
        columns=read_map(map or ()),
        time_format=time_format,
        time_zone=time_zone,
        drop=tuple(name.strip() for part in drop or () for name in part.split(",") if name.strip()),
        allow_overlap=allow_overlap,
    )
    say(str(import_eventlog(file, out, reading, arrivals=_arrivals(arrivals), force=force)))


def _arrivals(word: str) -> Literal["law", "log"]:
    from twin.line.faults import LineError, show

    if word == "log":
        return "log"
    if word == "law":
        return "law"
    raise LineError(f"--arrivals {show(word)}: write law, or log for the log's own arrivals")


def _words(option: str, text: str) -> Any:
    """A value as a document writes it, a mapping with or without its braces."""
    from twin.line.faults import LineError
    from twin.line.yaml_reader import TextFaults, scalar

    inside = text.strip()
    try:
        return scalar(f"{{{inside}}}" if ":" in inside and not inside.startswith("{") else inside)
    except TextFaults as error:
        raise LineError(f"{option} {text}: {error.spots[0].what}") from None
