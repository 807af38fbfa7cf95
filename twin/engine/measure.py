"""Metrology: a step reads the mean of a characteristic; limits, control charts and run-to-run control act on it.

The lot's own fate (its limits) is decided when the step ends; charts and control know the result after its lag.
"""

from twin.arrays.fields import (
    C_PRODUCT,
    C_STATUS,
    C_WHO,
    CH_EPOCH,
    CH_KNOB,
    CH_MAKE,
    CH_TOOL,
    CH_VALUES,
    CHART_FIELDS,
    DRAW_QUALITY,
    DRAWS,
    EV_STEP,
    FINE,
    H_QUALITY,
    H_TRACKED,
    KNOB_BITS,
    LAW_REJECTS,
    LOT_DRAWS,
    LOT_KEY,
    LOT_PRODUCT,
    LOT_UNITS,
    LOT_VISIT,
    LQ_HOLD,
    ME_BIAS,
    ME_CENTRE,
    ME_CHANNEL,
    ME_CHARTS,
    ME_COLUMN,
    ME_HOLD,
    ME_LAG,
    ME_LIMITS,
    ME_MODES,
    ME_MOST,
    ME_NOISE,
    ME_OUTSIDE,
    ME_RING,
    ME_RULES,
    ME_SIGMA,
    ME_STATE,
    ME_STOP,
    ME_TARGET,
    ME_UNITS,
    ME_WEIGHTS,
    MK_FURTHEST,
    MK_SLOPE,
    MK_TOOL,
    MK_WEIGHT,
    MS_ALARMS,
    MS_CONST,
    MS_COUNT,
    MS_DUE,
    MS_FALSE,
    MS_HEAD,
    MS_HELD,
    MS_LOTS,
    MS_OUTSIDE,
    MS_REWORKED,
    MS_RULES,
    MS_SCRAPPED,
    NEVER,
    NONE,
    OUT_COUNT,
    OUT_REWORK,
    PASSED_LIMITS,
    PRODUCT_FIELDS,
    RESULTS_FULL,
    RG_DUE,
    RG_EPOCH,
    RG_ERROR,
    RG_KNOB,
    RG_MAKE,
    RG_TOOL,
    RING_FIELDS,
    RING_ROWS,
    SP_EPOCH,
    T_CLEANED,
    TH_ESTIMATE,
    TH_RUNS,
    TO_REWORK,
    TO_SCRAP,
)
from twin.engine.charts import add_point, alarm_of, clear_chart
from twin.engine.clocks import call_maintenance
from twin.engine.condition import is_shifted
from twin.engine.heap import due_at, has_come
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.make import thread_of, tool_number
from twin.engine.normal import normal
from twin.engine.rng import sub_key


