"""A run in the middle, in a file: everything it needs to go on as if it had never been interrupted.

One compressed NumPy file. `run` is a JSON text: the documents, the settings, where the worlds stand, and what the
file was made with. The arrays beside it are what `Stage` holds: the worlds' memory as it is, the sums at the end of
the warm-up, drained rows of the log, completed lots, and the looks at WIP and output.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.arrays import fields as f
from twin.arrays.compiled import Compiled
from twin.arrays.memory import Layout
from twin.arrays.ranks import own_rules
from twin.arrays.worlds import Worlds
from twin.engine.fingerprint import fingerprint
from twin.engine.jit import sources_hash
from twin.results import ResultsError, Settings
from twin.results.record import document_line
from twin.study.batch import Batch, Snapshot
from twin.study.drained import VISIT_COLUMNS
from twin.study.energy_meter import read_before, readings
from twin.study.looking import Look
from twin.study.running import Run, Stage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.line import Line
    from twin.line.own_rules import OwnRule

VERSION = 2
SUFFIX = ".npz"
Arrays = Mapping[str, "NDArray[np.int64]"]


@dataclass(frozen=True)
class Saved:
    """A state file, read and checked.

    lines: by name, as they were run;  settings, log_rows, max_wip, samples: as of `Run`;  tick: where it stands
    wall_s: time that stepping took so far;  compiled: fingerprint of each line's arrays
    """

    path: Path
    lines: dict[str, Line]
    settings: Settings
    log_rows: int
    max_wip: int
    samples: tuple[int, ...]
    tick: int
    wall_s: float
    compiled: dict[str, str]
    stages: tuple[tuple[range, tuple[Layout, ...]], ...]
    arrays: Arrays

    def continuations(self, run: Run) -> list[tuple[range, Callable[[range], Stage]]]:
        """Replications of each stage, and what makes any of them ready to go on.

        raises ResultsError where a line does not compile to the arrays it was run with
        """
        for job in run.jobs:
            if self.compiled[job.name] != arrays_hash(job.compiled):
                raise ResultsError(
                    f"{self.path}: its line compiles to something else here than where it was saved: a process law or "
                    "a rule of its own has changed; run it again"
                )

        def begin(place: int) -> Callable[[range], Stage]:
            return lambda some: self._stage(run, place, some)

        return [(replications, begin(place)) for place, (replications, _) in enumerate(self.stages)]

    def _stage(self, run: Run, place: int, some: range) -> Stage:
        """Some replications of a stage, as they were saved."""
        replications, layouts = self.stages[place]
        rows = slice(some.start - replications.start, some.stop - replications.start)
        batches, starts, seen = [], [], []
        meters = run.meters(len(some))
        for k, (job, layout) in enumerate(zip(run.jobs, layouts, strict=True)):
            part = _part(self.arrays, f"{place}.{k}.")
            batch = run.batch(job, some)
            batch.worlds = Worlds(part["memory"][rows].copy(), layout)
            batch.log = _log(part, some)
            kept = np.isin(part["lots"][:, 0], some)
            batch.lots, batch.tracked = [part["lots"][kept]], [part["tracked"][kept]]
            batch.visits = [part["visits"][np.isin(part["visits"][:, 0], some)]]
            batches.append(batch)
            sums = {name: values[rows].copy() for name, values in _part(part, "start.").items()}
            starts.append(Snapshot.of(int(part["start_tick"][0]), sums))
            columns = [part[f"seen.{name}"] for name in Look._fields if f"seen.{name}" in part]
            read_before(meters[k], _part(part, "meter."), rows)
            seen.append([Look(*(values[rows] for values in look)) for look in zip(*columns, strict=True)])
        return Stage(some, batches, starts, seen, meters, self.tick)


def _part(arrays: Arrays, start: str) -> dict[str, NDArray[np.int64]]:
    """Arrays whose names begin alike, without that beginning."""
    return {name.removeprefix(start): values for name, values in arrays.items() if name.startswith(start)}


def _log(part: Arrays, some: range) -> list[tuple[int, NDArray[np.int64]]]:
    """Drained rows of the log, as they were drained: one entry a drain."""
    ends = np.cumsum(part["log_rows"])[:-1]
    drained = zip(part["log_of"].tolist(), np.split(part["log"], ends), strict=True) if len(part["log_of"]) else ()
    return [(number, rows) for number, rows in drained if number in some]


def check_place(path: str | os.PathLike[str]) -> Path:
    """The file a state is to be written to; refuses one that could not be, before any work is done."""
    file = Path(path)
    if file.suffix != SUFFIX:
        raise ResultsError(f"{file}: the name of a saved state ends in {SUFFIX}")
    if file.is_dir():
        raise ResultsError(f"{file}: is a folder; name a file in it")
    if not file.absolute().parent.is_dir():
        raise ResultsError(f"{file}: there is no folder {file.parent}")
    return file


def save(path: str | os.PathLike[str], run: Run, lines: Mapping[str, Line]) -> None:
    """Write a run that holds (`Run.held`) to a file, all or nothing; a file that is there is replaced.

    raises ResultsError
    """
    file = check_place(path)
    arrays: dict[str, NDArray[Any]] = {}
    for place, stage in enumerate(run.held):
        for k, (batch, start) in enumerate(zip(stage.batches, stage.starts, strict=True)):
            held = _arrays(batch, start, stage.seen[k]) | readings(stage.meters[k])
            arrays |= {f"{place}.{k}.{name}": values for name, values in held.items()}
    plain = {
        "twin_state": VERSION,
        "twin": import_module("twin").__version__,
        "engine": engine_name(run.jobs[0].compiled.rules),
        "settings": asdict(run.settings),
        "log_rows": run.log_rows,
        "max_wip": run.max_wip,
        "samples": [int(tick) for tick in run.samples],
        "tick": run.until,
        "wall_s": run.wall_s,
        "lines": {name: line.to_document() for name, line in lines.items()},
        "compiled": {job.name: arrays_hash(job.compiled) for job in run.jobs},
        "stages": [
            {
                "first": stage.replications.start,
                "count": len(stage.replications),
                "layouts": [list(batch.worlds.layout) for batch in stage.batches],
            }
            for stage in run.held
        ],
    }
    plain["contents"] = contents_hash(arrays)
    arrays["run"] = np.frombuffer(json.dumps(plain, allow_nan=False).encode(), dtype=np.uint8)
    draft = file.with_name(f".{file.name}.{os.getpid()}{SUFFIX}")
    try:
        np.savez_compressed(draft, **arrays)  # type: ignore[arg-type]  # its own parameter is no array
        os.replace(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def _arrays(batch: Batch, start: Snapshot, seen: list[Look]) -> dict[str, NDArray[np.int64]]:
    """What one batch holds, by name."""
    rows = [rows for _, rows in batch.log]
    return {
        "memory": batch.worlds.memory,
        "log_of": np.array([number for number, _ in batch.log], dtype=np.int64),
        "log_rows": np.array([len(part) for part in rows], dtype=np.int64),
        "log": np.concatenate([np.zeros((0, f.LOG_FIELDS), dtype=np.int64), *rows]),
        "lots": (lots := np.concatenate([np.zeros((0, 6), dtype=np.int64), *batch.lots])),
        "tracked": batch.tracked_of(len(lots)),
        "visits": np.concatenate([np.zeros((0, VISIT_COLUMNS), dtype=np.int64), *batch.visits]),
        **{f"seen.{name}": np.stack([getattr(look, name) for look in seen]) for name in Look._fields if seen},
        "start_tick": np.array([start.now], dtype=np.int64),
        **{f"start.{name}": values for name, values in start.arrays().items()},
    }


def load(path: str | os.PathLike[str]) -> Saved:
    """Read a file that `save` wrote.

    raises ResultsError for a file that is none, that is damaged, or that another version of twin wrote
    """
    file = Path(path)
    if not file.is_file():
        raise ResultsError(f"{file}: no such file; save a run with: twin run MODEL --until TIME --state FILE{SUFFIX}")
    with _damage_told(file):
        if not zipfile.is_zipfile(file):
            raise ValueError("not a whole NumPy file")
        with np.load(file, allow_pickle=False) as stored:
            plain = json.loads(stored["run"].tobytes())
            version = plain["twin_state"]
        if version != VERSION:
            raise ResultsError(f"{file}: was saved by another twin (state version {version}); run it again")
        lines = {name: document_line({"document": text}, file, trusting=False) for name, text in plain["lines"].items()}
        _check_engine(file, plain, lines)
        with np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files if name != "run"}
        if plain["contents"] != contents_hash(arrays):
            raise ValueError("its contents have changed")
        stages = tuple(
            (range(one["first"], one["first"] + one["count"]), tuple(Layout(*words) for words in one["layouts"]))
            for one in plain["stages"]
        )
        return Saved(
            file, lines, Settings(**plain["settings"]), plain["log_rows"], plain["max_wip"], tuple(plain["samples"]),
            plain["tick"], plain["wall_s"], plain["compiled"], stages, arrays,
        )  # fmt: skip


def _check_engine(file: Path, plain: dict[str, Any], lines: Mapping[str, Line]) -> None:
    """Refuse to go on with another engine: it would read the worlds' memory otherwise."""
    if plain["engine"] != engine_name(own_rules(lines.values())):
        raise ResultsError(
            f"{file}: was saved by twin {plain['twin']} with another engine, or with rules of its own that have "
            "changed since; go on with that version, or run it again"
        )


