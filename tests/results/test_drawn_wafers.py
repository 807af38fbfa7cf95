"""Wafers with maps, damage and bins: agreement with what is expected, verdicts by hand, causes, and the same again."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from plain_law import plain_law
from quality_lines import quality_line, quality_run
from scipy.stats import poisson as poisson_law
from wafer_lines import BINS, wafer_line, wafer_run

from twin.arrays import fields as f
from twin.arrays.keys import stream_key
from twin.process.zernike import zernikes
from twin.results import Results, ResultsError, bins, wafer_report
from twin.results.damage import chance, damage_yield, sources
from twin.results.draws import cluster, poisson, poisson_each, uniforms
from twin.results.wafer import Wafer

Floats = NDArray[np.float64]
QUIET = {"noise": "0 nm", "signature": {"bowl": "3.2 nm", "tilt_x": "1 nm"}}


@pytest.fixture(scope="module")
def results() -> Results:
    return wafer_run(lots=8)


def every(results: Results) -> list[Wafer]:
    return [
        wafer
        for lot, world in zip(results.lots["lot"], results.lots["replication"], strict=True)
        for wafer in results.wafers(lot, replication=int(world))
    ]


def z_of(differences: Floats) -> float:
    return float(differences.mean() / (differences.std(ddof=1) / math.sqrt(differences.size)))


# ---------------------------------------------------------------- what is expected


def test_many_wafers_agree_with_what_is_expected_of_them() -> None:
    """Background, two damages that move, a ring in one chamber, and a film near its limits: 2,880 wafers."""
    drawn = every(wafer_run(lots=120))
    assert len(drawn) == 2880
    assert 0.01 < np.std([wafer.expected for wafer in drawn]) < 0.2  # each by its own map and chamber
    assert abs(z_of(np.array([wafer.yield_ - wafer.expected for wafer in drawn]))) < 4


@pytest.mark.parametrize(
    ("spun", "polished"),
    [
        ([{"pattern": "edge_ring", "share": 0.3, "defects": 60, "chambers": 2}], []),
        ([{"pattern": "ring", "share": 0.2, "defects": 20}], [{"pattern": "centre", "share": 1, "defects": 4}]),
        ([{"pattern": "scratch", "share": 0.5, "defects": 9}], [{"pattern": "burst", "share": 0.5, "defects": 9}]),
        ([], [{"pattern": "random", "share": 0.5, "defects": 30}, {"pattern": "random", "share": 0.2, "defects": 5}]),
    ],
)
def test_the_expected_factor_of_damage_is_the_mean_over_wafers(spun: Any, polished: Any) -> None:
    line = wafer_line(spun, polished, adders="0 /cm2", spin=QUIET, film={"limits": [None, None], "modes": 3})
    kept = np.array([wafer.yield_ for wafer in every(wafer_run(line, lots=80))])
    expected = damage_yield(line, "A")
    assert 0.5 < expected < 0.999 and abs(z_of(kept - expected)) < 4


def test_without_damage_or_dies_nothing_is_lost_to_it() -> None:
    assert damage_yield(wafer_line((), ()), "A") == 1.0
    assert damage_yield(quality_line(), "A") == damage_yield(quality_line(), "B") == 1.0


def test_the_factor_of_a_random_pattern_by_hand() -> None:
    line = wafer_line((), [{"pattern": "random", "share": 0.25, "defects": 50}])
    share = 0.8 / (math.pi * 7.2**2)
    assert damage_yield(line, "A") == pytest.approx(1 - 0.25 * (1 - math.exp(-50 * share)), rel=1e-12)
    some = wafer_line([{"pattern": "random", "share": 0.25, "defects": 50, "chambers": [1, 3]}], ())
    assert damage_yield(some, "A") == pytest.approx(1 - 2 / 3 * 0.25 * (1 - math.exp(-50 * share)), rel=1e-12)


def test_chances_by_how_often_a_lot_comes() -> None:
    assert [chance(0.1, n) for n in (0.0, 0.5, 1.0, 2.0)] == pytest.approx([0.0, 0.05, 0.1, 0.19])
    assert chance(0.1, 1.5) == pytest.approx(1 - 0.9 * 0.95)
    document = wafer_line().to_document()
    document["routes"]["r"][1] |= {"sample": 0.4}
    with plain_law():
        sampled = type(wafer_line()).from_document(document)
    assert [round(source.chance, 12) for source in sources(sampled, "A")] == [0.2, 0.04, 0.04]


def test_struck_wafers_are_as_many_as_they_should_be() -> None:
    drawn = every(wafer_run(lots=100))
    struck = {
        pattern: np.mean([any(cause.pattern == pattern for cause in wafer.causes) for wafer in drawn])
        for pattern in ("edge_ring", "scratch", "burst")
    }
    for pattern, share in (("edge_ring", 0.2 / 3), ("scratch", 0.1), ("burst", 0.1)):
        assert abs(struck[pattern] - share) < 4 * math.sqrt(share * (1 - share) / len(drawn))


# ---------------------------------------------------------------- the same wafer again


def same(a: Wafer, b: Wafer) -> bool:
    alike = (a.defects == b.defects).all() and (a.kind == b.kind).all() and (a.cause == b.cause).all()
    return bool(alike) and a.causes == b.causes and all((a.values[name] == b.values[name]).all() for name in b.values)


def test_the_same_wafer_alone_in_its_lot_again_and_from_disk(results: Results, tmp_path: Path) -> None:
    lot = results.wafers("A-3")
    assert [wafer.number for wafer in lot] == list(range(1, 25))
    assert all(same(results.wafer(f"A-3.{k}"), lot[k - 1]) for k in (24, 1, 7))
    assert not same(lot[0], lot[1])
    results.save(tmp_path / "run")
    with plain_law():
        loaded = Results.load(tmp_path / "run")
    assert all(same(a, b) for a, b in zip(loaded.wafers("A-3"), lot, strict=True))
    assert str(loaded.wafer("A-3.5")) == str(lot[4])


def test_a_longer_run_and_another_seed(results: Results) -> None:
    assert same(wafer_run(lots=12).wafer("A-5.5"), results.wafer("A-5.5"))
    other = wafer_run(lots=8, seed=2)
    assert not same(other.wafer("A-5.5"), results.wafer("A-5.5"))


def test_damage_is_added_to_what_was_drawn_without_it(results: Results) -> None:
    """The background stays where it is, and so does another step's damage."""
    plain = wafer_run(wafer_line((), ()), lots=8)
    spun = wafer_run(wafer_line(polished=()), lots=8)
    for name in ("A-1.2", "A-2.5", "A-8.24"):
        without, one, both = plain.wafer(name), spun.wafer(name), results.wafer(name)
        assert (without.defects <= one.defects).all() and (one.defects <= both.defects).all()
        assert (without.values["film"] == both.values["film"]).all()


