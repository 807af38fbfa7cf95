"""Random small lines, saved at a random tick and resumed: the same sums and the same events."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_random_lines import maybe_lines

from twin.engine import RunError
from twin.line import Line
from twin.study.resume import resume
from twin.study.simulate import simulate

HORIZON, WARMUP = 300 * 60_000, 80 * 60_000  # ticks


@pytest.mark.parametrize(("with_calendars", "count", "least"), [(False, 30, 7), (True, 20, 6)])
def test_random_lines_go_on_as_if_never_interrupted(
    tmp_path: Path, with_calendars: bool, count: int, least: int
) -> None:
    """That most of the lines run to the end is part of what is tested."""
    ran: list[bool] = []

    @settings(
        max_examples=count, derandomize=True, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )  # fmt: skip
    @given(maybe_lines(False, with_calendars), st.integers(1, HORIZON - 1))
    def each(of: Line | None, hold: int) -> None:
        if of is None:
            return
        asked = {"horizon": HORIZON / 1000, "warmup": WARMUP / 1000, "replications": 2, "log": True, "max_wip": 3000}
        try:
            whole = simulate(of, **asked)  # type: ignore[arg-type]
            simulate(of, until=hold / 1000, state=tmp_path / "half.npz", **asked)  # type: ignore[arg-type]
        except RunError:
            return
        resumed = resume(tmp_path / "half.npz")
        for name, values in whole.totals._asdict().items():
            np.testing.assert_array_equal(values, getattr(resumed.totals, name), err_msg=name)
        assert whole.log is not None and resumed.log is not None
        pd.testing.assert_frame_equal(whole.log, resumed.log)
        ran.append(True)

    each()
    assert len(ran) >= least, "too few of the lines ran to their end to prove anything"
