"""Rows of the shared tables of process physics."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

SHARED = Path(os.environ.get("TWIN_SHARED") or Path(__file__).resolve().parents[2] / "shared")


class CheckRow(NamedTuple):
    """One value to come to: the table and the model it is of, its inputs with units in their names, and how near."""

    table: str
    model: str
    inputs: dict[str, Any]
    expected: float
    rel_tol: float

    def __str__(self) -> str:
        words = ",".join(str(value) for value in self.inputs.values() if isinstance(value, str | int | float))
        return f"{self.model}[{words}]"


def physics_folder() -> Path:
    """Where the tables lie: `TWIN_PHYSICS_ROWS`, or the shared folder."""
    return Path(os.environ.get("TWIN_PHYSICS_ROWS") or SHARED / "validation" / "physics")


def all_rows() -> list[CheckRow]:
    """Every row of every table; none where there are no tables."""
    found = []
    for table in sorted(physics_folder().glob("*.csv")):
        with table.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                numbers = float(row["expected"]), float(row["rel_tol"])
                found.append(CheckRow(table.name, row["model"], json.loads(row["inputs"]), *numbers))
    return found


def rows(shared: Path, model: str) -> list[CheckRow]:
    """Every row of a model such as `yield.poisson`; at least one."""
    assert shared.is_dir()
    found = [row for row in all_rows() if row.model == model]
    assert found, f"no row of {model}"
    return found


def choose(row: dict[str, Any], key: str, words: dict[str, Any], otherwise: str | None = None) -> Any:
    """What a word of a row's inputs stands for; ValueError for a word nobody knows."""
    word = row.get(key, otherwise)
    if word not in words:
        raise ValueError(f"{key} {word!r} is not known; known: {', '.join(map(repr, words))}")
    return words[word]
