"""Commands about documents: check, capacity, new, models, schema, import autosched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.commands import Commands, app
from twin.cli.errors import Refused
from twin.cli.options import Json, Model, ModelOrRun, Set, changes, line_of
from twin.cli.output import say, say_json

if TYPE_CHECKING:
    from twin.line import Line

WIDTH = 100
CLOSE = 1e-6  # saturated and CONWIP lines load their bottleneck to 1, up to rounding

importing = typer.Typer(
    cls=Commands, rich_markup_mode=None, no_args_is_help=True, help="Read other tools' tables."
)
app.add_typer(importing, name="import")


@app.command()
def check(model: Model, set: Set = None, json: Json = False) -> None:
    """Check a document, tell all its faults.

    Without a fault: `ok`, what the line holds, which toolgroups are offered more than they can do, and how far the
    surrogates of its process laws are off.
    """
    from twin.cli import surrogates
    from twin.line import read
    from twin.results.mix import found_in_order

    line = read(model, set=changes(set))
    _check_compiled(line)
    found = surrogates.surrogates(line)
    about = [*_holds(line), *_loads(line), *found_in_order(line)]
    if json:
        plain = [surrogate.to_json() for surrogate in found]
        say_json({"model": str(line.source or model), "ok": True, "about": about, "surrogates": plain})
        return
    say(f"{line.source or model}: ok")
    for words in [*about, *surrogates.said(found)]:
        say(f"  {words}")


def _check_compiled(line: Line) -> None:
    """Have the line laid out as arrays, and its own rules compiled: a run should not be the first to tell."""
    from twin.arrays.line import compile_line

    rules = compile_line(line).rules
    if rules:
        from twin.engine.compose import check_rule

        for rule in rules:
            check_rule(rule)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _holds(line: Line) -> list[str]:
    """What a line is made of and how long it is run."""
    tools = sum(group.tools or 0 for group in line.toolgroups.values())
    steps = sum(len(route) for route in line.routes.values())
    groups, products = _count(len(line.toolgroups), "toolgroup"), _count(len(line.products), "product")
    routes = _count(len(line.routes), "route")
    wip = f", {_count(len(line.wip), 'lot')} in the line at the start" if line.wip else ""
    crews = "".join(f", {name} {crew.count}" for name, crew in line.crews.items())
    carriers = "".join(f", {name} {carrier.count}" for name, carrier in line.carriers.items())
    asked = line.run
    days = f"{asked.horizon / 86_400:.6g} d, warm-up {asked.warmup / 86_400:.6g} d"
    used = {step.toolgroup for route in line.routes.values() for step in route}
    idle = [name for name in line.toolgroups if name not in used]
    return [
        f"{groups}, {_count(tools, 'tool')}; {products}, {routes}, {_count(steps, 'step')}{wip}",
        f"runs {days}, {_count(asked.replications, 'replication')}, seed {asked.seed}",
        *([f"crews: {crews[2:]}"] if crews else []),
        *([f"carriers: {carriers[2:]}"] if carriers else []),
        *(f"for a time: {transient}" for transient in line.transients),
        *([f"note: no step uses {', '.join(idle)}"] if idle else []),
    ]


def _loads(line: Line) -> list[str]:
    """The most loaded toolgroup, and a warning of those, and of crews, that are asked for more than they can do."""
    from twin.study.capacity import capacity

    found = capacity(line)
    load = found.toolgroups["of_available"].dropna()
    if found.bottleneck is None:
        return []
    said = [f"most loaded: {found.bottleneck}, {100 * float(load.max()):.1f} % of its available time"]
    over = load[load > 1 + CLOSE].sort_values(ascending=False)
    if len(over):
        listed = ", ".join(f"{name} {100 * float(share):.1f} %" for name, share in over.items())
        said.append(f"warning: offered more than they can do, so queues grow for ever: {listed}")
    asked = {str(name): float(row["of_time"]) for name, row in found.crews.iterrows()}
    crews = ", ".join(f"{name} {100 * share:.1f} %" for name, share in asked.items() if share > 1 + CLOSE)
    if crews:
        said.append(f"warning: crews asked for more than their time, so queues grow for ever: {crews}")
    few = found.carriers[found.carriers["offered"] > 1 + CLOSE]
    if len(few):
        listed = ", ".join(f"{name} {row['count']:.0f} of {row['busy']:.1f}" for name, row in few.iterrows())
        said.append(f"warning: fewer carriers than the releases keep on the way, so queues grow for ever: {listed}")
    return said


@app.command()
def capacity(
    model: ModelOrRun,
    load: Annotated[str, typer.Option(metavar="SHARE", help="Load at which tools are counted.")] = "85%",
    starts: Annotated[
        str, typer.Option(metavar="FACTOR", help="Release this many times as much of everything, e.g. 1.1.")
    ] = "1",
    mix: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PRODUCT=FACTOR", help="And of this product so many times as much; may be repeated.",
            show_default=False,
        ),
    ] = None,
    set: Set = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Offered load of each toolgroup, no simulation.

    From the document alone: what the releases ask of each toolgroup, what failures and maintenance leave
    of it, and the tools it needs to stay at --load of its available time. With --starts or --mix: which toolgroups
    then lack how many tools, and their load before and after.
    """
    from dataclasses import replace

    from twin.study.capacity import capacity as offered

    wanted = _load(load)
    line, again = line_of(model, set)
    found = offered(line, load=wanted, starts=starts, mix=_mix(mix))
    found = replace(found, model=again.model if again else model)
    if json:
        say_json(found.to_json())
    else:
        say(str(found))


