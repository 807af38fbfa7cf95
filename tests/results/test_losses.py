"""Where yield is lost: all causes add up to 1 - yield, in proportion to -log of what each leaves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from quality_lines import quality_line
from scipy.special import ndtr
from tracked_runs import COATER, DEPTH, ETCH_1, ETCH_2, FILM, FURNACE, MARK, tracked_line, tracked_run

from twin.arrays import fields as f
from twin.arrays.line import compile_line
from twin.line import Line
from twin.results import Results, losses, quality
from twin.study.batch import MAX_WIP
from twin.study.running import Run
from twin.study.simulate import LOG_ROWS, results_of, run_settings

W, V, U = range(3)
AREA = 9.0  # of a die [cm2]
COAT = 3  # among the steps with a law


def one_lot(defects: float = 0.0, **said: object) -> Results:
    """One lot of two wafers: the depth of the first is two scatters from its limit, the film of the second on it."""
    made = {
        DEPTH: [(ETCH_2, [[106, 0, 0, 0], [100, 0, 0, 0]])], FILM: [(FURNACE, [40, 50])], MARK: [(COATER, [0, 0])]
    }  # fmt: skip
    return tracked_run(tracked_line(), [(0, W, 0, 2, defects)], made, worlds=1, **said)


def added(results: Results, coat: float, waited: float) -> Results:
    """The same run in which all lots together picked up so much at the coater [unit/cm2]."""
    process = results.totals.process.copy()
    process[:, COAT] = [2, 1, 0, round(coat * 2**32), round(waited * 2**32), 0]
    totals = results.totals._replace(process=process)
    return Results(
        line=results.line, names=results.names, totals=totals, settings=results.settings, timing=results.timing
    )


def test_what_is_missing_is_divided_in_proportion_to_the_logarithms() -> None:
    results = added(one_lot(0.02), 0.03, 0.01)
    clean = math.exp(-AREA * 0.02)
    first, second = 1 - float(ndtr(-2.0)), 0.5
    found = results.loss["lost", "mean"]
    logs = AREA * 0.02, -math.log(first), -math.log(second)
    of_first = (1 - clean * first) / (logs[0] + logs[1])
    of_second = (1 - clean * second) / (logs[0] + logs[2])
    assert found["etcher", DEPTH] == pytest.approx(of_first * logs[1] / 2, abs=1e-6)
    assert found["furnace", FILM] == pytest.approx(of_second * logs[2] / 2, abs=1e-6)
    assert found["coater", "tool"] == pytest.approx(0.75 * (of_first + of_second) * logs[0] / 2, abs=1e-6)
    assert found["coater", "waiting"] == pytest.approx(found["coater", "tool"] / 3)
    figure = results.product_figures["W"]["yield"]
    assert figure is not None and found.sum() == pytest.approx(1 - figure.mean)
    assert results.loss["share", "mean"].sum() == pytest.approx(1)
    assert next(iter(results.loss.index)) == ("furnace", FILM) and ("coater", MARK) not in results.loss.index
    assert results.loss["defects", "mean"].sum() == pytest.approx(0.02)


def test_a_unit_that_is_wholly_outside_is_lost_to_what_it_is_outside_of() -> None:
    made = {DEPTH: [(ETCH_1, [500])], FILM: [(FURNACE, [49])], MARK: [None]}
    results = tracked_run(tracked_line(modes=0), [(0, U, 0, 1, 0.0)], made, worlds=1)
    found = results.loss["lost", "mean"]
    assert found["etcher", DEPTH] == pytest.approx(1, abs=0.01) and found.sum() == pytest.approx(1)


def test_the_bad_tool_stands_out() -> None:
    """Two etchers, three lots in four on the good one."""
    lots = [(0, W, k, 2, 0.0) for k in range(8)]
    good, bad = [[100, 0, 0, 0]] * 2, [[110, 0, 0, 0]] * 2
    made = {
        DEPTH: [(ETCH_2, bad) if k % 4 == 3 else (ETCH_1, good) for k in range(8)],
        FILM: [(FURNACE, [40, 40])] * 8, MARK: [None] * 8,
    }  # fmt: skip
    results = tracked_run(tracked_line(), lots, made, worlds=1)
    worst = results.loss_by_tool.iloc[0]
    assert results.loss_by_tool.index[0] == ("wafers", "etch", "etcher/2", DEPTH)
    assert worst["units", "mean"] == pytest.approx(0.25) and worst["per_unit", "mean"] == pytest.approx(0.5, abs=1e-6)
    assert worst["lost", "mean"] == pytest.approx(0.125, abs=1e-6)
    first = results.loss_by_tool.loc[("wafers", "etch", "etcher/1", DEPTH)]
    assert first["per_unit", "mean"] == pytest.approx(2 * float(ndtr(-5.0)), rel=1e-3)
    assert results.loss["lost", "mean"].sum() == pytest.approx(results.loss_by_tool["lost", "mean"].sum())
    text = "\n".join(row.text for row in quality.rows(results))
    assert "etch at etcher/2: depth" in text and max(map(len, text.splitlines())) <= 100


def test_defects_are_told_by_the_visits_of_the_lot() -> None:
    """A lot that went twice, by its own passes and wait; visits of lots that never came out say nothing."""
    hour = 3_600_000
    visits = [
        (0, 10, W, 0, COAT, COATER, 9, 0),  # 0.1 (1 + 9) with half of the lot run before: one unit of two, 0 more
        (0, 20, W, 0, COAT, COATER, 0, 20 * hour),  # 0.1, and 0.2 waited
        (0, 15, W, 7, COAT, COATER, 900, 0),
        (0, 15, U, 0, COAT, COATER, 900, 0),
        (0, 15, W, f.WIP_SERIAL, COAT, COATER, 900, 0),
    ]
    results = added(one_lot(1.3, visits=visits), 1.0, 99.0)
    defects = results.loss["defects", "mean"]
    assert defects["coater", "tool"] == pytest.approx(1.1, rel=1e-6)
    assert defects["coater", "waiting"] == pytest.approx(0.2, rel=1e-6)
    row = results.loss_by_tool.loc[("wafers", "coat", "coater", "tool")]
    assert row["units", "mean"] == pytest.approx(2.0)  # each unit twice
    figure = results.product_figures["W"]["yield"]
    assert figure is not None and results.loss["lost", "mean"].sum() == pytest.approx(1 - figure.mean)


def test_lots_whose_visits_were_not_kept_go_by_what_all_picked_up() -> None:
    made = {DEPTH: [None] * 2, FILM: [None] * 2, MARK: [None] * 2}
    lots = [(0, W, 0, 2, 0.1), (0, W, 1, 2, 0.3)]
    results = tracked_run(
        tracked_line(), lots, made, worlds=1, visits=[(0, 10, W, 0, COAT, COATER, 0, 0)]
    )  # fmt: skip
    found = added(results, 0.0, 1.0).loss["defects", "mean"]
    assert found["coater", "tool"] == pytest.approx(0.05) and found["coater", "waiting"] == pytest.approx(0.15)


def test_products_without_a_yield_do_not_dilute_it() -> None:
    document = tracked_line().to_document()
    document["products"]["U"] |= {"limits": {DEPTH: [None, None], FILM: [None, None]}}
    made = {DEPTH: [(ETCH_1, [[110, 0, 0, 0]]), (ETCH_1, [0])], FILM: [None] * 2, MARK: [None] * 2}
    line = Line.from_document(document)
    results = tracked_run(line, [(0, W, 0, 1, 0.0), (0, U, 0, 1, 0.0)], made, worlds=1)
    assert results.product_figures["U"]["yield"] is None
    assert results.loss.loc[("etcher", DEPTH), ("lost", "mean")] == pytest.approx(0.5, abs=1e-6)
    assert results.loss_by_tool["units", "mean"].tolist() == [1.0]


def test_damage_takes_its_part() -> None:
    """A pattern that kills a share of the dies of every second wafer, beside a depth on its limit."""
    document = tracked_line().to_document()
    document["routes"]["wafers"][1]["damage"] = {"pattern": "edge_ring", "share": "50 %", "defects": 40}
    line = Line.from_document(document)
    made = {DEPTH: [(ETCH_1, [[110, 0, 0, 0]] * 2)], FILM: [None], MARK: [None]}
    results = tracked_run(line, [(0, W, 0, 2, 0.0)], made, worlds=1)
    alive = results.yields.loc["W", ("alive", "mean")]
    assert 0.5 < alive < 1
    figure = results.product_figures["W"]["yield"]
    assert figure is not None and figure.mean == pytest.approx(alive / 2, abs=1e-6)
    found = results.loss["lost", "mean"]
    assert found["etcher", "damage"] == pytest.approx(
        (1 - alive / 2) * math.log(alive) / math.log(alive / 2), rel=1e-5
    )
    assert found.sum() == pytest.approx(1 - alive / 2, abs=1e-6)
    assert results.wafer("W-1.1").expected == pytest.approx(figure.mean, abs=1e-6)
    assert "no damage" in "\n".join(row.text for row in quality.rows(results))


def test_an_empty_run_has_no_loss() -> None:
    results = one_lot()
    totals = results.totals._replace(lots=results.totals.lots[:0], tracked=results.totals.tracked[:0])
    empty = Results(line=results.line, names=results.names, totals=totals, settings=results.settings,
                    timing=results.timing)  # fmt: skip
    assert empty.loss.empty and empty.loss_by_tool.empty and empty.units_table().empty
    assert empty.characteristics["mean", "mean"].isna().all() and empty.yields.loc["W"].isna().all()
    assert quality.to_json(empty)["products"]["U"]["yield"] is None


def test_the_visits_of_a_real_run_explain_its_defects() -> None:
    """Law by law and lot by lot, what the visits say is what the lots have."""
    document = quality_line().to_document()
    for product in ("A", "B"):
        document["products"][product]["release"] = {"every": "3 h"}
    line = Line.from_document(document)
    run = Run(
        {"": compile_line(line)}, run_settings(line, "12 d", "2 d", 2, 1, "cpu"), 1, LOG_ROWS, MAX_WIP, None,
        log_what=f.LOG_VISIT,
    )  # fmt: skip
    run.all_batches()
    results = results_of(run, {"": line}, 0.0)[""]
    visits, lots = results.totals.visits, results.totals.lots
    lot = losses.lots_of(visits, lots)
    amounts = losses.picked_up(results.judged, visits[lot >= 0], lots[lot[lot >= 0], 3])
    told = np.bincount(lot[lot >= 0], sum(amounts.values(), np.zeros((lot >= 0).sum())), len(lots))
    wafers, defects = lots[:, 1] < 2, results.judged.density
    assert wafers.sum() > 50 and (told <= defects * (1 + 1e-4)).all()
    assert (told > defects * (1 - 1e-4))[wafers].mean() > 0.8  # the others began in the warm-up
    grown = results.loss_by_tool.xs("grow", level="step")["lost", "mean"]
    assert grown["wafers", "furnace/1", "tool"] > 5 * grown["wafers", "furnace", "tool"] > 0  # these of the warm-up
    figure = results.product_figures["A"]["yield"]
    assert figure is not None and results.loss["lost", "mean"].sum() == pytest.approx(1 - figure.mean)
