"""Characteristics of the units that came out and the yield that they leave, against closed forms."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from plain_law import plain_law, plain_line
from scipy.special import ndtr
from synthetic import serial_line
from tracked_runs import DEPTH, ETCH_1, ETCH_2, FILM, FURNACE, MARK, tracked_line, tracked_run

from twin.results import Results, judged, quality
from twin.study.simulate import simulate

W, V, U = range(3)
LOTS = [(0, W, 0, 2, 0.0), (0, W, 1, 1, 0.0), (1, W, 0, 2, 0.1), (1, V, 0, 2, 0.0), (1, U, 0, 1, 5.0)]
MADE = {
    DEPTH: [
        (ETCH_1, [[100, 3, 0, 4], [104, 0, 0, 0]]), (ETCH_2, [[96, 0, 0, 0]]),
        (ETCH_1, [[106, 1, 0, 0], [101, 0, 0, 0]]), (ETCH_2, [[100.5, 0, 0, 0], [99, 0, 0, 0]]),
        (ETCH_1, [[109, 0, 0, 0]]),
    ],
    FILM: [(FURNACE, [48, 49]), None, (FURNACE, [47, 51]), (FURNACE, [70, 80]), (FURNACE, [49])],
    MARK: [(3, [1, 2]), (3, [3]), (3, [4, 5]), (3, [6, 7]), (3, [8])],
}  # fmt: skip


@pytest.fixture
def results() -> Results:
    return tracked_run(tracked_line(), LOTS, MADE)


def outside(mean: float, low: float = 90.0, high: float = 110.0, scatter: float = 2.0) -> float:
    return float(ndtr((low - mean) / scatter) + ndtr((mean - high) / scatter))


def test_mean_scatter_and_capability(results: Results) -> None:
    table = results.characteristics
    assert list(table.index) == [(product, name) for product in "WVU" for name in (DEPTH, FILM, MARK)]
    row = table.loc[("W", DEPTH)]
    first, second = np.array([100.0, 104.0, 96.0]), np.array([106.0, 101.0])
    assert row["mean", "mean"] == pytest.approx((first.mean() + second.mean()) / 2, abs=1e-6)
    assert row["sd", "mean"] == pytest.approx((first.std(ddof=1) + second.std(ddof=1)) / 2, abs=1e-6)
    within = np.sqrt([4 + (9 + 16) / 3, 4 + 1 / 2])  # 2 nm from die to die, and the squares of the amplitudes
    assert row["within", "mean"] == pytest.approx(within.mean(), abs=1e-6)
    room = [110 - first.mean(), 110 - second.mean()]
    cpk = room / (3 * np.hypot([first.std(ddof=1), second.std(ddof=1)], within))
    assert row["cpk", "mean"] == pytest.approx(cpk.mean(), abs=1e-6)
    assert row["cpk", "high"] - row["cpk", "mean"] == pytest.approx(12.7062 * abs(np.diff(cpk)[0]) / 2, rel=1e-4)
    assert (row["unit", ""], row["target", ""], row["lower", ""], row["upper", ""]) == ("nm", 100.0, 90.0, 110.0)


def test_what_no_step_made_of_a_lot_does_not_count(results: Results) -> None:
    row = results.characteristics.loc[("W", FILM)]
    assert row["mean", "mean"] == pytest.approx((48.5 + 49) / 2, abs=1e-6)
    lot = results.lots.set_index(["lot", "replication"]).loc[("W-2", 1)]
    assert lot["yield"] == pytest.approx(1 - outside(96), abs=1e-6)
    made = {DEPTH: [None, *MADE[DEPTH][1:]], FILM: MADE[FILM], MARK: MADE[MARK]}
    without = tracked_run(tracked_line(), LOTS, made)
    assert without.units_table()["yield"][0] == pytest.approx(1 - float(ndtr(-2.0)))  # its film alone
    assert np.isnan(without.judged.units.outside[DEPTH][0]).all()
    assert without.characteristics.loc[("W", DEPTH), ("mean", "mean")] == pytest.approx((96 + 103.5) / 2, abs=1e-6)


def test_limits_of_one_side_of_the_product_and_none(results: Results) -> None:
    table = results.characteristics
    assert table.loc[("W", FILM), ("outside", "mean")] == pytest.approx(
        (ndtr([-2.0, -1.0]).mean() + ndtr([-3.0, 1.0]).mean()) / 2, abs=1e-6
    )
    assert table.loc[("W", FILM), ("cpk", "mean")] == pytest.approx(
        np.mean([1.5 / np.hypot(np.sqrt(0.5), 1), 1 / np.hypot(np.sqrt(8), 1)]) / 3, abs=1e-6
    )
    own = np.mean([outside(100.5, 98, 102), outside(99, 98, 102)])
    assert table.loc[("V", DEPTH), ("outside", "mean")] == pytest.approx(own, abs=1e-6)
    for free in (("V", FILM), ("W", MARK)):
        assert np.isnan(table.loc[free, ("outside", "mean")]) and np.isnan(table.loc[free, ("cpk", "mean")])
        assert np.isfinite(table.loc[free, ("mean", "mean")]) and np.isnan(table.loc[free, ("upper", "")])


def test_a_characteristic_without_limits_costs_nothing(results: Results) -> None:
    document = tracked_line().to_document()
    bare = {name: {key: of[key] for key in of if key != "limits"} for name, of in document["characteristics"].items()}
    products = {name: {k: v for k, v in of.items() if k != "limits"} for name, of in document["products"].items()}
    line = type(results.line).from_document(document | {"characteristics": bare, "products": products})
    free = tracked_run(line, LOTS, MADE)
    assert free.loss.empty  # no step was seen to put defects on a lot, and nothing else can cost
    assert free.product_figures["U"]["yield"] is None and list(free.yields.index) == ["W", "V"]
    assert free.lots["yield"].tolist()[:3] == pytest.approx([1, 1, np.exp(-0.9)])
    assert "depth, film, mark: no limits, so nothing is lost to it." in quality.notes(free)


def test_dies_are_judged_where_they_lie(results: Results) -> None:
    """The wafer with a map: die by die, by hand."""
    die = results.line.products["W"].die
    assert die is not None
    x, y = die.places.x / 150, die.places.y / 150
    value = 100 + 3 * 2 * x + 0 * y + 4 * np.sqrt(3) * (2 * (x**2 + y**2) - 1)
    shares = np.array([outside(v) for v in value])
    table = results.units_table()
    row = table[(table["lot"] == "W-1") & (table["replication"] == 1)].iloc[0]
    assert row["yield"] == pytest.approx((1 - shares).mean() * (1 - ndtr(-2.0)), abs=1e-6)
    assert results.judged.units.outside[DEPTH][0, 0] == pytest.approx(shares.mean(), abs=1e-7)


def test_every_unit_is_expected_what_its_drawn_wafer_is(results: Results) -> None:
    """The maps of single wafers and the yield of all of them say the same."""
    for row in results.units_table().query("product != 'U'").to_dict("records"):
        wafer = results.wafer(f"{row['lot']}.{row['unit']}", replication=row["replication"])
        assert wafer.expected == pytest.approx(row["yield"], abs=2e-6)


def test_a_product_without_dies_is_good_or_not_as_a_whole(results: Results) -> None:
    found = results.product_figures["U"]["yield"]
    expected = (1 - outside(109)) * float(ndtr(1.0))  # its defects cost nothing: it has no dies
    assert found is not None and found.mean == pytest.approx(expected, abs=1e-6)
    assert results.yields.loc["U", ("inside", "mean")] == pytest.approx(expected, abs=1e-6)
    assert np.isnan(results.yields.loc["U", ("good_dies", "mean")])
    assert "yield" in results.report().splitlines()[4]


def test_without_scatter_inside_a_unit_it_is_inside_or_outside() -> None:
    line = tracked_line(modes=1, within="0 nm")
    lots = [(0, W, 0, 3, 0.0)]
    made = {DEPTH: [(ETCH_1, [[90, 0], [111, 0], [100, 8]])], FILM: [None], MARK: [None]}
    results = tracked_run(line, lots, made, worlds=1)
    die = results.line.products["W"].die
    assert die is not None
    share = (np.abs(16 * die.places.x / 150) <= 10).mean()  # on the limit is inside
    assert results.units_table()["yield"].tolist() == pytest.approx([1, 0, share])


def test_one_in_a_billion_is_told_as_that() -> None:
    of = judged.Limited(DEPTH, 90.0, 110.0, 1.0)
    assert float(judged.share_outside(np.array([104.0]), of)[0]) == pytest.approx(float(ndtr(-6.0)), rel=1e-6)
    amplitudes = np.array([[105.0, 0.0]])
    (share,), together = judged.over_dies([(of, amplitudes)], np.zeros((1, 3)), np.zeros((1, 1), dtype=np.float32))
    assert [share[0], together[0]] == pytest.approx([float(ndtr(-5.0))] * 2, rel=1e-4)


def test_however_many_are_judged_together_it_is_the_same(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = results.judged.yield_
    monkeypatch.setattr(judged, "UNITS_AT_ONCE", 1)
    monkeypatch.setattr(judged, "DIES_AT_ONCE", 1)
    again = tracked_run(tracked_line(), LOTS, MADE)
    assert np.allclose(again.judged.yield_, whole, atol=1e-7, equal_nan=True)


def test_the_table_of_units(results: Results) -> None:
    table = results.units_table()
    assert len(table) == sum(units for *_, units, _ in LOTS)
    assert list(table.columns) == [
        "lot", "replication", "product", "unit", "out", "defects", "depth", "depth_tool", "film", "film_tool", "mark",
        "mark_tool", "yield",
    ]  # fmt: skip
    assert table["lot"].tolist()[:3] == ["W-1", "W-1", "W-2"] and table["unit"].tolist()[:3] == [1, 2, 1]
    assert table["depth"].tolist()[:3] == pytest.approx([100, 104, 96], abs=1e-6)
    assert table["depth_tool"].tolist()[:3] == ["etcher/1", "etcher/1", "etcher/2"]
    assert np.isnan(table["film"][2]) and table["film_tool"][2] == ""
    means = table.groupby(["replication", "lot"])["yield"].mean()
    lots = results.lots.set_index(["replication", "lot"])["yield"]
    assert means.sort_index().tolist() == pytest.approx(lots.sort_index().tolist())


def test_reports_pages_files_and_json_tell_them(results: Results, tmp_path: Path) -> None:
    report = results.report()
    assert "Characteristics of the units that came out" in report and "W: depth" in report
    assert max(map(len, report.splitlines())) <= 100
    assert "<caption>Characteristics of the units" in results._repr_html_()
    text = "\n".join(row.text for row in quality.rows(results))
    assert max(map(len, text.splitlines())) <= 100 and "90 to 110 nm" in text and "up to 50 nm" in text
    assert "in limits" in text
    assert "\n".join(row.text for row in quality.rows(results, ascii_only=True)).isascii()
    plain = results.to_json()["characteristics"]
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain[0]["product"] == "W" and plain[2]["outside"] is None and plain[1]["lower"] is None
    results.save(tmp_path / "run")
    again = Results.load(tmp_path / "run")
    assert again.to_json() == results.to_json() and again.characteristics.equals(results.characteristics)
    import pandas as pd

    saved = pd.read_parquet(tmp_path / "run" / "characteristics.parquet")
    assert saved["cpk_mean"].iloc[0] == pytest.approx(results.characteristics["cpk", "mean"].iloc[0])


def test_a_real_run_has_the_scatter_that_the_document_says() -> None:
    with plain_law():
        line = plain_line(process={"noise": "2 nm"}, height={"limits": ["96 nm", None], "within": "1 nm"})
        results = simulate(line, horizon="3 d", replications=4)
    row = results.characteristics.loc[("A", "h")]
    units = results.units_table()
    assert len(units) == int(results.totals.lots[:, 3].sum())
    assert row["mean", "mean"] == pytest.approx(100, abs=4 * 2 / np.sqrt(len(units)))
    assert row["sd", "mean"] == pytest.approx(2, rel=4 / np.sqrt(2 * len(units)))
    expected = float(ndtr(-4 / np.hypot(2, 1)))
    assert row["outside", "mean"] == pytest.approx(expected, abs=4 * np.sqrt(expected / len(units)))
    found = results.product_figures["A"]["yield"]
    assert found is not None and found.mean == pytest.approx(1 - row["outside", "mean"])
    plain = simulate(serial_line(1), horizon="1 d", replications=1)
    assert "characteristics" not in plain.to_json() and plain.characteristics.empty and plain.units_table().empty
