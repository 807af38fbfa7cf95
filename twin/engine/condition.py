"""Conditions of tools: how an input of their laws deviates from the recipe now, and what use and maintenance do to it.

A deviation is kept in 2^-REACH_BITS of the input's reach (`twin.arrays.conditions`). Offset and spread are drawn once,
what maintenance leaves with each of it; wandering is exact over any number of units (an autoregression of first order
seen at the lots); trends are tables by units, or by productive time, since the last maintenance.
"""

from twin.arrays.conditions import FADE_BITS, REST_BITS
from twin.arrays.fields import (
    C_KEY,
    C_PRODUCT,
    C_TOOL,
    CC_AFTER,
    CC_BY_REST,
    CC_BY_TICKS,
    CC_BY_UNITS,
    CC_CHAMBER_COUNT,
    CC_CHAMBERS,
    CC_EVERY,
    CC_FADE,
    CC_FIRST,
    CC_GAINS,
    CC_KEEPS,
    CC_KEY,
    CC_LOT,
    CC_OFFSETS,
    CC_SHIFT,
    CC_SPREAD,
    CC_UNIT,
    CN_AFTER,
    CN_CONST,
    CN_COUNTED,
    CN_DRAWS,
    CN_KEY,
    CN_LEFT,
    CN_OFFSET,
    CN_SEEN,
    CN_SHIFT,
    CN_SHIFTED,
    CN_SHIFTS,
    CN_WANDER,
    CONDITION_FIELDS,
    G_TOOL,
    LOT_DRAWS,
    LOT_UNITS,
    NONE,
    PRODUCTIVE,
    Q_CONST,
    STARVED,
    T_CLEANED,
    T_CONDITION,
    T_CONDITIONS,
    T_GROUP,
    T_PASSES,
    T_SINCE,
    T_STATE,
    T_TICKS,
    TOOL_FIELDS,
    UNIT_DRAWS,
)
from twin.arrays.responses import PASSES_MOST
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.normal import normal
from twin.engine.response import response
from twin.engine.rng import sub_key
from twin.engine.sample import law_ticks

SHIFT_DRAWS = 1 << 40
"""Counts from here on in a condition's stream are its shifts; those below are its normal draws, two to a count."""


@njit_apart
def next_draw(L: Memory, S: Memory, condition: Int, sd: Int) -> Int:
    """The next draw of a condition's own stream."""
    S[condition + CN_DRAWS] += 1
    return 0 if sd == 0 else normal(L, S[condition + CN_KEY], S[condition + CN_DRAWS], sd)


@njit_apart
def start_conditions(L: Memory, S: Memory) -> None:
    """Time 0: every tool is as new; which one is off, and by how much, is drawn."""
    for tool in range(S[C_TOOL], S[C_PRODUCT], TOOL_FIELDS):
        number = (tool - L[S[S[tool + T_GROUP] + Q_CONST] + G_TOOL]) // TOOL_FIELDS
        first = S[tool + T_CONDITION]
        for condition in range(first, first + S[tool + T_CONDITIONS] * CONDITION_FIELDS, CONDITION_FIELDS):
            const = S[condition + CN_CONST]
            S[condition + CN_KEY] = sub_key(sub_key(S[C_KEY], L[const + CC_KEY]), number)
            S[condition + CN_OFFSET] = L[L[const + CC_OFFSETS] + number]
            S[condition + CN_OFFSET] += next_draw(L, S, condition, L[const + CC_SPREAD])
            S[condition + CN_AFTER] = next_draw(L, S, condition, L[const + CC_AFTER])
            if L[const + CC_GAINS] != NONE:
                S[condition + CN_WANDER] = next_draw(L, S, condition, response(L, L[const + CC_GAINS], PASSES_MOST))
            plan_shift(L, S, condition)


@njit_apart
def plan_shift(L: Memory, S: Memory, condition: Int) -> None:
    """Draw after how many units the next shift comes [1/1000 unit]."""
    law = L[S[condition + CN_CONST] + CC_EVERY]
    if law != NONE:
        S[condition + CN_DRAWS] += 1
        count = SHIFT_DRAWS + S[condition + CN_DRAWS]
        S[condition + CN_LEFT] = law_ticks(L, law, S[condition + CN_KEY], count, 0)


@njit
def productive_ticks(S: Memory, now: Int, tool: Int) -> Int:
    """Time that a tool has been productive so far, the stretch under way included [tick]."""
    under_way = now - S[tool + T_SINCE] if S[tool + T_STATE] == PRODUCTIVE else 0
    return S[tool + T_TICKS + PRODUCTIVE] + under_way


