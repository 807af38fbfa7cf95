"""Wafer maps of bins and characteristics: colours in proportion to the dies, crosses, scales, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from wafer_lines import wafer_line, wafer_run

from twin.results import Results, ResultsError
from twin.scene.wafer import wafer_map
from twin.scene.wafer_disc import CROSS
from twin.scene.wafer_views import CLASSES, view_of

EVERY = [{"pattern": "edge_ring", "share": 1, "defects": 60}]


@pytest.fixture(scope="module")
def results() -> Results:
    return wafer_run(wafer_line(EVERY), lots=2)


def pixels_of(file: Path) -> np.ndarray:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def share_of(file: Path, colour: str) -> float:
    """Share of a picture's points that have this colour."""
    wanted = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return float((np.abs(pixels_of(file) - wanted).max(axis=2) < 3).mean())


def lightness(colour: str) -> float:
    return float(np.dot([int(colour[k : k + 2], 16) for k in (1, 3, 5)], [0.2126, 0.7152, 0.0722]))


def test_bins_are_shown_where_there_are_any_in_proportion_to_their_dies(results: Results, tmp_path: Path) -> None:
    file, told = wafer_map(results, "A-1.4", tmp_path / "map.png")
    wafer = results.wafer("A-1.4")
    assert told == str(wafer)
    view = view_of((wafer,), None)
    assert view.name == "bins" and [what for what, _ in view.colours] == list(wafer.kinds)
    drawn = np.array([share_of(file, colour) for _, colour in view.colours])
    dies = np.array(list(wafer.counts.values()))
    assert np.count_nonzero(dies) >= 4 and wafer.counts["damage"] > 10
    assert drawn / drawn.sum() == pytest.approx(dies / dies.sum(), abs=0.02)


def test_good_and_lost_are_told_apart_without_colours(results: Results) -> None:
    """Bins grow lighter down the list; damage and what is out of limits are darker than each of them."""
    wafer = results.wafer("A-1.4")
    colours = dict(view_of((wafer,), "bins").colours)
    goods = [lightness(colours[name]) for name in wafer.kinds[: wafer.goods]]
    assert goods == sorted(goods)
    assert lightness(colours["damage"]) < 0.6 * min(goods) and lightness(colours["film"]) < 0.8 * min(goods)
    assert len(set(colours.values())) == len(colours)


def test_defects_when_asked_for(results: Results, tmp_path: Path) -> None:
    file, _ = wafer_map(results, "A-1.4", tmp_path / "map.png", of="defects")
    wafer = results.wafer("A-1.4")
    dies = np.array([(wafer.defects == k).sum() for k in range(3)] + [(wafer.defects >= 3).sum()])
    drawn = np.array([share_of(file, colour) for _, colour in CLASSES])
    assert drawn / drawn.sum() == pytest.approx(dies / dies.sum(), abs=0.02)


def test_a_characteristic_along_its_scale_with_crosses_out_of_limits(results: Results, tmp_path: Path) -> None:
    wafer = max(results.wafers("A-1"), key=lambda wafer: int(wafer.maps[0].outside.sum()))
    (of,) = wafer.maps
    assert of.outside.any()
    file, _ = wafer_map(results, wafer.name, tmp_path / "map.png", of="film")
    view = view_of((wafer,), "film")
    assert view.title == "film [nm]" and view.scale is not None
    assert (view.scale.low, view.scale.high) == (of.values.min(), of.values.max())
    assert view.scale.bottom < min(of.low, of.values.min()) or of.values.min() - of.low > 0.5 * np.ptp(of.values)
    painted = view.paint(wafer)
    assert (painted[of.values.argmax()][:3] != painted[of.values.argmin()][:3]).all()
    light = painted[np.argsort(of.values), :3] @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(light) >= -1e-3).all()  # lighter all the way: it reads in grey, too
    assert (view.marked(wafer) == of.outside).all() and share_of(file, CROSS) > 1e-4


def test_an_even_film_has_a_scale_too() -> None:
    line = wafer_line((), (), spin={"noise": "0 nm", "signature": None}, film={"within": "0 nm", "target": None})
    wafer = wafer_run(line, lots=1).wafer("A-1.1")
    scale = view_of((wafer,), "film").scale
    assert scale is not None and scale.low < 100 < scale.high
    assert np.isfinite(view_of((wafer,), "film").paint(wafer)).all()


def test_a_lot_shares_one_scale(results: Results, tmp_path: Path) -> None:
    for of in (None, "film", "defects"):
        file, told = wafer_map(results, "A-1", tmp_path / f"{of}.png", of=of)
        assert told.startswith("lot A-1, replication 1: 24 wafers, ") and told.endswith("/cm2, damage and limits")
        assert min(pixels_of(file).shape[:2]) > 600
    shown = results.wafers("A-1")
    scale = view_of(shown, "film").scale
    every = np.array([wafer.values["film"] for wafer in shown])
    assert scale is not None and (scale.low, scale.high) == (every.min(), every.max())


def test_small_dies_are_seen_where_they_are_lost(tmp_path: Path) -> None:
    """A scratch over dies of half a millimetre, and crosses that would not fit into them."""
    tiny = {"die": {"width": "0.5 mm", "height": "0.5 mm", "wafer": "150 mm"}}
    line = wafer_line([{"pattern": "scratch", "share": 1, "defects": 300}], (), product=tiny, spin={"noise": "0 nm"})
    run = wafer_run(line, lots=1)
    wafer = run.wafer("A-1.1")
    assert wafer.counts["damage"] > 150
    file, _ = wafer_map(run, "A-1.1", tmp_path / "map.png")
    legend = 0.2**2 / 70
    assert share_of(file, dict(view_of((wafer,), None).colours)["damage"]) > legend + 100 / (1600 * 1120)
    assert wafer_map(run, "A-1.1", tmp_path / "film.png", of="film")[0].exists()


def test_what_there_is_no_map_of_is_told(results: Results, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"wafer A-1\.1 has no 'flim' to map; choose from bins, defects, film"):
        wafer_map(results, "A-1.1", tmp_path / "map.png", of="flim")
    assert not list(tmp_path.iterdir())
