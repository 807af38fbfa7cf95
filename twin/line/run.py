"""How long and how often a line is run."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from .document import Document
from .faults import Fault, Faults
from .units import PositiveTime, Time, quantity, whole


class Run(Document):
    """The run a document asks for. The warm-up lies inside the horizon."""

    horizon: PositiveTime = Field(default=365 * 86_400.0, description="Simulated time.", examples=["730 d"])
    warmup: Time = Field(
        default=0.0, description="Time at the start that counts for nothing.", examples=["90 d"]
    )
    replications: Annotated[int, BeforeValidator(whole(1, 10_000_000))] = Field(
        default=8, description="Runs with luck of their own; intervals come from them.", examples=[8]
    )
    seed: Annotated[int, BeforeValidator(whole(0, 2**63 - 1))] = Field(
        default=1, description="Names the random numbers: the same seed gives the same results.", examples=[1]
    )

    @model_validator(mode="after")
    def _warmup_inside(self) -> Run:
        if self.warmup >= self.horizon:
            warmup, horizon = quantity(self.warmup), quantity(self.horizon)
            what = f"the warm-up of {warmup} leaves nothing of the horizon of {horizon}"
            raise Faults([Fault(("warmup",), f"{what}; write a shorter warm-up or a longer horizon")])
        return self
