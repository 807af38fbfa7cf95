"""Bins of products and damage of steps: their words, round trips, and every fault with its place and cure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest
from plain_law import plain_law

from twin.line import Line, LineError, read
from twin.line.schema import json_schema
from twin.line.sheets_export import export_tables

TEXT = """\
twin: 1
line: small
toolgroups: {coat: {tools: 2, chambers: 4}, hold: {}}
characteristics: {cd: {unit: nm, target: 45 nm, limits: [42 nm, 48 nm]}, film: {unit: nm}}
products:
  A: {route: main, lot_size: 25, release: {every: 1 h}, die: {width: 8 mm, height: 1 cm}, bins: BINS}
  B: {route: main, release: {every: 1 h}}
  C: {route: other, release: {every: 1 h}}
routes:
  main:
    - {step: spin, toolgroup: coat, time: 1 min, process: {law: plain, sets: cd}, chambers: [1, 2, 4], damage: DAMAGE}
    - {step: bake, toolgroup: hold, time: 1 min, process: {law: plain, sets: film}}
  other:
    - {step: rest, toolgroup: hold, time: 1 min}
"""
BINS = "{fast: {cd: [null, 44 nm], film: [0.09 um, null]}, middle: {cd: [44 nm, 46 nm]}, slow: {}}"
DAMAGE = "[{pattern: edge_ring, share: 2 %, defects: 20}, {pattern: scratch, share: 0.1, defects: 5, chambers: 2-4}]"
LAST = DAMAGE.replace("2-4", "[2, 4]")
Reader = Callable[..., Line]


@pytest.fixture(autouse=True)
def _law() -> Iterator[None]:
    with plain_law():
        yield


@pytest.fixture
def line_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Read the small line with these words."""
    monkeypatch.chdir(tmp_path)

    def read_it(bins: str = BINS, damage: str = LAST, text: str = TEXT) -> Line:
        Path("small.yaml").write_text(text.replace("BINS", bins).replace("DAMAGE", damage), encoding="utf-8")
        return read("small.yaml")

    return read_it


def test_words_and_defaults(line_of: Reader) -> None:
    line = line_of()
    bins = line.products["A"].bins
    assert list(bins) == ["fast", "middle", "slow"] and bins["slow"] == {}
    low, high = bins["fast"]["cd"]
    assert low is None and high is not None and high.of("nm") == 44
    ring, scratch = line.routes["main"][0].damage
    assert (ring.pattern, ring.share, ring.defects, ring.chambers) == ("edge_ring", 0.02, 20, None)
    assert ring.size("width") == 0.07 and ring.size("length") == 0
    assert scratch.chambers == (2, 4) and scratch.size("length") == 0.9
    (alone,) = line_of(damage="{pattern: ring, share: 1, defects: 3, radius: 40 %}").routes["main"][0].damage
    assert alone.radius == alone.size("radius") == 0.4


def test_words_are_written_back_and_fit_the_schema(line_of: Reader) -> None:
    line = line_of()
    written = line.to_document()
    assert Line.from_document(written) == line
    again = Line.from_document(json.loads(json.dumps(written)))
    assert again.to_document() == written and list(again.products["A"].bins) == ["fast", "middle", "slow"]
    jsonschema.Draft202012Validator(json_schema()).validate(written)
    assert written["routes"]["main"][0]["damage"][0] == {"pattern": "edge_ring", "share": 0.02, "defects": 20.0}


@pytest.mark.parametrize("name", ["small.xlsx", "small"])
def test_they_travel_in_tables_in_their_order(line_of: Reader, tmp_path: Path, name: str) -> None:
    reversed_ = "{slow: {cd: [46 nm, null]}, fast: {cd: [null, 44 nm]}}"
    for bins in (BINS, reversed_):
        line = line_of(bins)
        export_tables(line, tmp_path / name, force=True)
        again = read(tmp_path / name)
        assert again == line and list(again.products["A"].bins) == list(line.products["A"].bins)


@pytest.mark.parametrize("damage", ["{pattern: donut}", "[{share: 1, defects: 1}]", "{pattern: ring, defects: x}"])
def test_the_schema_refuses_what_the_reader_refuses(line_of: Reader, damage: str) -> None:
    import yaml

    written = line_of().to_document()
    written["routes"]["main"][0]["damage"] = yaml.safe_load(damage)
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(written)


