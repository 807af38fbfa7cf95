"""Tables with faults: each is told with its sheet and cell, what is wrong and the cure, all of them at once."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openpyxl import Workbook, load_workbook
from table_lines import Change, cell, changed, column, refusal, sound

from twin.line import Line, read
from twin.line.sheets_export import export_tables


class Case(NamedTuple):
    """One change of the sound workbook, told at `place` in these `words`."""

    change: Change
    place: str
    words: str


def both(*changes: Change) -> Change:
    return lambda book: [change(book) for change in changes] and None


def header(sheet: str, old: str, new: str | None) -> Change:
    return cell(sheet, old, 1, new)


def drop(sheet: str, head: str) -> Change:
    return lambda book: book[sheet].delete_cols(column(book[sheet], head))


def rename(old: str, new: str) -> Change:
    return lambda book: setattr(book[old], "title", new)


CLOCK, DAY = datetime.time(1, 30), datetime.datetime(2024, 1, 1)
CELLS = [
    Case(cell("routes", "time [", 3, "abc"), "routes!D3: routes.main.bake.time", "'abc' is no time"),
    Case(cell("routes", "time [", 3, True), "routes!D3: routes.main.bake.time", "not True"),
    Case(cell("routes", "time [", 3, "{gamma: [1 min"), "routes!D3", "was it cut short?"),
    Case(cell("routes", "time [", 3, "exponental: 3 min"), "routes!D3: routes.main.bake.time", "'exponential'?"),
    Case(cell("routes", "time.uniform.low", 2, 90), "routes!E2: routes.main.join.time.uniform", "low <= high"),
    Case(cell("routes", "time.uniform.low", 2, None), "routes!E2: routes.main.join.time.uniform", "needs low"),
    Case(cell("routes", "time.uniform.low", 3, 5), "routes!E3", "routes!D3 says this too"),
    Case(cell("routes", "time [", 4, None), "routes!D4: routes.main.bake_2.time", "the cell is empty; write"),
    Case(cell("routes", "toolgroup", 4, None), "routes!C4: routes.main.bake_2.toolgroup", "the cell is empty"),
    Case(cell("routes", "route", 4, None), "routes!A4", "the row has no route; write it here"),
    Case(cell("routes", "toolgroup", 3, "ovn"), "routes!C3: routes.main.bake.toolgroup", "did you mean 'oven'?"),
    Case(cell("routes", "batch.min", 3, 9), "routes!H3: routes.main.bake.batch.min", "write min <= max"),
    Case(cell("toolgroups", "tools", 3, "two"), "toolgroups!B3: toolgroups.oven.tools", "not 'two'"),
    Case(cell("toolgroups", "tools", 3, 0.05), "toolgroups!B3: toolgroups.oven.tools", "not 0.05"),
    Case(cell("toolgroups", "load", 2, -1), "toolgroups!D2: toolgroups.weld.load", "cannot be negative"),
    Case(cell("toolgroups", "toolgroup", 4, "weld"), "toolgroups!A4", "stands twice, first in toolgroups!A2"),
    Case(cell("failures", "toolgroup", 2, "tst"), "failures!A2", "has no toolgroup 'tst'; did you mean 'test'?"),
    Case(cell("failures", "clock", 2, "calender"), "failures!D2: toolgroups.test.failures.0.clock", "'calendar'?"),
    Case(cell("rework", "step", 2, "chek"), "rework!B2", "route 'main' has no step 'chek'; did you mean 'check'?"),
    Case(cell("rework", "to", 2, "jin"), "rework!D2: routes.main.check.rework.0.to", "did you mean 'join'?"),
    Case(cell("rework", "probability", 2, 40), "rework!C2: routes.main.check.rework.0.probability", "write '40 %'"),
    Case(cell("queue_limit", "until", 2, "bakke"), "queue_limit!C2", "did you mean 'bake'?"),
    Case(cell("starts", "product", 2, "dor"), "starts!A2", "has no product 'dor'; did you mean 'door'?"),
    Case(cell("starts", "units", 2, 0), "starts!C2", "at least 1"),
    Case(cell("products", "route", 3, "mian"), "products!C3: products.door.route", "did you mean 'main'?"),
    Case(cell("products", "release.every", 3, 5), "products!D3: products.door.release", "has every and schedule"),
    Case(cell("wip", "product", 2, "dor"), "wip!B2: wip.0.product", "did you mean 'door'?"),
    Case(cell("wip", "step", 2, "bak"), "wip!D2: wip.0.step", "did you mean 'bake'?"),
    Case(cell("wip", "lot", 3, "L1"), "wip!A3: wip.1.lot", "stands twice"),
    Case(cell("wip", "step", 3, None), "wip!A3: wip.1", "lacks 'step'"),
    Case(cell("line", "key", 6, "run.horzon"), "line!A6", "did you mean 'horizon'?"),
    Case(cell("line", "key", 4, "line"), "line!A4", "stands twice, first in line!A3"),
    Case(cell("line", "value", 6, 30), "line!B6", "write 30 min, or the unit beside the key: 'run.horizon [min]'"),
    Case(cell("line", "value", 7, "31 d"), "line!B7: run.warmup", "a shorter warm-up"),
    Case(cell("line", "key", 3, "# line"), "line", "the row 'line' is missing"),
]
KINDS = [
    Case(cell("routes", "time [", 3, "=A1*2"), "routes!D3", "the formula has no stored result"),
    Case(cell("routes", "time [", 3, "#REF!"), "routes!D3", "the error #REF!; mend its formula"),
    Case(cell("routes", "time [", 3, DAY), "routes!D3", "2024-01-01 00:00:00 is a date"),
    Case(cell("routes", "time [", 3, CLOCK), "routes!D3", "a time of day; format the cell as a number"),
    Case(lambda b: b["routes"].merge_cells("B3:C3"), "routes!B3", "the cells B3:C3 are merged"),
    Case(lambda b: b["routes"].merge_cells("A1:C1"), "routes!A1", "the cells A1:C1 are merged"),
]
HEADERS = [
    Case(header("routes", "toolgroup", "toolgrop"), "routes!C1", "unknown word 'toolgrop'; did you mean 'toolgroup'?"),
    Case(header("routes", "setup", "colour"), "routes!G1", "a header that begins with # is passed over"),
    Case(header("routes", "setup", "step"), "routes!G1", "column 'step' stands twice"),
    Case(header("routes", "time [", "time"), "routes!D1", "3 numbers without a unit; name it here: 'time [min]'"),
    Case(header("starts", "time", "time"), "starts!B1", "2 numbers without a unit"),
    Case(header("wip", "due", "due"), "wip!F1", "a number without a unit; name it here: 'due [min]'"),
    Case(header("routes", "time [", "time [mins]"), "routes!D1", "unknown time unit 'mins'; did you mean 'min'?"),
    Case(header("toolgroups", "tools", "tools [pcs]"), "toolgroups!B1", "takes no unit; write plain 'tools'"),
    Case(header("rework", "prob", "probability [h]"), "rework!C1", "write 'probability [%]'"),
    Case(header("routes", "time.uniform.low", "time.unform.low [s]"), "routes!E1", "did you mean 'uniform'?"),
    Case(header("routes", "route", None), "routes!A1", "the column 'route' is missing"),
    Case(drop("routes", "toolgroup"), "routes!A1", "the column 'toolgroup' is missing; sheet routes needs"),
    Case(drop("failures", "mttr"), "failures!A1", "the column 'mttr' is missing"),
    Case(lambda b: b["routes"].__setitem__("Z5", "x"), "routes!Z1", "the column has no name"),
]
SHEETS = [
    Case(rename("routes", "rutes"), "rutes", "unknown sheet 'rutes'; did you mean 'routes'?"),
    Case(lambda b: b.create_sheet("Tabelle1").append([1]), "Tabelle1", "a sheet whose name begins with # is passed"),
    Case(lambda b: b.create_sheet("Stations").append([1]), "Stations", "stands twice, as 'toolgroups' too"),
    *(Case(lambda b, s=s: b.remove(b[s]), f"the sheet '{s}' is missing", "") for s in ("line", "products", "routes")),
    Case(lambda b: b.remove(b["toolgroups"]), "the sheet 'toolgroups' is missing", "its columns are toolgroup"),
    Case(lambda b: b["products"].delete_rows(2, 9), "products", "is empty; a line needs at least one product"),
]
CASES = [*CELLS, *KINDS, *HEADERS, *SHEETS]
# Names that others use mislead them too: every use is told.
ECHOES = ("stands twice, first", "is empty; a line", "the column 'route'", "has no product 'dor'", "says this too")


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """The sound line, in a folder to be in."""
    monkeypatch.chdir(tmp_path)
    return sound(tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.place}-{case.words}"[:70])
def test_a_fault_is_told_once_with_its_cell_and_cure(line: Line, case: Case) -> None:
    message = refusal(changed(line, Path("shop.xlsx"), case.change))
    told = [text for text in message.splitlines() if text.startswith(f"shop.xlsx: {case.place}")]
    assert told, message
    assert any(case.words in text for text in told), message
    assert len(message.splitlines()) == 1 or any(echo in message for echo in ECHOES), message
    assert "Traceback" not in message and "pydantic" not in message and "Odd" not in message


def test_all_faults_are_told_at_once_in_the_order_of_the_sheets(line: Line) -> None:
    changes = (
        cell("routes", "time [", 3, "abc"),
        cell("toolgroups", "tools", 3, "two"),
        cell("toolgroups", "load", 1, "load [mins]"),
        cell("failures", "clock", 2, "calender"),
        cell("routes", "toolgroup", 5, "tst"),
        cell("rework", "to", 2, "jin"),
        cell("line", "value", 6, 30),
        cell("products", "lot_size", 2, 1.5),
        lambda book: book.create_sheet("More").append([1]),
    )
    places = [text.split(": ")[1] for text in refusal(changed(line, Path("shop.xlsx"), *changes)).splitlines()]
    assert places == [
        "line!B6", "toolgroups!D1", "toolgroups!B3", "failures!D2", "products!B2", "routes!D3", "routes!C5",
        "rework!D2", "More",
    ]  # fmt: skip


def test_the_same_mistake_is_told_in_the_same_words_as_in_yaml(line: Line) -> None:
    yaml = Path("shop.yaml").read_text().replace("toolgroup: oven, time: 50 min", "toolgroup: oven, time: soon")
    Path("other.yaml").write_text(yaml)
    said = refusal(Path("other.yaml")).splitlines()[0].partition(": ")[2]
    assert refusal(changed(line, Path("x.xlsx"), cell("routes", "time [", 3, "soon"))).endswith(said)


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b.create_sheet("#Notes").append(["anything"]),
        lambda b: b.create_sheet("Tabelle1"),
        lambda b: b["routes"].append(["# the end"]),
        lambda b: b["routes"].__setitem__("Z900", "  "),
        lambda b: b["routes"].merge_cells("A2:A5"),
        rename("toolgroups", "Stations"),
        rename("queue_limit", "Queue limit"),
        header("routes", "time [", "  Time [ s ] "),
        header("routes", "time [", "time (s)"),
        header("toolgroups", "toolgroup", "Station"),
        header("routes", "toolgroup", "station"),
        header("products", "lot_size", "Lot size"),
        cell("routes", "time [", 3, datetime.timedelta(minutes=50)),
        cell("routes", "time [", 3, "50 min"),
        cell("toolgroups", "tools", 2, 2.0),
        both(cell("line", "key", 6, "Horizon [d]"), cell("line", "value", 6, 30)),
        both(header("routes", "time [", "time"), lambda b: b["line"].append(["units.time", "s"])),
        both(header("rework", "prob", "probability [%]"), cell("rework", "prob", 2, 1)),
    ],
)  # fmt: skip
def test_what_people_do_to_workbooks_does_no_harm(line: Line, change: Change) -> None:
    again = read(changed(line, Path("shop.xlsx"), change))
    assert again.model_copy(update={"units": None}) == line


def test_a_cell_shown_in_per_cent_is_a_share(line: Line) -> None:
    def shown(book: Any) -> None:
        place = book["rework"].cell(2, column(book["rework"], "probability"))
        place.value, place.number_format = 0.07, "0.0%"

    assert read(changed(line, Path("x.xlsx"), shown)).routes["main"][3].rework[0].probability == 0.07
    percent = both(shown, header("rework", "prob", "probability [%]"))
    assert read(changed(line, Path("x.xlsx"), percent)).routes["main"][3].rework[0].probability == 0.07


def test_a_formula_counts_as_what_excel_stored_for_it(line: Line) -> None:
    """The stored result is read, and without one the cell is told; a formula that gives an empty text is blank."""
    changed(line, Path("x.xlsx"), cell("routes", "time [", 4, "=5*60"))
    with zipfile.ZipFile("x.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = next(name for name, part in parts.items() if b"5*60" in part)
    with zipfile.ZipFile("y.xlsx", "w") as again:
        for part, content in parts.items():
            stored = content.replace(b"<f>5*60</f><v />", b"<f>5*60</f><v>300</v>")
            stored = stored.replace(b"<f>5*60</f><v></v>", b"<f>5*60</f><v>300</v>")
            stored = stored.replace(b"<f>5*60</f><v/>", b"<f>5*60</f><v>300</v>")
            assert part != name or stored != content
            again.writestr(part, stored)
    assert read("y.xlsx") == line


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def empty_book() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty; save it in Excel"),
        (b"line: shop\n", "is no workbook; save it in Excel"),
        (OLE + b"\0" * 600, "is a workbook of the old kind (.xls)"),
        (OLE + b"\0" * 99 + "EncryptedPackage".encode("utf-16-le"), "is locked by a password; take it away"),
        (zipped(a=b"x"), "is a zip file, but no workbook"),
        (zipped(mimetype=b"application/vnd.oasis"), "is a workbook of another kind (.xlsb, .ods)"),
        (zipped(**{"[Content_Types].xml": b"<x", "xl__workbook.xml": b"<y"}), "the workbook is damaged"),
        (empty_book(), "none of its sheets ('Sheet') is one of a line"),
    ],
    ids=["empty", "yaml", "xls", "locked", "zip", "ods", "damaged", "blank"],
)
def test_what_is_no_workbook_is_refused_in_one_line(line: Line, content: bytes, words: str) -> None:
    Path("x.xlsx").write_bytes(content)
    message = refusal(Path("x.xlsx"))
    assert message.startswith("x.xlsx: ") and words in message and "\n" not in message


def test_a_workbook_cut_short_anywhere_is_refused(line: Line) -> None:
    export_tables(line, Path("whole.xlsx"))
    whole = Path("whole.xlsx").read_bytes()
    for length in range(1, len(whole), len(whole) // 12):
        Path("x.xlsx").write_bytes(whole[:length])
        assert "\n" not in refusal(Path("x.xlsx"))
    for at in range(100, len(whole), len(whole) // 30):
        Path("x.xlsx").write_bytes(whole[:at] + bytes(byte ^ 0x55 for byte in whole[at : at + 40]) + whole[at + 40 :])
        try:
            read("x.xlsx")
        except ValueError as error:
            assert str(error).startswith("x.xlsx: ")


def test_a_workbook_is_known_by_what_it_holds(line: Line) -> None:
    export_tables(line, Path("whole.xlsx"))
    Path("shop").write_bytes(Path("whole.xlsx").read_bytes())
    assert read("shop") == line == read("whole")
    assert load_workbook("whole.xlsx").properties.creator == "twin"
