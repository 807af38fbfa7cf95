"""What a step makes of every unit of a lot: its law on a surface of integers, at the tool's condition and the recipe
that run-to-run control has set.

Everything is decided when the lot is loaded. Values are kept in the characteristic's quantum, unit by unit: its mean,
then its modes.
"""

from twin.arrays.fields import (
    CH_EPOCH,
    CH_KNOB,
    CH_MAKE,
    CH_TOOL,
    CH_VALUES,
    CN_CONST,
    CONDITION_FIELDS,
    DRAW_QUALITY,
    DRAWS,
    G_TOOL,
    KNOB_BITS,
    LOT_DRAWS,
    LOT_KEY,
    LOT_SERIAL,
    LOT_SINCE,
    LOT_UNITS,
    LOT_VISIT,
    MK_AT,
    MK_AT_2,
    MK_CHAMBERS,
    MK_CHANNEL,
    MK_CONDITION,
    MK_CONDITION_2,
    MK_GROWN,
    MK_HOW,
    MK_INVERSE,
    MK_LEAST,
    MK_LOT_NOISE,
    MK_MODES,
    MK_MOST,
    MK_NOISE,
    MK_POINTS,
    MK_POINTS_2,
    MK_SCALE,
    MK_SCALE_2,
    MK_SIGNATURE,
    MK_SURFACE,
    MK_THREAD,
    MK_TICKS,
    MK_WEIGHT,
    MODE_DRAWS,
    NONE,
    PLACE_BITS,
    Q_CONST,
    REACH_BITS,
    REMOVES,
    SCALE_BITS,
    SETS,
    T_CLEANED,
    T_CONDITION,
    T_GROUP,
    T_PASSES,
    TH_ESTIMATE,
    THREAD_FIELDS,
    TOOL_FIELDS,
    UNIT_DRAWS,
    UNKNOWN,
    X_CLIPPED,
    Y_MAKES,
)
from twin.engine.condition import fade, first_deviation, lot_deviation, unit_deviation, varies
from twin.engine.jit import Flag, Int, Memory, njit, njit_apart
from twin.engine.normal import normal
from twin.engine.response import response
from twin.engine.rng import sub_key

PLACE_SHIFT = REACH_BITS + SCALE_BITS - PLACE_BITS
"""From a deviation times the points that a reach has to a place on a surface."""
HALF_PLACE = 1 << (PLACE_SHIFT - 1)


@njit
def tool_number(L: Memory, S: Memory, tool: Int) -> Int:
    """A tool's number in its toolgroup, from 0."""
    return (tool - L[S[S[tool + T_GROUP] + Q_CONST] + G_TOOL]) // TOOL_FIELDS


@njit_apart
def thread_of(L: Memory, S: Memory, tool: Int, make: Int) -> Int:
    """The loop of run-to-run control of a tool at a step."""
    return L[make + MK_THREAD] + tool_number(L, S, tool) * THREAD_FIELDS


@njit_apart
def knob_of(L: Memory, S: Memory, tool: Int, make: Int) -> Int:
    """How far control moves the law's first input from the recipe [2^-REACH_BITS of its reach]."""
    if L[make + MK_WEIGHT] == 0:
        return 0
    knob = -((S[thread_of(L, S, tool, make) + TH_ESTIMATE] * L[make + MK_INVERSE]) >> KNOB_BITS)
    return min(max(knob, L[make + MK_LEAST]), L[make + MK_MOST])


@njit_apart
def recipe_ticks(L: Memory, S: Memory, tool: Int, law: Int) -> Int:
    """What control adds to the recipe's time, where that is the step's [tick]."""
    make = L[law + Y_MAKES]
    if make == NONE or L[make + MK_TICKS] == 0:
        return 0
    return (knob_of(L, S, tool, make) * L[make + MK_TICKS]) >> REACH_BITS


@njit
def place_of(at: Int, scale: Int, deviation: Int) -> Int:
    """Where a deviation from the recipe lies on a surface [2^-PLACE_BITS of a point].

    at: the recipe's place;  scale: points that the whole reach has [2^-SCALE_BITS]
    """
    return at + ((deviation * scale + HALF_PLACE) >> PLACE_SHIFT)


@njit
def is_off(L: Memory, make: Int, a: Int, b: Int) -> Flag:
    """Whether a place lies beyond the surface."""
    beyond = a < 0 or a > (L[make + MK_POINTS] - 1) << PLACE_BITS
    return beyond or b < 0 or b > (L[make + MK_POINTS_2] - 1) << PLACE_BITS


@njit
def surface(L: Memory, make: Int, a: Int, b: Int) -> Int:
    """The law at a place of its surface [quantum]; beyond its ends as there.

    a, b: places along its inputs [2^-PLACE_BITS of a point]
    """
    last, second = L[make + MK_POINTS] - 1, L[make + MK_POINTS_2]
    a = min(max(a, 0), last << PLACE_BITS)
    low = min(a >> PLACE_BITS, last - 1)
    part = a - (low << PLACE_BITS)
    at = L[make + MK_SURFACE] + low * second
    if second == 1:
        return L[at] + (((L[at + 1] - L[at]) * part) >> PLACE_BITS)
    b = min(max(b, 0), (second - 1) << PLACE_BITS)
    left = min(b >> PLACE_BITS, second - 2)
    across = b - (left << PLACE_BITS)
    at += left
    here = L[at] + (((L[at + 1] - L[at]) * across) >> PLACE_BITS)
    at += second
    there = L[at] + (((L[at + 1] - L[at]) * across) >> PLACE_BITS)
    return here + (((there - here) * part) >> PLACE_BITS)


