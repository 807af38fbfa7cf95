"""Compare: what theory says of a difference, what cannot differ at all, and what is refused in which words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import twin
from twin.line import Line, LineError
from twin.study.compare import DENSE_SAMPLES, SAMPLES, simulate_over_time
from twin.study.scenario_file import read_scenarios
from twin.study.scenarios import scenarios_of

DAY = 86_400.0
HORIZON: dict[str, Any] = {"horizon": "20 d", "warmup": "2 d", "replications": 8}


def shop(**more: Any) -> Line:
    """Two saws, one drill, lots at random."""
    return Line.from_document(
        {
            "twin": 1,
            "line": "shop",
            "toolgroups": {"saw": {"tools": 2}, "drill": {"tools": 1}},
            "products": {"plate": {"route": "main", "release": {"every": {"exponential": "10 min"}}, "due": "1 h"}},
            "routes": {
                "main": [
                    {"step": "cut", "toolgroup": "saw", "time": {"exponential": "14 min"}},
                    {"step": "bore", "toolgroup": "drill", "time": {"exponential": "7 min"}},
                ]
            },
            "run": {"horizon": "20 d", "warmup": "2 d", "replications": 8, "seed": 1},
        }
        | more
    )


def told(scenarios: Any, line: Line | None = None, **how: Any) -> list[str]:
    """What is said of scenarios that cannot be."""
    with pytest.raises(LineError) as caught:
        twin.compare(line or shop(), scenarios, **(HORIZON | how))
    return str(caught.value).splitlines()


def test_the_difference_of_two_queues_is_what_theory_says_and_its_interval_is_narrow() -> None:
    """M/M/1, a lot every 75 s: the cycle time is 1/(1/s - 1/75 s), 5 min at s = 60 s and 276.6 s at 59 s."""
    found = twin.compare("learn/mm1", {"faster": {"routes.main.press.time": "{exponential: 59 s}"}}, replications=32)
    difference = found.of_line["faster"]["cycle_time"]
    theory = (1 / (1 / 59 - 1 / 75) - 300.0) / DAY
    half = difference.difference.half
    assert half is not None and difference.narrower is not None
    assert abs(difference.difference.mean - theory) < 2 * half
    assert difference.verdict == "better"
    assert difference.narrower > 5, "pairing is worth at least 25 times the replications here"
    assert found.of_line["faster"]["throughput"].verdict == "no difference shown"


def test_a_change_without_effect_differs_by_exactly_nothing() -> None:
    found = twin.compare(shop(), {"priority": {"products.plate.priority": 11}, "label": "toolgroups.saw.area=hall"})
    for name in ("priority", "label"):
        for key, one in found.of_line[name].items():
            of = one.difference
            assert [str(part) for part in (of.mean, of.low, of.high)] == ["0.0"] * 3, key
        assert found.scenarios[name].totals.tool_ticks.tolist() == found.base.totals.tool_ticks.tolist()
    assert "-0" not in found.report()


def test_scenarios_are_what_they_would_be_alone() -> None:
    found = twin.compare(shop(), {"third saw": {"toolgroups.saw.tools": 3}}, **HORIZON)
    document = shop().to_document()
    document["toolgroups"]["saw"]["tools"] = 3
    for results, line in ((found.base, shop()), (found.scenarios["third saw"], Line.from_document(document))):
        alone = twin.simulate(line, **HORIZON)
        assert results.totals.product.tolist() == alone.totals.product.tolist()
    assert found.scenarios["third saw"].line == Line.from_document(document)


def test_all_ways_to_say_a_scenario_are_one() -> None:
    base = shop()
    ways: list[Any] = [
        {"x": {"toolgroups.saw.tools": 3, "routes.main.bore.time": "6 min"}},
        {"x": "toolgroups.saw.tools=3; routes.main.bore.time=6 min"},
        {"x": ["toolgroups.saw.tools=3", "routes.main.bore.time=6 min"]},
        {"x": [("toolgroups.saw.tools", 3), ("routes.main.bore.time", "6 min")]},
        ["x: toolgroups.saw.tools=3; routes.main.bore.time=6 min"],
        [("x", {"toolgroups.saw.tools": "3", "routes.main.bore.time": "6 min"})],
        "x: toolgroups.saw.tools=3; routes.main.bore.time=6 min",
    ]
    first = scenarios_of(base, ways[0])[0]
    for way in ways:
        (found,) = scenarios_of(base, way)
        assert found.name == "x" and found.line == first.line
        assert found.changes == ("toolgroups.saw.tools=3", "routes.main.bore.time=6 min")
    (whole,) = scenarios_of(base, {"x": first.line})
    assert whole.line == first.line and whole.changes == ()


def test_base_keeps_its_own_changes_and_scenarios_theirs() -> None:
    listed = [{"change": "toolgroups.saw.tools=1", "from": "5 d", "to": "6 d"}]
    base = shop(transients=listed)
    (found,) = scenarios_of(base, {"x": {"toolgroups.drill.tools": "2 from 8 d to 9 d"}})
    assert [str(change) for change in found.line.transients] == [
        "toolgroups.saw.tools=1 from 5 d to 6 d", "toolgroups.drill.tools=2 from 8 d to 9 d",
    ]  # fmt: skip


def test_every_fault_of_every_scenario_is_told_with_its_name() -> None:
    assert told(
        [
            "a: toolgroups.swa.tools=3",
            "b: toolgroups.saw.tools=x; routes.main.bore.tme=1 min",
            "c: toolgroups.saw.tools=2",
            "d: routes.main.bore.time={exponential: 420 s}",
            "d: toolgroups.saw.tools=3",
            "e: toolgroups.saw.tools=3; toolgroups.drill.tools=1",
            "f: toolgroups.saw.tools=3; toolgroups.saw.tools=4",
            "g:",
            "h: run.horizon=3 d; tick=1 s",
            "base: toolgroups.saw.tools=3",
            "toolgroups.saw.tools=3",
            "i: toolgroups.saw.tools=2 from 3 d to 4 d",
        ]
    ) == [
        "scenario 'toolgroups.saw.tools=3' has no name; write 'NAME: PATH=VALUE', such as 'third oven: "
        "toolgroups.oven.tools=3'",
        "scenario 'a': toolgroups.swa.tools=3: toolgroups has no 'swa'; did you mean 'saw'?",
        "scenario 'b': toolgroups.saw.tools=x: needs a whole number or 'unlimited' such as 1, not 'x'",
        "scenario 'b': routes.main.bore.tme=1 min: unknown key 'tme', did you mean 'time'?",
        "scenario 'c': toolgroups.saw.tools is 2 already: the change touches nothing",
        "scenario 'd': routes.main.bore.time is {exponential: 420 s} already: the change touches nothing",
        "scenario 'e': toolgroups.drill.tools is 1 already: the change touches nothing",
        "scenario 'f': toolgroups.saw.tools is set twice",
        "scenario 'g': changes nothing; write PATH=VALUE, such as toolgroups.oven.tools=3",
        "scenario 'h': run.horizon=3 d: a scenario runs as long and as often as its base; say it for all of them "
        "(--horizon, --set)",
        "scenario 'h': tick=1 s: a scenario keeps the tick of its base; say it for all of them (--set)",
        "scenario 'base': 'base' is the line as it is; choose another name",
        "scenario 'i': toolgroups.saw.tools=2 from 3 d to 4 d: toolgroups.saw.tools is 2 already",
    ]


def test_a_name_stands_once_and_a_scenario_is_needed() -> None:
    (line,) = told(["d: toolgroups.saw.tools=3", "d: toolgroups.saw.tools=4"])
    assert line == "scenario 'd': stands twice; give each scenario a name of its own"
    (line,) = told({})
    assert line == "no scenario to compare with; write at least one, such as 'third oven: toolgroups.oven.tools=3'"


def test_a_line_as_a_scenario() -> None:
    (line,) = told({"x": shop()})
    assert line == "scenario 'x': is the base line itself; change something"
    (line,) = told({"x": shop(tick="1 s")})
    assert line == "scenario 'x': its tick is 1 s and the base's 1 ms; write one for both"


def test_what_is_no_change_is_told() -> None:
    assert told({"x": 5})[0].startswith("scenario 'x': 5 is no change")
    assert told({"x": None})[0].startswith("scenario 'x': changes nothing")


def test_a_change_beyond_the_end_touches_nothing() -> None:
    words = "begins at the end of the run at 20 d or later, and touches nothing; write an earlier time or a longer"
    late = "toolgroups.saw.tools=1 from 20 d"
    assert told({"x": late}) == [f"scenario 'x': {late}: {words} horizon"]
    with pytest.raises(LineError, match="touches nothing"):
        simulate_over_time(shop(transients=[{"change": "toolgroups.saw.tools=1", "from": "25 d"}]))
    twin.compare(shop(), {"x": late}, horizon="21 d", warmup="0 d", replications=1)


def test_a_line_that_cannot_go_on_is_named() -> None:
    flood = {"flood": {"products.plate.release.every": "10 s"}, "third saw": {"toolgroups.saw.tools": 3}}
    with pytest.raises(twin.RunError, match=r"^scenario 'flood': replication 1, at .*: more than 200 lots"):
        twin.compare(shop(), flood, max_wip=200, **HORIZON)


def test_settings_are_for_all() -> None:
    short: dict[str, Any] = {"horizon": "3 d", "warmup": "1 d", "seed": 7, "replications": 2}
    found = twin.compare(shop(), {"x": {"toolgroups.saw.tools": 3}}, **short)
    for results in (found.base, found.scenarios["x"]):
        asked = results.settings
        assert (asked.horizon_s, asked.warmup_s, asked.seed, asked.replications) == (3 * DAY, DAY, 7, 2)
    assert found.base.wip_trace is None
    with pytest.raises(LineError, match="horizon"):
        twin.compare(shop(), {"x": {"toolgroups.saw.tools": 3}}, horizon="3 quids")


def test_a_change_for_a_time_is_nothing_before_it_begins() -> None:
    found = twin.compare(shop(), {"saws out": {"toolgroups.saw.tools": "0 from 8 d to 8.5 d"}}, **HORIZON)
    base, other = found.base.wip_trace, found.scenarios["saws out"].wip_trace
    assert base is not None and other is not None
    assert base.times_s.tolist() == other.times_s.tolist()
    assert {8 * DAY, 8.5 * DAY, 0.0, 20 * DAY} <= set(base.times_s.tolist())
    before, during = base.times_s <= 8 * DAY, base.times_s == 8.5 * DAY
    assert (other.wip[:, before] == base.wip[:, before]).all()
    extra = (other.wip - base.wip)[:, during].mean()
    assert 60 < extra < 80, "half a day without saws: 72 lots come and none leaves, but for those on the drill"
    back = found.recoveries["saws out"]
    assert back is not None and back.left and back.back_s is not None
    assert back.peak_s is not None and back.peak_s >= 8.4 * DAY
    assert back.begins_s == 8 * DAY and back.ends_s == 8.5 * DAY
    assert 8.5 * DAY < back.back_s < 20 * DAY
    assert back.sentence[:40] in found.report()


def test_a_run_with_changes_runs_beside_itself_without() -> None:
    changed = shop(transients=[{"change": "toolgroups.saw.tools=0", "from": "8 d", "to": "8.5 d"}])
    results = simulate_over_time(changed)
    trace = results.wip_trace
    assert trace is not None and trace.normal is not None and trace.out is not None
    assert (trace.wip[:, trace.times_s <= 8 * DAY] == trace.normal[:, trace.times_s <= 8 * DAY]).all()
    outs, normal_outs = trace.outs, trace.normal_outs
    assert outs is not None and normal_outs is not None
    assert (np.diff(outs, axis=1) >= 0).all() and (outs[:, 0] == 0).all()
    assert (outs[:, -1] - outs[:, trace.times_s == 2 * DAY][:, 0] == results.product_values["out"].sum(axis=1)).all()
    assert ((outs - normal_outs)[:, -1] == trace.out).all(), "the same until day 8, which is measured"
    compared = twin.compare(shop(), {"x": {"toolgroups.saw.tools": "0 from 8 d to 8.5 d"}}).recoveries["x"]
    assert results.recovery == compared, "the same question, the same answer"
    plain = simulate_over_time(shop(), samples=10, horizon="3 d", warmup="1 d", replications=2)
    assert plain.wip_trace is not None and plain.wip_trace.normal is None and plain.recovery is None
    assert plain.wip_trace.times_s.size == 11


def test_a_line_that_holds_its_wip_is_judged_by_its_output() -> None:
    """CONWIP: its WIP is the same at all times, its output is not while one of two implanters is away."""
    change = {"toolgroups.implant.tools": "1 from 60 d to 65 d"}
    found = twin.compare("fab/mini_fab", {"one implanter": change}, horizon="120 d", replications=32)
    back = found.recoveries["one implanter"]
    assert back is not None and back.left and back.peak is None
    assert back.out is not None and back.out.high is not None and back.out.high < 0
    assert back.back_s is not None and 65 * DAY <= back.back_s < 75 * DAY
    assert "lots fewer out by the end" in back.sentence


def test_a_saturated_line_is_back_when_its_output_is() -> None:
    """Full buffers before the drill and empty ones behind it cancel: the output tells that nothing leaves."""
    line = shop(toolgroups={"saw": {"tools": 2}, "drill": {"tools": 1, "buffer": 3}, "pack": {"tools": 1, "buffer": 3}},
                products={"plate": {"route": "main", "release": "saturated"}},
                routes={"main": [{"step": name, "toolgroup": name, "time": {"exponential": time}} for name, time in
                                 (("saw", "14 min"), ("drill", "7 min"), ("pack", "6 min"))]})  # fmt: skip
    days = []
    for seed in range(1, 5):
        how: dict[str, Any] = {**HORIZON, "replications": 32, "seed": seed}
        found = twin.compare(line, {"drill out": "toolgroups.drill.tools=0 from 8 d to 8.5 d"}, **how)
        back = found.recoveries["drill out"]
        assert back is not None and back.left and back.back_s is not None and back.worth_s is not None
        assert 11 * 3600 < back.worth_s < 13 * 3600, "half a day without output"
        days.append(back.back_s / DAY)
    assert max(days) < 8.5 + 0.3, "a few lots are in the line: it takes hours, not days"


def test_a_short_change_is_looked_at_more_often() -> None:
    def looks(ends: str) -> int:
        found = twin.compare(shop(), {"x": {"toolgroups.saw.tools": f"1 from 8 d to {ends}"}}, replications=1)
        assert found.base.wip_trace is not None
        return int(found.base.wip_trace.times_s.size)

    assert SAMPLES <= looks("12 d") <= SAMPLES + 3
    assert DENSE_SAMPLES <= looks("8.01 d") <= DENSE_SAMPLES + 3
    with pytest.raises(LineError, match="samples"):
        twin.compare(shop(), {"x": {"toolgroups.saw.tools": 3}}, samples=-1)


def test_a_change_inside_the_warm_up_is_noted() -> None:
    found = twin.compare(shop(), {"x": {"toolgroups.saw.tools": "1 from 1 d to 1.5 d"}}, **HORIZON)
    (note,) = [note for note in found.notes if "warm-up" in note]
    assert note.startswith("x: toolgroups.saw.tools=1 from 1 d to 1.5 d: begins inside the warm-up")


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of 400 comparisons without a difference one in twenty shows one."""
    rng = np.random.default_rng(3)
    from twin.results.paired import paired

    shown = 0
    for _ in range(400):
        base = rng.normal(10.0, 1.0, 8)
        found = paired("throughput", "lot/d", base, base + rng.normal(0.0, 0.3, 8))
        shown += found is not None and found.shown
    assert 8 <= shown <= 34, "20 of 400 expected, four standard errors are 17"


