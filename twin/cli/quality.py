"""The command yield."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.cli.commands import app
from twin.cli.errors import Refused
from twin.cli.options import Json
from twin.cli.output import say_json, say_rows

Run = Annotated[str, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)]


@app.command("yield")
def yield_(run: Run, json: Json = False) -> None:
    """Yield of a run's products, and where the rest is lost.

    Expected good dies of the lots that came out, the loss by toolgroup and by waiting in front of it, and the
    steps that reject lots.
    """
    from twin.results import Results, quality

    if not Path(run).is_dir():
        raise Refused(f"{run}: yield is a run's; make one with: twin run {run} --out DIR")
    results = Results.load(run)
    if json:
        say_json(quality.to_json(results))
    else:
        say_rows(lambda ascii_only: quality.rows(results, ascii_only=ascii_only))
