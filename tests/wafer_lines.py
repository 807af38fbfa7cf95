"""A short line that does to wafers what a line can: a film with a map, damage in patterns, killer defects, bins."""

from __future__ import annotations

from typing import Any

from plain_law import plain_law

import twin
from twin.line import Line
from twin.results import Results

DIE = {"width": "8 mm", "height": "10 mm", "wafer": "150 mm"}
BINS = {"thin": {"film": [None, "98 nm"]}, "middle": {"film": ["98 nm", "102 nm"]}}
SIGNATURE = {"bowl": "1.2 nm", "tilt_x": "0.8 nm", "scatter": "0.1 nm"}
SPUN = ({"pattern": "edge_ring", "share": 0.2, "defects": 30, "chambers": 2},)
POLISHED = ({"pattern": "scratch", "share": 0.1, "defects": 10}, {"pattern": "burst", "share": 0.1, "defects": 15})


def wafer_line(
    spun: Any = SPUN, polished: Any = POLISHED, *, product: dict[str, Any] | None = None,
    film: dict[str, Any] | None = None, spin: dict[str, Any] | None = None, adders: str = "0.05 /cm2",
) -> Line:  # fmt: skip
    """Spin a film on one of two cluster tools, then polish with particles.

    spun, polished: damage of the two steps; product, film, spin: more words of the product, the characteristic, the law
    """
    law = {"law": "plain", "sets": "film", "noise": "2 nm", "signature": SIGNATURE} | (spin or {})
    particles = {"law": "particles", "adders": adders}
    steps: list[dict[str, Any]] = [
        {"step": "spin", "toolgroup": "coater", "time": "1 min", "process": law},
        {"step": "polish", "toolgroup": "polisher", "time": "1 min", "process": particles},
    ]
    for step, damage in zip(steps, (spun, polished), strict=True):
        if damage:
            step["damage"] = list(damage)
    limits = {"unit": "nm", "target": "100 nm", "limits": ["95 nm", "105 nm"], "within": "0.6 nm", "modes": 14}
    made = {"route": "r", "lot_size": 24, "release": {"every": "1 h"}, "die": DIE, "bins": BINS} | (product or {})
    with plain_law():
        return Line.from_document(
            {
                "line": "wafers",
                "toolgroups": {"coater": {"tools": 2, "chambers": 3}, "polisher": {"tools": 3}},
                "characteristics": {"film": limits | (film or {})},
                "products": {"A": made},
                "routes": {"r": steps},
            }
        )


def wafer_run(line: Line | None = None, lots: int = 8, **asked: Any) -> Results:
    """A run in which so many lots come out; asked: of `simulate`, besides."""
    said: dict[str, Any] = {"replications": 1, "seed": 1} | asked
    with plain_law():
        return twin.simulate(line or wafer_line(), horizon=f"{lots} h", **said)
