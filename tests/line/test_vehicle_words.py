"""A network and its vehicles in a document: what is refused and where, what-ifs, round trips, tables."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from spoiled import SOUND, STARTS, WIP

from twin.line import Line, LineError, read
from twin.line.network import move_time
from twin.line.sheets_export import export_tables

TRANSPORT = "transport: {time: 30 s}\n"
NETWORK = """\
transport: {vehicles: agv}
vehicles: {agv: {count: 2, speed: 1.5 m/s, load: 10 s, unload: 20 s, dispatch: oldest, starts: dock}}
network:
  nodes: {n1: [0 m, 0 m], n2: [30 m, 40 m], n3: [60 m, 40 m], dock: [0 m, -5 m]}
  edges: [[n1, n2], {from: n2, to: n3, one_way: true}, {from: n3, to: n1, length: 100 m}, [dock, n1]]
  stations: {weld: n1, oven: n2, test: n3}
"""
MADE = SOUND.replace(TRANSPORT, NETWORK)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a sound document that has vehicles, and its tables."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("shop.yaml", MADE), ("starts.csv", STARTS), ("wip.csv", WIP)):
        Path(name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("count: 2,", "count: 0,", "30:", "agv.count: needs a whole number of at least 1, not 0"),
        ("speed: 1.5 m/s", "speed: 1.5", "30:", "needs a unit; write '1.5 m/s'"),
        ("speed: 1.5 m/s", "speed: 1.5 m", "30:", "'1.5 m' is not of the kind of 'm/s'"),
        ("speed: 1.5 m/s", "speed: 0 m/s", "30:", "lies between 0.0001 m/s and 1000 m/s"),
        ("dispatch: oldest", "dispatch: fifo", "30:", "nearest"),
        ("starts: dock", "starts: dok", "30:", "the network has no node 'dok'; did you mean 'dock'?"),
        ("transport: {vehicles: agv}", "transport: {vehicles: avg}", "29:", "no vehicles 'avg'; did you mean 'agv'?"),
        ("transport: {vehicles: agv}", "transport: {vehicles: agv, time: 1 min}", "29:", "time says already how long"),
        ("transport: {vehicles: agv}", "transport: {speed: 1 m/s, crew: porter}", "29:", "no crew 'porter'"),
        ("transport: {vehicles: agv}", "transport: {vehicles: agv, crew: porter}", "29:", "leave the crew out"),
        ("transport: {vehicles: agv}", "transport: {time: 1 min}", "30:", "nothing is carried by 'agv'"),
        ("n2: [30 m, 40 m]", "n2: [30 m]", "32:", "n2"),
        ("n2: [30 m, 40 m]", "n2: [30 m, 4 kg]", "32:", "'4 kg' is not of the kind of 'm'"),
        ("[[n1, n2],", "[[n1, n2, n3],", "33:", "an edge joins two nodes"),
        ("[[n1, n2],", "[[n1, m2],", "33:", "the network has no node 'm2'; choose from n1, n2, n3, dock"),
        ("one_way: true", "one_way: perhaps", "33:", "needs true or false, not 'perhaps'"),
        ("length: 100 m", "length: -1 m", "33:", "lies between 0 m and"),
        ("weld: n1,", "weld: n7,", "34:", "the network has no node 'n7'"),
        ("test: n3}", "tast: n3}", "34:", "no toolgroup 'tast'; did you mean 'test'?"),
        (", test: n3}", "}", "34:", "toolgroup 'test' has no node; write 'test: NODE', or 'transport: none'"),
        ("{from: n3, to: n1, length: 100 m}, ", "", "33:",
         "no way leads from 'test' at node 'n3' to 'weld' at node 'n1'"),
        (", [dock, n1]", "", "33:", "no way leads from node 'dock', where vehicles start, to 'weld' at node 'n1'"),
        ("{from: n2, to: n3, one_way: true}, {from: n3,", "{from: n2, to: n1, one_way: true}, {from: n2,", "33:",
         "no way leads from 'weld' at node 'n1' to 'test' at node 'n3'"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_cure(old: str, new: str, place: str, words: str) -> None:
    assert MADE.count(old) == 1
    Path("shop.yaml").write_text(MADE.replace(old, new), encoding="utf-8")
    with pytest.raises(LineError) as told:
        read("shop.yaml")
    lines = [line for line in str(told.value).splitlines() if line.startswith("shop.yaml:")]
    assert len(lines) == 1, str(told.value)
    assert lines[0].startswith(f"shop.yaml:{place}") and words in lines[0], lines[0]


def test_a_speed_needs_ways_only_where_lots_go() -> None:
    """A route without loops on one-way edges; vehicles would have to come back."""
    words = MADE.replace("[[n1, n2]", "[{from: n1, to: n2, one_way: true}")
    for left_out in (", rework: {probability: 1 %, to: join}", ", {from: n3, to: n1, length: 100 m}", ", [dock, n1]",
                     ", starts: dock"):  # fmt: skip
        assert words.count(left_out) == 1
        words = words.replace(left_out, "")
    Path("shop.yaml").write_text(words, encoding="utf-8")
    with pytest.raises(LineError, match="no way leads from 'oven' at node 'n2' to 'weld' at node 'n1'"):
        read("shop.yaml")
    Path("shop.yaml").write_text(words.replace("{vehicles: agv}", "{speed: 1 m/s}").replace("vehicles: {agv", "#"))
    seconds = move_time(read("shop.yaml"))
    assert (seconds("weld", "oven"), seconds("weld", "test"), seconds("oven", "oven")) == (50, 80, 0)
    with pytest.raises(LineError, match=r"distances are unknown; write a network"):
        Line.from_document(read("shop.yaml").to_document() | {"network": None})


def test_the_shortest_way_counts_and_the_handling() -> None:
    seconds = move_time(read("shop.yaml"))
    assert seconds("weld", "oven") == pytest.approx(50 / 1.5 + 30)
    assert seconds("test", "weld") == pytest.approx(100 / 1.5 + 30)  # the length that is given
    assert seconds("test", "oven") == pytest.approx(150 / 1.5 + 30)  # not back on the one-way edge
    assert seconds("oven", "oven") == 0


def test_what_ifs_and_changes_for_a_time() -> None:
    line = read("shop.yaml", set={"vehicles.agv.count": "5", "vehicles.agv.speed": "60 m/min"})
    assert line.fleet is not None and (line.fleet.count, line.fleet.speed) == (5, 1.0)
    moved = read("shop.yaml", set={"network.stations.weld": "dock"})
    assert moved.network is not None and moved.network.stations["weld"] == "dock"
    for path in ("vehicles.agv.count=1", "vehicles.agv.speed=1 m/s", "network.stations.weld=dock"):
        key, value = path.split("=")
        with pytest.raises(LineError, match="cannot change for a time"):
            read("shop.yaml", set={key: f"{value} from 1 d to 2 d"})


@pytest.mark.parametrize("name", ["shop.xlsx", "tables", "again.yaml"])
def test_they_read_back_equal(name: str) -> None:
    line = read("shop.yaml")
    assert Line.from_document(line.to_document()) == line
    if name.endswith("yaml"):
        Path(name).write_text(yaml.safe_dump(line.to_document(), sort_keys=False), encoding="utf-8")
    else:
        export_tables(line, Path(name))
    assert read(name) == line
