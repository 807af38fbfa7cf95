"""Ways along a route: sampling, rework, branches, queue-time windows, dedication."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from word_lines import COMPLETED, OUT, RELEASED, REWORKED, flow, history, product_total, rows, starts, step, times

from twin.results import Results

Q_BREACHED, Q_CLOSED = 1, 0


def near(count: int, of: int, share: float) -> bool:
    """Whether a share of independent trials is within five standard deviations of what it should be."""
    return bool(abs(count - of * share) <= 5 * (of * share * (1 - share)) ** 0.5 + 1e-9)


DELAY = {"d": {"tools": "unlimited"}}
MANY = {"every": "1 min"}


def through(steps: list[dict[str, Any]], lots: int = 3000) -> Results:
    """That many lots, one a minute, through steps that are all pure delays."""
    return history(flow(DELAY, steps, MANY), lots - 0.5)


@pytest.mark.parametrize("share", [0.4, "40 %"])
def test_a_sampled_step_is_done_by_its_share_of_the_lots_and_passed_by_the_rest(share: Any) -> None:
    run = through([step("s", "d", 0.1), step("t", "d", 0.1, sample=share), step("u", "d", 0.1)])
    done = Counter(name for _, name in rows(run, "finish", "step"))
    assert done["s"] == done["u"] == 3000
    assert near(done["t"], 3000, 0.4)


def test_first_and_last_steps_may_be_sampled() -> None:
    run = through([step("s", "d", 0.1, sample=0.5), step("t", "d", 0.1), step("u", "d", 0.1, sample=0.25)])
    done = Counter(name for _, name in rows(run, "finish", "step"))
    assert done["t"] == 3000 == product_total(run, OUT)
    assert near(done["s"], 3000, 0.5)
    assert near(done["u"], 3000, 0.25)


def test_a_lot_that_passes_all_its_steps_leaves_at_once() -> None:
    run = history(flow(DELAY, [step("s", "d", 0.1, sample=0)], starts(0, 1)), 5)
    assert times(run, "out") == [0, 1]
    assert product_total(run, COMPLETED) == 2


def test_a_sampled_step_is_drawn_at_each_visit() -> None:
    # each lot passes t and u on its own luck: 1/4 does both, and neither draw knows the other.
    run = through([step("t", "d", 0.1, sample=0.5), step("u", "d", 0.1, sample=0.5)])
    did: dict[int, set[str]] = {lot: set() for lot in range(1, 3001)}
    for _, lot, name in rows(run, "finish", "lot", "step"):
        did[lot].add(name)
    assert near(sum(names == {"t", "u"} for names in did.values()), 3000, 0.25)
    assert near(sum(not names for names in did.values()), 3000, 0.25)


def test_rework_sends_its_share_back() -> None:
    run = through([step("s", "d", 0.01), step("t", "d", 0.01, rework={"probability": "20 %", "to": "s"})])
    visits = len(rows(run, "finish", step="t"))
    reworked = visits - product_total(run, OUT)
    assert near(reworked, visits, 0.2)
    assert product_total(run, REWORKED) == reworked
    assert len(rows(run, "finish", step="s")) == visits
    assert product_total(run, RELEASED) == 3000


def test_rework_may_have_several_ways() -> None:
    ways = [{"probability": 0.1, "to": "s"}, {"probability": 0.3, "to": "t"}]
    run = through([step("s", "d", 0.01), step("t", "d", 0.01), step("u", "d", 0.01, rework=ways)])
    done = Counter(name for _, name in rows(run, "finish", "step"))
    assert near(done["s"] - 3000, done["u"], 0.1)
    assert near(done["t"] - done["s"], done["u"], 0.3)


def test_rework_takes_new_draws_at_every_visit() -> None:
    # 1 or 2 min a visit, by chance: the visits of one lot are not all alike.
    law = {"empirical": {"values": ["1 min", "2 min"]}}
    again = {"probability": 0.9, "to": "s"}
    run = history(flow({"a": {}}, [{"step": "s", "toolgroup": "a", "time": law, "rework": again}], {"wip": 1}), 3000)
    loads, ends = rows(run, "load", "lot"), times(run, "finish")
    of_lot: dict[int, set[float]] = {}
    for (begin, lot), end in zip(loads, ends, strict=False):
        of_lot.setdefault(lot, set()).add(end - begin)
    assert any(len(kinds) == 2 for kinds in of_lot.values())


def test_a_branch_leads_on_or_out() -> None:
    ways = [{"probability": 0.2, "to": "end"}, {"probability": 0.3, "to": "u"}]
    run = through([step("s", "d", 0.01, branch=ways), step("t", "d", 0.01), step("u", "d", 0.01)])
    done = Counter(name for _, name in rows(run, "finish", "step"))
    assert near(done["t"], 3000, 0.5)
    assert near(3000 - done["u"], 3000, 0.2)
    assert product_total(run, OUT) == 3000
    assert product_total(run, REWORKED) == 0


def test_rework_to_the_step_itself() -> None:
    run = through([step("s", "d", 0.01, rework={"probability": 0.5, "to": "s"})])
    assert near(product_total(run, REWORKED), len(rows(run, "finish")), 0.5)


# --- queue-time windows ---------------------------------------------------------------------------


def windows(run: Results, index: int) -> tuple[int, int]:
    """Windows that a step opened and that were closed, and those of them breached."""
    closed, breached = run.totals.windows[0, index].tolist()
    return closed, breached


def test_a_window_runs_from_the_end_of_its_step_to_the_start_of_the_other() -> None:
    # a ends at 1, 2, 3; c (5 min) starts at 1, 6, 11: 0, 4 and 8 min. A limit of 4 is kept by the second.
    steps = [step("s", "a", 1, queue_limit={"until": "t", "limit": "4 min"}), step("t", "c", 5)]
    run = history(flow({"a": {}, "c": {}}, steps, starts(0, 0, 0)), 30)
    assert windows(run, 0) == (3, 1)
    assert windows(run, 1) == (0, 0)


def test_a_window_still_open_at_the_end_is_not_counted() -> None:
    steps = [step("s", "a", 1, queue_limit={"until": "t", "limit": "4 min"}), step("t", "c", 5)]
    run = history(flow({"a": {}, "c": {}}, steps, starts(0, 0, 0)), 10)
    assert windows(run, 0) == (2, 0)


def test_windows_may_overlap() -> None:
    # s ends at 1, 2, 3; t at 2, 3, 4; u (5 min) starts at 2, 7, 12 and v at 7, 12, 17.
    # s -> u: 1, 5, 9 min, limit 3: two breaches; t -> v: 5, 9, 13, limit 8: two; s -> v: 6, 10, 14, limit 12: one.
    limits = [{"until": "u", "limit": "3 min"}, {"until": "v", "limit": "12 min"}]
    steps = [
        step("s", "a", 1, queue_limit=limits),
        step("t", "b", 1, queue_limit={"until": "v", "limit": "8 min"}),
        step("u", "c", 5),
        step("v", "d", 1),
    ]
    run = history(flow({name: {} for name in "abcd"}, steps, starts(0, 0, 0)), 40)
    assert windows(run, 0) == (6, 3)
    assert windows(run, 1) == (3, 2)


def test_one_window_may_open_where_another_ends() -> None:
    # s -> t 0, 4, 8 min (limit 3: 2 breaches); t ends at 6, 11, 16; u starts then: 0 min.
    steps = [
        step("s", "a", 1, queue_limit={"until": "t", "limit": "3 min"}),
        step("t", "b", 5, queue_limit={"until": "u", "limit": "1 min"}),
        step("u", "c", 1),
    ]
    run = history(flow({name: {} for name in "abc"}, steps, starts(0, 0, 0)), 40)
    assert windows(run, 0) == (3, 2)
    assert windows(run, 1) == (3, 0)


def test_a_window_holds_transport_and_blocking_too() -> None:
    # a's second lot is done at 2, blocked until 11, and 3 min on the way: t starts at 4 and 14.
    steps = [step("s", "a", 1, queue_limit={"until": "t", "limit": "5 min"}), step("t", "b", 7)]
    run = history(flow({"a": {}, "b": {"buffer": 0}}, steps, starts(0, 0), transport={"time": "3 min"}), 40)
    assert times(run, "load", tool="b") == [4, 14]
    assert windows(run, 0) == (2, 1)


def test_rework_opens_a_window_anew() -> None:
    # every visit of s opens one and every start of t ends one.
    steps = [
        step("s", "d", 0.01, queue_limit={"until": "t", "limit": "1 min"}),
        step("t", "d", 0.01, rework={"probability": 0.5, "to": "s"}),
    ]
    run = through(steps, 500)
    assert windows(run, 0) == (len(rows(run, "finish", step="t")), 0)


def test_each_lot_has_windows_of_its_own() -> None:
    # two lots cross between s and t: a slow and a fast way on the same route by trace.
    law = {"trace": {"values": ["5 min", "1 min"], "end": "repeat"}}
    steps = [
        step("s", "d", 1, queue_limit={"until": "t", "limit": "3 min"}),
        {"step": "w", "toolgroup": "d", "time": law},
        step("t", "d", 1),
    ]
    run = history(flow(DELAY, steps, starts(0, 0, 0, 0)), 30)
    assert windows(run, 0) == (4, 2)


# --- dedication -----------------------------------------------------------------------------------


def test_a_dedicated_step_takes_the_same_tool() -> None:
    # two scanners; s1 takes 2, 3, 10 min by lot; 1 min away; s2 1 min. Lot 1 on 1 (0-2), lot 2 on 2 (0-3), lot 3 on
    # 1 (2-12). Lot 1 is back at 3 and must wait for tool 1 until 12 although tool 2 is idle; lot 2 is back at 4.
    steps = [
        {"step": "s1", "toolgroup": "a", "dedicate": "s2",
         "time": {"trace": {"values": ["2 min", "3 min", "10 min"], "end": "repeat"}}},
        step("w", "d", 1),
        step("s2", "a", 1),
    ]  # fmt: skip
    run = history(flow({"a": {"tools": 2}} | DELAY, steps, starts(0, 0, 1)), 40)
    expected = [(4, 2, "a/2"), (12, 1, "a/1"), (13, 3, "a/1")]
    assert rows(run, "load", "lot", "tool", step="s2") == expected


def same_tool(run: Results, first: str, second: str) -> bool:
    """Whether each lot's visits at one step were on the tool of its last visit at another."""
    tool: dict[int, str] = {}
    for _, lot, name, where in rows(run, "load", "lot", "step", "tool"):
        if name == first:
            tool[lot] = where
        elif name == second and tool.get(lot) != where:
            return False
    return True


