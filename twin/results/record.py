"""Results on disk: parquet tables, and a run record from which the run can be shown and repeated."""

from __future__ import annotations

import json
import os
import platform
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module, metadata
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.arrays.names import Names
from twin.arrays.totals import Counts
from twin.results.settings import ResultsError, Settings, Timing

if TYPE_CHECKING:
    from twin.line import Line
    from twin.results.results import Results

RECORD = "run.json"
VERSION = 3
"""2 has the state `off`, and process laws: their totals and the lots that came out. 3 has what the products did at
each step, setups, batches, lateness, scrap, gates, auxiliaries, crews and the state `no_operator`. Records of earlier
versions load."""


def is_run(folder: str | os.PathLike[str]) -> bool:
    """Whether a folder holds a run record."""
    return (Path(folder) / RECORD).is_file()


def check_folder(folder: str | os.PathLike[str]) -> None:
    """Refuse a place where a run cannot be written without harm: a file, or a folder of something else."""
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise ResultsError(f"{path}: is a file; give a folder for the results")
    if not path.is_dir():
        return
    foreign = sorted(child.name for child in path.iterdir() if not _is_ours(child))
    if foreign:
        raise ResultsError(
            f"{path}: holds {foreign[0]!r}, which no twin run wrote and which would be lost; give a new folder"
        )


def _is_ours(file: Path) -> bool:
    """Whether a file is one that `save` writes: a table, or the record of a run."""
    if file.name != RECORD:
        return file.is_file() and file.suffix == ".parquet"
    try:
        return "twin" in json.loads(file.read_text(encoding="utf-8"))["versions"]
    except (OSError, ValueError, TypeError, KeyError):
        return False


