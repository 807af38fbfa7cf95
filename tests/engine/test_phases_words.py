"""Changes for a time, everything but tools: by hand, in minutes. What is under way goes on as it began."""

from __future__ import annotations

from typing import Any

import pytest
from word_lines import (
    CYCLE,
    MINUTE,
    ON_TIME,
    REWORKED,
    flow,
    for_a_time,
    history,
    line,
    product_total,
    rows,
    spent,
    starts,
    step,
    times,
)

M = {"m": {"tools": 1, "rule": "fifo"}}


def test_more_places_let_blocked_lots_move_at_once() -> None:
    steps = [step("s1", "a", 1), step("s2", "b", 10)]
    more = for_a_time("toolgroups.b.buffer=2", 5, 8)
    groups = {"a": {"tools": 4}, "b": {"tools": 1, "buffer": 1}}
    r = history(flow(groups, steps, starts(0, 0, 0, 0), transients=[more]), 60)
    # the third lot moves when the second place is there; the fourth one when the queue is below one place again
    assert rows(r, "leave", "lot", step="s2") == [(1, 1), (1, 2), (5, 3), (21, 4)]
    assert spent(r, 2)["blocked"] == 4


def test_fewer_places_keep_new_lots_out_and_those_that_wait_stay() -> None:
    steps = [step("s1", "a", 1), step("s2", "b", 10)]
    groups = {"a": {"tools": 2}, "b": {"tools": 1, "buffer": 3}}
    released = starts(0, 0, 1, 1, 4)
    always = history(flow(groups, steps, released), 60)
    assert rows(always, "leave", "lot", step="s2")[-1] == (11, 5)
    fewer = for_a_time("toolgroups.b.buffer=1", 3, 25)
    r = history(flow(groups, steps, released, transients=[fewer]), 60)
    assert rows(r, "leave", "lot", step="s2") == [(1, 1), (1, 2), (2, 3), (2, 4), (25, 5)]
    for_ever = for_a_time("toolgroups.b.buffer=1", 3)
    r = history(flow(groups, steps, released, transients=[for_ever]), 60)
    assert rows(r, "leave", "lot", step="s2")[-1] == (31, 5)
    assert times(r, "out") == [11, 21, 31, 41, 51]


def test_without_places_for_a_time_lots_move_to_an_idle_tool_only() -> None:
    steps = [step("s1", "a", 1), step("s2", "b", 10)]
    none = for_a_time("toolgroups.b.buffer=0", 1, 12)
    groups = {"a": {"tools": 3}, "b": {"tools": 1, "buffer": 5}}
    r = history(flow(groups, steps, starts(0, 0, 0), transients=[none]), 60)
    assert rows(r, "leave", "lot", step="s2") == [(1, 1), (11, 2), (12, 3)]


def test_lots_outside_come_in_when_there_are_places() -> None:
    groups = {"m": {"tools": 1, "buffer": 1}}
    more = for_a_time("toolgroups.m.buffer=3", 2)
    r = history(flow(groups, [step("a", "m", 10)], starts(0, 0, 0, 0, 0), transients=[more]), 60)
    assert rows(r, "queue", "lot") == [(0, 1), (0, 2), (2, 3), (2, 4), (10, 5)]


def test_step_times_count_from_the_next_lot_on() -> None:
    of = flow(M, [step("a", "m", 4)], starts(0, 0, 0, 0, 0), transients=[for_a_time("routes.main.a.time=2 min", 5, 9)])
    assert times(history(of, 30), "out") == [4, 8, 10, 14, 18]


def test_loading_and_transport_times_count_from_the_next_lot_on() -> None:
    loading = [for_a_time("toolgroups.m.load=1 min", 5), for_a_time("toolgroups.m.unload=2 min", 5)]
    of = flow(M, [step("a", "m", 4)], starts(0, 0, 0), transients=loading)
    assert times(history(of, 30), "out") == [4, 8, 15]
    carried = flow(
        M | {"n": {"tools": 1}}, [step("a", "m", 4), step("b", "n", 1)], starts(0, 0, 0), transport={"time": "3 min"},
        transients=[for_a_time("transport.time=1 min", 5, 9)],
    )  # fmt: skip
    assert rows(history(carried, 30), "load", "lot", step="b") == [(7, 1), (9, 2), (15, 3)]


