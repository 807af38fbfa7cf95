"""Columns of the engine's records: one row an entity, one int64 column a fact.

A world is one flat array of integers (`twin.arrays.memory` lays it out), and so is a line. A record is named
by where it begins, so `S[tool + T_STATE]` is a field of a tool and a queue is a chain of such places. Two
reasons, both measured: forty arrays passed from function to function made compiling take a minute and an
event cost 5 us; and what one event touches together lies together (cache lines on the CPU, 32-byte sectors
on the GPU). Every value is an integer; times are ticks.
"""

from twin.arrays.fields_quality import *  # noqa: F403  the columns of tracked quality, under one name with the rest

# --- numbers with a meaning -----------------------------------------------------------------------
NEVER = 1 << 62  # a tick that no run reaches
NONE = -1  # no lot, no tool, no step

# Events, in the order they are worked off when due at one tick: a completion before the failure that is
# due with it, so that "a failure due at the tick of a completion strikes the next lot".
EV_LOT, EV_TOOL, EV_UP, EV_RELEASE, EV_CLOCK, EV_STEP, EV_INDEX = 0, 1, 2, 3, 4, 5, 6
INDEX_BITS = 22
KIND_BITS = 3
TICK_SHIFT = INDEX_BITS + KIND_BITS
INDEX_MASK = (1 << INDEX_BITS) - 1
KIND_MASK = (1 << KIND_BITS) - 1
MAX_TICK = 1 << (62 - TICK_SHIFT)
"""An event is one int64, tick | kind | index: the longest horizon is 2^37 ticks, 4.4 years of 1 ms."""

# Tool states: SEMI E10's, with three kinds of standby told apart: starved, blocked, and a lot on the tool that waits
# for an operator. Setup is kept apart from scheduled down; off is E10's non-scheduled time.
PRODUCTIVE, SETUP, PM, DOWN, STARVED, BLOCKED, OFF, NO_OPERATOR = 0, 1, 2, 3, 4, 5, 6, 7
STATES = 8

# What a tool's entrance does; ENTERING: its next lot is on it and waits for the entrance, which the one before still
# holds; AWAITING: a part of its run waits for a member of a crew.
EMPTY, SETTING_UP, RUNNING, FINISHED, ENTERING, AWAITING = 0, 1, 2, 3, 4, 5
# What a crew does at a tool: the parts of a run in their order, then what is done to a tool that is not up.
TASK_SETUP, TASK_LOAD, TASK_PROCESS, TASK_UNLOAD, TASK_REPAIR, TASK_PM = range(6)
TASKS = ("setup", "load", "process", "unload", "repair", "pm")
PLAIN_PRIORITY = 10  # what a repair or a maintenance counts as among lots that ask for the same crew
# Why a tool is not up; AWAY: taken out of the line for a time; CLOSED: its calendar is, and it stands still.
UP, FAILED, MAINTAINED, AWAY, CLOSED = 0, 1, 2, 3, 4

# Where a lot is; EXPECTED: moving, and a tool is kept free for it.
LOT_FREE, LOT_OUTSIDE, LOT_MOVING, LOT_QUEUED, LOT_INSIDE, LOT_STUCK, LOT_EXPECTED = 0, 1, 2, 3, 4, 5, 6

# How a world stands.
RUNNING_WORLD, LOG_FULL, DEADLOCK, LOTS_FULL, NO_PROGRESS, POOL_FULL, RESULTS_FULL = range(7)

# Things to do at this tick.
DO_TOOL, DO_LOT, DO_SPACE, DO_CALL, DO_CHAMBERS, DO_INDEX = 0, 1, 2, 3, 4, 5

