"""Drafting a line from an event log: tools, routes, batches, hours and waits of logs small enough to reckon by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from twin.line import Line, LineError, read
from twin.line.eventlog import EventLogReport, Reading, import_eventlog
from twin.line.eventlog_calendar import Hours, find_hours
from twin.line.eventlog_routes import find_flow, probabilities
from twin.line.eventlog_shape import Batches, Group, find_batches, find_groups, most_at_once
from twin.line.eventlog_waits import find_waits

HOUR = 3600.0
Row = tuple[str, str, str, float, float]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def imported(rows: list[Row], reading: Reading | None = None, **options: bool | str) -> tuple[Line, EventLogReport]:
    """A line from rows of case, activity, resource, start and end [h]."""
    lines = [",".join(map(str, row)) for row in [("case", "activity", "resource", "start", "end"), *rows]]
    Path("log.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = import_eventlog(
        Path("log.csv"), Path("line.yaml"), reading or Reading(time_format="h"), force=True, **options  # type: ignore[arg-type]
    )
    return read("line.yaml"), report


def events_of(rows: list[Row]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["case", "activity", "resource", "start", "end"])
    frame[["start", "end"]] *= HOUR
    frame = frame.sort_values(["case", "start"], ignore_index=True)
    return frame.assign(product="case", toolgroup="", released=np.nan)


def line_of_cases(count: int) -> list[Row]:
    """Cases every two hours: an hour of turning, then half an hour of washing at once."""
    rows: list[Row] = []
    for i in range(count):
        at = 2.0 * i
        rows += [(f"c{i}", "turn", "T1", at, at + 1), (f"c{i}", "wash", "W1", at + 1, at + 1.5)]
    return rows


def test_a_line_without_any_luck_is_drafted_as_it_is() -> None:
    line, report = imported(line_of_cases(20))
    assert {name: group.tools for name, group in line.toolgroups.items()} == {"turn": 1, "wash": 1}
    assert [(s.step, s.toolgroup, s.time.kind, s.time.mean) for s in line.routes["case"]] == [
        ("turn", "turn", "constant", HOUR), ("wash", "wash", "constant", HOUR / 2),
    ]  # fmt: skip
    assert not any(step.rework or step.branch for step in line.routes["case"])
    every = line.products["case"].release.every
    assert every is not None and every.mean == 2 * HOUR
    assert report.files == () and "none: every activity begins when the one before it ends" in str(report)
    for note in report.assumed:
        assert note in str(report)
    assert all(words in line.about for words in ("40 events of 20 cases", "1.5 h a case"))


def test_own_arrivals_are_a_schedule_beside_the_document() -> None:
    line, report = imported(line_of_cases(5), arrivals="log")
    release = line.products["case"].release
    assert release.kind == "schedule" and [start.time for start in release.schedule] == [2 * HOUR * i for i in range(5)]
    assert [file.name for file in report.files] == ["line_starts.csv"]
    assert line.run.warmup == 0 and line.run.horizon >= 9.5 * HOUR + 2 * 1.5 * HOUR


def test_what_repeats_by_chance_is_rework_and_what_repeats_always_a_step_of_its_own() -> None:
    always = find_flow([["A", "B", "A", "C"]] * 30)
    assert always.unrolled and always.steps == ("A", "B", "A 2", "C") and always.backward == 0
    assert always.activity["A 2"] == "A" and all(len(always.onward(step)) == 1 for step in always.steps)
    rng = np.random.default_rng(1)
    flow = find_flow([["A", *["B"] * int(rng.geometric(0.5)), "C"] for _ in range(200)])
    assert not flow.unrolled and flow.steps == ("A", "B", "C")
    on = flow.onward("B")
    assert list(on) == ["B", "C"] and on["C"] == 200
    assert flow.backward == on["B"] / (400 + on["B"])


def test_steps_stand_so_that_as_few_moves_as_may_be_go_back() -> None:
    """A third of the cases comes to C first, but from C to B there are fewer moves than from B to C."""
    flow = find_flow([["C", "B", "C"]] * 10 + [["A", "B", "C"]] * 20)
    assert flow.steps.index("B") < flow.steps.index("C")


def test_a_visits_name_is_never_that_of_an_activity() -> None:
    flow = find_flow([["A", "A 2", "A", "end of it"]] * 30)
    assert len(set(flow.steps)) == 4 and flow.activity[flow.steps[2]] == "A"


def test_probabilities_add_up_to_one_exactly() -> None:
    shares = probabilities({"a": 1, "b": 1, "c": 1})
    assert sorted(shares.values()) == ["0.333333", "0.333333", "0.333334"]
    many = probabilities({str(i): i for i in range(1, 200)})
    assert sum(round(float(share) * 1e6) for share in many.values()) == 1_000_000


def test_cases_that_begin_anywhere_come_from_a_step_that_sends_them() -> None:
    rows = [*line_of_cases(30), *((f"x{i}", "wash", "W1", 2.0 * i + 1.5, 2.0 * i + 2) for i in range(10))]
    line, _ = imported(rows)
    first = line.routes["case"][0]
    assert first.step == "arrival" and first.time.mean == 0 and line.toolgroups[first.toolgroup].tools is None
    assert [(arc.to, arc.probability) for arc in first.branch] == [("wash", 0.25)]


def test_activities_of_the_same_resources_share_a_toolgroup() -> None:
    rows: list[Row] = []
    for i in range(20):
        mill, drill = ("M1", "M2") if i % 2 else ("M2", "M1")
        rows += [(f"c{i}", "mill", mill, 3.0 * i, 3.0 * i + 2), (f"c{i}", "drill", drill, 3.0 * i + 2, 3.0 * i + 4)]
        rows += [(f"c{i}", "check", "Q1", 3.0 * i + 4, 3.0 * i + 4.5)]
    groups = find_groups(events_of(rows), {})
    assert [(group.name, group.tools, group.resources) for group in groups] == [("mill + drill", 2, 2), ("check", 1, 1)]
    named = events_of(rows)
    named["toolgroup"] = named["activity"].map({"mill": "cell", "drill": "cell", "check": ""})
    assert [group.name for group in find_groups(named, {})] == ["cell", "check"]


def test_tools_are_as_many_as_there_were_runs_at_once() -> None:
    starts, ends = np.array([0.0, 1.0, 2.0, 2.0]), np.array([2.0, 3.0, 4.0, 2.0])
    assert most_at_once(starts, ends) == 2  # one ends as the next begins
    rows = [(f"c{i}", "watch", "one man", float(i), i + 2.5) for i in range(20)]
    (group,) = find_groups(events_of(rows), {})
    assert (group.tools, group.resources, group.multitasking, group.most_of_one) == (3, 1, 1, 3)
    assert group.busy_s == 20 * 2.5 * HOUR


def test_lots_that_run_together_are_a_batch() -> None:
    rows: list[Row] = []
    for i in range(30):
        at = 30.0 + 5 * (i // 3)
        rows += [(f"c{i}", "load", "L1", 1.0 * i, i + 0.5), (f"c{i}", "bake", "F1", at, at + 4)]
    assert find_batches(events_of(rows)) == {"bake": Batches(3, 3, 10, mixed=False)}
    line, report = imported(rows)
    bake = next(step for step in line.routes["case"] if step.step == "bake")
    assert bake.batch is not None and (bake.batch.min, bake.batch.max, bake.per) == (3, 3, "batch")
    assert line.toolgroups["bake"].tools == 1 and bake.time.mean == 4 * HOUR
    assert not any(step.step.startswith("wait") for step in line.routes["case"])  # lots wait for their batch
    assert any(note.startswith("bake: a batch step of 3 lots") for note in report.assumed)


def test_waits_are_divided_by_hand() -> None:
    """One tool, busy from 1 to 3 and from 6 to 7; a case ready at 0 starts at 5: three hours of five it was free."""
    rows = [
        ("a", "prep", "P", -1.0, 0.0), ("a", "turn", "T", 5.0, 6.0), ("b", "turn", "T", 1.0, 3.0),
        ("c", "turn", "T", 6.0, 7.0),
    ]  # fmt: skip
    events = events_of(rows)
    group = Group("turn", ("turn",), 1, 1, 0, 1, np.array([1.0, 5.0, 6.0]) * HOUR, np.array([3.0, 6.0, 7.0]) * HOUR)
    waits = find_waits(events, [group], None, 1e-3)
    assert waits.free_s == 3 * HOUR and waits.full_s == 2 * HOUR and waits.closed_s == 0
    assert waits.free[events["case"] == "a"].tolist() == pytest.approx([np.nan, 3 * HOUR], nan_ok=True)
    hours = Hours(np.arange(168) % 24 != 4)  # closed from 4 to 5 every day
    waits = find_waits(events, [group], hours.opening, 1e-3)
    assert (waits.free_s, waits.full_s, waits.closed_s) == (2 * HOUR, 2 * HOUR, HOUR)


def test_what_no_busy_tool_explains_becomes_a_delay() -> None:
    """Every second case waits four hours between two free tools."""
    rows: list[Row] = []
    for i in range(40):
        at = 10.0 * i
        late = at + 1 + 4 * (i % 2)
        rows += [(f"c{i}", "turn", "T1", at, at + 1), (f"c{i}", "wash", "W1", late, late + 0.5)]
    line, report = imported(rows)
    turn, wait, wash = line.routes["case"]
    assert wait.step == "wait for wash" and line.toolgroups[wait.toolgroup].tools is None
    assert wait.sample == 0.5 and wait.time.kind == "constant" and wait.time.mean == 4 * HOUR
    assert [turn.time.mean, wash.time.mean] == [HOUR, HOUR / 2]
    assert "2 h a case between activities: 0.0% all tools busy, 100.0% a tool free" in str(report)


def test_a_queue_is_no_delay() -> None:
    """Two cases come at once, the second waits for the only tool: the line does that by itself."""
    rows: list[Row] = []
    for i in range(30):
        for k in range(2):
            rows += [(f"c{i}.{k}", "prep", f"P{k}", 5.0 * i, 5.0 * i + 1)]
            rows += [(f"c{i}.{k}", "turn", "T1", 5.0 * i + 1 + k, 5.0 * i + 2 + k)]
    line, report = imported(rows)
    assert [step.step for step in line.routes["case"]] == ["prep", "turn"]
    assert line.toolgroups["prep"].tools == 2 and line.toolgroups["turn"].tools == 1
    assert "100.0% all tools busy" in str(report)


def one_shift(weeks: int = 3) -> pd.DataFrame:
    """Work from 6 to 14 on five days a week, two machines; on Fridays until noon."""
    rows: list[Row] = []
    for day in range(7 * weeks):
        end = 12 if day % 7 == 4 else 14
        rows += [(f"c{day}", "turn", f"T{k}", 24.0 * day + 6, 24.0 * day + end) for k in (1, 2) if day % 7 < 5]
    return events_of(rows)


def test_hours_of_a_shift_are_found() -> None:
    hours = find_hours(one_shift())
    assert hours is not None and hours.count == 38
    assert hours.shifts() == [("fri", "06:00", "12:00"), ("mon-thu", "06:00", "14:00")]
    assert find_hours(one_shift(1)) is None  # one week says nothing of weeks
    assert find_hours(events_of([("c", "turn", "T1", 0.0, 24.0 * 30)])) is None


def test_open_time_and_closures_inside_a_run() -> None:
    hours = find_hours(one_shift())
    assert hours is not None
    at = np.array([0.0, 6, 10, 20, 30, 24 * 7, 24 * 7 + 7]) * HOUR
    assert hours.opening(at).tolist() == [h * HOUR for h in (0, 0, 4, 8, 8, 38, 39)]
    # from Monday 10:00 to Tuesday 08:00: closed from 14 to 6 in between
    starts = np.array([10.0, 10, 10, 20, 24 * 4 + 10, 13.5]) * HOUR
    ends = np.array([12.0, 20, 32, 32, 24 * 7 + 8, 30]) * HOUR
    assert hours.paused(starts, ends).tolist() == [h * HOUR for h in (0, 0, 16, 0, 66, 16)]


def test_a_line_of_one_shift_keeps_its_hours() -> None:
    """Eight hours a day: what lasts over night stands still in it, and a night is no delay."""
    text = "case,activity,resource,start,end\n"
    for day in range(26):
        if day % 7 > 4:
            continue
        dates = [f"2024-01-{1 + day + (3 if day % 7 == 4 else 1) * k:02}" for k in (0, 1)]
        for k in range(10):
            text += f"a{day}.{k},turn,T{k},{dates[0]} 06:00,{dates[0]} 13:00\n"
            text += f"a{day}.{k},wash,W{k},{dates[0]} 13:00,{dates[1]} 07:00\n"
            text += f"a{day}.{k},pack,P{k},{dates[1]} 08:00,{dates[1]} 14:00\n"
    Path("log.csv").write_text(text)
    report = import_eventlog(Path("log.csv"), Path("line.yaml"))
    line = read("line.yaml")
    (name,) = line.calendars
    assert line.calendar == name and [(s.days, s.from_, s.to) for s in line.calendars[name].shifts] == [
        ("mon-fri", "06:00", "14:00")
    ]
    turn, wash, wait, pack = line.routes["case"]
    assert [step.time.mean for step in (turn, wash, wait, pack)] == [7 * HOUR, 2 * HOUR, HOUR, 6 * HOUR]
    assert line.toolgroups[wait.toolgroup].tools == 5 * 20  # a pure delay would not keep the hours
    release = line.products["case"].release
    assert release.calendar == name and release.every is not None
    assert "hours: open 40 h a week" in str(report) and "closed" in str(report)
    assert report.draft.touch_s == pytest.approx(np.full(200, 15 * HOUR))


def test_products_have_routes_of_their_own() -> None:
    rows = [(c, *rest) for c, *rest in line_of_cases(20)]
    text = "case,activity,product,start,end\n"
    text += "".join(f"{c},{a},{'A' if int(c[1:]) % 2 else 'B'},{s},{e}\n" for c, a, _, s, e in rows)
    text += "z,wash,C,50,51\n"
    Path("log.csv").write_text(text)
    report = import_eventlog(Path("log.csv"), Path("line.yaml"), Reading(time_format="h"))
    line = read("line.yaml")
    assert list(line.products) == list(line.routes) == ["B", "A", "C"] and list(line.toolgroups) == ["turn", "wash"]
    # C came once: no law, so that all come as in the log
    assert line.products["A"].release.kind == "schedule" and len(line.products["A"].release.schedule) == 10
    assert report.made["products"] == 3


def test_names_that_yaml_reads_otherwise() -> None:
    odd = {"turn": "no", "wash": 'a: "b" [x]'}
    rows = [(c, f'"{odd[a].replace(chr(34), chr(34) * 2)}"', r, s, e + i / 100) for i, (c, a, r, s, e) in
            enumerate(line_of_cases(8))]  # fmt: skip
    line, _ = imported(rows, Reading(time_format="h", allow_overlap=True))
    assert [step.step for step in line.routes["case"] if not step.step.startswith("wait")] == list(odd.values())
    assert line.routes["case"][0].time.kind == "empirical"


def test_a_single_event_is_a_line() -> None:
    line, report = imported([("c", "turn", "T1", 0.0, 1.0)])
    assert line.products["case"].release.kind == "schedule" and line.routes["case"][0].time.mean == HOUR
    assert report.made == {"toolgroups": 1, "tools": 1, "products": 1, "steps": 1, "delays": 0, "empirical laws": 0}


@pytest.mark.parametrize(("arrivals", "horizon_d"), [("law", 990), ("log", 5 * 365 + 1)])
def test_a_log_of_years(arrivals: str, horizon_d: int) -> None:
    """Longer than a clock of milliseconds may hold: a clock of seconds, and no run of fifty years."""
    late = 24.0 * 365 * 5
    line, _ = imported([("a", "turn", "T1", 0.0, 1.0), ("b", "turn", "T1", late, late + 1)], arrivals=arrivals)
    assert line.tick == 1 and line.run.horizon == horizon_d * 24 * HOUR


def test_places_that_cannot_be_written() -> None:
    imported(line_of_cases(5))
    before = sorted((file.name, file.read_bytes()) for file in Path().iterdir())
    for out, words in (
        ("line.yaml", "is there already; choose another name, or replace it with --force"),
        ("line.txt", "a line document's name ends in .yaml; write for instance -o line.yaml"),
        ("nowhere/line.yaml", "there is no folder nowhere"),
    ):
        with pytest.raises(LineError, match=words):
            import_eventlog(Path("log.csv"), Path(out), Reading(time_format="h"))
    with pytest.raises(LineError, match="cannot be read"):
        import_eventlog(Path("nothing.csv"), Path("new.yaml"))
    Path("new_starts.csv").write_text("mine")
    with pytest.raises(LineError, match="is there already; choose another name than new"):
        import_eventlog(Path("log.csv"), Path("new.yaml"), Reading(time_format="h"), arrivals="log")
    Path("new_starts.csv").unlink()
    assert sorted((file.name, file.read_bytes()) for file in Path().iterdir()) == before
