"""Calendars in a document: what is refused and where, what they say of a week, tables, changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from spoiled import SOUND, STARTS, WIP

from twin.line import Line, LineError, json_schema, read
from twin.line.calendar_week import open_seconds, open_share, open_time, shifts_between
from twin.line.sheets_export import export_tables

HEAD = "twin: 1\n"
CALENDARS = """\
calendar: two
calendars:
  two:
    starts: 2026-01-05
    shifts:
      - {name: early, days: mon-fri, from: 06:00, to: "14:00", breaks: [{at: 09:00, takes: 15 min}]}
      - {name: late, days: mon-thu, from: "14:00", to: "22:00", breaks: {at: "18:00", takes: 30 min}}
      - {name: night, days: [sat, sun], from: "22:00", to: 04:00}
    holidays: [2026-01-06, 2026-12-24 to 2026-12-31]
    overtime: {day: 5, from: 08:00, to: "12:00"}
    stops: [repair, processing]
"""
MADE = SOUND.replace(HEAD, HEAD + CALENDARS)
HOUR = 3600


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a sound document that has calendars, and its tables."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("shop.yaml", MADE), ("starts.csv", STARTS), ("wip.csv", WIP)):
        Path(name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("calendar: two", "calendar: tow", "2:", "the line has no calendar 'tow'; did you mean 'two'?"),
        ("tools: 2, buffer: 5", "tools: 2, buffer: 5, calendar: day", "16:", "no calendar 'day'; choose from two"),
        ("tools: 2, buffer: 5", "tools: unlimited, calendar: two", "16:", "unlimited group has no tools"),
        ("days: mon-thu", "days: mon-tho", "8:", "'tho' is no day of the week; did you mean 'thu'?"),
        ("days: mon-thu", "days: mon-thu, wed", "8:", "unknown key 'wed'"),
        ("days: [sat, sun]", "days: [sat, sat-sun]", "9:", "sat stands twice"),
        ("days: [sat, sun]", "days: []", "9:", "needs a day of the week"),
        ("from: 06:00", "from: 6", "7:", "needs a time of day such as \"06:00\", not 6"),
        ("from: 06:00", "from: 06:60", "7:", "'06:60' is no time of day"),
        ("from: 06:00", "from: 24:01", "7:", "'24:01' is no time of day"),
        ('to: "14:00", b', 'to: "15:00", b', "8:", "shift 'late' begins before 'early' has ended"),
        ("to: 04:00", "to: 06:30", "7:", "shift 'early' begins before 'night' has ended"),
        ("name: late", "name: early", "8:", "shift 'early' stands twice"),
        ("{at: 09:00, takes: 15 min}", "{at: 05:00, takes: 15 min}", "7:", "lie outside 06:00 to 14:00"),
        ("{at: 09:00, takes: 15 min}", '{at: "13:50", takes: 15 min}', "7:", "lie outside 06:00 to 14:00"),
        ("{at: 09:00, takes: 15 min}", "{at: 06:00, takes: 8 h}", "7:", "leave nothing of it, so that it never opens"),
        ("{at: 09:00, takes: 15 min}]", "{at: 09:00, takes: 1 h}, {at: 09:10, takes: 1 s}]", "7:", "in the break"),
        ("{at: 09:00, takes: 15 min}", "{at: 09:00, takes: 0 s}", "7:", "needs a time above 0"),
        ("2026-01-06,", "2026-02-30,", "10:", "'2026-02-30' is no day"),
        ("2026-01-06,", "2025-12-24,", "10:", "lies before the run, which starts on 2026-01-05"),
        ("2026-12-24 to 2026-12-31", "2026-12-31 to 2026-12-24", "10:", "ends before it begins"),
        ("2026-12-24 to 2026-12-31", "2026-12-24 to 400", "10:", "mixes a date with a day of the run"),
        ("    starts: 2026-01-05\n", "", "9:", "is a date, and the calendar has none to count from"),
        ("starts: 2026-01-05", "starts: monday", "5:", "needs a date such as 2026-01-05, not 'monday'"),
        ("day: 5, from: 08:00", "day: 4, from: 08:00", "11:", "shares time with what is worked on day 4 anyway"),
        ("[repair, processing]", "[repair, procesing]", "12:", "cannot stop 'procesing'; did you mean 'processing'?"),
        ("{every: {exponential: 3 min}, start: 1 h}", "{wip: 3, calendar: two}", "31:", "only intervals"),
        ("3 min}, start: 1 h}", "3 min}, calendar: tow}", "31:", "did you mean 'two'?"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_cure(old: str, new: str, place: str, words: str) -> None:
    assert MADE.count(old) == 1, MADE
    Path("shop.yaml").write_text(MADE.replace(old, new), encoding="utf-8")
    with pytest.raises(LineError) as told:
        read("shop.yaml")
    lines = [line for line in str(told.value).splitlines() if line.startswith("shop.yaml:")]
    assert words in lines[0] and lines[0].startswith(f"shop.yaml:{place}"), told.value
    assert len(lines) == 1, told.value


def test_a_calendar_without_shifts_never_opens() -> None:
    text = MADE[: MADE.index("    shifts:")] + "    shifts: []\n" + MADE[MADE.index("    stops:") :]
    Path("shop.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(LineError, match=r"shop\.yaml:6:.*it never opens; write at least"):
        read("shop.yaml")


def test_holidays_that_leave_nothing_of_the_run() -> None:
    text = MADE.replace("[2026-01-06, 2026-12-24 to 2026-12-31]", "0 to 60").replace("[sat, sun]", "sat")
    text = text.replace('    overtime: {day: 5, from: 08:00, to: "12:00"}\n', "")
    Path("shop.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(LineError, match=r"shop\.yaml:4:3: calendars\.two: it never opens in the 30 d of the run"):
        read("shop.yaml")


def test_open_time_of_a_week_with_a_holiday_and_overtime() -> None:
    """Monday as usual but for the tail of Sunday's night, no shift on Tuesday, overtime on Saturday."""
    calendar = read("shop.yaml").calendars["two"]
    assert calendar.stops == ("processing", "repair")
    found = [(s.start / HOUR, s.end / HOUR) for s in open_time(calendar).first[:6]]
    assert found == [(0, 4), (6, 9), (9.25, 18), (18.5, 22), (54, 57), (57.25, 66)]
    week = 168 * HOUR
    usual = 5 * 7.75 + 4 * 7.5 + 2 * 6
    assert open_seconds(calendar, 0, week) == (usual - 7.75 - 7.5 + 4) * HOUR
    assert open_seconds(calendar, week, 2 * week) == usual * HOUR
    assert open_seconds(calendar, 60 * week, 60 * week + 7 * HOUR) == 5 * HOUR
    assert open_share(calendar) == pytest.approx(usual / 168)
    assert shifts_between(calendar, 0, week) == 5 + 4 + 2 - 2 + 1
    assert shifts_between(calendar, week, 3 * week) == 2 * 11


