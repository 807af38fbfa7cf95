"""What a lot remembers on its way: a place in its record is free once no way leads back to where it is needed."""

from __future__ import annotations

from typing import Any

import pytest

import twin
from twin.arrays.routing import slots
from twin.line import Line

FILM = {"law": "deposition", "time": "600 s", "sets": "film", "noise": "1 nm"}
WAYS_BACK: dict[str, tuple[str, dict[str, Any]]] = {
    "rework": ("look", {"rework": {"probability": "30 %", "to": "again"}}),
    "measured": ("look", {"measure": {"characteristic": "film", "outside": {"to": "again", "most": 2}}}),
    "breach": ("hot", {"queue_limit": {"until": "look", "limit": "1 min", "breach": {"to": "again"}}}),
}


def line_of(way: str) -> Line:
    """`first` dedicates `again`, `hot` dedicates `last`; between those two a lot may go back in front of `again`."""
    steps: list[dict[str, Any]] = [
        {"step": "first", "toolgroup": "a", "time": "1 min", "dedicate": "again", "process": FILM},
        {"step": "rest", "toolgroup": "bench", "time": "1 min"},
        {"step": "again", "toolgroup": "a", "time": "1 min"},
        {"step": "hot", "toolgroup": "b", "time": "1 min", "dedicate": "last"},
        {"step": "cool", "toolgroup": "bench", "time": {"exponential": "30 s"}},
        {"step": "look", "toolgroup": "gauge", "time": "1 min"},
        {"step": "last", "toolgroup": "b", "time": "1 min"},
    ]
    where, words = WAYS_BACK[way] if way else ("", {})
    return Line.from_document(
        {
            "line": "remembers",
            "toolgroups": {"a": {"tools": 2}, "b": {"tools": 2}, "gauge": {}, "bench": {"tools": "unlimited"}},
            "characteristics": {"film": {"unit": "nm", "target": "200 nm", "limits": ["199 nm", "201 nm"]}},
            "products": {"A": {"route": "r", "release": {"every": "10 min"}}},
            "routes": {"r": [step | words if step["step"] == where else step for step in steps]},
        }
    )


def test_without_a_way_back_one_place_will_do() -> None:
    assert slots(line_of("").routes["r"]).dedications == 1


@pytest.mark.parametrize("way", WAYS_BACK)
def test_a_lot_that_comes_back_still_knows_its_tool(way: str) -> None:
    line = line_of(way)
    assert slots(line.routes["r"]).dedications == 2
    results = twin.simulate(line, horizon="10 d", replications=1, seed=1)
    # half an hour of work every ten minutes: a lot that waits for a tool of another group would stay for ever
    assert results.wip.mean < 3
