"""Spot welds: electrodes wear, the nuggets shrink, and a body with a nugget below the limit is rejected.

    d   = face + growth w                            electrode face after w welds since dressing [mm]
    j   = I / (pi d^2 / 4):  j / j0 = (face / d)^2   current density at constant current [-]
    A_n = (pi d^2 / 4) (j^2 - j_on^2) * const        nugget area from the heat beyond what onset needs
    nugget(w) = nugget sqrt( ((face/d)^2 - onset^2 (d/face)^2) / (1 - onset^2) )        [mm], 0 below onset
    P(reject) = 1 - Phi((nugget(w) - limit) / scatter)^welds,    limit = acceptance sqrt(sheet)

Joule heat is I^2 R with R in proportion to 1/area, so it falls as 1/d^2; the heat that melting needs to begin
grows with the area under the face, as d^2. The nugget's area, at one height, is in proportion to what is left
between the two, and the fresh electrode's nugget sets the scale. `onset` is the current density at which the
first melt appears, in that of the fresh face. A 10 % wider face carries 17 % less current density.

Acceptance: d >= 4 sqrt(t), for important spots 5 sqrt(t), d and the thinner sheet t in mm: common practice.
Holds for two sheets of low-carbon steel of 0.6 to 2 mm at constant current, without a stepper, between dressings;
not for expulsion, shunting, gaps or the first 25 to 50 welds on galvanised sheet. A one-dimensional heat balance
shows the trend; growth, onset and scatter must be calibrated to the plant's own weld lobe and peel tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.process.law import Floats, ProcessLaw, parameter


def current_density_ratio(face: float, worn: float | Floats) -> float | Floats:
    """Current density of a worn electrode over that of a fresh one, at constant current [-].

    face: diameter of the fresh face; worn: that of the worn one, in the same unit, scalar or (n,)
    """
    return (face / worn) ** 2


def smallest_nugget(acceptance: float, sheet: float) -> float:
    """The smallest nugget that is accepted [mm]: acceptance [mm^0.5] x root of the thinner sheet [mm]."""
    return float(acceptance * np.sqrt(sheet))


@dataclass(frozen=True, kw_only=True)
class SpotWeld(ProcessLaw):
    """Nuggets that shrink as the electrodes wear; dressing them is the tool's PM."""

    welds: float = parameter("", "Spots that the tool sets on a body.", positive=True, whole=True, high=10_000)
    growth: float = parameter("um", "What a weld adds to the diameter of the electrode's face.", high=100.0)
    face: float = parameter("mm", "Diameter of the dressed face.", default=6.0, positive=True, high=50.0)
    nugget: float = parameter("mm", "Mean nugget of dressed electrodes.", default=5.5, positive=True, high=50.0)
    onset: float = parameter(
        "share", "Current density at which melting begins, of that of the dressed face.", default=0.7, high=0.99
    )
    scatter: float = parameter("mm", "Weld-to-weld standard deviation.", default=0.2, positive=True, high=50.0)
    sheet: float = parameter("mm", "Thickness of the thinner sheet.", default=1.0, low=0.1, high=10.0)
    acceptance: float = parameter(
        "", "Smallest accepted nugget over the root of the sheet, both in mm.", default=4.0, low=1.0, high=10.0
    )

    def __post_init__(self) -> None:
        """Refuse electrodes that no weld would pass."""
        super().__post_init__()
        limit = smallest_nugget(self.acceptance, self.sheet)
        if self.nugget <= limit:
            raise ValueError(
                f"nugget {self.nugget:.3g} mm of dressed electrodes is not above the limit of {limit:.3g} mm that a "
                f"sheet of {self.sheet:.3g} mm asks for; write a larger nugget or a thinner sheet"
            )

    def nuggets(self, passes: Floats) -> Floats:
        """Mean nugget by bodies welded since the electrodes were dressed   (n,) -> [mm] (n,)."""
        worn = self.face + 1e-3 * self.growth * self.welds * passes
        density = current_density_ratio(self.face, worn)
        excess = (density - self.onset**2 / density) / (1.0 - self.onset**2)
        return self.nugget * np.sqrt(np.maximum(excess, 0.0))

    def rejects(self, passes: Floats) -> Floats:
        """Probability that one of a body's welds is below the limit   passes (n,) -> (n,)."""
        from scipy.special import log_ndtr

        limit = smallest_nugget(self.acceptance, self.sheet)
        margin = (self.nuggets(passes) - limit) / self.scatter
        # the logarithm keeps shares of 1e-12 that 1 - Phi^welds would round away
        refused: Floats = -np.expm1(self.welds * log_ndtr(margin))
        return refused
