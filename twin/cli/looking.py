"""Commands that look closer at a saved run: history, gantt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.commands import app
from twin.cli.errors import Refused
from twin.cli.options import Json, check_image
from twin.cli.output import say, say_json, say_rows
from twin.cli.progress import shown

if TYPE_CHECKING:
    import pandas as pd

Run = Annotated[str, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)]
Replication = Annotated[int, typer.Option(min=1, metavar="N", help="Which replication of the run.")]
Table = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE.csv|parquet", help="Write the table to this file.", show_default=False),
]


@app.command()
def history(
    run: Run,
    lot: Annotated[
        str | None,
        typer.Option(
            metavar="LOT", help="Product and number, such as Pa-12; lots there at the start have names of their own.",
            show_default=False,
        ),
    ] = None,
    worst: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="List the N lots with the longest cycle times.", show_default=False),
    ] = None,
    replication: Replication = 1,
    json: Json = False,
    out: Table = None,
) -> None:  # fmt: skip
    """What happened to a lot, step by step.

    Every visit: tool, waiting, setup, process, transport, time on a tool that was down, rework, batches, queue-time
    limits; the times add up to the cycle time. A run keeps no log: it is stepped again, exactly as it was.
    """
    from twin.results import history as report
    from twin.results.table_file import check_table, write_table
    from twin.study import history as study

    if (lot is None) == (worst is None):
        raise Refused("write which lot, such as --lot Pa-12, or --worst 5 for the slowest ones")
    if out is not None:
        check_table(out)
    _refuse_models(run, "a lot's history")
    with shown() as progress:
        if lot is None:
            table = study.slowest(run, worst or 1, replication=replication, progress=progress)
        else:
            found = study.history(run, lot, replication=replication, progress=progress)
            table = found.frame
    if lot is None:
        _tell_slowest(table, run, replication, json=json)
    elif json:
        say_json(found.to_json())
    else:
        say_rows(lambda ascii_only: report.rows(found, ascii_only=ascii_only))
    if out is not None:
        write_table(table, out)
        say(f"Table in {out}", err=json)


def _refuse_models(run: str, what: str) -> None:
    """Say what to do where a line was given instead of a run."""
    if not Path(run).is_dir():
        raise Refused(f"{run}: {what} is a run's; make one with: twin run {run} --out DIR")


def _tell_slowest(table: pd.DataFrame, run: str, replication: int, *, json: bool) -> None:
    """Print the lots with the longest cycle times."""
    if json:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        say_json({"run": run, "replication": replication, "lots": rows})
        return
    if table.empty:
        say("No lot released after time 0 left the line in the measured time.")
        return
    width = max(3, *(len(lot) for lot in table["lot"]))
    say(f"Longest cycle times of replication {replication}, in d from the start of the run")
    say(f"{'lot':{width}}  {'released':>10}  {'out':>10}  {'cycle time':>10}  {'X-factor':>8}")
    for row in table.to_dict("records"):
        times = "  ".join(f"{row[key] / 86_400.0:10.4f}" for key in ("released_s", "out_s", "cycle_s"))
        say(f"{row['lot']:{width}}  {times}  {row['x_factor']:8.2f}")
    more = "" if replication == 1 else f" --replication {replication}"
    say(f"Look at one with: twin history {run} --lot {table['lot'].iloc[0]}{more}")


@app.command()
def gantt(
    run: Run,
    toolgroup: Annotated[str, typer.Option(metavar="NAME", help="Whose tools.")],
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help="Begin here, e.g. '100 d'.", show_default="end of the warm-up"),
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="End here.", show_default="end of the run")
    ] = None,
    replication: Replication = 1,
    json: Json = False,
    out: Table = None,
    image: Annotated[
        Path | None, typer.Option("--image", metavar="PNG", help="Draw it.", show_default=False)
    ] = None,
) -> None:
    """What each tool of a toolgroup did, bar by bar.

    One bar for each time in which a tool was in one state (productive, setup, pm, down, starved, blocked, off,
    no_operator) with the same lots. The bars add up to the run's own totals. A run keeps no log: it is stepped again,
    exactly as it was.
    """
    from twin.results import gantt as report
    from twin.results.table_file import check_table, write_table
    from twin.study.gantt import gantt as study

    check_image(image)
    if out is not None:
        check_table(out)
    _refuse_models(run, "a Gantt")
    with shown() as progress:
        found = study(run, toolgroup, from_=from_, to=to, replication=replication, progress=progress)
    if json:
        say_json(found.to_json())
    else:
        say_rows(lambda ascii_only: report.rows(found, ascii_only=ascii_only))
    if out is not None:
        write_table(found.frame, out)
        say(f"{len(found.bars):,} bars in {out}", err=json)
    if image is not None:
        from twin.scene.gantt import show_gantt

        say(f"Picture in {show_gantt(found, image)}", err=json)
