"""`twin bench`: the race, the report, and that every engine comes to the known values. Nothing is timed."""

from __future__ import annotations

import json
from dataclasses import replace
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from twin.line import read
from twin.study import bench
from twin.study.bench import CASES, Case, Engine, Sample, chosen, race
from twin.study.bench_report import BenchReport, Known, deviation, processor
from twin.study.peers import PEERS, Flow, Peer, PeerError, flow_of, installed
from twin.study.peers.flow import Stage

KNOWN = {case.model: case for case in CASES if case.known is not None}


def engine(name: str, walls: list[float], estimates: tuple[float, ...], calls: list[tuple[str, int, int]]) -> Engine:
    """An engine that completes 1,000 steps in each of the given times, the first run apart."""
    left = iter([1.0, *walls])

    def sample(seed: int, replications: int) -> Sample:
        calls.append((name, seed, replications))
        return Sample(1000, next(left), 0.5, estimates)

    return Engine(name, "1", sample)


def test_engines_take_turns_and_are_compared_pair_by_pair() -> None:
    calls: list[tuple[str, int, int]] = []
    twin = engine("twin", [1.0, 4.0, 2.0], (1.0, 1.1), calls)
    peer = engine("peer", [10.0, 20.0, 80.0], (1.0, 1.2), calls)
    entries, _ = race(Case("model"), [twin, peer], repeats=3, slice_s=4.0, progress=lambda _: None)
    assert calls == [
        ("twin", 1, 1),
        ("peer", 1, 1),
        *[(n, s, 4) for s in (2, 3, 4) for n in ("twin", "peer")],
    ]
    assert [entry.per_s for entry in entries] == [500.0, 50.0]
    assert [entry.ratio for entry in entries] == [1.0, 10.0]  # the median of 10, 5 and 40
    assert entries[1].completions == 3000
    assert entries[1].compile_s == 0.5


@pytest.mark.parametrize(("shift", "verdict"), [(0.0, "agrees"), (3.9, "agrees"), (4.1, "DIFFERS"), (-4.1, "DIFFERS")])
def test_a_wrong_answer_cannot_look_fast(shift: float, verdict: str) -> None:
    values = np.tile([0.99, 1.01, 1.0, 1.0], 1000)
    told = values + shift * values.std(ddof=1) / sqrt(values.size)
    fast = engine("fast", [1.0], tuple(told.tolist()), [])
    [entry], _ = race(Case("model", Known(1.0, 0.0)), [fast], 1, 1.0, lambda _: None)
    assert entry.verdict == verdict
    report = BenchReport((entry,), (), "a machine", 3)
    assert ("DIFFERS" in str(report).splitlines()[3]) == (verdict == "DIFFERS")
    assert report.wrong == ((entry,) if verdict == "DIFFERS" else ())


def test_the_deviation_counts_every_uncertainty() -> None:
    many = np.tile([0.0, 3.0], 5000)  # mean 1.5, standard error 0.015
    assert deviation(many, Known(1.44, 0.0)) == pytest.approx(4.0, rel=0.01)
    assert deviation(many, Known(1.56, 0.0)) == pytest.approx(-4.0, rel=0.01)
    assert deviation(many, Known(1.44, 0.02)) == pytest.approx(2.4, rel=0.01)  # 0.06 over hypot(0.015, 0.02)
    assert deviation(np.array([1.0, 1.1, 0.9]), Known(1.3, 0.0)) == pytest.approx(-2.108, rel=1e-3)  # p 0.035
    assert deviation(np.array([1.0]), Known(1.0, 0.1)) is None
    assert deviation(np.array([1.0, 1.0]), Known(1.0, 0.0)) is None


