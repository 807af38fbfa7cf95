"""The command stations."""

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
    from twin.results.periods import ActivePeriods

Image = Annotated[
    Path | None,
    typer.Option(metavar="PNG", help="Write a picture of the stations along the line.", show_default=False),
]


@app.command()
def stations(
    model: ModelOrRun,
    horizon: Horizon = None,
    warmup: Warmup = None,
    replications: Replications = None,
    seed: Seed = None,
    device: Annotated[Device, typer.Option(help="Where to run.")] = Device.auto,
    set: Set = None,
    json: Json = False,
    image: Image = None,
    threads: Threads = None,
    max_wip: MaxWip = 100_000,
) -> None:
    """The line station by station: jobs an hour, states and buffers in the order of the line, OEE, energy, bottleneck.

    The bottleneck is told by blocked-starved arrows, by active shares and, in lines with finite buffers, by active
    periods, for which some days of the run are stepped again. A MODEL is run first; a RUN is only read.
    """
    from twin.results import station_report

    check_image(image)
    asked = {"horizon": horizon, "warmup": warmup, "replications": replications, "seed": seed}
    results = _results(model, set, asked, {"device": device.value, "threads": threads, "max_wip": max_wip})
    periods = _periods(results)
    if json:
        say_json(station_report.to_json(results, periods))
    else:
        say_rows(lambda ascii_only: station_report.rows(results, periods, ascii_only=ascii_only))
    if image is not None:
        from twin.scene.stations import show_stations

        say(show_stations(results, image, periods), err=json)


def _results(model: str, set: list[str] | None, asked: dict[str, Any], how: dict[str, Any]) -> Results:
    """A saved run as it is, or a model's run."""
    from twin.results import Results, record
    from twin.study.simulate import simulate

    if record.is_run(model):
        given = [f"--{name}" for name, value in asked.items() if value is not None] + (["--set"] if set else [])
        if given:
            raise Refused(f"{model}: is a run and is only read; leave {given[0]} out, or give its model")
        return Results.load(model)
    line, _ = line_of(model, set)
    with shown() as progress:
        results = simulate(line, progress=progress, **asked, **how)
    results.settings = replace(results.settings, model=model)
    return results


def _periods(results: Results) -> ActivePeriods | None:
    """The active periods of a line whose stations wait for each other."""
    from twin.study.active_periods import active_periods

    if not any(group.buffer is not None for group in results.line.toolgroups.values()):
        return None
    with shown() as progress:
        return active_periods(results, progress=progress)
