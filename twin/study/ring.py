"""A ring of toolgroups that wait for each other for ever: who waits for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.arrays import fields as f

if TYPE_CHECKING:
    from twin.study.sight import Sight


def ring_of(sight: Sight) -> list[tuple[int, str]]:
    """The toolgroups of a deadlock in the order in which they wait, and which lot of each waits for what.

    The world has stopped for it: all tools of the toolgroup that it names hold blocked lots alone, and what each of
    these waits for stands in the same way.
    """
    group = sight.group_at(int(sight.memory[f.C_WHO]))
    ring: list[tuple[int, str]] = []
    while group not in [one for one, _ in ring]:
        tools = sight.names.tools_of[group]  # those that are away hold none
        tool = next(tool for tool in tools if sight.on(tool) or sight.claim(tool) is not None)
        claim = sight.claim(tool)
        lot, after = claim or (sight.stuck_on(tool)[-1], sight.goes_to(sight.stuck_on(tool)[-1]))
        where = "on" if claim is None else "in front of"
        words = (
            f"lot {sight.lot_name(lot)} {where} {sight.names.tool(tool)} waits for a place in front of "
            f"{sight.names.toolgroups[after]} ({sight.places(after)})"
        )
        ring.append((group, words))
        group = after
    first = [one for one, _ in ring].index(group)
    return ring[first:]
