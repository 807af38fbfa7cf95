"""Words of tools in daily use: qualification, chambers, auxiliaries, gates, costs of a breach, waits of batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from twin.line import Line, LineError, read
from twin.line.sheets_export import export_tables

GROUPS = {"u": {"tools": 3}, "a": {"tools": 4, "chambers": 2}, "d": {"tools": "unlimited"}}
P = {"step": "p", "toolgroup": "u", "time": "2 min"}
S = {"step": "s", "toolgroup": "a", "time": "10 min"}
Q = {"step": "q", "toolgroup": "u", "time": "1 min"}


def document(*steps: dict[str, Any], groups: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A line of these steps."""
    return {
        "twin": 1, "line": "words", "toolgroups": GROUPS | (groups or {}),
        "products": {"x": {"route": "main", "release": {"every": "20 min"}, "lot_size": 2}},
        "routes": {"main": list(steps)}, **more,
    }  # fmt: skip


def full() -> Line:
    """Every word, each once."""
    limit = {"until": "s", "limit": "1 h", "gate": "5 %", "breach": {"to": "p"}}
    late = {"until": "q", "limit": "2 h", "breach": "scrap"}
    chamber = {"mtbf": {"exponential": "9 h"}, "mttr": "20 min", "of": "chamber"}
    batch = {"min": 2, "max": 4, "wait": "4 h", "look_ahead": "30 min"}
    return Line.from_document(
        document(
            P | {"qualified": "1-2", "needs": "r", "queue_limit": limit},
            S | {"chambers": [2], "needs": ["r", "b"], "batch": batch, "queue_limit": late},
            Q | {"qualified": [1, "3-4"]},
            groups={"a": {"tools": 4, "chambers": 2, "failures": chamber}},
            auxiliaries={"r": 2, "b": 1},
        )
    )


def test_numbers_and_names_are_read_in_each_of_their_ways() -> None:
    p, s, q = full().routes["main"]
    assert (p.qualified, s.qualified, q.qualified) == ((1, 2), None, (1, 3, 4))
    assert (p.needs, s.needs, q.needs) == (("r",), ("r", "b"), ())
    assert s.chambers == (2,)


def test_the_words_come_back_from_a_document() -> None:
    assert Line.from_document(full().to_document()) == full()


@pytest.mark.parametrize("where", ["line.xlsx", "tables"])
def test_the_words_come_back_from_tables(where: str, tmp_path: Path) -> None:
    export_tables(full(), tmp_path / where)
    assert read(tmp_path / where) == full()


