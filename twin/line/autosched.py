"""AutoSched-style tables to a line document: the tables of SMT2020 and of fabs kept like it.

    tool.txt.1l   toolgroups          setup.txt, setupgrp.txt   setup changes, minimum runs
    part.txt      part -> route       downcal.txt, pmcal.txt    breakdowns, maintenance
    route_N.txt   steps               attach.txt                which of them hang on which tools
    order.txt     release streams     fromto.txt                transport
    WIP.txt       initial lots

The readings that the tables leave open, and what decided them:

* `uniform` is a mean and the offset to either side of it.
* A cascading step per piece takes PTIME + (pieces - 1) x PartInterval: pieces enter one interval apart
  and each takes PTIME. With it the time at least one lot is inside agrees with the busy time
  published for SMT2020; pieces x PTIME is a third too long.
* After a piece that needs a setup the entrance is held for all pieces but the last: the next setup begins while
  that is still inside. Without setups it is held for every piece. The busy times published are met by both.
* FOA is when the last tool of a group is maintained first, the others before it, evenly: together, or an interval
  later, they would miss the maintenance shares published. MTBPM runs from planned start to planned start.
* Breakdowns come on calendar time, in maintenance too, and are then repaired beside it. So the shares published
  for both add up, and the cycle times are met; one after the other would cost a day more.
* `rank_RSETUP` ranks nothing where the RULE is rule_HotLotFIRST, except in tools that cascade: the setup shares
  published are those of first in, first out. Under rule_LSSU it goes before all other ranks. A step without setup
  leaves a tool set up for nothing.
* WAKERESRANK names the idle tool that takes a lot; where it is blank any may, at random.
* A group at a place that no transport row names, without load, calendar or setup, is a pure delay.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from .autosched_fab import Group, attach, read_groups, read_transport, reserve, set_up
from .autosched_folder import Folder, open_folder
from .autosched_report import ImportReport, Ledger, Unmapped
from .autosched_routes import Lot, RouteReader, Step, Stream, read_lots, read_streams
from .autosched_tables import Faults
from .autosched_text import document_text, wip_text
from .draft import place
from .faults import LineError

__all__ = ["ImportReport", "Unmapped", "import_autosched"]

Key = tuple[str, int]
"""A part and the pieces in its lots."""
SOURCES = {
    "smt2020": 'D. Kopp, M. Hassoun, A. Kalir, L. Moench, "SMT2020 - A Semiconductor Manufacturing Testbed", '
    "IEEE Transactions on Semiconductor Manufacturing 33(4), 2020, 522-531, doi 10.1109/TSM.2020.3001933; "
    "the testbed is open to public use.",
}


def import_autosched(folder: Path, out: Path) -> ImportReport:
    """Read the AutoSched-style tables in `folder`; write the document `out` and its initial lots beside it.

    The lots go to `<stem of out>_wip.csv`. Every fault of the tables is told at once by a LineError;
    then nothing is written.
    """
    folder, out = Path(folder), Path(out)
    faults, ledger = Faults(), Ledger()
    found = open_folder(folder, faults, ledger)
    tables = found.tables
    groups = read_groups(tables["tool"], faults, ledger)
    transport = read_transport(tables["fromto"], groups, faults, ledger)
    attach(tables["attach"], tables["downcal"], tables["pmcal"], groups, faults, ledger)
    streams, zero = read_streams(tables["order"], found.parts, faults, ledger)
    reserve(groups, {stream.priority for stream in streams})
    reader = RouteReader(groups, faults, ledger)
    steps, names = _routes(found, streams, reader)
    set_up(reader.wanted, tables["setup"], tables["setupgrp"], groups, faults, ledger)
    lots = read_lots(tables["WIP"], streams, steps, zero, faults, ledger)
    _stop(faults)
    _delays(groups, ledger)
    wip = out.with_name(f"{out.stem}_wip.csv") if lots else None
    routes = {names[key]: list(route.values()) for key, route in steps.items()}
    made = _made(groups, streams, routes, lots)
    text = document_text(
        out.stem,
        _about(folder, zero, ledger, made),
        groups.values(),
        [(stream, names[stream.part, stream.pieces]) for stream in streams],
        routes,
        transport,
        wip.name if wip else None,
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    cure = "The tables lead to a document with these faults; put them right there"
    place(out, text, cure, [(wip, wip_text(lots))] if wip else ())
    return ImportReport(
        folder,
        out,
        wip,
        ledger.read,
        made,
        ledger.unmapped(),
        tuple(ledger.notes),
    )


def _routes(
    folder: Folder, streams: list[Stream], reader: RouteReader
) -> tuple[dict[Key, dict[int, Step]], dict[Key, str]]:
    """Steps by number, and route name, of each (part, lot size) that is released.

    A time per piece becomes one per lot where pieces cascade, so that each lot size has a route of its own.
    """
    made: dict[tuple[str, str, int], dict[int, Step]] = {}
    steps: dict[Key, dict[int, Step]] = {}
    names: dict[Key, str] = {}
    for stream in streams:
        part = folder.parts.get(stream.part)
        table = folder.routes.get(part["ROUTEFILE"].text) if part else None
        if part is None or table is None:
            continue
        route = part["ROUTE"].text
        key = (table.file, route, stream.pieces)
        if key not in made:
            rows = [row for row in table if not route or row["ROUTE"].text in ("", route)]
            if not rows:
                cure = f"correct it here or in {table.file}"
                reader.faults.add(
                    part["ROUTE"], f"{table.file} has no steps of route {route!r}", cure, needs="route"
                )
            made[key] = reader.read(rows, stream.pieces)
        sizes = {size for file, other, size in made if (file, other) == key[:2]}
        base = route or Path(table.file).stem
        steps[stream.part, stream.pieces] = made[key]
        names[stream.part, stream.pieces] = base if len(sizes) == 1 else f"{base}_{stream.pieces}"
    return steps, names


def _delays(groups: dict[str, Group], ledger: Ledger) -> None:
    """Groups that only let time pass get any number of tools."""
    for group in groups.values():
        idle = not (group.failures or group.pm or group.changes or group.load.value or group.unload.value)
        if not group.moved and idle:
            ledger.note(
                f"{group.name}: {group.tools} tools without load, calendar, setup or transport: "
                "read as an unlimited delay"
            )
            group.tools = None


def _about(folder: Path, zero: datetime, ledger: Ledger, made: dict[str, int]) -> str:
    name = folder.resolve().name
    source = next((text for start, text in SOURCES.items() if name.lower().startswith(start)), "")
    about = [
        f"A line of {made['tools']:,} tools in {made['toolgroups']} toolgroups and {made['routes']} routes of "
        f"{made['steps']:,} steps in all, imported from the AutoSched-style tables {name}; "
        f"time 0 is {zero:%Y-%m-%d %H:%M}."
    ]
    if source:
        about.append(f"Source: {source}")
    return " ".join(about + [f"{note}." for note in ledger.notes])


def _made(
    groups: dict[str, Group], streams: list[Stream], routes: dict[str, list[Step]], lots: list[Lot]
) -> dict[str, int]:
    return {
        "toolgroups": len(groups),
        "tools": sum(group.tools or 0 for group in groups.values()),
        "pure delays": sum(group.tools is None for group in groups.values()),
        "products": len(streams),
        "routes": len(routes),
        "steps": sum(map(len, routes.values())),
        "failure laws": sum(len(group.failures) for group in groups.values()),
        "maintenance plans": sum(len(group.pm) for group in groups.values()),
        "setup changes": sum(len(group.changes) for group in groups.values()),
        "initial lots": len(lots),
    }


def _stop(faults: Faults) -> None:
    """Tell every fault found so far, if there is one."""
    if faults.lines:
        raise LineError("\n".join(dict.fromkeys(faults.lines)))
