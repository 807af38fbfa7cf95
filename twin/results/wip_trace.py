"""WIP over time: what every replication had in the line, and had sent out of it, at each of a row of times."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.results.figure import Floats, t_quantile
from twin.results.settings import DAY_S

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.results import Results

TABLE = "wip_over_time"
PER_SAMPLE = ("normal", "outs", "normal_outs")
"""What a trace may hold beside the WIP, a value a replication and sample each."""
BAND = (5.0, 95.0)
"""Percentiles of the replications between which the band lies."""


@dataclass(frozen=True)
class WipTrace:
    """Lots in the line and out of it at each sample, all products together.

    times_s: when it was looked at, ascending [s]                                    (sample,)
    wip:     lots in the line [lot]                                                  (world, sample)
    normal:  the same of the line without its changes for a time, on the same luck [lot]; None where it was not run
                                                                                     (world, sample)
    out:     lots that left in the measured time more than without those changes [lot]   (world,)
    outs:    lots that left from the start to the sample [lot]; None in runs saved before it was noted
                                                                                     (world, sample)
    normal_outs: the same of the line without its changes for a time [lot]           (world, sample)
    """

    times_s: Floats
    wip: Floats
    normal: Floats | None = None
    out: Floats | None = None
    outs: Floats | None = None
    normal_outs: Floats | None = None

    def frame(self) -> pd.DataFrame:
        """One row a sample: the mean, its 95 % interval, and the band that 90 % of the replications lie in [lot].

        Index: day. NaN where one replication has no interval. `normal_` begins the columns of the line without its
        changes for a time, where it was run too.
        """
        import pandas as pd

        columns = of_samples(self.wip)
        if self.normal is not None:
            columns |= {f"normal_{key}": values for key, values in of_samples(self.normal).items()}
        return pd.DataFrame(columns, index=pd.Index(self.times_s / DAY_S, name="day"))


def of_samples(values: Floats) -> dict[str, Floats]:
    """Mean, ends of its 95 % interval (Student's t) and percentiles over the replications.

    values: (world, sample) -> (sample,) each
    """
    worlds = values.shape[0]
    mean = values.mean(axis=0)
    low, high = np.percentile(values, BAND, axis=0)
    if worlds < 2:
        half = np.full(mean.shape, np.nan)
    else:
        half = t_quantile(worlds - 1) * values.std(axis=0, ddof=1) / np.sqrt(worlds)
    return {"mean": mean, "low": mean - half, "high": mean + half, "p5": low, "p95": high}


def columns(trace: WipTrace) -> dict[str, Any]:
    """The trace as flat columns for parquet: every replication, from 1, and sample a row."""
    worlds, samples = trace.wip.shape
    found: dict[str, Any] = {
        "replication": np.repeat(np.arange(worlds) + 1, samples),
        "time_s": np.tile(trace.times_s, worlds),
        "wip": trace.wip.reshape(-1),
    }
    for name in PER_SAMPLE:
        values = getattr(trace, name)
        if values is not None:
            found[name] = values.reshape(-1)
    if trace.out is not None:
        found["out_more"] = np.repeat(trace.out, samples)
    return found


def save(results: Results, folder: Path) -> None:
    """Write the trace, if the run has one, beside the run's other tables."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if results.wip_trace is not None:
        pq.write_table(pa.table(columns(results.wip_trace)), folder / f"{TABLE}.parquet", compression="zstd")


def load(folder: Path, worlds: int) -> WipTrace | None:
    """The trace of a saved run; None if it has none."""
    import pyarrow.parquet as pq

    file = folder / f"{TABLE}.parquet"
    if not file.is_file():
        return None
    table = pq.read_table(file)
    known = {name: table[name].to_numpy().reshape(worlds, -1) for name in table.column_names}
    return WipTrace(
        times_s=known["time_s"][0],
        wip=known["wip"],
        out=known["out_more"][:, 0] if "out_more" in known else None,
        **{name: known.get(name) for name in PER_SAMPLE},
    )
