"""Figures and measures against answers worked out by hand."""

from __future__ import annotations

import json
from math import ceil, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from synthetic import (
    DAY_TICKS,
    SPAN,
    bin_of,
    count_lots,
    empty_totals,
    names_of,
    results_of,
    spend,
    two_products,
)

from twin.arrays.histogram import BINS, edges
from twin.results import Results
from twin.results.figure import figure, t_quantile
from twin.results.measures import STATES
from twin.results.quantile import quantile


def test_interval_is_students() -> None:
    """Four replications, 1 2 3 4: mean 2.5, s = sqrt(5/3), t(3, 97.5 %) = 3.182446."""
    found = figure(np.array([1.0, 2.0, 3.0, 4.0]), "d")
    assert found is not None and found.low is not None and found.high is not None
    half = 3.182446305284263 * sqrt(5 / 3) / 2
    assert found.mean == 2.5
    assert found.low == pytest.approx(2.5 - half, rel=1e-12)
    assert found.high == pytest.approx(2.5 + half, rel=1e-12)
    assert t_quantile(1) == pytest.approx(12.706204736432095, rel=1e-9)


def test_one_replication_has_no_interval_and_none_has_no_figure() -> None:
    alone = figure(np.array([2.0]), "d")
    assert alone is not None and (alone.mean, alone.low, alone.high) == (2.0, None, None)
    assert figure(np.array([np.nan, np.nan]), "d") is None
    known = figure(np.array([2.0, np.nan]), "d")
    assert known is not None and known.low is None


def test_figure_reads_well() -> None:
    found = figure(np.array([51.0, 51.4]), "d")
    assert str(found) == "51.2 ± 2.5 d"
    assert str(figure(np.array([51.234]), "lot")) == "51.23 lot"


def hand_run() -> Results:
    """100 d twice: plates in 2 and 4 d, then 2 and 6 d, and 10 more that were there at the start."""
    line = two_products()
    names = names_of(line)
    totals = empty_totals(names, 2)
    count_lots(totals, 0, 0, [2.0, 4.0], on_time=1)
    count_lots(totals, 1, 0, [2.0, 6.0], on_time=2)
    totals.product[:, 0, 1] += 10
    totals.product[:, :, 5] = [[5 * SPAN, SPAN], [7 * SPAN, SPAN]]
    totals.group[:, 0, 0] = 3 * SPAN
    totals.group[:, 0, 1:3] = [4, 4 * DAY_TICKS]
    totals.events[:] = [60, 66]
    spend(totals, 0, 0.5, 0.1, 0.1, 0.1)
    spend(totals, 1, 0.3, 0.1, 0.1, 0.1)
    spend(totals, 2, 0.9, world=0)
    spend(totals, 2, 0.7, world=1)
    return results_of(line, names, totals)


def mean(plain: Any) -> float:
    return float(plain["mean"])


def test_products_as_defined() -> None:
    found = hand_run().to_json()
    plate = found["products"]["plate"]
    assert mean(plate["out"]) == 12 and mean(plate["completed"]) == 2
    assert mean(plate["throughput"]) == pytest.approx(12 / 100)
    assert mean(plate["cycle_time"]) == pytest.approx((3 + 4) / 2)
    assert mean(plate["x_factor"]) == pytest.approx(3.5)
    assert mean(plate["on_time"]) == pytest.approx((0.5 + 1.0) / 2)
    assert mean(plate["wip"]) == pytest.approx(6)
    assert mean(found["throughput"]) == pytest.approx(12 / 100)
    half = 12.706204736432095 * 0.5  # means 3 and 4, standard error 1/2
    assert plate["cycle_time"]["low"] == pytest.approx(3.5 - half)
    assert plate["cycle_time"]["high"] == pytest.approx(3.5 + half)


def test_json_has_the_promised_keys_and_no_nan() -> None:
    found = hand_run().to_json()
    assert list(found) == [
        "model", "horizon_days", "warmup_days", "replications", "seed", "device", "throughput", "cycle_time",
        "products", "toolgroups", "bottleneck", "jobs", "oee", "events", "wall_s", "compile_s",
    ]  # fmt: skip
    json.dumps(found, allow_nan=False)
    assert found["horizon_days"] == 100 and found["events"] == 126
    assert set(found["cycle_time"]) == {"mean", "low", "high", "unit", "p95"}
    assert set(found["products"]["plate"]) == {
        "out", "completed", "throughput", "cycle_time", "x_factor", "on_time", "wip", "yield",
        "tardy", "tardiness", "weighted_tardiness",
    }  # fmt: skip
    assert set(found["toolgroups"]) == {"saw", "drill"}  # no tools, no shares: the pure delay is left out
    assert set(found["toolgroups"]["saw"]) == {*STATES, "utilisation", "queue"}
    units = {key: found["products"]["plate"][key]["unit"] for key in ("throughput", "cycle_time", "on_time")}
    assert units == {"throughput": "lot/d", "cycle_time": "d", "on_time": "share"}


