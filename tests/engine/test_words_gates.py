"""Queue-time limits that do something: gates in front of a window, and what a breach costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from word_lines import OUT, RELEASED, flow, history, line, product_total, rows, starts, step

from twin.arrays import fields as f
from twin.arrays.gates import always_let_in, most_ahead
from twin.arrays.line import compile_line
from twin.results import Results

SCRAPPED = 11


def window(limit: float, **more: Any) -> dict[str, Any]:
    """A window until step s [min]."""
    return {"until": "s", "limit": f"{limit} min"} | more


def two_steps(limit: dict[str, Any], minutes: float = 100, *at: float, **more: Any) -> Results:
    """Lots that take 2 min at p and 10 min at s, a window between."""
    steps = [step("p", "u", 2, queue_limit=limit), step("s", "a", 10)]
    return history(flow({"u": {}, "a": {}}, steps, starts(*(at or (0, 0, 0, 0, 30))), **more), minutes)


def test_a_late_lot_is_scrapped_when_a_tool_would_take_it() -> None:
    # windows end at 7, 9, 11, 13; the tool is free at 12: lots 2 and 3 are too late, lot 4 is not.
    run = two_steps(window(5, breach="scrap"))
    assert rows(run, "scrap", "lot") == [(12, 2), (12, 3)]
    assert rows(run, "load", "lot", step="s") == [(2, 1), (12, 4), (32, 5)]
    assert product_total(run, SCRAPPED) == 2
    assert product_total(run, OUT) == 3
    table = run.queue_limits.loc[("main", "p")]
    assert table[["closed", "breached", "scrapped", "sent_back"]].tolist() == [5, 2, 2, 0]
    assert "2 lots scrapped, 0 sent back" in str(run)
    assert run.products.loc["p", ("scrapped", "mean")] == 2
    assert run.to_json()["products"]["p"]["scrapped"]["mean"] == 2


def test_what_gates_auxiliaries_and_breaches_did_is_saved(tmp_path: Path) -> None:
    steps = [step("p", "u", 2, queue_limit=window(5, gate="1 %", breach="scrap"), needs="r"), step("s", "a", 10)]
    run = history(flow({"u": {}, "a": {}}, steps, starts(0, 0, 0), auxiliaries={"r": 1}), 100)
    run.save(tmp_path / "run")
    again = Results.load(tmp_path / "run")
    for name in ("extras", "auxiliaries", "product"):
        np.testing.assert_array_equal(getattr(again.totals, name), getattr(run.totals, name))
    assert str(again) == str(run)
    assert "Gates held 1 lot, for 0.167 h" in str(run)


def test_a_late_lot_goes_back_and_is_counted() -> None:
    run = two_steps(window(5, breach={"to": "p"}))
    # at 12 lots 2 and 3 go back to p (12-14, 14-16), 4 runs 12-22; at 22 lot 2 is late again (19), and so is 3 (21) ...
    assert rows(run, "load", "lot", step="s") == [(2, 1), (12, 4), (24, 2), (34, 5), (46, 3)]
    assert rows(run, "load", "lot", step="p") == [
        (0, 1), (2, 2), (4, 3), (6, 4), (12, 2), (14, 3), (22, 2), (24, 3), (30, 5), (34, 3), (44, 3),
    ]  # fmt: skip
    assert product_total(run, OUT) == 5
    assert run.queue_limits.loc[("main", "p"), "sent_back"] == 6


def test_a_late_lot_of_a_batch_does_not_start_with_it() -> None:
    steps = [step("p", "u", 2, queue_limit=window(5, breach="scrap")), step("s", "a", 10, batch={"min": 2, "max": 3})]
    run = history(flow({"u": {"tools": 9}, "a": {}}, steps, starts(0, 20, 21)), 60)
    assert rows(run, "scrap", "lot") == [(22, 1)]  # two wait at 22, one of them too long
    assert rows(run, "load", "lot", step="s") == [(23, 2), (23, 3)]


def test_lots_are_conserved_where_breaches_scrap() -> None:
    release = {"every": {"exponential": "11 min"}}
    steps = [step("p", "u", 2, queue_limit=window(15, breach="scrap")), step("s", "a", 10), step("t", "u", 1)]
    run = history(flow({"u": {}, "a": {}}, steps, release), 20_000)
    scrapped = product_total(run, SCRAPPED)
    assert scrapped > 50
    assert product_total(run, RELEASED) == product_total(run, OUT) + scrapped + int(run.totals.wip_end.sum())


def test_conwip_releases_another_lot_for_a_scrapped_one() -> None:
    steps = [step("p", "u", 2, queue_limit=window(5, breach="scrap")), step("s", "a", 10)]
    run = history(flow({"u": {}, "a": {}}, steps, {"wip": 4}), 2000)
    assert product_total(run, SCRAPPED) > 100
    assert int(run.totals.wip_end.sum()) == 4


def test_the_most_lots_ahead_by_hand() -> None:
    # one tool of mean 1: Erlang(1, 1) beyond 3 has the chance e^-3 = 4.98 %; Erlang(2, 1) e^-3 (1 + 3) = 19.9 %.
    assert most_ahead(3.0, 0.0, 1.0, 1, 0.05) == 0
    assert most_ahead(3.0, 0.0, 1.0, 1, 0.049) == -1
    assert most_ahead(3.0, 0.0, 1.0, 1, 0.2) == 1
    assert most_ahead(4.0, 1.0, 2.0, 2, 0.05) == 0  # the raw time shortens the window, tools share the work
    assert most_ahead(1.0, 2.0, 1.0, 1, 0.5) == -1
    assert most_ahead(1.0, 0.5, 0.0, 1, 0.5) > 1000


def gated(level: str | None, mean: float = 10, tools: int = 1, limit: float = 45) -> Results:
    """M/M/c of 90 % load behind a step that opens a window."""
    more = {} if level is None else {"gate": level}
    opens = step("p", "u", 1, queue_limit=window(limit, **more))
    serve = {"step": "s", "toolgroup": "a", "time": {"exponential": f"{mean} min"}}
    release = {"every": {"exponential": f"{mean / tools / 0.9} min"}}
    return history(flow({"u": {}, "a": {"tools": tools}}, [opens, serve], release), 60_000, log=False)


@pytest.mark.parametrize("tools", [1, 3])
def test_a_gate_keeps_breaches_below_its_level(tools: int) -> None:
    limit = 45 if tools == 1 else 20
    without, kept = gated(None, tools=tools, limit=limit), gated("5 %", tools=tools, limit=limit)
    share = without.queue_limits["share"].iloc[0]
    assert share > 0.3  # exp(-(1 - rho) c t / m) P(wait)
    assert 0 < kept.queue_limits["share"].iloc[0] < 0.05
    assert kept.queue_limits["held"].iloc[0] > 1000
    assert kept.queue_limits["held_time"].iloc[0] > 0
    assert product_total(kept, OUT) > 0.97 * product_total(without, OUT)  # held lots wait elsewhere, and are not lost


def test_a_gate_lets_through_one_lot_at_a_time_where_any_is_too_many() -> None:
    # 10 min at s and a window of 5: no chance is small enough, so one lot is inside at a time and none waits at s.
    run = two_steps(window(5, gate="1 %"), 100, 0, 0, 0)
    assert rows(run, "load", "lot", "step") == [
        (0, 1, "p"), (2, 1, "s"), (2, 2, "p"), (12, 2, "s"), (12, 3, "p"), (22, 3, "s"),
    ]  # fmt: skip
    # at 2 the tool of p is free and passes both others by, since lot 1 is still inside; lot 1 starts at the same moment
    # and lot 2 is let in, held for no time; lot 3 is held until 12
    assert run.totals.extras[0, 0].tolist()[:2] == [1, 10 * 60_000]


def test_a_gate_lets_in_what_a_batch_needs() -> None:
    steps = [step("p", "u", 2, queue_limit=window(5, gate="1 %")), step("s", "a", 10, batch={"min": 3, "max": 4})]
    made = flow({"u": {}, "a": {}}, steps, starts(*[0] * 6))
    assert always_let_in(made, "main", 0, 1) == 3
    run = history(made, 100)
    assert [at for at, _ in rows(run, "load", "lot", step="s")] == [6, 6, 6, 16, 16, 16]


def test_a_gate_watches_tools_that_are_down() -> None:
    made = flow(
        {"u": {}, "a": {"tools": 2, "pm": {"every": "1 d", "first": "5 min", "takes": "1 h"}}},
        [step("p", "u", 2, queue_limit=window(40, gate="5 %")), step("s", "a", 10)],
        starts(*range(0, 120, 5)),
    )
    assert compile_line(made).arrays.extra[0, f.E_MOST] == 3  # Erlang(4, 1/5) beyond 40 min: 4.2 %; (5, 1/5): 10.0 %
    run = history(made, 600)
    assert product_total(run, OUT) == 24
    assert int(run.totals.windows[0, 0, 1]) == 0


def test_a_gate_of_a_saturated_release_opens_again() -> None:
    steps = [step("p", "u", 2, queue_limit=window(5, gate="1 %")), step("s", "a", 10)]
    run = history(flow({"u": {}, "a": {}}, steps, "saturated"), 100)
    assert [at for at, _ in rows(run, "load", "lot", step="p")] == [0, 2, 12, 22, 32, 42, 52, 62, 72, 82, 92]


def test_a_lot_that_turns_off_leaves_the_window() -> None:
    # every lot leaves the line after q, in the window: the gate must not count it for ever.
    steps = [
        step("p", "u", 2, queue_limit=window(5, gate="1 %")),
        step("q", "v", 1, branch={"probability": 1, "to": "end"}),
        step("s", "a", 10),
    ]
    products = {"x": {"route": "r", "release": starts(0, 0, 0)}, "y": {"route": "q", "release": starts(90)}}
    routes = {"r": steps, "q": [step("w", "a", 10)]}
    run = history(line({"u": {}, "v": {}, "a": {}}, products, routes), 100)
    assert rows(run, "load", "lot", step="p") == [(0, 1), (3, 2), (6, 3)]


def test_other_lots_at_the_end_count_as_ahead() -> None:
    # y's lots wait at a when x's come: with 30 min and 10 each on average none may be ahead for 5 % (e^-3)
    opens = step("p", "u", 2, queue_limit=window(30, gate="5 %"))
    routes = {"r": [opens, step("s", "a", 10)], "q": [step("w", "a", 10)]}
    products = {"x": {"route": "r", "release": starts(1, 1)}, "y": {"route": "q", "release": starts(0, 0, 0, 0)}}
    run = history(line({"u": {}, "a": {"rule": "fifo"}}, products, routes), 100)
    # the first is let in (nothing is inside); the second when nobody waits any more: at 40 lot 1 of x starts
    assert rows(run, "load", "lot", step="p") == [(1, 1), (40, 2)]
