"""Lines and pictures to look at, made up but for their shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.line import Line
from twin.scene import Picture, Scene
from twin.scene.layout import plan_of
from twin.scene.plan import Plan


def line_of(toolgroups: dict[str, dict[str, Any]], steps: list[dict[str, Any]] | None = None) -> Line:
    """A line of these toolgroups, each visited once unless steps are given."""
    route = steps or [{"step": f"on_{name}", "toolgroup": name, "time": "1 min"} for name in toolgroups]
    return Line.from_document(
        {
            "twin": 1,
            "line": "made_up",
            "toolgroups": toolgroups,
            "products": {"p": {"route": "main", "release": {"every": "1 h"}}},
            "routes": {"main": route},
            "run": {"horizon": "10 d", "replications": 1, "seed": 1},
        }
    )


def flow(stations: int) -> Line:
    """Stations one after the other, small buffers between them."""
    return line_of({f"op_{i}": {"tools": 1 + (i % 7 == 3), "buffer": 3 + i % 4} for i in range(stations)})


def fab(toolgroups: int, areas: int, most: int, seed: int = 1) -> Line:
    """A re-entrant line: every toolgroup visited three times."""
    random = np.random.default_rng(seed)
    names = ["litho", "dry_etch", "wet", "diffusion", "implant", "cmp", "thin_film", "metrology", "track"]
    groups = {
        f"{names[i % areas % len(names)]}_{i}": {
            "tools": int(random.integers(1, most + 1)),
            "area": f"area_{i % areas}",
        }
        for i in range(toolgroups)
    }
    visits = 3 * list(groups)
    steps = [{"step": f"s{k}", "toolgroup": name, "time": "1 min"} for k, name in enumerate(visits)]
    return line_of(groups, steps)


def picture(line: Line, seed: int = 2) -> Picture:
    """Random figures for a line; its first toolgroup with tools is the bottleneck."""
    random = np.random.default_rng(seed)
    groups = {name: group for name, group in line.toolgroups.items() if group.tools}
    return Picture(
        title="Made up",
        kpi="Throughput 57.1 lots/d · cycle time 38.9 d",
        caption="Nothing was simulated",
        utilisation=random.uniform(0.3, 1.0, sum(group.tools or 0 for group in groups.values())),
        waiting={name: float(random.gamma(1.0, 5.0)) for name in groups},
        bottleneck=next(iter(groups)),
    )


def planned(line: Line, **scene: Any) -> Plan:
    """The plan of a line under a scene document's words."""
    return plan_of(line, Scene.model_validate(scene))
