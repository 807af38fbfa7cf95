"""The command validate."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.commands import app
from twin.cli.options import Json
from twin.cli.output import say, say_json, say_rows
from twin.cli.progress import shown
from twin.cli.running import Device, Seed, Threads

if TYPE_CHECKING:
    from twin.results.validation import Validation


class Model(StrEnum):
    """Which fab of the testbed."""

    hvlm = "hvlm"
    lvhm = "lvhm"
    both = "both"


@app.command()
def validate(
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="Published data set: smt2020.")],
    data: Annotated[
        Path, typer.Option("--data", metavar="DIR", help="Folder of its tables and of its published figures.")
    ],
    replications: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Runs with luck of their own; as published if left out.",
                     show_default=False),
    ] = None,
    days: Annotated[
        float | None,
        typer.Option(min=0.001, metavar="D", help="Simulated days; as published if left out.", show_default=False),
    ] = None,
    model: Annotated[Model, typer.Option(help="Which of its fabs.")] = Model.both,
    seed: Seed = None,
    device: Annotated[Device, typer.Option(help="Where to run.")] = Device.auto,
    threads: Threads = None,
    all: Annotated[bool, typer.Option("--all", help="List every toolgroup, not only those outside.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 if any row is out.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write validation.json and the runs to this folder.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Run a published fab from its own tables and lay the figures beside the published ones.

    A verdict for every lot type (lots completed, cycle time, on time) and toolgroup (down, PM, setup, utilisation), and
    how many are in and out. smt2020: DIR holds SMT2020_HVLM, SMT2020_LVHM and reference_smt2020; 20 runs of 730 days
    from the initial WIP. Exit code 0 whatever the verdicts, unless --strict says otherwise.
    """
    from twin.results.validation import check_folder
    from twin.study.validate import validate as validated

    if out is not None:
        check_folder(out)
    models = None if model is Model.both else [model.value]
    with shown() as progress:
        found = validated(
            reference, data, models=models, replications=replications, days=days, seed=seed, device=device.value,
            threads=threads, progress=progress,
        )  # fmt: skip
    _tell(found, every=all, json=json)
    if out is not None:
        found.save(out)
        say(f"Saved in {out}", err=json)
    if strict and found.verdicts[1]:
        raise typer.Exit(1)


def _tell(found: Validation, *, every: bool, json: bool) -> None:
    """Print the verdicts."""
    if json:
        say_json(found.to_json())
        return
    from twin.results import validation_report

    say_rows(lambda ascii_only: validation_report.rows(found, every=every, ascii_only=ascii_only))
