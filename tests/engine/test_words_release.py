"""Releases, schedules, lots in the line at the start, due dates, traces, the warm-up. Minutes by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from word_lines import (
    COMPLETED,
    CYCLE,
    LOADED,
    MINUTE,
    ON_TIME,
    OUT,
    QUEUE_AREA,
    RELEASED,
    STARTS,
    WAIT,
    WAITED,
    WIP_AREA,
    flow,
    group_total,
    history,
    line,
    product_total,
    rows,
    spent,
    starts,
    step,
    times,
)

from twin.arrays.histogram import edges


def trace(*minutes: float, end: str = "stop") -> dict[str, Any]:
    return {"trace": {"values": [f"{m} min" for m in minutes], "end": end}}


def test_the_first_lot_comes_at_start_and_then_one_every_interval() -> None:
    run = history(flow({"a": {}}, [step("s", "a")], {"every": "3 min", "start": "5 min"}), 15)
    assert times(run, "release") == [5, 8, 11, 14]


def test_each_interval_is_a_draw() -> None:
    run = history(flow({"a": {}}, [step("s", "a", 0.01)], {"every": {"exponential": "3 min"}}), 30_000)
    gaps = np.diff(times(run, "release"))
    assert times(run, "release")[0] == 0
    assert gaps.mean() == pytest.approx(3, rel=0.05)  # 10,000 gaps: 1 % a standard deviation
    assert gaps.std() == pytest.approx(3, rel=0.07)


def test_a_schedule_releases_each_lot_with_its_units_priority_and_due() -> None:
    # both wait behind lot 1: the third has the higher priority; times by units; on time within 10 and 30 min.
    release = starts(0, 1, 1.5, units=[2, 1, 3], priority=[None, None, 99], due=["2 min", "30 min", "4 min"])
    run = history(flow({"a": {}}, [step("s", "a", 1, per="unit")], release, {"lot_size": 9}), 30)
    assert rows(run, "out", "lot") == [(2, 1), (5, 3), (6, 2)]
    assert product_total(run, ON_TIME) == 3


def test_conwip_releases_a_lot_as_one_leaves() -> None:
    # three lots over a (2 min) and b (3 min): b paces.
    run = history(flow({"a": {}, "b": {}}, [step("s", "a", 2), step("t", "b", 3)], {"wip": 3}), 20)
    assert times(run, "out") == [5, 8, 11, 14, 17]
    assert times(run, "release") == [0, 0, 0, 5, 8, 11, 14, 17]
    assert product_total(run, WIP_AREA) == 3 * 20 * MINUTE


def test_conwip_may_begin_later() -> None:
    run = history(flow({"a": {}}, [step("s", "a", 2)], {"wip": 2, "start": "4 min"}), 9)
    assert times(run, "release") == [4, 4, 6, 8]


def test_conwip_counts_the_lots_that_are_in_the_line_at_the_start() -> None:
    # three lots always: one at the start, two released; each release takes the place of a lot that left.
    wip = [{"lot": "x", "product": "p", "units": 1, "step": "t", "priority": 10}]
    of = flow({"a": {}, "b": {}}, [step("s", "a", 2), step("t", "b", 3)], {"wip": 3}, wip=wip)
    run = history(of, 20)
    assert product_total(run, WIP_AREA) == 3 * 20 * MINUTE


def test_conwip_waits_until_more_lots_at_the_start_than_it_keeps_have_left() -> None:
    # three at the start leave at 3, 6, 9; two are kept: releases at 6 and 9, then as those leave.
    wip = [{"lot": str(i), "product": "p", "units": 1, "step": "t", "priority": 10} for i in range(3)]
    of = flow({"a": {}, "b": {}}, [step("s", "a", 1), step("t", "b", 3)], {"wip": 2}, wip=wip)
    assert [at for at, lot in rows(history(of, 12), "release", "lot") if lot > 0] == [6, 9]


def test_the_log_tells_lots_at_the_start_from_released_ones() -> None:
    # no row but the first lot's own may bear its number
    wip = [{"lot": "x", "product": "p", "units": 1, "step": "s", "priority": 10}]
    run = history(flow({"a": {}}, [step("s", "a", 2)], starts(5), wip=wip), 20)
    assert [at for at, lot in rows(run, "release", "lot") if lot == 1] == [5]
    assert rows(run, "load", "lot") == [(0, -1), (5, 1)]


def test_saturated_lots_are_in_the_line_from_their_first_loading() -> None:
    # a loads at 0, 2, ..., 10; b is done with lots 1, 2, 3 at 5, 8, 11: 5 + 6 + 7 min; three more are in the line
    # from 6, 8 and 10.
    run = history(flow({"a": {}, "b": {}}, [step("s", "a", 2), step("t", "b", 3)], "saturated"), 12)
    assert times(run, "release") == times(run, "load", tool="a") == [0, 2, 4, 6, 8, 10]
    assert product_total(run, COMPLETED) == 3
    assert product_total(run, CYCLE) == 18 * MINUTE
    assert product_total(run, WIP_AREA) == (18 + 6 + 4 + 2) * MINUTE
    assert group_total(run, QUEUE_AREA, 0) == 0


def test_every_tool_of_a_saturated_group_is_always_busy() -> None:
    run = history(flow({"a": {"tools": 3}}, [step("s", "a", 2)], "saturated"), 20)
    assert [spent(run, tool) for tool in range(3)] == [{"productive": 20}] * 3


WIP = [
    {"lot": "x", "product": "p", "units": 2, "step": "t", "priority": 10},
    {"lot": "y", "product": "p", "units": 1, "step": "s", "priority": 10, "due": "9 min"},
    {"lot": "z", "product": "p", "units": 1, "step": "s", "priority": 30, "due": "-5 min"},
]


def test_lots_at_the_start_queue_at_their_step_and_never_count_as_completed() -> None:
    # s: z (30) 0-2, y 2-4, the released lot 4-6; t of 3 min a unit: x 0-6, z 6-9, y 9-12, released 12-15.
    steps = [step("s", "a", 2), step("t", "b", 3, per="unit")]
    run = history(flow({"a": {}, "b": {}}, steps, starts(1), {"due": "1 h"}, wip=WIP), 20)
    assert rows(run, "load", "lot", step="s") == [(0, -3), (2, -2), (4, 1)]
    assert rows(run, "out", "lot") == [(6, -1), (9, -3), (12, -2), (15, 1)]
    assert [product_total(run, k) for k in (RELEASED, OUT, COMPLETED, ON_TIME)] == [1, 4, 1, 1]
    assert product_total(run, CYCLE) == 14 * MINUTE
    assert product_total(run, WIP_AREA) == (6 + 9 + 12 + 14) * MINUTE


def test_due_dates_of_lots_at_the_start_count_from_time_0() -> None:
    steps = [step("s", "a", 2), step("t", "b", 3, per="unit")]
    run = history(flow({"a": {"rule": ["edd"]}, "b": {}}, steps, starts(1), {"due": "1 h"}, wip=WIP[1:]), 20)
    assert rows(run, "load", "lot", step="s") == [(0, -2), (2, -1), (4, 1)]


def test_lots_at_the_start_may_be_more_than_the_buffer_holds() -> None:
    # three wait where one place is: a's lot is blocked until the last of them is loaded.
    wip = [{"lot": str(i), "product": "p", "units": 1, "step": "t", "priority": 10} for i in range(3)]
    of = flow({"a": {}, "b": {"buffer": 1}}, [step("s", "a", 1), step("t", "b", 10)], starts(0), wip=wip)
    run = history(of, 50)
    assert times(run, "leave", tool="a") == [20]


def test_lots_at_the_start_at_a_pure_delay() -> None:
    wip = [{"lot": str(i), "product": "p", "units": 1, "step": "t", "priority": 10} for i in range(3)]
    of = flow({"a": {}, "d": {"tools": "unlimited"}}, [step("s", "a", 1), step("t", "d", 4)], starts(0), wip=wip)
    assert times(history(of, 20), "out") == [4, 4, 4, 5]


def test_a_lot_is_on_time_if_it_leaves_by_release_and_due() -> None:
    # cycle times 5, 9, 13 min; due within 9: two are on time, the second to the tick.
    run = history(flow({"a": {}}, [step("s", "a", 5)], starts(0, 1, 2), {"due": "9 min"}), 30)
    assert [product_total(run, k) for k in (COMPLETED, ON_TIME)] == [3, 2]


def test_the_warm_up_is_inside_the_horizon_and_left_out_of_every_sum() -> None:
    # one tool of 4 min, a lot every 5 min from 0 on; 22 min of which 10 are warm-up: lots released at 10, 15, 20
    # (3), out at 14 and 19 (2); at 10 nobody is inside. Busy 10-14, 15-19, 20-22.
    run = history(flow({"a": {}}, [step("s", "a", 4)], {"every": "5 min"}), 22, warmup=10)
    assert run.totals.span_ticks == 12 * MINUTE
    assert [product_total(run, k) for k in (RELEASED, OUT, COMPLETED)] == [3, 2, 2]
    assert product_total(run, CYCLE) == 8 * MINUTE
    assert product_total(run, WIP_AREA) == 10 * MINUTE
    assert spent(run) == {"productive": 10, "starved": 2}
    assert run.totals.wip_end.tolist() == [[1]]


def test_a_lot_released_in_the_warm_up_counts_where_it_leaves() -> None:
    # released at 8, loaded at 8, out at 18: completed after the warm-up of 10 with its whole cycle time.
    run = history(flow({"a": {}}, [step("s", "a", 10)], starts(8)), 30, warmup=10)
    assert [product_total(run, k) for k in (RELEASED, OUT, COMPLETED)] == [0, 1, 1]
    assert product_total(run, CYCLE) == 10 * MINUTE
    assert product_total(run, WIP_AREA) == 8 * MINUTE
    assert spent(run) == {"productive": 8, "starved": 12}


def test_queue_sums_by_hand() -> None:
    # lots at 0, 1, 2, 10 on one tool of 3 min: waits 0, 2, 4, 0.
    run = history(flow({"a": {}}, [step("s", "a", 3)], starts(0, 1, 2, 10)), 20)
    sums = [group_total(run, k) for k in (QUEUE_AREA, LOADED, WAIT, WAITED, STARTS)]
    assert sums == [6 * MINUTE, 4, 6 * MINUTE, 2, 4]
    assert run.totals.events.tolist() == [4]


def test_cycle_times_fall_into_their_bins() -> None:
    run = history(flow({"a": {}}, [step("s", "a", 3)], starts(0, 1, 2, 10)), 20)  # 3, 5, 7, 3 min
    hist = run.totals.cycle_hist[0, 0]
    bounds = edges()
    for minutes, count in ((3, 2), (5, 1), (7, 1)):
        at = int(np.searchsorted(bounds, minutes * MINUTE, side="right")) - 1
        assert hist[at] == count
    assert hist.sum() == 4


# --- traces and empirical laws --------------------------------------------------------------------


def test_a_trace_is_read_by_lot_number_and_repeated() -> None:
    # s takes 1, 2, 3, 1, ... min by lot; lots overtake each other at the delay, and t still reads by lot.
    steps = [
        {"step": "s", "toolgroup": "a", "time": trace(1, 2, 3, end="repeat")},
        {"step": "t", "toolgroup": "d", "time": trace(9, 1, end="repeat")},
    ]
    run = history(flow({"a": {}, "d": {"tools": "unlimited"}}, steps, starts(0, 0, 0, 0)), 30)
    assert times(run, "finish", tool="a") == [1, 3, 6, 7]
    assert rows(run, "out", "lot") == [(4, 2), (8, 4), (10, 1), (15, 3)]


def test_a_trace_of_intervals() -> None:
    run = history(flow({"a": {}}, [step("s", "a", 0.1)], {"every": trace(1, 2, 4, end="repeat")}), 14)
    assert times(run, "release") == [0, 1, 3, 7, 8, 10]


@pytest.mark.parametrize("release", ["saturated", {"every": "5 min"}, {"wip": 1}, {"wip": 2}])
def test_no_lot_is_released_beyond_a_trace_that_stops(release: Any) -> None:
    steps = [{"step": "s", "toolgroup": "a", "time": trace(1, 2, 3)}, step("t", "b", 1)]
    run = history(flow({"a": {}, "b": {}}, steps, release), 60)
    assert len(times(run, "release")) == 3
    assert product_total(run, OUT) == 3


def test_the_shortest_trace_of_a_route_decides() -> None:
    steps = [
        {"step": "s", "toolgroup": "a", "time": trace(1, 2, 3)},
        {"step": "t", "toolgroup": "b", "time": trace(1, 1)},
    ]
    run = history(flow({"a": {}, "b": {}}, steps, "saturated"), 60)
    assert len(times(run, "release")) == 2


def test_an_empirical_law_draws_its_values_evenly() -> None:
    law = {"empirical": {"values": ["1 min", "1 min", "2 min", "5 min"]}}
    run = history(flow({"a": {}}, [{"step": "s", "toolgroup": "a", "time": law}], "saturated"), 20_000)
    runs = np.diff([0, *times(run, "finish")]).tolist()
    assert set(runs) == {1, 2, 5}
    n = len(runs)  # about 8,900
    for value, share in ((1, 0.5), (2, 0.25), (5, 0.25)):
        assert runs.count(value) / n == pytest.approx(share, abs=5 * (share * (1 - share) / n) ** 0.5)


def test_several_products_share_a_tool_each_with_its_own_figures() -> None:
    products = {"p": {"route": "m", "release": starts(0, 20)}, "q": {"route": "n", "release": starts(1)}}
    routes = {"m": [step("s", "a", 3)], "n": [step("s", "a", 4)]}
    run = history(line({"a": {}}, products, routes), 30)
    assert [product_total(run, COMPLETED, k) for k in (0, 1)] == [2, 1]
    assert [product_total(run, CYCLE, k) / MINUTE for k in (0, 1)] == [6, 6]
