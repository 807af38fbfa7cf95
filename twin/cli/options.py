"""Arguments and options that several commands share, and the line they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.errors import Refused

if TYPE_CHECKING:
    from twin.line import Line
    from twin.results import Settings

Model = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help="A YAML file, tables (.xlsx or a folder), or a model of the library.", show_default=False
    ),
]
ModelOrRun = Annotated[
    str,
    typer.Argument(metavar="MODEL|RUN", help="A YAML file, tables, a model of the library, or the folder of a run."),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change the document, e.g. toolgroups.oven.tools=3, or for a time: 'toolgroups.oven.tools=1 from 30 d "
        "to 35 d'; may be repeated.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Image = Annotated[
    Path | None,
    typer.Option("--image", metavar="PNG", help="Write a picture of the line.", show_default=False),
]


def changes(settings: list[str] | None) -> list[tuple[str, str]]:
    """The `--set` options as pairs of path and value; a path may come again with another time."""
    from twin.line.change_text import split_change, timed

    found: list[tuple[str, str]] = []
    lasting: set[str] = set()
    for setting in settings or []:
        try:
            path, value = split_change(setting)
            holds_for_a_time = timed(value) is not None
        except ValueError as error:
            raise Refused(f"--set {setting}: {error}") from None
        if path in lasting and not holds_for_a_time:
            raise Refused(f"--set {setting}: {path} is set twice")
        if not holds_for_a_time:
            lasting.add(path)
        found.append((path, value))
    return found


def line_of(model: str, settings: list[str] | None) -> tuple[Line, Settings | None]:
    """The line of a model or of a saved run, with changes; of a run its settings too."""
    from twin.results import comparison_record, record

    if comparison_record.is_comparison(model):
        raise Refused(f"{model}: is a comparison; give one of its runs, such as {Path(model) / 'base'}")
    if not record.is_run(model):
        from twin.line import read

        return read(model, set=changes(settings)), None
    line, asked = record.line_and_settings(model)
    wanted = changes(settings)
    if wanted:
        from twin.line.edit import varied

        line = varied(line, wanted, said="--set ")
    return line, asked


def check_image(image: Path | None) -> None:
    """Refuse a picture that could not be written, before any work is done."""
    if image is None:
        return
    from twin.scene.show import SUFFIXES

    if image.suffix.lower() not in SUFFIXES:
        raise Refused(f"{image}: a picture's name ends in one of {', '.join(sorted(SUFFIXES))}")
    if image.is_dir():
        raise Refused(f"{image}: is a folder; name a file in it")
    if not image.absolute().parent.is_dir():
        raise Refused(f"{image}: there is no folder {image.parent}")
