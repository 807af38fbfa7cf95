"""A forecast: moves of each area shift by shift, lots out, and when each lot of the WIP leaves the line."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.results import record
from twin.results.figure import CONFIDENCE, Floats, t_quantile
from twin.results.report import WIDTH, Row, set_sheet
from twin.results.settings import ResultsError, Settings
from twin.results.sheets import Sheet, table_rows

if TYPE_CHECKING:
    import pandas as pd

    from twin.line import Line
    from twin.results.areas import AreaTrace

HOUR_S = 3600.0
BAND = (5.0, 95.0)
"""Percentiles of the replications between which the ranges of a forecast lie."""
MOST_LOTS = 20
"""Lots that the report tells, those nearest to their due dates first."""


@dataclass(frozen=True)
class Forecast:
    """What a line does from now on, over replications that differ only in their luck.

    Ranges (p5, p95) are those that 90 % of the replications lie in: where the plant itself will lie. The interval of a
    mean (low, high; 95 %) only says how well the replications tell the mean.

    line:     the line, its `wip` and its `tool_states`
    settings: how it was run; the horizon is how far lots were followed
    hours:    how far moves and outs are told [h]
    trace:    moves of each area, looked at every shift
    outs:     lots of each product out in the hours                       (world, product)
    finish_s: when each lot of `wip` left, NaN: not within the horizon [s] (world, lot)
    """

    line: Line
    settings: Settings
    hours: float
    trace: AreaTrace
    outs: Floats
    finish_s: Floats

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Moves by area and shift; index (area, from_h, to_h); columns mean, low, high, p5, p95 [lot-step]."""
        import pandas as pd

        moves = np.diff(self.trace.moves, axis=1)
        ends = self.trace.times_s / HOUR_S
        rows = [
            (area, ends[k], ends[k + 1]) for area in self.trace.areas for k in range(ends.size - 1)
        ]
        flat = moves.transpose(0, 2, 1).reshape(moves.shape[0], -1)
        return pd.DataFrame(_of(flat), index=pd.MultiIndex.from_tuples(rows, names=["area", "from_h", "to_h"]))

    @cached_property
    def areas(self) -> pd.DataFrame:
        """Moves of each area over all the hours; columns mean, low, high, p5, p95 [lot-step]."""
        import pandas as pd

        whole = (self.trace.moves[:, -1] - self.trace.moves[:, 0]).astype(np.float64)
        return pd.DataFrame(_of(whole), index=pd.Index(self.trace.areas, name="area"))

    @cached_property
    def products(self) -> pd.DataFrame:
        """Lots of each product out within the hours, lots of the WIP too; columns mean, low, high, p5, p95 [lot]."""
        import pandas as pd

        return pd.DataFrame(_of(self.outs), index=pd.Index(list(self.line.products), name="product"))

    @cached_property
    def lots(self) -> pd.DataFrame:
        """One row a lot of `wip`, nearest to its due date first, those without one last.

        product, step, priority; due_h: its due date; out: share of the replications in which it leaves within the
        horizon; finish_h, low, high, p5, p95: when it leaves, NaN unless it leaves in all of them [h from now];
        on_time: chance of leaving by its due date, NaN without one or where that lies beyond the horizon and some
        replication does not see the lot leave; on_time_low, on_time_high: its 95 % interval (Wilson's score).
        """
        import pandas as pd

        lots = self.line.wip
        columns: dict[str, Any] = {
            "product": [lot.product for lot in lots],
            "step": [lot.step for lot in lots],
            "priority": [lot.priority for lot in lots],
            "due_h": [np.nan if lot.due is None else lot.due / HOUR_S for lot in lots],
        }
        finish = self.finish_s / HOUR_S
        seen = np.isfinite(finish)
        columns["out"] = seen.mean(axis=0)
        always = np.where(seen.all(axis=0), finish, np.nan)
        columns |= {("finish_h" if key == "mean" else key): values for key, values in _of(always).items()}
        due = np.array(columns["due_h"], dtype=np.float64)
        known = np.isfinite(due) & ((due * HOUR_S <= self.settings.horizon_s) | seen.all(axis=0))
        in_time = (np.where(seen, finish, np.inf) <= due).sum(axis=0)
        worlds = finish.shape[0]
        low, high = wilson(in_time, worlds)
        columns["on_time"] = np.where(known, in_time / worlds, np.nan)
        columns["on_time_low"], columns["on_time_high"] = np.where(known, low, np.nan), np.where(known, high, np.nan)
        table = pd.DataFrame(columns, index=pd.Index([lot.lot for lot in lots], name="lot"))
        return table.sort_values("due_h", kind="stable", na_position="last")

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        return {"moves": self.moves, "areas": self.areas, "products": self.products, "lots": self.lots}

    def save(self, folder: str | Path) -> None:
        """Write every table as CSV and as parquet, all or nothing; an earlier forecast there is replaced."""
        check_folder(folder)
        with record.written_whole(Path(folder).absolute()) as made:
            for name, table in self.tables().items():
                table.to_csv(made / f"{name}.csv")
                table.reset_index().to_parquet(made / f"{name}.parquet", index=False)

    def to_json(self) -> dict[str, Any]:
        """The forecast as plain values: times in h from now, moves and lots as counts; None where there is no data."""
        return {
            "model": self.settings.model,
            "hours": self.hours,
            "horizon_hours": self.settings.horizon_s / HOUR_S,
            "replications": self.settings.replications,
            "seed": self.settings.seed,
            **{name: _records(table) for name, table in self.tables().items()},
        }

    def rows(self, *, ascii_only: bool = False, most: int | None = MOST_LOTS) -> list[Row]:
        """The report, line by line; most: lots told, None: all of them."""
        cut, dash = ("~", "-") if ascii_only else ("…", "–")
        head = (
            f"{_number(self.hours)} h from now, {self.settings.replications} replications, seed "
            f"{self.settings.seed}; a range holds 90 % of the replications"
        )
        lines = [Row(self.settings.model, "title"), Row(head), Row("")]
        for sheet in (self._moves_sheet(dash), self._outs_sheet(dash), self._lots_sheet(dash, most)):
            if sheet.rows:
                lines += [*set_sheet(sheet, cut), Row("")]
        for note in self.notes:
            lines += [Row(words, "note") for words in textwrap.wrap(f"Note: {note}", WIDTH, subsequent_indent="  ")]
        return lines if lines[-1].text else lines[:-1]

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know before believing the figures."""
        found = []
        if not self.line.wip:
            found.append("The line has no lots at the start: write 'wip:' with the lots in the line now.")
        if not self.line.tool_states:
            found.append("Every tool is up at the start: write 'tool_states:' with the tools that are down now.")
        if self.settings.replications < 20:
            found.append(f"{self.settings.replications} replications are few for ranges; ask for 32 or more.")
        if self.line.wip:
            found.append("Every lot of the WIP waits at its step at the start, also one that a tool is working on now.")
        return tuple(found)

    def __str__(self) -> str:
        return "\n".join(row.text for row in self.rows())

    def _moves_sheet(self, dash: str) -> Sheet:
        """Moves of each area: the whole, then shift by shift as far as there is room."""
        times = self.trace.times_s / HOUR_S
        shifts = [f"{_number(a)}{dash}{_number(b)} h" for a, b in pairwise(times)]
        shown = shifts[:6]
        moves = self.moves["mean"].to_numpy().reshape(len(self.trace.areas), len(shifts))
        columns = [
            [f"{mean:,.0f}" for mean in self.areas["mean"]],
            [_range(low, high, dash) for low, high in self.areas[["p5", "p95"]].to_numpy()],
            *([f"{value:,.0f}" for value in moves[:, k]] for k in range(len(shown))),
        ]
        more = "" if len(shifts) == len(shown) else f"; the first {len(shown)} of {len(shifts)} shifts"
        return Sheet(
            f"Moves by area: over all {_number(self.hours)} h with their range, and the mean of each shift{more}",
            ("area", "moves", "range", *shown),
            ("",) * (3 + len(shown)),
            table_rows(self.trace.areas, columns),
        )

    def _outs_sheet(self, dash: str) -> Sheet:
        table = self.products
        columns = [
            [f"{mean:,.1f}" for mean in table["mean"]],
            [_range(low, high, dash) for low, high in table[["p5", "p95"]].to_numpy()],
        ]
        return Sheet(
            f"Lots out within {_number(self.hours)} h",
            ("product", "lots", "range"),
            ("", "", ""),
            table_rows(table.index.tolist(), columns),
        )

    def _lots_sheet(self, dash: str, most: int | None) -> Sheet:
        table = self.lots
        shown = table if most is None else table.head(most)
        far = _number(self.settings.horizon_s / HOUR_S)
        due, leaves, out, low, high, on_time = (
            shown[key].tolist() for key in ("due_h", "finish_h", "out", "p5", "p95", "on_time")
        )
        columns = [
            shown["product"].tolist(),
            shown["step"].tolist(),
            ["-" if np.isnan(value) else f"{value:,.1f}" for value in due],
            [f"in {100 * share:.0f} %" if np.isnan(value) else f"{value:,.1f}"
             for value, share in zip(leaves, out, strict=True)],
            [_range(*ends, dash, 1) for ends in zip(low, high, strict=True)],
            ["-" if np.isnan(value) else f"{100 * value:.0f}" for value in on_time],
        ]  # fmt: skip
        some = "Lots of the WIP" if len(shown) == len(table) else f"The {len(shown)} of {len(table)} lots of the WIP"
        return Sheet(
            f"{some} nearest to their due dates; 'in 30 %': leaves within {far} h in 30 % of the replications",
            ("lot", "product", "waits at", "due", "leaves", "range", "on time"),
            ("", "", "", "h", "h", "h", "%"),
            table_rows(shown.index.tolist(), columns),
        )


def wilson(hits: Any, trials: int) -> tuple[Floats, Floats]:
    """Wilson's score interval of a share, 95 % (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927)."""
    z = t_quantile(10**9, CONFIDENCE)
    share = np.asarray(hits, dtype=np.float64) / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def check_folder(folder: str | Path) -> None:
    """Refuse a place where the tables cannot be written without harm: a file, or a folder of something else."""
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise ResultsError(f"{path}: is a file; give a folder for the tables")
    for child in sorted(path.iterdir()) if path.is_dir() else ():
        if child.suffix not in {".csv", ".parquet"} or child.stem not in {"moves", "areas", "products", "lots"}:
            raise ResultsError(
                f"{path}: holds {child.name!r}, which twin forecast did not write and which would be lost; give a new "
                "folder"
            )


def _of(values: Floats) -> dict[str, Floats]:
    """Mean, ends of its 95 % interval and range over the replications   (world, n) -> (n,) each."""
    worlds = values.shape[0]
    mean = values.mean(axis=0)
    half = np.full(mean.shape, np.nan)
    if worlds > 1:
        half = t_quantile(worlds - 1) * values.std(axis=0, ddof=1) / np.sqrt(worlds)
    low, high = np.percentile(values, BAND, axis=0) if values.size else (mean, mean)
    return {"mean": mean, "low": mean - half, "high": mean + half, "p5": low, "p95": high}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table's rows as plain values."""
    rows = table.reset_index().to_dict("records")
    return [
        {str(key): None if isinstance(value, float) and np.isnan(value) else value for key, value in row.items()}
        for row in rows
    ]


def _number(value: float) -> str:
    return f"{value:.6g}"


def _range(low: float, high: float, dash: str, places: int = 0) -> str:
    return "-" if np.isnan(low) else f"{low:,.{places}f} {dash} {high:,.{places}f}"
