"""The tables of a folder: which there are, what must be in them, what of them has no place in a document."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .autosched_report import Ledger
from .autosched_tables import Faults, Row, Table, read_table
from .faults import LineError, did_you_mean

# Columns that must be in a table, and columns that may.
NEEDED = {
    kind: tuple(columns.split())
    for kind, columns in {
        "tool": "STNFAM STNQTY",
        "part": "PART ROUTEFILE",
        "order": "LOT PART PIECES START REPEAT RUNITS",
        "WIP": "LOT PART CURSTEP PIECES",
        "setup": "NEWSETUP STIME STUNITS",
        "setupgrp": "SETUPGRP SETUP MINRUN",
        "downcal": "DOWNCALNAME DOWNCALTYPE MTTF MTTFUNITS MTTR MTTRUNITS",
        "pmcal": "PMCALNAME PMCALTYPE MTBPM MTTR MTTRUNITS",
        "attach": "CALNAME CALTYPE RESTYPE RESNAME",
        "fromto": "FROMLOC TOLOC DTIME DUNITS",
        "route": "STEP STNFAM PTIME PTUNITS PTPER",
    }.items()
}
MAY = {
    kind: tuple(columns.split())
    for kind, columns in {
        "tool": "FWLRANK RULE WAKERESRANK BATCHCRITF BATCHPER LTIME LTUNITS ULTIME ULTUNITS STNCAP STNGRP STNFAMLOC "
        "SETUPGRP",
        "part": "ROUTE",
        "order": "PRIOR RDIST REPEAT2 LOTSPERRPT DUE",
        "WIP": "PRIOR START DUE",
        "setup": "CURSETUP",
        "setupgrp": "",
        "downcal": "MTTFDIST MTTF2 MTTRDIST MTTR2",
        "pmcal": "MTBPMUNITS MTTRDIST MTTR2",
        "attach": "FOADIST FOA FOAUNITS",
        "fromto": "DDIST DTIME2",
        "route": "ROUTE DESC PDIST PTIME2 BATCHMN BATCHMX SETUP WHEN STIME STUNITS SVESTN FORSTEP "
        "BatchInterval BatchIntUnits PartInterval PartIntUnits RWKSTEP REWORK RWKTYPE StepPercent "
        "STEP_CQT CQT CQTUNITS",
    }.items()
}
MUST = ("tool", "part", "order")


@dataclass(frozen=True)
class Folder:
    """Tables by kind (empty where there is none), parts by name, route tables by their file in part.txt."""

    tables: dict[str, Table]
    parts: dict[str, Row]
    routes: dict[str, Table]


def open_folder(path: Path, faults: Faults, ledger: Ledger) -> Folder:
    """Read every table of the folder; missing files and columns become faults."""
    if not path.is_dir():
        raise LineError(
            f"{path}: no such folder; give the one that holds tool.txt, part.txt, order.txt and the routes"
        )
    here = {file.name.lower(): file for file in sorted(path.iterdir()) if file.is_file()}
    tables = {kind: _table(path, here, kind, faults, ledger) for kind in NEEDED if kind != "route"}
    parts: dict[str, Row] = {}
    routes: dict[str, Table] = {}
    for row in tables["part"]:
        parts[row["PART"].text] = row
        file = row["ROUTEFILE"]
        found = here.get(file.text.lower())
        if found is None:
            cure = did_you_mean(
                file.text, [name for name in here if name.startswith("route")], "put it there"
            )
            faults.add(file, f"the folder has no file {file.text!r}", cure)
        elif file.text not in routes:
            routes[file.text] = read_table(found, "route", NEEDED["route"], faults)
            ledger.table(routes[file.text], NEEDED["route"] + MAY["route"])
    _referred_to(path, tables, routes, faults)
    read = {table.file.lower() for table in (*tables.values(), *routes.values())}
    for name, stray in here.items():
        if name not in read:
            ledger.stray(stray.name)
    return Folder(tables, parts, routes)


def _referred_to(path: Path, tables: dict[str, Table], routes: dict[str, Table], faults: Faults) -> None:
    """Tell of missing tables that others refer to: without them the line would quietly be another one."""

    def count(kind: str, column: str, *values: str) -> int:
        texts = [row[column].text.lower() for row in tables[kind]]
        return sum(text in values if values else bool(text) for text in texts)

    untimed = sum(bool(row["SETUP"]) and not row["STIME"] for table in routes.values() for row in table)
    hanging = len(tables["downcal"].rows) + len(tables["pmcal"].rows)
    wanted = {
        "downcal": (count("attach", "CALTYPE", "down"), "breakdown rows of attach.txt name its calendars"),
        "pmcal": (count("attach", "CALTYPE", "pm"), "maintenance rows of attach.txt name its calendars"),
        "attach": (hanging, "calendars of downcal.txt and pmcal.txt hang on tools by it"),
        "setup": (untimed, "steps ask for a setup and give no time of their own"),
        "setupgrp": (count("tool", "SETUPGRP"), "toolgroups of the tool table have their minimum runs in it"),
        "fromto": (count("tool", "STNFAMLOC"), "toolgroups stand at places; its header line alone says: no transport"),
    }
    for kind, (rows, why) in wanted.items():
        if rows and not tables[kind].header and kind not in faults.broken:
            faults.broken.add(kind)
            faults.add(f"{path}: {kind}.txt", "the table is missing", f"put it there: {rows} {why}")


def _table(path: Path, here: dict[str, Path], kind: str, faults: Faults, ledger: Ledger) -> Table:
    found = here.get(f"{kind}.txt".lower()) or here.get(f"{kind}.txt.1l".lower())
    if found is not None:
        table = read_table(found, kind, NEEDED[kind], faults)
        ledger.table(table, NEEDED[kind] + MAY[kind])
        return table
    if kind in MUST:
        faults.broken.add(kind)
        faults.add(
            f"{path}: {kind}.txt",
            "the table is missing",
            "put it there; only tool, part, order and routes must be",
        )
    else:
        ledger.note(f"the folder has no {kind}.txt")
    return Table(f"{kind}.txt", (), ())