@contextmanager
def _damage_told(file: Path) -> Iterator[None]:
    """Turn whatever a damaged file raises into one line for the engineer."""
    try:
        yield
    except ResultsError:
        raise
    except (OSError, LookupError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        told = str(error).strip().partition("\n")[0][:200] or "unreadable"
        raise ResultsError(
            f"{file}: is no saved run, or it is damaged ({type(error).__name__}: {told}); run it again"
        ) from error


def engine_name(rules: Sequence[OwnRule]) -> str:
    """A name for the engine that steps lines with these rules of their own: all of its sources, and theirs."""
    name, _ = fingerprint([rule.function for rule in rules], sources_hash())
    return name


def contents_hash(arrays: Arrays) -> str:
    """A name for what a state file holds: worlds that were changed would lead the engine out of its memory."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(arrays):
        values = arrays[name]
        digest.update(f"{name}{values.dtype.str}{values.shape}".encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def arrays_hash(compiled: Compiled) -> str:
    """A name for what a line compiles to, in all its phases."""
    digest = hashlib.blake2b(digest_size=16)
    for tick, arrays in ((0, compiled.arrays), *compiled.later):
        digest.update(str(tick).encode())
        for values in arrays:
            digest.update(f"{values.dtype.str}{values.shape}".encode())
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()
