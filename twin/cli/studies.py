"""The command bench."""

from __future__ import annotations

from typing import Annotated

import typer

from twin.cli.commands import app
from twin.cli.errors import Refused
from twin.cli.options import Json
from twin.cli.output import say, say_json


@app.command()
def bench(
    model: Annotated[
        list[str] | None, typer.Argument(metavar="[MODEL]...", help="Benchmarks to run; all if left out.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Shorter runs and fewer repeats, for a look.")
    ] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a Markdown table.")] = False,
    json: Json = False,
) -> None:
    """Race twin against its peers.

    The simulators installed beside it run the same documents in turn, on one core. Exit code 1 if a result
    is wrong.
    """
    from twin.study import bench as benchmark

    try:
        cases = benchmark.chosen(model or None)
    except ValueError as error:
        raise Refused(str(error)) from None
    found = benchmark.run(
        quick=quick, models=[case.model for case in cases], progress=lambda what: say(what, err=True)
    )
    if json:
        say_json(found.to_json())
    else:
        say(found.markdown().rstrip() if markdown else str(found))
    if found.wrong:
        raise typer.Exit(1)
