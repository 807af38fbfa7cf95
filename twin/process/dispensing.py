"""Dispensing: a bead of adhesive or sealer by continuity, its flow through a nozzle, viscosity with temperature.

    bead   area = Q / v,   half circle: r = sqrt(2 area / pi),  circle: r = sqrt(area / pi)
    flow   Q = pi r^4 dp / (8 eta L)                      Hagen-Poiseuille, nozzle of radius r and length L
    eta    = eta_ref exp((Ea/R) (1/T - 1/Tref))           Arrhenius (Andrade)

Holds for laminar flow (Reynolds below 2,100) of a Newtonian fluid through a nozzle many radii long, with a robot that
keeps its speed: in corners the bead follows the speed of the moment. Left out: shear thinning, which most sealers
show, the elasticity of hose and pot, stringing at start and end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from twin.process.arrays import namespace
from twin.process.arrhenius import ZERO_CELSIUS
from twin.process.cure import GAS_CONSTANT
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.limits import within
from twin.process.words import word

Bead = Literal["half circle", "circle"]
MOST_REYNOLDS = 2100.0
_BEADS = {"half circle": 2.0, "circle": 1.0}  # area of a full circle over that of the bead


def bead_area(flow: Any, speed: Any) -> Any:
    """Cross-section of a bead: flow [m3/s] over speed of the nozzle [m/s]   (n,) -> [m2] (n,); any matching units."""
    within("speed", speed, 1e-9)
    within("flow", flow, 0.0)
    return flow / speed


def bead_radius(flow: Any, speed: Any, bead: Bead = "half circle") -> Any:
    """Radius of a bead, half its width.

    flow [m3/s], speed of the nozzle [m/s] (n,), or mm3/s and mm/s; bead: `half circle` on a sheet, or `circle`
    returns [m] (n,), or mm; raises ValueError for another bead
    """
    xp = namespace(flow, speed)
    return xp.sqrt(word("bead", bead, _BEADS) * bead_area(flow, speed) / xp.pi)


def nozzle_flow(pressure: Any, radius: Any, length: Any, viscosity: Any, density: Any = 1200.0) -> Any:
    """Flow through a nozzle.

    pressure: along it [Pa]; radius, length [m]; viscosity [Pa s]; density [kg/m3]   (n,) each, broadcast
    returns   [m3/s] (n,); raises ValueError for a nozzle shorter than its radius, or flow that is not laminar
    Hagen-Poiseuille; White, F. M., Viscous Fluid Flow, section 3-3.
    """
    within("pressure", pressure, 0.0, unit="Pa")
    within("radius", radius, 1e-6, 0.1, "m")
    within("length / radius", length / radius, 1.0)
    within("viscosity", viscosity, 1e-5, unit="Pa s")
    pi = namespace(pressure, radius, length, viscosity).pi
    flow = pi * radius**4 * pressure / (8.0 * viscosity * length)
    reynolds = 2.0 * density * flow / (pi * radius * viscosity)
    within("Reynolds number of the nozzle", reynolds, 0.0, MOST_REYNOLDS)
    return flow


def viscosity_at(temperature_c: Any, viscosity: Any, reference_c: float, activation: float) -> Any:
    """Viscosity at a temperature, in the unit of `viscosity`.

    temperature_c [C] (n,); viscosity: at the reference (n,); reference_c [C]; activation: energy of flow [kJ/mol]
    returns (n,); raises ValueError beyond 80 K from the reference or an activation outside 0 to 200 kJ/mol
    """
    within("temperature_c - reference_c", temperature_c - reference_c, -80.0, 80.0, "K")
    within("activation", activation, 0.0, 200.0, "kJ/mol")
    inverse = 1.0 / (temperature_c + ZERO_CELSIUS) - 1.0 / (reference_c + ZERO_CELSIUS)
    return viscosity * namespace(temperature_c, viscosity).exp(activation / GAS_CONSTANT * inverse)


@dataclass(frozen=True, kw_only=True)
class Dispensing(ProcessLaw):
    """Width of a bead from a nozzle under pressure that a robot carries along."""

    MAKES: ClassVar[str] = "mm"

    speed: float = parameter("mm/s", "Speed of the nozzle.", default=250.0, positive=True, high=1e4)
    flow: float = parameter("mm3/s", "Flow at the viscosity of the recipe.", default=50.0, positive=True, high=1e7)
    circle: float = parameter(
        "", "1: a round bead in the air; 0: half a circle on a sheet.", default=0.0, high=1.0, whole=True
    )

    def inputs(self) -> tuple[Input, ...]:
        """The speed of the nozzle, and the viscosity over that of the recipe."""
        return (
            Input.around("speed", "mm/s", self.speed, 0.4, 2.5),
            Input("viscosity", "", 1.0, 0.4, 2.5, relative=True),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Width of the bead [mm]   speed [mm/s] (n,), viscosity [-] (n,) -> (n,)."""
        speed, viscosity = inputs
        # at constant pressure laminar flow goes with one over the viscosity
        width: Floats = 2.0 * bead_radius(self.flow / viscosity, speed, "circle" if self.circle else "half circle")
        return width
