"""A line as tables: what is written reads back as the same line, whatever its words are."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from openpyxl import load_workbook
from table_lines import cell, changed, document_of, grids_of, sound
from test_line_round_trip import documents

from twin.line import Line, LineError, read
from twin.line.document import Document
from twin.line.library import model_files
from twin.line.sheets_cells import best_unit, number_in, read_cell, write_cell
from twin.line.sheets_export import export_tables
from twin.line.sheets_layout import Leaf, leaf, sheets
from twin.line.sheets_read import read_grids
from twin.line.sheets_words import words_rows
from twin.line.units import parse_time


def same(a: Line, b: Line) -> bool:
    """Equal, and in the same order, which decides ties and names random numbers."""
    return a == b and order(a) == order(b)


def order(line: Line) -> list[list[str]]:
    """The names in their order."""
    runs = [list(group.setups.min_run) for group in line.toolgroups.values() if group.setups]
    return [list(line.toolgroups), list(line.products), list(line.routes), *runs]


@pytest.mark.parametrize("name", sorted(model_files()))
@pytest.mark.parametrize("suffix", [".xlsx", ""])
def test_a_model_reads_back_equal(name: str, suffix: str, tmp_path: Path) -> None:
    line = read(name)
    export_tables(line, tmp_path / f"line{suffix}")
    again = read(tmp_path / f"line{suffix}")
    assert same(again, line)
    assert again.source == tmp_path / f"line{suffix}"
    assert [file.name for file in tmp_path.iterdir()] == [f"line{suffix}"]  # nothing else is left


def sound_line(document: dict[str, Any]) -> Line:
    """The line of a drawn document; availabilities that lead beyond the clock are drawn again."""
    try:
        return Line.from_document(document)
    except LineError:
        reject()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_any_line_reads_back_equal(document: dict[str, Any]) -> None:
    line = sound_line(document)
    assert same(Line.from_document(document_of(grids_of(line))), line)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_any_line_reads_back_equal_from_files(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]
) -> None:
    line, folder = sound_line(document), tmp_path_factory.mktemp("tables")
    for path in (folder / "line.xlsx", folder / "line"):
        export_tables(line, path)
        assert same(read(path), line)


class AnyDocument:
    """Stands for a line whose document is what a test says."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def to_document(self) -> dict[str, Any]:
        return deepcopy(self.document)


