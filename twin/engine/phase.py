"""A phase of the line begins: something in it is otherwise for a time.

The host steps every world to the tick at which a phase begins and hands it another line memory, of the same shape,
from then on. What the engine looks up anew with every use (times, laws, rules, places) needs nothing; what it had
set going is put right here.
"""

from twin.arrays.fields import (
    AWAY,
    C_CLOCK,
    C_GROUP,
    C_HEAP,
    C_HEAP_N,
    C_NOW,
    C_PHASE,
    C_PRODUCT,
    C_STATUS,
    C_STEP,
    C_TOOL,
    CK_CONST,
    CK_DUE,
    CK_EVENT,
    CK_EVERY,
    CK_LEFT,
    CK_PLANNED,
    CLOCK_FIELDS,
    DEADLOCK,
    DO_TOOL,
    EV_CLOCK,
    EV_RELEASE,
    FAILED,
    G_PRESENT,
    G_TOOL,
    G_TOOLS,
    GROUP_FIELDS,
    H_PHASE,
    INDEX_BITS,
    INDEX_MASK,
    K_EVERY,
    K_KIND,
    KIND_MASK,
    NEVER,
    NONE,
    P_KIND,
    P_LAW,
    P_START,
    P_WIP,
    PM_CALENDAR,
    PM_UNITS,
    PR_CONST,
    PR_LAST,
    PR_LAW,
    PR_SERIAL,
    PR_WIP,
    PRODUCT_FIELDS,
    Q_CONST,
    RELEASE_EVERY,
    RELEASE_WIP,
    RUNNING_WORLD,
    T_CLAIM,
    T_DOWN,
    T_DUE_PM,
    T_OFF,
    TOOL_FIELDS,
)
from twin.engine.buffers import fill_again
from twin.engine.carriers import change_carriers
from twin.engine.claims import drop_claim
from twin.engine.clocks import come_back
from twin.engine.crew import change_crews
from twin.engine.heap import event, order_again, push
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.moves import admit, look_for_deadlock
from twin.engine.open_time import next_release
from twin.engine.queue import count_again, sort_again
from twin.engine.todo import do_next
from twin.engine.tools import make_busy, takes_while_down
from twin.engine.work import interval_after


@njit_apart
def begin_phase(L: Memory, S: Memory, now: Int) -> None:
    """Go over to the line that is in force from now on."""
    S[C_PHASE] = L[H_PHASE]
    change_crews(L, S, now)
    change_carriers(L, S, now)
    for tool in range(S[C_TOOL], S[C_PRODUCT], TOOL_FIELDS):
        if S[tool + T_CLAIM] != NONE:
            drop_claim(L, S, tool)  # where its lot goes may be otherwise now
    call_tools(L, S)
    count_again(L, S)
    fill_again(L, S, now)
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        sort_again(L, S, now, g)
        admit(L, S, now, g)  # there may be more places
    if S[C_STATUS] == DEADLOCK:
        S[C_STATUS] = RUNNING_WORLD  # told while some had moved into the new places and others not yet
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        look_for_deadlock(L, S, g)
    for tool in range(S[C_TOOL], S[C_PRODUCT], TOOL_FIELDS):
        if S[tool + T_DOWN] != AWAY:
            do_next(S, DO_TOOL, tool)
    time_again(L, S, now)
    for product in range(S[C_PRODUCT], S[C_CLOCK], PRODUCT_FIELDS):
        const = S[product + PR_CONST]
        if L[const + P_KIND] == RELEASE_WIP and S[product + PR_WIP] < L[const + P_WIP] and now > L[const + P_START]:
            push(S, now, EV_RELEASE, product)  # there may be more in circulation


@njit_apart
def time_again(L: Memory, S: Memory, now: Int) -> None:
    """Releases and maintenance that were planned under other intervals get the ticks that those in force give them.

    A release comes the new interval after the last one, now at the earliest. Maintenance that is planned for later
    than one interval from now is drawn forward to that.
    """
    heap = S[C_HEAP]
    for at in range(heap, heap + S[C_HEAP_N]):
        index = S[at] & INDEX_MASK
        kind = (S[at] >> INDEX_BITS) & KIND_MASK
        if kind == EV_RELEASE:
            const = S[index + PR_CONST]
            changed = S[index + PR_SERIAL] > 0 and S[index + PR_LAW] != L[const + P_LAW]
            if L[const + P_KIND] == RELEASE_EVERY and changed:
                interval = interval_after(L, S, index, S[index + PR_SERIAL] - 1)
                due = next_release(L, S, index, S[index + PR_LAST], interval)
                S[index + PR_LAW] = L[const + P_LAW]
                S[at] = event(max(now, due), EV_RELEASE, index)
        elif kind == EV_CLOCK and L[S[index + CK_CONST] + K_KIND] == PM_CALENDAR:
            every = L[S[index + CK_CONST] + K_EVERY]
            due = now + every
            if S[index + CK_EVERY] != every and S[index + CK_DUE] != NEVER and S[index + CK_DUE] > due:
                S[index + CK_PLANNED] = S[index + CK_DUE] = S[index + CK_EVENT] = due
                S[at] = event(due, EV_CLOCK, index)
    for clock in range(S[C_CLOCK], S[C_STEP], CLOCK_FIELDS):
        every = L[S[clock + CK_CONST] + K_EVERY]
        if L[S[clock + CK_CONST] + K_KIND] == PM_UNITS and S[clock + CK_EVERY] != every:
            S[clock + CK_LEFT] = min(S[clock + CK_LEFT], every)
        S[clock + CK_EVERY] = every
    order_again(S)


@njit_apart
def call_tools(L: Memory, S: Memory) -> None:
    """Tools beyond those present are asked to go away, as if for maintenance; those present come back."""
    now = S[C_NOW]
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        const = S[g + Q_CONST]
        first = L[const + G_TOOL]
        for k in range(L[const + G_TOOLS]):
            tool = first + k * TOOL_FIELDS
            if k < L[const + G_PRESENT]:
                if S[tool + T_OFF] == 1:
                    come_back(L, S, now, tool)
            elif S[tool + T_OFF] == 0:
                S[tool + T_OFF] = 1
                S[tool + T_DUE_PM] += 1
                make_busy(L, S, tool)
            if S[tool + T_DOWN] == FAILED and not takes_while_down(L, S, tool):
                make_busy(L, S, tool)  # it took lots while it was alone; among several, lots wait for one that is up