def test_lines_without_any_of_it_have_the_dies_that_they_always_had() -> None:
    """Drawn here as the first twin did: one stream of a wafer, its cluster first."""
    wafer = quality_run(quality_line(), [(0, 0, 4, 25, 0.5)], worlds=1).wafer("A-5.3")
    shares = uniforms((1, 0, stream_key("wafer", "A"), 4, 2), 622)
    assert (wafer.defects == poisson(shares[1:], 0.5 * cluster(float(shares[0]), 2.0))).all()
    assert wafer.is_plain and wafer.kinds == ("good", "defect") and (wafer.good == (wafer.defects == 0)).all()
    assert wafer.expected == (1 + 0.5 / 2) ** -2 and wafer.values == {}


# ---------------------------------------------------------------- verdicts


def mapped(line: Any) -> Floats:
    """The film of the quiet line, from Noll's polynomials."""
    places = line.products["A"].die.places
    shapes = zernikes(4, np.hypot(places.x, places.y) / 75, np.arctan2(places.y, places.x))
    film: Floats = 100 + shapes[:, 1] + 3.2 * shapes[:, 3]
    return film


def test_a_map_its_bins_and_its_limits_by_hand() -> None:
    line = wafer_line((), (), adders="0 /cm2", spin=QUIET, film={"within": "0 nm"})
    wafer, film = wafer_run(line, lots=1).wafer("A-1.1"), mapped(line)
    assert wafer.values["film"] == pytest.approx(film, abs=1e-6)
    wanted = np.where(film <= 98, "thin", np.where(film <= 102, "middle", "good"))
    wanted[(film < 95) | (film > 105)] = "film"
    assert (wafer.bins == wanted).all() and {"thin", "middle", "good", "film"} <= set(wanted)
    assert wafer.kinds == ("thin", "middle", "good", "defect", "film")
    assert wafer.expected == wafer.yield_ == float((wanted != "film").mean())
    assert [str(cause) for cause in wafer.spoiled] == [f"film: spin on {wafer.maps[0].tool}"]
    assert wafer.counts == {name: int((wanted == name).sum()) for name in wafer.kinds}


