"""The bottleneck by several methods side by side, each with its interval, and where they agree.

arrows   blocked-starved arrows (Kuo, Lim, Meerkov 1996; Li, Meerkov 2009): between neighbours i and j, j downstream,
         an arrow points to j where i is blocked more than j is starved, else to i. A station that no arrow leaves is a
         bottleneck; of several the one of the largest severity, |blocked before it - its starved| +
         |its blocked - starved after it|
active   the largest share of time in an active state, all but starved, blocked, off and without an operator
         (Roser, Nakano, Tanaka 2001)
periods  the shifting bottleneck (Roser, Nakano, Tanaka 2002): at every moment the station whose uninterrupted active
         period is the longest; see `twin.study.active_periods`
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.results.along import stations
from twin.results.bottleneck import Edge, Loads, belts, neighbours, severity, sinks
from twin.results.figure import Figure, Floats, figure
from twin.results.measures import Measures, over_replications

if TYPE_CHECKING:
    from twin.line import Line

UNITS = {"arrows": "share", "severity": "share", "active": "share", "utilisation": "share"}


@dataclass(frozen=True)
class Arrow:
    """Between two neighbours: what the first is blocked less what the second is starved, shares of time.

    sure: whether its interval leaves 0 out, so that the arrow would point the same way in another run
    """

    before: str
    after: str
    gap: Figure

    @property
    def downstream(self) -> bool:
        """Whether the arrow points to the second."""
        return self.gap.mean > 0

    @property
    def sure(self) -> bool:
        """Whether the interval of the difference lies on one side of 0."""
        low, high = self.gap.low, self.gap.high
        return low is not None and high is not None and (low > 0 or high <= 0)


def arrows(line: Line, toolgroups: Sequence[str], values: Measures) -> tuple[Arrow, ...]:
    """The arrows between all neighbours (`twin.results.bottleneck.neighbours`), in the order of the routes.

    values: blocked and starved shares of the toolgroups, for each replication   (world, group) each
    """
    found = []
    for i, j in neighbours(line, toolgroups):
        gap = figure(values["blocked"][:, i] - values["starved"][:, j], "share")
        if gap is not None:
            found.append(Arrow(toolgroups[i], toolgroups[j], gap))
    return tuple(found)


def figures(line: Line, toolgroups: Sequence[str], values: Measures) -> dict[str, dict[str, Figure | None]]:
    """Figures of each station, in the order of the line.

    arrows:   share of the replications whose arrows make it the bottleneck; None where no arrow can be drawn
    severity: of a station that no arrow leaves, by the means over the replications, else None
    active:   share of time in an active state; utilisation: as of the toolgroups' figures
    """
    edges = neighbours(line, toolgroups)
    ends = sinks(edges, {key: over_replications(found) for key, found in values.items()}) if edges else []
    primary = primaries(edges, values)
    active = Loads(toolgroups, values, values, belts(line, toolgroups)).active(values)
    found = {}
    for name in stations(line):
        k = list(toolgroups).index(name)
        found[name] = {
            "arrows": figure(np.where(primary < 0, np.nan, (primary == k).astype(np.float64)), "share"),
            "severity": figure(severities(edges, values, k), "share") if k in ends else None,
            "active": figure(active[:, k], "share"),
            "utilisation": figure(values["utilisation"][:, k], "share"),
        }
    return found


def severities(edges: Sequence[Edge], values: Measures, k: int) -> Floats:
    """The severity of one toolgroup in every replication   (world,)."""
    worlds = range(len(values["blocked"]))
    return np.array([severity(edges, {key: of[w] for key, of in values.items()}, k) for w in worlds])


def primaries(edges: Sequence[Edge], values: Measures) -> Floats:
    """The bottleneck by arrows in every replication, -1 where no station is without one that leaves it   (world,)."""
    found = np.full(len(values["blocked"]), -1.0)
    for w in range(len(found)):
        of = {key: each[w] for key, each in values.items()}
        ends = sinks(edges, of) if edges else []
        if ends:
            found[w] = max(ends, key=lambda k: severity(edges, of, k))
    return found


def best(found: dict[str, dict[str, Figure | None]], key: str) -> str | None:
    """The station with the largest mean of a figure; None where no station has it."""
    known = {name: row[key].mean for name, row in found.items() if row[key] is not None}  # type: ignore[union-attr]
    return max(known, key=lambda name: known[name]) if known and max(known.values()) > 0 else None


def sentence(found: dict[str, dict[str, Figure | None]], periods: str | None = None) -> str:
    """Where the methods agree; periods: the bottleneck by active periods, None where it was not looked at."""
    said = {"blocked-starved arrows": best(found, "severity"), "the largest active share": best(found, "active")}
    said["active periods"] = periods
    known = {method: name for method, name in said.items() if name is not None}
    if not known:
        return "No method names a bottleneck."
    if len(set(known.values())) == 1:
        name = next(iter(known.values()))
        return f"Bottleneck: {name} by {_list(list(known))}" + (": they agree." if len(known) > 1 else ".")
    told = {name: _list([method for method, whose in known.items() if whose == name]) for name in known.values()}
    differ = "; ".join(f"{name} by {methods}" for name, methods in told.items())
    return f"Bottleneck: the methods differ: {differ}. Compare a faster one with a faster other, each a scenario."


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
