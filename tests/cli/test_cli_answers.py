"""`twin history`, `twin gantt`, `twin curve` and `twin capacity --starts`, from the document to tables and pictures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

import twin

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short run of the oven."""
    folder = tmp_path_factory.mktemp("answers") / "run"
    twin.simulate("learn/oven", horizon="3 d", warmup="1 d", replications=2).save(folder)
    return folder


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height of a picture [px]."""
    with Image.open(picture) as opened:
        return opened.size


def test_history_as_text_json_and_table(call: Call, saved: Path, tmp_path: Path) -> None:
    code, out, err = call("history", saved, "--worst", 3, "--replication", 2, "--json")
    lots = json.loads(out)["lots"]
    assert code == 0 and not err and len(lots) == 3
    name = lots[0]["lot"]
    code, out, _ = call("history", saved, "--lot", name, "--replication", 2, "--out", tmp_path / "lot.csv")
    assert code == 0 and out.startswith(f"{name}, replication 2 of ") and "together" in out
    table = pd.read_csv(tmp_path / "lot.csv")
    code, out, err = call("history", saved, "--lot", name, "--replication", 2, "--json")
    found = json.loads(out)
    assert code == 0 and not err
    assert found["cycle_s"] == lots[0]["cycle_s"] == pytest.approx(sum(found["times"].values()))
    assert len(found["visits"]) == len(table) >= 3
    assert table["wait_s"].sum() == pytest.approx(found["times"]["wait_s"])
    last = call("history", saved, "--worst", 2)[1].splitlines()[-1]
    assert last.startswith(f"Look at one with: twin history {saved}")


def test_gantt_as_text_json_table_and_picture(call: Call, saved: Path, tmp_path: Path) -> None:
    files = ["--out", tmp_path / "g.parquet", "--image", tmp_path / "g.png"]
    code, out, err = call("gantt", saved, "--toolgroup", "press", *files)
    assert code == 0 and not err and "bars in" in out and "Picture in" in out
    table = pd.read_parquet(tmp_path / "g.parquet")
    seconds = table.assign(length=table["end_s"] - table["start_s"]).groupby("tool")["length"].sum()
    assert seconds.to_dict() == pytest.approx({"press/1": 2 * 86_400, "press/2": 2 * 86_400})
    assert size_of(tmp_path / "g.png")[0] == 2400
    code, out, err = call("gantt", saved, "--toolgroup", "press", "--from", "30 h", "--to", "1.5 d", "--json")
    found = json.loads(out)
    assert code == 0 and not err and (found["from_s"], found["to_s"]) == (108_000, 129_600)
    assert sum(found["totals_s"]["press/1"].values()) == pytest.approx(21_600)


def test_curve_as_text_json_table_and_picture(call: Call, tmp_path: Path) -> None:
    asked = ["curve", "learn/oven", "--from", "80 %", "--to", "1", "--points", 3, "--horizon", "10d", "--warmup", "1d"]
    files = ["--out", tmp_path / "c.csv", "--image", tmp_path / "c.png"]
    code, out, err = call(*asked, "--replications", 2, *files)
    assert code == 0 and not err
    assert out.startswith("learn/oven: operating curve over the releases of every product")
    table = pd.read_csv(tmp_path / "c.csv")
    assert table["factor"].unique().tolist() == [0.8, 0.9, 1.0] and len(table) == 9
    assert size_of(tmp_path / "c.png") == (2400, 1250)
    code, out, _ = call(*asked, "--replications", 2, "--json")
    points = json.loads(out)["points"]
    assert code == 0 and points[2]["products"]["small"]["x_factor"]["mean"] == pytest.approx(
        table[(table["factor"] == 1.0) & (table["product"] == "small")]["x_factor_mean"].item()
    )


def test_capacity_with_growth(call: Call) -> None:
    code, out, err = call("capacity", "learn/oven", "--starts", "1.5", "--mix", "small=2")
    assert code == 0 and not err
    assert "(3 times)" in out and "(1.5 times)" in out and "lacking" in out
    code, out, _ = call("capacity", "learn/oven", "--mix", "small=2", "--json")
    assert code == 0 and json.loads(out)["lacking"]["oven"]["lacking"] >= 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["history", "{run}"], "write which lot, such as --lot Pa-12, or --worst 5"),
        (["history", "{run}", "--lot", "smal-1"], "the line makes no product 'smal'; did you mean 'small'?"),
        (["history", "{run}", "--lot", "small-1", "--out", "lot.xls"], "a table's name ends in one of .csv, .parquet"),
        (["history", "{run}", "--lot", "small-1", "--out", "no/lot.csv"], "there is no folder no"),
        (["history", "learn/oven", "--lot", "small-1"], "make one with: twin run learn/oven --out DIR"),
        (["history", "{folder}", "--lot", "small-1"], "is no twin run"),
        (["history", "{run}", "--worst", "3", "--replication", "7"], "replication 7: the run has 1 to 2"),
        (["gantt", "{run}", "--toolgroup", "pres"], "the line has no toolgroup 'pres'; did you mean 'press'?"),
        (["gantt", "{run}", "--toolgroup", "press", "--from", "4 d"], "write two times of the run in order"),
        (["gantt", "{run}", "--toolgroup", "press", "--image", "g.txt"], "a picture's name ends in"),
        (["curve", "learn/two_stage"], "body: a lot is always ready"),
        (["curve", "learn/mm1", "--to", "105"], "for per cent write '105 %'"),
        (["capacity", "learn/oven", "--mix", "small"], "--mix small: write PRODUCT=FACTOR"),
        (["capacity", "learn/oven", "--mix", "small=1", "--mix", "small=2"], "small is given twice"),
        (["capacity", "learn/oven", "--starts", "x"], "starts x: is no factor"),
    ],
)
def test_bad_input_is_one_line(call: Call, saved: Path, tmp_path: Path, words: list[str], said: str) -> None:
    before = sorted(tmp_path.iterdir())
    code, out, err = call(*(word.format(run=saved, folder=tmp_path) for word in words))
    assert code == 2 and not out
    assert said in err and len(err.strip().splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_comparison_is_no_run(call: Call, tmp_path: Path) -> None:
    twin.compare(
        "learn/mm1", {"slow": {"routes.main.press.time": "1.1 min"}}, horizon="6 h", warmup=0, replications=1
    ).save(tmp_path / "both")  # fmt: skip
    code, _, err = call("gantt", tmp_path / "both", "--toolgroup", "press")
    assert code == 2 and "is a comparison; give one of its runs, such as" in err
    assert call("gantt", tmp_path / "both" / "slow", "--toolgroup", "press")[0] == 0
