"""The command curve."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from twin.cli.commands import app
from twin.cli.options import Json, ModelOrRun, Set, check_image, line_of
from twin.cli.output import say, say_json, say_rows
from twin.cli.progress import shown
from twin.cli.running import Device, Horizon, MaxWip, Replications, Seed, Threads, Warmup, as_before


@app.command()
def curve(
    model: ModelOrRun,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="SHARE", help="Lowest release rate.", show_default="70 % of now")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="SHARE", help="Highest release rate.", show_default="105 % of now")
    ] = None,
    points: Annotated[int, typer.Option(metavar="N", help="How many, evenly; the present one comes on top.")] = 8,
    horizon: Horizon = None,
    warmup: Warmup = None,
    replications: Replications = None,
    seed: Seed = None,
    device: Annotated[Device, typer.Option(help="Where to run.")] = Device.auto,
    set: Set = None,
    json: Json = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE.csv|parquet", help="Write the table to this file.", show_default=False),
    ] = None,
    image: Annotated[
        Path | None, typer.Option("--image", metavar="PNG", help="Draw the curve.", show_default=False)
    ] = None,
    threads: Threads = None,
    max_wip: MaxWip = 100_000,
) -> None:
    """Operating curve: X-factor and cycle time against release rate.

    The line is run with every product released at 70 %, 75 % ... of its present rate, the same luck at every point. A
    point at which the line cannot keep up is said to be not steady and not drawn. Where every product keeps a constant
    WIP, that is varied instead, from 20 to 120 %, beside the bounds of Hopp and Spearman.
    """
    from twin.results import curve_report
    from twin.results.table_file import check_table, write_table
    from twin.study.curve import curve as study

    check_image(image)
    if out is not None:
        check_table(out)
    line, again = line_of(model, set)
    with shown() as progress:
        found = study(
            line, from_=from_, to=to, points=points, device=device.value, threads=threads, max_wip=max_wip,
            progress=progress, **as_before(again, horizon, warmup, replications, seed),
        )  # fmt: skip
    found = replace(found, model=again.model if again else model)
    if json:
        say_json(found.to_json())
        for note in curve_report.notes(found):
            say(f"Note: {note}", err=True)
    else:
        say_rows(lambda ascii_only: curve_report.rows(found, ascii_only=ascii_only))
    if out is not None:
        write_table(found.frame, out)
        say(f"Table in {out}", err=json)
    if image is not None:
        from twin.scene.curve import show_curve

        say(f"Picture in {show_curve(found, image)}", err=json)
