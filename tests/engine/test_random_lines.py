"""Random small lines: lots are conserved, tools are in one state, and every sum is what the log says."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
from carrier_laws import carriers_are_conserved
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from word_lines import (
    CARRIED,
    COMPLETED,
    CYCLE,
    DONE,
    LOADED,
    MINUTE,
    OUT,
    QUEUE_AREA,
    RELEASED,
    WAIT,
    WIP_AREA,
    history,
    line,
)  # fmt: skip

from twin.arrays.fields import BLOCKED, DOWN, MS_SCRAPPED, OFF, PM, PR_SCRAPPED, Q_CLAIMED, Q_STUCK
from twin.arrays.line import compile_line
from twin.engine import RunError
from twin.line import Line, LineError
from twin.line.arcs import WAYS
from twin.line.toolgroups import RULES
from twin.results import Results
from twin.results.log import log_frame
from twin.study.batch import Batch

HORIZON, WARMUP = 300.0, 80.0
Words = dict[str, Any]
Draw = Any
Lot = tuple[str, int]


@st.composite
def laws(draw: Draw, mean: float) -> Any:
    """A law of about this mean [min]; constants are frequent, since ties are where rules are tried."""
    m = f"{mean} min"
    return draw(
        st.sampled_from(
            [m, m, {"exponential": m}, {"uniform": [f"{mean / 2} min", f"{1.5 * mean} min"]},
             {"lognormal": [m, m]}, {"geometric": {"mean": m, "slot": "30 s"}},
             {"erlang": {"mean": m, "k": 3}}, {"empirical": {"values": [m, "1 min", "0 min"]}}]
        )
    )  # fmt: skip


@st.composite
def groups(draw: Draw, index: int) -> Words:
    """A toolgroup with any of its words."""
    if draw(st.integers(0, 9)) == 0:
        return {"tools": "unlimited"}
    if draw(st.integers(0, 7)) == 0:
        return {f"g{index}": draw(conveyors())}
    words: Words = {"tools": draw(st.integers(1, 3))}
    if draw(st.booleans()):
        words["buffer"] = draw(st.integers(0, 4))
    words["rule"] = draw(
        st.lists(st.sampled_from(RULES),
                 min_size=1, max_size=3, unique=True)
    )  # fmt: skip
    if draw(st.booleans()):
        words["load"], words["unload"] = "30 s", "15 s"
    clock = st.sampled_from(["operating", "calendar"])
    words["failures"] = [
        {"mtbf": draw(laws(mean)), "mttr": draw(laws(4)), "clock": draw(clock)}
        for mean in draw(st.lists(st.sampled_from([30, 60]), max_size=2))
    ]
    words["pm"] = draw(
        st.lists(
            st.sampled_from(
                [{"every": "97 min", "takes": "5 min"}, {"every": "150 min", "takes": "9 min", "first": "20 min"},
                 {"every": "30 units", "takes": "3 min"}]
            ),
            max_size=2,
        )
    )  # fmt: skip
    if draw(st.booleans()):
        words["setups"] = {"changes": [{"to": "A", "time": "2 min"}, {"to": "B", "time": "3 min"},
                                       {"from": "A", "to": "B", "time": "1 min"}]}  # fmt: skip
        if draw(st.integers(0, 3)) == 0:
            words["setups"]["min_run"] = {"B": 2}
    if draw(st.integers(0, 4)) == 0:
        words["transport"] = "none"
    if draw(st.integers(0, 3)) == 0:
        words["blocking"] = "before"
    if draw(st.integers(0, 4)) == 0:
        words["failures"].append({"bernoulli": "90 %", "slot": "30 s"})
    return {f"g{index}": words}


@st.composite
def conveyors(draw: Draw) -> Words:
    """A conveyor of either kind, some of whose lengths are no whole number of pitches."""
    belt = {"length": f"{draw(st.integers(2, 12)) / 2} m", "speed": "1 m/min", "pitch": "1 m"}
    words: Words = {"conveyor": belt | {"accumulating": draw(st.booleans())}, "rule": ["fifo"]}
    if draw(st.booleans()):
        words["buffer"] = draw(st.integers(0, 2))
    if draw(st.booleans()):
        clock = draw(st.sampled_from(["operating", "calendar"]))
        words["failures"] = [{"mtbf": draw(laws(30)), "mttr": draw(laws(4)), "clock": clock}]
        words["pm"] = [{"every": draw(st.sampled_from(["97 min", "30 units"])), "takes": "3 min"}]
    return words


@st.composite
def steps(draw: Draw, route: str, index: int, count: int, names: list[str], alone: set[str]) -> Words:
    """A step with any of its words; alone: toolgroups whose tools take one lot a run."""
    name = f"{route}{index}"
    time = draw(laws(draw(st.integers(1, 6))))
    words: Words = {"step": name, "toolgroup": draw(st.sampled_from(names)), "time": time}
    one_lot = words["toolgroup"] in alone
    kind = draw(st.sampled_from(["plain", "plain", "unit", *([] if one_lot else ["batch", "cascade"])]))
    if kind == "unit":
        words["per"] = "unit"
    elif kind == "batch":
        words["batch"] = {"min": draw(st.integers(1, 2)), "max": 4}
    elif kind == "cascade":
        words["cascade"] = {"every": "45 s", "per": draw(st.sampled_from(["lot", "unit"]))}
        if draw(st.booleans()):
            words["cascade"]["inside"] = draw(st.integers(1, 3))
    if draw(st.booleans()):
        words["setup"] = draw(st.sampled_from(["A", "B"]))
    if index and draw(st.integers(0, 4)) == 0:
        words["sample"] = 0.5
    if draw(st.integers(0, 3)) == 0:
        words["rework"] = [{"probability": 0.1, "to": f"{route}{draw(st.integers(0, index))}"}]
        if draw(st.booleans()):
            words["rework"][0]["most"] = 1
        if draw(st.booleans()):
            words["branch"] = [{"probability": 0.2, "to": draw(st.sampled_from(["end", "scrap"]))}]
    if index + 2 < count and draw(st.booleans()):
        ways = [f"{route}{k}" for k in draw(st.permutations(range(index + 1, count)))[:2]]
        words["branch"] = {"by": draw(st.sampled_from(WAYS)), "to": ways}
    if index + 1 < count and draw(st.booleans()):
        later = st.integers(index + 1, count - 1)
        untils = draw(st.lists(later, max_size=2, unique=True))
        words["queue_limit"] = [{"until": f"{route}{k}", "limit": "8 min"} for k in untils]
    return words


@st.composite
def products(draw: Draw, route: str) -> Words:
    release = draw(
        st.sampled_from(
            ["saturated", {"wip": 3}, {"wip": 7, "start": "5 min"}, {"every": {"exponential": "12 min"}},
             {"every": "9 min"}, {"schedule": [{"time": f"{7 * k % 200} min", "units": 1 + k % 2} for k in range(25)]}]
        )
    )  # fmt: skip
    return {
        "route": route,
        "lot_size": draw(st.integers(1, 2)),
        "priority": draw(st.sampled_from([10, 20])),
        "release": release,
    } | ({"due": "40 min"} if draw(st.booleans()) else {})


@st.composite
def calendars(draw: Draw) -> Words:
    """A calendar for every toolgroup that names no other: open a part of the five hours, with a break."""
    early = {
        "name": "a", "days": "mon-sun", "from": draw(st.sampled_from(["00:00", "00:11", "23:00"])), "to": "02:30",
        "breaks": [{"at": "01:00", "takes": f"{draw(st.integers(1, 30))} min"}],
    }  # fmt: skip
    late = {"name": "b", "days": "mon", "from": draw(st.sampled_from(["02:30", "03:00"])), "to": "04:45"}
    stops = draw(st.lists(st.sampled_from(["processing", "repair", "pm"]), max_size=3, unique=True))
    shifts = [early, late] if draw(st.booleans()) else [early]
    return {"calendars": {"c": {"shifts": shifts, "stops": stops}}, "calendar": "c"}


@st.composite
def lines(draw: Draw, with_parts: bool = False, with_calendars: bool = False) -> Line:
    """One to five toolgroups, one or two routes and products; None where the words do not fit together."""
    toolgroups: Words = {}
    for index in range(draw(st.integers(1, 5))):
        words = draw(groups(index))
        toolgroups |= {f"g{index}": words} if "tools" in words else words
    belts = {name for name, words in toolgroups.items() if "conveyor" in words}
    names = list(toolgroups)
    alone = {name for name, words in toolgroups.items() if takes_one_lot(words)}
    routes: Words = {}
    made: Words = {}
    for route in ["x", "y"][: draw(st.integers(1, 2))]:
        count = draw(st.integers(1, 5))
        routes[route] = [draw(steps(route, k, count, names, alone)) for k in range(count)]
        _dedicate(draw, routes[route])
        routes[route] = [_carried(words) if words["toolgroup"] in belts else words for words in routes[route]]
        made[f"p{route}"] = draw(products(route))
    wip = [
        {"lot": f"old{k}", "product": f"p{r}", "units": 1, "step": f"{r}{len(routes[r]) - 1}", "priority": 10}
        for k in range(draw(st.integers(0, 3)))
        for r in list(routes)[:1]
    ]
    more: Words = {"wip": wip} if wip else {}
    more |= _ride(draw, routes, made, toolgroups) if draw(st.integers(0, 2)) == 0 else {}
    if draw(st.booleans()):
        more["transport"] = {"time": draw(laws(2))}
    for words in toolgroups.values():
        if words.get("tools") == "unlimited":
            words.pop("buffer", None)
    if with_parts:
        _join(draw, toolgroups, made, routes)
    if with_calendars:
        more |= draw(calendars())
        _except_some(draw, toolgroups, made)
    return line(toolgroups, made, routes, **more)


def _join(draw: Draw, toolgroups: Words, made: Words, routes: Words) -> None:
    """Make parts on one of the toolgroups and have a step join them, where one may."""
    takers = [
        s for s in routes["x"]
        if "batch" not in s and toolgroups[s["toolgroup"]].get("tools", "unlimited") != "unlimited"
    ]
    if takers:
        count = draw(st.integers(1, 2))
        draw(st.sampled_from(takers))["joins"] = {"pz": count}
        toolgroups["rack"] = {"tools": "store", "buffer": draw(st.integers(count if count > 1 else 0, 4))}
        maker = {"step": "z0", "toolgroup": draw(st.sampled_from(list(toolgroups)[:-1])), "time": draw(laws(2))}
        routes["z"] = [maker, {"step": "z1", "toolgroup": "rack"}]
        routes["z"] = [_carried(maker) if "conveyor" in toolgroups[maker["toolgroup"]] else maker, routes["z"][1]]
        made["pz"] = draw(products("z"))


def _carried(words: Words) -> Words:
    """A step without what a conveyor does not know."""
    return {key: words[key] for key in words if key not in {"time", "per", "batch", "cascade", "setup", "dedicate"}}


def _except_some(draw: Draw, toolgroups: Words, made: Words) -> None:
    """Some toolgroups are always open, some releases counted in open time."""
    for words in toolgroups.values():
        if words.get("tools") not in ("unlimited", "store") and draw(st.integers(0, 3)) == 0:
            words["calendar"] = "none"
    for words in made.values():
        if "every" in words["release"] and draw(st.booleans()):
            words["release"] = words["release"] | {"calendar": "c"}


def takes_one_lot(words: Words) -> bool:
    return "blocking" in words or any("bernoulli" in failure for failure in words.get("failures", ()))


def _dedicate(draw: Draw, route: list[Words]) -> None:
    """Dedicate one later step to the tool of an earlier one of the same toolgroup, where there is one."""
    pairs = [(a, b) for i, a in enumerate(route) for b in route[i + 1 :] if a["toolgroup"] == b["toolgroup"]]
    if pairs and draw(st.booleans()):
        first, later = draw(st.sampled_from(pairs))
        first["dedicate"] = later["step"]


def _ride(draw: Draw, routes: Words, made: Words, toolgroups: Words) -> Words:
    """Put the lots of the routes on skids and hangers: over a stretch of steps, or from the first to the last."""
    used: list[str] = []
    for name, route in routes.items():
        may = [k for k, s in enumerate(route) if "batch" not in s and "sample" not in s
               and toolgroups[s["toolgroup"]].get("tools", "unlimited") != "unlimited"]  # fmt: skip
        if not may:
            continue
        if may[0] == 0 and draw(st.integers(0, 2)) == 0:
            made[f"p{name}"]["carrier"] = "skid"
            used.append("skid")
        else:
            first = draw(st.sampled_from(may))
            used.append(draw(st.sampled_from(["skid", "hanger"])))
            route[first]["takes"] = route[draw(st.integers(first, len(route) - 1))]["gives"] = used[-1]
    back = st.sampled_from([{}, {"return": "4 min"}, {"return": draw(laws(3))}])
    return {"carriers": {kind: {"count": draw(st.integers(1, 5))} | draw(back) for kind in sorted(set(used))}}


@st.composite
def maybe_lines(draw: Draw, with_parts: bool = False, with_calendars: bool = False) -> Line | None:
    try:
        return draw(lines(with_parts, with_calendars))
    except LineError:
        return None


@pytest.mark.parametrize(
    ("with_parts", "with_calendars", "count", "least"),
    [(False, False, 75, 25), (True, False, 50, 8), (False, True, 75, 25), (True, True, 25, 4)],
)
def test_random_lines_keep_every_law(with_parts: bool, with_calendars: bool, count: int, least: int) -> None:
    """That most of the lines run to the end is part of what is tested."""
    ran: list[bool] = []

    @settings(
        max_examples=count, derandomize=True, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )  # fmt: skip
    @given(maybe_lines(with_parts, with_calendars))
    def each(of: Line | None) -> None:
        if of is not None:
            ran.append(lawful(of))

    each()
    assert sum(ran) >= least, "too few of the lines ran to their end to prove anything"


def lawful(of: Line) -> bool:
    """Check one line; False where it stopped with a fault that such a line may have."""
    try:
        run = history(of, HORIZON, max_wip=3000)
    except RunError as told:
        stopped_for_a_reason(of, str(told))
        return False
    assert not dead_groups(run.log, of), "a deadlock that nobody told"
    conserved(run)
    tools_have_one_state(run, of)
    areas_agree(run, of)
    capacities_hold(run, of)
    belts_carry_in_order(run, of)
    carriers_are_conserved(run, of, HORIZON)
    who_blocks_before_leaves_at_once(run, of)
    the_warm_up_only_leaves_out(run, of)
    return True


def stopped_for_a_reason(of: Line, text: str) -> None:
    """A deadlock is one by the log, too; where nothing moves, no lot is being worked on."""
    compiled = compile_line(of)
    batch = Batch(compiled, range(1), 1, log_rows=1 << 16, max_wip=3000)
    with contextlib.suppress(RunError):
        batch.advance(round(HORIZON * MINUTE))
    log = log_frame(batch.log, compiled.names, batch.worlds.layout)
    if "deadlock" in text and any(group.blocking == "before" for group in of.toolgroups.values()):
        assert (batch.worlds.group[0, :, Q_CLAIMED] + batch.worlds.group[0, :, Q_STUCK]).any()
    elif "nothing can move" in text:
        on, waits = tools_at_the_end(log)
        assert any(on.values()) and all(waits[lot] for lot in _off_belts(on, of)), text
    elif "deadlock" in text:
        dead = dead_groups(log, of)
        assert dead, text
        assert set(re.findall(r"'([^']+)'", text)) <= dead
    elif "moved" in text:
        on, waits = tools_at_the_end(log)
        assert all(waits[lot] for lot in _off_belts(on, of)), f"lots are at work, but: {text}"
    else:
        assert "lots in the line" in text, text


def _off_belts(on: dict[str, list[Lot]], of: Line) -> list[Lot]:
    """Lots on tools; those on a belt that stands behind a blocked one do not wait by themselves."""
    belts = {name for name, group in of.toolgroups.items() if group.conveyor is not None}
    return [lot for tool, lots in on.items() if tool not in belts for lot in lots]


def tools_at_the_end(log: pd.DataFrame) -> tuple[dict[str, list[Lot]], dict[Lot, str]]:
    """Lots on each tool at the end of a log, and the step that each of them waits for, none being an empty name."""
    on: dict[str, list[Lot]] = defaultdict(list)
    waits: dict[Lot, str] = defaultdict(str)
    for what, product, lot, name, tool in _columns(log, "what", "product", "lot", "step", "tool"):
        if what == "load":
            on[tool].append((product, lot))
        elif what == "blocked":
            waits[product, lot] = name
        elif what == "leave":
            on[tool] = [each for each in on[tool] if each != (product, lot)]
            waits.pop((product, lot), None)
    return on, waits


def dead_groups(log: pd.DataFrame, of: Line) -> set[str]:
    """Toolgroups all of whose tools hold nothing but lots that wait, in the end, for each other."""
    on, waits = tools_at_the_end(log)
    group_of = {s.step: s.toolgroup for route in of.routes.values() for s in route}
    stuck: dict[str, list[str]] = {}
    for group, words in of.toolgroups.items():
        tools = [group] if words.tools == 1 else [f"{group}/{k + 1}" for k in range(words.tools or 0)]
        wanted = [waits[lot] for tool in tools for lot in on[tool]]
        if words.conveyor is not None and (not words.conveyor.accumulating or len(wanted) == words.conveyor.lots):
            wanted = wanted[:1]  # none passes the lot at the exit
        if tools and all(on[tool] for tool in tools) and all(wanted):
            stuck[group] = [group_of[name] for name in wanted]
    while living := [group for group, wanted in stuck.items() if any(g not in stuck for g in wanted)]:
        for group in living:
            del stuck[group]
    return set(stuck)


def conserved(run: Results) -> None:
    totals = run.totals
    log = run.log
    at_start = sum(lot.product == name for lot in run.line.wip for name in run.names.products)
    released, out, scrapped = (int(totals.product[0, :, k].sum()) for k in (RELEASED, OUT, PR_SCRAPPED))
    assert released + at_start == out + scrapped + int(totals.wip_end.sum())
    assert scrapped == int((log["what"] == "scrap").sum()) >= int(totals.measures[:, :, MS_SCRAPPED].sum())
    assert released == int(((log["what"] == "release") & (log["lot"] > 0)).sum())
    assert out == int((log["what"] == "out").sum())
    assert int(totals.cycle_hist.sum()) == int(totals.product[0, :, COMPLETED].sum())
    for what in ("release", "out"):
        rows = log[log["what"] == what]
        assert not rows.duplicated(["product", "lot"]).any()
    assert int(totals.events[0]) == int((log["what"] == "finish").sum()) == int(totals.group[0, :, DONE].sum())
    assert (log["tick"].diff().dropna() >= 0).all()


def tools_have_one_state(run: Results, of: Line) -> None:
    """State times sum to the span, and those that the log tells apart are what the log says."""
    ticks = run.totals.tool_ticks[0]
    span = run.totals.span_ticks
    assert (ticks >= 0).all()
    assert (ticks.sum(axis=1) == span).all()
    log = run.log
    for index in range(ticks.shape[0]):
        rows = log[log["tool"] == run.names.tool(index)]
        closed = _stretches(rows, "off", "on", span)
        assert _shared(closed, [(0, span)]) == ticks[index, OFF]
        for state, begin, end in ((DOWN, "down", "up"), (PM, "pm", "pm_end")):
            pairs = rows[rows["what"].isin([begin, end])]
            kinds = pairs["what"].astype(str).tolist()
            assert kinds == ([begin, end] * len(kinds))[: len(kinds)], "down and up alternate"
            stretches = _stretches(rows, begin, end, span)
            time = _shared(stretches, [(0, span)]) - _shared(stretches, closed)  # what stands still while closed is off
            assert time == ticks[index, state]
        away = rows[rows["what"].isin(["down", "up", "pm", "pm_end"])]["what"].astype(str).tolist()
        assert all((a, b) in {("down", "up"), ("pm", "pm_end")} for a, b in zip(away[::2], away[1::2], strict=False))
        waits_before = list(of.toolgroups.values())[run.names.tool_group[index]].blocking == "before"
        if not waits_before and not (rows["what"] == "blocked").any():
            assert ticks[index, BLOCKED] == 0


def _stretches(rows: pd.DataFrame, begin: str, end: str, span: int) -> list[tuple[int, int]]:
    """From one kind of event to the next of another, the last stretch perhaps to the end of the run [tick]."""
    at = rows[rows["what"].isin([begin, end])]["tick"].tolist()
    return list(zip(at[::2], [*at[1::2], span], strict=False))


def _shared(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> int:
    """Time that two lists of stretches share [tick]."""
    return sum(max(0, min(b, d) - max(a, c)) for a, b in some for c, d in others)


def areas_agree(run: Results, of: Line) -> None:
    """Little's law as an identity: areas are sums over lots of their time in the line and of their waits."""
    log, span = run.log, run.totals.span_ticks
    at_start = {-k - 1: lot.product for k, lot in enumerate(of.wip)}
    for index, name in enumerate(run.names.products):
        own = log[log["product"] == name]
        begin = own[own["what"] == "release"].set_index("lot")["tick"].to_dict()
        begin |= {lot: 0 for lot, product in at_start.items() if product == name}
        end = own[own["what"].isin(["out", "scrap"])].set_index("lot")["tick"].to_dict()
        assert set(end) <= set(begin)
        assert sum(end.get(lot, span) - at for lot, at in begin.items()) == run.totals.product[0, index, WIP_AREA]
        out = own[own["what"] == "out"].set_index("lot")["tick"].to_dict()
        cycles = sum(at - begin[lot] for lot, at in out.items() if lot > 0)
        assert cycles == run.totals.product[0, index, CYCLE]
    step_group = {s.step: s.toolgroup for route in of.routes.values() for s in route}  # names are unique here
    at_group = log["step"].map(step_group)
    for index, group in enumerate(run.names.toolgroups):
        rows = log[at_group == group]
        loads = rows[rows["what"] == "load"]
        if of.toolgroups[group].tools is None:
            continue
        assert len(loads) == run.totals.group[0, index, LOADED]
        waited, waiting = _waits(rows, span)
        assert waited == run.totals.group[0, index, WAIT]
        if not _lots_wait_outside(of, group):
            assert waited + waiting == run.totals.group[0, index, QUEUE_AREA]


