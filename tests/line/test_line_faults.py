"""Spoiled documents: each fault is told with its file, line and column, its path and its cure."""

from __future__ import annotations

from pathlib import Path

import pytest
from spoiled import CASES, SOUND, STARTS, WIP, Case

from twin.line import Line, LineError, read


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the sound document and its tables, to be in."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("shop.yaml", SOUND), ("starts.csv", STARTS), ("wip.csv", WIP)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def refusal(text: str | bytes) -> str:
    """What is told of a document."""
    Path("shop.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LineError) as caught:
        read("shop.yaml")
    return str(caught.value)


def told_places(message: str) -> list[str]:
    return [line for line in message.splitlines() if ".yaml:" in line or ".csv:" in line]


def test_the_sound_document_reads(folder: Path) -> None:
    line = read("shop")
    assert line.products["door"].release.schedule[0].time == 3600
    assert [(lot.lot, lot.units, lot.priority) for lot in line.wip] == [("L1", 2, 10), ("L2", 2, 20)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.old}->{case.new}"[:60].replace("\n", "|"))
def test_a_fault_is_told_with_its_place_and_cure(folder: Path, case: Case) -> None:
    assert SOUND.count(case.old) >= 1
    message = refusal(SOUND.replace(case.old, case.new, 1))
    first, *rest = message.splitlines()
    lines = [line for line in told_places(message) if line.startswith(f"shop.yaml:{case.place}")]
    assert lines, message
    assert case.words in lines[0]
    caret = next((line for line in rest if line.strip() == "^"), None)
    assert caret is not None, message
    assert "Traceback" not in message and "pydantic" not in message and first


def test_one_fault_is_told_once(folder: Path) -> None:
    alone = [
        case for case in CASES if case.old != "step: bake_2"
    ]  # two steps of one name also mislead others
    more = {
        case: told
        for case in alone
        if len(told := told_places(refusal(SOUND.replace(case.old, case.new, 1)))) != 1
    }
    assert not more


def test_all_faults_of_a_file_are_told_at_once(folder: Path) -> None:
    spoiled = SOUND
    for old, new in (
        ("tools: 2,", "tols: 2,"),  # mended by its likely meaning
        ("exponential: 8 h", "exponential: 8"),  # left out of the further search
        ("every: 7 d", "every: 7 dd"),
        ("{to: B", "{to: Bb"),
        ("route: main\n    rel", "route: mian\n    rel"),
        ("toolgroup: oven, time: 5 min", "toolgroup: ovn, time: 5 min"),
        ("to: join", "to: jin"),
        ("warmup: 2 d", "warmup: 31 d"),
        ("wip.csv", "wipp.csv"),
        ("buffer: 5", "buffer: 5, buffer: 6"),
    ):
        spoiled = spoiled.replace(old, new, 1)
    told = told_places(refusal(spoiled))
    assert [line.split(":")[1] for line in told] == ["5", "5", "10", "12", "15", "19", "27", "28", "30", "31"]


def test_a_fault_is_not_told_for_what_follows_from_another(folder: Path) -> None:
    """Without its lot size, `body` might seem not to fill the batch."""
    told = told_places(
        refusal(SOUND.replace("lot_size: 2", "lot_size: two", 1).replace("{min: 4", "{min: 3", 1))
    )
    assert len(told) == 1 and "lot_size" in told[0]


def test_faults_of_later_checks_are_told_beside_those_of_earlier_ones(folder: Path) -> None:
    spoiled = SOUND.replace("toolgroup: test", "toolgroup: tst").replace("probability: 1 %", "probability: 1")
    told = told_places(refusal(spoiled.replace("{min: 4, max: 8}", "{min: 7, max: 7}")))
    assert [line.split(":")[1] for line in told] == ["26", "28", "28"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "shop.yaml:1:1: the file is empty; 'twin new NAME'"),
        (b"# nothing\n", "shop.yaml:1:1: the file holds no document"),
        (b"- a\n- b\n", "shop.yaml:1:1: a line document is a mapping"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "shop.yaml:1:1: byte b'\\x89' is no UTF-8 text"),
        (b"line: a\x00b\n", "shop.yaml:1:8: a character that no text holds"),
        (b"[" * 100_000, "shop.yaml:1:101: nested more deeply"),
        (b"\n".join(b" " * i + b"a:" for i in range(300)), "shop.yaml:101:101: nested more deeply"),
        (b"toolgroups: &a {x: *a}\n", "shop.yaml:1:17: toolgroups.x.x: unknown key 'x'"),
        (b"{[a]: b}\n", "shop.yaml:1:2: a key is a plain name"),
    ],
    ids=["empty", "comment", "list", "picture", "null", "brackets", "steps", "loop", "list key"],
)  # fmt: skip
def test_what_is_no_line_document_is_refused(folder: Path, text: bytes, words: str) -> None:
    assert words in refusal(text)


