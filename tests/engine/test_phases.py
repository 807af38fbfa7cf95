"""Changes for a time: one history however it is cut, a change for ever is the changed line, and what stops is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lines import CHANGES, everything, restless
from test_one_history import HOURS, stepped, sums
from test_random_lines import maybe_lines
from word_lines import MINUTE, flow, for_a_time, history, line, rows, spent, starts, step, times

from twin.arrays import fields as f
from twin.arrays.line import compile_line
from twin.arrays.worlds import Worlds
from twin.engine import RunError
from twin.line import Line, LineError
from twin.line.edit import varied
from twin.study.batch import Batch, advance_together
from twin.study.simulate import simulate_together

Words = dict[str, Any]


# --- one history ----------------------------------------------------------------------------------


def test_every_change_of_the_restless_line_begins_and_ends() -> None:
    of = restless()
    assert len(of.phases()) > 25
    compiled = compile_line(of)
    batch = Batch(compiled, range(2), 5)
    batch.advance(30 * HOURS)
    assert (batch.worlds.core[:, f.C_PHASE] == len(compiled.later)).all()
    assert batch.lots_out != stepped(everything(), 30 * HOURS, range(2)).lots_out


def test_slices_do_not_move_a_change() -> None:
    of = restless()
    through = sums(stepped(of, 30 * HOURS).worlds)
    for slices in (7, 61, 30 * 4):
        batch = Batch(compile_line(of), range(6), 5)
        for k in range(1, slices + 1):
            batch.advance(30 * HOURS * k // slices)
        np.testing.assert_array_equal(sums(batch.worlds), through)


@pytest.mark.parametrize("at", [0, 1, 6 * HOURS - 1, 6 * HOURS, 6 * HOURS + 1, 12 * HOURS, 29 * HOURS])
def test_a_run_resumed_at_any_tick_finds_its_phase(at: int, tmp_path: Path) -> None:
    of = restless()
    half = stepped(of, at, range(3))
    np.save(tmp_path / "half.npy", half.worlds.memory)
    resumed = Batch(compile_line(of), range(3), 5)
    resumed.worlds = Worlds(np.load(tmp_path / "half.npy"), half.worlds.layout)
    resumed.advance(30 * HOURS)
    np.testing.assert_array_equal(sums(resumed.worlds), sums(stepped(of, 30 * HOURS, range(3)).worlds))


def test_lines_stepped_together_change_each_at_its_own_time() -> None:
    lines = [restless(), everything(), changed_for_a_time(everything(), CHANGES[::3])]
    alone = [sums(stepped(of, 30 * HOURS, range(3)).worlds) for of in lines]
    for threads in (1, 2):
        batches = [Batch(compile_line(of), range(3), 5, threads=threads) for of in lines]
        for until in (5 * HOURS + 7, 30 * HOURS):
            advance_together(batches, until)
        for batch, sum_alone in zip(batches, alone, strict=True):
            np.testing.assert_array_equal(sums(batch.worlds), sum_alone)


def test_a_warm_up_ends_where_a_change_begins() -> None:
    of = flow({"m": {"tools": 2}}, [step("a", "m", 4)], {"every": "2 min"}, transients=[
        for_a_time("toolgroups.m.tools=1", 20, 30)])  # fmt: skip
    whole, early, late = history(of, 40), history(of, 20), history(of, 40, 20)
    for part in ("tool_ticks", "group", "product"):
        np.testing.assert_array_equal(
            getattr(whole.totals, part), getattr(early.totals, part) + getattr(late.totals, part)
        )
    assert spent(late, 1)["off"] == 8  # m/2 has a lot from 18 to 22


def changed_for_a_time(of: Line, changes: Any) -> Line:
    document = of.to_document()
    document["transients"] = [{"change": what, "from": f"{a} h", "to": f"{b} h"} for what, a, b in changes]
    return Line.from_document(document)


# --- a change for ever is the changed line --------------------------------------------------------


def calm() -> Line:
    """`everything` from its second minute on: until then nothing has happened that a change could have touched."""
    document = everything().to_document() | {"wip": []}
    for product, words in document["products"].items():
        words["release"]["start"] = f"{1 + len(product)} min"
    return Line.from_document(document)


FOR_EVER = [
    "toolgroups.inspect.tools=3",
    "toolgroups.track.buffer=1",
    "toolgroups.etch.buffer=2",
    "toolgroups.etch.rule=[spt, fifo]",
    "toolgroups.inspect.rule=lifo",
    "toolgroups.oven.load=5 min",
    "toolgroups.etch.failures.0.mttr={exponential: 50 min}",
    "toolgroups.oven.pm.0.takes=2 h",
    "toolgroups.etch.setups.changes.1.time=20 min",
    "toolgroups.etch.setups.min_run={A: 2, B: 2}",
    "products.logic.release.every={exponential: 60 min}",
    "products.memory.release.wip=2",
    "products.memory.release.wip=6",
    "products.logic.due=5 h",
    "products.logic.priority=30",
    "routes.main.bake.time=20 min",
    "routes.main.bake.batch={min: 2, max: 6}",
    "routes.main.coat.cascade={every: 2 min, per: unit, inside: 1}",
    "routes.main.look.sample=0.1",
    "routes.main.look.rework.0.probability=0.6",
    "routes.main.etch_1.queue_limit.0.limit=3 min",
    "transport.time=9 min",
]


def test_a_change_for_ever_is_the_changed_line() -> None:
    base, changed = calm(), {}
    for change in FOR_EVER:
        for_ever = base.to_document() | {"transients": [{"change": change, "from": "1 s"}]}
        path, _, value = change.partition("=")
        changed[f"{change} from 1 s"] = Line.from_document(for_ever)
        changed[change] = varied(base, {path: value})
    found = simulate_together({"base": base, **changed}, horizon="60 h", warmup="0 h", replications=3, seed=3)
    for change in FOR_EVER:
        a, b = found[f"{change} from 1 s"].totals, found[change].totals
        a.tool_ticks[:, :, f.STARVED] += a.tool_ticks[:, :, f.OFF]  # a tool that comes is off for its first second
        a.tool_ticks[:, :, f.OFF] = 0
        if change == "toolgroups.etch.buffer=2":
            a.group[:, 1, f.Q_EMPTY] += 1000  # a buffer without limits is told as neither empty nor full
        for part in ("tool_ticks", "group", "product", "cycle_hist", "windows", "wip_end", "events"):
            np.testing.assert_array_equal(getattr(a, part), getattr(b, part), err_msg=f"{change}: {part}")
        told = [
            [getattr(totals, part).tobytes() for part in ("tool_ticks", "group", "windows", "product")]
            for totals in (a, found["base"].totals)
        ]
        assert told[0] != told[1], f"{change} changes nothing"


def test_tools_that_are_away_for_ever_are_as_if_they_had_never_been() -> None:
    base = calm()
    for_ever = base.to_document() | {"transients": [{"change": "toolgroups.etch.tools=2", "from": "1 s"}]}
    lines = {"away": Line.from_document(for_ever), "fewer": varied(base, {"toolgroups.etch.tools": 2})}
    found = simulate_together(lines, horizon="60 h", warmup="0 h", replications=3, seed=3)
    away, fewer = found["away"].totals, found["fewer"].totals
    for part in ("group", "product", "cycle_hist", "windows", "wip_end", "events"):
        np.testing.assert_array_equal(getattr(away, part), getattr(fewer, part))
    gone = found["away"].names.tools_of[1].stop - 1
    np.testing.assert_array_equal(np.delete(away.tool_ticks, gone, axis=1), fewer.tool_ticks)
    assert (away.tool_ticks[:, gone, f.OFF] == 60 * HOURS - 1000).all()


# --- what stops is told ---------------------------------------------------------------------------


def looped(wip: int, *transients: Words) -> Line:
    """A line in a ring: from a to b and back to a, each with one place in front."""
    return flow(
        {"a": {"tools": 2, "buffer": 1}, "b": {"tools": 1, "buffer": 1}},
        [step("s1", "a", 2), step("s2", "b", 1), step("s3", "a", 2)], {"wip": wip}, transients=transients,
    )  # fmt: skip


ONE_AWAY = for_a_time("toolgroups.a.tools=1", 10, 60)


def test_a_ring_that_locks_while_a_tool_is_away_comes_loose_when_it_is_back() -> None:
    r = history(looped(4, ONE_AWAY), 100)
    outs = times(r, "out")
    assert outs == times(history(looped(4), 10), "out") + [at for at in outs if at > 60]
    assert len(outs) == 4 + 20
    assert not r.run_notes
    with pytest.raises(RunError, match=r"at 12 min: deadlock.*'a' -> 'b' -> 'a'"):
        history(looped(4, for_a_time("toolgroups.a.tools=1", 10)), 100)


def test_a_ring_that_only_a_change_beyond_the_end_would_loosen_is_a_deadlock() -> None:
    for horizon in (50, 60):
        with pytest.raises(RunError, match="at 12 min: deadlock"):
            history(looped(4, ONE_AWAY), horizon)
    assert not history(looped(4, ONE_AWAY), 60.01).run_notes


def test_a_ring_that_no_change_loosens_is_told_when_the_last_one_begins() -> None:
    with pytest.raises(RunError, match=r"at 1 h: deadlock"):
        history(looped(5, ONE_AWAY), 100)
    with pytest.raises(RunError, match=r"at 10 min: deadlock"):
        history(looped(5, for_a_time("toolgroups.a.tools=1", 10)), 100)


def test_a_ring_that_a_larger_buffer_loosens_goes_on() -> None:
    wider = for_a_time("toolgroups.b.buffer=2", 20)
    outs = times(history(looped(5, wider), 60), "out")
    assert [at for at in outs if at < 20] == []
    assert len(outs) > 15
    with pytest.raises(RunError, match="at 4 min: deadlock"):
        history(looped(5), 60)


def test_a_batch_that_is_let_go_lot_by_lot_is_no_ring() -> None:
    # without places every tool holds a batch that waits for another tool; from 30 on there are places for all
    steps = [step("s1", "m", 1, batch={"min": 2, "max": 2}), step("s2", "m", 1)]
    none = for_a_time("toolgroups.m.buffer=0", 0, 30)
    r = history(flow({"m": {"tools": 2}}, steps, "saturated", transients=[none]), 60)
    assert times(r, "blocked") == [1, 1, 1, 1]
    assert rows(r, "leave", "lot")[:4] == [(30, 1), (30, 2), (30, 3), (30, 4)]
    assert len(times(r, "out")) > 20


def test_a_ring_locks_when_its_last_free_tool_goes() -> None:
    # a/1 holds a lot that waits for b, and b one that waits for a; only a/2, which works on a lot that leaves the
    # line, could take it: at 20 it goes instead
    groups = {"a": {"tools": 2, "buffer": 1}, "b": {"tools": 1, "buffer": 1}}
    products = {"x": {"route": "x", "release": starts(0, 2, 2, 2, 2)}, "y": {"route": "y", "release": starts(1)}}
    routes = {"x": [step("x1", "a", 2), step("x2", "b", 1), step("x3", "a", 2)], "y": [step("y1", "a", 19)]}
    gone = for_a_time("toolgroups.a.tools=1", 10)
    text = ""
    try:
        r = history(line(groups, products, routes, transients=[gone]), 60)
    except RunError as error:
        text = str(error)
    assert "at 20 min: deadlock" in text, r.log.to_string()


@pytest.mark.parametrize("release", [{"every": "5 min"}, starts(1, 2, 3, 30), {"wip": 3}, "saturated"])
@pytest.mark.parametrize("horizon", [22, 300])
def test_a_group_without_tools_at_the_end_is_noted(release: Any, horizon: float) -> None:
    gone = for_a_time("toolgroups.m.tools=0", 20)
    r = history(flow({"m": {"tools": 1}}, [step("a", "m", 3)], release, transients=[gone]), horizon, replications=3)
    (note,) = r.run_notes
    assert note.startswith("toolgroup 'm' has no tools at the end of the run")
    assert spent(r)["off"] >= horizon - 23


def test_a_group_without_tools_for_a_time_is_no_news() -> None:
    gone = for_a_time("toolgroups.m.tools=0", 20, 30)
    of = flow({"m": {"tools": 1}}, [step("a", "m", 3)], {"wip": 3}, transients=[gone])
    assert history(of, 40).run_notes == ()
    assert len(history(of, 25).run_notes) == 1


def test_lots_that_wait_for_tools_that_are_away_are_noted() -> None:
    steps = [step("s1", "m", 2, dedicate="s3"), step("s2", "n", 1), step("s3", "m", 2)]
    gone = for_a_time("toolgroups.m.tools=1", 1)
    r = history(flow({"m": {"tools": 2}, "n": {"tools": 1}}, steps, starts(0, 0), transients=[gone]), 100)
    (note,) = r.run_notes
    assert "1 lots are in the line, 1 of them waiting at toolgroup 'm'; tools of it are away" in note
    assert times(r, "out") == [5]


def test_more_lots_than_allowed_are_told_while_no_tool_is_there() -> None:
    gone = for_a_time("toolgroups.m.tools=0", 20)
    of = flow({"m": {"tools": 1}}, [step("a", "m", 3)], {"every": "5 min"}, transients=[gone])
    with pytest.raises(RunError, match="more than 100 lots in the line, 100 of them waiting at toolgroup 'm'"):
        history(of, 6000, max_wip=100)


def test_a_trace_that_stops_cannot_come_or_go() -> None:
    trace = '{"trace": {"values": ["1 min", "2 min"], "end": "%s"}}'
    stops = for_a_time(f"routes.main.a.time={trace % 'stop'}", 20, 40)
    with pytest.raises(LineError, match="cannot go to or from a trace that stops"):
        flow({"m": {"tools": 1}}, [step("a", "m", 3)], {"every": "5 min"}, transients=[stops])
    goes_on = for_a_time(f"routes.main.a.time={trace % 'repeat'}", 20, 40)
    r = history(flow({"m": {"tools": 1}}, [step("a", "m", 3)], {"every": "5 min"}, transients=[goes_on]), 60)
    assert times(r, "out") == [3, 8, 13, 18, 21, 27, 31, 37, 43, 48, 53, 58]


# --- any line, any changes ------------------------------------------------------------------------


def possible_changes(of: Line) -> list[str]:
    """Changes that most lines can bear."""
    found = [f"products.{p}.priority=15" for p in of.products]
    for name, group in of.toolgroups.items():
        if group.tools is not None:
            found += [f"toolgroups.{name}.tools={n}" for n in (0, 1, 2, 4) if n != group.tools]
            found += [f"toolgroups.{name}.rule={rule}" for rule in ("lifo", "[priority, spt]", "cr")]
            found += [f"toolgroups.{name}.buffer={n}" for n in (0, 1, 6) if n != group.buffer]
            found += [f"toolgroups.{name}.failures.{k}.mtbf=11 min" for k, _ in enumerate(group.failures)]
            for k, pm in enumerate(group.pm):
                found.append(f"toolgroups.{name}.pm.{k}.every={'40 min' if pm.every is not None else '7 units'}")
    for name, product in of.products.items():
        if product.release.kind == "wip":
            found += [f"products.{name}.release.wip={n}" for n in (1, 12)]
        if product.release.kind == "every":
            found += [f"products.{name}.release.every={law}" for law in ("5 min", "{exponential: 30 min}")]
    for route, steps in of.routes.items():
        for each in steps:
            found.append(f"routes.{route}.{each.step}.time=7 min")
            if each.batch:
                found += [f"routes.{route}.{each.step}.batch.min={n}" for n in (1, 2, 3) if n != each.batch.min]
            if each.cascade:
                found += [f"routes.{route}.{each.step}.cascade.inside={n}" for n in (1, 4)]
    return found


@st.composite
def changing_lines(draw: Any) -> Line | None:
    of = draw(maybe_lines())
    if of is None:
        return None
    transients = []
    for change in draw(st.lists(st.sampled_from(possible_changes(of)), min_size=1, max_size=6, unique=True)):
        begins = draw(st.sampled_from([0, 1, 20, 63, 97, 150]))
        ends = draw(st.sampled_from([None, begins + 1, begins + 30, 151]))
        transients.append(for_a_time(change, begins, ends if ends is None or ends > begins else None))
    try:
        return Line.from_document(of.to_document() | {"transients": transients})
    except LineError:
        return None


def outcome(of: Line, slices: int, **how: Any) -> tuple[str, np.ndarray, Batch]:
    """How a run of four hours ends: what stops it if anything does, and its sums."""
    batch = Batch(compile_line(of), range(2), 1, max_wip=3000, **how)
    text = ""
    try:
        for k in range(1, slices + 1):
            batch.advance(240 * MINUTE * k // slices)
    except RunError as error:
        text = str(error)
    return text, sums(batch.worlds), batch


def test_random_lines_that_change_have_one_history_and_lose_no_lot() -> None:
    ran: list[bool] = []

    @settings(
        max_examples=80, derandomize=True, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )  # fmt: skip
    @given(changing_lines())
    def each(of: Line | None) -> None:
        if of is None:
            return
        text, through, batch = outcome(of, 1)
        for slices, how in ((17, {}), (1, {"log_rows": 50}), (3, {"threads": 2})):
            other, cut, _ = outcome(of, slices, **how)
            assert (text == "") == (other == "")
            if not text:
                np.testing.assert_array_equal(cut, through)
        assert "should not happen" not in text
        ran.append(not text)
        if not text:
            sound(of, batch.worlds)

    each()
    assert sum(ran) >= 25, "too few of the lines ran to their end to prove anything"


def sound(of: Line, worlds: Worlds) -> None:
    """Lots that came are gone or there; places, queues and idle tools are counted right; a tool is away or not."""
    product, group, tool, now = worlds.product, worlds.group, worlds.tool, int(worlds.core[0, f.C_NOW])
    at_start = len(of.wip)
    came = product[:, :, f.PR_RELEASED].sum(axis=1) + at_start
    gone = product[:, :, [f.PR_OUT, f.PR_SCRAPPED]].sum(axis=(1, 2))
    np.testing.assert_array_equal(came - gone, product[:, :, f.PR_WIP].sum(axis=1))
    np.testing.assert_array_equal(came - gone, worlds.core[:, f.C_LOTS])
    in_state = tool[:, :, f.T_STATE, None] == np.arange(f.STATES)
    ticks = tool[:, :, f.T_TICKS :] + np.where(in_state, (now - tool[:, :, f.T_SINCE])[:, :, None], 0)
    assert (ticks.sum(axis=2) == now).all()
    assert (ticks >= 0).all()
    of_group = (tool[:, :, f.T_GROUP] - f.CORE_FIELDS) // f.GROUP_FIELDS
    for g in range(group.shape[1]):
        here = of_group == g
        away = here & (tool[:, :, f.T_DOWN] == f.AWAY)
        np.testing.assert_array_equal(group[:, g, f.Q_AWAY], away.sum(axis=1))
        np.testing.assert_array_equal(group[:, g, f.Q_IDLE], (here & (tool[:, :, f.T_IDLE] == 1)).sum(axis=1))
        assert (tool[:, :, f.T_STATE][away] == f.OFF).all()
        assert (tool[:, :, f.T_LOTS][away] == 0).all()
        assert (group[:, g, f.Q_PLACES] >= group[:, g, f.Q_LOTS]).all()