# Laws of time, releases, clocks and ranks.
LAW_CONSTANT, LAW_TABLE, LAW_TRACE, LAW_EMPIRICAL, LAW_GEOMETRIC = 0, 1, 2, 3, 4
RELEASE_EVERY, RELEASE_SATURATED, RELEASE_WIP, RELEASE_SCHEDULE, RELEASE_MIX, RELEASE_SPLIT = range(6)
FAIL_OPERATING, FAIL_CALENDAR, PM_CALENDAR, PM_UNITS, CHAMBER_OPERATING, CHAMBER_CALENDAR, PM_ALARM = range(7)
FAIL_SLOT = 7  # decided at the start of each run: the tool is up, or down for a slot
PER_LOT, PER_UNIT, PER_BATCH = 0, 1, 2
PER_MASK, PER_RECIPE = 3, 4
"""The recipe's time, for each of those, which run-to-run control may move: a bit of its own."""
(
    RANK_NONE, RANK_PRIORITY, RANK_FIFO, RANK_LIFO, RANK_EDD, RANK_CR, RANK_SPT, RANK_SRPT, RANK_LEAST_SETUP,
    RANK_ODD, RANK_LEAST_SLACK, RANK_ATCS, RANK_SETUP_CAMPAIGN, RANK_LINE_BALANCE, RANK_QUEUE_LIMIT, RANK_FASFS
) = range(16)  # fmt: skip
RANK_OWN = 32  # ranks from here on are the line's own rules, in the order they were given

# Which idle tool is called for a lot.
WAKE_LEAST_SETUP, WAKE_LONGEST_IDLE, WAKE_FIRST, WAKE_RANDOM = 0, 1, 2, 3

# Purposes of a lot's draws: count = visit * DRAWS + purpose.
DRAW_TIME, DRAW_TRANSPORT, DRAW_SAMPLE, DRAW_ARC, DRAW_REJECT, DRAW_TOOL, DRAW_QUALITY = range(7)
DRAWS = 8
DRAW_DUE, DRAW_WEIGHT = 0, 1
"""Visit 0, before a lot comes to its first step, draws what it is released with."""
RELEASE_DRAWS = 1 << 42
"""Counts from here on in a product's stream are its release intervals; those below name its lots."""
WIP_SERIAL = 1 << 40
"""Lots that are in the line at the start are numbered from here, so that released ones count from 0."""

# --- what a run changes ---------------------------------------------------------------------------
# The world itself (core).
C_NOW, C_STATUS, C_WHO, C_HEAP_N, C_HOLE, C_TODO_HEAD, C_TODO_N = 0, 1, 2, 3, 4, 5, 6
C_FREE, C_LOTS, C_LOG_N, C_SAME, C_STARTED, C_KEY = 7, 8, 9, 10, 11, 12
C_SEED, C_REPLICATION, C_MOVED = 14, 15, 16
# Where the parts of the world's memory begin, and how large the pools are.
C_GROUP, C_TOOL, C_PRODUCT, C_CLOCK, C_STEP, C_HEAP, C_TODO, C_LOG = range(17, 25)
C_HEAP_ROWS, C_TODO_ROWS, C_LOG_WHAT, C_LOG_STOP, C_LOT_FIELDS, C_PHASE, C_LOT = range(25, 32)
# Of a line with a takt: the tick after the last lot left, gaps between lots that left, those within the takt.
C_OUT_AT, C_GAPS, C_WITHIN = range(32, 35)
CORE_FIELDS = 35

# A lot. Columns from LOT_FIXED on: two for each queue-time window that may be open at once
# (until step, deadline), one for each dedication (tool), and where the line names process laws or measures two for its
# quality (expected defects, whether the step found it out of limits), then what is tracked (LQ_HOLD ff.).
(
    LOT_STATE, LOT_PRODUCT, LOT_SERIAL, LOT_KEY, LOT_UNITS, LOT_STEP, LOT_TOOL, LOT_NEXT, LOT_PREV, LOT_MATE,
    LOT_RELEASED, LOT_DUE, LOT_PRIORITY, LOT_SINCE, LOT_VISIT, LOT_END, LOT_EVENT, LOT_LEFT, LOT_COUNTS, LOT_SORT,
    LOT_FROM, LOT_WEIGHT, LOT_REWORKED
) = range(23)  # fmt: skip
LOT_FIXED = 23

