"""Chains of records: doubly linked lists through the records themselves, with no memory of their own.

A chain's ends lie side by side in its owner's record, first then last; so do the links in a member's, next
then previous.
"""

from twin.arrays.fields import (
    NONE,
)
from twin.engine.jit import Int, Memory, njit


@njit
def insert_after(S: Memory, ends: Int, links: Int, item: Int, before: Int) -> None:
    """Put a record into a chain behind `before`, in front of all if that is NONE.

    ends: place of the chain's ends; links: column of the members' links
    """
    after = S[ends] if before == NONE else S[before + links]
    S[item + links] = after
    S[item + links + 1] = before
    if before == NONE:
        S[ends] = item
    else:
        S[before + links] = item
    if after == NONE:
        S[ends + 1] = item
    else:
        S[after + links + 1] = item


@njit
def take_out_of(S: Memory, ends: Int, links: Int, item: Int) -> None:
    """Take a record out of its chain."""
    after, before = S[item + links], S[item + links + 1]
    if before == NONE:
        S[ends] = after
    else:
        S[before + links] = after
    if after == NONE:
        S[ends + 1] = before
    else:
        S[after + links + 1] = before