def test_no_data_is_none_with_a_note() -> None:
    """Rods never leave: no cycle time; without `due` on-time is None even where lots leave."""
    results = hand_run()
    rod = results.to_json()["products"]["rod"]
    assert rod["cycle_time"] is None and rod["x_factor"] is None and rod["on_time"] is None
    assert mean(rod["throughput"]) == 0
    assert any(note.startswith("rod: no lot released after time 0 left the line") for note in results.notes)
    count_lots(results.totals, 0, 1, [1.0], on_time=1)
    again = results_of(results.line, results.names, results.totals).product_figures["rod"]
    assert again["on_time"] is None and again["cycle_time"] is not None


def test_toolgroups_as_defined() -> None:
    results = hand_run()
    saw = results.toolgroup_figures["saw"]
    values = {key: figure.mean for key, figure in saw.items() if figure is not None}
    assert values["productive"] == pytest.approx(0.4) and values["setup"] == pytest.approx(0.1)
    assert values["utilisation"] == pytest.approx(0.5 / 0.8)
    assert values["queue"] == pytest.approx(3)
    assert values["wait"] == pytest.approx(1)
    drill = results.toolgroup_figures["drill"]["productive"]
    assert drill is not None and drill.half == pytest.approx(12.706204736432095 * 0.1)


def test_tools_one_by_one() -> None:
    table = hand_run().tools
    assert list(table.index) == ["saw/1", "saw/2", "drill"]
    assert list(table["number"]) == [1, 2, 1]
    assert table.loc["saw/2", "productive"] == pytest.approx(0.3)
    assert table.loc["drill", "utilisation"] == pytest.approx(0.8)


def test_tables_are_labelled() -> None:
    results = hand_run()
    assert results.products.loc["plate", ("cycle_time", "mean")] == pytest.approx(3.5)
    assert np.isnan(results.products.loc["rod", ("cycle_time_p95", "mean")])
    assert results.toolgroups.index.name == "toolgroup"
    assert results.replications.loc[(2, "plate"), "completed"] == 2
    assert results.queue_limits.empty


def test_p95_lies_inside_its_bin() -> None:
    """200 lots of 1 to 200 d: 95 % stay below 190 d, up to the width of the bin it falls in."""
    line = two_products()
    names = names_of(line)
    totals = empty_totals(names, 1)
    count_lots(totals, 0, 0, [float(day) for day in range(1, 201)])
    found = results_of(line, names, totals).cycle_time
    assert found is not None and found.p95 is not None
    assert found.p95.mean == pytest.approx(190, rel=1 / 64)


def test_p95_is_spread_evenly_inside_a_bin() -> None:
    bounds = np.array([0, 10, 20, 40])
    found = quantile(np.array([[50, 40, 10], [0, 0, 0]]), bounds, 0.95, np.array([12.0, np.nan]))
    assert found[0] == 30.0
    assert np.isnan(found[1])


def test_p95_of_a_line_without_variance_is_its_mean() -> None:
    line = two_products()
    names = names_of(line)
    totals = empty_totals(names, 2)
    for world in range(2):
        count_lots(totals, world, 0, [5.0] * 40)
    found = results_of(line, names, totals).cycle_time
    assert found is not None and found.p95 is not None
    assert (found.mean, found.p95.mean) == (5.0, 5.0)


@given(arrays(np.int64, (2, 3, 5), elements=st.integers(0, SPAN // 5)))
def test_shares_sum_to_one(ticks: Any) -> None:
    line = two_products()
    names = names_of(line)
    totals = empty_totals(names, 2)
    totals.tool_ticks[:, :, [0, 1, 2, 3, 5]] = ticks
    totals.tool_ticks[:, :, 4] = SPAN - ticks.sum(axis=2)
    results = results_of(line, names, totals)
    for group in results.toolgroup_figures.values():
        shares = [group[state] for state in STATES]
        assert sum(share.mean for share in shares if share is not None) == pytest.approx(1, abs=1e-12)
    assert np.allclose(results.tools[list(STATES)].sum(axis=1), 1, atol=1e-12)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60), st.sampled_from([0.05, 0.5, 0.95]))
def test_quantile_lies_in_the_bin_of_the_lot_it_names(times: list[int], share: float) -> None:
    bounds = edges()
    counts = np.zeros((1, BINS), dtype=np.int64)
    for time in times:
        counts[0, bin_of(time)] += 1
    found = quantile(counts, bounds, share, np.array([np.mean(times)]))[0]
    lot = sorted(times)[ceil(share * len(times) - 1e-9) - 1]
    assert bounds[bin_of(lot)] <= found <= bounds[bin_of(lot) + 1]
