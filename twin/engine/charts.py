"""Control charts: run rules over the means that a metrology step reads, one chart for each tool.

The last points are kept as bits, the newest lowest: above and below the centre line, one and two standard deviations
away. Western Electric Co., Statistical Quality Control Handbook (1956); L. S. Nelson, Journal of Quality Technology 16,
237 (1984).
"""

from twin.arrays.fields import (
    CHART_FIELDS,
    NONE,
    SP_DOWN,
    SP_DOWN_1,
    SP_DOWN_2,
    SP_EPOCH,
    SP_FALLS,
    SP_LAST,
    SP_POINTS,
    SP_RISES,
    SP_UP,
    SP_UP_1,
    SP_UP_2,
)
from twin.engine.jit import Flag, Int, Memory, njit, njit_apart

BEYOND_3, TWO_OF_THREE, FOUR_OF_FIVE, EIGHT_SIDE, NINE_SIDE, TREND, ALTERNATING, WITHIN, OUTSIDE = range(9)
HISTORY = (1 << 15) - 1
UP_AND_DOWN = 0b1010101010101
"""Thirteen turns of fourteen points."""


@njit
def add_bit(S: Memory, at: Int, bit: Flag) -> None:
    """The newest point of a history."""
    S[at] = ((S[at] << 1) | (1 if bit else 0)) & HISTORY


@njit
def ones(bits: Int, last: Int) -> Int:
    """How many of the last points have their bit set."""
    found: Int = 0
    for place in range(last):
        found += (bits >> place) & 1
    return found


@njit_apart
def clear_chart(S: Memory, chart: Int, epoch: Int) -> None:
    """The rules begin anew, after an alarm or a maintenance of the tool.

    epoch: the tool's productive time at its last maintenance
    """
    for field in range(CHART_FIELDS):
        S[chart + field] = 0
    S[chart + SP_EPOCH] = epoch


@njit_apart
def add_point(S: Memory, chart: Int, deviation: Int, sigma: Int) -> None:
    """Plot a point.

    deviation: from the centre line, in the unit of sigma
    """
    add_bit(S, chart + SP_UP, deviation > 0)
    add_bit(S, chart + SP_UP_1, deviation > sigma)
    add_bit(S, chart + SP_UP_2, deviation > 2 * sigma)
    add_bit(S, chart + SP_DOWN, deviation < 0)
    add_bit(S, chart + SP_DOWN_1, deviation < -sigma)
    add_bit(S, chart + SP_DOWN_2, deviation < -2 * sigma)
    add_bit(S, chart + SP_RISES, S[chart + SP_POINTS] > 0 and deviation > S[chart + SP_LAST])
    add_bit(S, chart + SP_FALLS, S[chart + SP_POINTS] > 0 and deviation < S[chart + SP_LAST])
    S[chart + SP_LAST] = deviation
    S[chart + SP_POINTS] += 1


@njit_apart
def on_one_side(S: Memory, chart: Int, up: Int, down: Int, least: Int, last: Int) -> Flag:
    """Whether at least so many of the last points lie on one side, beyond the line that two histories tell."""
    return ones(S[chart + up], last) >= least or ones(S[chart + down], last) >= least


@njit_apart
def alarm_of(S: Memory, chart: Int, deviation: Int, sigma: Int, rules: Int) -> Int:
    """The first rule that the points so far break, NONE if they break none.

    rules: those that count, as bits
    """
    if (rules >> BEYOND_3) & 1 == 1 and (deviation > 3 * sigma or deviation < -3 * sigma):
        return BEYOND_3
    if (rules >> TWO_OF_THREE) & 1 == 1 and on_one_side(S, chart, SP_UP_2, SP_DOWN_2, 2, 3):
        return TWO_OF_THREE
    if (rules >> FOUR_OF_FIVE) & 1 == 1 and on_one_side(S, chart, SP_UP_1, SP_DOWN_1, 4, 5):
        return FOUR_OF_FIVE
    if (rules >> EIGHT_SIDE) & 1 == 1 and on_one_side(S, chart, SP_UP, SP_DOWN, 8, 8):
        return EIGHT_SIDE
    if (rules >> NINE_SIDE) & 1 == 1 and on_one_side(S, chart, SP_UP, SP_DOWN, 9, 9):
        return NINE_SIDE
    if (rules >> TREND) & 1 == 1 and on_one_side(S, chart, SP_RISES, SP_FALLS, 5, 5):
        return TREND
    if (rules >> ALTERNATING) & 1 == 1 and alternates(S[chart + SP_RISES] & 0x1FFF, S[chart + SP_FALLS] & 0x1FFF):
        return ALTERNATING
    away = S[chart + SP_UP_1] | S[chart + SP_DOWN_1]
    if (rules >> WITHIN) & 1 == 1 and S[chart + SP_POINTS] >= 15 and away == 0:
        return WITHIN
    if (rules >> OUTSIDE) & 1 == 1 and away & 0xFF == 0xFF:
        return OUTSIDE
    return NONE


@njit
def alternates(rises: Int, falls: Int) -> Flag:
    """Whether thirteen steps go up and down in turn."""
    other = UP_AND_DOWN >> 1
    return (rises == UP_AND_DOWN and falls == other) or (falls == UP_AND_DOWN and rises == other)
