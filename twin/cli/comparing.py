"""The command compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.cli.commands import app
from twin.cli.options import Image, Json, ModelOrRun, Set, check_image, line_of
from twin.cli.output import say, say_json, say_rows
from twin.cli.progress import shown
from twin.cli.running import (
    Device,
    Horizon,
    MaxWip,
    Out,
    Replications,
    Samples,
    Seed,
    Threads,
    Warmup,
    as_before,
)

if TYPE_CHECKING:
    from twin.results import Comparison

Scenario = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario",
        metavar="'NAME: PATH=VALUE'",
        help="A what-if, e.g. 'third oven: toolgroups.oven.tools=3'; several changes with ';' between them, each "
        "perhaps for a time ('... from 30 d to 35 d'); may be repeated.",
        show_default=False,
    ),
]
Scenarios = Annotated[
    Path | None,
    typer.Option(
        "--scenarios", metavar="YAML", help="A file of scenarios: names and their changes.", show_default=False
    ),
]


@app.command()
def compare(
    model: ModelOrRun,
    scenario: Scenario = None,
    scenarios: Scenarios = None,
    horizon: Horizon = None,
    warmup: Warmup = None,
    replications: Replications = None,
    seed: Seed = None,
    device: Annotated[Device, typer.Option(help="Where to run.")] = Device.auto,
    set: Set = None,
    out: Out = None,
    json: Json = False,
    image: Image = None,
    threads: Threads = None,
    max_wip: MaxWip = 100_000,
    samples: Samples = None,
) -> None:
    """Compare what-ifs with a line.

    Base and scenarios meet the same luck, so the difference of each pair of replications is the change's own doing;
    its interval is far narrower than the figures'. --set applies to all of them. A change that touches nothing is an
    error. With changes for a time: the lots lost, and when the line was back to normal, that is, when WIP and output
    differed from the base's by no more than chance (95 % interval) or 5 %, for as long again as the line had been away.
    """
    from twin.results import comparison_record
    from twin.study.compare import compare as compared
    from twin.study.scenario_file import read_scenarios

    if out is not None:
        comparison_record.check_folder(out)
    check_image(image)
    line, again = line_of(model, set)
    given: list[str | tuple[str, Any]] = list(scenario or [])
    given += read_scenarios(scenarios).items() if scenarios is not None else ()
    with shown() as progress:
        found = compared(
            line, given, device=device.value, threads=threads, max_wip=max_wip, progress=progress, samples=samples,
            **as_before(again, horizon, warmup, replications, seed),
        )  # fmt: skip
    for results in (found.base, *found.scenarios.values()):
        results.settings = replace(results.settings, model=again.model if again else model)
    _tell(found, json=json)
    if out is not None:
        found.save(out)
        say(f"Saved in {out}; look at it with: twin show {out} --image PNG", err=json)
    if image is not None:
        _picture(found, image, quiet=json)


def _tell(found: Comparison, *, json: bool) -> None:
    """Print the comparison."""
    if json:
        say_json(found.to_json())
        for note in found.notes:
            say(f"Note: {note}", err=True)
        return
    from twin.results import comparison_report

    say_rows(lambda ascii_only: comparison_report.rows(found, ascii_only=ascii_only))


def _picture(found: Comparison, image: Path, *, quiet: bool) -> None:
    """Draw a comparison; where nothing can be drawn the comparison itself still succeeded."""
    from twin.scene import SceneUnavailable
    from twin.scene.compare import show_comparison

    try:
        drawn = show_comparison(found, image)
    except SceneUnavailable as error:
        say(str(error), err=True)
    else:
        say(drawn.told, err=quiet)