def test_a_file_of_scenarios(tmp_path: Path) -> None:
    file = tmp_path / "scenarios.yaml"
    file.write_text(
        "third saw: {toolgroups.saw.tools: 3}\n"
        "both: toolgroups.saw.tools=3; toolgroups.drill.tools=2\n"
        "bad day: [toolgroups.saw.tools=1 from 3 d to 4 d, toolgroups.drill.tools=0 from 5 d to 5.2 d]\n"
        "law:\n  routes.main.bore.time: {lognormal: [7 min, 2 min]}\n"
    )
    found = scenarios_of(shop(), read_scenarios(file))
    assert [scenario.name for scenario in found] == ["third saw", "both", "bad day", "law"]
    assert len(found[2].line.transients) == 2
    assert found[3].line.routes["main"][1].time.kind == "lognormal"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: {x: 1}\na: {x: 2}\n", "scenarios.yaml:2:1: the key 'a' stands twice"),
        ("- a\n", "scenarios.yaml:1:1: the file of scenarios is no mapping"),
        ("", "is empty; write a name and its changes"),
        ("a: {x: 1\n", "was it cut short?"),
    ],
)
def test_a_file_that_holds_no_scenarios(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "scenarios.yaml"
    file.write_text(text)
    with pytest.raises(LineError) as caught:
        read_scenarios(file)
    assert words in str(caught.value)
