"""Saving and loading: all or nothing, and the same results again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from synthetic import count_lots, empty_totals, names_of, results_of, spend, two_products

from twin.results import Results, ResultsError, record


@pytest.fixture
def results() -> Results:
    line = two_products()
    names = names_of(line)
    totals = empty_totals(names, 3)
    rng = np.random.default_rng(7)
    for world in range(3):
        for product in range(2):
            count_lots(totals, world, product, list(rng.uniform(1, 9, 50)), on_time=20)
    totals.group[:] = rng.integers(0, 10**12, totals.group.shape)
    totals.windows[:, 0] = [9, 2]
    totals.wip_end[:] = rng.integers(0, 9, (3, 2))
    totals.events[:] = [2**40, 2, 3]
    spend(totals, 0, 0.1, 0.2, 0.3, 0.1, 0.05)
    return results_of(line, names, totals, notes=("Stopped by hand.",))


def test_saved_and_loaded_is_the_same(results: Results, tmp_path: Path) -> None:
    results.save(tmp_path / "deep" / "run")
    again = Results.load(tmp_path / "deep" / "run")
    for name, before, after in zip(results.totals._fields, results.totals, again.totals, strict=True):
        assert np.array_equal(before, after), name
        assert np.asarray(before).dtype == np.asarray(after).dtype, name
    assert again.line == results.line
    assert again.settings == results.settings and again.timing == results.timing
    assert again.to_json() == results.to_json()
    assert again.report() == results.report()
    assert again.names.tools_of == results.names.tools_of
    assert np.array_equal(again.names.tool_group, results.names.tool_group)


def test_tables_are_for_people_too(results: Results, tmp_path: Path) -> None:
    results.save(tmp_path / "run")
    products = pd.read_parquet(tmp_path / "run" / "products.parquet").set_index("product")
    figure = results.product_figures["plate"]["cycle_time"]
    assert figure is not None and figure.p95 is not None
    assert products.loc["plate", "cycle_time_low"] == figure.low
    assert products.loc["plate", "cycle_time_p95_mean"] == figure.p95.mean
    assert list(pd.read_parquet(tmp_path / "run" / "toolgroups.parquet")["toolgroup"]) == ["saw", "drill"]
    assert list(pd.read_parquet(tmp_path / "run" / "tools.parquet")["tool"]) == ["saw/1", "saw/2", "drill"]
    assert pd.read_parquet(tmp_path / "run" / "breaches.parquet")["name"].tolist() == ["cut"] * 3


def test_record_says_how_it_was_made(results: Results, tmp_path: Path) -> None:
    results.save(tmp_path / "run")
    plain = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert {"python", "twin", "numpy", "numba"} <= set(plain["versions"])
    assert plain["settings"]["seed"] == 1
    line, settings = record.line_and_settings(tmp_path / "run")
    assert line == results.line and settings == results.settings


def test_an_earlier_run_and_an_empty_folder_are_replaced(results: Results, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    results.save(tmp_path / "run")
    results.save(tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_foreign_folder_is_left_alone(results: Results, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ResultsError, match="which no twin run wrote"):
        results.save(tmp_path)
    with pytest.raises(ResultsError, match="is a file"):
        results.save(tmp_path / "thesis.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_nothing_is_left_of_a_save_that_fails(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results.save(tmp_path / "run")
    before = (tmp_path / "run" / "run.json").read_bytes()

    def full_disk(_: Results) -> dict[str, object]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(record, "_record", full_disk)
    with pytest.raises(OSError, match="No space left"):
        results.save(tmp_path / "run")
    with pytest.raises(OSError, match="No space left"):
        results.save(tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert (tmp_path / "run" / "run.json").read_bytes() == before


@pytest.mark.parametrize(
    "damage", ["nothing", "no folder", "truncated", "version", "newer", "no table", "no key", "line"]
)
def test_broken_and_foreign_folders_are_one_line(results: Results, tmp_path: Path, damage: str) -> None:
    run = tmp_path / "run"
    results.save(run)
    file = run / "run.json"
    plain = json.loads(file.read_text(encoding="utf-8"))
    if damage == "nothing":
        file.unlink()
    elif damage == "no folder":
        run = tmp_path / "nowhere"
    elif damage == "truncated":
        file.write_text(file.read_text(encoding="utf-8")[:500], encoding="utf-8")
    elif damage == "no table":
        (run / "totals_tools.parquet").write_bytes(b"PAR1")
    else:
        changes = {
            "version": {"twin_run": "one"},
            "newer": {"twin_run": 99},
            "no key": {"clock": {}},
            "line": {"document": {"twin": 1}},
        }
        file.write_text(json.dumps(plain | changes[damage]), encoding="utf-8")
    with pytest.raises(ResultsError) as told:
        Results.load(run)
    assert "\n" not in str(told.value)
    assert str(run) in str(told.value)


def test_a_folder_with_a_record_and_something_else_is_left_alone(results: Results, tmp_path: Path) -> None:
    results.save(tmp_path / "run")
    results.save(tmp_path / "run")  # an earlier run is replaced
    (tmp_path / "run" / "notes.txt").write_text("mine")
    with pytest.raises(ResultsError, match=r"'notes\.txt', which no twin run wrote"):
        results.save(tmp_path / "run")
    assert (tmp_path / "run" / "notes.txt").read_text() == "mine"
