"""The command profile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.cli.commands import app
from twin.cli.errors import Refused
from twin.cli.options import Json, ModelOrRun, Set, check_image, line_of
from twin.cli.output import say, say_json, say_rows
from twin.cli.progress import shown
from twin.cli.running import Device, Horizon, MaxWip, Replications, Seed, Threads, Warmup

if TYPE_CHECKING:
    from twin.results import Results

Tables = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Write every table to this folder, as CSV and parquet.", show_default=False
    ),
]
Image = Annotated[
    Path | None,
    typer.Option(metavar="PNG", help="Write a picture of the WIP along the routes.", show_default=False),
]
Everything = Annotated[bool, typer.Option("--all", help="Every layer, toolgroup and queue-time limit.")]


@app.command()
def profile(
    model: ModelOrRun,
    horizon: Horizon = None,
    warmup: Warmup = None,
    replications: Replications = None,
    seed: Seed = None,
    device: Annotated[Device, typer.Option(help="Where to run.")] = Device.auto,
    set: Set = None,
    out: Tables = None,
    json: Json = False,
    image: Image = None,
    threads: Threads = None,
    max_wip: MaxWip = 100_000,
    everything: Everything = False,
) -> None:
    """Moves, WIP and turns: by product, mask layer, area and day, and the WIP profile along the route.

    Also days of WIP, lateness and on-time share, how well setups and batches are used, and queue-time breaches. A MODEL
    is run first, and looked at once a day; a RUN is only read, and knows its days if it was made with --samples.
    """
    from twin.results import profile_report

    if out is not None:
        profile_report.check_folder(out)
    check_image(image)
    asked = {"horizon": horizon, "warmup": warmup, "replications": replications, "seed": seed}
    results = _results(model, set, asked, {"device": device.value, "threads": threads, "max_wip": max_wip})
    if json:
        say_json(profile_report.to_json(results))
    else:
        say_rows(lambda ascii_only: profile_report.rows(results, ascii_only=ascii_only, everything=everything))
    if out is not None:
        profile_report.save(results, out)
        say(f"Tables in {out}", err=json)
    if image is not None:
        from twin.scene.profile import show_profile

        say(show_profile(results, image), err=json)


def _results(model: str, set: list[str] | None, asked: dict[str, Any], how: dict[str, Any]) -> Results:
    """A saved run as it is, or a model's run, looked at once a day."""
    from twin.results import Results, record
    from twin.study.simulate import daily, simulate

    if record.is_run(model):
        given = [f"--{name}" for name, value in asked.items() if value is not None] + (["--set"] if set else [])
        if given:
            raise Refused(f"{model}: is a run and is only read; leave {given[0]} out, or give its model")
        return Results.load(model)
    line, _ = line_of(model, set)
    with shown() as progress:
        results = simulate(line, samples=daily(line, asked["horizon"]), progress=progress, **asked, **how)
    results.settings = replace(results.settings, model=model)
    return results