def plain(value: Any) -> Any:
    """A value with its times in seconds, however they are written."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    try:
        return parse_time(value, None)
    except (ValueError, TypeError):
        return value


def example(model: type[Document], key: str) -> Any:
    """A value for a key, as its model gives one; a list where the document writes a list."""
    for name, field in model.model_fields.items():
        if key == (field.alias or name) and field.examples:
            value = field.examples[0]
            return [value] if key in {"rework", "branch", "queue_limit"} and isinstance(value, dict) else value
    return model.words.get(key, {}).get("examples", ["7 h"])[0]


PARTS = [(title, key) for title, sheet in sheets().items() for key in sheet.model.known_keys()]
NEVER_WRITTEN = {"station", "stations"}


@pytest.mark.parametrize(("title", "key"), [part for part in PARTS if part[1] not in NEVER_WRITTEN])
def test_every_word_of_the_document_has_its_place(title: str, key: str) -> None:
    """A word that is new to a model must travel too; this fails for one that has no place in the tables."""
    sheet, step = sheets()[title], {"step": "bake", "toolgroup": "oven", "time": "1 min"}
    document: dict[str, Any] = {
        "line": "x",
        "toolgroups": {"oven": {"tools": 1}},
        "products": {"p": {"route": "r"}},
        "routes": {"r": [step]},
        "crews": {"porter": {"count": 1}},
        "carriers": {"skid": {"count": 1}},
        "vehicles": {"agv": {"count": 1, "speed": "1 m/s"}},
        "characteristics": {"cd": {"unit": "nm"}},
        "calendars": {"two_shifts": {"stops": ["repair"]}},
        "indexed": {"trim": {"stations": ["oven", "cooler"]}},
    }
    row = {key: example(sheet.model, key)}
    if key == "failures":
        row[key] = [failure | {"clock": "operating"} for failure in row[key]]
    if title == "failures":
        row = {"mttr": "1 min", "clock": "operating"} | row
    part: Any = document.get(sheet.section, document)
    if not sheet.owners:
        part = document if sheet.shape == "pairs" else row
        document |= {sheet.section: [row]} if sheet.section else {}
    else:
        part = part[next(iter(part))]
        part = part[0] if isinstance(part, list) else part
    for word in sheet.below[:-1]:
        part = part.setdefault(word, {})
    if sheet.shape == "mapped":
        part[sheet.below[-1]] = {"A": 7}
    elif sheet.below:
        part[sheet.below[-1]] = [row]
    elif sheet.owners or (sheet.shape == "pairs" and key not in sheets()):
        part |= row
    assert plain(read_grids(grids_of(AnyDocument(document))).document) == plain(document)


def test_every_column_is_explained() -> None:
    """The sheet `words` names every word, what it means and, of words of a document, an example."""
    rows = {(sheet, column): meaning for sheet, column, _, meaning, _ in words_rows() if sheet}
    for title, sheet in sheets().items():
        assert rows[title, ""], title
        inner = {child.below[0] for child in sheets().values() if child.section == sheet.section and child.below}
        for key in sheet.model.known_keys() if sheet.shape != "mapped" else ():
            if key in NEVER_WRITTEN or key in sheets() or (not sheet.below and key in inner):
                continue
            told = [meaning for (of, column), meaning in rows.items() if of == title and column.split(".")[0] == key]
            assert told and all(told), (title, key)


def test_the_same_line_gives_the_same_bytes(tmp_path: Path) -> None:
    line = sound(tmp_path)
    for name in ("a", "b"):
        export_tables(line, tmp_path / f"{name}.xlsx")
        export_tables(line, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    files = sorted(file.name for file in (tmp_path / "a").iterdir())
    assert files == sorted(file.name for file in (tmp_path / "b").iterdir())
    assert all((tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes() for file in files)


def test_a_workbook_is_pleasant_to_keep(tmp_path: Path) -> None:
    """Numbers with their unit in the header, names that stay in sight, notes and choices."""
    export_tables(sound(tmp_path), tmp_path / "shop.xlsx")
    book = load_workbook(tmp_path / "shop.xlsx")
    page = book["routes"]
    heads = [cell.value for cell in page[1]]
    assert heads[:6] == ["route", "step", "toolgroup", "time [s]", "time.uniform.low [s]", "time.uniform.high [s]"]
    assert [cell.value for cell in page[3]][:4] == ["main", "bake", "oven", 3000]
    assert page.freeze_panes == "B2" and page["A1"].font.bold
    assert "unit in the header" in page["D1"].comment.text
    (tools,), (_, clock) = (book[title].data_validations.dataValidation for title in ("routes", "failures"))
    assert str(tools.sqref).startswith("C2:") and tools.formula1.startswith("toolgroups!$A$2:")
    assert str(clock.sqref).startswith("D2:") and clock.formula1 == '"operating,calendar"'


def test_long_lists_of_times_have_a_sheet_of_their_own(tmp_path: Path) -> None:
    line = sound(tmp_path)
    times = [f"{n * 0.37:.4g} min" for n in range(1, 4000)]
    document = line.to_document()
    document["routes"]["main"][2]["time"] = {"empirical": {"values": times}}
    document["products"]["body"]["release"] = {"every": {"trace": {"values": times, "end": "repeat"}}}
    line = Line.from_document(document)
    for name in ("shop.xlsx", "shop"):
        export_tables(line, tmp_path / name)
        assert read(tmp_path / name) == line
    rows = (tmp_path / "shop" / "times.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 4000 and rows[:2] == ["trace_1 [min]", "0.37"]  # both laws, because they list the same times


@pytest.mark.parametrize(
    ("changes", "path", "value"),
    [
        ([cell("routes", "time [", 4, 7)], "routes.main.bake_2.time", "7 s"),
        ([cell("routes", "time [", 4, "gamma: [5 min, 9 s]")], "routes.main.bake_2.time", "{gamma: [5 min, 9 s]}"),
        ([cell("routes", "time.uniform.high", 2, 71.5)], "routes.main.join.time.uniform.1", "71.5 s"),
        ([cell("toolgroups", "tools", 2, 3)], "toolgroups.weld.tools", "3"),
        ([cell("toolgroups", "buffer", 2, "unlimited")], "toolgroups.weld.buffer", "unlimited"),
        ([cell("failures", "clock", 2, "operating")], "toolgroups.test.failures.0.clock", "operating"),
        ([cell("rework", "probability", 2, "7 %")], "routes.main.check.rework", "{probability: 7 %, to: join}"),
        ([cell("products", "release.start", 2, "90 min")], "products.body.release.start", "90 min"),
        ([cell("line", "value", 6, "12 d")], "run.horizon", "12 d"),
    ],
)
def test_a_changed_cell_equals_the_matching_set(changes: list[Any], path: str, value: str, tmp_path: Path) -> None:
    line = sound(tmp_path)
    book = changed(line, tmp_path / "x.xlsx", *changes)
    wanted = read(tmp_path / "shop.yaml", set={path: value})
    assert read(book) == wanted != line
    export_tables(line, tmp_path / "x", force=True)
    assert read(tmp_path / "x", set={path: value}) == wanted
    assert read(tmp_path / "x.xlsx", set={path: value}) == wanted


def test_a_change_from_outside_is_told_by_its_path(tmp_path: Path) -> None:
    export_tables(sound(tmp_path), tmp_path / "x.xlsx")
    with pytest.raises(LineError, match=r"^--set routes.main.bake.time=soon: 'soon' is no time"):
        read(tmp_path / "x.xlsx", set={"routes.main.bake.time": "soon"})
    with pytest.raises(LineError, match="did you mean 'weld'"):
        read(tmp_path / "x.xlsx", set={"toolgroups.wled.tools": 2})


@pytest.mark.parametrize(
    ("kind", "content", "unit", "value"),
    [
        (Leaf.TIME, 35, "min", "35 min"),
        (Leaf.TIME, " 90 s ", "min", "90 s"),
        (Leaf.LAW, "uniform: [50, 70]", "min", {"uniform": ["50 min", "70 min"]}),
        (Leaf.LAW, "erlang: {mean: 3, k: 2}", "h", {"erlang": {"mean": "3 h", "k": 2}}),
        (Leaf.LAW, "geometric: {mean: 3, slot: 1}", "s", {"geometric": {"mean": "3 s", "slot": "1 s"}}),
        (Leaf.LAW, "exponential: 5", "h", {"exponential": "5 h"}),
        (Leaf.LAW, "weibull: [8, 1.5]", "h", {"weibull": ["8 h", 1.5]}),
        (Leaf.SHARE, 40, "%", "40 %"),
        (Leaf.WORDS, "priority, fifo", None, ["priority", "fifo"]),
        (Leaf.WORDS, "[priority, my_rules:patient]", None, ["priority", "my_rules:patient"]),
        (Leaf.TEXT, 12.0, None, 12),
        (Leaf.TEXT, "12", None, "12"),
        (Leaf.TEXT, '"# 1"', None, "# 1"),
        (Leaf.VALUE, "{law: particles, adders: 0.01 /cm2}", None, {"law": "particles", "adders": "0.01 /cm2"}),
    ],
)
def test_what_a_cell_says(kind: Leaf, content: Any, unit: str | None, value: Any) -> None:
    assert read_cell(kind, content, unit) == value


@pytest.mark.parametrize(
    "text", ["a", "12", "= 1", "# 1", ' "x"', '"', "ä ß", "\t", "a\nb", "\n", "a\rb", "", "😀\x00"]
)
def test_any_text_can_stand_in_a_cell(text: str) -> None:
    written = write_cell(Leaf.TEXT, text)
    assert isinstance(written, str) and written.strip() and not written.startswith(("=", "#"))
    assert read_cell(Leaf.TEXT, written, None) == text


def test_numbers_are_exact_or_texts() -> None:
    """What a workbook would round, or a unit cannot say exactly, is written as a text with its own unit."""
    assert number_in("35.1 min", "min") == 35.1 and number_in("7500 units", "units") == 7500
    assert number_in("7199.999999999994 s", "s") is None and number_in("7500 units", "s") is None
    assert best_unit(["90 s", "2 min", "3 min"]) == "min" and best_unit(["7199.999999999994 s"]) is None
    assert write_cell(Leaf.VALUE, 2**62 + 1) == str(2**62 + 1)
    assert write_cell(Leaf.VALUE, 0.1 + 0.2) == "0.30000000000000004"
    assert leaf(sheets()["routes"].model, ("time", "uniform", "low")) is Leaf.TIME
