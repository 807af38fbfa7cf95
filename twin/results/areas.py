"""Areas of a plant, and what each did over time: moves, WIP and turns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.results.figure import Floats
from twin.results.settings import DAY_S
from twin.results.wip_trace import of_samples

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from twin.arrays.names import Names
    from twin.line import Line

TABLE = "areas_over_time"


def areas_of(line: Line) -> tuple[str, ...]:
    """The areas that products pass, in the order of the toolgroups; a toolgroup without one is an area of its own."""
    used = {step.toolgroup for product in line.products.values() for step in line.routes[product.route]}
    return tuple(dict.fromkeys(group.area or name for name, group in line.toolgroups.items() if name in used))


def area_of_passages(line: Line, names: Names) -> NDArray[np.int64]:
    """Which of `areas_of` each passage (`Names.steps_of`) belongs to   (passage,)."""
    place = {area: k for k, area in enumerate(areas_of(line))}
    group_of = {(route, step.step): step.toolgroup for route, steps in line.routes.items() for step in steps}
    groups = [group_of[names.steps[k]] for steps in names.steps_of for k in steps]
    return np.array([place[line.toolgroups[name].area or name] for name in groups], dtype=np.int64)


@dataclass(frozen=True)
class AreaTrace:
    """What each area did from the start to each sample.

    areas:   their names                                                (area,)
    times_s: when it was looked at, ascending [s]                       (sample,)
    moves:   lot-steps done since the start                             (world, sample, area)
    lot_s:   time that lots spent at the area's steps since the start, from setting out for a step to being done with
             it [lot s]                                                 (world, sample, area)
    """

    areas: tuple[str, ...]
    times_s: Floats
    moves: NDArray[np.int64]
    lot_s: Floats

    def frame(self) -> pd.DataFrame:
        """One row an area and time between two samples; index (area, from, to) [d].

        Columns (figure, value): moves [lot-step/d], wip: mean lots [lot], turns: moves ÷ wip [1/d]; value: mean, low
        and high of the 95 % interval, p5 and p95 over the replications. NaN where there is no interval or no WIP.
        """
        import pandas as pd

        days = np.diff(self.times_s) / DAY_S
        moves = np.diff(self.moves, axis=1) / days[None, :, None]
        wip = np.diff(self.lot_s, axis=1) / DAY_S / days[None, :, None]
        turns = np.divide(moves, wip, out=np.full(wip.shape, np.nan), where=wip > 0)
        columns: dict[tuple[str, str], Any] = {}
        for name, values in (("moves", moves), ("wip", wip), ("turns", turns)):
            flat = values.transpose(0, 2, 1).reshape(values.shape[0], -1)
            columns |= {(name, key): column for key, column in of_samples(flat).items()}
        begins, ends = self.times_s[:-1] / DAY_S, self.times_s[1:] / DAY_S
        rows = [(area, *span) for area in self.areas for span in zip(begins, ends, strict=True)]
        return pd.DataFrame(columns, index=pd.MultiIndex.from_tuples(rows, names=["area", "from", "to"]))


def save(trace: AreaTrace | None, folder: Path) -> None:
    """Write the trace, if the run has one, beside the run's other tables: every replication, from 1, sample, area."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if trace is None:
        return
    worlds, samples, areas = trace.moves.shape
    table = {
        "replication": np.repeat(np.arange(worlds) + 1, samples * areas),
        "time_s": np.tile(np.repeat(trace.times_s, areas), worlds),
        "area": pa.array(list(trace.areas) * (worlds * samples), type=pa.string()),
        "moves": trace.moves.reshape(-1),
        "lot_s": trace.lot_s.reshape(-1),
    }
    pq.write_table(pa.table(table), folder / f"{TABLE}.parquet", compression="zstd")


def load(folder: Path, worlds: int) -> AreaTrace | None:
    """The trace of a saved run; None if it has none."""
    import pyarrow.parquet as pq

    file = folder / f"{TABLE}.parquet"
    if not file.is_file():
        return None
    table = pq.read_table(file)
    areas = tuple(dict.fromkeys(table["area"].to_pylist()))
    moves, lot_s, times = (
        table[name].to_numpy().reshape(worlds, -1, len(areas)) for name in ("moves", "lot_s", "time_s")
    )
    return AreaTrace(areas, times[0, :, 0], moves, lot_s)
