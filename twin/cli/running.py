"""Commands about runs: run, show."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.commands import app
from twin.cli.options import Image, Json, ModelOrRun, Set, check_image, line_of
from twin.cli.output import say, say_json, say_report
from twin.cli.progress import shown

if TYPE_CHECKING:
    from twin.results import Results


class Device(StrEnum):
    """Where to step the worlds."""

    auto = "auto"
    cpu = "cpu"
    gpu = "gpu"


Horizon = Annotated[
    str | None, typer.Option(metavar="TIME", help="Simulated time, e.g. '365 d'.", show_default=False)
]
Warmup = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Time at the start that no figure counts.", show_default=False),
]
Replications = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Runs with luck of their own.", show_default=False)
]
Seed = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="The same seed, the same results.", show_default=False)
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write tables and a run record to this folder.", show_default=False),
]
Threads = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Cores to use; all if left out.", show_default=False)
]
MaxWip = Annotated[
    int, typer.Option(min=1, metavar="LOTS", help="Lots in the line after which it is taken to be overloaded.")
]


@app.command()
def run(
    model: ModelOrRun,
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
) -> None:
    """Run a line and print what it did.

    Times, replications and seed are the document's own unless given here; a RUN is repeated as it was.
    Ctrl-C keeps the results so far.
    """
    from twin.results import record
    from twin.study.simulate import simulate

    if out is not None:
        record.check_folder(out)
    check_image(image)
    line, again = line_of(model, set)
    if again is not None:
        horizon = horizon or f"{again.horizon_s!r} s"
        warmup = warmup or f"{again.warmup_s!r} s"
        replications = replications or again.replications
        seed = again.seed if seed is None else seed
    with shown() as progress:
        results = simulate(
            line, horizon=horizon, warmup=warmup, replications=replications, seed=seed,
            device=device.value, threads=threads, max_wip=max_wip, progress=progress,
        )  # fmt: skip
    results.settings = replace(results.settings, model=again.model if again else model)
    if json:
        say_json(results.to_json())
        for note in results.notes:
            say(f"Note: {note}", err=True)
    else:
        say_report(results)
    if out is not None:
        results.save(out)
        say(f"Saved in {out}; look at it with: twin show {out}", err=json)
    if image is not None:
        _picture_of_run(results, image, quiet=json)


def _picture_of_run(results: Results, image: Path, *, quiet: bool) -> None:
    """Draw a run; where nothing can be drawn the run itself still succeeded."""
    from twin.scene import SceneUnavailable
    from twin.scene import show as draw

    try:
        draw(results, image=image)
    except SceneUnavailable as error:
        say(str(error), err=True)
    else:
        say(f"Picture in {image}", err=quiet)


@app.command()
def show(model: ModelOrRun, image: Image = None) -> None:
    """Show a line or a run in 3D.

    A window to walk around in, or a picture with --image.
    """
    from twin.scene import show as draw

    check_image(image)
    written = draw(model, image=image)
    if written is not None:
        say(f"Picture in {written}")
