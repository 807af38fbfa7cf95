"""Process times: per lot, unit and batch; loading; batches; cascades. Expected minutes are worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from word_lines import DONE, LOADED, STARTS, flow, group_total, history, line, rows, spent, starts, step, times


@pytest.mark.parametrize(("per", "minutes"), [("lot", 2), ("unit", 8)])
def test_a_draw_is_for_the_lot_or_for_each_unit(per: str, minutes: float) -> None:
    run = history(flow({"a": {}}, [step("s", "a", 2, per=per)], starts(0), {"lot_size": 4}), 20)
    assert times(run, "out") == [minutes]
    assert spent(run) == {"productive": minutes, "starved": 20 - minutes}


def test_units_of_a_scheduled_lot_stand_in_for_the_lot_size() -> None:
    release = starts(0, 20, units=[3, None])
    run = history(flow({"a": {}}, [step("s", "a", 2, per="unit")], release, {"lot_size": 4}), 40)
    assert times(run, "out") == [6, 28]


def test_one_draw_a_visit_times_the_units() -> None:
    # ten draws of 1 or 2 min would sum to something between; one draw gives 10 or 20.
    law = {"empirical": {"values": ["1 min", "2 min"]}}
    run = history(
        flow({"a": {}}, [{"step": "s", "toolgroup": "a", "time": law, "per": "unit"}], "saturated", {"lot_size": 10}),
        3000,
    )
    loads, done = times(run, "load"), times(run, "finish")
    runs = [b - a for a, b in zip(loads, done, strict=False)]
    assert set(runs) == {10, 20}
    assert 0.35 < runs.count(10) / len(runs) < 0.65


def test_every_visit_has_a_draw_of_its_own() -> None:
    law = {"empirical": {"values": ["1 min", "2 min"]}}
    steps = [{"step": f"s{i}", "toolgroup": "a", "time": law} for i in range(2)]
    run = history(flow({"a": {"tools": "unlimited"}}, steps, {"every": "1 min"}), 500)
    out = [b - a for a, b in zip(times(run, "release"), times(run, "out"), strict=False)]
    assert {2, 3, 4} <= {round(t) for t in out}


@pytest.mark.parametrize(("per", "run_min"), [("lot", 2), ("unit", 6)])
def test_loading_and_unloading_come_once_a_visit_and_count_as_productive(per: str, run_min: float) -> None:
    tools = {"a": {"load": "1 min", "unload": "30 s"}}
    run = history(flow(tools, [step("s", "a", 2, per=per)], starts(0, 0), {"lot_size": 3}), 30)
    visit = 1 + run_min + 0.5
    assert times(run, "out") == [visit, 2 * visit]
    assert spent(run) == {"productive": 2 * visit, "starved": 30 - 2 * visit}


def test_loading_and_unloading_come_once_a_batch() -> None:
    tools = {"a": {"load": "1 min", "unload": "1 min"}}
    oven = step("s", "a", 5, batch={"min": 6, "max": 6})
    run = history(flow(tools, [oven], starts(0, 1, 2), {"lot_size": 2}), 30)
    assert times(run, "load") == [2, 2, 2]
    assert times(run, "out") == [9, 9, 9]
    assert spent(run) == {"productive": 7, "starved": 23}


def test_loading_and_unloading_prolong_a_pure_delay() -> None:
    tools = {"d": {"tools": "unlimited", "load": "1 min", "unload": "2 min"}}
    assert times(history(flow(tools, [step("s", "d", 5)], starts(0)), 20), "out") == [8]


# --- batches --------------------------------------------------------------------------------------


def test_a_batch_starts_once_the_minimum_waits_and_takes_what_fits() -> None:
    # lots of 2 units at 0, 1, ..., 6; 4 to 6 units. At 1 four units wait: lots 1, 2 run 1-11. At 11 lots 3 to 7
    # wait: 3, 4, 5 run 11-21; at 21 lots 6 and 7 are four units: 21-31. Whatever the fill, 10 min.
    oven = step("s", "a", 10, batch={"min": 4, "max": 6})
    run = history(flow({"a": {}}, [oven], starts(*range(7)), {"lot_size": 2}), 40)
    expected = [(1, 1), (1, 2), (11, 3), (11, 4), (11, 5), (21, 6), (21, 7)]
    assert rows(run, "load", "lot") == expected
    assert rows(run, "out", "lot") == [(at + 10, lot) for at, lot in expected]
    assert (group_total(run, STARTS), group_total(run, LOADED), group_total(run, DONE)) == (3, 7, 7)


def test_nothing_starts_below_the_minimum() -> None:
    oven = step("s", "a", 10, batch={"min": 4, "max": 6})
    run = history(flow({"a": {}}, [oven], starts(0, 5, 100), {"lot_size": 2}), 90)
    assert times(run, "load") == [5, 5]


def test_lots_are_never_split() -> None:
    # two lots of 4 units do not fit into 6: each runs alone.
    oven = step("s", "a", 10, batch={"min": 4, "max": 6})
    run = history(flow({"a": {}}, [oven], starts(0, 0), {"lot_size": 4}), 40)
    assert rows(run, "load", "lot") == [(0, 1), (10, 2)]


def test_a_batch_is_of_one_route_and_step_and_may_mix_products() -> None:
    # p and q share a route, r has its own with the same times: p (0) and q (2) run together, r waits for another r.
    oven = {"batch": {"min": 2, "max": 2}}
    run = history(
        line(
            {"a": {}},
            {"p": {"route": "m", "release": starts(0)}, "q": {"route": "m", "release": starts(2)},
             "r": {"route": "n", "release": starts(1, 20)}},
            {"m": [step("s", "a", 5, **oven)], "n": [step("s", "a", 5, **oven)]},
        ),
        40,
    )  # fmt: skip
    assert rows(run, "load", "product") == [(2, "p"), (2, "q"), (20, "r"), (20, "r")]


def test_two_steps_of_a_route_are_not_batched_together() -> None:
    # one lot waits at each step from the start; lot 1, released at 5, makes a pair at s1 only, and both at s2
    # then make three: two of them run, in order of arrival.
    oven = {"batch": {"min": 2, "max": 2}}
    wip = [{"lot": n, "product": "p", "units": 1, "step": s, "priority": 10} for n, s in (("u", "s1"), ("v", "s2"))]
    run = history(flow({"a": {}}, [step("s1", "a", 3, **oven), step("s2", "a", 3, **oven)], starts(5), wip=wip), 30)
    assert rows(run, "load", "step", "lot") == [(5, "s1", -1), (5, "s1", 1), (8, "s2", -2), (8, "s2", -1)]


def test_a_batch_is_filled_in_rule_order() -> None:
    # the tool is busy with lots 1, 2 until 10; at 10 wait 3, 4 (10) and 5 (20): 5 leads, 3 fills, 4 stays alone
    # until 6 comes.
    oven = step("s", "a", 10, batch={"min": 2, "max": 2})
    release = starts(0, 0, 1, 2, 3, 50, priority=[10, 10, 10, 10, 20, 10])
    run = history(flow({"a": {"rule": ["priority", "fifo"]}}, [oven], release), 80)
    loads = rows(run, "load", "lot")
    assert {lot for at, lot in loads if at == 10} == {5, 3}
    assert {lot for at, lot in loads if at == 50} == {4, 6}


def test_a_saturated_batch_tool_is_always_full() -> None:
    oven = step("s", "a", 10, batch={"min": 1, "max": 7})
    run = history(flow({"a": {}}, [oven], "saturated", {"lot_size": 2}), 35)
    assert times(run, "load") == [0] * 3 + [10] * 3 + [20] * 3 + [30] * 3
    assert spent(run) == {"productive": 35}


# --- cascades -------------------------------------------------------------------------------------


def cascade(minutes: float, every: str, **more: Any) -> dict[str, Any]:
    return step("s", "a", minutes, cascade={"every": every} | more)


def test_a_cascading_tool_takes_the_next_lot_once_its_entrance_is_free() -> None:
    # in at 0, 2, 4; out 5 min later each; productive while one is inside, 0 to 9.
    run = history(flow({"a": {}}, [cascade(5, "2 min")], starts(0, 0, 0)), 20)
    assert times(run, "load") == [0, 2, 4]
    assert times(run, "out") == [5, 7, 9]
    assert spent(run) == {"productive": 9, "starved": 11}


def test_the_entrance_is_held_for_each_unit() -> None:
    run = history(flow({"a": {}}, [cascade(20, "2 min", per="unit")], starts(0, 0), {"lot_size": 3}), 40)
    assert times(run, "load") == [0, 6]
    assert times(run, "out") == [20, 26]
    assert spent(run)["productive"] == 26


def test_a_cascade_is_starved_when_nothing_is_inside() -> None:
    # inside 0-5 and 3-8, then 12-17
    run = history(flow({"a": {}}, [cascade(5, "2 min")], starts(0, 3, 12)), 20)
    assert times(run, "load") == [0, 3, 12]
    assert spent(run) == {"productive": 13, "starved": 7}


def test_loading_and_unloading_lengthen_a_stay_inside_and_not_the_interval_at_the_entrance() -> None:
    # in at 0 and 2, out 1 + 5 + 1 min after that; productive while one is inside, 0 to 9.
    tools = {"a": {"load": "1 min", "unload": "1 min"}}
    run = history(flow(tools, [cascade(5, "2 min")], starts(0, 0)), 20)
    assert times(run, "load") == [0, 2]
    assert times(run, "out") == [7, 9]
    assert spent(run)["productive"] == 9


def test_no_more_lots_inside_than_allowed() -> None:
    # two inside for 10 min each: in at 0 and 2, then as they come out at 10 and 12.
    run = history(flow({"a": {}}, [cascade(10, "2 min", inside=2)], starts(*[0] * 5)), 40)
    assert times(run, "load") == [0, 2, 10, 12, 20]
    assert times(run, "out") == [10, 12, 20, 22, 30]


def test_the_limit_inside_holds_for_the_lot_that_enters_too() -> None:
    # q goes in only alone; p has no limit. p is inside 0-10: q waits for it, whatever entered last.
    products = {"p": {"route": "m", "release": starts(0)}, "q": {"route": "n", "release": starts(1)}}
    routes = {"m": [cascade(10, "2 min")], "n": [cascade(10, "2 min", inside=1)]}
    run = history(line({"a": {}}, products, routes), 40)
    assert rows(run, "load", "product") == [(0, "p"), (10, "q")]


def test_a_lot_may_be_out_before_its_entrance_is_free() -> None:
    run = history(flow({"a": {}}, [cascade(1, "3 min")], starts(0, 0)), 20)
    assert times(run, "load") == [0, 3]
    assert times(run, "out") == [1, 4]
    assert spent(run)["productive"] == 6


def test_a_lot_that_comes_out_of_a_cascade_may_be_blocked() -> None:
    # lots in at 0 and 2, done at 5 and 7; b takes the first for 10 min and the second waits inside from 7 to 15.
    tools = {"a": {}, "b": {"buffer": 0}}
    run = history(flow(tools, [cascade(5, "2 min"), step("t", "b", 10)], starts(0, 0)), 40)
    assert times(run, "leave", tool="a") == [5, 15]
    assert spent(run, 0) == {"productive": 7, "blocked": 8, "starved": 25}
