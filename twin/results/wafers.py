"""Wafers of the lots that came out: killer defects drawn die by die, after the run and as often as one likes.

    G ~ gamma(shape alpha, mean 1), once a wafer;   defects of a die ~ Poisson(A D G)

A die area [cm2], D the lot's expected killer defects [1/cm2], alpha the die's clustering (none: G = 1). A die
without a defect is good. Clustering is of the large-area kind: dies of one wafer share their luck, and over
many wafers the share of good dies is the negative binomial (1 + A D / alpha)^-alpha; the yield model and the
maps cannot disagree. Where on a wafer defects gather (edge, scratches) is not modelled.
Every number is drawn at the wafer's own address (seed, replication, product, serial, wafer, die), so a wafer
asked for again, in any order, is the same wafer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.arrays.keys import stream_key
from twin.results.figure import Floats
from twin.results.settings import ResultsError
from twin.results.yields import DEFECTS, PER_CM2, PRODUCT, REPLICATION, SERIAL, UNITS, lot_name

if TYPE_CHECKING:
    from twin.line.die import Die
    from twin.results.results import Results

_NAME = re.compile(r"(?P<product>.+)-(?P<number>[1-9]\d*)(\.(?P<wafer>[1-9]\d*))?")
MOST_DEFECTS = 1e6
"""A die with more expected defects is drawn as if it had this many: the count says nothing more."""


@dataclass(frozen=True, eq=False)
class Wafer:
    """One wafer of a lot.

    lot, number: its lot's name and its number there, from 1
    replication: from 1
    die:         the product's die and wafer
    density:     expected killer defects of its lot [1/cm2]
    defects:     killer defects of each of `die.places`   (die,)
    """

    lot: str
    number: int
    replication: int
    die: Die
    density: float
    defects: NDArray[np.int64]

    @property
    def name(self) -> str:
        """Lot and wafer, such as `Pa-12.3`."""
        return f"{self.lot}.{self.number}"

    @property
    def good(self) -> NDArray[np.bool_]:
        """Whether a die has no defect   (die,)."""
        return np.equal(self.defects, 0)

    @property
    def yield_(self) -> float:
        """Share of good dies."""
        return float(self.good.mean())

    @property
    def expected(self) -> float:
        """Yield that its lot's defects lead one to expect."""
        return float(self.die.yield_of(self.density))

    def __str__(self) -> str:
        good, count = int(self.good.sum()), self.defects.size
        return (
            f"wafer {self.name}, replication {self.replication}: {good} of {count} dies good "
            f"({100 * self.yield_:.1f} %), {100 * self.expected:.1f} % expected from {self.density:.4g} defects/cm2"
        )


def wafer(results: Results, name: str, replication: int = 1) -> Wafer:
    """One wafer by its name, such as `Pa-12.3`; a ResultsError says which there are."""
    product, serial, number = _parts(results, name)
    row, die = _found(results, product, serial, replication)
    if number is None:
        lot = lot_name(product, serial)
        raise ResultsError(f"{name}: is a lot; name a wafer of it too, {lot}.1 to {lot}.{row[UNITS]}")
    return _drawn(results, row, die, number)


def wafers(results: Results, lot: str, replication: int = 1) -> tuple[Wafer, ...]:
    """Every wafer of a lot by its name, such as `Pa-12`."""
    product, serial, number = _parts(results, lot)
    if number is not None:
        return (wafer(results, lot, replication),)
    row, die = _found(results, product, serial, replication)
    return tuple(_drawn(results, row, die, k + 1) for k in range(int(row[UNITS])))


def _parts(results: Results, name: str) -> tuple[str, int, int | None]:
    """Product, serial from 0 and wafer from 1 that a name says."""
    match = _NAME.fullmatch(name)
    if match is None:
        example = next((n for n, p in results.line.products.items() if p.die is not None), "Pa")
        raise ResultsError(f"{name!r} names no lot or wafer; write {example}-12 for a lot, {example}-12.3 for a wafer")
    product, number, found = match["product"], int(match["number"]), match["wafer"]
    if product not in results.line.products:
        made = ", ".join(results.line.products)
        raise ResultsError(f"{name}: the line makes no product {product!r}; it makes {made}")
    return product, number - 1, None if found is None else int(found)


