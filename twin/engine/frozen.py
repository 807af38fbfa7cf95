"""Lines that have come to stand still otherwise than in a ring of blocked tools: parts that never come."""

from twin.arrays.calendar_fields import CA_STATE, CALENDAR_FIELDS, EV_CALENDAR, OPEN
from twin.arrays.fields import (
    C_GROUP,
    C_HEAP,
    C_HEAP_N,
    C_TOOL,
    EV_CLOCK,
    EV_RELEASE,
    GROUP_FIELDS,
    H_CALENDAR,
    H_CALENDARS,
    H_LAST,
    INDEX_BITS,
    INDEX_MASK,
    KIND_MASK,
    NEVER,
    NONE,
    P_STEP,
    PR_CONST,
    Q_BLOCK_HEAD,
    Q_CLAIMED,
    Q_STUCK,
    S_GROUP,
)
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.moves import all_stuck


@njit_apart
def is_frozen(L: Memory, S: Memory, key: Int) -> bool:
    """Whether tools hold blocked lots and nothing that is pending can ever move a lot again.

    Failures and maintenance of tools that stand still move nothing, and a release brings nothing where lots wait
    outside already or every tool is blocked; nor do calendars that are all open. Where the line changes later, tools
    may come back and buffers grow.

    key: the next event
    """
    kind = (key >> INDEX_BITS) & KIND_MASK
    if key < NEVER and kind != EV_CLOCK and kind != EV_RELEASE and kind != EV_CALENDAR:
        return False
    if L[H_LAST] == 0 or not any_stuck(S) or any_closed(L, S):
        return False
    for at in range(S[C_HEAP], S[C_HEAP] + S[C_HEAP_N]):
        kind = (S[at] >> INDEX_BITS) & KIND_MASK
        if kind == EV_RELEASE:
            g = L[L[S[(S[at] & INDEX_MASK) + PR_CONST] + P_STEP] + S_GROUP]
            if S[g + Q_BLOCK_HEAD] == NONE and not all_stuck(L, S, g):
                return False
        elif kind != EV_CLOCK and kind != EV_CALENDAR:
            return False
    return True


@njit_apart
def any_closed(L: Memory, S: Memory) -> bool:
    """Whether tools or members of a crew may go on as a calendar opens."""
    closed = 0
    for k in range(L[H_CALENDARS]):
        closed += S[L[H_CALENDAR] + k * CALENDAR_FIELDS + CA_STATE] != OPEN
    return closed > 0


@njit_apart
def any_stuck(S: Memory) -> bool:
    """Whether a tool holds nothing but blocked lots, and none waits with a lot that it may yet choose otherwise."""
    stuck = 0
    for g in range(S[C_GROUP], S[C_TOOL], GROUP_FIELDS):
        if S[g + Q_CLAIMED] > 0:
            return False
        stuck += S[g + Q_STUCK]
    return stuck > 0
