"""Ways onward among which a lot chooses, and ways back that it may take so often."""

from twin.arrays.fields import (
    A_COLUMN,
    A_MOST,
    A_TO,
    ARC_FIELDS,
    BY_FREE,
    BY_TURN,
    E_BY,
    E_STATE,
    E_WAY,
    EX_TURN,
    G_TOOL,
    G_TOOLS,
    LOT_NEXT,
    NEVER,
    NONE,
    Q_BLOCK_HEAD,
    Q_CONST,
    Q_PLACES,
    S_GROUP,
    SCRAP,
    T_LOTS,
    TOOL_FIELDS,
)
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.places import has_place


@njit_apart
def limited_way(L: Memory, S: Memory, lot: Int, arc: Int) -> Int:
    """Where an arc with a limit leads a lot: its step, or SCRAP once the lot has taken it as often as it may."""
    column = lot + L[arc + A_COLUMN]
    S[column] = max(S[column], 0) + 1
    return L[arc + A_TO] if S[column] <= L[arc + A_MOST] else SCRAP


@njit_apart
def chosen_way(L: Memory, S: Memory, extra: Int, arc: Int, end: Int) -> Int:
    """Where an arc leads a lot, or if it is one of those from E_WAY on, the step that the lot chooses among them.

    By turns; the one with the fewest lots in front of its toolgroup and on its tools; or the first that has a place,
    and where none has, the one with the fewest. Of several alike the first that is named.

    arc: the arc drawn; end: place behind the step's last one
    """
    first = L[extra + E_WAY]
    if first == NONE or arc < first:
        return L[arc + A_TO]
    if L[extra + E_BY] == BY_TURN:
        state = L[extra + E_STATE]
        arc = first + S[state + EX_TURN] * ARC_FIELDS
        S[state + EX_TURN] = 0 if arc + ARC_FIELDS == end else S[state + EX_TURN] + 1
        return L[arc + A_TO]
    best = first
    least: Int = NEVER
    for arc in range(first, end, ARC_FIELDS):
        g = L[L[arc + A_TO] + S_GROUP]
        ahead = lots_ahead(L, S, g)
        if L[extra + E_BY] == BY_FREE and has_place(L, S, g):
            return L[arc + A_TO]
        if ahead < least:
            best, least = arc, ahead
    return L[best + A_TO]


@njit_apart
def lots_ahead(L: Memory, S: Memory, g: Int) -> Int:
    """Lots in front of a toolgroup, on their way there, blocked for want of a place there, and on its tools."""
    ahead = S[g + Q_PLACES]
    lot = S[g + Q_BLOCK_HEAD]
    while lot != NONE:
        ahead += 1
        lot = S[lot + LOT_NEXT]
    first = L[S[g + Q_CONST] + G_TOOL]
    for tool in range(first, first + L[S[g + Q_CONST] + G_TOOLS] * TOOL_FIELDS, TOOL_FIELDS):
        ahead += S[tool + T_LOTS]
    return ahead
