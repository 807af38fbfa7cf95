"""Buffers, blocking after service, transport: what a place is, who holds it, and who moves first.

Every expected minute is worked out in the test's comment from the document's meaning, not from the engine.
"""

from __future__ import annotations

from typing import Any

import pytest
from word_lines import (
    MINUTE,
    QUEUE_AREA,
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

FAST_SLOW = [step("s1", "a", 1), step("s2", "b", 5)]


def pair(buffer: dict[str, Any], **more: Any) -> Any:
    return flow({"a": {}, "b": buffer}, FAST_SLOW, "saturated", **more)


def test_a_buffer_left_out_never_blocks() -> None:
    run = history(pair({}), 10)
    assert times(run, "leave", tool="a") == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert times(run, "load", tool="b") == [1, 6]
    assert spent(run, 0) == {"productive": 10}


def test_a_full_buffer_blocks_after_service() -> None:
    # b: lot 1 at 1-6, 2 at 6-11, 3 at 11-. Lots 2 and 3 take the places at 2 and 3; lot 4 is done at 4 and goes
    # when lot 2 is loaded (6); lot 5 runs 6-7 and goes at 11; lot 6 runs 11-12.
    run = history(pair({"buffer": 2}), 12)
    assert times(run, "leave", tool="a") == [1, 2, 3, 6, 11]
    assert times(run, "load", tool="a") == [0, 1, 2, 3, 6, 11]
    assert times(run, "blocked", tool="a") == [4, 7]
    assert spent(run, 0) == {"productive": 6, "blocked": 6}
    assert spent(run, 1) == {"starved": 1, "productive": 11}


def test_no_places_hold_nothing_but_an_idle_tool() -> None:
    # b takes lot 1 at 1; lot 2 is done at 2 and stays on its tool until b is idle at 6, and so on.
    run = history(pair({"buffer": 0}), 12)
    assert times(run, "leave", tool="a") == [1, 6, 11]
    assert times(run, "load", tool="b") == [1, 6, 11]
    assert spent(run, 0) == {"productive": 4, "blocked": 8}


def test_places_are_shared_by_the_tools_and_tool_positions_are_not_counted() -> None:
    # two tools of 10 min, one place: lots 1, 2 on the tools (1-11, 2-12), 3 in the place at 3; 4 is done at 4 and
    # takes the place when 3 is loaded at 11; a then runs 5 until 12, when 4 is loaded and 5 takes the place.
    tools = {"a": {}, "b": {"tools": 2, "buffer": 1}}
    run = history(flow(tools, [step("s1", "a", 1), step("s2", "b", 10)], "saturated"), 13)
    assert times(run, "leave", tool="a") == [1, 2, 3, 11, 12]
    assert rows(run, "load", "lot", "tool", step="s2") == [
        (1, 1, "b/1"), (2, 2, "b/2"), (11, 3, "b/1"), (12, 4, "b/2"),
    ]  # fmt: skip


def test_a_lot_in_transport_holds_its_place() -> None:
    # the one place is held from leaving a until loading at b, 3 min later: one lot every 3 min.
    tools = {"a": {}, "b": {"buffer": 1}}
    run = history(
        flow(tools, [step("s1", "a", 1), step("s2", "b", 1)], "saturated", transport={"time": "3 min"}), 12
    )
    assert times(run, "leave", tool="a") == [1, 4, 7, 10]
    assert times(run, "load", tool="b") == [4, 7, 10]


def test_a_lot_in_transport_holds_the_idle_tool_of_a_group_without_places() -> None:
    # lot 1 leaves at 1, is there at 4 and done at 5; only then is b idle again and lot 2 may set out.
    tools = {"a": {}, "b": {"buffer": 0}}
    run = history(
        flow(tools, [step("s1", "a", 1), step("s2", "b", 1)], "saturated", transport={"time": "3 min"}), 12
    )
    assert times(run, "leave", tool="a") == [1, 5, 9]
    assert times(run, "load", tool="b") == [4, 8]


def test_lots_wait_outside_in_order_where_the_first_buffer_is_full_and_count_as_wip() -> None:
    # one tool of 10 min, one place. 1 runs 0-10; 2 takes the place at 1; 3 and 4 wait outside from 2 and 3.
    # 3 comes in when 2 is loaded (10), 4 when 3 is loaded (20). In the line: 10 + 19 + 28 + 37 min; waiting,
    # outside or in front: 9 + 18 + 27 min.
    run = history(flow({"a": {"buffer": 1}}, [step("s", "a", 10)], starts(0, 1, 2, 3)), 45)
    assert times(run, "queue") == [0, 1, 10, 20]
    assert rows(run, "load", "lot") == [(0, 1), (10, 2), (20, 3), (30, 4)]
    assert product_total(run, WIP_AREA) == 94 * MINUTE
    assert group_total(run, QUEUE_AREA) == 54 * MINUTE


def test_lots_wait_outside_a_group_without_places() -> None:
    run = history(flow({"a": {"tools": 2, "buffer": 0}}, [step("s", "a", 10)], starts(0, 1, 2, 3)), 25)
    assert rows(run, "load", "lot") == [(0, 1), (1, 2), (10, 3), (11, 4)]


def into_one(buffer: int, x_starts: Any) -> Any:
    """Three tools of 1, 3 and 2 min that all feed one of 10 min; their order in the document is not that of time."""
    groups = {"x": {}, "y": {}, "z": {}, "c": {"buffer": buffer}}
    minutes = {"x": 1, "y": 3, "z": 2}
    products = {n: {"route": n, "release": x_starts if n == "x" else starts(0)} for n in minutes}
    routes = {n: [step(f"{n}1", n, m), step("c1", "c", 10)] for n, m in minutes.items()}
    return line(groups, products, routes)


def test_of_several_blocked_lots_the_one_that_finished_first_moves_first() -> None:
    # c takes x at 1; z is done at 2, y at 3: z goes at 11, y at 21.
    run = history(into_one(0, starts(0)), 40)
    assert rows(run, "load", "product", step="c1") == [(1, "x"), (11, "z"), (21, "y")]


def test_a_lot_that_finishes_as_a_place_becomes_free_does_not_overtake_blocked_ones() -> None:
    # as before, and x's second lot is done at 11, in the very tick c becomes idle: z, y, then x.
    run = history(into_one(0, starts(0, 10)), 60)
    assert rows(run, "load", "product", step="c1") == [(1, "x"), (11, "z"), (21, "y"), (31, "x")]


def test_blocked_lots_move_in_order_into_a_buffer_and_the_rule_then_chooses_among_those_inside() -> None:
    # one place: z takes it at 2, y is blocked from 3. At 11 c takes z and y moves up.
    run = history(into_one(1, starts(0)), 40)
    assert times(run, "leave", product="z", tool="z") == [2]
    assert times(run, "leave", product="y", tool="y") == [11]


def test_a_chain_of_blocked_tools_moves_in_one_tick() -> None:
    # no places anywhere: when d lets lot 1 go at 13, lots 2, 3 and 4 all move up at 13.
    groups = {"a": {}} | {name: {"buffer": 0} for name in "bcd"}
    steps = [step("s1", "a", 1), step("s2", "b", 1), step("s3", "c", 1), step("s4", "d", 10)]
    run = history(flow(groups, steps, "saturated"), 14)
    assert [times(run, "leave", tool=name)[-1] for name in "abcd"] == [13, 13, 13, 13]


def test_transport_lies_between_consecutive_steps_and_nowhere_else() -> None:
    # release -> a at once, a -> b 5 min, b -> b 5 min, out at once.
    steps = [step("s1", "a", 1), step("s2", "b", 1), step("s3", "b", 1)]
    run = history(flow({"a": {}, "b": {}}, steps, starts(0), transport={"time": "5 min"}), 30)
    assert times(run, "load") == [0, 6, 12]
    assert times(run, "out") == [13]


@pytest.mark.parametrize(("exempt", "expected"), [("a", [0, 1, 7]), ("b", [0, 1, 2]), ("c", [0, 6, 7])])
def test_transport_none_exempts_the_way_to_and_from_a_toolgroup(exempt: str, expected: list[float]) -> None:
    groups: dict[str, Any] = {name: {"transport": "none"} if name == exempt else {} for name in "abc"}
    steps = [step("s1", "a", 1), step("s2", "b", 1), step("s3", "c", 1)]
    run = history(flow(groups, steps, starts(0), transport={"time": "5 min"}), 30)
    assert times(run, "load") == expected


def test_transport_is_drawn_once_a_move() -> None:
    steps = [step(f"s{i}", "a", 1) for i in range(40)]
    run = history(flow({"a": {}}, steps, starts(0), transport={"time": {"uniform": ["5 min", "10 min"]}}), 600)
    moves = [load - leave for load, leave in zip(times(run, "load")[1:], times(run, "leave"), strict=False)]
    assert len(moves) == 39
    assert 5 <= min(moves) < 5.8 < 9.2 < max(moves) <= 10


def test_an_unlimited_group_is_a_pure_delay_for_as_many_lots_as_come() -> None:
    run = history(flow({"d": {"tools": "unlimited"}}, [step("s", "d", 7)], starts(0, 0, 1, 2)), 20)
    assert times(run, "out") == [7, 7, 8, 9]
    assert run.totals.tool_ticks.shape[1] == 0
    assert group_total(run, QUEUE_AREA) == 0


def test_an_unlimited_group_always_has_an_idle_tool_whatever_its_buffer() -> None:
    tools = {"a": {}, "d": {"tools": "unlimited", "buffer": 0}}
    run = history(flow(tools, [step("s1", "a", 1), step("s2", "d", 5)], "saturated"), 10)
    assert times(run, "out") == [6, 7, 8, 9]


def test_a_place_in_front_of_an_unlimited_group_is_free_again_when_the_lot_arrives() -> None:
    # one place, held through 5 min of transport: lots leave a at 1, 6, 11 and are out 5 + 2 min later.
    tools = {"a": {}, "d": {"tools": "unlimited", "buffer": 1}}
    steps = [step("s1", "a", 1), step("s2", "d", 2)]
    run = history(flow(tools, steps, "saturated", transport={"time": "5 min"}), 20)
    assert times(run, "leave", tool="a") == [1, 6, 11, 16]
    assert times(run, "out") == [8, 13, 18]
