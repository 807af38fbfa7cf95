"""Parts and joins, worked out by hand: who waits for whom, what a full store does, when nothing can move again."""

from __future__ import annotations

from typing import Any

import pytest
from word_lines import COMPLETED, OUT, group_total, history, line, product_total, rows, spent, starts, step, times

from twin.engine import RunError
from twin.line import Line
from twin.line.edit import varied

Words = dict[str, Any]


def wait_in(store: str) -> Words:
    return {"step": f"in_{store}", "toolgroup": store}


def married(buffer: int | str, joins: Any = "roof", **more: Any) -> Line:
    """Bodies are welded for 2 min and married for 2 min to roofs that are pressed for 3 min."""
    groups = {"press": {}, "roofs": {"tools": "store", "buffer": buffer}, "weld": {}, "marry": {"buffer": 1}}
    routes = {
        "body": [step("weld", "weld", 2), step("marry", "marry", 2, joins=joins)],
        "roof": [step("press", "press", 3), wait_in("roofs")],
    }
    products = {
        "body": {"route": "body", "release": starts(0, 0, 0)},
        "roof": {"route": "roof", "release": starts(0, 0, 0)},
    }
    return line(groups, products, routes, **more)


def test_a_lot_waits_for_its_part_and_the_part_leaves_with_it() -> None:
    run = history(married(1), 60)
    assert times(run, "load", step="marry") == [3, 6, 9]
    assert times(run, "out", product="body") == [5, 8, 11]
    assert times(run, "out", product="roof") == [3, 6, 9]
    # the log tells which tool a part went to, and so with which lot
    assert rows(run, "finish", "lot", "tool", step="in_roofs") == [(3, 1, "marry"), (6, 2, "marry"), (9, 3, "marry")]
    assert product_total(run, OUT) == product_total(run, COMPLETED, 1) == 3
    assert run.throughput is not None and run.throughput.mean == pytest.approx(3 * 24)  # bodies alone
    assert run.final == [0]


def test_a_store_without_places_leaves_the_part_on_its_tool() -> None:
    groups = {"press": {}, "roofs": {"tools": "store", "buffer": 0}, "marry": {}}
    routes = {"body": [step("marry", "marry", 3, joins="roof")], "roof": [step("press", "press", 1), wait_in("roofs")]}
    products = {name: {"route": name, "release": "saturated"} for name in ("body", "roof")}
    run = history(line(groups, products, routes), 10)
    assert times(run, "load", step="marry") == [1, 4, 7]
    assert times(run, "load", step="press") == [0, 1, 4, 7]
    assert spent(run) == {"productive": 4, "blocked": 6}  # from 2 to 4, 5 to 7 and 8 to 10


def test_a_full_store_blocks_and_the_rest_waits_in_it() -> None:
    assert times(history(married(1), 5.5), "blocked") == []
    changes = {"marry.time": "20 min", "weld.time": "2.5 min"}
    slow = varied(
        married(1), {f"routes.body.{key}": time for key, time in changes.items()} | {"routes.roof.press.time": "1 min"}
    )
    run = history(slow, 19)
    assert times(run, "load", step="marry") == [2.5]  # with the first roof
    assert times(run, "blocked", product="roof") == [2, 3.5]  # the second until then, the third until the end
    assert run.stores["waiting", "mean"]["roofs"] == pytest.approx(18 / 19)  # from minute 1 on


def test_as_many_parts_as_the_step_says() -> None:
    groups = {"press": {}, "doors": {"tools": "store", "buffer": 4}, "marry": {}}
    routes = {
        "body": [step("marry", "marry", 1, joins={"door": 4})],
        "door": [step("press", "press", 1), wait_in("doors")],
    }
    products = {name: {"route": name, "release": "saturated"} for name in ("body", "door")}
    run = history(line(groups, products, routes), 13)
    assert times(run, "load", step="marry") == [4, 8, 12]
    assert group_total(run, 1, 1) == 12  # taken from the store
    assert run.stores["taken", "mean"]["doors"] == pytest.approx(12 / 13 * 60 * 24)


