"""Rows of the coupling of flow and physics by running the engine: within four standard errors plus the tolerance."""

from __future__ import annotations

import pytest
from check_rows import CheckRow, all_rows
from coupling_rows import ROWS as MODELS

ROWS = [row for row in all_rows() if row.model.startswith("coupling.")]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_engine_meets_its_row(row: CheckRow) -> None:
    assert row.model in MODELS, f"no run answers to {row.model}"
    found = MODELS[row.model](row.inputs)
    allowed = 4 * found.error + row.rel_tol * abs(row.expected)
    assert abs(found.value - row.expected) <= allowed, f"{found} for {row.expected!r}, {allowed!r} allowed"
