"""`twin import eventlog`: a log becomes a line that checks clean and runs, and what is wrong with it ends in code 2."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from twin.cli import app

Call = Callable[..., tuple[int, str, str]]
MAP = "case=Order,activity=Operation,resource=Machine,start=From,end=To"
HEAD = "Order,Operation,Machine,From,To\n"


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command in this process, in a folder of its own: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            app([str(word) for word in words], prog_name="twin")
        told = capsys.readouterr()
        return ended.value.code if isinstance(ended.value.code, int) else 0, told.out, told.err

    return run


def log_text() -> str:
    """Forty orders, two hours apart: turned, every fourth a second time, none a third, and washed at once."""
    rows = []
    for i in range(40):
        day, hour = 1 + i // 10, 2 * (i % 10)
        rows.append(f"{i},turn,T1,{day:02}.02.2024 {hour:02}:00,{day:02}.02.2024 {hour:02}:50")
        if i % 4 == 3:
            rows.append(f"{i},turn,T1,{day:02}.02.2024 {hour:02}:50,{day:02}.02.2024 {hour + 1:02}:40")
        begins = f"{hour + 1:02}:40" if i % 4 == 3 else f"{hour:02}:50"
        rows.append(f"{i},wash,W1,{day:02}.02.2024 {begins},{day:02}.02.2024 {hour + 1:02}:55")
    return HEAD + "\n".join(rows) + "\n"


def test_a_log_becomes_a_line_that_runs(call: Call) -> None:
    Path("log.csv").write_text(log_text(), encoding="utf-8")
    code, out, err = call("import", "eventlog", "log.csv", "--map", MAP, "-o", "line.yaml")
    assert (code, err) == (0, "")
    assert "read     90 events of 40 cases: 'Order' as case, 'Operation' as activity" in out
    assert "made     2 toolgroups, 2 tools, 1 products, 3 steps, 0 delays" in out and "times are %d.%m.%Y %H:%M" in out
    code, out, _ = call("check", "line.yaml")
    assert code == 0 and "2 toolgroups, 2 tools; 1 product, 1 route, 3 steps" in out and "note" not in out
    code, out, _ = call("run", "line.yaml", "--horizon", "20 d", "--warmup", "1 d", "--replications", "2", "--json")
    assert code == 0 and json.loads(out)
    code, _, err = call("import", "eventlog", "log.csv", "--map", MAP, "-o", "line.yaml")
    assert code == 2 and "is there already" in err
    own = ("--force", "--arrivals", "log")
    code, out, _ = call("import", "eventlog", "log.csv", "--map", MAP, "-o", "line.yaml", *own)
    assert code == 0 and "line_starts.csv" in out
    written = ["line.yaml", "line_starts.csv", "line_times.csv"]
    assert sorted(file.name for file in Path().iterdir()) == [*written, "log.csv"]
    assert call("check", "line.yaml")[0] == 0


@pytest.mark.parametrize(
    ("change", "options", "told"),
    [
        (("T1,01.02.2024 00:00", "T1,01.02.2024 01:00"), (), "log.csv:2:28: the end 01.02.2024 00:50 is before"),
        (("W1,01.02.2024 00:50", "W1,01.02.2024 00:30"), (), "log.csv:3:11: case '0' begins 'wash' here while its"),
        (("01.02.2024 00:50\n", "\n"), (), "log.csv:2:28: the end is blank; write a time, or leave the event out"),
        (("01.02.2024 00:50\n", "soon\n"), (), "log.csv:2:28: 'soon' is no time; the others are written as 30.01.2012"),
        (("Order", "Job"), (), "there is no column 'Order'; choose from Job"),
        ((HEAD, ""), (), "log.csv:1:1: --map case=Order: there is no column 'Order'"),
        (("", ""), ("--time-format", "%Y"), "log.csv:2:11: the times such as '01.02.2024 00:00' cannot be read"),
        (("", ""), ("--time-zone", "Mars"), "--time-zone Mars: there is no such time zone"),
        (("", ""), ("--drop", "turn,Start"), "--drop Start: log.csv has no such activity; choose from turn, wash"),
        (("", ""), ("--arrivals", "mine"), "--arrivals 'mine': write law, or log"),
        (("", ""), ("--map", "whom=Machine"), "--map whom=Machine: nothing is called 'whom'; choose from case"),
    ],
)  # fmt: skip
def test_faults_end_in_code_2_and_leave_nothing(
    call: Call, change: tuple[str, str], options: tuple[str, ...], told: str
) -> None:
    Path("log.csv").write_text(log_text().replace(*change, 1), encoding="utf-8")
    code, out, err = call("import", "eventlog", "log.csv", "--map", MAP, "-o", "line.yaml", *options)
    assert (code, out) == (2, "") and told in err and "Traceback" not in err
    assert [file.name for file in Path().iterdir()] == ["log.csv"]


def test_an_empty_file_and_none(call: Call) -> None:
    Path("log.csv").write_text("")
    assert call("import", "eventlog", "log.csv", "-o", "line.yaml")[2].startswith("log.csv:1:1: the file is empty")
    code, _, err = call("import", "eventlog", "nowhere.csv", "-o", "line.yaml")
    assert code == 2 and err.startswith("nowhere.csv: cannot be read")


def test_overlap_may_be_allowed(call: Call) -> None:
    text = log_text().replace("W1,01.02.2024 00:50", "W1,01.02.2024 00:30", 1)
    Path("log.csv").write_text(text, encoding="utf-8")
    code, out, _ = call("import", "eventlog", "log.csv", "--map", MAP, "-o", "line.yaml", "--allow-overlap")
    assert code == 0 and "1 of 90 events, in 1 cases, begin before another of their case has ended: taken one" in out
