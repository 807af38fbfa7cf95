"""Stores and joins in a document: what is refused and where, other words for the same, tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.line import Line, LineError, json_schema, read
from twin.line.sheets_export import export_tables

MADE = """\
twin: 1
line: marriage
about: Bodies get roofs and doors.
toolgroups:
  press: {tools: 1}
  roofs: {tools: store, buffer: 2}
  doors: {tools: store}
  marry: {tools: 1, buffer: 1}
products:
  body: {route: body, release: saturated}
  roof: {route: roof, release: saturated}
  door: {route: door, release: {wip: 8}}
routes:
  body:
    - {step: weld, toolgroup: press, time: 50 s}
    - {step: marry, toolgroup: marry, time: 55 s, joins: {roof: 1, door: 4}}
  roof:
    - {step: press, toolgroup: press, time: 40 s}
    - {step: wait, toolgroup: roofs}
  door:
    - {step: stamp, toolgroup: press, time: 40 s}
    - {step: hang, toolgroup: doors, layer: doors}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text(MADE, encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("joins: {roof: 1, door: 4}", "joins: {rof: 1, door: 4, roof: 1}", "16:", "no product 'rof'; did you mean"),
        ("joins: {roof: 1, door: 4}", "joins: {roof: 0, door: 4}", "16:", "needs a whole number of at least 1, not 0"),
        ("joins: {roof: 1, door: 4}", "joins: {roof: 3, door: 4}", "16:", "3 are joined at once and the store 'roofs' "
         "holds 2; write 'buffer: 3' there or more"),
        ("joins: {roof: 1, door: 4}", "joins: door", "11:", "lots of 'roof' would wait in 'roofs' for ever: no step "
         "joins them; write 'joins: roof' at one"),
        ("joins: {roof: 1, door: 4}", "joins: [roof, door, body]", "16:", "the route of 'body' ends at 'marry' and not "
         "in a store"),
        ("joins: {roof: 1, door: 4}", "joins: {roof: 1, door: 4}, batch: {max: 2}", "16:", "a batch joins no parts"),
        ("marry: {tools: 1, buffer: 1}", "marry: {tools: unlimited}", "16:", "'marry' is unlimited and joins nothing"),
        ("toolgroup: roofs}", "toolgroup: roofs, time: 3 min}", "19:", "until they are joined; leave time out"),
        ("toolgroup: roofs}", "toolgroup: roofs, setup: A}", "19:", "nothing is done to them; leave setup out"),
        ("roofs: {tools: store, buffer: 2}", "roofs: {tools: store, buffer: 2, pm: {every: 1 d, takes: 1 h}}", "6:",
         "a store has no tools to keep this for; leave it out"),
        ("roofs: {tools: store, buffer: 2}", "roofs: {tools: store, load: 3 s}", "6:", "a store has no tools"),
        ("roofs: {tools: store, buffer: 2}", "roofs: {tools: stores}", "6:", "needs a whole number"),
        ("    - {step: wait, toolgroup: roofs}", "    - {step: wait, toolgroup: roofs}\\n"
         "    - {step: on, toolgroup: press, time: 1 s}", "19:", "'roofs' is a store, where a route ends"),
        ("    - {step: wait, toolgroup: roofs}\\n", "", "16:", "the route of 'roof' ends at 'press' and not in a"),
        ("{step: stamp, toolgroup: press, time: 40 s}", "{step: stamp, toolgroup: press}", "21:", "the key 'time' is "
         "missing; write 'time: 60 s'"),
        ("{step: stamp, toolgroup: press, time: 40 s}", "{step: stamp, toolgroup: press, tiem: 40 s}", "21:",
         "unknown key 'tiem', did you mean 'time'?"),
        ("time: 40 s}\\n    - {step: wait", "time: 40 s, joins: door}\\n    - {step: wait", "", ""),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_cure(old: str, new: str, place: str, words: str) -> None:
    old, new = old.replace("\\n", "\n"), new.replace("\\n", "\n")
    assert MADE.count(old) == 1
    Path("shop.yaml").write_text(MADE.replace(old, new), encoding="utf-8")
    if not place:
        assert read("shop.yaml").routes["roof"][0].joins == {"door": 1}  # parts of parts are none
        return
    with pytest.raises(LineError) as told:
        read("shop.yaml")
    lines = [line for line in str(told.value).splitlines() if line.startswith("shop.yaml:")]
    assert any(line.startswith(f"shop.yaml:{place}") and words in line for line in lines), str(told.value)


def test_a_part_made_of_itself_is_told() -> None:
    text = MADE.replace("step: press, toolgroup: press", "step: press, joins: door, toolgroup: press")
    text = text.replace("step: stamp, toolgroup: press", "step: stamp, joins: roof, toolgroup: press")
    Path("shop.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(LineError, match="'roof' would have to be joined before the first of it can be made") as told:
        read("shop.yaml")
    assert "'door' would have" in str(told.value)


def test_a_store_without_parts_is_told() -> None:
    Path("shop.yaml").write_text(MADE.replace("  doors:", "  spare: {tools: store}\n  doors:"), encoding="utf-8")
    with pytest.raises(LineError, match=r"shop.yaml:7:3: .*no route of a product ends in the store 'spare'"):
        read("shop.yaml")


@pytest.mark.parametrize(("words", "means"), [("roof", {"roof": 1}), ("[roof, door]", {"roof": 1, "door": 1})])
def test_names_alone_mean_one_of_each(words: str, means: dict[str, int]) -> None:
    text = MADE.replace("{roof: 1, door: 4}}", f"{words}}}")
    if "door" not in words:
        text = text[: text.index("  door: {route")] + text[text.index("routes:") : text.index("  door:\n")]
        text = text.replace("  doors: {tools: store}\n", "")
    Path("shop.yaml").write_text(text, encoding="utf-8")
    assert read("shop.yaml").routes["body"][1].joins == means


def test_it_is_written_back_as_it_was_read() -> None:
    line = read("shop.yaml")
    document = line.to_document()
    assert document["toolgroups"]["roofs"] == {"tools": "store", "buffer": 2}
    assert document["routes"]["roof"][1] == {"step": "wait", "toolgroup": "roofs"}
    assert Line.from_document(document) == line
    schema = json_schema()
    tools = schema["$defs"]["Toolgroup"]["properties"]["tools"]["anyOf"]
    assert {"const": "store"} in tools
    assert "time" not in schema["$defs"]["Step"]["required"]


@pytest.mark.parametrize("target", ["shop.xlsx", "tables"])
def test_tables_keep_it(target: str) -> None:
    line = read("shop.yaml")
    export_tables(line, Path(target))
    assert read(target) == line
