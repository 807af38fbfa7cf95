"""A figure: a mean over replications with its 95 % interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Figure:
    """A mean over replications and its 95 % interval, in `unit`.

    low, high: ends of the interval, None where fewer than two replications bear on the figure
    p95:       of a time, what 95 % of the lots stay below; a figure itself
    """

    mean: float
    low: float | None
    high: float | None
    unit: str
    p95: Figure | None = None

    @property
    def half(self) -> float | None:
        """Half the width of the interval, None without one."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2

    def to_json(self) -> dict[str, Any]:
        """The figure as plain values, `p95` only where there is one."""
        plain: dict[str, Any] = {"mean": self.mean, "low": self.low, "high": self.high, "unit": self.unit}
        if self.p95 is not None:
            plain["p95"] = self.p95.to_json()
        return plain

    def __str__(self) -> str:
        half = self.half
        unit = "" if self.unit in {"-", "share"} else f" {self.unit}"
        if half is None:
            return f"{self.mean:.4g}{unit}"
        places = decimals(half)
        return f"{self.mean:.{places}f} ± {half:.{places}f}{unit}"


def decimals(half: float, digits: int = 2) -> int:
    """Decimal places that show `digits` digits of a half-width: 0.0432 -> 3."""
    if half <= 0 or not math.isfinite(half):
        return 3
    return min(6, max(0, digits - 1 - math.floor(math.log10(half))))


@lru_cache(maxsize=64)
def t_quantile(freedom: int, confidence: float = CONFIDENCE) -> float:
    """Student's t: half-width of the 95 % interval, or another, in standard errors."""
    from scipy.special import stdtrit  # not scipy.stats, which takes two seconds to import

    return float(stdtrit(freedom, 0.5 + confidence / 2))


def figure(values: Floats, unit: str, p95: Figure | None = None) -> Figure | None:
    """The figure of one value a replication; None if no replication has one.

    values: NaN where a replication has nothing to tell   (world,)
    """
    known = values[np.isfinite(values)]
    count = known.size
    if count == 0:
        return None
    mean = float(known.mean())
    if count == 1:
        return Figure(mean, None, None, unit, p95)
    half = t_quantile(count - 1) * float(known.std(ddof=1)) / math.sqrt(count)
    return Figure(mean, mean - half, mean + half, unit, p95)
