"""Changes for a time: the phases they make, worked out by hand, and the words for what cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from twin.line import Line, LineError, json_schema, read
from twin.line.change_text import Timed, split_changes, split_scenario, timed

DAY = 86_400.0
DOCUMENT: dict[str, Any] = {
    "twin": 1,
    "line": "shop",
    "toolgroups": {
        "press": {
            "tools": 3, "buffer": 10,
            "failures": [{"mtbf": {"exponential": "8 h"}, "mttr": {"exponential": "10 min"}}],
            "setups": {"changes": [{"to": "A", "time": "5 min"}], "min_run": {"A": 2}},
            "rule": ["priority", "fifo"],
        },
        "oven": {"tools": 1, "pm": [{"every": "7 d", "takes": "4 h"}, {"every": "500 units", "takes": "1 h"}]},
        "cool": {"tools": "unlimited"},
    },
    "products": {
        "plate": {"route": "main", "release": {"every": {"exponential": "30 min"}}, "due": "2 d"},
        "rod": {"route": "main", "release": {"wip": 4}},
    },
    "routes": {
        "main": [
            {"step": "form", "toolgroup": "press", "time": "20 min", "setup": "A",
             "queue_limit": {"until": "bake", "limit": "4 h"}},
            {"step": "bake", "toolgroup": "oven", "time": "40 min", "batch": {"min": 2, "max": 4}},
            {"step": "rest", "toolgroup": "cool", "time": "1 h", "rework": {"probability": 0.05, "to": "form"}},
        ]
    },
    "transport": {"time": "5 min"},
}  # fmt: skip


def shop(*changes: tuple[str, str, str | None]) -> Line:
    """The line with these changes: path and value, beginning, end."""
    listed = [{"change": change, "from": begins} | ({"to": ends} if ends else {}) for change, begins, ends in changes]
    return Line.from_document(DOCUMENT | {"transients": listed})


def tools(line: Line, group: str = "press") -> list[tuple[float, int | None]]:
    """Start [d] and tools of each phase."""
    return [(start / DAY, phase.toolgroups[group].tools) for start, phase in line.phases()]


def faults(*changes: tuple[str, str, str | None]) -> str:
    """What is said of these changes."""
    with pytest.raises(LineError) as caught:
        shop(*changes)
    return str(caught.value)


def test_a_line_without_changes_has_one_phase() -> None:
    line = Line.from_document(DOCUMENT)
    ((start, phase),) = line.phases()
    assert start == 0.0 and phase is line


def test_a_change_begins_and_ends() -> None:
    line = shop(("toolgroups.press.tools=1", "30 d", "35 d"))
    assert tools(line) == [(0, 3), (30, 1), (35, 3)]
    base = Line.from_document(DOCUMENT)
    phases = [phase for _, phase in line.phases()]
    assert phases[0] == base == phases[2]
    assert all(not phase.transients for phase in phases)
    assert phases[1].toolgroups["oven"] == base.toolgroups["oven"]


def test_a_change_may_begin_at_once_and_last_to_the_end() -> None:
    assert tools(shop(("toolgroups.press.tools=1", "0 d", "5 d"))) == [(0, 1), (5, 3)]
    assert tools(shop(("toolgroups.press.tools=1", "5 d", None))) == [(0, 3), (5, 1)]


def test_of_two_on_one_path_the_later_listed_wins_and_the_other_comes_back() -> None:
    inside = shop(("toolgroups.press.tools=1", "10 d", "20 d"), ("toolgroups.press.tools=2", "12 d", "14 d"))
    assert tools(inside) == [(0, 3), (10, 1), (12, 2), (14, 1), (20, 3)]
    across = shop(("toolgroups.press.tools=2", "12 d", "25 d"), ("toolgroups.press.tools=1", "10 d", "20 d"))
    assert tools(across) == [(0, 3), (10, 1), (20, 2), (25, 3)], "the first one shows when the second has ended"


def test_changes_of_different_places_combine() -> None:
    line = shop(("toolgroups.press.tools=1", "10 d", "20 d"), ("routes.main.bake.time=1 h", "15 d", "30 d"))
    times = [(start / DAY, phase.routes["main"][1].time.mean) for start, phase in line.phases()]
    assert times == [(0, 2400), (10, 2400), (15, 3600), (20, 3600), (30, 2400)]
    assert tools(line) == [(0, 3), (10, 1), (15, 1), (20, 3), (30, 3)]


def test_neighbours_that_are_equal_are_one_phase() -> None:
    line = shop(("toolgroups.press.tools=1", "10 d", "20 d"), ("toolgroups.press.tools=1", "20 d", "30 d"))
    assert tools(line) == [(0, 3), (10, 1), (30, 3)]
    restored = shop(("toolgroups.press.tools=1", "10 d", "20 d"), ("toolgroups.press.tools=3", "15 d", "20 d"))
    assert tools(restored) == [(0, 3), (10, 1), (15, 3)]


def test_a_group_may_be_without_tools_only_for_a_time() -> None:
    assert tools(shop(("toolgroups.press.tools=0", "1 d", "2 d"))) == [(0, 3), (1, 0), (2, 3)]
    with pytest.raises(LineError, match="at least 1"):
        read("fab/mini_fab", set={"toolgroups.litho.tools": 0})


def test_times_that_round_to_one_tick_make_one_phase() -> None:
    line = shop(("toolgroups.press.tools=1", "10 s", "20 s"), ("toolgroups.oven.buffer=3", "10.0001 s", "20 s"))
    assert [start for start, _ in line.phases()] == [0.0, 10.0, 20.0]


MAY = [
    "toolgroups.press.tools=5", "toolgroups.press.buffer=2", "toolgroups.press.buffer=unlimited",
    "toolgroups.press.rule=[edd, fifo]", "toolgroups.press.load=1 min", "toolgroups.press.failures.0.mtbf=4 h",
    "toolgroups.press.failures.0.mttr.exponential=20 min", "toolgroups.press.failures.0.availability=90 %",
    "toolgroups.press.setups.changes.0.time=6 min", "toolgroups.press.setups.min_run.A=4",
    "toolgroups.oven.pm.0.every=3 d", "toolgroups.oven.pm.0.takes=6 h", "toolgroups.oven.pm.1.every=300 units",
    "products.plate.release.every.exponential=20 min", "products.rod.release.wip=8", "products.plate.due=3 d",
    "products.plate.priority=20", "routes.main.form.time={lognormal: [20 min, 5 min]}", "routes.main.form.sample=50 %",
    "routes.main.bake.batch.min=1", "routes.main.rest.rework.probability=0.2",
    "routes.main.form.queue_limit.limit=1 h", "transport.time=10 min", "stations.press.tools=2",
]  # fmt: skip


@pytest.mark.parametrize("change", MAY)
def test_what_may_change(change: str) -> None:
    line = shop((change, "1 d", "2 d"))
    assert [start / DAY for start, _ in line.phases()] == [0, 1, 2]


MAY_NOT = {
    "toolgroups.press.area=hall": "toolgroups.press.area cannot change for a time; what can, of toolgroups: tools",
    "toolgroups.press.tools=unlimited": "unlimited",
    "toolgroups.cool.tools=4": "tools of 'cool' cannot become or cease to be unlimited for a time",
    "toolgroups.press.failures=[]": "toolgroups.press.failures cannot change for a time",
    "toolgroups.press.failures.0.clock=calendar": "clock cannot change for a time",
    "toolgroups.oven.pm.0.every=300 units": "pm of 'oven' cannot be due by another of time, units and alarms",
    "toolgroups.oven.pm.0.first=1 d": "first cannot change for a time",
    "toolgroups.press.transport=none": "transport cannot change for a time",
    "products.plate.route=main2": "no route 'main2'",
    "products.plate.lot_size=2": "lot_size cannot change for a time; what can, of products: due",
    "products.plate.release=saturated": "products.plate.release cannot change for a time",
    "products.plate.release.wip=5": "the release of 'plate' cannot change its kind for a time",
    "products.plate.release.start=1 d": "start cannot change for a time",
    "products.rod.due=1 d": "'rod' cannot have a due date only for a time",
    "routes.main.form.toolgroup=oven": "toolgroup cannot change for a time; what can, of routes: a step's time",
    "routes.main.form.setup=B": "setup cannot change for a time",
    "routes.main.form.cascade={every: 1 min}": "cascade cannot change for a time",
    "routes.main.form.queue_limit.until=rest": "until cannot change for a time",
    "routes.main.rest.rework.to=bake": "to cannot change for a time",
    "transport=none": "transport cannot change for a time",
    "tick=1 s": "tick cannot change for a time; what can: toolgroups, products, routes, auxiliaries, transport",
    "run.seed=3": "run.seed cannot change for a time",
}


@pytest.mark.parametrize(("change", "words"), MAY_NOT.items())
def test_what_may_not_change(change: str, words: str) -> None:
    told = faults((change, "1 d", "2 d"))
    assert words in told
    assert told.startswith("transients.0.change: ")
    assert "\n" not in told


@pytest.mark.parametrize(
    ("change", "begins", "ends", "words"),
    [
        ("toolgroups.press.tools=1", "5 d", "5 d", "ends at 5 d and begins at 5 d; write a later end"),
        ("toolgroups.press.tools=1", "5 d", "4 d", "ends at 4 d and begins at 5 d"),
        ("toolgroups.press.tools=1", "5 s", "5.0001 s", "write a later end"),
        ("toolgroups.press.tools=1", "5 d", "2000 d", "beyond the clock's reach"),
        ("toolgroups.press.tools=1", "-1 d", None, "cannot be negative"),
        ("toolgroups.press.tools=1", "5", None, "a time needs a unit"),
        ("toolgroups.prss.tools=1", "5 d", None, "toolgroups has no 'prss'; did you mean 'press'?"),
        ("toolgroups.press.tols=1", "5 d", None, "unknown key 'tols', did you mean 'tools'?"),
        ("toolgroups.press.tools=x", "5 d", None, "needs a whole number or 'unlimited' such as 1, not 'x'"),
        ("toolgroups.press.tools=-1", "5 d", None, "at least 0, not -1"),
        ("toolgroups.press.tools={", "5 d", None, "was it cut short?"),
        ("toolgroups.press.tools=3", "5 d", None, "toolgroups.press.tools is 3 already"),
        ("routes.main.bake.time=2400 s", "5 d", None, "routes.main.bake.time is 2400 s already"),
        ("toolgroups.press.tools", "5 d", None, "is no change; write PATH=VALUE"),
        ("toolgroups.press.tools=1 from 3 d", "5 d", None, "the times stand in keys of their own"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(change: str, begins: str, ends: str | None, words: str) -> None:
    assert words in faults((change, begins, ends))


def test_changes_that_spoil_each_other_are_told() -> None:
    told = faults(("routes.main.bake.batch.min=4", "1 d", "9 d"), ("routes.main.bake.batch.max=3", "5 d", "6 d"))
    assert told.startswith("transients.1.change: together with transients.0: ")
    assert "min 4 is above max 3" in told


def test_a_fault_has_its_place_in_the_file(tmp_path: Path) -> None:
    text = """\
