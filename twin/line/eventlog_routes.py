"""A route from traces: steps in order, and with which probability a case goes from each to which next.

Of two readings the one with the smaller Bayesian criterion is taken, k log n - 2 log L with k free probabilities and n
moves (Schwarz 1978, Annals of Statistics 6, 461-464): an activity is one step, however often a case comes back to it;
or every visit is a step of its own, as on a route that passes the same station several times in a fixed order.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .arcs import END

BEGIN = ""
MOST_STEPS = 400
_SWAPS = 200  # passes over the order, at most
MILLION = 1_000_000

Move = tuple[str, str]


@dataclass(frozen=True)
class Flow:
    """The way of the cases of one product.

    steps:  names in order; activity: of each step
    labels: step of each event, trace by trace, end to end
    moves:  how often a case went from one step to another, `BEGIN` and `END` among them
    unrolled: every visit is a step of its own
    """

    steps: tuple[str, ...]
    activity: Mapping[str, str]
    labels: tuple[str, ...]
    moves: Mapping[Move, int]
    unrolled: bool

    def onward(self, step: str) -> dict[str, int]:
        """Where cases went from a step, in the order of the route."""
        place = {name: i for i, name in enumerate((*self.steps, END))}
        found = {to: count for (start, to), count in self.moves.items() if start == step}
        return dict(sorted(found.items(), key=lambda pair: place[pair[0]]))

    @property
    def backward(self) -> float:
        """Share of the moves between steps that go to the same step or an earlier one."""
        place = {name: i for i, name in enumerate(self.steps)}
        inner = {move: count for move, count in self.moves.items() if move[0] in place and move[1] in place}
        back = sum(count for (start, to), count in inner.items() if place[to] <= place[start])
        return back / max(1, sum(inner.values()))


def find_flow(traces: Sequence[Sequence[str]]) -> Flow:
    """The route of some traces, each the activities of a case in order."""
    plain = [list(trace) for trace in traces]
    visits = [_visits(trace) for trace in traces]
    names = _visit_names(visits)
    told_apart = [[names[visit] for visit in trace] for trace in visits]
    again = len(names) > len({activity for activity, _ in names})
    unrolled = again and len(names) <= MOST_STEPS and _criterion(_moves(told_apart)) < _criterion(_moves(plain))
    chosen = told_apart if unrolled else plain
    activity = {name: visit[0] for visit, name in names.items()}
    moves = _moves(chosen)
    labels = tuple(label for trace in chosen for label in trace)
    return Flow(_ordered(chosen, moves), activity, labels, moves, unrolled)


def _visits(trace: Sequence[str]) -> list[tuple[str, int]]:
    """Each activity with how often it came so far."""
    seen: Counter[str] = Counter()
    found = []
    for activity in trace:
        seen[activity] += 1
        found.append((activity, seen[activity]))
    return found


def _visit_names(visits: Iterable[Sequence[tuple[str, int]]]) -> dict[tuple[str, int], str]:
    """A name for each visit: that of the activity, then with a number that no activity's name has."""
    every = sorted({visit for trace in visits for visit in trace}, key=lambda visit: (visit[1], visit[0]))
    names: dict[tuple[str, int], str] = {}
    taken: set[str] = set()
    for activity, number in every:
        name = activity if number == 1 else f"{activity} {number}"
        while name in taken:
            name += "'"
        taken.add(name)
        names[activity, number] = name
    return names


def _moves(traces: Iterable[Sequence[str]]) -> Counter[Move]:
    found: Counter[Move] = Counter()
    for trace in traces:
        found.update(zip((BEGIN, *trace), (*trace, END), strict=True))
    return found


def _criterion(moves: Mapping[Move, int]) -> float:
    """Schwarz's criterion of first-order probabilities."""
    leaving: Counter[str] = Counter()
    for (start, _), count in moves.items():
        leaving[start] += count
    likelihood = sum(count * math.log(count / leaving[start]) for (start, _), count in moves.items())
    return (len(moves) - len(leaving)) * math.log(sum(moves.values())) - 2 * likelihood


def _ordered(traces: Iterable[Sequence[str]], moves: Mapping[Move, int]) -> tuple[str, ...]:
    """Steps by where they first come in the traces, neighbours swapped while that leaves fewer moves backward."""
    places: dict[str, list[int]] = {}
    for trace in traces:
        for i, step in enumerate(dict.fromkeys(trace)):
            places.setdefault(step, []).append(i)
    order = sorted(places, key=lambda step: (sum(places[step]) / len(places[step]), step))
    for _ in range(_SWAPS):
        swapped = False
        for i in range(len(order) - 1):
            first, second = order[i], order[i + 1]
            if moves.get((second, first), 0) > moves.get((first, second), 0):
                order[i], order[i + 1], swapped = second, first, True
        if not swapped:
            break
    return tuple(order)


def probabilities(counts: Mapping[str, int]) -> dict[str, str]:
    """Shares as texts of six digits that add up to 1, to the last one (largest remainders)."""
    total = sum(counts.values())
    whole = {name: divmod(count * MILLION, total) for name, count in counts.items()}
    missing = MILLION - sum(share for share, _ in whole.values())
    up = set(sorted(whole, key=lambda name: -whole[name][1])[:missing])
    parts = {name: share + (name in up) for name, (share, _) in whole.items()}
    return {name: f"{part / MILLION:.6f}".rstrip("0").rstrip(".") for name, part in parts.items()}
