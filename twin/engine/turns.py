"""Tools that take lots in a given order: `toolgroups.NAME.sequence`."""

from twin.arrays.fields import (
    E_SEQUENCE,
    LOT_PRODUCT,
    LOT_SERIAL,
    LOT_STEP,
    NONE,
    T_TURN,
    T_TURNS,
)
from twin.arrays.turn_fields import TU_PRODUCT, TU_SERIAL, TU_STEP, TURN_FIELDS
from twin.engine.jit import Int, Memory, njit_apart


@njit_apart
def is_turn(L: Memory, S: Memory, lot: Int, tool: Int) -> bool:
    """Whether it is this lot's turn at a tool that has a sequence, at the step it has come for."""
    if S[tool + T_TURNS] == 0:
        return False
    turn = S[tool + T_TURN]
    if L[turn + TU_PRODUCT] != S[lot + LOT_PRODUCT] or L[turn + TU_SERIAL] != S[lot + LOT_SERIAL]:
        return False
    return L[turn + TU_STEP] == NONE or L[turn + TU_STEP] == S[lot + LOT_STEP]


@njit_apart
def take_turn(L: Memory, S: Memory, tool: Int, extra: Int) -> None:
    """A tool has taken a lot: the next one of its sequence has its turn."""
    if L[extra + E_SEQUENCE] == 1:
        S[tool + T_TURN] += TURN_FIELDS
        S[tool + T_TURNS] -= 1