LIMIT = {"until": "s", "limit": "1 h"}
RUNS = {"changes": [{"to": "A", "time": "5 min"}], "min_run": {"A": 3}}
SPOILED: list[tuple[str, dict[str, Any], str]] = [
    ("routes.main.0.qualified", document(P | {"qualified": [4]}), "no tool is qualified: 'u' has 3 tools"),
    ("routes.main.0.qualified", document(P | {"qualified": []}), "names no tool"),
    ("routes.main.0.qualified", document(P | {"qualified": "4-2"}), "ends before it begins; write '2-4'"),
    ("routes.main.0.qualified", document(P | {"qualified": ["one"]}), "needs the number of a tool such as 1"),
    ("routes.main.0.qualified", document(P | {"qualified": 0}), "at least 1"),
    (
        "routes.main.0.qualified",
        document(P | {"qualified": 1}, groups={"u": {"buffer": 0}}),
        "hands a lot to any idle tool",
    ),
    ("routes.main.0.qualified", document(P | {"toolgroup": "d", "qualified": 1}), "has no single tools"),
    ("routes.main.0.chambers", document(P | {"chambers": 1}), "the tools of 'u' have no chambers"),
    ("routes.main.0.chambers", document(S | {"chambers": [1, 3]}), "there is no chamber 3"),
    ("routes.main.0.cascade", document(S | {"cascade": {"every": "1 min"}}), "take one run at a time"),
    (
        "toolgroups.d.chambers",
        document(P, groups={"d": {"tools": "unlimited", "chambers": 2}}),
        "no tools with chambers",
    ),
    ("toolgroups.a.chambers", document(S, groups={"a": {"chambers": 40}}), "at most 32"),
    (
        "toolgroups.u.failures.0.of",
        document(P, groups={"u": {"failures": {"mtbf": "1 h", "mttr": "1 min", "of": "chamber"}}}),
        "no chambers to break down",
    ),
    ("routes.main.0.needs", document(P | {"needs": "r"}), "the line has no auxiliary 'r'"),
    ("routes.main.0.needs", document(P | {"needs": "reticl"}, auxiliaries={"reticle": 1}), "did you mean 'reticle'?"),
    ("routes.main.0.needs", document(P | {"needs": ["a", "b", "c"]}), "names 3 auxiliaries; write"),
    ("routes.main.0.needs", document(P | {"needs": ["r", "r"]}, auxiliaries={"r": 1}), "names 'r' twice"),
    ("auxiliaries.r", document(P | {"needs": "r"}, auxiliaries={"r": 0}), "needs at least 1"),
    ("routes.main.0.queue_limit.0.gate", document(P | {"queue_limit": LIMIT | {"gate": 0}}, S), "between 0 % and"),
    (
        "routes.main.0.queue_limit.0.gate",
        document(P | {"queue_limit": LIMIT | {"gate": "5 %"}}, S, groups={"u": {"buffer": 4}}),
        "could block the line for ever",
    ),
    (
        "routes.main.0.queue_limit.0.gate",
        document(P | {"queue_limit": LIMIT | {"gate": "5 %"}}, S | {"setup": "A"}, groups={"a": {"setups": RUNS}}),
        "minimum run at 'a' waits for",
    ),
    (
        "routes.main.0.queue_limit.0.gate",
        document(P | {"queue_limit": LIMIT | {"gate": "5 %"}}, S | {"toolgroup": "d"}),
        "no lot waits at 's'",
    ),
    (
        "routes.main.1.queue_limit.0.gate",
        document(P | {"queue_limit": LIMIT | {"gate": "5 %"}}, Q | {"queue_limit": LIMIT | {"gate": "5 %"}}, S),
        "that open at 'p' and 'q' overlap",
    ),
    (
        "routes.main.0.queue_limit.0.breach",
        document(P | {"queue_limit": LIMIT | {"breach": "drop"}}, S),
        "is 'scrap' or a step to go back to",
    ),
    (
        "routes.main.0.queue_limit.0.breach.to",
        document(P | {"queue_limit": LIMIT | {"breach": {"to": "pp"}}}, S),
        "no such step 'pp'",
    ),
    (
        "routes.main.0.queue_limit.0.breach.to",
        document(P | {"queue_limit": LIMIT | {"breach": {"to": "s"}}}, S),
        "does not come before 's'",
    ),
    (
        "routes.main.0.queue_limit.0.breach.to",
        document(P | {"queue_limit": LIMIT | {"breach": {"to": "end"}}}, S),
        "write 'breach: scrap'",
    ),
    (
        "routes.main.0.queue_limit.0.breach",
        document(P | {"queue_limit": LIMIT | {"breach": "scrap"}}, S | {"toolgroup": "d"}),
        "is unlimited; leave breach out",
    ),
    ("routes.main.0.batch.wait", document(S | {"batch": {"max": 4, "wait": "0 s"}}), "above 0"),
    ("routes.main.0.batch.look_ahead", document(S | {"batch": {"max": 4, "look_ahead": "soon"}}), "is no time"),
]


@pytest.mark.parametrize(("place", "spoiled", "words"), SPOILED)
def test_a_bad_word_is_one_fault_with_its_place_and_cure(place: str, spoiled: dict[str, Any], words: str) -> None:
    with pytest.raises(LineError) as caught:
        Line.from_document(spoiled)
    told = str(caught.value)
    assert len(caught.value.faults) == 1, told
    assert place in told
    assert words in told


def test_a_what_if_that_takes_the_qualified_tools_away_is_refused() -> None:
    made = document(P | {"qualified": [3]})
    assert Line.from_document(made)
    made["toolgroups"]["u"] = {"tools": 2}
    with pytest.raises(LineError, match="no tool is qualified"):
        Line.from_document(made)


def test_a_word_that_cannot_change_for_a_time_says_so() -> None:
    with pytest.raises(LineError, match="cannot change for a time"):
        Line.from_document(
            document(P | {"qualified": [1]}, transients=[{"change": "routes.main.p.qualified=2", "from": "1 d"}])
        )
