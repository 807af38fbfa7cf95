"""`twin why` and `twin debug`: what they print, as text and JSON, and how they refuse."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

Call = Callable[..., tuple[int, str, str]]
DOCUMENT = """\
twin: 1
line: shop
toolgroups:
  roof: {failures: [{mtbf: 10 min, mttr: 20 min, clock: calendar}]}
  doors: {buffer: 8}
products:
  saloon: {route: main, release: saturated}
routes:
  main:
    - {step: braze, toolgroup: roof, time: 1 min}
    - {step: hang, toolgroup: doors, time: 1 min}
run: {horizon: 4 h, warmup: 0 s, replications: 2}
"""
TOLD = """\
doors at 00:12:07: starved since 00:11:00 (1 min 7 s)
  its 8 places in front are empty, and none is on its way
  because roof is down since 00:10:00 (2 min 7 s): a failure, repaired at 00:30:00
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(DOCUMENT)
    return tmp_path / "shop.yaml"


def test_why_of_a_model_and_of_its_run(call: Call, shop: Path, tmp_path: Path) -> None:
    assert call("why", shop, "--station", "doors", "--at", "00:12:07") == (0, TOLD, "")
    assert call("run", shop, "--out", tmp_path / "run")[0] == 0
    assert call("why", tmp_path / "run", "--station", "doors", "--at", "727 s") == (0, TOLD, "")
    asked = ("--station", "doors/1", "--at", "00:12:07", "--replication", 2, "--json")
    code, out, _ = call("why", tmp_path / "run", *asked)
    found = json.loads(out)
    assert code == 0
    assert (found["at_s"], found["end"], found["replication"], found["began"]) == (727, "down", 2, None)
    assert [(link["who"], link["state"], link["since_s"], link["of"]) for link in found["chain"]] == [
        ("doors", "starved", 660, "roof"), ("roof", "down", 600, None)
    ]  # fmt: skip


def test_why_without_a_moment_tells_of_all_lost_time(call: Call, shop: Path) -> None:
    code, out, err = call("why", shop, "--station", "doors")
    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == [
        "doors: what its lost time goes back to (2 replications, 2,000 moments in each)",
        "starved 66.7 ± 0.0 % of the time",
    ]
    assert out.splitlines()[2].startswith("  roof: a failure           99.4%  66.")
    assert "long waits, to be asked for with --at:" in out
    code, out, _ = call("why", shop, "--station", "doors", "--json")
    found = json.loads(out)
    assert (code, found["station"]) == (0, "doors")
    assert (found["causes"][0]["who"], found["causes"][0]["end"]) == ("roof", "down")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--station", "door", "--at", "1 h"), "the line has no station 'door'; did you mean 'doors'?"),
        (("--station", "doors", "--at", "5 h"), "at 5 h: the run goes from 0 to 04:00:00; write a time between them"),
        (("--station", "doors", "--at", "noon"), "at noon: 'noon' is no time; write a number and a unit, such as "
                                                 "'3 d 04:12:07' or '2 h'"),
        (("--station", "doors", "--at", "1 h", "--replication", "3"), None),
        (("--station", "doors", "--replication", "2"), "--replication 2: which of them is for --at; without it all are "
                                                       "looked at"),
    ],
)  # fmt: skip
def test_why_refuses_in_one_line(call: Call, shop: Path, words: tuple[str, ...], told: str | None) -> None:
    call("run", shop, "--out", shop.parent / "run")
    code, out, err = call("why", shop.parent / "run", *words)
    assert (code, out) == (2, "")
    assert err == f"{told or 'replication 3: the run has 1 to 2'}\n"


def test_debug_by_script(call: Call, shop: Path) -> None:
    commands = "next; until 00:12:07; station doors; who; lots; events 1; lot saloon-1"
    code, out, err = call("debug", shop, "--do", commands)
    assert (code, err) == (0, "")
    assert out.splitlines()[:3] == [
        "00:00:00  saloon-1 is released", "00:00:00  saloon-1 is loaded on roof (step braze)", "00:00:00  roof: working"
    ]  # fmt: skip
    assert TOLD in out
    assert out.splitlines()[-5:] == [
        "roof: down for 2 min 7 s: a failure, repaired at 00:30:00",
        "doors: starved for 1 min 7 s -> roof: its 8 places in front are empty, and none is on its way",
        "saloon-11",
        "00:30:00  roof: it is repaired",
        "saloon-1 at 00:12:07: it has left the line",
    ]
    for commands, told in (
        ("untl 2 h", "unknown command 'untl'; did you mean 'until'?"), ("next x", "next x: write a whole number"),
        ("lot", "lot: of which?"), ("lot van-3", "the line makes no product 'van'"), ("until 9 h", "goes from 0 to"),
    ):  # fmt: skip
        code, _, err = call("debug", shop, "--do", commands)
        assert code == 2
        assert told in err
        assert len(err.splitlines()) == 1


def test_debug_by_hand(call: Call, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("help\nuntil 4 h\nbla\nqueue doors\nn\nq\nlots\n"))
    code, out, err = call("debug", shop)
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "shop, replication 1, seed 1; type 'help' for what can be asked"
    assert out.splitlines()[-4:] == [
        "it is 04:00:00; lots in the line: 1",
        "unknown command 'bla'; choose from station, queue, lot, next, until, events, who, lots, ...",
        "in front of doors at 04:00:00: 0 wait (0 of 8 places taken)",
        "the run is over",
    ]  # fmt: skip