# A tool. T_TICKS .. T_TICKS + STATES - 1: time spent in each state. Of a cluster tool, as bits: its chambers, those
# that are down, those that the step on it may use; T_SPEED: how many of them work (1 for other tools); T_HALTED: 1 if
# none is left to work with. T_TURN: the row of the lot whose turn it is in its sequence, T_TURNS: how many are left.
# T_SPECIAL: 1 if any of the columns from T_BELT on may say something of this tool, so that all others are asked once.
# T_BELT to T_SHUT: of a conveyor, told in `twin.engine.belt`. Of a station of an indexed section: its record (0: none),
# the tool of the station that passes its lots on to it (NONE: it is the first), cycles that it held up, for how long.
# T_BACK to T_REST: see `twin.arrays.calendar_fields`.
# T_STANDBY: idle for so long it goes to standby (0: never); T_QUIET: idle since; T_SLEPT, T_WOKEN: time in standby,
# times it left it.
# T_CLAIM, T_WANTS: the lot with which it waits for a place in front of a toolgroup before it begins; T_PLACE: the
# toolgroup in front of which a place is kept for the lot that it takes or has.
(
    T_STATE, T_SINCE, T_DO, T_SPECIAL,
    T_END, T_EVENT, T_LEFT, T_BEGAN, T_CUT, T_DOWN, T_BY, T_LOT, T_LOTS, T_STUCK, T_SETUP,
    T_MIN_RUN, T_RUN, T_STAY, T_UNITS, T_IDLE, T_NEXT, T_PREV, T_DUE_PM, T_GROUP, T_CLOCK, T_CLOCKS, T_OPERATING,
    T_PM_UNITS, T_OFF, T_PASSES, T_STRUCK, T_READY, T_READY_LEFT, T_UNTIL, T_TASK, T_CREW, T_ASKED, T_CALL,
    T_CALL_PREV, T_CALL_SORT, T_CHAMBERS, T_BROKEN, T_USED, T_SPEED, T_HALTED, T_CONDITION, T_CONDITIONS, T_CLEANED,
    T_TURN, T_TURNS, T_BELT, T_EXIT, T_STANDS, T_STOOD, T_ENTER_FROM, T_LEAVE_FROM, T_SHUT,
    T_BACK, T_BACK_EVENT, T_CLOSED, T_HELD, T_REST, T_STANDBY, T_QUIET, T_SLEPT, T_WOKEN, T_CLAIM, T_WANTS, T_PLACE,
    T_SECTION, T_BEHIND, T_OVER, T_LOST, T_TICKS
) = range(74)  # fmt: skip
TOOL_FIELDS = T_TICKS + STATES

# A toolgroup. The first GROUP_TOTALS columns are totals; Q_DONE is summed from the passages when they are read.
# Q_SETUPS: setups made; of starts of a batch step: how many, units in them, units that would have had room.
# Q_CARRIED: lots on a conveyor, summed over time; Q_EMPTY, Q_FULL: time in which no place of its finite buffer was
# taken, and in which all were, less the present tick while it is so; Q_BOOKED: its places, 0 where it is not finite.
(
    Q_AREA, Q_LOADED, Q_WAIT, Q_WAITED, Q_DONE, Q_STARTS, Q_SETUPS, Q_BATCHES, Q_BATCHED, Q_ROOM, Q_CARRIED, Q_EMPTY,
    Q_FULL
) = range(13)  # fmt: skip
GROUP_TOTALS = 13
(
    Q_HEAD, Q_TAIL, Q_LOTS, Q_PLACES, Q_IDLE_HEAD, Q_IDLE_TAIL, Q_IDLE, Q_BLOCK_HEAD, Q_BLOCK_TAIL, Q_STUCK, Q_MARK,
    Q_OUTSIDE, Q_AWAY, Q_CONST, Q_RESERVED, Q_WORK, Q_MEAN_TIME, Q_MEAN_SETUP, Q_CAMPAIGN, Q_CALL, Q_BOOKED,
    Q_CLAIMED
) = range(GROUP_TOTALS, GROUP_TOTALS + 22)  # fmt: skip
GROUP_FIELDS = GROUP_TOTALS + 22

