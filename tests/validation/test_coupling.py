"""Flow and physics together: what the engine puts on lots, against closed forms and by hand."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from twin.line import Line
from twin.process.particles import Particles
from twin.process.spot_weld import SpotWeld
from twin.results import Results
from twin.results.measures import DONE, OUT
from twin.results.yields import ADDED, PASSED, REJECTED, VISITS, WAITED
from twin.study.simulate import simulate

Floats = NDArray[np.float64]


def line_of(steps: list[dict[str, Any]], release: Any, groups: dict[str, Any] | None = None, **product: Any) -> Line:
    """One product on one route; every toolgroup one tool unless said otherwise."""
    return Line.from_document(
        {
            "line": "coupled",
            "toolgroups": {step["toolgroup"]: {} for step in steps} | (groups or {}),
            "products": {"A": {"route": "main", "release": release} | product},
            "routes": {"main": steps},
        }
    )


def share_within_four_errors(successes: int, trials: int, expected: float) -> bool:
    return abs(successes - expected * trials) < 4 * np.sqrt(trials * expected * (1 - expected))


def test_yield_of_waiting_in_an_mm1_queue(shared: Path) -> None:
    """E[exp(-k Wq)] of an M/M/1 queue: defects by waiting alone, die of 1 cm2, Poisson."""
    with (shared / "validation" / "physics" / "coupling.csv").open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["model"] == "coupling.mm1_queue_decay_yield")
    given = json.loads(row["inputs"])
    step = {
        "step": "press",
        "toolgroup": "press",
        "time": {"exponential": f"{3600 / given['service_per_h']} s"},
        "process": {"law": "particles", "adders": "0 /cm2", "waiting": f"{given['decay_per_h']} /cm2/h"},
    }
    every = {"every": {"exponential": f"{3600 / given['arrival_per_h']} s"}}
    line = line_of([step], every, die={"width": "1 cm", "height": "1 cm", "clustering": "none"})
    results = simulate(line, horizon="210 d", warmup="10 d", replications=32, seed=5)
    sample = results.product_values["yield"][:, 0]
    error = float(sample.std(ddof=1)) / np.sqrt(sample.size)
    assert error < 0.002
    assert abs(float(sample.mean()) - float(row["expected"])) < 4 * error


LAW = {"law": "particles", "adders": "0.01 /cm2", "seasoning": 3, "seasoning_wafers": 10, "ageing": 0.02}


@pytest.mark.parametrize(
    "pm", [{"every": "30 units", "takes": "5 min"}, {"every": "30 min", "takes": "5 min", "first": "25 min"}]
)
def test_a_maintenance_cleans_the_tool(pm: dict[str, str]) -> None:
    """Lots of 10 every 10 min, a PM after every third: each lot counts with its middle wafer, the 5th, 15th, 25th."""
    step = {"step": "etch", "toolgroup": "etch", "time": "1 min", "process": LAW}
    line = line_of([step], {"every": "10 min"}, {"etch": {"pm": [pm]}}, lot_size=10)
    results = simulate(line, horizon="125 min", replications=1)
    law = Particles(adders=0.01, seasoning=3.0, seasoning_wafers=10.0, ageing=0.02)
    expected = np.tile(law.defects(np.array([4.0, 14.0, 24.0])), 5)[: len(results.lots)]
    assert len(results.lots) == 13
    assert results.lots["defects"].to_numpy() == pytest.approx(expected, abs=2**-31)


def test_every_tool_keeps_its_own_count() -> None:
    """Two tools in turn: each has seen half of the wafers."""
    step = {"step": "etch", "toolgroup": "etch", "time": "15 min", "process": LAW}
    line = line_of([step], {"every": "10 min"}, {"etch": {"tools": 2}})
    results = simulate(line, horizon="86 min", replications=1)
    law = Particles(adders=0.01, seasoning=3.0, seasoning_wafers=10.0, ageing=0.02)
    seen = np.array([0.0, 0, 1, 1, 2, 2, 3, 3])
    assert results.lots["defects"].to_numpy() == pytest.approx(law.defects(seen), abs=2**-31)


def test_waits_and_tools_add_up_along_the_route() -> None:
    """Three lots come at once: they wait 0, 1 and 2 h for the first step and 0 for the second, half as long."""
    steps = [
        {"step": "grow", "toolgroup": "furnace", "time": "1 h",
         "process": {"law": "particles", "adders": "0.1 /cm2", "waiting": "0.03 /cm2/h"}},
        {"step": "coat", "toolgroup": "coater", "time": "30 min",
         "process": {"law": "particles", "adders": "0.2 /cm2", "waiting": "1 /cm2/h"}},
    ]  # fmt: skip
    starts = {"schedule": [{"time": "1 h"}] * 3}
    results = simulate(line_of(steps, starts, lot_size=25), horizon="10 h", replications=1)
    assert results.lots["defects"].to_numpy() == pytest.approx([0.3, 0.33, 0.36], abs=1e-6)
    totals = results.totals.process[0] * 2.0**-32
    assert results.totals.process[0, :, PASSED].tolist() == [75, 75]
    assert totals[:, ADDED] == pytest.approx([7.5, 15.0], abs=1e-6)  # 75 wafers x 0.1 and 0.2
    assert totals[:, WAITED] == pytest.approx([25 * 0.09, 0.0], abs=1e-5)


def weld_line(to: str | None, every: str = "2 min", **law: Any) -> Line:
    """A welder whose rejects are mended, if they go anywhere."""
    process = {"law": "spot_weld", "welds": 14, "growth": "0 um", "nugget": "4.6 mm", "scatter": "0.25 mm"} | law
    steps: list[dict[str, Any]] = [
        {"step": "weld", "toolgroup": "welder", "time": "1 min", "branch": {"probability": 1, "to": "check"},
         "process": process | ({"rejects_to": to} if to else {})},
        {"step": "mend", "toolgroup": "bench", "time": "1 min"},
        {"step": "check", "toolgroup": "gate", "time": "1 min"},
    ]  # fmt: skip
    dressing = {"pm": [{"every": "40 units", "takes": "20 s"}]}
    return line_of(steps, {"every": every}, {"bench": {"tools": 5}, "welder": dressing})


def test_rejects_go_where_they_are_sent_with_the_stated_probability() -> None:
    results = simulate(weld_line("mend"), horizon="60 d", replications=4, seed=3)
    passed, rejected = (int(results.totals.process[:, 0, k].sum()) for k in (VISITS, REJECTED))
    expected = float(SpotWeld(welds=14, growth=0.0, nugget=4.6, scatter=0.25).rejects(np.zeros(1))[0])
    assert 0.05 < expected < 0.2
    assert share_within_four_errors(rejected, passed, expected)
    mended = int(results.totals.group[:, 1, DONE].sum())
    assert 0 <= rejected - mended <= 4  # at the horizon a replication may have one under repair
    row = results.first_pass.iloc[0]
    assert (row["passed", ""], row["rejected", ""]) == (passed, rejected)


def test_rejects_follow_the_wear_of_the_electrodes() -> None:
    """40 bodies between dressings: the mean of the law over 0 to 39."""
    results = simulate(weld_line("mend", growth="0.5 um"), horizon="60 d", replications=4, seed=3)
    passed, rejected = (int(results.totals.process[:, 0, k].sum()) for k in (VISITS, REJECTED))
    law = SpotWeld(welds=14, growth=0.5, nugget=4.6, scatter=0.25)
    expected = float(law.rejects(np.arange(40.0)).mean())
    assert expected > 1.5 * float(law.rejects(np.zeros(1))[0])
    assert share_within_four_errors(rejected, passed, expected)


def test_rejects_without_a_place_to_go_are_counted_and_go_on() -> None:
    """The same lots are rejected, by the same draws, whatever becomes of them."""
    sent, kept = (simulate(weld_line(to), horizon="5 d", replications=2, seed=3) for to in ("mend", None))
    assert kept.totals.group[:, 1].sum() == 0
    assert (kept.totals.process[:, 0] == sent.totals.process[:, 0]).all()
    assert kept.totals.product[:, 0, OUT].sum() >= sent.totals.product[:, 0, OUT].sum()


OWN = '''\
from dataclasses import dataclass

import numpy as np

from twin.process import ProcessLaw, parameter


@dataclass(frozen=True, kw_only=True)
class Flakes(ProcessLaw):
    """The built-in law for particles at a tool, written again."""

    base: float = parameter("/m2", "Killer defects of a pass through a seasoned tool.")
    more: float = parameter("", "How many times more of the first wafer.")

    def defects(self, passes):
        return 1e-4 * self.base * (1 + self.more * np.exp(-passes / 10) + 0.02 * passes)
'''


def test_a_law_of_the_users_own_equals_the_built_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "flakes-1.0.dist-info"
    info.mkdir()
    (tmp_path / "flakes.py").write_text(OWN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: flakes\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[twin.process]\nflakes = flakes:Flakes\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "flakes", raising=False)

    def run(process: dict[str, Any]) -> Results:
        step = {"step": "etch", "toolgroup": "etch", "time": {"exponential": "1 min"}, "process": process}
        every = {"every": {"exponential": "2 min"}}
        line = line_of([step], every, {"etch": {"pm": [{"every": "300 units", "takes": "5 min"}]}}, lot_size=25)
        return simulate(line, horizon="5 d", replications=2, seed=9)

    own, built_in = run({"law": "flakes", "base": "100 /m2", "more": 3}), run(LAW)
    assert len(own.lots) > 1000
    assert (own.totals.lots[:, :5] == built_in.totals.lots[:, :5]).all()
    assert own.lots["defects"].to_numpy() == pytest.approx(built_in.lots["defects"].to_numpy(), abs=2**-30)
    own.save(tmp_path / "run")
    assert Results.load(tmp_path / "run").line == own.line
