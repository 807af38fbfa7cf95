"""The report: what it says, how wide it is, how figures are written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import (
    DAY_TICKS,
    SPAN,
    count_lots,
    empty_totals,
    names_of,
    results_of,
    serial_line,
    spend,
    two_products,
)

from twin.results import Figure, Results
from twin.results.cells import cell, column, rate_unit, time_unit
from twin.results.report import WIDTH, span


def body_line(worlds: int = 4, stations: int = 12) -> Results:
    """A line of 60 jobs an hour, half an hour through."""
    line = serial_line(min(stations, 10))
    names = names_of(line, raw_d=20 / 1440)
    totals = empty_totals(names, worlds)
    for world in range(worlds):
        count_lots(totals, world, 0, [(30 + world + lot % 5) / 1440 for lot in range(500)])
        totals.product[world, 0] *= 288
        totals.cycle_hist[world, 0] *= 288
        totals.product[world, 0, 0:2] += world
        totals.product[world, 0, 5] = 30 * SPAN
        for tool in range(len(names.toolgroups)):
            spend(totals, tool, 0.8 + world / 100, 0, 0, 0.05, 0.02, world=world)
    totals.events[:] = 1_000_000
    return results_of(line, names, totals)


def fig(mean: float, half: float | None, unit: str = "d") -> Figure:
    return Figure(mean, None if half is None else mean - half, None if half is None else mean + half, unit)


def test_units_by_magnitude() -> None:
    text = body_line().report()
    assert "lot/h" in text and "min" in text
    assert "60.00" in text
    assert body_line().to_json()["throughput"]["unit"] == "lot/d"


@pytest.mark.parametrize(("days", "unit"), [(51.0, "d"), (2.0, "d"), (0.5, "h"), (0.05, "min"), (0.001, "s")])
def test_time_unit(days: float, unit: str) -> None:
    assert time_unit([fig(days, None)]).name == unit


def test_a_fab_counts_by_the_day_however_fast() -> None:
    assert rate_unit([fig(57.0, None)], time_unit([fig(50.0, None)])).name == "lot/d"
    assert rate_unit([fig(57.0, None)], time_unit([fig(0.1, None)])).name == "lot/h"
    assert rate_unit([fig(5.0, None)], time_unit([fig(0.1, None)])).name == "lot/d"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (365 * 86_400.0, "365 d"),
        (1.2e6, "20,000 min"),
        (5400.0, "90 min"),
        (7_165_670.1, "82.94 d"),
        (0.001, "0.001 s"),
    ],
)
def test_times_asked_for(seconds: float, told: str) -> None:
    assert span(seconds) == told


def test_cells() -> None:
    assert cell(fig(51.234, 0.42), 1.0, 1) == "51.2 ± 0.4"
    assert cell(fig(51.234, None), 1.0, 1) == "51.2"
    assert cell(fig(0.0, 0.0), 1.0, 1) == "0"
    assert cell(None, 1.0, 1) == "-"
    assert cell(fig(14194.4, 12.0), 1.0, 0) == "14,194 ± 12"


def test_a_column_has_one_number_of_decimals_and_aligned_signs() -> None:
    cells = column([fig(27.861, 0.032), fig(0.691, 0.011), None], 1.0)
    assert cells == ["27.86 ± 0.03", "0.69 ± 0.01", "-       "]
    assert column([fig(1234.0, 250.0)], 1.0) == ["1,234 ± 250"]


@given(st.lists(st.tuples(st.floats(0, 1e9), st.floats(0, 1e6)), min_size=1, max_size=8))
def test_signs_of_any_column_stand_under_each_other(pairs: list[tuple[float, float]]) -> None:
    cells = column([fig(mean, half) for mean, half in pairs], 1.0)
    width = max(map(len, cells))
    signs = {text.rjust(width).index("±") for text in cells if "±" in text}
    assert len(signs) <= 1


def test_report_names_all_that_was_asked() -> None:
    text = body_line().report()
    for words in ("test/line", "100 d, no warm-up, 4 replications, seed 1, cpu", "X-factor", "WIP", "on time",
                  "its p95", "utilised", "blocked", "starved", "queue", "Bottleneck: "):  # fmt: skip
        assert words in text
    assert "no interval" not in text


def test_one_replication_says_no_interval() -> None:
    text = body_line(1).report()
    assert "one replication (no interval)" in text
    assert "±" not in text


def test_every_line_fits_the_terminal() -> None:
    for results in (body_line(), body_line(1)):
        assert max(map(len, results.report().splitlines())) <= WIDTH


def test_long_names_are_cut_to_fit() -> None:
    long = "station_with_a_name_that_nobody_would_ever_want_to_type_" * 2
    line = serial_line(2)
    renamed = line.to_document()
    renamed["toolgroups"][long] = renamed["toolgroups"].pop("a")
    renamed["routes"]["main"][0]["toolgroup"] = long
    line = type(line).from_document(renamed)
    names = names_of(line)
    totals = empty_totals(names, 2)
    rows = results_of(line, names, totals).report().split("Toolgroups:")[1].splitlines()
    assert any(row.startswith("station_with") and "…" in row for row in rows)
    assert max(map(len, rows)) <= WIDTH


def test_ten_toolgroups_at_most() -> None:
    """And the marked one is the bottleneck."""
    from twin.results.sheets import toolgroups

    sheet = toolgroups(body_line())
    assert len(sheet.rows) == 10
    assert [sheet.rows[k][0] for k in sheet.marked] == [body_line().bottleneck]


def test_ascii_says_the_same() -> None:
    text, plain = body_line().report(), body_line().report(ascii_only=True)
    assert plain.isascii()
    assert re.sub(r" +", " ", plain) == re.sub(r" +", " ", text.replace("±", "+-"))
    assert max(map(len, plain.splitlines())) <= WIDTH


def test_censored_says_on_how_many_lots() -> None:
    """Two lots in 100 d with a p95 of 48 d: the slow ones are still inside."""
    line = two_products()
    names = names_of(line)
    totals = empty_totals(names, 1)
    count_lots(totals, 0, 0, [40.0, 48.0])
    totals.product[0, 0, 0] = 100
    notes = " ".join(results_of(line, names, totals).notes)
    assert "Cycle times are censored: 100 d measured" in notes
    assert "plate 2 (100 released)" in notes
    assert "WIP grew by 98 lots" in notes


def test_a_long_run_is_not_called_censored() -> None:
    assert not any("censored" in note for note in body_line().notes)


def test_nothing_left_the_line() -> None:
    line = two_products()
    names = names_of(line)
    results = results_of(line, names, empty_totals(names, 2))
    assert results.cycle_time is None
    assert results.notes == ("No lot left the line: no cycle time, X-factor or on-time share.",)
    assert "nan" not in results.report().lower().split()


def test_a_run_stopped_inside_the_warm_up() -> None:
    line = two_products()
    names = names_of(line)
    totals = empty_totals(names, 2, span=0)
    results = results_of(line, names, totals, notes=("Stopped by hand after 3 d.",))
    assert results.throughput is None
    assert results.notes == (
        "Stopped by hand after 3 d.",
        "The run ended inside the warm-up: there are no figures.",
    )
    assert "No bottleneck" in results.report()


def test_queue_time_limits_are_told() -> None:
    line = two_products()
    names = names_of(line)
    totals = empty_totals(names, 2)
    totals.windows[:, 0] = [100, 7]
    results = results_of(line, names, totals)
    assert "Queue-time limits: 14 of 200 windows breached (7 %)." in results.report()
    assert results.queue_limits.loc[("main", "cut"), "breached"] == 7


def test_notebooks_get_html() -> None:
    results = body_line()
    html = results._repr_html_()
    assert html.count("<table>") == 2 and "Bottleneck" in html
    assert re.search(r"<td[^>]*>60\.00 ± 0\.00</td>", html)
    assert repr(results) == "<Results of test/line: 100 d, 4 replications>"
    assert DAY_TICKS * 100 == SPAN
