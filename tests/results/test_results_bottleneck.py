"""The bottleneck named in lines where it is known."""

from __future__ import annotations

import numpy as np
from synthetic import SPAN, empty_totals, names_of, results_of, serial_line, spend, two_products

from twin.line import Line
from twin.results import Results


def serial(blocked_starved: list[tuple[float, float]], line: Line) -> Results:
    """One tool a station, with these blocked and starved shares; the rest productive."""
    names = names_of(line)
    totals = empty_totals(names, 2)
    for tool, (blocked, starved) in enumerate(blocked_starved):
        spend(totals, tool, 1 - blocked - starved, 0, 0, 0, blocked)
    return results_of(line, names, totals)


def test_push_line_by_utilisation_of_up_time() -> None:
    """The drill works less of the calendar but more of the time it is up."""
    line = two_products()
    names = names_of(line)
    totals = empty_totals(names, 2)
    for saw in (0, 1):
        spend(totals, saw, 0.7)
    spend(totals, 2, 0.5, 0.1, 0.1, 0.2)
    results = results_of(line, names, totals)
    assert results.bottleneck == "drill"
    assert (
        "drill, by the largest utilisation, 85.7 ± 0.0 % of its up time; next saw, 70.0 %" in results.report()
    )


def test_equal_utilisation_goes_to_the_longer_queue() -> None:
    line = serial_line(3, buffer="unlimited")
    names = names_of(line)
    totals = empty_totals(names, 2)
    for tool in range(3):
        spend(totals, tool, 0.9)
    totals.group[:, 1, 0] = 5 * SPAN
    assert results_of(line, names, totals).bottleneck == "b"


def test_blocked_before_and_starved_after() -> None:
    """a and b are blocked, d and e starved: c, though c itself loses some time both ways."""
    shares = [(0.3, 0.0), (0.2, 0.02), (0.05, 0.05), (0.02, 0.2), (0.0, 0.3)]
    results = serial(shares, serial_line(5))
    assert results.bottleneck == "c"
    assert (
        "arrow method: b before it is blocked 20.0 ± 0.0 % and d after it is starved"
        in results.bottleneck_sentence
    )


def test_bottleneck_at_either_end() -> None:
    assert serial([(0.01, 0.0), (0.0, 0.2), (0.0, 0.25)], serial_line(3)).bottleneck == "a"
    assert serial([(0.3, 0.0), (0.25, 0.01), (0.0, 0.02)], serial_line(3)).bottleneck == "c"


def test_of_two_bottlenecks_the_severer() -> None:
    """b between a blocked 10 % and c starved 5 %; d between c blocked 30 % and e starved 20 %."""
    shares = [(0.10, 0.0), (0.02, 0.03), (0.30, 0.05), (0.02, 0.03), (0.0, 0.20)]
    results = serial(shares, serial_line(5))
    assert results.bottleneck == "d"
    assert "weaker ones: b" in results.bottleneck_sentence


def test_a_line_short_of_releases_has_no_arrows() -> None:
    """Arrows would point to the entrance, which only waits for lots: the busiest station is told."""
    shares = [(0.0, 0.4), (0.03, 0.3), (0.0, 0.1), (0.0, 0.5)]
    results = serial(shares, serial_line(4, release={"every": {"exponential": "1 min"}}))
    assert results.bottleneck == "c"
    assert "release leaves a short of lots" in results.bottleneck_sentence


def test_finite_buffers_that_never_block_are_a_push_line() -> None:
    shares = [(0.0, 0.4), (0.001, 0.3), (0.0, 0.35)]
    results = serial(shares, serial_line(3))
    assert results.bottleneck == "b"
    assert "largest utilisation" in results.bottleneck_sentence


def test_a_line_that_did_nothing_and_one_that_was_never_up() -> None:
    line = serial_line(2)
    names = names_of(line)
    assert results_of(line, names, empty_totals(names, 2)).bottleneck == "a"
    totals = empty_totals(names, 2)
    for tool in range(2):
        spend(totals, tool, 0, 0, 0, 1)
    results = results_of(line, names, totals)
    assert results.bottleneck is None and results.to_json()["bottleneck"] is None
    assert results.toolgroup_figures["a"]["utilisation"] is None


def test_conwip_entrance_waits_for_the_end() -> None:
    """a waits for lots that d holds up: in the loop d is the bottleneck, not the entrance."""
    shares = [(0.0, 0.5), (0.05, 0.45), (0.3, 0.1), (0.0, 0.05)]
    assert serial(shares, serial_line(4, release={"wip": 6})).bottleneck == "d"


def test_pure_delays_are_looked_through() -> None:
    line = serial_line(4, b={"tools": "unlimited", "buffer": "unlimited"})
    results = serial([(0.3, 0.0), (0.05, 0.05), (0.0, 0.3)], line)
    assert results.bottleneck == "c"
    assert np.isnan(results._toolgroup_values["productive"][0, 1])
