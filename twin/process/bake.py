"""A bake: the metal heats up in the oven, and what counts is its time at the reference temperature.

    T(t) = Tair + (T0 - Tair) exp(-t / tau)                  metal as a lump
    made = integral of exp(-(Ea/R) (1/T - 1/Tref)) dt        equivalent time at Tref

From `twin.process.oven` and `twin.process.cure`, whose ranges hold here: sheet of a Biot number below 0.1, air within
60 K of the reference: a recipe within 32 K of it, and 28 K that the air may drift. Left out: the minutes of cooling
after the oven, and cold or hot spots of the body; a heavy part of it is a law of its own with a larger `thickness`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from twin.process.cure import REACH, equivalent_heating
from twin.process.law import Floats, Input, ProcessLaw, parameter
from twin.process.oven import lumped_time_constant

SPAN = 28.0
"""How far the air may drift from the recipe [K]."""


@dataclass(frozen=True, kw_only=True)
class Bake(ProcessLaw):
    """Cure of the paint on a sheet, as minutes at the reference temperature of the metal."""

    MAKES: ClassVar[str] = "min"

    time: float = parameter("s", "Time in the oven.", default=1500.0, positive=True, high=86_400.0)
    temperature_c: float = parameter("", "Temperature of the oven's air, in C.", default=180.0, low=80.0, high=300.0)
    thickness: float = parameter("mm", "Thickness of the sheet.", default=0.8, positive=True, high=50.0)
    transfer: float = parameter(
        "W/m2/K", "Heat transfer from air to sheet, radiation with it.", default=30.0, low=1.0, high=500.0
    )
    sides: float = parameter("", "Sides that the air reaches: 1 or 2.", default=2.0, low=1.0, high=2.0, whole=True)
    density_kg_m3: float = parameter("", "Density of the metal, in kg/m3.", default=7850.0, low=500.0, high=25_000.0)
    heat_capacity: float = parameter("J/kg/K", "Heat capacity of the metal.", default=480.0, low=100.0, high=5000.0)
    start_c: float = parameter("", "Temperature of the part as it goes in, in C.", default=25.0, low=-20.0, high=60.0)
    reference_c: float = parameter("", "Reference temperature of the cure, in C.", default=170.0, low=80.0, high=300.0)
    activation_kj_mol: float = parameter(
        "", "Apparent activation energy of the cure, in kJ/mol.", default=66.0, low=10.0, high=300.0
    )

    def __post_init__(self) -> None:
        """Refuse an oven too far from the reference, and parts too thick for a lump."""
        super().__post_init__()
        if abs(self.temperature_c - self.reference_c) > REACH - SPAN:
            raise ValueError(
                f"temperature_c {self.temperature_c:.4g} C is more than {REACH - SPAN:.4g} K from the reference of "
                f"{self.reference_c:.4g} C; write the cure with a reference_c nearer to the oven"
            )
        self.tau()

    def tau(self) -> float:
        """Time constant of the sheet [s]."""
        return float(
            lumped_time_constant(
                self.density_kg_m3, self.heat_capacity, 1e-3 * self.thickness, self.transfer, int(self.sides)
            )
        )

    def inputs(self) -> tuple[Input, ...]:
        """The time of the recipe, and the temperature of the air."""
        air = self.temperature_c
        return (
            Input.around("time", "s", self.time, 0.2, 3.0),
            Input("temperature_c", "", air, max(air - SPAN, self.start_c), air + SPAN),
        )

    def value(self, *inputs: Floats) -> Floats:
        """Equivalent time at the reference [min]   time [s] (n,), temperature of the air [C] (n,) -> (n,)."""
        time, air = inputs
        made: Floats = (
            equivalent_heating(time, self.start_c, air, self.tau(), self.reference_c, self.activation_kj_mol) / 60.0
        )
        return made
