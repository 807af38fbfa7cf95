"""A line as a folder of CSV files: told by file, line and column; what Excel makes of CSV is understood or asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from table_lines import refusal, sound

from twin.line import Line, LineError, read
from twin.line.sheets_csv import csv_grid
from twin.line.sheets_export import export_tables

Edit = Callable[[Path], object]


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """The sound line, its tables in a folder `d`, in a folder to be in."""
    monkeypatch.chdir(tmp_path)
    line = sound(tmp_path)
    export_tables(line, Path("d"))
    return line


def put(file: str, old: str, new: str) -> Edit:
    """A change of one file."""

    def edit(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


@pytest.mark.parametrize(
    ("edit", "place", "words"),
    [
        (put("routes.csv", "3000", "abc"), "d/routes.csv:3:16: routes.main.bake.time", "'abc' is no time"),
        (put("routes.csv", "time [s]", "time"), "d/routes.csv:1:22", "3 numbers without a unit; name it here"),
        (put("routes.csv", "test,120", "tst,120"), "d/routes.csv:5:12: routes.main.check.toolgroup", "'test'?"),
        (put("routes.csv", ",,B,,,\n", "\n"), "d/routes.csv:5:1", "was the file cut short?"),
        (put("routes.csv", "3000", "uniform: [1 min, 2 min]"), "d/routes.csv:3:1", "commas in quotes"),
        (put("routes.csv", "3000", '"gamma: [1 min, 2 s"'), "d/routes.csv:3:16", "was it cut short?"),
        (put("routes.csv", "3000", "a: b: c"), "d/routes.csv:3:16", "brackets, commas and quotes in their places?"),
        (put("rework.csv", "0.01", "0,01"), "d/rework.csv:2:1", "the row has 5 cells and the header 4"),
        (put("wip.csv", "bake", "bak"), "d/wip.csv:2:11: wip.0.step", "did you mean 'bake'?"),
        (put("line.csv", "30 d", "30 dd"), "d/line.csv:6:13: run.horizon", "did you mean 'd'?"),
        (lambda d: (d / "routes.csv").unlink(), "d", "the sheet 'routes' is missing"),
        (lambda d: (d / "pm.csv").write_text(""), "d/pm.csv:1:1", "the file is empty; its first line names"),
        (lambda d: (d / "pm.csv").write_bytes(b"toolgroup,takes\n\xfc,1 h\n"), "d/pm.csv", "save it as 'CSV UTF-8'"),
        (lambda d: (d / "pm.csv").write_bytes(b"PK\x03\x04\0\0"), "d/pm.csv", "save it as 'CSV UTF-8'"),
        (lambda d: (d / "zeiten.csv").write_text("a,b\n1,2\n"), "d/zeiten.csv:1:1", "unknown sheet 'zeiten'"),
        (lambda d: (d / "routes.csv").rename(d / "rutes.csv"), "d/rutes.csv:1:1", "did you mean 'routes'?"),
    ],
)
def test_a_fault_is_told_once_with_file_line_and_column(line: Line, edit: Edit, place: str, words: str) -> None:
    edit(Path("d"))
    told = [text for text in refusal(Path("d")).splitlines() if text.startswith(("d/", "d:"))]
    assert len(told) == 1 and told[0].startswith(f"{place}: ") and words in told[0], told


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: (d / "notes.txt").write_text("anything"),
        lambda d: (d / "#old.csv").write_text("anything,at all\n"),
        lambda d: (d / "words.csv").unlink(),
        put("routes.csv", "main,bake,", "# the oven,,,,,,,,,\nmain,bake,"),
        put("routes.csv", "main,bake,", "\n,,,,,,,,,\nmain,bake,"),
        lambda d: [file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes()) for file in d.iterdir()],
        lambda d: [file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n")) for file in d.iterdir()],
        lambda d: [file.write_text(file.read_text().replace(",", ";").replace("0.01", "0,01")) for file in
                   (d / "rework.csv", d / "queue_limit.csv")],
        lambda d: (d / "wip.csv").write_text((d / "wip.csv").read_text().replace(",", "\t")),
    ],
)  # fmt: skip
def test_what_excel_and_people_do_to_csv_does_no_harm(line: Line, edit: Edit) -> None:
    edit(Path("d"))
    assert read("d") == line


def test_a_law_may_name_a_file_or_the_sheet_of_times(line: Line) -> None:
    times = "press [s],door\n61,1 min\n62,\n63,\n"
    for name, law in (("zeiten.csv", "file: zeiten.csv, column: press"), ("times.csv", "sheet: times, column: press")):
        export_tables(line, Path(name.removesuffix(".csv")))
        folder = Path(name.removesuffix(".csv"))
        (folder / name).write_text(times if "sheet" in law else "press [s]\n61\n62\n63\n")
        put("routes.csv", "oven,300,", f'oven,"empirical: {{{law}}}",')(folder)
        assert read(folder).routes["main"][2].time.values == (61.0, 62.0, 63.0)


@pytest.mark.parametrize(
    ("times", "law", "place", "words"),
    [
        ("a [s]\n1\nx\n", "sheet: times, column: a", "times.csv:3:1", "'x' is no time"),
        ("a [s],b [s]\n1,1\n,2\n3,3\n", "sheet: times, column: a", "times.csv:3:1", "the cell is empty"),
        ("a\n1\n2\n", "sheet: times, column: a", "times.csv:1:1", "numbers without a unit; name it here: 'a [s]'"),
        ("a [sek]\n1\n", "sheet: times, column: a", "times.csv:1:1", "unknown time unit 'sek'"),
        ("a [s],a [s]\n1,1\n", "sheet: times, column: a", "times.csv:1:7", "stands twice"),
        ("a [s]\n-1\n", "sheet: times, column: a", "times.csv:2:1", "cannot be negative"),
        ("a [s]\n1\n", "sheet: times, column: aa", "routes.csv:4:18", "has no column 'aa'; did you mean 'a'?"),
        ("a [s]\n1\n", "sheet: tims, column: a", "routes.csv:4:18", "measured times stand in the sheet 'times'"),
        ("a [s]\n1\n", "sheet: times", "routes.csv:4:18", "needs a column"),
        ("a [s],b [s]\n1,\n", "sheet: times, column: b", "routes.csv:4:18", "holds no time"),
    ],
)
def test_faults_of_measured_times(line: Line, times: str, law: str, place: str, words: str) -> None:
    Path("d/times.csv").write_text(times)
    put("routes.csv", "oven,300,", f'oven,"empirical: {{{law}}}",')(Path("d"))
    told = [text for text in refusal(Path("d")).splitlines() if text.startswith("d/")]
    assert len(told) == 1 and told[0].startswith(f"d/{place}: ") and words in told[0], told


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a;b\n1,5;x\n", ["1.5", "x"]),
        ("a;b\n1,500;2,25\n", ["1.500", "2.25"]),  # beside 2,25 there is one way to read it
        ('a,b\n"1,5 min",x\n', ["1.5 min", "x"]),
        ("a;b\n10.1;47,5\n", ["10.1", "47.5"]),  # a name beside a number
        ("a\tb\n1.500\t2.25\n", ["1.500", "2.25"]),
        ("a,b\n1.500,x\n", ["1.500", "x"]),
        ("a;b\n0.125;x\n", ["0.125", "x"]),
    ],
)
def test_decimal_commas(tmp_path: Path, text: str, cells: list[str]) -> None:
    (tmp_path / "t.csv").write_text(text)
    assert csv_grid(tmp_path / "t.csv").rows[1] == cells


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a;b\n1,500;x\n2,700;x\n", "t.csv:2:1: '1,500' may be 1500 or 1 and a fraction"),
        ("a;b\n1.500;x\n2.700;x\n", "t.csv:2:1: '1.500' may be 1500"),
        ("a;b\n1.500;2,5\n2.700;3,5\n", "t.csv:2:1: '1.500' may be 1500"),
        ("a;b\n1,5;x\n2.5;x\n", "is the comma or the point the decimal sign?"),
    ],
)
def test_numbers_that_can_be_read_in_two_ways_are_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(LineError) as caught:
        csv_grid(tmp_path / "t.csv")
    assert words in str(caught.value)


def test_a_folder_and_a_file_are_told_apart(line: Line) -> None:
    assert read("d") == line == read(Path("d"))
    Path("d.yaml").write_text("line: other\n")
    assert read("d") == line  # what there is goes before what a suffix would make of it
    with pytest.raises(LineError, match="a line is a folder of such files"):
        read("d/routes.csv")
    Path("e").mkdir()
    with pytest.raises(LineError, match=r"is a folder without tables such as routes.csv"):
        read("e")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tables.csv", "a workbook, FILE.xlsx, or a folder"),
        ("tables.ods", "a workbook, FILE.xlsx, or a folder"),
        ("nowhere/tables.xlsx", "there is no folder nowhere"),
        ("there.xlsx", "is there already; choose another name, or replace it with --force"),
        ("folder.xlsx", "is a folder; choose another name"),
        ("file", "is a file; name a folder"),
        ("d", "holds tables already"),
        ("mine", "holds 'notes.txt', which is no table and would be lost"),
    ],
)
def test_nothing_is_overwritten_unasked(line: Line, name: str, words: str) -> None:
    for folder in ("mine", "folder.xlsx"):
        Path(folder).mkdir()
    for file in ("there.xlsx", "file", "mine/notes.txt", "mine/routes.csv"):
        Path(file).write_text("mine")
    before = sorted(Path().rglob("*"))
    with pytest.raises(LineError, match=words.replace("(", r"\(")):
        export_tables(line, Path(name))
    if words.startswith(("is a f", "holds 'notes")):
        with pytest.raises(LineError):
            export_tables(line, Path(name), force=True)
    assert sorted(Path().rglob("*")) == before and Path("mine/notes.txt").read_text() == "mine"


def test_force_replaces_tables_whole(line: Line) -> None:
    Path("d/pm.csv").write_text("mine")
    Path("old.xlsx").write_text("mine")
    smaller = Line.from_document({**line.to_document(), "wip": []})
    export_tables(smaller, Path("d"), force=True)
    export_tables(smaller, Path("old.xlsx"), force=True)
    assert read("d") == smaller == read("old.xlsx") and not Path("d/wip.csv").exists()
    assert not [file for file in Path().iterdir() if file.name.startswith(".")]


def test_what_a_workbook_cannot_hold_is_refused_and_a_folder_takes_it(line: Line) -> None:
    long = line.model_copy(update={"about": "x" * 40_000})
    with pytest.raises(LineError, match="longer than a cell of a workbook; write a folder of CSV files, -o DIR"):
        export_tables(long, Path("long.xlsx"))
    assert not Path("long.xlsx").exists()
    export_tables(long, Path("long"))
    assert read("long") == long
