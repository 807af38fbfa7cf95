"""Carriers that a line needs at least, from the document alone: rounds without any waiting."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.arrays.routing import step_mean_s, turns, visits
from twin.line import Line
from twin.line.carriers import Stretch, stretches
from twin.line.network import move_time
from twin.study.capacity_extras import auxiliary_time, chamber_share

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


def carrier_time(line: Line, units: Floats) -> Floats:
    """How long a lot of each product keeps carriers of each kind, their empty way back included [s]   (kind, product).

    Steps, moves between them and ways back, no waiting: what it takes at least. units: of a lot of each product
    """
    place = {name: k for k, name in enumerate(line.carriers)}
    found = np.zeros((len(place), len(line.products)))
    for p, product in enumerate(line.products.values()):
        for stretch in stretches(line, product.route):
            found[place[stretch.carrier], p] += _round(line, product.route, stretch, round(float(units[p])))
    return found


def _round(line: Line, route: str, stretch: Stretch, units: int) -> float:
    """Expected time on one stretch of a lot, with the way back of each carrier that it takes there [s]."""
    steps = line.routes[route]
    place = {step.step: i for i, step in enumerate(steps)}
    times = visits(line, route)
    move = move_time(line)
    taken, held = float(times[stretch.takes]), 0.0
    for i in range(stretch.takes, stretch.gives + 1):
        held += times[i] * step_mean_s(line, steps[i], units) / chamber_share(line.toolgroups[steps[i].toolgroup])
        onward = turns(line, steps[i])
        onward.append((1.0 - math.fsum(share for share, _ in onward), steps[min(i + 1, len(steps) - 1)].step))
        for share, to in onward[: len(onward) - (i + 1 == len(steps))]:
            if to in place and stretch.holds_after(place[to]):
                held += times[i] * share * move(steps[i].toolgroup, steps[place[to]].toolgroup)
                taken -= times[i] * share * (place[to] == stretch.takes)
    return held + max(taken, 0.0) * line.carriers[stretch.carrier].return_.mean


def limits(line: Line, units: Floats) -> Iterator[tuple[float, Floats]]:
    """Of each auxiliary and kind of carriers, how many there are, and how long a lot of each product has one [s]."""
    counts = [*line.auxiliaries.values(), *(carrier.count for carrier in line.carriers.values())]
    yield from zip(counts, [*auxiliary_time(line, units), *carrier_time(line, units)], strict=True)


def table(line: Line, rates: Floats, units: Floats) -> pd.DataFrame:
    """One row a kind: count, busy (mean number on a round without waiting), offered (their quotient)."""
    import pandas as pd

    busy = carrier_time(line, units) @ rates
    count = np.array([carrier.count for carrier in line.carriers.values()], dtype=np.int64)
    return pd.DataFrame(
        {"count": count, "busy": busy, "offered": busy / np.maximum(count, 1)},
        index=pd.Index(list(line.carriers), name="carrier"),
    )


def notes(found: pd.DataFrame, groups: pd.DataFrame) -> Iterator[str]:
    """Carriers of which the releases ask for more than there are, or that hold a line back that takes what it can."""
    over = found[found["offered"] > 1 + 1e-9]
    for name, row in over.iterrows():
        yield (
            f"carriers {name} are too few for what is released: rounds without any waiting keep {row['busy']:.1f} of "
            f"them on the way, and there are {row['count']:.0f}"
        )
    if len(found) and not len(over) and float(found["offered"].max()) > float(groups["of_available"].max()) + 1e-9:
        name, share = found["offered"].idxmax(), 100 * float(found["offered"].max())
        yield f"carriers {name} are loaded more than any toolgroup: {share:.1f} % of them on a round, without waiting"
