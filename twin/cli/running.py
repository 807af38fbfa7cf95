"""Commands about runs: run, show."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.cli.commands import app
from twin.cli.errors import Refused
from twin.cli.options import Image, Json, ModelOrRun, Set, check_image, line_of
from twin.cli.output import say, say_json, say_report
from twin.cli.progress import shown

if TYPE_CHECKING:
    from twin.results import Results, Settings


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


Samples = Annotated[
    int | None,
    typer.Option(
        min=2, metavar="N", show_default=False,
        help="Times at which to look at WIP and output; 240 or more where anything changes for a time.",
    ),
]  # fmt: skip


def as_before(
    again: Settings | None, horizon: str | None, warmup: str | None, replications: int | None, seed: int | None
) -> dict[str, Any]:
    """How to run: as asked, and where nothing was asked as the run that is repeated."""
    if again is not None:
        horizon = horizon or f"{again.horizon_s!r} s"
        warmup = warmup or f"{again.warmup_s!r} s"
        replications = replications or again.replications
        seed = again.seed if seed is None else seed
    return {"horizon": horizon, "warmup": warmup, "replications": replications, "seed": seed}


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
    samples: Samples = None,
) -> None:
    """Run a line and print what it did.

    Times, replications and seed are the document's own unless given here; a RUN is repeated as it was.
    Ctrl-C keeps the results so far. A line with changes for a time (--set 'PATH=VALUE from 30 d to 35 d') is run
    beside itself without them: the lots lost are told, and when the line was back to normal.
    """
    from twin.results import record
    from twin.study.compare import simulate_over_time
    from twin.study.simulate import simulate

    if out is not None:
        record.check_folder(out)
    check_image(image)
    line, again = line_of(model, set)
    asked = as_before(again, horizon, warmup, replications, seed)
    with shown() as progress:
        common = {"device": device.value, "threads": threads, "max_wip": max_wip, "progress": progress, **asked}
        if line.transients or samples is not None:
            results = simulate_over_time(line, samples=samples, **common)
        else:
            results = simulate(line, **common)
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
        if results.wip_trace is not None:
            from twin.scene.compare import show_over_time

            say(show_over_time(results, image).told, err=quiet)
            return
        draw(results, image=image)
    except SceneUnavailable as error:
        say(str(error), err=True)
    else:
        say(f"Picture in {image}", err=quiet)


@app.command()
def show(
    model: ModelOrRun,
    image: Image = None,
    wafer: Annotated[
        str | None,
        typer.Option(
            metavar="LOT[.N]", help="The map of a RUN's wafer, such as Pa-12.3, or of a lot.", show_default=False
        ),
    ] = None,
    replication: Annotated[int, typer.Option(min=1, metavar="N", help="Whose lots --wafer means.")] = 1,
) -> None:
    """Show a line, a run or a comparison in 3D, or a wafer map.

    A window to walk around in, or a picture with --image. A comparison is a picture, base and scenarios side by side;
    so is a wafer map.
    """
    from twin.scene import show as draw
    from twin.scene.compare import show_saved

    check_image(image)
    if wafer is not None:
        _wafer_map(model, wafer, replication, image)
        return
    drawn = show_saved(model, image) if image is not None else None
    if drawn is not None:
        say(drawn.told)
        return
    written = draw(model, image=image)
    if written is not None:
        say(f"Picture in {written}")


def _wafer_map(run: str, wafer: str, replication: int, image: Path | None) -> None:
    from twin.results import Results
    from twin.scene.wafer import wafer_map

    if image is None:
        raise Refused(f"--wafer {wafer}: a wafer map is a picture; write --image FILE.png")
    if not Path(run).is_dir():
        raise Refused(f"{run}: wafers belong to a run; make one with: twin run {run} --out DIR")
    written, told = wafer_map(Results.load(run), wafer, image, replication=replication)
    say(f"{told}. Picture in {written}")
