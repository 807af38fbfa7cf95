"""What dispatch rules compare beyond a lot's own record: due dates at the step, slack, work ahead, the ATCS index.

All in integers: ticks, and logarithms to base 2 in steps of 2^-16 (`LOG_BITS`), so that every device ranks lots alike.
"""

from twin.arrays.fields import (
    END,
    G_ATCS_DUE,
    G_ATCS_SETUP,
    G_ATCS_TIME,
    G_LOG_BITS,
    G_PRESENT,
    H_WINDOWS,
    LOT_DUE,
    LOT_FIXED,
    LOT_PRODUCT,
    LOT_RELEASED,
    LOT_STEP,
    LOT_UNITS,
    LOT_WEIGHT,
    MAX_TICK,
    NEVER,
    NONE,
    P_STEP,
    PER_MASK,
    PER_UNIT,
    PR_CONST,
    Q_CONST,
    Q_MEAN_SETUP,
    Q_MEAN_TIME,
    Q_WORK,
    S_BATCH_MAX,
    S_EVERY,
    S_EVERY_PER,
    S_GROUP,
    S_MEAN,
    S_NEXT,
    S_PER,
    S_REMAINING,
    S_REMAINING_UNIT,
    UNLIMITED,
    W_UNTIL,
)
from twin.engine.jit import Int, Memory, njit_apart

SHARE_BITS = 24
"""A share of a route's time is kept in steps of 2^-24."""


@njit_apart
def step_time(L: Memory, S: Memory, lot: Int) -> Int:
    """Mean process time of a lot's step [tick]."""
    step = S[lot + LOT_STEP]
    return L[step + S_MEAN] * (S[lot + LOT_UNITS] if L[step + S_PER] & PER_MASK == PER_UNIT else 1)


@njit_apart
def queued_work(L: Memory, S: Memory, lot: Int) -> Int:
    """Tool time that a waiting lot will take [tick]: its share of a full batch, of a cascading tool its entrance."""
    step = S[lot + LOT_STEP]
    units = S[lot + LOT_UNITS]
    if L[step + S_BATCH_MAX] > 0:
        return L[step + S_MEAN] * units // L[step + S_BATCH_MAX]
    if L[step + S_EVERY] != NONE:
        return L[step + S_EVERY] * (units if L[step + S_EVERY_PER] == PER_UNIT else 1)
    return step_time(L, S, lot)


@njit_apart
def step_due(L: Memory, S: Memory, lot: Int) -> Int:
    """Operation due date: when a lot should be through with its step to leave the line when due [tick].

    release + (due - release) * expected process time up to and including the step / that of the whole route: the flow
    allowance in proportion to work content (Conway, Maxwell, Miller 1967, "Theory of Scheduling", ch. 11; Baker 1984,
    "Sequencing rules and due-date assignments in a job shop", Management Science 30(9)). NEVER without a due date.
    """
    due = S[lot + LOT_DUE]
    if due == NEVER:
        return NEVER
    units = S[lot + LOT_UNITS]
    first = L[S[S[lot + LOT_PRODUCT] + PR_CONST] + P_STEP]
    after = L[S[lot + LOT_STEP] + S_NEXT]
    whole = L[first + S_REMAINING] + L[first + S_REMAINING_UNIT] * units
    left = 0 if after == END else L[after + S_REMAINING] + L[after + S_REMAINING_UNIT] * units
    whole, left = min(whole, MAX_TICK), min(left, MAX_TICK)
    if whole <= left:
        return S[lot + LOT_RELEASED] if whole > 0 else due
    share = ((whole - left) << SHARE_BITS) // whole
    return S[lot + LOT_RELEASED] + (((due - S[lot + LOT_RELEASED]) * share) >> SHARE_BITS)


@njit_apart
def next_work(L: Memory, S: Memory, lot: Int) -> Int:
    """Work that waits for each tool of the toolgroup a lot goes to next [tick]; 0 where nothing can wait.

    The rule of least work in the next queue (Conway, Maxwell, Miller 1967; WINQ in Haupt 1989, "A survey of priority
    rule-based scheduling", OR Spektrum 11), per tool: the toolgroup that would starve first is fed first.
    """
    after = L[S[lot + LOT_STEP] + S_NEXT]
    if after == END:
        return 0
    g = L[after + S_GROUP]
    tools = L[S[g + Q_CONST] + G_PRESENT]
    return 0 if tools == UNLIMITED else S[g + Q_WORK] // max(tools, 1)


@njit_apart
def first_deadline(L: Memory, S: Memory, lot: Int) -> Int:
    """When the first of a lot's open queue-time windows runs out [tick]; NEVER without one.

    A window that the lot has passed by (its last step sampled or branched away) lies behind it and says nothing.
    """
    first = NEVER
    for column in range(LOT_FIXED, LOT_FIXED + 2 * L[H_WINDOWS], 2):
        window = S[lot + column]
        if window != NONE and L[window + W_UNTIL] >= S[lot + LOT_STEP]:
            first = min(first, S[lot + column + 1])
    return first


@njit_apart
def log2_of(value: Int, digits: Int) -> Int:
    """Logarithm to base 2 of a whole number above 0, in steps of 2^-digits; digit by digit, by squaring."""
    whole = 30
    while value >= 1 << 31:
        value >>= 1
        whole += 1
    while value < 1 << 30:
        value <<= 1
        whole -= 1
    for _ in range(digits):
        value = (value * value) >> 30
        whole <<= 1
        if value >= 1 << 31:
            value >>= 1
            whole += 1
    return whole


@njit_apart
def in_means(value: Int, mean: Int, factor: Int) -> Int:
    """value / mean * factor, without overflow for values up to 2^37 and factors up to 2^24."""
    return (value // mean) * factor + (value % mean) * factor // mean


@njit_apart
def atcs_value(L: Memory, S: Memory, now: Int, g: Int, lot: Int, setup: Int) -> Int:
    """Apparent tardiness cost with setups, as minus the index's logarithm: smaller goes first.

    index = w / p * exp(-max(d - p - now, 0) / (k1 p_mean)) * exp(-s / (k2 s_mean)), w the lot's weight, p its mean
    process time, d its due date (at the step, or its own), s its setup time on this tool, the means over the lots that
    wait (Lee, Bhaskaran, Pinedo 1997, "A heuristic to minimize the total weighted tardiness with sequence-dependent
    setups", IIE Transactions 29(1)). The exponentials become sums of log2(e) / k, which the line's memory holds.

    setup: time to set the asking tool up for the lot [tick]
    """
    const = S[g + Q_CONST]
    time = step_time(L, S, lot)
    due = step_due(L, S, lot) if L[const + G_ATCS_DUE] == 1 else S[lot + LOT_DUE]
    slack = min(max(due - time - now, 0), MAX_TICK)
    # + 20, of all lots alike; a number of digits that is no constant keeps the compiler from unrolling the loop
    value = log2_of((max(time, 1) << 20) // S[lot + LOT_WEIGHT], L[const + G_LOG_BITS])
    value += in_means(slack, S[g + Q_MEAN_TIME], L[const + G_ATCS_TIME])
    if S[g + Q_MEAN_SETUP] > 0:
        value += in_means(setup, S[g + Q_MEAN_SETUP], L[const + G_ATCS_SETUP])
    return value
