"""Characteristics, conditions, metrology and control in documents: their words, and the faults of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from plain_law import plain_law, plain_line

from twin.arrays.line import compile_line
from twin.line import Line, LineError, read
from twin.line.schema import json_schema

SOUND = """\
twin: 1
line: gate
toolgroups:
  etcher:
    tools: 2
    chambers: 2
    condition:
      rate: {offset: [1 %, -1 %], per_unit: -0.01 %, chambers: [0.2 %, -0.2 %], unit: 0.3 %}
      time: {lot: 0.5 s}
    pm: [{every: alarm, takes: 2 h}]
  metro: {}
  hold: {tools: unlimited}
characteristics:
  depth: {unit: nm, target: 100 nm, limits: [94 nm, 106 nm], within: 0.5 nm, modes: 4}
products:
  A: {route: main, lot_size: 25, release: {every: 4 h}, limits: {depth: [95 nm, null]}}
routes:
  main:
    - {step: coat, toolgroup: hold, time: 1 h}
    - step: etch
      toolgroup: etcher
      time: recipe
      process:
        law: etch
        rate: 20 nm/min
        time: 5 min
        sets: depth
        noise: 0.3 nm
        signature: {bowl: 1 nm, scatter: 0.1 nm}
        control: {weight: 0.4, most: 30 s}
    - step: look
      toolgroup: metro
      time: 5 min
      sample: {every: 2}
      measure:
        characteristic: depth
        units: 3
        sites: 5
        gauge: 0.2 nm
        lag: 10 min
        outside: {to: coat, most: 2}
        chart: {rules: [western_electric, six_trending], sigma: 0.4 nm, stop: true}
