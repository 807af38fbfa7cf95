"""Crews: operators, technicians and vehicles that several tools and lots share, one member a task.

A tool's run has parts: setup, load, process, unload. A part that names a crew begins when a member is free and keeps
the member until it ends; then the next part asks anew. A repair, a maintenance and a move ask likewise. Who asks for a
crew without a free member waits in one of its chains, by priority of the lot, then in the order of asking; a repair or
a maintenance counts as a lot of PLAIN_PRIORITY. At equal priority and tick a tool goes before a move.
A tool that goes down lets its member go at once and asks again when it is up. So no member is ever kept by what waits
for something else: crews alone cannot lock a line up.
Maintenance that is due waits for a free member while the tool goes on working: the tool asks whenever it is empty, and
stays in the chain only as long as it finds no lot.
"""

from twin.arrays.calendar_fields import OPEN
from twin.arrays.fields import (
    AWAITING,
    CK_CONST,
    CK_COUNT,
    CK_KEY,
    CREW_FIELDS,
    CW_AREA,
    CW_BUSY,
    CW_BUSY_AREA,
    CW_CLOSED,
    CW_LOT_HEAD,
    CW_LOT_TAIL,
    CW_MEMBERS,
    CW_TASKS,
    CW_TOOL_HEAD,
    CW_TOOL_TAIL,
    CW_WAIT,
    CW_WAITED,
    DO_TOOL,
    DRAW_TRANSPORT,
    DRAWS,
    EMPTY,
    EV_LOT,
    EV_UP,
    FAILED,
    G_CREW,
    G_LOAD,
    G_UNLOAD,
    H_CARRIER,
    H_CREW,
    H_CREWS,
    H_DEPARTS,
    H_MEMBERS,
    H_TRANSPORT,
    K_TAKES,
    LOT_END,
    LOT_FROM,
    LOT_KEY,
    LOT_MATE,
    LOT_NEXT,
    LOT_PREV,
    LOT_PRIORITY,
    LOT_SERIAL,
    LOT_SINCE,
    LOT_SORT,
    LOT_STEP,
    LOT_VISIT,
    NEVER,
    NONE,
    PLAIN_PRIORITY,
    Q_CONST,
    RUNNING,
    S_GROUP,
    SETTING_UP,
    T_ASKED,
    T_BACK,
    T_BY,
    T_CALL,
    T_CALL_PREV,
    T_CALL_SORT,
    T_CLOSED,
    T_CREW,
    T_DO,
    T_DOWN,
    T_GROUP,
    T_LEFT,
    T_LOT,
    T_LOTS,
    T_OFF,
    T_REST,
    T_RUN,
    T_TASK,
    TASK_LOAD,
    TASK_PM,
    TASK_PROCESS,
    TASK_REPAIR,
    TASK_SETUP,
    TASK_UNLOAD,
    UP,
)
from twin.arrays.vehicle_fields import BY_WAY
from twin.engine.chain import insert_after, take_out_of
from twin.engine.heap import due_at
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.sample import law_ticks
from twin.engine.todo import do_next
from twin.engine.tools import begin_stretch, make_busy, show_state
from twin.engine.vehicles import place_of, way_ticks


@njit_apart
def start_crews(L: Memory, S: Memory) -> None:
    """Every crew of a world at time 0: all members free, nobody waiting."""
    for k in range(L[H_CREWS]):
        crew = L[H_CREW] + k * CREW_FIELDS
        S[crew + CW_MEMBERS] = L[L[H_MEMBERS] + k]
        S[crew + CW_TOOL_HEAD] = S[crew + CW_TOOL_TAIL] = S[crew + CW_LOT_HEAD] = S[crew + CW_LOT_TAIL] = NONE


@njit_apart
def change_crews(L: Memory, S: Memory, now: Int) -> None:
    """Crews have other numbers of members from now on; those at work finish what they do."""
    for k in range(L[H_CREWS]):
        crew = L[H_CREW] + k * CREW_FIELDS
        if S[crew + CW_CLOSED] == 0:
            have_members(S, now, crew, L[L[H_MEMBERS] + k])
            serve(L, S, now, crew)


