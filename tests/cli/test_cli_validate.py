"""`twin validate`: a short run of the published fab, and data that is not as it should be."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from twin.study.smt2020 import published_figures

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def reference(shared: Path, tmp_path: Path) -> Path:
    """A folder of the high-volume fab alone, to spoil."""
    folder = tmp_path / "data" / "smt2020"
    for name in ("SMT2020_HVLM", "reference_smt2020"):
        shutil.copytree(shared / "smt2020" / name, folder / name)
    return folder


def test_a_short_run_is_compared_where_it_can_be(shared: Path, call: Call) -> None:
    """Three days: no lot has come out that could be compared; toolgroups are, and some must be outside by chance."""
    asked = ("validate", "smt2020", "--data", shared, "--model", "hvlm", "--days", "3", "--replications", "2")
    code, out, _ = call(*asked, "--json", "--strict")
    plain = json.loads(out)
    hvlm = plain["models"]["hvlm"]
    assert list(plain["models"]) == ["hvlm"] and (plain["days"], plain["replications"]) == (3, 2)
    assert [row["name"] for row in hvlm["lot types"]] == ["Lot_3", "Lot_4", "HotLot_3", "HotLot_4"]
    assert all(row["inside"] is None for row in hvlm["lot types"])
    assert len(hvlm["toolgroups"]) == 105
    assert any("3 days" in note for note in hvlm["notes"])
    start, _, end = hvlm["lots in the line"][0]["figures"]
    assert start["measured"]["mean"] == 2255 - 3  # three super hot lots are of a type that was not published
    assert end["published"] is None
    assert plain["outside"] > 0 and code == 1
    assert plain["inside"] + plain["outside"] == 105


def test_what_was_published_is_what_is_compared(shared: Path) -> None:
    """Figures of the published files, among them the row whose name lacks a letter."""
    published = published_figures(shared, "lvhm")
    assert published.lots["Lot_6"] == {"th": 3903.55, "act": 29.31, "on_time": 68.67}
    assert published.toolgroups["LithoTrack_FE_115"]["util"] == 95.89
    assert len(published.toolgroups) == 105 and len(published.lots) == 20


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("reference_smt2020/lots_SMT2020_HVLM.txt", "lots_SMT2020_HVLM.txt: the table is missing"),
        ("SMT2020_HVLM/order.txt", "order.txt: the table is missing"),
        ("SMT2020_HVLM/WIP.txt", "WIP.txt: the table is missing"),
        ("SMT2020_HVLM", "SMT2020_HVLM: no such folder"),
    ],
)
def test_missing_tables_are_told(reference: Path, call: Call, spoil: str, told: str) -> None:
    spoilt = reference / spoil
    shutil.rmtree(spoilt) if spoilt.is_dir() else spoilt.unlink()
    code, out, err = call("validate", "smt2020", "--data", reference, "--model", "hvlm")
    assert code == 2 and told in err and not out
    assert len(err.strip().splitlines()) == 1


def test_a_published_table_with_a_wrong_figure_or_name_is_told_with_its_place(reference: Path, call: Call) -> None:
    lots = reference / "reference_smt2020" / "lots_SMT2020_HVLM.txt"
    lots.write_text(lots.read_text().replace("19577.20", "many"))
    code, _, err = call("validate", "smt2020", "--data", reference.parent, "--model", "hvlm")
    assert code == 2 and "lots_SMT2020_HVLM.txt:3:1: 'Lot_4 many 28.38 90.20' is not a name and 3 numbers" in err
    lots.write_text(lots.read_text().replace("many", "19577.20").replace("HotLot_4", "HottLot_4"))
    code, _, err = call("validate", "smt2020", "--data", reference.parent, "--model", "hvlm")
    assert code == 2 and "no lot type 'HottLot_4' in the tables; did you mean 'HotLot_4'?" in err


def test_references_and_folders_that_are_not_there(tmp_path: Path, call: Call) -> None:
    code, _, err = call("validate", "smt2002", "--data", tmp_path)
    assert code == 2 and "'smt2002' is not known; did you mean 'smt2020'?" in err
    code, _, err = call("validate", "smt2020", "--data", tmp_path / "nowhere")
    assert code == 2 and "no such folder" in err and "reference_smt2020" in err
