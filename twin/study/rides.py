"""What a vehicle does for a lot at one moment, in words."""

from __future__ import annotations

from collections.abc import Callable

from twin.arrays import fields as f
from twin.arrays import vehicle_fields as v
from twin.arrays.memory import ride_column
from twin.study.sight import Sight


def ride(sight: Sight, lot: int, clock: Callable[[int], str]) -> tuple[str, int | None, str] | None:
    """State of a lot that vehicles carry, since when, and why; None for one that waits for something else.

    clock: how a tick is told
    """
    if not sight.names.fleets:
        return None
    kind, where = sight.names.fleets[0], sight.names.toolgroups[sight.goes_to(lot)]
    vehicle, ends = sight.lot(lot, ride_column(sight.arrays)), sight.lot(lot, f.LOT_END)
    if vehicle == f.NONE and ends == f.NEVER:
        what = f"it is to be carried to {where}, and all {kind} are under way"
        return "waiting", sight.lot(lot, f.LOT_SINCE), what
    if vehicle < sight.layout.vehicle or int(sight.memory[vehicle + v.VE_LOT]) != lot:
        return None
    told = {
        v.COMES: f"to be carried to {where}: one of {kind} comes for it, and is there at {clock(ends)}",
        v.LOADS: f"one of {kind} takes it up for {where} until {clock(ends)}",
        v.DRIVES: f"it is on its way to {where} with one of {kind} until {clock(ends)}",
        v.UNLOADS: f"one of {kind} sets it down at {where} until {clock(ends)}",
    }
    does = int(sight.memory[vehicle + v.VE_DOES])
    since = sight.lot(lot, f.LOT_SINCE) if does == v.COMES else None
    return "waiting" if does == v.COMES else "moving", since, told[does]
