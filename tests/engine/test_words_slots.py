"""Bernoulli machines: each time a tool could begin a run it is up with a chance, or down for a slot."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from word_lines import flow, history, spent, step, times

from twin.line import Line, LineError
from twin.line.downtime import Failure
from twin.line.edit import varied
from twin.study.capacity import capacity

SLOT: dict[str, Any] = {"bernoulli": "80 %", "slot": "1 min"}
UP = 0.8


def alone(**words: Any) -> Line:
    return flow({"a": {"failures": [SLOT], **words}}, [step("s1", "a", 1)], "saturated")


def test_a_slot_is_up_with_its_chance_or_lost_whole() -> None:
    run = history(alone(), 4000)
    loads, down, up = (np.array(times(run, what, tool="a")) for what in ("load", "down", "up"))
    assert (loads % 1 == 0).all()
    assert (up == down[: up.size] + 1).all()
    assert sorted([*loads, *down]) == list(range(4000)), "each minute a slot that is up or one that is down"
    assert abs(loads.size - UP * 4000) < 4 * math.sqrt(4000 * UP * (1 - UP))
    assert spent(run) == {"productive": loads.size, "down": down.size}
    # one slot says nothing of the next: as many pairs of lost slots as chance makes
    pairs = int((np.diff(down) == 1).sum())
    assert abs(pairs - 4000 * (1 - UP) ** 2) < 4 * math.sqrt(4000 * (1 - UP) ** 2)


def test_a_slot_is_as_long_as_it_says_whatever_the_run_takes() -> None:
    of = flow({"a": {"failures": [SLOT | {"slot": "30 s"}]}}, [step("s1", "a", 2)], "saturated")
    run = history(of, 1000)
    assert all(end - begin == 0.5 for begin, end in zip(times(run, "down"), times(run, "up"), strict=False))
    gaps = np.diff(times(run, "load"))
    assert (gaps >= 2).all() and (gaps % 0.5 == 0).all()
    # slots lost in front of each run: (1 - p) / p of 30 s, variance (1 - p) / p^2
    runs = len(times(run, "load"))
    assert abs(spent(run)["down"] / 0.5 - runs * 0.25) < 4 * math.sqrt(runs * 0.2 / UP**2)


def test_no_slot_is_lost_without_a_lot_and_a_lot_waits_in_its_place() -> None:
    of = flow({"a": {"failures": [SLOT], "buffer": 2}}, [step("s1", "a", 1)], {"every": "10 min"})
    run = history(of, 4000)
    came, loads = times(run, "queue"), times(run, "load")
    waits = [load - come for come, load in zip(came, loads, strict=False)]
    assert len(times(run, "down")) == sum(waits) > 0
    assert abs(waits.count(0) - UP * len(waits)) < 4 * math.sqrt(len(waits) * UP * (1 - UP))


def test_a_lot_goes_to_the_tool_that_is_up() -> None:
    # Of two idle tools the second takes the lot if the first loses its slot: it waits with the chance (1 - p)^2.
    of = flow({"a": {"failures": [SLOT], "tools": 2}}, [step("s1", "a", 1)], {"every": "10 min"})
    run = history(of, 8000)
    waits = [load - come for come, load in zip(times(run, "queue"), times(run, "load"), strict=False)]
    late = (1 - UP) ** 2
    assert abs(len(waits) - waits.count(0) - late * len(waits)) < 4 * math.sqrt(len(waits) * late)


def test_a_tool_that_is_down_for_a_slot_takes_no_lot_even_alone() -> None:
    clock = {"mtbf": "7.5 min", "mttr": "2 min", "clock": "calendar"}
    run = history(alone(failures=[SLOT, clock]), 500)
    stops = list(zip(times(run, "down"), times(run, "up"), strict=False))
    assert not [load for load in times(run, "load") if any(down < load < up for down, up in stops)]
    slots, repairs = run.totals.stops[0, :, 0].tolist()
    assert slots + repairs == len(times(run, "down"))
    assert len(run.stops) == 2


def test_draws_of_a_tool_are_its_own() -> None:
    few, more = (history(flow({"a": {"failures": [SLOT]}, "b": {"failures": more}},
                              [step("s1", "a", 1), step("s2", "b", 1)], "saturated"), 200)
                 for more in ([], [SLOT]))  # fmt: skip
    assert times(few, "down", tool="a") == times(more, "down", tool="a")


def test_capacity_counts_the_slots_lost_in_front_of_each_run() -> None:
    found = capacity(flow({"a": {"failures": [SLOT]}}, [step("s1", "a", 3)], {"every": "4 min"}))
    row = found.toolgroups.loc["a"]
    assert row["offered"] == pytest.approx(3 / 4)
    assert row["down"] == pytest.approx(0.25 / 4)
    assert row["of_available"] == pytest.approx(0.75 / (1 - 0.25 / 4))


def test_the_words_come_back_and_may_be_changed() -> None:
    failure = Failure.model_validate(SLOT)
    assert failure.to_document() == {"bernoulli": UP, "slot": "1 min"}
    assert Failure.model_validate(failure.to_document()) == failure
    assert varied(alone(), {"toolgroups.a.failures.bernoulli": "90 %"}).toolgroups["a"].failures[0].bernoulli == 0.9
    assert varied(alone(), {"toolgroups.a.failures.slot": "30 s"}).toolgroups["a"].failures[0].mttr.mean == 30


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"bernoulli": "90 %"}, "failures.0.bernoulli: needs the length of a slot; write 'slot: 60 s' too"),
    ({"slot": "1 min"}, "failures.0.slot: belongs to bernoulli; write 'bernoulli: 90 %' too"),
    (SLOT | {"mttr": "1 min"}, "failures.0.mttr: stands beside bernoulli, which says all but its slot"),
    (SLOT | {"bernoulli": "100 %"}, "neither always nor never up; leave the failure out"),
    (SLOT | {"bernoulli": "0 %"}, "neither always nor never up; write more than 0 %"),
    (SLOT | {"bernoulli": "120 %"}, "failures.0.bernoulli: "),
    (SLOT | {"slot": "0 s"}, "failures.0.slot: "),
]


@pytest.mark.parametrize(("failure", "told"), FAULTS)
def test_words_that_do_not_fit_are_told(failure: dict[str, Any], told: str) -> None:
    with pytest.raises(LineError) as error:
        alone(failures=[failure])
    assert told in str(error.value)
    assert len(error.value.faults) == 1


def refused(group: dict[str, Any], **more: Any) -> str:
    with pytest.raises(LineError) as error:
        flow({"a": group, "b": {}}, [step("s1", "a", 1, **more), step("s2", "b", 1)], "saturated",
             crews={"men": {"count": 1}})  # fmt: skip
    assert len(error.value.faults) == 1
    return str(error.value)


def test_what_cannot_be_is_told() -> None:
    assert "leave this one out" in refused({"failures": [SLOT, SLOT]})
    assert "ends by itself" in refused({"failures": [SLOT], "crew": {"repair": "men"}})
    assert "'a' has bernoulli failures: its tools take one lot a run" in refused({"failures": [SLOT]}, batch={"max": 2})
    assert "leave cascade or that out" in refused({"failures": [SLOT]}, cascade={"every": "30 s"})
