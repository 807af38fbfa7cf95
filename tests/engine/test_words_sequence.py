"""Lots in a given order, tool by tool: `toolgroups.NAME.sequence`. Minutes by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from word_lines import group_total, history, line, rows, spent, starts, step, times

from twin.engine import RunError
from twin.line import Line, LineError, read
from twin.line.sheets_export import export_tables
from twin.results import Results


def shop(groups: dict[str, Any], *, a: tuple[float, ...] = (0, 0), b: tuple[float, ...] = (0,), **more: Any) -> Line:
    """Lots of a pass m (2 min) and n (3 min), those of b n (1 min) and m (4 min)."""
    products = {"a": {"route": "ra", "release": starts(*a)}, "b": {"route": "rb", "release": starts(*b)}}
    routes = {"ra": [step("a1", "m", 2), step("a2", "n", 3)], "rb": [step("b1", "n", 1), step("b2", "m", 4)]}
    return line(groups, products, routes, **more)


def loads(of: Line, minutes: float = 60) -> list[tuple[Any, ...]]:
    run = history(of, minutes)
    return sorted(rows(run, "load", "tool", "product", "lot"))


def taken(run: Results, toolgroup: str, *columns: str) -> list[tuple[Any, ...]]:
    """When the tools of a toolgroup were loaded, and these columns."""
    found = rows(run, "load", "tool", *columns)
    return [(at, tool, *rest) for at, tool, *rest in found if tool.partition("/")[0] == toolgroup]


def test_a_tool_takes_the_lots_in_order_and_waits_for_the_one_whose_turn_it_is() -> None:
    # m waits for b-1 from 2 to 1: it comes at 1 and is taken before a-1, which has waited since 0
    groups = {"m": {"sequence": ["b-1", "a-2", "a-1"]}, "n": {"sequence": ["b-1", "a-2", "a-1"]}}
    assert loads(shop(groups)) == [
        (0, "n", "b", 1), (1, "m", "b", 1), (5, "m", "a", 2), (7, "m", "a", 1), (7, "n", "a", 2), (10, "n", "a", 1),
    ]  # fmt: skip


def test_each_of_several_tools_has_a_list_of_its_own() -> None:
    groups = {"m": {"tools": 2, "sequence": [["a-2"], ["b-1", "a-1"]]}, "n": {}}
    run = history(shop(groups), 60)
    assert taken(run, "m", "product", "lot") == [
        (0, "m/1", "a", 2), (1, "m/2", "b", 1), (5, "m/2", "a", 1),
    ]  # fmt: skip
    assert spent(run, 0) == {"productive": 2, "starved": 58}


def test_a_tool_may_have_nothing_to_do() -> None:
    of = shop({"m": {"tools": 2, "sequence": [[], ["a-1", "a-2", "b-1"]]}, "n": {}})
    assert taken(history(of, 60), "m") == [(0, "m/2"), (2, "m/2"), (4, "m/2")]


def test_a_lot_that_comes_again_is_named_again_and_the_step_may_be_told() -> None:
    # the lots pass m twice; in the second list lot 1's second visit comes before lot 2's first
    routes = {"main": [step("s", "m", 1), step("t", "n", 1), step("u", "m", 2)]}
    products = {"p": {"route": "main", "release": starts(0, 0)}}

    def steps(sequence: list[Any]) -> list[tuple[Any, ...]]:
        of = line({"m": {"sequence": sequence}, "n": {}}, products, routes)
        return [(at, *rest) for at, _, *rest in taken(history(of, 30), "m", "lot", "step")]

    assert steps(["p-1", "p-2", "p-1", "p-2"]) == [(0, 1, "s"), (1, 2, "s"), (2, 1, "u"), (4, 2, "u")]
    assert steps(["p-1", "p-1", "p-2", "p-2"]) == [(0, 1, "s"), (2, 1, "u"), (4, 2, "s"), (6, 2, "u")]
    told = [{"lot": "p-1", "step": "s"}, {"lot": "p-1", "step": "u"}, "p-2", {"lot": "p-2", "step": "u"}]
    assert steps(told) == steps(["p-1", "p-1", "p-2", "p-2"])


def test_two_tools_of_a_group_may_each_have_a_turn_for_a_lot() -> None:
    # the step says that the second tool takes lot 1 when it comes again, though it waits for it from the start
    routes = {"main": [step("s", "m", 1), step("u", "m", 2)]}
    products = {"p": {"route": "main", "release": starts(0)}}
    second = [[{"lot": "p-1", "step": "u"}], [{"lot": "p-1", "step": "s"}]]
    of = line({"m": {"tools": 2, "sequence": second}}, products, routes)
    assert rows(history(of, 30), "load", "tool", "step") == [(0, "m/2", "s"), (1, "m/1", "u")]


def test_lots_there_at_the_start_have_their_own_names() -> None:
    wip = [{"lot": "X", "product": "a", "step": "a2"}, {"lot": "Y", "product": "b", "step": "b2"}]
    groups = {"m": {"sequence": ["a-1", "Y", "b-1", "a-2"]}, "n": {"sequence": ["a-1", "X", "b-1", "a-2"]}}
    assert loads(shop(groups, wip=wip)) == [
        (0, "m", "a", 1), (2, "m", "b", -2), (2, "n", "a", 1), (5, "n", "a", -1), (8, "n", "b", 1), (9, "m", "b", 1),
        (13, "m", "a", 2), (15, "n", "a", 2),
    ]  # fmt: skip


def test_a_tool_that_is_down_keeps_the_order() -> None:
    failures = [{"mtbf": "1 min", "mttr": "5 min", "clock": "calendar"}]
    pm = [{"every": "50 min", "takes": "10 min", "first": "1 min"}]
    groups = {"m": {"sequence": ["a-2", "a-1", "b-1"], "pm": pm}, "n": {"tools": 3}}
    assert [row[2:] for row in loads(shop(groups)) if row[1] == "m"] == [("a", 2), ("a", 1), ("b", 1)]
    del groups["m"]["pm"]
    groups["m"]["failures"] = failures
    assert [row[2:] for row in loads(shop(groups)) if row[1] == "m"] == [("a", 2), ("a", 1), ("b", 1)]


def test_a_cascading_tool_takes_them_in_order_too() -> None:
    steps = [step("s", "m", 5, cascade={"every": "1 min"})]
    products = {"p": {"route": "r", "release": starts(0, 1, 2)}}
    of = line({"m": {"sequence": ["p-2", "p-1", "p-3"]}}, products, {"r": steps})
    assert rows(history(of, 30), "load", "lot") == [(1, 2), (2, 1), (3, 3)]


def test_orders_that_wait_for_each_other_are_told_as_a_deadlock() -> None:
    groups = {"m": {"sequence": ["b-1", "a-1", "a-2"]}, "n": {"sequence": ["a-1", "b-1", "a-2"]}}
    with pytest.raises(RunError) as caught:
        history(shop(groups), 60)
    assert str(caught.value) == (
        "replication 1: deadlock: 'm' waits for lot b-1, which waits at 'n' for step 'b1'; 'n' waits for lot a-1, "
        "which waits at 'm' for step 'a1': these sequences never go on; change the order of one of them"
    )


def test_a_deadlock_is_told_though_the_rest_of_the_line_goes_on() -> None:
    groups = {"m": {"sequence": ["b-1", "a-1", "a-2"]}, "n": {"sequence": ["a-1", "b-1", "a-2"]}, "o": {}}
    of = shop(groups).to_document()
    of["products"]["c"] = {"route": "rc", "release": {"every": "1 min"}}
    of["routes"]["rc"] = [step("c1", "o", 0.5)]
    with pytest.raises(RunError, match="deadlock: 'm' waits for lot b-1"):
        history(Line.from_document(of), 60)


def test_a_full_buffer_in_front_of_a_tool_that_waits_is_told() -> None:
    # a-1 fills the only place in front of m, which waits for b-1: that stands blocked on n
    groups = {"m": {"buffer": 1, "sequence": ["b-1", "a-1", "a-2"]}, "n": {}}
    with pytest.raises(RunError, match="'m' waits for lot b-1, which waits for a place in front of 'm': these"):
        history(shop(groups), 60)


def test_a_conveyor_takes_lots_as_they_come() -> None:
    belt = {"conveyor": {"length": "2 m", "speed": "1 m/min", "pitch": "1 m"}, "sequence": ["a-1"]}
    with pytest.raises(LineError, match="a conveyor has no sequence"):
        shop({"m": {}, "n": {}, "belt": belt})


def test_lots_that_no_sequence_names_wait_and_are_told() -> None:
    products = {"p": {"route": "r", "release": {"every": {"trace": {"values": ["1 min"] * 4, "end": "stop"}}}}}
    of = line({"m": {"sequence": ["p-2", "p-1"]}}, products, {"r": [step("s", "m", 2)]})
    with pytest.raises(RunError, match="the sequence of 'm' is worked off, and 2 more lots wait there"):
        history(of, 60)
    assert times(history(of, 4), "out") == [3]


def test_a_lot_that_was_lost_has_its_turn_for_ever() -> None:
    release = starts(0, 0, 0) | {"full": "lose"}
    group = {"buffer": 2, "sequence": ["p-3", "p-1", "p-2"]}
    of = line({"m": group}, {"p": {"route": "r", "release": release}}, {"r": [step("s", "m", 2)]})
    with pytest.raises(RunError, match="'m' waits for lot p-3, which has left the line"):
        history(of, 60)


def test_a_line_without_a_sequence_keeps_its_rule() -> None:
    run = history(shop({"m": {"rule": ["fifo"]}, "n": {}}), 60)
    assert group_total(run, 1) == 3
    assert run.names.turns == ()


CSV = """tool,position,product,lot,step
m/2,1,b,1,
m/2,2,,a-1,a1
m/1,7,a,2,
n,1,b,1,
n,3,a,1,
n,2,a,2,a2
"""


def from_table(folder: Path, csv: str = CSV) -> Line:
    (folder / "seq.csv").write_text(csv, encoding="utf-8")
    document = shop({"m": {"tools": 2}, "n": {}}).to_document()
    for name in ("m", "n"):
        document["toolgroups"].setdefault(name, {})["sequence"] = {"file": "seq.csv"}
    return Line.from_document(document, folder)


def test_a_table_holds_the_sequences_of_all_toolgroups(tmp_path: Path) -> None:
    of = from_table(tmp_path)
    words = of.to_document()["toolgroups"]
    assert words["m"]["sequence"] == [["a-2"], ["b-1", {"lot": "a-1", "step": "a1"}]]
    assert words["n"]["sequence"] == ["b-1", {"lot": "a-2", "step": "a2"}, "a-1"]
    assert [row[1:] for row in loads(of)][:2] == [("m/1", "a", 2), ("n", "b", 1)]


def test_a_tool_without_a_row_has_nothing_to_do(tmp_path: Path) -> None:
    csv = CSV.replace("m/2,1", "m/1,1").replace("m/2,2", "m,2")
    assert from_table(tmp_path, csv).to_document()["toolgroups"]["m"]["sequence"][1] == []


@pytest.mark.parametrize("where", ["line.xlsx", "tables"])
def test_the_word_comes_back(where: str, tmp_path: Path) -> None:
    of = from_table(tmp_path)
    assert Line.from_document(of.to_document()) == of
    export_tables(of, tmp_path / where)
    assert read(tmp_path / where) == of


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("m/1,7,a,2", "m/1,7,a,5", "seq.csv:4:", "there is no lot 'a-5': 2 of 'a' are released"),
        ("m/1,7,a,2", "m/1,7,c,2", "seq.csv:4:", "the line has no product 'c'"),
        ("m/1,7,a,2", "m/2,2,a,2", "seq.csv:4:", "two lots at position 2"),
        ("m/1,7,a,2", "q,7,a,2", "seq.csv:4:", "the line has no toolgroup 'q'"),
        ("m/1,7,a,2", "m/1,x,a,2", "seq.csv:4:", "whole number"),
        ("n,3,a,1,", "n,3,a,1,a1", "seq.csv:6:", "lot 'a-1' has no step 'a1' here"),
        (",position", ",positon", "seq.csv:1:", "unknown column 'positon'"),
    ],
)
def test_a_fault_of_a_table_is_told_with_its_row(old: str, new: str, place: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "seq.csv").write_text(CSV.replace(old, new), encoding="utf-8")
    (tmp_path / "shop.yaml").write_text(
        "twin: 1\nline: shop\ntoolgroups:\n  m: {tools: 2, sequence: {file: seq.csv}}\n  n: {sequence: seq.csv}\n"
        "products:\n  a: {route: ra, release: {schedule: [{time: 0 s}, {time: 0 s}]}}\n"
        "  b: {route: rb, release: {schedule: [{time: 0 s}]}}\nroutes:\n"
        "  ra: [{step: a1, toolgroup: m, time: 2 min}, {step: a2, toolgroup: n, time: 3 min}]\n"
        "  rb: [{step: b1, toolgroup: n, time: 1 min}, {step: b2, toolgroup: m, time: 4 min}]\n",
        encoding="utf-8",
    )
    with pytest.raises(LineError) as caught:
        read(tmp_path / "shop.yaml")
    told = str(caught.value)
    assert place in told and words in told, told
    assert told.count("shop.yaml:") + told.count("seq.csv:") == 1, told


@pytest.mark.parametrize(
    ("m", "words"),
    [
        ({"sequence": ["a-1", "a-2"]}, "lot 'b-1' comes to 'm', and no tool ever takes it; add it"),
        ({"sequence": ["a-1", "a-2", "b-1", "a-1"]}, "lot 'a-1' comes to 'm' once, and here is one more"),
        ({"sequence": ["a-1", "a-2", "b-1", "c-1"]}, "the line has no product 'c'"),
        ({"sequence": ["a-1", "a-2", "b-1", "a-0"]}, "lots of 'a' are numbered from 1"),
        ({"sequence": ["a-1", "a-2", "b-1", "seven"]}, "'seven' names no lot; write product and number, such as a-1"),
        ({"sequence": ["a-1", "a-2", "b-1", "a-3"]}, "there is no lot 'a-3': 2 of 'a' are released"),
        ({"sequence": ["a-1", "a-2", {"lot": "b-1", "step": "b1"}]}, "lot 'b-1' has no step 'b1' here"),
        ({"sequence": ["a-1", "a-2", {"lto": "b-1"}]}, "unknown key 'lto', did you mean 'lot'?"),
        ({"sequence": ["a-1", ["a-2", "b-1"]]}, "stands beside lists of other tools"),
        ({"sequence": [["a-1", "a-2"], ["b-1"]]}, "has lots for 2 tools, and there are 1; write a list for each tool"),
        ({"sequence": ["a-1", "a-2", "b-1"], "tools": 2}, "has lots for 1 tool, and there are 2"),
        ({"sequence": ["a-1", "a-2", "b-1"], "rule": ["fifo"]}, "the sequence decides which lot goes next; leave rule"),
        ({"sequence": ["a-1", "a-2", "b-1"], "tools": "unlimited"}, "an unlimited group has no tools to keep this for"),
        ({"sequence": 3}, "needs lots in their order, not 3"),
        ({"sequence": []}, "needs lots in their order, not []"),
        ({"sequence": "none.csv"}, "there is no file none.csv"),
        ({"sequence": {"flie": "seq.csv"}}, "unknown key 'flie'"),
    ],
)
def test_a_sequence_that_cannot_be_worked_is_refused(m: dict[str, Any], words: str) -> None:
    with pytest.raises(LineError) as caught:
        shop({"m": m, "n": {}})
    told = str(caught.value)
    assert words in told and len(told.splitlines()) == 1, told


def test_what_does_not_go_with_a_sequence_is_refused() -> None:
    def told(document: dict[str, Any]) -> str:
        with pytest.raises(LineError) as caught:
            Line.from_document(document)
        return str(caught.value)

    good = shop({"m": {"sequence": ["a-1", "a-2", "b-1"]}, "n": {}}).to_document()
    route = [good["routes"]["ra"][0] | {"batch": {"min": 1, "max": 2}, "per": "batch"}, good["routes"]["ra"][1]]
    assert "toolgroups.m.sequence: step 'a1' of route 'ra' runs in batches, and a sequence has one lot" in told(
        good | {"routes": good["routes"] | {"ra": route}}
    )
    products = good["products"] | {"c": {"route": "ra", "release": "saturated"}}
    assert "products.c.release: a lot that is always ready has no turn at 'm'" in told(good | {"products": products})
    setups = {"changes": [{"to": "x", "time": "1 min"}], "min_run": {"x": 2}}
    groups = good["toolgroups"] | {"m": good["toolgroups"]["m"] | {"setups": setups}}
    steps = [good["routes"]["ra"][0] | {"setup": "x"}, good["routes"]["ra"][1]]
    assert "min_run: the order of the lots decides" in told(
        good | {"toolgroups": groups, "routes": good["routes"] | {"ra": steps}}
    )
    steps = [good["routes"]["ra"][0] | {"qualified": [2]}, good["routes"]["ra"][1]]
    two = {"m": {"tools": 2, "sequence": [["a-1", "a-2"], ["b-1"]]}, "n": {}}
    assert "tool 1 is not qualified for lot 'a-1'; give it to another" in told(
        good | {"toolgroups": two, "routes": good["routes"] | {"ra": steps}}
    )
    with pytest.raises(LineError, match="its tools take lots by their sequence; leave the rule out"):
        Line.from_document(good).with_rules({"m": ["fifo"]})
    change = {"change": "toolgroups.m.sequence=[a-2, a-1, b-1]", "from": "1 min", "to": "2 min"}
    assert "cannot change for a time" in told(good | {"transients": [change]})


def test_a_tool_may_be_away_for_a_time() -> None:
    groups = {"m": {"tools": 2, "sequence": [["a-1"], ["b-1", "a-2"]]}, "n": {"tools": 3}}
    change = {"change": "toolgroups.m.tools=1", "from": "0 min", "to": "20 min"}
    run = history(shop(groups, transients=[change]), 60)
    assert taken(run, "m", "product", "lot") == [
        (0, "m/1", "a", 1), (20, "m/2", "b", 1), (24, "m/2", "a", 2),
    ]  # fmt: skip
