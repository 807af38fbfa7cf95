"""Capacity with growth and another mix: loads and missing tools by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from twin.line import Line, LineError
from twin.study.capacity import capacity


def line(**release: Any) -> Line:
    """Two products, 10 and 20 lots a day; `a` works 72 min for each, `b` 36 min for q alone, `c` is a pure delay."""
    every = {"p": {"every": "144 min"}, "q": {"every": "72 min"}} | release
    times = {"a": "72 min", "b": "36 min", "c": "1 h"}
    step = {name: {"step": name, "toolgroup": name, "time": time} for name, time in times.items()}
    return Line.from_document(
        {
            "line": "small",
            "toolgroups": {"a": {"tools": 2}, "b": {"tools": 1}, "c": {"tools": "unlimited"}},
            "products": {name: {"route": name, "release": of} for name, of in every.items()},
            "routes": {"p": [step["a"], step["c"]], "q": [step["a"], step["b"]]},
        }
    )


def test_growth_of_all_by_hand() -> None:
    # a: 30 lots/d of 72 min are 1.5 tools, 75 % of two; b: 20 of 36 min are half a tool
    found = capacity(line(), 0.8, starts=1.2)
    assert found.before is not None
    assert found.products["rate"].tolist() == pytest.approx([12, 24])
    assert found.before.products["rate"].tolist() == pytest.approx([10, 20])
    table = found.lacking
    assert list(table.index) == ["a"]
    row = table.loc["a"].to_dict()
    assert row == pytest.approx(
        {"tools": 2, "load_before": 0.75, "load": 0.9, "needed_before": 2, "needed": 3, "lacking": 1}
    )
    assert found.toolgroups["of_available"]["b"] == pytest.approx(0.6)
    text = str(found)
    assert "1 of 2 toolgroups lacks 1 tool in all to stay at or below 80 %" in text
    assert "(at the present releases none)" in text and "The most loaded of the others: b, 60.00 %" in text


def test_mix_and_growth_multiply() -> None:
    found = capacity(line(), starts="110 %", mix={"p": 0, "q": 3})
    assert found.products["rate"].tolist() == pytest.approx([0, 66])
    # a: 66 x 72 min = 3.3 tools, at 85 % 3.88, so 4; b: 1.65 tools, at 85 % 1.94, so 2
    assert found.lacking["needed"].to_dict() == {"a": 4, "b": 2}
    assert found.lacking["lacking"].to_dict() == {"a": 2, "b": 1}
    assert list(found.lacking.index) == ["a", "b"]
    assert found.lacking["load"].to_dict() == pytest.approx({"a": 1.65, "b": 1.65})
    assert "Offered more than they can do with the tools there are: 2 toolgroups." in str(found)
    plain = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert plain["lacking"]["a"]["lacking"] == 2 and plain["before"]["bottleneck"] == "a"
    assert plain["before"]["toolgroups"]["b"]["of_available"] == pytest.approx(0.5)


def test_tools_that_were_added_lack_no_more() -> None:
    grown = capacity(line(), starts=2, mix={"q": 1.5})
    more = line().to_document()
    for name, need in grown.lacking["needed"].items():
        more["toolgroups"][name]["tools"] = int(need)
    again = capacity(Line.from_document(more), starts=2, mix={"q": 1.5})
    assert again.lacking.empty and "No toolgroup lacks a tool" in str(again)
    assert again.toolgroups["of_available"].max() <= 0.85


def test_what_is_released_as_the_line_takes_it_grows_from_what_the_bottleneck_allows() -> None:
    found = capacity(line(p={"wip": 4}, q={"wip": 4}), 1.0, starts=1.5)
    # equal shares of both: a makes 40 a day, 20 of each; then 60
    assert found.products["rate"].tolist() == pytest.approx([30, 30])
    assert found.lacking["lacking"].to_dict() == {"a": 1}
    assert any("before: as much as the bottleneck allows" in note for note in found.notes)


def test_nothing_asked_for_is_what_it_was() -> None:
    plain = capacity(line())
    assert plain.before is None and "lacking" not in plain.to_json()
    assert capacity(line(), starts="100 %").to_json() == plain.to_json()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"starts": 0}, "starts 0: a factor lies between 0.01 and 100"),
        ({"starts": "much"}, "starts much: is no factor; write 1.1 or '110 %' for a tenth more"),
        ({"mix": {"pp": 2}}, "mix pp=2: the line makes no product 'pp'; did you mean 'p'?"),
        ({"mix": {"x": 1, "q": "-1"}}, "mix q -1: a factor lies between 0 and 100"),
    ],
)
def test_factors_that_make_no_sense(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(LineError) as told:
        capacity(line(), **asked)
    assert said in str(told.value)
