"""Printing that survives any terminal: letters it cannot show are written in ASCII."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, TextIO

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.results import Results
    from twin.results.report import Row

STYLES = {"title": "bold", "head": "dim", "mark": "bold yellow", "note": "italic", "plain": ""}


def knows(stream: TextIO, text: str) -> bool:
    """Whether a stream can carry every letter of a text."""
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def say(text: str, *, err: bool = False) -> None:
    """Print a text, on stderr if `err`."""
    stream = sys.stderr if err else sys.stdout
    if not knows(stream, text):
        encoding = stream.encoding or "ascii"
        text = text.encode(encoding, "replace").decode(encoding)
    typer.echo(text, err=err)


def say_json(plain: Any) -> None:
    """Print one JSON object, in ASCII, and nothing else."""
    typer.echo(json.dumps(plain, indent=2, allow_nan=False))


def say_report(results: Results) -> None:
    """Print the report of a run; in colour on a terminal."""
    from twin.results import report

    say_rows(lambda ascii_only: report.rows(results, ascii_only=ascii_only))


def say_rows(rows_of: Callable[[bool], list[Row]]) -> None:
    """Print the lines of a report, asked for in plain letters or not; in colour on a terminal."""
    rows = rows_of(not knows(sys.stdout, "±…"))
    if not sys.stdout.isatty():
        say("\n".join(row.text for row in rows))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console()
    for row in rows:
        console.print(Text(row.text, style=STYLES[row.style]), soft_wrap=True)
