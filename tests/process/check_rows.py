"""Rows of the shared tables of process physics."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One value to come to: its inputs, units in the names, and how near."""

    inputs: dict[str, Any]
    expected: float
    rel_tol: float


def rows(shared: Path, model: str) -> list[Row]:
    """Every row of a model such as `yield.poisson`; at least one."""
    found = []
    for table in sorted((shared / "validation" / "physics").glob("*.csv")):
        with table.open(encoding="utf-8", newline="") as file:
            found += [row for row in csv.DictReader(file) if row["model"] == model]
    assert found, f"no row of {model}"
    return [Row(json.loads(row["inputs"]), float(row["expected"]), float(row["rel_tol"])) for row in found]
