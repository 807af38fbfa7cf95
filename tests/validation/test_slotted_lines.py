"""Lines in slots against their Markov chains, which are solved here from the words of their models.

The exact cases have six of them; here other machines and buffers, and the chains themselves against what is published.
Bernoulli lines: J. Li, S. M. Meerkov, Production Systems Engineering (2009), chapter 4: at the start of a slot a
machine is up with the chance p; it is starved if its buffer is empty, and blocked if the next one is full and the next
machine takes nothing in this slot. Deterministic two-machine line: S. B. Gershwin, Manufacturing Systems Engineering
(1994), chapter 3.2, with failures that depend on operation.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from exact_lines import UNIT_S, bernoulli_line, gershwin_deterministic
from exact_measures import Measures
from numpy.typing import NDArray

from twin.arrays.line import compile_line
from twin.line import Line
from twin.study.batch import Batch, Snapshot, totals_between

Floats = NDArray[np.float64]


def stationary(moves: Floats) -> Floats:
    """The stationary distribution of a Markov chain   (state,); moves: chances from row to column."""
    size = len(moves)
    equations = np.vstack([moves.T - np.eye(size), np.ones(size)])
    return np.asarray(np.linalg.lstsq(equations, np.append(np.zeros(size), 1.0), rcond=None)[0])


def bernoulli_rate(p: list[float], buf: list[int]) -> float:
    """Lots a slot of a Bernoulli line, by its chain over the buffers' contents at the start of a slot."""
    states = list(product(*(range(n + 1) for n in buf)))
    place = {state: i for i, state in enumerate(states)}
    moves, made = np.zeros((len(states), len(states))), np.zeros(len(states))
    for state in states:
        for ups in product((False, True), repeat=len(p)):
            chance = float(np.prod([q if up else 1 - q for q, up in zip(p, ups, strict=True)]))
            works = [False] * len(p)
            for m in reversed(range(len(p))):
                fed = m == 0 or state[m - 1] > 0
                room = m == len(p) - 1 or state[m] < buf[m] or works[m + 1]
                works[m] = ups[m] and fed and room
            after = tuple(n + works[b] - works[b + 1] for b, n in enumerate(state))
            moves[place[state], place[after]] += chance
            made[place[state]] += chance * works[-1]
    return float(stationary(moves) @ made)


def gershwin_rate(p: dict[str, Any]) -> float:
    """Lots a slot of the deterministic two-machine line, by its chain over (parts, first up, second up)."""
    states = list(product(range(p["N"] + 1), (False, True), (False, True)))
    place = {state: i for i, state in enumerate(states)}
    moves, made = np.zeros((len(states), len(states))), np.zeros(len(states))
    for n, up1, up2 in states:
        can1, can2 = n < p["N"], n > 0
        for now1, now2 in product((False, True), repeat=2):
            chance = 1.0
            for was, now, can, r, f in ((up1, now1, can1, p["r1"], p["p1"]), (up2, now2, can2, p["r2"], p["p2"])):
                ready = (1 - f if can else 1.0) if was else r
                chance *= ready if now else 1 - ready
            after = (n + (now1 and can1) - (now2 and can2), now1, now2)
            moves[place[n, up1, up2], place[after]] += chance
            made[place[n, up1, up2]] += chance * (now2 and can2)
    return float(stationary(moves) @ made)


def pse_rate(p1: float, p2: float, n: int) -> float:
    """Production rate of two Bernoulli machines with n places between them (Li and Meerkov, eq. 4.13 ff.)."""
    if p1 == p2:
        return p1 * (1 - (1 - p1) / (n + 1 - p1))
    alpha = p1 * (1 - p2) / (p2 * (1 - p1))
    return p2 * (1 - (1 - p1) * (1 - alpha) / (1 - p1 / p2 * alpha**n))


def measured(line: Line, slots: float, replications: int = 24) -> tuple[float, float]:
    """Lots a slot and its standard error."""
    compiled = compile_line(line)
    batch = Batch(compiled, range(replications), seed=1789)
    slot = round(UNIT_S / line.tick)
    batch.advance(round(slots / 20) * slot)
    start = Snapshot(batch)
    batch.advance(round(slots / 20 + slots) * slot)
    sample = Measures(totals_between(start, Snapshot(batch), line.tick, batch), compiled.names, {}).value("throughput")
    return float(sample.mean()), float(sample.std(ddof=1) / np.sqrt(sample.size))


def test_the_chains_give_what_is_published() -> None:
    assert bernoulli_rate([0.9, 0.9], [3]) == pytest.approx(0.870967742, abs=1e-9)
    assert bernoulli_rate([0.9, 0.85, 0.9], [2, 2]) == pytest.approx(0.79973392, abs=1e-8)
    for p1, p2, n in ((0.9, 0.9, 3), (0.8, 0.9, 3), (0.95, 0.6, 5), (0.7, 0.7, 1)):
        assert pse_rate(p1, p2, n) == pytest.approx(bernoulli_rate([p1, p2], [n]), abs=1e-12)
    first = {"r1": 0.1, "p1": 0.01, "r2": 0.1, "p2": 0.01, "N": 10}
    assert gershwin_rate(first) == pytest.approx(0.856174931, abs=1e-9)
    assert gershwin_rate(first | {"r1": 0.05, "p2": 0.02, "N": 20}) == pytest.approx(0.761131167, abs=1e-9)


BERNOULLI: list[tuple[list[float], list[int]]] = [
    ([0.7, 0.7], [1]), ([0.6, 0.9], [2]), ([0.95, 0.8], [5]), ([0.8, 0.7, 0.9], [1, 1]),
    ([0.6, 0.8, 0.7, 0.9], [2, 1, 3]),
]  # fmt: skip


@pytest.mark.parametrize(("p", "buf"), BERNOULLI)
def test_bernoulli_machines_make_what_their_chain_says(p: list[float], buf: list[int]) -> None:
    mean, error = measured(bernoulli_line({"p": p, "buf": buf}), 20_000)
    assert error < 0.001
    assert abs(mean - bernoulli_rate(p, buf)) < 4 * error


GERSHWIN = [
    {"r1": 0.3, "p1": 0.1, "r2": 0.4, "p2": 0.08, "N": 2},
    {"r1": 0.5, "p1": 0.2, "r2": 0.3, "p2": 0.1, "N": 5},
    {"r1": 0.9, "p1": 0.4, "r2": 0.8, "p2": 0.3, "N": 3},
]


@pytest.mark.parametrize("params", GERSHWIN)
def test_machines_that_fail_in_slots_make_what_their_chain_says(params: dict[str, Any]) -> None:
    mean, error = measured(gershwin_deterministic(params), 20_000)
    assert error < 0.002
    assert abs(mean - gershwin_rate(params)) < 4 * error