def test_limits_of_the_product_and_the_first_bin_that_fits() -> None:
    product = {"limits": {"film": ["99 nm", "104 nm"]}, "bins": {"any": {}}}
    line = wafer_line((), (), adders="0 /cm2", spin=QUIET, film={"within": "0 nm"}, product=product)
    wafer, film = wafer_run(line, lots=1).wafer("A-1.1"), mapped(line)
    assert (wafer.good == ((film >= 99) & (film <= 104))).all()
    assert set(wafer.bins) == {"any", "film"}
    (of,) = wafer.maps
    assert (of.low, of.high, of.target, of.unit) == (99, 104, 100, "nm")


def test_scatter_inside_a_unit_is_as_wide_as_said() -> None:
    drawn = every(wafer_run(wafer_line((), (), spin=QUIET), lots=8))
    rest = np.concatenate([wafer.values["film"] - mapped(wafer_line()) for wafer in drawn])
    assert rest.std() == pytest.approx(0.6, rel=0.02) and abs(z_of(rest)) < 4
    first, second = (wafer.values["film"] for wafer in drawn[:2])
    assert abs(np.corrcoef(first - second, mapped(wafer_line()))[0, 1]) < 0.3


def test_damage_comes_before_a_defect_and_that_before_a_limit() -> None:
    """Everything spoils every die: the cause that can be helped is told."""
    spoiled = {"target": "210 nm", "limits": ["200 nm", None]}
    everywhere = [{"pattern": "random", "share": 1, "defects": 9000}]
    for spun, adders, wanted in (
        (everywhere, "9 /cm2", "damage"), ((), "9 /cm2", "defect"), ((), "0 /cm2", "film")
    ):  # fmt: skip
        line = wafer_line(spun, (), adders=adders, film=spoiled, product={"die": {"width": "8 mm", "height": "10 mm"}})
        wafer = wafer_run(line, lots=1).wafer("A-1.3")
        assert wafer.counts[wanted] > 0.85 * wafer.defects.size and wafer.yield_ == 0.0
        assert next(iter(wafer.spoiled)).kind == wanted


def test_a_lot_that_no_step_gave_a_film_is_not_judged_by_it(results: Results) -> None:
    tracked = results.totals.tracked.copy()
    column = results.names.channels[0][1]
    tracked[0, [column + f.CH_TOOL, column + f.CH_MAKE]] = f.NONE
    bare = Results(
        line=results.line, names=results.names, totals=results.totals._replace(tracked=tracked),
        settings=results.settings, timing=results.timing,
    )  # fmt: skip
    wafer = bare.wafer("A-1.1")
    assert wafer.values == {} and set(wafer.bins) <= {"good", "defect", "damage"}
    assert (wafer.defects == results.wafer("A-1.1").defects).all()
    assert bare.wafer("A-2.1").values


# ---------------------------------------------------------------- causes


