"""From results to what a picture says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scene_lines import line_of
from synthetic import SPAN, count_lots, empty_totals, names_of, results_of, spend

from twin.results import Results
from twin.scene.lettering import shorten, width
from twin.scene.picture import picture_of_line, picture_of_results, time_text


@pytest.fixture
def results() -> Results:
    """Two tools that mill, one that bores with 3 lots waiting, a pure delay between them."""
    line = line_of({"mill": {"tools": 2}, "cool": {"tools": "unlimited"}, "bore": {"tools": 1}})
    names = names_of(line)
    totals = empty_totals(names, 2)
    for tool, share in enumerate((0.5, 0.3, 0.9)):
        spend(totals, tool, share)
    totals.group[:, 2, 0] = 3 * SPAN
    totals.product[:, 0, 5] = 7 * SPAN
    for world in (0, 1):
        count_lots(totals, world, 0, [1.0, 2.0, 6.0])
    return results_of(line, names, totals)


def test_a_run_in_figures(results: Results) -> None:
    picture = picture_of_results(results, "Mill and bore")
    assert picture.utilisation is not None
    np.testing.assert_allclose(picture.utilisation, [0.5, 0.3, 0.9])
    assert picture.waiting["bore"] == pytest.approx(3.0)
    assert picture.bottleneck == "bore"
    assert picture.title == "Mill and bore"
    assert "cycle time 3.0 d" in picture.kpi and "WIP 7.0 lots" in picture.kpi
    assert "3 tools in 2 toolgroups, 1 product" in picture.caption
    assert "2 replications" in picture.caption
    busy = picture.busy(np.array([True, True, False]))
    assert busy == pytest.approx(0.4)


def test_a_saved_run_gives_the_same_picture(results: Results, tmp_path: Path) -> None:
    results.save(tmp_path / "run")
    again = picture_of_results(Results.load(tmp_path / "run"))
    first = picture_of_results(results)
    assert again.utilisation is not None and first.utilisation is not None
    np.testing.assert_array_equal(again.utilisation, first.utilisation)
    assert (again.kpi, again.caption, again.waiting) == (first.kpi, first.caption, first.waiting)


def test_a_line_alone_claims_nothing() -> None:
    picture = picture_of_line(line_of({"mill": {"tools": 1}}))
    assert picture.utilisation is None and picture.bottleneck is None and not picture.waiting
    assert picture.busy(np.array([True])) is None
    assert picture.kpi == "1 tool in 1 toolgroup, 1 product"


@pytest.mark.parametrize(
    ("days", "text"),
    [(38.94, "38.9 d"), (1.5, "36.0 h"), (0.03, "43.2 min"), (1e-4, "8.6 s"), (0.0, "0.0 s")],
)
def test_times_in_a_fitting_unit(days: float, text: str) -> None:
    assert time_text(days) == text


def test_long_names_are_cut_to_their_room() -> None:
    assert shorten("short", 20.0, 200.0) == "short"
    cut = shorten("a very long name of a toolgroup", 20.0, 120.0)
    assert cut.endswith("…") and width(cut, 20.0) <= 120.0
