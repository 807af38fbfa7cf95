"""The words of an indexed section: read and written back, refused where its stations cannot all move at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from twin.line import Line, LineError, read
from twin.line.sheets_export import export_tables

Words = dict[str, Any]


def document(*steps: Words, stations: Any = ("a", "b", "c"), groups: Words | None = None, **more: Any) -> Words:
    """Three stations in a row, with other words for some of the steps or groups."""
    route = [{"step": f"s{name}", "toolgroup": name, "time": "50 s"} for name in ("in", "a", "b", "c", "out")]
    for words in steps:
        route = [step | words if step["step"] == words["step"] else step for step in route]
    toolgroups: Words = {"in": {}, "a": {"buffer": 2}, "b": {"buffer": 0}, "c": {"buffer": 0}, "out": {"buffer": 1}}
    return {
        "line": "words", "toolgroups": toolgroups | (groups or {}),
        "products": {"x": {"route": "main", "release": {"every": "1 min"}}}, "routes": {"main": route},
        "indexed": {"trim": {"stations": list(stations), "takt": "60 s"}},
    } | more  # fmt: skip


def told(of: Words) -> dict[str, str]:
    """The faults of a document by their places."""
    with pytest.raises(LineError) as caught:
        Line.from_document(of)
    return {".".join(map(str, fault.loc)): fault.what for fault in caught.value.faults}


@pytest.mark.parametrize("where", ["document", "line.xlsx", "tables"])
def test_a_section_comes_back(where: str, tmp_path: Path) -> None:
    of = Line.from_document(document())
    if where == "document":
        assert Line.from_document(of.to_document()) == of
        return
    export_tables(of, tmp_path / where)
    assert read(tmp_path / where) == of


@pytest.mark.parametrize(
    ("of", "place", "words"),
    [
        (document(stations=["a", "d"]), "indexed.trim.stations.1", "the line has no toolgroup 'd'"),
        (document(stations=["a"]), "indexed.trim.stations", "two or more"),
        (document(stations=["a", "b", "c", "b"]), "indexed.trim.stations.3", "stands in 'trim' already"),
        (document(stations=["a", "c"]), "routes.main.1.toolgroup", "passes its lots on to 'c'"),
        (document(groups={"b": {"buffer": 1}}), "indexed.trim.stations.1", "write 'buffer: 0'"),
        (document(groups={"b": {"tools": 2, "buffer": 0}}), "indexed.trim.stations.1", "must be one tool"),
        (document({"step": "sb", "sample": 0.5}), "routes.main.2.sample", "leave sample out"),
        (document({"step": "sa", "rework": {"probability": 0.1, "to": "sin"}}), "routes.main.1.rework", "leave rework"),
        (document({"step": "sout", "rework": {"probability": 0.1, "to": "sb"}}), "routes.main.4.rework", "its first"),
        (document(transport={"time": "9 s"}, groups={n: {"transport": "none", "buffer": 0} for n in "ab"}),
         "indexed.trim.stations.2", "write 'transport: none'"),
        (document(wip=[{"lot": "L", "product": "x", "step": "sc"}]), "routes.main.3.step", "put it before the first"),
        (document(transients={"change": "indexed.trim.takt=50 s", "from": "1 h"}), "transients.0.change",
         "cannot change"),
    ],
)  # fmt: skip
def test_what_keeps_a_section_from_moving_is_told_with_its_place(of: Words, place: str, words: str) -> None:
    faults = told(of)
    assert words in faults[place]


def test_the_last_station_may_send_lots_back_and_measure() -> None:
    Line.from_document(document({"step": "sc", "rework": {"probability": 0.1, "to": "sa"}}))