def test_only_units_of_the_chamber_are_struck(results: Results) -> None:
    line = wafer_line([{"pattern": "edge_ring", "share": 1, "defects": 30, "chambers": [2, 3]}], ())
    for wafer in wafer_run(line, lots=2).wafers("A-1"):
        chamber = 1 + (wafer.number - 1) % 3
        found = [cause.chamber for cause in wafer.causes if cause.pattern]
        assert found == ([chamber] if chamber > 1 else [])


def test_tools_are_named_by_what_the_run_knows(results: Results) -> None:
    """A step that made a characteristic tells by that, others by the visits that a run keeps; else the toolgroup."""
    line = wafer_line(
        [{"pattern": "random", "share": 1, "defects": 20}], [{"pattern": "centre", "share": 1, "defects": 9}]
    )
    run = wafer_run(line, lots=2)
    (of,) = run.wafer("A-2.2").maps
    assert of.tool in {"coater/1", "coater/2"} and of.step == "spin"
    found = {str(cause) for cause in run.wafer("A-2.2").causes if cause.pattern}
    assert found == {f"random: spin on {of.tool} chamber 2", "centre: polish on polisher"}
    kept = wafer_run(line, lots=2, visits=True)
    step = kept.names.processes.index(kept.names.steps.index(("r", "polish")))
    visits = kept.totals.visits
    (tool,) = visits[(visits[:, 3] == 1) & (visits[:, 4] == step), 5]
    assert f"centre: polish on {kept.names.tool(int(tool))}" in map(str, kept.wafer("A-2.2").causes)
    assert (kept.wafer("A-2.2").kind == run.wafer("A-2.2").kind).all()  # named otherwise, and drawn the same


def test_causes_add_up_to_the_dies_that_are_lost(results: Results) -> None:
    for wafer in results.wafers("A-2"):
        assert sum(wafer.spoiled.values()) == int((~wafer.good).sum())
        assert ((wafer.cause >= 0) == ~wafer.good).all()
        assert list(wafer.spoiled.values()) == sorted(wafer.spoiled.values(), reverse=True)


def test_the_same_damage_twice_at_a_step_is_two_damages() -> None:
    twice = [{"pattern": "random", "share": 1, "defects": 20}] * 2
    wafer = wafer_run(wafer_line((), twice, adders="0 /cm2", spin=QUIET, film={"limits": [None, None]}), lots=1)
    found = wafer.wafer("A-1.1")
    assert len(found.causes) == 2 and len(found.spoiled) == 1
    assert sum(found.spoiled.values()) == int((found.defects > 0).sum())
    assert abs(found.defects.sum() - 40 * 173 * 0.8 / (math.pi * 7.2**2)) < 4 * math.sqrt(40)


# ---------------------------------------------------------------- what is told


def test_a_wafer_says_what_it_is_and_what_made_it(results: Results) -> None:
    struck = [wafer for wafer in every(results) if any(cause.pattern == "edge_ring" for cause in wafer.causes)]
    wafer = max(struck, key=lambda wafer: wafer.counts["film"])
    (of,) = wafer.maps
    told = str(wafer)
    assert told.startswith(f"wafer {wafer.name}, replication 1: {int(wafer.good.sum())} of 173 dies good (")
    assert "% expected from 0.05 defects/cm2, damage and limits; bins: thin " in told
    assert f"edge_ring: spin on {of.tool} chamber 2 ({wafer.spoiled[causes_of(wafer, 'edge_ring')]})" in told
    assert wafer.counts["film"] and f"film: spin on {of.tool} ({wafer.counts['film']})" in told
    rows = [row.text for row in wafer_report.rows((wafer,))]
    assert any(row.startswith("edge_ring") and of.tool in row for row in rows)
    assert any(row.startswith("film [nm]") and "95 to 105" in row for row in rows)
    assert max(map(len, rows)) <= 100
    plain = json.loads(json.dumps(wafer_report.to_json((wafer,))))["wafers"][0]
    assert plain["bins"] == wafer.counts and plain["characteristics"]["film"]["unit"] == "nm"
    assert sum(cause["dies"] for cause in plain["causes"]) == sum(wafer.spoiled.values())