@njit_apart
def measure_lot(L: Memory, S: Memory, now: Int, lot: Int, me: Int) -> None:
    """A step that measures is done with a lot. One that no step has made anything of yet has nothing to measure."""
    if S[lot + L[H_QUALITY] + 1] != LAW_REJECTS:  # a pure delay leaves what an earlier step found
        S[lot + L[H_QUALITY] + 1] = PASSED_LIMITS
    channel = lot + L[me + ME_CHANNEL]
    if S[channel + CH_MAKE] < 0:
        return
    state = L[me + ME_STATE]
    mean = read_mean(L, S, lot, me)
    S[state + MS_LOTS] += 1
    limits = L[me + ME_LIMITS] + 2 * ((S[lot + LOT_PRODUCT] - S[C_PRODUCT]) // PRODUCT_FIELDS)
    if mean < L[limits] or mean > L[limits + 1]:
        S[state + MS_OUTSIDE] += 1
        judge(L, S, lot, me)
    tool, make, error = S[channel + CH_TOOL], S[channel + CH_MAKE], mean - L[me + ME_TARGET]
    epoch, knob = S[channel + CH_EPOCH], S[channel + CH_KNOB]
    if L[me + ME_CHARTS] == NONE and L[make + MK_WEIGHT] == 0:
        return
    if L[me + ME_LAG] > 0:
        know_later(L, S, now, me, tool, make, error, epoch, knob)
    elif learn(L, S, me, tool, make, error, epoch, knob) and L[me + ME_HOLD] > 0:
        S[state + MS_HELD] += 1 if S[lot + L[H_QUALITY] + 1] != TO_SCRAP else 0
        S[lot + L[H_TRACKED] + LQ_HOLD] = L[me + ME_HOLD]


@njit_apart
def read_mean(L: Memory, S: Memory, lot: Int, me: Int) -> Int:
    """The mean over sampled units, spread evenly over the lot, and sites, as the gauge reads it [quantum]."""
    modes, weights = L[me + ME_MODES], L[me + ME_WEIGHTS]
    units = S[lot + LOT_UNITS]
    count = min(L[me + ME_UNITS], units)
    total: Int = 0
    for k in range(count):
        unit = ((2 * k + 1) * units) // (2 * count)
        at = lot + L[me + ME_CHANNEL] + CH_VALUES + unit * (1 + modes)
        total += S[at]
        for mode in range(modes):
            total += (S[at + 1 + mode] * L[weights + mode]) >> FINE
    mean = total // count + L[me + ME_BIAS]
    noise = L[L[me + ME_NOISE] + count - 1]
    if noise != 0:
        key = sub_key(S[lot + LOT_KEY], S[lot + LOT_VISIT] * DRAWS + DRAW_QUALITY)
        mean += normal(L, key, LOT_DRAWS + 3, noise)
    return mean


@njit_apart
def judge(L: Memory, S: Memory, lot: Int, me: Int) -> None:
    """A lot is outside the limits: rework, if it may go once more, or scrap."""
    if L[me + ME_OUTSIDE] == OUT_COUNT:
        return
    state = L[me + ME_STATE]
    if L[me + ME_OUTSIDE] == OUT_REWORK and S[lot + L[me + ME_COLUMN]] < L[me + ME_MOST]:
        S[lot + L[me + ME_COLUMN]] += 1
        S[state + MS_REWORKED] += 1
        S[lot + L[H_QUALITY] + 1] = TO_REWORK
    else:
        S[state + MS_SCRAPPED] += 1
        S[lot + L[H_QUALITY] + 1] = TO_SCRAP


@njit_apart
def know_later(
    L: Memory, S: Memory, now: Int, me: Int, tool: Int, make: Int, error: Int, epoch: Int, knob: Int
) -> None:
    """Keep a result until its time; the lag is the same for all, so the first in is the first out."""
    state = L[me + ME_STATE]
    if S[state + MS_COUNT] >= RING_ROWS:
        S[C_STATUS] = RESULTS_FULL
        S[C_WHO] = state
        return
    row = L[me + ME_RING] + ((S[state + MS_HEAD] + S[state + MS_COUNT]) % RING_ROWS) * RING_FIELDS
    S[row + RG_DUE], S[row + RG_TOOL], S[row + RG_MAKE] = now + L[me + ME_LAG], tool, make
    S[row + RG_ERROR], S[row + RG_EPOCH], S[row + RG_KNOB] = error, epoch, knob
    S[state + MS_COUNT] += 1
    if S[state + MS_COUNT] == 1:
        due_at(S, state, MS_DUE, EV_STEP, S[row + RG_DUE])


@njit_apart
def result_event(L: Memory, S: Memory, now: Int, state: Int) -> None:
    """Results of a metrology step are known."""
    if not has_come(S, now, state, MS_DUE, EV_STEP):
        return
    me = S[state + MS_CONST]
    S[state + MS_DUE] = NEVER
    while S[state + MS_COUNT] > 0:
        row = L[me + ME_RING] + S[state + MS_HEAD] * RING_FIELDS
        if S[row + RG_DUE] > now:
            due_at(S, state, MS_DUE, EV_STEP, S[row + RG_DUE])
            return
        S[state + MS_HEAD] = (S[state + MS_HEAD] + 1) % RING_ROWS
        S[state + MS_COUNT] -= 1
        tool, make = S[row + RG_TOOL], S[row + RG_MAKE]
        learn(L, S, me, tool, make, S[row + RG_ERROR], S[row + RG_EPOCH], S[row + RG_KNOB])


@njit_apart
def learn(L: Memory, S: Memory, me: Int, tool: Int, make: Int, error: Int, epoch: Int, knob: Int) -> bool:
    """Control and chart of the tool that made the lot take a result in; whether it is an alarm.

    A chart begins anew with every maintenance of its tool; what the tool made before that says nothing any more.

    Control keeps an exponentially weighted mean of how far the process is off at the recipe: each result less what the
    knob of its own lot had moved it, or, where that is not known, less what the knob in force moves it.

    error: mean less target [quantum]
    epoch: the tool's productive time at its last maintenance before it made the lot;  knob: that the lot was made with
    """
    if L[make + MK_WEIGHT] != 0:
        thread = thread_of(L, S, tool, make)
        most = L[make + MK_FURTHEST]
        before = S[thread + TH_ESTIMATE]
        moved = (knob * L[make + MK_SLOPE]) >> KNOB_BITS if L[make + MK_SLOPE] != 0 else -before
        estimate = before + weighted(L[make + MK_WEIGHT], error - moved - before)
        S[thread + TH_ESTIMATE] = min(max(estimate, -most), most)
        S[thread + TH_RUNS] += 1
    if L[me + ME_CHARTS] == NONE or epoch != S[tool + T_CLEANED]:
        return False
    chart = L[me + ME_CHARTS] + (L[make + MK_TOOL] + tool_number(L, S, tool)) * CHART_FIELDS
    deviation = error + L[me + ME_TARGET] - L[me + ME_CENTRE]
    if S[chart + SP_EPOCH] != epoch:
        clear_chart(S, chart, epoch)
    add_point(S, chart, deviation, L[me + ME_SIGMA])
    rule = alarm_of(S, chart, deviation, L[me + ME_SIGMA], L[me + ME_RULES])
    if rule == NONE:
        return False
    state = L[me + ME_STATE]
    S[state + MS_ALARMS] += 1
    S[state + MS_RULES + rule] += 1
    S[state + MS_FALSE] += 0 if is_shifted(S, tool) else 1
    clear_chart(S, chart, epoch)
    if L[me + ME_STOP] == 1:
        call_maintenance(L, S, tool)
    return True


@njit_apart
def weighted(weight: Int, value: Int) -> Int:
    """A value times a weight in 2^-32, rounded down; the product need not fit an int64."""
    return (value >> 16) * weight // (1 << 16) + (((value & 0xFFFF) * weight) >> 32)
