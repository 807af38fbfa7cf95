"""Dispatch rules as users write them, for the engine's tests: named in documents as `rules_of_mine:NAME`."""

from __future__ import annotations

from typing import Any

from numba import njit

NO_DUE = 1 << 62
WEIGHTS = (3, 5)
DAY = 86_400_000


def first_come(lot, tool, state):
    """`fifo`; looks at the lot alone, so that the queue is kept sorted by it."""
    return lot.queued


def longest_wait(lot, tool, state):
    """`fifo`; looks at the clock, so that the queue is looked through."""
    return lot.queued - state.now


def last_come(lot, tool, state):
    """`lifo`."""
    return -lot.queued


def earliest_due(lot, tool, state):
    """`edd`."""
    return lot.due


def shortest(lot, tool, state):
    """`spt`, whatever the tool."""
    return lot.process_ticks + 0 * tool.number


def least_left(lot, tool, state):
    """`srpt`."""
    return lot.remaining_ticks


def hot(lot, tool, state):
    """`priority`."""
    return -lot.priority


def quick_setup(lot, tool, state):
    """`least_setup`."""
    return tool.setup_ticks


def critical(lot, tool, state):
    """`cr`, in steps of 2^-10."""
    if lot.due == NO_DUE:
        return NO_DUE
    return ((lot.due - state.now) << 10) // max(lot.remaining_ticks, 1)


@njit
def _stirred(a, b):
    return (a * WEIGHTS[0] + b * WEIGHTS[1]) % 101


def mixture(lot, tool, state):
    """Nonsense that depends on everything a rule may look at."""
    about_lot = lot.product + 2 * lot.serial + lot.units + lot.priority + lot.step + lot.visit
    about_time = (lot.released + lot.queued + lot.process_ticks + lot.remaining_ticks + lot.due % DAY) // 60_000
    about_tool = tool.number + 3 * tool.setup + tool.setup_ticks // 60_000 + tool.min_run + tool.units_since_pm
    about_now = state.now // 60_000 + 5 * state.waiting + 7 * state.idle
    return _stirred(about_lot * about_tool, about_time + about_now * lot.serial)


@njit
def _refuse_later(tick):
    if tick > 600_000:
        raise ValueError("not after ten minutes")
    return 0


def brittle(lot, tool, state):
    """Breaks when two lots wait after ten minutes."""
    return lot.queued + _refuse_later(state.now)


RULES = (first_come, longest_wait, last_come, earliest_due, shortest, least_left, hot, quick_setup, critical, mixture,
         brittle)  # fmt: skip
"""All of them, in the order in which the tests compile them, into one engine."""
NAMES = tuple(f"rules_of_mine:{rule.__name__}" for rule in RULES)

SEEN: list[Any] = []


def recorder(lot, tool, state):
    """First come, first served; keeps what it was shown. In plain Python alone."""
    SEEN.append([lot._asdict(), tool._asdict(), state._asdict()])
    return lot.queued
