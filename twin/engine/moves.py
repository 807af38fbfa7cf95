"""Moving on: places in front of toolgroups, transport, blocking after service, and deadlock."""

from twin.arrays.fields import (
    C_GROUP,
    C_MOVED,
    C_STATUS,
    C_TOOL,
    C_WHO,
    DEADLOCK,
    DO_INDEX,
    DO_LOT,
    DO_TOOL,
    E_TAKERS,
    EMPTY,
    END,
    EV_LOT,
    EV_RELEASE,
    G_RESERVE,
    G_SATURATED,
    G_TOOL,
    G_TOOLS,
    GROUP_FIELDS,
    H_CARRIED,
    H_CARRIER,
    H_DEPARTS,
    H_EXTRA,
    H_FLEET,
    H_LAST,
    H_MIX,
    H_TAKT,
    H_TRACKED,
    LOT_END,
    LOT_EXPECTED,
    LOT_FROM,
    LOT_MATE,
    LOT_MOVING,
    LOT_NEXT,
    LOT_OUTSIDE,
    LOT_PRIORITY,
    LOT_PRODUCT,
    LOT_QUEUED,
    LOT_STATE,
    LOT_STEP,
    LOT_STUCK,
    LOT_TOOL,
    LQ_HOLD,
    NO_BELT,
    NONE,
    P_KIND,
    P_START,
    P_WIP,
    PR_CONST,
    PR_WIP,
    Q_AREA,
    Q_AWAY,
    Q_BLOCK_HEAD,
    Q_BLOCK_TAIL,
    Q_CLAIMED,
    Q_CONST,
    Q_HEAD,
    Q_IDLE,
    Q_MARK,
    Q_OUTSIDE,
    Q_RESERVED,
    Q_STUCK,
    RELEASE_MIX,
    RELEASE_WIP,
    S_EXTRA,
    S_GROUP,
    SCRAP,
    T_BELT,
    T_CLAIM,
    T_DO,
    T_EXIT,
    T_GROUP,
    T_LOT,
    T_PLACE,
    T_SECTION,
    T_SPECIAL,
    T_STUCK,
    T_WANTS,
    TOOL_FIELDS,
    W_BLOCKED,
    W_LEAVE,
)
from twin.arrays.mix_fields import MX_LEADER, MX_START
from twin.arrays.vehicle_fields import BY_WAY
from twin.engine.belt import clear_exit, jam
from twin.engine.buffers import change_places
from twin.engine.carriers import give_carriers
from twin.engine.claims import give_place_back, hand_place, uses_place
from twin.engine.crew import call_carrier, carry
from twin.engine.gates import leave_window
from twin.engine.heap import due_at, push
from twin.engine.jit import Int, Memory, njit, njit_apart
from twin.engine.logbook import log_lot
from twin.engine.lots import is_carried, lot_out, scrap_lot, step_after
from twin.engine.mix import pulls
from twin.engine.onward import group_after
from twin.engine.passage import come_to_step
from twin.engine.places import has_place
from twin.engine.stores import call_takers
from twin.engine.takt import note_takt
from twin.engine.todo import do_next
from twin.engine.tools import count_stuck, leave_tool, make_busy, show_state
from twin.engine.vehicles import call_vehicle


@njit
def wait_for_place(S: Memory, g: Int, lot: Int) -> None:
    """Join the end of the lots that wait for a place in front of a toolgroup."""
    S[lot + LOT_NEXT] = NONE
    if S[g + Q_BLOCK_TAIL] == NONE:
        S[g + Q_BLOCK_HEAD] = lot
    else:
        S[S[g + Q_BLOCK_TAIL] + LOT_NEXT] = lot
    S[g + Q_BLOCK_TAIL] = lot


@njit
def set_out(L: Memory, S: Memory, now: Int, lot: Int, from_group: Int) -> None:
    """A lot takes its place in front of its next toolgroup and goes there, at once or by transport."""
    g = L[S[lot + LOT_STEP] + S_GROUP]
    change_places(L, S, now, g, 1)
    S[lot + LOT_TOOL] = NONE
    S[lot + LOT_STATE] = LOT_MOVING
    S[lot + LOT_FROM] = from_group
    S[C_MOVED] = now
    if L[H_DEPARTS] == 0:
        do_next(S, DO_LOT, lot)
    elif is_held(L, S, lot):
        due_at(S, lot, LOT_END, EV_LOT, now + S[lot + L[H_TRACKED] + LQ_HOLD])
    else:
        depart(L, S, now, lot)


@njit
def is_held(L: Memory, S: Memory, lot: Int) -> bool:
    """Whether an alarm holds a lot between two steps."""
    return L[H_TRACKED] != NONE and S[lot + L[H_TRACKED] + LQ_HOLD] > 0


