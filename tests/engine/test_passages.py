"""What each product does at each step, lateness, setups and batches: worked out by hand, and conserved."""

from __future__ import annotations

import numpy as np
import pytest
from lines import everything
from word_lines import (
    BATCHED,
    BATCHES,
    DATED,
    DONE,
    LATE,
    LOADED,
    MINUTE,
    ON_TIME,
    ROOM,
    SETUPS,
    WIP_AREA,
    flow,
    for_a_time,
    group_total,
    history,
    product_total,
    rows,
    spent,
    starts,
    step,
    times,
)

from twin.line import Line
from twin.results import Results
from twin.study.simulate import simulate


def passages(results: Results) -> list[tuple[int, float]]:
    """Moves and lot minutes of each step of the first replication."""
    return [(int(moves), ticks / MINUTE) for moves, ticks in results.totals.passage[0]]


def blocked_line() -> Line:
    """Two lots at once; the second is done with `s` at 2 min and waits on its tool for a place until 4 min."""
    return flow({"a": {}, "b": {"buffer": 0}}, [step("s", "a", 1), step("t", "b", 3)], starts(0, 0), {"due": "3 min"})


def test_a_lot_counts_at_a_step_from_being_done_with_the_one_before() -> None:
    # s: 0-1 and 0-2; t: 1-4 and 2-7, of which 2-4 blocked on the tool of s
    assert passages(history(blocked_line(), 10)) == [(2, 3.0), (2, 8.0)]


def test_the_warm_up_is_taken_off_and_the_end_cuts_off() -> None:
    # from 3 to 6 min: t holds the first lot until 4 and the second all the time
    assert passages(history(blocked_line(), 6, warmup=3)) == [(0, 0.0), (1, 4.0)]


def test_transport_counts_at_the_step_it_leads_to() -> None:
    line = flow({"a": {}, "b": {}}, [step("s", "a", 1), step("t", "b", 2)], starts(0), transport={"time": "5 min"})
    assert passages(history(line, 20)) == [(1, 1.0), (1, 7.0)]


def test_a_lot_that_turns_off_is_never_at_the_steps_it_passes_by() -> None:
    steps = [step("s", "a", 1), step("t", "b", 2, branch={"probability": 1.0, "to": "v"}), step("u", "a", 9)]
    line = flow({"a": {}, "b": {}}, [*steps, step("v", "b", 4)], starts(0))
    assert passages(history(line, 20)) == [(1, 1.0), (1, 2.0), (0, 0.0), (1, 4.0)]


def test_lateness_is_completion_less_due_date() -> None:
    run = history(blocked_line(), 10)  # out at 4 and 7 min, due at 3
    assert (product_total(run, DATED), product_total(run, LATE) / MINUTE, product_total(run, ON_TIME)) == (2, 5.0, 0)
    run = history(flow({"a": {}}, [step("s", "a", 1)], starts(0, 5, due=["4 min", None])), 10)
    assert (product_total(run, DATED), product_total(run, LATE) / MINUTE) == (1, -3.0)
    assert run.profile.product_figures["p"]["on_time"].mean == 1.0
    run = history(flow({"a": {}}, [step("s", "a", 5)], starts(0, 5, due=["4 min", None])), 20)
    assert run.profile.product_figures["p"]["on_time"].mean == 0.0  # of the lots that have a due date


def test_setups_are_counted() -> None:
    setups = {"changes": [{"to": "A", "time": "1 min"}, {"to": "B", "time": "2 min"}]}
    steps = [step("s", "a", 1, setup="A"), step("t", "a", 1, setup="B")]
    run = history(flow({"a": {"setups": setups}}, steps, starts(0, 0)), 20)
    # s s (one setup), then t t (one setup)
    assert (group_total(run, SETUPS), group_total(run, LOADED)) == (2, 4)
    assert spent(run)["setup"] == 3.0
    figures = run.profile.toolgroup_figures["a"]
    assert figures["lots_per_setup"].mean == 2.0
    assert figures["setup_share"].mean == pytest.approx(3 / 7)
    assert figures["batch_units"] is None


def test_batches_are_counted_with_the_room_they_had() -> None:
    oven = step("s", "a", 5, batch={"min": 2, "max": 4})
    run = history(flow({"a": {}}, [oven], starts(0, 1, 2, 3)), 20)  # two from 1 to 6 min, two from 6 to 11
    assert [group_total(run, column) for column in (BATCHES, BATCHED, ROOM)] == [2, 4, 8]
    figures = run.profile.toolgroup_figures["a"]
    assert (figures["batch_units"].mean, figures["batch_efficiency"].mean) == (2.0, 0.5)
    assert figures["setup_share"] is None