BINS_FAULTS = [
    ("3", "6:97: products.A.bins: needs bins such as {fast: {gate_cd: [null, 44 nm]}, slow: {}}, not 3"),
    ("{fast: 3}", "6:104: products.A.bins.fast: needs characteristics with limits such as {gate_cd: [null, 44 nm]}"),
    ("{fast: {dc: [1 nm, 2 nm]}}", "6:105: products.A.bins.fast.dc: the line has no characteristic 'dc'; choose from"),
    ("{fast: {cd: [1 nm, 2]}, good: {}}", "products.A.bins.good: 'good' is what a die that no bin takes is called"),
    ("{cd: {film: [1 nm, 2 nm]}}", "6:98: products.A.bins.cd: 'cd' is what a die that no bin takes is called; rename"),
    ("{fast: {cd: [1 mA, null]}}", "products.A.bins.fast.cd.0: '1.0 mA' is not of the kind of 'nm'; write"),
    ("{fast: {cd: [null, 2 %]}}", "products.A.bins.fast.cd.1: '2.0 %' is a share, and this needs a quantity such as"),
    ("{fast: {cd: [46 nm, 44 nm]}}", "fast.cd.0: the lower limit 46.0 nm is not below the upper one 44.0 nm; swap"),
    ("{fast: {cd: [46 nm]}}", "products.A.bins.fast.cd: needs a lower and an upper limit such as [42 nm, 48 nm]"),
    ("{fast: {cd: [null, null]}}", "6:105: products.A.bins.fast.cd: limits nothing; write a lower or an upper limit"),
    ("{rest: {}, fast: {cd: [null, 44 nm]}}", "products.A.bins.fast: no die comes so far: 'rest' before it takes"),
]
DAMAGE_FAULTS = [
    ("{share: 1, defects: 2}", "the key 'pattern' is missing"),
    ("{pattern: donut, share: 1, defects: 2}", "routes.main.spin.damage.0.pattern"),
    ("{pattern: ring, share: 3, defects: 2}", "damage.0.share: a share lies between 0 and 1"),
    ("{pattern: ring, share: 0, defects: 2}", "damage.0.share: strikes no unit; write more than 0 %, or leave"),
    ("{pattern: ring, share: 1, defects: -2}", "damage.0.defects: lies above 0 and at most at 10,000 on a wafer, and"),
    ("{pattern: ring, share: 1, defects: 2, width: 0}", "damage.0.width: is at least 0.1 % of the wafer's radius"),
    ("{pattern: burst, share: 1, defects: 2, radius: 0.5}", "a pattern 'burst' has no radius; write width, or"),
    ("{pattern: random, share: 1, defects: 2, width: 0.5}", "a pattern 'random' has no width; leave it out"),
    ("{pattern: scratch, share: 1, defects: 2, lenght: 0.5}", "unknown key 'lenght', did you mean 'length'?"),
    ("{pattern: ring, share: 1, defects: 2, chambers: 3}", "the step runs in no chamber 3; it uses 1, 2, 4"),
]


@pytest.mark.parametrize(("bins", "words"), BINS_FAULTS)
def test_a_fault_of_bins_is_told_with_its_place(line_of: Reader, bins: str, words: str) -> None:
    told = told_of(line_of, bins=bins)
    assert words in told and sum("small.yaml:" in line for line in told.splitlines()) == 1, told


@pytest.mark.parametrize(("damage", "words"), DAMAGE_FAULTS)
def test_a_fault_of_damage_is_told_with_its_place(line_of: Reader, damage: str, words: str) -> None:
    told = told_of(line_of, damage=damage)
    assert words in told and told.splitlines()[0].startswith("small.yaml:11:"), told


def told_of(line_of: Reader, **words: str) -> str:
    with pytest.raises(LineError) as caught:
        line_of(**words)
    assert "Traceback" not in str(caught.value)
    return str(caught.value)


def test_what_needs_dies_is_refused_without_them(line_of: Reader) -> None:
    text = TEXT.replace(", die: {width: 8 mm, height: 1 cm}", "")
    told = told_of(line_of, text=text)
    assert "products.A.bins: sort dies, and the product has none; write 'die: {width: 8 mm" in told
    assert "routes.main.spin.damage: strikes dies, and no product of the route has any" in told


def test_chambers_of_tools_without_any(line_of: Reader) -> None:
    text = TEXT.replace("chambers: [1, 2, 4], ", "").replace(", chambers: 4", "")
    assert "damage.1.chambers: the tools of 'coat' have no chambers; leave chambers out" in told_of(line_of, text=text)


def test_a_fault_that_follows_from_another_is_not_told(line_of: Reader) -> None:
    told = told_of(line_of, text=TEXT.replace("film: {unit: nm}", "film: {unit: furlong}"))
    assert "bins" not in told and "unknown unit 'furlong'" in told
