"""Units judged by the limits of their characteristics: what share of each unit that came out is good.

    P(place) = Phi((upper - v) / s) - Phi((lower - v) / s),    v = mean + sum over modes of a_j Z_j(place)

v is the unit's map at a die, s the scatter inside a unit (`within:`); without scatter P is 1 inside the limits and 0
outside. A die is good with the product of its P, and of its chance to live through the damage of its route
(`twin.results.damage`): given the maps of its unit, what scatters from die to die is independent from one
characteristic to the next, of damage and of the killer defects. A unit of a product without dies is judged once, by its
mean and s. A characteristic without limits, or that no step made of a lot, costs nothing.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.arrays.names import Names
from twin.arrays.quality import limits_of
from twin.arrays.totals import Counts, Totals
from twin.results.damage import lives, sources
from twin.results.figure import Floats
from twin.results.units import DEFECTS, PER_CM2, PRODUCT, REPLICATION, UNITS, channels, has_makers

if TYPE_CHECKING:
    from twin.line import Line
    from twin.line.die import Die

FAR = 5.5
"""Standard deviations from a limit beyond which a die is not asked for: less than 2e-8 lies there."""
UNITS_AT_ONCE, DIES_AT_ONCE = 1 << 16, 1 << 14
"""Units whose values are read together, and dies that are judged together: as many as fit into a cache, and so few
that their product with the modes is one core's work, which beats several that wait for each other."""

Singles = NDArray[np.float32]


class Limited(NamedTuple):
    """A characteristic of a product that has limits, infinite where there is none, and its scatter inside a unit."""

    name: str
    low: float
    high: float
    scatter: float


class Units(NamedTuple):
    """What is known of the units of the lots, by characteristic.

    values:  mean over each unit, NaN where no step made it                              (lot, unit) each
    uneven:  variance inside each unit by its map, of characteristics with modes         (lot, unit) each
    outside: share of each unit's dies beyond the limits, NaN without limits             (lot, unit) each
    makers:  the tool that made it last, -1 where none did, and the step, as an index into `Names.steps`
                                                                                         (lot,) each
    alive:   share of each unit's dies that no damage kills                              (lot, unit)
    good:    share of each unit's dies that no damage kills and that are inside all limits   (lot, unit)
    """

    values: dict[str, Floats]
    uneven: dict[str, Floats]
    outside: dict[str, Floats]
    makers: dict[str, tuple[Counts, Counts]]
    alive: Floats
    good: Floats


def limited(line: Line, product: str) -> tuple[Limited, ...]:
    """The characteristics that a product's route makes and that have a limit for it, in the order of the document."""
    found = []
    for name, made in line.characteristics.items():
        low, high = limits_of(line, name, product)
        if (math.isfinite(low) or math.isfinite(high)) and has_makers(line, product, name):
            found.append(Limited(name, low, high, made.scatter))
    return tuple(found)


def keeps_lots(line: Line) -> bool:
    """Whether a run keeps what became of its lots: where a law adds defects or makes something."""
    laws = [step.process for steps in line.routes.values() for step in steps if step.process is not None]
    return any(law.makes is not None or law.effects & {"defects", "waiting"} for law in laws)


def adds_defects(line: Line, product: str) -> bool:
    """Whether a step of a product's route puts killer defects on it."""
    route = line.routes[line.products[product].route]
    return any(step.process is not None and step.process.effects & {"defects", "waiting"} for step in route)