@njit_apart
def have_members(S: Memory, now: Int, crew: Int, members: Int) -> None:
    """A crew has so many members from now on."""
    S[crew + CW_AREA] += (S[crew + CW_MEMBERS] - members) * now
    S[crew + CW_MEMBERS] = members


@njit_apart
def go_home(L: Memory, S: Memory, now: Int, k: Int) -> None:
    """The calendar of crew number k closes: its members finish what they are at."""
    crew = L[H_CREW] + k * CREW_FIELDS
    S[crew + CW_CLOSED] = 1
    have_members(S, now, crew, 0)


@njit_apart
def come_back_to_work(L: Memory, S: Memory, now: Int, k: Int) -> None:
    """The calendar of crew number k opens: its members take the tasks that wait."""
    crew = L[H_CREW] + k * CREW_FIELDS
    S[crew + CW_CLOSED] = 0
    have_members(S, now, crew, L[L[H_MEMBERS] + k])
    serve(L, S, now, crew)


# --- the parts of a run ---------------------------------------------------------------------------


@njit_apart
def begin_attended(L: Memory, S: Memory, now: Int, tool: Int, setup: Int, process: Int) -> None:
    """A run of a tool that needs a crew begins: with its setup, if it has one [tick]."""
    S[tool + T_RUN] = process
    S[tool + T_TASK] = TASK_SETUP
    if setup > 0:
        begin_part(L, S, now, tool, setup)
    else:
        next_part(L, S, now, tool)


@njit_apart
def next_part(L: Memory, S: Memory, now: Int, tool: Int) -> bool:
    """Begin the next part of a run; False if all are done. A load or unload without time is passed over."""
    const = S[S[tool + T_GROUP] + Q_CONST]
    task = S[tool + T_TASK] + 1
    if task == TASK_LOAD and L[const + G_LOAD] == 0:
        task = TASK_PROCESS
    if task > TASK_UNLOAD or (task == TASK_UNLOAD and L[const + G_UNLOAD] == 0):
        return False
    S[tool + T_TASK] = task
    ticks = S[tool + T_RUN]
    if task != TASK_PROCESS:
        ticks = L[const + G_LOAD] if task == TASK_LOAD else L[const + G_UNLOAD]
    begin_part(L, S, now, tool, ticks)
    return True


@njit_apart
def part_over(L: Memory, S: Memory, now: Int, tool: Int) -> bool:
    """A part of a run is over: its member goes, the next part begins; False if it was the last."""
    let_go(L, S, now, tool)
    return next_part(L, S, now, tool)


@njit_apart
def begin_part(L: Memory, S: Memory, now: Int, tool: Int, ticks: Int) -> None:
    """Begin the part in T_TASK, now or, on a tool that is down, when it is up."""
    S[tool + T_LEFT] = ticks
    S[tool + T_DO] = SETTING_UP if S[tool + T_TASK] == TASK_SETUP else RUNNING
    if S[tool + T_DOWN] == UP:
        take_up(L, S, now, tool)
    show_state(S, now, tool)


