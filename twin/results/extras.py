"""What gates held, what breaches cost, and how much auxiliaries were used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twin.arrays.names import Names
from twin.arrays.totals import Totals
from twin.line.arcs import SCRAP
from twin.results.figure import Figure, figure
from twin.results.measures import over_replications, ratio
from twin.results.settings import DAY_S

if TYPE_CHECKING:
    from twin.line import Line

HELD, HELD_TICKS, LOTS_SCRAPPED, SENT_BACK = range(4)  # columns of the steps with a word more
USED, TAKEN = range(2)  # columns of the auxiliaries


def may_scrap(line: Line) -> bool:
    """Whether a breach of a queue-time limit, what metrology finds, or a turn of a route scraps lots."""
    steps = [step for route in line.routes.values() for step in route]
    late = any(limit.breach == "scrap" for step in steps for limit in step.queue_limit)
    turned = any(arc.to == SCRAP for step in steps for arc in step.branch)
    limited = any(arc.most is not None for step in steps for arc in step.rework)
    found = any(step.measure is not None and step.measure.outside != "count" for step in steps)
    return late or turned or limited or found


def auxiliaries(line: Line, names: Names, totals: Totals) -> dict[str, dict[str, Figure | None]]:
    """Utilisation (share of the auxiliaries of a name in use, over the calendar) and times taken [1/d]."""
    found = {}
    for k, name in enumerate(names.auxiliaries):
        used = ratio(totals.auxiliaries[:, k, USED], line.auxiliaries[name] * totals.span_ticks)
        taken = ratio(totals.auxiliaries[:, k, TAKEN], totals.span_ticks) * DAY_S / totals.tick_s
        found[name] = {"utilisation": figure(used, "share"), "taken": figure(taken, "1/d")}
    return found


def of_windows(names: Names, totals: Totals, steps: list[int]) -> dict[str, Any]:
    """Columns of the table of queue-time windows, means over the replications   (step,) each.

    held: lots that a gate held; held_time: how long, each of them, until its loading [d]; scrapped and sent_back: lots
    that were too late
    """
    place = {step: k for k, step in enumerate(names.extras)}
    of = np.zeros((totals.extras.shape[0], len(steps), 4), dtype=np.int64)
    for i, step in enumerate(steps):
        if step in place:
            of[:, i] = totals.extras[:, place[step]]
    time = over_replications(ratio(of[:, :, HELD_TICKS], of[:, :, HELD])) * totals.tick_s / DAY_S
    mean = of.mean(axis=0)
    return {
        "held": mean[:, HELD],
        "held_time": time,
        "scrapped": mean[:, LOTS_SCRAPPED],
        "sent_back": mean[:, SENT_BACK],
    }


def sentences(line: Line, names: Names, totals: Totals) -> list[str]:
    """What a report says of gates, breaches and auxiliaries; nothing for lines that have none."""
    told = []
    held, ticks, scrapped, back = (int(count) for count in totals.extras.sum(axis=(0, 1)))
    if held:
        hours = ticks / held * totals.tick_s / 3600
        told.append(f"Gates held {held:,} lot{'s' if held > 1 else ''}, for {hours:.3g} h on average.")
    if scrapped or back:
        told.append(f"Too late at the end of a window: {scrapped:,} lots scrapped, {back:,} sent back.")
    for name, figures in auxiliaries(line, names, totals).items():
        use = figures["utilisation"]
        if use is not None:
            half = "" if use.half is None else f" ± {100 * use.half:.1f}"
            told.append(f"Auxiliary {name} ({line.auxiliaries[name]}): {100 * use.mean:.1f}{half} % in use.")
    return told