class Judged:
    """The lots that came out, unit by unit.

    line, names, totals: of the run
    limited:  what each product is judged by
    known:    whether a product has a yield: dies and steps that add defects or do damage, or a characteristic with
              limits; nothing is known of lots of a line without any law   (product,)
    """

    def __init__(self, line: Line, names: Names, totals: Totals) -> None:
        self.line, self.names, self.totals = line, names, totals
        self.limited = {name: limited(line, name) for name in line.products}
        with_dies = {name for name, product in line.products.items() if product.die is not None}
        self.damaged = {name: sources(line, name) if name in with_dies else () for name in line.products}
        kept = {name for name in line.products if self.damaged[name]} if keeps_lots(line) else set()
        spoiled = {name for name in with_dies if adds_defects(line, name)} | kept
        self.known = np.array([bool(self.limited[name]) or name in spoiled for name in line.products], dtype=np.bool_)
        self.worlds = totals.events.size
        self._alike = not line.characteristics and not any(self.damaged.values())
        most = 1 if self._alike else int(totals.lots[:, UNITS].max(initial=1))
        self._shape = (len(totals.lots), most)

    @cached_property
    def weight(self) -> Floats:
        """Units that an entry of a lot stands for: 1, 0 beyond its units   (lot, unit).

        Where nothing but defects is known of a lot, which all its units share, one entry stands for all of them.
        """
        units: Floats = self.totals.lots[:, UNITS, None].astype(np.float64)
        if self._alike:
            return units
        return (np.arange(self._shape[1]) < units).astype(np.float64)

    @cached_property
    def density(self) -> Floats:
        """Expected killer defects of each lot [1/cm2]   (lot,)."""
        return self.totals.lots[:, DEFECTS].astype(np.float64) * PER_CM2

    @cached_property
    def clean(self) -> Floats:
        """Share of dies without a killer defect, 1 for products without dies   (lot,)."""
        found = np.ones(self._shape[0])
        for k, product in enumerate(self.line.products.values()):
            if product.die is not None:
                own = self.totals.lots[:, PRODUCT] == k
                found[own] = product.die.yield_of(self.density[own])
        return found

    @cached_property
    def units(self) -> Units:
        """The characteristics of every unit, and what share of it is good."""
        made = self.line.characteristics
        none = np.full(self._shape[0], -1)
        found = Units(
            values={name: np.full(self._shape, np.nan) for name in made},
            uneven={name: np.full(self._shape, np.nan) for name in made if made[name].modes},
            outside={name: np.full(self._shape, np.nan) for name in made},
            makers={name: (none.copy(), none.copy()) for name in made},
            alive=np.ones(self._shape),
            good=np.ones(self._shape),
        )
        if self._alike:
            return found
        at_once = max(1, UNITS_AT_ONCE // self._shape[1])
        for k, product in enumerate(self.line.products):
            own = np.flatnonzero(self.totals.lots[:, PRODUCT] == k)
            for start in range(0, len(own), at_once):
                self._judge(own[start : start + at_once], product, found)
        return found

    def _judge(self, lots: NDArray[np.int64], product: str, found: Units) -> None:
        """Judge some lots of a product; the arrays of `found` take the answers."""
        bound = {of.name: of for of in self.limited[product]}
        die = self.line.products[product].die
        dead = self._dead(product)
        mapped: list[tuple[Limited, Floats]] = []
        for name, values, tool, step in channels(self.names, self.totals, lots):
            values[step < 0] = np.nan
            most, numbers = values.shape[1:]
            found.makers[name][0][lots], found.makers[name][1][lots] = tool, step
            found.values[name][lots, :most] = values[:, :, 0]
            if name in found.uneven:
                found.uneven[name][lots, :most] = np.square(values[:, :, 1:]).sum(axis=2)
            if name in bound and die is not None and numbers > 1:
                mapped.append((bound[name], values.reshape(-1, numbers)))
            elif name in bound:
                share = share_outside(values[:, :, 0], bound[name])
                found.outside[name][lots, :most] = share
                found.good[lots, :most] *= 1.0 - np.nan_to_num(share)
        found.alive[lots] = 1.0 - dead.mean(axis=1, dtype=np.float64)
        if die is None or not mapped:
            found.good[lots] *= found.alive[lots]
            return
        most = len(mapped[0][1]) // len(lots)
        each, spoiled = over_dies(mapped, modes_at_dies(die), dead[:most])
        for (of, _), share in zip(mapped, each, strict=True):
            found.outside[of.name][lots, :most] = share.reshape(-1, most)
        found.good[lots, :most] *= 1.0 - spoiled.reshape(-1, most)

    def _dead(self, product: str) -> Singles:
        """Chance of each die to be killed by the damage of its route, by the unit's place in its lot   (unit, die)."""
        die, found = self.line.products[product].die, self.damaged[product]
        if die is None or not found:
            return np.zeros((self._shape[1], 1), dtype=np.float32)
        return np.stack([1.0 - lives(found, die, unit) for unit in range(self._shape[1])]).astype(np.float32)

    @cached_property
    def yield_(self) -> Floats:
        """Expected yield of each unit, NaN for products without one   (lot, unit)."""
        found: Floats = self.clean[:, None] * self.units.good
        found[~self.known[self.totals.lots[:, PRODUCT]]] = np.nan
        return found

    @cached_property
    def yield_of_lots(self) -> Floats:
        """Expected yield of each lot: the mean over its units   (lot,)."""
        found: Floats = (self.yield_ * self.weight).sum(axis=1) / self.totals.lots[:, UNITS]
        return found

    @property
    def world_of_lots(self) -> Counts:
        """The replication of each lot, from 0   (lot,)."""
        return self.totals.lots[:, REPLICATION]

    def by_world(self, of_lots: Floats, own: NDArray[np.bool_]) -> Floats:
        """The sum of something over some of the lots, of each replication   (lot,) -> (world,)."""
        found: Floats = np.bincount(self.world_of_lots[own], of_lots[own], self.worlds).astype(np.float64)
        return found


def share_outside(values: Floats, of: Limited) -> Floats:
    """Probability of being beyond the limits, by the mean of a unit   (any shape); NaN stays NaN.

    Each tail by itself, so that one in a million is told as exactly as one half.
    """
    from scipy.special import ndtr

    if of.scatter > 0:
        found: Floats = ndtr((of.low - values) / of.scatter) + ndtr((values - of.high) / of.scatter)
        return found
    beyond = ((values < of.low) | (values > of.high)).astype(np.float64)
    return np.where(np.isnan(values), np.nan, beyond)


def modes_at_dies(die: Die) -> Floats:
    """Zernike modes 2 to 15 at the dies of a wafer   (14, die)."""
    from twin.process.zernike import zernikes

    places = die.places
    rho, theta = np.hypot(places.x, places.y) / (die.wafer / 2), np.arctan2(places.y, places.x)
    found: Floats = np.ascontiguousarray(zernikes(15, rho, theta)[:, 1:].T)
    return found


def over_dies(
    mapped: list[tuple[Limited, Floats]], modes: Floats, dead: Singles
) -> tuple[list[Floats], Floats]:
    """Shares of units' dies beyond the limits of each characteristic, and spoiled by any of them or by damage.

    mapped: characteristics with the means and amplitudes of the units   (unit, 1 + modes) each
    modes:  at the dies   (14, die)
    dead:   chance of a die to be killed by damage, of the units of a lot, which come again with every lot
                                                                         (unit of a lot, die or 1)
    returns (unit,) each, and (unit,)
    """
    units, at_once = len(mapped[0][1]), max(1, DIES_AT_ONCE // modes.shape[1])
    each, together = [np.empty(units) for _ in mapped], np.empty(units)
    for start in range(0, units, at_once):
        some = slice(start, start + at_once)
        spoiled = dead[np.arange(start, min(start + at_once, units)) % len(dead)]
        for (of, amplitudes), share in zip(mapped, each, strict=True):
            beyond = _dies_outside(amplitudes[some], of, modes)
            share[some] = np.where(np.isnan(amplitudes[some, 0]), np.nan, beyond.mean(axis=1, dtype=np.float64))
            spoiled = spoiled + (1.0 - spoiled) * np.nan_to_num(beyond)  # small shares keep their digits
        together[some] = spoiled.mean(axis=1, dtype=np.float64)
    return each, together


def _dies_outside(amplitudes: Floats, of: Limited, modes: Floats) -> Singles:
    """Probability of every die to be beyond the limits   (unit, die).

    In single precision: relative to the scatter, where seven digits are plenty.
    """
    mean, shapes = amplitudes[:, :1], modes[: amplitudes.shape[1] - 1]
    if of.scatter == 0:
        return share_outside(mean + amplitudes[:, 1:] @ shapes, of).astype(np.float32)
    around = (amplitudes[:, 1:] / of.scatter).astype(np.float32) @ shapes.astype(np.float32)
    found = np.zeros(around.shape, dtype=np.float32)
    if math.isfinite(of.low):
        found += _tail(((of.low - mean) / of.scatter).astype(np.float32) - around)
    if math.isfinite(of.high):
        found += _tail(((mean - of.high) / of.scatter).astype(np.float32) + around)
    return found


def _tail(z: Singles) -> Singles:
    """Phi, 0 for units all of whose dies are far from the limit   (unit, die)."""
    from scipy.special import ndtr

    near = z.max(axis=1) > -FAR
    found = np.zeros(z.shape, dtype=np.float32)
    found[near] = ndtr(z[near])
    return found
