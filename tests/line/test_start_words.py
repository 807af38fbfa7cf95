"""Words of lines in slots, `blocking`, `bernoulli` and `geometric`: read, written back, as tables, by the schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator as Validator

from twin.line import Line, json_schema, read
from twin.line.sheets_export import export_tables

TEXT = """\
twin: 1
line: slots
toolgroups:
  m1: {blocking: before, failures: {bernoulli: 90 %, slot: 60 s}}
  m2:
    buffer: 3
    blocking: after
    failures:
      - {mtbf: {geometric: {mean: 10 h, slot: 1 min}}, mttr: {geometric: [8 min, 1 min]}, clock: operating}
      - {bernoulli: 0.95, slot: 30 s}
  m3: {failures: {availability: 95 %, mttr: 3 min}}
products:
  p: {route: main, release: saturated}
routes:
  main:
    - {step: s1, toolgroup: m1, time: 60 s}
    - {step: s2, toolgroup: m2, time: {geometric: {mean: 50 s, slot: 10 s}}}
    - {step: s3, toolgroup: m3, time: 50 s}
"""


@pytest.fixture
def line(tmp_path: Path) -> Line:
    (tmp_path / "slots.yaml").write_text(TEXT, encoding="utf-8")
    return read(tmp_path / "slots.yaml")


def test_what_is_written_back_is_what_was_meant(line: Line) -> None:
    groups = line.to_document()["toolgroups"]
    assert groups["m1"] == {"blocking": "before", "failures": [{"bernoulli": 0.9, "slot": "1 min"}]}
    assert "blocking" not in groups["m2"]
    assert groups["m2"]["failures"][0]["mttr"] == {"geometric": {"mean": "8 min", "slot": "1 min"}}
    assert Line.from_document(line.to_document()) == line


@pytest.mark.parametrize("suffix", [".xlsx", ""])
def test_tables_read_back_equal(line: Line, tmp_path: Path, suffix: str) -> None:
    export_tables(line, tmp_path / f"tables{suffix}")
    assert read(tmp_path / f"tables{suffix}") == line


def test_the_schema_takes_what_the_reader_takes(line: Line) -> None:
    schema = Validator(json_schema())
    document = line.to_document()
    schema.validate(document)
    spoiled: list[dict[str, Any]] = [
        {"bernoulli": 0.9}, {"mtbf": "1 h"}, {"bernoulli": 0.9, "slot": "1 s", "mttr": "1 s"},
    ]  # fmt: skip
    for failure in spoiled:
        document["toolgroups"]["m1"]["failures"] = [failure]
        assert not schema.is_valid(document), failure
