"""Routes in AutoSched-style tables: rework that never ends, queue-time windows that cross it."""

from __future__ import annotations

from .autosched_report import Ledger
from .autosched_tables import Faults, Row, number, whole
from .feasible import leading_to, reached_from
from .windows import crossing, words


def check_loops(rows: list[Row], places: dict[int, int], faults: Faults, ledger: Ledger) -> None:
    """Tell what is wrong with the ways back of one route.

    places: place on the route of each step number
    """
    quiet = Faults()  # cells that are no numbers are told where they are read
    loops = [
        (place, places.get(whole(row["RWKSTEP"], quiet, least=0), place + 1), number(row["REWORK"], quiet))
        for place, row in enumerate(rows)
        if row["RWKSTEP"] and number(row["REWORK"], quiet) > 0
    ]
    _endless(rows, {place: to for place, to, share in loops if share >= 100}, faults)
    for place, row in enumerate(rows):
        until = places.get(whole(row["STEP_CQT"], quiet, least=0)) if row["STEP_CQT"] else None
        if until is None:
            continue
        if until <= place:
            faults.add(row["STEP_CQT"], "the window's last step does not come later", "name a later step")
            continue
        for at, to, _ in loops:
            how = crossing(place, until, at, to) if to <= at else None
            if place < to <= at < until:
                ledger.note("Rework inside a queue-time window is part of the window's time")
            if how is not None:
                steps = (f"step {rows[k]['STEP'].text}" for k in (place, until, at, to))
                faults.add(row["STEP_CQT"], *words(how, *steps))
                break


def _endless(rows: list[Row], always: dict[int, int], faults: Faults) -> None:
    """Rework from which no lot gets on; `always`: places that send every lot elsewhere, and where to."""
    quiet = Faults()
    onward = []
    for place, row in enumerate(rows):
        passed = number(row["StepPercent"], quiet, "100") < 100  # lots that are not sampled go on
        onward.append({always[place]} if place in always and not passed else {place + 1})
    out = leading_to(len(rows), onward)
    for place in sorted(reached_from({0}, onward)):
        if place not in out and place in always:
            what = f"every lot that comes here goes back to step {rows[always[place]]['STEP'].text}, round for ever"
            faults.add(rows[place]["REWORK"], what, "write a percentage below 100")
