"""Process laws in the engine: defects and rejects lot by lot, by hand."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from lines import everything
from word_lines import (
    COMPLETED,
    MINUTE,
    OUT,
    RELEASED,
    REWORKED,
    flow,
    for_a_time,
    history,
    product_total,
    starts,
    step,
    times,
)

from twin.arrays import fields as f
from twin.arrays.line import compile_line
from twin.arrays.memory import layout
from twin.arrays.pack import pack_line
from twin.line import Line
from twin.process import registry
from twin.process.law import MOST_PASSES, Floats, ProcessLaw, parameter
from twin.results import Results
from twin.study import batch as batches
from twin.study.batch import Batch
from twin.study.simulate import simulate

PASS = 1 << 19
"""Defects of `counts`, one a unit since the PM: 2^-13/cm2, in 2^-32/cm2."""


@dataclass(frozen=True, kw_only=True)
class Counts(ProcessLaw):
    """2^-13 defects for every unit since the PM, and as many for every minute in the queue."""

    times: float = parameter("", "A factor.", default=1.0)

    def defects(self, passes: Floats) -> Floats:
        return self.times * passes / 8192

    def waiting(self, hours: Floats) -> Floats:
        return hours * 60 / 8192


@dataclass(frozen=True, kw_only=True)
class Sorts(ProcessLaw):
    """Rejects a share of the lots, all of them until the tool has run some."""

    share: float = parameter("share", "Of the lots.", default=0.0)
    first: float = parameter("", "Units after a PM that are rejected all.", default=0.0, high=30.0)

    def rejects(self, passes: Floats) -> Floats:
        return np.where(passes < self.first, 1.0, self.share)


@pytest.fixture(autouse=True)
def _laws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_offered", {"counts": Counts, "sorts": Sorts})
    yield


# --- lots, by hand --------------------------------------------------------------------------------


def worn(*lots: float, takes: float = 4, law: Any = None, group: Any = None, batch: Any = None, **more: Any) -> Line:
    """One tool with the law `counts`, lots of three units."""
    law = law or {"law": "counts"}
    of_step = step("a", "m", takes, process=law) | ({"batch": batch} if batch else {})
    more = {"product": {"lot_size": 3}} | more
    return flow({"m": {"tools": 1, "rule": "fifo"} | (group or {})}, [of_step], starts(*lots), **more)


def sums(results: Results, process: int = 0) -> tuple[int, int, int, int, int]:
    """PASSED [unit], VISITS, REJECTED [lot], ADDED and WAITED [unit * 2^-13/cm2] of a step with a law."""
    row = results.totals.process[0, process]
    whole = (int(row[f.X_PASSED]), int(row[f.X_VISITS]), int(row[f.X_REJECTED]))
    return (*whole, round(int(row[f.X_ADDED]) / PASS), round(int(row[f.X_WAITED]) / PASS))


def lots(results: Results) -> list[tuple[int, int, float, float]]:
    """SERIAL, UNITS, OUT [min] and DEFECTS [2^-13/cm2] of the completed lots, in order."""
    rows = results.totals.lots[np.argsort(results.totals.lots[:, 4], kind="stable")]
    return [(s, units, out / MINUTE, round(defects / PASS, 3)) for _, _, s, units, out, defects in rows.tolist()]


def test_a_tool_counts_units_and_the_middle_one_of_a_lot_stands_for_all() -> None:
    r = history(worn(0, 10, 20), 60)
    # three units a lot: 0 1 2, 3 4 5, 6 7 8
    assert lots(r) == [(0, 3, 4, 1), (1, 3, 14, 4), (2, 3, 24, 7)]
    assert sums(r) == (9, 3, 0, 3 * (1 + 4 + 7), 0)
    assert (r.totals.lots[:, :2] == 0).all()
    r = history(worn(0, 10, product={"lot_size": 4}), 60)
    assert [defects for *_, defects in lots(r)] == [1, 5]  # of 0 1 2 3 the second one


def test_a_wait_in_the_queue_is_what_it_is() -> None:
    r = history(worn(0, 0, 0), 60)
    assert lots(r) == [(0, 3, 4, 1), (1, 3, 8, 4 + 4), (2, 3, 12, 7 + 8)]
    assert sums(r) == (9, 3, 0, 3 * 12, 3 * 12)


def test_a_setup_and_loading_are_no_wait_and_being_carried_is_none() -> None:
    words = {"tools": 1, "load": "2 min", "setups": {"changes": [{"to": "A", "time": "5 min"}]}}
    steps = [step("g", "n", 1), step("a", "m", 4, setup="A", process={"law": "counts"})]
    of = flow({"m": words, "n": {"tools": 1}}, steps, starts(0, 20), transport={"time": "7 min"})
    assert [defects for *_, defects in lots(history(of, 60))] == [0, 1]


def test_lots_of_a_batch_pass_one_after_the_other() -> None:
    r = history(worn(0, 1, 30, 31, 32, batch={"min": 6, "max": 6}, takes=5), 60)
    # the first waits for the second; of six units the middle ones of the two lots are the second and the fifth
    assert lots(r) == [(0, 3, 6, 1 + 1), (1, 3, 6, 4), (2, 3, 36, 7 + 1), (3, 3, 36, 10)]
    assert sums(r) == (12, 4, 0, 3 * (1 + 4 + 7 + 10), 3 * 2)


def test_maintenance_resets_the_count_and_a_repair_does_not() -> None:
    failing = {"failures": [{"mtbf": "6 min", "mttr": "2 min", "clock": "calendar"}]}
    r = history(worn(0, 10, 20, 30, group=failing), 60)
    assert times(r, "up")[:3] == [8, 16, 24]
    assert [defects for *_, defects in lots(r)] == [1, 4, 7, 10]
    cleaned = {"pm": [{"every": "100 min", "takes": "1 min", "first": "15 min"}]}
    r = history(worn(0, 10, 20, 30, group=failing | cleaned), 60)
    assert [defects for *_, defects in lots(r)] == [1, 4, 1, 4]


def test_maintenance_by_units_resets_the_count() -> None:
    r = history(worn(0, 10, 20, 30, 40, group={"pm": [{"every": "6 units", "takes": "1 min"}]}), 60)
    assert [defects for *_, defects in lots(r)] == [1, 4, 1, 4, 1]


def test_every_tool_has_a_count_of_its_own_and_one_that_is_maintained_while_away_starts_anew() -> None:
    group = {"tools": 2, "pm": [{"every": "1000 min", "takes": "1 min", "first": "30 min"}]}
    away = for_a_time("toolgroups.m.tools=0", 20, 600)
    r = history(worn(0, 0, 10, 610, 611, group=group, transients=[away]), 700)
    # the first tool is cleaned while it is away; the other one, due at 530, too
    assert [defects for *_, defects in lots(r)] == [1, 1, 4, 1, 1]
    away = for_a_time("toolgroups.m.tools=1", 20, 600)
    r = history(worn(0, 0, 10, 610, 610, group=group | {"pm": []}, transients=[away]), 700)
    assert sorted(defects for *_, defects in lots(r)) == [1, 1, 4, 4, 7]


def test_defects_add_up_along_the_route() -> None:
    law = {"law": "counts"}
    steps = [step("a", "m", 4, process=law), step("b", "n", 4), step("c", "m", 4, process=law)]
    r = history(flow({"m": {"tools": 1}, "n": {"tools": 1}}, steps, starts(0, 30), {"lot_size": 3}), 60)
    assert lots(r) == [(0, 3, 12, 1 + 4), (1, 3, 42, 7 + 10)]
    assert sums(r, 0) == (6, 2, 0, 3 * (1 + 7), 0)
    assert sums(r, 1) == (6, 2, 0, 3 * (4 + 10), 0)
    assert r.names.processes == (0, 2)


def test_only_lots_after_the_warm_up_are_told() -> None:
    whole, late = history(worn(0, 10, 20), 60), history(worn(0, 10, 20), 60, 14)
    # the second lot leaves at the tick at which the warm-up ends: that is after it, as for every other figure
    assert product_total(late, OUT) == 2
    assert lots(late) == lots(whole)[1:]
    assert sums(late) == (3, 1, 0, 3 * 7, 0)


def test_a_run_that_is_stopped_inside_the_warm_up_keeps_its_lots() -> None:
    asked: list[float] = []

    def stop(share: float, out: int, now: float) -> None:
        if not asked and out > 10:
            asked.append(now)
            signal.raise_signal(signal.SIGINT)

    of = worn(product={"lot_size": 3, "release": {"every": "10 min"}})
    r = simulate(of, horizon="400 h", warmup="399 h", replications=2, progress=stop)
    assert "inside the warm-up" in r.run_notes[0]
    assert asked and len(r.totals.lots) == int(r.totals.product[:, 0, COMPLETED].sum()) > 10


def test_lots_that_were_there_at_the_start_are_no_completed_lots() -> None:
    old = {"lot": "old", "product": "p", "units": 3, "step": "a", "priority": 10}
    r = history(worn(10, wip=[old]), 60)
    assert product_total(r, OUT) == 2
    assert product_total(r, COMPLETED) == 1
    assert lots(r) == [(0, 3, 14, 4)]
    assert sums(r) == (6, 2, 0, 3 * (1 + 4), 0)


def test_a_law_counts_no_further_than_it_was_asked() -> None:
    r = history(worn(*range(0, 70, 10), product={"lot_size": 1_000_000}, law={"law": "counts", "times": 1e-3}), 100)
    middles = [min(k * 1_000_000 + 499_999, int(MOST_PASSES)) for k in range(7)]
    np.testing.assert_allclose([defects for *_, defects in lots(r)], np.array(middles) / 1000, rtol=1e-4)


# --- rejects --------------------------------------------------------------------------------------


def sorted_out(steps_to: str | None, law: Any, route: list[str], released: Any, **more: Any) -> Line:
    to = {"rejects_to": steps_to} if steps_to else {}
    steps = [step(name, name, 1) | ({"process": law | to} if name == "look" else {}) for name in route]
    return flow({name: {"tools": 1, "rule": "fifo"} for name in route}, steps, released, **more)


def test_all_are_rejected_and_go_on_where_nothing_else_is_said() -> None:
    r = history(sorted_out(None, {"law": "sorts", "share": "100 %"}, ["look", "pack"], starts(0, 1, 2)), 30)
    assert sums(r) == (3, 3, 3, 0, 0)
    assert times(r, "out") == [2, 3, 4]
    assert r.totals.lots.shape == (0, 6), "a law that adds no defects keeps no lots"


def test_all_are_rejected_to_a_later_step_and_none_are() -> None:
    for share, leaves in (("100 %", [2, 3, 4]), ("0 %", [3, 4, 5])):
        law = {"law": "sorts", "share": share}
        r = history(sorted_out("mend", law, ["look", "pack", "mend"], starts(0, 1, 2)), 30)
        assert times(r, "out") == leaves
        assert sums(r)[2] == (3 if share == "100 %" else 0)
        assert product_total(r, REWORKED) == 0


def test_rejected_lots_go_back_and_count_as_rework() -> None:
    # the first three units of the tool are rejected: the lot goes round three times and passes at the fourth visit
    r = history(sorted_out("wash", {"law": "sorts", "first": 3}, ["wash", "look", "pack"], starts(0, 20)), 60)
    assert times(r, "finish", step="look") == [2, 4, 6, 8, 22]
    assert sums(r) == (5, 5, 3, 0, 0)
    assert product_total(r, REWORKED) == 3
    assert times(r, "out") == [9, 23]


def test_a_step_that_rejects_to_itself_is_done_again() -> None:
    r = history(sorted_out("look", {"law": "sorts", "first": 2}, ["look", "pack"], starts(0)), 30)
    assert times(r, "finish", step="look") == [1, 2, 3]
    assert product_total(r, REWORKED) == 2


def test_what_is_not_rejected_takes_its_turns_as_ever() -> None:
    law = {"law": "sorts", "first": 1, "rejects_to": "mend"}
    steps = [step("look", "a", 1, process=law, branch=[{"probability": 1.0, "to": "end"}]), step("mend", "b", 1)]
    r = history(flow({"a": {"tools": 1}, "b": {"tools": 1}}, steps, starts(0, 10)), 30)
    assert times(r, "finish", step="mend") == [2]
    assert times(r, "out") == [2, 11]


def test_a_share_is_rejected() -> None:
    law = {"law": "sorts", "share": "30 %"}
    of = sorted_out("wash", law, ["wash", "look", "pack"], {"every": "4 min"}, product={"lot_size": 7})
    r = simulate(of, horizon="60 d", warmup="1 d", replications=4, seed=2, device="cpu")
    row = r.totals.process.sum(axis=(0, 1))
    visits, rejected = int(row[f.X_VISITS]), int(row[f.X_REJECTED])
    assert row[f.X_PASSED] == 7 * visits
    assert abs(rejected - 0.3 * visits) < 4 * np.sqrt(0.3 * 0.7 * visits)
    assert abs(int(r.totals.product[:, 0, REWORKED].sum()) - rejected) <= 4 * 2
    per_world = r.totals.process[:, 0, f.X_REJECTED]
    assert len(set(per_world.tolist())) > 1


def test_lots_of_a_batch_are_judged_each_by_itself() -> None:
    law = {"law": "sorts", "share": "50 %", "rejects_to": "mend"}
    steps = [step("look", "a", 1, process=law, batch={"min": 2, "max": 2}, branch=[{"probability": 1.0, "to": "end"}]),
             step("mend", "b", 1)]  # fmt: skip
    r = history(flow({"a": {"tools": 1}, "b": {"tools": 2}}, steps, {"wip": 4}), 600)
    by_batch = np.array([mended for _, mended in _mended(r)])
    assert {0, 1, 2} == set(by_batch.tolist())


def _mended(r: Results) -> list[tuple[float, int]]:
    finished = r.log[(r.log["what"] == "leave") & (r.log["tool"] == "a")]
    return [(tick, int((rows["step"] == "mend").sum())) for tick, rows in finished.groupby("tick")]


# --- memory and pools -----------------------------------------------------------------------------


def test_a_line_without_laws_has_no_memory_for_them() -> None:
    plain, lawful = compile_line(everything()), compile_line(worn(0))
    assert layout(plain.arrays, 9).processes == 0
    assert layout(plain.arrays, 9).passage == layout(plain.arrays, 9).process
    assert pack_line(plain.arrays)[f.H_QUALITY] == f.NONE
    assert Batch(plain, range(1), 1).worlds.layout.log_rows == 0
    assert plain.arrays.response.size == 1
    assert layout(lawful.arrays, 9).lot_fields == f.LOT_FIXED + 2
    r = history(flow({"m": {"tools": 1}}, [step("a", "m", 1)], starts(0)), 10)
    assert r.totals.process.shape == (1, 0, f.PROCESS_FIELDS)
    assert r.totals.lots.shape == (0, 6)


@pytest.mark.parametrize("log", [False, True])
def test_a_small_log_loses_no_lot(monkeypatch: pytest.MonkeyPatch, log: bool) -> None:
    of = worn(takes=1, law={"law": "counts", "times": 0.001}, batch={"min": 3, "max": 300}, product={
        "lot_size": 3, "release": {"wip": 300}})  # fmt: skip
    plenty = simulate(of, horizon="6 h", warmup="1 h", replications=2, seed=1, log=log)
    monkeypatch.setattr(batches, "QUALITY_ROWS", 3)
    monkeypatch.setattr("twin.study.simulate.LOG_ROWS", 40)
    scarce = simulate(of, horizon="6 h", warmup="1 h", replications=2, seed=1, log=log)
    order = np.lexsort(plenty.totals.lots.T)
    np.testing.assert_array_equal(plenty.totals.lots[order], scarce.totals.lots[np.lexsort(scarce.totals.lots.T)])
    for world in range(2):
        rows = scarce.totals.lots[scarce.totals.lots[:, 0] == world]
        assert len(rows) == scarce.totals.product[world, 0, COMPLETED] > 10_000
        assert len(np.unique(rows[:, 2])) == len(rows)
        assert (rows[:, 4] >= 60 * MINUTE).all()
    if log:
        assert len(scarce.log) == len(plenty.log)
        assert not (scarce.log["what"] == "quality").any()


def test_replications_in_several_batches_keep_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    of = worn(takes=1, product={"lot_size": 3, "release": {"every": {"exponential": "3 min"}}})
    together = simulate(of, horizon="5 h", replications=4, seed=1)
    monkeypatch.setattr("twin.study.running.BATCH_BYTES", 1)
    apart = simulate(of, horizon="5 h", replications=4, seed=1)
    for results in (together, apart):
        counts = [int((results.totals.lots[:, 0] == world).sum()) for world in range(4)]
        assert counts == results.totals.product[:, 0, COMPLETED].tolist()
        assert product_total(results, RELEASED) > 50
    np.testing.assert_array_equal(
        *(r.totals.lots[np.lexsort(r.totals.lots.T[[2, 0]])] for r in (together, apart))
    )
