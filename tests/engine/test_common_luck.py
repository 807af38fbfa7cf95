"""Common random numbers: a what-if that adds a tool leaves every other draw alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from twin.line import Line
from twin.study.simulate import simulate


def line(welders: int, extra: bool = False) -> Line:
    """Two stations that never block, so that a lot's own times can be read off the log."""
    failing = {"mtbf": {"exponential": "3 h"}, "mttr": {"exponential": "9 min"}, "clock": "calendar"}
    groups = {
        "weld": {"tools": welders, "failures": [failing]},
        "paint": {"tools": "unlimited"},
    }
    if extra:
        groups = {"wash": {"tools": 5, "failures": [failing]}} | groups
    return Line(
        twin=1,
        line="luck",
        about="For the test of common random numbers.",
        toolgroups=groups,
        products={"body": {"route": "main", "release": {"every": {"exponential": "5 min"}}}},
        routes={
            "main": [
                {"step": "w", "toolgroup": "weld", "time": {"exponential": "4 min"}},
                {"step": "p", "toolgroup": "paint", "time": {"exponential": "30 min"}},
            ]
        }
        | ({"other": [{"step": "x", "toolgroup": "wash", "time": "1 min"}]} if extra else {}),
    )


def log_of(made: Line) -> pd.DataFrame:
    log = simulate(made, horizon="4 d", warmup=0.0, replications=2, seed=9, log=True).log
    assert log is not None
    return log


def lot_times(log: pd.DataFrame, what: str, step: str | None = None) -> pd.Series:
    rows = log[(log["what"] == what) & ((log["step"] == step) if step else True)]
    return rows.set_index(["replication", "lot"])["tick"].sort_index()


def test_a_further_tool_changes_no_other_draw() -> None:
    two, three = log_of(line(2)), log_of(line(3))
    releases = lot_times(two, "release")
    pd.testing.assert_series_equal(releases, lot_times(three, "release"))
    assert releases.groupby("replication").first().nunique() == 1, "the first lot comes at the start"
    assert releases.groupby("replication").nth(1).nunique() == 2, "replications have luck of their own"
    # time in the pure delay behind: from the end of welding to the end of painting, a draw of the lot's own
    painted = [lot_times(log, "finish", "p") - lot_times(log, "finish", "w") for log in (two, three)]
    both = pd.concat(painted, axis=1).dropna()
    assert len(both) > 1500
    np.testing.assert_array_equal(both.iloc[:, 0], both.iloc[:, 1])
    # the welders both lines have fail after the same up times
    downs = [log[(log["what"] == "down") & (log["tool"] == "weld/1")]["tick"].iloc[0] for log in (two, three)]
    assert downs[0] == downs[1]


def test_a_further_toolgroup_changes_nothing_at_all() -> None:
    plain, more = log_of(line(2)), log_of(line(2, extra=True))
    ours = more[~more["tool"].str.startswith("wash")].reset_index(drop=True)
    pd.testing.assert_frame_equal(plain, ours)
