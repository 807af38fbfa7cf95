"""The network as a table of ticks between places, and the fleet that moves on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.line import Line
from twin.line.network import distance_between

Ints = NDArray[np.int64]
Ticks = Callable[[float | None], int]


def has_ways(line: Line) -> bool:
    """Whether the transport's time is that of the way."""
    return line.transport is not None and line.transport.time is None


def fleet_names(line: Line) -> tuple[str, ...]:
    """The vehicles that carry the lots, if any do."""
    named = line.transport.vehicles if line.transport else None
    return () if named is None else (named,)


def places(line: Line) -> dict[str, int]:
    """Numbers of the nodes at which toolgroups lie, or vehicles start."""
    if line.network is None or not has_ways(line):
        return {}
    starts = [line.fleet.starts] if line.fleet is not None and line.fleet.starts is not None else []
    return {node: k for k, node in enumerate(dict.fromkeys([*line.network.stations.values(), *starts]))}


def place_of(line: Line, toolgroup: str) -> int:
    """The place at which a toolgroup lies, NONE for none."""
    node = None if line.network is None else line.network.stations.get(toolgroup)
    return places(line).get(node, f.NONE) if node is not None else f.NONE


def way_table(line: Line, ticks: Ticks) -> Ints:
    """The number of places, then the ticks of the shortest way from each to each; empty without a network.

    Where no way leads, which no lot and no vehicle then goes: NEVER.
    """
    nodes = places(line)
    speed = line.fleet.speed if line.fleet is not None else (line.transport.speed if line.transport else None)
    if not nodes or speed is None:
        return np.zeros(0, dtype=np.int64)
    distance = distance_between(line)
    metres = [distance(here, there) for here in nodes for there in nodes]
    return np.array([len(nodes), *(f.NEVER if m == np.inf else ticks(m / speed) for m in metres)], dtype=np.int64)


def fleet_row(line: Line, ticks: Ticks) -> Ints:
    """The fleet's constants, empty without one   (FLEET_CONSTANTS,)."""
    fleet = line.fleet
    if fleet is None:
        return np.zeros(0, dtype=np.int64)
    start = 0 if fleet.starts is None else places(line)[fleet.starts]
    row = [fleet.count, ticks(fleet.load), ticks(fleet.unload), fleet.dispatch == "nearest", start]
    return np.array(row, dtype=np.int64)
