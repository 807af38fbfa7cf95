"""A small line with dies and laws, and runs of it written down by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from synthetic import count_lots, empty_totals, names_of, results_of

from twin.line import Line
from twin.results import Results

PER_CM2 = 2**32


def quality_line(clustering: float | str = 2, **die: str) -> Line:
    """Two furnaces and a coater for A (dies of 1 cm2) and B (no dies); a welder that rejects, on a route of its own."""
    return Line.from_document(
        {
            "line": "quality",
            "toolgroups": {"furnace": {"tools": 2}, "coater": {}, "welder": {}, "bench": {}},
            "products": {
                "A": {
                    "route": "wafers",
                    "lot_size": 25,
                    "release": {"every": "1 h"},
                    "die": {"width": "10 mm", "height": "10 mm", "clustering": clustering, **die},
                },
                "B": {"route": "wafers", "lot_size": 5, "release": {"every": "1 h"}},
                "body": {"route": "bodies", "release": "saturated"},
            },
            "routes": {
                "wafers": [
                    {"step": "grow", "toolgroup": "furnace", "time": "1 h",
                     "process": {"law": "particles", "adders": "0.1 /cm2", "waiting": "0.01 /cm2/h"}},
                    {"step": "rest", "toolgroup": "bench", "time": "1 h"},
                    {"step": "coat", "toolgroup": "coater", "time": "1 h",
                     "process": {"law": "particles", "adders": "0.1 /cm2"}},
                ],
                "bodies": [
                    {"step": "weld", "toolgroup": "welder", "time": "1 min",
                     "process": {"law": "spot_weld", "welds": 14, "growth": "1 um", "rejects_to": "mend"}},
                    {"step": "mend", "toolgroup": "bench", "time": "1 min"},
                ],
            },
        }
    )  # fmt: skip


def quality_run(
    line: Line, lots: Sequence[tuple[int, int, int, int, float]], process: Any = None, worlds: int = 2, **said: Any
) -> Results:
    """A run with these lots: replication and serial from 0, product, units, defects [1/cm2]; and totals of the steps.

    process: PASSED, VISITS, REJECTED, ADDED and WAITED [unit/cm2] of grow, coat and weld   (world, 3, 5)
    """
    names = names_of(line)
    totals = empty_totals(names, worlds)
    rows = [(r, p, s, units, 1000 * (k + 1), round(d * PER_CM2)) for k, (r, p, s, units, d) in enumerate(lots)]
    totals = totals._replace(lots=np.array(rows, dtype=np.int64).reshape(-1, 6))
    for replication, product, *_ in lots:
        count_lots(totals, replication, product, [1.0])
    if process is not None:
        totals.process[..., :5] = np.round(np.asarray(process) * [1, 1, 1, PER_CM2, PER_CM2])
    return results_of(line, names, totals, **said)