"""


@pytest.fixture
def line_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Line]:
    """Read the line with one text in place of another."""
    monkeypatch.chdir(tmp_path)

    def read_it(old: str = "", new: str = "") -> Line:
        assert old in SOUND
        Path("gate.yaml").write_text(SOUND.replace(old, new, 1) if old else SOUND, encoding="utf-8")
        return read("gate.yaml")

    return read_it


def test_words_are_written_back_and_fit_the_schema(line_of: Callable[..., Line]) -> None:
    line = line_of()
    written = line.to_document()
    assert Line.from_document(written) == line
    step = written["routes"]["main"][1]
    assert step["time"] == "recipe" and step["process"]["control"] == {"weight": 0.4, "most": "30.0 s"}
    assert written["routes"]["main"][2]["sample"] == {"every": 2} and line.routes["main"][2].sample == 0.5
    assert written["toolgroups"]["etcher"]["pm"] == [{"every": "alarm", "takes": "2 h"}]
    jsonschema.Draft202012Validator(json_schema()).validate(written)


def test_a_lot_carries_what_is_tracked(line_of: Callable[..., Line]) -> None:
    compiled = compile_line(line_of())
    (name, column, modes, quantum), = compiled.names.channels
    # hold, one count of rework; then tool, step, knob, epoch and 25 wafers with mean and four modes
    assert (name, column, modes) == ("depth", 2, 4) and compiled.arrays.size[2] == 2 + 4 + 25 * 5
    assert 2.0**-36 < quantum < 2.0**-24 and len(compiled.names.conditions) == 4


FAULTS = [
    ("sets: depth", "sets: dept", "gate.yaml:27:15", "no characteristic 'dept'; did you mean 'depth'?"),
    ("        sets: depth\n", "", "gate.yaml:24:9", "makes a quantity in nm; say which characteristic it sets"),
    ("sets: depth", "sets: depth\n        adds: depth", "gate.yaml:28:9", "a law makes one thing; leave adds out"),
    ("unit: nm, target", "unit: um, target", "gate.yaml:27:15", "and 'depth' is in 'um'; write 'unit: nm' there"),
    ("limits: [94 nm, 106 nm]", "limits: [106 nm, 94 nm]", "gate.yaml:14:46", "is not below the upper one 94"),
    ("limits: [94 nm, 106 nm]", "limits: 94 nm", "gate.yaml:14:45", "needs a lower and an upper limit"),
    ("within: 0.5 nm", "within: 0.5 s", "gate.yaml:14:70", "not of the kind of 'nm'"),
    ("within: 0.5 nm", "within: -0.5 nm", "gate.yaml:14:70", "standard deviation, and '-0.5 nm' is below 0"),
    ("modes: 4", "modes: 15", "gate.yaml:14:85", "at most 14"),
    ("modes: 4", "modes: 1", "gate.yaml:29:21", "the mode bowl is number 4"),
    ("rate: {offset", "rat: {offset", "gate.yaml:8:7", "has the input 'rat'; did you mean 'rate'?"),
    ("per_unit: -0.01 %", "per_unit: -0.01 nm", "gate.yaml:8:45", "and this is a share; write for instance '0.5 %'"),
    ("time: {lot: 0.5 s}", "time: {lot: 5 %}", "gate.yaml:9:19", "is a share, and this needs a quantity"),
    ("chambers: [0.2 %, -0.2 %]", "chambers: [0.2 %]", "gate.yaml:8:64", "write one for each of its 2 chambers"),
    ("{lot: 0.5 s}", "{}", "gate.yaml:9:13", "says nothing; write for instance"),
    ("weight: 0.4", "weight: 1.4", "gate.yaml:30:27", "lies above 0 and at most at 1, and 1.4 does not"),
    ("most: 30 s", "most: 30 nm", "gate.yaml:30:38", "not of the kind of 's'"),
    ("characteristic: depth", "characteristic: cd", "gate.yaml:36:25", "the line has no characteristic 'cd'"),
    ("sites: 5", "sites: 6", "gate.yaml:38:16", "layouts of 1, 5, 9, 13, 49 sites are known, not of 6"),
    ("to: coat", "to: look", "gate.yaml:41:23", "no earlier step 'look' to send rework to"),
    ("six_trending", "six_rising", "gate.yaml:42:43", "unknown rule 'six_rising'; did you mean 'six_trending'?"),
    ("sigma: 0.4 nm", "sigma: 0 nm", "gate.yaml:42:65", "always in alarm; write more than 0"),
    ("stop: true", "hold: 1 h", "gate.yaml:42:79", "the lot has moved on when its result is known after the lag"),
    ("    pm: [{every: alarm, takes: 2 h}]\n", "", "gate.yaml:4:3", "write 'pm: [{every: alarm, takes: 2 h}]' there"),
    ("target: 100 nm", "target: 10 nm", "gate.yaml:14:29", "the target 10.0 nm lies outside the limits"),
    ("sample: {every: 2}", "sample: {each: 2}", "gate.yaml:34:15", "is a share or {every: 10}"),
    ("target: 100 nm, ", "", "gate.yaml:30:9", "has no target to aim at"),
    ("limits: {depth:", "limits: {width:", "gate.yaml:16:66", "the line has no characteristic 'width'"),
    ("[95 nm, null]}", "[95 nm, 90 nm]}", "gate.yaml:16:74", "the lower limit 95.0 nm is not below the upper one"),
    ("lot_size: 25", "lot_size: 5000", "gate.yaml:16:30", "lots of 5,000 units carry 5 numbers a unit"),
    ("law: etch\n", "law: particles\n        adders: 1 /cm2\n", "gate.yaml:28:9", "makes nothing that could be"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "words"), FAULTS, ids=[f"{old} -> {new}" for old, new, _, _ in FAULTS])
def test_a_fault_is_told_with_its_place_and_its_cure(
    line_of: Callable[..., Line], old: str, new: str, place: str, words: str
) -> None:
    with pytest.raises(LineError) as told:
        line_of(old, new)
    lines = [text for text in str(told.value).splitlines() if words in text]
    assert lines, str(told.value)
    assert lines[0].startswith(place), lines[0]


def test_a_time_from_a_recipe_needs_a_law_with_one(line_of: Callable[..., Line]) -> None:
    with pytest.raises(LineError, match=r"'recipe' needs a law with a time, and the step has no process law"):
        line_of("time: 1 h}", "time: recipe}")


def test_a_characteristic_cannot_be_called_as_another_cause_of_loss(tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text(SOUND.replace("depth", "waiting"), encoding="utf-8")
    with pytest.raises(LineError, match="'waiting' is what losses of another kind are called; rename"):
        read(str(tmp_path / "gate.yaml"))


def test_all_faults_are_told_at_once(line_of: Callable[..., Line]) -> None:
    spoiled = SOUND.replace("sites: 5", "sites: 6").replace("modes: 4", "modes: 15").replace("weight: 0.4", "weight: 2")
    Path("gate.yaml").write_text(spoiled, encoding="utf-8")
    with pytest.raises(LineError) as told:
        read("gate.yaml")
    assert sum(text.startswith("gate.yaml:") for text in str(told.value).splitlines()) == 3


def test_a_law_that_a_controller_cannot_move_is_refused() -> None:
    with plain_law(), pytest.raises(LineError, match=r"its input 'knob' hardly changes what it makes"):
        compile_line(plain_line(measure={}, process={"slope": 0, "control": {"weight": 0.5}}))
