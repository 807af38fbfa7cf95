"""A small line that makes characteristics, and runs of it written down by hand: every value of every unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from synthetic import count_lots, empty_totals, names_of, results_of

from twin.arrays import fields as f
from twin.line import Line
from twin.results import Results

QUANTUM = 2.0**-24
ETCH_1, ETCH_2, FURNACE, COATER = range(4)
DEPTH, FILM, MARK = "depth", "film", "mark"
STEPS = {FILM: "grow", DEPTH: "etch", MARK: "mark"}
Made = tuple[int, Any]
"""The tool that made something of a lot, and its values (unit,) or (unit, 1 + modes)."""


def tracked_line(modes: int = 3, within: str = "2 nm", **more: Any) -> Line:
    """Wafers W (dies of 9 cm2), V (the same, other limits) and units U without dies: film, depth and mark of each.

    more: words of the document that differ
    """
    law = {"law": "deposition"}
    routes = {
        name: [
            {"step": "grow", "toolgroup": "furnace", "time": "1 h", "process": law | {"sets": FILM}},
            {"step": "etch", "toolgroup": "etcher", "time": "1 h", "process": {"law": "etch", "sets": DEPTH}},
            {"step": "mark", "toolgroup": "coater", "time": "1 h", "process": law | {"sets": MARK}},
            {"step": "coat", "toolgroup": "coater", "time": "1 h",
             "process": {"law": "particles", "adders": "0.1 /cm2", "ageing": "100 %", "waiting": "0.01 /cm2/h"}},
        ]
        for name in ("wafers", "units")
    }  # fmt: skip
    die = {"width": "30 mm", "height": "30 mm", "clustering": "none"}
    every = {"every": "1 h"}
    document = {
        "line": "tracked",
        "toolgroups": {"etcher": {"tools": 2}, "furnace": {}, "coater": {}},
        "characteristics": {
            DEPTH: {"unit": "nm", "target": "100 nm", "limits": ["90 nm", "110 nm"], "within": within, "modes": modes},
            FILM: {"unit": "nm", "limits": [None, "50 nm"], "within": "1 nm"},
            MARK: {"unit": "nm"},
        },
        "products": {
            "W": {"route": "wafers", "lot_size": 2, "release": every, "die": die},
            "V": {"route": "wafers", "lot_size": 2, "release": every, "die": die,
                  "limits": {DEPTH: ["98 nm", "102 nm"], FILM: [None, None]}},
            "U": {"route": "units", "lot_size": 1, "release": every},
        },
        "routes": routes,
    }  # fmt: skip
    return Line.from_document(document | more)


def tracked_run(
    line: Line, lots: Sequence[tuple[int, int, int, int, float]], made: Mapping[str, Sequence[Made | None]],
    *, worlds: int = 2, visits: Sequence[Sequence[int]] = (), **said: Any,
) -> Results:  # fmt: skip
    """A run with these lots: replication and serial from 0, product, units, defects [1/cm2].

    made:   of each lot what was made of it, None where no step did
    visits: in the columns of `Totals.visits`
    """
    names = names_of(line)
    steps = list(names.steps)
    most = max(units for *_, units, _ in lots)
    channels, column = [], f.LQ_SENT
    for name, of in line.characteristics.items():
        channels.append((name, column, of.modes, QUANTUM))
        column += f.CH_VALUES + most * (1 + of.modes)
    tracked = np.full((len(lots), column), 7)  # what is beyond a lot's units means nothing
    for name, at, modes, _ in channels:
        for row, lot, found in zip(tracked, lots, made[name], strict=True):
            row[at + f.CH_TOOL] = row[at + f.CH_MAKE] = f.NONE
            if found is None:
                continue
            route = list(line.products.values())[lot[1]].route
            row[at + f.CH_TOOL], row[at + f.CH_MAKE] = found[0], steps.index((route, STEPS[name]))
            values = np.zeros((lot[3], 1 + modes))
            given = np.asarray(found[1], dtype=float).reshape(lot[3], -1)
            values[:, : given.shape[1]] = given
            row[at + f.CH_VALUES : at + f.CH_VALUES + values.size] = np.rint(values / QUANTUM).ravel()
    first = [steps.index((product.route, line.routes[product.route][0].step)) for product in line.products.values()]
    names = names._replace(
        channels=tuple(channels), makes=tuple(range(len(steps))), steps_of=tuple(range(k, k + 4) for k in first)
    )
    rows = [(r, p, s, n, 1000 * (k + 1), round(d * 2**32)) for k, (r, p, s, n, d) in enumerate(lots)]
    totals = empty_totals(names, worlds)._replace(
        lots=np.array(rows, dtype=np.int64), tracked=tracked,
        visits=np.array(visits, dtype=np.int64).reshape(-1, 8),
    )  # fmt: skip
    for replication, product, *_ in lots:
        count_lots(totals, replication, product, [1.0])
    return results_of(line, names, totals, **said)
