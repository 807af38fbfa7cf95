"""Yield, its loss and quality at the first pass, by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from quality_lines import quality_line, quality_run
from synthetic import serial_line

from twin.results import Results, ResultsError, quality
from twin.results.record import RECORD
from twin.study.simulate import simulate

GROW, COAT, WELD = range(3)
LOTS = [(0, 0, 0, 25, 0.5), (0, 0, 1, 75, 0.1), (1, 0, 0, 25, 0.3), (1, 1, 0, 5, 9.0)]
# In each replication 100 wafers passed; of their defects half are the furnace's, a quarter waited for, a quarter coat.
PROCESS = [
    [[100, 4, 0, 8, 4], [100, 4, 0, 4, 0], [1000, 1000, 10, 0, 0]],
    [[100, 4, 0, 16, 8], [100, 4, 0, 8, 0], [1000, 1000, 30, 0, 0]],
]


@pytest.fixture
def results() -> Results:
    return quality_run(quality_line(), LOTS, PROCESS)


def negative_binomial(density: float, clustering: float = 2.0) -> float:
    return (1 + density / clustering) ** -clustering


def test_yield_is_the_mean_over_lots_by_their_units(results: Results) -> None:
    first = (25 * negative_binomial(0.5) + 75 * negative_binomial(0.1)) / 100
    second = negative_binomial(0.3)
    figure = results.product_figures["A"]["yield"]
    assert figure is not None and figure.unit == "share"
    assert figure.mean == pytest.approx((first + second) / 2)
    assert figure.half == pytest.approx(12.7062 * abs(first - second) / 2, rel=1e-4)  # Student's t of two values
    assert results.yields.loc["A", ("defects", "mean")] == pytest.approx((0.2 + 0.3) / 2)
    assert results.yields.loc["A", ("good_dies", "mean")] == pytest.approx(621 * (first + second) / 2)


def test_without_clustering_it_is_poisson() -> None:
    found = quality_run(quality_line("none"), LOTS[:1], worlds=1).product_figures["A"]["yield"]
    assert found is not None and found.mean == pytest.approx(np.exp(-0.5)) and found.low is None


def test_a_product_without_dies_has_no_yield(results: Results) -> None:
    assert results.product_figures["B"]["yield"] is None and results.product_figures["body"]["yield"] is None
    assert list(results.yields.index) == ["A"]
    plain = results.to_json()["products"]
    assert plain["B"]["yield"] is None and 0 < plain["A"]["yield"]["mean"] < 1
    assert results.product_values["yield"].shape == (2, 3)


def test_the_loss_is_divided_in_proportion_to_the_defects(results: Results) -> None:
    loss = results.loss
    assert list(loss.index) == [("furnace", "tool"), ("furnace", "waiting"), ("coater", "tool")]
    assert loss["share", "mean"].tolist() == pytest.approx([0.5, 0.25, 0.25])
    assert loss["defects", "mean"].sum() == pytest.approx(0.25)  # of all wafers that came out
    figure = results.product_figures["A"]["yield"]
    assert figure is not None
    assert loss["lost", "mean"].sum() == pytest.approx(1 - figure.mean)


def test_the_loss_of_several_products_is_that_of_all_their_dies() -> None:
    line = quality_line()
    products = line.to_document()["products"]
    both = type(line).from_document(
        line.to_document() | {"products": products | {"B": products["B"] | {"die": products["A"]["die"]}}}
    )
    results = quality_run(both, LOTS, PROCESS)
    first = (25 * negative_binomial(0.5) + 75 * negative_binomial(0.1)) / 100
    second = (25 * negative_binomial(0.3) + 5 * negative_binomial(9.0)) / 30
    assert results.loss["lost", "mean"].sum() == pytest.approx(1 - (first + second) / 2)
    assert results.loss["defects", "mean"].sum() == pytest.approx((0.2 + (25 * 0.3 + 5 * 9.0) / 30) / 2)


def test_quality_at_the_first_pass(results: Results) -> None:
    table = results.first_pass
    assert list(table.index) == [("bodies", "weld")]
    row = table.loc[("bodies", "weld")]
    assert (row["toolgroup", ""], row["law", ""]) == ("welder", "spot_weld")
    assert (row["passed", ""], row["rejected", ""]) == (2000, 40)
    assert row["first_pass", "mean"] == pytest.approx(0.98)
    assert row["first_pass", "high"] - row["first_pass", "mean"] == pytest.approx(12.7062 * 0.01, rel=1e-4)


def test_visits_are_counted_in_lots() -> None:
    """A law that rejects on lots of 5 units: 1,000 units are 200 visits."""
    process = np.array(PROCESS)
    process[:, WELD, 1] = 200
    row = quality_run(quality_line(), LOTS, process).first_pass.iloc[0]
    assert row["passed", ""] == 400 and row["first_pass", "mean"] == pytest.approx(0.9)


def test_lots_have_names_that_the_wafers_take(results: Results) -> None:
    lots = results.lots
    assert lots["lot"].tolist() == ["A-1", "A-2", "A-1", "B-1"]
    assert lots["replication"].tolist() == [1, 1, 2, 2]
    assert lots["defects"].tolist() == pytest.approx([0.5, 0.1, 0.3, 9.0])
    assert lots["yield"].tolist()[:3] == pytest.approx([negative_binomial(d) for d in (0.5, 0.1, 0.3)])
    assert np.isnan(lots["yield"].iloc[3])
    assert results.wafer(lots["lot"][1] + ".75").lot == "A-2"


def test_the_report_has_a_column_and_a_section_only_where_they_say_something(results: Results) -> None:
    report = results.report()
    assert "yield" in report.splitlines()[4] and "Quality at the first pass" in report
    assert "bodies.weld" in report and "98 ± 13" in report
    assert max(map(len, report.splitlines())) <= 100
    plain = simulate(serial_line(2), horizon="1 d", replications=2)
    assert "yield" not in plain.report() and "first pass" not in plain.report()
    assert plain.product_figures["body"]["yield"] is None
    assert plain.yields.empty and plain.loss.empty and plain.first_pass.empty and plain.lots.empty
    assert "<caption>Quality at the first pass" in results._repr_html_()


def test_the_quality_report_tells_yield_loss_and_rejects(results: Results) -> None:
    text = "\n".join(row.text for row in quality.rows(results))
    loss = "Loss, over all products with dies: what"
    for words in ("Yield, expected", loss, "furnace, waiting", "Quality at the first pass", "621"):
        assert words in text
    ascii_only = "\n".join(row.text for row in quality.rows(results, ascii_only=True))
    assert ascii_only.isascii() and "+-" in ascii_only
    plain = quality.to_json(results)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert [(row["toolgroup"], row["cause"]) for row in plain["loss"]][1] == ("furnace", "waiting")


def test_no_lots_out_is_a_note_and_no_crash() -> None:
    results = quality_run(quality_line(), [])
    assert results.product_figures["A"]["yield"] is None
    assert results.loss.empty and results.lots.empty and results.yields.loc["A"].isna().all()
    told = "\n".join(row.text for row in quality.rows(results))
    assert "A: no lot released after time 0 left the line in the measured time, so no yield." in " ".join(told.split())
    assert "No lot left the line" in results.report()
    assert quality.to_json(results)["products"]["A"]["yield"] is None


def test_notes_say_what_is_missing() -> None:
    document = quality_line().to_document()
    for route in document["routes"].values():
        for step in route:
            step.pop("process", None)
    line = type(quality_line()).from_document(document)
    results = quality_run(line, [])
    lacks = "has dies, but no step of its route adds defects or makes a characteristic with limits: no yield."
    assert quality.notes(results) == [f"A: {lacks}"]
    assert "write 'process:' at steps" in quality.notes(simulate(serial_line(1), horizon="1 d", replications=1))[0]
    document = quality_line().to_document()
    del document["products"]["A"]["die"]
    results = quality_run(type(line).from_document(document), [])
    (note,) = quality.notes(results)
    assert note == "Steps add defects, but no product has dies: write 'die:' at a product for its yield."


def test_saved_and_loaded_is_the_same(results: Results, tmp_path: Path) -> None:
    results.save(tmp_path / "run")
    again = Results.load(tmp_path / "run")
    assert again.names.processes == results.names.processes == (0, 2, 3)
    assert np.array_equal(again.totals.process, results.totals.process)
    assert np.array_equal(again.totals.lots, results.totals.lots)
    assert again.to_json() == results.to_json() and again.loss.equals(results.loss)
    assert (again.wafer("A-1.7").defects == results.wafer("A-1.7").defects).all()


@pytest.mark.parametrize(("version", "lacking"), [(1, ["off", "no_operator"]), (2, ["no_operator"])])
def test_a_record_of_an_earlier_version_loads(version: int, lacking: list[str], tmp_path: Path) -> None:
    """Before crews and the state `no_operator`, before process laws and `off`: neither their tables nor the column."""
    import pandas as pd

    results = simulate(serial_line(2), horizon="1 d", replications=2)
    results.save(tmp_path / "run")
    assert not list((tmp_path / "run").glob("*process*")) and not (tmp_path / "run" / "lots.parquet").exists()
    tools = tmp_path / "run" / "totals_tools.parquet"
    pd.read_parquet(tools).drop(columns=lacking).to_parquet(tools)
    record = json.loads((tmp_path / "run" / RECORD).read_text())
    assert record["twin_run"] == 3
    del record["names"]["crews"]
    if version == 1:
        del record["names"]["processes"]
    (tmp_path / "run" / RECORD).write_text(json.dumps(record | {"twin_run": version}))
    again = Results.load(tmp_path / "run")
    for name, before, after in zip(results.totals._fields, results.totals, again.totals, strict=True):
        assert np.array_equal(before, after), name


def test_a_law_that_is_not_installed_here_is_no_damage(results: Results, tmp_path: Path) -> None:
    results.save(tmp_path / "run")
    file = tmp_path / "run" / RECORD
    file.write_text(file.read_text().replace('"law": "spot_weld"', '"law": "laser_weld"'))
    with pytest.raises(ResultsError) as caught:
        Results.load(tmp_path / "run")
    assert "unknown law 'laser_weld'" in str(caught.value) and "damaged" not in str(caught.value)
    assert str(caught.value).endswith("install the package that the run was made with")


def test_replications_that_saw_no_lot_are_left_out() -> None:
    results = quality_run(quality_line(), LOTS[:2], PROCESS)
    figure = results.product_figures["A"]["yield"]
    assert figure is not None and figure.low is None
    assert results.loss["lost", "mean"].sum() == pytest.approx(1 - figure.mean)
