"""Nuggets and weld lobes from the heat on the axis.

    d_n  = spread d sqrt(m)                     nugget; d face, m molten share of the stack's height
    lobe = I(m = (dmin / (spread d))^2) to I(m = m_x)      from the smallest nugget to expulsion

The heat balance of `twin.process.weld_heat` knows the axis alone. The nugget is taken as a lens whose area, at the
faying plane, is to that of the face as its height is to the stack's. That closure is calibrated, not derived: `spread`
is the plant's own number from peel tests (1: a stack molten through has a nugget as wide as the face). Expulsion is
put where the melt is about to reach the sheets' surface, m_x = 0.95.

A nugget begins with a root, and no two welds begin at the same current: the law makes the nugget of the mean melt
over welds whose heat scatters by 5 % or so (current, force, fit-up), all as if by their current. That rounds the onset
off, and averages away how melt that ends within a cell of the heat balance is counted: in the lobe the nugget is
smooth, rises with the current and falls with the face. Smallest nugget: 4 sqrt(t), for important spots 5 sqrt(t), in
mm (`twin.process.spot_weld.smallest_nugget`).

At 1 mm, 6 mm and 200 ms the lobe is 8.5 to 10.8 kA for 4 sqrt(t). Holds where `twin.process.weld_heat` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within
from twin.process.weld_heat import CONTACT, COOLING, axial_weld

EXPULSION = 0.95
"""Molten share of the stack's height at which melt breaks out [-]."""
LEAST_CURRENT, MOST_CURRENT = 1e3, 50e3
_GRID = 33
_PER_DEVIATION, _REACH = 2, 5  # of `mean_melt`: currents to a standard deviation, and how many of those either way
_BLOCK = 4096  # welds at once, so that memory stays small


class Lobe(NamedTuple):
    """Currents between which a weld is good [A]   (n,) each: of the smallest nugget, and of expulsion.

    A time too short for any good weld has `low` above `high`.
    """

    low: Floats
    high: Floats


def nugget_diameter(melt: Any, face: Any, spread: Any = 1.0) -> Any:
    """Diameter of the nugget, in the unit of `face`.

    melt: molten share of the stack's height [-] (n,); face: diameter of the electrode's (n,); spread: calibrated [-]
    returns (n,); raises ValueError for a share outside 0 to 1
    """
    within("melt", melt, 0.0, 1.0)
    return spread * face * melt**0.5