def test_a_document_cut_short_anywhere_is_refused_with_its_place(folder: Path) -> None:
    sound = SOUND.index("wip: wip.csv") - 1  # what follows may be left out
    for length in range(0, sound, 13):
        if SOUND[:length].endswith(("bake_2}\n", "5 min}\n")):  # a shorter route is a route
            continue
        message = refusal(SOUND[:length])
        assert message.startswith(("shop.yaml:", "starts.csv:")), message
    assert "the text ends inside the '{' of line 28; was it cut short?" in refusal(SOUND[: sound - 35])


def test_tables_are_told_by_their_own_lines(folder: Path) -> None:
    Path("wip.csv").write_text(
        "lot,product,units,step,priority,due\nL1,body,0,bake,,-2 h\nL2,dor,,join,20,\nL3,door,,join,20,4\n"
        '\nL5,door,,join\n"a,b",body,2,bak,1,1 h\na,body,1000,join,1,\na,body,2,join,1,\n'
    )
    Path("starts.csv").write_text(
        "product,time [h],units,priority,due\ndoor,-3,2,,\nbody,1,,20,4 d\ndoo,3,,,\n"
    )
    schedule = "products.door.release.schedule"
    told = told_places(refusal(SOUND))
    assert told == [
        f"starts.csv:2:6: {schedule}.time: a time cannot be negative, and '-3 h' is; write '0 s' or more",
        f"starts.csv:3:1: {schedule}.product: product 'body' is not released by this schedule; "
        "name it in its release too",
        f"starts.csv:4:1: {schedule}.product: the line has no product 'doo'; did you mean 'door'?",
        "wip.csv:2:9: wip.units: needs a whole number of at least 1, not 0",
        "wip.csv:3:4: wip.product: the line has no product 'dor'; did you mean 'door'?",
        "wip.csv:4:18: wip.due: a time needs a unit; write '4 s' or '4 min', or give bare numbers one with "
        "'units: {time: min}' at the top",
        "wip.csv:6:1: wip: the row has 4 cells and the header 6; was the file cut short?",
        "wip.csv:7:14: wip.step: route 'main' of product 'body' has no step 'bak'; did you mean 'bake'?",
        "wip.csv:9:1: wip.lot: lot 'a' stands twice; rename one of the two",
    ]  # fmt: skip


def test_headers_of_tables_are_checked(folder: Path) -> None:
    Path("wip.csv").write_text("lot,produkt,units,step [h],prio,due [dd]\n")
    told = told_places(refusal(SOUND))
    assert [line.split(": ", 2)[0] for line in told] == [
        "wip.csv:1:5",
        "wip.csv:1:19",
        "wip.csv:1:28",
        "wip.csv:1:33",
    ]
    assert "did you mean 'product'?" in told[0]


@pytest.mark.parametrize(
    ("release", "weld", "time", "words"),
    [
        (
            "saturated",
            "{tools: unlimited}",
            "1 min",
            "the unlimited toolgroup 'weld' would load lots without end",
        ),
        ("saturated", "{tools: 2}", "0 s", "lots pass 'join' in no time"),
        ("{wip: 1}", "{tools: 2}", "1 min", "at most"),
    ],
)
def test_releases_that_would_never_let_time_pass_or_fill_a_batch(
    folder: Path, release: str, weld: str, time: str, words: str
) -> None:
    plain = SOUND.replace(
        "  weld: {tools: 2, buffer: 5, rule: [priority, fifo], load: 1 min}", f"  weld: {weld}"
    )
    plain = plain.replace("{uniform: [50 s, 70 s]}", time).replace("wip: wip.csv\n", "")
    plain = plain.replace("transport: {time: 30 s}\n", "").replace("buffer: 40", "buffer: unlimited")
    plain = plain.replace("  door: {lot_size: 2, route: main, release: {schedule: starts.csv}}\n", "")
    assert words in refusal(plain.replace(RELEASE_TEXT, release))


RELEASE_TEXT = "{every: {exponential: 3 min}, start: 1 h}"


def test_python_is_told_the_same_without_places() -> None:
    with pytest.raises(LineError) as caught:
        Line(line="x", toolgroups={"oven": {"tols": 2}}, products={}, routes={"main": []})
    assert str(caught.value).splitlines() == [
        "toolgroups.oven.tols: unknown key 'tols', did you mean 'tools'?",
        "products: is empty; a line needs at least one product, such as "
        "body: {route: main, release: saturated}",
        "routes.main: the route has no steps; write at least {step: a, toolgroup: oven, time: 1 min}",
    ]


def test_names_that_lead_nowhere(folder: Path) -> None:
    for name, words in (
        ("shopp.yaml", "did you mean 'shop'?"),
        ("fab/mini_fb", "did you mean 'fab/mini_fab'?"),
        (str(folder), "is a folder"),
        ("x" * 5000, "there is no file and no model"),
        ("\0", "there is no file and no model"),
    ):
        with pytest.raises(LineError) as caught:
            read(name)
        assert words in str(caught.value)
        assert len(str(caught.value)) < 1000
