"""Lots that find no place when they come and are lost: `release: {full: lose}`. Minutes by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from word_lines import (
    COMPLETED,
    CYCLE,
    LOST,
    MINUTE,
    OUT,
    RELEASED,
    WIP_AREA,
    flow,
    history,
    product_total,
    rows,
    starts,
    step,
)

from twin.line import Line, LineError, read
from twin.line.sheets_export import export_tables
from twin.results import Results

LOSE = {"every": "1 min", "full": "lose"}


def test_a_lot_that_finds_no_place_is_lost_and_its_number_with_it() -> None:
    # one tool of 2.5 min, one place, a lot every minute: 3 comes while 2 waits, 5 while 4 does; 6 comes at 5 as the
    # tool is done and takes 4
    run = history(flow({"a": {"buffer": 1}}, [step("s", "a", 2.5)], LOSE), 9.5)
    assert rows(run, "load", "lot") == [(0, 1), (2.5, 2), (5, 4), (7.5, 6)]
    assert rows(run, "release", "lot") == [(0, 1), (1, 2), (3, 4), (5, 6), (8, 9)]
    assert [product_total(run, k) for k in (RELEASED, LOST, OUT, COMPLETED)] == [5, 5, 3, 3]
    # cycle times 2.5, 4, 4.5; lot 6 from 5 and lot 9 from 8 on
    assert product_total(run, CYCLE) == 11 * MINUTE
    assert product_total(run, WIP_AREA) == (11 + 4.5 + 1.5) * MINUTE


def test_without_places_only_an_idle_tool_takes_a_lot() -> None:
    # two tools of 3 min: 1 and 2 load, 3 is lost, 4 comes as the first is done at that very tick
    run = history(flow({"a": {"tools": 2, "buffer": 0}}, [step("s", "a", 3)], LOSE), 5.5)
    assert rows(run, "load", "lot") == [(0, 1), (1, 2), (3, 4), (4, 5)]
    assert product_total(run, LOST) == 2


def test_lots_of_a_schedule_may_be_lost_too() -> None:
    release = starts(0, 0, 0, 5) | {"full": "lose"}
    run = history(flow({"a": {"buffer": 1}}, [step("s", "a", 2)], release), 20)
    assert rows(run, "out", "lot") == [(2, 1), (4, 2), (7, 4)]
    assert [product_total(run, k) for k in (RELEASED, LOST)] == [3, 1]


def test_a_lot_is_lost_while_others_of_another_product_wait_outside() -> None:
    # q waits outside for the one place and has a claim on the next: p, which comes later, is lost
    line = Line.from_document({
        "twin": 1, "line": "two", "toolgroups": {"a": {"buffer": 1}},
        "products": {"q": {"route": "main", "release": starts(0, 0, 0)},
                     "p": {"route": "main", "release": starts(1, 9) | {"full": "lose"}}},
        "routes": {"main": [step("s", "a", 3)]},
    })  # fmt: skip
    run = history(line, 20)
    assert rows(run, "out", "product") == [(3, "q"), (6, "q"), (9, "q"), (12, "p")]
    assert [product_total(run, LOST, k) for k in (0, 1)] == [0, 1]
    assert run.products["lost", "mean"].isna().tolist() == [True, False]
    assert run.products.loc["p", ("lost", "mean")] == 0.5


def test_a_lot_has_the_same_luck_whoever_is_lost_before_it() -> None:
    def ticks(buffer: int) -> dict[int, int]:
        of = flow({"a": {"buffer": buffer}}, [step("s", "a") | {"time": {"exponential": "2 min"}}], LOSE)
        run = history(of, 60)
        loaded = {lot: at for at, lot in rows(run, "load", "lot")}
        return {lot: round((at - loaded[lot]) * MINUTE) for at, lot in rows(run, "finish", "lot")}

    few, many = ticks(1), ticks(4)
    both = few.keys() & many.keys()
    assert len(both) > 15 and few.keys() != many.keys()
    assert all(few[lot] == many[lot] for lot in both)


def test_the_share_lost_is_told_and_kept(tmp_path: Path) -> None:
    run = history(flow({"a": {"buffer": 1}}, [step("s", "a", 2.5)], LOSE), 9.5)
    assert "Lost for want of a place: 50.00 % of the lots of p that came." in run.report()
    assert run.to_json()["products"]["p"]["lost"]["mean"] == 0.5
    assert run.replications["lost"].tolist() == [5]
    run.save(tmp_path / "run")
    again = Results.load(tmp_path / "run")
    assert again.products["lost", "mean"].tolist() == [0.5]
    calm = history(flow({"a": {}}, [step("s", "a", 2.5)], {"every": "3 min"}), 9.5)
    assert "Lost" not in calm.report() and "lost" not in calm.to_json()["products"]["p"]


@pytest.mark.parametrize("where", ["line.xlsx", "tables"])
@pytest.mark.parametrize("release", [LOSE, starts(1, 2) | {"full": "lose"}])
def test_the_word_comes_back(where: str, release: dict[str, Any], tmp_path: Path) -> None:
    line = flow({"a": {"buffer": 1}}, [step("s", "a")], release)
    assert Line.from_document(line.to_document()) == line
    export_tables(line, tmp_path / where)
    assert read(tmp_path / where) == line


@pytest.mark.parametrize(
    ("release", "group", "words"),
    [
        ({"wip": 3, "full": "lose"}, {"buffer": 1}, "lots of 'wip' come as there is room and are never lost"),
        ({"saturated": True, "full": "lose"}, {"buffer": 1}, "lots of 'saturated' come as there is room"),
        (LOSE, {}, "no lot is ever lost: 'a' has places without limit; give it a number of tools and a 'buffer:'"),
        (LOSE, {"tools": "unlimited", "buffer": 1}, "no lot is ever lost"),
        (LOSE | {"full": "drop"}, {"buffer": 1}, "release.full"),
    ],
)
def test_what_can_never_lose_a_lot_is_refused(release: Any, group: Any, words: str) -> None:
    with pytest.raises(LineError, match="full") as caught:
        flow({"a": group}, [step("s", "a")], release)
    assert words in str(caught.value)


def test_losing_lots_cannot_change_for_a_time() -> None:
    change = {"change": "products.p.release.full=wait", "from": "1 min", "to": "2 min"}
    with pytest.raises(LineError, match="cannot change for a time"):
        flow({"a": {"buffer": 1}}, [step("s", "a")], LOSE, transients=[change])
