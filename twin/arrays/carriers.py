"""Carriers as rows: how many of each kind there are, their way back, the toolgroups at which they are taken.

What a step does with them are bits, one a kind: those that a lot takes when it is loaded there (E_TAKES), and those
that it keeps when it comes there (E_ON). A stretch keeps its carrier at all of its steps, the taking one too, so that
a lot that is sent back to it does not change carriers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.arrays import carrier_fields as cr
from twin.arrays.keys import stream_key
from twin.arrays.laws import LawTable
from twin.line import Line, Step
from twin.line.carriers import stretches

Ints = NDArray[np.int64]


class Bits(NamedTuple):
    """Kinds of carriers as bits, by (route, step): those taken there, and those kept on the way there."""

    takes: dict[tuple[str, str], int]
    on: dict[tuple[str, str], int]

    def at(self, route: str, step: Step) -> tuple[int, int]:
        """What is taken at a step, and what is kept on the way there."""
        return self.takes.get((route, step.step), 0), self.on.get((route, step.step), 0)


def carrier_bits(line: Line) -> Bits:
    """What every step that has to do with carriers does with them."""
    kinds = {name: 1 << k for k, name in enumerate(line.carriers)}
    found = Bits({}, {})
    for route, steps in line.routes.items():
        for stretch in stretches(line, route):
            bit = kinds[stretch.carrier]
            first = (route, steps[stretch.takes].step)
            found.takes[first] = found.takes.get(first, 0) | bit
            for step in steps[stretch.takes : stretch.gives + 1]:
                found.on[route, step.step] = found.on.get((route, step.step), 0) | bit
    return found


def carrier_rows(line: Line, laws: LawTable, most: Mapping[str, int], listed: list[int]) -> Ints:
    """The rows of a line's carriers; the toolgroups that take them are added to `listed`   (kind, CARRIER_CONSTANTS).

    most: of each kind, the most of any phase
    """
    groups = {name: g for g, name in enumerate(line.toolgroups)}
    rows = []
    for name, carrier in line.carriers.items():
        taking = {
            groups[line.routes[route][stretch.takes].toolgroup]: None
            for route in line.routes
            for stretch in stretches(line, route)
            if stretch.carrier == name
        }
        key = stream_key("carrier", name)
        rows.append([carrier.count, most[name], laws.add(carrier.return_), key, len(listed), len(taking)])
        listed += taking
    return np.array(rows, dtype=np.int64).reshape(-1, cr.CARRIER_CONSTANTS)