def test_failures_and_repairs_are_drawn_anew_when_the_next_one_is_due() -> None:
    failing = {"m": {"tools": 1, "failures": [{"mtbf": "3 min", "mttr": "5 min", "clock": "operating"}]}}
    less = [for_a_time("toolgroups.m.failures.0.mtbf=6 min", 4), for_a_time("toolgroups.m.failures.0.mttr=1 min", 4)]
    r = history(flow(failing, [step("a", "m", 100)], starts(0), transients=less), 30)
    assert times(r, "down") == [3, 14, 21, 28]
    assert times(r, "up") == [8, 15, 22, 29]


def test_maintenance_that_is_planned_later_than_one_new_interval_is_drawn_forward() -> None:
    of = {"m": {"tools": 1, "pm": [{"every": "10 min", "takes": "2 min"}]}}
    other = [for_a_time("toolgroups.m.pm.0.every=4 min", 5, 19), for_a_time("toolgroups.m.pm.0.takes=1 min", 5, 19)]
    r = history(flow(of, [step("a", "m", 1)], starts(90), transients=other), 45)
    # at 5 that of 10 is drawn forward to 9; at 19 the next one, of 21, stays where it is planned
    assert times(r, "pm") == [9, 13, 17, 21, 31, 41]
    assert times(r, "pm_end") == [10, 14, 18, 23, 33, 43]


def test_a_first_maintenance_beyond_its_interval_stays_where_it_is() -> None:
    """A change of something else touches no plan."""
    of = {"m": {"tools": 1, "pm": [{"every": "4 min", "takes": "1 min", "first": "20 min"}]}}
    r = history(flow(of, [step("a", "m", 1)], starts(90), transients=[for_a_time("products.p.priority=3", 5, 9)]), 30)
    assert times(r, "pm") == [20, 24, 28]


def test_the_release_under_way_comes_by_the_new_interval_after_the_last_one() -> None:
    often = for_a_time("products.p.release.every=2 min", 6, 13)
    of = flow(M, [step("a", "m", 1)], {"every": "5 min"}, transients=[often])
    # at 6 the one of 10 comes at 5 + 2; at 13 the one of 13 comes at 11 + 5
    assert times(history(of, 30), "release") == [0, 5, 7, 9, 11, 16, 21, 26]


def test_releases_that_were_held_back_come_when_the_change_ends() -> None:
    seldom = for_a_time("products.p.release.every=1000 h", 6, 23)
    of = flow(M, [step("a", "m", 1)], {"every": "5 min"}, transients=[seldom])
    assert times(history(of, 40), "release") == [0, 5, 23, 28, 33, 38]


def test_a_release_that_is_overdue_comes_at_once_and_a_first_one_stays() -> None:
    often = for_a_time("products.p.release.every=2 min", 8.5)
    of = flow(M, [step("a", "m", 1)], {"every": "5 min"}, transients=[often])
    assert times(history(of, 14), "release") == [0, 5, 8.5, 10.5, 12.5]
    of = flow(M, [step("a", "m", 1)], {"every": "5 min", "start": "10 min"}, transients=[often])
    assert times(history(of, 15), "release") == [10, 12, 14]


def test_releases_keep_their_draws() -> None:
    every = {"every": {"exponential": "5 min"}}
    plain = times(history(flow(M, [step("a", "m", 1)], every), 200), "release")
    other = [for_a_time("routes.main.a.time=2 min", k, k + 3) for k in range(5, 195, 7)]
    assert times(history(flow(M, [step("a", "m", 1)], every, transients=other), 200), "release") == plain
    slower = for_a_time("products.p.release.every={exponential: 10 min}", 50, 100)
    found = times(history(flow(M, [step("a", "m", 1)], every, transients=[slower]), 200), "release")
    before = [at for at in plain if at < 50]
    assert found[: len(before)] == before
    # the same draw, twice as long
    after = before[-1] + 2 * (plain[len(before)] - before[-1])
    assert found[len(before)] == pytest.approx(after, abs=1e-4)


