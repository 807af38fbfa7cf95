"""Transport between consecutive steps."""

from __future__ import annotations

from pydantic import Field

from .document import Document
from .laws import Law
from .units import Name


class Transport(Document):
    """A delay between consecutive steps; a toolgroup with `transport: none` is exempt.

    With a `crew` a lot that has left its tool waits beside it, its place at the next toolgroup kept, until a vehicle is
    free, which then carries that lot alone and is free where it sets it down. The way of an empty vehicle is no part
    of it: count it in `time`.
    """

    time: Law = Field(
        description="Time from tool to the next buffer.", examples=[{"uniform": ["5 min", "10 min"]}]
    )
    crew: Name | None = Field(
        default=None,
        description="Crew of vehicles or people, one a lot; left out: as many as there are lots to move.",
        examples=["porter"],
    )