# A product. The first PRODUCT_TOTALS columns are totals.
# PR_DATED: completed lots with a due date, PR_LATE: completion less due date, summed over them; PR_TARDINESS: the same
# of the late ones alone, PR_WEIGHTED: times each lot's weight. PR_LOST: lots that found no place when they came;
# PR_FIRST: lots out that were never sent back.
(
    PR_RELEASED, PR_OUT, PR_COMPLETED, PR_CYCLE, PR_ON_TIME, PR_AREA, PR_REWORKED, PR_DATED, PR_LATE, PR_TARDINESS,
    PR_WEIGHTED, PR_SCRAPPED, PR_LOST, PR_FIRST
) = range(14)  # fmt: skip
PRODUCT_TOTALS = 14
PR_WIP, PR_SERIAL, PR_KEY, PR_CONST, PR_HIST, PR_LAST, PR_LAW, PR_PASSAGE, PR_SPLIT = range(
    PRODUCT_TOTALS, PRODUCT_TOTALS + 9
)  # fmt: skip
"""PR_SPLIT: lots taken out of others at this tick that have not begun their route yet."""
PRODUCT_FIELDS = PRODUCT_TOTALS + 9

# A failure or PM clock of one tool. CK_TRIES: slots that a clock of slots has decided on.
(
    CK_DUE, CK_EVENT, CK_LEFT, CK_COUNT, CK_KEY, CK_PENDING, CK_PLANNED, CK_CONST, CK_TOOL, CK_BEGAN, CK_SPENT,
    CK_EVERY, CK_HELD, CK_TRIES
) = range(14)  # fmt: skip
CLOCK_FIELDS = 14
IN_REPAIR = 2  # CK_PENDING of a chamber's clock while the chamber is repaired

# A step: units waiting for a batch (of all steps of a family, at the first), queue-time windows closed, breached ones.
ST_WAITING, ST_WINDOWS, ST_BREACHES = range(3)
STEP_FIELDS = 3

# A passage: a product at a step of its route. Lots done with the step; time that lots spent at it, from setting out
# for it (or entering the line, or being done with the step before and blocked) to being done with it.
PA_MOVES, PA_AREA = range(2)
PASSAGE_FIELDS = 2

# What a step with a process law did: units passed, visits of lots, lots out of limits, defect density that the
# tool and the wait put on the units [unit * 2^-32/cm2].
# X_CLIPPED: units for which the law's surrogate was asked beyond its reach.
X_PASSED, X_VISITS, X_REJECTED, X_ADDED, X_WAITED, X_CLIPPED = range(6)
PROCESS_FIELDS = 6

# A crew: what its members are doing, and who waits for one: tools in one chain, lots to be carried in another.
# The first CREW_TOTALS columns are totals: members times ticks at work, members times ticks there, tasks begun, ticks
# waited for a member, tasks that waited.
CW_BUSY_AREA, CW_AREA, CW_TASKS, CW_WAIT, CW_WAITED = range(5)
CREW_TOTALS = 5
CW_MEMBERS, CW_BUSY, CW_TOOL_HEAD, CW_TOOL_TAIL, CW_LOT_HEAD, CW_LOT_TAIL, CW_CLOSED = range(5, 12)
CREW_FIELDS = 12
# A step with a word more (`twin.arrays.extras`); the first EXTRA_TOTALS columns are totals: lots that its gate held and
# for how long, lots that a breach of a window that it opens scrapped or sent back. Lots inside its gated window, those
# of them that wait at its end; when a batch is to be looked at again, and the event for that.
EX_HELD, EX_HELD_TICKS, EX_SCRAPPED, EX_RETURNED, EX_INSIDE, EX_QUEUED, EX_DUE, EX_EVENT, EX_CONST, EX_TURN = range(10)
EXTRA_TOTALS = 4
EXTRA_STATE_FIELDS = 10
# An indexed section. Totals: cycles, those later than the takt and by how much, those in which no lot came to the first
# station in time, those that waited for a place behind the last one. Then when it moved last, the takt [tick], when a
# station was done last, which, and whether its lot had come late; the tick at which the takt has passed and its event;
# the tool of the last station.
SX_CYCLES, SX_OVER, SX_LOST, SX_LATE, SX_LATE_LOST, SX_EXIT, SX_EXIT_LOST = range(7)
SECTION_TOTALS = 7
SX_SINCE, SX_TAKT, SX_DONE, SX_WHO, SX_NONE_CAME, SX_DUE, SX_EVENT, SX_LAST = range(SECTION_TOTALS, SECTION_TOTALS + 8)
SECTION_FIELDS = SECTION_TOTALS + 8
# An auxiliary: how many are in use, lot-ticks in use (less the present tick for each in use), times taken.
AU_USED, AU_AREA, AU_TAKEN = range(3)
AUXILIARY_STATE_FIELDS = 3
# Columns of a lot of a line with such steps, from H_EXTRA on: the step (its extras) whose gated window it is inside,
# the tick since which a gate holds it, whether it holds the auxiliaries of its step.
LX_WINDOW, LX_HELD, LX_TAKEN = range(3)
LOT_EXTRA_FIELDS = 3