def test_maintenance_by_units_is_drawn_forward_by_a_smaller_number_alone() -> None:
    lots = {"every": "10 min"}
    by_units = {"m": {"tools": 1, "pm": [{"every": "9 units", "takes": "1 min"}]}}
    fewer = for_a_time("toolgroups.m.pm.0.every=4 units", 25, 65)
    r = history(flow(by_units, [step("a", "m", 1)], lots, transients=[fewer]), 200)
    # three units by 25, at the most four more until the first, then four, and nine from then on
    assert times(r, "pm") == [61, 101, 191]
    first = {"m": {"tools": 1, "pm": [{"every": "3 units", "takes": "1 min", "first": "5 units"}]}}
    other = for_a_time("routes.main.a.time=2 min", 5, 19)
    assert times(history(flow(first, [step("a", "m", 1)], lots, transients=[other]), 75), "pm") == [41, 71]


def test_more_lots_in_circulation_come_at_once_and_fewer_drain() -> None:
    of = flow(M, [step("a", "m", 4)], {"wip": 1}, transients=[for_a_time("products.p.release.wip=3", 5)])
    r = history(of, 18)
    assert times(r, "release") == [0, 4, 5, 5, 8, 12, 16]
    of = flow(M, [step("a", "m", 4)], {"wip": 3}, transients=[for_a_time("products.p.release.wip=1", 5, 20)])
    r = history(of, 24)
    assert times(r, "release") == [0, 0, 0, 4, 16, 20, 20, 20]


def test_circulation_that_changes_before_it_begins_begins_once() -> None:
    begins_late = {"wip": 2, "start": "30 min"}
    changes = [for_a_time(f"products.p.release.wip={2 + k % 3}", k, k + 1) for k in range(1, 28)]
    changes = [change for change in changes if not change["change"].endswith("=2")]
    of = flow(M, [step("a", "m", 4)], begins_late, transients=changes)
    assert times(history(of, 36), "release") == [30, 30, 34]
    at_the_start = flow(M, [step("a", "m", 4)], begins_late, transients=[for_a_time("products.p.release.wip=3", 30)])
    assert times(history(at_the_start, 36), "release") == [30, 30, 30, 34]


def test_a_queue_is_sorted_again_when_the_rule_changes() -> None:
    priorities = [10, 10, 30, 20, 10, 40, 10, 10]
    rules = [for_a_time("toolgroups.m.rule=lifo", 8, 18), for_a_time("toolgroups.m.rule=priority", 18, 25)]
    of = flow(M, [step("a", "m", 10)], starts(0, 1, 2, 3, 4, 5, 6, 7, priority=priorities), transients=rules)
    r = history(of, 90)
    # first come; at 10 the last come; at 20 the highest priority; then first come again
    assert [lot for _, lot in rows(r, "load", "lot")] == [1, 8, 6, 2, 3, 4, 5, 7]


def test_lots_that_come_under_another_rule_find_their_place_in_the_queue() -> None:
    priorities = [10, 10, 30, 20, 40, 10]
    rule = for_a_time("toolgroups.m.rule=[priority, lifo]", 5)
    of = flow(M, [step("a", "m", 10)], starts(0, 1, 2, 6, 7, 8, priority=priorities), transients=[rule])
    assert [lot for _, lot in rows(history(of, 70), "load", "lot")] == [1, 5, 3, 4, 6, 2]


