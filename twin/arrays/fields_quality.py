"""Columns of the engine's records for what is tracked of every unit; `twin.arrays.fields` has them all."""

# --- what a run changes ---------------------------------------------------------------------------
# How an input of a tool's laws deviates, in 2^-32 of the input's reach: fixed part (offset and spread), what the last
# maintenance left, wandering, and the tool's units since its last maintenance when that was looked at; a shift that is
# in force, units until the next; how many draws were made; shifts so far and units
# run under them; units since the last maintenance that are counted towards the next shift.
CN_OFFSET, CN_AFTER, CN_WANDER, CN_SEEN, CN_SHIFT, CN_LEFT, CN_DRAWS, CN_KEY, CN_CONST = range(9)
CN_SHIFTS, CN_SHIFTED, CN_COUNTED = 9, 10, 11
CONDITION_FIELDS = 12

# A loop of run-to-run control: estimated deviation of the process from the target at the recipe [quantum].
TH_ESTIMATE, TH_RUNS = range(2)
THREAD_FIELDS = 2

# A metrology step. Totals: lots measured, outside the limits, alarms, alarms while no shift was in force, lots sent to
# rework, scrapped, held; then by rule. The ring of results that nobody knows yet: when the next is due and its
# event, place of the first, how many.
MS_LOTS, MS_OUTSIDE, MS_ALARMS, MS_FALSE, MS_REWORKED, MS_SCRAPPED, MS_HELD, MS_RULES = range(8)
RULE_COUNT = 9
MEASURE_TOTALS = MS_RULES + RULE_COUNT
MS_DUE, MS_EVENT, MS_HEAD, MS_COUNT, MS_CONST = range(MEASURE_TOTALS, MEASURE_TOTALS + 5)
MEASURE_FIELDS = MEASURE_TOTALS + 5
# A result that waits for its time: when it is known, the tool that made it, its row in the line's table of what steps
# make, the deviation of the mean from the target, the tool's productive time at its maintenance before, the knob.
RG_DUE, RG_TOOL, RG_MAKE, RG_ERROR, RG_EPOCH, RG_KNOB = range(6)
RING_FIELDS = 6
# A chart of one tool: points so far, histories as bits (last point lowest): above, above 1 s, 2 s; below, 1 s, 2 s;
# rising, falling; the last point [quantum]; the tool's productive time at its last maintenance.
SP_POINTS, SP_UP, SP_UP_1, SP_UP_2, SP_DOWN, SP_DOWN_1, SP_DOWN_2, SP_RISES, SP_FALLS, SP_LAST, SP_EPOCH = range(11)
CHART_FIELDS = 11
# What a lot of a line with tracked characteristics carries, from H_TRACKED on: time it is to be held [tick], then how
# often each metrology step has sent it back, then each characteristic: the tool that made it, the row of what that step
# makes, the knob it was made with, the tool's productive time at its maintenance before; then, unit by unit, mean and
# modes [quantum].
LQ_HOLD, LQ_SENT = range(2)
CH_TOOL, CH_MAKE, CH_KNOB, CH_EPOCH, CH_VALUES = range(5)
UNKNOWN = -2
"""CH_MAKE of a lot that was in the line at the start: what had been made of it nobody knows, until a step sets it."""