def _mix(given: list[str] | None) -> dict[str, str]:
    """The `--mix` options as factors by product."""
    found: dict[str, str] = {}
    for text in given or []:
        product, sign, value = text.rpartition("=")
        if not sign or not product.strip():
            raise Refused(f"--mix {text}: write PRODUCT=FACTOR, such as Lot_3=0.5")
        if product.strip() in found:
            raise Refused(f"--mix {text}: {product.strip()} is given twice")
        found[product.strip()] = value.strip()
    return found


def _load(text: str) -> float:
    """The stated load, above 0 and up to 1."""
    from twin.line.units import share

    try:
        load = share(text)
    except ValueError as error:
        raise Refused(f"--load {text}: {error}") from None
    if load == 0:
        raise Refused(f"--load {text}: no number of tools gets there; write a load such as 85%")
    return load


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The document's name; NAME.yaml is written.")],
) -> None:
    """Write a small document to start from."""
    from twin.cli.template import document

    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(document(path.stem))
    except FileExistsError:
        raise Refused(f"{path}: is there already; choose another name") from None
    except FileNotFoundError:
        raise Refused(f"{path}: there is no folder {path.parent}") from None
    say(f"{path} written; try: twin check {path}, twin run {path}")


@app.command()
def schema(
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write it here.", show_default=False)
    ] = None,
) -> None:
    """Print the JSON Schema of documents.

    Editors with a YAML language server complete and check documents with it.
    """
    import json

    from twin.line.schema import json_schema

    text = json.dumps(json_schema(), indent=2)
    if out is None:
        typer.echo(text)
        return
    out.write_text(text + "\n", encoding="utf-8", newline="\n")
    say(f"{out} written; begin documents with: # yaml-language-server: $schema={out.as_posix()}")


@app.command()
def models() -> None:
    """List the models of the library."""
    import textwrap

    from twin.line import list_models

    found = list_models()
    width = max((len(model.name) for model in found), default=0)
    for model in found:
        about = _first_sentence(model.about)
        lines = textwrap.wrap(about, max(40, WIDTH - width - 2)) or [""]
        say(f"{model.name:{width}}  {lines[0]}".rstrip())
        for line in lines[1:]:
            say(f"{'':{width}}  {line}")


def _first_sentence(about: str) -> str:
    """The text up to its first full stop that ends a sentence."""
    end = about.find(". ")
    return about if end < 0 else about[: end + 1]


@importing.callback()
def import_front() -> None:
    """Read other tools' tables."""


@importing.command("autosched")
def autosched(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of AutoSched-style tables.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="Line document to write.")],
) -> None:
    """Read AutoSched-style tables.

    As the SMT2020 fabs come; what could not be mapped is listed.
    """
    from twin.line.autosched import import_autosched

    say(str(import_autosched(folder, out)))
