"""Every row of the shared tables of process physics, by the law that it names.

`TWIN_PHYSICS_ROWS` names another folder of tables of the same form. Rows of `coupling.csv` are met by running the
engine, in `tests/validation/test_coupling_rows.py`.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import rows_auto
import rows_imaging
import rows_thermal
import rows_yield
from check_rows import CheckRow, all_rows, physics_folder

MODELS: dict[str, Any] = {**rows_thermal.ROWS, **rows_imaging.ROWS, **rows_yield.ROWS, **rows_auto.ROWS}
ROWS = [row for row in all_rows() if not row.model.startswith("coupling.")]


def test_the_tables_are_read_whole() -> None:
    """As many rows as the tables have lines, their heads and those of the coupling aside; a folder named has some."""
    if not ROWS and "TWIN_PHYSICS_ROWS" not in os.environ:
        pytest.skip(f"no tables of process physics in {physics_folder()}; name a folder in TWIN_PHYSICS_ROWS")
    assert all_rows(), f"{physics_folder()}, named in TWIN_PHYSICS_ROWS, holds no rows"
    lines = [line for table in physics_folder().glob("*.csv") for line in table.read_text("utf-8").splitlines()[1:]]
    assert len(ROWS) == sum(1 for line in lines if line and not line.startswith("coupling."))


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_law_meets_its_row(row: CheckRow) -> None:
    assert row.model in MODELS, f"no law answers to {row.model}"
    found = MODELS[row.model](row.inputs)
    assert abs(found - row.expected) <= row.rel_tol * abs(row.expected), f"{found!r} for {row.expected!r}"