def test_shifts_that_meet_all_week_never_close() -> None:
    day = read("shop.yaml", set={"calendars.two": '{shifts: [{name: a, days: mon-sun, from: "06:00", to: "06:00"}]}'})
    of = open_time(day.calendars["two"])
    assert (len(of.first), of.loop, open_share(day.calendars["two"])) == (1, (), 1.0)
    assert of.first[0].start == 0
    assert of.first[0].end == float("inf")


def test_a_line_with_calendars_reads_back_equal_and_keeps_as_tables() -> None:
    line = read("shop.yaml", set={"toolgroups.weld.calendar": "none"})
    assert line.toolgroups["weld"].calendar == "none"
    assert Line.from_document(line.to_document()) == line
    assert {"calendars", "calendar"} <= set(json_schema()["properties"])
    export_tables(line, Path("shop.xlsx"))
    assert read("shop.xlsx") == line


def test_a_calendar_cannot_change_for_a_time() -> None:
    with pytest.raises(LineError, match=r"calendars\.two\.\S+ cannot change for a time"):
        read("shop.yaml", set={"calendars.two.stops": "repair from 2 d to 3 d"})
    with pytest.raises(LineError, match=r"calendar cannot change for a time"):
        read("shop.yaml", set={"toolgroups.weld.calendar": "none from 2 d to 3 d"})


def test_a_crew_of_another_number_keeps_its_calendar() -> None:
    text = MADE.replace(HEAD, HEAD + "crews: {op: {count: 2, calendar: two}}\n")
    Path("shop.yaml").write_text(text, encoding="utf-8")
    assert read("shop.yaml", set={"crews.op": "5"}).crews["op"].calendar == "two"
    line = read("shop.yaml", set={"crews.op": "0 from 2 d to 3 d"})
    assert [(phase.crews["op"].count, phase.crews["op"].calendar) for _, phase in line.phases()] == [
        (2, "two"), (0, "two"), (2, "two")]  # fmt: skip


def test_a_what_if_changes_a_shift() -> None:
    line = read("shop.yaml", set={"calendars.two.shifts.1.to": "23:00"})
    assert line.calendars["two"].shifts[1].to == "23:00"