def test_a_chain_of_dedications() -> None:
    times_ = {"uniform": ["1 min", "9 min"]}
    steps = [
        {"step": "s1", "toolgroup": "a", "dedicate": "s2", "time": times_},
        {"step": "x1", "toolgroup": "b", "dedicate": "x2", "time": times_},
        {"step": "s2", "toolgroup": "a", "dedicate": "s3", "time": times_},
        {"step": "x2", "toolgroup": "b", "time": times_},
        {"step": "s3", "toolgroup": "a", "time": times_},
    ]
    run = history(flow({"a": {"tools": 3}, "b": {"tools": 3}}, steps, {"wip": 8}), 2000)
    assert product_total(run, OUT) > 200
    assert same_tool(run, "s1", "s2")
    assert same_tool(run, "s2", "s3")
    assert same_tool(run, "x1", "x2")


def test_rework_into_a_dedicated_step_still_knows_its_tool() -> None:
    # f goes back to c, whose tool was fixed at a; meanwhile d (another group) fixed the tool of f.
    steps = [
        step("a", "g", 1, dedicate="c"),
        step("b", "x", 1),
        step("c", "g", 1),
        step("d", "h", 1, dedicate="f"),
        step("e", "x", 1),
        step("f", "h", 1, rework={"probability": 0.5, "to": "c"}),
    ]
    groups = {"g": {"tools": 2}, "h": {"tools": 2}, "x": {"tools": "unlimited"}}
    run = history(flow(groups, steps, {"every": "6 min"}), 3000)
    assert product_total(run, REWORKED) > 200
    assert same_tool(run, "a", "c")
    assert same_tool(run, "d", "f")
    assert int(run.totals.wip_end.sum()) < 30, "no lot waits for ever"


def test_a_lot_that_passed_the_dedicating_step_may_take_any_tool() -> None:
    steps = [step("s1", "a", 1, sample=0, dedicate="s2"), step("s2", "a", 1)]
    run = history(flow({"a": {"tools": 2}}, steps, starts(0, 0)), 10)
    assert sorted(rows(run, "load", "tool")) == [(0, "a/1"), (0, "a/2")]
