"""A lot's history: by hand on a line without chance, and by conservation on the library's."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from twin.line import Line
from twin.results import Results, ResultsError
from twin.results.history import TIMES, History
from twin.study.gantt import gantt
from twin.study.history import history, slowest

MINUTE = 60_000
BY_HAND = {
    "line": "by_hand",
    "toolgroups": {
        "a": {
            "tools": 1,
            "setups": {"changes": [{"to": "x", "time": "3 min"}]},
            "failures": [{"mtbf": "7 min", "mttr": "4 min", "clock": "operating"}],
        },
        "store": {"tools": "unlimited"},
        "b": {"tools": 1},
    },
    "products": {"p": {"route": "r", "due": "40 min", "release": {"every": "100 min"}}},
    "routes": {
        "r": [
            {
                "step": "one", "toolgroup": "a", "time": "10 min", "setup": "x",
                "queue_limit": [{"until": "three", "limit": "19 min"}, {"until": "rest", "limit": "1 min"}],
            },
            {"step": "rest", "toolgroup": "store", "time": "15 min"},
            {"step": "three", "toolgroup": "b", "time": "5 min"},
        ]
    },
    "transport": {"time": "2 min"},
}  # fmt: skip


def shown(found: History) -> list[tuple[object, ...]]:
    """Step, tool, when it was left for, arrived, started, finished [min]."""
    return [
        (v.step, v.tool, *(None if t is None else t / MINUTE for t in
         (v.left_before_tick, v.arrived_tick, v.started_tick, v.finished_tick)))
        for v in found.visits
    ]  # fmt: skip


@pytest.fixture(scope="module")
def by_hand() -> Results:
    """Two lots: the first meets a setup, both a failure after 7 min of work."""
    return twin.simulate(Line.from_document(BY_HAND), horizon="130 min", warmup=0, replications=1)


def test_history_of_the_first_lot_by_hand(by_hand: Results) -> None:
    # setup 0-3, work 3-10, down 10-14, work 14-17; 2 min on the way, 15 at rest, 2 on the way, 5 on b
    found = history(by_hand, "p-1")
    assert shown(found) == [
        ("one", "a", 0, 0, 0, 17),
        ("rest", None, 17, 19, 19, 34),
        ("three", "b", 34, 36, 36, 41),
    ]
    ticks = {key: value / MINUTE for key, value in found.ticks.items() if value}
    assert ticks == {"setup": 3, "stopped": 4, "process": 30, "transport": 4}
    assert found.cycle_s == 41 * 60 and found.out_tick == 41 * MINUTE
    assert found.due_tick == 40 * MINUTE and "60 s late" in str(found)
    assert found.x_factor == pytest.approx(41 / 34)  # raw: 30 min of process, 4 of transport
    kept = [(w.step, w.until, (w.closed_tick or 0) / MINUTE, w.breached) for w in found.windows]
    assert kept == [("one", "rest", 19, True), ("one", "three", 36, False)]


def test_history_of_a_lot_that_is_still_in_the_line(by_hand: Results) -> None:
    # the tool is set and has worked 3 min since its repair: down 104-108, done 114, at rest from 116
    found = history(by_hand, "p-2")
    assert shown(found) == [("one", "a", 100, 100, 100, 114), ("rest", None, 114, 116, 116, None)]
    assert found.out_tick is None and found.x_factor is None
    assert sum(found.ticks.values()) == 30 * MINUTE
    assert found.windows[1].breached is None
    assert "still in the line" in str(found) and "still open" in str(found)


@pytest.mark.parametrize(
    ("model", "horizon"), [("fab/mini_fab", "40 d"), ("learn/oven", "5 d"), ("auto/body_shop", "6 h")]
)
def test_the_times_add_up_to_the_cycle_time(model: str, horizon: str) -> None:
    run = twin.simulate(model, horizon=horizon, warmup=0, replications=2)
    table = slowest(run, 3, replication=2)
    assert len(table) == 3 and (table["cycle_s"].diff().dropna() <= 0).all()
    for lot in table.itertuples():
        found = history(run, str(lot.lot), replication=2)
        assert found.out_tick is not None and found.cycle_s == lot.cycle_s
        assert sum(found.ticks.values()) == found.out_tick - found.released_tick
        assert found.x_factor == pytest.approx(lot.x_factor)
        for visit in found.visits:
            times = (visit.arrived_tick, visit.started_tick, visit.finished_tick, visit.left_tick)
            known = [visit.left_before_tick, *(time for time in times if time is not None)]
            assert len(known) == 5 and known == sorted(known)
            arrived, started, finished, left = known[1:]
            assert visit.ticks["wait"] == started - arrived
            assert sum(visit.ticks[key] for key in ("setup", "process", "stopped")) == finished - started
            assert visit.ticks["blocked"] == left - finished
        frame = found.frame
        assert frame[[f"{key}_s" for key in TIMES]].to_numpy().sum() == pytest.approx(found.cycle_s)


def test_histories_of_all_lots_add_up_to_the_totals() -> None:
    run = twin.simulate("learn/oven", horizon="5 h", warmup=0, replications=1)
    for k, product in enumerate(run.names.products):
        released, _, completed, cycle = run.totals.product[0, k, :4]
        lots = [history(run, f"{product}-{number}") for number in range(1, int(released) + 1)]
        gone = [lot.out_tick - lot.released_tick for lot in lots if lot.out_tick is not None]
        assert len(gone) == completed > 3
        assert sum(gone) == cycle == sum(sum(lot.ticks.values()) for lot in lots if lot.out_tick is not None)


def test_a_lot_inside_a_cascading_tool_is_processed_while_the_tool_is_set_up_for_the_next() -> None:
    # x: on the tool from 0 to 10, its entrance from 0 to 1; y comes at 2, setup 2-5, on the tool until 15
    document = {
        "line": "cascade",
        "toolgroups": {"a": {"tools": 1, "setups": {"changes": [{"from": "x", "to": "y", "time": "3 min"}]}}},
        "products": {
            "x": {"route": "x", "release": {"every": "2 d"}},
            "y": {"route": "y", "release": {"every": "2 d", "start": "2 min"}},
        },
        "routes": {
            name: [{"step": "s", "toolgroup": "a", "time": "10 min", "setup": name, "cascade": {"every": "1 min"}}]
            for name in ("x", "y")
        },
    }
    run = twin.simulate(Line.from_document(document), horizon="1 h", warmup=0, replications=1)
    first, second = history(run, "x-1"), history(run, "y-1")
    assert {key: ticks / MINUTE for key, ticks in first.ticks.items() if ticks} == {"process": 10}
    assert {key: ticks / MINUTE for key, ticks in second.ticks.items() if ticks} == {"setup": 3, "process": 10}


@pytest.mark.parametrize(("model", "horizon"), [("fab/mini_fab", "20 d"), ("learn/oven", "4 d")])
def test_jumping_over_quiet_times_misses_nothing(model: str, horizon: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = twin.simulate(model, horizon=horizon, warmup=0, replications=1)
    lots = [str(lot) for lot in slowest(run, 3)["lot"]]
    jumped = [history(run, lot).to_json() for lot in lots]
    monkeypatch.setattr("twin.study.history._Followed._quiet_until", lambda self: self.replay.now)
    assert [history(run, lot).to_json() for lot in lots] == jumped


def test_a_line_whose_lots_outgrow_their_pool_on_the_way() -> None:
    line = twin.read("learn/mm1", set={"products.part.release.every": "0.5 min"})
    run = twin.simulate(line, horizon="12 h", warmup=0, replications=1)
    assert run.totals.wip_end.sum() > 600  # twice the lots that there is room for at the start, three times over
    table = slowest(run, 1)
    found = history(run, str(table["lot"][0]))
    spent = (found.ticks["wait"] + found.ticks["process"]) * found.tick_s
    assert found.cycle_s == table["cycle_s"][0] == pytest.approx(spent)
    assert len(found.visits) == 1 and found.visits[0].ticks["wait"] > 5 * 60 * MINUTE
    assert (gantt(run, "press").ticks == run.totals.tool_ticks[0]).all()


def test_a_saved_run_tells_the_same_and_lots_there_at_the_start_have_their_names(tmp_path: Path) -> None:
    document = BY_HAND | {"wip": [{"lot": "old one", "product": "p", "step": "three", "due": "-1 min"}]}
    run = twin.simulate(Line.from_document(document), horizon="130 min", warmup=0, replications=1)
    run.save(tmp_path / "run")
    found = history(tmp_path / "run", "old one")
    assert shown(found) == [("three", "b", 0, 0, 0, 5)] and found.standing
    assert found.x_factor is None and "in the line at the start" in str(found)
    again = history(run, "p-1")
    assert again.to_json() == history(tmp_path / "run", "p-1").to_json()
    assert again.ticks["wait"] == 0


@pytest.mark.parametrize(
    ("lot", "said"),
    [
        ("q-1", "the line makes no product 'q'; did you mean 'p'?|choose from p"),
        ("17", "'17' names no lot; write product and number, such as p-12"),
        ("p-3", "no lot p-3 in replication 1 of the run, which ends at 2.167 h: its last lot of p is p-2"),
    ],
)
def test_lots_that_are_not_there(by_hand: Results, lot: str, said: str) -> None:
    with pytest.raises(ResultsError) as told:
        history(by_hand, lot)
    assert any(words in str(told.value) for words in said.split("|"))


def test_a_replication_that_is_not_there(by_hand: Results) -> None:
    with pytest.raises(ResultsError, match="replication 2: the run has 1 to 1"):
        history(by_hand, "p-1", replication=2)