def test_the_report_is_told_three_ways() -> None:
    entries, _ = race(
        Case("a/line", Known(1.0, 0.0)),
        [engine("twin", [0.5], (1.0, 1.1), []), engine("peer", [2.0], (0.9, 1.2), [])],
        1, 1.0, lambda _: None,
    )  # fmt: skip
    entries = [replace(entries[0], state_b=2048), entries[1]]
    report = BenchReport(tuple(entries), ("a note",), "a machine", 1)
    table = [line for line in report.markdown().splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    assert "| a/line | peer 1 | 0.0005 | 4 |" in table[3]
    assert "2 KiB" in table[2]
    plain = json.loads(json.dumps(report.to_json()))
    assert [entry["engine"] for entry in plain["entries"]] == ["twin", "peer"]
    assert plain["entries"][0]["estimate"]["mean"] == pytest.approx(1.05)
    for told in (str(report), report.markdown()):
        assert "a machine" in told
        assert "a note" in told


def test_cases_are_chosen_by_name() -> None:
    assert chosen(None) == list(CASES)
    assert chosen(["three_tools", "fab/mini_fab"]) == [KNOWN["bench/three_tools"], CASES[3]]
    with pytest.raises(ValueError, match=r"'lines'.*bench/ten_stations, "):
        chosen(["three_tools", "lines"])


def test_rows_of_stages_are_read_from_the_documents() -> None:
    failing = flow_of(read("bench/ten_stations_failing"))
    assert failing.stages == (Stage(1, None, 1.0, 100.0, 10.0), *[Stage(1, 5, 1.0, 100.0, 10.0)] * 9)
    assert (failing.unit_s, failing.arrivals) == (60.0, None)
    queue = flow_of(read("bench/three_tools"))
    assert queue.stages == (Stage(3, None, 1.0, 0.0, 0.0),)
    assert queue.arrivals == pytest.approx(1 / 2.7)


def test_a_document_that_says_more_is_no_row_of_stages() -> None:
    with pytest.raises(ValueError, match="row of stages"):
        flow_of(read("fab/mini_fab"))
    assert bench.flow_or_none(read("fab/mini_fab")) is None


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize("model", sorted(KNOWN))
def test_peers_come_to_the_known_values(name: str, model: str) -> None:
    peer = installed(name)
    if peer is None:
        pytest.skip(f"{name} is not installed")
    case, flow = KNOWN[model], replace(flow_of(read(model)), horizon=4000.0, warmup=1000.0)
    with peer:
        done = [peer.run(flow, seed) for seed in range(1, 9)]
    values = np.array([one.wait if case.waiting else one.out / 3000 for one in done])
    assert case.known is not None
    apart = deviation(values, case.known)
    assert apart is not None
    assert abs(apart) < 4
    assert all(one.completions >= one.out > 0 and one.wall_s > 0 for one in done)


def test_a_peer_tells_the_same_seed_the_same_story() -> None:
    peer = installed("simpy")
    assert peer is not None
    flow = Flow((Stage(1, 2, 1.0, 20.0, 5.0), Stage(2, 1, 1.5, 0.0, 0.0)), 60.0, 1.2, 200.0, 50.0)
    with peer:
        one, same, other = peer.run(flow, 7), peer.run(flow, 7), peer.run(flow, 8)
    assert replace(one, wall_s=0.0) == replace(same, wall_s=0.0)
    assert (one.completions, one.wait) != (other.completions, other.wait)


def test_a_peer_that_cannot_run_is_left_out_and_told() -> None:
    broken = Peer("simpy", "4")
    nonsense = Flow((Stage(1, -1, 1.0, 0.0, 0.0),), 60.0, 1.0, 10.0, 1.0)  # a store of -1 places
    with broken, pytest.raises(PeerError, match="simpy 4: ValueError"):
        broken.run(nonsense, 1)
    missing = Peer("twin_has_no_such_peer", "0")
    with missing, pytest.raises(PeerError, match="stopped without an answer"):
        missing.run(nonsense, 1)
    with broken:
        peer = bench.peer_engine(Case("model"), nonsense, broken)
        entries, faults = race(Case("model"), [engine("twin", [1.0], (1.0, 2.0), []), peer], 1, 1.0, print)
    assert [entry.engine for entry in entries] == ["twin"]
    assert faults[0].startswith("model: simpy 4: ValueError")


def test_twin_and_its_peers_race_on_a_real_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "QUICK_SLICE_S", 0.02)
    told: list[str] = []
    report = bench.run(quick=True, models=["three_tools"], progress=told.append)
    assert report.entries[0].engine == "twin"
    assert {entry.engine for entry in report.entries} - {"twin"} == {n for n in PEERS if installed(n)}
    assert report.wrong == ()
    assert report.entries[0].state_b
    assert "bench/three_tools: twin, first run" in told


def test_the_processor_is_named(tmp_path: Path) -> None:
    table = tmp_path / "cpuinfo"
    table.write_text("processor : 0\nmodel name\t: Fast 9000 @ 3 GHz\n")
    assert processor(table) == "Fast 9000 @ 3 GHz"
    assert processor(tmp_path / "none")


def test_what_inline_quality_costs_is_told_a_wafer_and_step() -> None:
    """Lots of 25: 1 us a lot-step without, 2 us with four values, 5.5 us with fifteen."""
    calls: list[tuple[str, int, int]] = []
    speeds = (("bench/wafers", 1e-3), ("bench/wafers_4", 2e-3), ("bench/wafers_15", 5.5e-3))
    entries = []
    for model, wall in speeds:
        raced, _ = race(Case(model), [engine("twin", [wall], (1.0,), calls)], 1, 1.0, lambda _: None)
        entries += raced
    (told,) = bench.quality_costs(entries)
    assert told.endswith("4 values 40 ns, 15 values 180 ns.")
    assert bench.quality_costs(entries[:1]) == [] == bench.quality_costs(entries[1:])
