"""The commands that exchange lines: export tables, import stations, and every command on tables."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from twin.cli import app

Call = Callable[..., tuple[int, str, str]]
SHORT = ("--horizon", "20 h", "--warmup", "1 h", "--replications", "2", "--json")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command in this process, in a folder of its own: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            app([str(word) for word in words], prog_name="twin")
        told = capsys.readouterr()
        return ended.value.code if isinstance(ended.value.code, int) else 0, told.out, told.err

    return run


def figures(text: str) -> dict[str, object]:
    """The figures of a run, without its name and how long it took."""
    found = json.loads(text)
    return {key: value for key, value in found.items() if key not in {"model", "wall_s", "compile_s", "timing"}}


def test_tables_run_as_the_document_does(call: Call) -> None:
    """To the tick: the same figures from the document, from the workbook and from the folder."""
    code, out, err = call("export", "tables", "mini_fab", "-o", "fab.xlsx")
    assert code == 0 and not err
    assert out.startswith("fab.xlsx written; rows: line 9, toolgroups 3, failures 1, pm 3, setups 12, products 3")
    assert call("export", "tables", "mini_fab", "-o", "fab")[0] == 0
    code, said, _ = call("run", "mini_fab", *SHORT)
    assert code == 0
    for model in ("fab.xlsx", "fab"):
        code, out, _ = call("run", model, *SHORT)
        assert code == 0 and json.loads(out)["model"] == model
        assert figures(out) == figures(said)


def test_a_changed_cell_runs_as_the_matching_set(call: Call) -> None:
    call("export", "tables", "mini_fab", "-o", "fab.xlsx")
    book = load_workbook("fab.xlsx")
    assert book["toolgroups"]["A4"].value == "litho" and book["toolgroups"]["B1"].value == "tools"
    book["toolgroups"]["B4"] = 2
    book.save("more.xlsx")
    changed = call("run", "more.xlsx", *SHORT)[1]
    assert figures(changed) == figures(call("run", "fab.xlsx", *SHORT, "--set", "toolgroups.litho.tools=2")[1])
    assert figures(changed) != figures(call("run", "fab.xlsx", *SHORT)[1])
    call("export", "tables", "fab.xlsx", "--set", "toolgroups.litho.tools=2", "-o", "set.xlsx")
    assert load_workbook("set.xlsx")["toolgroups"]["B4"].value == 2


@pytest.mark.parametrize("words", [("check",), ("capacity",), ("export", "tables", "-o", "again.xlsx")])
def test_every_command_takes_tables(call: Call, words: tuple[str, ...]) -> None:
    for out in ("line.xlsx", "line"):
        assert call("export", "tables", "two_stage", "-o", out)[0] == 0
        code, said, err = call(*words, out, *(["--force"] if "export" in words else []))
        assert code == 0 and said and not err


def test_faults_of_tables_end_in_code_2(call: Call) -> None:
    call("export", "tables", "two_stage", "-o", "line.xlsx")
    book = load_workbook("line.xlsx")
    book["routes"]["C3"], book["toolgroups"]["B2"] = "pant", "many"
    book.save("line.xlsx")
    for words in (("check",), ("run",), ("capacity",), ("export", "tables", "-o", "other.xlsx")):
        code, out, err = call(*words, "line.xlsx")
        assert code == 2 and not out
        assert [line.split(": ")[:2] for line in err.splitlines()] == [
            ["line.xlsx", "toolgroups!B2"],
            ["line.xlsx", "routes!C3"],
        ]
    assert not Path("other.xlsx").exists()


def test_nothing_is_replaced_unasked(call: Call) -> None:
    Path("line.xlsx").write_text("mine")
    code, out, err = call("export", "tables", "two_stage", "-o", "line.xlsx")
    assert code == 2 and not out and "replace it with --force" in err and Path("line.xlsx").read_text() == "mine"
    assert call("export", "tables", "two_stage", "-o", "line.xlsx", "--force")[0] == 0
    assert call("check", "line.xlsx")[0] == 0
    assert call("export", "tables", "two_stage", "-o", "line.csv")[0] == 2
    assert call("export", "tables", "nosuch", "-o", "new.xlsx")[0] == 2 and not Path("new.xlsx").exists()


def test_a_station_list_becomes_a_line_that_runs(call: Call) -> None:
    head = "Station;Taktzeit [s];Verfügbarkeit [%];MTTR [min];Puffer\n"
    rows = (f"OP{10 * i};{44 + i % 9},5;{95 + i % 4};{3 + i % 3};{i % 4 + 1}\n" for i in range(1, 61))
    Path("stations.csv").write_text(head + "".join(rows), encoding="cp1252")
    code, out, err = call("import", "stations", "stations.csv", "-o", "line.yaml")
    assert code == 0 and not err
    assert "read     60 stations: 'Station' as name, 'Taktzeit [s]' as cycle time" in out and "assumed" in out
    code, out, _ = call("check", "line.yaml")
    assert code == 0 and "60 toolgroups, 60 tools; 1 product, 1 route, 60 steps" in out
    code, out, _ = call("run", "line.yaml", *SHORT)
    assert code == 0 and json.loads(out)
    code, out, err = call("import", "stations", "stations.csv", "-o", "line.yaml")
    assert code == 2 and not out and "is there already" in err
    assert call("import", "stations", "stations.csv", "-o", "line.yaml", "--force")[0] == 0


def test_faults_of_a_station_list_end_in_code_2(call: Call) -> None:
    Path("stations.csv").write_text("Station,CT,buffer\nA1,50,1\nA1,51,x\n")
    code, out, err = call("import", "stations", "stations.csv", "-o", "line.yaml")
    assert code == 2 and not out and not Path("line.yaml").exists()
    assert [line.split(": ")[0] for line in err.splitlines() if line.startswith("stations.csv:")] == [
        "stations.csv:1:9", "stations.csv:3:1", "stations.csv:3:7",
    ]  # fmt: skip


def test_openpyxl_is_loaded_for_workbooks_alone() -> None:
    code = (
        "import sys; from twin.line import read; read('two_stage'); import twin.cli; "
        "print({'openpyxl', 'pandas', 'numpy'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


SHOP = "2\n1\n1 2;G1\n10;b;2 5\n" + (
    "1\nmachineName\nOVEN\n2\nmachineName\nION\nsetup\n2\nDEF_SETUP x 7\nG1 6 x\n"
)


def test_a_shop_model_becomes_a_line_that_checks_clean(call: Call, tmp_path: Path) -> None:
    (tmp_path / "shop.txt").write_text(SHOP, encoding="utf-8")
    options = ("--starts", "40", "--batch-min", "100%", "--rule", "atcs, fasfs", "--atcs", "k1: 2, due: lot")
    code, out, err = call("import", "jasima", "shop.txt", "-o", "shop.yaml", *options)
    assert (code, err) == (0, "") and "2 toolgroups, 2 tools, 1 routes, 2 steps, 2 setup changes" in out
    code, out, _ = call("check", "shop.yaml")
    assert code == 0 and "note" not in out
    code, out, _ = call("run", "shop.yaml", "--horizon", "40 d", "--warmup", "4 d", "--replications", "2")
    assert code == 0 and "Due dates" in out and "mean tardiness" in out and "weight x" in out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--starts", "40,50"), "--starts: 2 rates for 1 routes"),
        (("--starts", "many"), "--starts many: 'many' is no rate; write lots a day"),
        (("--due", "flow_factor: {uniform: [2"), "--due flow_factor: {uniform: [2:"),
        (("--weight", "0"), "products.route_1.weight: needs a whole number of at least 1, not 0"),
        (("--batch-min", "200%"), "batch.min: a share lies between 0 and 1"),
        (("--rule", "atc"), "unknown rule 'atc'; did you mean 'atcs'?"),
        (("--atcs", "k3: 1"), "toolgroups.OVEN.atcs.k3: unknown key 'k3'"),
    ],
)
def test_a_shop_model_whose_options_are_wrong_is_refused(
    call: Call, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    (tmp_path / "shop.txt").write_text(SHOP, encoding="utf-8")
    code, out, err = call("import", "jasima", "shop.txt", "-o", "shop.yaml", *options)
    assert (code, out) == (2, "") and words in err and "Traceback" not in err
    assert [file.name for file in tmp_path.iterdir()] == ["shop.txt"]
