"""Fleets of vehicles with places: AGVs, tuggers, fork lifts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from .dimensions import quantity_of
from .document import Document
from .units import Name, Time, count_schema, whole

MOST_VEHICLES = 10_000
SPEED = quantity_of("m/s", 1e-4, 1000.0)


class Vehicles(Document):
    """A fleet: each vehicle carries one lot at a time on the shortest way, and stays where it set it down.

    Vehicles do not hinder one another, on their way or at a station. From the moment a lot leaves its tool it has its
    place in front of the toolgroup that it goes to, so that no vehicle ever waits there with a lot.
    """

    count: Annotated[int, BeforeValidator(whole(1, MOST_VEHICLES)), WithJsonSchema(count_schema(1))] = Field(
        description="How many there are.", examples=[4]
    )
    speed: Annotated[float, *SPEED] = Field(description="Loaded and empty.", examples=["1.2 m/s", "70 m/min"])
    load: Time = Field(default=0.0, description="Time to take a lot up.", examples=["20 s"])
    unload: Time = Field(default=0.0, description="Time to set it down.", examples=["20 s"])
    dispatch: Literal["nearest", "oldest"] = Field(
        default="nearest",
        description="Which lot a vehicle takes that has become free: the nearest one to it, or the one that has waited "
        "longest; lots of higher priority come first. A lot that asks while vehicles stand idle gets the nearest one.",
        examples=["oldest"],
    )
    starts: Name | None = Field(
        default=None,
        description="Node at which they stand at time 0; left out: that of the first of the network's stations.",
        examples=["a"],
    )