# --- what a run only reads ------------------------------------------------------------------------
# What a step makes. MK_CHANNEL: column of the characteristic in the lot, MK_MODES its modes; MK_HOW; the law as a
# surface of MK_POINTS by MK_POINTS_2 [quantum] (NONE: none) and the recipe's place in it [2^-PLACE_BITS of a point];
# which condition of the tool each input has (NONE: none) and how many points a deviation is; scatter [quantum]; what
# grows while waiting (NONE: nothing); amplitudes and scatter of the modes (NONE: no signature); run-to-run control:
# weight [2^-32] (0: none), knob for a quantum [2^-KNOB_BITS], furthest estimate [quantum], least and most knob, loops,
# ticks that a deviation of the whole reach makes the recipe longer; its toolgroup's first chart, the chambers it uses;
# quanta for a knob [2^-KNOB_BITS], 0 where control does not know which recipe a lot ran with.
(
    MK_CHANNEL, MK_MODES, MK_HOW, MK_SURFACE, MK_POINTS, MK_POINTS_2, MK_AT, MK_AT_2, MK_CONDITION, MK_CONDITION_2,
    MK_SCALE, MK_SCALE_2, MK_NOISE, MK_LOT_NOISE, MK_GROWN, MK_SIGNATURE, MK_WEIGHT, MK_INVERSE, MK_FURTHEST, MK_LEAST,
    MK_MOST, MK_THREAD, MK_TICKS, MK_TOOL, MK_CHAMBERS, MK_SLOPE
) = range(26)  # fmt: skip
MAKE_CONSTANTS = 26
SETS, ADDS, REMOVES = 0, 1, 2
LOT_DRAWS, UNIT_DRAWS, MODE_DRAWS = 1 << 40, 32, 4
"""Draws of what a step makes: from LOT_DRAWS on those for the lot, below that UNIT_DRAWS for each unit: input, second
input, result, from MODE_DRAWS on its modes."""
PASSED_LIMITS, LAW_REJECTS, TO_REWORK, TO_SCRAP = 0, 1, 2, 3
"""What a step found of a lot: in order, rejected by its law, measured outside the limits."""
PLACE_BITS = 26
"""Bits behind the point of a place on a law's surface."""
FINE = 20
"""Bits behind the point of a place between two points of a table, and of a mode's weight."""
KNOB_BITS = 20
SCALE_BITS = 12
"""Bits behind the point of MK_SCALE: points of the surface for the whole reach of an input."""
REACH_BITS = 32
"""Deviations are kept in 2^-REACH_BITS of an input's reach."""
NORMAL_BITS = 24
"""Bits behind the point of a normal draw."""

# How an input deviates: lists of offsets by tool and by chamber (NONE: none), tables by units and by productive time
# since the last maintenance, by the rest of the tool, of what is left of the wandering and what it gains; standard
# deviations; what a lot's first unit has and what of it passes to the next [2^-32]; shift and its law.
(
    CC_OFFSETS, CC_CHAMBERS, CC_CHAMBER_COUNT, CC_BY_UNITS, CC_BY_TICKS, CC_KEEPS, CC_GAINS, CC_SPREAD, CC_AFTER,
    CC_LOT, CC_UNIT, CC_FIRST, CC_FADE, CC_BY_REST, CC_SHIFT, CC_EVERY, CC_KEY
) = range(17)  # fmt: skip
CONDITION_CONSTANTS = 17

# What a step measures: ME_CHANNEL as MK_CHANNEL; units, scatter of the mean over 1, 2, ... of them and bias [quantum],
# weights of the modes at the sites [2^-FINE] (NONE: no modes); limits of each product; what becomes of a lot outside
# them (OUT_*), to which step, how often, in which column of the lot that is counted; time until it is known [tick];
# chart: centre, sigma [quantum] (0: none), rules as bits, whether an alarm stops the tool, how long it holds the lot;
# target for control.
(
    ME_CHANNEL, ME_MODES, ME_UNITS, ME_NOISE, ME_BIAS, ME_WEIGHTS, ME_LIMITS, ME_OUTSIDE, ME_TO, ME_MOST,
    ME_COLUMN, ME_LAG, ME_CENTRE, ME_SIGMA, ME_RULES, ME_STOP, ME_HOLD, ME_STATE, ME_RING, ME_CHARTS, ME_TARGET
) = range(21)  # fmt: skip
MEASURE_CONSTANTS = 21
OUT_COUNT, OUT_SCRAP, OUT_REWORK = 0, 1, 2
RING_ROWS = 64
"""Results of one metrology step that may wait for their time; as many more lots as come stop the world."""
