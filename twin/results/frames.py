"""Figures and totals as pandas tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.results import extras
from twin.results.figure import Figure
from twin.results.measures import STATES, Measures, over_replications
from twin.results.tables import PRODUCT_COUNTS

if TYPE_CHECKING:
    import pandas as pd

    from twin.arrays.names import Names
    from twin.arrays.totals import Totals


def figures(of: Mapping[str, Mapping[str, Figure | None]], index: str) -> pd.DataFrame:
    """One row a name; columns (figure, mean | low | high), NaN where there is no data or no interval.

    A cycle time's p95 is a figure of its own, `cycle_time_p95`.
    """
    import pandas as pd

    rows = []
    cells: dict[tuple[str, str], float] = {}
    for row in of.values():
        for key, figure in row.items():
            _put(cells, key, figure)
            if key == "cycle_time":
                _put(cells, "cycle_time_p95", None if figure is None else figure.p95)
        rows.append(list(cells.values()))
    columns = pd.MultiIndex.from_tuples(list(cells), names=["figure", "value"]) if cells else None
    return pd.DataFrame(rows, index=pd.Index(list(of), name=index), columns=columns)


def _put(cells: dict[tuple[str, str], float], key: str, figure: Figure | None) -> None:
    ends = (None, None, None) if figure is None else (figure.mean, figure.low, figure.high)
    for value, end in zip(("mean", "low", "high"), ends, strict=True):
        cells[key, value] = np.nan if end is None else end


def tools(names: Names, measures: Measures) -> pd.DataFrame:
    """One row a tool: its toolgroup, its number there from 1, and means over the replications."""
    import pandas as pd

    first = np.array([tools.start for tools in names.tools_of], dtype=np.int64)
    group = names.tool_group
    means = {key: over_replications(measures[key]) for key in (*STATES, "utilisation")}
    columns: dict[str, Any] = {
        "toolgroup": [names.toolgroups[k] for k in group],
        "number": np.arange(group.size) - first[group] + 1,
        **means,
    }
    return pd.DataFrame(columns, index=pd.Index([names.tool(k) for k in range(group.size)], name="tool"))


def windows(names: Names, totals: Totals) -> pd.DataFrame:
    """Queue-time windows by the step that opens them: closed and breached, means over the replications."""
    import pandas as pd

    used = np.flatnonzero(totals.windows.sum(axis=(0, 2)))
    mean = totals.windows[:, used].mean(axis=0)
    steps = [names.steps[k] for k in used]
    index = pd.MultiIndex.from_tuples(steps, names=["route", "step"]) if steps else None
    table = pd.DataFrame(
        {
            "closed": mean[:, 0],
            "breached": mean[:, 1],
            "share": mean[:, 1] / mean[:, 0],
            **(extras.of_windows(names, totals, list(used)) if names.extras else {}),
        },
        index=index,
    )
    return table


def replications(names: Names, totals: Totals) -> pd.DataFrame:
    """What each replication, from 1, counted of each product; exact."""
    import pandas as pd

    worlds, products = totals.product.shape[:2]
    index = pd.MultiIndex.from_product(
        [range(1, worlds + 1), names.products], names=["replication", "product"]
    )
    table = pd.DataFrame(totals.product.reshape(worlds * products, -1), index=index, columns=list(PRODUCT_COUNTS))
    table["wip_end"] = totals.wip_end.reshape(-1)
    return table
