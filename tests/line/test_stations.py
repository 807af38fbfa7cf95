"""Station lists: what plants write becomes a line, what cannot be told is asked, what is assumed is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from twin.line import Line, LineError, read
from twin.line.stations import StationsReport, import_stations

HEAD = "Station,cycle time [s],availability [%],MTTR [min],buffer\n"
LIST = HEAD + "OP10,50,96,5,0\nOP20,52.5,100,,2\nOP30,49,97.5,4.5,8\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def imported(text: str | bytes, name: str = "list.csv") -> tuple[Line, StationsReport]:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    report = import_stations(Path(name), Path("line.yaml"), force=True)
    return read("line.yaml"), report


def refused(text: str) -> list[str]:
    """The places and words of the faults of a list; nothing is written."""
    Path("list.csv").write_text(text, encoding="utf-8")
    with pytest.raises(LineError) as caught:
        import_stations(Path("list.csv"), Path("line.yaml"))
    assert not Path("line.yaml").exists()
    return [line for line in str(caught.value).splitlines() if line.startswith("list.csv")]


def test_a_list_becomes_a_line() -> None:
    line, report = imported(LIST)
    assert list(line.toolgroups) == ["OP10", "OP20", "OP30"] == [step.step for step in line.routes["main"]]
    op10, op20, op30 = line.toolgroups.values()
    assert (op10.buffer, op20.buffer, op30.buffer) == (0, 2, 8)
    (failure,) = op10.failures
    assert failure.clock == "operating" and failure.mttr.kind == failure.mtbf.kind == "exponential"
    assert failure.mttr.mean == 300 and failure.mtbf.mean == pytest.approx(0.96 / 0.04 * 300)
    assert not op20.failures and op30.failures[0].mttr.mean == 270
    assert [step.time.mean for step in line.routes["main"]] == [50, 52.5, 49]
    assert line.products["part"].release.kind == "saturated"
    assert line.run.horizon == 10 * line.run.warmup >= 864_000 and line.run.replications == 8
    told, head = str(report), Path("line.yaml").read_text()
    assert "read     3 stations: 'Station' as name, 'cycle time [s]' as cycle time" in told
    for words in ("exponential", "clock: operating", "saturated", "places in front", "8 replications"):
        assert words in told and words in " ".join(head.replace("#", " ").split())


def test_sixty_stations() -> None:
    rows = "".join(f"OP{10 * i},{44 + i % 11},{95 + i % 4},{3 + i % 3},{i % 9}\n" for i in range(1, 61))
    line, _ = imported(HEAD + rows)
    assert len(line.toolgroups) == 60 and all(group.failures for group in line.toolgroups.values())


def changed(text: str, *changes: tuple[str, str]) -> bytes:
    for old, new in changes:
        text = text.replace(old, new)
    return text.encode()


GERMAN = "Nr;Station;Taktzeit [s];Verfügbarkeit [%];MTTR in min;Puffer;Bereich\n1;OP10;50,0;96;5;0;Rohbau\n" \
    "2;OP20;52,5;100;;2;Rohbau\n3;OP30;49;97,5;4,5;8;Finish\n"  # fmt: skip


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (LIST.encode(), None),
        (changed(LIST, (",", ";"), ("52.5", "52,5"), ("97.5", "97,5"), ("4.5", "4,5")), None),
        (LIST.replace(",", "\t").encode(), None),
        (GERMAN.encode(), "numbers have decimal commas"),
        (GERMAN.encode("cp1252"), "the text is Windows-1252"),
        (b"\xef\xbb\xbf" + LIST.replace("\n", "\r\n").encode(), None),
        (changed(LIST, ("[%]", ""), ("96", "0.96"), ("100", "1"), ("97.5", "0.975")), None),
        (LIST.replace(" [%]", "").encode(), "'availability' is in per cent"),
        (changed(LIST, (" [%]", ""), ("96", "96 %"), ("100", "100%"), ("97.5", "97.5 %")), None),
        (changed(LIST, (" [s]", ""), ("50", "50 s"), ("52.5", "0.875 min"), ("49", "49 s")), None),
        (b"Hall 3,,,,\n\n" + LIST.encode() + b"\n# the end\n", "row 3 names the columns"),
        (changed(LIST, ("Station", "NAME"), ("cycle time [s]", "CT (s)"), ("buffer", "Buffer size")), None),
    ],
)  # fmt: skip
def test_the_same_list_as_plants_write_it(text: bytes, note: str | None) -> None:
    expected, _ = imported(LIST)
    line, report = imported(text)
    for name, group in expected.toolgroups.items():
        ours = line.toolgroups[name]
        assert (ours.failures, ours.buffer, ours.tools) == (group.failures, group.buffer, group.tools)
    assert line.routes == expected.routes and line.run == expected.run
    assert note is None or any(told.startswith(note) for told in report.found.notes)


def book(name: str, **pages: list[list[object]]) -> Path:
    made = Workbook()
    made.remove(made.active)
    for title, rows in pages.items():
        page = made.create_sheet(title)
        for row in rows:
            page.append(row)
    for page in made.worksheets:
        for cells in page.iter_rows():
            for cell in cells:
                if isinstance(cell.value, float) and cell.value < 1:
                    cell.number_format = "0.0%"
    made.save(name)
    return Path(name)


def test_a_workbook() -> None:
    expected, _ = imported(LIST)
    rows: list[list[object]] = [["OP10", 50, 0.96, 5, 0], ["OP20", 52.5, 1, None, 2], ["OP30", 49, 0.975, 4.5, 8]]
    head: list[object] = ["Station", "CT [s]", "Avail", "MTTR [min]", "Buffer"]
    for pages in ({"A": [["list"], [], head, *rows], "B": [["anything"]]}, {"Empty": [], "A": [head, *rows]}):
        import_stations(book("list.xlsx", **pages), Path("line.yaml"), force=True)
        line = read("line.yaml")
        assert line.toolgroups == expected.toolgroups and line.routes == expected.routes
    path = book("list.xlsx", A=[head, *rows], B=[head, rows[0]])
    with pytest.raises(LineError, match="the sheets 'A', 'B' all hold a list of stations; choose one with --sheet"):
        import_stations(path, Path("line.yaml"), force=True)
    assert len(import_stations(path, Path("line.yaml"), sheet="B", force=True).found.stations) == 1
    with pytest.raises(LineError, match="has no sheet 'C'"):
        import_stations(path, Path("line.yaml"), sheet="C", force=True)
    rows[1][1] = "=A1"
    with pytest.raises(LineError, match=r"^list.xlsx: A!B3: CT \[s\]: the formula has no stored result"):
        import_stations(book("list.xlsx", A=[head, *rows]), Path("line.yaml"), force=True)


def test_more_columns() -> None:
    head = "Station,CT [s],buffer,MTBF [h],MTTR [min],clock,machines,area,remark\n"
    line, report = imported(head + "A1,50,0,10,5,Calendar,2,hall,x\nB1,40,unlimited,,,,,,\n")
    first, second = line.toolgroups.values()
    assert first.tools == 2 and first.area == "hall" and second.buffer is None
    assert first.failures[0].clock == "calendar" and first.failures[0].mtbf.mean == 36_000
    assert report.found.others == ["remark"] and "not read remark" in str(report)


def test_names_that_yaml_reads_otherwise() -> None:
    line, _ = imported('Station,CT [s],buffer\nno,5,1\n12,5,1\n"a: b",5,1\n"x ""y""",5,1\n1.1,5,2\nÖl,5,0\n')
    assert list(line.toolgroups) == ["no", "12", "a: b", 'x "y"', "1.1", "Öl"]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["1:1: the file is empty"]),
        (HEAD, ["1:1: there are no stations below the header"]),
        ("a,b\n1,2\n",
         ["1:1: no column says the name", "1:1: no column says the cycle time", "1:1: no column says the buffer"]),
        (LIST.replace(" [s]", "").replace(" [min]", ""),
         ["1:9: 3 numbers without a unit; name it in the header: 'cycle time [s]'", "1:37: 2 numbers"]),
        (LIST.replace(" [s]", " [sek]"), ["1:9: 'sek' is no unit of the cycle time"]),
        (LIST.replace("[%]", "[s]"), ["1:24: 's' is no unit of the availability; write 'availability [%]'"]),
        (LIST.replace(",50,", ",fifty,").replace("OP20", "OP10"),
         ["2:6: cycle time [s]: 'fifty' is no time", "3:1: station 'OP10' stands twice, first in list.csv:2"]),
        (LIST.replace(",50,", ",-50,").replace(",49,", ",0,"),
         ["2:6: cycle time [s]: needs a time above 0", "4:6: cycle time"]),
        (LIST.replace(",50,", ",,"), ["2:6: the cycle time is blank"]),
        (LIST.replace("OP20", ""), ["3:1: the name is blank"]),
        (LIST.replace(",8\n", ",\n"), ["4:18: the buffer is blank; write 0 for none"]),
        (LIST.replace(",8\n", ",2.5\n"), ["4:18: buffer: needs a number of places"]),
        (LIST.replace("96,5", "96,"), ["2:12: a station that fails needs an MTTR; write one, or 100 %"]),
        (LIST.replace("96,5", ",5"), ["2:9: the availability is blank beside an MTTR"]),
        (LIST.replace("96", "0"), ["2:9: availability [%]: a station that is never up makes nothing"]),
        (LIST.replace("96", "110"), ["2:9: availability [%]: a share lies between"]),
        (LIST.replace("96", "0.96").replace("97.5", "0.97").replace("100", "1"),
         ["2:9: 0.96 under a header in %: is it a share?"]),
        (LIST.replace(" [%]", "").replace("96", "0.96"), ["2:9: 0.96 here and 100 elsewhere: shares or per cent?"]),
        ("Station,CT [s],buffer,availability\nA1,5,1,96\n", ["1:23: the availability needs a column of repair times"]),
        ("Station,CT [s],buffer,MTTR [min]\nA1,5,1,9\n", ["1:23: the MTTR needs a column that says how often"]),
        ("Station,CT [s],Avail [%],MTBF [h],MTTR [min]\nA1,5,96,2,5\n",
         ["1:1: no column says the buffer", "1:26: availability and MTBF"]),
        ("Station,CT [s],Cycle [s],buffer\nA1,5,6,1\n", ["1:16: 'CT [s]' and 'Cycle [s]' both say the cycle time"]),
        ("Station,CT [s],buffer\nA1,52,5,1\n", ["2:1: the row has 4 cells and the header 3; is a decimal comma"]),
        ("Station;CT [s];buffer\nA1;1.500;1\nA2;1.700;1\n", ["2:4: '1.500' may be 1500 or 1 and a fraction"]),
        ("Station;CT [s];buffer\nA1;52,5;1\nA2;51.5;1\n", ["2:4: '52,5' here and '51.5' elsewhere"]),
        ("Station,CT [s],buffer,clock\nend,5,1,calender\n",
         ["2:1: Station: 'end' means leaving the line", "2:9: clock: 'calender' is none of"]),
    ],
)  # fmt: skip
def test_faults_name_file_row_and_column_all_at_once(text: str, faults: list[str]) -> None:
    told = refused(text)
    assert len(told) == len(faults), told
    for line, fault in zip(told, faults, strict=True):
        assert line.startswith(f"list.csv:{fault}"), told


def test_places_that_cannot_be_written() -> None:
    Path("list.csv").write_text(LIST)
    import_stations(Path("list.csv"), Path("line.yaml"))
    before = Path("line.yaml").read_text()
    Path("list.csv").write_text(LIST + "OP40,50,100,,1\n")
    for out, words in (
        ("line.yaml", "is there already; choose another name, or replace it with --force"),
        ("line.txt", "a line document's name ends in .yaml; write for instance -o line.yaml"),
        ("nowhere/line.yaml", "there is no folder nowhere"),
    ):
        with pytest.raises(LineError, match=words):
            import_stations(Path("list.csv"), Path(out))
    with pytest.raises(LineError, match="cannot be read"):
        import_stations(Path("nowhere.csv"), Path("new.yaml"))
    assert Path("line.yaml").read_text() == before
    assert sorted(file.name for file in Path().iterdir()) == ["line.yaml", "list.csv"]
