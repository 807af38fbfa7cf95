"""Peak demand: the worlds' energy is read every quarter of an hour, as a meter does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.arrays.worlds import Worlds
from twin.results.energy import MW_PER_KW, power_weights

if TYPE_CHECKING:
    from twin.arrays.names import Names
    from twin.line import Line

QUARTER_S = 900.0
"""What utilities bill is the largest mean over 15 minutes [s]."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass
class Meter:
    """Reads the energy of some worlds.

    weights: kW of each tool in each state, less kW in standby, kW ticks for each ramp-up   (tool, 10)
    every:   ticks between two readings
    last:    what the tools had done at the last reading, None before the first   (world, tool, 10)
    peak:    largest mean power between two readings so far [mW], -1 before the second   (world,)
    """

    weights: Floats
    every: int
    last: Ints | None
    peak: Ints

    @classmethod
    def of(cls, weights: Floats, every: int, worlds: int) -> Meter:
        """A meter that has read nothing."""
        return cls(weights, every, None, np.full(worlds, -1, dtype=np.int64))

    def read(self, worlds: Worlds) -> None:
        """Read all worlds, `every` ticks after the last time."""
        done = done_of(worlds)
        if self.last is not None:
            mean = ((done - self.last) * self.weights).sum(axis=(1, 2)) / self.every
            self.peak = np.maximum(self.peak, np.rint(mean * MW_PER_KW).astype(np.int64))
        self.last = done

    def next_after(self, now: int) -> int:
        """The first tick from `now` on at which it is read."""
        return -(-now // self.every) * self.every


def weights_of(line: Line, names: Names) -> Floats | None:
    """What a meter of the line adds up (`Meter.weights`); None where no toolgroup says its power."""
    if not any(group.power for group in line.toolgroups.values()):
        return None
    rows = [power_weights(line, name) for name in names.toolgroups]
    return np.stack([rows[group] for group in names.tool_group])


def quarter_ticks(line: Line) -> int:
    """Ticks of a quarter of an hour; 0 where it is no whole number of them."""
    ticks = QUARTER_S / line.tick
    return round(ticks) if ticks >= 1 and abs(ticks - round(ticks)) < 1e-9 * ticks else 0


def done_of(worlds: Worlds) -> Ints:
    """Time of each tool in each state, in standby [tick], and times it left standby   (world, tool, 10)."""
    return np.concatenate([state_ticks(worlds), standby_of(worlds)], axis=2)


def state_ticks(worlds: Worlds) -> Ints:
    """Time that each tool spent in each state so far [tick]   (world, tool, 8)."""
    tool = worlds.tool
    since = worlds.core[:, f.C_NOW][:, None] - tool[:, :, f.T_SINCE]
    state = tool[:, :, f.T_STATE, None]
    spent = tool[:, :, f.T_TICKS : f.T_TICKS + f.STATES]
    return np.asarray(spent + np.where(np.arange(f.STATES) == state, since[:, :, None], 0), dtype=np.int64)


def standby_of(worlds: Worlds) -> Ints:
    """Time that each tool was in standby so far [tick], and how often it left it   (world, tool, 2)."""
    tool = worlds.tool
    now = worlds.core[:, f.C_NOW][:, None]
    idle = np.isin(tool[:, :, f.T_STATE], (f.STARVED, f.BLOCKED, f.NO_OPERATOR)) & (tool[:, :, f.T_STANDBY] > 0)
    open_ = np.maximum(0, now - tool[:, :, f.T_QUIET] - tool[:, :, f.T_STANDBY])
    return np.stack([tool[:, :, f.T_SLEPT] + np.where(idle, open_, 0), tool[:, :, f.T_WOKEN]], axis=2)


def readings(meter: Meter | None) -> dict[str, NDArray[Any]]:
    """What a meter has read, by name, to be kept in a file."""
    if meter is None:
        return {}
    return {"meter.peak": meter.peak, **({} if meter.last is None else {"meter.last": meter.last})}


def read_before(meter: Meter | None, kept: Mapping[str, NDArray[Any]], rows: slice) -> None:
    """Put back what a meter had read; rows: the worlds that go on."""
    if meter is not None:
        meter.peak = kept["peak"][rows].copy()
        meter.last = kept["last"][rows].copy() if "last" in kept else None