# A row of the log; W_QUALITY has the lot's defects for its step and its units for its tool, and is followed by rows of
# W_VALUES that are full of the lot's tracked values from LOG_PRODUCT on. W_VISIT has a lot's load at a step with a
# process law: VISIT_* packed into LOG_WHAT and LOG_STEP.
LOG_TICK, LOG_WHAT, LOG_PRODUCT, LOG_SERIAL, LOG_STEP, LOG_TOOL = range(6)
LOG_FIELDS = 6
WHAT = (
    "release", "queue", "setup", "load", "finish", "leave", "out", "down", "up", "pm", "pm_end", "blocked", "off", "on",
    "scrap", "quality", "values", "visit", "state",
)  # fmt: skip
(
    W_RELEASE, W_QUEUE, W_SETUP, W_LOAD, W_FINISH, W_LEAVE, W_OUT, W_DOWN, W_UP, W_PM, W_PM_END, W_BLOCKED, W_OFF,
    W_ON, W_SCRAP, W_QUALITY, W_VALUES, W_VISIT, W_STATE
) = range(len(WHAT))  # fmt: skip
LOG_EVENTS = (1 << W_QUALITY) - 1
"""Rows of the event log, as bits."""
LOG_QUALITY = 1 << W_QUALITY
LOG_OUT = 1 << W_OUT
LOG_VISIT = 1 << W_VISIT
LOG_STATE = 1 << W_STATE  # rows that tell every change of a tool's state, which LOG_SERIAL names
WHAT_BITS = 5
"""Bits of LOG_WHAT that say what a row is; a visit has its wait [tick] above them."""
VISIT_BITS = 24
"""Bits of LOG_STEP that a visit's units since the tool's last maintenance take; its step with a law lies above."""
VALUES_A_ROW = 4

# --- what a run only reads ------------------------------------------------------------------------
(
    G_TOOL, G_TOOLS, G_BUFFER, G_LOAD, G_UNLOAD, G_MOVES, G_SORT, G_FIRST, G_SETUP, G_SETUPS, G_MIN_RUN, G_BATCHES,
    G_SATURATED, G_PRESENT, G_WAKE, G_EARLY, G_RESERVE, G_CLEARS, G_CREW, G_ATTENDED, G_GATE, G_GATES, G_RANK
) = range(23)  # fmt: skip
RANKS = 7
G_WEIGH, G_ATCS_TIME, G_ATCS_SETUP, G_ATCS_DUE, G_RANKS, G_LOG_BITS = range(G_RANK + RANKS, G_RANK + RANKS + 6)
G_BELT, G_GAP = G_RANK + RANKS + 6, G_RANK + RANKS + 7  # of a conveyor: lots that it holds, ticks to move by a pitch
G_CALENDAR = G_RANK + RANKS + 8
G_START = G_RANK + RANKS + 9  # what a run needs at its start, as bits: a place reserved, a slot that is up
START_PLACE, START_SLOT = 1, 2
G_PLACE = G_RANK + RANKS + 10  # on the network
GROUP_CONSTANTS = G_RANK + RANKS + 11
LOG_BITS = 16  # logarithms of ranks are kept in steps of 2^-16
COUNT_BATCHES, COUNT_WORK = 1, 2
"""What `G_BATCHES` says a toolgroup keeps count of as lots come and go: bits."""
WEIGH_ATCS, WEIGH_CAMPAIGN = 1, 2
"""What `G_WEIGH` says is found out once before each choice: bits."""
UNLIMITED = -1

