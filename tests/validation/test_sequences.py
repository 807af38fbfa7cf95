"""Job shops with published optima: schedules of a solver, worked off by their sequences, take exactly as long.

Benchmarks: Muth and Thompson (1963), Lawrence (1984), in `sched_benchmarks.json`; a product a job, a tool a machine.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from twin.arrays import fields as f
from twin.arrays.line import compile_line
from twin.line import Line
from twin.study.batch import Batch

cp_model = pytest.importorskip("ortools.sat.python.cp_model")

CASES = {"ft06": 55, "la01": 666, "ft10": None, "ft20": None}
"""Instances and the makespan that the solver must find; None: any feasible schedule will do."""
WORK = {"ft06": 60.0, "la01": 60.0, "ft10": 0.3, "ft20": 0.3}
"""The most the solver may work, in its own deterministic time: the same schedule on every machine."""


class Shop(NamedTuple):
    """durations, machines: of each job's operations, in order."""

    durations: list[list[int]]
    machines: list[list[int]]
    optimum: int


class Schedule(NamedTuple):
    """makespan, and the jobs of each machine in the order of their starts."""

    makespan: int
    order: list[list[int]]


@pytest.fixture(scope="module")
def shops(shared: Path) -> dict[str, Shop]:
    found = json.loads((shared / "validation" / "sched_benchmarks.json").read_text())["jobshop"]
    return {name: Shop(**{key: found[name][key] for key in Shop._fields}) for name in CASES}


def solve(shop: Shop, work: float) -> Schedule:
    """A schedule by constraint programming: disjunctive machines, least makespan found within the work allowed."""
    model: Any = cp_model.CpModel()
    most = sum(map(sum, shop.durations))
    on: dict[int, list[tuple[int, Any, Any]]] = {}
    ends = []
    for job, (times, route) in enumerate(zip(shop.durations, shop.machines, strict=True)):
        before = 0
        for time, machine in zip(times, route, strict=True):
            start = model.new_int_var(0, most, "")
            interval = model.new_fixed_size_interval_var(start, time, "")
            model.add(start >= before)
            on.setdefault(machine, []).append((job, start, interval))
            before = start + time
        ends.append(before)
    makespan = model.new_int_var(0, most, "makespan")
    for end in ends:
        model.add(makespan >= end)
    for intervals in on.values():
        model.add_no_overlap([interval for _, _, interval in intervals])
    model.minimize(makespan)
    solver: Any = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = work
    assert solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    for intervals in on.values():  # the same order, nothing started later than need be
        placed = sorted(intervals, key=lambda part: (solver.value(part[1]), part[0]))
        for (_, _, first), (_, after, _) in pairwise(placed):
            model.add(after >= first.end_expr())
    assert solver.solve(model) == cp_model.OPTIMAL
    starts = [sorted((solver.value(start), job) for job, start, _ in on[machine]) for machine in sorted(on)]
    return Schedule(solver.value(makespan), [[job for _, job in placed] for placed in starts])


def as_line(shop: Shop, order: list[list[int]]) -> Line:
    """The shop in a document: a product a job, released at time 0, one lot of it; a minute a unit of time."""
    jobs = range(len(shop.durations))
    return Line(
        twin=1, line="shop", about="A job shop.",
        toolgroups={f"m{m}": {"sequence": [f"job{j}-1" for j in order[m]]} for m in range(len(order))},
        products={f"job{j}": {"route": f"r{j}", "release": {"schedule": [{"time": "0 s"}]}} for j in jobs},
        routes={
            f"r{j}": [
                {"step": f"s{k}", "toolgroup": f"m{machine}", "time": f"{time} min"}
                for k, (time, machine) in enumerate(zip(shop.durations[j], shop.machines[j], strict=True))
            ]
            for j in jobs
        },
    )  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_schedule_takes_exactly_as_long_as_the_solver_says(name: str, shops: dict[str, Shop]) -> None:
    shop = shops[name]
    schedule = solve(shop, WORK[name])
    assert CASES[name] is None or schedule.makespan == CASES[name] == shop.optimum
    assert shop.optimum <= schedule.makespan
    compiled = compile_line(as_line(shop, schedule.order))
    tick, jobs = compiled.names.tick_s, len(shop.durations)
    batch = Batch(compiled, range(1), seed=1)
    last = round(schedule.makespan * 60 / tick)
    batch.advance(last)  # works off what is due before that tick
    assert 0 < batch.worlds.product[0, :, f.PR_OUT].sum() < jobs
    batch.advance(last + 1)
    assert batch.worlds.product[0, :, f.PR_OUT].sum() == jobs