def test_of_two_takers_the_one_that_waited_longer_comes_first() -> None:
    groups = {"press": {}, "rack": {"tools": "store"}, "one": {}, "two": {}}
    routes = {
        "x": [step("join_x", "one", 9, joins=["part"])],
        "y": [step("join_y", "two", 9, joins=["part"])],
        "part": [step("press", "press", 5), wait_in("rack")],
    }
    for first, second in ((0, 1), (1, 0)):
        products = {
            "x": {"route": "x", "release": starts(first)},
            "y": {"route": "y", "release": starts(second)},
            "part": {"route": "part", "release": starts(0, 0)},
        }
        run = history(line(groups, products, routes), 60)
        assert times(run, "load", step="join_x") == [5 + 5 * first]
        assert times(run, "load", step="join_y") == [5 + 5 * second]


def test_kanban_a_part_that_is_taken_releases_the_next() -> None:
    groups = {"press": {}, "roofs": {"tools": "store"}, "marry": {}}
    routes = {"body": [step("marry", "marry", 10, joins="roof")], "roof": [step("press", "press", 1), wait_in("roofs")]}
    products = {"body": {"route": "body", "release": "saturated"}, "roof": {"route": "roof", "release": {"wip": 2}}}
    run = history(line(groups, products, routes), 25)
    assert times(run, "load", step="marry") == [1, 11, 21]
    assert times(run, "release", product="roof") == [0, 0, 1, 11, 21]


def test_parts_may_be_made_of_parts() -> None:
    groups = {"cut": {}, "bolt": {}, "hinges": {"tools": "store"}, "doors": {"tools": "store"}, "marry": {}}
    routes = {
        "body": [step("marry", "marry", 1, joins={"door": 2})],
        "door": [step("bolt", "bolt", 1, joins={"hinge": 2}), wait_in("doors")],
        "hinge": [step("cut", "cut", 1), wait_in("hinges")],
    }
    products = {name: {"route": name, "release": "saturated"} for name in routes}
    run = history(line(groups, products, routes), 12)
    assert times(run, "load", step="bolt") == [2, 4, 6, 8, 10]  # the hinge of minute 12 is cut at the end
    assert times(run, "load", step="marry") == [5, 9]


def mixed(left: Any, right: Any) -> Line:
    """One press makes both sides into one rack."""
    groups = {"press": {"rule": "fifo"}, "rack": {"tools": "store", "buffer": 3}, "marry": {}}
    routes: dict[str, list[Words]] = {"body": [step("marry", "marry", 1, joins=["left", "right"])]}
    routes |= {side: [step(f"press_{side}", "press", 1), wait_in("rack")] for side in ("left", "right")}
    products = {"body": {"route": "body", "release": "saturated"}}
    products |= {"left": {"route": "left", "release": left}, "right": {"route": "right", "release": right}}
    return line(groups, products, routes)


@pytest.mark.parametrize("right", [{"wip": 3, "start": "5 min"}, {"every": "1000 min", "start": "500 min"}, starts(8)])
@pytest.mark.parametrize("left", [{"wip": 6}, {"every": "30 s"}])
def test_a_line_that_can_never_go_on_says_so_at_once_and_names_who_waits_for_whom(left: Any, right: Any) -> None:
    """Four left sides, three in the rack and one on the press: no right one can come any more."""
    told = (
        r"at 4 min: deadlock: nothing can move any more: press holds left and finds no place at rack \(3 of 3 taken\); "
        r"marry waits for right, of which 0 of 1 are in rack\. "
    )
    with pytest.raises(RunError, match=told):
        history(mixed(left, right), 100)


def test_a_line_that_goes_on_after_a_pause_is_not_told_off() -> None:
    """The rack is full of left sides for an hour, until a right one comes from a press of its own."""
    of = mixed({"wip": 6}, {"every": "60 min", "start": "60 min"}).to_document()
    of["toolgroups"]["other"] = {}
    of["routes"]["right"][0]["toolgroup"] = "other"
    run = history(Line.from_document(of), 130)
    assert times(run, "load", step="marry") == [61, 121]
