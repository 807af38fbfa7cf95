"""Drawing the dies of a product's wafers from what a run knows of their lots.

    background:      G ~ gamma(shape alpha, mean 1), once a wafer;   defects of a die ~ Poisson(A D G)
    damage:          a damage strikes the wafer with its chance, at a place of its own; killers of a die ~ Poisson(n p)
    characteristic:  mean of the unit + its Zernike modes at the die's middle + scatter inside the unit x normal

A die area [cm2], D the lot's expected killer defects [1/cm2], alpha the die's clustering (none: G = 1), n the mean
killers of the damage on a struck wafer, p the share of its pattern that falls on the die. A die is spoiled by damage,
by a defect, or by the first characteristic out of the product's limits, in this order; a good one goes into the first
of the product's bins that it fits. Background clustering is of the large-area kind: dies of one wafer share their luck,
and over many wafers the share of dies without a defect is the negative binomial (1 + A D / alpha)^-alpha. So the
expected yield of a wafer is the mean over its dies of that, times the chances to escape damage and to keep the limits.
Every number is drawn at its own address (seed, replication, what it is for, serial, wafer), so a wafer asked for
again, in any order, is the same wafer.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.arrays.keys import stream_key
from twin.arrays.quality import limits_of
from twin.line.bins import DAMAGE, DEFECT
from twin.process.patterns import PLACES, intensity
from twin.process.yield_models import parametric_yield
from twin.process.zernike import zernikes
from twin.results.damage import Source, ground_of, lives, pattern_of, sources
from twin.results.draws import cluster, normals, poisson, poisson_each, uniforms
from twin.results.figure import Floats
from twin.results.units import DEFECTS, PER_CM2, PRODUCT, REPLICATION, SERIAL, channels, has_makers
from twin.results.wafer import Cause, Mapped, Wafer, kinds_of
from twin.results.yields import lot_name

if TYPE_CHECKING:
    from twin.line.die import Die
    from twin.results.results import Results
    from twin.results.units import Channel

Ints = NDArray[np.int64]
VISITED = range(2, 6)
"""Columns of `Totals.visits`: product, serial, step, tool."""


class Strike(NamedTuple):
    """A damage that struck a wafer: what it is, and its killers on each die   (die,)."""

    cause: Cause
    killers: Ints


class Kept(NamedTuple):
    """A characteristic that the product's route makes: unit, target, limits, scatter inside a unit, modes."""

    unit: str
    target: float | None
    low: float
    high: float
    scatter: float
    modes: int


