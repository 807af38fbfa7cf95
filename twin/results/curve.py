"""The operating curve: cycle time, X-factor, WIP and output of a line against how much is released into it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from twin.results.figure import Figure, figure
from twin.results.measures import COMPLETED, CYCLE, OUT, RELEASED, ratio
from twin.results.notes import FEW_LOTS

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.results import Results

ALL = "all products"
FIGURES = {
    "throughput": "lot/d", "x_factor": "-", "cycle_time": "d", "wip": "lot", "on_time": "share",
}  # fmt: skip
GROWING = 0.01
"""Growth of the WIP over the measured time, as a share of the lots released, that is no steady state."""
ENOUGH = 1 - 1e-9
Varied = Literal["releases", "wip"]


@dataclass(frozen=True)
class Bounds:
    """What a line of constant WIP could deliver at best, and what it could in the practical worst case.

    rate:  of the bottleneck, from the document alone [lot/d]; raw: raw process time of a mean lot [d]

    Hopp and Spearman, Factory Physics, 3rd ed., ch. 7: with w lots and critical WIP W0 = rate * raw,
        best             throughput min(w / raw, rate)                 X = max(1, w / W0)
        practical worst  throughput w / (W0 + w - 1) * rate            X = 1 + (w - 1) / W0
        worst            throughput 1 / raw                            X = w
    They are of a line whose tools take one lot at a time.
    """

    rate: float
    raw: float

    @property
    def critical_wip(self) -> float:
        """WIP with which a line without variability delivers all it can without waiting [lot]."""
        return self.rate * self.raw

    def best(self, wip: float) -> tuple[float, float]:
        """Throughput [lot/d] and X-factor of the best case with `wip` lots."""
        return min(wip / self.raw, self.rate), max(1.0, wip / self.critical_wip)

    def practical_worst(self, wip: float) -> tuple[float, float]:
        """Throughput [lot/d] and X-factor of the practical worst case with `wip` lots."""
        return wip / (self.critical_wip + wip - 1) * self.rate, 1 + (wip - 1) / self.critical_wip


@dataclass(frozen=True)
class Point:
    """One run of the curve.

    factor:  what the releases (or the WIP) are of the present ones
    offered: load of the most loaded toolgroup from the document alone, 0 to 1 and more; nan in lines of constant WIP
    loaded:  that toolgroup
    """

    factor: float
    results: Results
    offered: float
    loaded: str | None = None

    @cached_property
    def growth(self) -> Figure | None:
        """WIP at the end of the measured time less that at its beginning [lot]."""
        columns = self.results.totals.product
        return figure((columns[:, :, RELEASED] - columns[:, :, OUT]).sum(axis=1).astype(np.float64), "lot")

    @property
    def unsteady(self) -> str | None:
        """Why the figures are of no steady state, in words; None where they are.

        More is offered than a toolgroup can do; or the WIP grew by 1 % of the lots released and 20 lots at least, and
        not by chance (95 %); or a product did not come out at all.
        """
        if self.offered > ENOUGH:
            return f"more is released than {self.loaded or 'the line'} can do"
        growth, totals = self.growth, self.results.totals
        least = max(FEW_LOTS, GROWING * totals.product[:, :, RELEASED].sum() / totals.events.size)
        if growth is not None and growth.mean >= least and (growth.low is None or growth.low > 0):
            return f"the WIP grew by {growth.mean:,.0f} lots"
        stuck = [name for name, row in self.results.product_figures.items() if row["cycle_time"] is None]
        return f"no lot of {', '.join(stuck)} came out" if stuck else None

    @cached_property
    def figures(self) -> dict[str, dict[str, Figure | None]]:
        """Figures of each product, and where there are several of all together under `ALL`."""
        found = {
            name: {key: row[key] for key in FIGURES} for name, row in self.results.product_figures.items()
        }
        if len(found) > 1:
            results = self.results
            found[ALL] = {
                "throughput": results.throughput, "x_factor": self._x_factor(), "cycle_time": results.cycle_time,
                "wip": results.wip, "on_time": self._on_time(),
            }  # fmt: skip
        return found

    def _x_factor(self) -> Figure | None:
        """Cycle times of all completed lots over their raw process times."""
        final = self.results.final
        columns = self.results.totals.product[:, final]
        raw = columns[:, :, COMPLETED] @ self.results.names.raw_ticks[final]
        return figure(ratio(columns[:, :, CYCLE].sum(axis=1), raw), "-")

    def _on_time(self) -> Figure | None:
        """Share of the lots on time among those of products with a due date."""
        values, rows = self.results.product_values, self.results.product_figures
        due = [k for k, name in enumerate(rows) if rows[name]["on_time"] is not None]
        weights = values["completed"][:, due]
        shares = np.nan_to_num(values["on_time"][:, due])
        return figure(ratio((shares * weights).sum(axis=1), weights.sum(axis=1)), "share") if due else None

    @property
    def line(self) -> dict[str, Figure | None]:
        """Figures of all products together."""
        return self.figures[ALL if ALL in self.figures else next(iter(self.figures))]

    def utilisation(self, toolgroup: str | None) -> Figure | None:
        """Utilisation of a toolgroup at this point [0-1]."""
        row = self.results.toolgroup_figures.get(toolgroup or "")
        return None if row is None else row["utilisation"]


@dataclass(frozen=True)
class Curve:
    """A line at several release rates, or several WIPs, on the same random numbers.

    varied: `releases` of every product, or the `wip` of a line that keeps it constant
    points: by factor, ascending
    bounds: of a line of constant WIP; None for others
    """

    model: str
    varied: Varied
    points: tuple[Point, ...]
    bounds: Bounds | None = None

    @property
    def present(self) -> Point | None:
        """The line as it is, None where the curve leaves it out."""
        return next((point for point in self.points if point.factor == 1.0), None)

    @property
    def steady(self) -> tuple[Point, ...]:
        """Points whose figures are of a steady state."""
        return tuple(point for point in self.points if point.unsteady is None)

    @property
    def bottleneck(self) -> str | None:
        """The toolgroup that holds the line back as it is, or at the highest steady point."""
        at = self.present or (self.steady or self.points)[-1]
        return at.results.bottleneck

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a point and product (and all together): what the table's columns are called.

        factor, product, steady, offered, bottleneck, utilisation (of the curve's bottleneck), then of throughput
        [lot/d], x_factor, cycle_time [d], wip [lot] and on_time: `_mean`, `_low`, `_high` of the 95 % interval
        """
        import pandas as pd

        rows = []
        for point in self.points:
            busy = point.utilisation(self.bottleneck)
            for name, figures in point.figures.items():
                row: dict[str, Any] = {
                    "factor": point.factor, "product": name, "steady": point.unsteady is None,
                    "offered": point.offered, "bottleneck": point.results.bottleneck,
                    "utilisation": np.nan if busy is None else busy.mean,
                }  # fmt: skip
                for key, found in figures.items():
                    ends = (None, None, None) if found is None else (found.mean, found.low, found.high)
                    for end, value in zip(("mean", "low", "high"), ends, strict=True):
                        row[f"{key}_{end}"] = np.nan if value is None else value
                rows.append(row)
        return pd.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """The curve as plain values: rates in lot/d, times in d, shares 0-1, None where there is no data."""
        asked = self.points[0].results.settings
        found: dict[str, Any] = {
            "model": self.model, "varied": self.varied, "bottleneck": self.bottleneck,
            "horizon_days": asked.horizon_s / 86_400.0, "warmup_days": asked.warmup_s / 86_400.0,
            "replications": asked.replications, "seed": asked.seed,
            "points": [self._plain(point) for point in self.points],
        }  # fmt: skip
        if self.bounds is not None:
            found["bounds"] = {
                "bottleneck_rate": self.bounds.rate, "raw_days": self.bounds.raw,
                "critical_wip": self.bounds.critical_wip,
            }  # fmt: skip
        return found

    def _plain(self, point: Point) -> dict[str, Any]:
        def plain(found: Figure | None) -> dict[str, Any] | None:
            return None if found is None else found.to_json()

        return {
            "factor": point.factor,
            "offered": point.offered if np.isfinite(point.offered) else None,
            "steady": point.unsteady is None,
            "why_not": point.unsteady,
            "bottleneck": point.results.bottleneck,
            "utilisation": plain(point.utilisation(self.bottleneck)),
            "products": {
                name: {key: plain(found) for key, found in figures.items()} for name, figures in point.figures.items()
            },
        }

    def __str__(self) -> str:
        from twin.results import curve_report

        return "\n".join(row.text for row in curve_report.rows(self))
