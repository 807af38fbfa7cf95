"""The command forecast."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from twin.cli.commands import app
from twin.cli.options import Json, Model, Set, line_of
from twin.cli.output import say, say_json, say_rows
from twin.cli.progress import shown
from twin.cli.running import Device, MaxWip, Seed, Threads

Hours = Annotated[float, typer.Option(min=0.001, metavar="H", help="How far moves and lots out are told.")]
Shift = Annotated[str, typer.Option(metavar="TIME", help="Moves are counted by shifts of this length.")]
Horizon = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="Follow the lots so far, e.g. '30 d'; the hours if left out.", show_default=False
    ),
]
Replications = Annotated[int, typer.Option(min=1, metavar="N", help="Runs with luck of their own.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Write every table to this folder, as CSV and parquet.", show_default=False
    ),
]


@app.command()
def forecast(
    model: Model,
    hours: Hours = 72.0,
    shift: Shift = "12 h",
    horizon: Horizon = None,
    replications: Replications = 32,
    seed: Seed = None,
    device: Annotated[Device, typer.Option(help="Where to run.")] = Device.auto,
    set: Set = None,
    out: Out = None,
    json: Json = False,
    threads: Threads = None,
    max_wip: MaxWip = 100_000,
    everything: Annotated[bool, typer.Option("--all", help="Every lot, not only those due first.")] = False,
) -> None:
    """What the line does next: moves by area and shift, lots out, when lots leave and whether on time.

    Starts from the lots in the line now, 'wip:' of the document, and the tools that are down or set up now, its
    'tool_states:'. Releases, failures and maintenance go on as the document says.
    """
    from twin.results import forecast as told
    from twin.study.forecast import forecast as forecast_of

    if out is not None:
        told.check_folder(out)
    line, _ = line_of(model, set)
    with shown() as progress:
        found = forecast_of(
            line, hours=hours, shift=shift, horizon=horizon, replications=replications, seed=seed, device=device.value,
            threads=threads, max_wip=max_wip, progress=progress,
        )  # fmt: skip
    found = replace(found, settings=replace(found.settings, model=model))
    if json:
        say_json(found.to_json())
    else:
        say_rows(lambda ascii_only: found.rows(ascii_only=ascii_only, **({"most": None} if everything else {})))
    if out is not None:
        found.save(out)
        say(f"Tables in {out}", err=json)