def _lots_wait_outside(of: Line, group: str) -> bool:
    firsts = {of.routes[p.route][0].toolgroup for p in of.products.values()}
    sampled = any(s.sample < 1 for route in of.routes.values() for s in route)
    return of.toolgroups[group].buffer is not None and (group in firsts or sampled)


def _waits(rows: pd.DataFrame, span: int) -> tuple[int, int]:
    """Ticks that loaded lots waited in a queue, and that lots still there have waited so far."""
    since: dict[tuple[str, int], int] = {}
    waited = 0
    for tick, what, product, lot in _columns(rows, "tick", "what", "product", "lot"):
        if what == "queue":
            since[product, lot] = tick
        elif what == "load":
            waited += tick - since.pop((product, lot), tick)  # a saturated lot is loaded without having waited
    return waited, sum(span - at for at in since.values())


def capacities_hold(run: Results, of: Line) -> None:
    """On a tool: one lot, one batch, or what a cascade may hold; in a buffer: no more than its places."""
    on: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    heading: dict[str, int] = defaultdict(int)
    most: dict[str, int] = defaultdict(int)
    step_of = {s.step: s for route in of.routes.values() for s in route}
    at_start: dict[str, int] = defaultdict(int)
    for lot in of.wip:
        at_start[step_of[lot.step].toolgroup] += 1
    now, touched = -1, set[str]()
    for tick, what, product, lot, name, tool in _columns(run.log, "tick", "what", "product", "lot", "step", "tool"):
        if tick > now:  # what happens in one tick is over: who is where must fit
            for each in touched:
                _fits(on[each], step_of, now)
            for group, count in heading.items():
                most[group] = max(most[group], count)
            now, touched = tick, set()
        if what == "load":
            on[tool].append((product, lot, name))
            heading[step_of[name].toolgroup] -= 1
            touched.add(tool)
        elif what == "leave":
            if tool:
                on[tool] = [entry for entry in on[tool] if entry[:2] != (product, lot)]
            if name:
                heading[step_of[name].toolgroup] += 1
    for group, words in of.toolgroups.items():
        if words.buffer and not at_start[group] and not _lots_wait_outside(of, group) and words.tools is not None:
            assert most[group] <= words.buffer, f"{group} held {most[group]} lots"


