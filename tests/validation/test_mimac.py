"""MIMAC Fab4r by ATCS and a minimum batch, against another simulator's regression run (see ../shared/mimac)."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from twin.line import Line, read
from twin.line.edit import varied
from twin.line.jasima import Order, import_jasima
from twin.results import Results
from twin.results.figure import t_quantile
from twin.study.simulate import simulate

REPLICATIONS = 8
COMPLETED, CYCLE, ON_TIME, TARDINESS, WEIGHTED = 2, 3, 4, 9, 10
PUBLISHED = {"flow time": 12_499.1, "tardiness": 2_192.6, "weighted": 7_031.2, "tardy": 0.815, "wip": 32_926 - 32_799}
STARTED = 32_926


def fab4r(shared: Path, folder: Path) -> Line:
    """The fab as its note says: rates, due dates, weights, rule, ties by first at shop, least batch."""
    order = Order(starts=(4.5, 10.5), batch_min="75 %", rule=["atcs", "fasfs"], atcs={"k1": 0.01, "k2": 0.5})
    import_jasima(shared / "mimac" / "fab4r.txt", folder / "fab4r.yaml", order)
    return read(folder / "fab4r.yaml")


def measured(results: Results) -> dict[str, np.ndarray]:
    """Figures of each replication, times in minutes   (replication,) each."""
    lots = results.totals.product.sum(axis=1).astype(float)
    minutes = results.totals.tick_s / 60
    completed = lots[:, COMPLETED]
    return {
        "flow time": lots[:, CYCLE] / completed * minutes,
        "tardiness": lots[:, TARDINESS] / completed * minutes,
        "weighted": lots[:, WEIGHTED] / completed * minutes,
        "tardy": 1 - lots[:, ON_TIME] / completed,
        "wip": results.totals.wip_end.sum(axis=1).astype(float),
    }


def beyond(values: np.ndarray, published: float) -> float:
    """How far a single run lies from these, in half-widths of the 95 % prediction interval of one run."""
    spread = float(values.std(ddof=1)) * math.sqrt(1 + 1 / values.size)
    return abs(published - float(values.mean())) / (t_quantile(values.size - 1) * spread)


@pytest.mark.slow
def test_fab4r_lies_within_the_prediction_interval_of_a_single_run(shared: Path, tmp_path: Path) -> None:
    line = fab4r(shared, tmp_path)
    found = measured(simulate(line, horizon="2190 d", warmup="365 d", replications=REPLICATIONS, seed=1, device="cpu"))
    far = {name: beyond(found[name], published) for name, published in PUBLISHED.items()}
    assert max(far.values()) <= 1, (far, found)
    # starts are Poisson: 15 a day for 2190 days, whatever the fab does.
    assert abs(STARTED - 15 * 2190) < 1.96 * math.sqrt(15 * 2190)


@pytest.mark.slow
def test_the_slack_to_the_lots_own_due_date_is_another_rule(shared: Path, tmp_path: Path) -> None:
    """The note's d may be read as the lot's due date; the published run then lies far outside."""
    line = fab4r(shared, tmp_path)
    line = varied(line, {f"toolgroups.{group}.atcs.due": "lot" for group in line.toolgroups})
    results = simulate(line, horizon="730 d", warmup="365 d", replications=4, seed=1, device="cpu")
    assert measured(results)["weighted"].mean() > 1.4 * PUBLISHED["weighted"]
