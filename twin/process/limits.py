"""Where a law holds: arguments outside are refused in one line."""

from __future__ import annotations

import math
from typing import Any

from twin.process.arrays import namespace


def within(name: str, value: Any, low: float = -math.inf, high: float = math.inf, unit: str = "") -> None:
    """Refuse a number, or an array with one, outside low to high.

    raises ValueError that names the argument, the value, the limit and its unit
    """
    xp = namespace(value)
    values = xp.asarray(value, dtype=xp.float64)
    wrong = ~((values >= low) & (values <= high))  # NaN too
    if not bool(wrong.any()):
        return
    worst = float(values[wrong].ravel()[0])
    of = f" {unit}" if unit else ""
    if worst != worst:
        raise ValueError(f"{name} is not a number")
    if worst < low:
        raise ValueError(f"{name} {worst:.6g}{of} is below {low:.6g}{of}, where the law does not hold; write more")
    raise ValueError(f"{name} {worst:.6g}{of} is above {high:.6g}{of}, where the law does not hold; write less")
