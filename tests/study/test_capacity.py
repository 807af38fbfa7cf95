"""Offered load against hand counts and against the busy times published for SMT2020."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pandas import read_csv

from twin.line import Line, read
from twin.line.autosched import import_autosched
from twin.process.spot_weld import SpotWeld
from twin.study.capacity import capacity, visits

HEAD = "twin: 1\nline: small\ntoolgroups:\n"


def line_of(tmp_path: Path, text: str) -> Line:
    """A line from the text of its document."""
    path = tmp_path / "small.yaml"
    path.write_text(HEAD + text)
    return read(path)


def row(line: Line, group: str, load: float = 0.85) -> dict[str, Any]:
    """The figures of one toolgroup."""
    found: dict[str, Any] = capacity(line, load).to_json()["toolgroups"][group]
    return found


def test_visits_solve_sampling_rework_and_branches(tmp_path: Path) -> None:
    line = line_of(
        tmp_path,
        """
  t: {tools: 1}
products: {p: {route: r, release: {every: 1 h}}}
routes:
  r:
    - {step: a, toolgroup: t, time: 1 min}
    - {step: b, toolgroup: t, time: 1 min, sample: 0.5, rework: {probability: 20 %, to: a}}
    - {step: c, toolgroup: t, time: 1 min, branch: {probability: 30 %, to: end}}
    - {step: d, toolgroup: t, time: 1 min}
""",
    )
    # one lot in ten goes back from b, so that a and b see 1 / 0.9 lots for each that goes on
    assert visits(line, "r") == pytest.approx([1 / 0.9, 0.5 / 0.9, 1.0, 0.7])


def test_visits_count_what_a_process_law_sends_back(tmp_path: Path) -> None:
    line = line_of(
        tmp_path,
        """
  t: {tools: 1, pm: [{every: 40 units, takes: 1 min}]}
  u: {tools: 1}
products: {p: {route: r, release: {every: 1 h}}}
routes:
  r:
    - {step: a, toolgroup: u, time: 1 min}
    - step: b
      toolgroup: t
      time: 1 min
      process: {law: spot_weld, welds: 20, growth: 0.5 um, scatter: 0.4 mm, rejects_to: a}
      branch: {probability: 30 %, to: end}
    - {step: c, toolgroup: u, time: 1 min}
""",
    )
    law = SpotWeld(welds=20, growth=0.5, scatter=0.4)
    rejected = sum(float(law.rejects(np.array([n]))[0]) for n in range(40)) / 40  # between two maintenances
    assert 0.05 < rejected < 0.5
    # of those that are not rejected 30 % leave
    assert visits(line, "r") == pytest.approx([1 / (1 - rejected), 1 / (1 - rejected), 0.7])


def test_load_of_a_plain_group_by_hand(tmp_path: Path) -> None:
    line = line_of(
        tmp_path,
        """
  t: {tools: 2, load: 1 min, unload: 2 min}
products:
  p: {lot_size: 10, route: r, release: {every: {exponential: 1 h}}}
routes:
  r: [{step: a, toolgroup: t, time: {uniform: [2 min, 4 min]}, per: unit}]
""",
    )
    figures = row(line, "t", load=0.2)
    assert figures["visits_per_day"] == pytest.approx(24)
    assert figures["process"] == pytest.approx(30 / 60 / 2)
    assert figures["load"] == pytest.approx(1 / 60 / 2) and figures["unload"] == pytest.approx(2 / 60 / 2)
    assert figures["offered"] == figures["of_available"] == pytest.approx(33 / 60 / 2)
    assert figures["tools_needed"] == 3


def test_batches_cascades_and_delays_by_hand(tmp_path: Path) -> None:
    line = line_of(
        tmp_path,
        """
  oven: {tools: 1, load: 10 min}
  wet: {tools: 1, load: 1 min}
  rest: {tools: unlimited, transport: none}
products: {p: {lot_size: 25, route: r, release: {every: 2 h}}}
routes:
  r:
    - {step: a, toolgroup: oven, time: 290 min, per: batch, batch: {min: 75, max: 160}}
    - {step: b, toolgroup: wet, time: 60 min, cascade: {every: 1 min, per: unit}}
    - {step: c, toolgroup: rest, time: 6 h}
""",
    )
    oven, wet, rest = (row(line, group) for group in ("oven", "wet", "rest"))
    assert oven["offered"] == pytest.approx(300 / 6 / 120)  # six lots of 25 in 160
    assert oven["offered_min_batches"] == pytest.approx(300 / 3 / 120)
    assert wet["offered"] == pytest.approx(25 / 120)
    assert rest["offered"] is None and rest["busy_tools"] == pytest.approx(3)


def test_failures_and_maintenance_in_closed_form(tmp_path: Path) -> None:
    line = line_of(
        tmp_path,
        """
  t:
    tools: 1
    failures:
      - {mtbf: {exponential: 90 min}, mttr: {exponential: 10 min}, clock: operating}
      - {mtbf: {exponential: 19 h}, mttr: {exponential: 1 h}, clock: calendar}
    pm: [{every: 10 d, takes: 1 d}, {every: 48 units, takes: 72 min}]
