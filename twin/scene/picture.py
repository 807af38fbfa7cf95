"""What a picture shows, apart from where things stand: numbers, names and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.line import Line

if TYPE_CHECKING:
    from twin.results import Figure, Results

DAY_S = 86_400.0


@dataclass(frozen=True)
class Picture:
    """The state to show.

    title, kpi, caption: one line each; kpi is the line of figures below the title
    utilisation: of each tool, toolgroup by toolgroup in the line's order [0-1], nan = not known   (tool,)
    waiting:     mean lots waiting at each toolgroup [lot]
    bottleneck:  the toolgroup that holds the line back
    """

    title: str
    kpi: str = ""
    caption: str = ""
    utilisation: NDArray[np.float64] | None = None
    waiting: Mapping[str, float] = field(default_factory=dict)
    bottleneck: str | None = None

    def busy(self, chosen: NDArray[np.bool_]) -> float | None:
        """Mean utilisation of the tools chosen, None if none of them is known [0-1].   chosen: (tool,)"""
        if self.utilisation is None:
            return None
        known = self.utilisation[chosen & ~np.isnan(self.utilisation)]
        return float(known.mean()) if known.size else None


def picture_of_line(line: Line, title: str = "") -> Picture:
    """The layout alone: no run, no colours."""
    return Picture(title=title or line.line, kpi=_stock(line), caption="Layout only, nothing has been run · schematic")


def picture_of_results(results: Results, title: str = "") -> Picture:
    """The state of a run, means over its replications."""
    line, asked = results.line, results.settings
    tools = results.tools
    known = {name: rows["utilisation"].to_numpy(dtype=float) for name, rows in tools.groupby("toolgroup", sort=False)}
    utilisation = [
        known.get(name, np.full(group.tools, np.nan))
        for name, group in line.toolgroups.items()
        if group.tools is not None
    ]
    waiting = {
        name: figures["queue"].mean
        for name, figures in results.toolgroup_figures.items()
        if figures["queue"] is not None
    }
    run = f"{asked.horizon_s / DAY_S:g} d simulated"
    if asked.warmup_s:
        run += f", the first {asked.warmup_s / DAY_S:g} d left out"
    run += f", {asked.replications} replication{'s' if asked.replications > 1 else ''}"
    return Picture(
        title=title or line.line,
        kpi=" · ".join(_figures(results)),
        caption=f"{run} · {_stock(line)} · schematic layout",
        utilisation=np.clip(np.concatenate(utilisation), 0.0, 1.0) if utilisation else None,
        waiting=waiting,
        bottleneck=results.bottleneck,
    )


def _stock(line: Line) -> str:
    """How much there is of everything."""
    groups = [group for group in line.toolgroups.values() if group.tools]
    tools = sum(group.tools or 0 for group in groups)
    place = f"{_count(tools, 'tool')} in {_count(len(groups), 'toolgroup')}"
    return f"{place}, {_count(len(line.products), 'product')}"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _figures(results: Results) -> list[str]:
    """Throughput, cycle time, work in progress, on-time share: those the run could measure."""
    found = []
    if results.throughput is not None:
        rate = results.throughput.mean
        found.append(f"Throughput {rate / 24:.1f} lots/h" if rate >= 480 else f"Throughput {rate:.1f} lots/d")
    if results.cycle_time is not None:
        mean, p95 = results.cycle_time.mean, results.cycle_time.p95
        found.append(f"cycle time {time_text(mean)}" + (f" (p95 {time_text(p95.mean, mean)})" if p95 else ""))
    if results.wip is not None:
        found.append(
            f"WIP {results.wip.mean:,.0f} lots" if results.wip.mean >= 20 else f"WIP {results.wip.mean:.1f} lots"
        )
    share = _on_time(results)
    if share is not None:
        found.append(f"{100 * share:.0f} % on time")
    return found


def _on_time(results: Results) -> float | None:
    """On-time share of all products that have a due date, weighed by their completed lots [0-1]."""
    pairs = [(row["on_time"], row["completed"]) for row in results.product_figures.values()]
    known: list[tuple[Figure, Figure]] = [(a, b) for a, b in pairs if a is not None and b is not None]
    lots = sum(completed.mean for _, completed in known)
    return sum(share.mean * completed.mean for share, completed in known) / lots if lots else None


def time_text(days: float, like: float | None = None) -> str:
    """A time in the unit that fits it, or that fits `like` [d]."""
    fits = days if like is None else like
    for unit, size in (("d", 1.0), ("h", 24.0), ("min", 1440.0)):
        if fits * size >= 2.0:
            return f"{days * size:.1f} {unit}"
    return f"{days * DAY_S:.1f} s"
