"""What does an event log alone tell of a line: its bottleneck, its touch time, its cycle time?

python examples/from_event_log.py

The mini-fab runs, and what its tools do is written down as a plant's system would: lot, step, tool, start and end.
Nothing of setups, maintenance, breakdowns, people or transport is in that log. A line is drafted from it, and run
with the log's own arrivals: what the log says nothing of is in the delays between steps, or missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

import twin
from twin.line.eventlog import EventLogReport, Reading, import_eventlog
from twin.scene import SceneUnavailable

MODEL = "fab/mini_fab"
FOLDER = Path("runs/from_event_log")
HOUR = 3600.0
COLUMNS = {"case": "lot", "activity": "step", "resource": "tool", "start": "start_s", "end": "end_s"}


class Drafted(NamedTuple):
    """The run that made the log, what was read in the log, and the run of the line drafted from it."""

    truth: twin.Results
    report: EventLogReport
    results: twin.Results


def main(horizon: str = "120 d", replications: int = 8, image: str = "from_event_log.png") -> Drafted:
    truth = twin.simulate(MODEL, horizon=horizon, warmup="0 d", replications=1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    log, document = FOLDER / "event_log.csv", FOLDER / "drafted.yaml"
    event_log(truth).to_csv(log, index=False)
    report = import_eventlog(log, document, Reading(COLUMNS, time_format="s"), arrivals="log", force=True)
    print(report)
    results = twin.simulate(str(document), horizon=horizon, replications=replications)
    told = Drafted(truth, report, results)
    print(f"\nbottleneck: {truth.bottleneck} in the mini-fab, {results.bottleneck} by its log")
    print(f"cycle time from the first start: {logged(told):.1f} h in the log, {drafted(told):.1f} h in the draft")
    try:
        twin.show(results, image=image)
    except SceneUnavailable as reason:
        print(reason)
    return told


def event_log(results: twin.Results) -> pd.DataFrame:
    """A row for each lot on a tool, from the tools' bars; lots of a batch have a row each.

    Lots that were still in the line at the end are left out: their way is not whole.
    """
    bars = pd.concat([twin.gantt(results, group).frame for group in results.line.toolgroups])
    runs = bars[bars["state"] == "productive"]
    # a run that was interrupted, or waited for the operator to unload, is one from its start to its end
    runs = runs.groupby(["lots", "step", "tool"], as_index=False).agg({"start_s": "min", "end_s": "max"})
    runs["lot"] = runs.pop("lots").str.split(", ")
    log = runs.explode("lot", ignore_index=True)
    log["product"] = log["lot"].str.rpartition("-")[0]
    last = {name: results.line.routes[product.route][-1].step for name, product in results.line.products.items()}
    done = log[log["step"] == log["product"].map(last)]
    return log[log["lot"].isin(done["lot"])].sort_values(["lot", "start_s"])


def logged(told: Drafted) -> float:
    """Mean cycle time in the log [h]."""
    return float(np.mean(told.report.draft.cycle_s)) / HOUR


def drafted(told: Drafted) -> float:
    """Mean cycle time of the drafted line [h]."""
    figure: Any = told.results.cycle_time
    return float(figure.mean) * 24


def check(told: Drafted) -> None:
    """The log shows the tools, the bottleneck and the touch time; of the cycle time about a sixth is missing."""
    drafted_groups = {group.name: group for group in told.report.draft.groups}
    mine = {step.step for step in told.truth.line.routes["Pa"] if step.toolgroup == told.truth.bottleneck}
    assert set(drafted_groups[str(told.results.bottleneck)].activities) == mine
    assert {group.tools for group in drafted_groups.values()} == {1, 2}
    touch = told.report.draft.touch_s.mean()
    assert abs(told.report.draft.law_touch_s / touch - 1) < 0.02
    assert 0.75 * logged(told) < drafted(told) < logged(told)


if __name__ == "__main__":
    check(main())
