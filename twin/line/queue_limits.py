"""Queue-time windows: how long a lot may wait between two steps, and what holds or costs those that wait longer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from .document import Document
from .faults import show
from .units import SHARE_SCHEMA, Name, Time, share


class SendBack(Document):
    """Where a lot goes that would start a step too late."""

    to: Name = Field(description="Earlier step of the same route to go back to.", examples=["weld_1"])


def _breach(value: Any) -> Any:
    """`scrap`, or the step to go back to."""
    if value is None or value == "scrap" or isinstance(value, SendBack | dict):
        return value
    raise ValueError(f"is 'scrap' or a step to go back to such as '{{to: weld_1}}', not {show(value)}")


def _level(value: Any) -> float:
    """A chance of a breach that a gate may allow."""
    found = share(value)
    if not 0 < found < 1:
        raise ValueError("is a chance between 0 % and 100 %, such as '5 %'; leave it out for no gate")
    return found


class QueueLimit(Document):
    """The longest time from the end of this step to the start of a later one.

    A lot that starts the later step in time or late closes the window; a late one is a breach. With `breach` it does
    not start: at the moment at which a tool would take it, it leaves as scrap or goes back to a step. With `gate` a
    lot is held in front of the step that opens the window, while the chance that it would be late is above the level.

    Rework inside a window is part of its time. Rework out of an open one is a fault (`twin.line.windows`).
    """

    until: Name = Field(description="The later step whose start ends the window.", examples=["bake"])
    limit: Time = Field(description="Longest time allowed.", examples=["4 h"])
    gate: Annotated[float, BeforeValidator(_level), WithJsonSchema(SHARE_SCHEMA)] | None = Field(
        default=None,
        description="Lots are held before this step while the chance of a breach is above this; left out: never.",
        examples=["5 %"],
    )
    breach: Annotated[
        Literal["scrap"] | SendBack | None,
        BeforeValidator(_breach),
        WithJsonSchema({"anyOf": [{"const": "scrap"}, SendBack.model_json_schema()]}),
    ] = Field(
        default=None,
        description="What becomes of a lot that would start late: scrap, or {to: STEP}; left out: it is counted.",
        examples=["scrap", {"to": "weld_1"}],
    )