def test_a_queue_sorted_by_times_is_sorted_again_when_these_change() -> None:
    groups = {"m": {"tools": 1, "rule": "spt"}}
    products = {p: {"route": p, "release": starts(*at)} for p, at in (("x", [0, 1, 2]), ("y", [1, 2]))}
    routes = {"x": [step("ax", "m", 10)], "y": [step("ay", "m", 20)]}
    slow = for_a_time("routes.x.ax.time=30 min", 5, 25)
    r = history(line(groups, products, routes, transients=[slow]), 120)
    assert rows(r, "load", "product", "lot") == [(0, "x", 1), (10, "y", 1), (30, "x", 2), (40, "x", 3), (50, "y", 2)]


@pytest.mark.parametrize(
    ("batch", "change"),
    [({"min": 4, "max": 4}, "batch.min=2"), ({"min": 4, "max": 6}, "batch={min: 2, max: 8}")],
)
def test_lots_that_suffice_for_a_smaller_batch_start_at_once(batch: dict[str, int], change: str) -> None:
    of = flow(
        M, [step("a", "m", 6, batch=batch)], starts(0, 1, 12, 13, 14),
        transients=[for_a_time(f"routes.main.a.{change}", 5, 13.5)],
    )  # fmt: skip
    r = history(of, 40)
    assert rows(r, "load", "lot") == [(5, 1), (5, 2), (13, 3), (13, 4)]


def test_the_largest_batch_changes() -> None:
    of = flow(
        M, [step("a", "m", 6, batch={"min": 1, "max": 2})], starts(0, *[1] * 8),
        transients=[for_a_time("routes.main.a.batch.max=4", 7, 17)],
    )  # fmt: skip
    loads = times(history(of, 60), "load")
    assert loads == [0, 6, 6, 12, 12, 12, 12, 18, 18]


def test_cascades_admit_otherwise() -> None:
    held = {"every": "1 min", "inside": 2}
    lots = starts(*[0] * 6)
    faster = [for_a_time("routes.main.a.cascade.every=30 s", 10), for_a_time("routes.main.a.cascade.inside=3", 10)]
    of = flow(M, [step("a", "m", 6, cascade=held)], lots, transients=faster)
    assert times(history(of, 40), "load") == [0, 1, 6, 7, 10, 12]


def test_setup_times_count_from_the_next_setup_on() -> None:
    groups = {"m": {"tools": 1, "setups": {"changes": [{"to": "A", "time": "5 min"}, {"to": "B", "time": "5 min"}]}}}
    products = {p: {"route": p, "release": starts(*at)} for p, at in (("x", [0, 20]), ("y", [10]))}
    routes = {"x": [step("ax", "m", 1, setup="A")], "y": [step("ay", "m", 1, setup="B")]}
    quick = for_a_time("toolgroups.m.setups.changes.0.time=1 min", 3)
    r = history(line(groups, products, routes, transients=[quick]), 40)
    assert times(r, "out") == [6, 16, 22]
    assert spent(r)["setup"] == 11


def test_a_minimum_run_counts_from_the_next_setup_on() -> None:
    setups = {"changes": [{"to": "A", "time": "1 min"}, {"to": "B", "time": "1 min"}], "min_run": {"A": 3}}
    groups = {"m": {"tools": 1, "setups": setups}}
    products = {p: {"route": p, "release": starts(*at)} for p, at in (("x", [0, 5, 9, 30, 40]), ("y", [1, 31]))}
    routes = {"x": [step("ax", "m", 1, setup="A")], "y": [step("ay", "m", 1, setup="B")]}
    kept = history(line(groups, products, routes), 60)
    assert [product for _, product in rows(kept, "load", "product")] == ["x", "x", "x", "y", "x", "x"]
    less = for_a_time("toolgroups.m.setups.min_run={A: 1}", 3)
    r = history(line(groups, products, routes, transients=[less]), 60)
    assert rows(r, "load", "product") == [(0, "x"), (5, "x"), (9, "x"), (10, "y"), (30, "x"), (32, "y"), (40, "x")]


