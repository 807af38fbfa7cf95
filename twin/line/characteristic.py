"""Characteristics: what is tracked of every unit, with its target and its limits."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from .amounts import Amount, AnyAmount, Spread
from .dimensions import unit_of
from .document import Document
from .faults import Fault, Faults, show
from .units import Text, whole

MOST_CHARACTERISTICS = 32
MOST_MODES = 14


def _unit(value: Any) -> Any:
    if isinstance(value, str) and value.strip():
        unit_of(value)
    return value


def _limits(value: Any) -> Any:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(f"needs a lower and an upper limit such as [42 nm, 48 nm], null for none, not {show(value)}")
    return tuple(value)


Limits = Annotated[tuple[AnyAmount | None, AnyAmount | None], BeforeValidator(_limits)]


class Characteristic(Document):
    """A measurable quantity of a unit: a linewidth, a thickness, the nugget of a weld.

    Steps set it, add to it or take from it by their process laws; its value is a number for each unit and, with
    `modes`, a map of the unit in that many Zernike polynomials.
    """

    unit: Annotated[Text, BeforeValidator(_unit)] = Field(
        default="", description="Unit of the process laws that make it; left out: a plain number.", examples=["nm"]
    )
    target: AnyAmount | None = Field(
        default=None, description="What it should be: run-to-run control and charts aim at it.", examples=["45 nm"]
    )
    limits: Limits = Field(
        default=(None, None),
        description="Least and most that is good, null for none.",
        examples=[["42 nm", "48 nm"]],
    )
    within: Spread = Field(
        default=Amount(0.0),
        description="Scatter inside a unit, from die to die or site to site: standard deviation.",
        examples=["0.6 nm"],
    )
    modes: Annotated[int, BeforeValidator(whole(0, MOST_MODES, "a number of modes"))] = Field(
        default=0,
        description="Zernike modes of its map beside the mean, Noll's 2 to 15; 0: the same all over the unit.",
        examples=[14],
    )

    def value(self, amount: Amount | None) -> float | None:
        """An amount in the characteristic's unit."""
        return None if amount is None else amount.of(self.unit)

    @property
    def low(self) -> float:
        """Lower limit in its unit, minus infinity for none."""
        found = self.value(self.limits[0])
        return -math.inf if found is None else found

    @property
    def high(self) -> float:
        """Upper limit in its unit, infinity for none."""
        found = self.value(self.limits[1])
        return math.inf if found is None else found

    @property
    def scatter(self) -> float:
        """Standard deviation inside a unit, in its unit."""
        return self.within.of(self.unit)

    @model_validator(mode="after")
    def _in_its_unit(self) -> Characteristic:
        faults = []
        amounts: list[tuple[tuple[str | int, ...], Amount | None]] = [
            (("target",), self.target), (("limits", 0), self.limits[0]), (("limits", 1), self.limits[1]),
            (("within",), self.within),
        ]  # fmt: skip
        for loc, amount in amounts:
            try:
                self.value(amount)
            except ValueError as error:
                faults.append(Fault(loc, str(error)))
        if faults:
            raise Faults(faults)
        if not self.low < self.high:
            what = f"the lower limit {self.limits[0]} is not below the upper one {self.limits[1]}; swap them"
            raise Faults([Fault(("limits", 0), what)])
        target = self.value(self.target)
        if target is not None and not self.low <= target <= self.high:
            what = f"the target {self.target} lies outside the limits; charts and control would aim at what is refused"
            raise Faults([Fault(("target",), what)])
        return self