@njit_apart
def make_lot(L: Memory, S: Memory, now: Int, tool: Int, lot: Int, make: Int, totals: Int) -> None:
    """A lot is loaded at a step that makes something of its units.

    totals: of the step with the law
    """
    key = sub_key(S[lot + LOT_KEY], S[lot + LOT_VISIT] * DRAWS + DRAW_QUALITY)
    channel = lot + L[make + MK_CHANNEL]
    knob = knob_of(L, S, tool, make)
    if S[channel + CH_MAKE] == UNKNOWN and L[make + MK_HOW] != SETS:
        return
    S[channel + CH_TOOL], S[channel + CH_MAKE], S[channel + CH_KNOB] = tool, make, knob
    S[channel + CH_EPOCH] = S[tool + T_CLEANED]
    added: Int = 0
    if L[make + MK_GROWN] != NONE:
        added += response(L, L[make + MK_GROWN], now - S[lot + LOT_SINCE])
    if L[make + MK_LOT_NOISE] != 0:
        added += normal(L, key, LOT_DRAWS + 2, L[make + MK_LOT_NOISE])
    if L[make + MK_SURFACE] == NONE:
        for unit in range(S[lot + LOT_UNITS]):
            put_value(L, S, key, channel, make, unit, added)
    else:
        make_units(L, S, now, tool, lot, make, totals, key, knob, added)
    if L[make + MK_MODES] > 0:
        put_modes(L, S, key, channel, make, S[lot + LOT_UNITS])


@njit
def input_of(L: Memory, S: Memory, tool: Int, number: Int) -> Int:
    """A tool's condition of an input, NONE without one."""
    return NONE if number == NONE else S[tool + T_CONDITION] + number * CONDITION_FIELDS


@njit_apart
def make_units(
    L: Memory, S: Memory, now: Int, tool: Int, lot: Int, make: Int, totals: Int, key: Int, knob: Int, added: Int
) -> None:
    """Ask the law for every unit of a lot; once for all where nothing tells them apart.

    key: stream of the lot's visit;  knob: what control adds to the first input;  added: to the result, for all units
    """
    channel = lot + L[make + MK_CHANNEL]
    units = S[lot + LOT_UNITS]
    first_1: Int = 0
    first_2: Int = 0
    input_1 = input_of(L, S, tool, L[make + MK_CONDITION])
    input_2 = input_of(L, S, tool, L[make + MK_CONDITION_2])
    a: Int = knob
    b: Int = 0
    apart_1 = input_1 != NONE and varies(L, S, input_1)
    apart_2 = input_2 != NONE and varies(L, S, input_2)
    if input_1 != NONE:
        a += lot_deviation(L, S, now, tool, lot, input_1, key, 0)
        first_1 = first_deviation(L, S, now, tool, input_1)
        input_1 = S[input_1 + CN_CONST]
    if input_2 != NONE:
        b += lot_deviation(L, S, now, tool, lot, input_2, key, 1)
        first_2 = first_deviation(L, S, now, tool, input_2)
        input_2 = S[input_2 + CN_CONST]
    place = place_of(L[make + MK_AT], L[make + MK_SCALE], a)
    place_2 = place_of(L[make + MK_AT_2], L[make + MK_SCALE_2], b)
    value = surface(L, make, place, place_2) + added
    if not apart_1 and not apart_2:
        S[totals + X_CLIPPED] += units if is_off(L, make, place, place_2) else 0
        for unit in range(units):
            put_value(L, S, key, channel, make, unit, value)
        return
    passes, chambers = S[tool + T_PASSES], L[make + MK_CHAMBERS]
    turn = S[lot + LOT_SERIAL] if units == 1 else 0  # the units of a lot take the chambers in turn, or the lots do
    for unit in range(units):
        chamber = L[chambers + 1 + (turn + unit) % L[chambers]]
        if apart_1:
            more = unit_deviation(L, S, input_1, key, passes + unit, unit, chamber, first_1, 0)
            place = place_of(L[make + MK_AT], L[make + MK_SCALE], a + more)
            first_1 = fade(L, input_1, first_1)
        if apart_2:
            more = unit_deviation(L, S, input_2, key, passes + unit, unit, chamber, first_2, 1)
            place_2 = place_of(L[make + MK_AT_2], L[make + MK_SCALE_2], b + more)
            first_2 = fade(L, input_2, first_2)
        S[totals + X_CLIPPED] += is_off(L, make, place, place_2)
        put_value(L, S, key, channel, make, unit, surface(L, make, place, place_2) + added)


@njit
def put_value(L: Memory, S: Memory, key: Int, channel: Int, make: Int, unit: Int, value: Int) -> None:
    """A unit's characteristic becomes a value, or that is added to it, or taken from it."""
    at = channel + CH_VALUES + unit * (1 + L[make + MK_MODES])
    if L[make + MK_NOISE] != 0:
        value += normal(L, key, unit * UNIT_DRAWS + 2, L[make + MK_NOISE])
    if L[make + MK_HOW] == SETS:
        S[at] = value
    else:
        S[at] += -value if L[make + MK_HOW] == REMOVES else value


@njit_apart
def put_modes(L: Memory, S: Memory, key: Int, channel: Int, make: Int, units: Int) -> None:
    """The pattern that the step leaves on every unit."""
    modes, amplitudes = L[make + MK_MODES], L[make + MK_SIGNATURE]
    scatter = L[amplitudes + modes]
    kept = 0 if L[make + MK_HOW] == SETS else 1
    sign = -1 if L[make + MK_HOW] == REMOVES else 1
    at = channel + CH_VALUES
    for unit in range(units):
        first = unit * UNIT_DRAWS + MODE_DRAWS
        for mode in range(modes):
            at += 1
            value = L[amplitudes + mode]
            if scatter != 0:
                value += normal(L, key, first + mode, scatter)
            S[at] = kept * S[at] + sign * value
        at += 1
