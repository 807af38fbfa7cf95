"""Vehicles with places: a free one comes for a lot, takes it up, drives, sets it down and takes the next.

The events of a trip are events of the lot, one for each part of it that takes time. A lot has its place in front of the
next toolgroup before it asks for a vehicle, so every trip that begins ends: vehicles cannot lock a line up.
"""

from twin.arrays.fields import (
    DRAW_TRANSPORT,
    DRAWS,
    EV_LOT,
    G_PLACE,
    H_FLEET,
    H_FLEETS,
    H_RIDE,
    H_TRANSPORT,
    H_WAYS,
    LOT_END,
    LOT_EXPECTED,
    LOT_FROM,
    LOT_KEY,
    LOT_MOVING,
    LOT_NEXT,
    LOT_PREV,
    LOT_PRIORITY,
    LOT_SERIAL,
    LOT_SINCE,
    LOT_SORT,
    LOT_STATE,
    LOT_STEP,
    NEVER,
    NONE,
    Q_CONST,
    S_GROUP,
)
from twin.arrays.vehicle_fields import (
    COMES,
    DRIVES,
    FL_EMPTY,
    FL_EMPTY_AREA,
    FL_HANDLING,
    FL_HANDLING_AREA,
    FL_HEAD,
    FL_LOADED,
    FL_LOADED_AREA,
    FL_PICKED,
    FL_TAIL,
    FL_TRIPS,
    FL_WAIT,
    FLEET_FIELDS,
    FT_COUNT,
    FT_LOAD,
    FT_NEAREST,
    FT_UNLOAD,
    LOADS,
    STANDS,
    UNLOADS,
    VE_DOES,
    VE_LOT,
    VE_PLACE,
    VE_SINCE,
    VEHICLE_FIELDS,
)
from twin.engine.chain import insert_after, take_out_of
from twin.engine.heap import due_at
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.sample import law_ticks


@njit_apart
def move_ticks(L: Memory, S: Memory, lot: Int, visit: Int, from_group: Int, g: Int) -> Int:
    """How long a lot takes between two toolgroups where nobody has to come for it, on its way to a visit [tick]."""
    if L[H_WAYS] != NONE:
        return way_ticks(L, place_of(L, S, from_group), place_of(L, S, g))
    return law_ticks(L, L[H_TRANSPORT], S[lot + LOT_KEY], visit * DRAWS + DRAW_TRANSPORT, S[lot + LOT_SERIAL])


@njit_apart
def way_ticks(L: Memory, here: Int, there: Int) -> Int:
    """The time of the shortest way between two places [tick]."""
    return L[L[H_WAYS] + 1 + here * L[L[H_WAYS]] + there]


@njit_apart
def place_of(L: Memory, S: Memory, g: Int) -> Int:
    """The place of a toolgroup on the network."""
    return L[S[g + Q_CONST] + G_PLACE]


