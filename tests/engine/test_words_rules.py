"""Setups and dispatch rules: which change costs what, which lot goes next. Minutes by hand."""

from __future__ import annotations

from typing import Any

import pytest
from word_lines import Words, flow, history, line, product_total, rows, spent, starts, step, times

CHANGES = [{"to": "B", "time": "12 min"}, {"from": "A", "to": "B", "time": "7 min"}]


def by_setup(tools: Words, releases: dict[str, Words], minutes: float = 1, **more: Any) -> Any:
    """Products A, B, N that need setup A, B and none, all at toolgroup `a`."""
    routes = {n: [step("s", "a", minutes) | ({} if n == "N" else {"setup": n})] for n in releases}
    return line(tools, {n: {"route": n, "release": r} for n, r in releases.items()}, routes, **more)


def setups(min_run: dict[str, int] | None = None, rule: list[str] | None = None, **group: Any) -> Words:
    words = {"rule": rule or ["fifo"], "setups": {"changes": CHANGES} | ({"min_run": min_run} if min_run else {})}
    return {"a": words | group}


def test_a_change_without_from_holds_for_any_state_none_included() -> None:
    # a new tool is in no state: 12 min for B. (That A has no change to it means that it costs nothing.)
    run = history(by_setup(setups(), {"B": starts(0)}), 30)
    assert times(run, "setup") == [0]
    assert times(run, "finish") == [13]
    assert spent(run) == {"setup": 12, "productive": 1, "starved": 17}


def test_the_more_specific_change_wins_and_a_step_without_setup_leaves_the_state() -> None:
    # A 0-1 (free); B 7 + 1: 1-9; N 9-10; B again 10-11, still set; A 11-12; B 7 + 1: 12-20.
    releases = {"A": starts(0, 0.4), "B": starts(0.1, 0.3, 0.5), "N": starts(0.2)}
    run = history(by_setup(setups(), releases), 30)
    assert rows(run, "finish", "product") == [(1, "A"), (9, "B"), (10, "N"), (11, "B"), (12, "A"), (20, "B")]
    assert times(run, "setup") == [1, 12]
    assert spent(run) == {"setup": 14, "productive": 6, "starved": 10}


def test_the_wait_ends_and_the_lot_is_on_the_tool_when_setup_begins() -> None:
    run = history(by_setup(setups(), {"B": starts(0, 1)}), 30)
    assert times(run, "load") == [0, 13]


def test_a_minimum_run_counts_down_lot_by_lot_and_then_lets_go() -> None:
    # queue at 0.5: A B A B A behind the first B. Three B, then the A.
    releases = {"B": starts(0, 0.2, 0.4), "A": starts(0.1, 0.3)}
    run = history(by_setup(setups({"B": 3}), releases), 60)
    assert rows(run, "load", "product") == [(0, "B"), (13, "B"), (14, "B"), (15, "A"), (16, "A")]


def test_a_minimum_run_holds_the_tool_and_steps_without_setup_neither_break_nor_shorten_it() -> None:
    # set up for B at 0 (run 12-13); A waits from 1; N at 20 may go; B at 30 and 40 complete the three; A at 41.
    releases = {"B": starts(0, 30, 40), "A": starts(1), "N": starts(20)}
    run = history(by_setup(setups({"B": 3}), releases), 60)
    assert rows(run, "load", "product") == [(0, "B"), (20, "N"), (30, "B"), (40, "B"), (41, "A")]


def test_a_minimum_run_is_in_lots_whatever_their_units() -> None:
    releases = {"B": starts(0, 0.2, units=[5, 5]), "A": starts(0.1)}
    run = history(by_setup(setups({"B": 2}), releases), 60)
    assert rows(run, "load", "product") == [(0, "B"), (13, "B"), (14, "A")]


def test_each_change_of_setup_begins_a_new_minimum_run() -> None:
    # B (2 at least), A, then again two B before the last A.
    releases = {"B": starts(0, 0.1, 17, 40), "A": starts(0.2, 18)}
    run = history(by_setup(setups({"B": 2}), releases), 60)
    # B 0-13, B 13-14, A 14-15, B set up 17-24 run 24-25, holds; A of 18 waits for the B of 40: 41.
    assert rows(run, "load", "product") == [(0, "B"), (13, "B"), (14, "A"), (17, "B"), (40, "B"), (41, "A")]


def test_another_tool_takes_what_a_minimum_run_holds_back() -> None:
    releases = {"B": starts(0), "A": starts(1)}
    run = history(by_setup(setups({"B": 3}, tools=2), releases), 60)
    assert rows(run, "load", "product", "tool") == [(0, "B", "a/1"), (1, "A", "a/2")]