def who_blocks_before_leaves_at_once(run: Results, of: Line) -> None:
    """A lot that was done where runs begin only with a place reserved has left at the same tick."""
    group = [run.names.toolgroups[k] for k in run.names.tool_group]
    tools = [run.names.tool(k) for k, name in enumerate(group) if of.toolgroups[name].blocking == "before"]
    joined = [s.step for route in of.routes.values() for s in route if of.toolgroups[s.toolgroup].is_store]
    done, left = (run.log[(run.log["what"] == what) & run.log["tool"].isin(tools)] for what in ("finish", "leave"))
    done = done[~done["step"].isin(joined)]  # a part that is joined is told on the tool that takes it
    columns = ["tick", "product", "lot", "tool"]
    assert sorted(done[columns].itertuples(index=False)) == sorted(left[columns].itertuples(index=False))


def _columns(log: pd.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    """Rows of a table as plain tuples: ten times as fast to go through as the table itself."""
    return list(zip(*(log[name].astype(object).tolist() for name in names), strict=True))


def _fits(lots: list[tuple[str, int, str]], step_of: dict[str, Any], tick: int) -> None:
    names = [name for _, _, name in lots]
    if len(lots) <= 1:
        return
    last = step_of[names[-1]]
    if last.batch is not None:
        assert len(set(names)) == 1, f"a batch of several steps at {tick}"
        assert len(lots) <= last.batch.max
    else:
        assert all(step_of[name].cascade is not None for name in names), f"{names} on one tool at {tick}"
        assert len(lots) <= (last.cascade.inside or len(lots)), f"{len(lots)} lots inside at {tick}"


def belts_carry_in_order(run: Results, of: Line) -> None:
    """On a conveyor: in order, a pitch apart at both ends, no sooner than the travel, lots summed over their time."""
    for index, (group, words) in enumerate(of.toolgroups.items()):
        if words.conveyor is None:
            continue
        mine = {s.step for route in of.routes.values() for s in route if s.toolgroup == group}
        log = run.log[(run.log["tool"] == group) & run.log["what"].isin(["load", "leave"])]
        inside: list[tuple[Lot, int]] = []
        last = {"load": -(1 << 40), "leave": -(1 << 40)}
        area = 0
        for tick, what, product, lot, name in _columns(log, "tick", "what", "product", "lot", "step"):
            assert tick - last[what] >= MINUTE, f"{group}: lots nearer than a pitch at {tick}"
            last[what] = tick
            if what == "load":
                assert name in mine
                inside.append(((product, lot), tick))
            else:
                first, entered = inside.pop(0)
                assert first == (product, lot), f"{group}: {lot} passed {first} at {tick}"
                assert tick - entered >= round(words.conveyor.travel_s * 1000)
                area += tick - entered
        area += sum(run.totals.span_ticks - entered for _, entered in inside)
        assert area == run.totals.group[0, index, CARRIED]


def the_warm_up_only_leaves_out(run: Results, of: Line) -> None:
    """With a warm-up the history is the same, and every sum is what is left after it."""
    try:
        early = history(of, WARMUP, log=False, max_wip=3000)
    except RunError as told:  # where nothing moves any more: told only if no repair is pending at the end
        assert "moved" in str(told)
        return
    late = history(of, HORIZON, WARMUP, log=False, max_wip=3000)
    for part in ("tool_ticks", "group", "product", "cycle_hist", "windows", "carriers"):
        whole, first, rest = (getattr(r.totals, part) for r in (run, early, late))
        np.testing.assert_array_equal(whole, first + rest)
    assert late.totals.span_ticks == round((HORIZON - WARMUP) * MINUTE)
    np.testing.assert_array_equal(run.totals.wip_end, late.totals.wip_end)
