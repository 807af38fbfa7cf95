"""Why a station is in its state: lines of constants whose chains are worked out by hand, for every kind of cause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lines import buffered
from word_lines import MINUTE, STATES, Words, flow, for_a_time, line, starts, step

import twin
from twin.arrays.fields import T_STATE
from twin.line import Line, LineError
from twin.results import ResultsError
from twin.results.lost_time import LostTime
from twin.results.moments import lasting, moment, seconds_at
from twin.study.gantt import gantt
from twin.study.lost_time import lost_time
from twin.study.why import why

RUN: Words = {"run": {"horizon": "10 h", "warmup": "0 s", "replications": 2, "seed": 1}}
FAILS = {"failures": [{"mtbf": "10 min", "mttr": "20 min", "clock": "calendar"}]}
"""Down from 10 to 30 min, from 40 to 60 min, and so on."""
Told = list[tuple[str, str, float | None]]


def told(of: Line, station: str, minutes: float) -> tuple[Told, str]:
    """Who is in which state since which minute, link by link, and what the chain ends at."""
    found = why(of, station, minutes * 60)
    links = [(one.who, one.state, None if one.since is None else one.since / MINUTE) for one in found.chain]
    assert [one.of for one in found.chain] == [*(one.who for one in found.chain[1:]), found.chain[-1].of]
    return links, found.end


def plain(toolgroups: Words, steps: list[Words], release: Any = "saturated", **more: Any) -> Line:
    return flow(toolgroups, steps, release, **RUN, **more)


def blocking() -> Line:
    """a and b work a minute a lot; c goes down at 10 with p-9 on it.

    p-10 and p-11 come to c's two places at 11 and 12, p-12 is done on b at 13 and stays; p-13 and p-14 come to b's two
    places at 13 and 14, p-15 is done on a at 15 and stays.
    """
    steps = [step("s", "a"), step("t", "b"), step("u", "c")]
    return plain({"a": {}, "b": {"buffer": 2}, "c": {"buffer": 2} | FAILS}, steps)


def test_blocked_back_to_a_failure() -> None:
    assert told(blocking(), "a", 20) == ([("a", "blocked", 15), ("b", "blocked", 13), ("c", "down", 10)], "down")
    text = str(why(blocking(), "a", "00:20"))
    assert text.splitlines() == [
        "a at 00:20:00: blocked since 00:15:00 (5 min)",
        "  its lot p-15 waits for a place in front of b (2 of 2 places taken)",
        "  because b is blocked since 00:13:00 (7 min): its lot p-12 waits for a place in front of c "
        "(2 of 2 places taken)",
        "  because c is down since 00:10:00 (10 min): a failure, repaired at 00:30:00",
    ]


def starving() -> Line:
    """a goes down at 10 with p-11 on it; b works p-10 until 11, c until 11 min 50 s."""
    steps = [step("s", "a"), step("t", "b"), {"step": "u", "toolgroup": "c", "time": "50 s"}]
    return plain({"a": FAILS, "b": {"buffer": 3}, "c": {"buffer": 2}}, steps)


def test_starved_back_to_a_failure() -> None:
    links, end = told(starving(), "c", 20)
    assert links == [("c", "starved", pytest.approx(11 + 50 / 60)), ("b", "starved", 11), ("a", "down", 10)]
    assert end == "down"


def test_what_began_it_is_told_when_the_work_goes_on_again() -> None:
    # a is repaired at 30 and has a minute's work left on p-11: at 30.5 it is at work, but that is not why c starves
    found = why(starving(), "c", 30.5 * 60)
    assert [(one.who, one.state) for one in found.chain] == [("c", "starved"), ("b", "starved"), ("a", "productive")]
    assert found.end == "works"
    assert found.began is not None
    assert (found.began.at / MINUTE, found.began.end) == (pytest.approx(11 + 50 / 60), "down")
    assert (found.root.who, found.root.state, found.root.since) == ("a", "down", 10 * MINUTE)
    assert "because a was down since 00:10:00" in str(found)
    assert found.to_json()["began"]["chain"][-1]["cause"] == "down"


def test_setup_and_maintenance() -> None:
    setups = {"setups": {"changes": [{"to": "A", "time": "9 min"}]}}
    of = plain({"a": setups, "b": {}}, [step("s", "a", setup="A"), step("t", "b")])
    assert told(of, "b", 5) == ([("b", "starved", 0), ("a", "setup", 0)], "setup")
    assert "to be done at 00:09:00" in why(of, "a", "5 min").chain[0].reason
    pm = {"pm": [{"every": "1 h", "takes": "9 min", "first": "5 min"}, {"every": "9 h", "takes": "1 min"}]}
    of = plain({"a": pm, "b": {}}, [step("s", "a"), step("t", "b")])
    # due in the run from 5 to 6, it begins at its end
    assert told(of, "b", 8) == ([("b", "starved", 7), ("a", "pm", 6)], "pm")
    assert why(of, "a", "8 min").chain[0].reason == "maintenance 1 of 2, over at 00:15:00"


def test_a_crew_whose_only_member_is_elsewhere() -> None:
    tools = {"a": {"crew": {"process": "op"}}, "b": {"crew": {"process": "op"}}, "c": {}}
    products = {"p": {"route": "m", "release": "saturated"}, "q": {"route": "n", "release": "saturated"}}
    of = line(tools, products, {"m": [step("s", "a", 5)], "n": [step("t", "b", 7), step("v", "c")]},
              crews={"op": 1}, **RUN)  # fmt: skip
    chain = [("c", "starved", 0), ("b", "no_operator", 0), ("crew op", "busy", None)]
    assert told(of, "c", 3) == (chain, "crew")
    assert why(of, "c", "3 min").chain[-1].reason == "its only member is working at a"
    mended = {"failures": FAILS["failures"], "crew": {"repair": "fitter"}}
    of = line({"a": mended, "b": mended}, products, {"m": [step("s", "a")], "n": [step("t", "b")]},
              crews={"fitter": 1}, **RUN)  # fmt: skip
    assert told(of, "b", 15) == ([("b", "down", 10), ("crew fitter", "busy", None)], "crew")
    assert why(of, "b", "15 min").chain[-1].reason == "its only member is repairing a"


def test_a_tool_taken_out_for_a_time() -> None:
    of = plain({"a": {}, "b": {}}, [step("s", "a"), step("t", "b")],
               transients=[for_a_time("toolgroups.a.tools=0", 5, 20)])  # fmt: skip
    assert told(of, "b", 8) == ([("b", "starved", 6), ("a", "off", 5)], "off")


def test_closed_time() -> None:
    # open from 0 to 2 h and from 3 h on; b goes down at 110 min and needs 20 more minutes, of which 10 are worked
    breaks = [{"at": "02:00", "takes": "1 h"}]
    shifts = [{"name": "day", "days": "mon-sun", "from": "00:00", "to": "24:00", "breaks": breaks}]
    late = {"failures": [{"mtbf": "110 min", "mttr": "20 min", "clock": "calendar"}]}
    of = plain({"a": {}, "b": {"buffer": 2} | late}, [step("s", "a"), step("t", "b")],
               calendars={"day": {"shifts": shifts}}, calendar="day")  # fmt: skip
    assert told(of, "b", 150) == ([("b", "off", 120)], "off")
    assert why(of, "b", "150 min").chain[0].reason == (
        "its calendar is closed until 03:00:00: it stands still, and so does its repair"
    )
    assert why(of, "a", "150 min").chain[0].reason == "its calendar is closed until 03:00:00: it stands still"
    assert told(of, "a", 185) == ([("a", "blocked", 180), ("b", "down", 180)], "down")
    assert why(of, "b", "185 min").chain[0].reason == "a failure, repaired at 03:10:00"


def test_the_release() -> None:
    steps = [step("s", "a"), step("t", "b")]
    of = plain({"a": {}, "b": {}}, steps, starts(0, 30))
    chain = [("b", "starved", 2), ("a", "starved", 1), ("the release of p", "waiting", None)]
    assert told(of, "b", 10) == (chain, "release")
    assert "the next lot is released at 00:30:00" in why(of, "a", "10 min").chain[-1].reason
    assert "no more lots are ordered: all 2 have been released" in why(of, "a", "40 min").chain[-1].reason


def test_carriers_that_are_all_in_use() -> None:
    # two skids: p-1 and p-2 are on them from 0 and 1 on, ride for 8 min and give them up at 10 and 11, to be back at 20
    steps = [step("on", "a", takes="skid"), step("ride", "way", 8), step("off", "b", gives="skid")]
    tools = {"a": {}, "b": {}, "way": {"tools": "unlimited"}}
    of = plain(tools, steps, carriers={"skid": {"count": 2, "return": "10 min"}})
    chain = [("a", "starved", 2), ("carrier skid", "in use", None), ("way", "productive", None)]
    assert told(of, "a", 5) == (chain, "delay")
    assert told(of, "a", 15) == (chain[:2], "carrier")
    assert why(of, "a", "15 min").chain[1].reason == "of 2 lots hold 0, and 2 are on the way back"
    assert why(of, "a", "5 min").chain[0].reason == "the next lot of p needs a skid, and none is free"


def test_a_mix_is_released_as_one() -> None:
    def mixed(**words: Any) -> Line:
        products = {name: {"route": "m", "release": "mix"} for name in ("p", "q")}
        mix = {"sequence": ["p", "q"]} | words
        return line({"a": {}, "b": {}}, products, {"m": [step("s", "a"), step("t", "b", 10)]}, mix=mix, **RUN)

    chain = [("a", "starved", 1), ("the release of the mix", "waiting", None)]
    assert told(mixed(every="20 min"), "a", 5) == (chain, "release")
    assert why(mixed(every="20 min"), "a", "5 min").chain[1].reason == (
        "the next lot is released at 00:20:00, number 2"
    )
    chain = [("a", "starved", 12), ("the release of the mix", "waiting", None), ("b", "productive", 1)]
    assert told(mixed(wip=2), "a", 15) == (chain, "works")
    assert told(mixed(saturated=True), "b", 0.5) == ([("b", "starved", 0), ("a", "productive", 0)], "works")


def test_constant_wip_is_led_to_where_the_lots_are() -> None:
    # p-1 is done on a at 1 and on b at 11; p-2 waits for b; p-3 comes at 11 and is done on a at 12
    of = plain({"a": {}, "b": {}}, [step("s", "a"), step("t", "b", 10)], {"wip": 2})
    chain = [("a", "starved", 12), ("the release of p", "waiting", None), ("b", "productive", 1)]
    assert told(of, "a", 15) == (chain, "works")


def test_on_the_way_and_at_rest() -> None:
    of = plain({"a": {}, "b": {}}, [step("s", "a", 10), step("t", "b")], transport={"time": "5 min"})
    assert told(of, "b", 12) == ([("b", "starved", 0), ("lot p-1", "moving", None)], "transport")
    assert "comes at 00:15:00" in why(of, "b", "12 min").chain[-1].reason
    tools = {"a": {}, "d": {"tools": "unlimited"}, "b": {}}
    of = plain(tools, [step("s", "a", 10), step("r", "d", 8), step("t", "b")])
    assert told(of, "b", 12) == ([("b", "starved", 0), ("d", "productive", None)], "delay")
    assert told(of, "b", 5) == ([("b", "starved", 0), ("d", "empty", None), ("a", "productive", 0)], "works")


def test_a_carrier_that_carries_another_lot() -> None:
    of = plain({"a": {"tools": 2}, "b": {}}, [step("s", "a", 10), step("t", "b")],
               transport={"time": "5 min", "crew": "van"}, crews={"van": 1})  # fmt: skip
    assert told(of, "b", 12) == ([("b", "starved", 0), ("lot p-1", "moving", None)], "transport")
    # p-1 has come at 15 and left b at 16; p-2 is carried from 15 to 20; p-3 and p-4 are done at 20 and want the van
    assert told(of, "b", 22) == ([("b", "starved", 21), ("lot p-3", "moving", None)], "transport")


def test_lots_that_wait_and_that_the_tool_may_not_take() -> None:
    of = plain({"a": {}, "b": {}}, [step("s", "a", 10), step("t", "b", batch={"min": 3, "max": 3})])
    assert told(of, "b", 25) == ([("b", "starved", 0)], "batch")
    assert why(of, "b", "25 min").chain[0].reason == "a batch of step t needs 3 units, and 2 wait"
    products = {"p": {"route": "m", "release": "saturated"}, "q": {"route": "n", "release": starts(1)}}
    routes = {"m": [step("s", "a", 5, needs=["jig"])], "n": [step("t", "b", 7, needs=["jig"])]}
    of = line({"a": {}, "b": {}}, products, routes, auxiliaries={"jig": 1}, **RUN)
    chain = [("b", "starved", 0), ("auxiliary jig", "in use", None), ("a", "productive", 0)]
    assert told(of, "b", 3) == (chain, "works")
    of = plain({"a": {"tools": 2}}, [step("s", "a", 10, qualified=[2])])
    assert told(of, "a/1", 5) == ([("a/1", "starved", 0), ("a/2", "productive", 0)], "works")
    steps = [step("s", "a", 10, dedicate="u"), step("t", "b"), step("u", "a", 10)]
    of = plain({"a": {"tools": 2}, "b": {}}, steps, starts(0, 10.5, 11))
    # p-2 was on a/2 until 20.5 and waits for it from 21.5 on, while p-3 is on a/1 until 21 and a/2 has p-3's
    first, last = told(of, "a/1", 22)[0][0], told(of, "a/1", 22)[0][-1]
    assert (first[1], last[:2]) == ("starved", ("a/2", "productive"))


def test_a_sequence_whose_next_lot_is_elsewhere() -> None:
    # b is to take q-1 first, which a works on from 5 to 25; p-1 waits there from 5 on
    products = {"p": {"route": "m", "release": starts(0)}, "q": {"route": "n", "release": starts(0)}}
    routes = {"m": [step("s", "a", 5), step("t", "b")], "n": [step("s", "a", 20), step("t", "b")]}
    of = line({"a": {}, "b": {"sequence": ["q-1", "p-1"]}}, products, routes, **RUN)
    assert told(of, "b", 10) == ([("b", "starved", 0), ("a", "productive", 0)], "works")
    assert why(of, "b", "10 min").chain[0].reason == "it is the turn of lot q-1"


def test_a_gate_that_holds_a_lot() -> None:
    # b goes down at 10, and then nothing may go into the window in front of it
    gate = {"until": "t", "limit": "2 min", "gate": "20 %"}
    of = plain({"a": {}, "b": FAILS}, [step("s", "a", 0.5, queue_limit=[gate]), step("t", "b")], {"every": "30 s"})
    links, end = told(of, "a", 20)
    assert [one[:2] for one in links] == [("a", "starved"), ("b", "down")]
    assert end == "down"
    assert "a gate holds lot" in why(of, "a", "20 min").chain[0].reason


def test_a_ring_of_full_buffers_is_a_deadlock() -> None:
    products = {"p": {"route": "m", "release": starts(0)}, "q": {"route": "n", "release": starts(0)}}
    routes = {"m": [step("s", "a", 60), step("t", "b")], "n": [step("s", "b", 60), step("t", "a")]}
    of = line({"a": {"buffer": 0}, "b": {"buffer": 0}, "c": {}}, products, routes, **RUN)
    assert told(of, "a", 120) == ([("a", "blocked", 60), ("b", "blocked", 60)], "deadlock")
    assert told(of, "a", 59) == ([("a", "productive", 0)], "works")
    assert told(of, "c", 10) == ([("c", "starved", 0)], "unused")
    assert "a deadlock" in str(why(of, "a", "2 h"))
    with pytest.raises(twin.RunError) as stopped:
        twin.simulate(of)
    assert "lot p-1 on a waits for a place in front of b (no places, and no tool of it is idle)" in str(stopped.value)
    assert "lot q-1 on b waits for a place in front of a" in str(stopped.value)


def joined(release: Words) -> Line:
    """Bodies wait on marry for roofs, which a press makes in 3 min, or in 3 min from 60 on."""
    tools = {"press": {}, "roofs": {"tools": "store", "buffer": 2}, "marry": {}}
    inside = {"step": "in", "toolgroup": "roofs"}
    routes = {"body": [step("m", "marry", 20, joins={"roof": 2})], "roof": [step("press", "press", 3), inside]}
    products = {"body": {"route": "body", "release": "saturated"}, "roof": {"route": "roof", "release": release}}
    return line(tools, products, routes, **RUN)


def test_parts_that_are_missing_and_a_store_that_is_full() -> None:
    of = joined({"every": "3 min"})
    # roofs are done at 3 and 6; marry takes both at 6 and is at work until 26; two more fill the store at 9 and 12
    assert told(of, "marry", 4) == (
        [("marry", "starved", 0), ("part roof", "missing", None), ("press", "productive", 3)], "works"
    )  # fmt: skip
    assert why(of, "marry", "4 min").chain[0].reason.endswith("is to be joined with 2 roof, and 1 is there")
    chain = [("press", "blocked", 15), ("roofs", "full", None), ("marry", "productive", 6)]
    assert told(of, "press", 20) == (chain, "works")
    assert why(of, "press", "20 min").chain[1].reason == "it holds 2 roof"
    links, end = told(joined({"every": "3 min", "start": "1 h"}), "marry", 4)
    assert (links[-1][0], end) == ("the release of roof", "release")


def test_parts_that_can_never_come_are_a_deadlock() -> None:
    tools = {"press": {"rule": "fifo"}, "rack": {"tools": "store", "buffer": 3}, "marry": {}}
    routes = {"body": [step("marry", "marry", 1, joins=["left", "right"])]}
    routes |= {
        side: [step(f"press_{side}", "press", 1), {"step": "in", "toolgroup": "rack"}] for side in ("left", "right")
    }
    releases: Words = {"body": "saturated", "left": {"wip": 6}, "right": {"wip": 3, "start": "5 min"}}
    of = line(tools, {name: {"route": name, "release": release} for name, release in releases.items()}, routes, **RUN)
    # four left sides at 4, three of them in the rack: no right one can come any more
    links, end = told(of, "marry", 10)
    assert [one[:2] for one in links][:2] == [("marry", "starved"), ("part right", "missing")]
    assert ("press", "blocked", 4) in links
    assert end == "deadlock"


def test_lost_time_goes_back_to_its_causes() -> None:
    # a is down from 10 to 30 and so on, twenty times; b has nothing from 11 to 31 and so on, since the minute after the
    # repair is still the failure's, and in the first minute, when a has only begun
    found = why(starving(), "b")
    assert isinstance(found, LostTime)
    assert found.lost["starved"].mean == pytest.approx((1 + 19 * 20 + 19) / 600)
    assert found.lost["blocked"].mean == 0
    parts = {(one.state, one.who, one.end): one.part for one in found.causes}
    assert parts == {
        ("starved", "a", "down"): pytest.approx(399 / 400, abs=0.001),
        ("starved", "a", "works"): pytest.approx(1 / 400, abs=0.001),
    }
    assert sum(one.share.mean for one in found.causes) == pytest.approx(400 / 600)
    first = found.longest[0]
    assert (first.who, first.end, first.state) == ("a", "down", "starved")
    assert 19 * MINUTE < first.at - first.since <= 20 * MINUTE
    # blocked from 15 to 31, then from 41 to 61 and so on, since the buffers stay full
    found = why(blocking(), "a")
    assert [(one.state, one.who, one.end, one.part) for one in found.causes] == [("blocked", "c", "down", 1)]
    assert found.lost["blocked"].mean == pytest.approx((16 + 18 * 20 + 19) / 600)
    assert found.to_json()["causes"][0]["share"]["mean"] == pytest.approx(395 / 600)
    assert "  c: a failure  100.0%  65.8 ± 0.0 % of the time" in str(found)


def test_lost_time_of_a_random_line_is_that_of_its_totals() -> None:
    run = twin.simulate(buffered(), horizon="8 h", warmup="1 h", replications=3, seed=4)
    found = lost_time(run, "m2", moments=200)
    for state in ("starved", "blocked"):
        tools = run.names.tools_of[run.names.toolgroups.index("m2")]
        ticks = run.totals.tool_ticks[:, tools.start : tools.stop, STATES.index(state)]
        shares = ticks.sum(axis=1) / (2 * 7 * 60 * MINUTE)
        assert found.lost[state].mean == pytest.approx(shares.mean())
        causes = [one for one in found.causes if one.state == state]
        assert sum(one.share.mean for one in causes) == pytest.approx(shares.mean())
        assert sum(one.part for one in causes) == pytest.approx(1)
    assert {one.end for one in found.causes} >= {"down", "works"}
    assert len({(one.tool, one.replication, one.since) for one in found.longest}) == 5


def test_of_a_toolgroup_the_tool_that_stands_is_told() -> None:
    fails = {"tools": 2, "pm": [{"every": "7 h", "takes": "1 h", "first": "5 min"}]}
    of = plain({"a": fails}, [step("s", "a", 3)])
    found = why(of, "a", "30 min")
    # due at 5 min, a/1 is busy until 6; the other's is due later
    assert (found.chain[0].who, found.chain[0].since, found.others) == ("a/1", 6 * MINUTE, (("a/2", "productive"),))
    assert "beside it: a/2 working" in str(found)


def test_of_a_saved_run_as_its_gantt_has_it(tmp_path: Path) -> None:
    run = twin.simulate(buffered(), horizon="6 h", warmup="0 h", replications=2, seed=4)
    run.save(tmp_path / "run")
    moments = np.random.default_rng(7).uniform(0, 6 * 3600, 6).tolist()
    for name in ("m2", "m4"):
        bars = gantt(run, name, replication=2).bars
        for at in moments:
            found = why(tmp_path / "run", f"{name}/1", at, 2)
            bar = next(bar for bar in bars if bar.tool in (name, f"{name}/1") and bar.ends > found.at)
            while bar.begins > found.chain[0].since:  # the same state with other lots
                bar = next(one for one in bars if one.tool == bar.tool and one.ends == bar.begins)
                assert bar.state == found.chain[0].state
            assert (bar.begins, bar.state) == (found.chain[0].since, found.chain[0].state)


def test_a_state_that_nobody_knows_is_told_as_it_is() -> None:
    walk = twin.debug(plain({"a": {}, "b": {}}, [step("s", "a", 5), step("t", "b")]))
    walk.advance("1 min")
    walk.sight.tools[0, T_STATE] = 11
    assert [(one.who, one.state) for one in walk.why("b").chain] == [("b", "starved"), ("a", "state 11")]
    assert walk.why("a").end == "unknown"
    assert walk.who()[0].startswith("a: state 11 for 1 min: nothing more is known of it")


def belt(last: float) -> Line:
    """a makes a lot a minute, b takes so many minutes; between them a belt of 4 min that holds eight lots."""
    tools = {"a": {}, "belt": {"conveyor": {"length": "8 m", "speed": "2 m/min", "pitch": "1 m"}, "buffer": 0}, "b": {}}
    tools["b"]["buffer"] = 0
    return plain(tools, [step("s", "a"), {"step": "ride", "toolgroup": "belt"}, step("t", "b", last)])


def test_conveyors() -> None:
    # p-1 comes off the belt at 5, p-2 at 6
    assert told(belt(1), "b", 3) == ([("b", "starved", 0), ("belt", "productive", 1)], "transport")
    assert why(belt(1), "b", "3 min").chain[1].reason == "it carries 3, p-1 the first, at its exit at 00:05:00"
    # b works on p-1 from 5 on; p-2 to p-9 fill the belt at 9, and p-10 is done on a at 10 and stays; from then on the
    # lots on the belt stand, one every half minute behind the other
    links, end = told(belt(60), "a", 30)
    assert [one[:2] for one in links] == [("a", "blocked"), ("belt", "blocked"), ("b", "productive")]
    assert (links[0][2], links[2][2], end) == (10, 5, "works")
    found = why(belt(60), "belt", "7 min")
    assert [(one.who, one.state) for one in found.chain] == [("belt", "productive"), ("b", "productive")]
    assert found.chain[0].reason.endswith("and others close up behind it")


def test_what_cannot_be_asked() -> None:
    of = plain({"weld": {"tools": 2}, "rest": {"tools": "unlimited"}}, [step("s", "weld"), step("r", "rest")])
    for station, words in (("wld", "did you mean 'weld'"), ("weld/3", "has 2 of them"), ("rest", "is a pure delay")):
        with pytest.raises(ResultsError, match=words):
            why(of, station, "1 h")
    for at, words in (("11 h", "goes from 0 to 10:00:00"), ("soon", "is no time"), ("20:62", "no time of a clock"),
                      ("-1 h", "at -1 h"), (float("nan"), "goes from 0")):  # fmt: skip
        with pytest.raises(LineError, match=words):
            why(of, "weld", at)
    with pytest.raises(ResultsError, match="replication 0"):
        why(of, "weld", "1 h", replication=0)


def test_moments_of_a_clock() -> None:
    assert [moment(t) for t in (0, 59.5, 3 * 86_400 + 4 * 3600 + 727)] == ["00:00:00", "00:00:59.500", "3 d 04:12:07"]
    assert moment(3 * 86_400 + 60, beside_s=3 * 86_400 + 7) == "00:01:00"
    assert [lasting(t) for t in (47, 863, 7500, 90_000)] == ["47 s", "14 min 23 s", "2 h 5 min", "1 d 1 h"]
    for text, seconds in (("3 d 04:12:07", 274_327), ("04:12", 15_120), ("76.2 h", 274_320), ("26:00:00", 93_600)):
        assert seconds_at(text, 0.001) == pytest.approx(seconds)
    assert seconds_at(moment(274_327.25), 0.001) == 274_327.25
