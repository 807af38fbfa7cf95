"""The command yield."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.cli.commands import app
from twin.cli.errors import Refused
from twin.cli.options import Json
from twin.cli.output import say, say_json, say_rows

Run = Annotated[str, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)]

Wafer = Annotated[
    str | None,
    typer.Option(
        "--wafer", metavar="LOT[.WAFER]", help="Tell of one wafer, such as Pa-12.3, or of every wafer of a lot.",
        show_default=False,
    ),
]  # fmt: skip
Units = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE.parquet|csv", help="Write one row a unit that came out to this file.", show_default=False
    ),
]


@app.command("yield")
def yield_(
    run: Run,
    wafer: Wafer = None,
    replication: Annotated[int, typer.Option(min=1, metavar="N", help="Whose lots --wafer means.")] = 1,
    json: Json = False,
    out: Units = None,
) -> None:
    """Yield of a run's products, and where the rest is lost.

    Expected good units of the lots that came out; the loss by toolgroup, tool and cause; characteristics against their
    limits, what metrology found, bins, and the steps that reject lots.
    """
    from twin.results import Results, quality
    from twin.results.table_file import check_table, write_table

    if not Path(run).is_dir():
        raise Refused(f"{run}: yield is a run's; make one with: twin run {run} --out DIR")
    if out is not None:
        check_table(out)
    results = Results.load(run)
    if wafer is not None:
        from twin.cli.wafers import tell_wafer

        tell_wafer(results, wafer, replication, json=json)
    elif json:
        say_json(quality.to_json(results))
    else:
        say_rows(lambda ascii_only: quality.rows(results, ascii_only=ascii_only))
    if out is not None:
        table = results.units_table()
        write_table(table, out)
        say(f"{len(table):,} units in {out}", err=json)
