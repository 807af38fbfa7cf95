"""Transport between consecutive steps."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from .document import Document
from .faults import Fault, Faults
from .laws import Law
from .units import Name
from .vehicles import SPEED


class Transport(Document):
    """A delay between consecutive steps; a toolgroup with `transport: none` is exempt.

    It takes a time that is drawn; or the time of the shortest way on the network at a speed; or as long as a fleet of
    vehicles takes, which come from where they stand. Between toolgroups at one node of the network it takes none.
    With a `crew` a lot that has left its tool waits beside it, its place at the next toolgroup kept, until a member is
    free, who then carries that lot alone and is free where it is set down. The empty way of a member is no part of it:
    count it in `time`, or use vehicles.
    """

    time: Law | None = Field(
        default=None,
        description="Time from tool to the next buffer.",
        examples=[{"uniform": ["5 min", "10 min"]}],
    )
    speed: Annotated[float, *SPEED] | None = Field(
        default=None,
        description="Speed on the shortest way of the network, in place of a time.",
        examples=["1.2 m/s"],
    )
    vehicles: Name | None = Field(
        default=None, description="Vehicles that carry the lots, in place of a time.", examples=["agv"]
    )
    crew: Name | None = Field(
        default=None,
        description="Crew of vehicles or people, one a lot; left out: as many as there are lots to move.",
        examples=["porter"],
    )

    @property
    def law(self) -> Law:
        """The law of its time; nothing is drawn where it follows from the way."""
        return Law(kind="constant", params=(0.0,)) if self.time is None else self.time

    @model_validator(mode="after")
    def _one_way_to_tell(self) -> Transport:
        told = [key for key in ("time", "speed", "vehicles") if getattr(self, key) is not None]
        if not told:
            raise ValueError("needs a time such as {time: 5 min}, or {speed: 1.2 m/s} or {vehicles: agv} on a network")
        if len(told) > 1:
            what = f"{told[0]} says already how long transport takes; leave one of the two out"
            raise Faults([Fault((told[1],), what, "key")])
        if self.vehicles is not None and self.crew is not None:
            raise Faults([Fault(("crew",), "vehicles need nobody to carry lots; leave the crew out", "key")])
        return self
