"""Queue-time windows that cross a loop of the route.

A window is open from the end of one step to the start of a later one. A loop leads from a step back to an earlier
one: a rework, a branch back, a law that rejects lots. A loop inside a window is repeated while the limit runs on;
one round the whole window has it opened and judged each time. A loop out of an open window, back to its first step
or before, would open it again with the first wait never judged: that is a fault. A loop that comes into a window
from behind meets it closed, for its end has been started: a document may say so. Tables of another simulator may
not, since what they mean by it is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from .faults import Fault, Loc, show

if TYPE_CHECKING:
    from .line import Line
    from .routes import Step


def crossing(opens: int, ends: int, at: int, to: int) -> Literal["out", "in"] | None:
    """How a loop crosses a window, None where it does not.

    opens, ends: places on the route of the step whose end opens the window, and of that whose start ends it
    at, to:      place from which the loop goes back, and the place it goes to

    out: from inside the window to its first step or before, so that it is opened again and the first time never judged
    in:  from its last step or beyond to inside of it, so that its end is passed again with no window open
    """
    if to <= opens < at < ends:
        return "out"
    if opens < to < ends <= at:
        return "in"
    return None


def words(how: Literal["out", "in"], first: str, last: str, at: str, to: str) -> tuple[str, str]:
    """What is wrong with a crossing, and its cure; the steps as the reader knows them."""
    what = f"the window from {first} to {last} crosses the way back from {at} to {to}"
    if how == "out":
        return (
            f"{what}: lots leave it at {at} and open it again, so that their wait is never judged",
            f"end the window at {at} or before, or go back to a step after {first}",
        )
    return (
        f"{what}: lots come into it from behind and reach {last} again with no limit",
        f"go back to {first}, to a step before it or to {last}, or begin the window later",
    )


def window_faults(line: Line) -> Iterator[Fault]:
    """Windows of a line that a loop of their route leaves while they are open."""
    for route, steps in line.routes.items():
        places = {step.step: i for i, step in enumerate(steps)}
        loops = list(_loops(steps, places))
        for i, step in enumerate(steps):
            for j, window in enumerate(step.queue_limit):
                for at, to, key in loops:
                    if crossing(i, places[window.until], at, to) != "out":
                        continue
                    told = (step.step, window.until, steps[at].step, steps[to].step)
                    what, cure = words("out", *map(show, told))
                    back: Loc = ("routes", route, at, key)
                    yield Fault(("routes", route, i, "queue_limit", j, "until"), f"{what}; {cure}", needs=(back,))
                    break


def _loops(steps: tuple[Step, ...], places: dict[str, int]) -> Iterator[tuple[int, int, str]]:
    """Ways back along a route: place, place it goes to, and the word that says so."""
    for at, step in enumerate(steps):
        turns = [("rework", arc.to, arc.probability) for arc in step.rework]
        turns += [("branch", arc.to, arc.probability) for arc in step.branch]
        if step.process is not None and step.process.rejects_to is not None:
            turns.append(("process", step.process.rejects_to, 1.0))
        if step.measure is not None and step.measure.sends_to is not None:
            turns.append(("measure", step.measure.sends_to, 1.0))
        for key, to, probability in turns:
            if probability > 0 and step.sample > 0 and places.get(to, at + 1) <= at:
                yield at, places[to], key
