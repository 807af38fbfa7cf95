"""Wafers of the lots that came out, by their names, drawn die by die after the run and as often as one likes.

What is drawn, and how, says `twin.results.drawing`. Mean defects, damage and limits are those that the expected yield
is reckoned from, so the yield of many wafers and the expected one cannot disagree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.results.drawing import Drawing
from twin.results.settings import ResultsError
from twin.results.units import PRODUCT, REPLICATION, SERIAL, UNITS
from twin.results.wafer import Wafer
from twin.results.yields import lot_name

if TYPE_CHECKING:
    from twin.line.die import Die
    from twin.results.results import Results

_NAME = re.compile(r"(?P<product>.+)-(?P<number>[1-9]\d*)(\.(?P<wafer>[1-9]\d*))?")


def wafer(results: Results, name: str, replication: int = 1) -> Wafer:
    """One wafer by its name, such as `Pa-12.3`; a ResultsError says which there are."""
    product, serial, number = _parts(results, name)
    index, die = _found(results, product, serial, replication)
    units = int(results.totals.lots[index, UNITS])
    lot = lot_name(product, serial)
    if number is None:
        raise ResultsError(f"{name}: is a lot; name a wafer of it too, {lot}.1 to {lot}.{units}")
    if not 1 <= number <= units:
        raise ResultsError(f"no wafer {lot}.{number}: the lot has {units}, {lot}.1 to {lot}.{units}")
    return Drawing(results, product, die).wafers(index, range(number - 1, number))[0]


def wafers(results: Results, lot: str, replication: int = 1) -> tuple[Wafer, ...]:
    """Every wafer of a lot by its name, such as `Pa-12`."""
    product, serial, number = _parts(results, lot)
    if number is not None:
        return (wafer(results, lot, replication),)
    index, die = _found(results, product, serial, replication)
    return Drawing(results, product, die).wafers(index, range(int(results.totals.lots[index, UNITS])))


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


def _found(results: Results, product: str, serial: int, replication: int) -> tuple[int, Die]:
    """Which of the lots that came out is meant, and its product's die."""
    die = results.line.products[product].die
    worlds = results.settings.replications
    if die is None:
        cure = "give it 'die: {width: 8 mm, height: 10 mm}' and run again"
        raise ResultsError(f"product {product!r} has no dies; {cure}")
    if not 1 <= replication <= worlds:
        raise ResultsError(f"replication {replication}: the run has 1 to {worlds}")
    lots = results.totals.lots
    index = results.names.products.index(product)
    own = (lots[:, PRODUCT] == index) & (lots[:, REPLICATION] == replication - 1)
    found = np.flatnonzero(own & (lots[:, SERIAL] == serial))
    if found.size == 0:
        there = _there(product, lots[own])
        raise ResultsError(f"no lot {lot_name(product, serial)} in replication {replication}: {there}")
    return int(found[0]), die


def _there(product: str, own: NDArray[np.int64]) -> str:
    """Which lots of a product there are, in words."""
    if own.size == 0:
        known = "no step adds defects or makes a characteristic"
        return f"no lot of {product} that was released after time 0 left after the warm-up, or {known}"
    first, last = lot_name(product, own[:, SERIAL].min()), lot_name(product, own[:, SERIAL].max())
    return f"it has {len(own):,} lots of {product} that left after the warm-up, from {first} to {last}"
