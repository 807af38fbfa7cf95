"""What kept tools away: each failure and each maintenance by itself, the losses of availability told apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from twin.results.figure import Floats, figure
from twin.results.measures import ratio
from twin.results.settings import DAY_S

if TYPE_CHECKING:
    import pandas as pd

    from twin.arrays.names import Names
    from twin.arrays.totals import Totals

TIMES, TICKS = range(2)


def frame(totals: Totals, names: Names) -> pd.DataFrame:
    """One row a failure or maintenance of a toolgroup, columns (figure, mean | low | high).

    index:  toolgroup, kind (`failure`, `pm`), its number in the document from 1
    times:  how often a tool went down for it, a tool and day [1/d]
    share:  of the calendar time of the toolgroup's tools
    of_loss: of the time that all failures and maintenance of the toolgroup took
    """
    import pandas as pd

    index = [(names.toolgroups[group], kind, number + 1) for group, kind, number in names.stops]
    rows = [
        [
            end
            for key, unit in (("times", "1/d"), ("share", "share"), ("of_loss", "share"))
            for end in _ends(values[key], unit)
        ]
        for values in _values(totals, names)
    ]
    columns = pd.MultiIndex.from_product([["times", "share", "of_loss"], ["mean", "low", "high"]])
    columns.names = ["figure", "value"]
    labels = pd.MultiIndex.from_tuples(index, names=["toolgroup", "kind", "number"]) if index else None
    return pd.DataFrame(rows, index=labels, columns=columns, dtype=float)


def _values(totals: Totals, names: Names) -> Iterator[dict[str, Floats]]:
    """Measures of each stop, one value a replication   (world,) each."""
    group = np.array([stop[0] for stop in names.stops], dtype=np.int64)
    for k in range(len(names.stops)):
        tool_ticks = len(names.tools_of[group[k]]) * totals.span_ticks
        ticks = totals.stops[:, k, TICKS]
        yield {
            "times": ratio(totals.stops[:, k, TIMES], tool_ticks) / totals.tick_s * DAY_S,
            "share": ratio(ticks, tool_ticks),
            "of_loss": ratio(ticks, totals.stops[:, group == group[k], TICKS].sum(axis=1)),
        }


def _ends(values: Floats, unit: str) -> tuple[float, float, float]:
    found = figure(values, unit)
    if found is None:
        return (np.nan, np.nan, np.nan)
    return (found.mean, np.nan if found.low is None else found.low, np.nan if found.high is None else found.high)
