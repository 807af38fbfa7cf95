"""Differences of two runs on the same random numbers, replication by replication.

The interval is Student's t over the differences of the pairs (Law, Simulation Modeling and Analysis, 5th ed., 10.2.1:
paired t). Beside it stands what the interval would be had the two runs luck of their own (Welch 1947, ibid. 10.2.2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from twin.results.figure import Figure, Floats, figure, t_quantile

# What an engineer wants more of, and less of. Of anything else a difference is told as higher or lower: the WIP falls
# where a station starves too, and the X-factor where its divisor grows.
OUTPUT = frozenset({"throughput", "out", "completed"})
MORE_IS_BETTER = OUTPUT | {"on_time", "yield"}
LESS_IS_BETTER = frozenset({"cycle_time", "cycle_time_p95", "tardiness", "weighted_tardiness"})
Source = Literal["line", "releases", "both"]
"""What sets how many lots come out: the line, which draws new ones in; the releases, with which it keeps up; or one of
the two, where the line is still filling or overloaded."""

ROUNDING = 1e-12
"""Share of a figure below which two of its differences differ by rounding alone."""


@dataclass(frozen=True)
class Difference:
    """A figure of base and scenario, and the scenario's less the base's.

    base, scenario: over the replications in which both know the figure
    difference:     paired, with its 95 % interval
    unpaired:       half of the interval that independent runs would have had, None with one replication
    output_set_by:  what sets how many lots come out
    """

    key: str
    base: Figure
    scenario: Figure
    difference: Figure
    unpaired: float | None
    output_set_by: Source = "line"

    @property
    def percent(self) -> Figure | None:
        """The difference in per cent of the base's mean, which is taken as exact; None where that is 0."""
        if self.base.mean == 0:
            return None
        factor = 100 / abs(self.base.mean)
        of = self.difference
        ends = [None if end is None else end * factor for end in (of.low, of.high)]
        return Figure(of.mean * factor, ends[0], ends[1], "%")

    @property
    def narrower(self) -> float | None:
        """How many times narrower pairing made the interval; None where one of the two has no width."""
        half = self.difference.half
        return self.unpaired / half if half and self.unpaired else None

    @property
    def shown(self) -> bool:
        """Whether the interval of the difference leaves out 0."""
        low, high = self.difference.low, self.difference.high
        return low is not None and high is not None and (low > 0 or high < 0)

    @property
    def verdict(self) -> str:
        """better, worse, or higher, lower, set by the releases; no difference shown; no interval (one replication)."""
        if self.difference.low is None:
            return "no difference" if self.difference.mean == 0 else "no interval"
        if not self.shown:
            return "no difference shown"
        more = self.difference.mean > 0
        if self.key in OUTPUT and self.output_set_by != "line":
            return "set by the releases" if self.output_set_by == "releases" else "higher" if more else "lower"
        if self.key in MORE_IS_BETTER or self.key in LESS_IS_BETTER:
            return "better" if more == (self.key in MORE_IS_BETTER) else "worse"
        return "higher" if more else "lower"

    def to_json(self) -> dict[str, Any]:
        """Plain values, each with its unit."""
        percent = self.percent
        return {
            "base": self.base.to_json(),
            "scenario": self.scenario.to_json(),
            "difference": self.difference.to_json(),
            "percent": None if percent is None else percent.to_json(),
            "unpaired_half": self.unpaired,
            "verdict": self.verdict,
        }


def paired(
    key: str, unit: str, base: Floats, scenario: Floats, output_set_by: Source = "line"
) -> Difference | None:
    """The difference of one figure; None if no replication knows it in both runs.

    base, scenario: NaN where a replication has nothing to tell   (world,)
    output_set_by:  what sets how many lots come out
    """
    known = np.isfinite(base) & np.isfinite(scenario)
    base, scenario = base[known], scenario[known]
    difference = figure(scenario - base, unit)
    if base.size > 1 and np.ptp(scenario - base) <= ROUNDING * np.abs(base).max():  # the same in every replication
        same = float((scenario - base)[0])
        difference = Figure(same, same, same, unit)
    of_base, of_scenario = figure(base, unit), figure(scenario, unit)
    if difference is None or of_base is None or of_scenario is None:
        return None
    return Difference(key, of_base, of_scenario, difference, unpaired_half(base, scenario), output_set_by)


def unpaired_half(a: Floats, b: Floats) -> float | None:
    """Half of Welch's 95 % interval of the difference of two means; None below two values.

    a, b: one value a replication   (n,) each
    """
    count = a.size
    if count < 2:
        return None
    parts = [float(values.var(ddof=1)) / count for values in (a, b)]
    error = sum(parts)
    if error == 0:
        return 0.0
    freedom = error**2 / (sum(part**2 for part in parts) / (count - 1))  # n - 1 to 2 (n - 1)
    return t_quantile(max(1, math.floor(freedom + 1e-9))) * math.sqrt(error)
