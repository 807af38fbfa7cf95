"""What a reader must know before believing the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.results.figure import Figure
from twin.results.measures import COMPLETED, OUT, RELEASED, SCRAPPED
from twin.results.settings import DAY_S
from twin.results.yields import CLIPPED, PASSED

if TYPE_CHECKING:
    from twin.line import Line

SHORT = 3  # a span below this many p95 of the cycle time cuts off the slow lots
GROWING = 0.05  # WIP growth, as a share of the lots released, that is no steady state
BEYOND = 0.01  # units beyond the reach of a surrogate, as a share of those that passed, that are told
FEW_LOTS = 20  # growth below this many lots a replication is chance

Figures = Mapping[str, Mapping[str, Figure | None]]


def of(line: Line, totals: Totals, products: Figures) -> tuple[str, ...]:
    """Notes on the figures, most severe first."""
    found: list[str] = []
    if totals.span_ticks <= 0:
        found.append("The run ended inside the warm-up: there are no figures.")
        return tuple(found)
    found += _no_data(totals, products)
    found += _censored(totals, products)
    found += _unsteady(totals)
    found += _no_yield(line, products)
    if line.wip:
        found.append(
            "Lots in the line at the start count in out, throughput and WIP, not in cycle time or on-time."
        )
    return tuple(found)


def of_crews(crews: Figures, toolgroups: Figures) -> tuple[str, ...]:
    """A crew that works more of its time than any toolgroup and keeps tasks waiting: the bottleneck may be people."""
    found = []
    worked = [figures["utilisation"] for figures in toolgroups.values()]
    busiest = max((figure.mean for figure in worked if figure is not None), default=0.0)
    for name, figures in crews.items():
        busy, waited = figures["utilisation"], figures["waited"]
        if busy is not None and waited is not None and busy.mean > busiest and waited.mean > 0:
            found.append(
                f"Crew {name} is at work {100 * busy.mean:.1f} % of its time, more than any toolgroup: it may be what "
                "holds the line back."
            )
    return tuple(found)


def of_surrogates(line: Line, names: Names, totals: Totals) -> tuple[str, ...]:
    """Steps many of whose units lay beyond the reach of their law's surrogate: what they made is not what is told."""
    found = []
    for j, index in enumerate(names.processes):
        passed, clipped = (int(totals.process[:, j, column].sum()) for column in (PASSED, CLIPPED))
        if clipped <= BEYOND * passed:
            continue
        route, name = names.steps[index]
        step = next(step for step in line.routes[route] if step.step == name)
        found.append(
            f"{route}.{name}: {100 * clipped / passed:.3g} % of the units lay beyond the reach of the surrogate of "
            f"{step.process.law if step.process else ''!r}, which then answers as at its end. Let {step.toolgroup!r} "
            "deviate less ('condition:'), or bring its maintenance forward."
        )
    return tuple(found)


def _no_data(totals: Totals, products: Figures) -> list[str]:
    empty = [name for name, figures in products.items() if figures["cycle_time"] is None]
    if not empty:
        return []
    gone = totals.product[:, :, OUT].sum()
    what = "no lot released after time 0 left the line in the measured time"
    tail = "no cycle time, X-factor or on-time share"
    if len(empty) == len(products):
        return [f"{'No lot left the line' if gone == 0 else what.capitalize()}: {tail}."]
    return [f"{_listed(empty)}: {what}; {tail}."]


def _censored(totals: Totals, products: Figures) -> list[str]:
    """Products whose slow lots the horizon cut off, and the lots of all replications they rest on."""
    span_d = totals.span_ticks * totals.tick_s / DAY_S
    completed = totals.product[:, :, COMPLETED].sum(axis=0)
    released = totals.product[:, :, RELEASED].sum(axis=0)
    short = []
    for k, (name, figures) in enumerate(products.items()):
        cycle = figures["cycle_time"]
        if cycle is None or cycle.p95 is None or completed[k] == 0:
            continue
        if span_d < SHORT * cycle.p95.mean or completed[k] < 0.5 * released[k]:
            short.append(f"{name} {completed[k]:,} ({released[k]:,} released)")
    if not short:
        return []
    return [
        f"Cycle times are censored: {span_d:.4g} d measured is short against them, and lots still in the "
        f"line, the slow ones among them, are not counted. Lots they rest on: {_listed(short)}."
    ]


def _unsteady(totals: Totals) -> list[str]:
    """WIP that still grows: lots released less lots out or scrapped over the measured time."""
    worlds = totals.product.shape[0]
    released = totals.product[:, :, RELEASED].sum() / worlds
    growth = released - totals.product[:, :, [OUT, SCRAPPED]].sum() / worlds
    if growth < FEW_LOTS or growth < GROWING * released:
        return []
    return [
        f"WIP grew by {growth:,.0f} lots a replication over the measured time, {100 * growth / released:.0f} "
        "% of those released: the line was still filling, or it is overloaded."
    ]


def _no_yield(line: Line, products: Figures) -> list[str]:
    """Products with dies whose lots came out, and yet nothing is known of their yield."""
    lacking = [
        name
        for name, figures in products.items()
        if line.products[name].die is not None and figures["yield"] is None and figures["cycle_time"] is not None
    ]
    if not lacking:
        return []
    what = "no step of its route adds defects or makes a characteristic with limits, so there is no yield"
    return [f"{_listed(lacking)}: {what}."]


def _listed(words: list[str], most: int = 6) -> str:
    tail = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + tail
