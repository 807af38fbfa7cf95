"""Setup times of a toolgroup between its setup states, as a square table."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from twin.line import Toolgroup

Ints = NDArray[np.int64]


def setup_square(
    group: Toolgroup, states: Mapping[str, int], ticks: Callable[[float | None], int]
) -> tuple[Ints, Ints]:
    """Time from every setup state to every other [tick] (state, state), and lots to run in each (state,).

    states: numbers of the setups from 1; 0 is none.  ticks: whole ticks of a time [s]
    """
    size = len(states) + 1
    square = np.zeros((size, size), dtype=np.int64)
    least = np.zeros(size, dtype=np.int64)
    if group.setups:
        for change in sorted(group.setups.changes, key=lambda c: c.from_ is not None):  # specific ones last
            source = slice(None) if change.from_ is None else states[change.from_]
            square[source, states[change.to]] = ticks(change.time)
        for state, lots in group.setups.min_run.items():
            if state in states:
                least[states[state]] = lots
    np.fill_diagonal(square, 0)
    return square, least