def causes_of(wafer: Wafer, pattern: str) -> Any:
    return next(cause for cause in wafer.spoiled if cause.pattern == pattern)


def test_a_lot_is_a_line_for_each_wafer(results: Results) -> None:
    rows = [row.text for row in wafer_report.rows(results.wafers("A-1"), ascii_only=True)]
    assert rows[0] == "Lot A-1, replication 1: 24 wafers" and len(rows) == 24 + 5
    assert "struck by" in rows[3]
    plain = [row.text for row in wafer_report.rows(quality_run(quality_line(), [(0, 0, 0, 3, 0.5)]).wafers("A-1"))]
    assert "struck by" not in plain[3] and plain[-1].startswith("A-1.3")


# ---------------------------------------------------------------- bins of many


def test_bins_of_all_wafers_add_up_and_are_the_mean_of_what_is_drawn() -> None:
    run = wafer_run(lots=6, replications=2)
    table = run.bins
    assert list(table.index) == [("A", name) for name in (*BINS, "good", "defect", "damage", "film")]
    assert table["share", "mean"].sum() == pytest.approx(1.0)
    assert table["dies", "mean"].sum() == pytest.approx(173)
    thin = [[w.counts["thin"] for lot in range(1, 7) for w in run.wafers(f"A-{lot}", replication=r)] for r in (1, 2)]
    assert table.loc[("A", "thin"), ("dies", "mean")] == pytest.approx(np.mean(thin))
    low, high = (table.loc[("A", "thin"), ("dies", end)] for end in ("low", "high"))
    assert low < np.mean(thin) < high


def test_a_sample_of_the_wafers_is_near_all_of_them_and_never_changes() -> None:
    run = wafer_run(lots=40)
    whole, part = bins.figures(run, wafers=1000), bins.figures(run, wafers=150)
    again = bins.figures(run, wafers=150)
    for key in whole:
        of_all, of_some = whole[key]["share"], part[key]["share"]
        assert of_all is not None and of_some is not None
        assert of_some == again[key]["share"]
        assert of_some.mean == pytest.approx(of_all.mean, abs=0.03)


def test_bins_of_lines_without_lots_or_dies() -> None:
    run = quality_run(quality_line(), [(0, 0, 0, 25, 0.5)], worlds=2)
    found = bins.figures(run)
    assert set(found) == {("A", "good"), ("A", "defect")}
    good = found["A", "good"]["share"]
    assert good is not None and good.mean == pytest.approx(0.64, abs=0.2)
    none = quality_run(quality_line(), [], worlds=2)
    assert bins.figures(none)["A", "good"]["share"] is None and np.isnan(none.bins["share", "mean"]).all()


# ---------------------------------------------------------------- draws


def test_counts_of_many_means_are_inverse_poisson() -> None:
    rng = np.random.default_rng(3)
    means = np.concatenate([np.zeros(50), 10 ** rng.uniform(-8, 5, 5000)])
    shares = np.concatenate([rng.random(5000), [1e-12, 1 - 2**-53, 0.5, 1e-3, 0.999999] * 10])
    counts = poisson_each(shares, means)
    assert (poisson_law.cdf(counts, means) >= shares).all() and (poisson_law.cdf(counts - 1, means) < shares).all()
    exact = poisson_law.cdf(np.arange(40), 7.0)
    assert poisson_each(exact, np.full(40, 7.0)).tolist() == poisson(exact, 7.0).tolist()


def test_what_is_not_there_is_told(results: Results) -> None:
    for name, words in (("A-99.1", "no lot A-99"), ("A-1.99", "no wafer A-1.99: the lot has 24"), ("A-1", "is a lot")):
        with pytest.raises(ResultsError, match=words):
            results.wafer(name)
