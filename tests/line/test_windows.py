"""Queue-time windows and the loops of a route: which cross, and what a document may say."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from twin.line import LineError, read
from twin.line.windows import crossing

DOCUMENT = """\
twin: 1
line: small
toolgroups: {tool: {tools: 1}}
products: {p: {route: main, release: {every: 3 h}}}
routes:
  main:
    - {step: clean, toolgroup: tool, time: 1 min}
    - {step: coat, toolgroup: tool, time: 1 min, queue_limit: {until: etch, limit: 2 h}}
    - {step: expose, toolgroup: tool, time: 1 min}
    - {step: check, toolgroup: tool, time: 1 min, rework: {probability: 0.1, to: expose}}
    - {step: etch, toolgroup: tool, time: 1 min}
    - {step: look, toolgroup: tool, time: 1 min}
"""


def passes(opens: int, ends: int, at: int, to: int) -> tuple[bool, bool]:
    """What happens to a lot that goes round the loop once: whether each time that the window was open its end came,
    and whether each time that it came to the end the window was open."""
    opened = False
    abandoned = unwatched = False
    for place in [*range(at + 1), *range(to, max(at, ends) + 2)]:
        if place == ends:
            unwatched |= not opened
            opened = False
        if place == opens:
            abandoned |= opened
            opened = True
    return abandoned, unwatched


def test_a_crossing_is_a_pass_that_nobody_judges() -> None:
    """Every window and loop on seven steps. A loop from the window's own first step back, or back to its last, is
    none: what was opened is opened anew before any wait, what was ended is only done again."""
    for opens, ends, at, to in product(range(7), repeat=4):
        if not (opens < ends and to <= at):
            continue
        abandoned, unwatched = passes(opens, ends, at, to)
        if at == opens or to == ends:
            assert crossing(opens, ends, at, to) is None
            continue
        assert crossing(opens, ends, at, to) == ("out" if abandoned else "in" if unwatched else None)


def faults(tmp_path: Path, old: str, new: str) -> str:
    """What is told of the document with a change."""
    assert old in DOCUMENT
    (tmp_path / "small.yaml").write_text(DOCUMENT.replace(old, new))
    with pytest.raises(LineError) as caught:
        read(tmp_path / "small.yaml")
    return str(caught.value).removeprefix(f"{tmp_path}/")


def test_the_document_as_it_stands_is_sound(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(DOCUMENT)
    assert read(tmp_path / "small.yaml").routes["main"][1].queue_limit[0].until == "etch"


@pytest.mark.parametrize("to", ["clean", "coat", "expose", "check", "etch"])
def test_a_way_back_from_behind_a_window_is_none_of_its_business(tmp_path: Path, to: str) -> None:
    behind = "time: 1 min, rework: {probability: 0.2, to: " + to + "}}\n    - {step: look"
    (tmp_path / "small.yaml").write_text(DOCUMENT.replace("time: 1 min}\n    - {step: look", behind))
    assert read(tmp_path / "small.yaml").routes["main"][4].rework[0].to == to


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("to: expose", "to: clean", "crosses the way back from 'check' to 'clean': lots leave it at 'check'"),
        ("to: expose", "to: coat", "crosses the way back from 'check' to 'coat'"),
    ],
)  # fmt: skip
def test_a_crossing_is_told_at_the_window(tmp_path: Path, old: str, new: str, told: str) -> None:
    found = faults(tmp_path, old, new)
    assert found.startswith("small.yaml:8:71: routes.main.coat.queue_limit.0.until: the window from 'coat' to 'etch'")
    assert told in found.splitlines()[0] and found.count("routes.main") == 1
