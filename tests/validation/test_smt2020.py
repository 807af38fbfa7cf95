"""The published SMT2020 fabs: two years from their initial WIP, beside the paper's model.

Published (AutoSched AP, means over replications): `../shared/smt2020/reference_smt2020`. This is `twin validate
smt2020` with few replications and wider limits: enough to see at once that a change moves the fab.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.line import read
from twin.results.validation import Row
from twin.study.simulate import simulate
from twin.study.smt2020 import compare, published_figures

REPLICATIONS = {"hvlm": 2, "lvhm": 1}
CYCLE_TIME = {"hvlm": 3.5, "lvhm": 3.0}
"""Per cent that a regular lot's cycle time may lie from the published one; with so few runs 2 of it are chance."""
TOOLGROUPS_INSIDE = 70
"""Toolgroups of 105 that must be inside all their limits."""
Rows = dict[str, dict[str, Row]]


@pytest.fixture(scope="module", params=["hvlm", "lvhm"])
def fab(request: pytest.FixtureRequest) -> str:
    """Which of the two."""
    return str(request.param)


@pytest.fixture(scope="module")
def rows(fab: str, shared: Path) -> Rows:
    """Two years of a fab beside its published figures: rows by kind and name."""
    line = read(f"fab/smt2020_{fab}")
    results = simulate(line, horizon="730 d", warmup=0.0, replications=REPLICATIONS[fab], seed=1)
    kinds, notes = compare(results, published_figures(shared, fab))
    assert not notes
    return {kind: {row.name: row for row in of_kind} for kind, of_kind in kinds.items()}


def of(row: Row, quantity: str) -> tuple[float, float]:
    """A figure of a row: measured, and published."""
    mark = next(mark for mark in row.marks if mark.quantity.startswith(quantity))
    assert mark.measured is not None and mark.published is not None
    return mark.measured.mean, mark.published


def regular(rows: Rows) -> list[Row]:
    return [row for name, row in rows["lot types"].items() if not name.startswith("Hot")]


def test_as_many_lots_are_completed_as_published(rows: Rows) -> None:
    """All that is released comes out, less what is in the line in the end: 2 % of two years."""
    measured, published = (sum(of(row, "completed")[k] for row in rows["lot types"].values()) for k in (0, 1))
    assert measured == pytest.approx(published, rel=0.005)
    for row in rows["lot types"].values():
        assert of(row, "completed")[0] == pytest.approx(of(row, "completed")[1], rel=0.03)


def test_lots_take_as_long_as_published(fab: str, rows: Rows) -> None:
    apart = {row.name: 100 * (of(row, "cycle time")[0] / of(row, "cycle time")[1] - 1) for row in regular(rows)}
    print(fab, {name: f"{share:+.1f} %" for name, share in apart.items()})
    assert len(apart) == {"hvlm": 2, "lvhm": 10}[fab]
    assert all(abs(share) < CYCLE_TIME[fab] for share in apart.values()), apart
    for row in rows["lot types"].values():  # hot lots are few; together they must be right all the same
        assert of(row, "cycle time")[0] == pytest.approx(of(row, "cycle time")[1], rel=0.10)
    hot = [of(row, "cycle time") for name, row in rows["lot types"].items() if name.startswith("Hot")]
    assert sum(mine for mine, _ in hot) == pytest.approx(sum(theirs for _, theirs in hot), rel=0.03)


def test_the_fab_stays_where_it_began(rows: Rows) -> None:
    """Lots in the line after two years: within a tenth of what the published model came to."""
    measured, published = of(rows["lots in the line"]["of these types"], "at the end")
    assert measured == pytest.approx(published, rel=0.1)


def test_tools_spend_their_time_as_published(fab: str, rows: Rows) -> None:
    groups = rows["toolgroups"]
    assert len(groups) == 105
    inside = sum(row.inside is True for row in groups.values())
    apart = {
        quantity: sorted(abs(mine - theirs) for mine, theirs in (of(row, quantity) for row in groups.values()))
        for quantity in ("utilisation", "down", "pm", "setup")
    }
    print(fab, f"{inside} of 105 inside;", {key: f"median {found[52]:.2f}" for key, found in apart.items()})
    assert inside >= TOOLGROUPS_INSIDE
    # a group of one or two tools fails a few hundred times in two years: its share is good to half a point
    assert apart["down"][-1] < 1.5 and apart["down"][52] < 0.25
    assert apart["pm"][-1] < 0.6 and apart["setup"][-1] < 1.2
    assert apart["utilisation"][-1] < 4.5 and apart["utilisation"][99] < 2.0, "all but five"