@njit_apart
def depart(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot that has a place in front of its next toolgroup goes there, at once or by transport."""
    g = L[S[lot + LOT_STEP] + S_GROUP]
    if is_carried(L, S, S[lot + LOT_FROM], g):
        if S[lot + LOT_PRIORITY] >= L[S[g + Q_CONST] + G_RESERVE]:
            S[lot + LOT_STATE] = LOT_EXPECTED
            S[g + Q_RESERVED] += 1
        if L[H_DEPARTS] == BY_WAY and L[H_FLEET] != NONE:
            call_vehicle(L, S, now, lot)
        elif L[H_CARRIER] == NONE:
            carry(L, S, now, lot)
        else:
            call_carrier(L, S, now, lot)
    else:
        do_next(S, DO_LOT, lot)


@njit
def enter(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A released lot goes to its first toolgroup or waits outside for a place."""
    step = S[lot + LOT_STEP]
    if step == END:
        take_out(L, S, now, lot)
        return
    come_to_step(L, S, now, lot)
    g = L[step + S_GROUP]
    if S[g + Q_BLOCK_HEAD] == NONE and has_place(L, S, g):
        set_out(L, S, now, lot, NONE)
    else:
        S[lot + LOT_STATE] = LOT_OUTSIDE
        S[g + Q_OUTSIDE] += 1
        S[g + Q_AREA] -= now
        wait_for_place(S, g, lot)
        if L[step + S_EXTRA] != NONE and L[L[step + S_EXTRA] + E_TAKERS] > 0:
            call_takers(L, S, L[step + S_EXTRA])


@njit
def take_out(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot leaves the line; under CONWIP the next one of its product is due at once."""
    product = S[lot + LOT_PRODUCT]
    lot_out(L, S, now, lot)
    if L[H_TAKT] > 0:
        note_takt(L, S, now)
    S[C_MOVED] = now
    release_next(L, S, now, product)


@njit_apart
def throw_away(L: Memory, S: Memory, now: Int, lot: Int) -> None:
    """A lot leaves the line as scrap; under CONWIP the next one of its product is due at once."""
    product = S[lot + LOT_PRODUCT]
    scrap_lot(L, S, now, lot)
    S[C_MOVED] = now
    release_next(L, S, now, product)


@njit_apart
def release_next(L: Memory, S: Memory, now: Int, product: Int) -> None:
    """A lot has left the line: under CONWIP the next one of its product is due."""
    const = S[product + PR_CONST]
    if L[const + P_KIND] == RELEASE_WIP and S[product + PR_WIP] < L[const + P_WIP]:
        push(S, max(now, L[const + P_START]), EV_RELEASE, product)
    elif L[const + P_KIND] == RELEASE_MIX and pulls(L, S):
        push(S, max(now, L[L[H_MIX] + MX_START]), EV_RELEASE, L[L[H_MIX] + MX_LEADER])


@njit
def move_on(L: Memory, S: Memory, now: Int, lot: Int, from_group: Int) -> None:
    """A lot is done with a step: it leaves for the next one, or stays where it is, blocked.

    from_group: toolgroup (or pure delay) it was at; its tool is in the lot's record, NONE in a delay
    """
    step = step_after(L, S, lot)
    if L[H_EXTRA] != NONE:
        leave_window(L, S, lot)
        if L[H_CARRIED] != NONE:
            give_carriers(L, S, now, lot)
    tool = S[lot + LOT_TOOL]
    if step < 0:
        if tool != NONE and S[tool + T_PLACE] != NONE:
            give_place_back(L, S, tool)
        if tool != NONE:
            free_tool(L, S, now, tool, lot, False)
        log_lot(S, now, W_LEAVE, lot)
        if step == SCRAP:
            throw_away(L, S, now, lot)
        else:
            take_out(L, S, now, lot)
        return
    come_to_step(L, S, now, lot)
    g = L[step + S_GROUP]
    kept = tool != NONE and S[tool + T_SPECIAL] != 0 and S[tool + T_PLACE] != NONE and uses_place(L, S, tool, g)
    if kept or (S[g + Q_BLOCK_HEAD] == NONE and has_place(L, S, g)):
        if tool != NONE:
            free_tool(L, S, now, tool, lot, False)
        log_lot(S, now, W_LEAVE, lot)
        set_out(L, S, now, lot, from_group)
        return
    S[lot + LOT_STATE] = LOT_STUCK
    S[lot + LOT_FROM] = from_group
    wait_for_place(S, g, lot)
    log_lot(S, now, W_BLOCKED, lot)
    if tool != NONE:
        count_stuck(L, S, tool, 1)
        make_busy(L, S, tool)
        if S[tool + T_SPECIAL] != 0 and S[tool + T_BELT] != NO_BELT:
            jam(L, S, now, tool)
            do_next(S, DO_TOOL, tool)
        show_state(S, now, tool)
        look_for_deadlock(L, S, S[tool + T_GROUP])
    if L[step + S_EXTRA] != NONE and L[L[step + S_EXTRA] + E_TAKERS] > 0:
        call_takers(L, S, L[step + S_EXTRA])


@njit
def free_tool(L: Memory, S: Memory, now: Int, tool: Int, lot: Int, was_blocked: bool) -> None:
    """A lot leaves its tool, which looks for work if it can take some."""
    leave_tool(L, S, tool, lot, was_blocked)
    if S[tool + T_SPECIAL] != 0 and S[tool + T_BELT] != NO_BELT:
        clear_exit(L, S, now, tool, lot)
        do_next(S, DO_TOOL, tool)
    elif S[tool + T_DO] == EMPTY:
        do_next(S, DO_TOOL, tool)
        if S[tool + T_SPECIAL] != 0 and S[tool + T_SECTION] != 0:
            do_next(S, DO_INDEX, S[tool + T_SECTION])
    if S[tool + T_STUCK] > 0:
        look_for_deadlock(L, S, S[tool + T_GROUP])


@njit_apart
def admit(L: Memory, S: Memory, now: Int, g: Int) -> None:
    """Let lots that wait for a place in front of a toolgroup move, in order, while there are places."""
    while S[g + Q_BLOCK_HEAD] != NONE and has_place(L, S, g):
        lot = S[g + Q_BLOCK_HEAD]
        S[g + Q_BLOCK_HEAD] = S[lot + LOT_NEXT]
        if S[g + Q_BLOCK_HEAD] == NONE:
            S[g + Q_BLOCK_TAIL] = NONE
        if S[lot + LOT_STATE] == LOT_QUEUED:
            hand_place(L, S, g, lot)
            continue
        if S[lot + LOT_STATE] == LOT_OUTSIDE:
            S[g + Q_OUTSIDE] -= 1
            S[g + Q_AREA] += now
            set_out(L, S, now, lot, NONE)
            continue
        if S[lot + LOT_TOOL] != NONE:
            free_tool(L, S, now, S[lot + LOT_TOOL], lot, True)
            show_state(S, now, S[lot + LOT_TOOL])
        log_lot(S, now, W_LEAVE, lot)
        set_out(L, S, now, lot, S[lot + LOT_FROM])


@njit
def all_stuck(L: Memory, S: Memory, g: Int) -> bool:
    """Whether every tool of a toolgroup holds only blocked lots, or waits with one for a place.

    One that waits may yet choose another lot (after a repair, say): with no place for more lots to come, among those
    that are there (`waits_for_living`).
    """
    stuck = S[g + Q_STUCK]
    if S[g + Q_CLAIMED] > 0:
        if L[S[g + Q_CONST] + G_SATURATED] == 1 or has_place(L, S, g):
            return False
        stuck += S[g + Q_CLAIMED] + S[g + Q_IDLE]
    return stuck > 0 and stuck + S[g + Q_AWAY] == L[S[g + Q_CONST] + G_TOOLS]


@njit
def look_for_deadlock(L: Memory, S: Memory, g: Int) -> None:
    """Every tool of a toolgroup may now hold nothing but blocked lots: stop the world if it can never move again.

    Where the line changes later, tools may come back and buffers grow: the world goes on until its last change.
    """
    if is_deadlock(L, S, g) and L[H_LAST] == 1:
        S[C_STATUS] = DEADLOCK
        S[C_WHO] = g


@njit_apart
def is_deadlock(L: Memory, S: Memory, g: Int) -> bool:
    """Whether a toolgroup whose tools all hold blocked lots can never move again.

    Follows the first blocked lot from toolgroup to toolgroup; only where that comes round are all looked at:
    a toolgroup lives if one of its tools is not stuck, or one of its blocked lots waits for one that lives.
    """
    at = g
    for _ in range((S[C_TOOL] - S[C_GROUP]) // GROUP_FIELDS + 1):
        if not all_stuck(L, S, at):
            return False
        tool = L[S[at + Q_CONST] + G_TOOL]
        while S[tool + T_LOT] == NONE and S[tool + T_CLAIM] == NONE:  # away
            tool += TOOL_FIELDS
        lot = S[tool + T_LOT] if S[tool + T_BELT] == NO_BELT else S[tool + T_EXIT]
        at = S[tool + T_WANTS] if lot == NONE else L[S[lot + LOT_STEP] + S_GROUP]
    for k in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        S[k + Q_MARK] = 0 if all_stuck(L, S, k) else 1
    changed = True
    while changed:
        changed = False
        for k in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
            if S[k + Q_MARK] == 0 and waits_for_living(L, S, k):
                S[k + Q_MARK] = 1
                changed = True
    return S[g + Q_MARK] == 0


@njit_apart
def waits_for_living(L: Memory, S: Memory, g: Int) -> bool:
    """Whether a lot that is blocked in a toolgroup, or may be chosen there, goes to one that is marked as living."""
    const = S[g + Q_CONST]
    first = L[const + G_TOOL]
    for tool in range(first, first + L[const + G_TOOLS] * TOOL_FIELDS, TOOL_FIELDS):
        if S[tool + T_CLAIM] != NONE and (S[tool + T_PLACE] != NONE or S[S[tool + T_WANTS] + Q_MARK] == 1):
            return True
        lot = S[tool + T_LOT]
        while lot != NONE:
            if S[L[S[lot + LOT_STEP] + S_GROUP] + Q_MARK] == 1:
                return True
            lot = S[lot + LOT_MATE]
    if S[g + Q_CLAIMED] > 0:
        lot = S[g + Q_HEAD]
        while lot != NONE:
            to = group_after(L, S, lot)
            if to == NONE or S[to + Q_MARK] == 1:
                return True
            lot = S[lot + LOT_NEXT]
    return False
