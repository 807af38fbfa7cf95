"""Indexed sections: all stations move at one tick or none does, by hand, by a recursion and by a closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from word_lines import flow, history, rows, spent, starts, step, times

from twin.line import Line
from twin.study.why import why

Words = dict[str, Any]


def section(
    work: list[Any], takt: float | None = None, release: Any = "saturated", *more: Words, **groups: Any
) -> Line:
    """Stations s1, s2 ... in one section; times [min] one for all lots, by lot, or as a law."""
    names = [f"s{k}" for k in range(1, len(work) + 1)]
    steps = [{"step": f"t{k}", "toolgroup": f"s{k}", "time": timed(of)} for k, of in enumerate(work, 1)]
    of = {"stations": names} | ({"takt": f"{takt} min"} if takt else {})
    toolgroups = {name: {"buffer": 0} if k else {} for k, name in enumerate(names)}
    return flow(toolgroups | groups, [*steps, *more], release, indexed={"trim": of})


def timed(of: Any) -> Any:
    if isinstance(of, list):
        return {"trace": {"values": [f"{k} min" for k in of], "end": "repeat"}}
    return of if isinstance(of, dict) else f"{of} min"


def loads(run: Any, station: int) -> list[float]:
    return times(run, "load", step=f"t{station}")


def test_without_a_takt_they_move_when_the_slowest_is_done() -> None:
    run = history(section([1, 2, 1]), 20)
    assert loads(run, 1)[:4] == [0, 1, 3, 5]
    assert loads(run, 2)[:3] == [1, 3, 5]
    assert times(run, "out")[:4] == [5, 7, 9, 11]
    assert spent(run, 0) == {"productive": 11, "blocked": 9}


def test_with_a_takt_they_move_no_sooner_and_wait_for_one_that_overruns() -> None:
    """The second station needs 5 min for its third lot: it comes there at 9 and holds all until 14."""
    run = history(section([1, [2, 2, 5, 2], 1], 3), 22)
    assert loads(run, 1) == [0, 3, 6, 9, 14, 17, 20]
    assert loads(run, 2) == [3, 6, 9, 14, 17, 20]
    assert times(run, "out") == [9, 14, 17, 20]
    found = run.sections["late"]["mean"] * 6  # cycles end at 3, 6, 9, 14, 17, 20
    assert found.round(9).to_dict() == {
        "trim": 1, "trim: s1": 0, "trim: s2": 1, "trim: s3": 0, "trim: no lot came": 0, "trim: no place behind": 0
    }  # fmt: skip
    lost = [run.section_figures[name]["lost"].mean for name in ("trim", "trim: s2")]
    assert lost == pytest.approx([2 / 22] * 2)


def test_a_gap_passes_the_section_and_a_late_lot_is_told() -> None:
    """Lots at 0, 1 and 9: moves at 2, 4 and 6; the third lot is done at 10, two minutes after the takt of 8."""
    run = history(section([1, 1], 2, starts(0, 1, 9)), 30)
    assert [loads(run, 1), loads(run, 2), times(run, "out")] == [[0, 2, 9], [2, 4, 10], [4, 6, 12]]
    late = run.sections["late"]["mean"] * 5
    assert late["trim"] == late["trim: no lot came"] == pytest.approx(1)
    assert late["trim: s1"] == 0


def test_a_full_exit_holds_all() -> None:
    """Behind the section a station takes 5 min and nothing waits there: after 9 all move every 5 min."""
    run = history(section([1, 1], 2, "saturated", step("z", "z", 5), z={"buffer": 0}), 30)
    assert loads(run, 1) == [0, 2, 4, 9, 14, 19, 24, 29]
    assert loads(run, 2) == [2, 4, 9, 14, 19, 24, 29]
    assert run.section_figures["trim: no place behind"]["lost"].mean == pytest.approx(3 * 5 / 30)
    assert run.section_figures["trim: s2"]["lost"].mean == 0


def test_a_station_that_fails_holds_all() -> None:
    """It works 2 min on its first lot, 1 of 2 on the next, is down from 7 to 14, and done at 15 instead of 8.

    It has worked 3 min again at 17, when it is done with the third: that failure strikes the fourth, at 18.
    """
    failing = {"buffer": 0, "failures": {"mtbf": "3 min", "mttr": "7 min", "clock": "operating"}}
    run = history(section([1, 2, 1], 3, "saturated", s2=failing), 25)
    assert times(run, "down") == [7, 18]
    assert loads(run, 1) == [0, 3, 6, 15, 18]
    assert run.section_figures["trim: s2"]["late"].mean == pytest.approx(1 / 4)


def test_two_sections_one_behind_the_other_keep_their_own_takt() -> None:
    """The second moves at 5, its first lot being done, at 8 and every 3 min; the first waits for it from 10 on."""
    steps = [step(f"t{k}", f"s{k}") for k in range(1, 5)]
    groups = {f"s{k}": {} if k == 1 else {"buffer": 0} for k in range(1, 5)}
    sections = {"a": {"stations": ["s1", "s2"], "takt": "2 min"}, "b": {"stations": ["s3", "s4"], "takt": "3 min"}}
    run = history(flow(groups, steps, "saturated", indexed=sections), 31)
    assert loads(run, 3) == loads(run, 1)[2:] == [4, 6, 8, 11, 14, 17, 20, 23, 26, 29]


@pytest.mark.parametrize("takt", [None, 4])
def test_every_move_is_at_the_takt_or_when_the_last_is_done(takt: int | None) -> None:
    draw = np.random.default_rng(7)
    work = draw.integers(1, 8, (4, 80))
    run = history(section([row.tolist() for row in work], takt), 400)
    moves, at, cycle = [], 0.0, 0
    while at <= 400:
        inside = [work[s, (cycle - s) % 80] for s in range(4) if cycle >= s]
        at += max(max(inside), takt or 0)
        moves.append(at)
        cycle += 1
    seen = loads(run, 1)
    assert seen[1:] == [move for move in moves if move < 400]
    assert loads(run, 4) == seen[3:]
    lots = [lot for _, lot in rows(run, "out", "lot")]
    assert lots == sorted(lots)


def test_cycles_of_exponential_stations_last_as_long_as_the_longest_of_them() -> None:
    """E[max of n exponentials] = H_n x mean: 25/12 of it with four stations, whatever came before."""
    of = section([{"exponential": "1 min"}] * 4)
    run = history(of, 60_000, 100, log=False, replications=4)
    cycle = run.section_figures["trim"]["cycle"]
    expected = (1 + 1 / 2 + 1 / 3 + 1 / 4) / 1440
    # the variance of the longest is the sum of 1/k^2, 205/144; 115,000 cycles
    assert abs(cycle.mean - expected) < 4 * (205 / 144 / 115_000) ** 0.5 / 1440
    assert run.throughput.mean == pytest.approx(1 / cycle.mean, rel=1e-3)


def test_why_a_station_stands_is_told_of_its_section() -> None:
    """At 8 the first and third are done and the second is not until 11; at 2 the first waits for the takt alone."""
    of = section([1, 5, 1], 6)
    found = why(of, "s1", "8 min", replication=1, seed=1)
    assert found.chain[0].reason == "it is done, and its section moves once s2 is"
    assert (found.chain[0].of, found.end) == ("s2", "works")
    found = why(of, "s1", "2 min", replication=1, seed=1)
    assert "its section moves at the takt" in found.chain[0].reason
    assert found.end == "takt"


def test_a_run_tells_its_takt_and_keeps_it(tmp_path: Any) -> None:
    run = history(section([1, [2, 5], 1], 3), 60)
    assert "Indexed sections" in str(run)
    assert "trim: s2" in str(run)
    run.save(tmp_path / "run")
    assert type(run).load(tmp_path / "run").sections.equals(run.sections)