TL_GROUP, TL_CLOCK, TL_CLOCKS, TL_OPERATING, TL_UNITS, TL_CHAMBERS, TL_CONDITION, TL_CONDITIONS = range(8)
TL_TURN, TL_TURNS, TL_BELT, TL_STANDBY = range(8, 12)
TOOL_CONSTANTS = 12
NO_BELT, STOPS, ACCUMULATES = 0, 1, 2  # no conveyor; one that stops with all its lots; one on which they close up

(
    S_GROUP, S_LAW, S_PER, S_SETUP, S_BATCH_MIN, S_BATCH_MAX, S_EVERY, S_EVERY_PER, S_INSIDE, S_SAMPLE, S_ARC,
    S_ARCS, S_NEXT, S_WINDOW, S_WINDOWS, S_CHECKS, S_KEEP, S_USE, S_MEAN, S_REMAINING, S_REMAINING_UNIT, S_STATE,
    S_PROCESS, S_EVERY_MORE, S_AHEAD, S_ORDER, S_FAMILY, S_EXTRA, S_AFTER
) = range(29)  # fmt: skip
STEP_CONSTANTS = 29

(
    P_STEP, P_UNITS, P_KIND, P_LAW, P_START, P_DUE, P_PRIORITY, P_WIP, P_ROW, P_ROWS, P_KEY, P_LIMIT, P_STEPS,
    P_DUE_LAW, P_WEIGHT, P_WEIGHTS, P_LOSES, P_CALENDAR
) = range(18)  # fmt: skip
PRODUCT_CONSTANTS = 18
DUE_DRAWN = -(1 << 62)
"""A flow allowance that is drawn for each lot."""

K_KIND, K_TOOL, K_FIRST, K_EVERY, K_LAW, K_TAKES, K_KEY, K_STOP, K_HOW, K_CHAMBER, K_UP = range(11)
CLOCK_CONSTANTS = 11  # K_UP: of a clock of slots, the share in which the tool is up [2^-32]
# How a clock runs, as bits: on through maintenance; stopping the run that is under way; from the end of the last.
HOW_THROUGH_PM, HOW_PREEMPT, HOW_FROM_END, HOW_OVERLAP = 1, 2, 4, 8

L_KIND, L_TABLE, L_SCALE, L_SCALE_LOW, L_POST, L_OFFSET, L_ROUND, L_REPEAT = range(8)
L_COUNT = L_ROUND
"""Of a trace, an empirical or a geometric law: how many values it has."""
LOW_BITS = 20
"""A law's size is L_SCALE * 2^LOW_BITS + L_SCALE_LOW, so that its product with a table entry fits an int64."""
LAW_CONSTANTS = 8

# A step's process law: response tables (NONE: no such effect), where rejected lots go, its totals in a world; what it
# makes and what it measures (NONE: nothing), its number.
Y_ADDS, Y_WAITS, Y_REJECTS, Y_TO, Y_STATE, Y_MAKES, Y_MEASURES, Y_NUMBER = range(8)
PROCESS_CONSTANTS = 8

# Crews that a toolgroup needs, one for each of TASKS, NONE for nobody.
STAFF_CONSTANTS = len(TASKS)

