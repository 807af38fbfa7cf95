"""An imported document is placed whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.line import LineError, read
from twin.line.draft import place

GOOD = """\
line: small
toolgroups: {weld: {tools: 2}}
products: {body: {route: main, release: {every: 10 min}}}
routes: {main: [{step: weld_1, toolgroup: weld, time: 1 min}]}
"""


def test_a_document_with_faults_leaves_what_stood_there(tmp_path: Path) -> None:
    out, lots = tmp_path / "fab.yaml", tmp_path / "lots.csv"
    out.write_text("as it was")
    with pytest.raises(LineError) as caught:
        place(out, GOOD.replace("toolgroup: weld", "toolgroup: wild"), "Put it right there.", [(lots, "lot\n")])
    told = str(caught.value).splitlines()
    assert told[0].startswith(f"{out}:4:") and "wild" in told[0]  # the file that is asked for, not the draft
    assert told[-1] == "Put it right there."
    assert out.read_text() == "as it was" and list(tmp_path.iterdir()) == [out]


def test_a_good_document_comes_with_the_file_beside_it(tmp_path: Path) -> None:
    out, lots = tmp_path / "fab.yaml", tmp_path / "lots.csv"
    place(out, GOOD, "", [(lots, "lot\n")])
    assert out.read_bytes() == GOOD.encode() and lots.read_bytes() == b"lot\n"
    assert sorted(tmp_path.iterdir()) == [out, lots]
    assert list(read(out).toolgroups) == ["weld"]
