"""Wafer maps: what is drawn, in files that hold a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from quality_lines import quality_line, quality_run

from twin.results import Results, ResultsError
from twin.scene.wafer import wafer_map
from twin.scene.wafer_views import CLASSES


@pytest.fixture(scope="module")
def results() -> Results:
    return quality_run(quality_line(0.5), [(0, 0, 0, 24, 0.5), (0, 0, 1, 120, 0.01)], worlds=1)


def share_of(file: Path, colour: str) -> float:
    """Share of a picture's points that have this colour."""
    with Image.open(file) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    wanted = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return float((np.abs(pixels - wanted).max(axis=2) < 3).mean())


def test_a_map_shows_good_and_bad_dies_as_they_are(results: Results, tmp_path: Path) -> None:
    file, told = wafer_map(results, "A-1.1", tmp_path / "map.png")
    wafer = results.wafer("A-1.1")
    assert file == tmp_path / "map.png" and told == str(wafer)
    dies = [int((wafer.defects == k).sum()) for k in range(3)] + [int((wafer.defects >= 3).sum())]
    drawn = np.array([share_of(file, colour) for _, colour in CLASSES])
    assert np.count_nonzero(dies) >= 2
    # in proportion to the dies, up to the legend's own squares
    assert drawn / drawn.sum() == pytest.approx(np.array(dies) / sum(dies), abs=0.02)


def test_a_lot_is_a_sheet_of_its_wafers(results: Results, tmp_path: Path) -> None:
    file, told = wafer_map(results, "A-1", tmp_path / "lot.png")
    assert told.startswith("lot A-1, replication 1: 24 wafers, ") and "70.7 % expected" in told
    with Image.open(file) as picture:
        assert picture.width > 1000 and picture.height > 600


def test_a_large_lot_shows_its_first_wafers(results: Results, tmp_path: Path) -> None:
    _, told = wafer_map(results, "A-2", tmp_path / "lot.jpg")
    with Image.open(tmp_path / "lot.jpg") as picture:
        assert "120 wafers" in told and picture.format == "JPEG"


def test_very_small_dies_are_seen_where_they_are_bad(tmp_path: Path) -> None:
    document = quality_line().to_document()
    document["products"]["A"]["die"] = {"width": "0.5 mm", "height": "0.5 mm", "clustering": "none"}
    small = quality_run(type(quality_line()).from_document(document), [(0, 0, 0, 1, 0.5)], worlds=1)
    file, _ = wafer_map(small, "A-1.1", tmp_path / "map.png")
    bad = int((small.wafer("A-1.1").defects > 0).sum())
    assert 200 < bad < 600
    legend = 0.2**2 / 70  # of the picture
    assert share_of(file, CLASSES[1][1]) > legend + 2 * bad / (1600 * 1120)  # at least two points each


def test_what_is_not_there_writes_no_file(results: Results, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no lot A-7"):
        wafer_map(results, "A-7", tmp_path / "map.png")
    with pytest.raises(ValueError, match=r"a picture's name ends in one of"):
        wafer_map(results, "A-1", tmp_path / "map.pdf")
    assert not list(tmp_path.iterdir())
