"""The shifting bottleneck, against periods worked out by hand and lines whose bottleneck is certain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from twin.line import Line, LineError
from twin.results import Results, ResultsError
from twin.results.periods import active_periods as periods_of
from twin.results.periods import shifting
from twin.study.active_periods import active_periods
from twin.study.simulate import simulate


def of(*periods: tuple[int, int]) -> np.ndarray:
    return np.array(periods, dtype=np.int64).reshape(-1, 2)


def test_periods_from_numbers_that_wait() -> None:
    """Two tools: busy together from 5 to 9 and from 12 on; a wait that takes no time breaks nothing."""
    ticks = np.array([0, 5, 7, 7, 9, 12])
    waiting = np.array([1, 0, 1, 0, 2, 0])
    assert periods_of(ticks, waiting, 0, 20).tolist() == [[5, 9], [12, 20]]


def test_the_bottleneck_shifts_while_two_periods_overlap() -> None:
    """a alone until b begins at 4; both until a ends at 10; b alone until c begins at 28; both to 30; then c."""
    sole, shared = shifting([of((0, 10)), of((4, 30)), of((28, 60))], 0, 60)
    assert sole.tolist() == [4, 18, 30]
    assert shared.tolist() == [6, 8, 2]


def test_a_shorter_period_inside_a_longer_one_is_never_the_bottleneck() -> None:
    sole, shared = shifting([of((0, 50)), of((10, 20), (30, 45))], 0, 50)
    assert (sole.tolist(), shared.tolist()) == ([50, 0], [0, 0])


def test_time_in_which_all_wait_has_no_bottleneck() -> None:
    sole, shared = shifting([of((5, 10)), of((20, 30), (70, 80))], 0, 100)
    assert (sole.tolist(), shared.tolist()) == ([5, 20], [0, 0])


def test_sole_and_half_the_shifting_time_cover_the_time_in_which_any_is_active() -> None:
    draw = np.random.default_rng(5)
    for _ in range(20):
        periods = []
        for _ in range(4):
            edges = np.unique(draw.integers(0, 1000, 12))
            periods.append(edges[: edges.size // 2 * 2].reshape(-1, 2))
        sole, shared = shifting(periods, 0, 1000)
        covered = np.zeros(1000, dtype=bool)
        for each in periods:
            for begin, end in each:
                covered[begin:end] = True
        # shifting time belongs to two stations, save where a third takes over before the overlap is past
        assert sole.sum() + shared.sum() / 2 >= covered.sum() - 1e-9
        assert sole.sum() <= covered.sum()


def line(times: dict[str, str], buffer: int = 1, **more: Any) -> Line:
    return Line.from_document(
        {
            "twin": 1, "line": "row",
            "toolgroups": {name: {"buffer": buffer} | more.get(name, {}) for name in times},
            "products": {"p": {"route": "main", "release": "saturated"}},
            "routes": {"main": [{"step": f"do_{name}", "toolgroup": name, "time": t} for name, t in times.items()]},
        }
    )  # fmt: skip


def run(of_line: Line, **more: Any) -> Results:
    asked = {"horizon": "30 h", "warmup": "2 h", "replications": 2, "device": "cpu", "seed": 4} | more
    return simulate(of_line, **asked)


def test_the_slowest_of_a_line_of_constants_is_the_only_bottleneck() -> None:
    """b never waits; a is blocked 20 of 60 s, c starved 10: active periods of 40 and of 50 s."""
    found = active_periods(run(line({"a": "40 s", "b": "60 s", "c": "50 s"})), to="5 h")
    assert found.stations == ("a", "b", "c")
    assert found.values["sole"].tolist() == [[0, 1, 0]] * 2
    assert found.bottleneck == found.longest == "b"
    seconds = found.values["average"][0] * 86_400
    assert seconds == pytest.approx([40, 3 * 3600, 50], rel=1e-2)  # the window cuts the first and the last


def test_active_time_is_that_of_the_totals() -> None:
    """The periods add up to what the run booked as productive and down, to the tick."""
    failures = {"failures": [{"mtbf": {"exponential": "30 min"}, "mttr": {"exponential": "6 min"}}]}
    results = run(line({"a": "40 s", "b": "45 s", "c": "40 s"}, a=failures, b=failures, c=failures))
    found = active_periods(results)
    ticks = results.totals.tool_ticks[:, :, [0, 3]].sum(axis=2)
    again = active_periods(results, replications=1)
    assert again.values["sole"].tolist() == found.values["sole"][:1].tolist()
    from twin.study.active_periods import _periods
    from twin.study.replay import replay_of

    replay = replay_of(results, 2)
    periods = _periods(replay, found.stations, replay.warmup, replay.horizon)
    assert [int((each[:, 1] - each[:, 0]).sum()) for each in periods] == ticks[1].tolist()
    assert found.bottleneck == "b"
    assert found.figures["b"]["total"] is not None and found.figures["b"]["total"].low is not None
    assert 0.5 < found.values["total"][:, 1].mean() <= 1
    assert found.frame().loc["b", ("total", "mean")] == pytest.approx(found.values["total"][:, 1].mean())


def test_bad_questions_are_told() -> None:
    results = run(line({"a": "40 s", "b": "60 s"}))
    with pytest.raises(ResultsError, match="replications 3: the run has 1 to 2"):
        active_periods(results, replications=3)
    with pytest.raises(ResultsError, match="write two times of the run in order"):
        active_periods(results, to="1 h")
    with pytest.raises(LineError, match="from"):
        active_periods(results, from_="3 kg")
