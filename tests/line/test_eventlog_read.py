"""Reading event logs: columns, timestamps and time zones, and every fault with its place."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from twin.line import LineError
from twin.line.eventlog_read import EventLog, Reading, read_event_log, read_map
from twin.line.eventlog_times import read_times

HEAD = "case,activity,resource,start,end\n"
LOG = HEAD + (
    "1,turn,T1,2024-03-04 06:00,2024-03-04 07:30\n"
    "1,grind,G1,2024-03-04 08:00,2024-03-04 08:45\n"
    "2,turn,T1,2024-03-04 07:30,2024-03-04 09:00\n"
)
HOUR = 3600.0


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read_text(text: str, reading: Reading | None = None) -> EventLog:
    Path("log.csv").write_text(text, encoding="utf-8")
    return read_event_log(Path("log.csv"), reading or Reading())


def refused(text: str, reading: Reading | None = None) -> list[str]:
    """The faults, without the source lines below them."""
    with pytest.raises(LineError) as error:
        read_text(text, reading)
    return [line for line in str(error.value).splitlines() if line.startswith(("log.csv", "...", "--"))]


def test_a_log() -> None:
    log = read_text(LOG)
    assert log.zero == datetime(2024, 3, 4) and log.step_s == 60.0  # a Monday, and whole minutes
    assert log.events[["case", "activity", "resource", "product"]].to_numpy().tolist() == [
        ["1", "turn", "T1", "case"], ["1", "grind", "G1", "case"], ["2", "turn", "T1", "case"],
    ]  # fmt: skip
    assert log.events["start"].tolist() == [6 * HOUR, 8 * HOUR, 7.5 * HOUR]
    assert log.events["end"].tolist() == [7.5 * HOUR, 8.75 * HOUR, 9 * HOUR]
    assert log.others == [] and log.notes == ["times are ISO 8601"]


def test_columns_by_map_by_usual_names_and_not_read() -> None:
    text = LOG.replace(HEAD, "case:concept:name,Step,org:resource,start_timestamp,time:timestamp\n")
    log = read_text(text, Reading(columns=read_map(["activity=Step"])))
    assert log.headers["activity"] == "Step" and log.headers["end"] == "time:timestamp"
    text = LOG.replace(HEAD, "Case, No,who,what,from,to\n".replace("Case, No", '"Case, No"'))
    mapped = read_map(["case=Case, No, activity = who,resource=what", "start=from,end=to"])
    assert mapped == {"case": "Case, No", "activity": "who", "resource": "what", "start": "from", "end": "to"}
    assert read_text(text, Reading(columns=mapped)).events["case"].tolist() == ["1", "1", "2"]
    log = read_text(LOG.replace("resource", "remark"))
    assert log.others == ["remark"] and log.events["resource"].isna().all()
    assert "no column says the resource: every activity has tools of its own" in log.notes


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("case", "'case' is no pair; write for instance 'case=Case ID'"),
        ("cases=A", "nothing is called 'cases'; did you mean 'case'?"),
        ("case=A,case=B", "case stands twice"),
    ],
)
def test_a_map_that_cannot_be_read(words: str, told: str) -> None:
    with pytest.raises(LineError, match=r"--map ") as error:
        read_map([words])
    assert told in str(error.value)


SWAPPED = LOG.replace("08:00,2024-03-04 08:45", "08:45,2024-03-04 08:00")
OVERLAP = LOG.replace("1,grind,G1,2024-03-04 08:00", "1,grind,G1,2024-03-04 07:15")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["1:1: the file is empty; its first line names the columns"]),
        (HEAD, ["1:1: there are no events below the header; a row is an event"]),
        ("case,activity,resource\n1,a,b\n", ["1:1: no column says the end; name it with --map end=COLUMN",
                                             "1:1: no column says the start; name it with --map start=COLUMN"]),
        (LOG.replace("06:00,", "06:00,").replace("2024-03-04 07:30\n1", "\n1"),
         ["2:28: the end is blank; write a time, or leave the event out"]),
        (LOG.replace("08:00,2024-03-04 08:45", "08:00,tomorrow"),
         ["3:29: 'tomorrow' is no time; the others are written as 2012-01-30 06:24:00"]),
        (SWAPPED, ["3:29: the end 2024-03-04 08:00 is before the start 2024-03-04 08:45; are the two swapped"]),
        (LOG.replace("1,grind", ",grind").replace("2,turn", "2,"),
         ["3:1: the case is blank; write one", "4:3: the activity is blank; write one"]),
        (LOG.replace("grind", "end"), ["3:3: 'end' means leaving the line; give it another name, or leave it"]),
        (LOG.replace(",G1", ""), ["3:1: the row has 4 cells and the header 5; was the file cut short?"]),
        (OVERLAP, ["3:12: case '1' begins 'grind' here while its 'turn' of line 2 goes on; 1 of 3 events, in 1 cases"]),
        (LOG.replace("2024-03-04", "Monday"), ["2:11: the times such as 'Monday 06:00' cannot be read: no format"]),
        (LOG.replace("2024-03-04 0", ""), ["2:11: the times such as '6:00' cannot be read: no format that is tried"]),
        (HEAD + "1,a,b,3,4\n", ["2:7: the times are plain numbers such as '3'; name their unit, for instance --time"]),
        (LOG.replace("2024-03-04", "04/03/2024"), ["2:11: '04/03/2024 06:00': day or month first? Both can be read"]),
        (LOG.replace("06:00", "06:00+01:00"), ["2:11: some times have a time zone and others have none"]),
        (LOG.replace("resource", "product"), ["3:9: case '1' has the product 'G1' here and 'T1' before; write one"]),
        (LOG.replace("resource", "toolgroup").replace("2,turn,T1", "2,turn,T2"),
         ["4:8: activity 'turn' has the toolgroup 'T2' here and 'T1' before; write one"]),
    ],
)  # fmt: skip
def test_faults_name_file_line_and_column(text: str, faults: list[str]) -> None:
    told = refused(text)
    assert len(told) == len(faults), told
    for line, fault in zip(told, faults, strict=True):
        assert line.startswith(f"log.csv:{fault}"), told


def test_a_release_after_the_start_is_a_fault() -> None:
    text = LOG.replace("resource", "released").replace(",T1,", ",2024-03-04 06:10,").replace(",G1,", ",,")
    told = refused(text)
    assert told == ["log.csv:2:8: the release of case '1' is after the start of its 'turn'; correct one of them"]
    log = read_text(text.replace("06:10", "05:30"))
    assert log.events["released"].tolist() == [5.5 * HOUR] * 3  # it may stand with any event of its case
    log = read_text(text.replace("06:10", "05:30").replace("2,turn,2024-03-04 05:30", "2,turn,"))
    assert log.events["released"].isna().all()
    assert "1 cases have no release: the releases of the others are not used" in log.notes


def test_columns_that_are_not_there() -> None:
    assert refused(LOG, Reading(columns={"case": "cas"})) == [
        "log.csv:1:1: --map case=cas: there is no column 'cas'; did you mean 'case'?"
    ]
    text = LOG.replace(HEAD, "case,activity,start,start,end\n")
    assert refused(text, Reading(columns={"start": "start"}))[0].startswith(
        "log.csv:1:1: --map start=start: several columns are called 'start'"
    )


def test_of_many_faults_of_one_kind_a_few_are_told() -> None:
    told = refused(HEAD + "1,a,b,2024-03-04 07:00,2024-03-04 06:00\n" * 500 + "2,a,b,2024-03-04 07:00,\n")
    assert len(told) == 22 and told[-1] == "... and 480 more of this kind: end before start"


def test_overlap_is_taken_in_turn_when_it_is_allowed() -> None:
    log = read_text(OVERLAP, Reading(allow_overlap=True))
    assert any(note.startswith("1 of 3 events, in 1 cases, begin before another of their case") for note in log.notes)


def test_activities_dropped() -> None:
    text = LOG + "2,note,,2024-03-04 07:00,2024-03-04 07:00\n2,Big  change,,2024-03-04 07:00,2024-03-04 07:00\n"
    log = read_text(text, Reading(drop=("note", "Big change")))
    assert len(log.events) == 3 and "note: 1 events dropped, as --drop says" in log.notes
    told = read_text(text, Reading(drop=("Big change",))).notes
    assert "note: never takes any time; if it is no work, leave it out with --drop 'note'" in told
    assert refused(LOG, Reading(drop=("not",)))[0].startswith("--drop not: log.csv has no such activity; choose from")


def test_repeated_rows_and_unnamed_resources_are_told() -> None:
    text = LOG.replace("2,turn,T1", "2,turn,") + "2,turn,,2024-03-04 07:30,2024-03-04 09:00\n"
    notes = read_text(text, Reading(allow_overlap=True)).notes
    assert "1 events repeat another in case, activity, resource and times: kept" in notes
    assert "2 events have no resource" in notes


@pytest.mark.parametrize(
    ("cells", "form", "seconds"),
    [
        (["2024-03-04T06:00", "2024-03-05T06:00"], None, [6, 30]),
        (["2024/03/04 06:00:00.000", "2024/03/04 06:30:00.000"], None, [6, 6.5]),
        (["04.03.2024 06:00", ""], None, [6, np.nan]),
        (["04.03.2024 06:00:30", "x"], None, [6 + 30 / 3600, np.nan]),
        (["13/03/2024 06:00", "04/03/2024 06:00"], None, [222, 6]),
        (["03/13/2024 06:00", "03/04/2024 06:00"], None, [222, 6]),
        (["04/03/24 6h", "05/03/24 7h"], "%d/%m/%y %Hh", [6, 31]),
        (["1.5", "2e2", "x"], "h", [1.5, 200, np.nan]),
        (["2024-03-04 06:00+02:00", "2024-03-04 05:00Z"], None, [4, 5]),
        (["2024-03-04 06:00+02:00", "2024-03-04 07:00+02:00"], None, [6, 7]),
    ],
)
def test_formats(cells: list[str], form: str | None, seconds: list[float]) -> None:
    """Hours from the Monday before the first time, 4 March 2024."""
    found = read_times(cells, form, None)
    assert found.seconds / HOUR == pytest.approx(seconds, nan_ok=True)
    assert found.zero == (None if form == "h" else datetime(2024, 3, 4))


def test_time_zones() -> None:
    """On 31 March 2024 the clocks of Berlin go from 2 to 3: what looks like two hours is one."""
    cells = ["2024-03-31 01:30", "2024-03-31 03:30"]
    assert np.diff(read_times(cells, None, None).seconds) == 2 * HOUR
    found = read_times(cells, None, "Europe/Berlin")
    assert np.diff(found.seconds) == HOUR and found.zero == datetime(2024, 3, 25) and "Europe/Berlin" in found.told
    assert found.seconds[0] == (6 * 24 + 1.5) * HOUR
    written = read_times(["2024-03-31 00:30Z", "2024-03-31 01:30Z"], None, "Europe/Berlin")
    assert written.seconds.tolist() == found.seconds.tolist()
    with pytest.raises(LineError, match="--time-zone Mars/Base: there is no such time zone"):
        read_times(cells, None, "Mars/Base")


def test_a_format_that_does_not_fit() -> None:
    with pytest.raises(LineError, match=r"the format '%d.%m.%Y' does not fits|'%d.%m.%Y' does not"):
        read_times(["2024-03-04 06:00"], "%d.%m.%Y", None)
    with pytest.raises(LineError, match="--time-format %Q"):
        read_times(["2024-03-04 06:00"], "%Q", None)
