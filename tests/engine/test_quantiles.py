"""Quantile tables against the laws they stand for: moments by exact integration, reach, order, and drawn samples."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.arrays.laws import LawTable
from twin.arrays.quantiles import OCTAVES, SUBS, tail_edges
from twin.engine.sample import law_ticks, quantile
from twin.line import Law

Floats = NDArray[np.float64]
HALF = OCTAVES * SUBS + 1
MS, MIN, HOUR, DAY = 0.001, 60.0, 3600.0, 86_400.0
TICK = 0.001

SHAPES: dict[str, tuple[str, tuple[float, ...]]] = {
    # params for a size of 1 s; the sizes below multiply those that are times
    "exponential": ("exponential", (1.0,)),
    "uniform": ("uniform", (0.2, 1.8)),
    "uniform from 0": ("uniform", (0.0, 2.0)),
    "gamma cv 0.3": ("gamma", (1.0, 0.3)),
    "gamma cv 2": ("gamma", (1.0, 2.0)),
    "erlang 1": ("erlang", (1.0, 1)),
    "erlang 3": ("erlang", (1.0, 3)),
    "erlang 100": ("erlang", (1.0, 100)),
    "weibull 0.7": ("weibull", (1.0, 0.7)),
    "weibull 3": ("weibull", (1.0, 3.0)),
    "lognormal cv 0.1": ("lognormal", (1.0, 0.1)),
    "lognormal cv 1": ("lognormal", (1.0, 1.0)),
    "lognormal cv 2": ("lognormal", (1.0, 2.0)),
    "normal": ("normal", (1.0, 0.1)),
    "normal cut": ("normal", (1.0, 1.0)),
    "normal half cut": ("normal", (0.0, 1.0)),
    "triangular": ("triangular", (0.5, 0.8, 2.0)),
    "triangular rising": ("triangular", (0.0, 1.0, 1.0)),
    "triangular falling": ("triangular", (0.5, 0.5, 1.0)),
}
SIZES = {"0.5 ms": 0.5 * MS, "7 ms": 7 * MS, "1 min": MIN, "90 min": 90 * MIN, "30 d": 30 * DAY, "400 d": 400 * DAY}
PURE = {"erlang", "weibull"}  # whose second parameter is no time


def sized(shape: str, seconds: float) -> Law:
    kind, params = SHAPES[shape]
    scaled = [p * seconds for p in params]
    if kind in PURE:
        scaled[1] = params[1]
    return Law(kind=kind, params=tuple(scaled))


class Table(NamedTuple):
    """A law as the engine holds it: its memory, the place of its row, and its knots before rounding [tick]."""

    memory: NDArray[np.int64]
    row: int
    lower: Floats
    upper: Floats

    def moment(self, power: int) -> float:
        """E[X^power], exact for straight lines between the knots [tick^power]."""
        p = tail_edges()
        width = p[:-1] - p[1:]
        total = 0.0
        for half in (self.lower, self.upper):
            a, b = half[:-1], half[1:]
            mean = (a + b) / 2 if power == 1 else (a * a + a * b + b * b) / 3
            total += math.fsum((width * mean).tolist()) + float(p[-1] * half[-1] ** power)
        return total


def tabulated(law: Law) -> Table:
    laws = LawTable(TICK)
    laws.add(Law(kind="exponential", params=(1.0,)))  # so that the law in question is not the first
    index = laws.add(law)
    table, rows = laws.table().astype(np.int64), laws.rows()
    memory = np.concatenate([table, rows.ravel()])
    row = rows[index]
    assert row[f.L_KIND] == f.LAW_TABLE
    start = int(row[f.L_TABLE])
    assert 0 <= row[f.L_POST] < 62, "a shift by a negative number means nothing"
    entries, post = table[start : start + 2 * HALF], int(row[f.L_POST])
    size = (int(row[f.L_SCALE]) << f.LOW_BITS) + int(row[f.L_SCALE_LOW])
    assert int(entries.max()) * (int(row[f.L_SCALE]) + 1) + int(row[f.L_ROUND]) < 2**63
    begins = int(row[f.L_OFFSET]) + int(row[f.L_ROUND]) / 2.0**post - 0.5
    knots = entries * float(size) / 2.0 ** (post + f.LOW_BITS) + begins
    return Table(memory, table.size + index * f.LAW_CONSTANTS, knots[:HALF], knots[HALF:])


def moments(law: Law) -> tuple[float, float]:
    """E[X] and E[X^2] of a law, from the textbook [s, s^2]."""
    p = law.params
    if law.kind == "exponential":
        return p[0], 2 * p[0] ** 2
    if law.kind == "uniform":
        return (p[0] + p[1]) / 2, (p[0] ** 2 + p[0] * p[1] + p[1] ** 2) / 3
    if law.kind in ("gamma", "lognormal"):
        return p[0], p[0] ** 2 + p[1] ** 2
    if law.kind == "erlang":
        return p[0], p[0] ** 2 * (1 + 1 / p[1])
    if law.kind == "weibull":
        return p[0] * math.gamma(1 + 1 / p[1]), p[0] ** 2 * math.gamma(1 + 2 / p[1])
    if law.kind == "triangular":
        low, mode, high = p
        mean = (low + mode + high) / 3
        variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
        return mean, variance + mean**2
    m, sd = p
    z = m / sd
    below = 0.5 * math.erfc(z / math.sqrt(2))
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return m * (1 - below) + sd * density, (m * m + sd * sd) * (1 - below) + m * sd * density


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shape", SHAPES)
def test_mean_and_second_moment_are_the_laws_own(shape: str, size: str) -> None:
    law = sized(shape, SIZES[size])
    table = tabulated(law)
    mean, second = moments(law)
    assert law.mean == pytest.approx(mean, rel=1e-12)
    off = 0.5 if law.params[0] and law.kind in ("uniform", "triangular") else 0.0  # the low end is a whole tick
    assert table.moment(1) == pytest.approx(mean / TICK, rel=1e-5, abs=off)
    assert table.moment(2) == pytest.approx(second / TICK**2, rel=5e-4, abs=2 * off * mean / TICK + off)


EXTREME = [
    ("lognormal", (60.0, 600.0)), ("lognormal", (60.0, 6000.0)), ("gamma", (60.0, 600.0)), ("gamma", (60.0, 6000.0)),
    ("weibull", (60.0, 0.3)), ("weibull", (60.0, 0.15)), ("weibull", (60.0, 300.0)), ("erlang", (60.0, 1000)),
    ("normal", (3600.0, 0.00001)), ("normal", (3600.0, 1.0)), ("normal", (1.0, 3600.0)),
    ("triangular", (0.0, 0.0, 60.0)), ("gamma", (3600.0, 0.01)), ("lognormal", (3600.0, 0.01)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "params"), EXTREME)
def test_means_hold_for_odd_shapes_too(kind: Any, params: tuple[float, ...]) -> None:
    law = Law(kind=kind, params=params)
    assert tabulated(law).moment(1) == pytest.approx(law.mean / TICK, rel=1e-5)


def test_the_widest_law_a_document_may_name_has_a_table_that_can_be_read() -> None:
    # quantiles from less than a tick to 10^11 times the scale
    table = tabulated(Law(kind="weibull", params=(MIN, 0.12)))
    assert (np.diff(table.upper) >= 0).all()
    assert table.upper[-1] == pytest.approx(60_000 * (33 * math.log(2)) ** (1 / 0.12), rel=0.01)


@pytest.mark.parametrize("shape", SHAPES)
def test_quantiles_never_fall(shape: str) -> None:
    table = tabulated(sized(shape, MIN))
    assert (np.diff(table.lower) <= 0).all()
    assert (np.diff(table.upper) >= 0).all()
    assert table.upper[0] >= table.lower[0] >= 0


REACH: list[tuple[str, float, float]] = [
    # the law of size 1 min: its quantiles at 2^-33 and at 1 - 2^-33 [s]
    ("exponential", 60 * 2.0**-33, 60 * 33 * math.log(2)),
    ("weibull 0.7", 60 * (2.0**-33) ** (1 / 0.7), 60 * (33 * math.log(2)) ** (1 / 0.7)),
    ("uniform", 12.0, 108.0),
    ("normal", 60 - 6 * 6.3378, 60 + 6 * 6.3378),
    ("lognormal cv 2", 60 * math.exp(1.26864 * -6.3378 - 0.80472), 60 * math.exp(1.26864 * 6.3378 - 0.80472)),
    ("triangular", 30.0, 120.0),
]


@pytest.mark.parametrize(("shape", "least", "most"), REACH)
def test_the_table_reaches_to_the_far_tails(shape: str, least: float, most: float) -> None:
    assert tail_edges()[-1] == 2.0**-33
    table = tabulated(sized(shape, MIN))
    assert table.lower[-1] * TICK == pytest.approx(least, rel=1e-2, abs=2e-5)
    assert table.upper[-1] * TICK == pytest.approx(most, rel=1e-3)


def test_laws_of_one_shape_share_a_table() -> None:
    laws = LawTable(TICK)
    for seconds in SIZES.values():
        for shape in ("exponential", "weibull 0.7", "lognormal cv 2"):
            laws.add(sized(shape, seconds))
    assert laws.table().size == 3 * 2 * HALF
    assert laws.rows().shape[0] == 3 * len(SIZES)


def test_a_law_without_spread_is_a_constant() -> None:
    laws = LawTable(TICK)
    flat: list[tuple[Any, tuple[float, ...]]] = [
        ("uniform", (5.0, 5.0)), ("normal", (5.0, 0.0)), ("gamma", (5.0, 0.0)), ("lognormal", (5.0, 0.0)),
        ("triangular", (5.0, 5.0, 5.0)),
    ]  # fmt: skip
    for kind, params in flat:
        index = laws.add(Law(kind=kind, params=params))
        row = laws.rows()[index]
        assert row[f.L_KIND] == f.LAW_CONSTANT
        assert row[f.L_OFFSET] == 5000


# --- drawing --------------------------------------------------------------------------------------


@numba.njit
def _draws(memory, law, key, first, out):  # type: ignore[no-untyped-def]
    for i in range(out.size):
        out[i] = law_ticks(memory, law, key, first + i, 0)


@numba.njit
def _quantiles(memory, start, bits, out):  # type: ignore[no-untyped-def]
    for i in range(out.size):
        out[i] = quantile(memory, start, bits[i])


def drawn(table: Table, n: int = 200_000, key: int = 12345) -> NDArray[np.int64]:
    out = np.empty(n, dtype=np.int64)
    _draws(table.memory, table.row, key, 0, out)
    return out


@pytest.mark.parametrize("shape", SHAPES)
def test_samples_have_the_laws_moments(shape: str) -> None:
    law = sized(shape, MIN)
    mean, second = (m / TICK**k for k, m in enumerate(moments(law), 1))
    x = drawn(tabulated(law)).astype(np.float64)
    n = x.size
    assert x.min() >= 0
    assert abs(x.mean() - mean) < 5 * math.sqrt((second - mean**2) / n)
    square = x * x
    assert abs(square.mean() - second) < 5 * square.std() / math.sqrt(n) + 5e-4 * second
    # the median: half of the draws to either side of the table's own
    table_median = tabulated(law).lower[0]
    below = (x <= table_median).mean()
    assert abs(below - 0.5) < 5 * 0.5 / math.sqrt(n) + 1e-4


@pytest.mark.parametrize("shape", ["exponential", "uniform", "lognormal cv 2", "normal cut"])
def test_samples_follow_the_tables_distribution_everywhere(shape: str) -> None:
    # Kolmogorov-Smirnov: the largest gap between the two distribution functions; 1.95 / sqrt(n) is exceeded once
    # in a thousand times.
    table = tabulated(sized(shape, HOUR))
    x = np.sort(drawn(table)).astype(np.float64)
    p = tail_edges()
    values = np.concatenate([table.lower[::-1], table.upper])
    below = np.concatenate([p[::-1], 1 - p])
    inside = (x > values[0]) & (x > 0)
    gap = np.abs(np.interp(x[inside], values, below) - (np.arange(1, x.size + 1) / x.size)[inside]).max()
    assert gap < 2.2 / math.sqrt(x.size)


def test_interpolation_is_right_at_every_place_of_the_table() -> None:
    # the address of a draw is its tail probability in 2^-64 and the half it falls into: every octave, every piece,
    # both ends, against plain interpolation in floats.
    table = tabulated(sized("exponential", HOUR))
    start = int(table.memory[table.row + f.L_TABLE])
    rng = np.random.default_rng(1)
    tails = [int(x) >> octave for octave in range(64) for x in rng.integers(0, 2**63, 200, dtype=np.uint64)]
    tails += [0, 1, 2**63 - 1] + [2**k - 1 for k in range(64)] + [2**k for k in range(63)]
    tail = np.array(tails, dtype=np.uint64)
    p = tail_edges()
    for upper in (0, 1):
        bits = tail | np.uint64(upper << 63)
        out = np.empty(bits.size, dtype=np.int64)
        _quantiles(table.memory, start, bits, out)
        half = table.memory[start + upper * HALF : start + (upper + 1) * HALF].astype(np.float64)
        expected = np.interp(tail.astype(np.float64) / 2.0**64, p[::-1], half[::-1])
        np.testing.assert_allclose(out, expected, rtol=0, atol=1.01)


def test_draws_are_rounded_to_the_nearest_tick() -> None:
    # an exponential time of half a tick: P(k ticks) is the mass from k - 1/2 to k + 1/2.
    x = drawn(tabulated(Law(kind="exponential", params=(0.5 * MS,))), 400_000)
    for k in range(4):
        low, high = max(0.0, k - 0.5), k + 0.5
        share = math.exp(-2 * low) - math.exp(-2 * high)
        assert (x == k).mean() == pytest.approx(share, abs=5 * math.sqrt(share * (1 - share) / x.size) + 1e-4)


def test_a_draw_has_an_address() -> None:
    table = tabulated(sized("exponential", MIN))
    whole = drawn(table, 1000)
    part = np.empty(10, dtype=np.int64)
    _draws(table.memory, table.row, 12345, 500, part)
    np.testing.assert_array_equal(part, whole[500:510])
    assert (drawn(table, 1000, key=12346) != whole).mean() > 0.99


def test_neighbouring_draws_and_streams_are_unrelated() -> None:
    n = 200_000
    table = tabulated(Law(kind="uniform", params=(0.0, 1000.0)))
    x = drawn(table, n).astype(np.float64)
    other = drawn(table, n, key=12346).astype(np.float64)
    for a, b in ((x[:-1], x[1:]), (x, other), (x[::8], x[4::8])):
        assert abs(np.corrcoef(a, b)[0, 1]) < 5 / math.sqrt(a.size)
