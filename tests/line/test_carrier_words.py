"""The words of carriers: read, written, kept in tables, and refused with the cure where they do not fit together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from twin.line import Line, LineError, read
from twin.line.carriers import Stretch, stretches
from twin.line.sheets_export import export_tables

GROUPS = {"u": {"tools": 1}, "v": {"tools": 2}, "d": {"tools": "unlimited"}}
A = {"step": "a", "toolgroup": "u", "time": "1 min"}
B = {"step": "b", "toolgroup": "v", "time": "1 min"}
C = {"step": "c", "toolgroup": "v", "time": "1 min"}
D = {"step": "d", "toolgroup": "v", "time": "1 min"}
ON, OFF = {"takes": "skid"}, {"gives": "skid"}
SKIDS = {"skid": {"count": 3, "return": "4 min"}}


def document(*steps: dict[str, Any], product: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A line of these steps."""
    return {
        "twin": 1, "line": "words", "toolgroups": GROUPS,
        "products": {"x": {"route": "main", "release": {"every": "20 min"}} | (product or {})},
        "routes": {"main": list(steps)}, **({"carriers": SKIDS} | more),
    }  # fmt: skip


def full() -> Line:
    """Every word: two kinds, one of them with a law of its way back, stretches that overlap, a route on one kind."""
    made = document(A | ON, B | {"takes": "hanger"}, C | OFF, D | {"gives": "hanger"})
    made["carriers"] = SKIDS | {"hanger": {"count": 7, "return": {"uniform": ["1 min", "2 min"]}}}
    made["products"]["y"] = {"route": "other", "release": "saturated", "carrier": "skid"}
    made["routes"]["other"] = [A, B]
    return Line.from_document(made)


def test_the_words_come_back_from_a_document() -> None:
    assert Line.from_document(full().to_document()) == full()
    assert full().carriers["skid"].return_.mean == 240
    plain = Line.from_document(document(A | ON, B | OFF, carriers={"skid": 3}))
    assert plain.to_document()["carriers"] == {"skid": {"count": 3}}


@pytest.mark.parametrize("where", ["line.xlsx", "tables"])
def test_the_words_come_back_from_tables(where: str, tmp_path: Path) -> None:
    export_tables(full(), tmp_path / where)
    assert read(tmp_path / where) == full()


def test_stretches_of_a_route() -> None:
    assert sorted(stretches(full(), "main")) == [Stretch("hanger", 1, 3), Stretch("skid", 0, 2)]
    assert stretches(full(), "other") == [Stretch("skid", 0, 1)]
    twice = Line.from_document(document(A | ON | OFF, B | ON, C | OFF))
    assert stretches(twice, "main") == [Stretch("skid", 0, 0), Stretch("skid", 1, 2)]


def arc(to: str, probability: float = 0.1) -> dict[str, Any]:
    return {"probability": probability, "to": to}


def on_two_products(first: str | None, second: str | None) -> dict[str, Any]:
    """Two products of one route that name these carriers."""
    made = document(A, B, carriers=SKIDS | {"hanger": 1})
    for name, carrier in (("x", first), ("y", second)):
        words = {"route": "main", "release": {"every": "20 min"}}
        made["products"][name] = words | ({} if carrier is None else {"carrier": carrier})
    return made


def joined(doors: int) -> dict[str, Any]:
    """Doors that wait on skids in a rack, so many of which are joined at once."""
    made = document(A | {"joins": {"door": doors}})
    made["toolgroups"] = GROUPS | {"rack": {"tools": "store"}}
    made["routes"]["other"] = [B, {"step": "rest", "toolgroup": "rack"}]
    made["products"]["door"] = {"route": "other", "carrier": "skid", "release": "saturated"}
    return made


