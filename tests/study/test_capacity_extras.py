"""Capacity where some tools may run some steps, chambers fail and auxiliaries are few: exact values by hand."""

from __future__ import annotations

from typing import Any

import pytest

from twin.line import Line
from twin.study.capacity import capacity
from twin.study.capacity_extras import most_loaded


def shop(groups: dict[str, Any], steps: list[dict[str, Any]], release: Any = None, **more: Any) -> Line:
    """One product, a lot an hour."""
    return Line(
        twin=1, line="shop", toolgroups=groups, routes={"main": steps},
        products={"p": {"route": "main", "release": release or {"every": "1 h"}}}, **more,
    )  # fmt: skip


def test_the_most_loaded_subset_of_tools_is_a_bound() -> None:
    everyone = frozenset(range(4))
    assert most_loaded([2.0], [everyone], 4) == pytest.approx(0.5)
    # 0.9 on tool 0 alone, 1.5 on all: 0.6 each if it could be spread, 0.9 on tool 0
    assert most_loaded([0.9, 1.5], [frozenset({0}), everyone], 4) == pytest.approx(0.9)
    # tools 0 and 1 carry 1.4 between them, tool 0 can hand part of it to 1: 0.7 each
    assert most_loaded([0.9, 0.5, 0.1], [frozenset({0, 1}), frozenset({1}), everyone], 4) == pytest.approx(0.7)


def test_qualification_shows_in_the_load_of_the_group() -> None:
    steps = [
        {"step": "s", "toolgroup": "a", "time": "48 min", "qualified": 1},
        {"step": "t", "toolgroup": "a", "time": "24 min"},
    ]
    found = capacity(shop({"a": {"tools": 3}}, steps)).toolgroups.loc["a"]
    assert found["offered"] == pytest.approx(1.2 / 3)
    assert found["of_available"] == pytest.approx(0.8)


def test_chamber_failures_take_their_share_of_the_pace() -> None:
    chamber = {"mtbf": "80 min", "mttr": "20 min", "of": "chamber"}
    tool = {"mtbf": "90 min", "mttr": "10 min", "clock": "calendar"}
    group = {"chambers": 4, "failures": [chamber, tool]}
    made = shop({"a": group}, [{"step": "s", "toolgroup": "a", "time": "36 min"}])
    found = capacity(made).toolgroups.loc["a"]
    assert found["availability"] == pytest.approx(0.8 * 0.9)
    assert found["down"] == pytest.approx(1 - 0.8 * 0.9)
    assert found["of_available"] == pytest.approx(0.6 / 0.72)


def test_auxiliaries_are_counted_and_bound_what_is_always_ready() -> None:
    steps = [{"step": "s", "toolgroup": "a", "time": "40 min", "needs": "r"}]
    found = capacity(shop({"a": {"tools": 4, "load": "8 min"}}, steps, auxiliaries={"r": 2, "idle": 1}))
    assert found.auxiliaries.loc["r"].tolist() == [2, pytest.approx(0.8), pytest.approx(0.4)]
    assert found.auxiliaries.loc["idle", "busy"] == 0
    assert found.to_json()["auxiliaries"]["r"]["count"] == 2
    assert "auxiliary r: 0.8 of 2 in use, 40.0 %" in str(found)
    pulled = capacity(shop({"a": {"tools": 4}}, steps, release="saturated", auxiliaries={"r": 2}))
    assert pulled.products["rate"].iloc[0] == pytest.approx(2 / 40 * 1440)  # not the four tools' 4 / 40


def test_what_metrology_sends_back_or_stops_is_told_not_counted() -> None:
    """A step that only measured rework reaches has no load before a run, and the notes say so."""
    film = {"law": "deposition", "time": "600 s", "sets": "film", "noise": "1 nm"}
    chart = {"sigma": "1 nm", "stop": True}
    steps = [
        {"step": "coat", "toolgroup": "coater", "time": "10 min", "process": film,
         "branch": {"probability": 1, "to": "look"}},
        {"step": "strip", "toolgroup": "bath", "time": "5 min", "branch": {"probability": 1, "to": "coat"}},
        {"step": "look", "toolgroup": "gauge", "time": "2 min",
         "measure": {"characteristic": "film", "outside": {"to": "strip"}, "chart": chart}},
    ]  # fmt: skip
    groups = {"coater": {"pm": [{"every": "alarm", "takes": "2 h"}]}, "bath": {}, "gauge": {}}
    film_limits = {"film": {"unit": "nm", "target": "100 nm", "limits": ["98 nm", "102 nm"]}}
    found = capacity(shop(groups, steps, characteristics=film_limits))
    assert found.toolgroups.loc["bath", "visits_per_day"] == 0
    assert found.notes == (
        "rework of what is measured comes on top, how much only a run tells: look to strip",
        "only such rework brings lots, and none is counted: strip (bath)",
        "maintenance after alarms comes on top, how much only a run tells: coater",
    )


def test_measured_rework_to_a_step_that_every_lot_does_leaves_no_step_uncounted() -> None:
    film = {"law": "deposition", "time": "600 s", "sets": "film", "noise": "1 nm"}
    steps = [
        {"step": "coat", "toolgroup": "coater", "time": "10 min", "process": film},
        {"step": "look", "toolgroup": "gauge", "time": "2 min", "sample": 0.2,
         "measure": {"characteristic": "film", "outside": {"to": "coat"}}},
    ]  # fmt: skip
    film_limits = {"film": {"unit": "nm", "target": "100 nm", "limits": ["98 nm", "102 nm"]}}
    found = capacity(shop({"coater": {}, "gauge": {}}, steps, characteristics=film_limits))
    assert found.notes == ("rework of what is measured comes on top, how much only a run tells: look to coat",)