class Drawing:
    """The wafers of one product of a run."""

    def __init__(self, results: Results, product: str, die: Die) -> None:
        self.results, self.product, self.die = results, product, die
        line = results.line
        self.sources = sources(line, product)
        self.made = {
            name: Kept(of.unit, of.value(of.target), *limits_of(line, name, product), of.scatter, of.modes)
            for name, of in line.characteristics.items()
            if has_makers(line, product, name)
        }
        self.bins = {
            name: {of: tuple(line.characteristics[of].value(limit) for limit in limits) for of, limits in asked.items()}
            for name, asked in line.products[product].bins.items()
        }
        self.kinds = kinds_of(tuple(self.bins), damaged=bool(self.sources), characteristics=tuple(self.made))
        places, radius = die.places, die.wafer / 2
        most = 1 + max((of.modes for of in self.made.values()), default=0)
        reach = np.minimum(np.hypot(places.x, places.y) / radius, 1.0)
        self.shapes = zernikes(most, reach, np.arctan2(places.y, places.x)) if self.made else np.zeros((0, 1))

    def wafers(self, index: int, units: range) -> tuple[Wafer, ...]:
        """Some wafers of a lot.

        index: of the lot among those that came out;  units: from 0
        """
        results = self.results
        row = results.totals.lots[index]
        found = channels(results.names, results.totals, slice(index, index + 1)) if self.made else ()
        made = [channel for channel in found if channel.name in self.made and channel.made[0]]
        return tuple(self._wafer(row, made, unit) for unit in units)

    def _wafer(self, row: Ints, made: list[Channel], unit: int) -> Wafer:
        die, count = self.die, self.die.places.x.size
        density = float(row[DEFECTS]) * PER_CM2
        shares = uniforms(self._address(row, unit, "wafer"), count + 1)
        mean = density * die.area_cm2 * cluster(float(shares[0]), die.clustering)
        background = poisson(shares[1:], mean)
        found = (self._strike(source, row, made, unit) for source in self.sources)
        strikes = [strike for strike in found if strike is not None]
        maps, keeps = self._maps(row, made, unit)
        kind, causes, cause = self._sorted(background, strikes, maps)
        expected = float(die.yield_of(density))
        if self.sources or maps:
            expected *= float((lives(self.sources, die, unit) * keeps).mean())
        lot = lot_name(self.product, int(row[SERIAL]))
        return Wafer(
            lot, unit + 1, int(row[REPLICATION]) + 1, die, density, expected,
            background + sum((strike.killers for strike in strikes), np.zeros(count, dtype=np.int64)),
            maps, self.kinds, kind, causes, cause,
        )  # fmt: skip

    def _address(self, row: Ints, unit: int, what: str, *of: object) -> tuple[int, ...]:
        """Where the numbers of a unit for one purpose are drawn."""
        key = stream_key(what, self.product, *of)
        return self.results.settings.seed, int(row[REPLICATION]), key, int(row[SERIAL]), unit

    def _strike(self, source: Source, row: Ints, made: list[Channel], unit: int) -> Strike | None:
        """What a damage does to a unit, None where it does not strike."""
        if not source.strikes(unit):
            return None
        address = self._address(row, unit, "damage", source.step, source.number)
        shares = uniforms(address, 1 + PLACES)
        if shares[0] >= source.chance:
            return None
        where = intensity(pattern_of(source.damage), ground_of(self.die), shares[1:])
        killers = poisson_each(uniforms(address, 1 + PLACES + where.size)[1 + PLACES :], source.damage.defects * where)
        chamber = source.chamber(unit) if len(source.chambers) > 1 else 0
        tool = self._tool(source, row, made)
        return Strike(Cause(DAMAGE, source.damage.pattern, source.step, tool, chamber), killers)

    def _tool(self, source: Source, row: Ints, made: list[Channel]) -> str:
        """The tool that ran a step last of a lot, where the run knows it; else the toolgroup."""
        names, visits = self.results.names, self.results.totals.visits
        step = names.steps_of[int(row[PRODUCT])].start + source.place
        for channel in made:
            if channel.step[0] == step:
                return names.tool(int(channel.tool[0]))
        if step in names.processes:
            product, serial, at, tool = VISITED
            own = (visits[:, 0] == row[REPLICATION]) & (visits[:, product] == row[PRODUCT])
            own &= (visits[:, serial] == row[SERIAL]) & (visits[:, at] == names.processes.index(step))
            if own.any():
                return names.tool(int(visits[own][-1, tool]))
        return source.group

    def _maps(self, row: Ints, made: list[Channel], unit: int) -> tuple[tuple[Mapped, ...], Floats]:
        """The characteristics of a unit, and the chance of each die to keep all their limits   (die,)."""
        names, maps = self.results.names, []
        keeps = np.ones(self.die.places.x.size)
        for channel in made:
            of = self.made[channel.name]
            values = self.shapes[:, : 1 + of.modes] @ channel.values[0, unit]
            if of.scatter:
                keeps *= parametric_yield(values, of.scatter, of.low, of.high)
                drawn = normals(uniforms(self._address(row, unit, "within", channel.name), values.size))
                values = values + of.scatter * drawn
            else:
                keeps *= (values >= of.low) & (values <= of.high)
            _, step = names.steps[int(channel.step[0])]
            tool = names.tool(int(channel.tool[0]))
            maps.append(Mapped(channel.name, of.unit, of.target, of.low, of.high, values, step, tool))
        return tuple(maps), keeps

    def _sorted(
        self, background: Ints, strikes: list[Strike], maps: tuple[Mapped, ...]
    ) -> tuple[Ints, tuple[Cause, ...], Ints]:
        """Of each die, which of `kinds` it is; causes, and which of them spoiled each die   (die,) each."""
        number = {name: k for k, name in enumerate(self.kinds)}
        kind = self._binned({of.name: of.values for of in maps})
        cause = np.full(kind.size, -1)
        causes: list[Cause] = []

        def spoil(which: NDArray[np.bool_], by: Cause) -> None:
            if which.any() or by.kind == DAMAGE:
                kind[which], cause[which] = number[by.kind], len(causes)
                causes.append(by)

        for of in reversed(maps):  # what comes later in the order of causes is written over
            spoil(of.outside, Cause(of.name, "", of.step, of.tool))
        spoil(background > 0, Cause(DEFECT))
        if strikes:
            killers = np.array([strike.killers for strike in strikes])
            worst = killers.argmax(axis=0)
            for k, strike in enumerate(strikes):
                spoil((killers[k] > 0) & (worst == k), strike.cause)
        return kind, tuple(causes), cause

    def _binned(self, values: dict[str, Floats]) -> Ints:
        """The bin of each die if it is good   (die,)."""
        kind = np.full(self.die.places.x.size, len(self.bins))
        free = np.ones(kind.size, dtype=bool)
        for k, asked in enumerate(self.bins.values()):
            fits = free.copy()
            for name, (low, high) in asked.items():
                value = values.get(name)
                if value is None:  # not made of this lot
                    fits[:] = False
                    continue
                fits &= (value >= (-math.inf if low is None else low)) & (value <= (math.inf if high is None else high))
            kind[fits] = k
            free &= ~fits
        return kind