products: {p: {route: r, release: {every: 1 h}}}
routes:
  r: [{step: a, toolgroup: t, time: 27 min}]
""",
    )
    figures = row(line, "t")
    assert figures["offered"] == pytest.approx(0.45)
    assert figures["pm"] == pytest.approx(0.1 + 24 / 48 * 72 / 1440)
    assert figures["availability"] == pytest.approx((1 - 0.125 - 0.45 / 9) * 19 / 20)
    assert figures["availability"] + figures["pm"] + figures["down"] == pytest.approx(1)
    assert figures["of_available"] == pytest.approx(0.45 / figures["availability"])
    assert figures["tools_needed"] == 1 and row(line, "t", load=0.5)["tools_needed"] == 2


def test_a_saturated_line_runs_at_what_its_bottleneck_allows(tmp_path: Path) -> None:
    line = line_of(
        tmp_path,
        """
  a: {tools: 1}
  b: {tools: 1, failures: [{mtbf: {exponential: 80 min}, mttr: {exponential: 20 min}, clock: operating}]}
products: {p: {route: r, release: saturated}}
routes:
  r: [{step: a, toolgroup: a, time: 1 min}, {step: b, toolgroup: b, time: 50 s}]
""",
    )
    found = capacity(line)
    assert found.bottleneck == "b"
    assert found.products.loc["p", "rate"] == pytest.approx(86_400 / 62.5)
    assert found.toolgroups.loc["b", "of_available"] == pytest.approx(1)
    assert any("bottleneck" in note for note in found.notes)


def test_schedules_count_over_their_span(tmp_path: Path) -> None:
    (tmp_path / "starts.csv").write_text("product,time [h],units\np,0,10\np,2,20\np,4,30\n")
    line = line_of(
        tmp_path,
        """
  t: {tools: 1}
products: {p: {route: r, release: {schedule: starts.csv}}}
routes:
  r: [{step: a, toolgroup: t, time: 1 min, per: unit}]
""",
    )
    assert row(line, "t")["offered"] == pytest.approx(20 / 120)


def test_text_and_json_say_the_same() -> None:
    found = capacity("fab/mini_fab")
    told = json.loads(json.dumps(found.to_json()))
    assert told["bottleneck"] == found.bottleneck
    assert f"bottleneck: {found.bottleneck}" in str(found)
    assert set(told["toolgroups"]) == {"diffusion", "implant", "litho"}
    assert all(math.isfinite(group["offered"]) for group in told["toolgroups"].values())
    with pytest.raises(ValueError, match="share"):
        capacity("fab/mini_fab", load=85)


@pytest.fixture(scope="module", params=["HVLM", "LVHM"])
def smt2020(
    request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Path]:
    """Toolgroups of one SMT2020 fab as `capacity` finds them, and the file of published loads."""
    out = tmp_path_factory.mktemp("smt2020") / "fab.yaml"
    import_autosched(shared / "smt2020" / f"SMT2020_{request.param}", out)
    published = shared / "smt2020" / "reference_smt2020"
    return capacity(read(out)).toolgroups, published / f"offered_load_{request.param}.csv"


def test_plain_toolgroups_of_smt2020_are_as_busy_as_published(smt2020: tuple[Any, Path]) -> None:
    found, published = smt2020[0], read_csv(smt2020[1], index_col="toolgroup")
    plain = published[published["kind"] == "plain"]
    assert len(plain) == 50
    # published busy time holds setups, which the document alone cannot tell
    busy = plain["ref_busy_plus_setup_pct_of_calendar"] - plain["ref_setup_pct"]
    assert (100 * found["offered"].loc[plain.index] - busy).abs().max() < 0.3


def test_maintenance_of_smt2020_takes_the_published_share(smt2020: tuple[Any, Path]) -> None:
    name = smt2020[1].name.replace("offered_load_", "machines_SMT2020_").replace(".csv", ".txt")
    published = read_csv(smt2020[1].with_name(name), sep=r"\s+", index_col="name")
    published = published.rename(index={"ithoTrack_FE_115": "LithoTrack_FE_115"})
    # counted from planned start to planned start, or by units: on average within 0.03 points of calendar time
    difference = 100 * smt2020[0]["pm"].loc[published.index] - published["pm"]
    assert abs(difference.mean()) < 0.03 and difference.abs().max() < 0.5
