"""The app, and the group of commands that turns errors into messages."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from twin.cli.errors import message
from twin.cli.output import say


class Commands(TyperGroup):
    """Commands whose known errors end in a message on stderr and exit code 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; flush, so that a closed pipe is met here and not when Python shuts down."""
        try:
            done = super().invoke(ctx)
            sys.stdout.flush()
        except Exception as error:
            told = message(error)
            if told is None:
                raise
            say(told, err=True)
            raise typer.Exit(2) from None
        return done


app = typer.Typer(
    cls=Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"twin {import_module('twin').__version__}")
        raise typer.Exit


@app.callback()
def front(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Write a factory line down, run it, look at it.

    MODEL is a line document: a YAML file, tables (a workbook or a folder of CSV files, 'twin export tables'),
    or a name from the library such as fab/mini_fab ('twin models').
    RUN is a folder that 'twin run MODEL --out RUN' wrote.
    """