def test_sampling_is_decided_when_a_lot_sets_out() -> None:
    steps = [step("a", "m", 4), step("look", "n", 2, sample=0.0)]
    looked_at = for_a_time("routes.main.look.sample=1", 5, 13)
    of = flow(M | {"n": {"tools": 1}}, steps, starts(0, 0, 0, 0, 0), transients=[looked_at])
    r = history(of, 40)
    assert rows(r, "load", "lot", step="look") == [(8, 2), (12, 3)]
    assert times(r, "out") == [4, 10, 14, 16, 20]


def test_rework_and_branches_are_drawn_with_the_probability_of_the_moment() -> None:
    steps = [step("a", "m", 4, rework={"probability": 0.0, "to": "a"}, branch=[{"probability": 0.0, "to": "end"}]),
             step("b", "n", 1)]  # fmt: skip
    groups = M | {"n": {"tools": 1}}
    again = for_a_time("routes.main.a.rework.0.probability=0.999999", 2, 6)
    r = history(flow(groups, steps, starts(0, 20), transients=[again]), 40)
    assert rows(r, "finish", "lot", step="a") == [(4, 1), (8, 1), (24, 2)]
    assert product_total(r, REWORKED) == 1
    out = for_a_time("routes.main.a.branch.0.probability=1", 20, 30)
    r = history(flow(groups, steps, starts(0, 20), transients=[out]), 40)
    assert times(r, "out") == [5, 24]


def test_a_window_has_the_limit_of_the_moment_it_opens() -> None:
    steps = [step("a", "m", 4, queue_limit={"until": "b", "limit": "10 min"}), step("b", "n", 6)]
    tight = for_a_time("routes.main.a.queue_limit.0.limit=1 min", 6, 9)
    r = history(flow(M | {"n": {"tools": 1}}, steps, starts(0, 0, 0), transients=[tight]), 40)
    # the waits are 0, 2 and 4 minutes; only the second one was to be below one
    assert r.totals.windows[0, 0].tolist() == [3, 1]


def test_later_releases_have_the_priority_and_the_due_date_of_the_moment() -> None:
    groups = {"m": {"tools": 1, "rule": "priority"}}
    hot = for_a_time("products.p.priority=20", 5, 7)
    r = history(flow(groups, [step("a", "m", 10)], {"every": "2 min"}, transients=[hot]), 35)
    assert [lot for _, lot in rows(r, "load", "lot")] == [1, 4, 2, 3]
    # lot k is released at 5 (k - 1) and done at 10 k: it takes 5 k + 5
    due, later = {"due": "15 min"}, for_a_time("products.p.due=25 min", 12, 18)
    assert product_total(history(flow(M, [step("a", "m", 10)], {"every": "5 min"}, due), 61), ON_TIME) == 2
    of = flow(M, [step("a", "m", 10)], {"every": "5 min"}, due, transients=[later])
    r = history(of, 61)
    assert product_total(r, ON_TIME) == 3
    assert product_total(r, CYCLE) == (10 + 15 + 20 + 25 + 30 + 35) * MINUTE


def test_several_products_and_groups_change_at_different_times() -> None:
    groups: dict[str, Any] = {"a": {"tools": 1}, "b": {"tools": 1}}
    products = {p: {"route": p, "release": {"every": "6 min"}} for p in ("x", "y")}
    routes = {"x": [step("ax", "a", 2), step("bx", "b", 2)], "y": [step("by", "b", 2)]}
    changes = [for_a_time("routes.x.ax.time=3 min", 5, 20), for_a_time("products.y.release.every=4 min", 11, 25),
               for_a_time("toolgroups.a.tools=0", 17, 20)]  # fmt: skip
    r = history(line(groups, products, routes, transients=changes), 32)
    assert rows(r, "load", "lot", step="ax") == [(0, 1), (6, 2), (12, 3), (20, 4), (24, 5), (30, 6)]
    assert rows(r, "release", "lot", product="y") == [(0, 1), (6, 2), (11, 3), (15, 4), (19, 5), (23, 6), (29, 7)]