@pytest.mark.parametrize("warmup", ["0 s", "3 d"])
def test_the_steps_add_up_to_their_products_and_toolgroups(warmup: str) -> None:
    """Conservation, over every word of the document: WIP over the steps, lot-steps over the toolgroups."""
    run = simulate(everything(), horizon="8 d", warmup=warmup, replications=2, seed=3, device="cpu", log=True)
    totals, names = run.totals, run.names
    first = 0
    for k, steps in enumerate(names.steps_of):
        own = totals.passage[:, first : first + len(steps)]
        assert (own[:, :, 1].sum(axis=1) == totals.product[:, k, WIP_AREA]).all()
        assert (own >= 0).all()
        first += len(steps)
    assert first == totals.passage.shape[1]
    assert (totals.passage[:, :, 0].sum(axis=1) == totals.group[:, :, DONE].sum(axis=1)).all()
    warm = 0 if warmup == "0 s" else 3 * 86_400_000
    log = run.log[(run.log["what"] == "finish") & (run.log["tick"] >= warm)]
    counts = log.groupby(["replication", "product", "step"]).size()
    for world in range(2):
        first = 0
        for product, steps in zip(names.products, names.steps_of, strict=True):
            for k, index in enumerate(steps):
                key = (world + 1, product, names.steps[index][1])
                assert totals.passage[world, first + k, 0] == counts.get(key, 0)
            first += len(steps)


def test_moves_in_the_log_are_those_of_the_areas_over_time() -> None:
    run = simulate(everything(), horizon="4 d", warmup="0 s", replications=1, seed=5, device="cpu", log=True, samples=8)
    trace = run.area_trace
    assert trace is not None
    area = {"etch_1": "dry", "etch_2": "dry", "etch_3": "dry", "trim": "dry", "bake": "oven", "cure": "oven"}
    log = run.log[run.log["what"] == "finish"]
    for name in ("dry", "oven"):
        ticks = log["tick"][log["step"].map(area) == name].to_numpy()
        expected = [(ticks < round(time * 1000)).sum() for time in trace.times_s]
        assert trace.moves[0, :, trace.areas.index(name)].tolist() == expected
    whole = run.totals.passage[0, :, 1].sum() * 0.001
    assert trace.lot_s[0, -1].sum() == pytest.approx(whole, rel=1e-12)
    assert np.all(np.diff(trace.lot_s[0], axis=0) >= 0)


# --- tools as they are at the start ---------------------------------------------------------------------


def test_a_tool_that_is_down_at_the_start_takes_its_first_lot_when_it_is_up() -> None:
    line = flow({"a": {"tools": 2}}, [step("s", "a", 10)], starts(0, 0), tool_states=[{"tool": "a/1", "down": "5 min"}])
    run = history(line, 30)
    assert rows(run, "load", "tool") == [(0.0, "a/2"), (5.0, "a/1")]
    assert rows(run, "down", "tool") == [(0.0, "a/1")] and rows(run, "up", "tool") == [(5.0, "a/1")]
    assert spent(run, 0) == {"down": 5.0, "productive": 10.0, "starved": 15.0}
    assert run.totals.stops.size == 0


def test_the_only_tool_accepts_a_lot_while_it_is_down() -> None:
    line = flow({"a": {}}, [step("s", "a", 10)], starts(0), tool_states=[{"tool": "a", "down": "5 min"}])
    assert rows(history(line, 30), "out") == [(15.0,)]


def test_a_tool_that_is_set_up_at_the_start_needs_no_setup() -> None:
    setups = {"changes": [{"to": "A", "time": "2 min"}, {"to": "B", "time": "3 min"}]}
    steps = [step("s", "a", 1, setup="B")]
    for states, out in (([], 4.0), ([{"tool": "a/1", "setup": "B"}], 1.0), ([{"tool": "a/1", "setup": "A"}], 4.0)):
        line = flow({"a": {"setups": setups}}, steps, starts(0), tool_states=states)
        assert rows(history(line, 30), "out") == [(out,)]


def test_tools_that_come_and_go_do_not_change_which_tool_is_meant() -> None:
    changes = [for_a_time("toolgroups.a.tools=1", 10, 20), for_a_time("toolgroups.b.tools=3", 0)]
    states = [{"tool": "a/2", "down": "5 min"}, {"tool": "b", "down": "7 min"}]
    groups = {"a": {"tools": 2}, "b": {"tools": 1}}
    line = flow(groups, [step("s", "a", 1), step("t", "b", 1)], starts(30), tool_states=states, transients=changes)
    run = history(line, 40)
    assert rows(run, "up", "tool") == [(5.0, "a/2"), (7.0, "b/1")]


def test_failure_clocks_stand_still_until_the_tool_is_up() -> None:
    failures = [{"mtbf": "10 min", "mttr": "1 min", "clock": "calendar"}]
    states = [{"tool": "a", "down": "5 min"}]
    run = history(flow({"a": {"failures": failures}}, [step("s", "a")], starts(0), tool_states=states), 30)
    assert times(run, "down") == [0.0, 15.0, 26.0]
    assert run.totals.stops[0].tolist() == [[2, 2 * MINUTE]]  # the time down at the start is none of its failures'


def test_maintenance_that_falls_due_meanwhile_comes_after_the_repair() -> None:
    pm = [{"every": "100 min", "takes": "2 min", "first": "3 min"}]
    line = flow({"a": {"pm": pm}}, [step("s", "a")], starts(4), tool_states=[{"tool": "a", "down": "5 min"}])
    run = history(line, 30)
    assert (times(run, "up"), times(run, "pm"), times(run, "out")) == ([5.0], [5.0], [8.0])
