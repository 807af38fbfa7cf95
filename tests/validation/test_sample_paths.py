"""Given service times, given departures: the engine repeats three sample paths to the tick."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from twin.line import Line
from twin.study.simulate import simulate

BUFFERS = {
    "sample_path_3m_b0_exp": [0, 0],
    "sample_path_5m_mixed": [2, 0, 1, 3],
    "sample_path_8m_lognormal": [1, 2, 1, 2, 1, 2, 1],
}
UNIT_S = 1000.0  # a millionth of the file's unit is one tick


@pytest.mark.parametrize("name", BUFFERS)
def test_departures_are_repeated_to_the_tick(shared: Path, name: str) -> None:
    with (shared / "validation" / f"{name}.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    stations = range(1, len(BUFFERS[name]) + 2)
    line = Line(
        twin=1,
        line=name,
        about="A saturated line with given service times.",
        toolgroups={
            f"m{i}": {"tools": 1} | ({"buffer": BUFFERS[name][i - 2]} if i > 1 else {}) for i in stations
        },
        products={"part": {"route": "main", "release": "saturated"}},
        routes={
            "main": [
                {
                    "step": f"s{i}",
                    "toolgroup": f"m{i}",
                    "time": {
                        "trace": {
                            "values": [f"{float(r[f's{i}']) * UNIT_S!r} s" for r in rows],
                            "end": "stop",
                        }
                    },
                }
                for i in stations
            ]
        },
    )
    horizon = 1.01 * UNIT_S * float(rows[-1][f"depart{len(stations)}"])
    log = simulate(line, horizon=horizon, replications=1, warmup=0.0, log=True).log
    left = log[log["what"] == "leave"]
    for i in stations:
        at = left[left["tool"] == f"m{i}"].sort_values("lot")
        expected = np.array([round(float(r[f"depart{i}"]) * 1e6) for r in rows])
        assert at["lot"].tolist() == list(range(1, len(rows) + 1))
        np.testing.assert_array_equal(at["tick"].to_numpy(), expected)