def _found(results: Results, product: str, serial: int, replication: int) -> tuple[NDArray[np.int64], Die]:
    """The row of a completed lot and its product's die."""
    die = results.line.products[product].die
    worlds = results.settings.replications
    if die is None:
        cure = "give it 'die: {width: 8 mm, height: 10 mm}' and run again"
        raise ResultsError(f"product {product!r} has no dies; {cure}")
    if not 1 <= replication <= worlds:
        raise ResultsError(f"replication {replication}: the run has 1 to {worlds}")
    lots = results.totals.lots
    index = results.names.products.index(product)
    own = lots[(lots[:, PRODUCT] == index) & (lots[:, REPLICATION] == replication - 1)]
    row = own[own[:, SERIAL] == serial]
    if row.size == 0:
        raise ResultsError(f"no lot {lot_name(product, serial)} in replication {replication}: {_there(product, own)}")
    return row[0], die


def _there(product: str, own: NDArray[np.int64]) -> str:
    """Which lots of a product there are, in words."""
    if own.size == 0:
        return f"no lot of {product} that was released after time 0 left after the warm-up, or no step adds defects"
    first, last = lot_name(product, own[:, SERIAL].min()), lot_name(product, own[:, SERIAL].max())
    return f"it has {len(own):,} lots of {product} that left after the warm-up, from {first} to {last}"


def _drawn(results: Results, row: NDArray[np.int64], die: Die, number: int) -> Wafer:
    """One wafer of a lot, its dies drawn."""
    product, serial = results.names.products[row[PRODUCT]], int(row[SERIAL])
    lot, units = lot_name(product, serial), int(row[UNITS])
    if not 1 <= number <= units:
        raise ResultsError(f"no wafer {lot}.{number}: the lot has {units}, {lot}.1 to {lot}.{units}")
    density = float(row[DEFECTS]) * PER_CM2
    key = stream_key("wafer", product)
    address = (results.settings.seed, int(row[REPLICATION]), key, serial, number - 1)
    shares = uniforms(address, die.places.x.size + 1)
    mean = density * die.area_cm2 * cluster(float(shares[0]), die.clustering)
    return Wafer(lot, number, int(row[REPLICATION]) + 1, die, density, poisson(shares[1:], mean))


def uniforms(address: tuple[int, ...], count: int) -> Floats:
    """Numbers between 0 and 1, neither included, at an address: parts of a key in 63 bits each   (count,)."""
    from twin.engine import rng

    draw = rng.draw.py_func  # type: ignore[attr-defined]  # the engine's own, not compiled: it takes arrays
    key = np.zeros(1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for part in address:  # as `rng.sub_key` does
            key = draw(draw(key, np.uint64(part)) & rng.KEY_MASK, 0) & rng.KEY_MASK
        bits = draw(key, np.arange(count))
    found: Floats = ((bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return found


def cluster(share: float, clustering: float | None) -> float:
    """A wafer's factor on its defects: a gamma variable of mean 1 at a uniform number; 1 without clustering."""
    if clustering is None:
        return 1.0
    from scipy.special import gammaincinv

    return float(gammaincinv(clustering, share)) / clustering


def poisson(shares: Floats, mean: float) -> NDArray[np.int64]:
    """Poisson counts at uniform numbers, by the inverse of the distribution   (n,)."""
    if mean <= 0.0:
        return np.zeros(shares.size, dtype=np.int64)
    from scipy.special import pdtr

    mean = min(mean, MOST_DEFECTS)
    most = int(mean + 12.0 * np.sqrt(mean) + 40.0)  # beyond it lies less than 2^-53
    return np.searchsorted(pdtr(np.arange(most), mean), shares).astype(np.int64)
