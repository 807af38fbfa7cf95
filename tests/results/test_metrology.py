"""What the steps that measure found and the shifts of tools, by hand and from a real run; what surrogates clip."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plain_law import plain_law, plain_line
from synthetic import empty_totals, names_of, results_of, serial_line

from twin.arrays import fields as f
from twin.line import Line
from twin.line.measure import RULES
from twin.results import Results, quality
from twin.results.measures import OUT, SCRAPPED
from twin.study.simulate import simulate


def line(**measure: Any) -> Line:
    """One tool whose drift can shift, and a gauge with a chart."""
    chart = {"chart": {"rules": ["beyond_3s", "eight_on_one_side"], "sigma": "1 nm", "stop": True, "hold": "1 min"}}
    return plain_line(
        {"shift": {"every": 500, "by": "8 nm"}}, chart | {"outside": {"to": "make"}} | measure,
        tool={"tools": 2, "pm": [{"every": "alarm", "takes": "5 min"}]}, height={"limits": ["97 nm", "103 nm"]},
        process={"noise": "1 nm"}, step={"time": "90 s"},
    )  # fmt: skip


def by_hand(of: Line) -> Results:
    """Two replications: 100 and 200 lots measured, 10 and 40 outside."""
    drifts = tuple((tool, word) for word in of.toolgroups["tool"].condition for tool in range(2))
    names = names_of(of)._replace(measures=(1,), conditions=drifts)
    rows = np.zeros((2, 1, f.MEASURE_TOTALS), dtype=np.int64)
    rows[:, 0, :7] = [[100, 10, 5, 1, 8, 2, 5], [200, 40, 20, 5, 30, 10, 20]]
    rows[:, 0, 7 + RULES.index("beyond_3s")] = [3, 15]
    rows[:, 0, 7 + RULES.index("eight_on_one_side")] = [2, 5]
    shifts = np.array([[[2, 30], [1, 60]], [[0, 0], [1, 10]]])
    return results_of(of, names, empty_totals(names, 2)._replace(measures=rows, shifts=shifts[:, : len(drifts)]))


@pytest.fixture
def results() -> Results:
    with plain_law():
        return by_hand(line())


def test_figures_of_a_step_that_measures(results: Results) -> None:
    assert list(results.metrology.index) == [("r", "look")]
    row = results.metrology.loc[("r", "look")]
    assert (row["toolgroup", ""], row["characteristic", ""], row["lots", ""]) == ("gauge", "h", 300)
    for key, first, second in (
        ("outside", 0.1, 0.2), ("alarms", 5, 10), ("false", 0.2, 0.25), ("reworked", 0.08, 0.15),
        ("scrapped", 0.02, 0.05), ("held", 0.05, 0.1),
    ):  # fmt: skip
        assert row[key, "mean"] == pytest.approx((first + second) / 2), key
        assert row[key, "high"] - row[key, "mean"] == pytest.approx(12.7062 * (second - first) / 2, rel=1e-4), key
    assert (row["beyond_3s", ""], row["eight_on_one_side", ""]) == (18, 7)
    assert ("six_trending", "") not in results.metrology.columns


def test_shifts_over_the_tools_of_a_toolgroup(results: Results) -> None:
    row = results.shifts.loc[("tool", "drift")]
    assert row["shifts", "mean"] == pytest.approx((3 + 1) / 2)
    assert row["units", "mean"] == pytest.approx((90 / 3 + 10) / 2)


def test_what_a_step_cannot_do_is_not_told() -> None:
    with plain_law():
        bare = by_hand(plain_line(measure={}))
    row = bare.metrology.iloc[0]
    assert row["outside", "mean"] == pytest.approx(0.15)
    assert all(np.isnan(row[key, "mean"]) for key in ("alarms", "false", "reworked", "scrapped", "held"))
    text = "\n".join(row.text for row in quality.rows(bare))
    assert "Metrology" in text and "reworked" not in text and "/100 lots" not in text


def test_an_alarm_is_not_called_false_where_nothing_can_shift() -> None:
    chart = {"chart": {"sigma": "1 nm"}}
    with plain_law():
        drifting = by_hand(plain_line({"per_unit": "0.01 nm"}, chart))
    row = drifting.metrology.iloc[0]
    assert row["alarms", "mean"] == pytest.approx(7.5) and np.isnan(row["false", "mean"])


def test_reports_files_and_json_tell_them_where_there_are_any(results: Results, tmp_path: Path) -> None:
    report, page = results.report(), results._repr_html_()
    for title in ("Metrology: lots measured", "Shifts: what broke unnoticed"):
        assert title in report and title in page
    assert max(map(len, report.splitlines())) <= 100
    text = "\n".join(row.text for row in quality.rows(results))
    assert "Alarms of look by rule: beyond_3s 18, eight_on_one_side 7." in text
    plain = results.to_json()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["metrology"][0]["beyond_3s"] == 18 and plain["shifts"][0]["input"] == "drift"
    with plain_law():
        results.save(tmp_path / "run")
        again = Results.load(tmp_path / "run")
    assert again.to_json() == plain and again.metrology.equals(results.metrology)
    assert {"metrology.parquet", "shifts.parquet"} <= {file.name for file in (tmp_path / "run").iterdir()}
    none = simulate(serial_line(1), horizon="1 d", replications=1)
    assert not {"metrology", "shifts"} & set(none.to_json()) and "Metrology" not in none.report()
    assert none.metrology.empty and none.shifts.empty


def test_a_real_run_finds_its_shifts() -> None:
    with plain_law():
        results = simulate(line(), horizon="20 d", warmup="1 d", replications=4)
        row = results.metrology.iloc[0]
        assert row["lots", ""] == results.totals.measures[:, 0, 0].sum() > 10_000
        assert 0 < row["false", "mean"] < 1 and row["beyond_3s", ""] > 0
        shifts = results.shifts.loc[("tool", "drift")]
        assert 1 <= shifts["units", "mean"] < 10  # eight sigma: seen at the next lot, in the line with those before it
        assert shifts["shifts", "mean"] == pytest.approx(19 * 1440 / 500, rel=0.25)
        assert "scrapped" in results.product_figures["A"]
        (note,) = [note for note in quality.notes(results) if "scrapped" in note]
    counts = results.totals.product.sum(axis=(0, 1))
    lost = 100 * counts[SCRAPPED] / (counts[SCRAPPED] + counts[OUT])
    assert note == f"Lots scrapped on the way, which count in no yield: A {lost:.2g} %."


def test_units_beyond_the_reach_of_a_surrogate_are_a_note() -> None:
    with plain_law():
        wild = simulate(plain_line({"unit": "40 nm"}), horizon="2 d", replications=1)
        tame = simulate(plain_line({"unit": "4 nm"}), horizon="2 d", replications=1)
    (note,) = [note for note in wild.notes if "surrogate" in note]
    assert note.startswith("r.make: 11.1 % of the units lay beyond the reach of the surrogate of 'plain'")
    assert "condition" in note and not any("surrogate" in note for note in tame.notes)
