"""What is told of lines by calendars: why a tool does not work, what is to come, what became of a lot."""

from __future__ import annotations

import pytest

from twin.line import Line
from twin.study.history import history
from twin.study.simulate import simulate
from twin.study.stepper import Stepper

PAUSE = {"at": "00:20", "takes": "10 min"}
SHIFTS = [{"name": "a", "days": "mon-sun", "from": "00:00", "to": "01:00", "breaks": [PAUSE]}]


def shop() -> Line:
    """One station of 8 minutes, an hour a day with a break of ten minutes at 20."""
    return Line(
        line="shop", toolgroups={"t": {"crew": {"process": "op"}}}, crews={"op": 1},
        products={"p": {"route": "r", "release": "saturated"}},
        routes={"r": [{"step": "s", "toolgroup": "t", "time": "8 min"}]},
        calendars={"c": {"shifts": SHIFTS}}, calendar="c", run={"horizon": "2 h", "replications": 1},
    )  # fmt: skip


def test_a_lot_stands_in_a_break() -> None:
    """The third lot is loaded at 16, stands from 20 to 30 and is done at 34."""
    run = simulate(shop(), device="cpu")
    visit = history(run, "p-3").visits[0]
    minutes = {what: ticks / 60_000 for what, ticks in visit.ticks.items() if ticks}
    assert minutes == {"process": 8, "stopped": 10}


@pytest.mark.parametrize(
    ("at", "words"), [("25 min", "its calendar is closed until 00:30:00"), ("31 min", "it works on")]
)
def test_a_closed_tool_is_told_as_such(at: str, words: str) -> None:
    stepper = Stepper(shop())
    stepper.advance(at)
    assert words in str(stepper.why("t"))
    assert any("a calendar" in told for told in map(str, stepper.events()))
