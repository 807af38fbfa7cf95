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
    from twin.line import Line
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


Until = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", show_default=False, help="Hold there, short of the horizon, and save the run with --state."
    ),
]
State = Annotated[
    Path | None,
    typer.Option("--state", metavar="FILE.npz", help="File for the run saved at --until.", show_default=False),
]
Resume = Annotated[
    Path | None,
    typer.Option(
        "--resume", metavar="FILE.npz", help="Go on with a run that --state saved; no MODEL then.", show_default=False
    ),
]


Visits = Annotated[
    bool,
    typer.Option(
        "--visits", help="Keep which tool every lot met at steps with a process law: 'twin yield' then tells by tool."
    ),
]


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
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL|RUN", help="A YAML file, tables, a model of the library, or the folder of a run.",
            show_default=False,
        ),
    ] = None,
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
    until: Until = None,
    state: State = None,
    resume: Resume = None,
    visits: Visits = False,
) -> None:  # fmt: skip
    """Run a line and print what it did.

    Times, replications and seed are the document's own unless given here; a RUN is repeated as it was.
    Ctrl-C keeps the results so far. A line with changes for a time (--set 'PATH=VALUE from 30 d to 35 d') is run
    beside itself without them: the lots lost are told, and when the line was back to normal. A long run may be saved
    in the middle (--until '200 d' --state half.npz) and gone on with later (--resume half.npz): the results are those
    of a run in one go.
    """
    from twin.results import record

    if out is not None:
        record.check_folder(out)
    check_image(image)
    where: dict[str, Any] = {"device": device.value, "threads": threads}
    if until is not None or state is not None:
        where |= {"until": until, "state": state}
    if resume is not None:
        given = {"MODEL": model, "--set": set, "--horizon": horizon, "--warmup": warmup, "--seed": seed,
                 "--replications": replications, "--samples": samples, "--visits": visits or None}  # fmt: skip
        results = _resumed(resume, given, where)
    elif model is None:
        cure = "missing; name a document or a model of the library, or --resume FILE"
        raise typer.BadParameter(cure, param_hint="MODEL")
    else:
        line, again = line_of(model, set)
        asked = as_before(again, horizon, warmup, replications, seed)
        results = _simulated(line, samples, {**where, "max_wip": max_wip, **asked}, visits=visits)
        results.settings = replace(results.settings, model=again.model if again else model)
    _tell(results, json=json)
    if out is not None:
        results.save(out)
        say(f"Saved in {out}; look at it with: twin show {out}", err=json)
    if image is not None:
        _picture_of_run(results, image, quiet=json)


def _simulated(line: Line, samples: int | None, asked: dict[str, Any], *, visits: bool) -> Results:
    """Run a line; one with changes for a time beside itself without them."""
    from twin.study.simulate import simulate

    with shown() as progress:
        if line.transients or samples is not None:
            from twin.study.compare import simulate_over_time

            if visits:
                raise Refused("--visits: goes with neither --samples nor changes for a time; leave one of them out")
            return simulate_over_time(line, samples=samples, progress=progress, **asked)
        return simulate(line, visits=visits, progress=progress, **asked)


def _resumed(file: Path, given: dict[str, Any], where: dict[str, Any]) -> Results:
    """Go on with a saved run: it knows its line and its settings."""
    from twin.study.resume import resume

    too_much = [name for name, value in given.items() if value is not None]
    if too_much:
        raise Refused(f"--resume {file}: goes on with the run as it was saved; leave out {', '.join(too_much)}")
    with shown() as progress:
        return resume(file, progress=progress, **where)


def _tell(results: Results, *, json: bool) -> None:
    """Print what a run did."""
    if json:
        say_json(results.to_json())
        for note in results.notes:
            say(f"Note: {note}", err=True)
    else:
        say_report(results)


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
    of: Annotated[
        str | None,
        typer.Option(
            "--of", metavar="bins|defects|CHARACTERISTIC", help="What the map of --wafer shows.",
            show_default="bins where there are any, else defects",
        ),
    ] = None,
) -> None:  # fmt: skip
    """Show a line, a run or a comparison in 3D, or a wafer map.

    A window to walk around in, or a picture with --image. A comparison is a picture, base and scenarios side by side;
    so is a wafer map.
    """
    from twin.scene import show as draw
    from twin.scene.compare import show_saved

    check_image(image)
    if of is not None and wafer is None:
        raise Refused(f"--of {of}: is for the map of a wafer; write --wafer LOT.WAFER too")
    if wafer is not None:
        from twin.cli.wafers import draw_wafer

        draw_wafer(model, wafer, replication, image, of)
        return
    drawn = show_saved(model, image) if image is not None else None
    if drawn is not None:
        say(drawn.told)
        return
    written = draw(model, image=image)
    if written is not None:
        say(f"Picture in {written}")