@njit_apart
def take_up(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """Begin or go on with the part of a run that a tool is at: at once, or when its crew sends a member."""
    crew = crew_for(L, S, tool, S[tool + T_TASK])
    S[tool + T_DO] = SETTING_UP if S[tool + T_TASK] == TASK_SETUP else RUNNING
    if crew == NONE or S[tool + T_LEFT] == 0:
        begin_stretch(L, S, now, tool)
        return
    S[tool + T_DO] = AWAITING
    priority = -NEVER
    lot = S[tool + T_LOT]
    while lot != NONE:
        priority = max(priority, S[lot + LOT_PRIORITY])
        lot = S[lot + LOT_MATE]
    ask(L, S, now, tool, crew, -priority)


@njit_apart
def crew_for(L: Memory, S: Memory, tool: Int, task: Int) -> Int:
    """The crew that a tool needs for a task, NONE for nobody."""
    staff = L[S[S[tool + T_GROUP] + Q_CONST] + G_CREW]
    return NONE if staff == NONE else L[staff + task]


# --- repair, maintenance, moves -------------------------------------------------------------------


@njit_apart
def repair_ticks(L: Memory, S: Memory, clock: Int) -> Int:
    """How long the repair or maintenance takes that a clock has just called for [tick]."""
    serial = S[clock + CK_COUNT] - 1
    return law_ticks(L, L[S[clock + CK_CONST] + K_TAKES], S[clock + CK_KEY], 2 * serial + 1, serial)


@njit_apart
def begin_repair(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """Repair or maintain a tool, from now on: for as long as the clock that took it down says."""
    takes = S[tool + T_REST]
    S[tool + T_REST] = 0
    if takes == 0:  # else it goes on, after closed time
        takes = repair_ticks(L, S, S[tool + T_BY])
    due_at(S, tool, T_BACK, EV_UP, now + takes)


@njit_apart
def call_for_repair(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A tool went down: its repair or maintenance begins when a member comes, at once if it has one or needs none."""
    crew = crew_for(L, S, tool, TASK_REPAIR if S[tool + T_DOWN] == FAILED else TASK_PM)
    if crew == NONE or S[tool + T_CREW] != NONE:
        begin_repair(L, S, now, tool)
    else:
        ask(L, S, now, tool, crew, -PLAIN_PRIORITY)


@njit_apart
def works_on(L: Memory, S: Memory, tool: Int) -> bool:
    """Whether a tool whose maintenance is due goes on taking lots, because nobody is free to maintain it."""
    crew = crew_for(L, S, tool, TASK_PM)
    if crew == NONE or S[tool + T_OFF] == 1 or S[tool + T_CLOSED] != OPEN or S[tool + T_DOWN] != UP:
        return False
    has_one = S[tool + T_CREW] != NONE and S[tool + T_ASKED] == NEVER
    return bool(not has_one and S[crew + CW_BUSY] >= S[crew + CW_MEMBERS])


@njit_apart
def call_for_maintenance(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """An empty tool that finds no lot waits to be maintained."""
    if S[tool + T_CREW] == NONE and S[tool + T_LOTS] == 0:
        join(S, now, tool, crew_for(L, S, tool, TASK_PM), -PLAIN_PRIORITY)


@njit_apart
def carry(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot is carried to its next toolgroup from now on."""
    if L[H_DEPARTS] == BY_WAY:
        g = L[S[lot + LOT_STEP] + S_GROUP]
        due_at(S, lot, LOT_END, EV_LOT, now + way_ticks(L, place_of(L, S, S[lot + LOT_FROM]), place_of(L, S, g)))
        return
    count = S[lot + LOT_VISIT] * DRAWS + DRAW_TRANSPORT
    due_at(S, lot, LOT_END, EV_LOT, now + law_ticks(L, L[H_TRANSPORT], S[lot + LOT_KEY], count, S[lot + LOT_SERIAL]))


@njit_apart
def call_carrier(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot that has left its tool asks to be carried."""
    crew = L[H_CARRIER]
    S[lot + LOT_SINCE] = now
    S[lot + LOT_SORT] = -S[lot + LOT_PRIORITY]
    if S[crew + CW_BUSY] < S[crew + CW_MEMBERS]:
        take_member(S, now, crew, 0)
        carry(L, S, now, lot)
        return
    before = S[crew + CW_LOT_TAIL]
    while before != NONE and S[before + LOT_SORT] > S[lot + LOT_SORT]:
        before = S[before + LOT_PREV]
    insert_after(S, crew + CW_LOT_HEAD, LOT_NEXT, lot, before)


# --- members --------------------------------------------------------------------------------------


@njit_apart
def take_member(S: Memory, now: Int, crew: Int, waited: Int) -> None:
    """A free member begins a task."""
    S[crew + CW_BUSY_AREA] -= now
    S[crew + CW_BUSY] += 1
    S[crew + CW_TASKS] += 1
    S[crew + CW_WAIT] += waited
    S[crew + CW_WAITED] += waited > 0


@njit_apart
def ask(L: Memory, S: Memory, now: Int, tool: Int, crew: Int, sort: Int) -> None:
    """A tool asks for a member: its task begins at once, or it waits behind those that `sort` puts no later."""
    S[tool + T_CREW] = crew
    S[tool + T_ASKED] = NEVER
    if S[crew + CW_BUSY] < S[crew + CW_MEMBERS]:
        take_member(S, now, crew, 0)
        begin_task(L, S, now, tool)
        return
    join(S, now, tool, crew, sort)


@njit_apart
def join(S: Memory, now: Int, tool: Int, crew: Int, sort: Int) -> None:
    """A tool waits for a member, behind those that `sort` puts no later."""
    S[tool + T_CREW] = crew
    S[tool + T_ASKED] = now
    S[tool + T_CALL_SORT] = sort
    before = S[crew + CW_TOOL_TAIL]
    while before != NONE and S[before + T_CALL_SORT] > sort:
        before = S[before + T_CALL_PREV]
    insert_after(S, crew + CW_TOOL_HEAD, T_CALL, tool, before)


@njit_apart
def begin_task(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A member has come to a tool: repair or maintenance begins, or the part of the run that waited."""
    if S[tool + T_DOWN] != UP:
        begin_repair(L, S, now, tool)
        return
    if S[tool + T_DO] == EMPTY:  # its maintenance is due: that comes before any lot
        make_busy(L, S, tool)
        do_next(S, DO_TOOL, tool)
        return
    S[tool + T_DO] = SETTING_UP if S[tool + T_TASK] == TASK_SETUP else RUNNING
    begin_stretch(L, S, now, tool)
    show_state(S, now, tool)


@njit_apart
def let_go(L: Memory, S: Memory, now: Int, tool: Int) -> None:
    """A tool needs its member no more, or no longer waits for one."""
    crew = S[tool + T_CREW]
    if crew == NONE:
        return
    S[tool + T_CREW] = NONE
    if S[tool + T_ASKED] == NEVER:
        set_free(L, S, now, crew)
        return
    S[crew + CW_WAIT] += now - S[tool + T_ASKED]
    S[tool + T_ASKED] = NEVER
    take_out_of(S, crew + CW_TOOL_HEAD, T_CALL, tool)


@njit_apart
def set_free(L: Memory, S: Memory, now: Int, crew: Int) -> None:
    """A member has finished a task and takes the next one that waits."""
    S[crew + CW_BUSY_AREA] += now
    S[crew + CW_BUSY] -= 1
    serve(L, S, now, crew)


@njit_apart
def serve(L: Memory, S: Memory, now: Int, crew: Int) -> None:
    """Free members take the tasks that wait, in their order."""
    while S[crew + CW_BUSY] < S[crew + CW_MEMBERS]:
        tool, lot = S[crew + CW_TOOL_HEAD], S[crew + CW_LOT_HEAD]
        if tool == NONE and lot == NONE:
            return
        if lot == NONE or (tool != NONE and goes_before(S, tool, lot)):
            take_out_of(S, crew + CW_TOOL_HEAD, T_CALL, tool)
            take_member(S, now, crew, now - S[tool + T_ASKED])
            S[tool + T_ASKED] = NEVER
            begin_task(L, S, now, tool)
        else:
            take_out_of(S, crew + CW_LOT_HEAD, LOT_NEXT, lot)
            take_member(S, now, crew, now - S[lot + LOT_SINCE])
            carry(L, S, now, lot)


@njit_apart
def goes_before(S: Memory, tool: Int, lot: Int) -> bool:
    """Whether a tool that waits for a crew comes before a lot that waits to be carried by it."""
    if S[tool + T_CALL_SORT] != S[lot + LOT_SORT]:
        return bool(S[tool + T_CALL_SORT] < S[lot + LOT_SORT])
    return bool(S[tool + T_ASKED] <= S[lot + LOT_SINCE])
