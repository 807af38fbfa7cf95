"""What few steps ask of a tool before it takes a lot: qualification, a chamber up, auxiliaries, an open gate."""

from twin.arrays.fields import (
    A_COUNT,
    A_STATE,
    AU_USED,
    E_AUXILIARY,
    E_AUXILIARY_2,
    E_CHAMBERS,
    E_GROUP,
    E_LEAST,
    E_MOST,
    E_PARTS,
    E_QUALIFIED,
    E_STATE,
    E_TOOLS,
    E_UNTIL,
    EX_INSIDE,
    EX_QUEUED,
    G_TOOL,
    G_TOOLS,
    MASK_BITS,
    NONE,
    Q_CONST,
    Q_LOTS,
    T_BROKEN,
    T_DOWN,
    T_GROUP,
    TOOL_FIELDS,
    UP,
)
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.stores import parts_there


@njit_apart
def extra_allows(L: Memory, S: Memory, tool: Int, extra: Int) -> bool:
    """Whether a tool may run a step now, by the step's row of extras, the gate in front of it left aside."""
    qualified = L[extra + E_QUALIFIED]
    if qualified != NONE:
        number = (tool - L[S[S[tool + T_GROUP] + Q_CONST] + G_TOOL]) // TOOL_FIELDS
        if (L[qualified + number // MASK_BITS] >> (number % MASK_BITS)) & 1 == 0:
            return False
    chambers = L[extra + E_CHAMBERS]
    if chambers != 0 and chambers & S[tool + T_BROKEN] == chambers:
        return False
    if L[extra + E_PARTS] > 0 and not parts_there(L, S, extra):
        return False
    return auxiliaries_free(L, S, extra)


@njit_apart
def auxiliaries_free(L: Memory, S: Memory, extra: Int) -> bool:
    """Whether one of each auxiliary that a step needs is free."""
    for column in range(E_AUXILIARY, E_AUXILIARY_2 + 1):
        auxiliary = L[extra + column]
        if auxiliary != NONE and S[L[auxiliary + A_STATE] + AU_USED] >= L[auxiliary + A_COUNT]:
            return False
    return True


@njit_apart
def is_shut(L: Memory, S: Memory, extra: Int) -> bool:
    """Whether the gate in front of a step's window holds lots: too many are ahead for the tools that are up.

    Ahead are the lots that wait at the toolgroup in which the window ends and those on their way there inside it.
    As many as `E_LEAST` are let in whatever waits, so that a gate never holds for ever.
    """
    if L[extra + E_UNTIL] == NONE:
        return False
    state = L[extra + E_STATE]
    if S[state + EX_INSIDE] < L[extra + E_LEAST]:
        return False
    g = L[extra + E_GROUP]
    ahead = S[g + Q_LOTS] + S[state + EX_INSIDE] - S[state + EX_QUEUED]
    up = tools_up(L, S, g)
    return up == 0 or ahead * L[extra + E_TOOLS] > L[extra + E_MOST] * up


@njit_apart
def tools_up(L: Memory, S: Memory, g: Int) -> Int:
    """Tools of a toolgroup that are up."""
    up = 0
    first = L[S[g + Q_CONST] + G_TOOL]
    for tool in range(first, first + L[S[g + Q_CONST] + G_TOOLS] * TOOL_FIELDS, TOOL_FIELDS):
        up += S[tool + T_DOWN] == UP
    return up
