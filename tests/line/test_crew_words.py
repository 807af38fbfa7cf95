"""Crews in a document: what is refused and where, other numbers by path, tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from spoiled import SOUND, STARTS, WIP

from twin.line import Crew, Line, LineError, json_schema, read
from twin.line.sheets_export import export_tables

HEAD = "twin: 1\n"
CREWS = "crews: {operators: 2, technician: 1, porter: {count: 3}}\n"
WELD = "load: 1 min}"
MADE = SOUND.replace(HEAD, HEAD + CREWS).replace(WELD, "load: 1 min, crew: {load: operators, repair: technician}}")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a sound document that has crews, and its tables."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("shop.yaml", MADE), ("starts.csv", STARTS), ("wip.csv", WIP)):
        Path(name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("operators: 2", "operators: 0", "2:9", "operators.count: needs at least 1 member; all may be gone for a time"),
        ("operators: 2", "operators: many", "2:9", "needs a whole number such as 1, not 'many'"),
        ("operators: 2", "operators: -1", "2:9", "at least 1, not -1"),
        ("operators: 2", "operators: 1e9", "2:9", "absurdly large"),
        ("{count: 3}", "{counts: 3}", "2:47", "unknown key 'counts', did you mean 'count'?"),
        ("{count: 3}", "{}", "2:", "the key 'count' is missing"),
        ("operators: 2,", "operator: 2,", "6:", "the line has no crew 'operators'; did you mean 'operator'?"),
        ("{load: operators", "{loading: operators", "6:", "unknown key 'loading', did you mean 'load'?"),
        ("{load: operators", "{load: operators, unload: operators", "6:", "unloading takes no time here"),
        ("{load: operators", "{load: [operators]", "6:", "needs a name"),
        ("tools: 2, buffer: 5", "tools: unlimited", "6:", "an unlimited group has no tools to keep this for"),
        ("time: {uniform: [50 s, 70 s]},", "time: 1 min, cascade: {every: 10 s},", "6:", "'weld' cascades"),
        ("transport: {time: 30 s}", "transport: {time: 30 s, crew: potter}", "30:", "did you mean 'porter'?"),
        ("transport: {time: 30 s}", "transport: {crew: porter}", "30:", "needs a time such as {time: 5 min}, or"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_cure(old: str, new: str, place: str, words: str) -> None:
    assert MADE.count(old) == 1
    Path("shop.yaml").write_text(MADE.replace(old, new), encoding="utf-8")
    with pytest.raises(LineError) as told:
        read("shop.yaml")
    lines = [line for line in str(told.value).splitlines() if line.startswith("shop.yaml:")]
    assert len(lines) == 1, str(told.value)
    assert lines[0].startswith(f"shop.yaml:{place}") and words in lines[0], lines[0]


def test_a_line_without_crews_says_how_to_write_them() -> None:
    Path("shop.yaml").write_text(MADE.replace(CREWS, ""), encoding="utf-8")
    with pytest.raises(LineError, match=r"write 'crews: \{operators: 1\}' at the top of the doc"):
        read("shop.yaml")


def test_a_number_alone_is_the_count() -> None:
    line = read("shop.yaml")
    assert line.crews == {"operators": Crew(count=2), "technician": Crew(count=1), "porter": Crew(count=3)}
    assert line.to_document()["crews"]["operators"] == {"count": 2}
    assert Line.from_document(line.to_document()) == line
    told = json_schema()
    assert "crews" in told["properties"]


@pytest.mark.parametrize("path", ["crews.operators", "crews.operators.count", "crews.porter", "crews.porter.count"])
def test_a_what_if_changes_the_number(path: str) -> None:
    name = path.split(".")[1]
    assert read("shop.yaml", set={path: "5"}).crews[name].count == 5
    line = read("shop.yaml", set={path: "1 from 2 d to 3 d"})
    usual = read("shop.yaml").crews[name].count
    assert [phase.crews[name].count for _, phase in line.phases()] == [usual, 1, usual]


def test_all_may_be_gone_for_a_time_and_no_more_than_the_number_changes() -> None:
    line = read("shop.yaml", set={"crews.technician": "0 from 2 d to 3 d"})
    assert line.phases()[1][1].crews["technician"].count == 0
    for change, words in (
        ({"crews.technican": "2"}, "did you mean 'technician'"),
        ({"toolgroups.weld.crew.load": "technician from 1 d to 2 d"}, "cannot change for a time"),
        ({"transport.crew": "porter from 1 d to 2 d"}, "cannot change for a time; what can, of transport: its time"),
        ({"crews.night": "2 from 1 d to 2 d"}, "did you mean|choose from"),
    ):
        with pytest.raises(LineError, match=words):
            read("shop.yaml", set=change)


def test_loading_may_take_no_time_for_a_time() -> None:
    assert len(read("shop.yaml", set={"toolgroups.weld.load": "0 s from 1 d to 2 d"}).phases()) == 3


@pytest.mark.parametrize("name", ["shop.xlsx", "tables"])
def test_crews_travel_in_tables(name: str) -> None:
    line = read("shop.yaml", set={"transport.crew": "porter"})
    export_tables(line, Path(name))
    assert read(name) == line
    if name == "tables":
        rows = Path("tables/crews.csv").read_text().splitlines()
        assert rows == ["crew,count", "operators,2", "technician,1", "porter,3"]
        assert "crew.load" in Path("tables/toolgroups.csv").read_text().splitlines()[0]
