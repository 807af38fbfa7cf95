"""Forecasts: a schedule worked out by hand where nothing is left to luck, known distributions where something is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import twin
from twin.line import Line, LineError
from twin.results import ResultsError
from twin.results.forecast import wilson


def shop(time: Any = "10 min", **more: Any) -> Line:
    """Two tools in a row, 10 min (or another law) and 20 min; a lot of `p` is released in a week at the soonest."""
    return Line(
        twin=1, line="shop",
        toolgroups={"a": {"area": "north"}, "b": {"area": "south"}},
        products={"p": {"route": "main", "release": {"every": "1 week", "start": "1 week"}}},
        routes={"main": [{"step": "s", "toolgroup": "a", "time": time},
                         {"step": "t", "toolgroup": "b", "time": "20 min"}]},
        **more,
    )  # fmt: skip


WIP = [
    {"lot": "L1", "product": "p", "step": "s", "due": "40 min"},
    {"lot": "L2", "product": "p", "step": "t", "due": "15 min"},
    {"lot": "L3", "product": "p", "step": "s"},
]


def test_without_luck_it_is_the_schedule() -> None:
    # a: L1 0-10, L3 10-20;  b: L2 0-20, L1 20-40, L3 40-60
    found = twin.forecast(shop(wip=WIP), hours=1.25, shift="30 min", replications=2)
    lots = found.lots
    assert lots.index.tolist() == ["L2", "L1", "L3"]
    assert lots["finish_h"].to_numpy() * 60 == pytest.approx([20.0, 40.0, 60.0])
    assert lots["on_time"].tolist()[:2] == [0.0, 1.0] and np.isnan(lots["on_time"]["L3"])
    assert found.moves["mean"].unstack("area")["north"].tolist() == [2.0, 0.0, 0.0]
    assert found.moves["mean"].unstack("area")["south"].tolist() == [1.0, 1.0, 1.0]
    assert found.moves.index.get_level_values("to_h").tolist()[:3] == [0.5, 1.0, 1.25]
    assert found.areas["mean"].tolist() == [2.0, 3.0]
    assert found.products["mean"].tolist() == [3.0]


def test_tools_that_are_down_now_shift_it() -> None:
    # a is down until 30: L1 30-40, L3 40-50;  b: L2 0-20, L1 40-60, L3 60-80
    line = shop(wip=WIP, tool_states=[{"tool": "a", "down": "30 min"}])
    found = twin.forecast(line, hours=1, horizon="2 h", replications=1)
    assert found.lots["finish_h"].to_numpy() * 60 == pytest.approx([20.0, 60.0, 80.0])
    assert found.lots["on_time"]["L1"] == 0.0
    assert found.products["mean"].tolist() == [1.0]  # within the hour: L2; L1 leaves at its very end
    assert len(found.moves) == 2  # one shift, as long as the hours


def test_lots_that_stay_beyond_the_horizon_are_told_as_such() -> None:
    found = twin.forecast(shop(wip=WIP), hours=0.5, replications=2)
    lots = found.lots
    assert lots["out"].tolist() == [1.0, 0.0, 0.0]
    assert np.isnan(lots["finish_h"]["L1"])
    assert np.isnan(lots["on_time"]["L1"])  # due at 40 min, beyond the horizon
    assert "in 0 %" in str(found)


def test_chances_and_means_of_an_exponential_time() -> None:
    """L1 is done with `s` after an exponential time of mean 10 min, L3 after two of them; b takes 20 min each."""
    wip = [WIP[0] | {"due": "30 min"}, {"lot": "L3", "product": "p", "step": "s", "due": "2 h"}]
    line = shop({"exponential": "10 min"}, wip=wip)
    found = twin.forecast(line, hours=24, replications=600, seed=4)
    lots = found.lots
    chance = 1 - np.exp(-1.0)  # out by 30 min: `s` done by 10 min
    assert lots["on_time_low"]["L1"] < chance < lots["on_time_high"]["L1"]
    assert lots["low"]["L1"] * 60 < 30.0 < lots["high"]["L1"] * 60
    # L3 leaves at max(X1 + 20, X1 + X2) + 20 = 40 + X1 + max(0, X2 - 20): mean 50 + 10 exp(-2)
    assert lots["low"]["L3"] * 60 < 50 + 10 * np.exp(-2.0) < lots["high"]["L3"] * 60


def test_moves_of_a_busy_tool_are_a_poisson_process() -> None:
    wip = [{"lot": f"L{k}", "product": "p", "step": "s"} for k in range(200)]
    found = twin.forecast(shop({"exponential": "6 min"}, wip=wip), hours=10, shift="5 h", replications=400, seed=1)
    north = found.moves.loc["north"]
    assert ((north["low"] < 50.0) & (north["high"] > 50.0)).all()
    # a Poisson count of mean 100 lies from 84 to 117 in 90 % of cases
    assert found.areas["p5"]["north"] == pytest.approx(84, abs=2)
    assert found.areas["p95"]["north"] == pytest.approx(117, abs=2)


def test_wilsons_interval() -> None:
    low, high = wilson(np.array([0, 5, 10]), 10)  # as published for 0, 5 and 10 of 10
    assert low == pytest.approx([0.0, 0.2366, 0.7225], abs=5e-4)
    assert high == pytest.approx([0.2775, 0.7634, 1.0], abs=5e-4)


def test_the_same_seed_and_any_threads_give_the_same() -> None:
    line = shop({"exponential": "10 min"}, wip=WIP)
    one = twin.forecast(line, hours=5, replications=6, seed=9, threads=1)
    two = twin.forecast(line, hours=5, replications=6, seed=9, threads=3)
    assert np.array_equal(one.finish_s, two.finish_s, equal_nan=True)
    pd.testing.assert_frame_equal(one.moves, two.moves)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"hours": 0}, "hours 0: write a number above 0"),
        ({"shift": "0 h"}, "write a time above 0"),
        ({"shift": "half"}, "shift: "),
        ({"horizon": "10 h"}, "is shorter than the"),
        ({"replications": 0}, "at least 1 is needed"),
    ],
)
def test_settings_that_make_no_sense(how: dict[str, Any], said: str) -> None:
    with pytest.raises(LineError) as told:
        twin.forecast(shop(wip=WIP), **how)
    assert said in str(told.value)


def test_tables_are_written_and_nothing_else_is_touched(tmp_path: Path) -> None:
    found = twin.forecast(shop(wip=WIP), hours=1, replications=2)
    found.save(tmp_path / "out")
    lots = pd.read_csv(tmp_path / "out" / "lots.csv")
    assert lots["lot"].tolist() == ["L2", "L1", "L3"]
    found.save(tmp_path / "out")
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(ResultsError, match=r"mine.txt"):
        found.save(tmp_path / "out")
