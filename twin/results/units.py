"""What is tracked of the units of the lots that came out: characteristics, and which tools made them.

Of a lot the run keeps, for each characteristic, the tool and the step that made it last, how far run-to-run control had
moved the recipe, and the value of every unit: the mean over the unit and its modes (`twin.arrays.quality`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.arrays import fields as f
from twin.arrays.names import Names
from twin.arrays.totals import Counts, Totals
from twin.results.figure import Floats

if TYPE_CHECKING:
    from twin.line import Line

REPLICATION, PRODUCT, SERIAL, UNITS, OUT, DEFECTS = range(6)
"""Columns of the lots."""
PER_CM2 = 2.0**-32
"""A count of defect density [1/cm2]."""
LEFT_OUT = np.nan


class Channel(NamedTuple):
    """A characteristic of some lots.

    name:   its word in the document
    values: mean over each unit, then its modes, in the characteristic's unit; NaN beyond a lot's units
                                                                  (lot, unit, 1 + modes)
    tool:   which tool made it last, -1 where none did            (lot,)
    step:   at which step, as an index into `Names.steps`, or -1  (lot,)
    """

    name: str
    values: Floats
    tool: Counts
    step: Counts

    @property
    def made(self) -> NDArray[np.bool_]:
        """Whether any step has made it of a lot   (lot,)."""
        return np.greater_equal(self.step, 0)


def channels(
    names: Names, totals: Totals, which: NDArray[np.bool_] | NDArray[np.int64] | slice = slice(None)
) -> Iterator[Channel]:
    """The characteristics of some of the lots that came out, by mask, place or slice, in the order of the document."""
    tracked, units = totals.tracked[which], totals.lots[which][:, UNITS]
    most = int(units.max(initial=1))
    beyond = np.arange(most) >= units[:, None]
    steps = np.append(np.array(names.makes, dtype=np.int64), -1)
    for name, column, modes, quantum in names.channels:
        first = column + f.CH_VALUES
        raw = tracked[:, first : first + most * (1 + modes)].reshape(len(units), most, 1 + modes)
        values: Floats = raw.astype(np.float64) * quantum
        values[beyond] = LEFT_OUT
        yield Channel(name, values, tracked[:, column + f.CH_TOOL], steps[tracked[:, column + f.CH_MAKE]])


def has_makers(line: Line, product: str, name: str) -> bool:
    """Whether a step of a product's route makes a characteristic."""
    route = line.routes[line.products[product].route]
    return any(step.process is not None and step.process.makes == name for step in route)
