"""Auxiliaries: reticles, load boards that a step needs beside its tool.

All that a step needs are taken together when its lot (or batch) is loaded, and given back when the processing is
over, before the lot may be blocked: whoever holds one never waits for another, so that nothing can lock.
"""

from twin.arrays.fields import (
    A_GROUP,
    A_GROUPS,
    A_STATE,
    AU_AREA,
    AU_TAKEN,
    AU_USED,
    C_GROUP,
    E_AUXILIARY,
    E_AUXILIARY_2,
    GROUP_FIELDS,
    H_EXTRA,
    LOT_NEXT,
    LOT_SINCE,
    LOT_STEP,
    LX_TAKEN,
    NEVER,
    NONE,
    Q_HEAD,
    Q_IDLE,
    S_EXTRA,
)
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.todo import call_group


@njit_apart
def take_auxiliaries(L: Memory, S: Memory, now: Int, lot: Int, extra: Int) -> None:
    """The lot that is loaded, or leads a batch, takes one of each; the caller has seen that they are free."""
    for column in range(E_AUXILIARY, E_AUXILIARY_2 + 1):
        if L[extra + column] != NONE:
            state = L[L[extra + column] + A_STATE]
            S[state + AU_USED] += 1
            S[state + AU_AREA] -= now
            S[state + AU_TAKEN] += 1
            S[lot + L[H_EXTRA] + LX_TAKEN] = 1


@njit_apart
def give_back(L: Memory, S: Memory, now: Int, lot: Int, extra: Int) -> None:
    """Processing is over: what the lot took is free again, and tools that stood idle for it are called."""
    if S[lot + L[H_EXTRA] + LX_TAKEN] != 1:
        return
    S[lot + L[H_EXTRA] + LX_TAKEN] = NONE
    for column in range(E_AUXILIARY, E_AUXILIARY_2 + 1):
        if L[extra + column] != NONE:
            state = L[L[extra + column] + A_STATE]
            S[state + AU_USED] -= 1
            S[state + AU_AREA] += now
    for column in range(E_AUXILIARY, E_AUXILIARY_2 + 1):
        if L[extra + column] != NONE:
            call_needing(L, S, L[extra + column])


@njit_apart
def call_needing(L: Memory, S: Memory, auxiliary: Int) -> None:
    """Call the toolgroups that need an auxiliary, first the one whose lot has waited longest for it."""
    first = L[auxiliary + A_GROUP]
    groups = L[auxiliary + A_GROUPS]
    best = NONE
    longest: Int = NEVER
    for at in range(first, first + groups):
        g = S[C_GROUP] + L[at] * GROUP_FIELDS
        since = needed_since(L, S, g, auxiliary)
        if since < longest:
            best, longest = g, since
    if best != NONE:
        call_group(S, best)
    for at in range(first, first + groups):
        g = S[C_GROUP] + L[at] * GROUP_FIELDS
        if g != best:
            call_group(S, g)


@njit_apart
def needed_since(L: Memory, S: Memory, g: Int, auxiliary: Int) -> Int:
    """Since when a lot in a queue waits for a step that needs an auxiliary; NEVER if none does, or no tool is idle."""
    since: Int = NEVER
    lot = S[g + Q_HEAD] if S[g + Q_IDLE] > 0 else NONE
    while lot != NONE:
        extra = L[S[lot + LOT_STEP] + S_EXTRA]
        if extra != NONE and (L[extra + E_AUXILIARY] == auxiliary or L[extra + E_AUXILIARY_2] == auxiliary):
            since = min(since, S[lot + LOT_SINCE])
        lot = S[lot + LOT_NEXT]
    return since
