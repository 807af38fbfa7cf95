"""Condition: how far a tool is from what its recipes say, and how that changes with use, rest and maintenance."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from .amounts import AnyAmount, Spread
from .document import Document
from .faults import Fault, Faults, show
from .units import Time, number


def _units(value: Any) -> float:
    """A number of units over which something fades."""
    found = number(value)
    if not 0 < found <= 1e6:
        raise ValueError(f"lies above 0 and at most at 1,000,000 units, and {show(value)} does not")
    return found


Units = Annotated[float, BeforeValidator(_units)]


def _listed(value: Any) -> Any:
    """One amount stands for all tools."""
    return (value,) if isinstance(value, int | float | str) and not isinstance(value, bool) else value


class Seasoning(Document):
    """What the first unit after maintenance differs by, and how soon that is gone."""

    by: AnyAmount = Field(description="Deviation of the first unit.", examples=["3 %"])
    units: Units = Field(description="Units over which it falls to 1/e.", examples=[25])


class Wander(Document):
    """A deviation that comes and goes by itself, without a trend: first-order autoregressive, from lot to lot."""

    sd: Spread = Field(description="Its standard deviation in the long run.", examples=["1 %"])
    units: Units = Field(description="Units over which its correlation falls to 1/e.", examples=[80])


class FirstUnits(Document):
    """What the first units of a lot differ by, more so after a rest of the tool."""

    by: AnyAmount = Field(description="Deviation of a lot's first unit.", examples=["2 nm"])
    units: Units = Field(description="Units of the lot over which it falls to 1/e.", examples=[1.5])
    idle: Time = Field(
        default=0.0,
        description="Rest after which 63 % of it has built up; left out: every lot has all of it.",
        examples=["2 h"],
    )


class Shift(Document):
    """Something breaks without anybody noticing: a sudden deviation that lasts until the next maintenance."""

    every: Units = Field(description="Units between two of them, on average; exponential.", examples=[5000])
    by: AnyAmount = Field(description="The deviation.", examples=["4 %"])


class Condition(Document):
    """Deviation of one input of the toolgroup's process laws from the recipe; all parts add up.

    Amounts are in per cent where the law takes deviations of this input as shares, else in the input's unit.
    """

    offset: Annotated[tuple[AnyAmount, ...], BeforeValidator(_listed)] = Field(
        default=(),
        description="Of each tool in turn, further tools having none; or one for all.",
        examples=[["0.5 %", "-0.5 %"]],
    )
    spread: Spread | None = Field(
        default=None, description="From tool to tool: drawn once, standard deviation.", examples=["0.5 %"]
    )
    chambers: tuple[AnyAmount, ...] = Field(
        default=(),
        description="Of each chamber: the units of a lot take the chambers of their step in turn; lots of one unit do.",
        examples=[["0 %", "1 %"]],
    )
    per_unit: AnyAmount | None = Field(
        default=None, description="For every unit run since the last maintenance.", examples=["-0.01 %"]
    )
    per_hour: AnyAmount | None = Field(
        default=None, description="For every productive hour since the last maintenance.", examples=["-0.1 %"]
    )
    seasoning: Seasoning | None = Field(
        default=None, description="After maintenance.", examples=[{"by": "3 %", "units": 25}]
    )
    wander: Wander | None = Field(
        default=None, description="By itself.", examples=[{"sd": "1 %", "units": 80}]
    )
    after_pm: Spread | None = Field(
        default=None, description="What each maintenance leaves: standard deviation.", examples=["0.3 %"]
    )
    first: FirstUnits | None = Field(
        default=None, description="Of a lot's first units.", examples=[{"by": "2 nm", "units": 1.5}]
    )
    shift: Shift | None = Field(
        default=None, description="Sudden, until the next maintenance.", examples=[{"every": 5000, "by": "4 %"}]
    )
    lot: Spread | None = Field(default=None, description="From lot to lot: standard deviation.", examples=["0.4 %"])
    unit: Spread | None = Field(
        default=None, description="From unit to unit: standard deviation.", examples=["0.3 %"]
    )

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        if not self.to_document():
            what = "says nothing; write for instance {per_unit: -0.01 %, lot: 0.4 %}, or leave it out"
            raise Faults([Fault((), what)])
        return self
