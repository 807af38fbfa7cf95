"""Damage of a product's route: how often a step strikes a wafer, and which share of the dies is expected to live.

A step strikes each unit that visits it with the chance that its `damage` says, by itself; a struck unit has Poisson
killers in the damage's pattern (`twin.process.patterns`). How often a lot of a product visits a step is what its route
leads one to expect, sampling and rework weighed in: a step that every lot visits once has the chance of the document.
A die lives through the route with the product over its damages of

    1 - chance + chance x survival,    survival = exp(-defects p), averaged over where the pattern may lie

since damages do not know of each other; p is the share of the pattern's defects that falls on the die.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from twin.arrays.routing import visits
from twin.process.patterns import Ground, Pattern, survival
from twin.results.figure import Floats

if TYPE_CHECKING:
    from twin.line import Line, Step
    from twin.line.damage import Damage
    from twin.line.die import Die


class Source(NamedTuple):
    """One damage of a step of a product's route.

    place:    the step's place in the route, from 0
    step:     its name;  group: its toolgroup
    number:   of the damage among those of the step, from 0
    damage:   as the document says it
    chance:   that a unit that may be struck is
    chambers: those that the step uses, in the order in which a lot's units take them
    """

    place: int
    step: str
    group: str
    number: int
    damage: Damage
    chance: float
    chambers: tuple[int, ...]

    def chamber(self, unit: int) -> int:
        """The chamber that a unit of a lot runs in, both from their own first: 1 and 0; 1 where there are none."""
        return self.chambers[unit % len(self.chambers)]

    def strikes(self, unit: int) -> bool:
        """Whether the damage can strike a unit of a lot, from 0."""
        return self.damage.chambers is None or self.chamber(unit) in self.damage.chambers


def sources(line: Line, product: str) -> tuple[Source, ...]:
    """The damages of a product's route, in its order."""
    route = line.products[product].route
    steps = line.routes[route]
    if not any(step.damage for step in steps):
        return ()
    expected = visits(line, route)
    return tuple(
        Source(i, step.step, step.toolgroup, k, damage, chance(damage.share, float(expected[i])), _chambers(line, step))
        for i, step in enumerate(steps)
        for k, damage in enumerate(step.damage)
    )


def chance(share: float, visited: float) -> float:
    """That a unit is struck in its visits: 1 - (1 - share)^n, straight between whole n.

    share: of the units that visit [-]; visited: expected visits of a lot [-]
    """
    whole = math.floor(visited)
    return 1.0 - (1.0 - share) ** whole * (1.0 - share * (visited - whole))


def ground_of(die: Die) -> Ground:
    """The wafer that patterns lie on."""
    return Ground(die.places, die.width, die.height, die.wafer / 2 - die.edge, die.wafer / 2)


def pattern_of(damage: Damage) -> Pattern:
    """The pattern of a damage, with its own sizes where none are written."""
    return Pattern(damage.pattern, *(damage.size(word) for word in ("radius", "width", "length")))


def lives(found: tuple[Source, ...], die: Die, unit: int) -> Floats:
    """Expected share of the dies of a unit that no damage kills, by their places   (die,).

    unit: place in the lot, from 0
    """
    total = np.ones(die.places.x.size)
    for source in found:
        if source.strikes(unit):
            total *= 1.0 - source.chance * (1.0 - _survival(source.damage, die))
    return total


def damage_yield(line: Line, product: str) -> float:
    """Expected share of a product's dies that no damage kills, over the units of a lot: 1 without damage.

    A product without dies has nothing to lose: 1.
    """
    made = line.products[product]
    found = () if made.die is None else sources(line, product)
    if made.die is None or not found:
        return 1.0
    alike: dict[tuple[bool, ...], list[int]] = {}  # units that the same damages may strike
    for unit in range(made.lot_size):
        alike.setdefault(tuple(source.strikes(unit) for source in found), []).append(unit)
    kept = sum(len(units) * float(lives(found, made.die, units[0]).mean()) for units in alike.values())
    return kept / made.lot_size


@lru_cache(maxsize=256)
def _survival(damage: Damage, die: Die) -> Floats:
    """Chance of each die of a struck wafer to live   (die,)."""
    return survival(pattern_of(damage), ground_of(die), damage.defects)


def _chambers(line: Line, step: Step) -> tuple[int, ...]:
    """Chambers of a step in the order in which the units of a lot take them."""
    return step.chambers or tuple(range(1, (line.toolgroups[step.toolgroup].chambers or 1) + 1))
