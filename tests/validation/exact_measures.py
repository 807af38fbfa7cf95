"""What the exact cases give a value for, read from the totals of a run: one number a replication."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from exact_lines import UNIT_S
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.arrays.names import Names
from twin.arrays.totals import Totals

Floats = NDArray[np.float64]


class Measures:
    """Per-replication values in the cases' time unit."""

    def __init__(self, totals: Totals, names: Names, params: dict[str, Any]) -> None:
        unit = UNIT_S / totals.tick_s
        self.span = totals.span_ticks / unit
        self.params = params
        self.group = totals.group
        self.product = totals.product
        self.unit = unit
        self.final = [k for k, name in enumerate(names.products) if not name.startswith("part_")]
        self.tools = np.array([len(tools) for tools in names.tools_of])
        self.busy = np.stack(
            [
                totals.tool_ticks[:, list(tools), f.PRODUCTIVE].sum(1) / totals.span_ticks
                for tools in names.tools_of
            ],
            1,
        )

    def value(self, metric: str) -> Floats:
        """One metric, by replication   (world,)."""
        simple = {
            "throughput": self._throughput, "wip": self._wip, "L": self._wip, "flow_time": self._cycle,
            "W": self._cycle, "Wq": self._wait, "Lq": self._queue, "p_wait": self._waited, "sigma": self._waited,
            "rho": self._utilisation, "util": self._utilisation, "p_loss": self._lost,
        }  # fmt: skip
        if metric in simple:
            return simple[metric]()
        if found := re.fullmatch(r"Wq(\d+)", metric):
            return self._class_wait(int(found[1]) - 1)
        if found := re.fullmatch(r"L(\d+)", metric):
            return self._at_station(int(found[1]) - 1)
        if found := re.fullmatch(r"lam(\d+)", metric):
            return self.group[:, int(found[1]) - 1, f.Q_DONE] / self.span
        raise ValueError(f"unknown metric {metric!r}")

    def _throughput(self) -> Floats:
        counted = self.product[:, self.final, f.PR_OUT]
        return counted.sum(1) / self.span

    def _wip(self) -> Floats:
        return self.product[:, :, f.PR_AREA].sum(1) / self.unit / self.span

    def _cycle(self) -> Floats:
        return self.product[:, :, f.PR_CYCLE].sum(1) / self.product[:, :, f.PR_COMPLETED].sum(1) / self.unit

    def _wait(self) -> Floats:
        return self.group[:, :, f.Q_WAIT].sum(1) / self.group[:, :, f.Q_LOADED].sum(1) / self.unit

    def _waited(self) -> Floats:
        return self.group[:, :, f.Q_WAITED].sum(1) / self.group[:, :, f.Q_LOADED].sum(1)

    def _lost(self) -> Floats:
        lost = self.product[:, :, f.PR_LOST].sum(1)
        return lost / (lost + self.product[:, :, f.PR_RELEASED].sum(1))

    def _queue(self) -> Floats:
        return self.group[:, :, f.Q_AREA].sum(1) / self.unit / self.span

    def _utilisation(self) -> Floats:
        return self.busy[:, 0] / self.tools[0]

    def _class_wait(self, k: int) -> Floats:
        """Mean wait of one class: its time in the system less its mean service."""
        cycle = self.product[:, k, f.PR_CYCLE] / self.product[:, k, f.PR_COMPLETED] / self.unit
        return cycle - 1 / self.params["mu"][k]

    def _at_station(self, i: int) -> Floats:
        """Mean lots at a station: waiting and in work; at a delay, those that are nowhere else."""
        there = self.group[:, :, f.Q_AREA] / self.unit / self.span + self.busy
        if self.tools[i]:
            return there[:, i]
        return self.params["jobs"] - there[:, self.tools > 0].sum(1)
