"""The operating curve against queueing formulae, and what it says where there is none."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

import twin
from twin.engine import RunError
from twin.line import Line, LineError
from twin.line.laws import Law
from twin.results.curve import Bounds, Curve
from twin.results.figure import Figure
from twin.study.curve import curve
from twin.study.growth import scaled, shorter


def near(figure: Figure | None, exact: float, halves: float = 2.0) -> bool:
    """Whether a figure is the exact value, give or take twice its 95 % interval."""
    assert figure is not None and figure.half is not None
    assert figure.half < 0.15 * exact
    return abs(figure.mean - exact) < halves * figure.half


def test_m_m_1_has_the_x_factor_of_theory() -> None:
    # X = 1 / (1 - rho) (any text on queues); the present load is 80 %
    found = curve("learn/mm1", from_="50 %", to=1.15, points=5, horizon="100 d", warmup="2 d", replications=16)
    assert [round(point.factor, 4) for point in found.points] == [0.5, 0.6625, 0.825, 0.9875, 1.0, 1.15]
    for point in found.points:
        rho = 0.8 * point.factor
        assert point.unsteady is None and point.offered == pytest.approx(rho)
        assert near(point.line["x_factor"], 1 / (1 - rho))
        assert near(point.line["wip"], rho / (1 - rho))
        assert near(point.utilisation("press"), rho)
        assert near(point.line["throughput"], point.factor * 1152)
    assert found.present is not None and found.present.factor == 1.0 and found.bottleneck == "press"


def test_m_m_3_has_the_x_factor_of_erlang() -> None:
    found = curve("bench/three_tools", from_=0.6, to=1.0, points=3, horizon="40000 min", replications=16)
    for point in found.points:
        load = 2.7 * point.factor
        above = load**3 / 6 / (1 - load / 3)
        waits = above / (1 + load + load**2 / 2 + above)  # Erlang's C formula, three servers
        assert near(point.line["x_factor"], 1 + waits / (3 - load))


def test_more_than_the_line_can_do_is_no_point_of_the_curve(tmp_path: Path) -> None:
    found = curve("learn/mm1", from_=0.9, to=1.4, points=3, horizon="5 d", replications=4)
    steady = {point.factor: point.unsteady is None for point in found.points}
    assert steady == {0.9: True, 1.0: True, 1.15: True, 1.4: False}
    last = found.points[-1]
    assert last.unsteady == "more is released than press can do" and last.offered == pytest.approx(1.12)
    assert last.growth is not None and last.growth.mean > 300  # of 4.5 d measured at 138 lots too many a day
    assert "140" in str(found) and "not steady" in str(found)
    told = found.to_json()["points"][-1]
    assert told["steady"] is False and told["why_not"] == last.unsteady
    assert found.frame["steady"].tolist() == [True, True, True, False]
    assert found.frame["x_factor_mean"].notna().all()


def test_wip_that_grows_is_seen_where_the_document_alone_does_not_tell() -> None:
    # the setups take what the offered load leaves: 2 min of work and 4 of setup for a lot every 5 min on average
    document = {
        "line": "setups",
        "toolgroups": {"t": {"tools": 1, "rule": "fifo", "setups": {"changes": [
            {"from": "a", "to": "b", "time": "4 min"}, {"from": "b", "to": "a", "time": "4 min"}]}}},
        "products": {p: {"route": p, "release": {"every": "10 min"}} for p in ("a", "b")},
        "routes": {p: [{"step": "s", "toolgroup": "t", "time": "2 min", "setup": p}] for p in ("a", "b")},
    }  # fmt: skip
    line = Line.from_document(document)
    found = curve(line, from_=0.5, to=1.0, points=2, horizon="10 d", warmup="1 d", replications=2)
    low, high = found.points
    assert low.unsteady is None and high.offered == pytest.approx(0.4)
    assert high.unsteady is not None and high.unsteady.startswith("the WIP grew by ")


def test_two_equal_stations_of_constant_wip_are_the_practical_worst_case() -> None:
    # exponential, balanced: throughput w / (w + 1) of a station's rate (Jackson; Hopp and Spearman's definition)
    document = {
        "line": "ring",
        "toolgroups": {"a": {"tools": 1}, "b": {"tools": 1}},
        "products": {"p": {"route": "r", "release": {"wip": 4}}},
        "routes": {"r": [{"step": s, "toolgroup": s, "time": {"exponential": "1 min"}} for s in ("a", "b")]},
    }
    line = Line.from_document(document)
    found = curve(line, from_=0.25, to=2.0, points=8, horizon="20 d", warmup="1 d", replications=8)
    assert found.varied == "wip" and found.bounds is not None
    assert found.bounds.critical_wip == pytest.approx(2.0)
    assert [point.line["wip"].mean for point in found.points if point.line["wip"]] == [1, 2, 3, 4, 5, 6, 7, 8]
    for lots, point in enumerate(found.points, start=1):
        rate, factor = found.bounds.practical_worst(lots)
        assert rate == pytest.approx(1440 * lots / (lots + 1)) and factor == pytest.approx((lots + 1) / 2)
        assert near(point.line["throughput"], rate) and near(point.line["x_factor"], factor)


def test_bounds_of_hopp_and_spearman() -> None:
    bounds = Bounds(rate=12.0, raw=0.5)
    assert bounds.critical_wip == 6
    assert bounds.best(3) == (6.0, 1.0) and bounds.best(12) == (12.0, 2.0)
    assert bounds.practical_worst(1) == (2.0, 1.0)
    rate, factor = bounds.practical_worst(7)
    assert rate * 0.5 * factor == pytest.approx(7)  # Little's law


def test_a_point_is_the_run_at_that_rate_with_the_same_luck() -> None:
    found = curve("learn/oven", from_=0.8, to=1.0, points=2, horizon="10 d", warmup="1 d", replications=3)
    slower = twin.read("learn/oven", set={
        "products.small.release.every": {"exponential": "15 min"},
        "products.large.release.every": {"exponential": "30 min"},
    })  # fmt: skip
    for point, line in zip(found.points, (slower, twin.read("learn/oven")), strict=True):
        alone = twin.simulate(line, horizon="10 d", warmup="1 d", replications=3)
        assert (point.results.totals.product == alone.totals.product).all()
    # lots of one number are the same lots: as many are released, only later
    all_ = found.points[1].figures["all products"]
    assert all_["x_factor"] is not None and all_["on_time"] is not None
    raw = found.points[1].results.names.raw_ticks
    columns = found.points[1].results.totals.product
    by_hand = [columns[w, :, 3].sum() / (columns[w, :, 2] * raw).sum() for w in range(3)]
    assert all_["x_factor"].mean == pytest.approx(sum(by_hand) / 3)


@pytest.mark.parametrize(
    "law",
    [
        Law(kind="constant", params=(60.0,)), Law(kind="erlang", params=(60.0, 3)),
        Law(kind="weibull", params=(60.0, 2)), Law(kind="uniform", params=(50.0, 70.0)),
        Law(kind="gamma", params=(60.0, 20.0)), Law(kind="normal", params=(60.0, 20.0)),
        Law(kind="empirical", values=(30.0, 60.0)),
    ],
)  # fmt: skip
def test_a_law_is_shortened_as_a_whole(law: Law) -> None:
    half = shorter(law, 2.0)
    assert half.mean == pytest.approx(law.mean / 2) and half.kind == law.kind
    assert Law.model_validate({"kind": half.kind, "params": half.params, "values": half.values}) == half


def test_schedules_move_together_and_must_last() -> None:
    document: dict[str, Any] = {
        "line": "planned",
        "toolgroups": {"t": {"tools": 1}},
        "products": {"p": {"route": "r", "release": {"schedule": [{"time": f"{k} h"} for k in range(1, 49)]}}},
        "routes": {"r": [{"step": "s", "toolgroup": "t", "time": "30 min"}]},
    }
    line = Line.from_document(document)
    fast = scaled(line, 2.0).products["p"].release.schedule
    assert [start.time for start in fast[:3]] == [1800, 3600, 5400]
    found = curve(line, from_=0.5, to=1.0, points=2, horizon="40 h", warmup=0, replications=1)
    assert [point.line["throughput"].mean for point in found.points if point.line["throughput"]] == [11.4, 23.4]
    with pytest.raises(LineError, match=r"p: at 150 % its schedule ends at 1\.333 d, before the run does at 1\.667 d"):
        curve(line, from_=0.5, to=1.5, points=3, horizon="40 h", warmup=0, replications=1)


def test_what_has_no_curve_is_told() -> None:
    with pytest.raises(LineError, match="body: a lot is always ready"):
        curve("learn/two_stage")
    mixed = twin.read("learn/oven", set={"products.small.release": {"wip": 5}})
    with pytest.raises(LineError, match="small: kept at a constant WIP, while large is released at a rate"):
        curve(mixed)
    for asked, said in (
        ({"from_": "110 %"}, "from 110 % to 105 %: write a lower and a higher factor"),
        ({"to": "fast"}, "to fast: is no factor; write 1.1 or '110 %'"),
        ({"points": 1}, "points 1: write a whole number from 2 to 64"),
        ({"to": 110}, "to 110: a factor lies between 0.01 and 100; for per cent write '110 %'"),
    ):
        with pytest.raises(LineError) as told:
            curve("learn/mm1", **asked)  # type: ignore[arg-type]
        assert said in str(told.value)
    with pytest.raises(RunError, match=r"at 900 % of the releases: .*more than 200 lots.*\(--from, --to\)"):
        curve("learn/mm1", from_=0.5, to=9, points=2, horizon="2 d", warmup=0, replications=1, max_wip=200)
    changing = twin.read("learn/oven", set=[("toolgroups.press.tools", "1 from 2 h to 5 h")])
    with pytest.raises(LineError, match="has changes for a time"):
        curve(changing)


def test_products_that_do_not_come_out_are_said_to_be_left_out() -> None:
    # one lot of Pb in four cannot make a batch of three
    found = curve("fab/mini_fab", from_=0.2, to=1.0, points=2, horizon="30 d", warmup="5 d", replications=2)
    assert found.points[0].unsteady == "no lot of Pb came out" and "left out" in str(found)
    assert isinstance(found, Curve) and math.isnan(found.points[0].offered)
