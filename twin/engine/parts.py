"""Parts that wait in stores, and the lots that they are joined with.

A store is a toolgroup without tools. A part waits there in the order of the store's rule; one that finds no place
stays on the tool that made it, blocked, and is taken from there once none is left in the store. What is joined leaves
the line as a lot of its own: it has become part of another.
"""

from twin.arrays.fields import (
    C_GROUP,
    C_PRODUCT,
    DO_SPACE,
    E_PART,
    E_PARTS,
    GROUP_FIELDS,
    H_CARRIED,
    LOT_NEXT,
    LOT_OUTSIDE,
    LOT_PRODUCT,
    LOT_SINCE,
    LOT_STATE,
    LOT_TOOL,
    NONE,
    PART_FIELDS,
    PRODUCT_FIELDS,
    PT_COUNT,
    PT_PRODUCT,
    PT_STORE,
    Q_AREA,
    Q_BLOCK_HEAD,
    Q_BLOCK_TAIL,
    Q_HEAD,
    Q_LOADED,
    Q_OUTSIDE,
    Q_STARTS,
    Q_WAIT,
    Q_WAITED,
    W_FINISH,
    W_LEAVE,
)
from twin.engine.buffers import change_places
from twin.engine.carriers import give_up
from twin.engine.jit import Int, Memory, njit_apart
from twin.engine.logbook import log_lot
from twin.engine.lots import lot_out
from twin.engine.moves import free_tool, release_next
from twin.engine.passage import done_with_step
from twin.engine.queue import remove
from twin.engine.stores import first_part
from twin.engine.todo import do_next
from twin.engine.tools import show_state


@njit_apart
def take_parts(L: Memory, S: Memory, now: Int, tool: Int, extra: Int) -> None:
    """A lot is loaded on a tool: what its step joins leaves the stores; the caller has seen that it is there."""
    first = L[extra + E_PART]
    for at in range(first, first + L[extra + E_PARTS] * PART_FIELDS, PART_FIELDS):
        g = S[C_GROUP] + L[at + PT_STORE] * GROUP_FIELDS
        product = S[C_PRODUCT] + L[at + PT_PRODUCT] * PRODUCT_FIELDS
        for _ in range(L[at + PT_COUNT]):
            lot = first_part(S, S[g + Q_HEAD], product)
            if lot != NONE:
                take_stored(L, S, now, g, lot, tool)
            else:
                take_made(L, S, now, g, first_part(S, S[g + Q_BLOCK_HEAD], product), tool)


@njit_apart
def take_stored(L: Memory, S: Memory, now: Int, g: Int, lot: Int, by: Int) -> None:
    """A part leaves its place in a store."""
    remove(L, S, now, g, lot)
    change_places(L, S, now, g, -1)
    S[g + Q_WAIT] += now - S[lot + LOT_SINCE]
    S[g + Q_WAITED] += now > S[lot + LOT_SINCE]
    if S[g + Q_BLOCK_HEAD] != NONE:
        do_next(S, DO_SPACE, g)
    join(L, S, now, g, lot, by)


@njit_apart
def take_made(L: Memory, S: Memory, now: Int, g: Int, lot: Int, by: Int) -> None:
    """A part that found no place in a store is joined from where it waits: its tool, a delay, or outside."""
    before: Int = NONE
    at = S[g + Q_BLOCK_HEAD]
    while at != lot:
        before, at = at, S[at + LOT_NEXT]
    if before == NONE:
        S[g + Q_BLOCK_HEAD] = S[lot + LOT_NEXT]
    else:
        S[before + LOT_NEXT] = S[lot + LOT_NEXT]
    if S[g + Q_BLOCK_TAIL] == lot:
        S[g + Q_BLOCK_TAIL] = before
    tool = S[lot + LOT_TOOL]
    if S[lot + LOT_STATE] == LOT_OUTSIDE:
        S[g + Q_OUTSIDE] -= 1
        S[g + Q_AREA] += now
    elif tool != NONE:
        free_tool(L, S, now, tool, lot, True)
        show_state(S, now, tool)
    log_lot(S, now, W_LEAVE, lot)
    join(L, S, now, g, lot, by)


@njit_apart
def join(L: Memory, S: Memory, now: Int, g: Int, lot: Int, by: Int) -> None:
    """A part has become part of the lot that is loaded on a tool, which the log tells at the same tick."""
    product = S[lot + LOT_PRODUCT]
    S[lot + LOT_TOOL] = by
    S[g + Q_LOADED] += 1
    S[g + Q_STARTS] += 1
    done_with_step(L, S, now, lot)
    log_lot(S, now, W_FINISH, lot)
    if L[H_CARRIED] != NONE:
        give_up(L, S, now, lot, 0)
    lot_out(L, S, now, lot)
    release_next(L, S, now, product)
