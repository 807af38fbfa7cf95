"""What tools draw in each of their states: electric power, for energy by job and peak demand."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from .dimensions import quantity_of
from .document import Document
from .faults import Fault, Faults
from .units import PositiveTime

MOST_KW = 1e5
Kilowatt = Annotated[float, *quantity_of("kW", 0, MOST_KW)]


class RampUp(Document):
    """What a tool draws to leave standby. It is woken in time: the lot that it is woken for does not wait for it."""

    power: Kilowatt = Field(description="Power while it ramps up.", examples=["20 kW"])
    takes: PositiveTime = Field(description="For how long, each time.", examples=["30 s"])


class Standby(Document):
    """A tool that has been idle for a time without a break draws less until its idle time ends."""

    power: Kilowatt = Field(description="Power in standby.", examples=["1 kW"])
    after: PositiveTime = Field(description="Idle for so long, it goes to standby.", examples=["5 min"])
    ramp_up: RampUp | None = Field(
        default=None,
        description="What it draws on top, each time it leaves standby; left out: nothing.",
        examples=[{"power": "20 kW", "takes": "30 s"}],
    )


class Power(Document):
    """Power that each tool draws, by what it does. Idle: starved, blocked, or waiting for an operator."""

    processing: Kilowatt = Field(description="While it is productive.", examples=["12 kW"])
    idle: Kilowatt = Field(
        description="While it waits for a lot, for a place or for an operator.", examples=["3 kW"]
    )
    setup: Kilowatt | None = Field(
        default=None, description="While it is set up; left out: as idle.", examples=["5 kW"]
    )
    pm: Kilowatt | None = Field(
        default=None, description="In planned maintenance; left out: as idle.", examples=["1 kW"]
    )
    down: Kilowatt | None = Field(
        default=None, description="While it is down; left out: as idle.", examples=["0.5 kW"]
    )
    off: Kilowatt = Field(default=0.0, description="While it is off.", examples=["0 kW"])
    standby: Standby | None = Field(
        default=None,
        description="Less power after a time of idling; left out: none.",
        examples=[{"power": "1 kW", "after": "5 min"}],
    )

    @model_validator(mode="after")
    def _standby_saves(self) -> Power:
        if self.standby is not None and self.standby.power > self.idle:
            what = (
                f"standby draws {self.standby.power:g} kW, more than idle with {self.idle:g} kW; write less, "
                "or leave standby out"
            )
            raise Faults([Fault(("standby", "power"), what)])
        return self

    @property
    def by_state(self) -> tuple[float, ...]:
        """Power in each state of a tool, in the order of `twin.arrays.fields.STATES` [kW]   (8,)."""
        setup, pm, down = (self.idle if own is None else own for own in (self.setup, self.pm, self.down))
        return (self.processing, setup, pm, down, self.idle, self.idle, self.off, self.idle)