def mean_melt(
    current: Any, face: Any, time: float, *, sheet: float, scatter: float, contact: float = CONTACT,
    cooling: float = COOLING,
) -> Floats:  # fmt: skip
    """Mean molten share of welds whose heat scatters, by their current, log-normally about that of these.

    A single weld's melt ends somewhere in a cell of the heat balance and ripples as its end passes from cell to
    cell. The mean is a sum over currents half a standard deviation apart, and has none of that: those currents are
    the same current densities for every weld that is asked for, so that the sum moves smoothly over them.

    current, face: [A], diameter of the electrode's [m]   (n,) each, broadcast
    time:          of the current [s]; scatter: standard deviation of the heat over its mean [-], 0.001 to 0.3
    sheet, contact, cooling: as for `weld_heat.axial_weld`
    returns        [-] (n,); raises ValueError outside 1 A to 50 kA, and where `weld_heat.axial_weld` does
    """
    within("scatter", scatter, 1e-3, 0.3)
    within("current", current, 1.0, MOST_CURRENT, "A")
    within("face", face, 2e-3, 20e-3, "m")
    current, face = np.broadcast_arrays(*(np.atleast_1d(np.asarray(a, np.float64)) for a in (current, face)))
    apart = scatter / 2.0 / _PER_DEVIATION  # heat goes with the current squared
    place = np.log(current / face**2)[:, None] / apart
    rung = np.rint(place).astype(np.int64) + np.arange(-_REACH * _PER_DEVIATION, _REACH * _PER_DEVIATION + 1)
    weight = np.exp(-(((rung - place) / _PER_DEVIATION) ** 2) / 2.0)
    weight /= weight.sum(axis=1, keepdims=True)
    # neighbours share most of their welds: each pair of a face and a current density is welded once
    faces, of = np.unique(face, return_inverse=True)
    lowest, rungs = rung.min(), int(np.ptp(rung)) + 1
    pairs, back = np.unique((of[:, None] * rungs + rung - lowest).ravel(), return_inverse=True)
    on = faces[pairs // rungs]
    drawn = np.minimum(np.exp((pairs % rungs + lowest) * apart) * on**2, MOST_CURRENT)  # no heat is known beyond
    melt = np.empty(drawn.size)
    for start in range(0, drawn.size, _BLOCK):
        some = slice(start, start + _BLOCK)
        melt[some] = axial_weld(drawn[some], on[some], time, sheet=sheet, contact=contact, cooling=cooling).melt
    mean: Floats = (weight * melt[back].reshape(rung.shape)).sum(axis=1)
    return mean.clip(0.0, 1.0)  # rounding alone leaves 0 to 1


def current_for_melt(
    melt: Any, face: Any, time: Any, *, sheet: float, contact: float = CONTACT, cooling: float = COOLING
) -> Floats:
    """Current that melts a share of the stack's height, to about 0.1 %.

    melt:    molten share, above 0 to 1 [-]                                (n,)
    face, time: diameter of the electrode's face [m], of the current [s]   (n,) each, broadcast
    sheet, contact, cooling: as for `weld_heat.axial_weld`
    returns  [A] (n,); raises ValueError for a share outside, or where 1 to 50 kA do not reach it
    """
    within("melt", melt, 1e-6, 1.0)
    target, face, time = np.broadcast_arrays(*(np.atleast_1d(np.asarray(a, np.float64)) for a in (melt, face, time)))
    low, high = np.full(target.shape, LEAST_CURRENT), np.full(target.shape, MOST_CURRENT)
    for _ in range(3):  # each narrows the bracket to a thirty-second
        current = np.geomspace(low, high, _GRID)
        grid = np.broadcast_to
        found = axial_weld(
            current.ravel(), grid(face, current.shape).ravel(), grid(time, current.shape).ravel(),
            sheet=sheet, contact=contact, cooling=cooling,
        ).melt.reshape(current.shape)  # fmt: skip
        enough = found >= target
        if not enough[-1].all() or enough[0].any():
            raise ValueError(
                f"melt {float(target[~enough[-1] | enough[0]].flat[0]):.3g} is not reached between "
                f"{LEAST_CURRENT / 1e3:g} and {MOST_CURRENT / 1e3:g} kA; weld longer or on a smaller face"
            )
        first = enough.argmax(axis=0)[None]
        low, high = (np.take_along_axis(current, first - back, 0)[0] for back in (1, 0))
    middle: Floats = np.sqrt(low * high)
    return middle


def weld_lobe(
    time: Any, *, face: float, sheet: float, smallest: float, spread: float = 1.0, expulsion: float = EXPULSION,
    contact: float = CONTACT, cooling: float = COOLING,
) -> Lobe:  # fmt: skip
    """The window of currents at each weld time.

    time:      of the current [s] (n,); face: diameter of the electrode's [m]; sheet: thickness of one [m]
    smallest:  nugget that is accepted [m]; spread: of `nugget_diameter`; expulsion: molten share [-]
    contact, cooling: as for `weld_heat.axial_weld`
    returns    `Lobe`; raises ValueError for a nugget wider than the face can make
    """
    share = (smallest / (spread * face)) ** 2
    within("smallest / (spread * face)", share**0.5, 1e-3, 1.0)
    targets = np.array([[share], [expulsion]])
    times = np.atleast_1d(np.asarray(time, np.float64))
    both = np.broadcast_to(targets, (2, times.size)).ravel()
    current = current_for_melt(both, face, np.tile(times, 2), sheet=sheet, contact=contact, cooling=cooling)
    return Lobe(current[: times.size], current[times.size :])


@dataclass(frozen=True, kw_only=True)
class WeldNugget(ProcessLaw):
    """Nugget of a spot weld on two equal sheets, by current and by the face as it wears."""

    MAKES: ClassVar[str] = "mm"
    POINTS: ClassVar[int] = 49

    current: float = parameter("kA", "Current of the recipe.", default=9.5, positive=True, high=35.0)
    time: float = parameter("s", "How long the current flows.", default=0.2, low=0.01, high=3.0)
    sheet: float = parameter("mm", "Thickness of each of the two sheets.", default=1.0, low=0.5, high=3.0)
    face: float = parameter("mm", "Diameter of the dressed electrode's face.", default=6.0, low=3.0, high=14.0)
    contact_uohm: float = parameter(
        "", "Cold resistance between the sheets at the force of the weld, in microohm.", default=22.0, high=1000.0
    )
    cooling: float = parameter("W/m2/K", "Heat transfer from sheet to electrode.", default=COOLING, low=1e3, high=1e6)
    spread: float = parameter("", "Nugget over face of a stack that is molten through.", default=1.0, low=0.3, high=1.5)
    scatter: float = parameter(
        "share", "Standard deviation of a weld's heat from weld to weld.", default=0.05, low=0.04, high=0.2
    )

    def inputs(self) -> tuple[Input, ...]:
        """The current, and the diameter of the face, which grows with every weld."""
        return (
            Input.around("current", "kA", self.current, 0.75, 1.25),
            Input.around("face", "mm", self.face, 0.95, 1.2),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Nugget [mm]   current [kA] (n,), face [mm] (n,) -> (n,); towards 0 where nothing melts."""
        current, face = inputs
        melt = mean_melt(
            1e3 * current, 1e-3 * face, self.time, sheet=1e-3 * self.sheet, scatter=self.scatter,
            contact=1e-6 * self.contact_uohm, cooling=self.cooling,
        )  # fmt: skip
        nugget: Floats = nugget_diameter(melt, face, self.spread)
        return nugget
