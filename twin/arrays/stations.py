"""The stations of indexed sections."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from twin.line import Line

Ints = NDArray[np.int64]


def stations(line: Line, tools: Mapping[str, int], ticks: Callable[[float | None], int]) -> Ints:
    """Section, tool and takt [tick, 0 without] of each station, section by section, in the order of the lots.

    tools: how many each toolgroup has, in the order of the document.  ticks: whole ticks of a time [s]

    returns (station, 3)
    """
    first = dict(zip(tools, np.cumsum([0, *tools.values()]).tolist(), strict=False))
    rows = [
        (k, first[station], ticks(section.takt or 0.0))
        for k, section in enumerate(line.indexed.values())
        for station in section.stations
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)