twin: 1
line: small
toolgroups: {saw: {tools: 2}}
products: {plate: {route: main, release: {every: 10 min}}}
routes: {main: [{step: cut, toolgroup: saw, time: 8 min}]}
transients:
  - {change: toolgroups.saw.tools=1, from: 3 d, to: 4 d}
  - {change: toolgroups.sow.tools=1, from: 3 d, to: 4 d}
  - {change: toolgroups.saw.tools=1, from: 3 d, too: 4 d}
"""
    (tmp_path / "line.yaml").write_text(text)
    with pytest.raises(LineError) as caught:
        read(tmp_path / "line.yaml")
    told = str(caught.value)
    assert "line.yaml:9:49: transients.2.too: unknown key 'too', did you mean 'to'?" in told
    (tmp_path / "line.yaml").write_text("\n".join(text.splitlines()[:-1]))
    with pytest.raises(LineError) as caught:
        read(tmp_path / "line.yaml")
    assert "line.yaml:8:14: transients.1.change: toolgroups has no 'sow'; did you mean 'saw'?" in str(caught.value)


def test_a_change_in_text_becomes_one_of_the_documents() -> None:
    path = "toolgroups.litho.tools"
    line = read("fab/mini_fab", set=[(path, "2 from 30 d to 35 d"), (path, "3 from 60 d"), (path, 4)])
    assert line.toolgroups["litho"].tools == 4
    assert [str(transient) for transient in line.transients] == [
        f"{path}=2 from 30 d to 35 d", f"{path}=3 from 60 d",
    ]  # fmt: skip
    assert tools(line, "litho") == [(0, 4), (30, 2), (35, 4), (60, 3)]
    assert read("fab/mini_fab", set={path: "2 from 30 d to 35 d"}).transients == line.transients[:1]


def test_the_documents_own_changes_come_first() -> None:
    line = shop(("toolgroups.press.tools=1", "10 d", "20 d"))
    document = line.to_document() | {"transients": line.to_document()["transients"][0]}  # one alone, without a list
    from twin.line.edit import edited

    both, _ = edited(document, {"toolgroups.press.tools": "2 from 12 d to 14 d"})
    assert tools(Line.from_document(both)) == [(0, 3), (10, 1), (12, 2), (14, 1), (20, 3)]


def test_it_reads_back_equal_and_is_in_the_schema() -> None:
    import jsonschema

    line = shop(("toolgroups.press.tools=1", "10 d", "20 d"), ("transport.time=6 min", "3 d", None))
    document = line.to_document()
    assert document["transients"] == [
        {"change": "toolgroups.press.tools=1", "from": "10 d", "to": "20 d"},
        {"change": "transport.time=6 min", "from": "3 d"},
    ]
    assert Line.from_document(json.loads(json.dumps(document))) == line
    assert line != Line.from_document(DOCUMENT)
    jsonschema.validate(document, json_schema())


def test_a_table_of_times_is_kept_in_the_document(tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text("slow [min]\n30\n50\n")
    given = [{"change": "routes.main.bake.time={empirical: {file: times.csv, column: slow}}", "from": "5 d"}]
    line = Line.from_document(DOCUMENT | {"transients": given}, tmp_path)
    (tmp_path / "times.csv").unlink()
    again = Line.from_document(line.to_document())
    assert again == line
    assert again.phases()[1][1].routes["main"][1].time.values == (1800.0, 3000.0)


def test_other_settings_of_the_run_leave_the_changes_alone() -> None:
    line = shop(("toolgroups.press.tools=1", "10 d", "20 d")).with_run(horizon="50 d")
    assert tools(line) == [(0, 3), (10, 1), (20, 3)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("3", None),
        ("1 from 30 d to 35 d", Timed("1", "30 d", "35 d")),
        ("1  from 30 d", Timed("1", "30 d", None)),
        ("{exponential: 40 h} from 2.5 h to 1e1 h", Timed("{exponential: 40 h}", "2.5 h", "1e1 h")),
        ("{from: A, to: B, time: 3 min}", None),
        ("'x from 3 d'", None),
        ("door to door", None),
        ("parts from A", None),
        ("[a from 3 d, b]", None),
    ],
)
def test_values_with_times(text: str, parts: Timed | None) -> None:
    assert timed(text) == parts


def test_an_end_needs_a_beginning() -> None:
    with pytest.raises(ValueError, match="begins at no time; write 'from 0 d to 3 d'"):
        timed("1 to 3 d")


def test_several_changes_in_one_text() -> None:
    text = "a.b=1; c={x: 'p;q', y: [1; 2]} ; d=1 from 3 d to 4 d;"
    assert split_changes(text) == [("a.b", "1"), ("c", "{x: 'p;q', y: [1; 2]}"), ("d", "1 from 3 d to 4 d")]
    assert split_changes(" ") == []
    with pytest.raises(ValueError, match="'b' is no change"):
        split_changes("a=1; b")


@pytest.mark.parametrize(
    ("text", "name", "changes"),
    [
        ("third oven: a=3", "third oven", "a=3"),
        ("Anna's oven: a=3; b=4", "Anna's oven", "a=3; b=4"),
        ("'2: the other': a=3", "2: the other", "a=3"),
        ("law: a={exponential: 3 min}", "law", "a={exponential: 3 min}"),
    ],
)
def test_a_scenario_in_one_text(text: str, name: str, changes: str) -> None:
    assert split_scenario(text) == (name, changes)


@pytest.mark.parametrize("text", ["a=3", "a={exponential: 3 min}", ": a=3", "nothing"])
def test_a_scenario_without_a_name(text: str) -> None:
    with pytest.raises(ValueError, match="has no name"):
        split_scenario(text)
