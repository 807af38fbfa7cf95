"""The published SMT2020 fab, high volume and low mix: two years from its initial WIP, beside the paper's model.

Published (AutoSched AP, means over replications): `../shared/smt2020/reference_smt2020`. Here lots completed must
agree; cycle times and toolgroup shares are printed beside the published ones and held only roughly, since how
exactly some rules are meant is still open.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.line import read
from twin.results import Results
from twin.study.simulate import simulate


@pytest.fixture(scope="module")
def two_years() -> Results:
    return simulate(read("fab/smt2020_hvlm"), horizon="730 d", warmup=0.0, replications=2, seed=1)


def published(folder: Path, name: str) -> dict[str, dict[str, float]]:
    """A published table by name: columns are separated by spaces."""
    with (folder / "smt2020" / "reference_smt2020" / name).open() as stream:
        header = next(stream).split()
        rows = [dict(zip(header, line.split(), strict=True)) for line in stream if line.strip()]
    return {row["name"]: {k: float(v) for k, v in row.items() if k != "name"} for row in rows}


def test_as_many_lots_are_completed_as_published(two_years: Results, shared: Path) -> None:
    reference = published(shared, "lots_SMT2020_HVLM.txt")
    for product, row in reference.items():
        if product not in two_years.product_figures:
            continue
        figures = two_years.product_figures[product]
        completed, cycle = figures["completed"], figures["cycle_time"]
        assert completed and cycle
        print(f"{product:10} completed {completed.mean:9.1f} (published {row['th']:9.1f})  "
              f"cycle time {cycle.mean:6.2f} d ({row['act']:6.2f} d)")  # fmt: skip
        if product in ("Lot_3", "Lot_4"):
            assert completed.mean == pytest.approx(row["th"], rel=0.02)
            assert cycle.mean == pytest.approx(row["act"], rel=0.10)


def test_tools_are_as_busy_as_published(two_years: Results, shared: Path) -> None:
    reference = published(shared, "machines_SMT2020_HVLM.txt")
    distances = []
    for name, row in reference.items():
        figures = two_years.toolgroup_figures[name]
        used, down = figures["utilisation"], figures["down"]
        assert used and down
        print(f"{name:20} utilisation {100 * used.mean:5.1f} % ({row['util']:5.1f} %)  "
              f"down {100 * down.mean:5.2f} % ({row['br']:5.2f} %)")  # fmt: skip
        distances.append(abs(100 * used.mean - row["util"]))
    assert len(distances) == 105
    assert sorted(distances)[len(distances) // 2] < 1.5, "half of the toolgroups within a point and a half"
