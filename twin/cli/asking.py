"""Commands that ask a run what is going on in it: why, debug."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.commands import app
from twin.cli.errors import Refused, message
from twin.cli.options import Json, Model, ModelOrRun, Set, line_of
from twin.cli.output import say, say_json
from twin.cli.progress import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twin.study.stepper import Stepper

Replication = Annotated[int, typer.Option(min=1, metavar="N", help="Which replication of the run.")]
Seed = Annotated[int | None, typer.Option(metavar="N", help="Which luck.", show_default="the document's")]
HELP = """next [N]         go on to the next event, N times (also: n)
until TIME       go on to a time, such as 'until 2 h' or 'until 3 d 04:12:07'
station NAME     its state, and who blocks or starves it, back to the cause
queue NAME       the lots in front of it
lot NAME         where a lot is; 'lots' names all in the line
events [N]       what is to come
who              who waits for whom, over the whole line
quit             end (also: q)"""


@app.command()
def why(
    run: ModelOrRun,
    station: Annotated[
        str, typer.Option(metavar="NAME", help="A toolgroup, or one of its tools such as weld/2.", show_default=False)
    ],
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="The moment, such as '3 d 04:12:07' or '76.2 h'.", show_default=False),
    ] = None,
    replication: Replication = 1,
    json: Json = False,
) -> None:
    """Why a station is in its state at a moment: who blocks or starves whom, back to the cause.

    Without --at: what all the time goes back to that it is starved or blocked, with intervals over the replications,
    and its longest waits. The chain ends at a failure, a maintenance, a setup, a crew, an auxiliary, the release, a
    slow station that simply works, or a deadlock. A run keeps no log: it is stepped again, exactly as it was. A model
    is run as its document says.
    """
    from twin.study.why import why as study

    if at is None and replication != 1:
        raise Refused(f"--replication {replication}: which of them is for --at; without it all are looked at")
    with shown() as progress:
        found = study(run if Path(run).exists() else line_of(run, None)[0], station, at, replication, progress=progress)
    if json:
        say_json(found.to_json())
    else:
        say(str(found))


@app.command()
def debug(
    model: Model,
    do: Annotated[
        str | None,
        typer.Option("--do", metavar="COMMANDS", help="Do these and end, e.g. 'until 2 h; station weld; next 5'.",
                     show_default=False),
    ] = None,
    horizon: Annotated[
        str | None, typer.Option(metavar="TIME", help="How far time may go.", show_default="the document's")
    ] = None,
    replication: Replication = 1,
    seed: Seed = None,
    set: Set = None,
) -> None:  # fmt: skip
    """Step through a run and look inside, event by event; type 'help' for what can be asked.

    The history is that of 'twin run' to the tick. All that is due at one tick happens together.
    """
    from twin.study.stepper import Stepper

    line, _ = line_of(model, set)
    stepper = Stepper(line, horizon=horizon, replication=replication, seed=seed)
    if do is not None:
        for told in _all_of(stepper, do.replace("\n", ";").split(";")):
            say(told)
        return
    say(f"{line.line}, replication {replication}, seed {stepper.seed}; type 'help' for what can be asked")
    while True:
        words = _asked(stepper.time)
        if words is None:
            return
        try:
            for told in _all_of(stepper, [words]):
                say(told)
        except Exception as error:
            told_of = message(error)
            if told_of is None:
                raise
            say(told_of)


def _asked(time: str) -> str | None:
    """What is typed next, None for the end."""
    if sys.stdin.isatty():
        typer.echo(f"{time}> ", nl=False)
    words = sys.stdin.readline()
    return None if not words or words.strip() in ("q", "quit", "exit") else words


def _all_of(stepper: Stepper, commands: list[str]) -> Iterable[str]:
    """Do commands one after the other; what each has to tell."""
    for command in commands:
        word, _, rest = command.strip().partition(" ")
        if word in ("q", "quit"):
            return
        if word:
            yield from _one_of(stepper, word, rest.strip())


def _one_of(stepper: Stepper, word: str, rest: str) -> Iterable[str]:
    """Do one command."""
    from twin.line.faults import did_you_mean

    named = {"station": stepper.station, "queue": stepper.queue, "lot": stepper.lot}
    if word in named:
        if not rest:
            raise Refused(f"{word}: of which? Write its name, such as '{word} NAME'")
        return [named[word](rest)]
    if word in ("n", "next"):
        told = stepper.next(_count(word, rest, 1))
        return [*told, "the run is over"] if stepper.ended else told
    if word == "until":
        stepper.advance(rest)
        return [f"it is {stepper.time}; lots in the line: {len(stepper.lots)}"]
    if word == "events":
        return stepper.events(_count(word, rest, 20)) or ["nothing is to come"]
    if word == "who":
        return stepper.who() or ["every tool works"]
    if word == "lots":
        return [", ".join(stepper.lots) or "no lot is in the line"]
    if word == "help":
        return [HELP]
    known = [*named, "next", "until", "events", "who", "lots", "help", "quit"]
    raise Refused(f"unknown command {word!r}; {did_you_mean(word, known)}")


def _count(word: str, text: str, least: int) -> int:
    """How many are asked for."""
    if not text:
        return least
    if not text.isdecimal() or int(text) < 1:
        raise Refused(f"{word} {text}: write a whole number from 1 on")
    return int(text)
