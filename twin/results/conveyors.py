"""What conveyors did: how full they were, and how near to what their entrance can take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.results.figure import Figure, figure
from twin.results.measures import CARRIED, LOADED, Measures, ratio

if TYPE_CHECKING:
    from twin.arrays.names import Names
    from twin.arrays.totals import Totals
    from twin.line import Line

UNITS = {"lots": "lot", "filled": "share", "utilisation": "share", "productive": "share", "blocked": "share"}


def with_entrances(line: Line, names: Names, totals: Totals, measures: Measures) -> Measures:
    """Measures of the toolgroups, a conveyor's utilisation that of its entrance   (world, group) each.

    A belt moves whenever a lot is on it, which says nothing of how many more it could carry: its utilisation is the
    share of its up time that its lots need at their closest, the larger of pitch/speed and travel over the lots that
    it holds.
    """
    utilisation = measures["utilisation"].copy()
    for k, name in enumerate(names.toolgroups):
        belt = line.toolgroups[name].conveyor
        if belt is not None:
            interval = max(belt.gap_s, belt.travel_s / belt.lots) / names.tick_s
            up = (1 - measures["pm"][:, k] - measures["down"][:, k] - measures["off"][:, k]) * totals.span_ticks
            needed = totals.group[:, k, LOADED].astype(np.float64) * interval
            utilisation[:, k] = np.minimum(ratio(needed, up), 1.0)
    return measures | {"utilisation": utilisation}


def of_tools(line: Line, names: Names, tools: Measures, groups: Measures) -> Measures:
    """Measures of the tools, a conveyor's utilisation that of its toolgroup   (world, tool) each."""
    utilisation = tools["utilisation"].copy()
    for k, name in enumerate(names.toolgroups):
        if line.toolgroups[name].conveyor is not None:
            utilisation[:, names.tools_of[k].start] = groups["utilisation"][:, k]
    return tools | {"utilisation": utilisation}


def figures(line: Line, names: Names, totals: Totals, measures: Measures) -> dict[str, dict[str, Figure | None]]:
    """Of each conveyor mean `lots` on it, share of its places `filled`, `utilisation` of its entrance, share of time
    in which it moves with lots (`productive`) and in which it stands because its exit is `blocked`."""
    found = {}
    for k, name in enumerate(names.toolgroups):
        belt = line.toolgroups[name].conveyor
        if belt is not None:
            lots = ratio(totals.group[:, k, CARRIED], totals.span_ticks)
            values = {key: measures[key][:, k] for key in ("utilisation", "productive", "blocked")}
            values |= {"lots": lots, "filled": lots / belt.lots}
            found[name] = {key: figure(values[key], unit) for key, unit in UNITS.items()}
    return found