@njit_apart
def call_vehicle(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot that has left its tool asks for a vehicle: the nearest of the idle ones, of these the longest idle."""
    fleet = L[H_FLEETS]
    S[lot + LOT_SINCE] = now
    S[lot + LOT_SORT] = -S[lot + LOT_PRIORITY]
    S[lot + L[H_RIDE]] = NONE
    vehicle = nearest_idle(L, S, place_of(L, S, S[lot + LOT_FROM]))
    if vehicle != NONE:
        send(L, S, now, vehicle, lot)
        return
    before = S[fleet + FL_TAIL]
    while before != NONE and S[before + LOT_SORT] > S[lot + LOT_SORT]:
        before = S[before + LOT_PREV]
    insert_after(S, fleet + FL_HEAD, LOT_NEXT, lot, before)


@njit_apart
def nearest_idle(L: Memory, S: Memory, place: Int) -> Int:
    """The idle vehicle nearest to a place, of those as near the longest idle; NONE if all are under way."""
    fleet = L[H_FLEETS]
    found: Int = NONE
    if S[fleet + FL_LOADED] + S[fleet + FL_EMPTY] + S[fleet + FL_HANDLING] == L[L[H_FLEET] + FT_COUNT]:
        return found
    least: Int = NEVER
    first = fleet + FLEET_FIELDS
    for vehicle in range(first, first + L[L[H_FLEET] + FT_COUNT] * VEHICLE_FIELDS, VEHICLE_FIELDS):
        if S[vehicle + VE_LOT] != NONE:
            continue
        ticks = way_ticks(L, S[vehicle + VE_PLACE], place)
        if ticks < least or (ticks == least and S[vehicle + VE_SINCE] < S[found + VE_SINCE]):
            least, found = ticks, vehicle
    return found


@njit_apart
def send(L: Memory, S: Memory, now: Int, vehicle: Int, lot: Int) -> None:
    """An idle vehicle sets out for a lot."""
    S[lot + L[H_RIDE]] = vehicle
    S[vehicle + VE_LOT] = lot
    S[vehicle + VE_DOES] = STANDS
    next_leg(L, S, now, vehicle)


@njit_apart
def next_leg(L: Memory, S: Memory, now: Int, vehicle: Int) -> bool:
    """The part of a trip that a vehicle is at is over: it begins the next; False if that was the last.

    Parts without time are passed over, but for the loaded way.
    """
    lot = S[vehicle + VE_LOT]
    fleet = L[H_FLEETS]
    while S[vehicle + VE_DOES] < UNLOADS:
        leave_leg(L, S, now, vehicle)
        S[vehicle + VE_DOES] += 1
        S[vehicle + VE_SINCE] = now
        does = S[vehicle + VE_DOES]
        ticks = leg_ticks(L, S, vehicle, lot)
        if does == COMES:
            S[fleet + FL_EMPTY] += 1
            S[fleet + FL_EMPTY_AREA] -= now
        elif does == DRIVES:
            S[fleet + FL_LOADED] += 1
            S[fleet + FL_LOADED_AREA] -= now
        else:
            S[fleet + FL_HANDLING] += 1
            S[fleet + FL_HANDLING_AREA] -= now
        if ticks > 0 or does == DRIVES:
            due_at(S, lot, LOT_END, EV_LOT, now + ticks)
            return True
    leave_leg(L, S, now, vehicle)
    return False


@njit_apart
def leg_ticks(L: Memory, S: Memory, vehicle: Int, lot: Int) -> Int:
    """How long the part of a trip takes that a vehicle is at [tick]."""
    does = S[vehicle + VE_DOES]
    if does == LOADS:
        return L[L[H_FLEET] + FT_LOAD]
    if does == UNLOADS:
        return L[L[H_FLEET] + FT_UNLOAD]
    here = place_of(L, S, S[lot + LOT_FROM])
    if does == COMES:
        return way_ticks(L, S[vehicle + VE_PLACE], here)
    return way_ticks(L, here, place_of(L, S, L[S[lot + LOT_STEP] + S_GROUP]))


@njit_apart
def leave_leg(L: Memory, S: Memory, now: Int, vehicle: Int) -> None:
    """Count the part of a trip that a vehicle has done; it is where that has led."""
    fleet, lot, does = L[H_FLEETS], S[vehicle + VE_LOT], S[vehicle + VE_DOES]
    if does == COMES:
        S[fleet + FL_EMPTY] -= 1
        S[fleet + FL_EMPTY_AREA] += now
        S[fleet + FL_PICKED] += 1
        S[fleet + FL_WAIT] += now - S[lot + LOT_SINCE]
        S[vehicle + VE_PLACE] = place_of(L, S, S[lot + LOT_FROM])
    elif does == DRIVES:
        S[fleet + FL_LOADED] -= 1
        S[fleet + FL_LOADED_AREA] += now
        S[vehicle + VE_PLACE] = place_of(L, S, L[S[lot + LOT_STEP] + S_GROUP])
    elif does != STANDS:
        S[fleet + FL_HANDLING] -= 1
        S[fleet + FL_HANDLING_AREA] += now


@njit_apart
def rides_on(L: Memory, S: Memory, now: Int, lot: Int) -> bool:
    """A part of a lot's trip is over: whether it goes on; at its end the vehicle takes the next lot, or stays."""
    state = S[lot + LOT_STATE]
    if state != LOT_MOVING and state != LOT_EXPECTED:
        return False
    vehicle = S[lot + L[H_RIDE]]
    if next_leg(L, S, now, vehicle):
        return True
    S[L[H_FLEETS] + FL_TRIPS] += 1
    S[vehicle + VE_LOT] = NONE
    S[vehicle + VE_DOES] = STANDS
    S[vehicle + VE_SINCE] = now
    after = next_lot(L, S, vehicle)
    if after != NONE:
        take_out_of(S, L[H_FLEETS] + FL_HEAD, LOT_NEXT, after)
        send(L, S, now, vehicle, after)
    return False


@njit_apart
def next_lot(L: Memory, S: Memory, vehicle: Int) -> Int:
    """The lot that a free vehicle takes, NONE if none waits: of those of highest priority the oldest or the nearest."""
    found: Int = S[L[H_FLEETS] + FL_HEAD]
    if found == NONE or L[L[H_FLEET] + FT_NEAREST] == 0:
        return found
    sort = S[found + LOT_SORT]
    least: Int = NEVER
    lot = found
    while lot != NONE and S[lot + LOT_SORT] == sort:
        ticks = way_ticks(L, S[vehicle + VE_PLACE], place_of(L, S, S[lot + LOT_FROM]))
        if ticks < least:
            least, found = ticks, lot
        lot = S[lot + LOT_NEXT]
    return found
