"""A toolgroup's Gantt: its bars against the run's totals to the tick, and by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import twin
from twin.line import Line, LineError
from twin.results import ResultsError
from twin.results.measures import STATES
from twin.study.gantt import gantt
from twin.study.history import history

MINUTE = 60_000


@pytest.mark.parametrize(
    ("model", "horizon", "warmup"),
    [
        ("fab/mini_fab", "60 d", "7 d"),  # batches, setups, maintenance, failures
        ("learn/oven", "8 d", "1 d"),
        ("auto/body_shop", "10 h", "2 h"),  # blocking, sent back
    ],
)
def test_bars_add_up_to_the_totals(model: str, horizon: str, warmup: str) -> None:
    run = twin.simulate(model, horizon=horizon, warmup=warmup, replications=2)
    for g, name in list(enumerate(run.names.toolgroups))[:5]:
        found = gantt(run, name, replication=2)
        tools = run.names.tools_of[g]
        assert (found.ticks == run.totals.tool_ticks[1, tools.start : tools.stop]).all()
        for tool in found.tools:
            bars = [bar for bar in found.bars if bar.tool == tool]
            ends = [found.begins, *(bar.ends for bar in bars)]
            assert [bar.begins for bar in bars] == ends[:-1] and ends[-1] == found.ends
            assert all(bool(bar.lots) or bar.state not in {"setup", "blocked"} for bar in bars)


def test_cascading_tools_and_lots_in_the_line_at_the_start() -> None:
    step = {"step": "one", "toolgroup": "a", "time": "5 min", "cascade": {"every": "1 min", "per": "lot", "inside": 3}}
    document = {
        "line": "cascade",
        "toolgroups": {"a": {"tools": 2, "failures": [{"mtbf": {"exponential": "1 h"}, "mttr": "4 min"}]}},
        "products": {"p": {"route": "r", "release": {"every": {"exponential": "1 min"}}}},
        "routes": {"r": [step]},
        "wip": [{"lot": "old one", "product": "p", "step": "one"}],
    }
    run = twin.simulate(Line.from_document(document), horizon="8 h", warmup=0, replications=2)
    found = gantt(run, "a", replication=2)
    assert (found.ticks == run.totals.tool_ticks[1]).all()
    assert max(len(bar.lots) for bar in found.bars) == 3
    assert "old one" in found.bars[0].lots
    assert {"productive", "down", "starved"} <= {bar.state for bar in found.bars}


def test_tools_that_are_away_for_a_time() -> None:
    line = twin.read("learn/oven", set=[("toolgroups.press.tools", "1 from 2 h to 5 h")])
    run = twin.simulate(line, horizon="8 h", warmup=0, replications=1)
    found = gantt(run, "press")
    assert (found.ticks == run.totals.tool_ticks[0, :2]).all()
    assert found.ticks[1, STATES.index("off")] > 2 * 60 * MINUTE


def line() -> Line:
    return Line.from_document(
        {
            "line": "by_hand",
            "toolgroups": {
                "a": {"tools": 1, "pm": [{"every": "100 min", "takes": "6 min", "first": "1 min"}]},
                "store": {"tools": "unlimited"},
            },
            "products": {"p": {"route": "r", "release": {"every": "15 min"}}},
            "routes": {"r": [{"step": "one", "toolgroup": "a", "time": "10 min"},
                             {"step": "rest", "toolgroup": "store", "time": "1 min"}]},
        }
    )  # fmt: skip


def test_bars_by_hand(tmp_path: Path) -> None:
    # maintenance is due in the first run and waits for its end
    run = twin.simulate(line(), horizon="40 min", warmup="5 min", replications=1)
    found = gantt(run, "a")
    bars = [(bar.state, bar.begins / MINUTE, bar.ends / MINUTE, bar.lots, bar.steps) for bar in found.bars]
    assert bars == [
        ("productive", 5, 10, ("p-1",), ("one",)),
        ("pm", 10, 16, (), ()),
        ("productive", 16, 26, ("p-2",), ("one",)),
        ("starved", 26, 30, (), ()),
        ("productive", 30, 40, ("p-3",), ("one",)),
    ]
    seconds = dict.fromkeys(STATES, 0.0) | {"productive": 1500.0, "pm": 360.0, "starved": 240.0}
    assert found.totals.loc["a"].to_dict() == seconds
    visit = history(run, "p-2").visits[0]
    assert (visit.started_tick, visit.finished_tick) == (16 * MINUTE, 26 * MINUTE)
    run.save(tmp_path / "run")
    frame = gantt(tmp_path / "run", "a").frame
    assert frame.equals(found.frame)
    assert list(frame.columns) == ["tool", "state", "start_s", "end_s", "lots", "product", "step"]


def test_two_halves_are_the_whole() -> None:
    run = twin.simulate("fab/mini_fab", horizon="20 d", warmup="2 d", replications=1)
    whole = gantt(run, "diffusion")
    halves = [gantt(run, "diffusion", to="11 d"), gantt(run, "diffusion", from_="11 d")]
    assert (whole.ticks == halves[0].ticks + halves[1].ticks).all()
    together = [(bar.tool, bar.state, bar.begins, bar.lots) for half in halves for bar in half.bars]
    cut = round(11 * 86_400 / whole.tick_s)
    assert sorted(bar for bar in together if bar[2] != cut) == sorted(
        (bar.tool, bar.state, bar.begins, bar.lots) for bar in whole.bars if bar.begins != cut
    )


def test_jumping_over_quiet_times_misses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run = twin.simulate("learn/oven", horizon="3 d", warmup="1 d", replications=1)
    jumped = [gantt(run, name).to_json() for name in ("press", "oven")]
    monkeypatch.setattr("twin.study.gantt._Watched.quiet_until", lambda self, ticks: self.replay.now)
    assert [gantt(run, name).to_json() for name in ("press", "oven")] == jumped


def test_bars_that_do_not_add_up_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run = twin.simulate("learn/oven", horizon="2 d", warmup=0, replications=1)
    whole = gantt(run, "press")
    monkeypatch.setattr("twin.study.gantt._Watched.quiet_until", lambda self, ticks: self.replay.now + 40 * MINUTE)
    assert gantt(run, "press").bars == whole.bars


def test_what_cannot_be_drawn_is_told() -> None:
    run = twin.simulate(line(), horizon="40 min", warmup=0, replications=1)
    with pytest.raises(ResultsError, match="no toolgroup 'stor'; did you mean 'store'"):
        gantt(run, "stor")
    with pytest.raises(ResultsError, match="pure delay"):
        gantt(run, "store")
    with pytest.raises(ResultsError, match="from 10 min to 5 min: write two times"):
        gantt(run, "a", from_="10 min", to="5 min")
    with pytest.raises(LineError, match="to 10 apples"):
        gantt(run, "a", to="10 apples")


def test_shares_of_parts_add_up_to_one() -> None:
    from twin.scene.gantt import shares_of

    run = twin.simulate("learn/oven", horizon="2 d", warmup=0, replications=1)
    found = gantt(run, "press")
    edges = np.append(np.arange(0, found.ends, 7 * 60 * MINUTE), found.ends)
    shares = shares_of(found, edges)
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert (shares * np.diff(edges)).sum(axis=2) == pytest.approx(found.ticks)