def test_least_setup_looks_at_the_tool_that_asks() -> None:
    # the tool is set for B from 12 on; at 13 wait A (13 min to B again, free to A), B: B needs no setup, A none
    # either here (no change to A): tie, fifo. With a cost to A, B goes first.
    costly = {"changes": [*CHANGES, {"to": "A", "time": "3 min"}]}
    tools = {"a": {"rule": ["least_setup", "fifo"], "setups": costly}}
    run = history(by_setup(tools, {"B": starts(0, 2), "A": starts(1)}), 60)
    assert rows(run, "load", "product") == [(0, "B"), (13, "B"), (14, "A")]
    free = {"a": {"rule": ["least_setup", "fifo"], "setups": {"changes": CHANGES}}}
    run = history(by_setup(free, {"B": starts(0, 2), "A": starts(1)}), 60)
    assert rows(run, "load", "product") == [(0, "B"), (13, "A"), (14, "B")]


def test_priority_before_least_setup() -> None:
    costly = {"changes": [*CHANGES, {"to": "A", "time": "3 min"}]}
    tools = {"a": {"rule": ["priority", "least_setup", "fifo"], "setups": costly}}
    releases = {"B": starts(0, 2, 3), "A": starts(1, priority=[20])}
    run = history(by_setup(tools, releases), 60)
    assert rows(run, "load", "product") == [(0, "B"), (13, "A"), (17, "B"), (25, "B")]


# --- ranks ----------------------------------------------------------------------------------------


def order(rule: list[str], release: Words, product: Words | None = None, **more: Any) -> list[int]:
    """Lots in the order one tool of 10 min takes them; all but the first come while it is busy."""
    of = flow({"a": {"rule": rule}}, [step("s", "a", 10)], release, product, **more)
    return [lot for _, lot in rows(history(of, 200), "load", "lot")]


def test_the_default_rule_is_priority_then_order_of_arrival() -> None:
    release = starts(0, 1, 2, 3, 4, priority=[None, 5, 20, 10, 20])
    of = flow({"a": {}}, [step("s", "a", 10)], release)
    assert [lot for _, lot in rows(history(of, 200), "load", "lot")] == [1, 3, 5, 4, 2]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (["fifo"], [1, 2, 3, 4, 5]),
        (["lifo"], [1, 5, 4, 3, 2]),
        (["priority", "fifo"], [1, 3, 5, 2, 4]),
        (["priority", "lifo"], [1, 5, 3, 4, 2]),
    ],
)
def test_rules_of_arrival_and_priority(rule: list[str], expected: list[int]) -> None:
    assert order(rule, starts(0, 1, 2, 3, 4, priority=[10, 10, 20, 10, 20])) == expected


def test_fifo_goes_by_arrival_at_the_group_and_not_by_release() -> None:
    # q is released later but comes straight to a; p passes a delay first.
    products = {"p": {"route": "m", "release": starts(0, 1)}, "q": {"route": "n", "release": starts(1.5)}}
    routes = {"m": [step("d", "d", 2), step("s", "a", 10)], "n": [step("s", "a", 10)]}
    run = history(line({"a": {"rule": ["fifo"]}, "d": {"tools": "unlimited"}}, products, routes), 60)
    assert rows(run, "load", "product", "lot") == [(1.5, "q", 1), (11.5, "p", 1), (21.5, "p", 2)]


def test_earliest_due_date() -> None:
    # due at 101, 52, 52, and never: the second two in order of arrival, the one without due last.
    release = starts(0, 1, 2, 3, 4, due=["1 min", "100 min", "50 min", "49 min", None])
    assert order(["edd"], release) == [1, 3, 4, 2, 5]


def test_a_rank_that_ties_leaves_the_next_one_to_decide() -> None:
    release = starts(
        0, 1, 2, 3, due=["1 min", "51 min", "50 min", "49 min"], priority=[10, 10, 10, 20]
    )
    assert order(["edd", "priority"], release) == [1, 4, 2, 3]


def test_shortest_process_time_by_lot_and_by_units() -> None:
    products = {
        "p": {"route": "m", "release": starts(0, 1)},
        "q": {"route": "n", "lot_size": 2, "release": starts(2)},
        "r": {"route": "n", "lot_size": 9, "release": starts(3)},
    }
    routes = {"m": [step("s", "a", 10)], "n": [step("s", "a", 4, per="unit")]}  # 10; 8; 36
    run = history(line({"a": {"rule": ["spt"]}}, products, routes), 200)
    assert rows(run, "load", "product") == [(0, "p"), (10, "q"), (18, "p"), (28, "r")]


