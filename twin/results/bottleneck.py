"""Which toolgroup holds the line back, and by which method that was found.

Push lines: the largest utilisation, (productive + setup)/(1 - pm - down - off).
Lines that block (finite buffers, and some toolgroup blocked for at least 1 % of the time), fed without a
gap: the arrow method (Kuo, Lim, Meerkov 1996; Li and Meerkov, Production Systems Engineering, 2009). Between
neighbours an arrow points downstream where the first is blocked more than the second is starved, else
upstream; a toolgroup that no arrow leaves is a bottleneck; of several the one of largest severity.
Where the two disagree, and the toolgroup of the largest active share leads by 1 % of the time or more, it is named,
with the other beside it: of 40 random serial lines with failures and small buffers, the toolgroup where 3 % less
process time gained most was found by arrows in 28, by active shares in 28, and so in 30.
Where no arrow can tell (a loop, or a line that its release leaves short of lots): the largest active share,
all but starved, blocked, off and without an operator (the states that Roser, Nakano, Tanaka 2001 call active),
which in a line that every lot crosses once is the toolgroup nearest to its own limit.
All shares are means over tools and replications.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from twin.line.mix import kind_of
from twin.results.figure import Floats, figure
from twin.results.measures import Measures, over_replications

if TYPE_CHECKING:
    from twin.line import Line

NOTICEABLE = 0.01  # share of time below which blocking or starving decides nothing
TIE = 1e-9  # shares nearer than this are equal: the longer queue decides, then the document's order

Edge = tuple[int, int]


@dataclass(frozen=True)
class Verdict:
    """The bottleneck, None if no tool time was measured, and a sentence that says how it was found."""

    toolgroup: str | None
    sentence: str


@dataclass(frozen=True)
class Loads:
    """What the toolgroups did.

    names:  in the order of the measures    (group,)
    values: for each replication            (world, group) each
    mean:   over the replications           (group,) each
    belts:  the conveyors among them, which move whenever a lot is on them: active while their entrance is needed
    """

    names: Sequence[str]
    values: Measures
    mean: Measures
    belts: tuple[int, ...] = ()

    def active(self, measures: Measures) -> Floats:
        """Share of the time neither starved nor blocked nor without an operator   (..., group)."""
        waits = measures["starved"] + measures["blocked"] + measures["no_operator"]
        active: Floats = 1 - waits - measures["off"]
        for k in self.belts:
            active[..., k] = np.minimum(measures["utilisation"][..., k], active[..., k])
        return active

    def told(self, values: Floats, group: int) -> str:
        """A share of one toolgroup with its interval: `94.2 ± 0.4 %`."""
        share = figure(values[:, group], "share")
        if share is None:
            return "an unknown share"
        half = "" if share.half is None else f" ± {100 * share.half:.1f}"
        return f"{100 * share.mean:.1f}{half} %"

    def most(self, values: Floats) -> int:
        """The toolgroup with the largest of these; ties go to the longer queue, then to the first."""
        near = np.flatnonzero(values >= np.nanmax(values) - TIE)
        return int(max(near, key=lambda k: (self.mean["queue"][k], -k)))

    def after(self, values: Floats, best: int) -> str:
        """The runner-up, in words."""
        others = np.where(np.arange(values.size) == best, np.nan, values)
        if not np.isfinite(others).any():
            return ""
        return f"; next {self.names[int(np.nanargmax(others))]}, {_percent(np.nanmax(others))}"


def belts(line: Line, toolgroups: Sequence[str]) -> tuple[int, ...]:
    """The conveyors among the toolgroups, as indices."""
    return tuple(k for k, name in enumerate(toolgroups) if line.toolgroups[name].conveyor is not None)


def find(line: Line, toolgroups: Sequence[str], measures: Measures) -> Verdict:
    """The bottleneck of the line.

    toolgroups: names in the order of the measures    (group,)
    measures:   of the toolgroups, for each replication    (world, group) each
    """
    mean = {key: over_replications(values) for key, values in measures.items()}
    loads = Loads(toolgroups, measures, mean, belts(line, toolgroups))
    if not np.isfinite(loads.mean["utilisation"]).any():
        return Verdict(None, "No bottleneck: no tool was up in the measured time.")
    if not _blocks(line, loads):
        return _by_utilisation(loads)
    starving = _starved_entrance(line, loads)
    if starving is not None:
        return _by_activity(loads, f"its release leaves {starving} short of lots")
    edges = neighbours(line, toolgroups)
    ends = sinks(edges, loads.mean)
    if not ends:
        return _by_activity(loads, "no arrow method: blocked and starved times point in a circle")
    return _by_arrows(loads, edges, ends)


def _blocks(line: Line, loads: Loads) -> bool:
    finite = any(line.toolgroups[name].buffer is not None for name in loads.names)
    return finite and bool(np.nanmax(loads.mean["blocked"]) >= NOTICEABLE)


def neighbours(line: Line, toolgroups: Sequence[str]) -> list[Edge]:
    """Pairs of toolgroups that lots pass one after the other, pure delays and conveyors skipped, each pair once.

    Rework is left out: it runs against the flow. In a CONWIP line the last one feeds the first, which waits
    for it.
    """
    index = {name: k for k, name in enumerate(toolgroups)}
    edges: dict[Edge, None] = {}
    for product in line.products.values():
        route = line.routes[product.route]
        place = {step.step: k for k, step in enumerate(route)}
        groups = [line.toolgroups[step.toolgroup] for step in route]
        real = [k for k, group in enumerate(groups) if group.tools is not None and group.conveyor is None]
        ways = list(pairwise(real))
        if kind_of(line, product) == "wip" and real:
            ways.append((real[-1], real[0]))
        arcs = [(k, place[arc.to]) for k in real for arc in route[k].branch if arc.to in place]
        for k, m in [*ways, *(arc for arc in arcs if arc[1] in real)]:
            pair = index[route[k].toolgroup], index[route[m].toolgroup]
            if pair[0] != pair[1]:
                edges[pair] = None
    return list(edges)


def sinks(edges: Sequence[Edge], mean: Measures) -> list[int]:
    """Toolgroups that no arrow leaves: blocked i > starved j draws i -> j, otherwise j -> i."""
    touched = {k for edge in edges for k in edge}
    left = {i if mean["blocked"][i] > mean["starved"][j] else j for i, j in edges}
    return sorted(touched - left)


def severity(edges: Sequence[Edge], mean: Measures, k: int) -> float:
    """How much the neighbours of a toolgroup are blocked by it and starved by it; over several on a side the mean."""
    blocked, starved = mean["blocked"], mean["starved"]
    gaps = [[abs(blocked[i] - starved[j]) for i, j in edges if (i, j)[side] == k] for side in (0, 1)]
    return float(sum(np.mean(gap) for gap in gaps if gap))


def _starved_entrance(line: Line, loads: Loads) -> str | None:
    """A first toolgroup that waits noticeably for releases; saturated and CONWIP lines have none."""
    starved = dict(zip(loads.names, loads.mean["starved"], strict=True))
    for product in line.products.values():
        if kind_of(line, product) in {"every", "schedule"}:
            groups = [step.toolgroup for step in line.routes[product.route]]
            first = next((name for name in groups if line.toolgroups[name].tools is not None), None)
            if first is not None and starved[first] >= NOTICEABLE:
                return first
    return None


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _by_utilisation(loads: Loads) -> Verdict:
    used = loads.mean["utilisation"]
    best = loads.most(used)
    name = loads.names[best]
    return Verdict(
        name,
        f"Bottleneck: {name}, by the largest utilisation, {loads.told(loads.values['utilisation'], best)} of "
        f"its up time{loads.after(used, best)}.",
    )


def _by_activity(loads: Loads, why: str) -> Verdict:
    active = loads.active(loads.mean)
    best = loads.most(active)
    name = loads.names[best]
    served = " nor without an operator" if (loads.mean["no_operator"] > 0).any() else ""
    return Verdict(
        name,
        f"Bottleneck: {name}, by the largest active share, {loads.told(loads.active(loads.values), best)} of the "
        f"time neither starved nor blocked{served}{loads.after(active, best)} ({why}).",
    )


def _by_arrows(loads: Loads, edges: Sequence[Edge], ends: Sequence[int]) -> Verdict:
    starved, blocked = loads.mean["starved"], loads.mean["blocked"]
    best, *others = sorted(ends, key=lambda k: severity(edges, loads.mean, k), reverse=True)
    before = [i for i, j in edges if j == best]
    after = [j for i, j in edges if i == best]
    signs = []
    if before:
        worst = max(before, key=lambda k: blocked[k])
        signs.append(
            f"{loads.names[worst]} before it is blocked {loads.told(loads.values['blocked'], worst)}"
        )
    if after:
        worst = max(after, key=lambda k: starved[k])
        signs.append(f"{loads.names[worst]} after it is starved {loads.told(loads.values['starved'], worst)}")
    name = loads.names[best]
    told = f"{' and '.join(signs)} of the time"
    active = loads.active(loads.mean)
    busiest = loads.most(active)
    if active[busiest] - active[best] >= NOTICEABLE:
        sure = loads.names[busiest]
        found = _by_activity(loads, f"not beyond doubt: the arrow method points to {name}, since {told}")
        return Verdict(
            sure, f"{found.sentence} Measure it: compare a faster {sure} with a faster {name}, each a scenario."
        )
    rest = f"; weaker ones: {', '.join(loads.names[k] for k in others[:3])}" if others else ""
    return Verdict(name, f"Bottleneck: {name}, by the arrow method: {told}{rest}.")