def save(results: Results, folder: str | os.PathLike[str]) -> None:
    """Write everything beside the folder first, then put it in its place at once."""
    path = Path(folder).absolute()
    check_folder(path)
    with written_whole(path) as made:
        _write(results, made)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A folder to write beside `path`, which takes its place when all is written, and goes when something fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.parent / f".{path.name}.{uuid.uuid4().hex[:8]}"
    made.mkdir()
    try:
        yield made
        _put_in_place(made, path)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _put_in_place(made: Path, path: Path) -> None:
    """Rename a finished folder over an earlier run or an empty folder."""
    if not path.exists():
        made.rename(path)
        return
    old = made.with_name(f"{made.name}.old")
    path.rename(old)
    try:
        made.rename(path)
    except OSError:
        old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _write(results: Results, folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from twin.results import areas, tables, wip_trace

    for name, columns in tables.of(results).items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet", compression="zstd")
    wip_trace.save(results, folder)
    areas.save(results.area_trace, folder)
    text = json.dumps(_record(results), indent=1, ensure_ascii=False, allow_nan=False)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def _record(results: Results) -> dict[str, Any]:
    names, totals = results.names, results.totals
    return {
        "twin_run": VERSION,
        "settings": asdict(results.settings),
        "timing": asdict(results.timing),
        "versions": _versions(),
        "notes": list(results.run_notes),
        "figures": results.to_json(),
        "clock": {
            "tick_s": float(totals.tick_s),
            "span_ticks": int(totals.span_ticks),
            "horizon_ticks": int(totals.horizon_ticks),
        },
        "events": [int(count) for count in totals.events],
        "names": {
            "toolgroups": list(names.toolgroups),
            "tools": [len(tools) for tools in names.tools_of],
            "products": list(names.products),
            "raw_ticks": [float(ticks) for ticks in names.raw_ticks],
            "steps": [list(step) for step in names.steps],
            "processes": list(names.processes),
            "extras": list(names.extras),
            "auxiliaries": list(names.auxiliaries),
            "carriers": list(names.carriers),
            "fleets": list(names.fleets),
            "stops": [list(stop) for stop in names.stops],
            "steps_of": [[steps.start, steps.stop] for steps in names.steps_of],
            "crews": list(names.crews),
            "measures": list(names.measures),
            "conditions": [list(held) for held in names.conditions],
            "channels": [list(channel) for channel in names.channels],
            "makes": list(names.makes),
            "rules": names.rules,
            "sections": list(names.sections),
        },
        "document": results.line.to_document(),
    }


def _versions() -> dict[str, str]:
    """What the run was made with."""
    own = import_module("twin").__version__
    found = {"twin": own, "python": platform.python_version(), "platform": platform.platform()}
    for package in ("numpy", "numba", "pyarrow"):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def line_and_settings(folder: str | os.PathLike[str]) -> tuple[Line, Settings]:
    """The line and the settings of a saved run, enough to repeat it."""
    path = Path(folder)
    plain = _read(path)
    with _damage_told(path):
        return document_line(plain, path, trusting=False), Settings(**plain["settings"])


def load(folder: str | os.PathLike[str]) -> Results:
    """Read a folder that `save` wrote; anything else is a `ResultsError`."""
    import pyarrow.parquet as pq

    from twin.results import areas, tables, wip_trace
    from twin.results.results import Results

    path = Path(folder)
    plain = _read(path)

    def columns(name: str) -> dict[str, Counts]:
        table = pq.read_table(path / f"{name}.parquet")
        whole = [field.name for field in table.schema if str(field.type) == "int64"]
        return {key: table[key].to_numpy() for key in whole}

    with _damage_told(path):
        names = _names(plain["names"], float(plain["clock"]["tick_s"]))
        events = np.array(plain["events"], dtype=np.int64)
        results = Results(
            line=document_line(plain, path, trusting=True),
            names=names,
            totals=tables.totals_from(columns, names, plain["clock"], events),
            settings=Settings(**plain["settings"]),
            timing=Timing(**plain["timing"]),
            notes=tuple(plain["notes"]),
        )
        results.wip_trace = wip_trace.load(path, events.size)
        results.area_trace = areas.load(path, events.size)
        return results


def _read(path: Path) -> dict[str, Any]:
    """The record, its version checked."""
    if not path.exists():
        raise ResultsError(f"{path}: no such folder")
    if not is_run(path):
        raise ResultsError(
            f"{path}: is no twin run, {RECORD} is missing; write one with 'twin run MODEL --out DIR'"
        )
    with _damage_told(path):
        plain = json.loads((path / RECORD).read_text(encoding="utf-8"))
        version = plain["twin_run"]
        if not isinstance(version, int) or version < 1:
            raise ValueError(f"{RECORD} has no version of a twin run")
    if version > VERSION:
        raise ResultsError(
            f"{path}: was written by a newer twin (record version {version}); update twin to read it"
        )
    return dict(plain)


def document_line(plain: dict[str, Any], path: Path, trusting: bool) -> Line:
    """The line that was run. A rule or a law that is not installed here is no damage, and told as what it is.

    trusting: believe that there are dispatch rules of the names in the document, to show it without running it
    """
    from twin.line import Line, LineError
    from twin.line.context import reading_with

    try:
        with reading_with(trusting=trusting):
            return Line.from_document(plain["document"])
    except LineError as error:
        rules = [fault.what for fault in error.faults if fault.what.startswith("rule ")]
        if rules:
            cure = "the run was made with it: install it, or run the script that handed it in"
            raise ResultsError(f"{path}: {rules[0]}; {cure}") from None
        laws = [fault.what for fault in error.faults if fault.loc[-2:] == ("process", "law")]
        if not laws:
            raise
        raise ResultsError(f"{path}: {laws[0]}; install the package that the run was made with") from None


def _names(plain: dict[str, Any], tick_s: float) -> Names:
    ends = list(accumulate(plain["tools"], initial=0))
    return Names(
        toolgroups=tuple(plain["toolgroups"]),
        products=tuple(plain["products"]),
        steps=tuple((route, step) for route, step in plain["steps"]),
        tool_group=np.repeat(np.arange(len(plain["tools"])), plain["tools"]),
        tools_of=tuple(range(start, end) for start, end in pairwise(ends)),
        raw_ticks=np.array(plain["raw_ticks"], dtype=np.float64),
        tick_s=tick_s,
        processes=tuple(plain.get("processes", ())),
        extras=tuple(plain.get("extras", ())),
        auxiliaries=tuple(plain.get("auxiliaries", ())),
        carriers=tuple(plain.get("carriers", ())),
        fleets=tuple(plain.get("fleets", ())),
        stops=tuple((group, kind, number) for group, kind, number in plain.get("stops", ())),
        steps_of=tuple(range(start, stop) for start, stop in plain.get("steps_of", ())),
        crews=tuple(plain.get("crews", ())),
        measures=tuple(plain.get("measures", ())),
        conditions=tuple((tool, word) for tool, word in plain.get("conditions", ())),
        channels=tuple((name, column, modes, quantum) for name, column, modes, quantum in plain.get("channels", ())),
        makes=tuple(plain.get("makes", ())),
        rules=plain.get("rules", 0),
        sections=tuple(plain.get("sections", ())),
    )


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Turn whatever a damaged folder raises into one line for the engineer."""
    try:
        yield
    except ResultsError:
        raise
    except (OSError, LookupError, ValueError, TypeError, AttributeError) as error:
        told = str(error).strip().partition("\n")[0][:200] or "unreadable"
        raise ResultsError(
            f"{path}: this twin run is damaged ({type(error).__name__}: {told}); run it again"
        ) from error
