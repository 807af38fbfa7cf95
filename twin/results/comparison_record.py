"""A comparison on disk: a record of what was compared, and every run in a folder of its own."""

from __future__ import annotations

import json
import os
import unicodedata
from importlib import import_module
from pathlib import Path
from typing import Any

from twin.results import record
from twin.results.comparison import BASE, Comparison
from twin.results.results import Results
from twin.results.settings import ResultsError

RECORD = "comparison.json"
VERSION = 1
LONGEST = 40


def is_comparison(folder: str | os.PathLike[str]) -> bool:
    """Whether a folder holds the record of a comparison."""
    return (Path(folder) / RECORD).is_file()


def check_folder(folder: str | os.PathLike[str]) -> None:
    """Refuse a place where a comparison cannot be written without harm: a file, or a folder of something else."""
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise ResultsError(f"{path}: is a file; give a folder for the comparison")
    if not path.is_dir():
        return
    for child in sorted(path.iterdir()):
        if child.name == RECORD and _is_ours(child):
            continue
        if not child.is_dir() or not record.is_run(child):
            raise ResultsError(
                f"{path}: holds {child.name!r}, which no twin comparison wrote and which would be lost; "
                "give a new folder"
            )
        record.check_folder(child)


def _is_ours(file: Path) -> bool:
    try:
        return "twin_comparison" in json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def folders(names: list[str]) -> dict[str, str]:
    """A folder's name for each scenario: its letters and digits, told apart by a number where they meet."""
    found: dict[str, str] = {}
    taken = {BASE}
    for name in names:
        plain = unicodedata.normalize("NFKC", name).casefold()
        words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
        stem = "_".join(words)[:LONGEST].strip("_") or "scenario"
        number, slug = 1, stem
        while slug in taken:
            number += 1
            slug = f"{stem}_{number}"
        taken.add(slug)
        found[name] = slug
    return found


def save(comparison: Comparison, folder: str | os.PathLike[str]) -> None:
    """Write everything beside the folder first, then put it in its place at once."""
    path = Path(folder).absolute()
    check_folder(path)
    with record.written_whole(path) as made:
        _write(comparison, made)


def _write(comparison: Comparison, folder: Path) -> None:
    slugs = folders(list(comparison.scenarios))
    comparison.base.save(folder / BASE)
    for name, results in comparison.scenarios.items():
        results.save(folder / slugs[name])
    plain = {
        "twin_comparison": VERSION,
        "twin": import_module("twin").__version__,
        "scenarios": [
            {"name": name, "folder": slugs[name], "changes": list(comparison.changes[name])} for name in slugs
        ],
        "figures": comparison.to_json(),
    }
    text = json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def load(folder: str | os.PathLike[str]) -> Comparison:
    """Read a folder that `save` wrote; anything else is a `ResultsError`."""
    path = Path(folder)
    if not path.exists():
        raise ResultsError(f"{path}: no such folder")
    if not is_comparison(path):
        raise ResultsError(
            f"{path}: is no twin comparison, {RECORD} is missing; write one with 'twin compare MODEL --out DIR'"
        )
    try:
        plain: dict[str, Any] = json.loads((path / RECORD).read_text(encoding="utf-8"))
        version = int(plain["twin_comparison"])
        listed = [(str(one["name"]), str(one["folder"]), tuple(map(str, one["changes"]))) for one in plain["scenarios"]]
        if any(Path(slug).name != slug for _, slug, _ in listed):
            raise ValueError("a run outside the folder")
    except (OSError, LookupError, ValueError, TypeError) as error:
        raise ResultsError(f"{path}: this twin comparison is damaged ({RECORD}: {error}); run it again") from error
    if version > VERSION:
        newer = f"was written by a newer twin (comparison version {version}); update twin to read it"
        raise ResultsError(f"{path}: {newer}")
    return Comparison(
        Results.load(path / BASE),
        {name: Results.load(path / slug) for name, slug, _ in listed},
        {name: changes for name, _, changes in listed},
    )
