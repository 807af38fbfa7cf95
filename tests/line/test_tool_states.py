"""`tool_states:` and `layer:` in the document: how they are written, their faults, and their way through tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from twin.line import Line, LineError, read
from twin.line.schema import json_schema
from twin.line.sheets_export import export_tables

DOCUMENT = """\
twin: 1
line: small
toolgroups:
  litho: {tools: 2, setups: {changes: [{to: A, time: 2 min}, {to: B, time: 3 min}]}}
  etch: {tools: 1}
  cool: {tools: unlimited}
products:
  p: {route: main, release: saturated}
routes:
  main:
    - {step: expose, toolgroup: litho, time: 1 min, setup: A, layer: 1}
    - {step: strip, toolgroup: etch, time: 1 min, layer: M1}
    - {step: rest, toolgroup: cool, time: 1 min}
tool_states: STATES
"""


def small(states: Any) -> Line:
    return Line(
        twin=1, line="small",
        toolgroups={"litho": {"tools": 2, "setups": {"changes": [{"to": "A", "time": "2 min"},
                                                                 {"to": "B", "time": "3 min"}]}},
                    "etch": {"tools": 1}, "cool": {"tools": "unlimited"}},
        products={"p": {"route": "main", "release": "saturated"}},
        routes={"main": [{"step": "expose", "toolgroup": "litho", "time": "1 min", "setup": "A", "layer": 1},
                         {"step": "strip", "toolgroup": "etch", "time": "1 min", "layer": "M1"},
                         {"step": "rest", "toolgroup": "cool", "time": "1 min"}]},
        tool_states=states,
    )  # fmt: skip


ROWS = [{"tool": "litho/2", "down": "5 h", "setup": "A"}, {"tool": "etch", "down": "30 min"}]


def test_rows_and_a_file_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "tools.csv").write_text("tool,down [h],setup\nlitho/2,5,A\netch,30 min,\n")
    (tmp_path / "line.yaml").write_text(DOCUMENT.replace("STATES", "tools.csv"))
    line = read(tmp_path / "line.yaml")
    assert line.tool_states == small(ROWS).tool_states
    assert [(state.tool, state.down, state.setup) for state in line.tool_states] == [
        ("litho/2", 18_000.0, "A"), ("etch", 1_800.0, None)
    ]  # fmt: skip
    assert [step.layer for step in line.routes["main"]] == ["1", "M1", None]


@pytest.mark.parametrize("suffix", [".xlsx", ""])
def test_they_survive_the_document_and_the_tables(suffix: str, tmp_path: Path) -> None:
    line = small(ROWS)
    assert Line.from_document(line.to_document()) == line
    export_tables(line, tmp_path / f"line{suffix}")
    assert read(tmp_path / f"line{suffix}") == line


def test_the_schema_takes_a_file_or_rows() -> None:
    ways = json_schema()["properties"]["tool_states"]["anyOf"]
    assert [way["type"] for way in ways] == ["string", "array"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"tool": "lito/1", "down": "1 h"}, "the line has no toolgroup 'lito'; did you mean 'litho'?"),
        ({"tool": "litho/3", "down": "1 h"}, "'litho/3' names no tool of 'litho'; write litho/1 to litho/2"),
        ({"tool": "litho", "down": "1 h"}, "'litho' names no tool of 'litho'; write litho/1 to litho/2"),
        ({"tool": "litho/x", "down": "1 h"}, "'litho/x' names no tool of 'litho'; write litho/1 to litho/2"),
        ({"tool": "cool/1", "down": "1 h"}, "'cool' is unlimited and has no tools that could be down"),
        ({"tool": "litho/1", "setup": "C"}, "'litho' knows no setup 'C'"),
        ({"tool": "litho/1"}, "the row says nothing of 'litho/1'; write down or setup, or leave it out"),
        ({"tool": "litho/1", "down": 5}, "a time needs a unit; write '5 s'"),
        ({"tool": "litho/1", "downn": "5 h"}, "unknown key 'downn', did you mean 'down'?"),
        ({"down": "5 h"}, "the row lacks 'tool'; write it"),
    ],
)
def test_a_fault_is_told_with_its_cure(row: dict[str, Any], said: str) -> None:
    with pytest.raises(LineError) as told:
        small([row])
    assert said in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_faults_of_a_file_have_its_rows(tmp_path: Path) -> None:
    (tmp_path / "tools.csv").write_text("tool,down [h],setup\nlitho/2,5,A\nlitho/2,1,\nlitho/9,1,\n")
    (tmp_path / "line.yaml").write_text(DOCUMENT.replace("STATES", "tools.csv"))
    with pytest.raises(LineError) as told:
        read(tmp_path / "line.yaml")
    message = str(told.value)
    assert "tools.csv:3:1: tool_states.tool: tool 'litho/2' stands twice; leave one row out" in message
    assert "tools.csv:4:1: tool_states.tool: 'litho/9' names no tool of 'litho'" in message


def test_they_cannot_change_for_a_time() -> None:
    for change in ("tool_states.0.down=1 h", "routes.main.strip.layer=M2"):
        with pytest.raises(LineError, match="for a time"):
            Line.from_document(small(ROWS).to_document() | {"transients": [{"change": change, "from": "1 d"}]})
