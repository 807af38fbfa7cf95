"""Wafers drawn after the run: the distribution they come from, and that a wafer is the same whenever asked for."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from quality_lines import quality_line, quality_run

from twin.results import ResultsError, Settings
from twin.results.draws import cluster, poisson, uniforms

DENSITY = 0.5
MANY = 3000
Floats = NDArray[np.float64]


def lots(count: int, units: int, density: float = DENSITY) -> list[tuple[int, int, int, int, float]]:
    return [(0, 0, serial, units, density) for serial in range(count)]


def within_four_errors(sample: Floats, expected: float) -> bool:
    error = float(sample.std(ddof=1)) / np.sqrt(sample.size)
    return abs(float(sample.mean()) - expected) < 4 * error


@pytest.mark.parametrize("clustering", [0.5, 2.0, 20.0, "none"])
def test_the_mean_over_wafers_is_the_yield_model(clustering: float | str) -> None:
    """Gamma from wafer to wafer, Poisson within: the negative binomial."""
    results = quality_run(quality_line(clustering, wafer="60 mm"), lots(MANY // 30, 30), worlds=1)
    drawn = [wafer for row in results.lots["lot"] for wafer in results.wafers(row)]
    assert len(drawn) == MANY and drawn[0].defects.size == 16
    expected = results.product_figures["A"]["yield"]
    assert expected is not None and drawn[0].expected == pytest.approx(expected.mean)
    assert within_four_errors(np.array([wafer.yield_ for wafer in drawn]), expected.mean)
    assert within_four_errors(np.array([wafer.defects.mean() for wafer in drawn]), DENSITY)


def test_counts_scatter_as_the_negative_binomial_does(shared: Path) -> None:
    """One die of each wafer: var = m + m^2 / alpha."""
    with (shared / "validation" / "physics" / "semiconductor.csv").open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["model"] == "yield.nb_variance")
    given = json.loads(row["inputs"])
    line = quality_line(given["alpha"], wafer="22 mm")  # one die of 1 cm2
    results = quality_run(line, lots(100, 100, given["mean_defects"]), worlds=1)
    counts = np.array([wafer.defects[0] for lot in results.lots["lot"] for wafer in results.wafers(lot)])
    assert within_four_errors((counts - given["mean_defects"]) ** 2, float(row["expected"]))


def test_dies_of_a_wafer_share_their_luck_and_wafers_do_not() -> None:
    results = quality_run(quality_line(0.5, wafer="100 mm"), lots(20, 25), worlds=1)
    means = np.array([[w.defects.mean() for w in results.wafers(lot)] for lot in results.lots["lot"]])
    assert means.std() > 0.5 * DENSITY  # far beyond Poisson: 0.7 / sqrt(52) = 0.1
    assert abs(np.corrcoef(means[:, 0], means[:, 1])[0, 1]) < 0.9
    assert np.unique(means).size > 100


def test_the_same_wafer_twice_in_any_order_from_any_run() -> None:
    few = quality_run(quality_line(), lots(3, 25), worlds=1)
    more = quality_run(quality_line(), [(0, 1, 0, 5, 1.0), *reversed(lots(9, 25)), (1, 0, 2, 25, DENSITY)])
    last = few.wafer("A-3.25").defects
    assert (few.wafers("A-3")[24].defects == last).all()
    assert (more.wafer("A-3.25").defects == last).all()
    assert (more.wafer("A-3.25", replication=2).defects != last).any()
    assert (more.wafer("A-3.24").defects != last).any() and (more.wafer("A-2.25").defects != last).any()


def test_a_wafer_follows_the_seed_and_more_defects_are_more_bad_dies() -> None:
    """The draws stay where they are: a dirtier line spoils the same dies and further ones."""
    clean = quality_run(quality_line(), lots(1, 25), worlds=1)
    dirty = quality_run(quality_line(), lots(1, 25, 2 * DENSITY), worlds=1)
    assert (dirty.wafer("A-1.1").defects >= clean.wafer("A-1.1").defects).all()
    assert (dirty.wafer("A-1.1").defects > clean.wafer("A-1.1").defects).any()
    other = quality_run(quality_line(), lots(1, 25), worlds=1)
    other.settings = Settings("test/line", 1.0, 0.0, 1, 2, "cpu")
    assert (other.wafer("A-1.1").defects != clean.wafer("A-1.1").defects).any()


def test_no_defects_is_a_good_wafer_and_very_many_a_bad_one() -> None:
    good = quality_run(quality_line(), lots(1, 25, 0.0), worlds=1).wafer("A-1.1")
    assert good.yield_ == good.expected == 1.0
    bad = quality_run(quality_line("none"), lots(1, 25, 1e9), worlds=1).wafer("A-1.1")
    assert bad.yield_ == 0.0 and bad.defects.min() > 9e5


def test_a_wafer_says_what_it_is() -> None:
    results = quality_run(quality_line(), lots(1, 25), worlds=1)
    wafer = results.wafer("A-1.3")
    assert (wafer.name, wafer.lot, wafer.number, wafer.replication) == ("A-1.3", "A-1", 3, 1)
    assert wafer.good.sum() == round(wafer.yield_ * 621)
    assert str(wafer).startswith("wafer A-1.3, replication 1: ")
    assert str(wafer).endswith("64.0 % expected from 0.5 defects/cm2")
    assert [w.number for w in results.wafers("A-1.3")] == [3]


@pytest.mark.parametrize(
    ("name", "replication", "words"),
    [
        ("A-9.1", 1, "no lot A-9 in replication 1: it has 3 lots of A that left after the warm-up, from A-2 to A-5"),
        ("A-1", 1, "no lot A-1 in replication 1"),
        ("A-2.1", 2, "no lot A-2 in replication 2: no lot of A that was released after time 0"),
        ("A-2.26", 1, "no wafer A-2.26: the lot has 25, A-2.1 to A-2.25"),
        ("A-2", 1, "A-2: is a lot; name a wafer of it too, A-2.1 to A-2.25"),
        ("A-0.1", 1, "'A-0.1' names no lot or wafer; write A-12 for a lot, A-12.3 for a wafer"),
        ("what", 1, "names no lot or wafer"),
        ("Q-1.1", 1, "the line makes no product 'Q'; it makes A, B, body"),
        ("B-1.1", 1, "product 'B' has no dies"),
        ("A-2.1", 3, "replication 3: the run has 1 to 2"),
    ],
)
def test_a_wafer_that_is_not_there_is_told(name: str, replication: int, words: str) -> None:
    run = [(0, 0, 1, 25, 0.1), (0, 0, 2, 25, 0.1), (0, 0, 4, 25, 0.1), (1, 1, 0, 5, 0.1)]
    with pytest.raises(ResultsError) as caught:
        quality_run(quality_line(), run).wafer(name, replication=replication)
    assert words in str(caught.value)


def test_draws_are_those_of_the_engine() -> None:
    """The same key and the same bits as the engine's own streams have, and numbers strictly between 0 and 1."""
    import numba

    from twin.engine.rng import KEY_MASK, draw, sub_key

    @numba.njit
    def bits(seed: int, part: int, count: int) -> int:
        return np.uint64(draw(sub_key(sub_key(0, seed), part), count))

    found = uniforms((12345, 2**61 + 7), 4)
    expected = [((int(bits(12345, 2**61 + 7, count)) >> 11) + 0.5) * 2.0**-53 for count in range(4)]
    assert found.tolist() == expected and int(KEY_MASK) == 2**63 - 1
    many = uniforms((1,), 100_000)
    assert many.min() > 0 and many.max() < 1 and within_four_errors(many, 0.5)


def test_inverse_distributions_by_hand() -> None:
    shares = np.array([1e-9, 0.36, 0.37, 0.73, 0.74, 0.9999999])
    assert poisson(shares, 1.0).tolist()[:5] == [0, 0, 1, 1, 2]  # cumulated: 0.3679, 0.7358, 0.9197
    assert poisson(shares, 0.0).sum() == 0
    assert cluster(0.5, None) == 1.0
    assert cluster(0.5, 1.0) == pytest.approx(np.log(2))  # a gamma of shape 1 is exponential
