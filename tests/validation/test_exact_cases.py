"""Exact values of queues and lines, held by the engine's intervals.

Every case runs until the 99 % half-width of each of its values is below 0.5 %. Of all intervals at least
97 % must hold the exact value, and none may miss it by more than 4 standard errors.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exact_lines import FAMILIES, UNIT_S
from exact_measures import Measures
from scipy.special import stdtrit

from twin.arrays.line import compile_line
from twin.study.batch import Batch, Snapshot, join_totals, totals_between

REPLICATIONS = 24
LOTS = 2.0e6
"""Lots a round of replications is meant to see; rounds follow until the intervals are narrow enough."""
WARM_SHARE = 0.05
HALF_WIDTH = 0.005 * 0.98
MOST_ROUNDS = 400


@dataclass
class Verdict:
    """A value of a case: exact, measured, its standard error and half of its 99 % interval."""

    case: str
    metric: str
    exact: float
    mean: float
    error: float
    half: float

    @property
    def off(self) -> float:
        """Distance from the exact value in standard errors."""
        return abs(self.mean - self.exact) / self.error

    def __str__(self) -> str:
        value = f"{self.mean:.6g} +- {self.half:.2g}"
        return f"{self.case} {self.metric}: {value}, exact {self.exact:.6g}, {self.off:.2f} SE"


Case = tuple[str, str, dict[str, Any], dict[str, float]]


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[Case]:
    """(id, family, params, exact value by metric) of every case of a family we claim."""
    file = Path(os.environ.get("TWIN_EXACT_CASES") or shared / "validation" / "exact_cases.csv")
    found: dict[str, Case] = {}
    with file.open(newline="") as stream:
        for row in csv.DictReader(stream):
            if row["family"] in FAMILIES:
                case = found.setdefault(row["id"], (row["id"], row["family"], json.loads(row["params"]), {}))
                case[3][row["metric"]] = float(row["exact"])
    return list(found.values())


def rounds(case: Case) -> Iterator[Measures]:
    """The measures of a case after each round of replications."""
    _, family, params, _ = case
    line = FAMILIES[family](params)
    compiled = compile_line(line)
    rate = sum(params["lam"]) if isinstance(params.get("lam"), list) else params.get("lam", 0.6)
    units = min(LOTS / REPLICATIONS / rate, 1.0e7)
    ticks = round(units * UNIT_S / line.tick)
    warm = round(ticks * WARM_SHARE)
    parts = []
    for k in range(MOST_ROUNDS):
        batch = Batch(compiled, range(k * REPLICATIONS, (k + 1) * REPLICATIONS), seed=2020)
        batch.advance(warm)
        start = Snapshot(batch)
        batch.advance(warm + ticks)
        parts.append(totals_between(start, Snapshot(batch), line.tick, batch))
        yield Measures(join_totals(parts), compiled.names, params)


def judge(case: Case) -> list[Verdict]:
    """Run a case until its intervals are narrow."""
    name, family, _, exact = case
    verdicts: list[Verdict] = []
    for measures in rounds(case):
        verdicts = []
        for metric, value in exact.items():
            sample = measures.value(metric)
            error = float(sample.std(ddof=1) / np.sqrt(sample.size))
            if family == "deterministic_line":
                error = 1.0 / measures.span  # nothing varies: within one lot a horizon
            half = float(stdtrit(sample.size - 1, 0.995)) * error
            verdicts.append(Verdict(name, metric, value, float(sample.mean()), error, half))
        if all(v.half < HALF_WIDTH * abs(v.exact) for v in verdicts):
            return verdicts
    raise AssertionError(f"{name}: intervals still too wide: {[str(v) for v in verdicts]}")


def test_the_engine_holds_the_exact_values(cases: list[Case]) -> None:
    assert cases, "the file has no case of a family we claim"
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        verdicts = [v for case in pool.map(judge, cases) for v in case]
    beyond = [str(v) for v in verdicts if v.off > 4]
    assert not beyond, beyond
    missed = [str(v) for v in verdicts if abs(v.mean - v.exact) > v.half]
    assert len(missed) <= 0.03 * len(verdicts), missed
