"""The words of a conveyor: read with their units, written back, refused where a belt cannot follow them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from twin.line import Line, LineError, read
from twin.line.sheets_export import export_tables

Words = dict[str, Any]
BELT = {"length": "30 m", "speed": "6 m/min", "pitch": "1.6 m", "accumulating": False}


def document(belt: Words | None = None, group: Words | None = None, at: Words | None = None, **more: Any) -> Words:
    """A station, a conveyor, a station."""
    return {
        "line": "words",
        "toolgroups": {"a": {}, "oven": {"conveyor": BELT | (belt or {})} | (group or {}), "b": {}},
        "products": {"x": {"route": "main", "release": {"every": "1 min"}}},
        "routes": {"main": [
            {"step": "s", "toolgroup": "a", "time": "1 min"}, {"step": "t", "station": "oven"} | (at or {}),
            {"step": "u", "toolgroup": "b", "time": "1 min"},
        ]},
        **more,
    }  # fmt: skip


def told(of: Words) -> dict[str, str]:
    """The faults of a document by their places."""
    with pytest.raises(LineError) as caught:
        Line.from_document(of)
    return {".".join(map(str, fault.loc)): fault.what for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("speed", "travel", "gap"), [("6 m/min", 300, 16), ("0.1 m/s", 300, 16), ("60 mm/s", 500, 80 / 3)]
)
def test_length_speed_and_pitch_say_times_and_places(speed: str, travel: float, gap: float) -> None:
    of = Line.from_document(document({"speed": speed}))
    belt, step = of.toolgroups["oven"].conveyor, of.routes["main"][1]
    assert belt is not None
    assert belt.lots == 18
    assert belt.travel_s == step.time.mean == pytest.approx(travel)
    assert belt.gap_s == pytest.approx(gap)


def test_a_length_of_whole_pitches_holds_as_many_lots() -> None:
    belt = Line.from_document(document({"length": "0.9 m", "pitch": "0.3 m"})).toolgroups["oven"].conveyor
    assert belt is not None
    assert belt.lots == 3  # though 0.9 / 0.3 is 2.9999999999999996 to a computer


def test_a_conveyor_comes_back_from_its_document() -> None:
    of = Line.from_document(document())
    again = of.to_document()
    assert again["routes"]["main"][1] == {"step": "t", "toolgroup": "oven"}
    assert Line.from_document(again) == of


@pytest.mark.parametrize("where", ["line.xlsx", "tables"])
def test_a_conveyor_comes_back_from_tables(where: str, tmp_path: Path) -> None:
    of = Line.from_document(document())
    export_tables(of, tmp_path / where)
    assert read(tmp_path / where) == of


@pytest.mark.parametrize(
    ("belt", "place", "words"),
    [
        ({"length": 30}, "length", "needs a unit; write '30 m'"),
        ({"speed": "6 m"}, "speed", "write a quantity such as '0.5 m/min'"),
        ({"pitch": "31 m"}, "pitch", "a pitch of 31 m is longer than the conveyor, 30 m; write a shorter one"),
        ({"pitch": "1 mm", "speed": "90 m/s"}, "speed", "in less than a tick (1 ms); write a finer 'tick:'"),
        ({"accumulating": "maybe"}, "accumulating", "is true or false, not 'maybe'"),
        ({"width": "1 m"}, "width", "unknown key 'width'"),
    ],
)
def test_each_mistake_is_told_once_with_its_place(belt: Words, place: str, words: str) -> None:
    faults = told(document(belt))
    assert list(faults) == [f"toolgroups.oven.conveyor.{place}"]
    assert words in next(iter(faults.values()))


def test_what_belongs_to_tools_is_refused_all_at_once() -> None:
    group = {"tools": 2, "load": "5 s", "crew": {"process": "men", "repair": "men"}, "chambers": 2}
    faults = told(document(group=group, crews={"men": 1}))
    assert set(faults) == {f"toolgroups.oven.{key}" for key in ("tools", "load", "crew.process", "chambers")}
    assert "nobody works on a conveyor" in faults["toolgroups.oven.crew.process"]


def test_what_a_belt_does_to_no_lot_is_refused_at_its_steps() -> None:
    at = {"time": "3 min", "per": "unit", "cascade": {"every": "5 s"}, "setup": "A", "needs": "key"}
    faults = told(document(at=at, auxiliaries={"key": 1}))
    assert set(faults) == {f"routes.main.1.{key}" for key in ("time", "per", "cascade", "setup", "needs")}
    assert "its length and speed say how long a lot is on it; leave time out" in faults["routes.main.1.time"]
    assert set(told(document(at={"batch": {"max": 4}}))) == {"routes.main.1.batch"}


def test_a_step_elsewhere_still_needs_its_time() -> None:
    of = document()
    del of["routes"]["main"][0]["time"]
    assert set(told(of)) == {"routes.main.0.time"}


def test_a_belt_keeps_its_speed_for_the_whole_run() -> None:
    of = document(transients={"change": "toolgroups.oven.conveyor.speed=3 m/min", "from": "1 d"})
    assert "cannot change for a time" in told(of)["transients.0.change"]
