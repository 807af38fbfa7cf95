"""Rework: how often a unit visits a step, and what is scrapped.

    first pass fails with p1, every rework with p2, at most k reworks (or no limit)
    passes = 1 + p1 (1 + p2 + ... + p2^(k-1)) = 1 + p1 (1 - p2^k)/(1 - p2)        1 + p1/(1 - p2) without a limit
    scrap  = p1 p2^k                                                              0 without a limit

The capacity that a step needs is its starts times its passes. Holds for failures that are independent from pass to
pass and reworks that are alike. Left out: failures that inspection misses, damage that adds up over reworks.
"""

from __future__ import annotations

from typing import Any

from twin.process.arrays import namespace
from twin.process.limits import within

MOST_REWORKS = 1000


def expected_passes(first: Any, rework: Any, most: int | None = None) -> Any:
    """Mean visits of a unit to the step, the first one with it.

    first:   probability that the first pass fails [-]                     (n,)
    rework:  probability that a rework fails [-], below 1 without a limit  (n,)
    most:    reworks allowed; None: as many as it takes
    returns  [-] (n,), 1 or more; raises ValueError outside these ranges
    """
    _check(first, rework, most)
    if most is None:
        return 1.0 + first / (1.0 - rework)
    xp = namespace(first, rework)
    sure = xp.asarray(rework) == 1.0
    # k terms of a geometric series; of ones where a rework always fails
    terms = xp.where(sure, float(most), (1.0 - rework**most) / (1.0 - xp.where(sure, 0.0, rework)))
    return 1.0 + first * terms


def scrap_share(first: Any, rework: Any, most: int | None = None) -> Any:
    """Probability that a unit is scrapped, all its reworks having failed [-]   (n,); arguments of `expected_passes`."""
    _check(first, rework, most)
    return first * (0.0 * rework if most is None else rework**most)


def _check(first: Any, rework: Any, most: int | None) -> None:
    within("first", first, 0.0, 1.0)
    if most is None:
        within("rework without a limit", rework, 0.0, 1.0 - 1e-9)
    else:
        within("rework", rework, 0.0, 1.0)
        within("most", most, 0, MOST_REWORKS)
