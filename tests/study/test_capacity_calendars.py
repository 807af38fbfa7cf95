"""Offered load against open time, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from twin.line import Line
from twin.study.capacity import Capacity, capacity

Words = dict[str, Any]
DAY = {
    "name": "day", "days": "mon-sun", "from": "06:00", "to": "14:00",
    "breaks": [{"at": "09:00", "takes": "15 min"}, {"at": "12:00", "takes": "15 min"}],
}  # fmt: skip
OPEN = 450 / 1440
"""Share of the time in which the line is open."""


def found(release: Any, group: Words, stops: tuple[str, ...] = ("processing", "repair"), **more: Any) -> Capacity:
    """The offered load of one station of 1 min by a calendar."""
    return capacity(
        Line(
            line="one", toolgroups={"t": group}, products={"p": {"route": "r", "release": release}},
            routes={"r": [{"step": "s", "toolgroup": "t", "time": "1 min"}]},
            calendars={"c": {"shifts": [DAY], "stops": list(stops)}}, calendar="c", **more,
        )
    )  # fmt: skip


def test_the_most_a_line_makes_is_that_of_its_open_time() -> None:
    """450 open minutes at 90 %: 405 jobs a day."""
    of = found("saturated", {"failures": {"availability": "90 %", "mttr": "5 min"}})
    assert of.products.loc["p", "rate"] == pytest.approx(405)
    assert of.toolgroups.loc["t", "of_available"] == pytest.approx(1)
    assert "open 31.2 % of an ordinary week by calendar c: t" in of.notes


def test_releases_in_open_time_load_open_time() -> None:
    of = found({"every": "2 min", "calendar": "c"}, {})
    assert of.products.loc["p", "rate"] == pytest.approx(225)
    assert of.toolgroups.loc["t", "of_available"] == pytest.approx(0.5)
    assert of.toolgroups.loc["t", "offered"] == pytest.approx(0.5 * OPEN)
    assert of.toolgroups.loc["t", "tools_needed"] == 1
    always = found({"every": "2 min"}, {})
    assert always.toolgroups.loc["t", "of_available"] == pytest.approx(0.5 / OPEN)
    assert always.toolgroups.loc["t", "tools_needed"] == 2  # 720 min a day in 450 of each tool, at most 85 % of them


@pytest.mark.parametrize(("stops", "left"), [(("processing", "pm"), OPEN - 0.05), (("processing",), OPEN * 0.95)])
def test_maintenance_takes_open_time_or_its_share_of_it(stops: tuple[str, ...], left: float) -> None:
    of = found({"every": "10 min"}, {"pm": {"every": "20 h", "takes": "1 h"}}, stops)
    assert of.toolgroups.loc["t", "availability"] == pytest.approx(left)


def test_a_crew_that_is_there_in_open_time() -> None:
    """72 min of work a day for one who is there for 450."""
    of = found({"every": "20 min"}, {"crew": {"process": "op"}}, crews={"op": {"count": 1, "calendar": "c"}})
    assert of.crews.loc["op", "of_time"] == pytest.approx(72 / 450)
    pulled = found("saturated", {"crew": {"process": "op"}, "tools": 2}, crews={"op": {"count": 1, "calendar": "c"}})
    assert pulled.products.loc["p", "rate"] == pytest.approx(450)