@njit_apart
def clean(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """Maintenance cleans, dresses, conditions: a tool's counts begin anew, its shifts are gone."""
    first = S[tool + T_CONDITION]
    for condition in range(first, first + S[tool + T_CONDITIONS] * CONDITION_FIELDS, CONDITION_FIELDS):
        S[condition + CN_AFTER] = next_draw(L, S, condition, L[S[condition + CN_CONST] + CC_AFTER])
        if L[S[condition + CN_CONST] + CC_EVERY] != NONE:
            shift(L, S, tool, condition, 0)  # what broke since the last look is mended unseen
        S[condition + CN_SEEN] -= S[tool + T_PASSES]
        S[condition + CN_COUNTED] -= S[tool + T_PASSES]
        if S[condition + CN_SHIFT] != 0:
            S[condition + CN_SHIFT] = 0
            plan_shift(L, S, condition)
    S[tool + T_PASSES] = 0
    S[tool + T_CLEANED] = productive_ticks(S, now, tool)


@njit_apart
def is_shifted(S: Memory, tool: Int) -> bool:
    """Whether something about a tool is broken that nobody knows of."""
    first = S[tool + T_CONDITION]
    for condition in range(first, first + S[tool + T_CONDITIONS] * CONDITION_FIELDS, CONDITION_FIELDS):
        if S[condition + CN_SHIFT] != 0:
            return True
    return False


@njit_apart
def lot_deviation(
    L: Memory, S: Memory, now: Int, tool: Int, lot: Int, condition: Int, key: Int, which: Int
) -> Int:
    """How far an input is from its recipe for all units of the lot that is being loaded.

    key: stream of the lot's visit;  which: 0 for the law's first input, 1 for its second
    """
    const = S[condition + CN_CONST]
    units = S[lot + LOT_UNITS]
    if L[const + CC_EVERY] != NONE:
        shift(L, S, tool, condition, units)
    found = S[condition + CN_OFFSET] + S[condition + CN_AFTER] + S[condition + CN_SHIFT]
    if L[const + CC_BY_TICKS] != NONE:
        found += response(L, L[const + CC_BY_TICKS], productive_ticks(S, now, tool) - S[tool + T_CLEANED])
    if L[const + CC_KEEPS] != NONE:
        found += wandering(L, S, tool, condition, const)
    if L[const + CC_LOT] != 0:
        found += normal(L, key, LOT_DRAWS + which, L[const + CC_LOT])
    return found


@njit_apart
def shift(L: Memory, S: Memory, tool: Int, condition: Int, units: Int) -> None:
    """Units pass, those of a lot that is being loaded and all that the tool has run since the last look.

    A shift that comes meanwhile strikes the whole lot, and lasts.
    """
    passed = S[tool + T_PASSES] + units - S[condition + CN_COUNTED]
    S[condition + CN_COUNTED] += passed
    if S[condition + CN_SHIFT] == 0:
        S[condition + CN_LEFT] -= 1000 * passed
        if S[condition + CN_LEFT] <= 0:
            S[condition + CN_SHIFT] = L[S[condition + CN_CONST] + CC_SHIFT]
            S[condition + CN_SHIFTS] += 1
    if S[condition + CN_SHIFT] != 0:
        S[condition + CN_SHIFTED] += units


@njit_apart
def wandering(L: Memory, S: Memory, tool: Int, condition: Int, const: Int) -> Int:
    """The wandering part, carried on over the units that the tool has run since it was last looked at."""
    passed = min(S[tool + T_PASSES] - S[condition + CN_SEEN], PASSES_MOST)
    if passed > 0:
        S[condition + CN_SEEN] = S[tool + T_PASSES]
        kept = (S[condition + CN_WANDER] * response(L, L[const + CC_KEEPS], passed)) >> FADE_BITS
        S[condition + CN_WANDER] = kept + next_draw(L, S, condition, response(L, L[const + CC_GAINS], passed))
    return S[condition + CN_WANDER]


@njit_apart
def varies(L: Memory, S: Memory, condition: Int) -> bool:
    """Whether an input deviates otherwise from unit to unit of a lot."""
    const = S[condition + CN_CONST]
    several = L[const + CC_BY_UNITS] != NONE or L[const + CC_CHAMBERS] != NONE
    return several or L[const + CC_UNIT] != 0 or L[const + CC_FIRST] != 0


@njit
def rest_of(S: Memory, now: Int, tool: Int) -> Int:
    """How long a tool that takes a lot has stood idle, since its last lot, repair or maintenance [tick]."""
    return now - S[tool + T_SINCE] if S[tool + T_STATE] == STARVED else 0


@njit_apart
def first_deviation(L: Memory, S: Memory, now: Int, tool: Int, condition: Int) -> Int:
    """What the first unit of a lot has more, after the tool's rest."""
    const = S[condition + CN_CONST]
    if L[const + CC_BY_REST] == NONE or L[const + CC_FIRST] == 0:
        return L[const + CC_FIRST]
    return (L[const + CC_FIRST] * response(L, L[const + CC_BY_REST], rest_of(S, now, tool))) >> REST_BITS


@njit
def unit_deviation(
    L: Memory, S: Memory, const: Int, key: Int, passes: Int, unit: Int, chamber: Int, first: Int, which: Int
) -> Int:
    """What one unit of a lot has beside the others.

    passes: units since the tool's last maintenance, this one not counted;  unit: its number in the lot, from 0
    chamber: its chamber;  first: what is left of the first unit's deviation
    """
    found = first
    if L[const + CC_BY_UNITS] != NONE:
        found += response(L, L[const + CC_BY_UNITS], min(passes, PASSES_MOST))
    if L[const + CC_CHAMBERS] != NONE:
        found += L[L[const + CC_CHAMBERS] + chamber % L[const + CC_CHAMBER_COUNT]]
    if L[const + CC_UNIT] != 0:
        found += normal(L, key, unit * UNIT_DRAWS + which, L[const + CC_UNIT])
    return found


@njit
def fade(L: Memory, const: Int, first: Int) -> Int:
    """What is left for the next unit of what a lot's first one had."""
    return (first * L[const + CC_FADE]) >> FADE_BITS