BATCH = {"batch": {"min": 4, "max": 6}}
WIP = [{"lot": f"l{k}", "product": "x", "step": "b"} for k in range(4)]
LIMIT = {"until": "d", "limit": "1 h", "breach": {"to": "b"}}
SPOILED: list[tuple[str, dict[str, Any], str]] = [
    ("carriers.skid", document(A, B), "nobody takes it; write takes and gives at the steps"),
    ("carriers.skid.count", document(A | ON, B | OFF, carriers={"skid": 0}), "needs at least 1"),
    ("carriers.skid.count", document(A | ON, B | OFF, carriers={"skid": {}}), "missing"),
    ("carriers.skid.return", document(A | ON, B | OFF, carriers={"skid": {"count": 1, "return": "4"}}), "needs a unit"),
    ("routes.main.0.takes", document(A | {"takes": "skit"}, B | OFF), "no carrier 'skit'; did you mean 'skid'?"),
    ("routes.main.0.takes", document(A | ON, B | OFF, carriers={}), "write 'carriers: {skid: 40}' at the top"),
    ("products.x.carrier", document(A, product={"carrier": "bus"}, carriers={}), "write 'carriers: {bus: 40}'"),
    ("routes.main.0.takes", document(A | ON, B), "it is never given up; write 'gives: skid' at the last step"),
    ("routes.main.1.gives", document(A, B | OFF), "the lot is on no 'skid' here; write 'takes: skid' at an earlier"),
    ("routes.main.2.gives", document(A | ON, B | OFF, C | OFF), "the lot is on no 'skid' here"),
    ("routes.main.1.takes", document(A | ON, B | ON, C | OFF), "is on a 'skid' since 'a'; write 'gives: skid' at"),
    ("products.x.carrier", document(A | ON, B | OFF, product={"carrier": "skid"}), "names 'skid'"),
    ("products.y.carrier", on_two_products("skid", "hanger"), "'y' names 'hanger', 'x' 'skid'; write one for both"),
    ("routes.main.0.takes", document(A | ON | {"toolgroup": "d"}, B | OFF), "has no tools; take a 'skid' at a step"),
    ("routes.main.0.takes", document(A | ON | {"batch": {"max": 4}}, B | OFF), "put on a 'skid' one by one"),
    ("products.x.carrier", document(A | BATCH, product={"carrier": "skid"}), "'a' loads batches"),
    ("routes.main.1.takes", document(A, B | ON | {"sample": 0.5}, C | OFF), "lots that pass over 'b' ('sample')"),
    ("carriers.skid.count", document(A | ON, B | OFF | BATCH), "'b' starts with 4 lots at least, each on a 'skid'"),
    ("carriers.skid.count", joined(4), "joins 4 of 'door' at once, each on a 'skid', and there are 3; write 4 or"),
    ("carriers.skid.count", document(A | ON, B | OFF, wip=WIP), "4 lots of wip are past the step that takes a 'skid'"),
    (
        "routes.main.3.rework.0.to",
        document(A, B | ON, C | OFF, D | {"rework": [arc("c")]}),
        "leads to 'c', where a lot is on a 'skid', from 'd', where it is on none; go to 'b', which takes one",
    ),
    ("routes.main.0.branch.0.to", document(A | {"branch": [arc("c")]}, B | ON, C | OFF), "leads to 'c', where a lot"),
    (
        "routes.main.2.queue_limit.0.breach.to",
        document(A | ON, B | OFF, C | {"queue_limit": LIMIT}, D),
        "leads to 'b', where a lot is on a 'skid', from 'd'",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("where", "spoiled", "words"), SPOILED)
def test_one_fault_each_with_place_and_cure(where: str, spoiled: dict[str, Any], words: str) -> None:
    with pytest.raises(LineError) as told:
        Line.from_document(spoiled)
    (fault,) = told.value.faults
    assert ".".join(map(str, fault.loc)) == where
    assert words in fault.what


SOUND = [
    document(A | ON, B | {"rework": [arc("a")]}, C | OFF | {"rework": [arc("b")]}),  # loops inside keep the carrier
    document(A, B | ON | {"rework": [arc("a")]}, C | OFF, D | {"rework": [arc("b"), arc("a")]}),
    document(A | ON | {"branch": [arc("d"), arc("end")]}, B, C | OFF, D),  # out of it, given back there
    document(A | ON, B | {"sample": 0.5}, C | OFF | {"sample": 0.5}),
    document(A | ON | OFF | {"sample": 0.5}, B),
    document(A | ON, B | OFF, C | ON | {"rework": [arc("b")]}, D | OFF),  # on one of the kind in both
    document(A | ON, B | OFF | {"batch": {"min": 3, "max": 6}}),
]


@pytest.mark.parametrize("made", SOUND)
def test_what_loses_and_doubles_none_is_allowed(made: dict[str, Any]) -> None:
    assert Line.from_document(made).carriers["skid"].count == 3