def test_shortest_remaining_process_time_looks_along_the_route() -> None:
    # p: 1 here and 20 ahead; q: 5 here and none ahead. Shortest now is p, shortest remaining is q.
    products = {"p": {"route": "m", "release": starts(0, 0.1)}, "q": {"route": "n", "release": starts(0.2)}}
    routes = {"m": [step("s", "a", 1), step("t", "b", 20)], "n": [step("s", "a", 5)]}
    for rule, expected in (("srpt", ["p", "q", "p"]), ("spt", ["p", "p", "q"])):
        run = history(line({"a": {"rule": [rule]}, "b": {}}, products, routes), 60)
        assert [name for _, name in rows(run, "load", "product", step="s")] == expected


def test_shortest_remaining_process_time_counts_each_lots_own_units() -> None:
    # two products on one route of 1 min a unit: 10 units at 0.1, 1 unit at 0.2. The small one is shorter.
    products = {
        "big": {"route": "m", "lot_size": 10, "release": starts(0, 0.1)},
        "small": {"route": "m", "lot_size": 1, "release": starts(0.2)},
    }
    run = history(line({"a": {"rule": ["srpt", "fifo"]}}, products, {"m": [step("s", "a", 1, per="unit")]}), 60)
    assert rows(run, "load", "product") == [(0, "big"), (10, "small"), (11, "big")]


def test_critical_ratio_is_time_left_over_work_left() -> None:
    # at 10: p has 91 min for 10 of work (9.1), q 132 for 40 (3.3): q first, though p is due earlier.
    products = {
        "p": {"route": "m", "due": "100 min", "release": starts(0, 1)},
        "q": {"route": "n", "due": "140 min", "release": starts(2)},
    }
    routes = {"m": [step("s", "a", 10)], "n": [step("s", "a", 10), step("t", "b", 30)]}
    for rule, expected in (("cr", ["p", "q", "p"]), ("edd", ["p", "p", "q"])):
        run = history(line({"a": {"rule": [rule]}, "b": {}}, products, routes), 100)
        assert [name for _, name in rows(run, "load", "product", step="s")] == expected


def test_critical_ratio_puts_a_late_lot_first() -> None:
    release = starts(0, 1, 2, due=["1 min", "60 min", "3 min"])
    assert order(["cr"], release) == [1, 3, 2]


def test_critical_ratio_puts_a_lot_without_due_date_last() -> None:
    release = starts(0, 1, 2, 3, due=["1 min", None, "60 min", "90 min"])
    assert order(["cr", "fifo"], release) == [1, 3, 4, 2]


def test_priority_interrupts_nobody() -> None:
    run = history(flow({"a": {}}, [step("s", "a", 10)], starts(0, 1, priority=[1, 99])), 30)
    assert rows(run, "finish", "lot") == [(10, 1), (20, 2)]


def test_the_longest_idle_tool_is_called_first() -> None:
    # both idle from the start, in order: lot 1 on tool 1 until 2, lot 2 on tool 2 (1-3), lot 3 at 5 on tool 1.
    run = history(flow({"a": {"tools": 2}}, [step("s", "a", 2)], starts(0, 1, 5, 10)), 20)
    assert rows(run, "load", "tool") == [(0, "a/1"), (1, "a/2"), (5, "a/1"), (10, "a/2")]


def test_an_idle_tool_that_is_set_up_is_called_before_one_that_is_not() -> None:
    # tool 1 is set for B, tool 2 for A; both idle, tool 1 the longer: the A at 50 goes to tool 2.
    costly = {"changes": [{"to": "A", "time": "3 min"}, {"to": "B", "time": "3 min"}]}
    tools = {"a": {"tools": 2, "rule": ["least_setup", "fifo"], "setups": costly}}
    run = history(by_setup(tools, {"B": starts(0), "A": starts(1, 50)}), 60)
    assert rows(run, "load", "product", "tool") == [(0, "B", "a/1"), (1, "A", "a/2"), (50, "A", "a/2")]


def test_two_saturated_products_keep_only_the_lots_on_tools_in_the_line() -> None:
    # a lot of a saturated product is in the line from its first loading: one tool, never more than one lot,
    # whatever a minimum run keeps from being loaded.
    run = history(by_setup(setups({"A": 3, "B": 3}), {"A": "saturated", "B": "saturated"}), 50)
    assert sum(product_total(run, 5, product) for product in (0, 1)) == 50 * 60_000