# The words of a step that few steps have; NONE (qualified, auxiliaries, gate), 0 (chambers, look-ahead, late) and NEVER
# (wait) where it lacks one. Times are ticks, chambers bits; so are kinds of carriers that a lot takes here (E_TAKES)
# or keeps on its way here (E_ON). The gate's window: opened at the end of E_STEP, closed at the start of E_UNTIL in
# toolgroup E_GROUP of E_TOOLS tools; E_MOST lots may be ahead there, E_LEAST always go through.
(
    E_STEP, E_QUALIFIED, E_AUXILIARY, E_AUXILIARY_2, E_CHAMBERS, E_WAIT, E_AHEAD, E_LATE, E_UNTIL, E_GROUP, E_MOST,
    E_LEAST, E_TOOLS, E_STATE, E_PART, E_PARTS, E_TAKER, E_TAKERS, E_SEQUENCE, E_WAY, E_BY, E_TAKES, E_ON,
    E_SPLIT, E_SPLITS
) = range(25)  # fmt: skip
EXTRA_CONSTANTS = 25
# E_PART to E_PARTS: what a step joins, as a list of PT_*: store and product (indices), how many lots. E_TAKER to
# E_TAKERS: of a step at a store, the toolgroups (indices) that join what waits there. E_SEQUENCE: a sequence decides.
# E_SPLIT to E_SPLITS: what is taken out of a lot, as a list of product (index) and how many lots.
# E_WAY: the first of the step's arcs among which a lot chooses by the rule E_BY, NONE if it does not choose.
BY_SHORTEST, BY_TURN, BY_FREE = range(3)
PT_STORE, PT_PRODUCT, PT_COUNT = range(3)
PART_FIELDS = 3
MASK_BITS = 32
"""Tools in a word of E_QUALIFIED."""

# An auxiliary: how many there are, its state in a world, the toolgroups that need it.
A_COUNT, A_STATE, A_GROUP, A_GROUPS = range(4)
AUXILIARY_CONSTANTS = 4

# The line's memory begins with these: H_QUALITY is the column of a lot's quality, NONE without process laws; H_EXTRA
# likewise of what steps with a word more remember; H_LAST is 1 where the line never changes again; H_CARRIER is the
# crew that transport needs, NONE for nobody; H_CREW is where a world's crews begin, H_MEMBERS where the line tells how
# many each has; H_WINDOWS is how many queue-time windows a lot may have open; H_TRACKED to H_TRACKED_END are a lot's
# columns of what is tracked, NONE without; H_NORMAL is the table of normal draws; H_MEASURE is where a world's
# metrology steps begin; H_MAKE to H_MAKES is what steps make;
# H_DEPARTS is 1 or more where lots may take time between steps; H_FREEZES is 1 where a line may come to
# stand still in other ways than a ring of blocked tools; H_TAKT is the line's takt, 0 without one. H_CARRIED
# to H_KINDS: see `twin.arrays.carrier_fields`; H_WAYS to H_RIDE: `twin.arrays.vehicle_fields`.
(
    H_TRANSPORT, H_WIP, H_WIPS, H_PHASE, H_LAST, H_QUALITY, H_STEP, H_STATES, H_STATED, H_CARRIER, H_CREW, H_CREWS,
    H_MEMBERS, H_WINDOWS, H_EXTRA, H_TRACKED, H_TRACKED_END, H_NORMAL, H_MEASURE, H_MAKE, H_MAKES, H_DEPARTS,
    H_FREEZES, H_MIX, H_CALENDAR, H_CALENDARS, H_CALENDAR_ROW, H_DUTY, H_TAKT,
    H_CARRIED, H_CARRIERS, H_KINDS,
    H_WAYS, H_FLEET, H_FLEETS, H_RIDE
) = range(36)  # fmt: skip
HEADER_FIELDS = 36

# An arc: A_MOST is how often a lot may take it (0: without limit), counted in its column A_COLUMN.
A_BELOW, A_TO, A_MOST, A_COLUMN = range(4)
W_UNTIL, W_LIMIT, W_SLOT, W_FROM, W_BREACH = 0, 1, 2, 3, 4
ARC_FIELDS, WINDOW_FIELDS = 4, 5
R_TIME, R_UNITS, R_PRIORITY, R_DUE = 0, 1, 2, 3
SCHEDULE_FIELDS = 4
I_PRODUCT, I_UNITS, I_STEP, I_PRIORITY, I_DUE = 0, 1, 2, 3, 4
WIP_FIELDS = 5
N_TOOL, N_DOWN, N_SETUP = 0, 1, 2
TOOL_STATE_FIELDS = 3
END = -2
"""A step that means: leave the line."""
SCRAP = -3
"""Where a breached window sends the lot: out of the line, as scrap."""
