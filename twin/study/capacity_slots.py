"""Offered load where slots decide whether a run begins."""

from __future__ import annotations

import math

from twin.line import Toolgroup


def lost_slots(group: Toolgroup) -> float:
    """Time for which a tool is down in front of each of its runs, where slots decide: slot (1 - p) / p [s].

    The slots that are down before the first that is up, each up with the chance p: a geometric number less one.
    """
    slotted = [(f.bernoulli, f.slot) for f in group.failures]
    return math.fsum(slot * (1 - up) / up for up, slot in slotted if up is not None and slot is not None)
