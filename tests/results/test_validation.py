"""Marks, verdicts and the report of a validation, by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from synthetic import count_lots, empty_totals, names_of

from twin.line import read
from twin.results import Results, ResultsError, Settings, Timing
from twin.results.figure import Figure
from twin.results.validation import Limit, Mark, Part, Row, Validation, check_folder, mark
from twin.results.validation_report import rows


def told(mean: float, unit: str = "%") -> Figure:
    return Figure(mean, None, None, unit)


@pytest.mark.parametrize(
    ("measured", "published", "limit", "inside"),
    [
        (103.0, 100.0, Limit(3, per_cent=True), True),  # 3 % of the published figure is still in
        (103.1, 100.0, Limit(3, per_cent=True), False),
        (96.9, 100.0, Limit(3, per_cent=True), False),
        (52.5, 50.0, Limit(3), True),  # points, though 5 %
        (46.9, 50.0, Limit(3), False),
        (0.0, 0.0, Limit(0.5), True),
        (103.1, None, Limit(3), None),  # nothing published: no verdict
        (103.1, 100.0, None, None),
    ],
)
def test_a_verdict_is_in_per_cent_or_in_points(
    measured: float, published: float | None, limit: Limit | None, inside: bool | None
) -> None:
    assert Mark("x", told(measured), published, None, limit).inside is inside


def test_nothing_measured_where_there_is_something_published_is_outside() -> None:
    assert Mark("x", None, 5.0, None, Limit(1)).inside is False


def test_a_row_is_in_when_all_its_verdicts_are() -> None:
    good = Mark("a", told(1.0), 1.0, None, Limit(1))
    bad = Mark("b", told(9.0), 1.0, None, Limit(1))
    silent = Mark("c", told(9.0), 1.0)
    assert Row("r", (good, silent)).inside is True
    assert Row("r", (good, bad)).inside is False
    assert Row("r", (silent,)).inside is None


def test_the_error_is_of_the_difference_of_two_means() -> None:
    """Four values 1, 2, 3, 4 have s^2 = 5/3; the other mean is of 20 runs: s^2 (1/4 + 1/20) = 0.5."""
    found = mark("x", np.array([1.0, 2.0, 3.0, 4.0]), "d", 2.0, None, 20)
    assert found.measured is not None and found.measured.mean == 2.5
    assert found.error == pytest.approx(math.sqrt(0.5))
    assert found.difference == 0.5 and found.per_cent == 25
    assert found.errors == pytest.approx(0.5 / math.sqrt(0.5))


def test_one_replication_has_no_error() -> None:
    found = mark("x", np.array([3.0, np.nan]), "d", 2.0, Limit(2), 20)
    assert found.error is None and found.errors is None and found.inside is True


@pytest.fixture
def found() -> Validation:
    """One lot type inside; of two toolgroups one outside, by its PM."""
    line = read("learn/mm1")
    totals = empty_totals(names_of(line), 2)
    for world in range(2):
        count_lots(totals, world, 0, [1.0, 1.5])
    settings = Settings("mm1", 730 * 86_400.0, 0.0, 2, 7, "cpu")
    results = Results(line=line, names=names_of(line), totals=totals, settings=settings, timing=Timing(1.0, 0.0))
    lots = (Row("Lot_1", (Mark("cycle time", told(51.0, "d"), 50.0, 0.5, Limit(3, per_cent=True)),)),)
    groups = (
        Row("beam", (Mark("pm", told(5.2), 5.0, 0.1, Limit(0.3)),)),
        Row("oven", (Mark("pm", told(5.4), 5.0, 0.1, Limit(0.3)), Mark("down", told(2.0), 2.0, 0.1, Limit(0.3)))),
    )
    part = Part("hvlm", results, {"lot types": lots, "toolgroups": groups}, ("a thing to know",))
    return Validation("smt2020", "Published somewhere.", (part,))


def test_the_report_lists_what_is_outside_and_counts_the_rest(found: Validation) -> None:
    text = "\n".join(row.text for row in rows(found))
    assert "Lot_1" in text and "oven" in text and "beam" not in text
    assert "Toolgroups outside (1 of 2)" in text and "a thing to know" in text
    oven = [line.split() for line in text.splitlines() if line.startswith("oven")]
    assert oven == [["oven", "pm", "[%]", "5.40", "5.00", "+0.40", "+4.0", "0.3", "points", "OUT"]]
    assert "1 of 1 lot types in, 1 of 2 toolgroups in" in text
    assert text.splitlines()[-1] == "2 rows in, 1 out."
    everything = "\n".join(row.text for row in rows(found, every=True, ascii_only=True))
    assert "beam" in everything and everything.isascii()


def test_a_validation_is_saved_with_its_runs(found: Validation, tmp_path: Path) -> None:
    found.save(tmp_path / "out")
    plain = json.loads((tmp_path / "out" / "validation.json").read_text())
    assert (plain["inside"], plain["outside"], plain["days"], plain["seed"]) == (2, 1, 730, 7)
    oven = plain["models"]["hvlm"]["toolgroups"][1]
    assert (oven["name"], oven["inside"]) == ("oven", False)
    assert oven["figures"][0]["difference"] == pytest.approx(0.4)
    assert oven["figures"][0]["standard_errors"] == pytest.approx(4)
    assert Results.load(tmp_path / "out" / "hvlm").settings.seed == 7
    found.save(tmp_path / "out")  # its own folder may be written again
    (tmp_path / "out" / "letter.txt").write_text("mine")
    with pytest.raises(ResultsError, match=r"letter\.txt"):
        check_folder(tmp_path / "out")
