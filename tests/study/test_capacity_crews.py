"""What crews are asked for, from the document alone: by hand, against a run, told in words."""

from __future__ import annotations

from typing import Any

import pytest

from twin.line import Line
from twin.study.capacity import capacity
from twin.study.simulate import simulate


def shop(every: str = "20 min", operators: int = 2, release: Any = None) -> Line:
    """Lots of four units: pressed in threes, carried by a porter, trimmed on one of two tools, some again."""
    return Line(
        twin=1, line="shop", about="Small.",
        toolgroups={
            "press": {"load": "6 min", "unload": "3 min", "crew": {"load": "operators", "unload": "operators"}},
            "trim": {"tools": 2, "load": "1 min",
                     "failures": [{"mtbf": {"exponential": "190 min"}, "mttr": {"exponential": "10 min"},
                                   "clock": "calendar"}],
                     "pm": [{"every": "10 h", "takes": "30 min"}],
                     "crew": {"load": "operators", "process": "operators", "repair": "technician", "pm": "technician"}},
        },
        products={"p": {"route": "r", "lot_size": 4, "release": release or {"every": every}}},
        routes={"r": [
            {"step": "a", "toolgroup": "press", "time": "30 min", "per": "batch", "batch": {"min": 12, "max": 12}},
            {"step": "b", "toolgroup": "trim", "time": "2 min", "per": "unit",
             "rework": {"probability": 0.2, "to": "b"}},
        ]},
        crews={"operators": operators, "technician": 1, "porter": 1},
        transport={"time": "4 min", "crew": "porter"},
    )  # fmt: skip


def test_offered_load_by_hand() -> None:
    found = capacity(shop()).crews
    # a lot every 20 min, 1 / 0.8 visits of trim: load 1 and process 8 each; press: 9 min for three lots
    operators = (9 / 3 + 1.25 * (1 + 8)) / 20
    assert found.loc["operators", "busy_members"] == pytest.approx(operators)
    assert found.loc["operators", "of_time"] == pytest.approx(operators / 2)
    assert found.loc["operators", "members_needed"] == 1
    # maintenance 30 min of every 600 on two tools; repair 10 min of every 200 that are left
    assert found.loc["technician", "pm"] == pytest.approx(2 * 30 / 600)
    assert found.loc["technician", "repair"] == pytest.approx(2 * (1 - 30 / 600) * 10 / 200)
    # carried to trim as often as it is trimmed
    assert found.loc["porter", "busy_members"] == found.loc["porter", "transport"] == pytest.approx(1.25 * 4 / 20)


def test_a_run_keeps_the_crews_as_busy_as_the_document_says() -> None:
    line = shop()
    asked = capacity(line).crews["of_time"].astype(float)
    run = simulate(line, horizon="60 d", warmup="2 d", replications=8)
    for name in asked.index:
        found = run.crew_figures[name]["utilisation"]
        assert found is not None and found.half is not None
        assert found.mean == pytest.approx(asked[name], abs=max(3 * found.half, 2e-3)), name


def test_a_crew_without_time_to_spare_is_told() -> None:
    found = capacity(shop(every="10 min", operators=1))
    assert any("crew operators is asked for 142.5 % of its time: it needs at least 2 members, and has 1" in note
               for note in found.notes), found.notes  # fmt: skip
    assert "operators" in str(found) and "142.5" in str(found)
    assert found.to_json()["crews"]["operators"]["members_needed"] == 2


def test_a_crew_may_be_what_holds_a_line_back() -> None:
    found = capacity(shop(operators=1, release="saturated"))
    # 14.25 min of the one operator for a lot; the tools could do more
    assert found.products.loc["p", "rate"] == pytest.approx(1440 / 14.25)
    assert any(note.startswith("crew operators is loaded more than any toolgroup: 100.0 %") for note in found.notes)


def test_a_line_without_crews_tells_of_none() -> None:
    found = capacity("fab/smt2020_hvlm")
    assert found.crews.empty and "crews" not in found.to_json() and "crew" not in str(found)
