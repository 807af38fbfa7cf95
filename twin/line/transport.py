"""Transport between consecutive steps."""

from __future__ import annotations

from pydantic import Field

from .document import Document
from .laws import Law


class Transport(Document):
    """A delay between consecutive steps; a toolgroup with `transport: none` is exempt."""

    time: Law = Field(
        description="Time from tool to the next buffer.", examples=[{"uniform": ["5 min", "10 min"]}]
    )
