"""A phase of the line begins: something in it is otherwise for a time.

The host steps every world to the tick at which a phase begins and hands it another line memory, of the same shape,
from then on. What the engine looks up anew with every use (times, laws, rules, places) needs nothing; what it had
set going is put right here.
"""

from twin.arrays.fields import (
    AWAY,
    C_CLOCK,
    C_GROUP,
    C_NOW,
    C_PHASE,
    C_PRODUCT,
    C_STATUS,
    C_TOOL,
    C_WHO,
    DEADLOCK,
    DO_TOOL,
    EV_RELEASE,
    FAILED,
    G_PRESENT,
    G_TOOL,
    G_TOOLS,
    GROUP_FIELDS,
    H_PHASE,
    P_KIND,
    P_START,
    P_WIP,
    PR_CONST,
    PR_WIP,
    PRODUCT_FIELDS,
    Q_CONST,
    RELEASE_WIP,
    RUNNING_WORLD,
    T_DOWN,
    T_DUE_PM,
    T_OFF,
    TOOL_FIELDS,
)
from twin.engine.clocks import come_back
from twin.engine.heap import push
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.moves import admit, look_for_deadlock
from twin.engine.queue import sort_again
from twin.engine.todo import do_next
from twin.engine.tools import make_busy


@njit_apart
def begin_phase(L: Memory, S: Memory, now: Int) -> None:
    """Go over to the line that is in force from now on."""
    S[C_PHASE] = L[H_PHASE]
    call_tools(L, S)
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        sort_again(L, S, now, g)
        admit(L, S, now, g)  # there may be more places
    S[C_WHO] = 0
    if S[C_STATUS] == DEADLOCK:
        S[C_STATUS] = RUNNING_WORLD  # told while some had moved into the new places and others not yet
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        look_for_deadlock(L, S, g)
    for tool in range(S[C_TOOL], S[C_PRODUCT], TOOL_FIELDS):
        if S[tool + T_DOWN] != AWAY:
            do_next(S, DO_TOOL, tool)
    for product in range(S[C_PRODUCT], S[C_CLOCK], PRODUCT_FIELDS):
        const = S[product + PR_CONST]
        if L[const + P_KIND] == RELEASE_WIP and S[product + PR_WIP] < L[const + P_WIP] and now > L[const + P_START]:
            push(S, now, EV_RELEASE, product)  # there may be more in circulation


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
            if S[tool + T_DOWN] == FAILED and L[const + G_PRESENT] != 1:
                make_busy(L, S, tool)  # it took lots while it was alone; among several, lots wait for one that is up
