"""The bottleneck by several methods, in lines where each one's answer is known by hand."""

from __future__ import annotations

import pytest
from synthetic import empty_totals, names_of, results_of, serial_line, spend

from twin.results import Results
from twin.results.methods import best, sentence


def serial(*worlds: list[tuple[float, float]]) -> Results:
    """One tool a station, with these blocked and starved shares in each replication; the rest productive."""
    line = serial_line(len(worlds[0]))
    names = names_of(line)
    totals = empty_totals(names, len(worlds))
    for world, shares in enumerate(worlds):
        for tool, (blocked, starved) in enumerate(shares):
            spend(totals, tool, 1 - blocked - starved, 0, 0, 0, blocked, world=world)
    return results_of(line, names, totals)


CLEAR = [(0.3, 0.0), (0.2, 0.02), (0.05, 0.05), (0.02, 0.2), (0.0, 0.3)]


def test_arrows_severity_and_active_shares_of_a_clear_case() -> None:
    """a and b are blocked, d and e starved: arrows point to c from both sides."""
    results = serial(CLEAR, CLEAR)
    told = [(arrow.before, arrow.after, arrow.downstream, arrow.sure) for arrow in results.arrows]
    assert told == [("a", "b", True, True), ("b", "c", True, True), ("c", "d", False, True), ("d", "e", False, True)]
    found = results.bottleneck_figures
    severity = found["c"]["severity"]
    assert severity is not None
    assert severity.mean == pytest.approx(abs(0.2 - 0.05) + abs(0.05 - 0.2))
    assert all(found[name]["severity"] is None for name in "abde")
    assert [row["arrows"].mean for row in found.values() if row["arrows"]] == [0, 0, 1, 0, 0]
    active = found["c"]["active"]
    assert active is not None and active.mean == pytest.approx(0.9)
    assert best(found, "severity") == best(found, "active") == "c" == results.bottleneck
    assert sentence(found) == (
        "Bottleneck: c by blocked-starved arrows and the largest active share: they agree."
    )
    assert sentence(found, "d").startswith("Bottleneck: the methods differ: c by blocked-starved arrows and")


def test_replications_that_disagree_are_told() -> None:
    """In one replication of four the arrows end at b; between b and c none is sure."""
    other = [(0.3, 0.0), (0.04, 0.03), (0.02, 0.1), (0.02, 0.2), (0.0, 0.3)]
    results = serial(CLEAR, CLEAR, CLEAR, other)
    found = results.bottleneck_figures
    shares = {name: row["arrows"].mean for name, row in found.items() if row["arrows"] is not None}
    assert shares == pytest.approx({"a": 0, "b": 0.25, "c": 0.75, "d": 0, "e": 0})
    half = found["c"]["arrows"]
    assert half is not None and half.low is not None
    unsure = [arrow for arrow in results.arrows if (arrow.before, arrow.after) == ("b", "c")]
    assert [arrow.sure for arrow in unsure] == [False]


def test_two_stations_without_an_arrow_the_severer_is_named() -> None:
    """b between a blocked 10 % and c starved 5 %; d between c blocked 30 % and e starved 20 %."""
    shares = [(0.10, 0.0), (0.02, 0.03), (0.30, 0.05), (0.02, 0.03), (0.0, 0.20)]
    found = serial(shares, shares).bottleneck_figures
    assert best(found, "severity") == "d"
    severity = {name: row["severity"].mean for name, row in found.items() if row["severity"] is not None}
    assert severity == pytest.approx({"b": 0.07 + 0.03, "d": 0.27 + 0.18})


def test_one_station_has_no_arrows() -> None:
    found = serial([(0.0, 0.1)], [(0.0, 0.2)]).bottleneck_figures
    assert found["a"]["arrows"] is None and found["a"]["severity"] is None
    assert sentence(found) == "Bottleneck: a by the largest active share."
