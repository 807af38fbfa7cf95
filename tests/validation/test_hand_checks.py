"""Two stations that a line builder works out on the back of an envelope."""

from __future__ import annotations

from typing import Any

import pytest

from twin.line import Line
from twin.results import Results
from twin.study.simulate import simulate


def station(failures: list[dict[str, Any]]) -> Results:
    """One station of 60 s, always fed."""
    line = Line.from_document(
        {
            "line": "station",
            "toolgroups": {"cell": {"failures": failures}},
            "products": {"job": {"route": "main", "release": "saturated"}},
            "routes": {"main": [{"step": "work", "toolgroup": "cell", "time": "60 s"}]},
        }
    )
    return simulate(line, horizon="210 d", warmup="10 d", replications=24, seed=11)


def jobs_an_hour(results: Results) -> tuple[float, float]:
    """Mean, and four standard errors of it (the interval is 2.07 of them on either side)."""
    found = results.throughput
    assert found is not None and found.half is not None
    return found.mean / 24, 4 / 2.07 * found.half / 24


def test_a_station_up_nine_tenths_of_its_working_time() -> None:
    """60 s, 90 % available, repairs of 5 min, failures by working time: 60 jobs/h x 0.9 = 54.0."""
    results = station([{"availability": "90 %", "mttr": {"exponential": "5 min"}, "clock": "operating"}])
    mean, four = jobs_an_hour(results)
    assert four < 0.2 and abs(mean - 54.0) < four
    productive = results.toolgroup_figures["cell"]["productive"]
    assert productive is not None and productive.mean == pytest.approx(0.9, abs=0.004)


def test_six_robots_of_one_cell_as_six_kinds_of_failure() -> None:
    """Each up 99.5 % of its working time: 60 / (1 + 6 x 0.005/0.995) = 58.24 jobs/h, a sixth of the loss each."""
    results = station([{"availability": "99.5 %", "mttr": {"exponential": "4 min"}} for _ in range(6)])
    mean, four = jobs_an_hour(results)
    assert four < 0.1 and abs(mean - 60 / (1 + 6 * 0.005 / 0.995)) < four
    stops = results.stops
    assert len(stops) == 6
    share = stops["of_loss"]
    error = (share["high"] - share["low"]) / 2 / 2.07
    assert ((share["mean"] - 1 / 6).abs() < 4 * error).all() and (error < 0.005).all()
    assert stops["share"]["mean"].sum() == pytest.approx(1 - mean / 60, abs=1e-4)
